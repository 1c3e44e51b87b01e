package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func TestIssueInvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Company.BankAccount, st.Terms.PaymentDays = "12345678903", 20 })
	id := h.orderDraft()
	out := h.do(process.TypeInvoice, "issue", id, "")
	i := get(h, h.s.Invoices(), id)
	// KID: 10001 and its MOD10 check digit. 2+0+0+0+2 = 4, so 6.
	if i.State != "issued" || i.Number != "10001" || i.PaymentReference != "100016" || i.IssueDate != "2026-03-02" || i.DueDate != "2026-03-22" ||
		i.BuyerReference != i.OrderNumber || i.Payment != "unpaid" || i.Open != i.Payable() || i.Problems != nil {
		t.Errorf("issued as %+v", i)
	}
	if d := get(h, h.s.Deliveries(), created(t, out, process.TypeDelivery)); d.Kind != "invoice" || d.Data["due_date"] != "2026-03-22" || d.Data["gross"] != i.Payable().String() {
		t.Errorf("mailed as %+v", d)
	}
	ref := process.Ref{Type: process.TypeInvoice, ID: id}
	before, err := h.s.PDF(h.ctx(), h.owner, ref)
	h.check(err)
	if before.SHA256 != i.SHA256 || before.Name != "invoice-10001.pdf" {
		t.Errorf("the document is %s %s", before.Name, before.SHA256)
	}
	var snap process.Snapshot
	h.check(json.Unmarshal(before.Data, &snap))
	if snap.Draft || snap.Number != "10001" || snap.Payment.Reference != "100016" || snap.Payment.Account != "12345678903" || snap.Payable != i.Payable() || snap.Buyer.Address.Street != "Gata 1" {
		t.Errorf("the snapshot is %+v", snap)
	}

	// What changes later changes nothing that was issued.
	_, err = h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: i.Customer}, []byte(`{"name":"New name","address":{"street":"Elsewhere 9"},"payment_days":60}`))
	h.check(err)
	h.settings(func(st *process.Settings) { st.Company.Name, st.PaymentReference = "Renamed AS", "number" })
	h.clock.advance(30 * day)
	after, err := h.s.PDF(h.ctx(), h.owner, ref)
	h.check(err)
	if string(after.Data) != string(before.Data) {
		t.Errorf("the document became %s", after.Data)
	}
	if now := get(h, h.s.Invoices(), id); now.DueDate != i.DueDate || now.PaymentReference != i.PaymentReference || !now.Overdue || i.Overdue {
		t.Errorf("the invoice became %+v", now)
	}
	second := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, i.Customer, lines))
	h.do(process.TypeInvoice, "issue", second, `{"send":false}`)
	if n := get(h, h.s.Invoices(), second); n.Number != "10002" || n.DueDate != n.IssueDate.AddDays(60) || n.PaymentReference != "10002" || n.SupplyDate != n.IssueDate {
		t.Errorf("the second one is %+v", n)
	}
	h.verify()
}

// An overdue invoice is one whose due day has ended in the company's time zone.
func TestOverdue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice() // due on 16 March, which ends at 23:00 UTC
	h.clock.set(time.Date(2026, 3, 16, 22, 59, 0, 0, time.UTC))
	if get(h, h.s.Invoices(), id).Overdue {
		t.Error("overdue on its due day")
	}
	h.clock.set(time.Date(2026, 3, 16, 23, 0, 0, 0, time.UTC))
	if !get(h, h.s.Invoices(), id).Overdue {
		t.Error("not overdue on the next day")
	}
	h.pay(id, "15392.56")
	if i := get(h, h.s.Invoices(), id); i.Overdue || i.Payment != "paid" {
		t.Errorf("paid and %s, overdue %v", i.Payment, i.Overdue)
	}
}

// A document is never dated before the last one of its series, and its due
// date follows its date.
func TestClockBehindTheSeries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.issuedInvoice()
	h.clock.advance(-10 * day)
	i := get(h, h.s.Invoices(), h.issuedInvoice())
	if i.IssueDate != "2026-03-02" || i.DueDate != "2026-03-16" {
		t.Errorf("dated %s, due %s", i.IssueDate, i.DueDate)
	}
	h.verify()
}

