package process

import (
	"context"
	"strings"
)

// QuoteInput is a draft quote as people and programs write it.
type QuoteInput struct {
	// Opportunity or Customer says for whom; with an opportunity the lines
	// come from it when none are given.
	Opportunity       string            `json:"opportunity,omitempty"`
	Customer          string            `json:"customer,omitempty"`
	Contact           string            `json:"contact,omitempty"`
	Owner             string            `json:"owner,omitempty"`
	Title             string            `json:"title,omitempty"`
	Recipient         string            `json:"recipient,omitempty" doc:"e-mail address; the contact's or customer's when left out"`
	Language          string            `json:"language,omitempty"`
	Currency          string            `json:"currency,omitempty"`
	Lines             []LineInput       `json:"lines,omitempty"`
	Introduction      string            `json:"introduction,omitempty"`
	Terms             string            `json:"terms,omitempty"`
	ValidUntil        Date              `json:"valid_until,omitempty"`
	CustomerReference string            `json:"customer_reference,omitempty"`
	Adjustments       []AdjustmentInput `json:"adjustments,omitempty" doc:"discounts and charges on the whole"`
	PricesIncludeVAT  bool              `json:"prices_include_vat,omitempty"`
	Prepayment        *Prepayment       `json:"prepayment,omitempty" doc:"asked for when the quote is accepted"`
	Project           string            `json:"project,omitempty" doc:"the customer's or the company's number of the project"`
	Contract          string            `json:"contract,omitempty" doc:"number of the contract"`
}

// Input is the editable part of the quote.
func (q Quote) Input() QuoteInput {
	return QuoteInput{q.Opportunity, q.Customer, q.Contact, q.Owner, q.Title, q.Recipient, q.Language, q.Currency, Inputs(q.Lines), q.Introduction, q.Terms, q.ValidUntil, q.CustomerReference, q.Pricing.Inputs(), q.PricesIncludeVAT, q.Prepayment, q.Project, q.Contract}
}

func (u *unit) deriveQuote(q *Quote) {
	q.Expired = q.State == "active" && q.ValidUntil != "" && u.today() > q.ValidUntil
}

// CreateQuote drafts a quote for an opportunity, or for a customer alone.
func (s *Service) CreateQuote(ctx context.Context, a Actor, in QuoteInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		in := in // the function may run again
		q := &Quote{Record: u.record(), State: "draft", Opportunity: in.Opportunity, Customer: in.Customer}
		q.Thread = q.ID
		if in.Opportunity != "" {
			o, err := u.Opportunities().Get(in.Opportunity)
			if err != nil {
				return nil, err
			}
			if o.State != "open" {
				return nil, Conflict("opportunity.closed", "the opportunity is %s: reopen it before quoting on it", o.State)
			}
			if in.Customer != "" && in.Customer != o.Customer {
				return nil, Invalid("quote.customer", "the opportunity belongs to another customer", Problem{Field: "customer", Reason: "quote.customer", Message: "leave it out"})
			}
			q.Customer, q.Thread = o.Customer, o.Thread
			o.fill(&in.Contact, &in.Owner, &in.Title, &in.Currency, &in.Lines, &in.Adjustments, &in.PricesIncludeVAT)
		}
		if in.Prepayment == nil {
			in.Prepayment = u.settings.Prepayment.usual()
		}
		if err := u.applyQuote(in, q); err != nil {
			return nil, err
		}
		if q.Owner == "" && a.Kind == ActorUser {
			q.Owner = a.ID
		}
		if err := u.Quotes().Insert(q); err != nil {
			return nil, err
		}
		err := u.note(Activity{Type: "quote.drafted", About: Ref{TypeQuote, q.ID}, Thread: q.Thread, To: q.State, Data: q.figures()})
		return (&Outcome{}).of(q), err
	})
}

func (q *Quote) figures() map[string]string {
	return map[string]string{"number": q.Number, "gross": q.Payable().String(), "currency": q.Currency}
}

