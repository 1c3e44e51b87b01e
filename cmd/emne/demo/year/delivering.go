package year

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// ordered plans the payment ahead, if one was asked for, and the deliveries.
func (y *year) ordered(ctx context.Context, who process.Actor, p *person, order string) error {
	o, err := y.s.Orders().Get(ctx, who, order)
	if err != nil {
		return err
	}
	if o.Request != nil && y.chance(90) {
		y.numbers["prepayment"]++
		y.after(2, 9, func(context.Context) error {
			y.bank.receive(y, transfer{amount: o.Request.Amount, reference: o.Request.Reference, payer: p.payer(), order: order})
			return nil
		})
	}
	if !o.Deposited.IsZero() {
		if err := y.deposited(ctx, p, order); err != nil {
			return err
		}
	}
	switch n := y.r.IntN(100); {
	case n < 3:
		y.after(1, 10, func(ctx context.Context) error {
			_, err := y.s.CancelOrder(ctx, who, to(order), process.CancelInput{Reason: y.text("reason", reasons)})
			return err
		})
	case n < 9:
		y.after(1, 5, func(ctx context.Context) error {
			y.after(5, 15, func(ctx context.Context) error {
				if _, err := y.s.ReleaseOrder(ctx, who, to(order), process.CancelInput{}); err != nil {
					return err
				}
				return y.deliver(ctx, who, p, order, false)
			})
			_, err := y.s.HoldOrder(ctx, who, to(order), process.CancelInput{Reason: y.text("reason", reasons)})
			return err
		})
	default:
		y.after(12, 35, func(ctx context.Context) error { return y.deliver(ctx, who, p, order, n < 45) })
	}
	if y.chance(6) {
		return y.subscribe(ctx, who, p)
	}
	return nil
}

// deposited plans the payment of an order's deposit invoice.
func (y *year) deposited(ctx context.Context, p *person, order string) error {
	is, _, err := y.s.Invoices().List(ctx, y.o.Accountant, process.Filter{Match: map[string]string{"order": order}, Limit: 1})
	if err != nil || len(is) == 0 {
		return err
	}
	y.numbers["deposit"]++
	if y.chance(90) {
		y.after(2, 9, func(ctx context.Context) error { return y.pay(ctx, p, is[0].ID, transfer{}) })
	}
	return nil
}

// subscribe sells hosting, a month at a time.
func (y *year) subscribe(ctx context.Context, who process.Actor, p *person) error {
	y.numbers["subscription"]++
	_, err := y.s.CreateSubscription(ctx, who, process.SubscriptionInput{Customer: p.customer, Contact: p.contact, Rule: "monthly", Issue: true,
		Start: process.DateOf(y.at, y.zone).AddDays(1 + y.r.IntN(20)), Lines: []process.LineInput{{Product: "HOSTING", Quantity: new(number(1))}}})
	return err
}

// deliver delivers an order, in parts or whole, and has each part invoiced.
func (y *year) deliver(ctx context.Context, who process.Actor, p *person, order string, part bool) error {
	in := process.FulfilInput{}
	if part {
		o, err := y.s.Orders().Get(ctx, who, order)
		if err != nil {
			return err
		}
		for _, l := range o.Lines {
			half := l.Quantity.Sub(l.Delivered).Mul(decimal.New(5, -1)).RoundUp(0)
			if l.Kind == "" && half.IsPositive() && half.LessThanOrEqual(l.Quantity.Sub(l.Delivered)) {
				in.Lines = append(in.Lines, process.LineQuantity{ID: l.ID, Quantity: half})
			}
		}
	}
	out, err := y.s.FulfilOrder(ctx, who, to(order), in)
	if err != nil {
		return err
	}
	y.numbers["delivery"]++
	if draft := created(out, process.TypeInvoice); draft != "" {
		y.after(0.02, 2, func(ctx context.Context) error { return y.issue(ctx, who, p, draft) })
	}
	if !slices.ContainsFunc(out.Record.(*process.Order).Lines, func(l process.Line) bool { return !l.Delivered.Equal(l.Quantity) }) {
		return nil
	}
	y.numbers["part delivery"]++
	if y.chance(8) {
		y.after(3, 15, func(ctx context.Context) error {
			_, err := y.s.CancelOrder(ctx, who, to(order), process.CancelInput{Reason: y.text("reason", reasons)})
			return err
		})
		return nil
	}
	y.after(5, 25, func(ctx context.Context) error { return y.deliver(ctx, who, p, order, y.chance(20)) })
	return nil
}

