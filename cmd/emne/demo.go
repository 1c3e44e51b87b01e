package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/cmd/emne/demo/year"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/webform"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// demoOptions are the flags of `emne demo`.
type demoOptions struct {
	listen, imap, smtp, token, language, postgres string
	quiet                                         bool
	// year lets a year of business happen first, with so many leads.
	year  bool
	leads int
	seed  uint64
}

// demoCommand runs the whole system in one process, mail server included.
func demoCommand(p *place) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{Use: "demo", Short: "Run the whole system in one process: no account, no configuration", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if p.config != "" {
			return usageError{errors.New("demo takes no --config; see emne serve")}
		}
		return runDemo(c.Context(), p.data, o, c.OutOrStdout())
	}}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", "address of the console, the portal and the hooks")
	f.StringVar(&o.imap, "imap", "127.0.0.1:1143", "address of the mailboxes")
	f.StringVar(&o.smtp, "smtp", "127.0.0.1:1025", "address that takes mail in")
	f.StringVar(&o.token, "token", "", "API token, a random one when left out")
	f.StringVar(&o.language, "language", "en", "the company's language: nb or en")
	f.StringVar(&o.postgres, "postgres", "", "keep the records in this PostgreSQL database instead of SQLite")
	f.BoolVar(&o.year, "year", false, "let a year of business happen first (takes a minute or two)")
	f.IntVar(&o.leads, "leads", year.Leads, "how many leads come in within the year")
	f.Uint64Var(&o.seed, "seed", 1, "what happens in the year")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but the addresses")
	return cmd
}

