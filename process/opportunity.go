package process

import (
	"context"
	"strings"
)

// OpportunityInput is an opportunity as people and programs write it.
type OpportunityInput struct {
	Title    string      `json:"title,omitempty"`
	Customer string      `json:"customer,omitempty"`
	Contact  string      `json:"contact,omitempty"`
	Owner    string      `json:"owner,omitempty"`
	Currency string      `json:"currency,omitempty"`
	Lines    []LineInput `json:"lines,omitempty"`
	// EstimatedRevenue is net, by hand; without it the lines' sum is taken.
	EstimatedRevenue *Money            `json:"estimated_revenue,omitempty"`
	EstimatedClose   Date              `json:"estimated_close,omitempty"`
	Probability      *int              `json:"probability,omitempty" doc:"percent"`
	Adjustments      []AdjustmentInput `json:"adjustments,omitempty" doc:"discounts and charges on the whole"`
	PricesIncludeVAT bool              `json:"prices_include_vat,omitempty"`
}

// Input is the editable part of the opportunity.
func (o Opportunity) Input() OpportunityInput {
	in := OpportunityInput{Title: o.Title, Customer: o.Customer, Contact: o.Contact, Owner: o.Owner, Currency: o.Currency,
		Lines: Inputs(o.Lines), EstimatedClose: o.EstimatedClose, Probability: &o.Probability,
		Adjustments: o.Pricing.Inputs(), PricesIncludeVAT: o.PricesIncludeVAT}
	if o.ManualRevenue {
		in.EstimatedRevenue = &o.EstimatedRevenue
	}
	return in
}

func (u *unit) applyOpportunity(in OpportunityInput, o *Opportunity) error {
	o.Title, o.Contact, o.Owner, o.EstimatedClose = strings.TrimSpace(in.Title), in.Contact, in.Owner, in.EstimatedClose
	if in.Currency != "" {
		if !validCurrency(in.Currency) {
			return Invalid("currency.unknown", "the opportunity cannot be saved", Problem{Field: "currency", Reason: "currency.unknown", Message: "an ISO 4217 code such as NOK"})
		}
		o.Currency = in.Currency
	}
	if in.Probability != nil {
		if *in.Probability < 0 || *in.Probability > 100 {
			return Invalid("probability.bounds", "the opportunity cannot be saved", Problem{Field: "probability", Reason: "probability.bounds", Message: "between 0 and 100"})
		}
		o.Probability = *in.Probability
	}
	var err error
	if in.Lines, err = u.fromCatalogue(in.Lines, o.Customer, o.Currency, ""); err != nil {
		return err
	}
	if err := u.checkOwner(in.Owner); err != nil {
		return err
	}
	if err := u.checkContact(in.Contact, o.Customer); err != nil {
		return err
	}
	if o.Lines, err = u.linesWith(in.Lines, o.Currency, in.PricesIncludeVAT); err != nil {
		return err
	}
	if o.Pricing, err = u.pricing(in.Adjustments, in.PricesIncludeVAT, o.Lines, o.Currency); err != nil {
		return err
	}
	return o.revalue(in.EstimatedRevenue)
}

// revalue computes the totals and the estimated revenue: the given amount, or
// the lines' net.
func (o *Opportunity) revalue(byHand *Money) error {
	o.Totals = o.Sum(o.Lines, o.Currency)
	o.EstimatedRevenue, o.ManualRevenue = o.Net, false
	if byHand != nil {
		m, err := byHand.In(o.Currency)
		if err != nil {
			return Invalid("revenue.currency", "the estimated revenue cannot be taken", Problem{Field: "estimated_revenue", Reason: "revenue.currency", Message: err.Error()})
		}
		o.EstimatedRevenue, o.ManualRevenue = m, true
	}
	return nil
}

func (u *unit) checkContact(id, customer string) error {
	if id == "" {
		return nil
	}
	c, err := optional(u.Contacts().Get(id))
	if err != nil {
		return err
	}
	if c == nil || c.Customer != customer {
		return Invalid("contact.customer", "the contact is nobody of this customer", Problem{Field: "contact", Reason: "contact.customer", Message: "the id of a contact of the same customer"})
	}
	return nil
}

// CreateOpportunity starts one for an existing customer.
func (s *Service) CreateOpportunity(ctx context.Context, a Actor, in OpportunityInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		c, err := u.customerOf(in.Customer)
		if err != nil {
			return nil, err
		}
		o := &Opportunity{Record: u.record(), State: "open", Customer: c.ID, Currency: u.settings.Currency}
		o.Thread = o.ID
		u.settings.Process.begin(o)
		if err := u.applyOpportunity(in, o); err != nil {
			return nil, err
		}
		if o.Title == "" {
			o.Title = c.Name
		}
		if o.Owner == "" && a.Kind == ActorUser {
			o.Owner = a.ID
		}
		if err := u.Opportunities().Insert(o); err != nil {
			return nil, err
		}
		err = u.note(Activity{Type: "opportunity.created", About: Ref{TypeOpportunity, o.ID}, Thread: o.Thread, To: o.State, Data: map[string]string{"title": o.Title}})
		return (&Outcome{}).of(o), err
	})
}

