package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// OrderInput is an order without a quote: of an opportunity, or of a customer
// alone.
type OrderInput struct {
	Opportunity       string            `json:"opportunity,omitempty" doc:"gives what is left out here: customer, people, title, lines"`
	Customer          string            `json:"customer,omitempty"`
	Contact           string            `json:"contact,omitempty"`
	Owner             string            `json:"owner,omitempty"`
	Title             string            `json:"title,omitempty"`
	Recipient         string            `json:"recipient,omitempty"`
	Language          string            `json:"language,omitempty"`
	Currency          string            `json:"currency,omitempty"`
	Lines             []LineInput       `json:"lines,omitempty"`
	CustomerReference string            `json:"customer_reference,omitempty"`
	DeliveryDate      Date              `json:"delivery_date,omitempty"`
	DeliveryAddress   *Address          `json:"delivery_address,omitempty" doc:"when it is not the customer's own"`
	Adjustments       []AdjustmentInput `json:"adjustments,omitempty" doc:"discounts and charges on the whole"`
	PricesIncludeVAT  bool              `json:"prices_include_vat,omitempty"`
	Project           string            `json:"project,omitempty" doc:"the customer's or the company's number of the project"`
	Contract          string            `json:"contract,omitempty" doc:"number of the contract"`
}

func (u *unit) deriveOrder(o *Order) { o.Progress = o.progress() }

// progress is derived from the quantities of the lines.
func (o *Order) progress() string {
	delivered, invoiced := true, true
	for _, l := range o.Lines {
		delivered = delivered && l.Delivered.Abs().GreaterThanOrEqual(l.Quantity.Abs())
		invoiced = invoiced && l.Invoiced.Abs().GreaterThanOrEqual(l.Quantity.Abs())
	}
	switch {
	case delivered && invoiced:
		return "completed"
	case delivered:
		return "to_invoice"
	case invoiced:
		return "to_deliver"
	}
	return "to_deliver_and_invoice"
}

// CreateOrder takes an order from a customer without a quote.
func (s *Service) CreateOrder(ctx context.Context, a Actor, in OrderInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		in := in // the function may run again
		of, err := u.directOn(in.Opportunity, &in.Customer)
		if err != nil {
			return nil, err
		}
		if of != nil {
			of.fill(&in.Contact, &in.Owner, &in.Title, &in.Currency, &in.Lines, &in.Adjustments, &in.PricesIncludeVAT)
		}
		c, err := u.customerOf(in.Customer)
		if err != nil {
			return nil, err
		}
		p, err := u.addressee(c, in.Contact, in.Recipient, in.Language, in.Currency)
		if err != nil {
			return nil, err
		}
		if err := u.checkOwner(in.Owner); err != nil {
			return nil, err
		}
		if in.Lines, err = u.fromCatalogue(in.Lines, c.ID, p.currency, p.language); err != nil {
			return nil, err
		}
		o := &Order{Record: u.record(), State: "open", Customer: c.ID, Contact: in.Contact, Owner: in.Owner, Title: strings.TrimSpace(in.Title),
			Recipient: p.recipient, Language: p.language, Currency: p.currency, CustomerReference: strings.TrimSpace(in.CustomerReference), DeliveryDate: in.DeliveryDate, DeliveryAddress: u.elsewhere(in.DeliveryAddress),
			Project: strings.TrimSpace(in.Project), Contract: strings.TrimSpace(in.Contract)}
		o.Thread = o.ID
		if of != nil {
			o.Opportunity, o.Thread = of.ID, of.Thread
		}
		if o.Owner == "" && a.Kind == ActorUser {
			o.Owner = a.ID
		}
		if o.Lines, err = u.linesWith(in.Lines, o.Currency, in.PricesIncludeVAT); err != nil {
			return nil, err
		}
		if len(o.Lines) == 0 {
			return nil, Invalid("order.empty", "an order needs at least one line", Problem{Field: "lines", Reason: "lines.empty", Message: "what was ordered?"})
		}
		o.Lines = firm(o.Lines)
		if o.Pricing, err = u.pricing(in.Adjustments, in.PricesIncludeVAT, o.Lines, o.Currency); err != nil {
			return nil, err
		}
		o.Totals = o.Sum(o.Lines, o.Currency)
		if err := u.insertOrder(o); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(o), nil
	})
}

