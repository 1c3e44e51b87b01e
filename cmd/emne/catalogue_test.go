package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process/store/storetest"
)

// The catalogue and the rates of exchange by API and command line, on each database.
func TestCatalogueOnSQLite(t *testing.T) { catalogueWalk(startDemo(t)) }

func TestCatalogueOnPostgres(t *testing.T) {
	catalogueWalk(startDemo(t, "--postgres", storetest.Postgres(t)))
}

func catalogueWalk(w *world) {
	t := w.t
	write := func(name, data string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	products := "sku;name;unit_price;unit;bundle;show_parts;vat_by_country\nWALK-SET;Sett;400;SET;2 WALK-A | 1 WALK-B;x;SE G\n" +
		"WALK-A;Stol;100;C62;;;SE G\nWALK-B;Bord;250,50;C62;;;SE G\n"
	if out := w.cli(exitDone, "product", "import", write("products.csv", products)); !strings.Contains(out, "3 new") {
		t.Errorf("the import says %s", out)
	}
	file := filepath.Join(t.TempDir(), "export.csv")
	w.cli(exitDone, "product", "export", file)
	if out := w.cli(exitDone, "product", "import", file); !strings.Contains(out, "0 new, 0 changed") {
		t.Errorf("the export comes back as %s", out)
	}
	ecb := `<Envelope><Cube><Cube time="2020-01-02"><Cube currency="NOK" rate="10.00"/><Cube currency="SEK" rate="12.5"/></Cube></Cube></Envelope>`
	if out := w.cli(exitDone, "rates", "import", write("rates.xml", ecb)); !strings.Contains(out, "2 new, 0 changed, 0 as they were") {
		t.Errorf("the import of rates says %s", out)
	}
	if out := w.cli(exitDone, "rate", "create", "--currency", "USD", "--date", "2020-01-02", "--rate", "8.8", "--json"); !strings.Contains(out, `"hand"`) {
		t.Errorf("a rate by hand gives %s", out)
	}
	lists := "name,group,product,from,unit_price\nWalk,walkers,WALK-A,,95\nWalk,,WALK-A,10,90\n"
	if out := w.cli(exitDone, "price-list", "import", write("lists.csv", lists)); !strings.Contains(out, "1 new") {
		t.Errorf("the import of price lists says %s", out)
	}
	if out := w.cli(exitDone, "price-list", "import", write("again.csv", w.cli(exitDone, "price-list", "export"))); !strings.Contains(out, "0 new, 0 changed") {
		t.Errorf("the exported price lists come back as %s", out)
	}
	if out := w.cli(exitDone, "register", "fjord", "fisk"); !strings.Contains(out, "999456006") || !strings.Contains(out, "bankrupt") {
		t.Errorf("the register says %s", out)
	}
	walker := w.api("POST", "customers", map[string]any{"name": "Tur AS", "group": "walkers"})["id"].(string)
	for quantity, net := range map[string]string{"9": "855.00", "10": "900.00"} {
		out := w.cli(exitDone, "quote", "create", "--customer", walker, "--line", "product=WALK-A,quantity="+quantity, "--json")
		if !strings.Contains(out, net) {
			t.Errorf("%s of them cost %s", quantity, out)
		}
	}
	w.cli(exitFailed, "rate", "import", write("broken.csv", "date,currency,rate\n2020-01-02,BTC,1\n"))
	if rates := w.items("rates?currency=SEK&date=2020-01-02"); len(rates) != 1 || rates[0]["rate"] != "0.8" || rates[0]["base"] != "NOK" {
		t.Errorf("the rates are %v", rates)
	}
	customer := w.api("POST", "customers", map[string]any{"name": "Stol AB", "email": "stol@catalogue.example", "organisation_number": "5560000000",
		"address": map[string]any{"street": "Gatan 1", "postcode": "11120", "city": "Stockholm", "country": "SE"}})["id"].(string)
	invoice := w.api("POST", "invoices", map[string]any{"customer": customer, "lines": []any{map[string]any{"product": "WALK-SET"}}})
	if amountOf(invoice, "net") != "400.00" || amountOf(invoice, "vat") != "0.00" || len(invoice["lines"].([]any)) != 3 {
		t.Errorf("the bundle comes to %v", invoice)
	}
	foreign := w.api("POST", "invoices", map[string]any{"customer": customer, "currency": "SEK",
		"lines": []any{map[string]any{"description": "Timer", "unit": "HUR", "unit_price": "100", "vat": map[string]any{"category": "S", "rate": "25"}}}})["id"].(string)
	issued := w.api("POST", "invoices/"+foreign+"/issue", nil)["record"].(map[string]any)
	if x, _ := issued["exchange"].(map[string]any); x["rate"] != "0.8" || x["date"] != "2020-01-02" {
		t.Errorf("the invoice froze the rate %v", issued["exchange"])
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}
