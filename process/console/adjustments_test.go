package console

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Discounts, headings, options and a prepayment are written in forms, come back
// in them, and lead to what the customer chose.
func TestQuotingByForms(t *testing.T) {
	b := &browser{world: newWorld(t)}
	s := b.sale("Tak")
	quote := func(id string) *process.Quote {
		q, err := b.s.Quotes().Get(t.Context(), b.actor, id)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	b.open("/quotes/" + s.quote + "/edit")
	b.send("/edit", "adjustments.0.reason", "Vennerabatt", "adjustments.0.percent", "10", "prepayment.percent", "25",
		"line.2.description", "Tillegg", "line.2.role", "section", "line.3.description", "Ekstra filter", "line.3.unit_price", "500", "line.3.role", "option")
	q := quote(s.quote)
	if len(q.Adjustments) != 1 || q.Adjustments[0].Amount.String() != "499.41" || len(q.Lines) != 4 || q.Lines[2].Kind != process.LineSection || !q.Lines[3].Option || q.Prepayment == nil {
		t.Fatalf("the form made %+v of %d lines", q.Adjustments, len(q.Lines)) // 2000.00 + 2994.07 (3326.75 − 332.68), 10 %
	}
	b.says("Vennerabatt 10 %", "Tillegg", "Ekstra filter")
	before := q.Payable()
	b.open("/quotes/" + s.quote + "/edit")
	b.send("/edit", "title", "Et tak")
	if q = quote(s.quote); q.Payable() != before || len(q.Adjustments) != 1 || !q.Lines[3].Option {
		t.Errorf("saved again, it is over %s and not %s", q.Payable(), before)
	}
	b.open("/quotes/" + s.quote + "/edit")
	at, v := b.form("/edit")
	v.Set("adjustments.0.percent", "110")
	if rec := b.submit(at, v); rec.Code != 422 || !strings.Contains(rec.Body.String(), "aria-invalid") {
		t.Errorf("110 percent answers %d", rec.Code)
	}
	b.open("/quotes/" + s.quote)
	b.send("/do/send")
	b.send("/do/accept", "name", "Per Lund", "option."+q.Lines[3].ID, "1")
	q = quote(s.quote)
	if len(q.Acceptance.Options) != 1 || q.Net.String() != "4944.66" { // 5494.07 − 549.41
		t.Errorf("accepted over %s with %v", q.Net, q.Acceptance.Options)
	}
	b.open("/orders/" + q.Order)
	b.says("F-900001")
	b.send("/payments")
	b.open("/orders/" + q.Order)
	b.send("/do/fulfil")
	b.open("/orders/" + q.Order + "/edit")
	b.send("/edit", "customer_reference", "PO 4711", "delivery_address.street", "Kaia 1", "delivery_address.city", "Bergen")
	b.says("PO 4711", "Kaia 1")
	b.send("/do/send")
	b.open("/orders/" + q.Order)
	b.send("/do/return")
	b.send("/do/fulfil")
	o, err := b.s.Orders().Get(t.Context(), b.actor, q.Order)
	if err != nil || o.Prepaid != o.Request.Amount || o.Progress != "completed" || o.CustomerReference != "PO 4711" {
		t.Errorf("the order is %+v, %v", o, err)
	}
	b.open("/quotes/" + s.quote)
	b.send("/do/copy")
	b.says("Ekstra filter")
}
