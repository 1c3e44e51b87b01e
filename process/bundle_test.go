package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// The sums were worked out by hand.
func TestBundles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, p := range []string{
		`{"sku":"CHAIR","name":"Chair","names":{"nb":"Stol"},"unit_price":"100"}`,
		`{"sku":"TABLE","name":"Table","unit_price":"250.50","unit":"H87"}`,
		`{"sku":"BOOK","name":"Book","unit_price":"40","vat":{"category":"S","rate":"15"}}`,
		`{"sku":"SUM","name":"Dining","unit_price":"0","bundle":[{"product":"CHAIR","quantity":"2"},{"product":"TABLE","quantity":"1"}]}`,
		`{"sku":"OWN","name":"Dining","unit_price":"400","bundle":[{"product":"CHAIR","quantity":"2"},{"product":"TABLE","quantity":"1"}]}`,
		`{"sku":"PARTS","name":"Dining","unit_price":"400","show_parts":true,"bundle":[{"product":"CHAIR","quantity":"2"},{"product":"TABLE","quantity":"1"}]}`,
		`{"sku":"FREE","name":"Dining","unit_price":"0","show_parts":true,"bundle":[{"product":"CHAIR","quantity":"2"},{"product":"TABLE","quantity":"1"}]}`,
		`{"sku":"MIXED","name":"Reading","unit_price":"0","show_parts":true,"bundle":[{"product":"CHAIR","quantity":"1"},{"product":"BOOK","quantity":"0.5"}]}`,
		`{"sku":"DEAR","name":"Dear","unit_price":"100.01","show_parts":true,"bundle":[{"product":"CHAIR","quantity":"1"}]}`,
		`{"sku":"ODD","name":"Odd","unit_price":"0","bundle":[{"product":"CHAIR","quantity":"1"},{"product":"BOOK","quantity":"1"}]}`,
	} {
		h.create(process.TypeProduct, p)
	}
	customer := h.create(process.TypeCustomer, `{"name":"Stue AS","language":"nb"}`)
	h.create(process.TypePriceList, fmt.Sprintf(`{"name":"Ten","customer":%q,"prices":[{"product":"CHAIR","from":"10","unit_price":"90"}]}`, customer))
	for name, c := range map[string]struct {
		line    string
		withVAT bool
		want    string // quantity × price − discount = net of each line, and the net of all
	}{
		"one line, the parts' sum":    {`{"product":"SUM"}`, false, "1 × 450.5 − 0% = 450.50, 450.50"},
		"quantity breaks of parts":    {`{"product":"SUM","quantity":"5"}`, false, "5 × 430.5 − 0% = 2152.50, 2152.50"}, // 10 chairs at 90
		"one line, its own price":     {`{"product":"OWN","quantity":"3"}`, false, "3 × 400 − 0% = 1200.00, 1200.00"},
		"lines of the parts":          {`{"product":"FREE"}`, false, "Dining, 2 × 100 − 0% = 200.00, 1 × 250.5 − 0% = 250.50, 450.50"},
		"lines with breaks":           {`{"product":"FREE","quantity":"5"}`, false, "5 × Dining, 10 × 90 − 0% = 900.00, 5 × 250.5 − 0% = 1252.50, 2152.50"},
		"the discount is split":       {`{"product":"PARTS"}`, false, "Dining, 2 × 100 − 11.21% = 177.58, 1 × 250.5 − 11.21% = 222.42, 400.00"}, // 400 × 200 ÷ 450.50 = 177.580
		"and the line's own":          {`{"product":"PARTS","discount_percent":"10"}`, false, "Dining, 2 × 100 − 20.09% = 159.82, 1 × 250.5 − 20.088% = 200.18, 360.00"},
		"for nothing":                 {`{"product":"FREE","discount_percent":"100"}`, false, "Dining, 2 × 100 − 100% = 0.00, 1 × 250.5 − 100% = 0.00, 0.00"},
		"taken back":                  {`{"product":"PARTS","quantity":"-1"}`, false, "-1 × Dining, -2 × 100 − 11.21% = -177.58, -1 × 250.5 − 11.21% = -222.42, -400.00"},
		"a price that was written":    {`{"product":"FREE","unit_price":"450"}`, false, "Dining, 2 × 100 − 0.11% = 199.78, 1 × 250.5 − 0.11% = 250.22, 450.00"}, // 450 × 200 ÷ 450.50 = 199.778
		"mixed VAT in lines":          {`{"product":"MIXED"}`, false, "Reading, 1 × 100 − 0% = 100.00, 0.5 × 40 − 0% = 20.00, 120.00"},
		"with VAT, as much cheaper":   {`{"product":"PARTS"}`, true, "Dining, 2 × 100 − 11.21% = 177.58, 1 × 250.504 − 11.21% = 222.42, 400.00"}, // 563.13 × 400 ÷ 450.50 = 500.00; 221.97 and 278.03
		"words and price of its own":  {`{"product":"OWN","description":"Mine","unit_price":"1"}`, false, "1 × 1 − 0% = 1.00, 1.00"},
		"a half of it":                {`{"product":"FREE","quantity":"0.5"}`, false, "0,5 × Dining, 1 × 100 − 0% = 100.00, 0.5 × 250.5 − 0% = 125.25, 225.25"},
		"its VAT is the line's, once": {`{"product":"MIXED","vat":{"category":"E","rate":"0"}}`, false, "Reading, 1 × 100 − 0% = 100.00, 0.5 × 40 − 0% = 20.00, 120.00"},
	} {
		id := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":[%s],"prices_include_vat":%t}`, customer, c.line, c.withVAT))
		q := get(h, h.s.Quotes(), id)
		var got []string
		for _, l := range q.Lines {
			if l.Kind == process.LineText {
				got = append(got, l.Description)
				continue
			}
			got = append(got, fmt.Sprintf("%s × %s − %s%% = %s", l.Quantity, l.UnitPrice.Round(4), l.DiscountPercent, l.Net))
		}
		if is := strings.Join(append(got, q.Net.String()), ", "); is != c.want {
			t.Errorf("%s: %s, want %s", name, is, c.want)
		}
		// What was made is edited as it is.
		h.tick()
		_, err := h.form(process.TypeQuote).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"title":"Edited"}`))
		h.check(err)
		if after := get(h, h.s.Quotes(), id); after.Gross != q.Gross || len(after.Lines) != len(q.Lines) {
			t.Errorf("%s: an edit made %d lines over %s of %d over %s", name, len(after.Lines), after.Gross, len(q.Lines), q.Gross)
		}
	}
	if l := get(h, h.s.Orders(), h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":[{"product":"SUM"}]}`, customer))).Lines[0]; l.Description != "Dining\n2 × Stol\n1 × Table" {
		t.Errorf("the line says %q", l.Description)
	}
	h.do(process.TypeProduct, "archive", list(h, h.s.Products(), map[string]string{"sku": "TABLE"})[0].ID, "")
	for line, want := range map[string]string{
		`{"description":"x","unit_price":"1"},{"product":"DEAR"}`: "lines[1].unit_price bundle.dearer",
		`{"product":"MIXED","quantity":"2"},{"product":"ODD"}`:    "lines[1].vat bundle.vat",
		`{"product":"MIXED"},{"product":"NONE"}`:                  "lines[1].product product.unknown",
		`{"product":"FREE"}`:                                      "lines[0].product bundle.part",
		`{"product":"MIXED","unit_price":"200"}`:                  "lines[0].unit_price bundle.dearer",
	} {
		_, err := h.form(process.TypeOrder).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"lines":[%s]}`, customer, line))
		wantRefused(t, err, process.CodeInvalid, "lines.invalid")
		if is := problemsOf(err); is != want {
			t.Errorf("%s: %s, want %s", line, is, want)
		}
	}
	h.verify()
}

// problemsOf are the fields and reasons of a refusal.
func problemsOf(err error) string {
	e, ok := err.(*process.Error)
	if !ok {
		return fmt.Sprint(err)
	}
	var out []string
	for _, p := range e.Problems {
		out = append(out, p.Field+" "+p.Reason)
	}
	return strings.Join(out, ", ")
}

// However a bundle is priced, the lines of its parts sum to what one line for
// all of it would come to.
func TestBundlesSumToTheirPrice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		currency := rapid.SampledFrom([]string{"NOK", "JPY", "KWD"}).Draw(rt, "currency")
		var parts []string
		each := decimal.Zero
		for i := range rapid.IntRange(1, 6).Draw(rt, "parts") {
			price := decimal.New(rapid.Int64Range(0, 500_000).Draw(rt, "price"), -process.Decimals(currency))
			quantity := decimal.NewFromInt(rapid.Int64Range(1, 20).Draw(rt, "quantity"))
			each = each.Add(price.Mul(quantity))
			sku := fmt.Sprintf("P%d-%d", n, i)
			h.create(process.TypeProduct, fmt.Sprintf(`{"sku":%q,"name":"Part","unit_price":%q,"currency":%q}`, sku, price, currency))
			parts = append(parts, fmt.Sprintf(`{"product":%q,"quantity":%q}`, sku, quantity))
		}
		own := each.Mul(decimal.New(rapid.Int64Range(1, 1000).Draw(rt, "thousandths"), -3)).RoundDown(process.Decimals(currency))
		if own.IsZero() {
			own = each
		}
		h.create(process.TypeProduct, fmt.Sprintf(`{"sku":"B%d","name":"All","unit_price":%q,"currency":%q,"show_parts":true,"bundle":[%s]}`, n, own, currency, strings.Join(parts, ",")))
		quantity := decimal.NewFromInt(rapid.Int64Range(1, 50).Draw(rt, "bundles"))
		discount := decimal.New(rapid.Int64Range(0, 1000).Draw(rt, "discount"), -1)
		q := get(h, h.s.Quotes(), h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[{"product":"B%d","quantity":%q,"discount_percent":%q}]}`, customer, currency, n, quantity, discount)))
		want := process.Line{Quantity: quantity, UnitPrice: own, DiscountPercent: discount}.Price(currency).Net
		if q.Net != want {
			rt.Fatalf("the parts sum to %s, the bundle costs %s", q.Net, want)
		}
		for _, l := range q.Lines {
			if l.Net.Minor < 0 || l.DiscountPercent.IsNegative() || l.DiscountPercent.GreaterThan(dec("100")) {
				rt.Fatalf("a part is %+v", l)
			}
		}
		wantTotals(rt, q.Totals, q.Lines[1:], currency)
	})
}

func TestBundlesRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create(process.TypeProduct, `{"sku":"A","name":"A","unit_price":"1"}`)
	h.create(process.TypeProduct, `{"sku":"EUR","name":"E","unit_price":"1","currency":"EUR"}`)
	h.create(process.TypeProduct, `{"sku":"B","name":"B","unit_price":"1","bundle":[{"product":"A","quantity":"1"}]}`)
	for field, want := range map[string]string{
		`"bundle":[{"product":"X","quantity":"1"}]`:                                 "bundle[0].product product.unknown",
		`"bundle":[{"product":"B","quantity":"1"}]`:                                 "bundle[0].product bundle.nested",
		`"bundle":[{"product":"EUR","quantity":"1"}]`:                               "bundle[0].product bundle.currency",
		`"bundle":[{"product":"A","quantity":"0"}]`:                                 "bundle[0].quantity bundle.quantity",
		`"bundle":[{"product":"A","quantity":"1"},{"product":" A","quantity":"1"}]`: "bundle[1].product bundle.twice",
		`"unit":"hours"`:   "unit line.unit.invalid",
		`"unit":"C"`:       "unit line.unit.invalid",
		`"currency":"BTC"`: "currency currency.unknown",
		`"vat_by_country":[{"country":"sweden","category":"S","rate":"25"}]`:                                        "vat_by_country[0].country vat.country",
		`"vat_by_country":[{"country":"NO","category":"S","rate":"25"}]`:                                            "vat_by_country[0].country vat.country.own",
		`"vat_by_country":[{"country":"SE","category":"S","rate":"25"},{"country":"SE","category":"G","rate":"0"}]`: "vat_by_country[1].country vat.country.twice",
		`"vat_by_country":[{"country":"SE","category":"G","rate":"25"}]`:                                            "vat_by_country[0].rate vat.rate.zero",
	} {
		_, err := h.form(process.TypeProduct).Create(h.s, h.ctx(), h.owner, []byte(`{"sku":"N","name":"N","unit_price":"1",`+field+`}`))
		wantRefused(t, err, process.CodeInvalid, "product.invalid")
		if is := problemsOf(err); is != want {
			t.Errorf("%s: %s, want %s", field, is, want)
		}
	}
}

