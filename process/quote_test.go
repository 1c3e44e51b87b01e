package process_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// link is the customer who holds a link to the record.
func (h *house) link(typ, id string) process.Actor {
	h.t.Helper()
	token, err := h.s.ShareLink(h.ctx(), h.owner, process.Ref{Type: typ, ID: id})
	h.check(err)
	a, err := h.s.OpenLink(h.ctx(), token)
	h.check(err)
	return a
}

func (h *house) accept(a process.Actor, id, body string) error {
	_, err := h.try(a, process.TypeQuote, "accept", id, body)
	return err
}

func yes(q *process.Quote, name string) string {
	return fmt.Sprintf(`{"name":%q,"sha256":%q}`, name, q.SHA256)
}

// mails lists the deliveries of a kind.
func (h *house) mails(kind string) []process.Delivery {
	return list(h, h.s.Deliveries(), map[string]string{"kind": kind})
}

func TestSendQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draftQuote()
	if q := get(h, h.s.Quotes(), id); q.Number != "" || q.SHA256 != "" {
		t.Fatalf("a draft with number %q", q.Number)
	}
	out := h.do(process.TypeQuote, "send", id, "")
	q := get(h, h.s.Quotes(), id)
	if q.Number != "T-1001" || q.SentAt == nil || q.Recipient != "post@kunde.example" || q.ValidUntil != "2026-04-01" {
		t.Errorf("sent as %+v", q)
	}
	pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeQuote, ID: id})
	h.check(err)
	if pdf.SHA256 != q.SHA256 || pdf.Name != "quote-T-1001.pdf" || process.NewBlob(pdf.Data).SHA256 != q.SHA256 {
		t.Errorf("the frozen document is %s %s, the quote says %s", pdf.Name, pdf.SHA256, q.SHA256)
	}
	d := get(h, h.s.Deliveries(), created(t, out, process.TypeDelivery))
	if d.Kind != "quote" || d.To != q.Recipient || d.Data["number"] != q.Number {
		t.Errorf("mailed as %+v", d)
	}
	// Sent again, it is the same document to another recipient.
	h.clock.advance(day)
	h.do(process.TypeQuote, "send", id, `{"recipient":"boss@kunde.example"}`)
	if again := get(h, h.s.Quotes(), id); again.SHA256 != q.SHA256 || again.Number != q.Number || again.Recipient != "boss@kunde.example" {
		t.Errorf("sent again as %+v", again)
	}
	empty := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q}`, h.customer()))
	_, err = h.try(h.owner, process.TypeQuote, "send", empty, "")
	wantRefused(t, err, process.CodeInvalid, "quote.incomplete")
	nobody := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.create(process.TypeCustomer, `{"name":"No mail"}`), lines))
	_, err = h.try(h.owner, process.TypeQuote, "send", nobody, "")
	wantRefused(t, err, process.CodeInvalid, "recipient.missing")
	if next := h.activeQuote(); get(h, h.s.Quotes(), next).Number != "T-1002" {
		t.Errorf("a refused sending took a number")
	}
	h.verify()
}

// A yes makes the order and closes everything around it, in one step.
func TestAcceptQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.activeQuote()
	q := get(h, h.s.Quotes(), id)
	active := h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, q.Opportunity))
	h.do(process.TypeQuote, "send", active, "")
	draft := h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, q.Opportunity))
	elsewhere := h.activeQuote()

	customer := h.link(process.TypeQuote, id)
	customer.Address, customer.UserAgent = "192.0.2.7", "browser"
	out, err := h.try(customer, process.TypeQuote, "accept", id, yes(q, " Kari Nordmann "))
	h.check(err)

	order := get(h, h.s.Orders(), created(t, out, process.TypeOrder))
	if order.Number != "O-1001" || order.Quote != id || order.Gross != q.Gross || order.Progress != "to_deliver_and_invoice" || len(order.Lines) != len(q.Lines) || order.Thread != q.Thread {
		t.Errorf("the order is %+v", order)
	}
	won := get(h, h.s.Quotes(), id)
	a := won.Acceptance
	if won.State != "won" || won.Order != order.ID || a == nil || a.Name != "Kari Nordmann" || a.SHA256 != q.SHA256 || a.Channel != "portal" ||
		a.Address != "192.0.2.7" || a.UserAgent != "browser" || !a.At.Equal(h.clock.now()) || a.ReceiptSHA256 == "" || a.ReceiptSHA256 == q.SHA256 || a.Expired {
		t.Errorf("accepted as %+v", a)
	}
	o := get(h, h.s.Opportunities(), q.Opportunity)
	if o.State != "won" || o.ActualRevenue == nil || *o.ActualRevenue != q.Net || o.ClosedAt == nil || o.Probability != 100 {
		t.Errorf("the opportunity is %+v", o)
	}
	for _, sibling := range []string{active, draft} {
		if s := get(h, h.s.Quotes(), sibling); s.State != "closed" || s.ClosedReason != "cancelled" {
			t.Errorf("a sibling is %s %s", s.State, s.ClosedReason)
		}
	}
	if s := get(h, h.s.Quotes(), elsewhere); s.State != "active" {
		t.Errorf("another opportunity's quote is %s", s.State)
	}
	told := h.mails("notification")
	if len(told) != 1 || told[0].Reason != "quote_accepted" || told[0].To != "owner@seller.example" || told[0].Data["order"] != order.Number {
		t.Errorf("the owner was told %+v", told)
	}
	if copies := h.mails("acceptance"); len(copies) != 1 || copies[0].To != q.Recipient {
		t.Errorf("the customer's copy is %+v", copies)
	}
	receipt, err := h.s.CustomerPDF(h.ctx(), customer, true)
	h.check(err)
	if !strings.Contains(string(receipt.Data), "Kari Nordmann") || receipt.SHA256 != a.ReceiptSHA256 {
		t.Errorf("the receipt is %s", receipt.Data)
	}

	before := h.trace()
	again, err := h.try(customer, process.TypeQuote, "accept", id, yes(q, "Kari Nordmann"))
	h.check(err)
	if len(again.Created) != 0 || len(again.Linked) != 1 || again.Linked[0].ID != order.ID {
		t.Errorf("accepted again: %+v", again)
	}
	for _, body := range []string{yes(q, "Ola Nordmann"), `{"name":"Kari Nordmann","sha256":"00"}`} {
		wantRefused(t, h.accept(customer, id, body), process.CodeConflict, "quote.accepted")
	}
	if now := h.trace(); now != before {
		t.Errorf("repeating left %+v, before %+v", now, before)
	}
	h.verify()
}

func TestAcceptIsBoundToWhatWasSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, other := h.activeQuote(), h.activeQuote()
	q := get(h, h.s.Quotes(), id)
	customer, stranger := h.link(process.TypeQuote, id), h.link(process.TypeQuote, other)
	for name, c := range map[string]struct {
		actor  process.Actor
		body   string
		code   process.Code
		reason string
	}{
		"no name":                  {customer, `{"name":" "}`, process.CodeInvalid, "accept.name"},
		"the customer saw nothing": {customer, `{"name":"Kari"}`, process.CodeInvalid, "accept.sha256"},
		"the customer saw another": {customer, `{"name":"Kari","sha256":"00"}`, process.CodeConflict, "accept.other_document"},
		"staff saw another":        {h.sales, `{"name":"Kari","sha256":"00"}`, process.CodeConflict, "accept.other_document"},
		"another document's link":  {stranger, yes(q, "Kari"), process.CodeForbidden, ""},
		"nobody":                   {process.Actor{}, yes(q, "Kari"), process.CodeUnauthorized, ""},
		"a reader":                 {h.reader, yes(q, "Kari"), process.CodeForbidden, ""},
		"unknown field":            {customer, `{"name":"Kari","price":"1"}`, process.CodeInvalid, "body.invalid"},
	} {
		before := h.trace()
		wantRefused(t, h.accept(c.actor, id, c.body), c.code, c.reason)
		if now := h.trace(); now != before {
			t.Errorf("%s: the refusal left %+v, before %+v", name, now, before)
		}
	}
	h.check(h.accept(h.sales, id, `{"name":"Kari","evidence":"she said so on the phone"}`))
	if a := get(h, h.s.Quotes(), id).Acceptance; a.SHA256 != q.SHA256 || a.Evidence != "she said so on the phone" || a.By.ID != h.sales.ID || a.Channel != "console" {
		t.Errorf("staff's acceptance is %+v", a)
	}
	h.verify()
}

// A quote is valid to the end of its last day in the company's time zone.
func TestExpiredQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, late := h.activeQuote(), h.activeQuote()
	q := get(h, h.s.Quotes(), id)
	customer := h.link(process.TypeQuote, id)
	// 1 April 2026 ends at 22:00 UTC: Oslo has summer time by then.
	h.clock.set(time.Date(2026, 4, 1, 21, 59, 59, 0, time.UTC))
	if get(h, h.s.Quotes(), id).Expired {
		t.Error("expired before the end of its last day")
	}
	h.clock.set(time.Date(2026, 4, 1, 22, 0, 0, 0, time.UTC))
	if !get(h, h.s.Quotes(), id).Expired {
		t.Error("still valid on the next day")
	}
	wantRefused(t, h.accept(customer, id, yes(q, "Kari")), process.CodeConflict, "quote.expired")
	h.check(h.accept(h.sales, id, yes(q, "Kari")))
	won := get(h, h.s.Quotes(), id)
	if !won.Acceptance.Expired || won.Expired {
		t.Errorf("the override is not recorded: %+v", won.Acceptance)
	}
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": id, "type": "quote.accepted"}})
	h.check(err)
	if len(as) != 1 || as[0].Data["expired"] != "2026-04-01" || as[0].Actor.ID != h.sales.ID {
		t.Errorf("the timeline does not tell of the override: %+v", as)
	}
	receipt, err := h.s.CustomerPDF(h.ctx(), customer, true)
	h.check(err)
	if !strings.Contains(string(receipt.Data), `"expired":true`) {
		t.Error("the receipt does not say that the quote had expired")
	}
	_, err = h.try(h.link(process.TypeQuote, late), process.TypeQuote, "decline", late, `{"reason":"too late"}`)
	h.check(err)
	h.verify()
}

// A quote whose day is past may be written down, as one that was given by word
// of mouth; it is expired from the first moment.
func TestQuoteOfThePast(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draftQuote()
	edit := func(day string) {
		_, err := h.form(process.TypeQuote).Edit(h.s, h.ctx(), h.sales, process.Target{ID: id}, fmt.Appendf(nil, `{"valid_until":%q}`, day))
		h.check(err)
	}
	edit("2026-03-01")
	h.do(process.TypeQuote, "send", id, "")
	if q := get(h, h.s.Quotes(), id); q.State != "active" || !q.Expired {
		t.Errorf("the quote is %s, expired %t", q.State, q.Expired)
	}
	_, err := h.try(h.link(process.TypeQuote, id), process.TypeQuote, "accept", id, `{"name":"Ola"}`)
	wantRefused(t, err, process.CodeConflict, "")
	h.verify()
}

func TestDeclineQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.activeQuote()
	customer := h.link(process.TypeQuote, id)
	const no = `{"reason":" price ","comment":"too much\n"}`
	for range 2 { // the second time is a double click
		_, err := h.try(customer, process.TypeQuote, "decline", id, no)
		h.check(err)
	}
	q := get(h, h.s.Quotes(), id)
	if q.State != "closed" || q.ClosedReason != "lost" || q.Reason != "price" || q.Comment != "too much" {
		t.Errorf("declined as %+v", q)
	}
	if o := get(h, h.s.Opportunities(), q.Opportunity); o.State != "open" {
		t.Errorf("the opportunity is %s", o.State)
	}
	if told := h.mails("notification"); len(told) != 1 || told[0].Reason != "quote_declined" {
		t.Errorf("the owner was told %+v", told)
	}
	_, err := h.try(customer, process.TypeQuote, "decline", id, `{"reason":"another"}`)
	wantRefused(t, err, process.CodeConflict, "")
	wantRefused(t, h.accept(customer, id, yes(q, "Kari")), process.CodeConflict, "state")
}

// Revisions share a number, one of them lives, and old links lead on.
func TestReviseQuote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.activeQuote()
	old := h.link(process.TypeQuote, first)
	next := created(t, h.do(process.TypeQuote, "revise", first, ""), process.TypeQuote)
	r0, r1 := get(h, h.s.Quotes(), first), get(h, h.s.Quotes(), next)
	if r0.State != "closed" || r0.ClosedReason != "revised" || r0.Next != next || r1.State != "draft" || r1.Number != r0.Number || r1.Revision != 1 ||
		r1.Previous != first || r1.SHA256 != "" || r1.Gross != r0.Gross || r1.Lines[0].ID == r0.Lines[0].ID {
		t.Fatalf("revised %+v to %+v", r0, r1)
	}
	wantRefused(t, h.accept(old, first, yes(r0, "Kari")), process.CodeConflict, "state")
	_, err := h.s.FollowRevision(h.ctx(), old)
	wantRefused(t, err, process.CodeNotFound, "")

	// A revision that never left the house leads nowhere.
	h.do(process.TypeQuote, "cancel", next, "")
	_, err = h.s.FollowRevision(h.ctx(), old)
	wantRefused(t, err, process.CodeNotFound, "")
	third := created(t, h.do(process.TypeQuote, "revise", next, ""), process.TypeQuote)
	if r1 = get(h, h.s.Quotes(), next); r1.ClosedReason != "cancelled" {
		t.Errorf("a cancelled revision became %s", r1.ClosedReason)
	}
	h.do(process.TypeQuote, "send", third, "")
	token, err := h.s.FollowRevision(h.ctx(), old)
	h.check(err)
	fresh, err := h.s.OpenLink(h.ctx(), token)
	h.check(err)
	r2 := get(h, h.s.Quotes(), third)
	if fresh.Link.ID != third || r2.Number != r0.Number || r2.Revision != 2 {
		t.Errorf("the old link leads to %+v, %+v", fresh.Link, r2)
	}
	h.check(h.accept(fresh, third, yes(r2, "Kari")))
	h.verify()
}

// A draft revision that is deleted gives its predecessor back, and a lost one
// can only be revised while its opportunity is open.
func TestReviseAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.activeQuote()
	next := created(t, h.do(process.TypeQuote, "revise", first, ""), process.TypeQuote)
	_, err := h.s.DeleteQuote(h.ctx(), h.owner, process.Target{ID: next})
	h.check(err)
	again := created(t, h.do(process.TypeQuote, "revise", first, ""), process.TypeQuote)
	if r := get(h, h.s.Quotes(), again); r.Revision != 1 {
		t.Errorf("revision %d", r.Revision)
	}
	lost := h.lostQuote()
	h.do(process.TypeOpportunity, "lose", get(h, h.s.Quotes(), lost).Opportunity, `{"reason":"price"}`)
	_, err = h.try(h.owner, process.TypeQuote, "revise", lost, "")
	wantRefused(t, err, process.CodeConflict, "opportunity.closed")
	h.do(process.TypeOpportunity, "reopen", get(h, h.s.Quotes(), lost).Opportunity, "")
	h.do(process.TypeQuote, "revise", lost, "")
	if q := get(h, h.s.Quotes(), lost); q.ClosedReason != "lost" || q.Reason != "price" {
		t.Errorf("a lost quote became %s", q.ClosedReason)
	}
	h.verify()
}
