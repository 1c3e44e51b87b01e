package process

import (
	"context"
	"fmt"
	"strings"
)

// RefundInput is money paid back: all that is left of the payment, or an amount.
type RefundInput struct {
	Amount *Money `json:"amount,omitempty"`
	Date   Date   `json:"date,omitempty"`
	Method string `json:"method,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// RefundPayment books that money of a payment was paid back: a payment of less
// than nothing on the same invoice, which may be reversed like any other.
func (s *Service) RefundPayment(ctx context.Context, a Actor, t Target, in RefundInput) (*Outcome, error) {
	return s.changePayment(ctx, a, t, "refund", func(u *unit, p *Payment, i *Invoice) (*Outcome, error) {
		if i == nil {
			return u.refundPrepayment(p, in)
		}
		left := p.Amount.Sub(p.Refunded)
		left.Minor = min(left.Minor, i.Paid.Minor) // money may have gone out that names no payment
		if left.Minor <= 0 {
			return nil, Conflict("payment.refunded", "nothing of this payment is left to pay back")
		}
		amount, err := in.part(p.Amount.Currency, left)
		if err != nil {
			return nil, err
		}
		p.Refunded = p.Refunded.Add(amount)
		if err := u.Payments().Update(p); err != nil {
			return nil, err
		}
		back := &Payment{Record: u.record(), Amount: amount.Neg(), Date: in.Date, Method: strings.TrimSpace(in.Method), Reference: p.Reference,
			Note: strings.TrimSpace(in.Reason), RefundOf: p.ID}
		if err := u.bookPayment(i, back); err != nil {
			return nil, err
		}
		return &Outcome{Created: []Ref{{TypePayment, back.ID}}}, nil
	})
}

// part is the amount of the input, at most what is left; all of that when no
// amount is named.
func (in RefundInput) part(currency string, left Money) (Money, error) {
	if in.Amount == nil {
		return left, nil
	}
	amount, err := in.Amount.In(currency)
	if err != nil || amount.Minor <= 0 || amount.Minor > left.Minor {
		return left, Invalid("payment.refund", "the amount cannot be paid back", Problem{Field: "amount", Reason: "payment.refund",
			Message: fmt.Sprintf("more than nothing, and at most %s %s is left", left, left.Currency)})
	}
	return amount, nil
}

func (s *Service) changePayment(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Payment, *Invoice) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		p, err := opened(u, u.Payments(), verb, t)
		if err != nil {
			return nil, err
		}
		var i *Invoice // none behind what was paid ahead on an order
		if p.Invoice != "" {
			if i, err = u.Invoices().Get(p.Invoice); err != nil {
				return nil, err
			}
			u.deriveInvoice(i)
		}
		out, err := f(u, p, i)
		if err != nil {
			return nil, err
		}
		return out.of(p), nil
	})
}

// covers reports whether a difference is small enough to be written off; the
// zero limit covers none.
func (m Money) covers(difference Money) bool {
	return m.Minor > 0 && m.Currency == difference.Currency && difference.Minor <= m.Minor && difference.Minor >= -m.Minor
}

// bookPayment books p on an issued invoice. What then is open or too much is
// written off with it when the settings' limit covers it.
func (u *unit) bookPayment(i *Invoice, p *Payment) error {
	zero := Money{Currency: i.Currency}
	p.State, p.Invoice, p.Customer, p.Thread, p.Refunded, p.WrittenOff = "booked", i.ID, i.Customer, i.Thread, zero, zero
	if p.Date == "" {
		p.Date = u.today()
	}
	from, open := i.Payment, i.Open
	i.Paid, i.UpdatedAt = i.Paid.Add(p.Amount), u.now
	if err := u.regain(i); err != nil {
		return err
	}
	if open.Minor > 0 && p.Amount.Minor > 0 && !i.Open.IsZero() && u.settings.WriteOffLimit.covers(i.Open) {
		p.WrittenOff = i.Open
		i.WrittenOff = i.WrittenOff.Add(i.Open)
		i.settle()
	}
	if err := u.Payments().Insert(p); err != nil {
		return err
	}
	data := map[string]string{"number": i.Number, "amount": p.Amount.String(), "currency": p.Amount.Currency, "date": string(p.Date)}
	act := Activity{Type: "payment.booked", From: from, To: i.Payment, Related: Ref{TypePayment, p.ID}, Data: data}
	if p.Amount.Minor < 0 {
		act.Type, act.Why = "payment.refunded", p.Note
		data["amount"] = p.Amount.Neg().String()
	}
	if err := u.saveInvoice(i, act); err != nil || p.WrittenOff.IsZero() {
		return err
	}
	return u.note(Activity{Type: "payment.difference_written_off", About: Ref{TypeInvoice, i.ID}, Thread: i.Thread, Related: Ref{TypePayment, p.ID},
		Data: map[string]string{"number": i.Number, "amount": p.WrittenOff.String(), "currency": i.Currency}})
}

// unbook reverses p. A refund that is reversed can be paid out again.
func (u *unit) unbook(p *Payment) error {
	if !p.Refunded.IsZero() {
		return Conflict("payment.refunded", "money of this payment was paid back: reverse that first")
	}
	p.State = "reversed"
	if err := u.Payments().Update(p); err != nil {
		return err
	}
	if p.RefundOf != "" {
		paid, err := u.Payments().Get(p.RefundOf)
		if err != nil {
			return err
		}
		paid.Refunded = paid.Refunded.Add(p.Amount)
		if err := u.Payments().Update(paid); err != nil {
			return err
		}
	}
	return nil
}

// reversePayment takes a booking back, with the difference that was written
// off with it.
func (u *unit) reversePayment(p *Payment, i *Invoice, why string) error {
	if err := u.unbook(p); err != nil {
		return err
	}
	u.deriveInvoice(i)
	from := i.Payment
	i.Paid, i.WrittenOff, i.UpdatedAt = i.Paid.Sub(p.Amount), i.WrittenOff.Sub(p.WrittenOff), u.now
	i.settle()
	return u.saveInvoice(i, Activity{Type: "payment.reversed", From: from, To: i.Payment, Why: why, Related: Ref{TypePayment, p.ID},
		Data: map[string]string{"number": i.Number, "amount": p.Amount.String(), "currency": p.Amount.Currency}})
}
