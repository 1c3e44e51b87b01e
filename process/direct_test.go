package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// An order or an invoice of an opportunity is its customer's, stands in its
// history, and has its lines when none are given.
func TestOrdersAndInvoicesOfAnOpportunity(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	opportunity := h.create(process.TypeOpportunity, fmt.Sprintf(`{"customer":%q,"title":"Roof","lines":[{"description":"Work","quantity":"2","unit_price":"100"}]}`, customer))
	of := get(h, h.s.Opportunities(), opportunity)
	body := fmt.Sprintf(`{"opportunity":%q}`, opportunity)
	order := get(h, h.s.Orders(), h.create(process.TypeOrder, body))
	if order.Opportunity != opportunity || order.Customer != customer || order.Thread != of.Thread || order.Title != "Roof" || order.Net.Minor != 20000 {
		t.Errorf("the order is %+v", order)
	}
	invoice := get(h, h.s.Invoices(), h.create(process.TypeInvoice, fmt.Sprintf(`{"opportunity":%q,"lines":[{"description":"Advice","unit_price":"50"}]}`, opportunity)))
	if invoice.Opportunity != opportunity || invoice.Customer != customer || invoice.Thread != of.Thread || invoice.Net.Minor != 5000 {
		t.Errorf("the invoice is %+v", invoice)
	}
	if s := get(h, h.s.Opportunities(), opportunity).State; s != "open" {
		t.Errorf("the opportunity is %s", s)
	}
	h.do(process.TypeOpportunity, "win", opportunity, "")
	h.create(process.TypeOrder, body)
	if _, err := h.try(h.owner, process.TypeOpportunity, "reopen", opportunity, ""); process.CodeOf(err) != process.CodeConflict {
		t.Errorf("reopened with orders: %v", err)
	}
	lost := h.create(process.TypeOpportunity, fmt.Sprintf(`{"customer":%q,"title":"Wall"}`, customer))
	h.do(process.TypeOpportunity, "lose", lost, `{"reason":"price"}`)
	other := h.create(process.TypeCustomer, `{"name":"Other"}`)
	for name, c := range map[string]struct {
		body string
		code process.Code
	}{
		"lost":             {fmt.Sprintf(`{"opportunity":%q,"lines":[{"description":"Work"}]}`, lost), process.CodeConflict},
		"another customer": {fmt.Sprintf(`{"opportunity":%q,"customer":%q}`, opportunity, other), process.CodeInvalid},
		"nobody":           {`{"lines":[{"description":"Work"}]}`, process.CodeInvalid},
		"unknown":          {`{"opportunity":"none"}`, process.CodeNotFound},
	} {
		for _, f := range process.Forms() {
			if f.Record != process.TypeOrder && f.Record != process.TypeInvoice {
				continue
			}
			if _, err := f.Create(h.s, h.ctx(), h.owner, []byte(c.body)); process.CodeOf(err) != c.code {
				t.Errorf("%s of %s: %v", f.Record, name, err)
			}
		}
	}
	h.verify()
}

// A due date that somebody wrote stays, though it has passed.
func TestDueDateThatHasPassed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"due_date":"2026-01-15","lines":%s}`, h.customer(), lines))
	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	if i := get(h, h.s.Invoices(), id); i.DueDate != "2026-01-15" || !i.Overdue || h.frozen(id).DueDate != "2026-01-15" {
		t.Errorf("the invoice is due %s, overdue: %v", i.DueDate, i.Overdue)
	}
	h.verify()
}
