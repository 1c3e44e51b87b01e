package process

import "strconv"

// Money that goes out again: a bank takes a payment back, or the company pays
// too much back.

// backDays is how long after a payment its reversal is looked for.
const backDays = 60

// taken suggests the invoices that money which went out was paid on: by the
// reference, or by a payment of the same amount that came in before. An entry
// that is no reversal is suggested nothing for its amount alone.
func (u *unit) taken(e *BankEntry) ([]Suggestion, error) {
	var found []Suggestion
	back := e.Amount.Neg()
	suggest := func(i *Invoice) {
		u.deriveInvoice(i)
		if i.State != "issued" || i.Currency != back.Currency || i.Paid.Minor < back.Minor || len(found) >= maxSuggestions {
			return
		}
		for _, s := range found {
			if s.Invoice == i.ID {
				return
			}
		}
		found = append(found, Suggestion{Invoice: i.ID, Number: i.Number, Customer: i.Customer, Open: i.Open, Why: "reversal"})
	}
	if e.Reference != "" {
		list, _, err := u.Invoices().List(Filter{State: "issued", Match: map[string]string{"payment_reference": e.Reference}, Limit: maxSuggestions})
		if err != nil {
			return nil, err
		}
		for k := range list {
			suggest(&list[k])
		}
	}
	if !e.Unsure || len(found) > 0 {
		return found, nil
	}
	list, _, err := u.BankEntries().List(Filter{State: "matched", Match: map[string]string{"amount": amountKey(back)}, Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		if o.Amount != back || o.BookingDate > e.BookingDate || o.BookingDate.AddDays(backDays) < e.BookingDate || !sameAccount(o.Account, e.Account) {
			continue
		}
		for _, m := range o.Matches {
			i, err := optional(u.Invoices().Get(m.Invoice))
			if err != nil {
				return nil, err
			}
			if i != nil {
				suggest(i)
			}
		}
	}
	return found, nil
}

// payBackOf says of money that went out which payment it gives back: the newest
// one on the invoice of which as much is left. Without such a one it is none's.
func (u *unit) payBackOf(i *Invoice, back *Payment) error {
	if back.Amount.Minor >= 0 {
		return nil
	}
	list, _, err := u.Payments().List(Filter{State: "booked", Match: map[string]string{"invoice": i.ID}, Limit: MaxLimit})
	if err != nil {
		return err
	}
	for k := range list {
		p := &list[k]
		if p.Amount.Sub(p.Refunded).Minor < -back.Amount.Minor {
			continue
		}
		back.RefundOf, p.Refunded = p.ID, p.Refunded.Sub(back.Amount)
		return u.Payments().Update(p)
	}
	return nil
}

// amountKey is an amount as entries are looked up by it.
func amountKey(m Money) string { return strconv.FormatInt(m.Minor, 10) }
