package console

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func (w *world) sheet(path, file string) *httptest.ResponseRecorder {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "products.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(r)
}

func TestImportPage(t *testing.T) {
	w := newWorld(t)
	rec := w.sheet("/products/import", "sku;name;unit_price\nTE;Te;12,50\nKOPP;Kopp;20\n")
	sound(t, "/products/import", "nb", rec)
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "Importert: 2 nye, 0 endret, 0 som før.") {
		t.Errorf("the upload answers %d %s", rec.Code, rec.Body)
	}
	rec = w.sheet("/products/import", "sku;name;unit_price\nTE;Te;dyr\n;Uten;1\n")
	for _, want := range []string{"Linje 2, unit_price: ", "Linje 3, sku: "} {
		if rec.Code != 422 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("the broken file answers %d without %q: %s", rec.Code, want, rec.Body)
		}
	}
	if rec := w.post("/products/import"); rec.Code != 422 || !strings.Contains(rec.Body.String(), "Velg en fil.") {
		t.Errorf("no file answers %d", rec.Code)
	}
	if rec := w.sheet("/products/import", strings.Repeat("x", maxForm)); rec.Code != 413 {
		t.Errorf("a large file answers %d", rec.Code)
	}
	if rec := w.get("/products/export"); rec.Code != 200 || !strings.Contains(rec.Body.String(), ",TE,Te,,C62,12.5,") {
		t.Errorf("the export answers %d %s", rec.Code, rec.Body)
	}
	w.actor.Role = process.RoleReader
	if rec := w.get("/products/import"); rec.Code != 403 {
		t.Errorf("a reader's import answers %d", rec.Code)
	}
	if body := w.get("/products").Body.String(); strings.Contains(body, "/products/import") || !strings.Contains(body, "/products/export") {
		t.Error("a reader is offered the import, or not the export")
	}
}