func (u *unit) applyQuote(in QuoteInput, q *Quote) error {
	c, err := u.customerOf(q.Customer)
	if err != nil {
		return err
	}
	p, err := u.addressee(c, in.Contact, in.Recipient, in.Language, in.Currency)
	if err != nil {
		return err
	}
	if err := u.checkOwner(in.Owner); err != nil {
		return err
	}
	if in.Lines, err = u.fromCatalogue(in.Lines, q.Customer, p.currency, p.language); err != nil {
		return err
	}
	q.Contact, q.Recipient, q.Language, q.Currency = in.Contact, p.recipient, p.language, p.currency
	q.Owner, q.Title, q.Introduction, q.Terms = in.Owner, strings.TrimSpace(in.Title), in.Introduction, in.Terms
	q.ValidUntil, q.CustomerReference = in.ValidUntil, strings.TrimSpace(in.CustomerReference)
	q.Project, q.Contract = strings.TrimSpace(in.Project), strings.TrimSpace(in.Contract)
	if q.ValidUntil == "" {
		q.ValidUntil = u.today().AddDays(u.settings.Terms.QuoteValidDays)
	}
	if q.Lines, err = u.linesWith(in.Lines, q.Currency, in.PricesIncludeVAT); err != nil {
		return err
	}
	if q.Pricing, err = u.pricing(in.Adjustments, in.PricesIncludeVAT, q.Lines, q.Currency); err != nil {
		return err
	}
	q.Totals = q.Sum(q.Lines, q.Currency)
	if q.Prepayment, err = in.Prepayment.checked(q.Currency); err != nil {
		return err
	}
	return nil
}

// addressee is who a document goes to, in which language and currency.
type addressee struct{ recipient, language, currency string }

func (u *unit) addressee(c *Customer, contact, recipient, language, currency string) (addressee, error) {
	p := addressee{strings.TrimSpace(recipient), language, currency}
	if err := u.checkContact(contact, c.ID); err != nil {
		return p, err
	}
	if contact != "" {
		person, err := u.Contacts().Get(contact)
		if err != nil {
			return p, err
		}
		fill(&p.recipient, person.Email)
		fill(&p.language, person.Language)
	}
	fill(&p.recipient, c.Email)
	fill(&p.language, c.Language)
	fill(&p.language, u.settings.Language)
	fill(&p.currency, u.settings.Currency)
	var ps []Problem
	if p.recipient != "" && !plausibleEmail(p.recipient) {
		ps = append(ps, Problem{Field: "recipient", Reason: "email.invalid", Message: "this is no e-mail address"})
	}
	if !knownLanguage(p.language) {
		ps = append(ps, Problem{Field: "language", Reason: "language.unknown", Message: "documents can be in " + strings.Join(Languages(), ", ")})
	}
	if !validCurrency(p.currency) {
		ps = append(ps, Problem{Field: "currency", Reason: "currency.unknown", Message: "an ISO 4217 code such as NOK"})
	}
	if len(ps) > 0 {
		return p, Invalid("document.invalid", "the document cannot be saved", ps...)
	}
	return p, nil
}

// changeQuote reads a quote, refuses a verb that its state does not allow, and
// answers with the quote as f left it.
func (s *Service) changeQuote(ctx context.Context, a Actor, p Permission, t Target, verb string, f func(*unit, *Quote) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, p, func(u *unit) (*Outcome, error) { return u.changeQuote(t, verb, f) })
}

func (u *unit) changeQuote(t Target, verb string, f func(*unit, *Quote) (*Outcome, error)) (*Outcome, error) {
	q, err := u.Quotes().Get(t.ID)
	if err != nil {
		return nil, err
	}
	if err := u.mayOpen(q); err != nil {
		return nil, err
	}
	if err := u.touch(&q.Record, TypeQuote, t); err != nil {
		return nil, err
	}
	if err := allowed(TypeQuote, verb, q.State); err != nil {
		return nil, err
	}
	u.deriveQuote(q)
	out, err := f(u, q)
	if err != nil {
		return nil, err
	}
	if err := u.require(TypeQuote, verb, q); err != nil {
		return nil, err
	}
	u.deriveQuote(q)
	return out.of(q), nil
}

func (u *unit) saveQuote(q *Quote, act Activity) error {
	if err := u.Quotes().Update(q); err != nil {
		return err
	}
	act.About, act.Thread = Ref{TypeQuote, q.ID}, q.Thread
	if act.Data == nil {
		act.Data = q.figures()
	}
	return u.note(act)
}

// EditQuote changes a draft.
func (s *Service) EditQuote(ctx context.Context, a Actor, t Target, in QuoteInput) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "edit", func(u *unit, q *Quote) (*Outcome, error) {
		if in.Customer != q.Customer || in.Opportunity != q.Opportunity {
			return nil, Invalid("quote.customer", "a quote keeps its customer and opportunity", Problem{Field: "customer", Reason: "quote.customer", Message: "draft a new quote instead"})
		}
		if err := u.applyQuote(in, q); err != nil {
			return nil, err
		}
		return &Outcome{}, u.saveQuote(q, Activity{Type: "quote.changed"})
	})
}

