package process

import (
	"context"
	"fmt"
	"strings"
)

// AcceptInput is a yes.
type AcceptInput struct {
	Name string `json:"name" doc:"who says yes"`
	// SHA256 is of the PDF that the customer saw; the portal always sends it.
	SHA256 string `json:"sha256,omitempty"`
	// Evidence of staff: a message, an uploaded purchase order, a note of a call.
	Evidence string `json:"evidence,omitempty"`
	// Options are the ids of the optional lines that are chosen; those that are
	// ticked on the quote when left out, none when empty.
	Options []string `json:"options,omitempty"`
	// CustomerReference is the customer's own order number; the quote's when left out.
	CustomerReference string `json:"customer_reference,omitempty" doc:"the customer's own order number"`
}

// maxReference bounds what a customer may call his order.
const maxReference = 200

// AcceptQuote turns an active quote into an order in one transaction: the
// quote is won, the order exists, the opportunity is won with its actual
// revenue, its other quotes are cancelled, and the owner is told.
//
// The same acceptance again answers with the order that exists; another name
// or other bytes afterwards are a conflict.
func (s *Service) AcceptQuote(ctx context.Context, a Actor, t Target, in AcceptInput) (*Outcome, error) {
	if err := a.must(MayAccept); err != nil {
		return nil, err
	}
	in.Name, in.CustomerReference = strings.TrimSpace(in.Name), strings.TrimSpace(in.CustomerReference)
	if len(in.CustomerReference) > maxReference {
		return nil, Invalid("accept.reference", "the order number is too long", Problem{Field: "customer_reference", Reason: "accept.reference", Message: fmt.Sprintf("at most %d characters", maxReference)})
	}
	if in.Name == "" || len(in.Name) > 200 {
		return nil, Invalid("accept.name", "say who accepts", Problem{Field: "name", Reason: "accept.name", Message: "the name of the person who accepts"})
	}
	receipt, err := s.renderReceipt(ctx, a, t, in)
	if err != nil {
		return nil, err
	}
	accept := func(u *unit, q *Quote) (*Outcome, error) {
		in := in // the function may run again
		if q.State == "won" {
			return acceptedBefore(q, in)
		}
		if err := u.mayAccept(q, in); err != nil {
			return nil, err
		}
		if receipt == nil || receipt.acceptance.SHA256 != q.SHA256 {
			return nil, Stale(TypeQuote, q.ID)
		}
		acceptance := receipt.acceptance
		acceptance.Expired = q.Expired
		if err := q.choose(in.Options); err != nil {
			return nil, err
		}
		if err := u.KeepBlob(receipt.pdf); err != nil {
			return nil, err
		}
		fill(&in.CustomerReference, q.CustomerReference)
		order, err := u.orderFrom(q, in.CustomerReference)
		if err != nil {
			return nil, err
		}
		from := q.State
		q.State, q.Acceptance, q.Order = "won", &acceptance, order.ID
		data := map[string]string{"number": q.Number, "name": acceptance.Name, "channel": acceptance.Channel, "sha256": acceptance.SHA256, "gross": q.Payable().String(), "currency": q.Currency}
		if acceptance.Expired {
			data["expired"] = string(q.ValidUntil)
		}
		if err := u.saveQuote(q, Activity{Type: "quote.accepted", From: from, To: q.State, Why: acceptance.Evidence, Related: Ref{TypeOrder, order.ID}, Data: data}); err != nil {
			return nil, err
		}
		out := &Outcome{Created: []Ref{{TypeOrder, order.ID}}}
		if err := u.closeOpportunity(q); err != nil {
			return nil, err
		}
		if err := u.confirmAcceptance(q, order, &acceptance); err != nil {
			return nil, err
		}
		asked, err := u.prepay(q, order)
		if err != nil {
			return nil, err
		}
		out.Created = append(out.Created, asked.Created...)
		return out, nil
	}
	return s.change(ctx, a, MayAccept, func(u *unit) (*Outcome, error) {
		if receipt != nil && receipt.opportunity != "" {
			// Locked before its quotes: acceptances of two of them at once would
			// each wait for the other.
			if _, err := u.Opportunities().Get(receipt.opportunity); err != nil {
				return nil, err
			}
		}
		return u.changeQuote(t, "accept", accept)
	})
}

// mayOpen refuses a customer whose link belongs to another document.
func (u *unit) mayOpen(q *Quote) error {
	if u.actor.Kind == ActorCustomer && u.actor.Link != (Ref{TypeQuote, q.ID}) {
		return Forbidden("this link belongs to another document")
	}
	return nil
}

func acceptedBefore(q *Quote, in AcceptInput) (*Outcome, error) {
	if q.Acceptance != nil && q.Acceptance.Name == in.Name && sameOptions(q.Acceptance.Options, in.Options) && (in.SHA256 == "" || in.SHA256 == q.Acceptance.SHA256) {
		return &Outcome{Linked: []Ref{{TypeOrder, q.Order}}}, nil
	}
	return nil, Conflict("quote.accepted", "the quote was accepted already, by another name, with another choice or in another version")
}

