package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Price lists come and go as CSV, a row a price: what was exported changes
// nothing, the rows of a list are its prices, and all rows are taken or none.
func TestPriceListsAsCSV(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	_, err := h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: customer}, []byte(`{"organisation_number":"974760673"}`))
	h.check(err)
	for _, sku := range []string{"PIPE", "BEND"} {
		h.create(process.TypeProduct, fmt.Sprintf(`{"sku":%q,"name":%q,"unit_price":"100"}`, sku, sku))
	}
	take := func(file string) (process.Imported, error) {
		out, err := h.s.ImportPriceLists(h.ctx(), h.sales, []byte(file))
		if err != nil {
			return process.Imported{}, err
		}
		return out.Record.(process.Imported), nil
	}
	did, err := take("name;currency;valid_from;group;customer;product;from;unit_price\nGold;NOK;1.3.2026;gold;;PIPE;;80\nGold;NOK;;;;PIPE;10;72,50\nTheirs;EUR;;;974 760 673;BEND;;9,95\nEmpty;;;;;;;\n")
	h.check(err)
	if did != (process.Imported{Created: 3}) {
		t.Fatalf("the import did %+v", did)
	}
	byName := func() map[string]process.PriceList {
		all := map[string]process.PriceList{}
		for _, l := range list(h, h.s.PriceLists(), nil) {
			all[l.Name] = l
		}
		return all
	}
	lists := byName()
	if g := lists["Gold"]; g.Group != "gold" || g.ValidFrom != "2026-03-01" || len(g.Prices) != 2 || g.Prices[1].From.String() != "10" || g.Prices[1].UnitPrice.String() != "72.5" {
		t.Errorf("gold is %+v", g)
	}
	if l := lists["Theirs"]; l.Customer != customer || l.Currency != "EUR" || lists["Empty"].Currency != "NOK" {
		t.Errorf("theirs is %+v", l)
	}
	file, err := h.s.ExportPriceLists(h.ctx(), h.reader)
	h.check(err)
	if did, err := take(string(file)); err != nil || did != (process.Imported{Unchanged: 3}) {
		t.Errorf("the export comes back as %+v, %v", did, err)
	}
	if did, err := take("name,product,unit_price\ngold,BEND,5\n"); err != nil || did != (process.Imported{Changed: 1}) {
		t.Errorf("the second import did %+v, %v", did, err)
	}
	if g := byName()["Gold"]; len(g.Prices) != 1 || g.Prices[0].Product != "BEND" || g.Group != "gold" {
		t.Errorf("gold is now %+v", g)
	}
	before := h.trace()
	for file, want := range map[string]string{
		"name,product,unit_price\nNew,PIPE,1\nNew,NONE,2\n":       "line 3: product product.unknown",
		"name,product,unit_price\nNew,PIPE,\n":                    "line 2: unit_price missing",
		"name,product,unit_price\n,PIPE,1\n":                      "line 2: name price_list.name",
		"name,group,product,unit_price\nA,x,PIPE,1\nA,y,BEND,1\n": "line 3: group import.differs",
		"name,product,from,unit_price\nA,PIPE,1,1\nA,PIPE,1,2\n":  "line 3: from price_list.twice",
		"name,product,unit_price\nA,PIPE,much\n":                  "line 2: unit_price number",
		"name,price\nA,1\n":                                       "line 1: price import.column",
		"id,name,product,unit_price\nnobody,A,PIPE,1\n":           "not_found",
		"name,valid_from,valid_until\nA,2026-03-02,2026-03-01\n":  "line 2: valid_until price_list.days",
		"name,customer,product,unit_price\nA,nobody,PIPE,1\n":     "line 2: customer customer.unknown",
	} {
		_, err := take(file)
		if err == nil || !strings.Contains(problemsOf(err)+" "+string(process.CodeOf(err)), want) {
			t.Errorf("%q: %v (%s), want %s", file, err, problemsOf(err), want)
		}
	}
	if now := h.trace(); now != before {
		t.Errorf("the refused files left %+v, before %+v", now, before)
	}
	_, err = h.s.ImportPriceLists(h.ctx(), h.reader, file)
	wantRefused(t, err, process.CodeForbidden, "")
	h.verify()
}

// A rate by hand stands beside those of files: it takes the place of the day's,
// and invoices freeze it.
func TestRateByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	enter := func(body string) error {
		_, err := h.form(process.TypeRate).Create(h.s, h.ctx(), h.accounting, []byte(body))
		return err
	}
	h.check(enter(`{"currency":"SEK","date":"2026-02-27","rate":"99.13","units":"100"}`))
	h.check(enter(`{"currency":"SEK","date":"2026-02-27","rate":"101.5","units":"100"}`))
	h.check(enter(`{"currency":"JPY","rate":"7.1234567","units":"100"}`))
	rates := list(h, h.s.Rates(), nil)
	if len(rates) != 2 {
		t.Fatalf("the rates are %+v", rates)
	}
	for _, r := range rates {
		if want := map[string]string{"SEK": "1.015", "JPY": "0.0712345670"}[r.Currency]; !r.Rate.Equal(dec(want)) || r.Source != process.RatesHand || r.Base != "NOK" {
			t.Errorf("the rate is %+v, want %s", r, want)
		}
	}
	invoice := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"currency":"SEK","lines":[{"description":"x","unit_price":"100"}]}`, h.customer()))
	h.do(process.TypeInvoice, "issue", invoice, "")
	if i := get(h, h.s.Invoices(), invoice); i.Exchange == nil || i.Exchange.Rate != "1.015" || i.Exchange.Date != "2026-02-27" {
		t.Errorf("the invoice froze %+v", i.Exchange)
	}
	for body, want := range map[string]string{
		`{"currency":"NOK","rate":"1"}`: "currency rate.currency", `{"currency":"XXX","rate":"1"}`: "currency rate.currency", `{"currency":"EUR","rate":"0"}`: "rate exchange.rate",
		`{"currency":"EUR","rate":"-1"}`: "rate exchange.rate", `{"currency":"EUR","rate":"11","units":"-1"}`: "units rate.units",
		`{"currency":"EUR","rate":"1e30"}`: "rate exchange.rate",
	} {
		err := enter(body)
		wantRefused(t, err, process.CodeInvalid, "rate.invalid")
		if got := problemsOf(err); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	_, err := h.form(process.TypeRate).Create(h.s, h.ctx(), h.reader, []byte(`{"currency":"EUR","rate":"11"}`))
	wantRefused(t, err, process.CodeForbidden, "")
	h.verify()
}
