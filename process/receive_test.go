package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Each decision, in the order in which they are tried.
func TestReceiveDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before   func(*house) string // gives the record that the mail belongs to, if any
		mail     func(*house, *process.IncomingMail)
		decision string
		state    string
		about    string // type of record
		lead     bool   // a lead is made
		task     string // reason of the task that is made
		owner    bool   // the task is the record's owner's
	}{
		"what cannot be read": {
			mail:     func(h *house, m *process.IncomingMail) { m.Unreadable = "no end of the header" },
			decision: process.DecidedUnreadable, state: "quarantined", about: process.TypeQuarantine},
		"our own automatic mail": {
			before:   func(h *house) string { return h.delivery("accepted") },
			mail:     func(h *house, m *process.IncomingMail) { m.MessageID = list(h, h.s.Deliveries(), nil)[0].MessageID },
			decision: process.DecidedOwn, state: "other"},
		"a forged id of ours is a person's mail": {
			before: func(h *house) string { return h.delivery("accepted") },
			mail: func(h *house, m *process.IncomingMail) {
				id, domain, _ := strings.Cut(list(h, h.s.Deliveries(), nil)[0].MessageID, "@")
				m.MessageID = id[:len(id)-1] + "!@" + domain
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"staff write to somebody": {
			mail:     func(h *house, m *process.IncomingMail) { m.From = "Sales@seller.example" },
			decision: process.DecidedStaff, state: "other"},
		"staff answer a lead": {
			before: (*house).newLead,
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.To = "sales@seller.example", []string{"Kari@lead.example"}
			},
			decision: process.DecidedStaff, state: "filed", about: process.TypeLead},
		"staff write to a customer": {
			before: func(h *house) string {
				c := h.customer()
				h.create(process.TypeContact, fmt.Sprintf(`{"customer":%q,"name":"Kari","email":"kari@kunde.example"}`, c))
				return c
			},
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.To = "sales@seller.example", []string{"x@y.example", "kari@kunde.example"}
			},
			decision: process.DecidedStaff, state: "filed", about: process.TypeCustomer},
		"staff forward an inquiry": {
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: "ola@writer.example", Inquiry: process.Inquiry{Email: "ola@writer.example", Text: "Hi"}}
			},
			decision: process.DecidedForwarded, state: "filed", about: process.TypeLead, lead: true},
		"staff forward what a colleague forwarded": {
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: "owner@seller.example",
					Original: &process.IncomingMail{From: "ola@writer.example", Inquiry: process.Inquiry{Email: "ola@writer.example"}}}
			},
			decision: process.DecidedForwarded, state: "filed", about: process.TypeLead, lead: true},
		"staff forward a mail of ours": {
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: m.To[0]}
			},
			decision: process.DecidedStaff, state: "other"},
		"a rule of staff's mailbox forwards": {
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Automation, m.Original = "sales@seller.example", "Auto-Submitted", &process.IncomingMail{From: "ola@writer.example"}
			},
			decision: process.DecidedStaff, state: "other"},
		"staff forward a newsletter": {
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: "ola@writer.example", Automation: "List-Id"}
			},
			decision: process.DecidedForwarded, state: "other"},
		"staff forward an answer": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: "ola@writer.example", InReplyTo: h.sentIDs()}
			},
			decision: process.DecidedForwarded, state: "filed", about: process.TypeInvoice, task: "mail_reply", owner: true},
		"staff forward a mail that came here": {
			before: func(h *house) string { return h.leadOf(h.leadMessage()) },
			mail: func(h *house, m *process.IncomingMail) {
				before := list(h, h.s.Messages(), nil)[0]
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: before.From, MessageID: before.MessageID}
			},
			decision: process.DecidedForwarded, state: "filed", about: process.TypeLead},
		"staff forward a mail of an open lead": {
			before: (*house).contactedLead,
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Original = "sales@seller.example", &process.IncomingMail{From: "Kari@lead.example"}
			},
			decision: process.DecidedForwarded, state: "filed", about: process.TypeLead, task: "mail_reply"},
		"a customer forwards": {
			mail: func(h *house, m *process.IncomingMail) {
				m.Original = &process.IncomingMail{From: "ola@writer.example"}
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"a delivery failed": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.Automation, m.Report = "Return-Path", &process.DeliveryReport{MessageID: "<" + list(h, h.s.Deliveries(), nil)[0].MessageID + ">",
					Recipients: []process.RecipientReport{{Action: "delayed"}, {Action: "Failed", Status: "5.1.1", Diagnostic: "no such user"}}}
			},
			decision: process.DecidedReport, state: "filed", about: process.TypeInvoice, task: "delivery_bounced", owner: true},
		"a delivery is late": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{MessageID: list(h, h.s.Deliveries(), nil)[0].MessageID, Recipients: []process.RecipientReport{{Action: "delayed"}}}
			},
			decision: process.DecidedReport, state: "filed", about: process.TypeInvoice},
		"a failure without a Message-ID, to the only recent mail": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{Recipients: []process.RecipientReport{{Address: list(h, h.s.Deliveries(), nil)[0].To, Action: "failed", Status: "5.1.1"}}}
			},
			decision: process.DecidedReport, state: "filed", about: process.TypeInvoice, task: "delivery_bounced", owner: true},
		"a failure whose answer names our mail": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.InReplyTo = h.sentIDs()
				m.Report = &process.DeliveryReport{Recipients: []process.RecipientReport{{Action: "failed"}}}
			},
			decision: process.DecidedReport, state: "filed", about: process.TypeInvoice, task: "delivery_bounced", owner: true},
		"a delay without a Message-ID": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{Recipients: []process.RecipientReport{{Address: list(h, h.s.Deliveries(), nil)[0].To, Action: "delayed"}}}
			},
			decision: process.DecidedReport, state: "filed", about: process.TypeInvoice},
		"a failure of another mail to the recipient": {
			before: func(h *house) string { h.delivery("accepted"); return "" },
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{MessageID: "x@outlook.example", Subject: "Lunch?", Recipients: []process.RecipientReport{{Address: list(h, h.s.Deliveries(), nil)[0].To, Action: "failed"}}}
			},
			decision: process.DecidedReport, state: "other"},
		"a failure long after": {
			before: func(h *house) string { h.delivery("accepted"); h.clock.advance(7 * day); return "" },
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{Recipients: []process.RecipientReport{{Address: list(h, h.s.Deliveries(), nil)[0].To, Action: "failed"}}}
			},
			decision: process.DecidedReport, state: "other"},
		"a report about somebody else's mail": {
			mail: func(h *house, m *process.IncomingMail) {
				m.Report = &process.DeliveryReport{MessageID: "x@y.example", Recipients: []process.RecipientReport{{Action: "failed"}}}
			},
			decision: process.DecidedReport, state: "other"},
		"automated": {
			mail:     func(h *house, m *process.IncomingMail) { m.Automation = "Auto-Submitted" },
			decision: process.DecidedAutomated, state: "other"},
		"automated from an open lead": {
			before:   (*house).newLead,
			mail:     func(h *house, m *process.IncomingMail) { m.Automation, m.From = "Precedence", "Kari@lead.example" },
			decision: process.DecidedAutomated, state: "filed", about: process.TypeLead},
		"automated without a sender": {
			mail:     func(h *house, m *process.IncomingMail) { m.Automation, m.From, m.Inquiry.Email = "Return-Path", "", "" },
			decision: process.DecidedAutomated, state: "other"},
		"an automated answer": {
			before:   func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail:     func(h *house, m *process.IncomingMail) { m.Automation, m.InReplyTo = "Auto-Submitted", h.sentIDs() },
			decision: process.DecidedReply, state: "filed", about: process.TypeInvoice},
		"an answer to a mail of ours": {
			before:   func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail:     func(h *house, m *process.IncomingMail) { m.InReplyTo = h.sentIDs() },
			decision: process.DecidedReply, state: "filed", about: process.TypeInvoice, task: "mail_reply", owner: true},
		"an answer by the newest reference": {
			before: func(h *house) string { h.delivery("accepted"); return h.leadOf(h.leadMessage()) },
			mail: func(h *house, m *process.IncomingMail) {
				m.References = append(h.sentIDs(), "unknown@z.example", "<"+list(h, h.s.Messages(), nil)[0].MessageID+">", "other@z.example")
			},
			decision: process.DecidedReply, state: "filed", about: process.TypeLead, task: "mail_reply"},
		"a mail to a plus-address of ours": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.To = []string{"x@y.example", "Sales+" + strings.ToUpper(h.replyTag()) + "@seller.example"}
			},
			decision: process.DecidedReply, state: "filed", about: process.TypeInvoice, task: "mail_reply", owner: true},
		"a mail delivered to a plus-address of ours": {
			before: func(h *house) string { return get(h, h.s.Deliveries(), h.delivery("accepted")).About.ID },
			mail: func(h *house, m *process.IncomingMail) {
				m.DeliveredTo = []string{"sales+" + h.replyTag() + "@seller.example"}
			},
			decision: process.DecidedReply, state: "filed", about: process.TypeInvoice, task: "mail_reply", owner: true},
		"a mail to a forged plus-address": {
			before: func(h *house) string { return h.delivery("accepted") },
			mail: func(h *house, m *process.IncomingMail) {
				m.To = []string{"sales+" + strings.Replace(h.replyTag(), ".", ".x", 1) + "@seller.example"}
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"a document's number from its recipient": {
			before: (*house).issuedInvoice,
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email, m.Inquiry.Subject = "post@kunde.example", "post@kunde.example", "Spørsmål til faktura "+list(h, h.s.Invoices(), nil)[0].Number+"."
			},
			decision: process.DecidedTag, state: "filed", about: process.TypeInvoice, task: "mail_reply", owner: true},
		"a document's number from a stranger": {
			before: (*house).issuedInvoice,
			mail: func(h *house, m *process.IncomingMail) {
				m.Inquiry.Subject = "Faktura " + list(h, h.s.Invoices(), nil)[0].Number
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"an answer to a forged id": {
			before: func(h *house) string { return h.delivery("accepted") },
			mail: func(h *house, m *process.IncomingMail) {
				m.InReplyTo = []string{strings.Replace(h.sentIDs()[0], ".", ".x", 1)}
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"an answer to a filed mail": {
			before: func(h *house) string { return h.leadOf(h.leadMessage()) },
			mail: func(h *house, m *process.IncomingMail) {
				m.InReplyTo = []string{list(h, h.s.Messages(), nil)[0].MessageID}
			},
			decision: process.DecidedReply, state: "filed", about: process.TypeLead, task: "mail_reply"},
		"no sender": {
			mail:     func(h *house, m *process.IncomingMail) { m.From, m.Inquiry.Email = "", "" },
			decision: process.DecidedAutomated, state: "other"},
		"the sender's lead is open": {
			before: (*house).contactedLead,
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "KARI@lead.example", "KARI@lead.example"
			},
			decision: process.DecidedOpenLead, state: "filed", about: process.TypeLead, task: "mail_reply"},
		"the sender never was a lead": {
			before: func(h *house) string {
				h.do(process.TypeLead, "not_a_lead", h.newLead(), "")
				return ""
			},
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "kari@lead.example", "kari@lead.example"
			},
			decision: process.DecidedIgnored, state: "other"},
		"an answer to what never was a lead": {
			before: func(h *house) string {
				h.do(process.TypeLead, "not_a_lead", h.leadOf(h.leadMessage()), "")
				return ""
			},
			mail: func(h *house, m *process.IncomingMail) {
				before := list(h, h.s.Messages(), nil)[0]
				m.From, m.Inquiry.Email, m.InReplyTo = before.From, before.From, []string{before.MessageID}
			},
			decision: process.DecidedIgnored, state: "other"},
		"the sender of a mail that was no lead": {
			before: func(h *house) string {
				m := h.mail("news@letters.example", "News")
				m.Automation = "List-Id"
				h.do(process.TypeMessage, "not_a_lead", h.message(m), "")
				return ""
			},
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "News@letters.example", "news@letters.example"
			},
			decision: process.DecidedIgnored, state: "other"},
		"the domain writes no inquiries": {
			before: func(h *house) string { h.create(process.TypeSenderRule, `{"address":"Letters.example"}`); return "" },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "x@mail.letters.example", "x@mail.letters.example"
			},
			decision: process.DecidedIgnored, state: "other"},
		"a lead was made of the sender after all": {
			before: func(h *house) string {
				m := h.mail("kari@again.example", "Hello")
				m.Automation = "Precedence"
				id := h.message(m)
				h.do(process.TypeMessage, "not_a_lead", id, "")
				h.do(process.TypeMessage, "make_lead", id, "")
				return get(h, h.s.Messages(), id).About.ID
			},
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "kari@again.example", "kari@again.example"
			},
			decision: process.DecidedOpenLead, state: "filed", about: process.TypeLead, task: "mail_reply"},
		"spam by its score": {
			before: func(h *house) string { return h.spamRules() },
			mail: func(h *house, m *process.IncomingMail) {
				m.Fields = map[string]string{"x-spam-status": "Yes, score=6.6 required=5.0"}
			},
			decision: process.DecidedSpam, state: "other"},
		"no spam by its score": {
			before: func(h *house) string { return h.spamRules() },
			mail: func(h *house, m *process.IncomingMail) {
				m.Fields = map[string]string{"x-spam-status": "No, score=6.4 required=5.0"}
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"spam by its sender": {
			before: func(h *house) string { return h.spamRules() },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "x@mail.spam.example", "x@mail.spam.example"
			},
			decision: process.DecidedSpam, state: "other"},
		"spam by its words": {
			before:   func(h *house) string { return h.spamRules() },
			mail:     func(h *house, m *process.IncomingMail) { m.Inquiry.Text = "We offer CHEAP  seo\nand Guest Posts" },
			decision: process.DecidedSpam, state: "other"},
		"a customer may say the words": {
			before: func(h *house) string { h.creditedInvoice(); return h.spamRules() },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email, m.Inquiry.Text = "post@kunde.example", "post@kunde.example", "guest posts"
			},
			decision: process.DecidedCustomer, state: "filed", about: process.TypeLead, lead: true},
		"the sender lost interest before": {
			before: func(h *house) string { h.disqualifiedLead(); return "" },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "kari@lead.example", "kari@lead.example"
			},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
		"a known customer with something open": {
			before: func(h *house) string { return h.openWith("post@known.example") },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "post@known.example", "post@known.example"
			},
			decision: process.DecidedUnsorted, state: "filed", about: process.TypeCustomer, task: "mail_unsorted", owner: true},
		"a known customer with an unpaid invoice": {
			before: func(h *house) string { return get(h, h.s.Invoices(), h.issuedInvoice()).Customer },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "post@kunde.example", "post@kunde.example"
			},
			decision: process.DecidedUnsorted, state: "filed", about: process.TypeCustomer, task: "mail_unsorted", owner: true},
		"a known customer with an order on hold": {
			before: func(h *house) string { return get(h, h.s.Orders(), h.heldOrder()).Customer },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "post@kunde.example", "post@kunde.example"
			},
			decision: process.DecidedUnsorted, state: "filed", about: process.TypeCustomer, task: "mail_unsorted", owner: true},
		"a known customer with nothing open": {
			before: func(h *house) string { h.creditedInvoice(); return "" },
			mail: func(h *house, m *process.IncomingMail) {
				m.From, m.Inquiry.Email = "post@kunde.example", "post@kunde.example"
			},
			decision: process.DecidedCustomer, state: "filed", about: process.TypeLead, lead: true},
		"somebody new": {
			mail:     func(h *house, m *process.IncomingMail) {},
			decision: process.DecidedNew, state: "filed", about: process.TypeLead, lead: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
			belongs := ""
			if c.before != nil {
				belongs = c.before(h)
			}
			leads, tasks, acks := len(list(h, h.s.Leads(), nil)), len(list(h, h.s.Tasks(), nil)), len(h.mails("acknowledgement"))
			m := in(h.mail("kari@new.example", "Hello"), "sales", 1)
			c.mail(h, &m)
			r := h.receive(m)
			msg := h.messages(m)[0]
			if r.Decision != c.decision || msg.Decision != c.decision || msg.State != c.state || r.Repeated || msg.About.Type != c.about {
				t.Fatalf("decided %s: %s about %v (%s)", r.Decision, msg.State, msg.About, msg.Detail)
			}
			if c.about != "" && r.Result != msg.About || c.about == "" && r.Result.ID != msg.ID {
				t.Errorf("the receipt says %v", r.Result)
			}
			if belongs != "" && c.about != "" && !c.lead && msg.About.ID != belongs {
				t.Errorf("it is about %v, not %s", msg.About, belongs)
			}
			if made := len(list(h, h.s.Leads(), nil)) - leads; made != 0 && !c.lead || made != 1 && c.lead {
				t.Errorf("%d leads were made", made)
			}
			answered := len(h.mails("acknowledgement")) > acks
			if want := c.decision == process.DecidedNew; answered != want {
				t.Errorf("acknowledged: %v", answered)
			}
			now := list(h, h.s.Tasks(), nil)
			if c.task == "" && len(now) != tasks || c.task != "" && (len(now) != tasks+1 || now[0].Reason != c.task || (now[0].Owner == h.owner.ID) != c.owner) {
				t.Errorf("the tasks are %+v", now)
			}
			h.verify()
		})
	}
}

