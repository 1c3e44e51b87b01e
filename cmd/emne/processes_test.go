package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

const processes = "../../packaging/processes/"

// Every example is right as it stands, with the names that it uses.
func TestExampleProcessesLoad(t *testing.T) {
	files, err := filepath.Glob(processes + "*.yaml")
	if err != nil || len(files) != 3 {
		t.Fatalf("the examples are %v, %v", files, err)
	}
	for _, f := range files {
		st, err := readSettings(f)
		if err != nil {
			t.Error(err)
		}
		if len(st.Automations) == 0 || len(st.Process.QualifyChecks()) == 0 {
			t.Errorf("%s configures nothing", f)
		}
	}
}

// A mistake in a settings file is told with its place and a hint.
func TestSettingsFileSaysWhere(t *testing.T) {
	file := t.TempDir() + "/settings.yaml"
	text := []byte("currency: NOK\nautomations:\n  - name: a\n    when: [lead.created]\n    if: lead.nme == \"\"\n    do:\n      - verb: contakt\n")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := readSettings(file)
	if err == nil || !strings.Contains(err.Error(), ":5:9: automations[0].if: 1:6: unknown field nme; did you mean name?") ||
		!strings.Contains(err.Error(), ":7:15: automations[0].do[0].verb: ") {
		t.Errorf("the file is refused with %v", err)
	}
}

// adopt makes the running demo's process that of an example.
func adopt(w *world, name string) {
	w.t.Helper()
	w.cli(exitDone, "settings", "import", "--merge", processes+name+".yaml")
	if company := w.api("GET", "settings", nil)["company"].(map[string]any); company["name"] == "" {
		w.t.Error("the company's name is lost")
	}
}

// newest waits for the newest record of a list.
func (w *world) newest(path string) (r map[string]any) {
	w.t.Helper()
	w.eventually(10*time.Second, path, func() bool {
		if items := w.items(path); len(items) > 0 {
			r = items[0]
		}
		return r != nil
	})
	return r
}

// task waits for an open task and marks it as done.
func (w *world) task(words string) {
	w.t.Helper()
	w.eventually(10*time.Second, "task "+words, func() bool {
		for _, t := range w.items("tasks?state=open&limit=100") {
			if strings.Contains(t["title"].(string), words) {
				w.api("POST", "tasks/"+t["id"].(string)+"/done", nil)
				return true
			}
		}
		return false
	})
}

// refusedFor wants a refusal that names fields.
func (w *world) refusedFor(path string, body string, fields ...string) {
	w.t.Helper()
	status, b := w.request("POST", "/api/v1/"+path, http.Header{"Content-Type": {"application/json"}}, []byte(body))
	for _, f := range fields {
		if status != http.StatusUnprocessableEntity || !strings.Contains(string(b), `"`+f+`"`) {
			w.t.Errorf("%s answers %d without %s: %s", path, status, f, b)
		}
	}
}