// DeleteQuote removes a draft.
func (s *Service) DeleteQuote(ctx context.Context, a Actor, t Target) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "delete", func(u *unit, q *Quote) (*Outcome, error) {
		if q.Previous != "" {
			p, err := u.Quotes().Get(q.Previous)
			if err != nil {
				return nil, err
			}
			p.Next, p.UpdatedAt = "", u.now
			if err := u.Quotes().Update(p); err != nil {
				return nil, err
			}
		}
		if err := u.note(Activity{Type: "quote.deleted", About: Ref{TypeQuote, q.ID}, Thread: q.Thread, From: q.State, Data: q.figures()}); err != nil {
			return nil, err
		}
		return &Outcome{}, u.Quotes().Delete(q.ID, q.Version)
	})
}

// ReviseQuote makes the next revision of the newest one: an active quote is
// closed as revised; one that was lost or cancelled keeps its reason.
func (s *Service) ReviseQuote(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "revise", func(u *unit, q *Quote) (*Outcome, error) {
		if q.Next != "" || q.Number == "" {
			return nil, Conflict("quote.newer", "only the newest revision of a sent quote can be revised")
		}
		if q.Opportunity != "" {
			o, err := u.Opportunities().Get(q.Opportunity)
			if err != nil {
				return nil, err
			}
			if o.State != "open" {
				return nil, Conflict("opportunity.closed", "the opportunity is %s: reopen it before revising the quote", o.State)
			}
		}
		next := *q
		next.Record, next.State, next.ClosedReason, next.Revision = u.record(), "draft", "", q.Revision+1
		next.Lines = u.copyLines(q.Lines)
		next.FollowedUp = nil
		next.SentAt, next.SHA256, next.Acceptance, next.Reason, next.Comment, next.Expired = nil, "", nil, "", "", false
		next.Previous, next.Next = q.ID, ""
		next.ValidUntil = u.today().AddDays(u.settings.Terms.QuoteValidDays)
		from := q.State
		if q.State == "active" {
			q.State, q.ClosedReason = "closed", "revised"
		}
		q.Next = next.ID
		if err := u.saveQuote(q, Activity{Type: "quote.revised", From: from, To: q.State, Related: Ref{TypeQuote, next.ID}}); err != nil {
			return nil, err
		}
		if err := u.Quotes().Insert(&next); err != nil {
			return nil, err
		}
		err := u.note(Activity{Type: "quote.drafted", About: Ref{TypeQuote, next.ID}, Thread: next.Thread, To: next.State, Data: next.figures()})
		return &Outcome{Created: []Ref{{TypeQuote, next.ID}}}, err
	})
}

// DeclineInput says why the customer says no.
type DeclineInput struct {
	Reason  string `json:"reason,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// DeclineQuote closes a quote as lost; the opportunity stays open and its owner is told.
func (s *Service) DeclineQuote(ctx context.Context, a Actor, t Target, in DeclineInput) (*Outcome, error) {
	return s.changeQuote(ctx, a, MayAccept, t, "decline", func(u *unit, q *Quote) (*Outcome, error) {
		in.Reason, in.Comment = strings.TrimSpace(in.Reason), strings.TrimSpace(in.Comment)
		if q.State == "closed" {
			if q.ClosedReason == "lost" && q.Reason == in.Reason && q.Comment == in.Comment {
				return &Outcome{}, nil
			}
			return nil, Conflict("quote.closed", "the quote is closed already (%s)", q.ClosedReason)
		}
		from := q.State
		q.State, q.ClosedReason, q.Reason, q.Comment = "closed", "lost", in.Reason, in.Comment
		if err := u.saveQuote(q, Activity{Type: "quote.declined", From: from, To: q.State, Why: strings.TrimSpace(q.Reason + " " + q.Comment)}); err != nil {
			return nil, err
		}
		return &Outcome{}, u.tellOwner(q.Owner, "quote_declined", Ref{TypeQuote, q.ID}, q.Thread,
			map[string]string{"number": q.Number, "title": q.Title, "reason": q.Reason, "comment": q.Comment})
	})
}

// CancelInput says why we take something back.
type CancelInput struct {
	Reason string `json:"reason,omitempty"`
}

// CancelQuote withdraws a draft or active quote.
func (s *Service) CancelQuote(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "cancel", func(u *unit, q *Quote) (*Outcome, error) {
		return &Outcome{}, u.cancelQuote(q, in.Reason)
	})
}

func (u *unit) cancelQuote(q *Quote, why string) error {
	from := q.State
	q.State, q.ClosedReason, q.Reason, q.UpdatedAt = "closed", "cancelled", strings.TrimSpace(why), u.now
	return u.saveQuote(q, Activity{Type: "quote.cancelled", From: from, To: q.State, Why: q.Reason})
}