// Bundles and VAT by country come and go as CSV; a bundle may stand before its
// parts in the file.
func TestBundlesAsCSV(t *testing.T) {
	t.Parallel()
	h, other := newHouse(t), newHouse(t)
	file := "sku;name;unit_price;bundle;show_parts;vat_by_country\n" +
		"SET;Set;99,50;2 A | 0,5 B-2;x;SE S 25 | DE S 8,1\n" +
		"A;A;10;;;US G\nB-2;B;100;;;\n"
	out, err := h.s.ImportProducts(h.ctx(), h.owner, []byte(file))
	h.check(err)
	if out.Record != (process.Imported{Created: 3}) {
		t.Errorf("%+v", out.Record)
	}
	set := list(h, h.s.Products(), map[string]string{"sku": "SET"})[0]
	if is := fmt.Sprint(set.Bundle, set.ShowParts, set.VATByCountry); is != "[{A 2} {B-2 0.5}] true [{SE {S 25}} {DE {S 8.1}}]" {
		t.Errorf("the set is %s", is)
	}
	exported, err := h.s.ExportProducts(h.ctx(), h.reader)
	h.check(err)
	for house, want := range map[*house]process.Imported{h: {Unchanged: 3}, other: {Created: 3}} {
		out, err := house.s.ImportProducts(house.ctx(), house.owner, []byte(strings.Join(withoutID(string(exported), house == other), "\n")))
		house.check(err)
		if out.Record != want {
			t.Errorf("%+v, want %+v of\n%s", out.Record, want, exported)
		}
	}
	again, err := other.s.ExportProducts(other.ctx(), other.owner)
	h.check(err)
	a, b := withoutID(string(exported), true), withoutID(string(again), true)
	if len(a) != len(b) {
		t.Errorf("%d rows became %d", len(a), len(b))
	}
	for _, row := range a {
		if !strings.Contains(string(again), row[1:]) {
			t.Errorf("the row %q is not in\n%s", row, again)
		}
	}
	_, err = h.s.ImportProducts(h.ctx(), h.owner, []byte("sku,bundle,vat_by_country\nX,many A,SE\n"))
	if is := problemsOf(err); is != "line 2: bundle number, line 2: vat_by_country number" {
		t.Errorf("%s", is)
	}
}

