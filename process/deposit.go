package process

import (
	"slices"

	"github.com/shopspring/decimal"
)

// A deposit invoice is an invoice of the series, with VAT, of a part of an
// order before anything is delivered. Its amount is split over the order's VAT
// groups, one line each. Later invoices of the order deduct it by lines below
// zero in the same groups, so that the VAT of all of them is that of the order;
// they name it as a preceding invoice (BG-3). BT-113 is for money that was paid
// without an invoice: it would state the VAT twice.

// askDeposit drafts a deposit invoice, and issues and mails it unless it is to
// stay a draft.
func (u *unit) askDeposit(o *Order, amount Money, due Date, draft bool) (*Outcome, error) {
	if o.Request != nil {
		return nil, Conflict("prepayment.requested", "a prepayment on order %s was asked for already, with %s", o.Number, o.Request.Number)
	}
	inv, err := u.draftDeposit(o, amount, due)
	if err != nil {
		return nil, err
	}
	if err := u.saveOrder(o, Activity{Type: "order.deposit_drafted", Related: Ref{TypeInvoice, inv.ID},
		Data: map[string]string{"number": o.Number, "amount": amount.String(), "currency": amount.Currency}}); err != nil {
		return nil, err
	}
	out := &Outcome{Created: []Ref{{TypeInvoice, inv.ID}}}
	if draft {
		return out, nil
	}
	if len(blocking(inv.Problems)) > 0 || mailable(inv.Recipient) != nil || u.require(TypeInvoice, "issue", inv) != nil {
		task, err := u.task(Task{Reason: "invoice_problems", Owner: o.Owner, About: Ref{TypeInvoice, inv.ID}, Thread: o.Thread})
		if err != nil {
			return nil, err
		}
		out.Created = append(out.Created, Ref{TypeTask, task.ID})
		return out, nil
	}
	issued, err := u.s.issuing(IssueInput{})(u, inv)
	if err != nil {
		return nil, err
	}
	out.Created = append(out.Created, issued.Created...)
	now, err := u.Orders().Get(o.ID) // issuing counted the deposit on it
	if err != nil {
		return nil, err
	}
	*o = *now
	return out, nil
}

// draftDeposit splits the amount over what is neither invoiced nor covered by
// a deposit.
func (u *unit) draftDeposit(o *Order, amount Money, due Date) (*Invoice, error) {
	l, err := u.ledger(o, "")
	if err != nil {
		return nil, err
	}
	most := l.limit(o)
	if amount.Minor <= 0 || amount.Minor > most.Minor {
		return nil, Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "amount", Reason: "prepayment.amount", Message: "more than nothing, and at most " + most.String() + ", the order's total that is not invoiced"})
	}
	inv := &Invoice{Record: u.record(), State: "draft", Deposit: true, Order: o.ID, OrderNumber: o.Number, Quote: o.Quote, Opportunity: o.Opportunity,
		Customer: o.Customer, Contact: o.Contact, Owner: o.Owner, Title: o.Title, Recipient: o.Recipient, Language: o.Language, Currency: o.Currency,
		CustomerReference: o.CustomerReference, Project: o.Project, Contract: o.Contract, SupplyDate: o.DeliveryDate, DueDate: due, DeliveryAddress: o.DeliveryAddress, Thread: o.Thread}
	inv.PricesIncludeVAT = o.PricesIncludeVAT
	weights := make([]Money, len(l.groups))
	all := amount == most
	for k, g := range l.groups {
		weights[k] = g.vat.with(g.free())
		all = all && weights[k].Minor >= 0 // a group below zero is left to the last invoice
	}
	for k, part := range divide(amount, weights) {
		g := l.groups[k]
		base := g.vat.partOf(g.free(), part)
		if all {
			base = g.free()
		}
		if base.Minor <= 0 {
			continue
		}
		line := Line{ID: NewID(u.now), Description: o.Number, Quantity: decimal.NewFromInt(1), Unit: "C62", UnitPrice: base.Decimal(), VAT: g.vat, Deposit: inv.ID}
		if o.PricesIncludeVAT {
			line.UnitPriceWithVAT = part.Decimal()
		}
		inv.Lines = append(inv.Lines, line.Price(o.Currency))
	}
	if len(inv.Lines) == 0 {
		return nil, Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "amount", Reason: "prepayment.amount", Message: "it is too small to be invoiced"})
	}
	inv.Totals = inv.Sum(inv.Lines, inv.Currency)
	inv.Rounding = amount.Sub(inv.Gross)
	return inv, u.insertInvoice(inv)
}

// of is the VAT on an amount without it.
func (v VAT) of(net Money) Money {
	return RoundMoney(net.Decimal().Mul(v.Rate).Shift(-2), net.Currency)
}

func (v VAT) with(net Money) Money { return net.Add(v.of(net)) }

// nearby is how many minor units a deposit's group may lie off its share: the
// fraction of the VAT comes around within as many for rates from about 7 % on.
const nearby = 8

// partOf is what of a VAT group's whole net amount an amount with VAT pays. Of
// those next to it, it is one whose VAT and that of the rest sum to the VAT of
// the whole: then the invoice that deducts it has no rounding to make good.
func (v VAT) partOf(whole, withTax Money) Money {
	near := withoutVAT(withTax, v)
	if near.Minor >= whole.Minor {
		return whole
	}
	for off := range int64(nearby + 1) {
		for _, m := range []int64{near.Minor + off, near.Minor - off} {
			b := Money{m, whole.Currency}
			if m > 0 && m <= whole.Minor && v.of(b).Add(v.of(whole.Sub(b))) == v.of(whole) {
				return b
			}
		}
	}
	return near
}

// sameDeposit reports whether an edited line is still the deposit's.
func (l Line) sameDeposit(was Line) bool {
	same := l.UnitPrice.Equal(was.UnitPrice)
	if !was.UnitPriceWithVAT.IsZero() {
		same = l.UnitPriceWithVAT.Equal(was.UnitPriceWithVAT)
	}
	return same && l.DiscountPercent.IsZero() && l.ChargePercent.IsZero() && l.VAT.same(was.VAT)
}

// deducts reports whether lines take something of a deposit back.
func deducts(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return l.Deposit != "" && l.Quantity.IsNegative() })
}