// insertOrder numbers an order and puts it on the timeline.
func (u *unit) insertOrder(o *Order) error {
	n, err := u.NextNumber(TypeOrder, u.settings.Numbers.Order.First)
	if err != nil {
		return err
	}
	o.Prepaid, o.Deducted, o.Deposited = Money{Currency: o.Currency}, Money{Currency: o.Currency}, Money{Currency: o.Currency}
	o.Number, o.Progress = u.settings.Numbers.Order.Format(n), o.progress()
	if err := u.Orders().Insert(o); err != nil {
		return err
	}
	return u.note(Activity{Type: "order.created", About: Ref{TypeOrder, o.ID}, Thread: o.Thread, To: o.State, Data: o.figures()})
}

func (o *Order) figures() map[string]string {
	return map[string]string{"number": o.Number, "gross": o.Gross.String(), "currency": o.Currency, "progress": o.Progress}
}

func (s *Service) changeOrder(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Order) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		o, err := opened(u, u.Orders(), verb, t)
		if err != nil {
			return nil, err
		}
		out, err := f(u, o)
		if err != nil {
			return nil, err
		}
		if err := u.require(TypeOrder, verb, o); err != nil {
			return nil, err
		}
		u.deriveOrder(o)
		return out.of(o), nil
	})
}

func (u *unit) saveOrder(o *Order, act Activity) error {
	o.Progress = o.progress()
	if err := u.Orders().Update(o); err != nil {
		return err
	}
	act.About, act.Thread = Ref{TypeOrder, o.ID}, o.Thread
	if act.Data == nil {
		act.Data = o.figures()
	}
	return u.note(act)
}

// LineQuantity is a part of an order's or invoice's line.
type LineQuantity struct {
	ID       string          `json:"id" doc:"id of the line"`
	Quantity decimal.Decimal `json:"quantity"`
}

// FulfilInput says what was delivered; without lines, all that is left.
type FulfilInput struct {
	Lines []LineQuantity `json:"lines,omitempty"`
	// Date is the day of supply, today when left out.
	Date Date   `json:"date,omitempty"`
	Note string `json:"note,omitempty"`
}

// FulfilOrder delivers all or some quantities and drafts the invoice for what
// is delivered and not invoiced.
func (s *Service) FulfilOrder(ctx context.Context, a Actor, t Target, in FulfilInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "fulfil", func(u *unit, o *Order) (*Outcome, error) {
		if err := o.deliver(in.Lines); err != nil {
			return nil, err
		}
		if in.Date == "" {
			in.Date = u.today()
		}
		if err := u.saveOrder(o, Activity{Type: "order.fulfilled", Why: in.Note}); err != nil {
			return nil, err
		}
		return u.draftInvoice(o, in.Date, nil)
	})
}

// deliver counts quantities as delivered.
func (o *Order) deliver(parts []LineQuantity) error {
	if len(parts) == 0 {
		done := true
		for i := range o.Lines {
			l := &o.Lines[i]
			done = done && l.Delivered.Equal(l.Quantity)
			l.Delivered = l.Quantity
		}
		if done {
			return Conflict("order.delivered", "everything on order %s was delivered already; possible now: invoice", o.Number)
		}
		return nil
	}
	return o.take(parts, func(l *Line) decimal.Decimal { return l.Quantity.Sub(l.Delivered) },
		func(l *Line, q decimal.Decimal) { l.Delivered = l.Delivered.Add(q) })
}

