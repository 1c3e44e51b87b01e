package process

import (
	"context"
	"slices"
)

// The follow-ups of a quote, each sent once for a revision.
const (
	followBefore = "before" // some days before it expires
	followAfter  = "after"  // some days after it expired
)

// followUp is the one that is due today, "" when none is. After downtime the
// newest alone is sent: one mail, not two.
func (t Terms) followUp(q *Quote, today Date) string {
	if q.State != "active" || !q.ValidUntil.Valid() || mailable(q.Recipient) != nil {
		return ""
	}
	due := ""
	switch {
	case today > q.ValidUntil:
		if t.FollowUpAfter > 0 && today >= q.ValidUntil.AddDays(t.FollowUpAfter) {
			due = followAfter
		}
	case t.FollowUpBefore > 0 && today >= q.ValidUntil.AddDays(-t.FollowUpBefore):
		due = followBefore
	}
	if slices.Contains(q.FollowedUp, due) {
		return ""
	}
	return due
}

// FollowUpQuotes mails the customers of active quotes that are about to expire
// or have expired, as the settings say, and gives how many.
func (s *Service) FollowUpQuotes(ctx context.Context, a Actor) (sent int, err error) {
	for cursor := ""; ; {
		var due []string
		next := ""
		err := s.view(ctx, a, MaySell, func(u *unit) error {
			if u.settings.Terms.FollowUpBefore == 0 && u.settings.Terms.FollowUpAfter == 0 {
				return nil
			}
			quotes, more, err := u.Quotes().List(Filter{State: "active", Limit: MaxLimit, Cursor: cursor})
			for i := range quotes {
				if u.settings.Terms.followUp(&quotes[i], u.today()) != "" {
					due = append(due, quotes[i].ID)
				}
			}
			next = more
			return err
		})
		if err != nil {
			return sent, err
		}
		for _, id := range due {
			done, err := s.followUpQuote(ctx, a, id)
			if err != nil {
				return sent, err
			}
			if done {
				sent++
			}
		}
		if cursor = next; next == "" {
			return sent, nil
		}
	}
}

func (s *Service) followUpQuote(ctx context.Context, a Actor, id string) (done bool, err error) {
	_, err = s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		done = false
		q, err := u.Quotes().Get(id)
		if err != nil {
			return nil, err
		}
		which := u.settings.Terms.followUp(q, u.today())
		if which == "" {
			return &Outcome{}, nil
		}
		kind := "quote_followup"
		if which == followAfter {
			kind = "quote_expired"
		}
		done = true
		q.FollowedUp = append(slices.Clone(q.FollowedUp), which)
		if err := u.saveQuote(q, Activity{Type: "quote.followed_up"}); err != nil {
			return nil, err
		}
		_, err = u.deliver(Delivery{Kind: kind, About: Ref{TypeQuote, q.ID}, To: q.Recipient, Language: q.Language, Thread: q.Thread,
			Data: map[string]string{"number": q.Number, "title": q.Title, "valid_until": string(q.ValidUntil)}})
		return &Outcome{}, err
	})
	return done && err == nil, err
}

// CopyQuoteInput may name another customer or opportunity.
type CopyQuoteInput struct {
	Customer    string `json:"customer,omitempty"`
	Opportunity string `json:"opportunity,omitempty"`
}

// CopyQuote drafts a quote of its own with the lines and terms of another. It
// stays with the opportunity while that is open and of the same customer.
func (s *Service) CopyQuote(ctx context.Context, a Actor, t Target, in CopyQuoteInput) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "copy", func(u *unit, q *Quote) (*Outcome, error) {
		draft := q.Input()
		for i := range draft.Lines {
			draft.Lines[i].ID = ""
		}
		for i := range draft.Adjustments {
			draft.Adjustments[i].ID = ""
		}
		draft.ValidUntil = ""
		if in.Customer != "" && in.Customer != q.Customer {
			draft.Customer, draft.Opportunity, draft.Contact, draft.Recipient, draft.CustomerReference = in.Customer, "", "", "", ""
			draft.Project, draft.Contract = "", ""
		}
		c := &Quote{Record: u.record(), State: "draft", Customer: draft.Customer}
		c.Thread = c.ID
		fill(&in.Opportunity, draft.Opportunity)
		if in.Opportunity != "" {
			o, err := u.Opportunities().Get(in.Opportunity)
			if err != nil {
				return nil, err
			}
			if o.State == "open" && o.Customer == c.Customer {
				c.Opportunity, c.Thread = o.ID, o.Thread
			}
		}
		if err := u.applyQuote(draft, c); err != nil {
			return nil, err
		}
		if err := u.Quotes().Insert(c); err != nil {
			return nil, err
		}
		if err := u.saveQuote(q, Activity{Type: "quote.copied", Related: Ref{TypeQuote, c.ID}}); err != nil {
			return nil, err
		}
		err := u.note(Activity{Type: "quote.drafted", About: Ref{TypeQuote, c.ID}, Thread: c.Thread, To: c.State, Related: Ref{TypeQuote, q.ID}, Data: c.figures()})
		return &Outcome{Created: []Ref{{TypeQuote, c.ID}}}, err
	})
}
