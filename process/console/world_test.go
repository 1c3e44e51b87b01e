package console

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/bank"
	"github.com/emne/emne/process/exchange"
	"github.com/emne/emne/process/rules"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

// papers are documents that need little: a customer with an address.
type papers struct{}

func (papers) Check(s process.Snapshot) []process.Problem {
	if s.Buyer.Address.IsZero() && s.Buyer.OrganisationNumber == "" {
		return []process.Problem{{Field: "customer.address", Reason: "buyer.address.missing", Message: "the customer needs an address"}}
	}
	return nil
}

func (papers) Render(s process.Snapshot) ([]byte, error) {
	return fmt.Appendf(nil, "%%PDF-1.7 %s %s %v", s.Kind, s.Number, s.Acceptance != nil), nil
}

// world is a company with a console on a store of its own.
type world struct {
	t       *testing.T
	s       *process.Service
	console *Console
	access  *access.Access
	now     time.Time
	user    process.User
	actor   process.Actor
	lang    string
}

func newWorld(t *testing.T) *world { return newWorldWith(t, nil) }

func newWorldWith(t *testing.T, register process.Register) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), lang: "nb"}
	clock := func() time.Time { return w.now }
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w.s = process.New(process.Options{Statements: bank.Reader{}, Rates: exchange.Rates{}, Store: db, Documents: papers{}, Rules: rules.New(), Register: register, Clock: clock, Key: []byte(strings.Repeat("k", 32))})
	w.access = access.New(db, clock)
	user, err := w.access.CreateUser(t.Context(), process.System(), access.NewUser{Email: "kari@fjord.example", Name: "Kari Nordmann",
		Role: process.RoleOwner, Language: "nb", Password: "en lang setning"})
	if err != nil {
		t.Fatal(err)
	}
	w.user, w.actor = *user, process.Actor{Kind: process.ActorUser, ID: user.ID, Name: user.Name, Role: user.Role, Channel: "console"}
	st := process.DefaultSettings()
	st.Company.Name, st.Company.Email = "Fjord Varmepumper AS", "post@fjord.example"
	must(t)(w.s.PutSettings(t.Context(), w.actor, 0, st))
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	site, err := access.NewSite("http://console.example", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.console, err = New(Options{Service: w.s, Templates: set, Sessions: w.access, Site: site, PublicURL: "http://portal.example",
		Who:  access.First(w.access.Session, func(*http.Request) (process.Actor, error) { return w.actor, nil }),
		Demo: &DemoLinks{Mailboxes: "/mailboxes", Form: "/form"}, Clock: clock, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.console.Close)
	return w
}

// must fails the test when a use case does.
func must(t *testing.T) func(*process.Outcome, error) *process.Outcome {
	return func(out *process.Outcome, err error) *process.Outcome {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func (w *world) do(r *http.Request) *httptest.ResponseRecorder {
	w.t.Helper()
	r.Host = "console.example"
	if w.lang != "" {
		r.AddCookie(&http.Cookie{Name: languageCookie, Value: w.lang})
	}
	rec := httptest.NewRecorder()
	w.console.ServeHTTP(rec, r)
	return rec
}

func (w *world) get(path string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.do(httptest.NewRequest("GET", path, nil))
}

// post sends a form given as name, value, name, value.
func (w *world) post(path string, pairs ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(values(pairs...).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(r)
}

func d(s string) *decimal.Decimal {
	v := decimal.RequireFromString(s)
	return &v
}

func at(id string) process.Target { return process.Target{ID: id} }

// mail lets a mail come in.
func (w *world) mail(from, subject, text string, mend ...func(*process.IncomingMail)) process.Receipt {
	w.t.Helper()
	m := process.IncomingMail{At: process.MailboxUID{Mailbox: "salg"}, ReceivedAt: w.now, Raw: process.NewBlob([]byte("From: " + from + "\r\n\r\n" + text)),
		MessageID: subject + "@" + from, ContentHash: from + subject + text, FromName: "Ola <b>Hansen</b>", From: from, To: []string{"salg@fjord.example"},
		Quoted: "> sitert", Signature: "Hilsen Ola",
		Inquiry: process.Inquiry{Name: "Ola <b>Hansen</b>", Email: from, Subject: subject, Text: text, Language: "nb",
			Attachments: []process.IncomingFile{{Name: "plan \"æ\".html", ContentType: "text/html", Content: process.NewBlob([]byte("<script>1</script>" + subject))}}}}
	for _, f := range mend {
		f(&m)
	}
	r, err := w.s.ReceiveMail(w.t.Context(), process.System(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// sale is one inquiry on its way.
type sale struct{ lead, opportunity, customer, quote string }

// lead is a qualified lead with a quote in draft.
func (w *world) sale(name string) sale {
	w.t.Helper()
	ctx, ok := w.t.Context(), must(w.t)
	l := ok(w.s.CreateLead(ctx, w.actor, process.LeadInput{Name: "Per Lund", Company: name, Email: "per@" + name + ".example", Subject: "Varmepumpe",
		Message: "Hei", Address: process.Address{Street: "Sjøgata 1", Postcode: "6003", City: "Ålesund", Country: "NO"}})).Record.(*process.Lead)
	l = ok(w.s.QualifyLead(ctx, w.actor, at(l.ID), process.QualifyInput{})).Record.(*process.Lead)
	q := ok(w.s.CreateQuote(ctx, w.actor, process.QuoteInput{Opportunity: l.Opportunity, Introduction: "Takk.", Terms: "14 dager.", Lines: []process.LineInput{
		{Description: "Varmepumpe", Quantity: d("2"), UnitPrice: d("1000")}, {Description: "Montering", Quantity: d("3.5"), Unit: "HUR", UnitPrice: d("950.50"), DiscountPercent: d("10")}}}))
	return sale{l.ID, l.Opportunity, l.Customer, q.Record.(*process.Quote).ID}
}

// ordered is a sale whose quote was accepted.
func (w *world) ordered(name string) (sale, process.Order) {
	w.t.Helper()
	s := w.sale(name)
	must(w.t)(w.s.SendQuote(w.t.Context(), w.actor, at(s.quote), process.SendQuoteInput{}))
	out := must(w.t)(w.s.AcceptQuote(w.t.Context(), w.actor, at(s.quote), process.AcceptInput{Name: "Per Lund", Evidence: "Telefon"}))
	o, err := w.s.Orders().Get(w.t.Context(), w.actor, out.Created[0].ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, *o
}

// invoiced is a sale that was delivered and invoiced.
func (w *world) invoiced(name string) string {
	w.t.Helper()
	_, o := w.ordered(name)
	out := must(w.t)(w.s.FulfilOrder(w.t.Context(), w.actor, at(o.ID), process.FulfilInput{}))
	must(w.t)(w.s.IssueInvoice(w.t.Context(), w.actor, at(out.Created[0].ID), process.IssueInput{}))
	return out.Created[0].ID
}

func (w *world) paid(invoice, amount string) string {
	w.t.Helper()
	m, err := process.ParseMoney(*d(amount), "NOK")
	if err != nil {
		w.t.Fatal(err)
	}
	return must(w.t)(w.s.CreatePayment(w.t.Context(), w.actor, process.PaymentInput{Invoice: invoice, Amount: m, Method: "Bank"})).Record.(*process.Payment).ID
}

func (w *world) invoice(id string) *process.Invoice {
	w.t.Helper()
	i, err := w.s.Invoices().Get(context.Background(), w.actor, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}
