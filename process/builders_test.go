package process_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The builders walk a new record to a state by use cases alone, and give its id.

const lines = `[{"description":"Advice","quantity":"10","unit":"HUR","unit_price":"1200.00"},{"description":"Travel","quantity":"1","unit_price":"350.50","vat":{"category":"S","rate":"12"}}]`

func (h *house) customer() string {
	return h.create(process.TypeCustomer, `{"name":"Kunde AS","email":"post@kunde.example","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
}

func (h *house) newLead() string {
	return h.create(process.TypeLead, `{"name":"Kari Nordmann","email":"kari@lead.example","company":"Lead AS","subject":"A roof","message":"What does it cost?"}`)
}

func (h *house) contactedLead() string {
	id := h.newLead()
	h.do(process.TypeLead, "contact", id, "")
	return id
}

func (h *house) mergedLead() string {
	id := h.newLead()
	h.do(process.TypeLead, "merge", h.newLead(), fmt.Sprintf(`{"other":%q}`, id))
	return id
}

func (h *house) qualifiedLead() string {
	id := h.newLead()
	h.do(process.TypeLead, "qualify", id, `{"new_customer":true}`)
	return id
}

func (h *house) builtLead() string {
	id := h.qualifiedLead()
	h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q,"lines":%s}`, get(h, h.s.Leads(), id).Opportunity, lines))
	return id
}

func (h *house) disqualifiedLead() string {
	id := h.newLead()
	h.do(process.TypeLead, "disqualify", id, `{"reason":"lost"}`)
	return id
}

func (h *house) openOpportunity() string {
	return h.create(process.TypeOpportunity, fmt.Sprintf(`{"title":"A roof","customer":%q,"lines":%s}`, h.customer(), lines))
}

func (h *house) quotedOpportunity() string {
	id := h.openOpportunity()
	h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, id))
	return id
}

func (h *house) wonOpportunity() string {
	id := h.openOpportunity()
	h.do(process.TypeOpportunity, "win", id, "")
	return id
}

func (h *house) orderedOpportunity() string {
	return get(h, h.s.Quotes(), h.wonQuote()).Opportunity
}

func (h *house) lostOpportunity() string {
	id := h.openOpportunity()
	h.do(process.TypeOpportunity, "lose", id, `{"reason":"price","competitor":"Other AS"}`)
	return id
}

func (h *house) draftQuote() string {
	return h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, h.openOpportunity()))
}

func (h *house) activeQuote() string {
	id := h.draftQuote()
	h.do(process.TypeQuote, "send", id, "")
	return id
}

func (h *house) wonQuote() string {
	id := h.activeQuote()
	h.do(process.TypeQuote, "accept", id, `{"name":"Kari Nordmann"}`)
	return id
}

func (h *house) lostQuote() string {
	id := h.activeQuote()
	h.do(process.TypeQuote, "decline", id, `{"reason":"price"}`)
	return id
}

func (h *house) cancelledQuote() string {
	id := h.activeQuote()
	h.do(process.TypeQuote, "cancel", id, "")
	return id
}

func (h *house) cancelledDraft() string {
	id := h.draftQuote()
	h.do(process.TypeQuote, "cancel", id, "")
	return id
}

func (h *house) revisedQuote() string {
	id := h.activeQuote()
	h.do(process.TypeQuote, "revise", id, "")
	return id
}

func (h *house) openOrder() string {
	return h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.customer(), lines))
}

func (h *house) deliveredOrder() string {
	id := h.openOrder()
	draft := created(h.t, h.do(process.TypeOrder, "fulfil", id, ""), process.TypeInvoice)
	_, err := h.s.DeleteInvoice(h.ctx(), h.owner, process.Target{ID: draft})
	h.check(err)
	return id
}

func (h *house) heldOrder() string {
	id := h.openOrder()
	h.do(process.TypeOrder, "hold", id, `{"reason":"waiting for parts"}`)
	return id
}

func (h *house) cancelledOrder() string {
	id := h.openOrder()
	h.do(process.TypeOrder, "cancel", id, "")
	return id
}

func (h *house) draftInvoice() string {
	return h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.customer(), lines))
}

func (h *house) orderDraft() string {
	return created(h.t, h.do(process.TypeOrder, "fulfil", h.openOrder(), ""), process.TypeInvoice)
}

func (h *house) issuedInvoice() string {
	id := h.draftInvoice()
	h.do(process.TypeInvoice, "issue", id, "")
	return id
}

