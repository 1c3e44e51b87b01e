package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// wantOrder asserts an order's progress and the quantities of its first line.
func (h *house) wantOrder(id, progress, delivered, invoiced string) *process.Order {
	h.t.Helper()
	o := get(h, h.s.Orders(), id)
	if l := o.Lines[0]; o.Progress != progress || l.Delivered.String() != delivered || l.Invoiced.String() != invoiced {
		h.t.Fatalf("the order is %s with %s delivered and %s invoiced, want %s, %s, %s", o.Progress, l.Delivered, l.Invoiced, progress, delivered, invoiced)
	}
	return o
}

func (h *house) fulfil(order, line, quantity string) (string, error) {
	out, err := h.try(h.owner, process.TypeOrder, "fulfil", order, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":%q}]}`, line, quantity))
	if err != nil {
		return "", err
	}
	return created(h.t, out, process.TypeInvoice), nil
}

func TestFulfilInParts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := get(h, h.s.Quotes(), h.wonQuote()).Order
	o := h.wantOrder(id, "to_deliver_and_invoice", "0", "0")
	advice := o.Lines[0].ID

	part, err := h.fulfil(id, advice, "4")
	h.check(err)
	h.wantOrder(id, "to_deliver_and_invoice", "4", "4")
	draft := get(h, h.s.Invoices(), part)
	if draft.State != "draft" || draft.Number != "" || draft.Net.String() != "4800.00" || draft.SupplyDate != "2026-03-02" || draft.OrderNumber != o.Number ||
		len(draft.Lines) != 1 || draft.Lines[0].Source != advice || draft.Payment != "unpaid" || draft.Thread != o.Thread {
		t.Fatalf("the draft is %+v", draft)
	}
	for quantity, reason := range map[string]string{"7": "line.quantity", "0": "line.quantity", "-1": "line.quantity"} {
		_, err := h.fulfil(id, advice, quantity)
		wantRefused(t, err, process.CodeInvalid, reason)
	}
	_, err = h.fulfil(id, "nothing", "1")
	wantRefused(t, err, process.CodeInvalid, "line.unknown")

	h.clock.advance(day)
	rest := created(t, h.do(process.TypeOrder, "fulfil", id, `{"note":"the last of it"}`), process.TypeInvoice)
	h.wantOrder(id, "completed", "10", "10")
	if second := get(h, h.s.Invoices(), rest); second.Net.String() != "7550.50" || second.SupplyDate != "2026-03-03" || len(second.Lines) != 2 {
		t.Errorf("the second draft is %+v", second)
	}
	_, err = h.try(h.owner, process.TypeOrder, "fulfil", id, "")
	wantRefused(t, err, process.CodeConflict, "order.delivered")
	_, err = h.try(h.owner, process.TypeOrder, "invoice", id, "")
	wantRefused(t, err, process.CodeConflict, "order.invoiced")

	// Deleting a draft gives its quantities back, to be invoiced otherwise.
	_, err = h.form(process.TypeInvoice).Delete(h.s, h.ctx(), h.owner, process.Target{ID: part})
	h.check(err)
	h.wantOrder(id, "to_invoice", "10", "6")
	some := created(t, h.do(process.TypeOrder, "invoice", id, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"1"}]}`, advice)), process.TypeInvoice)
	h.wantOrder(id, "to_invoice", "10", "7")
	_, err = h.try(h.owner, process.TypeOrder, "invoice", id, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"4"}]}`, advice))
	wantRefused(t, err, process.CodeInvalid, "line.quantity")
	last := created(t, h.do(process.TypeOrder, "invoice", id, ""), process.TypeInvoice)
	h.wantOrder(id, "completed", "10", "10")
	sum := int64(0)
	for _, i := range []string{rest, some, last} {
		sum += get(h, h.s.Invoices(), i).Payable().Minor
	}
	if sum != o.Payable().Minor {
		t.Errorf("the invoices sum to %d, the order to %d", sum, o.Payable().Minor)
	}
	_, err = h.try(h.owner, process.TypeOrder, "cancel", id, "")
	wantRefused(t, err, process.CodeConflict, "order.delivered")
	h.verify()
}

