package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/documents/accesspoint"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/intake/webform"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/api"
	"github.com/emne/emne/process/console"
	"github.com/emne/emne/process/jobs"
	"github.com/emne/emne/process/portal"
)

type identify = access.Identify

// serverOptions are what serve and demo do differently.
type serverOptions struct {
	who        []identify
	mailboxes  []mailbox.Account
	sources    map[string]webform.Source
	submission mail.Submission
	signIns    map[string]*oauth.Source
	demo       *demoRoom
}

// demoRoom adds the demo's pages.
type demoRoom struct {
	office         *postoffice.Office
	language, form string
}

// server is a house at work: jobs run, mailboxes are watched, and it listens.
type server struct {
	h         *house
	o         serverOptions
	runner    *jobs.Runner
	mailboxes []*mailbox.Mailbox
	mailroom  *mailroom
	console   *console.Console
	listener  net.Listener
	base      string
	handler   http.Handler
	metrics   http.Handler
	ready     atomic.Bool
	// also run beside until ctx ends.
	also []func(ctx context.Context) error
}

// newServer wires the rooms. It listens already, so that links can name the
// port, but answers nothing yet.
func newServer(h *house, o serverOptions) (_ *server, err error) {
	s := &server{h: h, o: o}
	if s.listener, err = net.Listen("tcp", h.cfg.Listen.HTTP); err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	defer func() {
		if err != nil {
			s.listener.Close()
		}
	}()
	s.base = "http://" + s.listener.Addr().String()
	if h.cfg.Listen.PublicURL != "" && o.demo == nil {
		s.base = strings.TrimRight(h.cfg.Listen.PublicURL, "/")
	}
	if err := s.wireWork(); err != nil {
		return nil, err
	}
	if err := s.wirePages(); err != nil {
		return nil, err
	}
	return s, nil
}

// wireWork prepares the jobs and the mailboxes.
func (s *server) wireWork() error {
	h := s.h
	composer, err := mail.NewComposer(h.texts, s.base, s.o.submission.From)
	if err != nil {
		return err
	}
	drop, err := accessPoint(h.cfg.AccessPoint)
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	s.runner, err = jobs.New(h.store, jobs.Options{
		Worker:    host + ":" + h.cfg.Data,
		Workers:   h.cfg.Jobs.Workers,
		Deliverer: mail.NewSender(h.service, composer, s.o.submission, s.o.submission.From, h.clock, h.log),
		EInvoices: accesspoint.NewSender(h.service, drop, h.log),
		Filer:     webform.NewFiler(h.service, s.o.sources),
		Rules:     h.service,
		Schedules: append(h.schedules(), jobs.Schedule{Name: "warn_expiry", When: jobs.Every(6 * time.Hour), Do: s.warnExpiry}),
		Logger:    h.log,
	})
	if err != nil {
		return err
	}
	parse := message.Parser(message.Options{Region: h.region(context.Background())})
	for _, a := range s.o.mailboxes {
		m, err := mailbox.New(mailbox.Options{Account: a, Recorder: h.service, Parse: parse, Spool: h.spool, Consent: h.service, Clock: h.clock, Logger: h.log})
		if err != nil {
			return err
		}
		s.mailboxes = append(s.mailboxes, m)
	}
	s.mailroom = newMailroom(s.mailboxes, s.o, s.base, h.clock)
	h.sources, h.wake = sourceList{s}, s.mailroom.Wake
	return nil
}

