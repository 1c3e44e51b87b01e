package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process/store/storetest"
)

// The whole way, once on each database: a mail and a form become leads, and one
// of them a paid invoice.
func TestWalkOnSQLite(t *testing.T) { walk(startDemo(t)) }

func TestWalkOnPostgres(t *testing.T) { walk(startDemo(t, "--postgres", storetest.Postgres(t))) }

const inquiry = `From: Ola Hansen <ola@hansenbygg.example>
To: sales@demo.example
Subject: Nettsted for byggefirma
Message-ID: <first@hansenbygg.example>
Date: Mon, 23 Nov 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Hei! Vi trenger et nytt nettsted, og lurer på hva det koster.

--
Ola Hansen
Hansen Bygg AS
Tlf. 22 33 44 55
--b
Content-Type: text/plain; name=krav.txt
Content-Disposition: attachment; filename=krav.txt

Blått, helst.
--b--
`

func walk(w *world) {
	t := w.t
	const customer = "ola@hansenbygg.example"

	// 1. A mail and a form come in.
	tab := browser(t)
	begun := time.Now()
	w.leadArrivesInBrowser(tab, func() {
		begun = time.Now()
		w.send(customer, "sales@demo.example", inquiry)
	})
	var lead map[string]any
	w.eventually(5*time.Second, "lead of the mail", func() bool {
		for _, l := range w.items("leads?q=hansenbygg") {
			lead = l
		}
		return lead != nil
	})
	t.Logf("mail to lead on the API: %v", time.Since(begun).Round(time.Millisecond))
	if lead["name"] != "Ola Hansen" || lead["email"] != customer || lead["state"] != "new" || !strings.Contains(lead["message"].(string), "nytt nettsted") {
		t.Errorf("the lead is %v", lead)
	}
	if files, _ := lead["attachments"].([]any); len(files) != 1 || files[0].(map[string]any)["name"] != "krav.txt" {
		t.Errorf("the lead's attachments are %v", lead["attachments"])
	}
	ack := w.mail(customer, "Nettsted for byggefirma")
	if ack.Automation.IsZero() {
		t.Error("the acknowledgement does not say that a machine wrote it")
	}
	w.form()

	// 2. Qualify.
	qualified := w.api("POST", "leads/"+lead["id"].(string)+"/qualify", map[string]any{})
	account, opportunity := created(t, qualified, "customer"), created(t, qualified, "opportunity")
	created(t, qualified, "contact")
	w.api("PATCH", "customers/"+account, map[string]any{"name": "Hansen Bygg AS", "organisation_number": "974760673",
		"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})

	// 3. Develop and propose.
	w.api("PATCH", "opportunities/"+opportunity, map[string]any{"estimated_close": "2026-12-31", "lines": []any{
		map[string]any{"product": "SITE"}, map[string]any{"product": "DESIGN", "quantity": "8.5", "discount_percent": "10"}}})
	quote := w.api("POST", "quotes", map[string]any{"opportunity": opportunity})["record"].(map[string]any)
	id := quote["id"].(string)
	if status, b := w.request("GET", "/api/v1/quotes/"+id+"/pdf", nil, nil); status != http.StatusOK || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the draft's PDF answers %d: %.40q", status, b)
	}
	sent := w.api("POST", "quotes/"+id+"/send", nil)["record"].(map[string]any)
	number := sent["number"].(string)
	offer := w.mail(customer, number)
	if len(offer.Attachments) != 1 || offer.Attachments[0].ContentType != "application/pdf" {
		t.Errorf("the quote's mail has the attachments %v", offer.Attachments)
	}
	token := linkIn(t, offer)

	// 4. The customer accepts, twice as one does.
	form := url.Values{"name": {"Ola Hansen"}, "terms": {"1"}, "sha256": {sent["sha256"].(string)}}
	w.acceptInBrowser(tab, token, "Ola Hansen")
	if status, b := w.post("/p/"+token+"/accept", form); status/100 > 3 {
		t.Fatalf("accepting again answers %d: %s", status, b)
	}
	form.Set("name", "Kari Hansen")
	if status, _ := w.post("/p/"+token+"/accept", form); status != http.StatusConflict {
		t.Errorf("accepting by another name answers %d", status)
	}
	orders := w.items("orders?customer=" + account)
	if len(orders) != 1 || w.api("GET", "quotes/"+id, nil)["state"] != "won" || w.api("GET", "opportunities/"+opportunity, nil)["state"] != "won" {
		t.Fatalf("after the acceptance there are %d orders", len(orders))
	}
	w.mail("owner@demo.example", number)
	w.mail(customer, "godtatt")

	// 5. Fulfil a part, then the rest; issue both.
	order := orders[0]["id"].(string)
	lines := orders[0]["lines"].([]any)
	part := w.api("POST", "orders/"+order+"/fulfil", map[string]any{"lines": []any{map[string]any{"id": lines[1].(map[string]any)["id"], "quantity": "4"}}})
	rest := w.api("POST", "orders/"+order+"/fulfil", nil)
	var numbers []string
	for _, draft := range []string{created(t, part, "invoice"), created(t, rest, "invoice")} {
		invoice := w.api("POST", "invoices/"+draft+"/issue", map[string]any{"send": true})["record"].(map[string]any)
		numbers = append(numbers, invoice["number"].(string))
		mail := w.mail(customer, invoice["number"].(string))
		if len(mail.Attachments) != 1 {
			t.Errorf("the invoice's mail has %d attachments", len(mail.Attachments))
		}

		// 6. It is paid.
		w.api("POST", "payments", map[string]any{"invoice": draft, "amount": invoice["open"]})
		paid := w.api("GET", "invoices/"+draft, nil)
		if paid["payment"] != "paid" || paid["open"].(map[string]any)["amount"] != "0.00" {
			t.Errorf("after the payment the invoice is %v with %v open", paid["payment"], paid["open"])
		}
	}
	if numbers[0] != "10001" || numbers[1] != "10002" {
		t.Errorf("the invoices have the numbers %v", numbers)
	}
	if o := w.api("GET", "orders/"+order, nil); o["progress"] != "completed" {
		t.Errorf("the order is %v", o["progress"])
	}
	w.timeline(lead["thread"].(string))
	w.byCommandLine(order)
	w.historyInBrowser(tab, order)
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}

// A backup taken beside the running demo is restored into an empty place, holds
// there, and is refused everywhere else; planted damage is found.
func TestBackupAndRestore(t *testing.T) {
	w := startDemo(t)
	w.api("POST", "leads", map[string]any{"name": "Ola Hansen", "email": "ola@hansen.example"})
	file := filepath.Join(t.TempDir(), "backup.db")
	w.cli(exitDone, "backup", file)
	w.cli(exitFailed, "backup", file)
	key := filepath.Join(w.data, keyFile)
	w.cli(exitFailed, "restore", file, "--key", key)
	w.data = filepath.Join(t.TempDir(), "restored")
	w.cli(exitUsage, "restore", file)
	junk := filepath.Join(t.TempDir(), "junk.db")
	if err := os.WriteFile(junk, []byte("no backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range [][]string{{junk, "--key", key}, {file, "--key", junk}, {junk + ".missing", "--new-keys"}} {
		w.cli(exitFailed, append([]string{"restore"}, wrong...)...)
		for _, name := range []string{databaseFile, keyFile} {
			if _, err := os.Stat(filepath.Join(w.data, name)); err == nil {
				t.Errorf("restore %v failed and left %s there", wrong, name)
			}
		}
	}
	if out := w.cli(exitDone, "restore", file, "--key", key); !strings.Contains(out, "everything holds") {
		t.Errorf("restore says %s", out)
	}
	if out := w.cli(exitDone, "lead", "list"); !strings.Contains(out, "ola@hansen.example") {
		t.Errorf("the restored leads are %s", out)
	}
	db, err := sql.Open("sqlite3", filepath.Join(w.data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE activity SET to_state = 'qualified', from_state = 'disqualified' WHERE type = 'lead.created'"); err != nil {
		t.Fatal(err)
	}
	if out := w.cli(exitBroken, "verify"); !strings.Contains(out, "I6 lead") {
		t.Errorf("verify of damaged data says %s", out)
	}
}

var link = regexp.MustCompile(`/p/([A-Za-z0-9_-]+)`)

// linkIn is the customer's token; it stands in both parts of the mail.
func linkIn(t *testing.T, m *message.Message) string {
	t.Helper()
	text, html := link.FindStringSubmatch(m.FullText), link.FindStringSubmatch(m.HTML)
	if text == nil || html == nil || text[1] != html[1] {
		t.Fatalf("the mail's parts have the links %v and %v", text, html)
	}
	return text[1]
}

// post sends a form as a page would.
func (w *world) post(path string, form url.Values) (int, []byte) {
	w.t.Helper()
	return w.request("POST", path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {""}}, []byte(form.Encode()))
}

// form fills in the demo's web form and sends its hook a JSON body, twice.
func (w *world) form() {
	w.t.Helper()
	status, b := w.post("/hooks/signup/"+w.token, url.Values{"name": {"Åse Ødegård"}, "email": {"ase@odegard.example"}, "message": {"Ring meg."}})
	if status != http.StatusSeeOther {
		w.t.Fatalf("the form answers %d: %s", status, b)
	}
	if status, b := w.request("GET", "/hooks/signup/thanks", nil, nil); status != http.StatusOK || !bytes.Contains(b, []byte("Thank you")) {
		w.t.Errorf("the thank-you page answers %d: %s", status, b)
	}
	body := []byte(`{"name":"Lars Berg","email":"lars@berg.example","message":"Tilbud, takk"}`)
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"one"}}
	status, once := w.request("POST", "/hooks/website", header, body)
	_, twice := w.request("POST", "/hooks/website", header, body)
	if status/100 != 2 || !bytes.Equal(once, twice) {
		w.t.Errorf("the hook answers %d %s, then %s", status, once, twice)
	}
	for _, who := range []string{"ase@odegard.example", "lars@berg.example"} {
		w.eventually(5*time.Second, "lead of "+who, func() bool { return len(w.items("leads?email="+who)) == 1 })
	}
}

