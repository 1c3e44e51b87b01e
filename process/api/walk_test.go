package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func TestFromLeadToPaid(t *testing.T) {
	s := newSite(t)
	lead := s.create("leads", `{"name":"Kari Nordmann","email":"kari@fjord.example","company":"Fjord AS","subject":"Nettbutikk","message":"Hei"}`)
	id := text(lead, "id")
	if lead["state"] != "new" || lead["version"] != 1.0 || text(lead, "record", "id") != id || lead["source"] != "api" {
		t.Fatalf("lead: %v", lead)
	}
	if s.verb("leads/"+id+"/contact", `{"note":"ringte"}`)["record"].(map[string]any)["state"] != "contacted" {
		t.Error("the lead is not contacted")
	}
	qualified := s.verb("leads/"+id+"/qualify", ``)
	opportunity, customer := created(t, qualified, "opportunity"), created(t, qualified, "customer")
	created(t, qualified, "contact")
	if text(qualified, "record", "state") != "qualified" {
		t.Errorf("lead: %v", qualified["record"])
	}
	s.want(200, s.do("PATCH", "customers/"+customer, `{"address":{"street":"Kaia 1","postcode":"5003","city":"Bergen"}}`))

	s.want(200, s.do("PATCH", "opportunities/"+opportunity, `{"lines":`+oneLine+`}`))
	quote := s.create("quotes", `{"opportunity":"`+opportunity+`"}`)
	if text(quote, "net", "amount") != "3000.00" || text(quote, "gross", "amount") != "3750.00" || text(quote, "vat_groups", 0, "vat", "amount") != "750.00" {
		t.Fatalf("quote: %v", quote)
	}
	if _, ok := quote["number"]; ok || quote["revision"] != 0.0 {
		t.Errorf("a draft has a number: %v", quote)
	}
	sent := s.verb("quotes/"+text(quote, "id")+"/send", "")
	created(t, sent, "delivery")
	pdf := s.do("GET", "quotes/"+text(quote, "id")+"/pdf", "", "Accept", "image/png")
	sum := sha256.Sum256(pdf.body)
	hash := hex.EncodeToString(sum[:])
	if pdf.status != 200 || pdf.header.Get("Content-Type") != "application/pdf" || text(sent, "record", "sha256") != hash || pdf.header.Get("ETag") != `"`+hash+`"` {
		t.Errorf("pdf: %d %v", pdf.status, pdf.header)
	}
	if want := fmt.Sprintf("inline; filename=quote-%s.pdf", text(sent, "record", "number")); pdf.header.Get("Content-Disposition") != want {
		t.Errorf("disposition %q, want %q", pdf.header.Get("Content-Disposition"), want)
	}
	if again := s.do("GET", "quotes/"+text(quote, "id")+"/pdf", "", "If-None-Match", `"`+hash+`"`); again.status != 304 || len(again.body) != 0 {
		t.Errorf("conditional: %d", again.status)
	}

	won := s.verb("quotes/"+text(quote, "id")+"/accept", `{"name":"Kari Nordmann","evidence":"ok, kjør"}`)
	order := created(t, won, "order")
	if text(won, "record", "acceptance", "channel") != "api" || text(won, "record", "acceptance", "sha256") != hash || text(won, "record", "acceptance", "address") != "127.0.0.1" {
		t.Errorf("acceptance: %v", at(won, "record", "acceptance"))
	}
	line := text(s.want(200, s.do("GET", "orders/"+order, "")), "lines", 0, "id")
	part := s.verb("orders/"+order+"/fulfil", `{"lines":[{"id":"`+line+`","quantity":"1"}]}`)
	if text(part, "record", "progress") != "to_deliver_and_invoice" {
		t.Errorf("order: %v", part["record"])
	}
	rest := s.verb("orders/"+order+"/fulfil", "{}")
	if text(rest, "record", "progress") != "completed" {
		t.Errorf("order: %v", rest["record"])
	}
	for _, invoice := range []string{created(t, part, "invoice"), created(t, rest, "invoice")} {
		s.settle(t, invoice)
	}
	page := s.want(200, s.do("GET", "invoices?order="+order+"&payment=paid", ""))
	if items := page["items"].([]any); len(items) != 2 {
		t.Errorf("%d paid invoices", len(items))
	}
	timeline := s.want(200, s.do("GET", "activities?thread="+text(lead, "thread")+"&type=payment.booked", ""))
	if items := timeline["items"].([]any); len(items) != 2 || text(items[0], "actor", "channel") != "api" {
		t.Errorf("timeline: %v", timeline)
	}
}

// settle issues an invoice and pays it.
func (s *site) settle(t *testing.T, invoice string) {
	t.Helper()
	draft := s.want(200, s.do("GET", "invoices/"+invoice, ""))
	if _, ok := draft["number"]; ok || draft["state"] != "draft" {
		t.Errorf("draft: %v", draft)
	}
	issued := s.verb("invoices/"+invoice+"/issue", "")
	created(t, issued, "delivery")
	if text(issued, "record", "open", "amount") != text(issued, "record", "gross", "amount") || len(text(issued, "record", "sha256")) != 64 {
		t.Errorf("issued: %v", issued)
	}
	paid := s.create("payments", `{"invoice":"`+invoice+`","amount":{"amount":"`+text(issued, "record", "gross", "amount")+`","currency":"NOK"}}`)
	if paid["state"] != "booked" || text(paid, "invoice") != invoice {
		t.Errorf("payment: %v", paid)
	}
	if after := s.want(200, s.do("GET", "invoices/"+invoice, "")); after["payment"] != "paid" || text(after, "open", "amount") != "0.00" {
		t.Errorf("paid: %v", after)
	}
	if a := s.do("DELETE", "invoices/"+invoice, ""); a.status != 409 {
		t.Errorf("an issued invoice was deleted: %d", a.status)
	}
	if a := s.do("GET", "invoices/"+invoice+"/xml?format=ubl", ""); a.status != 409 {
		t.Errorf("xml: %d", a.status)
	}
}

