package store

import (
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// What is asked for each mail is found by an index: a mail costs as much when
// half a million have come before as when it is the first.
func TestReceivingScansNothing(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	s := process.New(process.Options{Store: db, Key: make([]byte, 32)})
	person := process.Actor{Kind: process.ActorUser, ID: "u1", Role: process.RoleOwner}
	if _, err := s.CreateCustomer(t.Context(), person, process.CustomerInput{Name: "Fjordbygg AS", Kind: "business", Email: "post@fjordbygg.example"}); err != nil {
		t.Fatal(err)
	}
	for i, m := range []process.IncomingMail{
		{MessageID: "1@ny.example", From: "kari@ny.example", Inquiry: process.Inquiry{Email: "kari@ny.example", Subject: "Tilbud 2026-17", Text: "Hei", OrganisationNumber: "974760673"}},
		{MessageID: "2@ny.example", From: "kari@ny.example", InReplyTo: []string{"1@ny.example"}, Inquiry: process.Inquiry{Email: "kari@ny.example", Subject: "Re: Tilbud", Text: "Takk"}},
		{MessageID: "3@ny.example", From: "kari@ny.example", Inquiry: process.Inquiry{Email: "kari@ny.example", Subject: "Mer", Text: "En gang til"}},
		{MessageID: "4@fjordbygg.example", From: "post@fjordbygg.example", Inquiry: process.Inquiry{Email: "post@fjordbygg.example", Subject: "Garasje", Text: "Hei"}},
		{MessageID: "5@mx.example", From: "mailer-daemon@mx.example", Report: &process.DeliveryReport{}},
		{MessageID: "6@ny.example", From: "ola@annen.example", Automation: "auto-submitted", Inquiry: process.Inquiry{Email: "ola@annen.example"}},
		{From: "", Unreadable: "too_large"},
	} {
		m.At = process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: uint32(i + 1)}
		m.CursorUpTo, m.ReceivedAt, m.ContentHash = m.At.UID, time.Now(), string(rune('a'+i))
		m.Raw = process.NewBlob([]byte(m.MessageID + m.ContentHash))
		if _, err := s.ReceiveMail(t.Context(), process.Actor{Kind: process.ActorSystem, Name: "mail"}, m); err != nil {
			t.Fatalf("mail %d: %v", i+1, err)
		}
	}
	conn, err := db.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	if err := conn.Raw(func(c any) error {
		for _, q := range c.(numberedConn).texts.texts {
			texts = append(texts, q)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, q := range texts {
		// What asks with a value; the migrations' own statements do not.
		if !strings.Contains(q, "?") || !strings.HasPrefix(q, "SELECT") && !strings.HasPrefix(q, "UPDATE") || strings.Contains(q, "goose") || strings.Contains(q, "sqlite_master") || strings.HasSuffix(strings.TrimSpace(q), ";") { // a migration's own ends so
			continue
		}
		rows, err := db.reader.Query("EXPLAIN QUERY PLAN "+q, make([]any, strings.Count(q, "?"))...)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			looked++
			if strings.HasPrefix(detail, "SCAN") && detail != "SCAN CONSTANT ROW" {
				t.Errorf("%s:\n%s", detail, q)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if looked < 15 {
		t.Errorf("only %d plans were looked at", looked)
	}
}

// The first page finds the orders on which something is left to do, however
// many are completed.
func TestUnfinishedOrdersAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	var id, parent, unused int
	var detail string
	if err := db.reader.QueryRow("EXPLAIN QUERY PLAN SELECT * FROM sales_order WHERE state = ?1 AND progress = ?2 ORDER BY id DESC LIMIT ?3", "open", "to_invoice", 100).
		Scan(&id, &parent, &unused, &detail); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(detail, "state=? AND progress=?") {
		t.Errorf("it is a %s", detail)
	}
}
