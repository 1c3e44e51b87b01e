package process

import (
	"slices"

	"github.com/shopspring/decimal"
)

// shareOrder gives an invoice its part of the order's discounts and charges,
// and its totals; the invoice that takes the last quantities takes what the
// others left, so that all of them sum to what was ordered.
func (u *unit) shareOrder(o *Order, i *Invoice) (err error) {
	i.PricesIncludeVAT = o.PricesIncludeVAT
	if len(o.Adjustments) > 0 {
		taken, err := u.sharesTaken(o)
		if err != nil {
			return err
		}
		done := map[string]decimal.Decimal{}
		for _, l := range o.Lines {
			done[l.ID] = l.Invoiced
		}
		i.Adjustments = o.part(u, o.Lines, i.Lines, done, taken, o.Currency)
	}
	i.Totals = i.Sum(i.Lines, i.Currency)
	if err := u.deductDeposits(o, i); err != nil {
		return err
	}
	i.Rounding, err = u.remainder(o, i)
	return err
}

// sharesTaken sums what the order's invoices have of its adjustments, less
// what credit notes gave back to be invoiced again.
func (u *unit) sharesTaken(o *Order) (taken []Adjustment, err error) {
	invoices, _, err := u.Invoices().List(Filter{Match: map[string]string{"order": o.ID}, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	for _, i := range invoices {
		taken = append(taken, i.Adjustments...)
		if i.Credited.IsZero() && !deducts(i.Lines) || len(i.Adjustments) == 0 {
			continue
		}
		notes, _, err := u.CreditNotes().List(Filter{Match: map[string]string{"invoice": i.ID}, Limit: MaxLimit})
		if err != nil {
			return nil, err
		}
		taken = append(taken, givenBack(i, notes)...)
	}
	return taken, nil
}

// givenBack are the shares that credit notes return to the order, as negative
// ones of the order's adjustments. A note of an amount that gives quantities
// back was for all that was left.
func givenBack(i Invoice, notes []CreditNote) (back []Adjustment) {
	for _, n := range notes {
		if !n.Reinvoice {
			continue
		}
		from := n.Adjustments
		if !slices.ContainsFunc(n.Lines, func(l Line) bool { return l.Source != "" }) {
			from = left(i, notes)
		}
		for _, b := range from {
			k := slices.IndexFunc(i.Adjustments, func(a Adjustment) bool { return a.ID == b.Source })
			if k < 0 {
				continue
			}
			minus := Adjustment{Source: i.Adjustments[k].Source}
			for _, s := range b.Shares {
				s = s.add(s, -2)
				minus.Shares = append(minus.Shares, s)
			}
			back = append(back, minus)
		}
	}
	return back
}

// left are the invoice's adjustments less what credit notes took of them.
func left(i Invoice, notes []CreditNote) (from []Adjustment) {
	for _, a := range i.Adjustments {
		a.Source, a.Shares = a.ID, slices.Clone(a.Shares)
		for k := range a.Shares {
			for _, n := range notes {
				for _, b := range n.Adjustments {
					if b.Source == a.ID {
						a.Shares[k].less(b, a.Shares[k].VAT)
					}
				}
			}
		}
		from = append(from, a)
	}
	return from
}

// shareInvoice gives a credit note its part of the invoice's discounts and
// charges. credited are the quantities after it.
func (u *unit) shareInvoice(i *Invoice, n *CreditNote, credited map[string]decimal.Decimal) error {
	n.PricesIncludeVAT = i.PricesIncludeVAT
	if len(i.Adjustments) == 0 {
		return nil
	}
	notes, _, err := u.CreditNotes().List(Filter{Match: map[string]string{"invoice": i.ID}, Limit: MaxLimit})
	if err != nil {
		return err
	}
	var taken []Adjustment
	for _, other := range notes {
		taken = append(taken, other.Adjustments...)
	}
	n.Adjustments = i.part(u, i.Lines, n.Lines, credited, taken, i.Currency)
	return nil
}

// part is what a document that takes some lines of another takes of its
// adjustments. done are the quantities that are taken with it, taken the shares
// that others have. What is done of a VAT group's lines is the share of the
// group's adjustments that is due by now; when all is done, all of it.
func (p Pricing) part(u *unit, whole, lines []Line, done map[string]decimal.Decimal, taken []Adjustment, currency string) (out []Adjustment) {
	upTo := make([]Line, 0, len(whole))
	all := true
	for _, l := range whole {
		if !l.counts() {
			continue
		}
		all = all && done[l.ID].Equal(l.Quantity)
		l.Quantity = done[l.ID]
		upTo = append(upTo, l.Price(currency))
	}
	of, by, here := p.weights(whole, currency), p.weights(upTo, currency), p.weights(lines, currency)
	for _, a := range p.Adjustments {
		part := a
		part.ID, part.Source, part.Amount, part.Shares = NewID(u.now), a.ID, Money{Currency: currency}, nil
		for _, s := range a.Shares {
			due := Share{VAT: s.VAT, Base: Money{Currency: currency}, Amount: s.Amount, WithVAT: s.WithVAT}
			if !all {
				due.scale(ratio(s.VAT, by, of), currency)
			}
			for _, t := range taken {
				if t.Source == a.ID {
					due.less(t, s.VAT)
				}
			}
			for _, w := range here {
				if w.vat.same(s.VAT) {
					due.Base = w.net
				}
			}
			if due.Amount.IsZero() && due.agreed().IsZero() {
				continue
			}
			part.Amount = part.Amount.Add(due.agreed())
			part.Shares = append(part.Shares, due)
		}
		if len(part.Shares) > 0 {
			out = append(out, part)
		}
	}
	return out
}

func (s *Share) scale(by decimal.Decimal, currency string) {
	s.Amount = RoundMoney(s.Amount.Decimal().Mul(by), currency)
	if s.WithVAT != nil {
		m := RoundMoney(s.WithVAT.Decimal().Mul(by), currency)
		s.WithVAT = &m
	}
}

// less takes what an other document has of the same share.
func (s *Share) less(other Adjustment, v VAT) {
	for _, o := range other.Shares {
		if o.VAT.same(v) {
			*s = s.add(o, -1)
		}
	}
}

// add is the share with another one added so many times.
func (s Share) add(o Share, times int64) Share {
	s.Amount.Minor += times * o.Amount.Minor
	if s.WithVAT != nil && o.WithVAT != nil {
		m := *s.WithVAT
		m.Minor += times * o.WithVAT.Minor
		s.WithVAT = &m
	}
	return s
}

// ratio is how much of a VAT group's lines is done, between 0 and 1; of all
// lines when the group has none of its own.
func ratio(v VAT, by, of []weight) decimal.Decimal {
	sum := func(ws []weight, own bool) (d decimal.Decimal) {
		for _, w := range ws {
			if !own || w.vat.same(v) {
				d = d.Add(w.value.Decimal())
			}
		}
		return d
	}
	whole, part := sum(of, true), sum(by, true)
	if whole.IsZero() {
		whole, part = sum(of, false), sum(by, false)
	}
	if whole.IsZero() {
		return decimal.Zero
	}
	r := part.DivRound(whole, 16)
	return decimal.Min(decimal.Max(r, decimal.Zero), decimal.NewFromInt(1))
}

// keepShares takes the pricing of an edited draft. When neither the
// adjustments nor what they are computed from changed, the shares stay: those
// of an order's draft hold its part of the order's remainder.
func (i *Invoice) keepShares(p Pricing, lines []Line) {
	same := len(p.Adjustments) == len(i.Adjustments) && p.PricesIncludeVAT == i.PricesIncludeVAT &&
		slices.EqualFunc(p.weights(lines, i.Currency), i.weights(i.Lines, i.Currency), func(a, b weight) bool {
			return a.vat.same(b.vat) && a.net == b.net && a.value == b.value
		})
	for k, a := range p.Adjustments {
		same = same && a.ID == i.Adjustments[k].ID && a.Charge == i.Adjustments[k].Charge && a.Percent.Equal(i.Adjustments[k].Percent) &&
			(!a.Percent.IsZero() || a.Amount == i.Adjustments[k].Amount)
	}
	for k := range p.Adjustments {
		if at := slices.IndexFunc(i.Adjustments, func(a Adjustment) bool { return a.ID == p.Adjustments[k].ID }); at >= 0 {
			p.Adjustments[k].Source = i.Adjustments[at].Source
			if same {
				p.Adjustments[k].Amount, p.Adjustments[k].Shares = i.Adjustments[at].Amount, i.Adjustments[at].Shares
			}
		}
	}
	i.Pricing = p
}
