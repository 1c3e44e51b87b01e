package process_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// own puts a mail into the salesperson's own mailbox.
func (h *house) own(m process.IncomingMail, sent bool, uid uint32) process.IncomingMail {
	m = in(m, "kari", uid)
	m.Own, m.CursorUpTo = &process.OwnMailbox{User: "Sales@seller.example", Sent: sent}, uid
	if sent {
		m.From, m.Inquiry.Email = "sales@seller.example", "sales@seller.example"
	}
	return m
}

func (h *house) opened() {
	_, err := h.s.OpenOwnMail(h.ctx(), h.sales, h.sales.ID, "")
	h.check(err)
	h.tick()
}

func (h *house) cursorOf(mailbox string) uint32 {
	h.t.Helper()
	uid, err := h.s.Cursor(h.ctx(), mailbox, 1)
	h.check(err)
	return uid
}

// Of an own mailbox only what belongs to somebody known is kept.
func TestOwnMailboxKeepsTheKnownAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mail  func(*house, *process.IncomingMail)
		sent  bool
		about string // type of record; nothing is kept when empty
		out   bool
	}{
		"a stranger":                    {mail: func(*house, *process.IncomingMail) {}},
		"to a stranger":                 {mail: func(_ *house, m *process.IncomingMail) { m.To = []string{"friend@private.example"} }, sent: true},
		"a contact":                     {mail: func(_ *house, m *process.IncomingMail) { m.From = "Per@kunde.example" }, about: process.TypeCustomer},
		"to a contact":                  {mail: func(_ *house, m *process.IncomingMail) { m.To = []string{"a@b.example", "per@kunde.example"} }, sent: true, about: process.TypeCustomer, out: true},
		"blindly to a contact":          {mail: func(_ *house, m *process.IncomingMail) { m.To, m.Bcc = nil, []string{"per@kunde.example"} }, sent: true, about: process.TypeCustomer, out: true},
		"to the customer's own address": {mail: func(_ *house, m *process.IncomingMail) { m.To = []string{"post@kunde.example"} }, sent: true, about: process.TypeCustomer, out: true},
		"an open lead":                  {mail: func(_ *house, m *process.IncomingMail) { m.From = "kari@lead.example" }, about: process.TypeLead},
		"to an open lead":               {mail: func(_ *house, m *process.IncomingMail) { m.To = []string{"kari@lead.example"} }, sent: true, about: process.TypeLead, out: true},
		"a colleague to a contact": {mail: func(_ *house, m *process.IncomingMail) {
			m.From, m.To = "owner@seller.example", []string{"per@kunde.example"}
		}, about: process.TypeCustomer, out: true},
		"a colleague": {mail: func(_ *house, m *process.IncomingMail) {
			m.From, m.To = "owner@seller.example", []string{"sales@seller.example"}
		}},
		"passed on to a friend": {mail: func(_ *house, m *process.IncomingMail) {
			m.To, m.Original = []string{"friend@private.example"}, &process.IncomingMail{From: "per@kunde.example"}
		}, sent: true},
		"what cannot be read":           {mail: func(_ *house, m *process.IncomingMail) { m.From, m.Unreadable = "per@kunde.example", "too_deep" }},
		"an automatic one of a contact": {mail: func(_ *house, m *process.IncomingMail) { m.From, m.Automation = "per@kunde.example", "Auto-Submitted" }},
		"a bounce": {mail: func(_ *house, m *process.IncomingMail) {
			m.From, m.Report = "per@kunde.example", &process.DeliveryReport{}
		}},
		"what lay there before": {mail: func(h *house, m *process.IncomingMail) {
			m.From, m.ReceivedAt = "per@kunde.example", h.clock.now().Add(-time.Hour)
		}},
		"a stranger's answer to a lead's": {mail: func(h *house, m *process.IncomingMail) { m.InReplyTo = []string{"lead@lead.example"} }},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			c1 := h.create(process.TypeCustomer, `{"name":"Kunde","email":"post@kunde.example"}`)
			h.create(process.TypeContact, `{"customer":"`+c1+`","name":"Per","email":"per@kunde.example"}`)
			lead := h.newLead()
			h.opened()
			m := h.own(h.mail("stranger@else.example", "Hello"), c.sent, 7)
			c.mail(h, &m)
			m.Inquiry.Email = m.From
			r, err := h.s.ReceiveMail(h.ctx(), process.System(), m)
			h.check(err)
			messages := list(h, h.s.Messages(), map[string]string{"mailbox": "kari"})
			if n := len(list(h, h.s.Leads(), nil)); n != 1 {
				t.Errorf("there are %d leads", n)
			}
			if h.cursorOf("kari") != 7 {
				t.Errorf("the cursor is %d", h.cursorOf("kari"))
			}
			defer h.verify()
			if c.about == "" {
				if _, err := h.s.Blob(h.ctx(), h.owner, m.Raw.SHA256); r.Decision != process.DecidedPassed || len(messages) != 0 || process.CodeOf(err) != process.CodeNotFound {
					t.Errorf("it was kept: %s, %+v, %v", r.Decision, messages, err)
				}
				return
			}
			if len(messages) != 1 {
				t.Fatalf("%s: there are %d messages", r.Decision, len(messages))
			}
			msg := messages[0]
			want := map[bool]string{true: process.DirectionOut, false: process.DirectionIn}[c.out]
			if msg.Decision != process.DecidedOwnMailbox || msg.About.Type != c.about || msg.Direction != want || (msg.Author != "") != c.out || c.sent && msg.Author != h.sales.ID {
				t.Errorf("the message is %+v", msg)
			}
			as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": msg.About.ID, "type": "mail.filed"}})
			h.check(err)
			if len(as) != 1 || as[0].Related.ID != msg.ID || (as[0].Actor.ID == h.sales.ID) != c.sent {
				t.Errorf("the timeline says %+v", as)
			}
			if c.about == process.TypeLead {
				if l := get(h, h.s.Leads(), lead); (l.State == "contacted") != c.sent {
					t.Errorf("the lead is %s", l.State)
				}
			}
		})
	}
}

