package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// requested is an order with a payment request of 30 %, 4617.77.
func (h *house) requested() *process.Order {
	h.t.Helper()
	id := h.openOrder()
	h.do(process.TypeOrder, "prepay", id, `{"kind":"request","percent":"30"}`)
	return get(h, h.s.Orders(), id)
}

// A bank file's payment on a payment request is booked ahead on its order and
// deducted on the invoice; taking the entry back takes the booking back.
func TestBankPaysRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	o := h.requested()
	if o.PaymentReference == "" || o.PaymentReference != o.Request.Reference {
		t.Fatalf("the order's reference is %q, the request's %q", o.PaymentReference, o.Request.Reference)
	}
	e := h.entry("4000,00", "Kunde AS", "", o.PaymentReference)
	if what(e) != "matched reference "+o.Number+"=4000.00" || e.Matches[0].Order != o.ID || e.Customer != o.Customer {
		t.Fatalf("the entry is %s", what(e))
	}
	h.do(process.TypeBankEntry, "unmatch", e.ID, "")
	if o := get(h, h.s.Orders(), o.ID); !o.Prepaid.IsZero() {
		t.Errorf("%s is still prepaid", o.Prepaid)
	}
	if e := get(h, h.s.BankEntries(), e.ID); what(*e) != "unmatched "+o.Number+":unmatched" {
		t.Errorf("taken back, the entry is %s", what(*e))
	}
	h.do(process.TypeBankEntry, "match", e.ID, fmt.Sprintf(`{"order":%q}`, o.Number))
	if e := h.entry("617,77", "", "", o.PaymentReference); e.State != "matched" {
		t.Errorf("the rest is %s", what(e))
	}
	if e := h.entry("4617,77", "", "", o.PaymentReference); what(e) != "unmatched "+o.Number+":settled" {
		t.Errorf("paid twice, the entry is %s", what(e))
	}
	invoice := created(t, h.do(process.TypeOrder, "fulfil", o.ID, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, "")
	if i := get(h, h.s.Invoices(), invoice); i.Prepaid.String() != "4617.77" || i.Open.String() != "10774.79" {
		t.Errorf("the invoice deducts %s, %s is open", i.Prepaid, i.Open)
	}
	_, err := h.try(h.owner, process.TypeBankEntry, "unmatch", e.ID, "")
	wantRefused(t, err, process.CodeConflict, "payment.deducted")
	_, err = h.try(h.owner, process.TypeBankEntry, "match", h.unmatchedEntry(), `{"order":"nowhere"}`)
	wantRefused(t, err, process.CodeInvalid, "bank_entry.order")
	h.verify()
}

// What comes in on the request when all is invoiced pays the invoice; on a
// cancelled order it is left to a person.
func TestBankPaysRequestLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	o := h.requested()
	invoice := created(t, h.do(process.TypeOrder, "fulfil", o.ID, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, "")
	e := h.entry("4617,77", "", "", o.PaymentReference)
	i := get(h, h.s.Invoices(), invoice)
	if what(e) != "matched reference "+i.Number+"=4617.77" || i.Paid.String() != "4617.77" || i.Payment != "partly_paid" {
		t.Errorf("the entry is %s, the invoice %s", what(e), i.Payment)
	}
	o = h.requested()
	h.do(process.TypeOrder, "cancel", o.ID, "")
	if e := h.entry("4617,77", "", "", o.PaymentReference); what(e) != "unmatched "+o.Number+":settled" {
		t.Errorf("on a cancelled order the entry is %s", what(e))
	}
	h.verify()
}

// Money paid ahead on a cancelled order is to be paid back, once.
func TestRefundPrepayment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	o := h.requested()
	h.entry("4617,77", "", "", o.PaymentReference)
	h.do(process.TypeOrder, "cancel", o.ID, `{"reason":"changed plans"}`)
	open := h.tasks("refund_prepayment")
	if len(open) != 1 || open[0].State != "open" || open[0].About.ID != o.ID {
		t.Fatalf("the tasks are %+v", open)
	}
	paid := list(h, h.s.Payments(), map[string]string{"order": o.ID})[0].ID
	h.do(process.TypePayment, "refund", paid, `{"amount":`+nokOf("4000.00")+`,"reason":"cancelled"}`)
	_, err := h.try(h.owner, process.TypePayment, "refund", paid, `{"amount":`+nokOf("617.78")+`}`)
	wantRefused(t, err, process.CodeInvalid, "payment.refund")
	_, err = h.try(h.owner, process.TypePayment, "reverse", paid, "")
	wantRefused(t, err, process.CodeConflict, "payment.refunded")
	back := created(t, h.do(process.TypePayment, "refund", paid, ""), process.TypePayment)
	if o := get(h, h.s.Orders(), o.ID); !o.Prepaid.IsZero() {
		t.Errorf("%s is left", o.Prepaid)
	}
	if done := h.tasks("refund_prepayment"); done[0].State != "done" {
		t.Errorf("the task is %s", done[0].State)
	}
	_, err = h.try(h.owner, process.TypePayment, "refund", paid, "")
	wantRefused(t, err, process.CodeConflict, "payment.refunded")
	h.do(process.TypePayment, "reverse", back, "")
	if o := get(h, h.s.Orders(), o.ID); o.Prepaid.String() != "617.77" {
		t.Errorf("%s is prepaid after the refund did not happen", o.Prepaid)
	}
	h.verify()

	// What an invoice deducts is not paid back.
	o = h.requested()
	h.entry("4617,77", "", "", o.PaymentReference)
	part, err := h.fulfil(o.ID, o.Lines[0].ID, "2") // 3000.00 with VAT
	h.check(err)
	h.do(process.TypeInvoice, "issue", part, "")
	paid = list(h, h.s.Payments(), map[string]string{"order": o.ID})[0].ID
	back = created(t, h.do(process.TypePayment, "refund", paid, ""), process.TypePayment)
	if p := get(h, h.s.Payments(), back); p.Amount.String() != "-1617.77" {
		t.Errorf("%s is paid back", p.Amount)
	}
	_, err = h.try(h.owner, process.TypePayment, "refund", paid, "")
	wantRefused(t, err, process.CodeConflict, "payment.deducted")
	h.verify()
}
