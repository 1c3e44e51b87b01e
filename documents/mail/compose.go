package mail

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	"text/template"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Composer writes mails in the recipient's language. It may be used by many
// goroutines.
type Composer struct {
	set  *templates.Set
	html *htmltemplate.Template
	text *template.Template
	// publicURL is the base of the links.
	publicURL string
	from      string
	colours   colours
}

// NewComposer parses the mails' templates. from is the address that mails come
// from, under the company's name: the submission account's own, so that the
// recipient's checks (RFC 7489 section 3.1) pass and answers come back to a
// mailbox that is read. The company's address stands in when it is empty.
func NewComposer(set *templates.Set, publicURL, from string) (*Composer, error) {
	c := &Composer{set: set, publicURL: strings.TrimRight(publicURL, "/"), from: from}
	html, err := set.ReadFile("mails/mail.html")
	if err != nil {
		return nil, err
	}
	if c.html, err = htmltemplate.New("mail.html").Funcs(conditional()).Parse(string(html)); err != nil {
		return nil, fmt.Errorf("mails/mail.html: %w", err)
	}
	text, err := set.ReadFile("mails/mail.txt")
	if err != nil {
		return nil, err
	}
	if c.colours, err = coloursOf(set); err != nil {
		return nil, err
	}
	if c.text, err = template.New("mail.txt").Parse(string(text)); err != nil {
		return nil, fmt.Errorf("mails/mail.txt: %w", err)
	}
	return c, nil
}

// conditional are the comments that Outlook on Windows, which draws with Word,
// reads as conditions: what stands between outlook and outlookEnd is for it
// alone, between others and othersEnd for all others. html/template drops
// comments that it finds, so they are written by functions.
func conditional() htmltemplate.FuncMap {
	return htmltemplate.FuncMap{
		"outlook":    func() htmltemplate.HTML { return "<!--[if mso]>" },
		"outlookEnd": func() htmltemplate.HTML { return "<![endif]-->" },
		"others":     func() htmltemplate.HTML { return "<!--[if !mso]><!-->" },
		"othersEnd":  func() htmltemplate.HTML { return "<!--<![endif]-->" },
	}
}

// Compose makes the bytes of a mail: 7-bit, with CRLF at the end of each line,
// so that no server has a reason to change them. at is its Date. A link has a
// new secret each time.
func (c *Composer) Compose(m *process.Mail, at time.Time) (process.Composed, error) {
	v, token := c.view(m)
	out := process.Composed{MessageID: m.MessageID, LinkToken: token}
	out.Subject = v.Subject
	raw, err := c.build(m, v, at)
	out.Raw = raw
	return out, err
}

// Preview is what Compose would send, in its parts; a link in it leads nowhere.
func (c *Composer) Preview(m *process.Mail) (subject, html, text string, err error) {
	v, _ := c.view(m)
	h, t, err := c.bodies(v)
	return v.Subject, h, t, err
}

// view is what the templates see; token is the secret of its link.
func (c *Composer) view(m *process.Mail) (v view, token string) {
	v = newView(c.set.Labels(templates.Mails, m.Delivery.Language), m)
	v.Colours = c.colours
	switch m.Delivery.Kind {
	case kindQuote, kindAcceptance, kindInvoice, kindQuoteFollowUp, kindQuoteExpired, kindReminder:
		token = process.NewLinkToken()
		v.URL = c.publicURL + "/p/" + token
	case kindNotification:
		if m.Delivery.Reason == reasonDigest {
			v.URL = c.publicURL + "/tasks?state=open"
			break
		}
		v.URL = c.publicURL + "/" + collection(m.Delivery.About.Type) + "/" + m.Delivery.About.ID
	}
	return v, token
}

func (c *Composer) bodies(v view) (htmlPart, textPart string, err error) {
	var html, text bytes.Buffer
	if err := c.html.Execute(&html, v); err != nil {
		return "", "", fmt.Errorf("composing the HTML part: %w", err)
	}
	if err := c.text.Execute(&text, v); err != nil {
		return "", "", fmt.Errorf("composing the text part: %w", err)
	}
	return html.String(), text.String(), nil
}

func (c *Composer) build(m *process.Mail, v view, at time.Time) ([]byte, error) {
	html, text, err := c.bodies(v)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := c.address(msg, m); err != nil {
		return nil, err
	}
	header(msg, m, v, at)
	msg.SetBodyString(gomail.TypeTextPlain, text)
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	if m.Snapshot != nil {
		if len(m.PDF) == 0 {
			return nil, errors.New("the document to attach is missing")
		}
		if err := msg.AttachReader(m.Snapshot.FileName(), bytes.NewReader(m.PDF), gomail.WithFileContentType("application/pdf")); err != nil {
			return nil, fmt.Errorf("attaching the PDF: %w", err)
		}
	}
	if l := m.Letter; l != nil {
		if err := msg.AttachReader(l.Name, bytes.NewReader(l.Data), gomail.WithFileContentType("application/pdf")); err != nil {
			return nil, fmt.Errorf("attaching the letter: %w", err)
		}
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("composing: %w", err)
	}
	return canonical(raw.Bytes()), nil
}

// maxLocal is the length of a local part (RFC 5321 section 4.5.3.1.1); a longer
// one gets no plus-address, nor does one that has a plus already.
const maxLocal = 64

func (c *Composer) address(msg *gomail.Msg, m *process.Mail) error {
	from := c.from
	if from == "" {
		from = m.Settings.Company.Email
	}
	e, err := newEnvelope(from, m.Delivery.To, nil)
	if err != nil {
		return err
	}
	if i := strings.LastIndexByte(e.from, '@'); m.ReplyTag != "" && sound(m.ReplyTag) && i+1+len(m.ReplyTag) <= maxLocal && !strings.ContainsAny(e.from[:i], "\"+") {
		if err := msg.ReplyTo(e.from[:i] + "+" + m.ReplyTag + e.from[i:]); err != nil {
			return fmt.Errorf("setting Reply-To: %w", err)
		}
	}
	msg.FromMailAddress(&mail.Address{Name: name(m.Settings.Company.Name), Address: e.from})
	msg.ToMailAddress(&mail.Address{Name: name(m.Delivery.ToName), Address: e.to})
	return nil
}

func header(msg *gomail.Msg, m *process.Mail, v view, at time.Time) {
	msg.Subject(v.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(at.In(m.Settings.Location()))
	msg.SetGenHeader("Content-Language", v.Language) // RFC 3282
	if ref := strings.Trim(m.Delivery.InReplyTo, "<>"); sound(ref) && ascii(ref) && !strings.ContainsAny(ref, "<>") {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+ref+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+ref+">")
	}
	switch m.Delivery.Kind { // RFC 3834 section 5
	case kindAcknowledgement:
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	case kindNotification, kindAcceptance, kindRule, kindQuoteFollowUp, kindQuoteExpired, kindReminder:
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	}
}

// name is a person's or company's name fit for a header.
func name(s string) string { return clip(line(s), 100) }

// canonical ends every line with CRLF (RFC 5322 section 2.3), so that SMTP has
// nothing to change.
func canonical(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	if !bytes.HasSuffix(raw, []byte("\n")) {
		raw = append(raw, '\n')
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}

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