// take applies parts of lines after checking that each is left.
func (o *Order) take(parts []LineQuantity, left func(*Line) decimal.Decimal, apply func(*Line, decimal.Decimal)) error {
	for i, part := range parts {
		field := fmt.Sprintf("lines[%d]", i)
		l := lineByID(o.Lines, part.ID)
		if l == nil {
			return Invalid("line.unknown", "the order has no such line", Problem{Field: field + ".id", Reason: "line.unknown", Message: fmt.Sprintf("order %s has no line %q", o.Number, part.ID)})
		}
		rest := left(l)
		if boundDecimal(part.Quantity) != nil || part.Quantity.IsZero() || part.Quantity.Sign() != l.Quantity.Sign() {
			return Invalid("line.quantity", "the quantity cannot be taken", Problem{Field: field + ".quantity", Reason: "line.quantity.positive", Message: "more than nothing"})
		}
		if part.Quantity.Abs().GreaterThan(rest.Abs()) {
			return Invalid("line.quantity", "more than is left on the order", Problem{Field: field + ".quantity", Reason: "line.quantity.left", Message: fmt.Sprintf("at most %s is left", rest)})
		}
		apply(l, part.Quantity)
	}
	return nil
}

func lineByID(lines []Line, id string) *Line {
	for i := range lines {
		if lines[i].ID == id {
			return &lines[i]
		}
	}
	return nil
}

// InvoiceOrderInput says which lines to invoice; without lines, all that is
// delivered and not invoiced.
type InvoiceOrderInput struct {
	Lines []LineQuantity `json:"lines,omitempty"`
	Date  Date           `json:"date,omitempty"`
	// Until takes the time that was worked up to a day, and nothing else; Date is
	// that day when it is left out.
	Until Date `json:"until,omitempty" doc:"only time that was worked up to this day"`
}

// InvoiceOrder drafts another invoice of what is delivered and not invoiced.
func (s *Service) InvoiceOrder(ctx context.Context, a Actor, t Target, in InvoiceOrderInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "invoice", func(u *unit, o *Order) (*Outcome, error) {
		if in.Until != "" {
			if len(in.Lines) > 0 {
				return nil, Invalid("order.until", "invoice lines or time up to a day, not both", Problem{Field: "until", Reason: "order.until", Message: "leave it out"})
			}
			var err error
			if in.Lines, err = u.worked(o, in.Until); err != nil {
				return nil, err
			}
			if len(in.Lines) == 0 {
				return nil, Conflict("hours.none", "no time on order %s up to %s is left to invoice", o.Number, in.Until)
			}
			if in.Date == "" {
				in.Date = min(in.Until, u.today())
			}
		}
		if in.Date == "" {
			in.Date = u.today()
		}
		out, err := u.draftInvoice(o, in.Date, in.Lines)
		if err == nil && len(out.Created) == 0 {
			err = Conflict("order.invoiced", "nothing on order %s is delivered and not invoiced", o.Number)
		}
		return out, err
	})
}

