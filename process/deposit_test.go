package process_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// prepay asks for a deposit and gives the invoice's id.
func (h *house) prepay(order, body string) string {
	h.t.Helper()
	return created(h.t, h.do(process.TypeOrder, "prepay", order, body), process.TypeInvoice)
}

func nokOf(s string) string { return fmt.Sprintf(`{"amount":%q,"currency":"NOK"}`, s) }

// ofOrder sums an order's invoices less their credit notes, with VAT and in
// each VAT group.
func (h *house) ofOrder(order string) (sum process.Money, groups map[string][2]int64) {
	h.t.Helper()
	sum, groups = process.Money{Currency: "NOK"}, map[string][2]int64{}
	add := func(t process.Totals, times int64) {
		sum.Minor += times * t.Payable().Minor
		for _, g := range t.VATGroups {
			key := g.Category + g.Rate.String()
			groups[key] = [2]int64{groups[key][0] + times*g.Base.Minor, groups[key][1] + times*g.VAT.Minor}
		}
	}
	for _, i := range list(h, h.s.Invoices(), map[string]string{"order": order}) {
		add(i.Totals, 1)
		for _, n := range list(h, h.s.CreditNotes(), map[string]string{"invoice": i.ID}) {
			add(n.Totals, -1)
		}
	}
	return sum, groups
}

func groupsOf(t process.Totals) map[string][2]int64 {
	groups := map[string][2]int64{}
	for _, g := range t.VATGroups {
		groups[g.Category+g.Rate.String()] = [2]int64{g.Base.Minor, g.VAT.Minor}
	}
	return groups
}