func TestPriceListForm(t *testing.T) {
	w := newWorld(t)
	w.sheet("/products/import", "sku;name;unit_price\nTE;Te;12,50\n")
	rec := w.post("/price-lists", "name", "Gull", "currency", "NOK", "group", "gull", "prices.rows", "4", "prices.0.product", "TE", "prices.0.unit_price", "12",
		"prices.2.product", "TE", "prices.2.from", "10", "prices.2.unit_price", "1 011,25")
	if rec.Code != 303 {
		t.Fatalf("the form answers %d: %s", rec.Code, rec.Body)
	}
	id := first(t, w.s.PriceLists(), w.actor, "active")
	form := w.get("/price-lists/" + id + "/edit").Body.String()
	for _, want := range []string{`name="prices.0.product" value="TE"`, `name="prices.0.unit_price" value="12"`, `name="prices.1.from" value="10"`, `name="prices.1.unit_price" value="1011,25"`, `name="prices.rows" value="5"`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	cell := func(name string) string { return `name="` + name + `" value="` }
	for _, c := range []struct {
		row  []string
		cell string
	}{
		{[]string{"prices.1.product", "TE"}, "prices.1.unit_price"}, {[]string{"prices.1.product", "KOPP", "prices.1.unit_price", "2"}, "prices.1.product"},
		{[]string{"prices.1.product", "TE", "prices.1.from", "x", "prices.1.unit_price", "2"}, "prices.1.from"},
	} {
		rec := w.post("/price-lists", append(c.row, "name", "Feil", "prices.rows", "3", "prices.0.product", "TE", "prices.0.unit_price", "1")...)
		_, after, _ := strings.Cut(rec.Body.String(), cell(c.cell))
		if input, _, _ := strings.Cut(after, ">"); rec.Code != 422 || !strings.Contains(input, "aria-invalid") {
			t.Errorf("%v answers %d, and the cell %s is not marked", c.row, rec.Code, c.cell)
		}
	}
	if rec := w.post("/price-lists", "name", "Flere", "prices.rows", "3", "prices.0.product", "TE", "more", "prices"); rec.Code != 200 || !strings.Contains(rec.Body.String(), `name="prices.rows" value="8"`) {
		t.Errorf("more rows answer %d", rec.Code)
	}
	// Emptied rows are gone.
	if rec := w.post("/price-lists/"+id+"/edit", "name", "Gull", "currency", "NOK", "prices.rows", "2", "prices.1.product", "TE", "prices.1.unit_price", "9"); rec.Code != 303 {
		t.Fatalf("the edit answers %d: %s", rec.Code, rec.Body)
	}
	if l, err := w.s.PriceLists().Get(t.Context(), w.actor, id); err != nil || len(l.Prices) != 1 || l.Prices[0].UnitPrice.String() != "9" || l.Group != "" {
		t.Errorf("the list is %+v, %v", l, err)
	}
}

// A product's tables are written in rows, and come back as they were.
func TestProductForm(t *testing.T) {
	w := newWorld(t)
	w.sheet("/products/import", "sku;name;unit_price\nTE;Te;12,50\nKOPP;Kopp;20\n")
	form := []string{"sku", "SETT", "name", "Tesett", "unit_price", "0", "unit", "SET", "bundle.rows", "3", "bundle.0.product", "TE", "bundle.0.quantity", "2,5",
		"bundle.1.product", "KOPP", "bundle.1.quantity", "4", "show_parts", "1", "vat_by_country.rows", "3", "vat_by_country.0.country", "SE", "vat_by_country.0.category", "S", "vat_by_country.0.rate", "25",
		"vat_by_country.2.country", "US", "vat_by_country.2.category", "G"}
	rec := w.post("/products", form...)
	if rec.Code != 303 {
		t.Fatalf("the form answers %d: %s", rec.Code, rec.Body)
	}
	at, _, _ := strings.Cut(rec.Header().Get("Location"), "?")
	id := path.Base(at)
	page := w.get("/products/" + id)
	sound(t, "/products/"+id, "nb", page)
	for _, want := range []string{"2,5 × TE", "4 × KOPP", "Sverige"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the product's page lacks %q", want)
		}
	}
	body := w.get("/products/" + id + "/edit").Body.String()
	for _, want := range []string{`name="bundle.0.quantity" value="2,5"`, `name="bundle.1.product" value="KOPP"`, `<option value="US" selected>`, `name="vat_by_country.1.rate" value="0"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	for _, bundle := range [][]string{{"bundle.0.product", "TE"}, {"bundle.0.product", "TE", "bundle.0.quantity", "mange"}, {"bundle.0.product", "TE", "bundle.0.quantity", "0"}, {"bundle.0.product", "INGEN", "bundle.0.quantity", "1"}} {
		if rec := w.post("/products", append(bundle, "sku", "X", "name", "X", "unit_price", "1", "bundle.rows", "1")...); rec.Code != 422 || !strings.Contains(rec.Body.String(), "aria-invalid") {
			t.Errorf("%q answers %d", bundle, rec.Code)
		}
	}
}

func TestRatesPage(t *testing.T) {
	w := newWorld(t)
	if page := w.get("/rates/import"); page.Code != 200 || !strings.Contains(page.Body.String(), "eurofxref") {
		t.Errorf("the form answers %d %s", page.Code, page.Body)
	}
	if rec := w.sheet("/rates/import", "Dato;Valuta;Kurs;Enheter\n27.02.2026;SEK;99,13;100\n"); rec.Code != 200 || !strings.Contains(rec.Body.String(), "1 nye") {
		t.Errorf("the upload answers %d %s", rec.Code, rec.Body)
	}
	if body := w.get("/rates").Body.String(); !strings.Contains(body, "SEK") || !strings.Contains(body, "0,9913") {
		t.Errorf("the list is %s", body)
	}
	if rec := w.sheet("/rates/import", "date,currency,rate\n2026-02-27,XXX,1\n"); rec.Code != 422 || !strings.Contains(rec.Body.String(), "Linje 2, currency: ") {
		t.Errorf("the broken file answers %d %s", rec.Code, rec.Body)
	}
	// A rate by hand takes the place of the day's.
	if rec := w.post("/rates", "currency", "SEK", "date", "2026-02-27", "rate", "101,5", "units", "100"); rec.Code != 303 {
		t.Errorf("the form answers %d %s", rec.Code, rec.Body)
	}
	if body := w.get("/rates").Body.String(); !strings.Contains(body, "1,015") || strings.Contains(body, "0,9913") || !strings.Contains(body, "For hånd") {
		t.Errorf("the list is %s", body)
	}
	if rec := w.post("/rates", "currency", "NOK", "rate", "0"); rec.Code != 422 || strings.Count(rec.Body.String(), "aria-invalid") != 2 {
		t.Errorf("a wrong rate answers %d %s", rec.Code, rec.Body)
	}
}
