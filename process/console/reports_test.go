package console

import (
	"strings"
	"testing"
)

func TestReports(t *testing.T) {
	w := newWorld(t)
	w.everything()
	if rec := w.get("/reports"); rec.Code != 303 || rec.Header().Get("Location") != "/reports/funnel" {
		t.Errorf("/reports answers %d %s", rec.Code, rec.Header().Get("Location"))
	}
	page := w.get("/reports/customers").Body.String()
	for _, want := range []string{"Salg etter kunde", `href="/customers/`, "Beløp i NOK.", "Sum", `value="2026-01-01"`, "format=csv", `aria-current="true">I år`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	rec := w.get("/reports/vat?from=&to=&format=csv")
	if rec.Code != 200 || rec.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(rec.Header().Get("Content-Disposition"), "emne-vat.csv") ||
		!strings.HasPrefix(rec.Body.String(), "total,month,currency,category,rate,") || !strings.Contains(rec.Body.String(), "\ntrue,,NOK,") {
		t.Errorf("the CSV is %d %v %.200s", rec.Code, rec.Header(), rec.Body)
	}
	// What is the same for all rows, or says nothing, takes no column.
	for path, lacks := range map[string]string{"/reports/vat": "egen valuta", "/reports/customers": ">0,00", "/reports/vat_codes": "Måned"} {
		page := w.get(path + "?from=&to=").Body.String()
		if _, table, ok := strings.Cut(page, "<table"); !ok || strings.Contains(table, lacks) || strings.Contains(table, "NOK") {
			t.Errorf("%s says %q or NOK: %s", path, lacks, table)
		}
	}
	if page := w.get("/reports/vat?from=&to=").Body.String(); !strings.Contains(page, "November 2026") || !strings.Contains(page, "Forrige termin") {
		t.Error("the VAT report names no month, or no term")
	}
	for path, want := range map[string]int{"/reports/nothing": 404, "/reports/vat?from=x&to=": 422, "/reports/vat?from=2026-02-01&to=2026-01-01": 422} {
		if rec := w.get(path); rec.Code != want {
			t.Errorf("%s answers %d", path, rec.Code)
		}
	}
	if page := w.get("/reports/vat?from=2026-02-01&to=2026-01-01").Body.String(); !strings.Contains(page, "Den siste dagen er før den første.") {
		t.Error("the page does not say what is wrong")
	}
}
