package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// The most particular list wins, of equals the lowest price, and quantity
// breaks hold from their quantity on.
func TestPriceLists(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create(process.TypeProduct, `{"sku":"A","name":"Apple","unit_price":"100","names":{"nb":"Eple"},"texts":{"nb":"Rødt"}}`)
	h.create(process.TypeProduct, `{"sku":"E","name":"Euro","unit_price":"9","currency":"EUR"}`)
	vip := h.create(process.TypeCustomer, `{"name":"VIP","group":"Gold"}`)
	gold := h.create(process.TypeCustomer, `{"name":"Gold","group":"gold","language":"nb"}`)
	other := h.create(process.TypeCustomer, `{"name":"Other","language":"en"}`)
	for _, l := range []string{
		`{"name":"Everybody","prices":[{"product":"A","unit_price":"95"},{"product":"A","from":"10","unit_price":"90"},{"product":"E","unit_price":"99"}]}`,
		`{"name":"Also everybody","prices":[{"product":"A","unit_price":"96"},{"product":"A","from":"100","unit_price":"85"}]}`,
		`{"name":"Past","valid_until":"2026-03-01","prices":[{"product":"A","unit_price":"1"}]}`,
		`{"name":"Future","valid_from":"2026-03-03","prices":[{"product":"A","unit_price":"2"}]}`,
		`{"name":"Foreign","currency":"EUR","prices":[{"product":"A","unit_price":"8"}]}`,
		`{"name":"Gold","group":"GOLD","valid_from":"2026-03-02","valid_until":"2026-03-02","prices":[{"product":"A","from":"2","unit_price":"80"}]}`,
		fmt.Sprintf(`{"name":"VIP","customer":%q,"prices":[{"product":"A","from":"1.5","unit_price":"89"}]}`, vip),
	} {
		h.create(process.TypePriceList, l)
	}
	h.do(process.TypePriceList, "archive", h.create(process.TypePriceList, `{"name":"Gone","prices":[{"product":"A","unit_price":"3"}]}`), "")
	for _, c := range []struct{ customer, currency, line, want string }{
		{other, "NOK", `{"product":"A"}`, "95"},
		{other, "NOK", `{"product":"A","quantity":"9.999"}`, "95"},
		{other, "NOK", `{"product":"A","quantity":"10"}`, "90"},
		{other, "NOK", `{"product":"A","quantity":"-10"}`, "90"},
		{other, "NOK", `{"product":"A","quantity":"100"}`, "85"},
		{other, "NOK", `{"product":"A","unit_price":"7"}`, "7"},
		{other, "NOK", `{"product":"E"}`, "99"},
		{other, "EUR", `{"product":"A"}`, "8"},
		{other, "EUR", `{"product":"E"}`, "9"},
		{gold, "NOK", `{"product":"A"}`, "95"},
		{gold, "NOK", `{"product":"A","quantity":"2"}`, "80"},
		{vip, "NOK", `{"product":"A"}`, "95"},
		{vip, "NOK", `{"product":"A","quantity":"2"}`, "89"},
	} {
		id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[%s]}`, c.customer, c.currency, c.line))
		l := get(h, h.s.Orders(), id).Lines[0]
		if got := l.UnitPrice.String(); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.line, c.currency, got, c.want)
		}
		want := map[bool]string{true: "Eple\nRødt", false: "Apple"}[c.customer != other]
		if strings.Contains(c.line, `"A"`) && l.Description != want {
			t.Errorf("the line of %s says %q, want %q", c.customer, l.Description, want)
		}
	}
	// All documents take the price; the next day the group's list is over.
	h.clock.advance(day)
	for record, of := range map[string]func(id string) process.Line{
		process.TypeOpportunity: func(id string) process.Line { return get(h, h.s.Opportunities(), id).Lines[0] },
		process.TypeQuote:       func(id string) process.Line { return get(h, h.s.Quotes(), id).Lines[0] },
		process.TypeInvoice:     func(id string) process.Line { return get(h, h.s.Invoices(), id).Lines[0] },
	} {
		id := h.create(record, fmt.Sprintf(`{"customer":%q,"lines":[{"product":"A","quantity":"2","description":"Mine"}]}`, gold))
		if l := of(id); l.UnitPrice.String() != "2" || l.Description != "Mine" {
			t.Errorf("a %s has %s %q", record, l.UnitPrice, l.Description)
		}
	}
}

func TestPriceListRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create(process.TypeProduct, `{"sku":"A","name":"Apple","unit_price":"100"}`)
	customer := h.customer()
	for body, reason := range map[string]string{
		`{"prices":[]}`:                "price_list.name",
		`{"name":"X","currency":"kr"}`: "currency.unknown",
		`{"name":"X","valid_from":"2026-02-02","valid_until":"2026-02-01"}`:            "price_list.days",
		fmt.Sprintf(`{"name":"X","customer":%q,"group":"g"}`, customer):                "price_list.audience",
		`{"name":"X","customer":"nobody"}`:                                             "customer.unknown",
		`{"name":"X","prices":[{"product":"B","unit_price":"1"}]}`:                     "product.unknown",
		`{"name":"X","prices":[{"product":"A","unit_price":"-1"}]}`:                    "line.price.bounds",
		`{"name":"X","prices":[{"product":"A","from":"-1","unit_price":"1"}]}`:         "line.quantity.bounds",
		`{"name":"X","prices":[{"product":"A"},{"product":"A","from":"0"}]}`:           "price_list.twice",
		`{"name":"X","prices":[{"product":"A","unit_price":"1e999","from":"1e-999"}]}`: "line.price.bounds",
	} {
		_, err := h.form(process.TypePriceList).Create(h.s, h.ctx(), h.owner, []byte(body))
		wantProblem(t, err, reason)
	}
	_, err := h.form(process.TypePriceList).Create(h.s, h.ctx(), h.accounting, []byte(`{"name":"X"}`))
	wantRefused(t, err, process.CodeForbidden, "")
}

// wantProblem asserts a refusal of an input with a problem of the reason.
func wantProblem(t *testing.T, err error, reason string) {
	t.Helper()
	var reasons []string
	if e, ok := err.(*process.Error); ok && e.Code == process.CodeInvalid {
		for _, p := range append(e.Problems, process.Problem{Reason: e.Reason}) {
			if p.Reason == reason {
				return
			}
			reasons = append(reasons, p.Reason)
		}
	}
	t.Errorf("got %v %v, want %s", err, reasons, reason)
}

func TestArchivedProducts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.create(process.TypeProduct, `{"sku":"A","name":"Apple","unit_price":"100","cost":"60.50"}`)
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":[{"product":"A"}]}`, h.customer()))
	h.do(process.TypeProduct, "archive", id, "")
	_, err := h.form(process.TypeQuote).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"lines":[{"product":"A"}]}`, h.customer()))
	wantProblem(t, err, "product.archived")
	_, err = h.form(process.TypeProduct).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"name":"B"}`))
	wantRefused(t, err, process.CodeConflict, "state")
	// The draft that named it before can still be edited.
	_, err = h.form(process.TypeQuote).Edit(h.s, h.ctx(), h.owner, process.Target{ID: quote}, []byte(`{"title":"Apples"}`))
	h.check(err)
	h.do(process.TypeProduct, "restore", id, "")
	if p := get(h, h.s.Products(), id); p.State != "active" || p.Cost.String() != "60.5" {
		t.Errorf("restored: %+v", p)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := func(file string) (process.Imported, error) {
		h.tick()
		out, err := h.s.ImportProducts(h.ctx(), h.sales, []byte(file))
		if err != nil {
			return process.Imported{}, err
		}
		return out.Record.(process.Imported), nil
	}
	want := func(file string, created, changed, unchanged int) {
		t.Helper()
		if got, err := in(file); err != nil || got != (process.Imported{Created: created, Changed: changed, Unchanged: unchanged}) {
			t.Errorf("%q: %+v, %v", file, got, err)
		}
	}
	want("sku,name,unit_price,names.nb,vat.category,vat.rate\nA,Apple,10.50,Eple,S,15\nB,\"Pear, \"\"green\"\"\",3,,,\n", 2, 0, 0)
	a := list(h, h.s.Products(), map[string]string{"sku": "A"})[0]
	if a.Names["nb"] != "Eple" || a.UnitPrice.String() != "10.5" || a.VAT.Rate.String() != "15" || a.Unit != "C62" {
		t.Errorf("A is %+v", a)
	}
	if b := list(h, h.s.Products(), map[string]string{"sku": "B"})[0]; b.Name != `Pear, "green"` || b.VAT.Rate.String() != "25" {
		t.Errorf("B is %+v", b)
	}
	// A spreadsheet's file: semicolons, decimal commas, a byte order mark, empty rows.
	want("\ufeffSKU;Unit_Price;names.en\r\nA;1 011,25;Apple (red)\r\n;;\r\n", 0, 1, 0)
	if a = list(h, h.s.Products(), map[string]string{"sku": "A"})[0]; a.UnitPrice.String() != "1011.25" || a.Names["nb"] != "Eple" || a.Names["en"] != "Apple (red)" || a.Name != "Apple" {
		t.Errorf("A is %+v", a)
	}
	want("sku\tname\nÆ\tEddik\n", 1, 0, 0)
	want("sku;name;unit_price\n\xd8;\x80 bl\xe5b\xe6r;1\n", 1, 0, 0)
	if o := list(h, h.s.Products(), map[string]string{"sku": "Ø"}); len(o) != 1 || o[0].Name != "€ blåbær" {
		t.Errorf("Ø is %+v", o)
	}
	// What is exported is the same when it comes back.
	file, err := h.s.ExportProducts(h.ctx(), h.reader)
	h.check(err)
	want(string(file), 0, 0, 4)

	before := len(list(h, h.s.Products(), nil))
	for file, problems := range map[string][]string{
		"":                           {"import.empty"},
		"sku,name,colour\nX,Y,red\n": {"line 1: colour import.column"},
		"sku,name\nX,Y\n,Z\nA,\nQ,\"1\n2\"\nR,S\n,T\n":   {"line 3: sku product.sku.missing", "line 4: name line.description.missing", "line 8: sku product.sku.missing"},
		"sku,name,unit_price\nX,Y,cheap\n":               {"line 2: unit_price number"},
		"sku,name,unit_price\nX,Y,1,2\n":                 {"line 2 import.cells"},
		"sku,name\nX,Y\nX,Z\n":                           {"line 3 import.twice"},
		"sku,name\nX,\"Y\n":                              {"line 2 import.broken"},
		"sku,name,vat.category,vat.rate\nX,Y,Q,0\n":      {"line 2: vat.category vat.category.unknown"},
		"id,name\nnobody,Y\n":                            {"line 2 not_found"},
		"sku,name\n" + strings.Repeat("X,\n", 10_001):    {"import.long"},
		"sku,name,sku\nX,Y,Z\n":                          {"line 1: sku import.column"},
		fmt.Sprintf("id,sku,name\n%s,A,Y\n,A,Z\n", a.ID): {"line 3 import.twice"},
	} {
		_, err := in(file)
		e, ok := err.(*process.Error)
		if !ok || e.Code != process.CodeInvalid {
			t.Errorf("%.40q: %v", file, err)
			continue
		}
		got := []string{}
		for _, p := range e.Problems {
			got = append(got, strings.TrimSpace(p.Field+" "+p.Reason))
		}
		if len(got) == 0 {
			got = []string{e.Reason}
		}
		if strings.Join(got, "|") != strings.Join(problems, "|") {
			t.Errorf("%.40q: %q, want %q", file, got, problems)
		}
	}
	if now := len(list(h, h.s.Products(), nil)); now != before {
		t.Errorf("refused files left %d products", now-before)
	}
	_, err = h.s.ImportProducts(h.ctx(), h.reader, []byte("sku,name\nX,Y\n"))
	wantRefused(t, err, process.CodeForbidden, "")
	h.verify()
}

func TestImportCustomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out, err := h.s.ImportCustomers(h.ctx(), h.accounting, []byte("name;organisation_number;email;address.city;address.country;payment_days;group\nA AS;974 760 673;a@a.example;Oslo;NO;30;gold\nB;;B@B.example;;;;\nC;;;Bergen;;;\n"))
	h.check(err)
	if out.Record != (process.Imported{Created: 3}) {
		t.Errorf("%+v", out.Record)
	}
	c := list(h, h.s.Customers(), map[string]string{"organisation_number": "974760673"})
	if len(c) != 1 || c[0].Address.City != "Oslo" || c[0].PaymentDays != 30 || c[0].Group != "gold" {
		t.Errorf("A is %+v", c)
	}
	out, err = h.s.ImportCustomers(h.ctx(), h.owner, []byte("name,organisation_number,email\nA ASA,974760673,a@a.example\nB,,b@b.example\n"))
	h.check(err)
	if out.Record != (process.Imported{Changed: 1, Unchanged: 1}) {
		t.Errorf("%+v", out.Record)
	}
	file, err := h.s.ExportCustomers(h.ctx(), h.owner)
	h.check(err)
	out, err = h.s.ImportCustomers(h.ctx(), h.owner, file)
	h.check(err)
	if out.Record != (process.Imported{Unchanged: 3}) {
		t.Errorf("%+v of\n%s", out.Record, file)
	}
}