// A quote's deposit is an issued invoice of the series at the acceptance, and
// the deliveries' invoices use it up, each VAT group by itself.
func TestDepositInvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s,"prepayment":{"kind":"deposit","percent":"30"}}`, h.customer(), lines))
	h.do(process.TypeQuote, "send", quote, "")
	out := h.do(process.TypeQuote, "accept", quote, `{"name":"Kari"}`)
	deposit := get(h, h.s.Invoices(), created(t, out, process.TypeInvoice))
	o := get(h, h.s.Orders(), get(h, h.s.Quotes(), quote).Order) // 15000.00 + 392.56
	if !deposit.Deposit || deposit.Number != "10001" || deposit.Payable().String() != "4617.77" || deposit.Order != o.ID || len(deposit.VATGroups) != 2 || o.Deposited != deposit.Payable() || o.Request != nil {
		t.Fatalf("the deposit is %s over %s in %+v, the order has %s", deposit.Number, deposit.Payable(), deposit.VATGroups, o.Deposited)
	}
	if len(h.mails("invoice")) != 1 {
		t.Error("the deposit was not mailed")
	}
	// 2 of 10 hours are 2400.00, less than the deposit has of 25 %: nothing is left to pay.
	first, err := h.fulfil(o.ID, o.Lines[0].ID, "2")
	h.check(err)
	i := get(h, h.s.Invoices(), first)
	if len(i.Lines) != 2 || !i.Payable().IsZero() || i.Lines[1].Deposit != deposit.ID || i.Lines[1].Net.String() != "-2400.00" {
		t.Fatalf("the first invoice is over %s: %+v", i.Payable(), i.Lines)
	}
	_, err = h.try(h.owner, process.TypeInvoice, "credit", deposit.ID, `{"reason":"no"}`)
	wantRefused(t, err, process.CodeConflict, "deposit.deducted")
	h.check(h.edit(process.TypeInvoice, first, `{"title":"March"}`))
	wantRefused(t, h.edit(process.TypeInvoice, first, fmt.Sprintf(`{"lines":[{"id":%q,"description":"Advice","quantity":"2","unit":"HUR","unit_price":"1200"},{"id":%q,"description":"x","quantity":"-1","unit_price":"1"}]}`, i.Lines[0].ID, i.Lines[1].ID)), process.CodeInvalid, "invoice.deposit_lines")
	h.do(process.TypeInvoice, "issue", first, "")
	if snap, err := h.snapshot(first); err != nil || len(snap.Deposits) != 1 || snap.Deposits[0].Number != "10001" || snap.Deposit {
		t.Errorf("the first invoice names %+v, %v", snap.Deposits, err)
	}
	last := created(t, h.do(process.TypeOrder, "fulfil", o.ID, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", last, "")
	sum, groups := h.ofOrder(o.ID)
	if sum != o.Payable() || fmt.Sprint(groups) != fmt.Sprint(groupsOf(o.Totals)) {
		t.Errorf("the invoices sum to %s in %v, the order to %s in %v", sum, groups, o.Payable(), groupsOf(o.Totals))
	}
	h.verify()
}

// A deposit that is issued after an invoice was drafted is deducted when that
// is issued; a draft that asks for more than is left is refused.
func TestDepositIssuedLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	deposit := h.prepay(id, `{"kind":"deposit","amount":`+nokOf("5000.00")+`,"draft":true}`)
	other := h.prepay(id, `{"kind":"deposit","amount":`+nokOf("5000.00")+`,"draft":true}`)
	_, err := h.try(h.owner, process.TypeOrder, "prepay", id, `{"kind":"deposit","amount":`+nokOf("5392.57")+`}`)
	wantRefused(t, err, process.CodeInvalid, "prepayment.invalid")
	draft := created(t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	if i := get(h, h.s.Invoices(), draft); len(i.Lines) != 2 {
		t.Fatalf("it deducts a draft: %+v", i.Lines)
	}
	_, err = h.try(h.owner, process.TypeInvoice, "issue", deposit, "")
	wantRefused(t, err, process.CodeConflict, "deposit.too_late")
	_, err = h.s.DeleteInvoice(h.ctx(), h.owner, process.Target{ID: draft})
	h.check(err)
	h.do(process.TypeInvoice, "issue", deposit, "")
	h.do(process.TypeInvoice, "issue", other, "")
	_, err = h.try(h.owner, process.TypeOrder, "request_payment", id, `{"percent":"10"}`)
	wantRefused(t, err, process.CodeConflict, "prepayment.requested")
	draft = created(t, h.do(process.TypeOrder, "invoice", id, ""), process.TypeInvoice)
	i, o := get(h, h.s.Invoices(), draft), get(h, h.s.Orders(), id)
	if len(i.Lines) != 6 || i.Payable().String() != "5392.56" || o.Deposited.String() != "10000.00" {
		t.Errorf("%s is left to pay with %d lines, %s deposited", i.Payable(), len(i.Lines), o.Deposited)
	}
	h.do(process.TypeInvoice, "issue", draft, "")
	h.verify()
}

// What is paid for a deposit is credit when the order is cancelled: the whole
// of it, or what the rest of the order leaves nothing to deduct it from.
func TestDepositOfCancelledOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	deposit := h.prepay(id, `{"kind":"deposit","percent":"40"}`)
	draft := h.prepay(id, `{"kind":"deposit","percent":"10","draft":true}`)
	h.pay(deposit, "6157.02")
	h.do(process.TypeOrder, "cancel", id, `{"reason":"changed plans"}`)
	i := get(h, h.s.Invoices(), deposit)
	if i.Credited != i.Payable() || i.Payment != "overpaid" || !get(h, h.s.Orders(), id).Deposited.IsZero() {
		t.Errorf("%s of %s is credited, it is %s", i.Credited, i.Payable(), i.Payment)
	}
	if _, err := h.s.Invoices().Get(h.ctx(), h.owner, draft); process.CodeOf(err) != process.CodeNotFound {
		t.Errorf("the draft is still there: %v", err)
	}
	if ns := list(h, h.s.CreditNotes(), map[string]string{"invoice": deposit}); len(ns) != 1 || ns[0].Reason != "changed plans" || len(h.mails("credit_note")) != 1 {
		t.Errorf("credited with %+v", ns)
	}

	id = h.openOrder()
	deposit = h.prepay(id, `{"kind":"deposit","percent":"80"}`) // 9600 of the hours
	_, err := h.fulfil(id, get(h, h.s.Orders(), id).Lines[0].ID, "3")
	h.check(err)
	h.do(process.TypeOrder, "cancel", id, "")
	o := get(h, h.s.Orders(), id) // 3 hours: 4500.00
	if sum, _ := h.ofOrder(id); sum != o.Payable() || o.Payable().String() != "4500.00" || o.Deposited != o.Payable() {
		t.Errorf("invoices sum to %s of %s, %s is deposited", sum, o.Payable(), o.Deposited)
	}
	h.verify()
}

// An invoice that a deposit pays wholly can be credited, and then the deposit.
func TestCreditOfDeducted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	deposit := h.prepay(id, `{"kind":"deposit","percent":"100"}`)
	final := created(t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", final, "")
	if i := get(h, h.s.Invoices(), final); !i.Payable().IsZero() || !i.Rounding.IsZero() {
		t.Fatalf("%s is left to pay", i.Payable())
	}
	_, err := h.try(h.owner, process.TypeInvoice, "credit", final, fmt.Sprintf(`{"reason":"one hour","lines":[{"id":%q,"quantity":"1"}]}`, get(h, h.s.Invoices(), final).Lines[0].ID))
	wantRefused(t, err, process.CodeInvalid, "credit.too_much")
	h.credit(final, `{"reason":"all wrong","reinvoice":true}`)
	_, err = h.try(h.owner, process.TypeInvoice, "credit", final, `{"reason":"again"}`)
	wantRefused(t, err, process.CodeInvalid, "credit.too_much")
	h.credit(deposit, `{"reason":"half of it","amount":`+nokOf("7000.00")+`}`)
	again := created(t, h.do(process.TypeOrder, "invoice", id, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", again, "")
	if i := get(h, h.s.Invoices(), again); i.Payable().String() != "7000.00" {
		t.Errorf("%s is left to pay after 7000.00 of the deposit were credited", i.Payable())
	}
	h.verify()
}

// A group below zero, such as something taken in return, is no part of a
// deposit, and no rounding either: the last invoice has it.
func TestDepositBesideLessThanNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"Car","quantity":"1","unit_price":"1000"},{"description":"Old car","quantity":"-1","unit_price":"400","vat":{"category":"Z","rate":"0"}}]}`, h.customer()))
	deposit := get(h, h.s.Invoices(), h.prepay(id, `{"kind":"deposit","percent":"100"}`))
	if deposit.Payable().String() != "850.00" || !deposit.Rounding.IsZero() || deposit.Net.String() != "680.00" {
		t.Errorf("the deposit is %s, %s net, rounded by %s", deposit.Payable(), deposit.Net, deposit.Rounding)
	}
	final := created(t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", final, "")
	if i := get(h, h.s.Invoices(), final); !i.Payable().IsZero() || i.Net.String() != "-80.00" || i.VAT.String() != "80.00" {
		t.Errorf("the last invoice is over %s: %s and VAT %s", i.Payable(), i.Net, i.VAT)
	}
	h.verify()
}

