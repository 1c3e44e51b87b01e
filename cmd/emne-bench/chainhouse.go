package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/documents"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

// chainPlace is where the databases of one engine lie.
type chainPlace struct {
	engine   store.Engine
	folder   string
	server   string // address of PostgreSQL
	describe string
	stop     func()
}

func newPlace(engine store.Engine) (*chainPlace, error) {
	folder, err := os.MkdirTemp("", "emne-bench-chain-")
	if err != nil {
		return nil, err
	}
	p := &chainPlace{engine: engine, folder: folder, describe: "SQLite, WAL, synchronous=FULL, one writing connection", stop: func() {}}
	if engine == store.Postgres {
		p.describe = "PostgreSQL, fsync and synchronous_commit on"
		if err := p.startServer(); err != nil {
			os.RemoveAll(folder)
			return nil, err
		}
	}
	return p, nil
}

func (p *chainPlace) close() {
	p.stop()
	os.RemoveAll(p.folder)
}

// startServer runs a PostgreSQL of our own with its usual settings.
func (p *chainPlace) startServer() error {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return fmt.Errorf("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
	}
	bin, data := filepath.Dir(found[len(found)-1]), filepath.Join(p.folder, "data")
	// It refuses to run as root.
	as := func(name string, args ...string) *exec.Cmd {
		if os.Geteuid() == 0 {
			return exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups", filepath.Join(bin, name)}, args...)...)
		}
		return exec.Command(filepath.Join(bin, name), args...)
	}
	if os.Geteuid() == 0 {
		if out, err := exec.Command("chown", "postgres:postgres", p.folder).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	if out, err := as("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if out, err := as("pg_ctl", "-D", data, "-w", "-l", filepath.Join(p.folder, "log"), "-o", "-c listen_addresses='' -k "+p.folder+" -c shared_buffers=512MB -c max_wal_size=4GB", "start").CombinedOutput(); err != nil {
		return fmt.Errorf("pg_ctl: %w: %s", err, out)
	}
	p.stop = func() { _ = as("pg_ctl", "-D", data, "-m", "immediate", "stop").Run() }
	p.server = "postgres://postgres@/%s?host=" + p.folder
	return nil
}

// database makes an empty one and gives its driver and address.
func (p *chainPlace) database(ctx context.Context, name string) (driver, dsn string, err error) {
	if p.engine == store.SQLite {
		return "sqlite3", filepath.Join(p.folder, name+".db"), nil
	}
	db, err := sql.Open("pgx", fmt.Sprintf(p.server, "postgres"))
	if err != nil {
		return "", "", err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name)
	return "pgx", fmt.Sprintf(p.server, name), err
}

// chainHouse is an installation without its listeners.
type chainHouse struct {
	db      *store.DB
	service *process.Service
	actor   process.Actor
}

func (p *chainPlace) open(ctx context.Context, name string) (*chainHouse, error) {
	_, dsn, err := p.database(ctx, name)
	if err != nil {
		return nil, err
	}
	return p.openAt(ctx, dsn)
}

func (p *chainPlace) openAt(ctx context.Context, dsn string) (*chainHouse, error) {
	open := store.OpenSQLite
	if p.engine == store.Postgres {
		open = store.OpenPostgres
	}
	db, err := open(ctx, dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	texts, err := templates.Open("")
	if err != nil {
		return nil, err
	}
	renderer, err := pdf.New(texts, pdf.Options{})
	if err != nil {
		return nil, err
	}
	papers := documents.New(renderer)
	h := &chainHouse{db: db, service: process.New(process.Options{Store: db, Documents: papers, Invoices: papers, Key: make([]byte, 32)}),
		actor: process.Actor{Kind: process.ActorUser, Name: "bench", Role: process.RoleOwner, Channel: "api"}}
	_, version, err := h.service.Settings(ctx, h.actor)
	if err == nil && version == 0 {
		st := process.DefaultSettings()
		st.Company = process.Company{Name: "Selger AS", OrganisationNumber: "974760673", OrganisationScheme: "0192", VATNumber: "NO974760673MVA", TaxRegistration: "Foretaksregisteret",
			Address: process.Address{Street: "Gata 1", Postcode: "0150", City: "Oslo", Country: "NO"}, Email: "post@selger.example", BankAccount: "86011117947",
			EInvoiceAddress: process.Endpoint{Scheme: "0192", ID: "974760673"}}
		_, err = h.service.PutSettings(ctx, h.actor, 0, st)
	}
	for n := int64(0); err == nil && n < 3; n++ {
		err = h.chain(ctx, -acts.Add(1))
	}
	return h, err
}

func (h *chainHouse) close() { _ = h.db.Close() }

// chain is the whole way: lead, qualify, quote, send, accept (which makes the
// order), fulfil, issue (PDF with its XML inside, frozen), payment.
func (h *chainHouse) chain(ctx context.Context, n int64) error {
	s, a := h.service, h.actor
	name := fmt.Sprintf("kunde%d", n)
	lead, err := s.CreateLead(ctx, a, process.LeadInput{Name: "Kari Nordmann", Email: "kari@" + strings.ReplaceAll(name, "-", "x") + ".example", Company: name + " AS", Phone: "+4722334455",
		Address: process.Address{Street: "Storgata 1", Postcode: "0150", City: "Oslo", Country: "NO"}, Subject: "Web site", Message: "Hello, we need a new web site.", Language: "nb"})
	if err != nil {
		return err
	}
	out, err := s.QualifyLead(ctx, a, process.Target{ID: lead.Record.(*process.Lead).ID}, process.QualifyInput{})
	if err != nil {
		return err
	}
	line := func(text, quantity, price string) process.LineInput {
		return process.LineInput{Description: text, Quantity: new(decimal.RequireFromString(quantity)), Unit: "HUR", UnitPrice: new(decimal.RequireFromString(price))}
	}
	draft, err := s.CreateQuote(ctx, a, process.QuoteInput{Opportunity: made(out, process.TypeOpportunity), Title: "Web site",
		Lines: []process.LineInput{line("Design", "12.5", "1250"), line("Programming", "40", "1190"), line("Hosting, the first year", "12", "490")}})
	if err != nil {
		return err
	}
	quote := process.Target{ID: draft.Record.(*process.Quote).ID}
	if _, err = s.SendQuote(ctx, a, quote, process.SendQuoteInput{}); err != nil {
		return err
	}
	if out, err = s.AcceptQuote(ctx, a, quote, process.AcceptInput{Name: "Kari Nordmann"}); err != nil {
		return err
	}
	if out, err = s.FulfilOrder(ctx, a, process.Target{ID: made(out, process.TypeOrder)}, process.FulfilInput{}); err != nil {
		return err
	}
	if out, err = s.IssueInvoice(ctx, a, process.Target{ID: made(out, process.TypeInvoice)}, process.IssueInput{}); err != nil {
		return err
	}
	i := out.Record.(*process.Invoice)
	_, err = s.CreatePayment(ctx, a, process.PaymentInput{Invoice: i.ID, Amount: i.Open, Method: "bank", Reference: i.PaymentReference})
	return err
}

func made(out *process.Outcome, typ string) string {
	for _, r := range out.Created {
		if r.Type == typ {
			return r.ID
		}
	}
	return ""
}

// bare writes single rows, each durable before the next: the same engine, the
// same settings, the same kind of connections as the store's.
type bare struct {
	db *sql.DB
}

func (p *chainPlace) bare(ctx context.Context, clients int) (*bare, error) {
	driver, dsn, err := p.database(ctx, fmt.Sprintf("bare%d", clients))
	if err != nil {
		return nil, err
	}
	if p.engine == store.SQLite {
		dsn = "file:" + dsn + "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_txlock=immediate"
		clients = 1 // one writes at a time
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(clients)
	db.SetMaxIdleConns(clients)
	_, err = db.ExecContext(ctx, "CREATE TABLE bare (n BIGINT PRIMARY KEY, text TEXT)")
	return &bare{db}, err
}

func (b *bare) close() { b.db.Close() }

func (b *bare) commit(ctx context.Context, n int64) error {
	_, err := b.db.ExecContext(ctx, "INSERT INTO bare (n, text) VALUES ($1, $2)", n, "a row of fifty octets, which is durable once it is in")
	return err
}
