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
	rec := w.post("/price-lists", "name", "Gull", "currency", "NOK", "group", "gull", "prices", "TE; 12\r\nTE; 10; 1 011,25\r\n")
	if rec.Code != 303 {
		t.Fatalf("the form answers %d: %s", rec.Code, rec.Body)
	}
	id := first(t, w.s.PriceLists(), w.actor, "active")
	if form := w.get("/price-lists/" + id + "/edit").Body.String(); !strings.Contains(form, "TE; 0; 12\nTE; 10; 1011,25") {
		t.Errorf("the form begins with %s", form)
	}
	for prices, want := range map[string]string{"TE": "Linje 1: Skriv det som", "TE; 1\nKOPP; 2": "Linje 2: ", "TE; x; 2": "Linje 1: "} {
		if rec := w.post("/price-lists", "name", "Feil", "prices", prices); rec.Code != 422 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q answers %d without %q: %s", prices, rec.Code, want, rec.Body)
		}
	}
}

// A product's tables are written as lines, and come back as they were.
func TestProductForm(t *testing.T) {
	w := newWorld(t)
	w.sheet("/products/import", "sku;name;unit_price\nTE;Te;12,50\nKOPP;Kopp;20\n")
	form := []string{"sku", "SETT", "name", "Tesett", "unit_price", "0", "unit", "SET", "bundle", "TE; 2,5\r\nKOPP; 4\r\n", "show_parts", "1", "vat_by_country", "SE; S; 25\nUS; G"}
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
	if form := w.get("/products/" + id + "/edit").Body.String(); !strings.Contains(form, "TE; 2,5\nKOPP; 4") || !strings.Contains(form, "SE; S; 25\nUS; G; 0") {
		t.Errorf("the form begins with %s", form)
	}
	for bundle, want := range map[string]string{"TE": "Linje 1: Mengden", "TE; mange": "Skriv en rad per linje", "TE; 1\nINGEN; 1": "Linje 2: "} {
		if rec := w.post("/products", "sku", "X", "name", "X", "unit_price", "1", "bundle", bundle); rec.Code != 422 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q answers %d without %q: %s", bundle, rec.Code, want, rec.Body)
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
}
