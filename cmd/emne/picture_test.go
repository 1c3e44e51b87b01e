package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// drawing is a PNG of one colour.
func drawing(t *testing.T, c color.RGBA) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for i := range img.Pix {
		img.Pix[i] = [4]uint8{c.R, c.G, c.B, 255}[i%4]
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPicturesOfProducts gives a product a picture by the command line, the API
// and the console, and finds it on the quote, on the copy with its acceptance,
// and nowhere on the invoice. A later picture changes no quote that was sent.
func TestPicturesOfProducts(t *testing.T) {
	w := startDemo(t)
	product := w.api("POST", "products", map[string]any{"sku": "SKAP", "name": "Skap", "unit_price": "4890"})["record"].(map[string]any)["id"].(string)
	at := "/api/v1/products/" + product + "/picture"
	if status, _ := w.request("GET", at, nil, nil); status != http.StatusNotFound {
		t.Errorf("no picture answers %d", status)
	}
	file := filepath.Join(t.TempDir(), "skap.png")
	if err := os.WriteFile(file, drawing(t, color.RGBA{200, 60, 20, 255}), 0o600); err != nil {
		t.Fatal(err)
	}
	w.cli(0, "product", "picture", product, file)
	w.cli(2, "product", "picture", product)
	w.cli(2, "product", "picture", product, file, "--remove")
	status, first := w.request("GET", at, nil, nil)
	if img, err := jpeg.DecodeConfig(bytes.NewReader(first)); err != nil || status != http.StatusOK || img.Width != 320 || img.Height != 213 {
		t.Fatalf("the picture answers %d, %v, %+v", status, err, img)
	}

	pictures := func(b []byte) int { return bytes.Count(b, []byte("/DCTDecode")) }
	account := w.api("POST", "customers", map[string]any{"name": "Kunde AS", "email": "kjop@kunde.example", "language": "nb", "organisation_number": "912345678", "address": map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["record"].(map[string]any)["id"].(string)
	lines := []any{map[string]any{"product": "SKAP", "quantity": "2"}, map[string]any{"description": "Montering", "unit": "HUR", "unit_price": "900"}}
	quote := w.api("POST", "quotes", map[string]any{"customer": account, "lines": lines})["record"].(map[string]any)["id"].(string)
	if _, draft := w.request("GET", "/api/v1/quotes/"+quote+"/pdf", nil, nil); pictures(draft) != 1 {
		t.Errorf("the draft has %d pictures", pictures(draft))
	}
	w.api("POST", "quotes/"+quote+"/send", nil)
	sent := w.mail("kjop@kunde.example", "Tilbud T-").Attachments[0].Content
	if pictures(sent) != 1 {
		t.Errorf("the quote that was sent has %d pictures", pictures(sent))
	}

	if status, b := w.request("PUT", at, http.Header{"Content-Type": {"image/png"}}, drawing(t, color.RGBA{20, 60, 200, 255})); status != http.StatusOK {
		t.Fatalf("another picture answers %d %s", status, b)
	}
	if status, b := w.request("PUT", at, http.Header{"Content-Type": {"image/png"}}, []byte("no picture")); status != http.StatusUnprocessableEntity || !bytes.Contains(b, []byte("picture.unreadable")) {
		t.Errorf("a text answers %d %s", status, b)
	}
	if status, b := w.request("PUT", at, http.Header{"Content-Type": {"image/png"}, "If-Match": {"1"}}, drawing(t, color.RGBA{1, 2, 3, 255})); status != http.StatusConflict {
		t.Errorf("an old version answers %d %s", status, b)
	}
	w.api("POST", "quotes/"+quote+"/accept", map[string]any{"name": "Kari Nordmann"})
	accepted := w.mail("kjop@kunde.example", "Takk for bestillingen").Attachments[0].Content
	if !bytes.Contains(accepted, first) {
		t.Error("the copy with the acceptance does not have the picture that was offered")
	}
	order := w.items("orders?limit=1")[0]["id"].(string)
	w.api("POST", "orders/"+order+"/fulfil", nil)
	invoice := w.items("invoices?limit=1")[0]["id"].(string)
	w.api("POST", "invoices/"+invoice+"/issue", nil)
	if _, b := w.request("GET", "/api/v1/invoices/"+invoice+"/pdf", nil, nil); pictures(b) != 0 || !bytes.HasPrefix(b, []byte("%PDF")) {
		t.Errorf("the invoice has %d pictures", pictures(b))
	}

	page := func() string {
		status, b := w.request("GET", "/products/"+product, nil, nil)
		if status != http.StatusOK {
			t.Fatalf("the product's page answers %d", status)
		}
		return string(b)
	}
	if p := page(); !strings.Contains(p, `<img class="picture" src="/products/`+product+`/picture?v=`) || !strings.Contains(p, `alt="Skap"`) {
		t.Error("the product's page does not show the picture")
	}
	submit := func(content []byte, fields ...string) (int, []byte) {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		if content != nil {
			part, err := m.CreateFormFile("file", "skap.png")
			if err != nil {
				t.Fatal(err)
			}
			part.Write(content)
		}
		for i := 0; i < len(fields); i += 2 {
			m.WriteField(fields[i], fields[i+1])
		}
		m.Close()
		return w.request("POST", "/products/"+product+"/picture", http.Header{"Content-Type": {m.FormDataContentType()}}, body.Bytes())
	}
	if status, b := submit([]byte("text")); status != http.StatusUnprocessableEntity || !bytes.Contains(b, []byte("The picture cannot be used.")) {
		t.Errorf("a text in the form answers %d %s", status, b)
	}
	if status, b := submit(nil); status != http.StatusUnprocessableEntity || !bytes.Contains(b, []byte("Choose a PNG or JPEG.")) {
		t.Errorf("an empty form answers %d %s", status, b)
	}
	if status, _ := submit(drawing(t, color.RGBA{90, 90, 90, 255})); status >= 400 {
		t.Errorf("a picture in the form answers %d", status)
	}
	_, grey := w.request("GET", at, nil, nil)
	if bytes.Equal(grey, first) {
		t.Error("the form changed nothing")
	}
	if status, b := w.request("GET", "/products/"+product+"/picture", nil, nil); status != http.StatusOK || !bytes.Equal(b, grey) {
		t.Errorf("the console's picture answers %d", status)
	}
	if status, _ := submit(nil, "remove", "1"); status >= 400 || strings.Contains(page(), `class="picture"`) {
		t.Errorf("taking it away answers %d", status)
	}
	w.cli(0, "verify")
}
