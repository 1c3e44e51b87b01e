package process_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// An inquiry is acknowledged once a day to a sender, in the sender's language.
func TestAcknowledge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// inquire makes a lead of the sender, as if the one before were closed.
	inquire := func(from, language string) *process.Delivery {
		t.Helper()
		before := len(h.mails("acknowledgement"))
		m := h.mail(from, "Hello")
		m.Inquiry.Language = language
		r := h.receive(m)
		if r.Decision != process.DecidedNew {
			t.Fatalf("decided %s", r.Decision)
		}
		h.do(process.TypeLead, "disqualify", r.Result.ID, `{"reason":"lost"}`)
		now := h.mails("acknowledgement")
		if len(now) == before {
			return nil
		}
		if d := now[0]; d.InReplyTo != m.MessageID || d.About != r.Result || d.To != from {
			t.Errorf("acknowledged by %+v", d)
		}
		return &now[0]
	}
	if inquire("kari@a.example", "nb") != nil {
		t.Error("acknowledged although it is switched off")
	}
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
	for from, c := range map[string][2]string{"a@a.example": {"nb", "nb"}, "b@a.example": {"sv", "sv"}, "c@a.example": {"de", "de"}, "f@a.example": {"it", "en"}, "d@a.example": {"en", "en"}, "e@a.example": {"", "nb"}} {
		if d := inquire(from, c[0]); d == nil || d.Language != c[1] {
			t.Errorf("%q is answered by %+v", c[0], d)
		}
	}
	h.clock.advance(day - time.Second)
	if inquire("a@a.example", "nb") != nil {
		t.Error("acknowledged twice a day")
	}
	h.clock.advance(time.Second)
	if inquire("a@a.example", "nb") == nil {
		t.Error("not acknowledged on the next day")
	}
}

// An address that nobody reads makes a lead, and gets no acknowledgement.
func TestNoAcknowledgementForNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
	for _, from := range []string{"noreply@form.example", "No-Reply+7@form.example", "ikke-svar@form.example", "shop.donotreply@form.example", "postmaster@form.example"} {
		if r := h.receive(h.mail(from, "Hello")); r.Decision != process.DecidedNew {
			t.Errorf("%s: decided %s", from, r.Decision)
		}
	}
	if n := len(h.mails("acknowledgement")); n != 0 {
		t.Errorf("%d acknowledgements", n)
	}
	h.receive(h.mail("reply@form.example", "Hello"))
	if n := len(h.mails("acknowledgement")); n != 1 {
		t.Errorf("%d acknowledgements", n)
	}
}

func TestAcknowledgeCap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge, st.Mail.AcknowledgePerHour = true, 3 })
	for i := range 6 {
		h.clock.advance(time.Minute)
		h.receive(h.mail(fmt.Sprintf("n%d@a.example", i), "Hello"))
	}
	if n := len(h.mails("acknowledgement")); n != 3 {
		t.Errorf("%d in an hour", n)
	}
	h.clock.advance(55 * time.Minute) // the first is an hour old
	for i := range 3 {
		h.receive(h.mail(fmt.Sprintf("m%d@a.example", i), "Hello"))
	}
	if n := len(h.mails("acknowledgement")); n != 4 {
		t.Errorf("%d after an hour", n)
	}
}

// A letter that can be unsubscribed from is a lead, and nobody answers it by itself.
func TestListedIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
	m := h.mail("kari@kunde.example", "Hello")
	m.Listed = true
	if r := h.receive(m); r.Decision != process.DecidedNew || r.Result.Type != process.TypeLead {
		t.Errorf("decided %+v", r)
	}
	h.receive(h.mail("ola@kunde.example", "Hello"))
	if sent := h.mails("acknowledgement"); len(sent) != 1 || sent[0].To != "ola@kunde.example" {
		t.Errorf("acknowledged: %+v", sent)
	}
}

// A colleague of a known person gets a lead that is linked, and an answer.
func TestKnownDomain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
	c := h.openWith("post@known.example")
	r := h.receive(h.mail("new@known.example", "Hello"))
	l := get(h, h.s.Leads(), r.Result.ID)
	if r.Decision != process.DecidedNew || l.Customer != c || len(h.mails("acknowledgement")) != 1 {
		t.Errorf("decided %s, the lead is %+v", r.Decision, l)
	}
	h.do(process.TypeLead, "qualify", l.ID, "")
	if o := get(h, h.s.Opportunities(), get(h, h.s.Leads(), l.ID).Opportunity); o.Customer != c {
		t.Errorf("qualified for %s, linked to %s", o.Customer, c)
	}
	h.verify()
}

// A message can be made a lead, or be said never to have been one.
func TestSortMessages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	unsorted := h.unsortedMessage()
	customer := get(h, h.s.Messages(), unsorted).Customer
	lead := created(t, h.do(process.TypeMessage, "make_lead", unsorted, ""), process.TypeLead)
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 1 || ts[0].State != "done" {
		t.Errorf("sorted, the tasks are %+v", ts)
	}
	if l, m := get(h, h.s.Leads(), lead), get(h, h.s.Messages(), unsorted); l.Customer != customer || m.About.ID != lead || m.Thread != l.Thread {
		t.Errorf("the lead %+v of %+v", l, m)
	}
	message := h.leadMessage()
	from, lead := get(h, h.s.Messages(), message).From, h.leadOf(message)
	h.do(process.TypeMessage, "not_a_lead", message, "")
	if l := get(h, h.s.Leads(), lead); l.State != "disqualified" || l.Reason != "not_a_lead" {
		t.Errorf("the lead is %s (%s)", l.State, l.Reason)
	}
	if r := h.receive(h.mail(from, "Again")); r.Decision != process.DecidedIgnored {
		t.Errorf("decided %s", r.Decision)
	}
	h.do(process.TypeLead, "reopen", lead, "")
	if r := h.receive(h.mail(from, "Once more")); r.Decision != process.DecidedOpenLead {
		t.Errorf("decided %s", r.Decision)
	}
	h.verify()
}
