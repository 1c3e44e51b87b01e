package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/templates"
)

// Sessions lets people in and out; access.Access does.
type Sessions interface {
	SignIn(ctx context.Context, email, password, ip, userAgent string) (secret string, user *process.User, err error)
	SignOut(ctx context.Context, secret string) error
}

// DemoLinks are shown on every page of a demo.
type DemoLinks struct {
	// Mailboxes is the address of the page with the customers' mailboxes, Form
	// that of the web form.
	Mailboxes, Form string
}

// Options are what the console needs.
type Options struct {
	Service   *process.Service
	Templates *templates.Set
	// Sessions signs in and out; nil when nobody signs in, as in the demo.
	Sessions Sessions
	// Who says whose request it is.
	Who  access.Identify
	Site access.Site
	// PublicURL is the base of customers' links, without a slash at its end.
	PublicURL string
	// Mailboxes are the ways in by mail; nil when nothing tells of them.
	Mailboxes Mailboxes
	Demo      *DemoLinks
	Clock     func() time.Time
	Logger    *slog.Logger
}

// Console is the handler of the salespeople's pages. Close ends its streams of
// events; it belongs into http.Server.RegisterOnShutdown.
type Console struct {
	o       Options
	layouts map[string]*templates.Layouts
	kinds   []*kind
	verbs   map[[2]string]process.Verb
	forms   map[string]process.Form
	events  *events
	handler http.Handler
}

// allow is what the pages' own parts may do.
const allow = "style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'"

// maxForm bounds the body of a form, in bytes.
const maxForm = 1 << 20

// New puts the console together.
func New(o Options) (*Console, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Service == nil || o.Templates == nil || o.Who == nil {
		return nil, errors.New("console: a service, templates and a way to identify people are needed")
	}
	c := &Console{o: o, layouts: map[string]*templates.Layouts{}, verbs: map[[2]string]process.Verb{}, forms: map[string]process.Form{}}
	for _, lang := range o.Templates.Languages(templates.Pages) {
		layouts, err := o.Templates.Layouts(lang, "/assets/")
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		c.layouts[lang] = layouts
	}
	for _, v := range process.Verbs() {
		c.verbs[[2]string{v.Record, v.Name}] = v
	}
	for _, f := range process.Forms() {
		c.forms[f.Record] = f
	}
	c.kinds = kinds()
	c.events = newEvents(newest(o.Service), 500*time.Millisecond)
	c.handler = c.routes()
	return c, nil
}

// Close ends the streams of events and waits for them.
func (c *Console) Close() { c.events.close() }

func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) routes() http.Handler {
	inside := http.NewServeMux()
	handle := func(pattern string, f func(*visit) error) {
		inside.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, f) })
	}
	handle("GET /{$}", (*visit).start)
	handle("GET /settings", (*visit).settingsPage)
	handle("POST /settings", (*visit).saveSettings)
	handle("GET /settings/rules", (*visit).rulesPage)
	handle("POST /settings/rules", (*visit).tryRules)
	handle("GET /quotes/{id}/compare", (*visit).compare)
	handle("GET /customers/{id}/statement", (*visit).statement)
	handle("GET /customers/{id}/statement.csv", (*visit).statementFile)
	handle("GET /customers/{id}/statement.pdf", (*visit).statementPDF)
	handle("GET /hours/month", (*visit).month)
	handle("POST /hours/month", (*visit).saveMonth)
	handle("GET /reports", (*visit).reportsPage)
	handle("GET /reports/{name}", (*visit).report)
	if c.o.Mailboxes != nil {
		handle("GET /mailboxes", (*visit).mailboxes)
		handle("POST /mailboxes/{name}/signin", (*visit).signInMailbox)
		handle("GET /mailboxes/signed-in", (*visit).signedInMailbox)
		handle("POST /mailboxes/open", (*visit).openMailbox)
		handle("POST /mailboxes/close", (*visit).closeMailbox)
	}
	inside.Handle("GET /events", c.events)
	for _, k := range c.kinds {
		at := "/" + k.collection
		handle("GET "+at, func(v *visit) error { return v.list(k) })
		handle("GET "+at+"/{id}", func(v *visit) error { return v.show(k) })
		handle("POST "+at+"/{id}/do/{verb}", func(v *visit) error { return v.act(k) })
		if k.document {
			handle("GET "+at+"/{id}/pdf", func(v *visit) error { return v.pdf(k) })
			handle("POST "+at+"/{id}/share", func(v *visit) error { return v.share(k) })
		}
		if k.files != nil {
			handle("GET "+at+"/{id}/files/{file}", func(v *visit) error { return v.file(k) })
		}
		if k.sheet != nil {
			handle("GET "+at+"/export", func(v *visit) error { return v.exportSheet(k) })
			handle("GET "+at+"/import", func(v *visit) error { return v.importPage(200, k, importPage{}) })
			handle("POST "+at+"/import", func(v *visit) error { return v.importSheet(k) })
		}
		if k.fields == nil {
			continue
		}
		handle("GET "+at+"/new", func(v *visit) error { return v.newForm(k) })
		handle("POST "+at, func(v *visit) error { return v.create(k) })
		if c.forms[k.typ].Edit != nil {
			handle("GET "+at+"/{id}/edit", func(v *visit) error { return v.editForm(k) })
			handle("POST "+at+"/{id}/edit", func(v *visit) error { return v.edit(k) })
		}
		if c.forms[k.typ].Delete != nil {
			handle("POST "+at+"/{id}/delete", func(v *visit) error { return v.remove(k) })
		}
	}
	inside.HandleFunc("POST /bank-files", func(w http.ResponseWriter, r *http.Request) {
		c.serveUpTo(maxBankForm, w, r, (*visit).importBankFile)
	})
	handle("GET /products/{id}/picture", (*visit).picture)
	inside.HandleFunc("POST /products/{id}/picture", func(w http.ResponseWriter, r *http.Request) {
		c.serveUpTo(maxPictureForm, w, r, (*visit).setPicture)
	})
	handle("/", func(v *visit) error { return process.NotFound("page", v.r.URL.Path) })

	outside := http.NewServeMux()
	outside.HandleFunc("GET /assets/{name}", c.o.Templates.ServeAsset)
	open := func(pattern string, f func(*visit) error) {
		outside.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, f) })
	}
	open("GET /signin", (*visit).signInPage)
	open("POST /signin", (*visit).signIn)
	open("POST /signout", (*visit).signOut)
	open("POST /language", (*visit).switchLanguage)
	outside.Handle("/", c.o.Site.Known(c.o.Who, c.refuse, inside))
	return c.o.Site.Protect(allow, c.refuse, outside)
}

// refuse answers a request that access turned away.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, err error) {
	c.serve(w, r, func(v *visit) error {
		if process.CodeOf(err) == process.CodeUnauthorized && r.Method == http.MethodGet && c.o.Sessions != nil {
			v.redirect("/signin?to=" + queryEscape(r.URL.RequestURI()))
			return nil
		}
		return err
	})
}

// serve makes a visit and answers what went wrong in it.
func (c *Console) serve(w http.ResponseWriter, r *http.Request, f func(*visit) error) {
	c.serveUpTo(maxForm, w, r, f)
}

// serveUpTo is serve with another bound of the body, in bytes.
func (c *Console) serveUpTo(most int64, w http.ResponseWriter, r *http.Request, f func(*visit) error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	v, err := c.visit(w, r)
	if err == nil {
		err = f(v)
	}
	if err != nil {
		v.fail(err)
	}
}