func TestPrepaymentTerms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	terms := func(country string, p process.PrepaymentTerms) {
		h.settings(func(st *process.Settings) { st.Company.Address.Country, st.Prepayment = country, p })
	}
	accepted := func(body string) *process.Order {
		quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s%s}`, h.customer(), lines, body))
		h.do(process.TypeQuote, "send", quote, "")
		h.do(process.TypeQuote, "accept", quote, `{"name":"Kari"}`)
		return get(h, h.s.Orders(), get(h, h.s.Quotes(), quote).Order)
	}
	if o := accepted(""); o.Request != nil || !o.Deposited.IsZero() {
		t.Error("something is asked for where nothing is agreed")
	}
	terms("NO", process.PrepaymentTerms{Percent: decimal.NewFromInt(20)})
	if o := accepted(""); o.Request == nil || !o.Deposited.IsZero() {
		t.Error("in Norway it is not a payment request")
	}
	if o := accepted(`,"prepayment":{"kind":"none"}`); o.Request != nil {
		t.Error("it is asked for where the quote says none")
	}
	terms("DE", process.PrepaymentTerms{Amount: process.Money{Minor: 100000, Currency: "NOK"}})
	if o := accepted(""); o.Request != nil || o.Deposited.String() != "1000.00" {
		t.Errorf("in Germany %s is deposited", o.Deposited)
	}
	terms("DE", process.PrepaymentTerms{Kind: process.PrepayRequest, Percent: decimal.NewFromInt(20)})
	if o := accepted(""); o.Request == nil {
		t.Error("the company's own way does not count")
	}
	terms("DE", process.PrepaymentTerms{Percent: decimal.NewFromInt(20), Draft: true})
	o := accepted("")
	if is := list(h, h.s.Invoices(), map[string]string{"order": o.ID}); len(is) != 1 || is[0].State != "draft" || !o.Deposited.IsZero() {
		t.Errorf("the deposit does not wait as a draft: %+v", is)
	}
	for _, p := range []process.PrepaymentTerms{{Kind: "x"}, {Percent: decimal.NewFromInt(101)}, {Amount: process.Money{Minor: -1, Currency: "NOK"}},
		{Percent: decimal.NewFromInt(1), Amount: process.Money{Minor: 1, Currency: "NOK"}}, {Amount: process.Money{Minor: 1, Currency: "EUR"}}} {
		st := process.DefaultSettings()
		st.Prepayment = p
		if len(st.Problems()) == 0 {
			t.Errorf("%+v is allowed", p)
		}
	}
	h.verify()
}

// However an order is prepaid by deposits, delivered in parts, and its
// invoices are credited and made again, all that was invoiced sums to exactly
// what was ordered: the payable amount always, and each VAT group's net. With
// one delivery each group's VAT does too; more round once each.
func TestDepositsSumToTheWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	rapid.Check(t, func(rt *rapid.T) {
		order := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":%s,"prices_include_vat":%t}`, customer,
			drawLines(rt, "NOK"), drawAdjustments(rt, "NOK"), rapid.Bool().Draw(rt, "with VAT")))
		if o := get(h, h.s.Orders(), order); o.Payable().Minor < 100 {
			rt.Skip("worth nothing")
		}
		deposit := func(name string) {
			p := rapid.IntRange(1, 100).Draw(rt, name)
			out, err := h.try(h.owner, process.TypeOrder, "prepay", order, fmt.Sprintf(`{"kind":"deposit","percent":"%d","draft":true}`, p))
			if err != nil && process.CodeOf(err) != process.CodeInvalid {
				rt.Fatal(err)
			}
			if err == nil {
				h.do(process.TypeInvoice, "issue", created(t, out, process.TypeInvoice), `{"send":false}`)
			}
		}
		issue := func(id string) {
			if _, err := h.try(h.owner, process.TypeInvoice, "issue", id, `{"send":false}`); err != nil && get(h, h.s.Invoices(), id).Payable().Minor >= 0 {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 2).Draw(rt, "deposits") {
			deposit("percent")
		}
		parts := rapid.IntRange(0, 3).Draw(rt, "parts")
		for range parts {
			o := get(h, h.s.Orders(), order)
			l := o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(rt, "line")]
			if part := l.Quantity.Sub(l.Delivered).Mul(decimal.New(rapid.Int64Range(1, 10).Draw(rt, "tenths"), -1)); !part.IsZero() {
				id, err := h.fulfil(order, l.ID, part.String())
				if err != nil {
					rt.Fatal(err)
				}
				issue(id)
				if i := get(h, h.s.Invoices(), id); i.State == "issued" && rapid.IntRange(0, 3).Draw(rt, "credited") == 0 {
					if _, err := h.try(h.owner, process.TypeInvoice, "credit", id, `{"reason":"x","send":false,"reinvoice":true}`); err != nil && i.Payable().Minor > 0 {
						rt.Fatal(err)
					}
				}
			}
		}
		switch rapid.IntRange(0, 3).Draw(rt, "end") {
		case 0:
			if _, err := h.try(h.owner, process.TypeOrder, "cancel", order, ""); err != nil && process.CodeOf(err) != process.CodeConflict {
				rt.Fatal(err)
			}
		case 1:
			deposit("another")
		}
		if o := get(h, h.s.Orders(), order); o.State == "open" && o.Progress != "completed" {
			if out, err := h.try(h.owner, process.TypeOrder, "fulfil", order, ""); err == nil && len(out.Created) > 0 {
				issue(created(t, out, process.TypeInvoice))
			}
			h.invoiceRest(rt, order, issue)
		}
		o := get(h, h.s.Orders(), order)
		want, wantGroups := o.Payable(), groupsOf(o.Totals)
		if o.State == "cancelled" {
			want.Minor, wantGroups = 0, map[string][2]int64{}
		} else if o.Progress != "completed" {
			rt.Skip("an invoice below zero is in the way")
		}
		sum, groups := h.ofOrder(order)
		if sum != want {
			rt.Fatalf("the %s order is over %s, its invoices sum to %s", o.State, want, sum)
		}
		for key, g := range groups {
			if o.State == "cancelled" && g[0] != 0 {
				rt.Fatalf("group %s keeps %v", key, g)
			}
			if parts == 0 && o.State == "open" && g != wantGroups[key] {
				rt.Fatalf("group %s is %v, ordered %v", key, g, wantGroups[key])
			}
		}
	})
	h.verify()
}

// invoiceRest invoices what credit notes gave back.
func (h *house) invoiceRest(rt *rapid.T, order string, issue func(string)) {
	if get(h, h.s.Orders(), order).Progress == "completed" {
		return
	}
	out, err := h.try(h.owner, process.TypeOrder, "invoice", order, "")
	if err != nil {
		rt.Fatal(err)
	}
	issue(created(h.t, out, process.TypeInvoice))
}

// snapshot is what an issued document says.
func (h *house) snapshot(id string) (s process.Snapshot, err error) {
	err = h.db.View(h.ctx(), func(tx process.Tx) error {
		s, err = tx.Snapshot(id)
		return err
	})
	return s, err
}
