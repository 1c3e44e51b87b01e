package process

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// deductDeposits gives an order's invoice the lines that deduct its deposits,
// the oldest first: of each VAT group as much as the invoice has of it, so that
// no group goes below zero and the next invoice goes on. Whoever takes the last
// of a deposit takes back what it was rounded by.
func (u *unit) deductDeposits(o *Order, i *Invoice) error {
	if o.Deposited.IsZero() && !deducts(i.Lines) {
		return nil
	}
	l, err := u.ledger(o, i.ID)
	if err != nil {
		return err
	}
	before := slices.Clone(i.Lines)
	i.Lines = slices.DeleteFunc(i.Lines, func(x Line) bool { return x.Deposit != "" })
	i.Totals = i.Sum(i.Lines, i.Currency)
	rounding, back := i.Rounding, Money{Currency: i.Currency}
	l.each(i.VATGroups, func(int, Money) {}) // a group that the order has not is one of the ledger's too
	rest := l.none()
	l.each(i.VATGroups, func(k int, base Money) { rest[k] = base })
	for _, d := range l.deposits {
		took := false
		for k := range d.left {
			m := min(rest[k].Minor, d.left[k].Minor)
			if m <= 0 {
				continue
			}
			rest[k].Minor -= m
			d.left[k].Minor -= m
			took = true
			i.Lines = append(i.Lines, u.deduction(i, before, d.invoice, l.groups[k].vat, Money{m, i.Currency}))
		}
		if took && d.used() {
			back = back.Sub(d.invoice.Rounding)
		}
	}
	i.Totals = i.Sum(i.Lines, i.Currency)
	if i.Rounding = rounding; i.Net.IsZero() && i.VAT.IsZero() {
		i.Rounding = Money{Currency: i.Currency}
	}
	if i.Payable().Add(back).Minor >= 0 {
		i.Rounding = i.Rounding.Add(back)
	}
	return nil
}

// deduction is the line that takes a part of a deposit; one that stood there
// for the same keeps its id.
func (u *unit) deduction(i *Invoice, before []Line, d *Invoice, v VAT, net Money) Line {
	line := Line{ID: NewID(u.now), Description: d.Number, Quantity: decimal.NewFromInt(-1), Unit: "C62", UnitPrice: net.Decimal(), VAT: v, Deposit: d.ID}
	if k := slices.IndexFunc(before, func(b Line) bool { return b.Deposit == d.ID && b.VAT.same(v) }); k >= 0 {
		line.ID = before[k].ID
	}
	if i.PricesIncludeVAT {
		line.UnitPriceWithVAT = v.with(net).Decimal()
	}
	return line.Price(i.Currency)
}

// deductAgain follows a change of a draft of an order.
func (u *unit) deductAgain(i *Invoice) error {
	if i.Order == "" || i.Deposit {
		return nil
	}
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return err
	}
	was := i.Totals
	if err := u.deductDeposits(o, i); err != nil {
		return err
	}
	if i.Gross == was.Gross {
		i.Totals = was
	}
	return nil
}

// settleDeposits counts a deposit that is being issued on its order, or lets
// another invoice deduct what was issued since it was drafted.
func (u *unit) settleDeposits(i *Invoice) (*Order, error) {
	if i.Order == "" {
		return nil, nil
	}
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return nil, err
	}
	if !i.Deposit {
		was, lines := i.Totals, i.Lines
		if err := u.deductDeposits(o, i); err != nil {
			return nil, err
		}
		if slices.EqualFunc(lines, i.Lines, func(a, b Line) bool { return a.ID == b.ID && a.Net == b.Net }) {
			i.Totals = was
			return o, nil
		}
		i.Rounding, err = u.remainder(o, i)
		return o, err
	}
	l, err := u.ledger(o, i.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range i.VATGroups {
		if k := l.group(VAT{g.Category, g.Rate}); g.Base.Minor > l.groups[k].free().Minor {
			return nil, Conflict("deposit.too_late", "less than this deposit is left to invoice of order %s: delete the draft", o.Number)
		}
	}
	if o.State == "cancelled" {
		return nil, Conflict("deposit.too_late", "order %s is cancelled: delete the draft", o.Number)
	}
	o.Deposited, o.UpdatedAt = o.Deposited.Add(i.Payable()), u.now
	return o, u.saveOrder(o, Activity{Type: "order.deposit_invoiced", Related: Ref{TypeInvoice, i.ID}, Data: map[string]string{"number": o.Number, "amount": i.Payable().String(), "currency": i.Currency}})
}

// deducted names the deposits that an invoice deducts.
func (u *unit) deducted(i *Invoice) (refs []DocumentReference, err error) {
	var seen []string
	for _, x := range i.Lines {
		if x.Deposit == "" || i.Deposit || slices.Contains(seen, x.Deposit) {
			continue
		}
		seen = append(seen, x.Deposit)
		d, err := u.Invoices().Get(x.Deposit)
		if err != nil {
			return nil, err
		}
		refs = append(refs, DocumentReference{d.Number, d.IssueDate})
	}
	return refs, nil
}