// timeline wants the whole history on one thread.
func (w *world) timeline(thread string) {
	w.t.Helper()
	seen := map[string]bool{}
	for _, a := range w.items("activities?limit=200&thread=" + thread) {
		seen[a["type"].(string)] = true
	}
	for _, typ := range []string{"mail.filed", "lead.created", "lead.qualified", "opportunity.changed", "quote.sent", "quote.accepted",
		"opportunity.won", "order.created", "order.fulfilled", "invoice.issued", "delivery.accepted", "payment.booked"} {
		if !seen[typ] {
			w.t.Errorf("the timeline lacks %s", typ)
		}
	}
}

// byCommandLine reads the order over the running server's socket, and tries
// what does not exist.
func (w *world) byCommandLine(order string) {
	w.t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(w.cli(exitDone, "order", "show", order, "--json")), &o); err != nil || o["id"] != order {
		w.t.Errorf("emne order show gives %v, %v", o["id"], err)
	}
	if out := w.cli(exitDone, "lead", "list"); !strings.Contains(out, "lars@berg.example") {
		w.t.Errorf("emne lead list gives %s", out)
	}
	lead := w.cli(exitDone, "lead", "create", "--name", "Per Vik", "--email", "per@vik.example", "--json")
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(lead), &made); err != nil || made.ID == "" {
		w.t.Fatalf("emne lead create gives %s", lead)
	}
	w.cli(exitDone, "lead", "disqualify", made.ID, "--reason", "spam")
	w.cli(exitConflict, "lead", "qualify", made.ID)
	w.cli(exitNotFound, "lead", "show", "nobody")
	w.cli(exitUsage, "lead", "qualify")
	w.cli(exitDone, "completion", "bash")
	w.cli(exitUsage, "completion", "tcsh")
	w.administer()
	pdf := w.t.TempDir() + "/invoice.pdf"
	invoices := w.items("invoices?order=" + order)
	w.cli(exitDone, "invoice", "pdf", invoices[0]["id"].(string), "-o", pdf)
	if b, err := os.ReadFile(pdf); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		w.t.Errorf("emne invoice pdf wrote %.20q, %v", b, err)
	}
}

