package process_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Mails that commit together are decided one after the other; when one of them
// cannot be recorded, none is, and the cursor stays.
func TestReceiveTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second, stranger := in(h.mail("kari@new.example", "Hello"), "sales", 3), in(h.mail("kari@new.example", "Once more"), "sales", 4), in(h.mail("ola@other.example", "Hei"), "sales", 5)
	stranger.CursorUpTo = 5
	first.CursorUpTo, second.CursorUpTo = 0, 0
	broken := stranger
	broken.Raw = &process.Blob{SHA256: stranger.Raw.SHA256, Size: 3, Source: bytes.NewReader([]byte("not staged"))}
	before := h.trace()
	if _, err := h.s.ReceiveMails(h.ctx(), process.System(), []process.IncomingMail{first, second, broken}); err == nil {
		t.Fatal("bytes that are nowhere were recorded")
	}
	if now := h.trace(); now != before {
		t.Errorf("the failure left %+v, before %+v", now, before)
	}
	rs, err := h.s.ReceiveMails(h.ctx(), process.System(), []process.IncomingMail{first, second, stranger, first})
	h.check(err)
	want := []string{process.DecidedNew, process.DecidedOpenLead, process.DecidedNew, process.DecidedSame}
	for i, r := range rs {
		if r.Decision != want[i] || r.Repeated != (i == 3) {
			t.Errorf("mail %d: %+v, want %s", i, r, want[i])
		}
	}
	if rs[0].Result != rs[1].Result || rs[0].Result == rs[2].Result || rs[3].Result != rs[0].Result {
		t.Errorf("the mails became %+v", rs)
	}
	if uid, err := h.s.Cursor(h.ctx(), "sales", 1); err != nil || uid != 5 {
		t.Errorf("the cursor is %d (%v)", uid, err)
	}
	h.verify()
}

// A long mail's text is stored once, and is the lead's own as soon as a person
// writes another.
func TestALeadSaysWhatItsMailSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	long := strings.Repeat("Vi trenger et nytt tak til hytta. ", 60) + "Kledning også."
	m := in(h.mail("kari@new.example", "Tak"), "sales", 1)
	m.Inquiry.Text = long
	r := h.receive(m)
	l := get(h, h.s.Leads(), r.Result.ID)
	if l.Message != long || l.Mail == "" {
		t.Fatalf("the lead says %q, its mail is %q", l.Message, l.Mail)
	}
	if found := list(h, h.s.Leads(), map[string]string{"email": "kari@new.example"}); len(found) != 1 || found[0].Message != long {
		t.Errorf("the list says %+v", found)
	}
	change := l.Input()
	change.Subject = "Tak og kledning"
	edit := func() *process.Lead {
		t.Helper()
		_, err := h.s.EditLead(h.ctx(), h.owner, process.Target{ID: l.ID}, change)
		h.check(err)
		return get(h, h.s.Leads(), l.ID)
	}
	if got := edit(); got.Message != long || got.Mail != l.Mail || got.Subject != change.Subject {
		t.Errorf("another subject made %+v", got)
	}
	change.Message = "Bare tak."
	if got := edit(); got.Message != "Bare tak." || got.Mail != "" {
		t.Errorf("another text made %+v", got)
	}
	if msg := get(h, h.s.Messages(), l.Mail); msg.Text != long {
		t.Errorf("the mail itself says %q now", msg.Text)
	}
	h.verify()
}
