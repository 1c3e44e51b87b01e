package process

import "slices"

// depositGroup is one VAT group of an order; all amounts are without VAT.
type depositGroup struct {
	vat     VAT
	ordered Money
	// invoiced is what invoices have of it that are no deposits, before they
	// deduct any, less what was credited to be invoiced again.
	invoiced Money
	// covered is what is left of issued deposits, drafted what drafts of deposits ask for.
	covered, drafted Money
}

// free is what is neither invoiced nor asked for ahead.
func (g depositGroup) free() Money { return g.uninvoiced().Sub(g.covered).Sub(g.drafted) }

func (g depositGroup) uninvoiced() Money { return g.ordered.Sub(g.invoiced) }

// deposit is an issued deposit invoice. left are the order's groups of it that
// are neither deducted nor credited.
type deposit struct {
	invoice *Invoice
	left    []Money
	// deducted is what invoices deduct of it, without VAT.
	deducted Money
}

func (d deposit) used() bool {
	return !slices.ContainsFunc(d.left, func(m Money) bool { return !m.IsZero() })
}

// depositLedger says what of an order is invoiced, and what of its deposits is
// left. Deductions on drafts count, as quantities on drafts do.
type depositLedger struct {
	currency string
	groups   []depositGroup
	deposits []deposit // oldest first
	drafts   []Invoice
	began    bool // something is invoiced or asked for ahead
}

func (l *depositLedger) group(v VAT) int {
	for k := range l.groups {
		if l.groups[k].vat.same(v) {
			return k
		}
	}
	zero := Money{Currency: l.currency}
	l.groups = append(l.groups, depositGroup{v, zero, zero, zero, zero})
	for k := range l.deposits {
		l.deposits[k].left = append(l.deposits[k].left, zero)
	}
	return len(l.groups) - 1
}

// limit is the most that can be asked for ahead, with VAT.
func (l *depositLedger) limit(o *Order) Money {
	if !l.began {
		return o.Payable()
	}
	sum := Money{Currency: l.currency}
	for _, g := range l.groups {
		sum = sum.Add(g.vat.with(g.free()))
	}
	return sum
}

// ledger reads the order's invoices but one, and their credit notes.
func (u *unit) ledger(o *Order, but string) (*depositLedger, error) {
	l := &depositLedger{currency: o.Currency}
	for _, g := range o.VATGroups {
		k := l.group(VAT{g.Category, g.Rate})
		l.groups[k].ordered = l.groups[k].ordered.Add(g.Base)
	}
	invoices, _, err := u.Invoices().List(Filter{Match: map[string]string{"order": o.ID}, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	slices.Reverse(invoices)
	for k := range invoices {
		i := &invoices[k]
		switch {
		case i.ID == but:
			continue
		case i.Deposit && i.State == "draft":
			l.drafts = append(l.drafts, *i)
			l.each(i.VATGroups, func(k int, base Money) { l.groups[k].drafted = l.groups[k].drafted.Add(base) })
		case i.Deposit:
			l.deposits = append(l.deposits, deposit{invoice: i, left: l.none(), deducted: Money{Currency: o.Currency}})
			at := len(l.deposits) - 1
			l.each(i.VATGroups, func(k int, base Money) { l.deposits[at].left[k] = l.deposits[at].left[k].Add(base) })
		default:
			l.each(i.VATGroups, func(k int, base Money) { l.groups[k].invoiced = l.groups[k].invoiced.Add(base) })
		}
		l.began = true
	}
	for k := range invoices {
		if i := &invoices[k]; i.ID != but && !(i.Deposit && i.State == "draft") {
			if err := u.count(l, i); err != nil {
				return nil, err
			}
		}
	}
	for _, d := range l.deposits {
		for k, m := range d.left {
			l.groups[k].covered = l.groups[k].covered.Add(m)
		}
	}
	return l, nil
}

// count takes what an invoice deducts off the deposits, and what its credit
// notes took back.
func (u *unit) count(l *depositLedger, i *Invoice) error {
	l.lines(i.Lines, 1, true)
	if i.Credited.IsZero() && !deducts(i.Lines) {
		return nil
	}
	notes, _, err := u.CreditNotes().List(Filter{Match: map[string]string{"invoice": i.ID}, Limit: MaxLimit})
	if err != nil {
		return err
	}
	if takenBack(i, notes) {
		l.each(i.VATGroups, func(k int, base Money) { l.groups[k].invoiced = l.groups[k].invoiced.Sub(base) })
		l.lines(i.Lines, -1, true)
		return nil
	}
	for _, n := range notes {
		if i.Deposit {
			at := slices.IndexFunc(l.deposits, func(d deposit) bool { return d.invoice.ID == i.ID })
			l.each(n.VATGroups, func(k int, base Money) { l.deposits[at].left[k] = l.deposits[at].left[k].Sub(base) })
			continue
		}
		if n.Reinvoice {
			l.each(n.VATGroups, func(k int, base Money) { l.groups[k].invoiced = l.groups[k].invoiced.Sub(base) })
		}
		l.lines(n.Lines, -1, n.Reinvoice)
	}
	return nil
}

// takenBack reports an invoice that was credited by amounts alone until nothing
// was left of it, and that then went back to its order to be invoiced again. Its
// credit notes name no lines, so what it deducted is told by the invoice itself.
// The notes come newest first.
func takenBack(i *Invoice, notes []CreditNote) bool {
	if i.Deposit || len(notes) == 0 || !notes[0].Reinvoice || i.Credited.Minor < i.Payable().Minor {
		return false
	}
	return !slices.ContainsFunc(notes, func(n CreditNote) bool {
		return slices.ContainsFunc(n.Lines, func(x Line) bool { return x.Source != "" })
	})
}

// lines counts lines that deduct deposits. They are no part of what is invoiced
// of the order, where that was counted by the sums of VAT groups.
func (l *depositLedger) lines(lines []Line, times int64, invoiced bool) {
	for _, x := range lines {
		if x.Deposit == "" || !x.Quantity.IsNegative() {
			continue
		}
		k := l.group(x.VAT)
		if invoiced {
			l.groups[k].invoiced.Minor -= times * x.Net.Minor
		}
		for at := range l.deposits {
			if l.deposits[at].invoice.ID == x.Deposit {
				l.deposits[at].left[k].Minor += times * x.Net.Minor
				l.deposits[at].deducted.Minor -= times * x.Net.Minor
			}
		}
	}
}

func (l *depositLedger) each(groups []VATGroup, f func(int, Money)) {
	for _, g := range groups {
		f(l.group(VAT{g.Category, g.Rate}), g.Base)
	}
}

func (l *depositLedger) none() []Money {
	out := make([]Money, len(l.groups))
	for k := range out {
		out[k].Currency = l.currency
	}
	return out
}
