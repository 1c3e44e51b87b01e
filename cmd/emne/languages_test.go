package main

import (
	"bytes"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestDocumentsInTheCustomersLanguage sends a German and a French customer
// their quote and invoice.
func TestDocumentsInTheCustomersLanguage(t *testing.T) {
	w := startDemo(t)
	for _, c := range []struct{ language, quote, quoteText, invoice, invoiceText, amount string }{
		{"de", "Angebot T-", "Anbei erhalten Sie unser Angebot", "Rechnung ", "Rechnungsdatum", "2.500,00 NOK"},
		{"fr", "Devis T-", "Veuillez trouver notre devis", "Facture ", "Date de facture", "2 500,00 NOK"},
	} {
		to := "kunde@" + c.language + ".example"
		account := w.api("POST", "customers", map[string]any{"name": "Groß " + c.language, "email": to, "language": c.language,
			"address": map[string]any{"street": "Platz 1", "postcode": "10115", "city": "Berlin", "country": "NO"}})["record"].(map[string]any)["id"].(string)
		lines := []any{map[string]any{"description": "Arbeit", "quantity": "2", "unit": "HUR", "unit_price": "1000"}}
		quote := w.api("POST", "quotes", map[string]any{"customer": account, "lines": lines})["record"].(map[string]any)["id"].(string)
		w.api("POST", "quotes/"+quote+"/send", nil)
		if m := w.mail(to, c.quote); !strings.Contains(m.FullText, c.quoteText) || !strings.Contains(strings.ReplaceAll(m.FullText, "\u00a0", " "), c.amount) {
			t.Errorf("the mail in %s is\n%s", c.language, m.FullText)
		}
		invoice := w.api("POST", "invoices", map[string]any{"customer": account, "lines": lines})["record"].(map[string]any)["id"].(string)
		number := w.api("POST", "invoices/"+invoice+"/issue", nil)["record"].(map[string]any)["number"].(string)
		w.mail(to, c.invoice+number)
		status, b := w.request("GET", "/api/v1/invoices/"+invoice+"/pdf", nil, nil)
		read := exec.Command("pdftotext", "-layout", "-", "-")
		read.Stdin = bytes.NewReader(b)
		text, err := read.Output()
		if plain := strings.ReplaceAll(string(text), "\u00a0", " "); err != nil || status != http.StatusOK || !strings.Contains(plain, c.invoice+number) || !strings.Contains(plain, c.invoiceText) || !strings.Contains(plain, c.amount) {
			t.Errorf("the invoice in %s answers %d, %v:\n%s", c.language, status, err, plain)
		}
	}
	if status, b := w.request("POST", "/api/v1/customers", http.Header{"Content-Type": {"application/json"}}, []byte(`{"name": "Elli", "language": "el"}`)); status != http.StatusUnprocessableEntity || !bytes.Contains(b, []byte("nb, nn, en, sv, da, de, fr")) {
		t.Errorf("Greek answers %d: %s", status, b)
	}
}
