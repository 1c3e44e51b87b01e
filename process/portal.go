package process

import (
	"context"
	"strings"
)

// OpenLink turns the token of a customer's link into the actor who holds it.
func (s *Service) OpenLink(ctx context.Context, token string) (Actor, error) {
	var link *Link
	err := s.store.View(ctx, func(tx Tx) (err error) {
		link, err = first(tx.Links(), map[string]string{"token_hash": hashToken(token)}, "")
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if link == nil {
		return Actor{}, NotFound("link", "…")
	}
	return Actor{Kind: ActorCustomer, ID: link.ID, Channel: "portal", Link: link.About}, nil
}

// CustomerPage is what a customer's link shows.
type CustomerPage struct {
	Settings Settings
	Snapshot Snapshot
	Quote    *Quote
	Order    *Order
	Invoice  *Invoice
	// Newer is set when the quote was replaced by a revision that was sent.
	Newer *Quote
}

// CustomerView reads what the holder of a link may see.
func (s *Service) CustomerView(ctx context.Context, a Actor) (*CustomerPage, error) {
	if a.Kind != ActorCustomer {
		return nil, Forbidden("only a customer's link opens this")
	}
	p := &CustomerPage{}
	err := s.store.View(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		p.Settings = u.settings
		if p.Snapshot, err = u.Snapshot(a.Link.ID); err != nil {
			return err
		}
		switch a.Link.Type {
		case TypeInvoice:
			if p.Invoice, err = u.Invoices().Get(a.Link.ID); err == nil {
				u.deriveInvoice(p.Invoice)
			}
			return err
		case TypeQuote:
			return u.customerQuote(p, a.Link.ID)
		}
		return nil
	})
	return p, err
}

func (u *unit) customerQuote(p *CustomerPage, id string) (err error) {
	if p.Quote, err = u.Quotes().Get(id); err != nil {
		return err
	}
	u.deriveQuote(p.Quote)
	p.Quote.agreed(&p.Snapshot)
	if p.Quote.Order != "" {
		if p.Order, err = u.Orders().Get(p.Quote.Order); err != nil {
			return err
		}
	}
	for next := p.Quote.Next; next != ""; {
		q, err := u.Quotes().Get(next)
		if err != nil {
			return err
		}
		if q.SHA256 != "" {
			p.Newer = q
		}
		next = q.Next
	}
	return nil
}

// FollowRevision mints a link to the revision that replaced the holder's quote.
func (s *Service) FollowRevision(ctx context.Context, a Actor) (token string, err error) {
	page, err := s.CustomerView(ctx, a)
	if err != nil {
		return "", err
	}
	if page.Newer == nil {
		return "", NotFound("newer revision", a.Link.ID)
	}
	return s.mintLink(ctx, Ref{TypeQuote, page.Newer.ID})
}

// ShareLink mints a customer's link to a sent quote or an issued invoice.
func (s *Service) ShareLink(ctx context.Context, a Actor, about Ref) (token string, err error) {
	p := MaySell
	if about.Type == TypeInvoice {
		p = MayInvoice
	}
	if err := a.must(p); err != nil {
		return "", err
	}
	return s.mintLink(ctx, about)
}

func (s *Service) mintLink(ctx context.Context, about Ref) (string, error) {
	token := NewLinkToken()
	_, err := s.change(ctx, System(), MaySell, func(u *unit) (*Outcome, error) {
		if _, err := u.Snapshot(about.ID); err != nil {
			return nil, Conflict("link.draft", "a draft has no customer's page")
		}
		return &Outcome{}, u.Links().Insert(&Link{Record: u.record(), TokenHash: hashToken(token), About: about})
	})
	return token, err
}

// QuestionInput is what a customer wants to know.
type QuestionInput struct {
	Text string `json:"text"`
}

// AskQuestion puts a customer's question on the timeline and tells the owner.
func (s *Service) AskQuestion(ctx context.Context, a Actor, in QuestionInput) (*Outcome, error) {
	in.Text = strings.TrimSpace(in.Text)
	if in.Text == "" || len(in.Text) > 10_000 {
		return nil, Invalid("question.text", "the question is empty or too long", Problem{Field: "text", Reason: "question.text", Message: "at most 10,000 characters"})
	}
	return s.changeQuote(ctx, a, MayAccept, Target{ID: a.Link.ID}, "question", func(u *unit, q *Quote) (*Outcome, error) {
		if err := u.note(Activity{Type: "quote.question", About: Ref{TypeQuote, q.ID}, Thread: q.Thread, Why: in.Text, Data: q.figures()}); err != nil {
			return nil, err
		}
		data := map[string]string{"number": q.Number, "title": q.Title, "text": in.Text}
		if q.Expired { // whoever asks then asks for a new quote
			if _, err := u.task(Task{Reason: "quote_renewal", Note: in.Text, Owner: q.Owner, About: Ref{TypeQuote, q.ID}, Thread: q.Thread}); err != nil {
				return nil, err
			}
			return &Outcome{}, u.tellOwner(q.Owner, "quote_renewal", Ref{TypeQuote, q.ID}, q.Thread, data)
		}
		if _, err := u.task(Task{Reason: "quote_question", Note: in.Text, Owner: q.Owner, About: Ref{TypeQuote, q.ID}, Thread: q.Thread}); err != nil {
			return nil, err
		}
		return &Outcome{}, u.tellOwner(q.Owner, "quote_question", Ref{TypeQuote, q.ID}, q.Thread, data)
	})
}

// CustomerPDF is the frozen document behind a link, and the name of its file.
// receipt asks for the copy with the acceptance.
func (s *Service) CustomerPDF(ctx context.Context, a Actor, receipt bool) (File, error) {
	p, err := s.CustomerView(ctx, a)
	if err != nil {
		return File{}, err
	}
	hash := ""
	switch {
	case p.Quote != nil && receipt && p.Quote.Acceptance != nil:
		hash = p.Quote.Acceptance.ReceiptSHA256
	case p.Quote != nil:
		hash = p.Quote.SHA256
	case p.Invoice != nil:
		hash = p.Invoice.SHA256
	}
	if hash == "" {
		return File{}, NotFound("document", a.Link.ID)
	}
	b, err := s.store.Blob(ctx, hash)
	return File{Name: p.Snapshot.FileName(), Data: b, SHA256: hash}, err
}