func (h *house) pay(invoice, amount string) string {
	return h.create(process.TypePayment, fmt.Sprintf(`{"invoice":%q,"amount":{"amount":%q,"currency":"NOK"}}`, invoice, amount))
}

func (h *house) partlyPaidInvoice() string {
	id := h.issuedInvoice()
	h.pay(id, "100.00")
	return id
}

// troubledInvoice was reminded with a fee, and everything that a person can do
// about it was done.
func (h *house) troubledInvoice() string {
	h.settings(func(st *process.Settings) {
		st.Reminders = process.Reminders{Enabled: true, Steps: []process.ReminderStep{{Key: "first", Days: 1, Text: "reminder", Fee: decimal.NewFromInt(70)}}}
	})
	id, before := h.issuedInvoice(), h.clock.now()
	h.clock.advance(20 * day)
	_, err := h.s.RemindDue(h.ctx())
	h.check(err)
	h.clock.set(before)
	h.do(process.TypeInvoice, "dispute", id, `{"reason":"not what was agreed"}`)
	h.do(process.TypeInvoice, "hold", id, `{"reason":"promised"}`)
	h.do(process.TypeInvoice, "write_off", id, `{"reason":"bad debt"}`)
	return id
}

func (h *house) subscription() string {
	return h.create(process.TypeSubscription, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.customer(), lines))
}

// openHours are two hours on an order of ten.
func (h *house) openHours() string {
	return h.create(process.TypeHours, fmt.Sprintf(`{"order":%q,"quantity":"2.5","text":"Planning"}`, h.openOrder()))
}

func (h *house) invoicedHours() string {
	id := h.openHours()
	h.do(process.TypeOrder, "invoice", get(h, h.s.TimeEntries(), id).Order, "")
	return id
}

func (h *house) pausedSubscription() string {
	id := h.subscription()
	h.do(process.TypeSubscription, "pause", id, `{"reason":"summer"}`)
	return id
}

func (h *house) endedSubscription() string {
	id := h.subscription()
	h.do(process.TypeSubscription, "end", id, `{"reason":"moved"}`)
	return id
}

func (h *house) creditedInvoice() string {
	id := h.issuedInvoice()
	h.do(process.TypeInvoice, "credit", id, `{"reason":"wrong"}`)
	return id
}

func (h *house) creditNote() string {
	return created(h.t, h.do(process.TypeInvoice, "credit", h.issuedInvoice(), `{"reason":"wrong"}`), process.TypeCreditNote)
}

func (h *house) bookedPayment() string { return h.pay(h.issuedInvoice(), "100.00") }

func (h *house) reversedPayment() string {
	id := h.bookedPayment()
	h.do(process.TypePayment, "reverse", id, "")
	return id
}

// delivery is a mail on its way, walked through attempts with these outcomes.
func (h *house) delivery(outcomes ...string) string {
	h.t.Helper()
	id := created(h.t, h.do(process.TypeInvoice, "send", h.issuedInvoice(), ""), process.TypeDelivery)
	for i, state := range outcomes {
		start, err := h.s.StartSending(h.ctx(), process.System(), process.SendDelivery{Delivery: id, Attempt: i + 1})
		h.check(err)
		if !start {
			h.t.Fatalf("attempt %d does not start", i+1)
		}
		h.fix(id)
		if state != "sending" {
			h.check(h.s.FinishSending(h.ctx(), process.System(), id, process.Sent{State: state, Reply: "250 or not"}))
		}
	}
	return id
}

// fix composes a delivery's mail and gives its Message-ID.
func (h *house) fix(id string) string {
	h.t.Helper()
	m, err := h.s.MailOf(h.ctx(), process.System(), id, "seller.example")
	h.check(err)
	_, err = h.s.FixMail(h.ctx(), process.System(), id, process.Composed{Subject: "Faktura", MessageID: m.MessageID, Raw: []byte("Message-ID: <" + m.MessageID + ">\r\n\r\n")})
	h.check(err)
	return m.MessageID
}

func (h *house) bouncedDelivery() string {
	id := h.delivery("accepted")
	m := h.mail("mailer-daemon@kunde.example", "Undelivered")
	m.Report = &process.DeliveryReport{MessageID: get(h, h.s.Deliveries(), id).MessageID,
		Recipients: []process.RecipientReport{{Address: "post@kunde.example", Action: "failed", Status: "5.1.1", Diagnostic: "no such user"}}}
	h.receive(m)
	return id
}

func (h *house) product() string {
	return h.create(process.TypeProduct, fmt.Sprintf(`{"sku":%q,"name":"A roof","unit_price":"1200"}`, h.fresh("sku")))
}

