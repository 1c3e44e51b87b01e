package process_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// What was quarantined is read by a later parser and filed as if it had come now.
func TestRetryQuarantine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	q := get(h, h.s.Quarantine(), h.quarantinedMail())
	out, err := h.try(h.owner, process.TypeQuarantine, "retry", q.ID, "")
	h.check(err)
	msg := get(h, h.s.Messages(), q.Origin.ID)
	if msg.State != "filed" || msg.Decision != process.DecidedNew || msg.Subject != "Again" || msg.ID != q.Origin.ID || len(out.Created) != 1 || out.Created[0] != msg.About {
		t.Errorf("the message is %+v, made %v", msg, out.Created)
	}
	if l := get(h, h.s.Leads(), msg.About.ID); l.Message != "Hello" || l.State != "new" {
		t.Errorf("the lead is %+v", l)
	}
	// The same mail came again in the meantime, to a mailbox that could read it.
	id := h.quarantined("twice")
	raw, err := h.s.Blob(h.ctx(), h.owner, get(h, h.s.Quarantine(), id).SHA256)
	h.check(err)
	first := h.receive(in(readBytes(raw, process.MailboxUID{}, h.clock.now()), "post", 1))
	leads := len(list(h, h.s.Leads(), nil))
	h.do(process.TypeQuarantine, "retry", id, "")
	if msg := get(h, h.s.Messages(), get(h, h.s.Quarantine(), id).Origin.ID); msg.Decision != process.DecidedSame || msg.About != first.Result || len(list(h, h.s.Leads(), nil)) != leads {
		t.Errorf("a mail that came twice: %+v", msg)
	}
	h.verify()
}

// A form that could not be mapped is mapped again by its job.
func TestRetryQuarantinedForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sub, _, err := h.s.ReceiveSubmission(h.ctx(), process.System(), process.IncomingForm{Source: "web", EventID: "1", Body: process.NewBlob([]byte("{}"))})
	h.check(err)
	r, err := h.s.FileSubmission(h.ctx(), process.System(), sub.ID, process.Inquiry{}, "no mapping")
	h.check(err)
	h.do(process.TypeQuarantine, "retry", r.Result.ID, "")
	if s := get(h, h.s.Submissions(), sub.ID); s.State != "pending" || !s.Result.IsZero() {
		t.Errorf("the submission is %+v", s)
	}
	_, err = h.s.FileSubmission(h.ctx(), process.System(), sub.ID, process.Inquiry{Email: "kari@new.example", Text: "Hi"}, "")
	h.check(err)
	if s := get(h, h.s.Submissions(), sub.ID); s.State != "mapped" || s.Result.Type != process.TypeLead {
		t.Errorf("the submission is %+v", s)
	}
	h.verify()
}

// A mail moves to each kind of record, takes over its thread and closes the
// task that asked for it.
func TestMoveMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for typ, build := range map[string]func(*house) string{process.TypeLead: (*house).newLead, process.TypeOpportunity: (*house).openOpportunity, process.TypeQuote: (*house).activeQuote,
		process.TypeOrder: (*house).openOrder, process.TypeInvoice: (*house).issuedInvoice, process.TypeCreditNote: (*house).creditNote, process.TypeCustomer: (*house).customer} {
		id, to := h.unsortedMessage(), process.Ref{Type: typ, ID: build(h)}
		before := get(h, h.s.Messages(), id).About
		body := fmt.Sprintf(`{"about":{"type":%q,"id":%q}}`, to.Type, to.ID)
		h.do(process.TypeMessage, "move", id, body)
		msg := get(h, h.s.Messages(), id)
		if msg.About != to || msg.State != "filed" || msg.Decision != process.DecidedMoved || typ != process.TypeCustomer && msg.Thread == "" || typ != process.TypeLead && msg.Customer == "" {
			t.Errorf("%s: the message is %+v", typ, msg)
		}
		if open := list(h, h.s.Tasks(), map[string]string{"about_id": id}); len(open) != 1 || open[0].State != "done" {
			t.Errorf("%s: the tasks are %+v", typ, open)
		}
		for _, at := range []process.Ref{before, to} {
			as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": at.ID}})
			h.check(err)
			if len(as) == 0 || !strings.HasPrefix(as[0].Type, "mail.") {
				t.Errorf("%s: the timeline of the %s does not tell: %+v", typ, at.Type, as)
			}
		}
		_, err := h.try(h.owner, process.TypeMessage, "move", id, body)
		wantRefused(t, err, process.CodeConflict, "move.same")
	}
	for _, body := range []string{"", `{"about":{"type":"lead","id":"x"}}`, `{"about":{"type":"task","id":"x"}}`} {
		_, err := h.try(h.owner, process.TypeMessage, "move", h.otherMessage(), body)
		wantRefused(t, err, process.CodeInvalid, "move.about")
	}
	h.verify()
}

