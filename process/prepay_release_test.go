package process_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// prepaidOrder is an order over 15392.56 with an amount paid ahead.
func (h *house) prepaidOrder(amount string) (order, payment string) {
	h.t.Helper()
	order = h.openOrder()
	h.do(process.TypeOrder, "request_payment", order, `{"percent":"100"}`)
	return order, h.create(process.TypePayment, fmt.Sprintf(`{"order":%q,"amount":%s}`, order, nokOf(amount)))
}

// invoiced issues an invoice of what is left of the order.
func (h *house) invoiced(verb, order string) *process.Invoice {
	h.t.Helper()
	id := created(h.t, h.do(process.TypeOrder, verb, order, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	return get(h, h.s.Invoices(), id)
}

func (h *house) wantAhead(order, prepaid, deducted string) {
	h.t.Helper()
	if o := get(h, h.s.Orders(), order); o.Prepaid.String() != prepaid || o.Deducted.String() != deducted {
		h.t.Errorf("%s is paid ahead and %s deducted, want %s and %s", o.Prepaid, o.Deducted, prepaid, deducted)
	}
}

// Money paid ahead follows a credited invoice to the one that takes its place,
// and the credited invoice's document stays what it was.
func TestPrepaymentFollowsTheInvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order, pay := h.prepaidOrder("5000.00")
	first := h.invoiced("fulfil", order)
	h.credit(first.ID, `{"reason":"wrong address","reinvoice":true}`)
	h.wantAhead(order, "5000.00", "0.00")
	was := get(h, h.s.Invoices(), first.ID)
	if was.Prepaid.String() != "5000.00" || was.Released.String() != "5000.00" || !was.Open.IsZero() || was.Payment != "settled" || was.SHA256 != first.SHA256 {
		t.Errorf("the credited invoice released %s of %s, %s is open, it is %s", was.Released, was.Prepaid, was.Open, was.Payment)
	}
	if snap, err := h.snapshot(first.ID); err != nil || snap.Prepaid.String() != "5000.00" {
		t.Errorf("its document deducts %s, %v", snap.Prepaid, err)
	}
	if ts := list(h, h.s.Tasks(), map[string]string{"about_id": order, "reason": "refund_prepayment"}); len(ts) != 0 {
		t.Errorf("tasks to pay back what the next invoice deducts: %+v", ts)
	}
	next := h.invoiced("invoice", order)
	if next.Prepaid.String() != "5000.00" || next.Open.String() != "10392.56" || next.Payment != "partly_paid" {
		t.Errorf("the new invoice deducts %s, %s is open, it is %s", next.Prepaid, next.Open, next.Payment)
	}
	_, err := h.try(h.owner, process.TypePayment, "refund", pay, `{}`)
	wantRefused(t, err, process.CodeConflict, "payment.deducted")
	h.pay(next.ID, "10392.56")
	h.wantBalance(order, "0.00")
	h.verify()
}

// wantBalance compares what the account says that the order's customer owes.
func (h *house) wantBalance(order, want string) {
	h.t.Helper()
	account, err := h.s.Statement(h.ctx(), h.owner, get(h, h.s.Orders(), order).Customer, "", "")
	h.check(err)
	if len(account.Sections) != 1 || account.Sections[0].Closing.String() != want {
		h.t.Errorf("the account is %+v, want %s", account.Sections, want)
	}
}

// A credit takes of the deduction only what the rest of the invoice leaves
// nothing for; what was paid on the invoice itself stays on it.
func TestPrepaymentOfPartCredits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order, _ := h.prepaidOrder("5000.00")
	i := h.invoiced("fulfil", order)
	part := func(quantity string) string {
		return fmt.Sprintf(`{"reason":"too much","reinvoice":true,"lines":[{"id":%q,"quantity":%q}]}`, i.Lines[0].ID, quantity)
	}
	h.credit(i.ID, part("6")) // 9000.00: 1392.56 are still open
	h.wantAhead(order, "5000.00", "5000.00")
	h.pay(i.ID, "392.56")
	h.credit(i.ID, part("1")) // 1500.00 of 1000.00 that were open
	h.wantAhead(order, "5000.00", "4500.00")
	if next := h.invoiced("invoice", order); next.Prepaid.String() != "500.00" || next.Open.String() != "10000.00" {
		t.Errorf("the new invoice deducts %s, %s is open", next.Prepaid, next.Open)
	}
	h.credit(i.ID, `{"reason":"all of it"}`)
	if was := get(h, h.s.Invoices(), i.ID); was.Open.String() != "-392.56" || was.Released != was.Prepaid || was.Payment != "overpaid" {
		t.Errorf("of the invoice %s is open, released %s, it is %s", was.Open, was.Released, was.Payment)
	}
	h.verify()
}