func (h *house) archivedProduct() string {
	id := h.product()
	h.do(process.TypeProduct, "archive", id, "")
	return id
}

func (h *house) priceList() string { return h.create(process.TypePriceList, `{"name":"Prices"}`) }

func (h *house) archivedPriceList() string {
	id := h.priceList()
	h.do(process.TypePriceList, "archive", id, "")
	return id
}

func (h *house) openTask() string { return h.create(process.TypeTask, `{"title":"Call Kari"}`) }

func (h *house) doneTask() string {
	id := h.openTask()
	h.do(process.TypeTask, "done", id, "")
	return id
}

// messages are those with the content of a mail.
func (h *house) messages(m process.IncomingMail) []process.Message {
	h.t.Helper()
	return slices.DeleteFunc(list(h, h.s.Messages(), nil), func(o process.Message) bool { return o.ContentHash != m.ContentHash })
}

// message receives a mail and gives the message that it became.
func (h *house) message(m process.IncomingMail) string {
	h.t.Helper()
	h.receive(m)
	return h.messages(m)[0].ID
}

func (h *house) leadMessage() string {
	return h.message(h.mail(h.fresh("new")+"@example.com", "A question"))
}

func (h *house) unsortedMessage() string {
	from := h.fresh("known") + "@known.example"
	h.openWith(from)
	return h.message(h.mail(from, "Another question"))
}

// openWith makes a customer with the address and an open opportunity.
func (h *house) openWith(email string) string {
	c := h.create(process.TypeCustomer, fmt.Sprintf(`{"name":"Known AS","email":%q}`, email))
	h.create(process.TypeOpportunity, fmt.Sprintf(`{"customer":%q}`, c))
	return c
}

func (h *house) otherMessage() string {
	m := h.mail(h.fresh("news")+"@example.com", "Newsletter")
	m.Automation = "List-Id"
	return h.message(m)
}

func (h *house) quarantinedMessage() string {
	m := h.mail("", "")
	m.Unreadable = "no header"
	return h.message(m)
}

// readMail is a later parser: it reads all but what says that it is broken.
func readMail(from io.Reader, _ int64, at process.MailboxUID, received time.Time) (process.IncomingMail, func(), error) {
	raw, err := io.ReadAll(from)
	return readBytes(raw, at, received), func() {}, err
}

func readBytes(raw []byte, at process.MailboxUID, received time.Time) process.IncomingMail {
	id := process.NewBlob(raw).SHA256[:12]
	m := process.IncomingMail{At: at, ReceivedAt: received, Raw: process.NewBlob(raw), MessageID: id + "@again.example", ContentHash: "again-" + id, From: id + "@again.example",
		Inquiry: process.Inquiry{Email: id + "@again.example", Subject: "Again", Text: "Hello"}}
	switch {
	case strings.Contains(string(raw), "broken"):
		m.Unreadable = "too_deep"
	case strings.Contains(string(raw), "news"):
		m.Automation = "List-Id"
	}
	return m
}

// quarantined gives the entry of a mail that could not be read.
func (h *house) quarantined(what string) string {
	h.t.Helper()
	m := h.mail("", "")
	m.Unreadable, m.Raw = "no header", process.NewBlob([]byte(what+h.fresh(" raw")))
	return get(h, h.s.Messages(), h.message(m)).About.ID
}

func (h *house) quarantinedMail() string   { return h.quarantined("a mail") }
func (h *house) quarantinedBroken() string { return h.quarantined("broken") }

func (h *house) retriedMail() string { return h.retried("a mail") }
func (h *house) retriedNews() string { return h.retried("news") }

func (h *house) retried(what string) string {
	id := h.quarantined(what)
	h.do(process.TypeQuarantine, "retry", id, "")
	return id
}

func (h *house) senderRule() string {
	return h.create(process.TypeSenderRule, fmt.Sprintf(`{"address":"%s@rule.example"}`, h.fresh("a")))
}

// moveBody moves a message to a customer who is there for that.
func (h *house) moveBody() string {
	h.t.Helper()
	elsewhere := list(h, h.s.Customers(), map[string]string{"email": "post@elsewhere.example"})
	id := ""
	if len(elsewhere) > 0 {
		id = elsewhere[0].ID
	} else {
		id = h.create(process.TypeCustomer, `{"name":"Elsewhere AS","email":"post@elsewhere.example"}`)
	}
	return fmt.Sprintf(`{"about":{"type":"customer","id":%q}}`, id)
}