// A rule is of an address or a domain, and there is one of each.
func TestSenderRules(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, body := range []string{`{"address":""}`, `{"address":"nobody"}`, `{"address":"a b@c.example"}`, `{"address":"a@c.example","reason":"because"}`} {
		if _, err := h.form(process.TypeSenderRule).Create(h.s, h.ctx(), h.owner, []byte(body)); process.CodeOf(err) != process.CodeInvalid {
			t.Errorf("%s: %v", body, err)
		}
	}
	one := h.create(process.TypeSenderRule, `{"address":" X@Letters.example "}`)
	if again := h.create(process.TypeSenderRule, `{"address":"x@letters.example"}`); again != one {
		t.Error("the same rule is there twice")
	}
	_, err := h.form(process.TypeSenderRule).Delete(h.s, h.ctx(), h.owner, process.Target{ID: one})
	h.check(err)
	if r := h.receive(in(h.mail("x@letters.example", "Hello"), "sales", 1)); r.Decision != process.DecidedNew {
		t.Errorf("after the rule was deleted: %s", r.Decision)
	}
	h.verify()
}

// What was guessed is named until somebody edits it.
func TestGuessesUntilEdited(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := in(h.mail("kari@new.example", "A roof"), "sales", 1)
	m.Inquiry.Phone, m.Inquiry.Company, m.Inquiry.Guessed = "+4722334455", "New", []string{"phone", "company"}
	id := h.receive(m).Result.ID
	if l := get(h, h.s.Leads(), id); fmt.Sprint(l.Guessed) != "[phone company]" {
		t.Errorf("guessed %v", l.Guessed)
	}
	_, err := h.form(process.TypeLead).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"company":"New AS"}`))
	h.check(err)
	if l := get(h, h.s.Leads(), id); fmt.Sprint(l.Guessed) != "[phone]" {
		t.Errorf("after the edit: %v", l.Guessed)
	}
}

// The settings without rules about spam are as they were before there were any.
func TestSpamSettings(t *testing.T) {
	t.Parallel()
	st := process.DefaultSettings()
	b, err := json.Marshal(st.Mail)
	if err != nil || strings.Contains(string(b), "spam") {
		t.Errorf("%s, %v", b, err)
	}
	for threshold, want := range map[string]int{"": 0, "6.5": 0, "-1": 0, "much": 1, "5 or so": 1} {
		st.Mail.Spam.Threshold = threshold
		if ps := st.Problems(); len(ps) != want {
			t.Errorf("%q: %v", threshold, ps)
		}
	}
}

// A forwarded inquiry is a lead of its writer, with the writer's words and files.
func TestForwardMakesTheWritersLead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := in(h.mail("sales@seller.example", "Fwd: A roof"), "sales", 1)
	plan := process.NewBlob([]byte("a plan"))
	m.Original = &process.IncomingMail{From: "kari@new.example", Inquiry: process.Inquiry{Name: "Kari", Email: "kari@new.example", Subject: "A roof", Text: "What does it cost?",
		Attachments: []process.IncomingFile{{Name: "plan.pdf", Content: plan}}}}
	l := get(h, h.s.Leads(), h.receive(m).Result.ID)
	if l.Name != "Kari" || l.Email != "kari@new.example" || l.Subject != "A roof" || l.Message != "What does it cost?" || l.Source != "mail:sales" || len(l.Attachments) != 1 {
		t.Errorf("the lead is %+v", l)
	}
	if _, err := h.s.Blob(h.ctx(), h.owner, plan.SHA256); err != nil {
		t.Errorf("the bytes are not kept: %v", err)
	}
	if msg := list(h, h.s.Messages(), nil)[0]; msg.From != "sales@seller.example" || msg.Detail != "kari@new.example: new_lead" {
		t.Errorf("the message is %+v", msg)
	}
	h.verify()
}

// A mail inside another has no id of its own; a filed one without an id is not
// meant by that, nor by a reference without one.
func TestForwardBesideAMailWithoutID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bare := in(h.mail("ola@other.example", "Hello"), "sales", 1)
	bare.MessageID = ""
	other := h.receive(bare)
	m := in(h.mail("sales@seller.example", "Fwd: A roof"), "sales", 2)
	m.Original = &process.IncomingMail{From: "kari@new.example", Inquiry: process.Inquiry{Email: "kari@new.example", Text: "What does it cost?"}}
	if r := h.receive(m); r.Result == other.Result {
		t.Errorf("the forward landed on %+v", r)
	}
	empty := in(h.mail("eva@third.example", "Hi"), "sales", 3)
	empty.InReplyTo, empty.References = []string{"<>"}, []string{""}
	if r := h.receive(empty); r.Decision != process.DecidedNew {
		t.Errorf("an empty reference: %+v", r)
	}
	h.verify()
}

// spamRules switches rules about spam on.
func (h *house) spamRules() string {
	h.t.Helper()
	h.settings(func(st *process.Settings) {
		st.Mail.Spam = process.SpamRules{ScoreHeader: "X-Spam-Status", Threshold: "6.5", Blocked: []string{"spam.example", "y@z.example"}, Words: []string{"guest posts"}}
	})
	return ""
}

// replyTag is that of the newest delivery.
func (h *house) replyTag() string {
	h.t.Helper()
	h.settings(func(st *process.Settings) { st.Mail.PlusAddresses = true })
	m, err := h.s.MailOf(h.ctx(), process.System(), list(h, h.s.Deliveries(), nil)[0].ID, "seller.example")
	h.check(err)
	if m.ReplyTag == "" {
		h.t.Fatal("the mail has no address of its own for answers")
	}
	return m.ReplyTag
}
