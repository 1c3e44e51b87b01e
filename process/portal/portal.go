package portal

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/templates"
)

// Options are what the customers' pages need.
type Options struct {
	Service   *process.Service
	Templates *templates.Set
	Site      access.Site
	Logger    *slog.Logger
}

// portal holds what all requests share.
type portal struct {
	o       Options
	layouts map[string]*templates.Layouts
}

// allow is what the pages' own parts may do.
const allow = "style-src 'self'; img-src 'self'"

// maxForm bounds the body of an answer, in bytes.
const maxForm = 64 << 10

// New makes the handler of everything below /p/.
func New(o Options) (http.Handler, error) {
	if o.Service == nil || o.Templates == nil {
		return nil, errors.New("portal: a service and templates are needed")
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	p := &portal{o: o, layouts: map[string]*templates.Layouts{}}
	for _, lang := range o.Templates.Languages(templates.Pages) {
		layouts, err := o.Templates.Layouts(lang, "/p/-/assets/")
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		p.layouts[lang] = layouts
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /p/-/assets/{name}", o.Templates.ServeAsset)
	handle := func(pattern string, f func(*call) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, f) })
	}
	handle("GET /p/{token}", (*call).show)
	handle("GET /p/{token}/pdf", (*call).pdf)
	handle("GET /p/{token}/newer", (*call).newer)
	handle("POST /p/{token}/newer", (*call).newer)
	handle("POST /p/{token}/choose", (*call).choose)
	handle("POST /p/{token}/accept", (*call).accept)
	handle("POST /p/{token}/decline", (*call).decline)
	handle("POST /p/{token}/question", (*call).question)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.newCall(w, r).fail(process.NotFound("page", ""))
	})
	refuse := func(w http.ResponseWriter, r *http.Request, err error) { p.newCall(w, r).fail(err) }
	return o.Site.Protect(allow, refuse, private(mux)), nil
}

// private keeps pages out of searches and caches. The referrer's policy stays
// Site.Protect's same-origin: no other site learns the address, and browsers
// without Sec-Fetch-Site still name an origin when they post.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
		w.Header().Set("Cache-Control", "private, no-store")
		next.ServeHTTP(w, r)
	})
}

// call is one request of the holder of a link.
type call struct {
	p      *portal
	w      http.ResponseWriter
	r      *http.Request
	actor  process.Actor
	view   *process.CustomerPage
	lang   string
	labels templates.Labels
	papers templates.Labels
	zone   *time.Location
}

func (p *portal) newCall(w http.ResponseWriter, r *http.Request) *call {
	c := &call{p: p, w: w, r: r, zone: time.UTC}
	c.speak(r.Header.Get("Accept-Language"))
	return c
}

func (c *call) speak(lang string) {
	if len(lang) > 5 {
		lang = lang[:5]
	}
	c.labels = c.p.o.Templates.Labels(templates.Pages, lang)
	c.lang = c.labels.Language()
	c.papers = c.p.o.Templates.Labels(templates.Documents, c.lang)
}

// serve opens the link, reads what its holder may see, and answers.
func (p *portal) serve(w http.ResponseWriter, r *http.Request, f func(*call) error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	c := p.newCall(w, r)
	err := c.open()
	if err == nil {
		err = f(c)
	}
	if err != nil {
		c.fail(err)
	}
}

func (c *call) open() error {
	token := c.r.PathValue("token")
	if len(token) > 200 {
		return process.NotFound("link", "…")
	}
	actor, err := c.p.o.Service.OpenLink(c.r.Context(), token)
	if err != nil {
		return err
	}
	actor.Address, actor.UserAgent = c.p.o.Site.Address(c.r), clip(c.r.UserAgent(), 300)
	c.actor = actor
	return c.read()
}

// read reads what the link opens, as it is now.
func (c *call) read() error {
	view, err := c.p.o.Service.CustomerView(c.r.Context(), c.actor)
	if err != nil {
		return err
	}
	c.view, c.zone = view, view.Settings.Location()
	c.speak(view.Snapshot.Language)
	return nil
}

func (c *call) t(key string, pairs ...string) string { return c.labels.Say("portal."+key, pairs...) }

// here is the page's address, with what was just done.
func (c *call) here(done string) string {
	at := "/p/" + c.r.PathValue("token")
	if done != "" {
		at += "?done=" + done
	}
	return at
}

func (c *call) redirect(to string) error {
	http.Redirect(c.w, c.r, to, http.StatusSeeOther)
	return nil
}

// pdf gives out the frozen bytes; ?copy=accepted the copy with the acceptance.
func (c *call) pdf() error {
	f, err := c.p.o.Service.CustomerPDF(c.r.Context(), c.actor, c.r.URL.Query().Get("copy") == "accepted")
	if err != nil {
		return err
	}
	header := c.w.Header()
	header.Set("Content-Type", "application/pdf")
	// The page's own policy would keep browsers' viewers from working.
	header.Set("Content-Security-Policy", "base-uri 'none'; frame-ancestors 'none'")
	header.Set("ETag", fmt.Sprintf("%q", f.SHA256))
	if name := mime.FormatMediaType("inline", map[string]string{"filename": f.Name}); name != "" {
		header.Set("Content-Disposition", name)
	}
	http.ServeContent(c.w, c.r, "", time.Time{}, bytes.NewReader(f.Data))
	return nil
}

// newer leads on to the revision that replaced the quote.
func (c *call) newer() error {
	token, err := c.p.o.Service.FollowRevision(c.r.Context(), c.actor)
	if err != nil {
		return err
	}
	return c.redirect("/p/" + token)
}

func clip(s string, n int) string { return s[:min(n, len(s))] }
