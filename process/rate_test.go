package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// quotes is a reader of rates whose files are lines of day, currency, base and rate.
type quotes struct{}

func (quotes) ReadRates(data []byte) (process.RateFile, []process.Problem) {
	f := process.RateFile{Source: "csv"}
	for _, line := range strings.Split(string(data), "\n") {
		w := strings.Fields(line)
		if len(w) != 4 {
			return f, []process.Problem{{Field: "line 1", Reason: "rates.columns", Message: "what is this?"}}
		}
		f.Quotes = append(f.Quotes, process.RateQuote{Date: process.Date(w[0]), Currency: w[1], Base: strings.Trim(w[2], "-"), Rate: dec(w[3])})
	}
	return f, nil
}

func TestRates(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // 2026-03-02, in NOK
	s := process.New(process.Options{Store: h.db, Documents: h.papers, Rates: quotes{}, Clock: h.clock.now, Key: []byte(strings.Repeat("k", 32))})
	take := func(file string, want process.Imported) {
		t.Helper()
		h.tick()
		out, err := s.ImportRates(h.ctx(), h.accounting, []byte(file))
		h.check(err)
		if out.Record != want {
			t.Errorf("%q: %+v, want %+v", file, out.Record, want)
		}
	}
	take("2026-02-26 EUR - 11.40\n2026-03-03 EUR - 11.60", process.Imported{Created: 2})
	// A central bank that quotes from the euro: straight, and by way of it.
	take("2026-02-27 EUR USD 1.25\n2026-02-27 EUR NOK 11.50\n2026-02-27 EUR JPY 160\n2026-02-27 EUR VND 30000\n2026-02-27 EUR XDR 0.8", process.Imported{Created: 4})
	take("2026-02-27 EUR NOK 11.55\n2026-02-27 EUR USD 1.25", process.Imported{Changed: 2})
	take("2026-02-27 EUR NOK 11.55", process.Imported{Unchanged: 1})
	var got []string
	for _, r := range list(h, h.s.Rates(), map[string]string{"date": "2026-02-27"}) {
		got = append(got, r.Currency+" "+r.Rate.String())
	}
	// 11.55 ÷ 1.25; of the earlier file 11.50 ÷ 160 and ÷ 30,000
	slices.Sort(got)
	if is := strings.Join(got, ", "); is != "EUR 11.55, JPY 0.071875, USD 9.24, VND 0.0003833333" {
		t.Errorf("the rates are %s", is)
	}
	for file, want := range map[string]string{"2026-02-27 EUR USD 1.25": "file rates.base", "x": "line 1 rates.columns"} {
		_, err := s.ImportRates(h.ctx(), h.owner, []byte(file))
		wantRefused(t, err, process.CodeInvalid, "import.invalid")
		if is := problemsOf(err); is != want {
			t.Errorf("%q: %s, want %s", file, is, want)
		}
	}
	_, err := s.ImportRates(h.ctx(), h.reader, []byte("2026-02-27 EUR - 1"))
	wantRefused(t, err, process.CodeForbidden, "")
	_, err = h.s.ImportRates(h.ctx(), h.owner, []byte("2026-02-27 EUR - 1"))
	wantRefused(t, err, process.CodeInvalid, "rates.none")

	// The newest rate that is not after the day is frozen with its date.
	customer := h.create(process.TypeCustomer, `{"name":"Kunde AS","email":"k@kunde.example","organisation_number":"974760673","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
	invoice := func(currency, rest string) *process.Invoice {
		t.Helper()
		id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[{"description":"x","unit_price":"100","vat":{"category":"S","rate":"25"}}]%s}`, customer, currency, rest))
		h.do(process.TypeInvoice, "issue", id, "")
		return get(h, h.s.Invoices(), id)
	}
	for _, c := range []struct{ currency, rest, want string }{
		{"EUR", "", "11.55 of 2026-02-27"},
		{"USD", "", "9.24 of 2026-02-27"},
		{"JPY", "", "0.071875 of 2026-02-27"},
		{"EUR", `,"exchange":{"rate":"12","date":"2026-03-01"}`, "12 of 2026-03-01"},
		{"NOK", "", "none"},
	} {
		i := invoice(c.currency, c.rest)
		is := "none"
		if i.Exchange != nil {
			is = i.Exchange.Rate + " of " + string(i.Exchange.Date)
		}
		if is != c.want {
			t.Errorf("in %s%s: %s, want %s", c.currency, c.rest, is, c.want)
		}
		if c.currency == "EUR" && c.rest == "" {
			take("2026-02-27 EUR NOK 99", process.Imported{Changed: 1})
			take("2026-02-27 EUR NOK 11.55", process.Imported{Changed: 1})
			if i = get(h, h.s.Invoices(), i.ID); i.Exchange.Rate != "11.55" {
				t.Errorf("an issued invoice's rate became %s", i.Exchange.Rate)
			}
		}
	}
	_, err = h.form(process.TypeInvoice).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"currency":"SEK","lines":[{"description":"x","unit_price":"1"}]}`, customer))
	h.check(err)
	// The next day the newer rate holds; an export comes back as it was.
	h.clock.advance(day)
	if i := invoice("EUR", ""); i.Exchange.Rate != "11.6" || i.Exchange.Date != "2026-03-03" {
		t.Errorf("the next day: %+v", i.Exchange)
	}
	file, err := s.ExportRates(h.ctx(), h.reader)
	h.check(err)
	if lines := strings.Split(strings.TrimSpace(string(file)), "\n"); len(lines) != 7 || lines[0] != "date,currency,base,rate" {
		t.Errorf("the export is\n%s", file)
	}
	h.verify()
}
