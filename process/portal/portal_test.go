package portal

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type papers struct{}

func (papers) Check(process.Snapshot) []process.Problem { return nil }

func (papers) Render(s process.Snapshot) ([]byte, error) {
	return fmt.Appendf(nil, "%%PDF-1.7 %s %s r%d %v", s.Kind, s.Number, s.Revision, s.Acceptance != nil), nil
}

// shop is a company with customers' pages.
type shop struct {
	t     *testing.T
	s     *process.Service
	h     http.Handler
	now   time.Time
	actor process.Actor
}

func newShop(t *testing.T) *shop {
	t.Helper()
	w := &shop{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), actor: process.Actor{Kind: process.ActorToken, Role: process.RoleOwner, Channel: "api"}}
	clock := func() time.Time { return w.now }
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w.s = process.New(process.Options{Store: db, Documents: papers{}, Clock: clock, Key: []byte(strings.Repeat("k", 32))})
	st := process.DefaultSettings()
	st.Company.Name, st.Company.Email, st.Company.OrganisationNumber, st.Company.BankAccount = "Fjord <AS>", "post@fjord.example", "923609016", "1503.12.34562"
	w.must(w.s.PutSettings(t.Context(), w.actor, 0, st))
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	site, err := access.NewSite("https://portal.example", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w.h, err = New(Options{Service: w.s, Templates: set, Site: site, Logger: quiet}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *shop) must(out *process.Outcome, err error) *process.Outcome {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// quote is a sent quote in a language, and the path of a link to it.
func (w *shop) quote(lang string) (id, path string) {
	w.t.Helper()
	ctx := w.t.Context()
	c := w.must(w.s.CreateCustomer(ctx, w.actor, process.CustomerInput{Name: "Nordlys Fisk AS", Email: "ola@nordlys.example"})).Record.(*process.Customer)
	one, price, off := decimal.NewFromInt(2), decimal.RequireFromString("1234.5"), decimal.NewFromInt(10)
	q := w.must(w.s.CreateQuote(ctx, w.actor, process.QuoteInput{Customer: c.ID, Language: lang, Title: "Hall", Introduction: "Takk <b>", Terms: "14 dager",
		Lines: []process.LineInput{{Description: "Varmepumpe", Quantity: &one, UnitPrice: &price, DiscountPercent: &off}}})).Record.(*process.Quote)
	w.must(w.s.SendQuote(ctx, w.actor, process.Target{ID: q.ID}, process.SendQuoteInput{}))
	return q.ID, w.link(process.TypeQuote, q.ID)
}

func (w *shop) link(typ, id string) string {
	w.t.Helper()
	token, err := w.s.ShareLink(w.t.Context(), w.actor, process.Ref{Type: typ, ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return "/p/" + token
}

func (w *shop) read(id string) *process.Quote {
	w.t.Helper()
	q, err := w.s.Quotes().Get(w.t.Context(), w.actor, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

func (w *shop) do(r *http.Request) *httptest.ResponseRecorder {
	w.t.Helper()
	r.Host = "portal.example"
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

func (w *shop) get(path string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.do(httptest.NewRequest("GET", path, nil))
}

// post sends a form as a program does, without an origin.
func (w *shop) post(path string, pairs ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "program")
	return w.do(r)
}

var missing = regexp.MustCompile(`⟦[^⟧]*⟧|\{[a-z_]+\}|<no value>|ZgotmplZ|(?i)<script|<style|\sstyle=`)

// says checks a page's status, its headers and what it says.
func (w *shop) says(rec *httptest.ResponseRecorder, status int, want ...string) {
	w.t.Helper()
	body := strings.ReplaceAll(rec.Body.String(), noBreak, " ")
	if rec.Code != status {
		w.t.Errorf("status %d, want %d: %s", rec.Code, status, body)
	}
	if m := missing.FindString(body); m != "" {
		w.t.Errorf("the page has %q", m)
	}
	for _, s := range want {
		if !strings.Contains(body, s) {
			w.t.Errorf("the page does not say %q", s)
		}
	}
	h := rec.Header()
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") ||
		h.Get("Cache-Control") != "private, no-store" || h.Get("Referrer-Policy") == "" || len(rec.Result().Cookies()) > 0 {
		w.t.Errorf("the headers are %v", h)
	}
}

func TestQuotePage(t *testing.T) {
	w := newShop(t)
	_, nb := w.quote("nb")
	w.says(w.get(nb), 200, `<html lang="nb">`, "Fjord &lt;AS&gt;", "Tilbud T-1001: Hall", "2 777,63 NOK", "23.12.2026", "Takk &lt;b&gt;", "14 dager", "10 %", "2 stk",
		nb+"/accept", nb+"/decline", nb+"/question", nb+"/pdf")
	_, en := w.quote("en")
	w.says(w.get(en), 200, `<html lang="en">`, "Quote T-1002: Hall", "NOK 2,777.63", "23 December 2026", "Accept the quote")
	pdf := w.get(nb + "/pdf")
	if pdf.Code != 200 || pdf.Header().Get("Content-Type") != "application/pdf" || pdf.Body.String() != "%PDF-1.7 quote T-1001 r0 false" ||
		!strings.Contains(pdf.Header().Get("Content-Disposition"), "quote-T-1001.pdf") {
		t.Errorf("%d %v %q", pdf.Code, pdf.Header(), pdf.Body)
	}
	if css := w.get("/p/-/assets/emne.css"); css.Code != 200 || css.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the looks came as %d %v", css.Code, css.Header())
	}
}

func TestAccept(t *testing.T) {
	w := newShop(t)
	id, at := w.quote("nb")
	q := w.read(id)
	w.says(w.post(at+"/accept", "name", "Ola Hansen", "sha256", q.SHA256), 422, "Kryss av", `value="Ola Hansen"`)
	w.says(w.post(at+"/accept", "terms", "1", "sha256", q.SHA256), 422, "Skriv navnet på den som aksepterer.", "checked")
	w.says(w.post(at+"/accept", "name", "Ola Hansen", "terms", "1"), 422, "Last siden på nytt")
	w.says(w.post(at+"/accept", "name", "Ola Hansen", "terms", "1", "sha256", strings.Repeat("0", 64)), 409, "Les det på nytt")
	for _, path := range []string{"/accept", "/decline", "/question"} {
		if rec := w.get(at + path + "?name=Ola&terms=1&sha256=" + q.SHA256); rec.Code != 404 && rec.Code != 405 {
			t.Errorf("GET %s: %d", path, rec.Code)
		}
	}
	if q := w.read(id); q.State != "active" {
		t.Fatalf("the quote is %s before it was accepted", q.State)
	}
	for range 2 { // a double click shows the confirmation again
		rec := w.post(at+"/accept", "name", "Ola Hansen", "terms", "1", "sha256", q.SHA256)
		if rec.Code != 303 || rec.Header().Get("Location") != at+"?done=accepted" {
			t.Fatalf("%d %v %s", rec.Code, rec.Header(), rec.Body)
		}
		w.says(w.get(at+"?done=accepted"), 200, "Tilbudet er akseptert", "Ola Hansen", "O-1001", at+"/pdf?copy=accepted")
	}
	if q = w.read(id); q.State != "won" || q.Acceptance.Name != "Ola Hansen" || q.Acceptance.Channel != "portal" || q.Acceptance.UserAgent != "program" || q.Acceptance.Address != "192.0.2.1" {
		t.Errorf("the acceptance is %+v", q.Acceptance)
	}
	if pdf := w.get(at + "/pdf?copy=accepted"); pdf.Body.String() != "%PDF-1.7 quote T-1001 r0 true" {
		t.Errorf("the signed copy is %q", pdf.Body)
	}
	w.says(w.post(at+"/accept", "name", "Kari Berg", "terms", "1", "sha256", q.SHA256), 409, "allerede akseptert", "Ola Hansen")
	w.says(w.post(at+"/decline", "reason", "Prisen"), 409, "Tilbudet er akseptert")
}

// The customer sees what the quote comes to with his choice before he accepts
// it, and may name his own order; nothing is decided by looking.
func TestChoose(t *testing.T) {
	w := newShop(t)
	id, _ := w.quote("nb")
	if _, err := w.s.ReviseQuote(t.Context(), w.actor, process.Target{ID: id}, struct{}{}); err != nil {
		t.Fatal(err)
	}
	next := w.read(w.read(id).Next)
	price := decimal.NewFromInt(1000)
	in := next.Input()
	in.Lines = append(in.Lines, process.LineInput{Description: "Port", UnitPrice: &price, Option: true})
	in.CustomerReference = "PO 1"
	out, err := w.s.EditQuote(t.Context(), w.actor, process.Target{ID: next.ID}, in)
	if err != nil {
		t.Fatal(err)
	}
	lines := out.Record.(*process.Quote).Lines
	option := lines[len(lines)-1].ID
	if _, err := w.s.SendQuote(t.Context(), w.actor, process.Target{ID: next.ID}, process.SendQuoteInput{}); err != nil {
		t.Fatal(err)
	}
	at := w.link(process.TypeQuote, next.ID)
	w.says(w.get(at), 200, "2 777,63 NOK", at+"/choose", `value="PO 1"`)
	for _, total := range []string{"4 027,63 NOK", "2 777,63 NOK"} {
		form := []string{"name", "Ola Hansen"}
		if total[0] == '4' {
			form = append(form, "option", option)
		}
		w.says(w.post(at+"/choose", form...), 200, total, `value="Ola Hansen"`)
	}
	w.says(w.post(at+"/choose", "option", "no such line"), 200, "2 777,63 NOK")
	q := w.read(next.ID)
	if q.State != "active" || q.Version != out.Record.(*process.Quote).Version+1 {
		t.Fatalf("the quote is %s in version %d", q.State, q.Version)
	}
	w.says(w.post(at+"/accept", "name", "Ola Hansen", "terms", "1", "sha256", q.SHA256, "option", option, "customer_reference", strings.Repeat("x", 201)), 422, "Høyst 200 tegn.", "4 027,63 NOK")
	if rec := w.post(at+"/accept", "name", "Ola Hansen", "terms", "1", "sha256", q.SHA256, "option", option, "customer_reference", "PO 2"); rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	o, err := w.s.Orders().Get(t.Context(), w.actor, w.read(next.ID).Order)
	if err != nil || o.CustomerReference != "PO 2" || o.Payable().String() != "4027.63" {
		t.Errorf("the order is %+v, %v", o, err)
	}
	w.says(w.post(at+"/choose"), 200, "4 027,63 NOK", "akseptert")
}

func TestDecline(t *testing.T) {
	w := newShop(t)
	id, at := w.quote("nb")
	if rec := w.post(at+"/decline", "reason", "Prisen", "comment", "For dyrt"); rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.says(w.get(at), 200, "Du har takket nei")
	if q := w.read(id); q.State != "closed" || q.ClosedReason != "lost" || q.Reason != "Prisen" || q.Comment != "For dyrt" {
		t.Errorf("the quote is %+v", q)
	}
	w.says(w.post(at+"/accept", "name", "Ola", "terms", "1", "sha256", w.read(id).SHA256), 409, "Du har takket nei")
}

func TestQuestion(t *testing.T) {
	w := newShop(t)
	_, at := w.quote("nb")
	w.says(w.post(at+"/question", "text", "  "), 422, "Skriv høyst 10 000 tegn.")
	rec := w.post(at+"/question", "text", "Er frakt med?")
	if rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.says(w.get(rec.Header().Get("Location")), 200, "Spørsmålet er sendt.")
	tasks, _, err := w.s.Tasks().List(t.Context(), w.actor, process.Filter{})
	if err != nil || len(tasks) != 1 || tasks[0].Note != "Er frakt med?" {
		t.Errorf("the tasks are %+v, %v", tasks, err)
	}
}

func TestExpiredAndReplaced(t *testing.T) {
	w := newShop(t)
	id, at := w.quote("nb")
	w.must(w.s.ReviseQuote(t.Context(), w.actor, process.Target{ID: id}, struct{}{}))
	w.says(w.get(at), 200, "Tilbudet er erstattet", "En ny revisjon er på vei.")
	w.says(w.post(at+"/newer"), 404)
	next := w.read(w.read(id).Next)
	w.must(w.s.SendQuote(t.Context(), w.actor, process.Target{ID: next.ID}, process.SendQuoteInput{}))
	w.says(w.get(at), 200, "Det finnes en nyere revisjon.", at+"/newer")
	var newer string
	for _, rec := range []*httptest.ResponseRecorder{w.post(at + "/newer"), w.get(at + "/newer")} {
		if newer = rec.Header().Get("Location"); rec.Code != 303 || !strings.HasPrefix(newer, "/p/") || newer == at {
			t.Fatalf("%d %q", rec.Code, newer)
		}
	}
	w.says(w.get(newer), 200, "Tilbud T-1001 rev. 1", newer+"/accept")

	w.now = w.now.AddDate(0, 2, 0)
	w.says(w.get(newer), 200, "Tilbudet er utløpt", "Be om et nytt tilbud", newer+"/question")
	w.says(w.post(newer+"/accept", "name", "Ola", "terms", "1", "sha256", w.read(next.ID).SHA256), 409, "Tilbudet er utløpt")

	w.must(w.s.CancelQuote(t.Context(), w.actor, process.Target{ID: next.ID}, process.CancelInput{}))
	w.says(w.get(newer), 200, "Tilbudet er trukket tilbake")
}

func TestInvoicePage(t *testing.T) {
	w := newShop(t)
	id, _ := w.quote("nb")
	order := w.must(w.s.AcceptQuote(t.Context(), w.actor, process.Target{ID: id}, process.AcceptInput{Name: "Ola"})).Created[0].ID
	invoice := w.must(w.s.FulfilOrder(t.Context(), w.actor, process.Target{ID: order}, process.FulfilInput{})).Created[0].ID
	w.must(w.s.IssueInvoice(t.Context(), w.actor, process.Target{ID: invoice}, process.IssueInput{}))
	at := w.link(process.TypeInvoice, invoice)
	w.says(w.get(at), 200, "Faktura 10001: Hall", "Ikke betalt", "2 777,63 NOK", "07.12.2026", "1503.12.34562", "100016")
	if strings.Contains(w.get(at).Body.String(), "pay.example") {
		t.Error("there is a link to pay without a template")
	}
	st, version, err := w.s.Settings(t.Context(), w.actor)
	if err != nil {
		t.Fatal(err)
	}
	st.PaymentLink = "https://pay.example/{reference}?a={amount}"
	w.must(w.s.PutSettings(t.Context(), w.actor, version, st))
	if page := w.get(at).Body.String(); !strings.Contains(page, `href="https://pay.example/100016?a=`) {
		t.Errorf("the page has no link to pay: %s", page)
	}
	if pdf := w.get(at + "/pdf"); pdf.Body.String() != "%PDF-1.7 invoice 10001 r0 false" {
		t.Errorf("the PDF is %q", pdf.Body)
	}
	w.says(w.post(at+"/accept", "name", "Ola", "terms", "1"), 404)
	pay := func(minor int64) {
		w.must(w.s.CreatePayment(t.Context(), w.actor, process.PaymentInput{Invoice: invoice, Amount: process.Money{Minor: minor, Currency: "NOK"}}))
	}
	pay(100000)
	w.says(w.get(at), 200, "Delvis betalt", "1 777,63 NOK")
	w.now = w.now.AddDate(0, 1, 0)
	w.says(w.get(at), 200, "Forfalt")
	pay(177763)
	w.says(w.get(at), 200, "Betalt", "0,00 NOK")
}

func TestNoOracle(t *testing.T) {
	w := newShop(t)
	_, at := w.quote("nb")
	unknown := w.get("/p/" + strings.Repeat("A", len(at)-3))
	w.says(unknown, 404, "There is no such page")
	for _, path := range []string{"/p/x", "/p/", "/p/" + strings.Repeat("x", 5000), "/p/x/pdf", at + "/nothing", "/p/x/accept"} {
		rec := w.get(path)
		if path == "/p/x/accept" {
			rec = w.post(path, "name", "Ola")
		}
		if rec.Code != 404 || !strings.Contains(rec.Body.String(), "There is no such page") {
			t.Errorf("%.40s: %d", path, rec.Code)
		}
	}
	if got := w.get("/p/x"); got.Body.String() != unknown.Body.String() {
		t.Error("unknown tokens differ")
	}
	r := httptest.NewRequest("POST", at+"/decline", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if rec := w.do(r); rec.Code != 403 {
		t.Errorf("another site's form: %d", rec.Code)
	}
	large := w.post(at+"/question", "text", strings.Repeat("x", maxForm+1))
	if large.Code != 413 {
		t.Errorf("a large form: %d", large.Code)
	}
}
