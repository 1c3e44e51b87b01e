package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

func (h *house) edit(record, id, body string) error {
	_, err := h.form(record).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
	return err
}

func TestEditOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	h.check(h.edit(process.TypeOrder, id, `{"customer_reference":"PO 7","delivery_date":"2026-04-01","delivery_address":{"street":"Kaia 3","postcode":"5003","city":"Bergen"}}`))
	o := get(h, h.s.Orders(), id)
	if o.CustomerReference != "PO 7" || o.DeliveryDate != "2026-04-01" || o.DeliveryAddress == nil || o.DeliveryAddress.Country != "NO" {
		t.Errorf("edited to %+v", o)
	}
	for _, body := range []string{`{"lines":[]}`, `{"currency":"EUR"}`, `{"customer":"x"}`, `{"adjustments":[{"percent":"5"}]}`, `{"prices_include_vat":true}`} {
		wantRefused(t, h.edit(process.TypeOrder, id, body), process.CodeInvalid, "order.agreed")
	}
	invoice := created(t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	if i := get(h, h.s.Invoices(), invoice); i.DeliveryAddress == nil || i.DeliveryAddress.City != "Bergen" || i.CustomerReference != "PO 7" {
		t.Errorf("the invoice goes to %+v", i.DeliveryAddress)
	}
	h.verify()
}

func TestReturnOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	line := get(h, h.s.Orders(), id).Lines[0].ID
	h.do(process.TypeOrder, "fulfil", id, "")
	out := h.do(process.TypeOrder, "return", id, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"4"}],"note":"broken"}`, line))
	if task := get(h, h.s.Tasks(), created(t, out, process.TypeTask)); task.Reason != "return_invoiced" || task.Note != "broken" {
		t.Errorf("the task is %+v", task)
	}
	h.wantOrder(id, "to_deliver", "6", "10")
	_, err := h.try(h.owner, process.TypeOrder, "return", id, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"7"}]}`, line))
	wantRefused(t, err, process.CodeInvalid, "line.quantity")
	h.do(process.TypeOrder, "fulfil", id, "")
	h.wantOrder(id, "completed", "10", "10")
	h.do(process.TypeOrder, "return", id, "")
	h.wantOrder(id, "to_deliver", "0", "10")
	h.verify()
}

// Cancelling the rest leaves an order over what was delivered, its discount in
// proportion, and its invoices sum to it.
func TestCancelTheRest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, invoiceFirst := range map[string]bool{"invoiced": true, "not invoiced yet": false} {
		id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":[{"amount":{"amount":"100.01","currency":"NOK"}}]}`, h.customer(), lines))
		line := get(h, h.s.Orders(), id).Lines[0].ID
		draft, err := h.fulfil(id, line, "3.333")
		h.check(err)
		if !invoiceFirst {
			_, err := h.s.DeleteInvoice(h.ctx(), h.owner, process.Target{ID: draft})
			h.check(err)
		}
		h.do(process.TypeOrder, "cancel", id, `{"reason":"changed plans"}`)
		o := get(h, h.s.Orders(), id)
		if !invoiceFirst {
			h.do(process.TypeOrder, "invoice", id, "")
		}
		o = get(h, h.s.Orders(), id)
		i := list(h, h.s.Invoices(), map[string]string{"order": id})
		if o.State != "open" || o.Progress != "completed" || len(o.Lines) != 1 || len(i) != 1 || i[0].Payable() != o.Payable() || len(o.Adjustments) != 1 {
			t.Errorf("%s: the order is %s %s over %s, its invoices %d", name, o.State, o.Progress, o.Payable(), len(i))
		}
		_, err = h.try(h.owner, process.TypeOrder, "cancel", id, "")
		wantRefused(t, err, process.CodeConflict, "order.delivered")
	}
	h.verify()
}

func TestSendOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.openOrder()
	h.do(process.TypeOrder, "send", id, "")
	o := get(h, h.s.Orders(), id)
	pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeOrder, ID: id})
	h.check(err)
	if pdf.SHA256 != o.SHA256 || pdf.Name != "order_confirmation-"+o.Number+".pdf" {
		t.Errorf("the confirmation is %s %s", pdf.Name, pdf.SHA256)
	}
	h.do(process.TypeOrder, "send", id, `{"recipient":"boss@kunde.example"}`)
	if ms := h.mails("order_confirmation"); len(ms) != 2 {
		t.Errorf("mailed as %+v", ms)
	}
	h.verify()
}

// What is paid ahead is deducted on the invoices, and is no invoice itself.
func TestPrepayment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s,"prepayment":{"percent":"30"}}`, h.customer(), lines))
	h.do(process.TypeQuote, "send", quote, "")
	h.do(process.TypeQuote, "accept", quote, `{"name":"Kari"}`)
	id := get(h, h.s.Quotes(), quote).Order
	o := get(h, h.s.Orders(), id) // 15392.56
	if r := o.Request; r == nil || r.Number != "F-900001" || r.Amount.String() != "4617.77" || r.DueDate == "" || len(h.mails("payment_request")) != 1 {
		t.Fatalf("asked for %+v", o.Request)
	}
	if is := list(h, h.s.Invoices(), nil); len(is) != 0 {
		t.Errorf("%d invoices", len(is))
	}
	_, err := h.try(h.owner, process.TypeOrder, "request_payment", id, `{"percent":"10"}`)
	wantRefused(t, err, process.CodeConflict, "prepayment.requested")
	pay := h.create(process.TypePayment, fmt.Sprintf(`{"order":%q,"amount":{"amount":"4617.77","currency":"NOK"}}`, id))
	h.do(process.TypePayment, "reverse", pay, "")
	pay = h.create(process.TypePayment, fmt.Sprintf(`{"order":%q,"amount":{"amount":"4617.77","currency":"NOK"}}`, id))
	first, err := h.fulfil(id, o.Lines[0].ID, "2") // 3000.00 with VAT
	h.check(err)
	h.do(process.TypeInvoice, "issue", first, "")
	if i := get(h, h.s.Invoices(), first); i.Prepaid.String() != "3000.00" || !i.Open.IsZero() || i.Payment != "paid" {
		t.Errorf("the first invoice deducts %s, %s is open, %s", i.Prepaid, i.Open, i.Payment)
	}
	_, err = h.try(h.owner, process.TypePayment, "reverse", pay, "")
	wantRefused(t, err, process.CodeConflict, "payment.deducted")
	last := created(t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", last, "")
	i := get(h, h.s.Invoices(), last)
	if i.Prepaid.String() != "1617.77" || i.Open.Add(i.Prepaid) != i.Payable() || i.Payment != "partly_paid" {
		t.Errorf("the last invoice deducts %s of %s, %s is open", i.Prepaid, i.Payable(), i.Open)
	}
	if n := h.credit(last, `{"reason":"all wrong"}`); n.Payable() != i.Payable() {
		t.Errorf("credited %s of %s", n.Payable(), i.Payable())
	}
	h.verify()
}