func (u *unit) customerOf(id string) (*Customer, error) {
	if id == "" {
		return nil, Invalid("customer.missing", "say for whom", Problem{Field: "customer", Reason: "customer.missing", Message: "the id of a customer"})
	}
	c, err := optional(u.Customers().Get(id))
	if err == nil && c == nil {
		return nil, Invalid("customer.unknown", "there is no such customer", Problem{Field: "customer", Reason: "customer.unknown", Message: "the id of a customer"})
	}
	return c, err
}

func (s *Service) changeOpportunity(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Opportunity) error) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		o, err := opened(u, u.Opportunities(), verb, t)
		if err != nil {
			return nil, err
		}
		if err := f(u, o); err != nil {
			return nil, err
		}
		if err := u.require(TypeOpportunity, verb, o); err != nil {
			return nil, err
		}
		if u.deriveOpportunity(o); u.err != nil {
			return nil, u.err
		}
		if u.made != nil {
			return u.made.of(o), nil
		}
		return (&Outcome{}).of(o), nil
	})
}

func (u *unit) saveOpportunity(o *Opportunity, act Activity) error {
	if err := u.Opportunities().Update(o); err != nil {
		return err
	}
	act.About, act.Thread = Ref{TypeOpportunity, o.ID}, o.Thread
	return u.note(act)
}

// EditOpportunity develops an open opportunity.
func (s *Service) EditOpportunity(ctx context.Context, a Actor, t Target, in OpportunityInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "edit", func(u *unit, o *Opportunity) error {
		if in.Customer != o.Customer {
			return Invalid("opportunity.customer", "an opportunity keeps its customer", Problem{Field: "customer", Reason: "opportunity.customer", Message: "make a new opportunity instead"})
		}
		if err := u.applyOpportunity(in, o); err != nil {
			return err
		}
		return u.saveOpportunity(o, Activity{Type: "opportunity.changed", Data: map[string]string{"revenue": o.EstimatedRevenue.String(), "currency": o.Currency}})
	})
}

// CloseInput says why an opportunity is closed.
type CloseInput struct {
	Reason        string `json:"reason,omitempty"`
	Competitor    string `json:"competitor,omitempty"`
	ActualRevenue *Money `json:"actual_revenue,omitempty"`
}

// WinOpportunity closes an opportunity that was won without a quote.
func (s *Service) WinOpportunity(ctx context.Context, a Actor, t Target, in CloseInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "win", func(u *unit, o *Opportunity) error {
		if err := u.noLiveQuote(o); err != nil {
			return err
		}
		revenue := o.EstimatedRevenue
		if in.ActualRevenue != nil {
			m, err := in.ActualRevenue.In(o.Currency)
			if err != nil {
				return Invalid("revenue.currency", "the actual revenue cannot be taken", Problem{Field: "actual_revenue", Reason: "revenue.currency", Message: err.Error()})
			}
			revenue = m
		}
		return u.win(o, revenue, Activity{Why: in.Reason})
	})
}

// win closes an opportunity with the revenue that it brought.
func (u *unit) win(o *Opportunity, revenue Money, act Activity) error {
	at := u.now
	o.ActualRevenue, o.ClosedAt = &revenue, &at
	act.Type, act.From, act.To = "opportunity.won", o.State, "won"
	o.State, o.Probability = "won", 100
	act.Data = map[string]string{"revenue": revenue.String(), "currency": revenue.Currency}
	return u.saveOpportunity(o, act)
}

// LoseOpportunity closes an opportunity that came to nothing.
func (s *Service) LoseOpportunity(ctx context.Context, a Actor, t Target, in CloseInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "lose", func(u *unit, o *Opportunity) error {
		if err := u.noLiveQuote(o); err != nil {
			return err
		}
		if err := u.settings.Process.lostFor(in.Reason); err != nil {
			return err
		}
		at, from := u.now, o.State
		o.State, o.Probability, o.Reason, o.Competitor, o.ClosedAt = "lost", 0, strings.TrimSpace(in.Reason), strings.TrimSpace(in.Competitor), &at
		return u.saveOpportunity(o, Activity{Type: "opportunity.lost", From: from, To: o.State, Why: o.Reason})
	})
}

// ReopenOpportunity opens a closed one again; a won one only when its orders are cancelled.
func (s *Service) ReopenOpportunity(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "reopen", func(u *unit, o *Opportunity) error {
		orders, _, err := u.Orders().List(Filter{Match: map[string]string{"opportunity": o.ID}, Limit: MaxLimit})
		if err != nil {
			return err
		}
		for _, order := range orders {
			if order.State != "cancelled" {
				return Conflict("opportunity.ordered", "order %s stands on this opportunity: cancel the order first", order.Number)
			}
		}
		from := o.State
		o.State, o.Reason, o.Competitor, o.ActualRevenue, o.ClosedAt = "open", "", "", nil, nil
		u.settings.Process.begin(o)
		return u.saveOpportunity(o, Activity{Type: "opportunity.reopened", From: from, To: o.State})
	})
}

// noLiveQuote refuses to close an opportunity by hand while a quote on it is
// draft or active: that quote's own end decides.
func (u *unit) noLiveQuote(o *Opportunity) error {
	for _, state := range []string{"active", "draft"} {
		q, err := first(u.Quotes(), map[string]string{"opportunity": o.ID}, state)
		if err != nil {
			return err
		}
		if q != nil {
			return Conflict("opportunity.quoted", "a quote on this opportunity is still %s: accept, decline or cancel it first", state)
		}
	}
	return nil
}