// Without another invoice the money is the customer's again: a task says so,
// and it can be paid back.
func TestPrepaymentPaidBackAfterCredit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order, pay := h.prepaidOrder("5000.00")
	i := h.invoiced("fulfil", order)
	h.credit(i.ID, `{"reason":"a fault","amount":`+nokOf("12000.00")+`}`)
	tasks := func() (open int) {
		for _, task := range list(h, h.s.Tasks(), map[string]string{"about_id": order, "reason": "refund_prepayment"}) {
			if task.State == "open" {
				open++
			}
		}
		return open
	}
	h.wantAhead(order, "5000.00", "3392.56")
	if tasks() != 1 {
		t.Error("no task to pay 1607.44 back")
	}
	h.credit(i.ID, `{"reason":"the rest"}`)
	h.wantAhead(order, "5000.00", "0.00")
	if tasks() != 1 {
		t.Errorf("%d tasks to pay 5000.00 back", tasks())
	}
	h.wantBalance(order, "-5000.00")
	h.do(process.TypePayment, "refund", pay, `{"reason":"a fault"}`)
	h.wantAhead(order, "0.00", "0.00")
	if tasks() != 0 {
		t.Error("the task is still open")
	}
	h.wantBalance(order, "0.00")
	h.verify()
}

// What an invoice deducted of a deposit is deducted by the next one, however it
// was credited.
func TestDepositFollowsTheInvoice(t *testing.T) {
	t.Parallel()
	for name, credits := range map[string][]string{
		"at once":             {`{"reason":"wrong address","reinvoice":true}`},
		"an amount, the rest": {`{"reason":"a dent","amount":` + nokOf("1000.00") + `}`, `{"reason":"wrong address","reinvoice":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			order := h.openOrder()
			deposit := h.prepay(order, `{"kind":"deposit","amount":`+nokOf("5000.00")+`}`)
			h.pay(deposit, "5000.00")
			i := h.invoiced("fulfil", order)
			for _, in := range credits {
				h.credit(i.ID, in)
			}
			next := h.invoiced("invoice", order)
			if next.Payable() != i.Payable() || next.Payable().String() != "10392.56" {
				t.Errorf("the new invoice is over %s, the credited one was over %s", next.Payable(), i.Payable())
			}
			h.pay(next.ID, "10392.56")
			h.wantBalance(order, "0.00")
			h.verify()
		})
	}
}

// Whatever is paid ahead, invoiced, credited and invoiced again: no invoice
// keeps more of it than it needs, a new one takes all that is free, and the
// customer's account is what the invoices and the order say.
func TestPrepaymentsAddUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rapid.Check(t, func(rt *rapid.T) {
		order := h.openOrder()
		issue := func(id string) {
			before := get(h, h.s.Orders(), order)
			h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
			i, free := get(h, h.s.Invoices(), id), before.Prepaid.Sub(before.Deducted)
			if want := max(0, min(free.Minor, i.Payable().Minor)); i.Prepaid.Minor != want {
				rt.Fatalf("an invoice over %s deducts %s of %s", i.Payable(), i.Prepaid, free)
			}
		}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			invoices := list(h, h.s.Invoices(), map[string]string{"order": order})
			o := get(h, h.s.Orders(), order)
			amount := nokOf(process.Money{Minor: rapid.Int64Range(1, 1_000_000).Draw(rt, "amount"), Currency: "NOK"}.String())
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				h.create(process.TypePayment, fmt.Sprintf(`{"order":%q,"amount":%s}`, order, amount))
			case 1:
				l := o.Lines[0]
				if part := l.Quantity.Sub(l.Delivered).Mul(decimal.New(rapid.Int64Range(1, 10).Draw(rt, "tenths"), -1)); part.IsPositive() {
					id, err := h.fulfil(order, l.ID, part.String())
					if err != nil {
						rt.Fatal(err)
					}
					issue(id)
				}
			case 2:
				if len(invoices) > 0 {
					i := invoices[rapid.IntRange(0, len(invoices)-1).Draw(rt, "invoice")]
					body := rapid.SampledFrom([]string{`{"reason":"x","send":false,"reinvoice":true}`, `{"reason":"x","send":false}`, `{"reason":"x","send":false,"amount":` + amount + `}`}).Draw(rt, "credit")
					if _, err := h.try(h.owner, process.TypeInvoice, "credit", i.ID, body); err != nil && process.CodeOf(err) != process.CodeConflict && process.CodeOf(err) != process.CodeInvalid {
						rt.Fatal(err)
					}
					if o = get(h, h.s.Orders(), order); o.Lines[0].Delivered.GreaterThan(o.Lines[0].Invoiced) {
						issue(created(t, h.do(process.TypeOrder, "invoice", order, ""), process.TypeInvoice))
					}
				}
			case 3:
				if len(invoices) > 0 {
					h.create(process.TypePayment, fmt.Sprintf(`{"invoice":%q,"amount":%s}`, invoices[0].ID, amount))
				}
			}
		}
		o, owed := get(h, h.s.Orders(), order), process.Money{Currency: "NOK"}
		for _, i := range list(h, h.s.Invoices(), map[string]string{"order": order}) {
			owed = owed.Add(i.Open)
			if !i.Credited.IsZero() && i.Open.Minor < 0 && i.Released != i.Prepaid && i.Paid.IsZero() {
				rt.Fatalf("a credited invoice keeps %s of %s while %s is open", i.Prepaid.Sub(i.Released), i.Prepaid, i.Open)
			}
		}
		account, err := h.s.Statement(h.ctx(), h.owner, o.Customer, "", "")
		if err != nil {
			rt.Fatal(err)
		}
		closing := process.Money{Currency: "NOK"}
		if len(account.Sections) > 0 {
			closing = account.Sections[0].Closing
		}
		if want := owed.Sub(o.Prepaid.Sub(o.Deducted)); closing != want {
			rt.Fatalf("the account says %s, the invoices and the order %s", closing, want)
		}
	})
	h.verify()
}
