package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Input is the editable part of the order. Its lines are what was agreed and
// stay as they are.
func (o Order) Input() OrderInput {
	return OrderInput{o.Opportunity, o.Customer, o.Contact, o.Owner, o.Title, o.Recipient, o.Language, o.Currency, Inputs(o.Lines), o.CustomerReference,
		o.DeliveryDate, o.DeliveryAddress, o.Pricing.Inputs(), o.PricesIncludeVAT, o.Project, o.Contract}
}

// EditOrder changes what stands around the lines: title, people, the customer's
// order number, delivery date and place.
func (s *Service) EditOrder(ctx context.Context, a Actor, t Target, in OrderInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "edit", func(u *unit, o *Order) (*Outcome, error) {
		if err := u.keepsOrder(o, in); err != nil {
			return nil, err
		}
		c, err := u.customerOf(o.Customer)
		if err != nil {
			return nil, err
		}
		p, err := u.addressee(c, in.Contact, in.Recipient, in.Language, o.Currency)
		if err != nil {
			return nil, err
		}
		if err := u.checkOwner(in.Owner); err != nil {
			return nil, err
		}
		o.Contact, o.Owner, o.Title, o.Recipient, o.Language = in.Contact, in.Owner, strings.TrimSpace(in.Title), p.recipient, p.language
		o.CustomerReference, o.DeliveryDate, o.DeliveryAddress = strings.TrimSpace(in.CustomerReference), in.DeliveryDate, u.elsewhere(in.DeliveryAddress)
		o.Project, o.Contract = strings.TrimSpace(in.Project), strings.TrimSpace(in.Contract)
		return &Outcome{}, u.saveOrder(o, Activity{Type: "order.changed"})
	})
}

// keepsOrder refuses other lines or another total.
func (u *unit) keepsOrder(o *Order, in OrderInput) error {
	bad := Invalid("order.agreed", "an order keeps its customer, opportunity, lines and prices", Problem{Field: "lines", Reason: "order.agreed", Message: "cancel the rest and make another order"})
	if in.Customer != o.Customer || in.Opportunity != o.Opportunity || in.Currency != o.Currency || in.PricesIncludeVAT != o.PricesIncludeVAT || len(in.Lines) != len(o.Lines) {
		return bad
	}
	lines, err := u.linesWith(in.Lines, o.Currency, in.PricesIncludeVAT)
	if err != nil {
		return err
	}
	for i, l := range lines {
		was := o.Lines[i]
		if l.ID != was.ID || l.Description != was.Description || !l.Quantity.Equal(was.Quantity) || l.Net != was.Net || !l.VAT.same(was.VAT) {
			return bad
		}
	}
	if len(in.Adjustments) != len(o.Adjustments) {
		return bad
	}
	for i, a := range in.Adjustments {
		if was := o.Adjustments[i]; a.ID != was.ID || a.Charge != was.Charge || a.Percent != nil && !a.Percent.Equal(was.Percent) || a.Amount != nil && a.Amount.Minor != was.Amount.Minor {
			return bad
		}
	}
	return nil
}

// ReturnInput says what came back; without lines, all of it.
type ReturnInput struct {
	Lines []LineQuantity `json:"lines,omitempty" doc:"what came back; all that was delivered when left out"`
	Note  string         `json:"note,omitempty"`
}

// ReturnOrder takes a delivery back: the quantities are to be delivered again,
// or the rest of the order is cancelled. When they were invoiced already, the
// owner gets a task to credit them.
func (s *Service) ReturnOrder(ctx context.Context, a Actor, t Target, in ReturnInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "return", func(u *unit, o *Order) (*Outcome, error) {
		if !slices.ContainsFunc(o.Lines, func(l Line) bool { return !l.Delivered.IsZero() }) {
			return nil, Conflict("order.undelivered", "nothing on order %s is delivered; possible now: fulfil", o.Number)
		}
		if len(in.Lines) == 0 {
			for _, l := range o.Lines {
				if !l.Delivered.IsZero() {
					in.Lines = append(in.Lines, LineQuantity{l.ID, l.Delivered})
				}
			}
		}
		err := o.take(in.Lines, func(l *Line) decimal.Decimal { return l.Delivered }, func(l *Line, q decimal.Decimal) { l.Delivered = l.Delivered.Sub(q) })
		if err != nil {
			return nil, err
		}
		for _, part := range in.Lines {
			open, err := first(u.TimeEntries(), map[string]string{"line": part.ID}, "open")
			if err != nil {
				return nil, err
			}
			if open != nil {
				return nil, Conflict("order.hours", "hours on order %s are taken back by changing or deleting their entries", o.Number)
			}
		}
		out := &Outcome{}
		if slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Invoiced.Abs().GreaterThan(l.Delivered.Abs()) }) {
			task, err := u.task(Task{Reason: "return_invoiced", Note: in.Note, Owner: o.Owner, About: Ref{TypeOrder, o.ID}, Thread: o.Thread})
			if err != nil {
				return nil, err
			}
			out.Created = append(out.Created, Ref{TypeTask, task.ID})
		}
		return out, u.saveOrder(o, Activity{Type: "order.returned", Why: strings.TrimSpace(in.Note)})
	})
}

