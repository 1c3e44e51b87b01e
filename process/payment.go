package process

import (
	"context"
	"strings"
)

// PaymentInput is money that came in for an invoice.
type PaymentInput struct {
	Invoice   string `json:"invoice"`
	Amount    Money  `json:"amount"`
	Date      Date   `json:"date,omitempty"`
	Method    string `json:"method,omitempty"`
	Reference string `json:"reference,omitempty"`
	Note      string `json:"note,omitempty"`
}

// CreatePayment books a payment on an issued invoice. More than is open is
// booked too and shows as credit.
func (s *Service) CreatePayment(ctx context.Context, a Actor, in PaymentInput) (*Outcome, error) {
	if err := a.must(MayInvoice); err != nil {
		return nil, err
	}
	if in.Invoice == "" {
		return nil, Invalid("payment.invoice", "say for which invoice", Problem{Field: "invoice", Reason: "payment.invoice", Message: "the id of an issued invoice"})
	}
	return s.changeInvoice(ctx, a, Target{ID: in.Invoice}, "pay", func(u *unit, i *Invoice) (*Outcome, error) {
		amount, err := in.Amount.In(i.Currency)
		if err != nil || amount.Minor <= 0 {
			return nil, Invalid("payment.amount", "the payment cannot be booked", Problem{Field: "amount", Reason: "payment.amount", Message: "more than nothing, in " + i.Currency})
		}
		if in.Date == "" {
			in.Date = u.today()
		}
		p := &Payment{Record: u.record(), State: "booked", Invoice: i.ID, Customer: i.Customer, Amount: amount, Date: in.Date,
			Method: strings.TrimSpace(in.Method), Reference: strings.TrimSpace(in.Reference), Note: in.Note, Thread: i.Thread}
		if err := u.Payments().Insert(p); err != nil {
			return nil, err
		}
		from := i.Payment
		i.Paid = i.Paid.Add(amount)
		i.settle()
		err = u.saveInvoice(i, Activity{Type: "payment.booked", From: from, To: i.Payment, Related: Ref{TypePayment, p.ID},
			Data: map[string]string{"number": i.Number, "amount": amount.String(), "currency": amount.Currency, "date": string(p.Date)}})
		return &Outcome{record: p}, err
	})
}

// ReversePayment takes a booking back.
func (s *Service) ReversePayment(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		p, err := u.Payments().Get(t.ID)
		if err != nil {
			return nil, err
		}
		if err := u.touch(&p.Record, TypePayment, t); err != nil {
			return nil, err
		}
		if err := allowed(TypePayment, "reverse", p.State); err != nil {
			return nil, err
		}
		i, err := u.Invoices().Get(p.Invoice)
		if err != nil {
			return nil, err
		}
		p.State = "reversed"
		if err := u.Payments().Update(p); err != nil {
			return nil, err
		}
		u.deriveInvoice(i)
		from := i.Payment
		i.Paid, i.UpdatedAt = i.Paid.Sub(p.Amount), u.now
		i.settle()
		return (&Outcome{}).of(p), u.saveInvoice(i, Activity{Type: "payment.reversed", From: from, To: i.Payment, Why: in.Reason, Related: Ref{TypePayment, p.ID},
			Data: map[string]string{"number": i.Number, "amount": p.Amount.String(), "currency": p.Amount.Currency}})
	})
}
