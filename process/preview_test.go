package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// A preview says what would be, by price lists and totals, and leaves nothing.
func TestPreview(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	h.create(process.TypeProduct, `{"sku":"PIPE","name":"Pipe","unit_price":"100"}`)
	h.create(process.TypePriceList, `{"name":"Many","prices":[{"product":"PIPE","from":"10","unit_price":"80"}]}`)
	draft := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":[{"id":"one","product":"PIPE"}]}`, customer))
	before := h.trace()
	for quantity, net := range map[string]string{"9": "900.00", "10": "800.00"} {
		body := fmt.Appendf(nil, `{"customer":%q,"lines":[{"id":"row.0","product":"PIPE","quantity":%q}]}`, customer, quantity)
		out, err := h.form(process.TypeQuote).Preview(h.s, h.ctx(), h.owner, "", body)
		h.check(err)
		if q := out.Record.(*process.Quote); q.Net.String() != net || q.Lines[0].ID != "row.0" || q.Lines[0].Description != "Pipe" {
			t.Errorf("%s of them are %+v", quantity, q.Lines)
		}
		out, err = h.form(process.TypeQuote).Preview(h.s, h.ctx(), h.owner, draft, fmt.Appendf(nil, `{"lines":[{"id":"one","product":"PIPE","quantity":%q}]}`, quantity))
		h.check(err)
		if q := out.Record.(*process.Quote); q.Net.String() != net {
			t.Errorf("edited to %s, they are %s", quantity, q.Net)
		}
	}
	if out, err := h.form(process.TypeOrder).Preview(h.s, h.ctx(), h.owner, "", fmt.Appendf(nil, `{"customer":%q,"lines":%s}`, customer, lines)); err != nil || out.Record.(*process.Order).Number == "" {
		t.Errorf("an order: %v, %v", out, err)
	}
	_, err := h.form(process.TypeQuote).Preview(h.s, h.ctx(), h.owner, "", fmt.Appendf(nil, `{"customer":%q,"lines":[{"product":"NONE"}]}`, customer))
	wantRefused(t, err, process.CodeInvalid, "lines.invalid")
	_, err = h.form(process.TypeQuote).Preview(h.s, h.ctx(), h.reader, "", fmt.Appendf(nil, `{"customer":%q}`, customer))
	wantRefused(t, err, process.CodeForbidden, "")
	if now := h.trace(); now != before {
		t.Errorf("the previews left %+v, before %+v", now, before)
	}
	if q := get(h, h.s.Quotes(), draft); q.Net.String() != "100.00" || q.Version != 1 {
		t.Errorf("the draft is now %+v", q)
	}
	order := h.openOrder()
	if n := get(h, h.s.Orders(), order).Number; n != "O-1001" {
		t.Errorf("the first order is %s: a preview took a number", n)
	}
	h.verify()
}
