package process_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// An invoice in a foreign currency states its VAT in the company's, by a rate
// with its date that its credit note keeps.
func TestExchange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"currency":"EUR","lines":[{"description":"x","unit_price":"99.99"}],"exchange":{"rate":"11,4325","date":"2026-02-27"}}`, h.customer()))
	h.do(process.TypeInvoice, "issue", id, "")
	snapshot := func(typ, id string) (s process.Snapshot) {
		pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: typ, ID: id})
		h.check(err)
		h.check(json.Unmarshal(pdf.Data, &s)) // the test's papers are JSON
		return s
	}
	n := h.credit(id, `{"reason":"x","amount":{"amount":"50.00","currency":"EUR"}}`)
	for _, c := range []struct{ typ, id, vat, want string }{
		{process.TypeInvoice, id, "25.00", "285.81"},      // 285.8125
		{process.TypeCreditNote, n.ID, "10.00", "114.33"}, // 114.325
	} {
		s := snapshot(c.typ, c.id)
		if s.TaxCurrency != "NOK" || s.TaxTotal == nil || s.TaxTotal.String() != c.want || s.VAT.String() != c.vat || s.Exchange == nil || *s.Exchange != (process.Exchange{Rate: "11.4325", Date: "2026-02-27"}) {
			t.Errorf("the %s has VAT %s, %+v by %+v", c.typ, s.VAT, s.TaxTotal, s.Exchange)
		}
	}
	for exchange, field := range map[string]string{`{"rate":"0","date":"2026-02-27"}`: "exchange.rate", `{"rate":"x","date":"2026-02-27"}`: "exchange.rate", `{"rate":"11.4"}`: "exchange.date"} {
		_, err := h.form(process.TypeInvoice).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"currency":"EUR","lines":%s,"exchange":%s}`, h.customer(), lines, exchange))
		wantRefused(t, err, process.CodeInvalid, "exchange.invalid")
		if e := err.(*process.Error); e.Problems[0].Field != field {
			t.Errorf("%s: %+v", exchange, e.Problems)
		}
	}
	h.verify()
}