func (w *world) complete(customer string) {
	w.t.Helper()
	w.api("PATCH", "customers/"+customer, map[string]any{"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})
}

// untroubled wants that no rule failed, and pays what is open.
func (w *world) untroubled(invoice map[string]any) {
	w.t.Helper()
	w.api("POST", "payments", map[string]any{"invoice": invoice["id"], "amount": invoice["open"]})
	if paid := w.api("GET", "invoices/"+invoice["id"].(string), nil); paid["payment"] != "paid" {
		w.t.Errorf("the invoice is %v", paid["payment"])
	}
	for _, reason := range []string{"rule_failed", "rule_loop"} {
		for _, t := range w.items("tasks?reason=" + reason) {
			w.t.Errorf("%s: %v: %v", reason, t["title"], t["note"])
		}
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		w.t.Errorf("verify says %s", out)
	}
}

func TestServicesByTheHour(t *testing.T) {
	w := startDemo(t)
	adopt(w, "services-by-the-hour")
	lead := w.api("POST", "leads", map[string]any{"name": "Ola Hansen", "company": "Hansen Bygg AS", "email": "ola@hansen.example", "checks": map[string]any{"budget": true}})
	id := lead["id"].(string)
	if got := w.api("GET", "leads/"+id, nil); got["score"] != 50.0 {
		t.Errorf("the score is %v", got["score"])
	}
	w.refusedFor("leads/"+id+"/qualify", `{}`, "phone", "checks.need", "checks.authority")
	w.api("PATCH", "leads/"+id, map[string]any{"phone": "22 33 44 55"})
	w.cli(exitDone, "lead", "log", id, "--outcome", "reached", "--note", "Wants to begin in May", "--next-date", "2099-01-01")
	if out := w.cli(exitFailed, "lead", "qualify", id, "--check", "need"); out != "" {
		t.Errorf("qualifying without authority prints %s", out)
	}
	qualified := w.api("POST", "leads/"+id+"/qualify", map[string]any{"checks": map[string]any{"need": true, "authority": true}})
	o := "opportunities/" + created(t, qualified, "opportunity")
	w.complete(created(t, qualified, "customer"))
	if got := w.api("GET", o, nil); got["stage"] != "talk" || got["probability"] != 20.0 || got["next_date"] == nil {
		t.Errorf("the opportunity begins as %v, %v, next %v", got["stage"], got["probability"], got["next_date"])
	}
	w.cli(exitDone, "opportunity", "move", strings.TrimPrefix(o, "opportunities/"), "--stage", "scope")
	w.refusedFor(o+"/move", `{"stage":"proposal"}`, "lines", "estimated_close")
	w.api("PATCH", o, map[string]any{"estimated_close": "2099-12-31", "lines": []any{map[string]any{"product": "DESIGN", "quantity": "40"}}})
	quote := w.api("POST", "quotes", map[string]any{"opportunity": strings.TrimPrefix(o, "opportunities/")})["id"].(string)
	w.eventually(10*time.Second, "stage proposal", func() bool { return w.api("GET", o, nil)["stage"] == "proposal" })
	number := w.api("POST", "quotes/"+quote+"/send", nil)["record"].(map[string]any)["number"].(string)
	w.task("Ask about quote " + number)
	w.api("POST", "quotes/"+quote+"/accept", map[string]any{"name": "Ola Hansen", "evidence": "by phone"})
	order := w.newest("orders?quote=" + quote)
	issued := w.hours(order)
	w.untroubled(issued)

	var named bool
	for _, a := range w.items("activities?type=rule.ran&thread=" + lead["thread"].(string)) {
		actor := a["actor"].(map[string]any)
		named = named || actor["kind"] == "rule" && actor["name"] == "Follow the quote up"
	}
	if !named {
		t.Error("the rule's name does not stand on the timeline")
	}
	if out := w.cli(exitDone, "process", "test", "--since", "2000-01-01"); !strings.Contains(out, "[Follow the quote up]  quote log ") || !strings.Contains(out, "events looked at") {
		t.Errorf("the dry run prints %s", out)
	}
}

// hours enters hours by the grid and by a file, and invoices them.
func (w *world) hours(order map[string]any) map[string]any {
	t, number := w.t, order["number"].(string)
	line := order["lines"].([]any)[0].(map[string]any)["id"]
	today := time.Now().Format(time.DateOnly)
	month := map[string]any{"person": "Ingrid Moen", "cells": []any{map[string]any{"order": order["id"], "line": line, "date": today, "quantity": "7.5", "text": "Sketches"}}}
	w.api("POST", "hours/month", month)
	file := t.TempDir() + "/hours.csv"
	rows := "person;date;order;quantity;text\nHans Berg;" + today + ";" + number + ";6;Layout\nHans Berg;" + today + ";" + number + ";4;Meeting\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := w.cli(exitDone, "hours", "import", file); !strings.Contains(out, "2 new") {
		t.Errorf("the import prints %s", out)
	}
	if out := w.cli(exitDone, "hours", "import", file); !strings.Contains(out, "2 as they were") {
		t.Errorf("the second import prints %s", out)
	}
	var listed bool
	for _, row := range w.items("reports/uninvoiced") {
		listed = listed || row["order"] == number && row["quantity"] == "17.5" && row["latest"].(string) > today
	}
	if !listed {
		t.Error("the hours are not listed as delivered and not invoiced")
	}
	w.cli(exitDone, "hours", "invoice", "--until", today)
	w.task("Look over the hours of order " + number)
	draft := w.newest("invoices?state=draft&order=" + order["id"].(string))
	entry := w.newest("hours?invoice=" + draft["id"].(string))["id"].(string)
	w.cli(exitConflict, "hours", "edit", entry, "--quantity", "1")
	issued := w.api("POST", "invoices/"+draft["id"].(string)+"/issue", nil)["record"].(map[string]any)
	if q := issued["lines"].([]any)[0].(map[string]any)["quantity"]; q != "17.5" {
		t.Errorf("invoiced are %v hours", q)
	}
	return issued
}

func TestWebshopWithInstantQuotes(t *testing.T) { webshop(startDemo(t)) }

func TestWebshopWithInstantQuotesOnPostgres(t *testing.T) {
	webshop(startDemo(t, "--postgres", storetest.Postgres(t)))
}

func webshop(w *world) {
	t := w.t
	const customer = "lars@berg.example"
	adopt(w, "webshop-instant-quotes")
	body := []byte(`{"name":"Lars Berg","email":"` + customer + `","message":"Tilbud, takk"}`)
	if status, b := w.request("POST", "/hooks/website", http.Header{"Content-Type": {"application/json"}}, body); status/100 != 2 {
		t.Fatalf("the hook answers %d: %s", status, b)
	}
	offer := w.mail(customer, "T-1001")
	token := linkIn(t, offer)
	quote := w.newest("quotes?state=active")
	w.complete(quote["customer"].(string))
	form := map[string][]string{"name": {"Lars Berg"}, "terms": {"1"}, "sha256": {quote["sha256"].(string)}}
	if status, b := w.post("/p/"+token+"/accept", form); status/100 > 3 {
		t.Fatalf("accepting answers %d: %s", status, b)
	}
	order := w.newest("orders?quote=" + quote["id"].(string))
	w.task("Pack and send order " + order["number"].(string))
	w.api("POST", "orders/"+order["id"].(string)+"/fulfil", nil)
	invoice := w.newest("invoices?state=issued")
	w.mail(customer, invoice["number"].(string))
	w.untroubled(invoice)
	thanks := w.mail(customer, "paying invoice "+invoice["number"].(string))
	if thanks.Automation.IsZero() {
		t.Error("a rule's mail does not say that a machine wrote it")
	}
	twin := w.api("POST", "leads", map[string]any{"name": "Lars B.", "email": customer})["id"].(string)
	if same, _ := w.api("GET", "leads/"+twin, nil)["duplicates"].([]any); len(same) != 1 {
		t.Errorf("the duplicates are %v", same)
	}
	third := w.api("POST", "leads", map[string]any{"name": "Lars", "phone": "22334455"})["id"].(string)
	w.cli(exitDone, "lead", "merge", twin, "--other", third)
	if l := w.api("GET", "leads/"+third, nil); l["merged_into"] != twin || l["state"] != "disqualified" {
		t.Errorf("the merged lead is %v", l)
	}
	w.cli(exitConflict, "lead", "reopen", third)
}

func TestProjectWithPrepayment(t *testing.T) {
	w := startDemo(t)
	adopt(w, "project-with-prepayment")
	lead := w.api("POST", "leads", map[string]any{"name": "Kari Vik", "email": "kari@vik.example", "address": map[string]any{"street": "Gata 1", "postcode": "5003", "city": "Bergen"}})["id"].(string)
	w.refusedFor("leads/"+lead+"/qualify", `{}`, "checks.interested", "checks.budget")
	qualified := w.api("POST", "leads/"+lead+"/qualify", map[string]any{"checks": map[string]any{"interested": true, "budget": true}})
	opportunity := created(t, qualified, "opportunity")
	w.complete(created(t, qualified, "customer"))
	w.refusedFor("opportunities/"+opportunity+"/move", `{"stage":"contract"}`, "lines")
	w.api("PATCH", "opportunities/"+opportunity, map[string]any{"lines": []any{map[string]any{"product": "SITE"}}})
	w.api("POST", "opportunities/"+opportunity+"/move", process.MoveInput{Stage: "contract"})
	quote := w.api("POST", "quotes", map[string]any{"opportunity": opportunity})["id"].(string)
	w.refusedFor("quotes/"+quote+"/send", `{}`, "customer_reference")
	w.api("PATCH", "quotes/"+quote, map[string]any{"customer_reference": "P-7"})
	w.api("POST", "quotes/"+quote+"/send", nil)
	w.api("POST", "quotes/"+quote+"/accept", map[string]any{"name": "Kari Vik"})
	order := w.newest("orders?quote=" + quote)
	at := "orders/" + order["id"].(string)
	w.eventually(10*time.Second, "order on hold", func() bool { return w.api("GET", at, nil)["state"] == "on_hold" })
	request := w.api("GET", at, nil)["payment_request"].(map[string]any)
	w.mail("kari@vik.example", request["number"].(string))
	if got := request["amount"].(map[string]any)["amount"]; got != "14250.00" {
		t.Errorf("asked for %v", got)
	}
	w.api("POST", "payments", map[string]any{"order": order["id"], "amount": request["amount"]})
	w.mail("kari@vik.example", "We begin with order "+order["number"].(string))
	w.api("POST", at+"/fulfil", nil)
	invoice := w.newest("invoices?state=issued")
	if amountOf(invoice, "prepaid") != "14250.00" || amountOf(invoice, "open") != "33250.00" {
		t.Errorf("the invoice deducts %s, %s is open", amountOf(invoice, "prepaid"), amountOf(invoice, "open"))
	}
	w.api("POST", "payments", map[string]any{"invoice": invoice["id"], "amount": map[string]any{"amount": "10000.00", "currency": "NOK"}})
	w.task("of invoice " + invoice["number"].(string) + " is still open")
	w.untroubled(w.api("GET", "invoices/"+invoice["id"].(string), nil))
}
