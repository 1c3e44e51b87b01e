package process_test

import (
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func (h *house) start(id string, attempt int) bool {
	h.t.Helper()
	h.tick()
	ok, err := h.s.StartSending(h.ctx(), process.System(), process.SendDelivery{Delivery: id, Attempt: attempt})
	h.check(err)
	return ok
}

func (h *house) finish(id string, r process.Sent) {
	h.t.Helper()
	h.tick()
	h.check(h.s.FinishSending(h.ctx(), process.System(), id, r))
}

// An attempt is made by the job that was meant for it, and by no other.
func TestDeliveryAttempts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.delivery()
	for _, attempt := range []int{0, 2, -1} {
		if h.start(id, attempt) {
			t.Errorf("attempt %d began first", attempt)
		}
	}
	if !h.start(id, 1) {
		t.Fatal("the first attempt does not begin")
	}
	h.fix(id)
	// A crash in the middle: the same job comes again, and again.
	for range 2 {
		if !h.start(id, 1) {
			t.Fatal("the attempt that was cut off does not go again")
		}
	}
	if h.start(id, 2) {
		t.Error("a second attempt beside the first")
	}
	h.finish(id, process.Sent{State: "retrying", Reply: "451 later", RetryAfter: 5 * time.Minute})
	d := get(h, h.s.Deliveries(), id)
	if d.State != "retrying" || d.Attempts != 1 || d.NextAt == nil || !d.NextAt.Equal(h.clock.now().Add(5*time.Minute)) || d.Reply != "451 later" {
		t.Fatalf("after the first attempt it is %+v", d)
	}
	if h.start(id, 1) {
		t.Error("the first job began again")
	}
	// A person is impatient: the attempt that was planned is overtaken.
	h.do(process.TypeDelivery, "retry", id, "")
	if h.start(id, 2) {
		t.Error("the overtaken job began")
	}
	if !h.start(id, 3) {
		t.Error("the person's attempt does not begin")
	}
	h.finish(id, process.Sent{State: "accepted", Reply: "250 ok"})
	h.finish(id, process.Sent{State: "failed", Reply: "from a job that was late"})
	d = get(h, h.s.Deliveries(), id)
	if d.State != "accepted" || d.AcceptedAt == nil || d.Reply != "250 ok" || h.start(id, 3) || h.start(id, 4) {
		t.Errorf("accepted, it is %+v", d)
	}
	if err := h.s.FinishSending(h.ctx(), process.System(), h.delivery("sending"), process.Sent{State: "lost"}); err == nil {
		t.Error("a mail ended in a state that there is not")
	}
	h.verify()
}

// What did not arrive for certain is a task of the record's owner, who settles
// it or sends the same bytes again.
func TestDeliveryTrouble(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"failed", "unknown", "bounced"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var id string
			if state == "bounced" {
				id = h.bouncedDelivery()
			} else {
				id = h.delivery(state)
			}
			ts := list(h, h.s.Tasks(), nil)
			if len(ts) != 1 || ts[0].Reason != "delivery_"+state || ts[0].Owner != h.owner.ID || ts[0].About.ID != id {
				t.Fatalf("the tasks are %+v", ts)
			}
			before := get(h, h.s.Deliveries(), id)
			h.do(process.TypeDelivery, "retry", id, "")
			if !h.start(id, 2) {
				t.Fatal("the second attempt does not begin")
			}
			m, err := h.s.MailOf(h.ctx(), process.System(), id, "another.example")
			h.check(err)
			if process.NewBlob(m.Raw).SHA256 != before.SHA256 {
				t.Error("other bytes are sent")
			}
			raw, err := h.s.FixMail(h.ctx(), process.System(), id, process.Composed{Subject: "x", MessageID: "y", Raw: []byte("other")})
			h.check(err)
			if now := get(h, h.s.Deliveries(), id); process.NewBlob(raw).SHA256 != before.SHA256 || now.MessageID != before.MessageID || now.Subject != before.Subject {
				t.Error("the bytes were fixed twice")
			}
			if now := list(h, h.s.Tasks(), nil); len(now) != 1 || now[0].State != "done" {
				t.Errorf("sent again, the tasks are %+v", now)
			}
			if state == "bounced" { // the mailbox was full, and is not any more
				h.finish(id, process.Sent{State: "accepted", Reply: "250 ok"})
				h.verify()
				return
			}
			h.finish(id, process.Sent{State: "unknown", Reply: "the line went dead"})
			_, err = h.try(h.owner, process.TypeDelivery, "settle", id, `{"state":"sent"}`)
			wantRefused(t, err, process.CodeInvalid, "settle.state")
			h.do(process.TypeDelivery, "settle", id, `{"state":"accepted","note":"it lies in Sent"}`)
			if d := get(h, h.s.Deliveries(), id); d.AcceptedAt == nil {
				t.Error("accepted at no time")
			}
			h.verify()
		})
	}
}

// A mail has what its kind needs: the frozen document, or the signed copy.
func TestMailOf(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	quote := h.wonQuote()
	note := h.creditNote()
	q := get(h, h.s.Quotes(), quote)
	want := map[string]string{"quote": q.SHA256, "acceptance": q.Acceptance.ReceiptSHA256, "notification": "", "credit_note": get(h, h.s.CreditNotes(), note).SHA256,
		"invoice": get(h, h.s.Invoices(), get(h, h.s.CreditNotes(), note).Invoice).SHA256}
	for kind, sum := range want {
		ds := h.mails(kind)
		if len(ds) != 1 {
			t.Fatalf("%d mails of kind %s", len(ds), kind)
		}
		m, err := h.s.MailOf(h.ctx(), process.System(), ds[0].ID, "seller.example")
		h.check(err)
		if sum == "" && (m.PDF != nil || m.Snapshot != nil) || sum != "" && (process.NewBlob(m.PDF).SHA256 != sum || m.Snapshot == nil) {
			t.Errorf("%s carries %d bytes", kind, len(m.PDF))
		}
		if m.ReplyTag != "" {
			t.Errorf("%s asks for answers to %q although that is switched off", kind, m.ReplyTag)
		}
	}
	for _, a := range []process.Actor{h.reader, {}} {
		if _, err := h.s.MailOf(h.ctx(), a, h.mails("quote")[0].ID, "seller.example"); err == nil {
			t.Errorf("%+v composes mails", a)
		}
	}
}

// A link in a mail opens the mail's document, once its bytes are fixed.
func TestMailLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	quote := h.activeQuote()
	token := process.NewLinkToken()
	_, err := h.s.OpenLink(h.ctx(), token)
	wantRefused(t, err, process.CodeNotFound, "")
	_, err = h.s.FixMail(h.ctx(), process.System(), h.mails("quote")[0].ID, process.Composed{Subject: "x", MessageID: "y@z", Raw: []byte("raw"), LinkToken: token})
	h.check(err)
	a, err := h.s.OpenLink(h.ctx(), token)
	h.check(err)
	if a.Link.ID != quote {
		t.Errorf("the link opens %v", a.Link)
	}
}
