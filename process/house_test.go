package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/bank"
	"github.com/emne/emne/process/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if dir := emptyHouse.dir; dir != "" {
			os.RemoveAll(dir)
		}
		os.Exit(code)
	}))
}

// clock is a time that stands still until a test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// papers renders a snapshot as its JSON, and asks of a document what the
// tests need: a buyer's address and a line.
type papers struct {
	mu   sync.Mutex
	fail func(process.Snapshot) error
}

func (p *papers) Check(s process.Snapshot) []process.Problem {
	var ps []process.Problem
	if len(s.Lines) == 0 {
		ps = append(ps, process.Problem{Field: "lines", Rule: "BR-16", Reason: "lines.missing", Message: "add at least one line"})
	}
	if s.Kind != process.KindQuote && s.Buyer.Address.IsZero() && s.Buyer.OrganisationNumber == "" {
		ps = append(ps, process.Problem{Field: "customer.address", Reason: "buyer.address.missing", Message: "enter the customer's address"})
	}
	if s.Buyer.Endpoint.ID == "" {
		ps = append(ps, process.Problem{Field: "customer.e_invoice_address", Reason: "endpoint.missing", Message: "enter an address", Channel: "peppol"})
	}
	return ps
}

func (p *papers) Render(s process.Snapshot) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(s); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// house is the domain on a real store of its own.
type house struct {
	t      testing.TB
	s      *process.Service
	db     *store.DB
	clock  *clock
	papers *papers

	owner, sales, accounting, reader process.Actor

	// other is a lead that may be merged into another.
	other string

	// through is another entrance of verbs than the use cases themselves.
	through func(method, path, body string) error
}

var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// emptyHouse is a database file with users and settings, made once and copied
// for every test.
var emptyHouse struct {
	once sync.Once
	dir  string
	err  error
}

func newHouse(t testing.TB) *house {
	t.Helper()
	emptyHouse.once.Do(func() {
		if emptyHouse.dir, emptyHouse.err = os.MkdirTemp("", "emne-process-"); emptyHouse.err == nil {
			furnish(t, emptyHouse.dir)
		}
	})
	if emptyHouse.err != nil {
		t.Fatal(emptyHouse.err)
	}
	file, dir := "emne.db", t.TempDir()
	data, err := os.ReadFile(filepath.Join(emptyHouse.dir, file))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, file), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := openHouse(t, dir)
	t.Cleanup(h.close)
	users := map[process.Role]*process.Actor{process.RoleOwner: &h.owner, process.RoleSales: &h.sales, process.RoleAccounting: &h.accounting, process.RoleReader: &h.reader}
	for _, u := range list(h, h.s.Users(), nil) {
		*users[u.Role] = process.Actor{Kind: process.ActorUser, ID: u.ID, Name: u.Name, Role: u.Role, Channel: "console"}
	}
	return h
}

// openHouse opens the house in a folder, with a clock of its own.
func openHouse(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{t: monday}, papers: &papers{}, owner: process.System()}
	var err error
	if h.db, err = store.OpenSQLite(t.Context(), filepath.Join(dir, "emne.db"), store.Options{Clock: h.clock.now}); err != nil {
		t.Fatal(err)
	}
	h.s = process.New(process.Options{Store: h.db, Documents: h.papers, Statements: bank.Reader{}, Clock: h.clock.now, ReadMail: readMail, Key: []byte("0123456789abcdef0123456789abcdef")})
	return h
}

func (h *house) close() {
	if err := h.db.Close(); err != nil {
		h.t.Errorf("closing: %v", err)
	}
}

