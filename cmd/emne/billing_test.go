package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// Billing through the API, once on each database: a subscription issues its
// invoices by the schedule, reminders follow them with fee and interest, and
// the statement adds up.
func TestBillingOnSQLite(t *testing.T) { (&billing{t: t, data: t.TempDir()}).walk("") }

func TestBillingOnPostgres(t *testing.T) {
	(&billing{t: t, data: t.TempDir()}).walk(storetest.Postgres(t))
}

// billing is an installation whose clock a test moves, with its schedules.
type billing struct {
	t     *testing.T
	data  string
	house *house
	now   time.Time
}

func (b *billing) open(postgres string) {
	b.t.Helper()
	cfg, err := config.Parse("(test)", nil, func(string) (string, bool) { return "", false })
	if err != nil {
		b.t.Fatal(err)
	}
	if cfg.Data = b.data; postgres != "" {
		cfg.Store.Engine, cfg.Store.URL = config.EnginePostgres, config.NewSecret(postgres)
	}
	b.now = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	b.house = &house{cfg: cfg, log: slog.New(slog.DiscardHandler), clock: func() time.Time { return b.now }}
	b.t.Cleanup(func() { b.house.close() })
	if err := b.house.open(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// on moves the clock to a day and lets every schedule of billing run, thrice at
// the same time.
func (b *billing) on(day string) {
	b.t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		b.t.Fatal(err)
	}
	b.now = d.Add(9 * time.Hour)
	var all errgroup.Group
	ran := 0
	for range 3 {
		for _, s := range b.house.schedules() {
			if s.Name == "remind_due" || s.Name == "invoice_subscriptions" {
				all.Go(func() error { return s.Do(b.t.Context()) })
				ran++
			}
		}
	}
	if err := all.Wait(); err != nil || ran != 6 {
		b.t.Fatalf("%d schedules ran: %v", ran, err)
	}
}

func (b *billing) raw(status int, method, path, body string) []byte {
	b.t.Helper()
	r := httptest.NewRequest(method, "/api/v1/"+path, strings.NewReader(body))
	rec := httptest.NewRecorder()
	b.house.localHandler().ServeHTTP(rec, r)
	if rec.Code != status {
		b.t.Fatalf("%s %s answers %d, want %d: %s", method, path, rec.Code, status, rec.Body)
	}
	return rec.Body.Bytes()
}

func (b *billing) api(status int, method, path, body string) map[string]any {
	b.t.Helper()
	var v map[string]any
	if err := json.Unmarshal(b.raw(status, method, path, body), &v); err != nil {
		b.t.Fatal(err)
	}
	return v
}

func amount(v any) string { return v.(map[string]any)["amount"].(string) }

func (b *billing) walk(postgres string) {
	t := b.t
	b.open(postgres)
	settings := b.api(200, "GET", "settings", "")
	company := settings["company"].(map[string]any)
	company["name"], company["organisation_number"], company["email"], company["bank_account"] = "Selger AS", "974760673", "post@selger.example", "86011117947"
	company["vat_number"] = "NO974760673MVA"
	company["address"] = map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}
	settings["terms"].(map[string]any)["working_days"] = true
	reminders := settings["reminders"].(map[string]any)
	reminders["enabled"], reminders["interest_percent"] = true, "12.5"
	reminders["steps"] = []any{map[string]any{"key": "soon", "days": -3, "text": "upcoming"}, map[string]any{"key": "late", "days": 14, "text": "reminder", "fee": "70"},
		map[string]any{"key": "last", "days": 28, "text": "notice"}}
	body, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	b.api(200, "PUT", "settings", string(body))

	// A subscription: 1000.00 with VAT a month, due at the end of the month.
	customer := b.api(201, "POST", "customers", `{"name":"Kunde AS","kind":"consumer","email":"post@kunde.example","payment_rule":"end_of_month",
		"address":{"street":"Gata 2","postcode":"0150","city":"Oslo","country":"NO"}}`)["id"].(string)
	sub := b.api(201, "POST", "subscriptions", `{"customer":"`+customer+`","title":"Hosting","issue":true,"day":2,"lines":[{"description":"Hosting {period}","unit_price":"800"}]}`)
	id := sub["id"].(string)
	b.api(200, "POST", "subscriptions/"+id+"/change_price", `{"from":"2026-04-01","percent":"10"}`)
	b.on("2026-03-02")
	first := b.api(200, "GET", "invoices?subscription="+id, "")["items"].([]any)
	if len(first) != 1 {
		t.Fatalf("%d invoices on the first day", len(first))
	}
	inv := first[0].(map[string]any)
	if inv["state"] != "issued" || inv["number"] != "10001" || inv["due_date"] != "2026-03-31" || amount(inv["open"]) != "1000.00" || inv["period"] != "2026-03-02" {
		t.Errorf("the invoice is %v", inv)
	}
	pdf := b.raw(200, "GET", "invoices/"+inv["id"].(string)+"/pdf", "")

	// Two months of downtime: April is made up for, May comes; each is
	// reminded by the one step that it has reached.
	b.on("2026-05-05")
	gross := map[string]string{}
	for _, i := range b.api(200, "GET", "invoices?subscription="+id, "")["items"].([]any) {
		i := i.(map[string]any)
		gross[i["period"].(string)] += amount(i["gross"])
	}
	if len(gross) != 3 || gross["2026-03-02"] != "1000.00" || gross["2026-04-02"] != "1100.00" || gross["2026-05-02"] != "1100.00" {
		t.Fatalf("after the downtime there are %v", gross)
	}
	mails := b.api(200, "GET", "deliveries?kind=reminder", "")["items"].([]any)
	if len(mails) != 1 {
		t.Fatalf("%d reminders", len(mails))
	}
	inv = b.api(200, "GET", "invoices/"+inv["id"].(string), "")
	// 1000.00 × 12.5 % × 35/365 = 11.986; the last step has no fee.
	if !inv["overdue"].(bool) || amount(inv["claims"]) != "11.99" || len(inv["reminders"].([]any)) != 3 {
		t.Errorf("reminded it is %v", inv)
	}
	b.readMail(mails[0].(map[string]any)["id"].(string), pdf)

	// Disputed, then paid in part and written off.
	path := "invoices/" + inv["id"].(string)
	b.api(200, "POST", path+"/dispute", `{"reason":"not delivered"}`)
	b.api(409, "POST", path+"/dispute", `{"reason":"again"}`)
	b.api(200, "POST", path+"/end_dispute", "")
	b.api(201, "POST", "payments", `{"invoice":"`+inv["id"].(string)+`","amount":{"amount":"900"}}`)
	b.api(422, "POST", path+"/write_off", `{"reason":"x","amount":{"amount":"100.01"}}`)
	b.api(200, "POST", path+"/waive", `{"reason":"goodwill"}`)
	off := b.api(200, "POST", path+"/write_off", `{"reason":"a bad debt"}`)["record"].(map[string]any)
	if off["payment"] != "settled" || amount(off["written_off"]) != "100.00" {
		t.Errorf("written off it is %v", off)
	}
	b.statement(customer)
	seen := map[string]bool{}
	for _, a := range b.api(200, "GET", "activities?limit=200&thread="+sub["thread"].(string), "")["items"].([]any) {
		seen[a.(map[string]any)["type"].(string)] = true
	}
	for _, typ := range []string{"subscription.created", "subscription.invoiced", "invoice.issued", "invoice.reminded", "delivery.queued", "invoice.disputed", "invoice.written_off"} {
		if !seen[typ] {
			t.Errorf("the timeline lacks %s", typ)
		}
	}
	report, err := b.house.store.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range report.Violations {
		t.Errorf("%s: %s %s: %s", v.Invariant, v.Record, v.ID, v.Message)
	}
}

