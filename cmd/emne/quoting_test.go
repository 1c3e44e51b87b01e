package main

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/emne/emne/process/store/storetest"
)

func TestQuotingWalkOnSQLite(t *testing.T) { quotingWalk(startDemo(t)) }

func TestQuotingWalkOnPostgres(t *testing.T) {
	quotingWalk(startDemo(t, "--postgres", storetest.Postgres(t)))
}

// A quote with headings, options, a discount, freight and a prepayment becomes
// an order with the customer's choice, part invoices that share the discount,
// and documents in PDF and XML.
func quotingWalk(w *world) {
	t := w.t
	const customer = "kari@tak.example"
	account := w.api("POST", "customers", map[string]any{"name": "Tak AS", "email": customer, "organisation_number": "974760673",
		"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["record"].(map[string]any)["id"].(string)
	quote := w.api("POST", "quotes", map[string]any{"customer": account, "title": "Tak", "prepayment": map[string]any{"percent": "20"},
		"lines": []any{map[string]any{"kind": "section", "description": "Taket"}, map[string]any{"description": "Stein", "quantity": "10", "unit_price": "100", "discount_percent": "4", "charge_percent": "4", "charge_reason": "Miljøgebyr"},
			map[string]any{"description": "Takrenner", "unit_price": "500", "option": true, "ticked": true},
			map[string]any{"kind": "section", "description": "Hagen"}, map[string]any{"description": "Gjerde", "unit_price": "2000", "option": true}},
		"adjustments": []any{map[string]any{"percent": "10", "reason": "Vennerabatt"},
			map[string]any{"charge": true, "reason": "Frakt", "amount": map[string]any{"amount": "80.00", "currency": "NOK"}}}})["record"].(map[string]any)
	id := quote["id"].(string)
	if amountOf(quote, "net") != "1430.00" || amountOf(quote, "gross") != "1787.50" {
		t.Fatalf("the quote is over %s, %s with VAT", amountOf(quote, "net"), amountOf(quote, "gross"))
	}
	sent := w.api("POST", "quotes/"+id+"/send", nil)["record"].(map[string]any)
	token := linkIn(t, w.mail(customer, sent["number"].(string)))
	_, page := w.request("GET", "/p/"+token, http.Header{"Authorization": {""}}, nil)
	fence := sent["lines"].([]any)[4].(map[string]any)["id"].(string)
	for _, want := range []string{`name="option" value="` + fence + `"`, "Paid ahead on acceptance", "Vennerabatt", "Frakt", "Hagen"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the customer's page lacks %s", want)
		}
	}

	// The customer takes the fence and not the gutters; another choice is too late.
	form := url.Values{"name": {"Kari"}, "terms": {"1"}, "sha256": {sent["sha256"].(string)}, "option": {fence}, "customer_reference": {"PO 4710"}}
	if status, b := w.post("/p/"+token+"/choose", form); status != http.StatusOK || !bytes.Contains(b, []byte("3,475.00")) || !bytes.Contains(b, []byte("Miljøgebyr")) { // 2780 and VAT
		t.Fatalf("choosing answers %d: %s", status, b)
	}
	for range 2 {
		if status, b := w.post("/p/"+token+"/accept", form); status/100 > 3 {
			t.Fatalf("accepting answers %d: %s", status, b)
		}
	}
	form.Del("option")
	if status, _ := w.post("/p/"+token+"/accept", form); status != http.StatusConflict {
		t.Errorf("another choice answers %d", status)
	}
	order := w.items("orders?customer=" + account)[0]
	if order["customer_reference"] != "PO 4710" {
		t.Errorf("the customer calls the order %v", order["customer_reference"])
	}
	if amountOf(order, "net") != "2780.00" || len(order["lines"].([]any)) != 4 { // 3000 − 300 + 80
		t.Errorf("the order is over %s with %d lines", amountOf(order, "net"), len(order["lines"].([]any)))
	}
	request := order["payment_request"].(map[string]any)
	if got := request["amount"].(map[string]any)["amount"]; got != "695.00" {
		t.Errorf("the prepayment is %v", got)
	}
	if m := w.mail(customer, request["number"].(string)); len(m.Attachments) != 1 {
		t.Errorf("the payment request's mail has %d attachments", len(m.Attachments))
	}
	o := order["id"].(string)
	w.api("PATCH", "orders/"+o, map[string]any{"customer_reference": "PO 4711", "delivery_address": map[string]any{"street": "Hytta 1", "postcode": "3580", "city": "Geilo"}})
	w.api("POST", "orders/"+o+"/send", nil)
	w.mail(customer, "confirmation "+order["number"].(string))
	w.api("POST", "payments", map[string]any{"order": o, "amount": map[string]any{"amount": "695.00", "currency": "NOK"}})

	// Two deliveries, one of which comes back in part; the invoices sum to the order.
	stone := order["lines"].([]any)[1].(map[string]any)["id"]
	drafts := []string{created(t, w.api("POST", "orders/"+o+"/fulfil", map[string]any{"lines": []any{map[string]any{"id": stone, "quantity": "3"}}}), "invoice")}
	w.api("POST", "orders/"+o+"/return", map[string]any{"lines": []any{map[string]any{"id": stone, "quantity": "1"}}})
	drafts = append(drafts, created(t, w.api("POST", "orders/"+o+"/fulfil", nil), "invoice"))
	var sums, prepaid []string
	for _, draft := range drafts {
		i := w.api("POST", "invoices/"+draft+"/issue", nil)["record"].(map[string]any)
		sums, prepaid = append(sums, amountOf(i, "gross")), append(prepaid, amountOf(i, "prepaid"))
		for format, want := range map[string]string{"cii": "<ram:AllowanceTotalAmount>", "ubl": "<cbc:AllowanceTotalAmount"} {
			status, b := w.request("GET", "/api/v1/invoices/"+draft+"/xml?format="+format, nil, nil)
			if format == "cii" && !bytes.Contains(b, []byte("Miljøgebyr")) {
				t.Errorf("the line's charge is not in %s", b)
			}
			if status != http.StatusOK && format == "cii" || status == http.StatusOK && !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s answers %d: %s", format, status, b)
			}
		}
	}
	if strings.Join(sums, " ") != "347.50 3127.50" || strings.Join(prepaid, " ") != "347.50 347.50" { // a tenth of the lines, and of 347.50 paid ahead each
		t.Errorf("the invoices are over %v and deduct %v", sums, prepaid)
	}
	if o := w.api("GET", "orders/"+o, nil); o["progress"] != "completed" || amountOf(o, "deducted") != "695.00" {
		t.Errorf("the order is %v, deducted %s", o["progress"], amountOf(o, "deducted"))
	}

	// The copy is compared with the quote, over the API, on a page and by the command line.
	copied := created(t, w.api("POST", "quotes/"+id+"/copy", nil), "quote")
	w.api("PATCH", "quotes/"+copied, map[string]any{"title": "Et annet tak"})
	if c := w.api("GET", "quotes/"+copied+"/compare?with="+id, nil); len(c["fields"].([]any)) == 0 {
		t.Errorf("nothing differs: %v", c)
	}
	if status, b := w.request("GET", "/quotes/"+copied+"/compare?with="+id, nil, nil); status != http.StatusOK || !bytes.Contains(b, []byte("Et annet tak")) {
		t.Errorf("the page of the comparison answers %d", status)
	}
	for _, path := range []string{"/quotes/" + copied + "/edit", "/orders/" + o, "/orders/" + o + "/edit", "/invoices/" + drafts[1], "/orders/" + o + "/pdf", "/settings"} {
		if status, b := w.request("GET", path, nil, nil); status != http.StatusOK {
			t.Errorf("%s answers %d: %.300s", path, status, b)
		}
	}
	if out := w.cli(exitDone, "order", "send", o, "--recipient", "boss@tak.example", "--json"); !strings.Contains(out, "delivery") {
		t.Errorf("emne order send gives %s", out)
	}
	if out := w.cli(exitDone, "quote", "compare", copied, id); !strings.Contains(out, "Et annet tak") {
		t.Errorf("emne quote compare gives %s", out)
	}
	out := w.cli(exitDone, "quote", "create", "--customer", account, "--line", "description=Lys,unit_price=100", "--line", "description=Lampe,unit_price=10,option=true",
		"--adjustment", "charge=true,reason=Frakt,amount=20 NOK", "--prepayment.percent", "10", "--json")
	if !strings.Contains(out, `"option": true`) || !strings.Contains(out, `"120.00"`) {
		t.Errorf("emne quote create gives %s", out)
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}

// amountOf is an amount of a record.
func amountOf(record map[string]any, field string) string {
	m, _ := record[field].(map[string]any)
	s, _ := m["amount"].(string)
	return s
}
