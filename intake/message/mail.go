package message

import (
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"github.com/emne/emne/intake"
)

// Parser gives a mailbox the way to read its mails.
func Parser(o Options) intake.Parser {
	spare := &sync.Pool{New: func() any { return &scratch{} }}
	return func(raw intake.Raw, at intake.MailboxUID, received time.Time) intake.Mail {
		o := o
		s := spare.Get().(*scratch)
		defer spare.Put(s)
		o.scratch, o.noHTML = s, true
		if raw.Spooled() {
			o.raw, o.large = raw, largePart
		}
		return Mail(Parse(raw.Bytes(), o), raw, at, received)
	}
}

// Mail is the message as it is recorded: raw as it was read, at as it lay on
// its server (UID 0 for an imported one), received when it arrived there.
func Mail(m *Message, raw intake.Raw, at intake.MailboxUID, received time.Time) intake.Mail {
	in := readable(m)
	in.At, in.ReceivedAt, in.Raw = at, received, raw.Blob()
	in.ContentHash = hex.EncodeToString(m.ContentHash[:])
	for o, to := m.Original, &in; o != nil; o, to = o.Original, to.Original {
		original := readable(o)
		to.Original = &original
	}
	return in
}

// readable is what the mail says of itself.
func readable(m *Message) intake.Mail {
	in := intake.Mail{
		MessageID:   m.MessageID,
		InReplyTo:   m.InReplyTo,
		References:  m.References,
		DeliveredTo: append(m.DeliveredTo[:len(m.DeliveredTo):len(m.DeliveredTo)], m.OriginalTo...),
		SentAt:      m.Date,
		Fields:      m.fields,
		Quoted:      m.Quoted,
		Signature:   m.Signature,
		Defects:     m.Defects,
		Automation:  m.Automation.Header,
		Listed:      m.Listed,
		Unreadable:  m.Problem,
	}
	if len(m.From) > 0 {
		in.FromName, in.From = m.From[0].Name, m.From[0].Address
	} else {
		in.From = answerTo(m)
	}
	for _, a := range append(m.To[:len(m.To):len(m.To)], m.Cc...) {
		in.To = append(in.To, a.Address)
	}
	for _, a := range m.Bcc {
		in.Bcc = append(in.Bcc, a.Address)
	}
	if !m.Automation.IsZero() && in.Automation == "" {
		in.Automation = m.Automation.Code
	}
	if m.Report != nil {
		in.Report = report(m.Report)
	}
	in.Inquiry = inquiry(m)
	return in
}

func report(r *DeliveryReport) *intake.DeliveryReport {
	out := &intake.DeliveryReport{MessageID: r.OriginalMessageID, Subject: r.OriginalSubject}
	for _, one := range r.Recipients {
		address := one.OriginalRecipient
		if address == "" {
			address = one.Recipient
		}
		out.Recipients = append(out.Recipients, intake.RecipientReport{Address: address, Action: one.Action, Status: one.Status, Diagnostic: one.Diagnostic})
	}
	return out
}

// inquiry names in Guessed what the sender did not say in so many words.
func inquiry(m *Message) intake.Inquiry {
	in := intake.Inquiry{Subject: m.Subject, Text: m.Text, Language: m.Language, Email: answerTo(m)}
	if in.Text == "" {
		in.Text = m.FullText
	}
	take := func(to *string, name string, g Guessed, said ...string) {
		if g.Value == "" {
			return
		}
		*to = g.Value
		for _, s := range said {
			if g.Source == s {
				return
			}
		}
		in.Guessed = append(in.Guessed, name)
	}
	if g := m.Guess.Name; !strings.EqualFold(g.Value, in.Email) {
		take(&in.Name, "name", g, SourceDisplayName)
	}
	take(&in.Phone, "phone", m.Guess.Phone)
	take(&in.Company, "company", m.Guess.Company, SourceOrganization)
	take(&in.OrganisationNumber, "organisation_number", m.Guess.OrganisationNumber)
	if a := postal(m.Guess.Address.Value); !a.IsZero() {
		in.Address, in.Address.Country = a, m.Guess.Country
		in.Guessed = append(in.Guessed, "address")
	}
	if in.Language != "" {
		in.Guessed = append(in.Guessed, "language")
	}
	for _, a := range m.Attachments {
		in.Attachments = append(in.Attachments, intake.File{Name: a.Name, ContentType: a.ContentType, Inline: a.Inline, Content: a.blob()})
	}
	return in
}

// answerTo is where an answer goes: Reply-To before From (RFC 5322 section
// 3.6.2), and the envelope's sender for a mail that names nobody.
func answerTo(m *Message) string {
	for _, a := range append(m.ReplyTo[:len(m.ReplyTo):len(m.ReplyTo)], m.From...) {
		if strings.Contains(a.Address, "@") {
			return a.Address
		}
	}
	if len(m.From) == 0 && m.ReturnPath != nil && strings.Contains(*m.ReturnPath, "@") {
		return *m.ReturnPath
	}
	return ""
}

// postal takes "Storgata 1, 0155 Oslo" apart, and "High Street 1, Leeds LS1 4AP".
func postal(line string) intake.Address {
	i := strings.LastIndex(line, ", ")
	if i < 0 {
		return intake.Address{}
	}
	street, place := line[:i], line[i+2:]
	words := strings.Fields(place)
	if k := len(words); k > 2 && isBritishPostcode(words[k-2], words[k-1]) {
		return intake.Address{Street: street, Postcode: words[k-2] + " " + words[k-1], City: strings.Join(words[:k-2], " ")}
	}
	n := 0
	for n < len(words) && strings.Trim(words[n], "0123456789") == "" {
		n++
	}
	if n == 0 || n == len(words) {
		return intake.Address{}
	}
	return intake.Address{Street: street, Postcode: strings.Join(words[:n], " "), City: strings.Join(words[n:], " ")}
}
