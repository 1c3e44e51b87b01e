package main

import (
	"encoding/json"
	"net/http"
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