// cancelRest lowers the order to what is delivered or invoiced of it. Its
// discounts and charges follow in proportion, as they do on part invoices.
func (u *unit) cancelRest(o *Order, why string) error {
	done := map[string]decimal.Decimal{}
	var kept []Line
	left := false
	for _, l := range o.Lines {
		keep := l.Delivered
		if l.Invoiced.Abs().GreaterThan(keep.Abs()) {
			keep = l.Invoiced
		}
		left = left || !keep.Equal(l.Quantity)
		if done[l.ID] = keep; !l.Sold() {
			kept = append(kept, l)
		} else if !keep.IsZero() {
			l.Quantity = keep
			kept = append(kept, l.Price(o.Currency))
		}
	}
	if !left {
		return Conflict("order.delivered", "everything on order %s is delivered or invoiced: nothing is left to cancel", o.Number)
	}
	whole := o.Adjustments
	o.Adjustments = o.part(u, o.Lines, kept, done, nil, o.Currency)
	for i := range o.Adjustments {
		o.Adjustments[i].ID, o.Adjustments[i].Source = o.Adjustments[i].Source, ""
		if k := slices.IndexFunc(whole, func(a Adjustment) bool { return a.ID == o.Adjustments[i].ID }); k >= 0 {
			o.Adjustments[i].Source = whole[k].Source
		}
	}
	o.Lines = kept
	o.Totals = o.Sum(o.Lines, o.Currency)
	if err := u.releaseDeposits(o, why); err != nil {
		return err
	}
	if slices.ContainsFunc(o.Lines, func(l Line) bool { return !l.Invoiced.Equal(l.Quantity) }) {
		return nil // the last invoice takes what rounding leaves
	}
	billed, parts, err := u.billed(o, "")
	if err != nil {
		return err
	}
	if d := billed.Sub(o.Payable()); drifted(d, o.Totals, len(o.Lines)+len(o.Adjustments), parts+1) {
		o.Rounding = o.Rounding.Add(d)
	}
	return nil
}

// SendOrder mails an order confirmation: what is agreed now, as a PDF.
func (s *Service) SendOrder(ctx context.Context, a Actor, t Target, in SendInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "send", func(u *unit, o *Order) (*Outcome, error) {
		if in.Recipient != "" {
			o.Recipient = in.Recipient
		}
		if err := mailable(o.Recipient); err != nil {
			return nil, err
		}
		snap, err := u.orderSnapshot(o)
		if err != nil {
			return nil, err
		}
		if ps := blocking(s.documents.Check(snap)); len(ps) > 0 {
			return nil, Invalid("order.incomplete", "the order confirmation cannot be sent yet", ps...)
		}
		pdf, err := s.documents.Render(snap)
		if err != nil {
			return nil, fmt.Errorf("rendering the confirmation of order %s: %w", o.Number, err)
		}
		blob, key := NewBlob(pdf), fmt.Sprintf("%s-%d", o.ID, o.Version)
		if err := u.freeze(key, snap, blob); err != nil {
			return nil, err
		}
		o.SHA256 = blob.SHA256
		if err := u.saveOrder(o, Activity{Type: "order.confirmed"}); err != nil {
			return nil, err
		}
		d, err := u.deliver(Delivery{Kind: "order_confirmation", About: Ref{TypeOrder, o.ID}, To: o.Recipient, Language: o.Language, Thread: o.Thread,
			Data: map[string]string{"number": o.Number, "title": o.Title, "snapshot": key, "sha256": blob.SHA256}})
		if err != nil {
			return nil, err
		}
		return &Outcome{Created: []Ref{{TypeDelivery, d.ID}}}, nil
	})
}

func (u *unit) orderSnapshot(o *Order) (Snapshot, error) {
	snap, err := u.snapshot(KindOrderConfirmation, o.Customer, o.Contact, o.Language, o.Currency)
	if err != nil {
		return snap, err
	}
	snap.Number, snap.Title, snap.CustomerReference = o.Number, o.Title, o.CustomerReference
	snap.DeliveryDate, snap.DeliveryAddress = o.DeliveryDate, o.DeliveryAddress
	snap.Project, snap.Contract = o.Project, o.Contract
	snap.Lines, snap.Pricing, snap.Totals, snap.Payable = o.Lines, o.Pricing, o.Totals, o.Payable()
	if o.Quote != "" {
		q, err := optional(u.Quotes().Get(o.Quote))
		if err != nil {
			return snap, err
		}
		if q != nil {
			snap.QuoteNumber = q.Number
		}
	}
	snap.Terms = u.settings.Terms.Quote[o.Language]
	return snap, nil
}
