package process

import (
	"context"
	"strings"
)

// PaymentInput is money that came in for an invoice.
type PaymentInput struct {
	Invoice   string `json:"invoice,omitempty"`
	Order     string `json:"order,omitempty" doc:"a prepayment on an order, instead of invoice"`
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
	if in.Invoice == "" && in.Order != "" {
		return s.payOrder(ctx, a, in)
	}
	if in.Invoice == "" {
		return nil, Invalid("payment.invoice", "say for which invoice", Problem{Field: "invoice", Reason: "payment.invoice", Message: "the id of an issued invoice"})
	}
	return s.changeInvoice(ctx, a, Target{ID: in.Invoice}, "pay", func(u *unit, i *Invoice) (*Outcome, error) {
		amount, err := in.Amount.In(i.Currency)
		if err != nil || amount.Minor <= 0 {
			return nil, Invalid("payment.amount", "the payment cannot be booked", Problem{Field: "amount", Reason: "payment.amount", Message: "more than nothing, in " + i.Currency})
		}
		p := &Payment{Record: u.record(), Amount: amount, Date: in.Date, Method: strings.TrimSpace(in.Method), Reference: strings.TrimSpace(in.Reference), Note: in.Note}
		u.deriveInvoice(i)
		return &Outcome{record: p}, u.bookPayment(i, p)
	})
}

// ReversePayment takes a booking back. A bank entry that it came from is
// unmatched again, with all that was booked from it.
func (s *Service) ReversePayment(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.changePayment(ctx, a, t, "reverse", func(u *unit, p *Payment, i *Invoice) (*Outcome, error) {
		reverse := func() error {
			if i == nil {
				return u.reversePrepayment(p, in.Reason)
			}
			return u.reversePayment(p, i, in.Reason)
		}
		if err := reverse(); err != nil || p.BankEntry == "" {
			return &Outcome{}, err
		}
		e, err := u.BankEntries().Get(p.BankEntry)
		if err != nil {
			return nil, err
		}
		from := e.State
		if err := u.takeBack(e, p.ID, in.Reason); err != nil {
			return nil, err
		}
		e.UpdatedAt = u.now
		if err := u.BankEntries().Update(e); err != nil {
			return nil, err
		}
		return &Outcome{Linked: []Ref{{TypeBankEntry, e.ID}}}, u.noteEntry(e, Activity{Type: "bank_entry.unmatched", From: from, To: e.State, Why: in.Reason})
	})
}