// What an invoice lacks stops it alone: the delivery stands, and a task says so.
func TestDeliveryStandsWhenTheInvoiceCannot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.create(process.TypeCustomer, `{"name":"Without address","email":"a@b.example"}`)
	id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s}`, c, lines))
	out := h.do(process.TypeOrder, "fulfil", id, "")
	h.wantOrder(id, "completed", "10", "10")
	invoice := created(t, out, process.TypeInvoice)
	task := get(h, h.s.Tasks(), created(t, out, process.TypeTask))
	if task.Reason != "invoice_problems" || task.About.ID != invoice || task.Owner != h.owner.ID {
		t.Errorf("the task is %+v", task)
	}
	if ps := get(h, h.s.Invoices(), invoice).Problems; len(ps) != 2 || ps[0].Reason != "buyer.address.missing" {
		t.Errorf("the draft's problems are %+v", ps)
	}
	before := h.trace()
	_, err := h.try(h.owner, process.TypeInvoice, "issue", invoice, "")
	wantRefused(t, err, process.CodeInvalid, "invoice.incomplete")
	if now := h.trace(); now != before {
		t.Errorf("the refusal left %+v, before %+v", now, before)
	}
	_, err = h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: c}, []byte(`{"address":{"street":"Gata 1","city":"Oslo"}}`))
	h.check(err)
	h.do(process.TypeInvoice, "issue", invoice, "")
	if s := get(h, h.s.Tasks(), task.ID).State; s != "done" {
		t.Errorf("issued, and the task is %s", s)
	}
	if n := get(h, h.s.Invoices(), invoice).Number; n != "10001" {
		t.Errorf("the refused issue took a number: this is %s", n)
	}
	h.verify()
}

// The lines of an order's draft keep their quantities; texts and prices may change.
func TestEditOrderDraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.orderDraft()
	i := get(h, h.s.Invoices(), id)
	edit := func(quantity, price string) error {
		body := fmt.Sprintf(`{"lines":[{"id":%q,"description":"Good advice","quantity":%q,"unit":"HUR","unit_price":%q},{"id":%q,"description":"Travel","quantity":"1","unit_price":"350.50"}]}`,
			i.Lines[0].ID, quantity, price, i.Lines[1].ID)
		_, err := h.form(process.TypeInvoice).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
		return err
	}
	wantRefused(t, edit("9", "1200"), process.CodeInvalid, "invoice.order_lines")
	h.check(edit("10", "1100"))
	after := get(h, h.s.Invoices(), id)
	if after.Net.String() != "11350.50" || after.Lines[0].Source != i.Lines[0].Source || after.Lines[0].Description != "Good advice" {
		t.Errorf("edited to %+v", after)
	}
	_, err := h.form(process.TypeInvoice).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"currency":"EUR"}`))
	wantRefused(t, err, process.CodeInvalid, "invoice.currency")
	h.verify()
}

func TestHoldOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.heldOrder()
	_, err := h.try(h.owner, process.TypeOrder, "fulfil", id, "")
	wantRefused(t, err, process.CodeConflict, "state")
	h.do(process.TypeOrder, "release", id, "")
	h.do(process.TypeOrder, "fulfil", id, "")
	h.verify()
}

// A won opportunity opens again only when its order is cancelled.
func TestReopenWonOpportunity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	q := get(h, h.s.Quotes(), h.wonQuote())
	h.do(process.TypeOrder, "cancel", q.Order, `{"reason":"a mistake"}`)
	h.do(process.TypeOpportunity, "reopen", q.Opportunity, "")
	if o := get(h, h.s.Opportunities(), q.Opportunity); o.ActualRevenue != nil || o.ClosedAt != nil || o.Probability == 100 {
		t.Errorf("reopened as %+v", o)
	}
	h.verify()
}
