package message_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/message"
)

var at = intake.MailboxUID{Mailbox: "sales", UIDValidity: 7, UID: 12}

func mail(t *testing.T, lines ...string) intake.Mail {
	t.Helper()
	raw := []byte(strings.Join(lines, "\r\n"))
	received := time.Date(2026, 1, 2, 9, 30, 0, 0, time.UTC)
	m := message.Parser(message.Options{Region: "NO"})(intake.InMemory(raw), at, received)
	if m.At != at || !m.ReceivedAt.Equal(received) || m.Raw == nil || string(m.Raw.Data) != string(raw) {
		t.Errorf("the place, the time or the bytes are lost: %+v", m)
	}
	return m
}

func TestMailOfAPerson(t *testing.T) {
	m := mail(t, "From: Kari Nordmann <kari@example.no>", "To: sales@demo.example", "Cc: <post@demo.example>",
		"Message-ID: <1@example.no>", "In-Reply-To: <0@example.no>", "References: <a@x> <0@example.no>", "Subject: Tilbud?",
		"Date: Fri, 2 Jan 2026 10:29:00 +0100", "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: text/plain; charset=utf-8", "",
		"Hei, vi trenger et tilbud på tolv stoler.", "", "-- ", "Kari Nordmann", "Eksempel AS", "Storgata 1, 0155 Oslo", "Tlf 22 33 44 55", "",
		"--x", "Content-Type: text/csv", "Content-Disposition: attachment; filename=liste.csv", "", "a;b", "--x--", "")
	if m.From != "kari@example.no" || m.FromName != "Kari Nordmann" || !slices.Equal(m.To, []string{"sales@demo.example", "post@demo.example"}) {
		t.Errorf("from %q %q to %q", m.FromName, m.From, m.To)
	}
	if m.MessageID != "1@example.no" || !slices.Equal(m.InReplyTo, []string{"0@example.no"}) || !slices.Equal(m.References, []string{"a@x", "0@example.no"}) {
		t.Errorf("ids %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if len(m.ContentHash) != 64 || m.Automation != "" || m.Report != nil || m.Unreadable != "" || m.SentAt.IsZero() {
		t.Errorf("hash %q, automation %q, report %v, unreadable %q, sent %v", m.ContentHash, m.Automation, m.Report, m.Unreadable, m.SentAt)
	}
	in := m.Inquiry
	if in.Name != "Kari Nordmann" || in.Email != "kari@example.no" || in.Subject != "Tilbud?" || in.Company != "Eksempel AS" || in.Phone != "+4722334455" {
		t.Errorf("the inquiry is %+v", in)
	}
	if want := (intake.Address{Street: "Storgata 1", Postcode: "0155", City: "Oslo"}); in.Address != want {
		t.Errorf("the address is %+v", in.Address)
	}
	if want := []string{"phone", "company", "address", "language"}; !reflect.DeepEqual(in.Guessed, want) {
		t.Errorf("guessed %q, want %q", in.Guessed, want)
	}
	if len(in.Attachments) != 1 || in.Attachments[0].Name != "liste.csv" || strings.TrimSpace(string(in.Attachments[0].Content.Data)) != "a;b" {
		t.Errorf("attachments %+v", in.Attachments)
	}
	if !strings.HasPrefix(in.Text, "Hei, vi trenger") || strings.Contains(in.Text, "Storgata") {
		t.Errorf("the text is %q", in.Text)
	}
}

func TestMailWhoIsAnswered(t *testing.T) {
	for _, c := range []struct{ name, from, reply, email, lead string }{
		{"reply-to wins", "Form <wordpress@demo.example>", "Kari Nordmann <kari@example.no>", "kari@example.no", "Kari Nordmann"},
		{"no address as a name", "ola17@example.no", "", "ola17@example.no", ""},
		{"the address repeated as its name", `"ola17@example.no" <ola17@example.no>`, "", "ola17@example.no", ""},
		{"a reply-to that is none", "Kari <kari@example.no>", "nobody", "kari@example.no", "Kari"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mail(t, "From: "+c.from, "Reply-To: "+c.reply, "Subject: x", "", "Hei")
			if m.Inquiry.Email != c.email || m.Inquiry.Name != c.lead {
				t.Errorf("the lead is %q <%s>, want %q <%s>", m.Inquiry.Name, m.Inquiry.Email, c.lead, c.email)
			}
		})
	}
}

// A mail that names nobody is its Reply-To's, or else the envelope sender's.
func TestMailOfNobody(t *testing.T) {
	for _, c := range []struct{ name, header, from string }{
		{"envelope", "Return-Path: <kari@example.no>", "kari@example.no"},
		{"reply-to", "Return-Path: <www@example.no>\r\nReply-To: kari@example.no", "kari@example.no"},
		{"a report's envelope", "Return-Path: <>", ""},
		{"nothing", "X-Nothing: x", ""},
		{"from goes before", "Return-Path: <www@example.no>\r\nFrom: kari@example.no", "kari@example.no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m := mail(t, c.header, "Subject: x", "", "Hei"); m.From != c.from || m.Inquiry.Email != c.from {
				t.Errorf("from %q, answered %q, want %q", m.From, m.Inquiry.Email, c.from)
			}
		})
	}
}

func TestMailOfAMachine(t *testing.T) {
	m := mail(t, "From: news@example.no", "List-Id: <news.example.no>", "Subject: x", "", "Hei")
	if m.Automation != "List-Id: <news.example.no>" {
		t.Errorf("automation %q", m.Automation)
	}
	m = mail(t, "From: mailer-daemon@example.no", "Subject: failed", "Content-Type: multipart/report; report-type=delivery-status; boundary=x", "",
		"--x", "", "It failed.", "--x", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.no", "",
		"Final-Recipient: rfc822; kari@example.no", "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 no such user", "",
		"--x", "Content-Type: text/rfc822-headers", "", "Message-ID: <out.1@demo.example>", "", "--x--", "")
	if m.Report == nil || m.Report.MessageID != "out.1@demo.example" || len(m.Report.Recipients) != 1 ||
		m.Report.Recipients[0] != (intake.RecipientReport{Address: "kari@example.no", Action: "failed", Status: "5.1.1", Diagnostic: "550 no such user"}) {
		t.Errorf("the report is %+v", m.Report)
	}
	if m = mail(t, ""); m.Unreadable != message.ProblemEmpty {
		t.Errorf("an empty mail is %q", m.Unreadable)
	}
}
