package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A statement of account leaves from the API, the command line and the console,
// and arrives as a PDF with a delivery that says so.
func TestStatementByMail(t *testing.T) {
	w := startDemo(t)
	customer := w.madeBy("customers", `{"name":"Kunde AS","email":"konto@kunde.example","language":"nb","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
	invoice := w.madeBy("invoices", `{"customer":%q,"lines":[%s]}`, customer, labour)
	w.api("POST", "invoices/"+invoice+"/issue", map[string]any{"send": false})
	at := "customers/" + customer
	if status, b := w.request("GET", "/api/v1/"+at+"/statement?format=pdf", nil, nil); status != 200 || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the PDF answers %d with %d bytes", status, len(b))
	}
	file := filepath.Join(t.TempDir(), "statement.pdf")
	w.cli(exitDone, "customer", "statement", customer, "--pdf", file)
	if b, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the command line wrote %d bytes: %v", len(b), err)
	}
	delivery := created(t, w.api("POST", at+"/send_statement", map[string]any{}), "delivery")
	w.cli(exitDone, "customer", "send_statement", customer, "--recipient", "sjefen@kunde.example")
	status, page := w.request("GET", "/"+at+"/statement", nil, nil)
	if status != 200 || !bytes.Contains(page, []byte("/do/send_statement")) || !bytes.Contains(page, []byte("/statement.pdf?")) {
		t.Errorf("the page answers %d without the form", status)
	}
	if status, b := w.post("/"+at+"/do/send_statement", url.Values{"recipient": {"regnskap@kunde.example"}}); status != 303 {
		t.Errorf("the console answers %d: %.200s", status, b)
	}
	for _, address := range []string{"konto@kunde.example", "sjefen@kunde.example", "regnskap@kunde.example"} {
		m := w.mail(address, "Kontoutskrift fra ")
		if len(m.Attachments) != 1 || !strings.HasPrefix(m.Attachments[0].Name, "statement-2") || !strings.Contains(m.FullText, "Saldo: ") {
			t.Errorf("%s got %d files and %q", address, len(m.Attachments), m.FullText)
		}
	}
	w.eventually(10*time.Second, "outcome of the delivery", func() bool { return w.api("GET", "deliveries/"+delivery, nil)["state"] == "accepted" })
	w.verify()
}
