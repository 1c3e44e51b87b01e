package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// plainInvoices write a number between tags, and miss an address for UBL.
type plainInvoices struct{}

func (plainInvoices) XML(s process.Snapshot, format string, _ ...process.File) ([]byte, []process.Problem, error) {
	if format == process.FormatUBL && s.Buyer.Endpoint.ID == "" {
		return nil, []process.Problem{{Field: "customer.e_invoice_address", Rule: "PEPPOL-EN16931-R010", Reason: "no.address", Message: "the customer has no e-invoice address", Channel: "peppol"}}, nil
	}
	return []byte("<" + format + ">" + s.Number + "</" + format + ">"), nil, nil
}

// newInvoicingSite is a site that writes e-invoices.
func newInvoicingSite(t *testing.T) *site {
	t.Helper()
	clock, log := ticking(), &safeBuffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	service := process.New(process.Options{Store: db, Documents: plainDocuments{}, Invoices: plainInvoices{}, Clock: clock, Key: bytes.Repeat([]byte("k"), 32)})
	server := httptest.NewServer(New(Options{Service: service, Authenticate: roles{}, Version: "1.2.3", Logger: logger, Sources: fixedSources{}}))
	s := &site{t: t, url: server.URL, service: service, log: log, client: server.Client()}
	t.Cleanup(func() {
		server.Close()
		s.client.CloseIdleConnections()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestXML(t *testing.T) {
	s := newInvoicingSite(t)
	customer := s.customer()
	invoice := text(s.create("invoices", `{"customer":"`+customer+`","recipient":"kari@fjord.example","supply_date":"2026-03-01","lines":`+oneLine+`}`), "id")
	if a := s.do("GET", "invoices/"+invoice+"/xml", ""); a.status != 409 {
		t.Errorf("a draft: %d %s", a.status, a.body)
	}
	number := text(s.verb("invoices/"+invoice+"/issue", `{"send":false}`), "record", "number")
	a := s.do("GET", "invoices/"+invoice+"/xml", "", "Accept", "image/png")
	if a.status != 200 || string(a.body) != "<cii>"+number+"</cii>" || a.header.Get("Content-Type") != "application/xml" ||
		a.header.Get("Content-Disposition") != "attachment; filename=invoice-"+number+"-cii.xml" {
		t.Errorf("cii: %d %v %s", a.status, a.header, a.body)
	}
	a = s.do("GET", "invoices/"+invoice+"/xml?format=ubl", "")
	var p problemDetails
	if err := json.Unmarshal(a.body, &p); err != nil || a.status != 409 || p.Code != "conflict" || len(p.Problems) != 1 || p.Problems[0].Field != "customer.e_invoice_address" {
		t.Errorf("without an address: %d %s %v", a.status, a.body, err)
	}
	note := created(t, s.verb("invoices/"+invoice+"/credit", `{"reason":"feil","send":false}`), "credit-note")
	if a := s.do("GET", "credit-notes/"+note+"/xml?format=cii", ""); a.status != 200 || !bytes.HasPrefix(a.body, []byte("<cii>")) {
		t.Errorf("credit note: %d %s", a.status, a.body)
	}
	if a := s.do("GET", "invoices/nothing/xml", ""); a.status != 404 {
		t.Errorf("no such invoice: %d", a.status)
	}
}
