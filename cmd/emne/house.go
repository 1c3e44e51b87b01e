package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/documents"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/api"
	"github.com/emne/emne/process/bank"
	"github.com/emne/emne/process/exchange"
	"github.com/emne/emne/process/rules"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

// house is an installation with its rooms open, before anything listens or
// works: the store under the data folder's lock, the use cases, the texts.
type house struct {
	cfg     *config.Config
	log     *slog.Logger
	clock   func() time.Time
	store   *store.DB
	texts   *templates.Set
	service *process.Service
	access  *access.Access
	key     []byte // the installation's secret
	spool   *intake.Spool
	// sources and wake are the running server's, nil without one.
	sources api.SourceLister
	wake    func(user string)
	unlock  func()
}

// openHouse opens the rooms of a configuration. Only one process may have an
// SQLite installation open for writing.
func openHouse(ctx context.Context, cfg *config.Config, log *slog.Logger) (*house, error) {
	return openHouseAt(ctx, cfg, log, time.Now)
}

// openHouseAt opens them with a clock of their own.
func openHouseAt(ctx context.Context, cfg *config.Config, log *slog.Logger, clock func() time.Time) (*house, error) {
	h := &house{cfg: cfg, log: log, clock: clock}
	if err := h.open(ctx); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *house) open(ctx context.Context) (err error) {
	cfg := h.cfg
	if h.unlock, err = lock(cfg.Data); err != nil {
		return err
	}
	if h.key, err = readKey(cfg.Data); err != nil {
		return err
	}
	if h.spool, err = intake.OpenSpool(filepath.Join(cfg.Data, spoolFolder)); err != nil {
		return err
	}
	if h.texts, err = templates.Open(cfg.Templates); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	if h.store, err = openStore(ctx, cfg, store.Options{Logger: h.log, Clock: h.clock}); err != nil {
		return err
	}
	renderer, err := pdf.New(h.texts, pdf.Options{})
	if err != nil {
		return err
	}
	papers := documents.New(renderer)
	h.service = process.New(process.Options{Store: h.store, Documents: papers, Invoices: papers, Pictures: papers, Statements: bank.Reader{}, Rates: exchange.Rates{}, Rules: rules.New(), Register: registerOf(cfg), Clock: h.clock, Key: h.key, ReadMail: h.readMail, AccessPoint: cfg.AccessPoint.Configured()})
	h.access = access.New(h.store, h.clock)
	return nil
}

// registerOf is the register of companies; a demo's is made up.
func registerOf(cfg *config.Config) process.Register {
	switch cfg.Register {
	case config.RegisterBrreg:
		return exchange.NewBrreg("")
	case demoRegister:
		return exchange.Entries(demo.Companies())
	}
	return nil
}

// demoRegister is what a demo's configuration says instead of a real register.
const demoRegister config.Register = "demo"

func openStore(ctx context.Context, cfg *config.Config, o store.Options) (*store.DB, error) {
	if cfg.Store.Engine == config.EnginePostgres {
		return store.OpenPostgres(ctx, cfg.Store.URL.Reveal(), o)
	}
	return store.OpenSQLite(ctx, filepath.Join(cfg.Data, databaseFile), o)
}

func (h *house) close() {
	if h.store != nil {
		if err := h.store.Close(); err != nil {
			h.log.Error("closing the store", "error", err)
		}
	}
	if h.unlock != nil {
		h.unlock()
	}
}

// localOwner lets every request of the command line in.
type localOwner struct{}

func (localOwner) TokenActor(context.Context, string) (process.Actor, error) {
	return process.Actor{Kind: process.ActorUser, Name: "cli", Role: process.RoleOwner, Channel: "cli"}, nil
}

// newLogger writes to standard error, as the configuration says.
func newLogger(cfg *config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.Log.Level.Slog()}
	if cfg.Log.Format == config.FormatJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// quietLogger is for commands that answer on standard output.
func quietLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// seedSettings gives a new installation its first settings.
func (h *house) seedSettings(ctx context.Context, first process.Settings) error {
	_, version, err := h.service.Settings(ctx, process.System())
	if err != nil || version > 0 {
		return err
	}
	_, err = h.service.PutSettings(ctx, process.System(), 0, first)
	if process.CodeOf(err) == process.CodeConflict {
		return nil // another process was first
	}
	return err
}

// errNotReady is what /readyz says until everything works.
var errNotReady = errors.New("not ready yet")

// masterSettings makes the settings those of the file that is their master.
func (h *house) masterSettings(ctx context.Context, want process.Settings) error {
	have, version, err := h.service.Settings(ctx, process.System())
	if err != nil || version > 0 && reflect.DeepEqual(have, want) {
		return err
	}
	_, err = h.service.PutSettings(ctx, process.System(), version, want)
	return err
}

// readMail reads a mail with the present parser.
func (h *house) readMail(from io.Reader, size int64, at process.MailboxUID, received time.Time) (process.IncomingMail, func(), error) {
	raw, err := h.spool.Keep(from, size)
	if err != nil {
		return process.IncomingMail{}, nil, err
	}
	done := func() {
		if err := raw.Close(); err != nil {
			h.log.Warn("a spooled mail was not put away", "error", err)
		}
	}
	return message.Parser(message.Options{Region: h.region(context.Background())})(raw, at, received), done, nil
}

// spoolFolder is where large mails lie while they are read, below the data folder.
const spoolFolder = "spool"

// region is the country by which phone numbers without one are read.
func (h *house) region(ctx context.Context) string {
	st, _, err := h.service.Settings(ctx, process.System())
	if err != nil || st.Company.Address.Country == "" {
		return "NO"
	}
	return st.Company.Address.Country
}