// creditDeposit lets a credit note take only what no invoice deducts of the
// deposit, and counts it on the order.
func (u *unit) creditDeposit(i *Invoice, n *CreditNote) error {
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return err
	}
	l, err := u.ledger(o, "")
	if err != nil {
		return err
	}
	for _, d := range l.deposits {
		if d.invoice.ID != i.ID {
			continue
		}
		for _, g := range n.VATGroups {
			if k := l.group(VAT{g.Category, g.Rate}); k >= len(d.left) || g.Base.Minor > d.left[k].Minor {
				return Conflict("deposit.deducted", "other invoices deduct the deposit %s: credit those first, or delete their drafts", i.Number)
			}
		}
	}
	o.Deposited, o.UpdatedAt = o.Deposited.Sub(n.Payable()), u.now
	return u.saveOrder(o, Activity{Type: "order.deposit_credited", Related: Ref{TypeInvoice, i.ID}, Data: map[string]string{"number": o.Number, "amount": n.Payable().String(), "currency": n.Currency}})
}

// releaseDeposits credits what of the deposits an order that was cancelled,
// wholly or in part, leaves nothing to be deducted from. Drafts of deposits go
// when they ask for more than is left. What the customer has paid then shows as
// credit on the deposit. The order is the caller's to save.
func (u *unit) releaseDeposits(o *Order, why string) error {
	l, err := u.ledger(o, "")
	if err != nil {
		return err
	}
	if len(l.deposits)+len(l.drafts) == 0 {
		return u.releasePrepaid(o)
	}
	over := l.none()
	drop := false
	for k, g := range l.groups {
		left := g.uninvoiced()
		if o.State == "cancelled" || left.Minor < 0 {
			left.Minor = 0
		}
		drop = drop || g.drafted.Minor > 0 && g.covered.Add(g.drafted).Minor > left.Minor
		over[k].Minor = max(g.covered.Minor-left.Minor, 0)
	}
	for k := range l.drafts {
		if !drop {
			break
		}
		d := &l.drafts[k]
		if err := u.note(Activity{Type: "invoice.deleted", About: Ref{TypeInvoice, d.ID}, Thread: d.Thread, From: d.State, Data: d.figures()}); err != nil {
			return err
		}
		if err := u.resolve(Ref{TypeInvoice, d.ID}, "invoice_problems"); err != nil {
			return err
		}
		if err := u.Invoices().Delete(d.ID, d.Version); err != nil {
			return err
		}
	}
	for _, d := range slices.Backward(l.deposits) {
		if err := u.releaseDeposit(o, l, d, over, why); err != nil {
			return err
		}
	}
	return u.releasePrepaid(o)
}

// releaseDeposit credits what is over of one deposit, as far as it has it.
func (u *unit) releaseDeposit(o *Order, l *depositLedger, d deposit, over []Money, why string) error {
	i, err := u.Invoices().Get(d.invoice.ID)
	if err != nil {
		return err
	}
	n := &CreditNote{Record: u.record(), State: "issued", Invoice: i.ID, InvoiceNumber: i.Number, Customer: i.Customer, Recipient: i.Recipient,
		Reason: strings.TrimSpace(why), Language: i.Language, Currency: i.Currency, Thread: i.Thread}
	fill(&n.Reason, o.Number)
	for k := range d.left {
		m := min(over[k].Minor, d.left[k].Minor)
		if m <= 0 {
			continue
		}
		over[k].Minor -= m
		d.left[k].Minor -= m
		line := Line{ID: NewID(u.now), Description: o.Number, Quantity: decimal.NewFromInt(1), Unit: "C62", UnitPrice: Money{m, i.Currency}.Decimal(), VAT: l.groups[k].vat, Deposit: i.ID}.Price(i.Currency)
		if at := slices.IndexFunc(i.Lines, func(x Line) bool { return x.VAT.same(line.VAT) }); at >= 0 && i.Credited.IsZero() && i.Lines[at].Net == line.Net {
			line.Source = i.Lines[at].ID
		}
		n.Lines = append(n.Lines, line)
	}
	if len(n.Lines) == 0 {
		return nil
	}
	left := i.Payable().Sub(i.Credited)
	switch n.Totals = n.Sum(n.Lines, n.Currency); {
	case d.used() && d.deducted.IsZero() || n.Payable().Minor > left.Minor:
		n.round(left)
	case d.used() && i.Credited.IsZero() && n.Gross.Add(i.Rounding).Minor > 0: // the last of it takes what it was rounded by
		n.Rounding = i.Rounding
	}
	u.deriveInvoice(i)
	o.Deposited = o.Deposited.Sub(n.Payable())
	if err := u.bookCredit(i, n, o); err != nil {
		return err
	}
	way, err := u.again(SendInput{}, Ref{TypeCreditNote, n.ID}, n.Customer, n.Recipient)
	if CodeOf(err) == CodeInvalid { // the customer need not have an address
		return nil
	}
	if err != nil {
		return err
	}
	return u.sendCreditNote(n, way, &Outcome{})
}

// releasePrepaid tells the owner of money that was paid ahead on an order that
// is cancelled, and that no invoice deducts.
func (u *unit) releasePrepaid(o *Order) error {
	if o.State != "cancelled" {
		return nil
	}
	return u.tellPrepaid(o)
}
