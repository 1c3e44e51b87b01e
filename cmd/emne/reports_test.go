package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// Reports, catalogue and register as programs and people at a terminal use
// them, on both databases.
func TestFiguresOnSQLite(t *testing.T) { figures(startDemo(t)) }

func TestFiguresOnPostgres(t *testing.T) { figures(startDemo(t, "--postgres", storetest.Postgres(t))) }

func figures(w *world) {
	w.sell()
	w.reports()
	w.catalogue()
	w.register()
}

// sell issues an invoice in a price that is easy to add up.
func (w *world) sell() {
	customer := w.api("POST", "customers", map[string]any{"name": "Kunde AS", "organisation_number": "974760673",
		"address": map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["id"].(string)
	draft := w.api("POST", "invoices", map[string]any{"customer": customer, "lines": []any{
		map[string]any{"description": "Work", "quantity": "2", "unit_price": "500"}}})["id"].(string)
	w.api("POST", "invoices/"+draft+"/issue", map[string]any{"send": false})
}

func (w *world) reports() {
	t := w.t
	names, _ := process.ReportRows()
	for _, name := range names {
		if r := w.api("GET", "reports/"+name, nil); r["name"] != name || r["items"] == nil {
			t.Errorf("the report %s is %v", name, r)
		}
		if out := w.cli(exitDone, "report", name); !strings.Contains(out, "\n") {
			t.Errorf("emne report %s prints %q", name, out)
		}
	}
	rows := w.api("GET", "reports/vat?from=2020-01-01&to=2099-12-31", nil)["items"].([]any)
	sum := rows[len(rows)-1].(map[string]any)
	if sum["total"] != true || sum["vat"].(map[string]any)["amount"] != "250.00" || sum["company_vat"].(map[string]any)["amount"] != "250.00" {
		t.Errorf("VAT is %v", rows)
	}
	status, b := w.request("GET", "/api/v1/reports/receivables?format=csv", nil, nil)
	if status != http.StatusOK || !strings.HasPrefix(string(b), "total,customer,customer_id,") || !strings.Contains(string(b), "1250.00") {
		t.Errorf("the CSV answers %d: %s", status, b)
	}
	if out := w.cli(exitDone, "report", "receivables", "--csv"); out != string(b) {
		t.Errorf("emne report --csv prints %q, the API %q", out, b)
	}
	var r struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(w.cli(exitDone, "report", "customers", "--json")), &r); err != nil || len(r.Items) != 2 {
		t.Errorf("emne report --json: %v, %v", r, err)
	}
	w.cli(exitNotFound, "report", "nothing")
	w.cli(exitFailed, "report", "vat", "--from", "yesterday")
	w.cli(exitUsage, "report", "vat", "--csv", "--json")
	for query, want := range map[string]int{"vat?from=2026-13-01": 422, "vat?format=xls": 422, "vat?until=2026-01-01": 422, "nothing": 404} {
		if status, _ := w.request("GET", "/api/v1/reports/"+query, nil, nil); status != want {
			t.Errorf("%s answers %d, want %d", query, status, want)
		}
	}
	if status, b := w.request("GET", "/reports/vat", nil, nil); status != http.StatusOK || !strings.Contains(string(b), "250.00") {
		t.Errorf("the page answers %d", status)
	}
}

func (w *world) catalogue() {
	t := w.t
	file := filepath.Join(t.TempDir(), "products.csv")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("sku;name;unit_price;cost;names.nb\nTEA;Tea;100,50;60;Te\nCUP;Cup;20;;Kopp\n")
	if out := w.cli(exitDone, "product", "import", file); out != "2 new, 0 changed, 0 as they were\n" {
		t.Errorf("the import prints %q", out)
	}
	write("sku,name,unit_price\nTEA,Tea,dear\n,Nameless,1\n")
	w.cli(exitFailed, "product", "import", file)
	status, b := w.request("POST", "/api/v1/products/import", http.Header{"Content-Type": {"text/csv"}}, []byte("sku,name,unit_price\nTEA,Tea,dear\n,Nameless,1\n"))
	if status != 422 || !strings.Contains(string(b), "line 2: unit_price") || !strings.Contains(string(b), "line 3: sku") {
		t.Errorf("the broken file answers %d: %s", status, b)
	}
	exported := w.cli(exitDone, "product", "export")
	if !strings.Contains(exported, ",TEA,Tea,,C62,100.5,") {
		t.Errorf("the export is %s", exported)
	}
	status, b = w.request("POST", "/api/v1/products/import", http.Header{"Content-Type": {"text/csv"}, "Idempotency-Key": {"again"}}, []byte(exported))
	if status != 200 || !strings.Contains(string(b), `"created":0,"changed":0`) {
		t.Errorf("the export comes back as %d: %s", status, b)
	}
	gold := w.api("POST", "customers", map[string]any{"name": "Gull AS", "group": "gold", "language": "nb"})["id"].(string)
	w.cli(exitDone, "price-list", "create", "--name", "Gold", "--group", "gold", "--price", "product=TEA,unit_price=90", "--price", "product=TEA,from=10,unit_price=80.25")
	order := w.api("POST", "orders", map[string]any{"customer": gold, "lines": []any{map[string]any{"product": "TEA", "quantity": "10"}}})
	line := order["lines"].([]any)[0].(map[string]any)
	if line["unit_price"] != "80.25" || line["description"] != "Te" {
		t.Errorf("the line is %v", line)
	}
	tea := w.items("products?sku=TEA")[0]["id"].(string)
	w.cli(exitDone, "product", "archive", tea)
	if status, _ := w.request("POST", "/api/v1/orders", nil, fmt.Appendf(nil, `{"customer":%q,"lines":[{"product":"TEA"}]}`, gold)); status != 422 {
		t.Errorf("an archived product on a new line answers %d", status)
	}
	w.cli(exitDone, "product", "restore", tea)
	w.cli(exitDone, "product", "edit", tea, "--names", "en=Fine tea")
	if p := w.api("GET", "products/"+tea, nil); p["names"].(map[string]any)["en"] != "Fine tea" || p["names"].(map[string]any)["nb"] != "Te" || p["cost"] != "60" {
		t.Errorf("the product is %v", p)
	}
	if out := w.cli(exitDone, "customer", "export"); !strings.Contains(out, "Gull AS") {
		t.Errorf("the customers are %s", out)
	}
}

func (w *world) register() {
	t := w.t
	found := w.items("register?q=fjord")
	if len(found) != 2 {
		t.Fatalf("the demo's register finds %v", found)
	}
	again := w.items("register?q=" + found[0]["organisation_number"].(string))
	if len(again) != 1 || again[0]["name"] != found[0]["name"] {
		t.Errorf("by number: %v", again)
	}
	if status, _ := w.request("GET", "/api/v1/register?q=x", nil, nil); status != 422 {
		t.Errorf("one letter answers %d", status)
	}
	c := w.api("POST", "customers", map[string]any{"name": found[0]["name"], "organisation_number": "974760674", "address": found[0]["address"]})
	if warnings, _ := c["warnings"].([]any); len(warnings) != 1 {
		t.Errorf("a wrong check digit: %v", c)
	}
	if status, b := w.request("GET", "/customers/new?register=hansen", nil, nil); status != http.StatusOK || !strings.Contains(string(b), "HANSEN BYGG AS") {
		t.Errorf("the form answers %d", status)
	}
}
