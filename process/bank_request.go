package process

import (
	"slices"
	"strings"
)

// requestShares says what an entry pays that has the reference of one payment
// request: the order ahead, while something of it is to be invoiced, else the
// order's open invoices. When nothing is open, or the order is cancelled, it is
// left to a person.
func (u *unit) requestShares(e *BankEntry) ([]share, error) {
	if e.Reference == "" {
		return nil, nil
	}
	found, _, err := u.Orders().List(Filter{Match: map[string]string{"payment_reference": e.Reference}, Limit: 2})
	if err != nil || len(found) != 1 || found[0].Currency != e.Amount.Currency {
		return nil, err
	}
	o, err := u.Orders().Get(found[0].ID)
	if err != nil {
		return nil, err
	}
	repeated, err := u.repeats(e)
	if err != nil {
		return nil, err
	}
	why := "settled"
	switch {
	case repeated:
		why = "repeated"
	case e.Unsure:
		why = "reference"
	case o.State != "cancelled" && o.requested().Minor > 0:
		return u.aheadOrOpen(e, o)
	}
	e.Suggestions = append([]Suggestion{o.suggestion(why)}, e.Suggestions...)
	e.Suggestions = e.Suggestions[:min(len(e.Suggestions), maxSuggestions)]
	return nil, nil
}

// requested is what of the payment request has not come in.
func (o *Order) requested() Money {
	if o.Request == nil {
		return Money{Currency: o.Currency}
	}
	return o.Request.Amount.Sub(o.Prepaid)
}

func (o *Order) suggestion(why string) Suggestion {
	return Suggestion{Order: o.ID, Number: o.Number, Customer: o.Customer, Open: o.requested(), Why: why}
}

// aheadOrOpen pays ahead what an invoice is still to deduct, else open invoices,
// the oldest first.
func (u *unit) aheadOrOpen(e *BankEntry, o *Order) ([]share, error) {
	ahead := slices.ContainsFunc(o.Lines, func(l Line) bool { return !l.Invoiced.Equal(l.Quantity) })
	invoices, _, err := u.Invoices().List(Filter{Match: map[string]string{"order": o.ID}, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	var open []*Invoice
	for _, found := range slices.Backward(invoices) {
		ahead = ahead || found.State == "draft"
		if u.deriveInvoice(&found); found.State != "issued" || found.Open.Minor <= 0 {
			continue
		}
		i, err := u.Invoices().Get(found.ID)
		if err != nil {
			return nil, err
		}
		u.deriveInvoice(i)
		open = append(open, i)
	}
	if ahead {
		return []share{{order: o, amount: e.Amount}}, nil
	}
	var shares []share
	rest := e.Amount
	for k, i := range open {
		part := Money{min(rest.Minor, i.Open.Minor), rest.Currency}
		if k == len(open)-1 {
			part = rest
		}
		if part.Minor <= 0 {
			break
		}
		rest = rest.Sub(part)
		shares = append(shares, share{invoice: i, amount: part})
	}
	if len(shares) == 0 {
		e.Suggestions = append([]Suggestion{o.suggestion("settled")}, e.Suggestions...)
		e.Suggestions = e.Suggestions[:min(len(e.Suggestions), maxSuggestions)]
	}
	return shares, nil
}

// matchOrder books an entry ahead on the order that a person names.
func (u *unit) matchOrder(e *BankEntry, name string) (Activity, error) {
	name = strings.TrimSpace(name)
	o, err := optional(u.Orders().Get(name))
	if err == nil && o == nil {
		var found *Order
		if found, err = first(u.Orders(), map[string]string{"number": name}, ""); err == nil && found != nil {
			o, err = u.Orders().Get(found.ID)
		}
	}
	if err != nil {
		return Activity{}, err
	}
	if o == nil || o.Currency != e.Amount.Currency || e.Amount.Minor <= 0 {
		return Activity{}, Invalid("bank_entry.order", "this is no prepayment of such an order", Problem{Field: "order", Reason: "bank_entry.order", Message: "the id or number of an order in the entry's currency"})
	}
	e.State, e.How, e.Suggestions = "matched", "person", nil
	return Activity{Type: "bank_entry.matched"}, u.bookShares(e, []share{{order: o, amount: e.Amount}})
}

// takeBackAhead reverses a prepayment of an entry that is taken back, and
// suggests its order.
func (u *unit) takeBackAhead(e *BankEntry, m EntryMatch, but, why string) error {
	if m.Payment != but {
		p, err := u.Payments().Get(m.Payment)
		if err != nil {
			return err
		}
		if p.State == "booked" {
			if err := u.reversePrepayment(p, why); err != nil {
				return err
			}
		}
	}
	o, err := u.Orders().Get(m.Order)
	if err != nil {
		return err
	}
	e.Suggestions = append(e.Suggestions, o.suggestion("unmatched"))
	return nil
}