// sentIDs is the Message-ID of the newest delivery, as a header has it.
func (h *house) sentIDs() []string {
	return []string{"<" + list(h, h.s.Deliveries(), nil)[0].MessageID + ">"}
}

func (h *house) leadOf(message string) string { return get(h, h.s.Messages(), message).About.ID }

// Somebody of ours who answers a new lead has contacted it, a holiday notice has not.
func TestStaffAnswerContactsTheLead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead := h.newLead()
	m := h.mail("sales@seller.example", "Re: A roof")
	m.To, m.Automation = []string{"kari@lead.example"}, "Auto-Submitted"
	h.receive(m)
	if s := h.look(process.TypeLead, lead).State; s != "new" {
		t.Errorf("a holiday notice made it %s", s)
	}
	m = h.mail("sales@seller.example", "Re: A roof")
	m.To = []string{"kari@lead.example"}
	h.receive(m)
	if s := h.look(process.TypeLead, lead).State; s != "contacted" {
		t.Errorf("answered and %s", s)
	}
	h.verify()
}

// The same mail is one message, wherever it lies; each UID is handled once.
func TestReceiveTheSameMail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.mail("kari@new.example", "Hello")
	first := h.receive(in(m, "sales", 5))
	before := h.trace()
	for name, again := range map[string]process.IncomingMail{
		"the same UID": in(m, "sales", 5), "another mailbox": in(m, "post", 9), "imported": m,
	} {
		again.Raw = process.NewBlob([]byte("Received: by another way\r\n" + name))
		if r := h.receive(again); !r.Repeated || r.Decision != process.DecidedSame || r.Result != first.Result {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if now := h.trace(); now != before {
		t.Errorf("repeating left %+v, before %+v", now, before)
	}
	for mailbox, want := range map[string]uint32{"sales": 5, "post": 9, "other": 0} {
		if uid, err := h.s.Cursor(h.ctx(), mailbox, 1); err != nil || uid != want {
			t.Errorf("the cursor of %s is %d (%v)", mailbox, uid, err)
		}
	}
	other := m
	other.ContentHash = "hash-other"
	if r := h.receive(in(other, "sales", 6)); r.Repeated || r.Decision != process.DecidedOpenLead || r.Result != first.Result {
		t.Errorf("the same Message-ID with other content: %+v", r)
	}
	if n := len(list(h, h.s.Messages(), nil)); n != 2 {
		t.Errorf("%d messages", n)
	}
	h.verify()
}

// Without a Message-ID the raw bytes tell mails apart.
func TestReceiveWithoutMessageID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.mail("kari@new.example", "Hello")
	m.MessageID = ""
	first := h.receive(in(m, "sales", 1))
	if r := h.receive(in(m, "post", 1)); !r.Repeated || r.Result != first.Result {
		t.Errorf("the same bytes: %+v", r)
	}
	again := m
	again.Raw = process.NewBlob([]byte("other bytes"))
	if r := h.receive(in(again, "sales", 2)); r.Repeated || r.Decision != process.DecidedOpenLead {
		t.Errorf("other bytes: %+v", r)
	}
	h.verify()
}