// withoutID are the rows of a file, their ids taken away when they are to be.
func withoutID(file string, take bool) (rows []string) {
	for i, row := range strings.Split(strings.TrimSpace(file), "\n") {
		if _, rest, ok := strings.Cut(row, ","); ok && take && i > 0 {
			row = "," + rest
		}
		rows = append(rows, row)
	}
	return rows
}

// The VAT of a line follows the customer: the product's for the country, then
// the first rule that fits, then the product's own.
func TestVATByCountry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	st, version, err := h.s.Settings(h.ctx(), h.owner)
	h.check(err)
	vat := func(category, rate string) process.VAT { return process.VAT{Category: category, Rate: dec(rate)} }
	st.VATRules = []process.VATRule{{Country: "SE", Kind: "business", VAT: vat("AE", "0")}, {Country: "EU", Kind: "consumer", VAT: vat("S", "20")}, {Kind: "business", VAT: vat("G", "0")}}
	_, err = h.s.PutSettings(h.ctx(), h.owner, version, st)
	h.check(err)
	h.create(process.TypeProduct, `{"sku":"A","name":"A","unit_price":"100","vat":{"category":"S","rate":"15"},"vat_by_country":[{"country":"DE","category":"S","rate":"19"},{"country":"US","category":"G","rate":"0"}]}`)
	for _, c := range []struct{ customer, line, want string }{
		{`"kind":"business","address":{"country":"NO"}`, `{"product":"A"}`, "S 15"},
		{`"kind":"business"`, `{"product":"A"}`, "S 15"},
		{`"kind":"business","address":{"country":"DE"}`, `{"product":"A"}`, "S 19"},
		{`"kind":"consumer","address":{"country":"US"}`, `{"product":"A"}`, "G 0"},
		{`"kind":"business","address":{"country":"SE"}`, `{"product":"A"}`, "AE 0"},
		{`"kind":"consumer","address":{"country":"SE"}`, `{"product":"A"}`, "S 20"},
		{`"kind":"business","address":{"country":"SE"}`, `{"product":"A","vat":{"category":"S","rate":"12"}}`, "S 12"},
		{`"kind":"business","address":{"country":"CH"}`, `{"description":"Hours","unit_price":"1"}`, "G 0"},
		{`"kind":"consumer","address":{"country":"CH"}`, `{"description":"Hours","unit_price":"1"}`, "S 25"},
		{`"kind":"consumer","address":{"country":"CH"}`, `{"product":"A"}`, "S 15"},
	} {
		customer := h.create(process.TypeCustomer, `{"name":"K",`+c.customer+`}`)
		body := fmt.Sprintf(`{"customer":%q,"lines":[%s],"start":"2026-03-02"}`, customer, c.line)
		for record, of := range map[string]func(string) process.Line{
			process.TypeOpportunity:  func(id string) process.Line { return get(h, h.s.Opportunities(), id).Lines[0] },
			process.TypeQuote:        func(id string) process.Line { return get(h, h.s.Quotes(), id).Lines[0] },
			process.TypeOrder:        func(id string) process.Line { return get(h, h.s.Orders(), id).Lines[0] },
			process.TypeInvoice:      func(id string) process.Line { return get(h, h.s.Invoices(), id).Lines[0] },
			process.TypeSubscription: func(id string) process.Line { return get(h, h.s.Subscriptions(), id).Lines[0] },
		} {
			in := body
			if record != process.TypeSubscription {
				in = strings.Replace(body, `,"start":"2026-03-02"`, "", 1)
			}
			if l := of(h.create(record, in)); l.VAT.Category+" "+l.VAT.Rate.String() != c.want {
				t.Errorf("the %s of %s for {%s}: %s %s, want %s", record, c.line, c.customer, l.VAT.Category, l.VAT.Rate, c.want)
			}
		}
	}
	st.VATRules = []process.VATRule{{Country: "NO", VAT: vat("S", "25")}, {Country: "Sweden", Kind: "firm", VAT: vat("G", "25")}}
	_, err = h.s.PutSettings(h.ctx(), h.owner, version+1, st)
	if is := problemsOf(err); is != "vat_rules[0].country settings.vat_rules.country, vat_rules[1].country settings.vat_rules.country, vat_rules[1].kind settings.vat_rules.kind, vat_rules[1].vat.rate vat.rate.zero" {
		t.Errorf("%s", is)
	}
}