func (u *unit) mayAccept(q *Quote, in AcceptInput) error {
	if err := u.mayOpen(q); err != nil {
		return err
	}
	if u.actor.Kind == ActorCustomer {
		if q.Expired {
			return Conflict("quote.expired", "the quote was valid until %s: ask for a new one", q.ValidUntil)
		}
		if in.SHA256 == "" {
			return Invalid("accept.sha256", "the acceptance does not say which document was seen", Problem{Field: "sha256", Reason: "accept.sha256", Message: "the SHA-256 of the PDF"})
		}
	}
	if in.SHA256 != "" && in.SHA256 != q.SHA256 {
		return Conflict("accept.other_document", "the document that was seen is not the one that is valid now: read it again")
	}
	return nil
}

// receipt is the copy of the quote with the acceptance on it.
type receipt struct {
	acceptance  Acceptance
	opportunity string
	pdf         *Blob
}

// renderReceipt prepares the copy before the transaction; nil when the quote
// is not active (any more), which the transaction then judges.
func (s *Service) renderReceipt(ctx context.Context, a Actor, t Target, in AcceptInput) (*receipt, error) {
	var snap Snapshot
	r := &receipt{acceptance: Acceptance{Name: in.Name, At: s.now(), Channel: a.Channel, Evidence: strings.TrimSpace(in.Evidence), By: a, Address: a.Address, UserAgent: a.UserAgent}}
	active := false
	err := s.store.View(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		q, err := u.Quotes().Get(t.ID)
		if err != nil || q.State != "active" {
			return err
		}
		u.deriveQuote(q)
		if err := u.mayAccept(q, in); err != nil {
			return err
		}
		if err := q.choose(in.Options); err != nil {
			return err
		}
		active, r.opportunity, r.acceptance.SHA256, r.acceptance.Expired = true, q.Opportunity, q.SHA256, q.Expired
		r.acceptance.Options, r.acceptance.Gross = q.ticked(), q.Payable()
		if snap, err = u.Snapshot(q.ID); err == nil {
			q.Acceptance = &r.acceptance
			q.agreed(&snap)
		}
		return err
	})
	if err != nil || !active {
		return nil, err
	}
	snap.Acceptance, snap.MadeAt = &r.acceptance, r.acceptance.At
	if err := s.illustrate(ctx, &snap); err != nil {
		return nil, err
	}
	pdf, err := s.documents.Render(snap)
	if err != nil {
		return nil, fmt.Errorf("rendering the acceptance of quote %s: %w", snap.Number, err)
	}
	r.pdf = NewBlob(pdf)
	r.acceptance.ReceiptSHA256 = r.pdf.SHA256
	return r, s.store.StageBlob(ctx, r.pdf)
}

func (u *unit) orderFrom(q *Quote, reference string) (*Order, error) {
	o := &Order{Record: u.record(), State: "open", Quote: q.ID, Opportunity: q.Opportunity, Customer: q.Customer, Contact: q.Contact,
		Owner: q.Owner, Title: q.Title, Recipient: q.Recipient, Language: q.Language, Currency: q.Currency,
		Lines: u.copyLines(q.chosen()), Pricing: q.Pricing, Totals: q.Totals, CustomerReference: reference, Project: q.Project, Contract: q.Contract, Thread: q.Thread}
	return o, u.insertOrder(o)
}

// closeOpportunity wins the quote's opportunity and cancels its other quotes.
func (u *unit) closeOpportunity(q *Quote) error {
	if q.Opportunity == "" {
		return nil
	}
	o, err := u.Opportunities().Get(q.Opportunity)
	if err != nil {
		return err
	}
	o.UpdatedAt = u.now
	if o.State == "open" {
		if err := u.win(o, q.Net, Activity{Related: Ref{TypeQuote, q.ID}}); err != nil {
			return err
		}
	}
	// Drafts first: one that is sent meanwhile is found among the active ones.
	for _, state := range []string{"draft", "active"} {
		siblings, _, err := u.Quotes().List(Filter{Match: map[string]string{"opportunity": o.ID}, State: state, Limit: MaxLimit})
		if err != nil {
			return err
		}
		for i := range siblings {
			if siblings[i].ID == q.ID {
				continue
			}
			sibling, err := u.Quotes().Get(siblings[i].ID)
			if err != nil {
				return err
			}
			if err := u.cancelQuote(sibling, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// confirmAcceptance tells the owner, and gives the customer the signed copy.
func (u *unit) confirmAcceptance(q *Quote, o *Order, a *Acceptance) error {
	data := map[string]string{"number": q.Number, "order": o.Number, "title": q.Title, "name": a.Name, "gross": q.Payable().String(), "currency": q.Currency}
	if err := u.tellOwner(q.Owner, "quote_accepted", Ref{TypeOrder, o.ID}, q.Thread, data); err != nil {
		return err
	}
	if mailable(q.Recipient) != nil {
		return nil
	}
	_, err := u.deliver(Delivery{Kind: "acceptance", About: Ref{TypeQuote, q.ID}, To: q.Recipient, Language: q.Language, Thread: q.Thread, Data: data})
	return err
}