// administer makes a user and a token beside the running server, and records a
// mail from a file, twice.
func (w *world) administer() {
	w.t.Helper()
	password := filepath.Join(w.t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("correct horse battery\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.cli(exitDone, "user", "add", "nils@demo.example", "--role", "sales", "--password-file", password)
	if out := w.cli(exitDone, "user", "list"); !strings.Contains(out, "nils@demo.example") {
		w.t.Errorf("emne user list gives %s", out)
	}
	before := w.token
	w.token = strings.TrimSpace(w.cli(exitDone, "token", "create", "reader", "--role", "reader"))
	if status, _ := w.request("GET", "/api/v1/leads", nil, nil); status != http.StatusOK {
		w.t.Errorf("the new token may not read: %d", status)
	}
	if status, _ := w.request("POST", "/api/v1/leads", nil, []byte(`{"name":"x"}`)); status != http.StatusForbidden {
		w.t.Errorf("a reader's token may write: %d", status)
	}
	w.token = before
	eml := filepath.Join(w.t.TempDir(), "old.eml")
	if err := os.WriteFile(eml, []byte("From: Eva <eva@imported.example>\r\nTo: sales@demo.example\r\nSubject: Old\r\nMessage-ID: <old@imported.example>\r\n\r\nHello.\r\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if out := w.cli(exitDone, "import", eml); !strings.Contains(out, "new_lead") {
		w.t.Errorf("emne import gives %s", out)
	}
	if out := w.cli(exitDone, "import", eml); !strings.Contains(out, "same_mail") {
		w.t.Errorf("emne import again gives %s", out)
	}
	w.cli(exitFailed, "import", eml+".missing")
}

// verify checks the invariants beside the running server.
func (w *world) verify() string {
	w.t.Helper()
	return w.cli(exitDone, "verify")
}