// Nobody but the user opens the own mailbox; managers may close it.
func TestOwnMailboxIsTheUsersOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.own(h.mail("kari@lead.example", "Hello"), false, 1)
	h.newLead()
	refused := func() {
		t.Helper()
		if _, err := h.s.ReceiveMail(h.ctx(), process.System(), m); process.CodeOf(err) != process.CodeForbidden {
			t.Errorf("a closed mailbox: %v", err)
		}
	}
	refused()
	for _, a := range []process.Actor{h.owner, h.reader, process.System()} {
		if _, err := h.s.OpenOwnMail(h.ctx(), a, h.sales.ID, ""); process.CodeOf(err) != process.CodeForbidden {
			t.Errorf("%s opens it: %v", a.Name, err)
		}
	}
	for _, day := range []process.Date{"2026-03-04", "yesterday"} {
		_, err := h.s.OpenOwnMail(h.ctx(), h.sales, h.sales.ID, day)
		wantRefused(t, err, process.CodeInvalid, "own_mail.from")
	}
	_, err := h.s.OpenOwnMail(h.ctx(), h.sales, h.sales.ID, "2026-02-01")
	h.check(err)
	if since, agreed, err := h.s.OwnMail(h.ctx(), "sales@seller.example"); err != nil || !agreed || process.DateOf(since, time.UTC) > "2026-02-01" {
		t.Errorf("it is open since %s: %t, %v", since, agreed, err)
	}
	m.ReceivedAt = monday.AddDate(0, 0, -20)
	if r := h.receive(m); r.Decision != process.DecidedOwnMailbox {
		t.Errorf("it was %s", r.Decision)
	}
	if _, err := h.s.CloseOwnMail(h.ctx(), h.accounting, h.sales.ID); process.CodeOf(err) != process.CodeForbidden {
		t.Errorf("accounting closes it: %v", err)
	}
	_, err = h.s.CloseOwnMail(h.ctx(), h.owner, h.sales.ID)
	h.check(err)
	refused()
	cli := process.Actor{Kind: process.ActorSystem, Name: "administrator", Channel: "cli"}
	_, err = h.s.OpenOwnMail(h.ctx(), cli, h.sales.ID, "")
	h.check(err)
	h.verify()
}

