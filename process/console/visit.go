package console

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/templates"
)

// languageCookie holds the choice of language of one browser.
const languageCookie = "emne-language"

// visit is one request: who looks, in which language, and what was looked up
// for it already.
type visit struct {
	c        *Console
	w        http.ResponseWriter
	r        *http.Request
	s        *process.Service
	actor    process.Actor
	user     *process.User
	settings process.Settings
	version  int64 // of the settings
	zone     *time.Location
	lang     string
	labels   templates.Labels
	papers   templates.Labels // the texts of documents
	names    map[process.Ref]string
	// shared is the customer's link that was made in this visit.
	shared string
}

// visit reads what every page needs. The visit can show an error even when it
// comes with one.
func (c *Console) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{c: c, w: w, r: r, s: c.o.Service, actor: access.ActorOf(r.Context()), zone: time.UTC, names: map[process.Ref]string{}}
	v.speak(preferred(r))
	settings, version, err := v.s.Settings(r.Context(), process.System())
	if err != nil {
		return v, err
	}
	v.settings, v.version, v.zone = settings, version, settings.Location()
	v.speak(settings.Language)
	if v.actor.Kind == process.ActorUser {
		user, err := v.s.Users().Get(r.Context(), process.System(), v.actor.ID)
		if err != nil && process.CodeOf(err) != process.CodeNotFound {
			return v, err
		}
		if user != nil && user.Language != "" {
			v.user = user
			v.speak(user.Language)
		}
	}
	if cookie, err := r.Cookie(languageCookie); err == nil {
		v.speak(cookie.Value)
	}
	return v, nil
}

// speak takes a language that there is.
func (v *visit) speak(lang string) {
	if lang == "" && v.lang != "" {
		return
	}
	labels := v.c.o.Templates.Labels(templates.Pages, lang)
	v.lang, v.labels = labels.Language(), labels
	v.papers = v.c.o.Templates.Labels(templates.Documents, v.lang)
}

// preferred is the first language of Accept-Language (RFC 9110 section 12.5.4).
func preferred(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.TrimSpace(first)
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// id is the record that the address names.
func (v *visit) id() string { return v.r.PathValue("id") }

func (v *visit) may(p process.Permission) bool { return v.actor.May(p) }

// frame is what the layout needs around every page.
type frame struct {
	Title    string
	Language string
	Company  string
	User     string
	SignOut  bool
	Nav      []navigation
	Here     string
	Demo     *DemoLinks
	Flash    string
	Live     bool
	Seen     string
	Query    string
}

type navigation struct {
	Label, Href string
	Current     bool
	Apart       bool
}

func (v *visit) frame(title string) frame {
	f := frame{Title: title, Language: v.lang, Company: v.settings.Company.Name, Here: v.r.URL.RequestURI(), Demo: v.c.o.Demo,
		User: v.actor.Name, SignOut: v.c.o.Sessions != nil && access.SessionSecret(v.r) != ""}
	if v.actor.Kind != "" {
		f.Nav = v.navigation()
	}
	if v.r.URL.Query().Get("done") == "bank_file" {
		f.Flash = v.imported()
	} else if key := "done." + v.r.URL.Query().Get("done"); v.labels.Has(key) {
		f.Flash = v.t(key)
	}
	if v.r.Method != http.MethodGet {
		f.Here = "/"
	}
	return f
}

func (v *visit) navigation() []navigation {
	at := func(key, href string) navigation {
		current := v.r.URL.Path == href || href != "/" && strings.HasPrefix(v.r.URL.Path, href+"/")
		return navigation{Label: v.t(key), Href: href, Current: current}
	}
	nav := []navigation{at("nav.start", "/")}
	for _, k := range v.c.kinds {
		n := at("kinds."+k.typ, "/"+k.collection)
		n.Apart = k.apart
		nav = append(nav, n)
	}
	if v.may(process.MayRead) {
		n := at("nav.reports", "/reports")
		n.Apart = true
		nav = append(nav, n)
	}
	if v.may(process.MayRead) && v.c.o.Mailboxes != nil {
		n := at("nav.mailboxes", "/mailboxes")
		n.Apart = true
		nav = append(nav, n)
	}
	if v.may(process.MayManage) {
		n := at("nav.settings", "/settings")
		n.Apart = true
		nav = append(nav, n)
	}
	return nav
}

// page shows a page.
func (v *visit) page(status int, name string, data any) error {
	header := v.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", v.lang)
	return v.c.layouts[v.lang].Write(statusWriter{v.w, status}, name, data)
}

// statusWriter sends the status with the first bytes, so that a page that could
// not be filled in still answers with an error.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s statusWriter) Write(b []byte) (int, error) {
	s.WriteHeader(s.status)
	return s.ResponseWriter.Write(b)
}

// redirect sends the browser on with GET after a change.
func (v *visit) redirect(to string) {
	v.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// local is a path of this site, "/" for anything else that was sent in.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return u.RequestURI()
}

func queryEscape(s string) string { return url.QueryEscape(s) }

func (v *visit) log() *slog.Logger { return v.c.o.Logger }
