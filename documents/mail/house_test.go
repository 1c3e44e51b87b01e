package mail

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

// paper renders documents that are told apart by kind, number and acceptance.
type paper struct{}

func (paper) Check(process.Snapshot) []process.Problem { return nil }

func (paper) Render(s process.Snapshot) ([]byte, error) {
	return fmt.Appendf(nil, "%%PDF-1.7\n%s %s accepted=%t\n%%\xe2\xe3\xcf\xd3\r.\r\n%%%%EOF\n", s.Kind, s.Number, s.Acceptance != nil), nil
}

// till answers submissions as it is told, and keeps what it was given.
type till struct {
	mu      sync.Mutex
	answers []process.Sent
	to      []string
	raws    [][]byte
}

func (s *till) Submit(_ context.Context, to string, raw []byte) process.Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to, s.raws = append(s.to, to), append(s.raws, raw)
	if len(s.answers) == 0 {
		return process.Sent{State: "accepted", Reply: "2.0.0 kept"}
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	return a
}

// house is the process on a real store with a sender.
type house struct {
	t       *testing.T
	service *process.Service
	till    *till
	sender  *Sender
	now     time.Time
	owner   process.Actor
}

var key = bytes.Repeat([]byte("k"), 32)

func texts(t *testing.T) *templates.Set {
	t.Helper()
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func fjord(lang string) process.Settings {
	st := process.DefaultSettings()
	st.Language = lang
	st.Company.Name, st.Company.Email, st.Company.OrganisationNumber = "Fjord & Fjell AS", userName, "974760673"
	st.Company.VATNumber, st.Company.Phone, st.Company.Web = "NO974760673MVA", "+47 55 12 34 56", "fjord.example"
	st.Company.Address = process.Address{Street: "Kaigata 1", Postcode: "5003", City: "Bergen", Country: "NO"}
	st.Company.BankAccount, st.Mail.Acknowledge = "86011117947", true
	return st
}

func newHouse(t *testing.T, lang string, submit Submitter) *house {
	t.Helper()
	h := &house{t: t, till: &till{}, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		owner: process.Actor{Kind: process.ActorUser, Name: "Kari", Role: process.RoleOwner, Channel: "console"}}
	clock := func() time.Time { return h.now }
	log := slog.New(slog.DiscardHandler)
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.service = process.New(process.Options{Store: db, Documents: paper{}, Clock: clock, Key: key})
	if _, err := h.service.PutSettings(t.Context(), process.System(), 0, fjord(lang)); err != nil {
		t.Fatal(err)
	}
	composer, err := NewComposer(texts(t), "https://emne.fjord.example/", userName)
	if err != nil {
		t.Fatal(err)
	}
	if submit == nil {
		submit = h.till
	}
	h.sender = NewSender(h.service, composer, submit, userName, clock, log)
	return h
}

func must[T any](h *house) func(T, error) T {
	return func(v T, err error) T {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
		return v
	}
}

func created(h *house, o *process.Outcome, typ string) string {
	h.t.Helper()
	for _, r := range o.Created {
		if r.Type == typ {
			return r.ID
		}
	}
	h.t.Fatalf("no %s was created: %v", typ, o.Created)
	return ""
}

func (h *house) delivery(id string) *process.Delivery {
	h.t.Helper()
	return must[*process.Delivery](h)(h.service.Deliveries().Get(h.t.Context(), h.owner, id))
}

// find is the newest delivery of a kind.
func (h *house) find(kind string) *process.Delivery {
	h.t.Helper()
	ds, _, err := h.service.Deliveries().List(h.t.Context(), h.owner, process.Filter{Match: map[string]string{"kind": kind}, Limit: 1})
	if err != nil || len(ds) == 0 {
		h.t.Fatalf("no %s: %v", kind, err)
	}
	return &ds[0]
}

func (h *house) deliver(id string, attempt int) {
	h.t.Helper()
	if err := h.sender.Deliver(h.t.Context(), process.SendDelivery{Delivery: id, Attempt: attempt}); err != nil {
		h.t.Fatal(err)
	}
}

// read is the mail that went out last, as a recipient's program reads it.
func (h *house) read() *message.Message {
	h.t.Helper()
	m := message.Parse(h.till.raws[len(h.till.raws)-1], message.Options{Region: "NO"})
	if m.Problem != "" || len(m.Defects) > 0 {
		h.t.Errorf("problem %q, defects %q", m.Problem, m.Defects)
	}
	return m
}

func (h *house) customer() string {
	h.t.Helper()
	return created(h, must[*process.Outcome](h)(h.service.CreateCustomer(h.t.Context(), h.owner, process.CustomerInput{Name: "Bærum Bær AS", Email: "kari@kunde.example",
		OrganisationNumber: "923609016", Address: process.Address{Street: "Gata 2", Postcode: "1300", City: "Sandvika", Country: "NO"}})), process.TypeCustomer)
}

func work() []process.LineInput {
	one, price := decimal.NewFromInt(10), decimal.NewFromInt(1250)
	return []process.LineInput{{Description: "Fasadevask", Quantity: &one, Unit: "HUR", UnitPrice: &price}}
}

// sentQuote gives the ids of a sent quote and of its delivery.
func (h *house) sentQuote(lang, title string) (quote, delivery string) {
	h.t.Helper()
	o := must[*process.Outcome](h)(h.service.CreateQuote(h.t.Context(), h.owner, process.QuoteInput{Customer: h.customer(), Title: title, Language: lang, Lines: work()}))
	quote = o.Record.(*process.Quote).ID
	o = must[*process.Outcome](h)(h.service.SendQuote(h.t.Context(), h.owner, process.Target{ID: quote}, process.SendQuoteInput{}))
	return quote, created(h, o, process.TypeDelivery)
}

func (h *house) issuedInvoice(lang string) (invoice, delivery string) {
	h.t.Helper()
	o := must[*process.Outcome](h)(h.service.CreateInvoice(h.t.Context(), h.owner, process.InvoiceInput{Customer: h.customer(), Language: lang, Lines: work(), SupplyDate: "2026-11-20"}))
	invoice = o.Record.(*process.Invoice).ID
	o = must[*process.Outcome](h)(h.service.IssueInvoice(h.t.Context(), h.owner, process.Target{ID: invoice}, process.IssueInput{}))
	return invoice, created(h, o, process.TypeDelivery)
}

// inquiry brings a mail in and gives the delivery of its acknowledgement.
func (h *house) inquiry(lang, subject string) *process.Delivery {
	h.t.Helper()
	raw := []byte("From: Ola Hansen <ola@hansen.example>\r\nTo: " + userName + "\r\nMessage-ID: <abc.1@hansen.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\nSubject: " + subject +
		"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + map[string]string{"nb": "Hei, vi ønsker et tilbud på vask av fasaden vår. Kan dere komme på befaring neste uke?",
		"en": "Hello, we would like to have a quote for the cleaning of our windows. Could you come and have a look next week?"}[lang] + "\r\n")
	in := message.Mail(message.Parse(raw, message.Options{Region: "NO"}), intake.InMemory(raw), process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: 1}, h.now)
	must[process.Receipt](h)(h.service.ReceiveMail(h.t.Context(), process.System(), in))
	return h.find("acknowledgement")
}