// draftInvoice makes a draft of the parts, or of all that is delivered and not
// invoiced; quantities on a draft count as invoiced. The outcome is empty when
// nothing is left to invoice.
func (u *unit) draftInvoice(o *Order, supply Date, parts []LineQuantity) (*Outcome, error) {
	if len(parts) == 0 {
		for _, l := range o.Lines {
			if rest := l.Delivered.Sub(l.Invoiced); rest.Abs().IsPositive() && rest.Sign() == l.Quantity.Sign() {
				parts = append(parts, LineQuantity{l.ID, rest})
			}
		}
	}
	if len(parts) == 0 {
		return &Outcome{}, nil
	}
	inv := &Invoice{Record: u.record(), State: "draft", Order: o.ID, OrderNumber: o.Number, Quote: o.Quote, Opportunity: o.Opportunity,
		Customer: o.Customer, Contact: o.Contact, Owner: o.Owner, Title: o.Title, Recipient: o.Recipient, Language: o.Language, Currency: o.Currency,
		CustomerReference: o.CustomerReference, Project: o.Project, Contract: o.Contract, SupplyDate: supply, DeliveryAddress: o.DeliveryAddress, Thread: o.Thread}
	err := o.take(parts, func(l *Line) decimal.Decimal { return l.Delivered.Sub(l.Invoiced) }, func(l *Line, q decimal.Decimal) {
		l.Invoiced = l.Invoiced.Add(q)
		part := *l
		part.ID, part.Source, part.Quantity, part.Delivered, part.Invoiced = NewID(u.now), l.ID, q, decimal.Zero, decimal.Zero
		inv.Lines = append(inv.Lines, part.Price(o.Currency))
	})
	if err != nil {
		return nil, err
	}
	inv.Lines = o.headed(u, inv.Lines)
	if err := u.shareOrder(o, inv); err != nil {
		return nil, err
	}
	if err := u.insertInvoice(inv); err != nil {
		return nil, err
	}
	if err := u.claimHours(inv); err != nil {
		return nil, err
	}
	out := &Outcome{Created: []Ref{{TypeInvoice, inv.ID}}}
	if len(blocking(inv.Problems)) > 0 {
		task, err := u.task(Task{Reason: "invoice_problems", Owner: o.Owner, About: Ref{TypeInvoice, inv.ID}, Thread: o.Thread})
		if err != nil {
			return nil, err
		}
		out.Created = append(out.Created, Ref{TypeTask, task.ID})
	}
	return out, u.saveOrder(o, Activity{Type: "order.invoice_drafted", Related: Ref{TypeInvoice, inv.ID}})
}

// headed puts the order's headings before the lines that stand under them.
func (o *Order) headed(u *unit, lines []Line) []Line {
	if !slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Kind == LineSection }) {
		return lines
	}
	var out []Line
	var heading *Line
	for i := range o.Lines {
		l := o.Lines[i]
		if l.Kind == LineSection {
			heading = &o.Lines[i]
		}
		for _, part := range lines {
			if part.Source != l.ID {
				continue
			}
			if heading != nil {
				h := *heading
				h.ID, h.Source = NewID(u.now), ""
				out, heading = append(out, h), nil
			}
			out = append(out, part)
		}
	}
	return out
}

// HoldOrder stops an order for a while.
func (s *Service) HoldOrder(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.moveOrder(ctx, a, t, "hold", "on_hold", "order.held", in.Reason)
}

// ReleaseOrder goes on with an order on hold.
func (s *Service) ReleaseOrder(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.moveOrder(ctx, a, t, "release", "open", "order.released", in.Reason)
}

func (s *Service) moveOrder(ctx context.Context, a Actor, t Target, verb, to, activity, why string) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, verb, func(u *unit, o *Order) (*Outcome, error) {
		from := o.State
		o.State = to
		return &Outcome{}, u.saveOrder(o, Activity{Type: activity, From: from, To: to, Why: why})
	})
}

// CancelOrder cancels an order, or what is left of one that is delivered in
// part: then the order goes on over what was delivered.
func (s *Service) CancelOrder(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "cancel", func(u *unit, o *Order) (*Outcome, error) {
		for _, l := range o.Lines {
			if !l.Delivered.IsZero() || !l.Invoiced.IsZero() {
				if err := u.cancelRest(o, in.Reason); err != nil {
					return nil, err
				}
				return &Outcome{}, u.saveOrder(o, Activity{Type: "order.rest_cancelled", Why: in.Reason})
			}
		}
		from := o.State
		o.State = "cancelled"
		if err := u.releaseDeposits(o, in.Reason); err != nil {
			return nil, err
		}
		return &Outcome{}, u.saveOrder(o, Activity{Type: "order.cancelled", From: from, To: o.State, Why: in.Reason})
	})
}