// furnish makes a database with a user of each role, whose address begins with
// the role's name, and a company's settings.
func furnish(t testing.TB, dir string) {
	t.Helper()
	h := openHouse(t, dir)
	defer h.close()
	for _, role := range []process.Role{process.RoleOwner, process.RoleSales, process.RoleAccounting, process.RoleReader} {
		u := &process.User{State: "active", Email: string(role) + "@seller.example", Name: string(role), Role: role, Language: "en"}
		h.check(h.db.InTx(h.ctx(), func(tx process.Tx) error { return tx.Users().Insert(u) }))
	}
	h.settings(func(st *process.Settings) {
		st.Company.Name, st.Company.OrganisationNumber, st.Company.VATNumber = "Selger AS", "974760673", "NO974760673MVA"
		st.Company.Email = "company@seller.example"
		st.Process.Stages = []process.Stage{{Choice: process.Choice{Key: "need"}, Probability: 20}, {Choice: process.Choice{Key: "proposal"}, Probability: 60}}
	})
}

func (h *house) settings(change func(*process.Settings)) {
	h.t.Helper()
	st, version, err := h.s.Settings(h.ctx(), h.owner)
	h.check(err)
	change(&st)
	_, err = h.s.PutSettings(h.ctx(), h.owner, version, st)
	h.check(err)
}

func (h *house) ctx() context.Context { return h.t.Context() }

func (h *house) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// verify asks the store for every invariant that it can see.
func (h *house) verify() {
	h.t.Helper()
	r, err := h.db.Verify(h.ctx())
	h.check(err)
	for _, v := range r.Violations {
		h.t.Errorf("%s: %s %s: %s", v.Invariant, v.Record, v.ID, v.Message)
	}
}

// tick lets a moment go by, so that records have an order.
func (h *house) tick() { h.clock.advance(time.Millisecond) }

// try runs a verb of the API by its name.
func (h *house) try(a process.Actor, record, name, id, body string) (*process.Outcome, error) {
	h.t.Helper()
	return h.tryAt(h.ctx(), a, record, name, process.Target{ID: id}, body)
}

func (h *house) tryAt(ctx context.Context, a process.Actor, record, name string, t process.Target, body string) (*process.Outcome, error) {
	h.t.Helper()
	i := slices.IndexFunc(process.Verbs(), func(v process.Verb) bool { return v.Record == record && v.Name == name })
	if i < 0 {
		h.t.Fatalf("there is no verb %s of a %s", name, record)
	}
	h.tick()
	return process.Verbs()[i].Run(h.s, ctx, a, t, []byte(body))
}

// do runs a verb that must succeed, as the owner.
func (h *house) do(record, name, id, body string) *process.Outcome {
	h.t.Helper()
	out, err := h.try(h.owner, record, name, id, body)
	if err != nil {
		h.t.Fatalf("%s of the %s: %v", name, record, err)
	}
	return out
}

func (h *house) form(record string) process.Form {
	h.t.Helper()
	i := slices.IndexFunc(process.Forms(), func(f process.Form) bool { return f.Record == record })
	if i < 0 {
		h.t.Fatalf("there is no form of a %s", record)
	}
	return process.Forms()[i]
}

// create adds a record by its form, as the owner, and gives its id.
func (h *house) create(record, body string) string {
	h.t.Helper()
	h.tick()
	out, err := h.form(record).Create(h.s, h.ctx(), h.owner, []byte(body))
	if err != nil {
		h.t.Fatalf("creating a %s of %s: %v", record, body, err)
	}
	return baseOf(h.t, out.Record).ID
}

// base is what every record's JSON has.
type base struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	State   string `json:"state"`
}

func baseOf(t testing.TB, record any) (b base) {
	t.Helper()
	data, err := json.Marshal(record)
	if err == nil {
		err = json.Unmarshal(data, &b)
	}
	if err != nil || b.ID == "" {
		t.Fatalf("no record: %T, %v", record, err)
	}
	return b
}

