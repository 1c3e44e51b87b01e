package process

import (
	"context"
	"fmt"
	"strings"
)

// What becomes of an issued invoice that is not simply paid. None of it
// changes the document; open = gross − credited − paid − written off.

// ReasonInput says why.
type ReasonInput struct {
	Reason string `json:"reason,omitempty"`
}

// DisputeInvoice notes that the customer contests the invoice: it is not
// reminded until the dispute ends.
func (s *Service) DisputeInvoice(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "dispute", func(u *unit, i *Invoice) (*Outcome, error) {
		if i.Disputed {
			return nil, Conflict("invoice.disputed", "invoice %s is disputed already; possible now: end_dispute, credit", i.Number)
		}
		if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
			return nil, Invalid("dispute.reason", "say what is contested", Problem{Field: "reason", Reason: "dispute.reason", Message: "it stands in the history"})
		}
		i.Disputed = true
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.disputed", Why: in.Reason})
	})
}

// EndDispute lets the invoice be reminded again.
func (s *Service) EndDispute(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "end_dispute", func(u *unit, i *Invoice) (*Outcome, error) {
		if !i.Disputed {
			return nil, Conflict("invoice.undisputed", "invoice %s is not disputed", i.Number)
		}
		i.Disputed = false
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.dispute_ended", Why: in.Reason})
	})
}

// WriteOffInput is what is given up; all that is open when no amount is named.
type WriteOffInput struct {
	Amount *Money `json:"amount,omitempty"`
	Reason string `json:"reason"`
}

// WriteOffInvoice gives up an open amount: a small difference or a bad debt.
func (s *Service) WriteOffInvoice(ctx context.Context, a Actor, t Target, in WriteOffInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "write_off", func(u *unit, i *Invoice) (*Outcome, error) {
		i.settle()
		if i.Open.Minor <= 0 {
			return nil, Conflict("write_off.nothing_open", "nothing is open on invoice %s", i.Number)
		}
		amount, err := in.part(i.Currency, i.Open)
		if err != nil {
			return nil, err
		}
		i.WrittenOff = i.WrittenOff.Add(amount)
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.written_off", Why: strings.TrimSpace(in.Reason), Data: i.moved(amount)})
	})
}

// ReinstateInvoice takes a write-off back, wholly or in part.
func (s *Service) ReinstateInvoice(ctx context.Context, a Actor, t Target, in WriteOffInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "reinstate", func(u *unit, i *Invoice) (*Outcome, error) {
		if i.WrittenOff.IsZero() {
			return nil, Conflict("write_off.none", "nothing of invoice %s is written off", i.Number)
		}
		amount, err := in.part(i.Currency, i.WrittenOff)
		if err != nil {
			return nil, err
		}
		i.WrittenOff = i.WrittenOff.Sub(amount)
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.reinstated", Why: strings.TrimSpace(in.Reason), Data: i.moved(amount)})
	})
}

// regain takes a write-off back as far as a payment or a credit note has made
// it needless: what was given up came in after all.
func (u *unit) regain(i *Invoice) error {
	i.settle()
	back := Money{min(-i.Open.Minor, i.WrittenOff.Minor), i.Currency}
	if back.Minor <= 0 {
		return nil
	}
	i.WrittenOff = i.WrittenOff.Sub(back)
	i.settle()
	return u.note(Activity{Type: "invoice.reinstated", About: Ref{TypeInvoice, i.ID}, Thread: i.Thread, Data: i.moved(back)})
}

// part is the amount of the input, at most the given one.
func (in WriteOffInput) part(currency string, most Money) (Money, error) {
	if strings.TrimSpace(in.Reason) == "" {
		return Money{}, Invalid("write_off.reason", "say why", Problem{Field: "reason", Reason: "write_off.reason", Message: "it stands in the history and in the books"})
	}
	if in.Amount == nil {
		return most, nil
	}
	amount, err := in.Amount.In(currency)
	if err != nil || amount.Minor <= 0 || amount.Minor > most.Minor {
		return Money{}, Invalid("write_off.amount", "the amount is not possible", Problem{Field: "amount", Reason: "write_off.amount",
			Message: fmt.Sprintf("more than nothing, at most %s %s", most, most.Currency)})
	}
	return amount, nil
}

func (i *Invoice) moved(amount Money) map[string]string {
	return map[string]string{"number": i.Number, "amount": amount.String(), "currency": amount.Currency}
}

// HoldInput stops reminders until the end of a day, or until they are released.
type HoldInput struct {
	Until  Date   `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// HoldInvoice stops the reminders of an invoice, such as for a promise to pay.
func (s *Service) HoldInvoice(ctx context.Context, a Actor, t Target, in HoldInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "hold", func(u *unit, i *Invoice) (*Outcome, error) {
		if in.Until != "" && in.Until < u.today() {
			return nil, Invalid("hold.until", "the day is over", Problem{Field: "until", Reason: "hold.until", Message: "today or later"})
		}
		i.Held, i.HeldUntil = true, in.Until
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.held", Why: in.Reason, Data: map[string]string{"number": i.Number, "date": string(in.Until)}})
	})
}

// ReleaseInvoice lets reminders go on.
func (s *Service) ReleaseInvoice(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "release", func(u *unit, i *Invoice) (*Outcome, error) {
		if !i.Held {
			return nil, Conflict("invoice.not_held", "the reminders of invoice %s are not on hold", i.Number)
		}
		i.Held, i.HeldUntil = false, ""
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.released", Why: in.Reason})
	})
}

// WaiveClaims gives up the fees and the interest that reminders claimed.
func (s *Service) WaiveClaims(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "waive", func(u *unit, i *Invoice) (*Outcome, error) {
		if i.Claims.IsZero() {
			return nil, Conflict("invoice.no_claims", "no fee or interest is claimed on invoice %s", i.Number)
		}
		data := i.moved(i.Claims)
		i.Claims = Money{Currency: i.Currency}
		for k := range i.Reminders {
			i.Reminders[k].Waived = true
		}
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.claims_waived", Why: in.Reason, Data: data})
	})
}
