package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process/store/storetest"
)

// Hours through the API, once on each database: entered, listed as not
// invoiced, drafted by the clock, refused once invoiced, given back by a credit.
func TestHoursOnSQLite(t *testing.T) { hoursWalk(&billing{t: t, data: t.TempDir()}, "") }

func TestHoursOnPostgres(t *testing.T) {
	hoursWalk(&billing{t: t, data: t.TempDir()}, storetest.Postgres(t))
}

func hoursWalk(b *billing, postgres string) {
	t := b.t
	b.open(postgres)
	id := func(v map[string]any) string { return v["id"].(string) }
	settings := b.api(200, "GET", "settings", "")
	company := settings["company"].(map[string]any)
	company["name"], company["organisation_number"], company["bank_account"] = "Timer AS", "974760673", "86011117947"
	company["vat_number"], company["email"] = "NO974760673MVA", "post@timer.example"
	company["address"] = map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}
	settings["hours"] = map[string]any{"draft": true, "day": 3}
	body, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	b.api(200, "PUT", "settings", string(body))
	customer := id(b.api(201, "POST", "customers", `{"name":"Kunde AS","email":"post@kunde.example","address":{"street":"Gata 2","postcode":"0150","city":"Oslo","country":"NO"}}`))
	order := b.api(201, "POST", "orders", `{"customer":"`+customer+`","lines":[{"description":"Advice","quantity":"20","unit":"HUR","unit_price":"1000"}]}`)
	entry := id(b.api(201, "POST", "hours", `{"order":"`+order["number"].(string)+`","person":"Kari Vik","date":"2026-03-02","quantity":"7.5","text":"Workshop"}`))
	line := order["lines"].([]any)[0].(map[string]any)["id"].(string)
	b.api(200, "POST", "hours/month", `{"person":"Kari Vik","cells":[{"order":"`+id(order)+`","line":"`+line+`","date":"2026-03-03","quantity":"2.25","was":"0"}]}`)
	month := b.api(200, "GET", "hours/month?person=Kari+Vik&month=2026-03", "")
	if row := month["rows"].([]any)[0].(map[string]any); row["sum"] != "9.75" || row["left"] != "10.25" {
		t.Errorf("the month is %v", row)
	}
	uninvoiced := func() map[string]any {
		t.Helper()
		items := b.api(200, "GET", "reports/uninvoiced", "")["items"].([]any)
		if len(items) == 0 {
			return nil
		}
		return items[0].(map[string]any)
	}
	if row := uninvoiced(); row["quantity"] != "9.75" || amount(row["net"]) != "9750.00" || row["since"] != "2026-03-02" || row["latest"] != "2026-05-31" {
		t.Errorf("not invoiced is %v", row)
	}
	clock := func(day string) {
		t.Helper()
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		b.now = d.Add(9 * time.Hour)
		for _, s := range b.house.schedules() {
			if s.Name == "draft_hours" {
				if err := s.Do(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	drafts := func() []any { return b.api(200, "GET", "invoices?state=draft", "")["items"].([]any) }
	if clock("2026-04-02"); len(drafts()) != 0 {
		t.Error("there is a draft before the day of the month")
	}
	clock("2026-04-20")
	if clock("2026-04-21"); len(drafts()) != 1 {
		t.Fatalf("the clock made %d drafts", len(drafts()))
	}
	draft := drafts()[0].(map[string]any)
	if row := uninvoiced(); row["invoice_id"] != id(draft) || row["latest"] != "2026-05-31" {
		t.Errorf("with a draft, not invoiced is %v", row)
	}
	issued := b.api(200, "POST", "invoices/"+id(draft)+"/issue", `{"send":false}`)["record"].(map[string]any)
	if row := uninvoiced(); row != nil {
		t.Errorf("after issuing, not invoiced is %v", row)
	}
	refusal := string(b.raw(409, "PATCH", "hours/"+entry, `{"quantity":"1"}`))
	if !strings.Contains(refusal, "invoiced with "+issued["number"].(string)) {
		t.Errorf("the refusal says %s", refusal)
	}
	b.api(200, "POST", "invoices/"+id(draft)+"/credit", `{"reason":"Wrong month","reinvoice":true,"send":false}`)
	if got := b.api(200, "PATCH", "hours/"+entry, `{"quantity":"7"}`); got["state"] != "open" {
		t.Errorf("after the credit note the hours are %v", got["state"])
	}
	again := b.api(200, "POST", "hours/invoice", `{"until":"2026-04-21"}`)["created"].([]any)[0].(map[string]any)
	if net := amount(b.api(200, "GET", "invoices/"+id(again), "")["net"]); net != "9250.00" {
		t.Errorf("the second draft is for %s", net)
	}
}
