package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/documents/accesspoint"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// E-invoices go to a real folder on the one database, and to an HTTPS address on
// the other.
func TestAccessPointFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	w := &dropWalk{billing: billing{t: t, data: t.TempDir()}, section: "access_point: {folder: " + folder + "}\n"}
	w.takes = func() {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.got = func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	w.walk("")
}

func TestAccessPointHTTPS(t *testing.T) {
	var mu sync.Mutex
	open, bodies := false, map[string][]byte{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer hunter2" {
			t.Errorf("%v with %v", err, r.Header)
		}
		if bodies[r.Header.Get("Content-Disposition")] = body; !open { // taken, and the answer is lost
			panic(http.ErrAbortHandler)
		}
		rw.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &dropWalk{billing: billing{t: t, data: t.TempDir()}, section: fmt.Sprintf("access_point: {url: %s/outbox, token: hunter2, ca_file: %s}\n", server.URL, ca)}
	w.takes = func() { mu.Lock(); defer mu.Unlock(); open = true }
	w.got = func(name string) []byte {
		mu.Lock()
		defer mu.Unlock()
		if len(bodies) == 0 || bodies["attachment; filename="+name] == nil {
			t.Fatalf("%s is not among %d bodies", name, len(bodies))
		}
		return bodies["attachment; filename="+name]
	}
	w.walk(storetest.Postgres(t))
}

// dropWalk is an installation with an access point: takes makes it work, and got
// is what it got under a name.
type dropWalk struct {
	billing
	section string
	takes   func()
	got     func(name string) []byte
}

