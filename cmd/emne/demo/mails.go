package demo

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/intake/message"
)

func (p *Pages) mailboxes(w http.ResponseWriter, _ *http.Request) {
	v := view{Title: p.labels.Say("mailboxes.title"), Address: SalesAddress}
	for _, m := range p.office.Mailboxes() {
		v.Boxes = append(v.Boxes, box{m.Address, m.Count, p.moment(m.Latest)})
	}
	p.show(w, "mailboxes", v)
}

func (p *Pages) form(w http.ResponseWriter, _ *http.Request) {
	p.show(w, "form", view{Title: p.labels.Say("form.title"), Action: p.formPath})
}

// maxShown bounds the list of a mailbox.
const maxShown = 200

func (p *Pages) mailbox(w http.ResponseWriter, r *http.Request) {
	address := r.PathValue("address")
	v := view{Title: p.labels.Say("mailbox.title", "address", address), Address: address}
	for i, m := range p.office.Messages(address) {
		if i == maxShown {
			break
		}
		raw, err := m.Raw()
		if err != nil {
			continue // it was moved away meanwhile
		}
		parsed := message.Parse(raw, message.Options{Region: "NO"})
		v.Mails = append(v.Mails, row{uint32(m.UID), parsed.Subject, addresses(parsed.From), p.moment(m.Received)})
	}
	p.show(w, "mailbox", v)
}

// read finds the mail that the path names, and parses it.
func (p *Pages) read(w http.ResponseWriter, r *http.Request) (postoffice.Message, []byte, *message.Message, bool) {
	uid, err := strconv.ParseUint(r.PathValue("uid"), 10, 32)
	if err != nil {
		http.NotFound(w, r)
		return postoffice.Message{}, nil, nil, false
	}
	m, ok := p.office.Message(r.PathValue("address"), uint32(uid))
	if !ok {
		http.NotFound(w, r)
		return m, nil, nil, false
	}
	raw, err := m.Raw()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return m, nil, nil, false
	}
	return m, raw, message.Parse(raw, message.Options{Region: "NO"}), true
}

func (p *Pages) mail(w http.ResponseWriter, r *http.Request) {
	m, _, parsed, ok := p.read(w, r)
	if !ok {
		return
	}
	path := "/demo/mail/" + url.PathEscape(r.PathValue("address")) + "/" + r.PathValue("uid")
	v := view{Title: parsed.Subject, Address: r.PathValue("address"), From: addresses(parsed.From), To: addresses(parsed.To), Date: p.moment(when(parsed.Date, m.Received)),
		Path: path, HTML: parsed.HTML, Parts: linked(parsed.FullText)}
	for i, f := range parsed.Attachments {
		v.Files = append(v.Files, link{f.Name, path + "/file/" + strconv.Itoa(i)})
	}
	p.show(w, "mail", v)
}

func when(said, received time.Time) time.Time {
	if said.IsZero() {
		return received
	}
	return said
}

// urls are web addresses in a plain text.
var urls = regexp.MustCompile(`https?://[^\s<>"]+`)

// linked cuts a text at its links.
func linked(text string) []part {
	var parts []part
	at := 0
	for _, m := range urls.FindAllStringIndex(text, -1) {
		parts = append(parts, part{Text: text[at:m[0]]}, part{Text: text[m[0]:m[1]], URL: text[m[0]:m[1]]})
		at = m[1]
	}
	return append(parts, part{Text: text[at:]})
}

func (p *Pages) raw(w http.ResponseWriter, r *http.Request) {
	if _, raw, _, ok := p.read(w, r); ok {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(raw)
	}
}

func (p *Pages) html(w http.ResponseWriter, r *http.Request) {
	if _, _, parsed, ok := p.read(w, r); ok {
		w.Header().Set("Content-Security-Policy", mailPolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(parsed.HTML))
	}
}

func (p *Pages) file(w http.ResponseWriter, r *http.Request) {
	_, _, parsed, ok := p.read(w, r)
	if !ok {
		return
	}
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 0 || n >= len(parsed.Attachments) {
		http.NotFound(w, r)
		return
	}
	f := parsed.Attachments[n]
	typ, disposition := "application/octet-stream", "attachment"
	if f.ContentType == "application/pdf" {
		typ, disposition = f.ContentType, "inline"
	}
	w.Header().Set("Content-Type", typ)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	_, _ = w.Write(f.Content)
}

func addresses(as []message.Address) string {
	var s []string
	for _, a := range as {
		if a.Name != "" {
			s = append(s, a.Name+" <"+a.Address+">")
			continue
		}
		s = append(s, a.Address)
	}
	return strings.Join(s, ", ")
}