// A mail that came both ways is one message. What is an inquiry to the company
// becomes one, whichever mailbox was read first.
func TestOwnMailboxAndTheCompanys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.create(process.TypeCustomer, `{"name":"Kunde","email":"post@kunde.example"}`)
	h.opened()
	for i, first := range []string{"own", "company"} {
		uid := uint32(i + 1)
		mail := h.mail("post@kunde.example", "A new roof "+first)
		company, own := in(mail, "sales", uid), h.own(mail, false, uid)
		if first == "own" {
			if r := h.receive(own); r.Result.ID != c {
				t.Errorf("the own one is %+v", r)
			}
		}
		r := h.receive(company)
		if r.Result.Type != process.TypeLead {
			t.Errorf("%s first: the company's is %+v", first, r)
		}
		if again := h.receive(company); !again.Repeated || again.Result != r.Result {
			t.Errorf("%s first: once more it is %+v", first, again)
		}
		if r := h.receive(own); !r.Repeated || r.Result.Type != process.TypeLead {
			t.Errorf("%s first: the own one is %+v", first, r)
		}
		if n := len(h.messages(mail)); n != 1 {
			t.Errorf("%s first: there are %d messages", first, n)
		}
		if first == "own" {
			h.do(process.TypeLead, "disqualify", r.Result.ID, `{"reason":"lost"}`)
		}
	}
	h.verify()
}

// An answer goes to the record that it answers, when that is the contact's.
func TestOwnMailboxFollowsReferences(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead := h.newLead()
	first := h.message(h.mail("kari@lead.example", "A question"))
	h.do(process.TypeLead, "qualify", lead, "")
	h.opened()
	m := h.own(h.mail("", "Re: A question"), true, 1)
	m.To, m.InReplyTo = []string{"kari@lead.example"}, []string{get(h, h.s.Messages(), first).MessageID}
	if r := h.receive(m); r.Result.ID != lead {
		t.Errorf("the answer is on %+v", r.Result)
	}
	if l := get(h, h.s.Leads(), lead); len(list(h, h.s.Messages(), map[string]string{"thread": l.Thread})) != 2 {
		t.Error("the answer is not on the thread")
	}
	h.verify()
}

// A blind copy to a user's signed address is filed with all whom it was
// written to, and makes no lead.
func TestBlindCopy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mail     func(*house, *process.IncomingMail, string)
		decision string
		about    string
		out      bool
		others   int // records beside the first that tell of it
	}{
		"to a contact": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.To, m.DeliveredTo = []string{"per@kunde.example"}, []string{strings.ToUpper(bcc)}
		}, process.DecidedBcc, process.TypeCustomer, true, 0},
		"from another address of the user": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.From, m.To, m.Bcc = "kari@private.example", []string{"per@kunde.example"}, []string{bcc}
		}, process.DecidedBcc, process.TypeCustomer, true, 0},
		"to several": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.To, m.DeliveredTo = []string{"kari@lead.example", "post@kunde.example", "per@kunde.example"}, []string{bcc}
		}, process.DecidedBcc, process.TypeLead, true, 1},
		"to nobody known": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.To, m.DeliveredTo = []string{"new@else.example"}, []string{bcc}
		}, process.DecidedBcc, "", true, 0},
		"passed on by hand": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.To, m.Original = []string{bcc}, &process.IncomingMail{From: "per@kunde.example"}
		}, process.DecidedBcc, process.TypeCustomer, true, 0},
		"redirected by a rule": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.From, m.DeliveredTo = "per@kunde.example", []string{bcc}
		}, process.DecidedBcc, process.TypeCustomer, false, 0},
		"forged": {func(_ *house, m *process.IncomingMail, bcc string) {
			m.From, m.DeliveredTo = "per@kunde.example", []string{strings.Replace(bcc, ".", ".x", 1)}
		}, process.DecidedCustomer, process.TypeLead, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			c1 := h.create(process.TypeCustomer, `{"name":"Kunde","email":"post@kunde.example"}`)
			h.create(process.TypeContact, `{"customer":"`+c1+`","name":"Per","email":"per@kunde.example"}`)
			h.newLead()
			bcc := h.s.BccAddress("post@seller.example", h.sales.ID)
			m := in(h.mail("sales@seller.example", "An offer"), "sales", 1)
			c.mail(h, &m, bcc)
			m.Inquiry.Email = m.From
			msg := get(h, h.s.Messages(), h.message(m))
			if msg.Decision != c.decision || msg.About.Type != c.about || (msg.Author == h.sales.ID) != c.out || (msg.Direction == process.DirectionOut) != c.out {
				t.Errorf("the message is %+v", msg)
			}
			as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"type": "mail.filed", "related_id": msg.ID}})
			h.check(err)
			if want := c.others + 1; c.about != "" && len(as) != want {
				t.Errorf("%d records tell of it, want %d", len(as), want)
			}
			h.verify()
		})
	}
	h := newHouse(t)
	if a := h.s.BccAddress("sales+x@seller.example", h.sales.ID); a != "" {
		t.Errorf("an address with a plus gives %s", a)
	}
}