// pdfText is what a PDF says, with plain spaces.
func pdfText(t *testing.T, b []byte) string {
	t.Helper()
	read := exec.Command("pdftotext", "-layout", "-", "-")
	read.Stdin = bytes.NewReader(b)
	text, err := read.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\u00a0", " ")
}

// readMail composes a reminder as it goes out.
func (b *billing) readMail(delivery string, pdf []byte) {
	b.t.Helper()
	m, err := b.house.service.MailOf(b.t.Context(), process.System(), delivery, "selger.example")
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := mail.NewComposer(b.house.texts, "https://selger.example", "post@selger.example")
	if err != nil {
		b.t.Fatal(err)
	}
	composed, err := c.Compose(m, b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	read := message.Parse(composed.Raw, message.Options{})
	for _, want := range []string{"10001", "35 dager", "11,99", "1\u00a0011,99", "86011117947", "/p/"} {
		if !strings.Contains(read.Subject+read.FullText, want) {
			b.t.Errorf("the reminder lacks %q:\n%s", want, read.FullText)
		}
	}
	if len(read.Attachments) != 2 || !bytes.Equal(read.Attachments[0].Content, pdf) || read.Attachments[1].Name != "reminder-10001.pdf" {
		b.t.Fatalf("the reminder does not carry the invoice's PDF and its own: %d files", len(read.Attachments))
	}
	letter := pdfText(b.t, read.Attachments[1].Content)
	for _, want := range []string{"Purring, faktura 10001", "11,99", "1 011,99 NOK", "8601 11 17947"} {
		if !strings.Contains(letter, want) {
			b.t.Errorf("the letter lacks %q:\n%s", want, letter)
		}
	}
}

func (b *billing) statement(customer string) {
	b.t.Helper()
	section := b.api(200, "GET", "customers/"+customer+"/statement", "")["sections"].([]any)[0].(map[string]any)
	if amount(section["closing"]) != "2200.00" || len(section["entries"].([]any)) != 5 || len(section["open"].([]any)) != 2 {
		b.t.Errorf("the statement is %v", section)
	}
	csv := string(b.raw(200, "GET", "customers/"+customer+"/statement?format=csv&from=2026-05-01", ""))
	if !strings.Contains(csv, "2026-05-01,opening,,,,1000.00,NOK") || !strings.Contains(csv, "2026-05-05,closing,,,,2200.00,NOK") {
		b.t.Errorf("as CSV it is\n%s", csv)
	}
	b.raw(422, "GET", "customers/"+customer+"/statement?from=May", "")
	b.raw(404, "GET", "customers/nobody/statement", "")
	var out bytes.Buffer
	cmd := rootCommand()
	cmd.SetArgs([]string{"customer", "statement", "--help"})
	cmd.SetOut(&out)
	if err := cmd.ExecuteContext(b.t.Context()); err != nil || !strings.Contains(out.String(), "--from") {
		b.t.Errorf("emne customer statement: %v\n%s", err, out.String())
	}
}