// A lead is all that its mail says, and keeps its attachments.
func TestReceiveMakesTheLead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := in(h.mail("kari@new.example", "A roof"), "sales", 1)
	plan := process.NewBlob([]byte("a plan"))
	m.Inquiry = process.Inquiry{Name: "Kari", Email: "Kari@New.example", Phone: "+4722334455", Company: "Ny AS", OrganisationNumber: "923609016",
		Address: process.Address{Street: "Gata 1", City: "Oslo"}, Subject: "A roof", Text: "What does it cost?", Language: "nb",
		Attachments: []process.IncomingFile{{Name: "../plan.pdf", ContentType: "application/pdf", Content: plan}}}
	l := get(h, h.s.Leads(), h.receive(m).Result.ID)
	if l.State != "new" || l.Name != "Kari" || l.Email != "kari@new.example" || l.Phone != "+4722334455" || l.Company != "Ny AS" || l.OrganisationNumber != "923609016" ||
		l.Address.City != "Oslo" || l.Subject != "A roof" || l.Message != "What does it cost?" || l.Source != "mail:sales" || len(l.Attachments) != 1 || l.Attachments[0].SHA256 != plan.SHA256 {
		t.Errorf("the lead is %+v", l)
	}
	for _, sum := range []string{plan.SHA256, m.Raw.SHA256} {
		if _, err := h.s.Blob(h.ctx(), h.owner, sum); err != nil {
			t.Errorf("the bytes are not kept: %v", err)
		}
	}
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"thread": l.Thread}})
	h.check(err)
	if len(as) != 2 || as[0].Type != "mail.filed" || as[1].Type != "lead.created" || as[0].Why != process.DecidedNew {
		t.Errorf("the timeline is %+v", as)
	}
	h.verify()
}