func TestDeleteDraft(t *testing.T) {
	s := newSite(t)
	quote := text(s.create("quotes", `{"customer":"`+s.customer()+`"}`), "id")
	if a := s.do("DELETE", "quotes/"+quote, "", "If-Match", "7"); a.status != 409 {
		t.Errorf("stale: %d", a.status)
	}
	if a := s.do("DELETE", "quotes/"+quote, "", "If-Match", `"1"`); a.status != 204 || len(a.body) != 0 {
		t.Errorf("delete: %d %s", a.status, a.body)
	}
	if a := s.do("GET", "quotes/"+quote, ""); a.status != 404 {
		t.Errorf("deleted: %d", a.status)
	}
}

func TestEmptyListsAreLists(t *testing.T) {
	s := newSite(t)
	made := s.do("POST", "quotes", `{"customer":"`+s.customer()+`"}`)
	read := s.do("GET", "quotes/"+text(s.want(201, made), "id"), "")
	for _, a := range []answer{made, read} {
		if !bytes.Contains(a.body, []byte(`"lines":[]`)) || !bytes.Contains(a.body, []byte(`"vat_groups":[]`)) {
			t.Errorf("a list is missing: %s", a.body)
		}
	}
	if a := s.do("POST", "price-lists", `{"name":"Prices"}`); !bytes.Contains(a.body, []byte(`"prices":[]`)) {
		t.Errorf("a list is missing: %s", a.body)
	}
	if a := s.do("GET", "price-lists", ""); !bytes.Contains(a.body, []byte(`"prices":[]`)) {
		t.Errorf("a list is missing: %s", a.body)
	}
	for _, c := range append(collections(), collection{name: "activities"}) {
		if a := s.do("GET", c.name+"?q=nothinglikethis", ""); a.status != 200 || string(a.body) != "{\"items\":[]}\n" {
			t.Errorf("%s: %d %s", c.name, a.status, a.body)
		}
	}
}

func TestLeadRowHasItsAddressOnce(t *testing.T) {
	s := newSite(t)
	lead := s.create("leads", `{"name":"ola@vik.example","email":"ola@vik.example","subject":"Fra Ola@Vik.example","message":"Skriv til OLA@VIK.EXAMPLE, ola@vik.example eller x@vik.example"}`)
	list := s.do("GET", "leads", "")
	if n := strings.Count(strings.ToLower(string(list.body)), "ola@vik.example"); n != 1 {
		t.Errorf("the address stands %d times in %s", n, list.body)
	}
	if !bytes.Contains(list.body, []byte("Skriv til …, … eller x@vik.example")) {
		t.Errorf("the message is gone: %s", list.body)
	}
	if one := s.want(200, s.do("GET", "leads/"+text(lead, "id"), "")); !strings.Contains(text(one, "message"), "OLA@VIK.EXAMPLE") {
		t.Errorf("the lead itself lost its text: %v", one)
	}
}

func TestPagesCoverEverythingOnce(t *testing.T) {
	s := newSite(t)
	const all = 120
	for i := range all {
		s.create("leads", fmt.Sprintf(`{"name":"Lead %d","email":"lead%d@vik.example"}`, i, i))
	}
	seen, pages, next := map[string]bool{}, 0, ""
	for {
		p := s.want(200, s.do("GET", "leads?limit=50&q=&state=&cursor="+next, ""))
		for _, item := range p["items"].([]any) {
			if seen[text(item, "id")] {
				t.Errorf("%s came twice", text(item, "id"))
			}
			seen[text(item, "id")] = true
		}
		pages++
		more, ok := p["next"].(string)
		if !ok {
			break
		}
		next = more
	}
	if len(seen) != all || pages != 3 {
		t.Errorf("%d leads on %d pages", len(seen), pages)
	}
	if p := s.want(200, s.do("GET", "leads", "")); len(p["items"].([]any)) != 50 {
		t.Errorf("a page without limit has %d", len(p["items"].([]any)))
	}
	if p := s.want(200, s.do("GET", "leads?limit=1000", "")); len(p["items"].([]any)) != all {
		t.Errorf("a page of 1000 has %d", len(p["items"].([]any)))
	}
	if p := s.want(200, s.do("GET", "leads?email=Lead7@VIK.example", "")); len(p["items"].([]any)) != 1 {
		t.Errorf("by email: %v", p)
	}
}

// TestEveryFilterIsOneOfTheStore keeps the lists of parameters and the
// store's columns together.
func TestEveryFilterIsOneOfTheStore(t *testing.T) {
	s := newSite(t)
	for _, c := range collections() {
		for _, p := range c.parameters() {
			value := "x"
			if p == "limit" {
				value = "2"
			}
			if p == "cursor" {
				value = ""
			}
			if a := s.do("GET", c.name+"?"+p+"="+value, ""); a.status != 200 {
				t.Errorf("%s by %s: %d %s", c.name, p, a.status, a.body)
			}
		}
	}
	for _, p := range []string{"thread", "about_type", "about_id", "type", "related_id", "actor_id", "q", "state"} {
		if a := s.do("GET", "activities?"+p+"=x", ""); a.status != 200 {
			t.Errorf("activities by %s: %d %s", p, a.status, a.body)
		}
	}
	if s.log.String() != "" {
		t.Errorf("log: %s", s.log)
	}
}
