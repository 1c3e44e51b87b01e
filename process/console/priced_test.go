package console

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/emne/emne/process"
)

// computed is what stands at a place of the page that computing fills.
func (b *browser) computed(place string) string {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if n.Type == html.ElementNode && attr(n, "data-computed") == place {
			return strings.ReplaceAll(inner(n), noBreak, " ")
		}
	}
	b.t.Fatalf("%s has no place %q", b.at, place)
	return ""
}

// placeholder is what holds when a field is left empty.
func (b *browser) placeholder(name string) string {
	for n := range b.page.Descendants() {
		if n.Type == html.ElementNode && attr(n, "name") == name {
			return attr(n, "placeholder")
		}
	}
	return ""
}

// compute presses the button.
func (b *browser) compute(action string, pairs ...string) {
	b.t.Helper()
	at, v := b.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	v.Set("compute", "1")
	b.load(at, b.submit(at, v))
}

// Lines are computed by the process before they are saved, by price list and
// quantity, and nothing is kept of it.
func TestLinesAreComputed(t *testing.T) {
	b := &browser{world: newWorld(t)}
	ctx, a, ok := t.Context(), b.actor, must(t)
	ok(b.s.CreateProduct(ctx, a, process.ProductInput{SKU: "STOL", Name: "Stol", UnitPrice: *d("450"), Texts: map[string]string{"nb": "Eik"}}))
	ok(b.s.CreatePriceList(ctx, a, process.PriceListInput{Name: "Mange", Prices: []process.ListPrice{{Product: "STOL", From: *d("10"), UnitPrice: *d("350.5")}}}))
	c := ok(b.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Kunde AS", Email: "post@kunde.example"})).Record.(*process.Customer)
	b.open("/quotes/new?customer=" + c.ID)
	b.compute("/quotes", "line.0.product", "STOL", "line.0.quantity", "10", "line.1.description", "Frakt", "line.1.unit_price", "99,50", "line.1.charge_percent", "10", "line.1.charge_reason", "Helg")
	if net, totals := b.computed("net.0"), b.computed("totals"); net != "3 505,00" || b.computed("net.1") != "109,45" || !strings.Contains(totals, "3 614,45") || !strings.Contains(totals, "4 518,06 NOK") {
		t.Errorf("computed to %s and %s", net, totals)
	}
	if b.placeholder("line.0.unit_price") != "350,5" || !strings.Contains(b.placeholder("line.0.description"), "Stol") {
		t.Errorf("what is left out is %q", b.placeholder("line.0.unit_price"))
	}
	if list, err := all(ctx, b.s.Quotes(), a, process.Filter{}, 10); err != nil || len(list) > 0 {
		t.Fatalf("computing made %d quotes, %v", len(list), err)
	}
	b.compute("/quotes", "line.1.unit_price", "mye")
	if _, v := b.form("/quotes"); v.Get("line.1.unit_price") != "mye" || !strings.Contains(b.computed("totals")+"empty", "empty") {
		t.Error("what is no number was not kept, or computed with")
	}
	b.send("/quotes", "line.1.unit_price", "99,50", "line.2.description", "Møbler", "line.2.role", "section")
	b.says("Helg 10 %", "Møbler0,00")
	b.follow("Endre")
	if b.computed("net.0") != "3 505,00" || !strings.Contains(b.computed("totals"), "4 518,06") {
		t.Errorf("the edit begins with %s", b.computed("totals"))
	}
	// A price that is emptied comes from the list again, by the new quantity.
	b.compute("/edit", "line.0.quantity", "9", "line.0.unit_price", "")
	if b.computed("net.0") != "4 050,00" || b.placeholder("line.0.unit_price") != "450" {
		t.Errorf("nine cost %s, at %s", b.computed("net.0"), b.placeholder("line.0.unit_price"))
	}
	b.send("/edit", "line.3.product", "STOL", "line.4.product", "STOL", "line.4.role", "option")
	b.says("Møbler450,00", "4 050,00")
	for _, action := range []string{"/orders", "/opportunities", "/invoices"} {
		b.open(action + "/new?customer=" + c.ID)
		b.compute(action, "line.0.product", "STOL", "line.0.quantity", "12")
		if b.computed("net.0") != "4 206,00" {
			t.Errorf("%s computes to %s", action, b.computed("net.0"))
		}
	}
}

// What salespeople do with quotes beyond the usual way: another customer's
// copy, a comparison with any quote, an expired one that is accepted after all.
func TestQuotesOffTheUsualWay(t *testing.T) {
	b := &browser{world: newWorld(t)}
	ctx, a, ok := t.Context(), b.actor, must(t)
	other := ok(b.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Annen AS", Email: "post@annen.example"})).Record.(*process.Customer)
	one, two := b.sale("en"), b.sale("to")
	b.open("/quotes/" + one.quote)
	b.send("/do/copy", "customer", other.ID)
	b.says("Annen AS")
	b.open("/quotes/" + one.quote)
	b.send("/do/copy")
	b.open("/quotes/" + two.quote)
	b.send("/do/send")
	b.follow("Hva som er endret")
	b.says("Velg tilbudet det skal sammenlignes med.")
	b.open("/quotes/" + one.quote + "/compare?with=" + two.quote)
	b.says("Sammenlignet med")

	b.now = b.now.AddDate(0, 3, 0)
	b.open("/quotes/" + two.quote)
	b.says("Utløpt", "Du kan likevel akseptere det for kunden; det blir notert.")
	b.send("/do/accept", "name", "Per Lund", "evidence", "Ringte", "customer_reference", "PO 17")
	b.says("PO 17")
	b.open("/quotes/" + two.quote)
	b.says("etter at tilbudet var utløpt", "Per Lund aksepterte tilbud T-1001, som utløp")
}

// A lead may become a new customer although one is known by its address, and an
// opportunity in another currency is won in that.
func TestQualifyAndWin(t *testing.T) {
	b := &browser{world: newWorld(t)}
	ctx, a, ok := t.Context(), b.actor, must(t)
	ok(b.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Nordlys AS", Email: "post@nordlys.example"}))
	for i, new := range []string{"", "1"} {
		lead := ok(b.s.CreateLead(ctx, a, process.LeadInput{Name: "Ola", Company: "Nordlys Vest", Email: "ola@nordlys.example"})).Record.(*process.Lead).ID
		b.open("/leads/" + lead)
		b.send("/do/qualify", "new_customer", new)
		b.says([]string{"Nordlys AS", "Nordlys Vest"}[i])
	}
	b.follow("Endre")
	b.send("/edit", "currency", "EUR", "estimated_revenue", "1 000")
	b.send("/do/win", "actual_revenue", "900")
	b.says("900,00 EUR")
	if o, err := b.s.Opportunities().Get(ctx, a, first(t, b.s.Opportunities(), a, "won")); err != nil || o.ActualRevenue.String() != "900.00" || o.Currency != "EUR" {
		t.Errorf("won %+v, %v", o, err)
	}
}

// The rules of VAT are rows of the settings, and other changes leave them.
func TestVATRulesInTheSettings(t *testing.T) {
	b := &browser{world: newWorld(t)}
	rules := func() []process.VATRule {
		st, _, err := b.s.Settings(t.Context(), b.actor)
		if err != nil {
			t.Fatal(err)
		}
		return st.VATRules
	}
	b.open("/settings")
	b.send("/settings", "vat_rules.0.vat.category", "S", "vat_rules.0.vat.rate", "25", "vat_rules.0.country", "SE", "vat_rules.2.vat.category", "G")
	if r := rules(); len(r) != 2 || r[0].Country != "SE" || r[0].VAT.Rate.String() != "25" || r[1].Country != "" || r[1].VAT.Category != "G" {
		t.Fatalf("the rules are %+v", r)
	}
	b.open("/settings")
	b.send("/settings", "terms.quote_valid_days", "20")
	if r := rules(); len(r) != 2 || r[1].VAT.Category != "G" {
		t.Errorf("another change left the rules %+v", r)
	}
	b.open("/settings")
	at, v := b.form("/settings")
	v.Set("vat_rules.0.vat.rate", "0")
	if rec := b.submit(at, v); rec.Code != 422 || !strings.Contains(rec.Body.String(), "aria-invalid") {
		t.Errorf("a rate of 0 answers %d", rec.Code)
	}
	v.Set("more", "vat_rules")
	if rec := b.submit(at, v); rec.Code != 200 || !strings.Contains(rec.Body.String(), `name="vat_rules.rows" value="10"`) {
		t.Errorf("more rows answer %d", rec.Code)
	}
	b.open("/settings")
	b.send("/settings", "vat_rules.0.vat.category", "", "vat_rules.0.vat.rate", "", "vat_rules.0.country", "")
	if r := rules(); len(r) != 1 || r[0].VAT.Category != "G" {
		t.Errorf("emptied, the rules are %+v", r)
	}
}

// Cancelling the rest is not called cancelling the order.
func TestCancelTheRestOnThePage(t *testing.T) {
	b := &browser{world: newWorld(t)}
	_, o := b.ordered("resten")
	b.open("/orders/" + o.ID)
	b.send("/do/fulfil", "quantity."+o.Lines[0].ID, "1")
	b.open("/orders/" + o.ID)
	b.says("Kanseller resten")
	b.send("/do/cancel", "reason", "Utsolgt")
	b.says("Resten av ordren er kansellert.", "Utsolgt")
	_, other := b.ordered("alt")
	b.open("/orders/" + other.ID)
	b.send("/do/cancel")
	b.says("Ordren er kansellert.")
}