// look reads any record.
func (h *house) look(record, id string) base {
	h.t.Helper()
	var r any
	var err error
	switch record {
	case process.TypeLead:
		r, err = h.s.Leads().Get(h.ctx(), h.owner, id)
	case process.TypeOpportunity:
		r, err = h.s.Opportunities().Get(h.ctx(), h.owner, id)
	case process.TypeQuote:
		r, err = h.s.Quotes().Get(h.ctx(), h.owner, id)
	case process.TypeOrder:
		r, err = h.s.Orders().Get(h.ctx(), h.owner, id)
	case process.TypeInvoice:
		r, err = h.s.Invoices().Get(h.ctx(), h.owner, id)
	case process.TypeCreditNote:
		r, err = h.s.CreditNotes().Get(h.ctx(), h.owner, id)
	case process.TypeSubscription:
		r, err = h.s.Subscriptions().Get(h.ctx(), h.owner, id)
	case process.TypePayment:
		r, err = h.s.Payments().Get(h.ctx(), h.owner, id)
	case process.TypeBankEntry:
		r, err = h.s.BankEntries().Get(h.ctx(), h.owner, id)
	case process.TypeDelivery:
		r, err = h.s.Deliveries().Get(h.ctx(), h.owner, id)
	case process.TypeMessage:
		r, err = h.s.Messages().Get(h.ctx(), h.owner, id)
	case process.TypeQuarantine:
		r, err = h.s.Quarantine().Get(h.ctx(), h.owner, id)
	case process.TypeSenderRule:
		r, err = h.s.SenderRules().Get(h.ctx(), h.owner, id)
	case process.TypeRate:
		r, err = h.s.Rates().Get(h.ctx(), h.owner, id)
	case process.TypeProduct:
		r, err = h.s.Products().Get(h.ctx(), h.owner, id)
	case process.TypeCustomer:
		r, err = h.s.Customers().Get(h.ctx(), h.owner, id)
	case process.TypePriceList:
		r, err = h.s.PriceLists().Get(h.ctx(), h.owner, id)
	case process.TypeHours:
		r, err = h.s.TimeEntries().Get(h.ctx(), h.owner, id)
	case process.TypeTask:
		r, err = h.s.Tasks().Get(h.ctx(), h.owner, id)
	default:
		err = fmt.Errorf("nobody looks at a %s", record)
	}
	h.check(err)
	return baseOf(h.t, r)
}

// get reads a record that must be there.
func get[T any](h *house, c process.Collection[T], id string) *T {
	h.t.Helper()
	r, err := c.Get(h.ctx(), h.owner, id)
	h.check(err)
	return r
}

// list reads the newest records, newest first.
func list[T any](h *house, c process.Collection[T], match map[string]string) []T {
	h.t.Helper()
	rs, next, err := c.List(h.ctx(), h.owner, process.Filter{Match: match, Limit: process.MaxLimit})
	h.check(err)
	if next != "" {
		h.t.Fatal("more records than a test makes")
	}
	return rs
}

// created is the id of the only record of a type that an outcome made.
func created(t testing.TB, out *process.Outcome, typ string) string {
	t.Helper()
	id := ""
	for _, r := range out.Created {
		if r.Type == typ {
			if id != "" {
				t.Fatalf("two records of type %s: %v", typ, out.Created)
			}
			id = r.ID
		}
	}
	if id == "" {
		t.Fatalf("no %s was made: %v", typ, out.Created)
	}
	return id
}

// trace is all that an act could leave behind.
type trace struct {
	audit, activities, mails, jobs int64
}

func (h *house) trace() (tr trace) {
	h.t.Helper()
	var err error
	tr.audit, err = h.db.CheckAudit(h.ctx())
	h.check(err)
	for cursor := ""; ; {
		as, next, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Limit: process.MaxLimit, Cursor: cursor})
		h.check(err)
		tr.activities += int64(len(as))
		if cursor = next; next == "" {
			break
		}
	}
	tr.mails, err = h.db.CountJobs(h.ctx(), "send_delivery")
	h.check(err)
	tr.jobs, err = h.db.CountJobs(h.ctx(), "file_submission")
	h.check(err)
	return tr
}

// wantRefused asserts a refusal of the code.
func wantRefused(t testing.TB, err error, code process.Code, reason string) {
	t.Helper()
	var e *process.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a refusal %s %s", err, code, reason)
	}
	if e.Code != code || reason != "" && e.Reason != reason {
		t.Fatalf("refused with %s %s (%s), want %s %s", e.Code, e.Reason, e.Message, code, reason)
	}
}
