package demo

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/templates"
)

// Pages show everybody's mailboxes, and the company's web form.
type Pages struct {
	office   *postoffice.Office
	labels   templates.Labels
	language string
	formPath string
	page     *template.Template
	style    []byte
	mux      *http.ServeMux
}

// NewPages makes the pages under /demo/. formPath is where the form posts to.
func NewPages(office *postoffice.Office, set *templates.Set, language, formPath string) (*Pages, error) {
	p := &Pages{office: office, labels: set.Labels("demo", language), language: language, formPath: formPath, mux: http.NewServeMux()}
	text, err := set.ReadFile("demo/page.html")
	if err != nil {
		return nil, err
	}
	if p.style, err = set.ReadFile("demo/demo.css"); err != nil {
		return nil, err
	}
	if p.page, err = template.New("demo").Funcs(template.FuncMap{"t": p.labels.Say}).Parse(string(text)); err != nil {
		return nil, fmt.Errorf("demo/page.html: %w", err)
	}
	p.mux.HandleFunc("GET /demo/{$}", p.mailboxes)
	p.mux.HandleFunc("GET /demo/style.css", p.css)
	p.mux.HandleFunc("GET /demo/form", p.form)
	p.mux.HandleFunc("GET /demo/mail/{address}", p.mailbox)
	p.mux.HandleFunc("GET /demo/mail/{address}/{uid}", p.mail)
	p.mux.HandleFunc("GET /demo/mail/{address}/{uid}/raw", p.raw)
	p.mux.HandleFunc("GET /demo/mail/{address}/{uid}/html", p.html)
	p.mux.HandleFunc("GET /demo/mail/{address}/{uid}/file/{number}", p.file)
	return p, nil
}

// policy lets the pages have their style sheet, the form and the framed mail.
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"

// mailPolicy is for the HTML of a mail: its own styles, no scripts, nothing remote.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox"

func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

type view struct {
	Language, Title, Address, Action string
	Boxes                            []box
	Mails                            []row
	From, To, Date, Path, HTML       string
	Files                            []link
	Parts                            []part
}

type box struct {
	Address string
	Count   int
	Latest  string
}

type row struct {
	UID                     uint32
	Subject, From, Received string
}

type link struct{ Name, URL string }

// part is a piece of a mail's text; the links in it can be followed.
type part struct{ Text, URL string }

func (p *Pages) show(w http.ResponseWriter, name string, v view) {
	v.Language = p.language
	var b bytes.Buffer
	if err := p.page.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w) // the browser went away: nobody is left to tell
}

func (p *Pages) moment(t time.Time) string { return templates.FormatMoment(p.language, t.Local()) }

func (p *Pages) css(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(p.style)
}
