package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/emne/emne/process/store/storetest"
)

func TestDepositWalkOnSQLite(t *testing.T) { depositWalk(startDemo(t)) }

func TestDepositWalkOnPostgres(t *testing.T) {
	depositWalk(startDemo(t, "--postgres", storetest.Postgres(t)))
}

// An accepted quote is invoiced ahead with VAT. Two deliveries use the deposit
// up; the rest of another order is cancelled, and its deposit credited.
func depositWalk(w *world) {
	t := w.t
	const customer = "kari@tak.example"
	account := w.api("POST", "customers", map[string]any{"name": "Tak AS", "email": customer, "organisation_number": "974760673",
		"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["record"].(map[string]any)["id"].(string)
	lines := []any{map[string]any{"description": "Stein", "quantity": "10", "unit_price": "1000"}, map[string]any{"description": "Lunsj", "unit_price": "400", "vat": map[string]any{"category": "S", "rate": "15"}}}
	quote := w.api("POST", "quotes", map[string]any{"customer": account, "lines": lines, "prepayment": map[string]any{"kind": "deposit", "percent": "50"}})["record"].(map[string]any)["id"].(string)
	w.api("POST", "quotes/"+quote+"/send", nil)
	accepted := w.api("POST", "quotes/"+quote+"/accept", map[string]any{"name": "Kari"})
	deposit := w.api("GET", "invoices/"+created(t, accepted, "invoice"), nil)
	order := w.items("orders?quote=" + quote)[0]
	o := order["id"].(string)
	if deposit["state"] != "issued" || deposit["deposit"] != true || amountOf(deposit, "gross") != "6480.00" || amountOf(order, "deposited") != "6480.00" {
		t.Fatalf("the deposit is %v over %s, the order has %s", deposit["state"], amountOf(deposit, "gross"), amountOf(order, "deposited"))
	}
	if m := w.mail(customer, "Deposit invoice "+deposit["number"].(string)); len(m.Attachments) != 1 {
		t.Errorf("its mail has %d attachments", len(m.Attachments))
	}
	w.api("POST", "payments", map[string]any{"invoice": deposit["id"], "amount": deposit["open"]})
	stone := order["lines"].([]any)[0].(map[string]any)["id"]
	var open []string
	for n, body := range []any{map[string]any{"lines": []any{map[string]any{"id": stone, "quantity": "4"}}}, nil} {
		id := created(t, w.api("POST", "orders/"+o+"/fulfil", body), "invoice")
		issued := w.api("POST", "invoices/"+id+"/issue", nil)["record"].(map[string]any)
		open = append(open, amountOf(issued, "open"))
		for format, want := range map[string]string{"cii": "<ram:TypeCode>380</ram:TypeCode>", "ubl": "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"} {
			status, b := w.request("GET", "/api/v1/invoices/"+id+"/xml?format="+format, nil, nil)
			if status == http.StatusOK && (!bytes.Contains(b, []byte(want)) || !bytes.Contains(b, []byte(">"+deposit["number"].(string)+"<"))) || status != http.StatusOK && format == "cii" {
				t.Errorf("invoice %d as %s answers %d: %s", n, format, status, b)
			}
		}
		if status, b := w.request("GET", "/invoices/"+id, nil, nil); status != http.StatusOK || !bytes.Contains(b, []byte("Less deposit invoice "+deposit["number"].(string))) {
			t.Errorf("its page answers %d", status)
		}
	}
	if strings.Join(open, " ") != "0.00 6480.00" {
		t.Errorf("%v is left to pay", open)
	}
	if status, b := w.request("GET", "/api/v1/invoices/"+deposit["id"].(string)+"/xml?format=cii", nil, nil); status != http.StatusOK || !bytes.Contains(b, []byte("<ram:TypeCode>386</ram:TypeCode>")) {
		t.Errorf("the deposit's XML answers %d: %s", status, b)
	}
	for _, path := range []string{"/orders/" + o, "/invoices/" + deposit["id"].(string), "/quotes/" + quote, "/settings"} {
		if status, b := w.request("GET", path, nil, nil); status != http.StatusOK {
			t.Errorf("%s answers %d: %.300s", path, status, b)
		}
	}

	// By the command line, on an order that is cancelled afterwards.
	other := w.api("POST", "orders", map[string]any{"customer": account, "lines": lines})["record"].(map[string]any)["id"].(string)
	if out := w.cli(exitDone, "order", "prepay", other, "--kind", "deposit", "--percent", "20", "--json"); !strings.Contains(out, `"invoice"`) {
		t.Errorf("emne order prepay gives %s", out)
	}
	w.cli(exitDone, "order", "cancel", other, "--reason", "changed plans")
	taken := w.items("invoices?order=" + other)[0]
	if amountOf(taken, "credited") != "2592.00" || amountOf(taken, "open") != "0.00" {
		t.Errorf("%s of the deposit is credited, %s open", amountOf(taken, "credited"), amountOf(taken, "open"))
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}