// wirePages prepares everything that is reached by HTTP.
func (s *server) wirePages() error {
	h := s.h
	site, err := access.NewSite(s.base, h.cfg.Listen.Hosts, h.cfg.Listen.TrustedProxies)
	if err != nil {
		return err
	}
	who := access.First(append([]identify{h.access.Bearer}, s.o.who...)...)
	co := console.Options{Service: h.service, Templates: h.texts, Sessions: h.access, Who: who, Site: site, PublicURL: s.base, Mailboxes: s.mailroom, Clock: h.clock, Logger: h.log}
	if s.o.demo != nil {
		co.Sessions, co.Demo = nil, &console.DemoLinks{Mailboxes: "/demo/", Form: "/demo/form"}
	}
	if s.console, err = console.New(co); err != nil {
		return err
	}
	customers, err := portal.New(portal.Options{Service: h.service, Templates: h.texts, Site: site, Logger: h.log})
	if err != nil {
		return err
	}
	st, _, err := h.service.Settings(context.Background(), process.System())
	if err != nil {
		return err
	}
	hooks, err := webform.New(webform.Options{Sources: s.o.sources, Recorder: h.service, Page: &thanks{texts: h.texts, fallback: st.Language}, Address: site.Address, Clock: h.clock, Logger: h.log})
	if err != nil {
		return err
	}
	s.metrics = s.metricsHandler()
	mux := http.NewServeMux()
	probe := func(path string, answer http.HandlerFunc) {
		mux.HandleFunc("GET "+path, answer)
		mux.HandleFunc(path, refuseMethod) // or the console would look for a page
	}
	probe("/livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	probe("/readyz", s.readyz)
	mux.Handle("/hooks/", hooks)
	mux.Handle("/api/", api.New(api.Options{Service: h.service, Authenticate: h.access, Version: version, Logger: h.log, Sources: sourceList{s}}))
	mux.Handle("/p/", customers)
	mux.Handle("/", s.console)
	if s.o.demo != nil {
		pages, err := demo.NewPages(s.o.demo.office, h.texts, s.o.demo.language, s.o.demo.form)
		if err != nil {
			return err
		}
		// The form's page holds the token, and the mailboxes hold customers' links.
		mux.Handle("GET /demo/", site.Protect("", refuseDemo, pages))
		mux.Handle("GET /metrics", s.metrics)
	}
	s.handler = mux
	return nil
}

func refuseDemo(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusForbidden)
}

func refuseMethod(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
}

// readyTime bounds one question of readiness.
const readyTime = 2 * time.Second

func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	err := errNotReady
	if s.ready.Load() {
		err = s.h.store.Ping(ctx)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// run works until ctx ends or a part fails, then stops every part in turn:
// first what comes in, last the jobs. announced is called with the address
// when everything is ready.
func (s *server) run(ctx context.Context, announced func(base string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	if err := s.listen(ctx, g); err != nil {
		return err
	}
	for _, serve := range s.also {
		g.Go(func() error { return serve(ctx) })
	}
	if err := s.runner.Start(ctx); err != nil {
		return err
	}
	if err := s.warnExpiry(ctx); err != nil { // the schedule counts from here
		s.h.log.Error("looking for sign-ins that end", "error", err)
	}
	for _, m := range s.mailboxes {
		g.Go(func() error { return m.Run(ctx) })
	}
	s.ready.Store(true)
	g.Go(func() error {
		<-ctx.Done()
		s.ready.Store(false)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return s.runner.Stop(end)
	})
	if announced != nil {
		if err := announced(s.base); err != nil {
			return err
		}
	}
	s.h.log.Info("ready", "address", s.base)
	// What starting took is not needed again: give it back at once.
	debug.FreeOSMemory()
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// The bounds of a connection. Writing has none of its own: events are streamed.
const (
	headerTime = 10 * time.Second
	readTime   = 2 * time.Minute
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
	stopTime   = 20 * time.Second
	drainTime  = 5 * time.Second
)

// listen serves the pages, the command line's socket and, on a listener of
// their own, the metrics.
func (s *server) listen(ctx context.Context, g *errgroup.Group) error {
	socket, err := listenSocket(s.h.cfg.Data)
	if err != nil {
		return err
	}
	s.serve(ctx, g, s.listener, s.handler)
	s.serve(ctx, g, socket, s.h.localHandler())
	if at := s.h.cfg.Listen.Metrics; at != "" {
		l, err := net.Listen("tcp", at)
		if err != nil {
			return fmt.Errorf("listening for metrics: %w", err)
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.metrics)
		s.serve(ctx, g, l, mux)
	}
	return nil
}

func (s *server) serve(ctx context.Context, g *errgroup.Group, l net.Listener, handler http.Handler) {
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader}
	srv.RegisterOnShutdown(s.console.Close)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving %s: %w", l.Addr(), err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		if srv.Shutdown(end) != nil {
			return srv.Close()
		}
		return nil
	})
}
