package process_test

import (
	"fmt"

	"github.com/emne/emne/process"
)

// fresh is a name that no other has.
func (h *house) fresh(prefix string) string {
	return fmt.Sprintf("%s-%s", prefix, process.NewID(h.clock.now())[10:])
}

// mail is a person's mail that lies nowhere yet; every one is another.
func (h *house) mail(from, subject string) process.IncomingMail {
	id := h.fresh("mail")
	return process.IncomingMail{
		ReceivedAt: h.clock.now(), Raw: process.NewBlob([]byte("raw " + id)), MessageID: id + "@example.com", ContentHash: "hash-" + id,
		From: from, FromName: "Kari Nordmann", To: []string{"sales@seller.example"},
		Inquiry: process.Inquiry{Name: "Kari Nordmann", Email: from, Subject: subject, Text: "Hello", Language: "en"},
	}
}

// in puts a mail into a mailbox.
func in(m process.IncomingMail, mailbox string, uid uint32) process.IncomingMail {
	m.At, m.CursorUpTo = process.MailboxUID{Mailbox: mailbox, UIDValidity: 1, UID: uid}, uid
	return m
}

func (h *house) receive(m process.IncomingMail) process.Receipt {
	h.t.Helper()
	h.tick()
	r, err := h.s.ReceiveMail(h.ctx(), process.System(), m)
	h.check(err)
	return r
}
