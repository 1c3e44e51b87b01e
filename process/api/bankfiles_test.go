package api

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

const bankHead = "Dato;Beløp;Navn;Melding;KID\n"

// issued is an invoice of 1250.00 with VAT that was issued.
func (s *site) issued() object {
	s.t.Helper()
	draft := s.create("invoices", `{"customer":"`+s.customer()+`","lines":[{"description":"Advice","quantity":"1","unit_price":"1000"}]}`)
	return s.verb("invoices/"+text(draft, "id")+"/issue", `{"send":false}`)["record"].(map[string]any)
}

func TestBankFiles(t *testing.T) {
	s := newSite(t)
	one, other := s.issued(), s.issued()
	file := fmt.Sprintf("%s02.03.2026;1250,00;;;%s\n02.03.2026;400,00;Noen;faktura %s;\n02.03.2026;-5,00;Gebyr;;\n", bankHead, text(one, "payment_reference"), text(other, "number"))
	octets := []string{"Content-Type", "application/octet-stream", "Idempotency-Key", "k1"}
	first := s.do("POST", "bank-files?format=csv&name=a.csv", file, octets...)
	if got := fmt.Sprint(map[string]any(s.want(200, first))); got != "map[booked:1 entries:3 format:csv ignored:1 repeated:0 unmatched:1]" {
		t.Errorf("the file became %s", got)
	}
	if again := s.do("POST", "bank-files?format=csv&name=a.csv", file, octets...); !bytes.Equal(again.body, first.body) {
		t.Errorf("the same key gets %s", again.body)
	}
	if got := s.want(200, s.do("POST", "bank-files", file, "Content-Type", "text/csv")); text(got, "repeated") != "3" || text(got, "booked") != "0" {
		t.Errorf("the same file became %v", got)
	}
	if got := s.want(200, s.do("GET", "invoices/"+text(one, "id"), "")); text(got, "payment") != "paid" {
		t.Errorf("the invoice is %v", at(got, "payment"))
	}
	// A person matches the other one, and pays a part back.
	entry := s.want(200, s.do("GET", "bank-entries?state=unmatched", ""))["items"].([]any)[0]
	if text(entry, "suggestions", 0, "invoice") != text(other, "id") || text(entry, "suggestions", 0, "why") != "number" || text(entry, "file_name") != "a.csv" || text(entry, "position") != "line 3" {
		t.Errorf("the entry is %v", entry)
	}
	matched := s.verb("bank-entries/"+text(entry, "id")+"/match", `{"invoice":"`+text(other, "number")+`"}`)
	payment := created(t, matched, process.TypePayment)
	s.verb("payments/"+payment+"/refund", `{"amount":{"amount":"100.00","currency":"NOK"},"reason":"agreed"}`)
	if got := s.want(200, s.do("GET", "invoices/"+text(other, "id"), "")); text(got, "open", "amount") != "950.00" {
		t.Errorf("open is %v", at(got, "open"))
	}
	if got := s.want(200, s.do("GET", "payments?refund_of="+payment, "")); text(got, "items", 0, "amount", "amount") != "-100.00" {
		t.Errorf("the refund is %v", got)
	}
	if got := s.want(200, s.do("GET", "payments?bank_entry="+text(entry, "id"), "")); text(got, "items", 0, "id") != payment {
		t.Errorf("the entry's payment is %v", got)
	}
	s.want(409, s.do("POST", "bank-entries/"+text(entry, "id")+"/match", `{"invoice":"`+text(one, "number")+`"}`))
}

func TestBankFileForms(t *testing.T) {
	s := newSite(t)
	send := func(status int, fields ...string) object {
		t.Helper()
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		for i := 0; i+1 < len(fields); i += 2 {
			create := m.CreateFormField
			if fields[i] == "file" {
				create = func(name string) (io.Writer, error) { return m.CreateFormFile(name, "bank.csv") }
			}
			part, err := create(fields[i])
			if err == nil {
				_, err = part.Write([]byte(fields[i+1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		return s.want(status, s.do("POST", "bank-files", body.String(), "Content-Type", m.FormDataContentType()))
	}
	file := bankHead + "02.03.2026;1,00;Noen;;\n"
	if got := send(200, "format", "csv", "file", file); text(got, "unmatched") != "1" {
		t.Errorf("%v", got)
	}
	if got := send(422, "format", "ocr", "file", file); text(got, "reason") != "statement.unreadable" || !strings.Contains(text(got, "problems", 0, "message"), "line 1") {
		t.Errorf("%v", got)
	}
	if got := send(422, "note", "x"); text(got, "reason") != "statement.missing" {
		t.Errorf("%v", got)
	}
	s.want(422, s.do("POST", "bank-files", "--x", "Content-Type", "multipart/form-data; boundary=x"))
	s.want(422, s.do("POST", "bank-files", ""))
	if a := s.do("POST", "bank-files", file, "Authorization", "Bearer reader"); a.status != http.StatusForbidden {
		t.Errorf("a reader gets %d", a.status)
	}
	if a := s.do("POST", "bank-files", strings.Repeat("x", maxBankFile+1), "Content-Type", "application/octet-stream"); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large file gets %d", a.status)
	}
	// More than other bodies may have.
	large := file + strings.Repeat("\n", 2*maxBody)
	if got := s.want(200, s.do("POST", "bank-files", large, "Content-Type", "application/octet-stream")); text(got, "repeated") != "1" {
		t.Errorf("%v", got)
	}
}