func (w *dropWalk) begin(postgres string) {
	w.t.Helper()
	cfg, err := config.Parse(filepath.Join(w.data, "config.yaml"), []byte(w.section), func(string) (string, bool) { return "", false })
	if err != nil {
		w.t.Fatal(err)
	}
	if cfg.Data = w.data; postgres != "" {
		cfg.Store.Engine, cfg.Store.URL = config.EnginePostgres, config.NewSecret(postgres)
	}
	w.house = &house{cfg: cfg, log: slog.New(slog.DiscardHandler), clock: func() time.Time { return w.now }}
	if err := w.house.open(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// deliver makes an attempt, as the job does.
func (w *dropWalk) deliver(id string, attempt int) map[string]any {
	w.t.Helper()
	drop, err := accessPoint(w.house.cfg.AccessPoint)
	if err != nil {
		w.t.Fatal(err)
	}
	s := accesspoint.NewSender(w.house.service, drop, w.house.log)
	if err := s.Deliver(w.t.Context(), process.SendDelivery{Delivery: id, Attempt: attempt, Channel: process.KindEInvoice}); err != nil {
		w.t.Fatal(err)
	}
	return w.api(200, "GET", "deliveries/"+id, "")
}

func (w *dropWalk) walk(postgres string) {
	t := w.t
	w.now = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	w.begin(postgres)
	settings := w.api(200, "GET", "settings", "")
	company := settings["company"].(map[string]any)
	for k, v := range map[string]any{"name": "Selger AS", "organisation_number": "974760673", "vat_number": "NO974760673MVA", "tax_registration": "Foretaksregisteret",
		"email": "post@selger.example", "bank_account": "86011117947", "address": map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"},
		"e_invoice_address": map[string]any{"scheme": "0192", "id": "974760673"}} {
		company[k] = v
	}
	settings["send_by"] = "e_invoice"
	body, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	w.api(200, "PUT", "settings", string(body))
	customer := w.api(201, "POST", "customers", `{"name":"Kunde AS","email":"post@kunde.example","organisation_number":"987654325",
		"address":{"street":"Gata 2","postcode":"0150","city":"Oslo","country":"NO"}}`)["id"].(string)

	// Without the customer's e-invoice address the PDF goes by mail, and a task says why.
	blocked := w.issue(customer)
	for _, r := range blocked["created"].([]any) {
		if typ := r.(map[string]any)["type"]; typ != "delivery" && typ != "task" {
			t.Errorf("a %v came of it", typ)
		}
	}
	if ds := w.of(blocked); len(ds) != 1 || ds[0]["kind"] != "invoice" {
		t.Errorf("blocked, it goes by %v", ds)
	}
	if ts := w.api(200, "GET", "tasks?state=open", "")["items"].([]any); len(ts) != 1 || !strings.Contains(ts[0].(map[string]any)["note"].(string), "the customer has no e-invoice address") {
		t.Errorf("the tasks are %v", ts)
	}

	// With it the access point gets UBL, after it was away and the process ended in between.
	w.api(200, "PATCH", "customers/"+customer, `{"e_invoice_address":{"scheme":"0192","id":"987654325"}}`)
	sent := w.issue(customer)
	ds := w.of(sent)
	if len(ds) != 1 || ds[0]["kind"] != "e_invoice" || ds[0]["to"] != "0192:987654325" {
		t.Fatalf("it goes by %v", ds)
	}
	id := ds[0]["id"].(string)
	if d := w.deliver(id, 1); d["state"] != "retrying" || d["next_at"] == nil || d["reply"] == "" {
		t.Fatalf("the access point is away, and the delivery is %v", d)
	}
	w.house.close()
	w.begin(postgres)
	defer w.house.close()
	w.takes()
	d := w.deliver(id, 2)
	if d["state"] != "accepted" || d["attempts"] != float64(2) {
		t.Fatalf("the delivery is %v", d)
	}
	record := sent["record"].(map[string]any)
	w.holds(w.got(d["subject"].(string)), record)
	var types []string
	for _, a := range w.api(200, "GET", "activities?limit=100&about_id="+id, "")["items"].([]any) {
		types = append(types, a.(map[string]any)["type"].(string))
	}
	if got := strings.Join(types, " "); got != "delivery.accepted delivery.sending delivery.retrying delivery.sending delivery.queued" {
		t.Errorf("the timeline says %s", got)
	}

	// A second e-invoice of the document is refused; its credit note is one of its own.
	w.api(409, "POST", "invoices/"+record["id"].(string)+"/send", "")
	credit := w.api(200, "POST", "invoices/"+record["id"].(string)+"/credit", `{"reason":"wrong"}`)
	for _, r := range credit["created"].([]any) {
		if ref := r.(map[string]any); ref["type"] == "delivery" {
			d := w.deliver(ref["id"].(string), 1)
			if d["state"] != "accepted" || !bytes.Contains(w.got(d["subject"].(string)), []byte("<CreditNote ")) {
				t.Errorf("the credit note's delivery is %v", d)
			}
		}
	}
	report, err := w.house.store.Verify(t.Context())
	if err != nil || len(report.Violations) > 0 {
		t.Errorf("verify finds %+v, %v", report.Violations, err)
	}
}

func (w *dropWalk) issue(customer string) map[string]any {
	w.t.Helper()
	draft := w.api(201, "POST", "invoices", `{"customer":"`+customer+`","buyer_reference":"Berit","lines":[{"description":"Work","quantity":"2","unit":"HUR","unit_price":"500"}]}`)
	return w.api(200, "POST", "invoices/"+draft["id"].(string)+"/issue", "")
}

// of are the deliveries of what was issued.
func (w *dropWalk) of(issued map[string]any) []map[string]any {
	w.t.Helper()
	var ds []map[string]any
	for _, d := range w.api(200, "GET", "deliveries?about_id="+issued["record"].(map[string]any)["id"].(string), "")["items"].([]any) {
		ds = append(ds, d.(map[string]any))
	}
	return ds
}

// holds checks that the UBL is the invoice, with its PDF byte for byte inside.
func (w *dropWalk) holds(ubl []byte, record map[string]any) {
	w.t.Helper()
	var doc struct {
		XMLName xml.Name
		ID      string
		Payable string `xml:"LegalMonetaryTotal>PayableAmount"`
		Object  struct {
			MIME string `xml:"mimeCode,attr"`
			Name string `xml:"filename,attr"`
			Text string `xml:",chardata"`
		} `xml:"AdditionalDocumentReference>Attachment>EmbeddedDocumentBinaryObject"`
	}
	if err := xml.Unmarshal(ubl, &doc); err != nil {
		w.t.Fatal(err)
	}
	pdf, err := base64.StdEncoding.DecodeString(doc.Object.Text)
	want := w.raw(200, "GET", "invoices/"+record["id"].(string)+"/pdf", "")
	if err != nil || !bytes.Equal(pdf, want) || doc.Object.MIME != "application/pdf" || doc.Object.Name != "invoice-"+record["number"].(string)+".pdf" {
		w.t.Errorf("%v: %d bytes of PDF, want %d, called %s", err, len(pdf), len(want), doc.Object.Name)
	}
	if doc.XMLName.Local != "Invoice" || doc.ID != record["number"] || doc.Payable != amount(record["gross"]) {
		w.t.Errorf("the e-invoice is %s %s over %s, want %v", doc.XMLName.Local, doc.ID, doc.Payable, record)
	}
}