// A rendering that fails takes no number and leaves the draft.
func TestIssueRollsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draftInvoice()
	before, was := h.trace(), h.look(process.TypeInvoice, id)
	h.papers.fail = func(process.Snapshot) error { return errors.New("no paper") }
	if _, err := h.try(h.owner, process.TypeInvoice, "issue", id, ""); process.CodeOf(err) != process.CodeInternal {
		t.Fatalf("issued without paper: %v", err)
	}
	if now := h.trace(); now != before || h.look(process.TypeInvoice, id) != was {
		t.Errorf("the failure left %+v, before %+v", now, before)
	}
	h.papers.fail = nil
	h.do(process.TypeInvoice, "issue", id, "")
	if n := get(h, h.s.Invoices(), id).Number; n != "10001" {
		t.Errorf("number %s", n)
	}
	h.verify()
}

func TestIssueWithoutRecipient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.create(process.TypeCustomer, `{"name":"No mail","organisation_number":"923609016"}`)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, c, lines))
	_, err := h.try(h.owner, process.TypeInvoice, "issue", id, "")
	wantRefused(t, err, process.CodeInvalid, "recipient.missing")
	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	if len(h.mails("invoice")) != 0 {
		t.Error("mailed to nobody")
	}
	_, err = h.try(h.owner, process.TypeInvoice, "credit", id, `{"reason":"x","send":true}`)
	wantRefused(t, err, process.CodeInvalid, "recipient.missing")
	h.do(process.TypeInvoice, "credit", id, `{"reason":"x"}`)
	h.verify()
}

// What is below nothing is a credit note, not an invoice.
func TestNegativeInvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"Back","quantity":"-1","unit_price":"10"}]}`, h.customer()))
	_, err := h.try(h.owner, process.TypeInvoice, "issue", id, "")
	wantRefused(t, err, process.CodeInvalid, "invoice.negative")
	free := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"A gift","unit_price":"10","discount_percent":"100"}]}`, h.customer()))
	h.do(process.TypeInvoice, "issue", free, "")
	if i := get(h, h.s.Invoices(), free); i.Payment != "settled" || i.Overdue {
		t.Errorf("a gift is %s", i.Payment)
	}
	h.verify()
}

func TestPayments(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice() // 15392.56
	want := func(payment, paid, open string) {
		t.Helper()
		i := get(h, h.s.Invoices(), id)
		if i.Payment != payment || i.Paid.String() != paid || i.Open.String() != open {
			t.Fatalf("%s, paid %s, open %s; want %s, %s, %s", i.Payment, i.Paid, i.Open, payment, paid, open)
		}
	}
	want("unpaid", "0.00", "15392.56")
	first := h.pay(id, "392.56")
	want("partly_paid", "392.56", "15000.00")
	second := h.pay(id, "15000")
	want("paid", "15392.56", "0.00")
	third := h.pay(id, "0.01")
	want("overpaid", "15392.57", "-0.01")
	h.do(process.TypePayment, "reverse", third, `{"reason":"the bank's mistake"}`)
	want("paid", "15392.56", "0.00")
	h.do(process.TypePayment, "reverse", second, "")
	want("partly_paid", "392.56", "15000.00")
	h.do(process.TypeInvoice, "credit", id, `{"reason":"agreed","amount":{"amount":"14000","currency":"NOK"}}`)
	want("partly_paid", "392.56", "1000.00")
	h.pay(id, "1000")
	want("paid", "1392.56", "0.00")
	h.do(process.TypePayment, "reverse", first, "")
	want("partly_paid", "1000.00", "392.56")
	// What was paid stays the customer's when the rest is credited.
	h.do(process.TypeInvoice, "credit", id, `{"reason":"all of it"}`)
	want("overpaid", "1000.00", "-1000.00")

	for body, reason := range map[string]string{
		`{"amount":{"amount":"1"}}`: "payment.invoice",
		fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"0","currency":"NOK"}}`, id):       "payment.amount",
		fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"-5","currency":"NOK"}}`, id):      "payment.amount",
		fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"5","currency":"EUR"}}`, id):       "payment.amount",
		fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"5.001","currency":"NOK"}}`, id):   "body.invalid",
		fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"1e99999","currency":"NOK"}}`, id): "body.invalid",
	} {
		_, err := h.form(process.TypePayment).Create(h.s, h.ctx(), h.owner, []byte(body))
		wantRefused(t, err, process.CodeInvalid, reason)
	}
	_, err := h.s.CreatePayment(h.ctx(), h.owner, process.PaymentInput{Invoice: h.draftInvoice(), Amount: process.Money{Minor: 1, Currency: "NOK"}})
	wantRefused(t, err, process.CodeConflict, "state")

	settled := h.creditedInvoice()
	if i := get(h, h.s.Invoices(), settled); i.Payment != "settled" || !i.Open.IsZero() {
		t.Errorf("wholly credited and %s", i.Payment)
	}
	h.verify()
}
