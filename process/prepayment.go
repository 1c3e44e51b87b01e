package process

import (
	"context"
	"errors"
	"slices"

	"github.com/shopspring/decimal"
)

// The ways in which a prepayment is asked for.
const (
	// PrepayRequest is a payment request: outside the invoice series, without VAT.
	PrepayRequest = "request"
	// PrepayDeposit is a deposit invoice: in the invoice series, with VAT.
	PrepayDeposit = "deposit"
	// PrepayNone asks for nothing, where the company usually does.
	PrepayNone = "none"
)

// PrepaymentTerms are the company's usual ones: a percentage of the total with
// VAT, or an amount; nothing is asked for when both are zero.
type PrepaymentTerms struct {
	// Kind is request or deposit; by the company's country when empty.
	Kind    string          `json:"kind,omitempty"`
	Percent decimal.Decimal `json:"percent,omitzero"`
	Amount  Money           `json:"amount,omitzero"`
	// Draft keeps deposit invoices as drafts, to be looked at before they are issued.
	Draft bool `json:"draft,omitempty"`
}

// depositCountries ask for an invoice with VAT when money is paid on account:
// the EU (directive 2006/112/EC, articles 65 and 220), Switzerland and the
// United Kingdom. Elsewhere, as in Norway, a prepayment is no sales document.
var depositCountries = []string{"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}

// prepaymentKind is the way that is asked for, the company's, or its country's.
func (s Settings) prepaymentKind(asked string) string {
	if asked != "" {
		return asked
	}
	if s.Prepayment.Kind != "" {
		return s.Prepayment.Kind
	}
	if slices.Contains(depositCountries, s.Company.Address.Country) {
		return PrepayDeposit
	}
	return PrepayRequest
}

// usual is what a new quote asks for, nil for nothing.
func (t PrepaymentTerms) usual() *Prepayment {
	switch {
	case t.Percent.IsPositive():
		return &Prepayment{Percent: &t.Percent}
	case t.Amount.Minor > 0:
		return &Prepayment{Amount: &t.Amount}
	}
	return nil
}

func (t PrepaymentTerms) problems(currency string) []Problem {
	var ps []Problem
	bad := func(field, message string) {
		ps = append(ps, Problem{Field: "prepayment." + field, Reason: "settings.prepayment", Message: message})
	}
	if t.Kind != "" && t.Kind != PrepayRequest && t.Kind != PrepayDeposit {
		bad("kind", "request or deposit, or nothing for the usual of the company's country")
	}
	if boundDecimal(t.Percent) != nil || t.Percent.IsNegative() || t.Percent.GreaterThan(hundred) {
		bad("percent", "between 0 and 100")
	}
	if t.Amount.Minor < 0 || t.Amount.Minor > 0 && t.Amount.Currency != currency {
		bad("amount", "not below zero, in "+currency)
	}
	if t.Percent.IsPositive() && t.Amount.Minor > 0 {
		bad("amount", "a percentage or an amount")
	}
	return ps
}

// PrepayInput says how and how much is asked for; what is left out is the
// company's usual.
type PrepayInput struct {
	Kind    string           `json:"kind,omitempty" doc:"request or deposit; the company's usual way when left out"`
	Percent *decimal.Decimal `json:"percent,omitempty" doc:"of the order's total; give percent or amount, or neither for the usual"`
	Amount  *Money           `json:"amount,omitempty"`
	DueDate Date             `json:"due_date,omitempty"`
	// Recipient is who gets the mail, the order's when left out.
	Recipient string `json:"recipient,omitempty"`
	// Draft keeps a deposit invoice as a draft; as the settings say when left out.
	Draft *bool `json:"draft,omitempty"`
}

// PrepayOrder asks for a prepayment on an order: by a payment request or by a
// deposit invoice.
func (s *Service) PrepayOrder(ctx context.Context, a Actor, t Target, in PrepayInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "prepay", func(u *unit, o *Order) (*Outcome, error) {
		p := &Prepayment{Kind: in.Kind, Percent: in.Percent, Amount: in.Amount}
		if usual := u.settings.Prepayment.usual(); p.Percent == nil && p.Amount == nil && usual != nil {
			p.Percent, p.Amount = usual.Percent, usual.Amount
		}
		p, err := p.checked(o.Currency)
		if err != nil {
			return nil, err
		}
		if p == nil || p.Kind == PrepayNone {
			return nil, Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "percent", Reason: "prepayment.one", Message: "give a percentage or an amount"})
		}
		if in.Recipient != "" {
			o.Recipient = in.Recipient
		}
		draft := u.settings.Prepayment.Draft
		if in.Draft != nil {
			draft = *in.Draft
		}
		return u.askAhead(o, p, in.DueDate, draft)
	})
}

// askAhead asks for a prepayment in its way. A deposit invoice that cannot be
// issued yet stays a draft with its problems and a task.
func (u *unit) askAhead(o *Order, p *Prepayment, due Date, draft bool) (*Outcome, error) {
	amount := p.of(o.Payable())
	if u.settings.prepaymentKind(p.Kind) == PrepayDeposit {
		return u.askDeposit(o, amount, due, draft)
	}
	if err := mailable(o.Recipient); err != nil {
		return nil, err
	}
	d, err := u.requestPayment(o, amount, due)
	if err != nil {
		return nil, err
	}
	return &Outcome{Created: []Ref{{TypeDelivery, d.ID}}}, nil
}

// prepay asks for what the accepted quote wants ahead. When it cannot be asked
// for, as without a recipient, the acceptance stands and the owner gets a task.
func (u *unit) prepay(q *Quote, o *Order) (*Outcome, error) {
	if q.Prepayment == nil || q.Prepayment.Kind == PrepayNone {
		return &Outcome{}, nil
	}
	out, err := u.askAhead(o, q.Prepayment, "", u.settings.Prepayment.Draft)
	var e *Error
	if errors.As(err, &e) && e.Code == CodeInvalid {
		task, err := u.task(Task{Reason: "prepayment", Owner: o.Owner, About: Ref{TypeOrder, o.ID}, Thread: o.Thread})
		if err != nil {
			return nil, err
		}
		return &Outcome{Created: []Ref{{TypeTask, task.ID}}}, nil
	}
	return out, err
}