func runDemo(ctx context.Context, dir string, o demoOptions, out io.Writer) error {
	if o.language != "nb" && o.language != "en" {
		return usageError{fmt.Errorf("--language is nb or en, not %q", o.language)}
	}
	if o.leads < 1 || o.leads > maxYearLeads {
		return usageError{fmt.Errorf("--leads is between 1 and %d", maxYearLeads)}
	}
	if o.token == "" {
		o.token = randomToken()
	}
	if dir == "" {
		temporary, err := os.MkdirTemp("", "emne-demo-")
		if err != nil {
			return fmt.Errorf("making a folder for the demo: %w", err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	cfg, err := demoConfig(dir, o)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if o.quiet {
		log = quietLogger()
	}
	if o.year {
		return runDemoYear(ctx, cfg, log, o, out)
	}
	h, err := openHouse(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.close()
	return h.demo(ctx, o, out, nil)
}

func demoConfig(dir string, o demoOptions) (*config.Config, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	p := place{data: dir}
	cfg, err := p.load()
	if err != nil {
		return nil, err
	}
	cfg.Listen.HTTP = o.listen
	if o.postgres != "" {
		if err := os.WriteFile(filepath.Join(dir, postgresFile), []byte(o.postgres+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("noting the demo's database: %w", err)
		}
		return cfg, demoStore(cfg)
	}
	return cfg, nil
}

// officeClose bounds ending the mail server's connections.
const officeClose = 5 * time.Second

// demo serves until ctx ends; before is done ahead of it, once the company is there.
func (h *house) demo(ctx context.Context, o demoOptions, out io.Writer, before func(context.Context, process.Actor, *postoffice.Office) error) error {
	office, err := postoffice.Open(postoffice.Options{Dir: filepath.Join(h.cfg.Data, "mail"), Logger: h.log, Now: h.clock})
	if err != nil {
		return err
	}
	closeOffice := func(ctx context.Context) error {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), officeClose)
		defer cancel()
		return office.Close(end)
	}
	defer closeOffice(ctx)
	lc := net.ListenConfig{}
	imapListener, err := lc.Listen(ctx, "tcp", o.imap)
	if err != nil {
		return fmt.Errorf("listening for IMAP: %w", err)
	}
	smtpListener, err := lc.Listen(ctx, "tcp", o.smtp)
	if err != nil {
		imapListener.Close()
		return fmt.Errorf("listening for SMTP: %w", err)
	}
	owner, err := h.furnishDemo(ctx, o)
	if err != nil {
		return err
	}
	if before != nil {
		if err := before(ctx, owner, office); err != nil {
			return err
		}
	}
	s, err := newServer(h, demoServer(h, o, owner, office, imapListener.Addr(), smtpListener.Addr()))
	if err != nil {
		return err
	}
	s.also = append(s.also,
		func(context.Context) error { return office.ServeIMAP(imapListener) },
		func(context.Context) error { return office.ServeSMTP(smtpListener) },
		func(ctx context.Context) error {
			<-ctx.Done()
			return closeOffice(ctx)
		})
	return s.run(ctx, func(base string) error {
		return announce(out, o, base, imapListener.Addr(), smtpListener.Addr())
	})
}

// furnishDemo gives the demo its company, its owner, its token and its products.
func (h *house) furnishDemo(ctx context.Context, o demoOptions) (process.Actor, error) {
	settings := demo.Settings(o.language)
	if o.year {
		settings = year.Settings(settings)
	}
	if err := h.seedSettings(ctx, settings); err != nil {
		return process.Actor{}, err
	}
	u, err := h.access.UserByEmail(ctx, administrator(), demo.OwnerAddress)
	if process.CodeOf(err) == process.CodeNotFound {
		u, err = h.access.CreateUser(ctx, administrator(), access.NewUser{Email: demo.OwnerAddress, Name: "Kari Nordmann", Role: process.RoleOwner,
			Language: o.language, Password: randomToken()})
	}
	if err != nil {
		return process.Actor{}, fmt.Errorf("making the demo's owner: %w", err)
	}
	owner := process.Actor{Kind: process.ActorUser, ID: u.ID, Name: u.Name, Role: u.Role, Channel: "console"}
	if _, err := h.access.EnsureToken(ctx, "demo", o.token, process.RoleOwner); err != nil {
		return owner, err
	}
	return owner, demo.Furnish(ctx, h.service, owner, h.texts, o.language)
}

func demoServer(h *house, o demoOptions, owner process.Actor, office *postoffice.Office, imapAt, smtpAt net.Addr) serverOptions {
	imapHost, imapPort := hostPort(imapAt)
	smtpHost, smtpPort := hostPort(smtpAt)
	return serverOptions{
		who: []identify{access.Open(owner)},
		mailboxes: []mailbox.Account{{Name: "sales", Address: demo.SalesAddress, Host: imapHost, Port: imapPort, TLS: mailbox.TLSNone,
			Username: demo.SalesAddress, Password: postoffice.Password, Poll: "@every 10s", Idle: true, Backfill: mailbox.Backfill{All: true}}},
		sources: map[string]webform.Source{
			"website": {Kind: webform.KindGeneric, Token: o.token},
			"signup":  {Kind: webform.KindHTML, Token: o.token, Language: o.language},
		},
		submission: mail.Submission{Host: smtpHost, Port: smtpPort, TLS: "none", From: demo.SalesAddress, Hello: "demo.example"},
		demo:       &demoRoom{office: office, language: o.language, form: "/hooks/signup/" + o.token},
	}
}

func hostPort(a net.Addr) (string, int) {
	host, port, _ := net.SplitHostPort(a.String())
	n, _ := strconv.Atoi(port)
	return host, n
}

func announce(out io.Writer, o demoOptions, base string, imapAt, smtpAt net.Addr) error {
	_, err := fmt.Fprintf(out, "console    %s/\nmailboxes  %s/demo/\nweb form   %s/demo/form\nhooks      %s/hooks/website\nAPI        %s/api/v1/  (token %s)\nSMTP       %s  (mail to %s is an inquiry)\nIMAP       %s  (any address, password %q)\n",
		base, base, base, base, base, o.token, smtpAt, demo.SalesAddress, imapAt, postoffice.Password)
	return err
}