func (y *year) issue(ctx context.Context, who process.Actor, p *person, draft string) error {
	if _, err := y.s.IssueInvoice(ctx, who, to(draft), process.IssueInput{}); err != nil {
		return err
	}
	y.settle(p, draft)
	return nil
}

// settle plans what the customer does about an invoice.
func (y *year) settle(p *person, id string) {
	y.numbers["invoice"]++
	switch n := y.r.IntN(100); {
	case n < 68:
		y.after(6, 15, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
	case n < 76: // late, after reminders
		y.after(24, 55, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{claims: y.chance(50)}) })
	case n < 81: // in two parts
		y.after(8, 15, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{share: 40}) })
		y.after(25, 45, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
	case n < 84: // too much, which is paid back
		y.after(6, 15, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{more: 10_000}) })
		y.after(20, 40, func(ctx context.Context) error { return y.refund(ctx, p, id) })
	case n < 86: // rounded by hand
		y.after(6, 15, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{more: int64(y.r.IntN(700)) - 350}) })
	case n < 89: // the number in the text, or nothing that helps
		y.after(6, 15, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{free: true}) })
	case n < 92: // never: written off
		y.after(75, 100, func(ctx context.Context) error { return y.writeOff(ctx, id) })
	case n < 95: // wrong: credited wholly, and invoiced again
		y.after(2, 10, func(ctx context.Context) error { return y.again(ctx, p, id) })
	case n < 97: // a line comes back
		y.after(2, 8, func(ctx context.Context) error { return y.creditLine(ctx, id) })
		y.after(10, 20, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
	case n < 99: // disputed, and met half way
		y.after(3, 10, func(ctx context.Context) error { return y.dispute(ctx, p, id) })
	default: // paid, bounced, and paid again
		y.after(5, 12, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
		y.after(18, 25, func(ctx context.Context) error { return y.bounce(ctx, p, id) })
		y.after(30, 40, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
	}
}

func (y *year) invoice(ctx context.Context, id string) (*process.Invoice, error) {
	return y.s.Invoices().Get(ctx, y.o.Accountant, id)
}

// pay sends what is open on an invoice through the bank, or what t says of it.
func (y *year) pay(ctx context.Context, p *person, id string, t transfer) error {
	i, err := y.invoice(ctx, id)
	if err != nil || i.Open.Minor <= 0 {
		return err
	}
	t.amount = i.Open
	if t.share > 0 {
		t.amount.Minor = max(1, t.amount.Minor*t.share/100)
	}
	if t.claims && i.Claims.Minor > 0 {
		t.amount = t.amount.Add(i.Claims)
	}
	t.amount.Minor = max(1, t.amount.Minor+t.more)
	t.reference, t.payer, t.invoice = i.PaymentReference, p.payer(), id
	if t.free {
		t.reference, t.text = "", pick(y, []string{i.Number, "faktura " + i.Number, "", "takk"})
	}
	y.bank.receive(y, t)
	return nil
}

// refund pays back what was paid too much.
func (y *year) refund(ctx context.Context, p *person, id string) error {
	i, err := y.invoice(ctx, id)
	if err != nil || i.Payment != "overpaid" {
		return err
	}
	payments, err := y.payments(ctx, id)
	if err != nil {
		return err
	}
	for _, got := range payments {
		back := i.Open.Add(i.Claims).Neg()
		if got.Amount.Minor < back.Minor {
			continue
		}
		y.numbers["refund"]++
		y.bank.receive(y, transfer{amount: back.Neg(), payer: p.payer()})
		_, err := y.s.RefundPayment(ctx, y.o.Accountant, to(got.ID), process.RefundInput{Amount: &back, Method: "bank", Reason: "overpaid"})
		return err
	}
	return nil
}

func (y *year) payments(ctx context.Context, invoice string) ([]process.Payment, error) {
	ps, _, err := y.s.Payments().List(ctx, y.o.Accountant, process.Filter{State: "booked", Match: map[string]string{"invoice": invoice}, Limit: process.MaxLimit})
	return ps, err
}

// bounce is a payment that the bank takes back.
func (y *year) bounce(ctx context.Context, p *person, id string) error {
	ps, err := y.payments(ctx, id)
	if err != nil || len(ps) == 0 || ps[0].Amount.Minor <= 0 {
		return err
	}
	y.numbers["reversal"]++
	y.bank.receive(y, transfer{amount: ps[0].Amount.Neg(), reference: ps[0].Reference, payer: p.payer(), invoice: id, back: true})
	return nil
}

func (y *year) writeOff(ctx context.Context, id string) error {
	i, err := y.invoice(ctx, id)
	if err != nil || i.Open.Minor <= 0 {
		return err
	}
	if i.Claims.Minor > 0 {
		if _, err := y.s.WaiveClaims(ctx, y.o.Accountant, to(id), process.ReasonInput{Reason: "bankrupt"}); err != nil {
			return err
		}
	}
	y.numbers["write-off"]++
	_, err = y.s.WriteOffInvoice(ctx, y.o.Accountant, to(id), process.WriteOffInput{Reason: "bankrupt"})
	return err
}

// again credits an invoice wholly and, when it came of an order, invoices the
// same quantities anew.
func (y *year) again(ctx context.Context, p *person, id string) error {
	i, err := y.invoice(ctx, id)
	if err != nil {
		return err
	}
	y.numbers["credit note"]++
	if _, err := y.s.CreditInvoice(ctx, y.o.Accountant, to(id), process.CreditInput{Reason: y.text("reason", reasons), Reinvoice: i.Order != ""}); err != nil || i.Order == "" {
		return err
	}
	o, err := y.s.Orders().Get(ctx, y.o.Accountant, i.Order)
	if err != nil || o.State != "open" {
		return err
	}
	out, err := y.s.InvoiceOrder(ctx, y.o.Sellers[0], to(i.Order), process.InvoiceOrderInput{})
	if err != nil {
		return err
	}
	draft := created(out, process.TypeInvoice)
	y.after(0.1, 2, func(ctx context.Context) error { return y.issue(ctx, y.o.Sellers[0], p, draft) })
	return nil
}

func (y *year) creditLine(ctx context.Context, id string) error {
	i, err := y.invoice(ctx, id)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(i.Lines, func(l process.Line) bool { return l.Deposit != "" }) {
		return nil // the line may be worth more than what a deposit left to pay
	}
	for _, l := range i.Lines {
		if l.Kind != "" || !l.Quantity.IsPositive() || !l.Net.Decimal().IsPositive() {
			continue
		}
		y.numbers["credit note"]++
		_, err := y.s.CreditInvoice(ctx, y.o.Accountant, to(id), process.CreditInput{Reason: y.text("reason", reasons),
			Lines: []process.LineQuantity{{ID: l.ID, Quantity: decimal.Min(l.Quantity, number(1))}}})
		return err
	}
	return nil
}

func (y *year) dispute(ctx context.Context, p *person, id string) error {
	if _, err := y.s.DisputeInvoice(ctx, y.o.Accountant, to(id), process.ReasonInput{Reason: y.text("reason", reasons)}); err != nil {
		return err
	}
	y.numbers["dispute"]++
	y.after(10, 30, func(ctx context.Context) error {
		i, err := y.invoice(ctx, id)
		if err != nil {
			return err
		}
		if half := (process.Money{Minor: i.Open.Minor / 2, Currency: i.Currency}); half.Minor > 0 {
			y.numbers["credit note"]++
			if _, err := y.s.CreditInvoice(ctx, y.o.Accountant, to(id), process.CreditInput{Reason: y.text("reason", reasons), Amount: &half}); err != nil {
				return err
			}
		}
		_, err = y.s.EndDispute(ctx, y.o.Accountant, to(id), process.ReasonInput{})
		y.after(3, 9, func(ctx context.Context) error { return y.pay(ctx, p, id, transfer{}) })
		return err
	})
	return nil
}
