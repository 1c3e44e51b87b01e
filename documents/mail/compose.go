package mail

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	"text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Composer writes mails in the recipient's language.
type Composer struct {
	set  *templates.Set
	html *htmltemplate.Template
	text *template.Template
	// publicURL is the base of the links.
	publicURL string
	from      string
}

// NewComposer parses the mails' templates. from is the sender's address when
// the company's settings name none.
func NewComposer(set *templates.Set, publicURL, from string) (*Composer, error) {
	c := &Composer{set: set, publicURL: strings.TrimRight(publicURL, "/"), from: from}
	html, err := set.ReadFile("mails/mail.html")
	if err != nil {
		return nil, err
	}
	if c.html, err = htmltemplate.New("mail.html").Parse(string(html)); err != nil {
		return nil, fmt.Errorf("mails/mail.html: %w", err)
	}
	text, err := set.ReadFile("mails/mail.txt")
	if err != nil {
		return nil, err
	}
	if c.text, err = template.New("mail.txt").Parse(string(text)); err != nil {
		return nil, fmt.Errorf("mails/mail.txt: %w", err)
	}
	return c, nil
}

type fact struct{ Label, Value string }

// view is what the templates see.
type view struct {
	Language, Subject, Company, Greeting string
	Paragraphs                           []string
	Facts                                []fact
	Button, URL, Link, Closing           string
	Footer                               []string
}

// Compose makes the bytes of a mail. at is its Date.
func (c *Composer) Compose(m *process.Mail, at time.Time) (process.Composed, error) {
	out := process.Composed{MessageID: m.MessageID}
	v := c.view(m)
	switch m.Delivery.Kind {
	case "quote", "acceptance", "invoice":
		out.LinkToken = process.NewLinkToken()
		v.URL = c.publicURL + "/p/" + out.LinkToken
	case "notification":
		v.URL = c.publicURL + "/" + collection(m.Delivery.About.Type) + "/" + m.Delivery.About.ID
	}
	if v.URL != "" {
		v.Link = c.labels(m).Text("link.plain", map[string]string{"button": v.Button, "url": v.URL})
	}
	out.Subject = v.Subject
	raw, err := c.build(m, v, at)
	out.Raw = raw
	return out, err
}

func (c *Composer) labels(m *process.Mail) templates.Labels {
	return c.set.Labels(templates.Mails, m.Delivery.Language)
}

func (c *Composer) view(m *process.Mail) view {
	l, d, co := c.labels(m), m.Delivery, m.Settings.Company
	args := map[string]string{"company": co.Name, "title": "", "name": d.ToName, "reason": "", "comment": "", "subject": "", "order": "", "text": "", "invoice": ""}
	for k, v := range d.Data {
		args[k] = v
	}
	if gross, err := decimal.NewFromString(args["gross"]); err == nil {
		if amount, err := process.ParseMoney(gross, args["currency"]); err == nil {
			args["amount"] = money(l.Language(), amount)
		}
	}
	key := d.Kind
	if d.Kind == "notification" {
		key += "." + d.Reason
	}
	v := view{Language: l.Language(), Company: co.Name, Subject: oneLine(l.Text(key+".subject", args)), Closing: l.Text("closing", nil),
		Button: l.Text(d.Kind+".button", nil), Greeting: l.Text("greeting.nobody", nil)}
	if name := greeted(m); name != "" {
		v.Greeting = l.Text("greeting", map[string]string{"name": name})
	}
	for _, k := range []string{".body", ".more"} {
		if l.Has(key + k) {
			v.Paragraphs = append(v.Paragraphs, paragraph(l.Text(key+k, args)))
		}
	}
	v.Facts = facts(l, m)
	v.Footer = footer(co)
	return v
}

// greeted is the person to greet by name.
func greeted(m *process.Mail) string {
	if m.Snapshot != nil && m.Snapshot.Buyer.ContactName != "" {
		return m.Snapshot.Buyer.ContactName
	}
	return m.Delivery.ToName
}

// facts are the figures of a document, as they stand on it.
func facts(l templates.Labels, m *process.Mail) []fact {
	s := m.Snapshot
	if s == nil {
		return nil
	}
	fs := []fact{{l.Text("fact.number", nil), s.Number}, {l.Text("fact.amount", nil), money(l.Language(), s.Payable)}}
	day := func(key string, d process.Date) {
		if d != "" {
			fs = append(fs, fact{l.Text(key, nil), templates.FormatDate(l.Language(), string(d))})
		}
	}
	switch m.Delivery.Kind {
	case "quote":
		day("fact.valid_until", s.ValidUntil)
	case "invoice":
		day("fact.due_date", s.DueDate)
		account := s.Payment.Account
		if account == "" {
			account = s.Payment.IBAN
		}
		if account != "" {
			fs = append(fs, fact{l.Text("fact.account", nil), account})
		}
		if s.Payment.Reference != "" {
			fs = append(fs, fact{l.Text("fact.reference", nil), s.Payment.Reference})
		}
	}
	return fs
}

func money(lang string, m process.Money) string {
	return m.Currency + "\u00a0" + templates.FormatMoney(lang, m.Minor, process.Decimals(m.Currency))
}

func footer(c process.Company) []string {
	var f []string
	for _, s := range []string{c.Name, strings.TrimSpace(c.Address.Street + ", " + c.Address.Postcode + " " + c.Address.City), c.VATNumber, c.Phone, c.Email, c.Web} {
		if s = strings.Trim(s, ", "); s != "" {
			f = append(f, s)
		}
	}
	return f
}

func (c *Composer) build(m *process.Mail, v view, at time.Time) ([]byte, error) {
	var html, text bytes.Buffer
	if err := c.html.Execute(&html, v); err != nil {
		return nil, fmt.Errorf("composing the HTML part: %w", err)
	}
	if err := c.text.Execute(&text, v); err != nil {
		return nil, fmt.Errorf("composing the text part: %w", err)
	}
	msg := gomail.NewMsg()
	from := m.Settings.Company.Email
	if from == "" {
		from = c.from
	}
	msg.FromMailAddress(&mail.Address{Name: m.Settings.Company.Name, Address: from})
	msg.ToMailAddress(&mail.Address{Name: m.Delivery.ToName, Address: m.Delivery.To})
	msg.Subject(v.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(at)
	if ref := m.Delivery.InReplyTo; ref != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+ref+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+ref+">")
	}
	switch m.Delivery.Kind {
	case "acknowledgement": // RFC 3834 section 5
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	case "notification":
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	}
	msg.SetBodyString(gomail.TypeTextPlain, text.String())
	msg.AddAlternativeString(gomail.TypeTextHTML, html.String())
	if len(m.PDF) > 0 {
		if err := msg.AttachReader(m.Snapshot.FileName(), bytes.NewReader(m.PDF), gomail.WithFileContentType("application/pdf")); err != nil {
			return nil, fmt.Errorf("attaching the PDF: %w", err)
		}
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("composing: %w", err)
	}
	return raw.Bytes(), nil
}

// paragraph closes the gaps that empty arguments leave.
func paragraph(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, mark := range []string{".", ",", ":"} {
		s = strings.ReplaceAll(s, " "+mark, mark)
	}
	return s
}

func oneLine(s string) string { return strings.TrimRight(strings.Join(strings.Fields(s), " "), ": ") }

// collection is the plural under which pages show a record type.
func collection(typ string) string {
	switch typ {
	case process.TypeOpportunity:
		return "opportunities"
	case process.TypeDelivery:
		return "deliveries"
	}
	return typ + "s"
}
