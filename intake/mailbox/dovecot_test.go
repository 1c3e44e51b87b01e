package mailbox

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

func server(t *testing.T) *mailboxtest.Server {
	t.Helper()
	s := mailboxtest.Dovecot(t)
	s.AddUser("sales", "secret")
	return s
}

func TestManyMailsWhileMoreArrive(t *testing.T) {
	s, r := server(t), newRecorder(t)
	for i := range 150 {
		s.Deliver("sales", letter(i))
	}
	m, stop := run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), nil)
	for i := 150; i < 300; i++ {
		s.Deliver("sales", letter(i))
	}
	r.waitMails(300)
	waitStatus(t, m, "idle", isIdle)
	stop()
	r.once(300)
	if st := m.Status(); st.Received < 300 || st.LastSuccess.IsZero() || st.LastError != "" || st.Connected {
		t.Errorf("the status is %+v", st)
	}
	// Another start takes nothing twice.
	before := r.calls
	m, stop = run(t, r, account(s, nil), nil)
	waitStatus(t, m, "idle", isIdle)
	stop()
	if r.calls != before {
		t.Errorf("%d mails were handed over again", r.calls-before)
	}
}

func TestPushIsImmediate(t *testing.T) {
	s, r := server(t), newRecorder(t)
	s.Deliver("sales", letter(99)) // was there before: stays
	m, _ := run(t, r, account(s, nil), nil)
	for i := range 3 {
		waitStatus(t, m, "idle", isIdle)
		s.Deliver("sales", letter(i)) // the poll is an hour away, the end of IDLE some minutes
		r.waitMails(i + 1)
	}
	r.once(3)
}

func TestSTARTTLSAndImplicit(t *testing.T) {
	s := server(t)
	s.Deliver("sales", letter(0))
	for _, c := range []struct {
		name   string
		change func(*Account)
	}{
		{"starttls with the CA's file", func(a *Account) { a.TLS, a.CAFile = TLSStartTLS, s.CAFile }},
		{"implicit with the CA in memory", func(a *Account) { a.TLS, a.Port, a.RootCAs = TLSImplicit, s.TLSPort, s.CA }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRecorder(t)
			run(t, r, account(s, func(a *Account) { a.Backfill.All = true; c.change(a) }), nil)
			r.waitMails(1)
			r.once(1)
		})
	}
}

func TestRestartOfTheServer(t *testing.T) {
	s, r := server(t), newRecorder(t)
	m, _ := run(t, r, account(s, nil), nil)
	waitStatus(t, m, "idle", isIdle)
	s.Deliver("sales", letter(0))
	r.waitMails(1)
	s.Stop()
	waitStatus(t, m, "trouble", func(st Status) bool { return st.Reason == ReasonUnreachable })
	s.Deliver("sales", letter(1))
	s.Start()
	r.waitMails(2)
	waitStatus(t, m, "no trouble", func(st Status) bool { return st.LastError == "" && st.Idle })
	r.once(2)
}

func TestConnectionCutInTheMiddle(t *testing.T) {
	s, r := server(t), newRecorder(t)
	const mails = 60
	for i := range mails {
		s.Deliver("sales", append(letter(i), bytes.Repeat([]byte("linje\r\n"), 500)...))
	}
	p := newProxy(t, s.Addr())
	p.set(func(p *proxy) { p.cuts, p.after = 5, 70_000 })
	m, stop := run(t, r, account(s, func(a *Account) { a.Backfill.All, a.Port = true, p.port() }), nil)
	r.waitMails(mails)
	waitStatus(t, m, "idle", isIdle)
	stop()
	r.once(mails)
	p.set(func(p *proxy) {
		if p.count < 3 {
			t.Errorf("%d connections: nothing was cut", p.count)
		}
	})
}

func TestUIDValidityChanges(t *testing.T) {
	s, r := server(t), newRecorder(t)
	r.gaps = true
	s.Deliver("sales", letter(900)) // lay there at the first contact
	clock := time.Now().Add(2 * time.Second)
	m, _ := run(t, r, account(s, nil), func(o *Options) { o.Clock = func() time.Time { return clock } })
	waitStatus(t, m, "idle", isIdle)
	s.Deliver("sales", letter(0))
	r.waitMails(1)
	s.ResetUIDValidity("sales")
	r.wait("a second UIDVALIDITY", func() bool { return len(r.starts) == 2 })
	waitStatus(t, m, "idle", isIdle)
	s.Deliver("sales", letter(1))
	r.waitMails(2)
	r.once(2)
}

func TestUIDValidityChangesWithAllTaken(t *testing.T) {
	s, r := server(t), newRecorder(t)
	for i := range 5 {
		s.Deliver("sales", letter(i))
	}
	run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), nil)
	r.waitMails(5)
	s.ResetUIDValidity("sales")
	s.Deliver("sales", letter(5))
	r.waitMails(6)
	r.wait("all UIDs under the new UIDVALIDITY", func() bool { return len(r.seen) == 11 })
	r.once(6)
}

func TestBackfillSince(t *testing.T) {
	s := server(t)
	s.Deliver("sales", letter(0))
	for _, c := range []struct {
		name  string
		since time.Time
		want  int
	}{{"yesterday", time.Now().Add(-24 * time.Hour), 1}, {"tomorrow", time.Now().Add(24 * time.Hour), 0}} {
		t.Run(c.name, func(t *testing.T) {
			r := newRecorder(t)
			m, stop := run(t, r, account(s, func(a *Account) { a.Backfill.Since = c.since }), nil)
			waitStatus(t, m, "idle", isIdle)
			stop()
			r.once(c.want)
			if r.first == nil || r.starts[r.first.UIDValidity].UID != 1 {
				t.Errorf("the cursor is not behind the mail: %+v", r.starts)
			}
		})
	}
}

func TestAfterwards(t *testing.T) {
	for _, c := range []struct {
		after After
		left  int
	}{{AfterNone, 3}, {AfterKeyword, 3}, {AfterFlag, 3}, {AfterMove, 0}} {
		t.Run(string(c.after), func(t *testing.T) {
			s, r := server(t), newRecorder(t)
			a := account(s, func(a *Account) { a.After, a.MoveTo, a.Backfill.All = c.after, "Sent", true })
			for i := range 3 {
				s.Deliver("sales", letter(i))
			}
			m, stop := run(t, r, a, nil)
			r.waitMails(3)
			waitStatus(t, m, "idle", isIdle)
			stop()
			if in, moved := s.Count("sales", "INBOX"), s.Count("sales", "Sent"); in != c.left || moved != 3-c.left {
				t.Errorf("%d mails in the inbox, %d moved", in, moved)
			}
			r.once(3)
			if err := Check(t.Context(), a); err != nil {
				t.Errorf("the check says %v", err)
			}
		})
	}
}

func TestMoveToMissingFolder(t *testing.T) {
	s, r := server(t), newRecorder(t)
	m, _ := run(t, r, account(s, func(a *Account) { a.After, a.MoveTo, a.Backfill.All = AfterMove, "Nowhere", true }), nil)
	s.Deliver("sales", letter(0))
	r.waitMails(1)
	waitStatus(t, m, "idle and troubled", func(st Status) bool { return st.Idle && st.Reason == ReasonMoveTo })
	if s.Count("sales", "INBOX") != 1 {
		t.Error("the mail is gone")
	}
}

func TestPoisonIsQuarantined(t *testing.T) {
	s, r := server(t), newRecorder(t)
	r.refuse = func(m intake.Mail) error {
		if m.Inquiry.Subject == "mail 0001" {
			return errNoRoom
		}
		return nil
	}
	for i := range 3 {
		s.Deliver("sales", letter(i))
	}
	m, _ := run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), nil)
	waitStatus(t, m, "idle", isIdle)
	var bad []intake.Mail
	r.wait("a quarantine entry", func() bool {
		bad = nil
		for _, one := range r.mails {
			if one.Unreadable != "" {
				bad = append(bad, one)
			}
		}
		return len(bad) > 0
	})
	if len(bad) != 1 || bad[0].Unreadable != unreadableUnrecorded || !bytes.Contains(bad[0].Raw.Data, []byte("mail 0001")) || len(r.subjects()) != 3 {
		t.Errorf("quarantined: %+v", bad)
	}
}

func TestTooLargeIsQuarantined(t *testing.T) {
	s, r := server(t), newRecorder(t)
	s.Deliver("sales", letter(0))
	s.Deliver("sales", append(letter(1), bytes.Repeat([]byte("x"), 5000)...))
	s.Deliver("sales", letter(2))
	m, _ := run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), func(o *Options) { o.MaxSize = 4000 })
	waitStatus(t, m, "idle", isIdle)
	r.once(3)
	for _, one := range r.mails {
		if large := one.Inquiry.Subject == "mail 0001"; large != (one.Unreadable == unreadableTooLarge) {
			t.Errorf("%q is %q", one.Inquiry.Subject, one.Unreadable)
		}
	}
}

func TestLargeMailsComeWhole(t *testing.T) {
	s := server(t)
	large := append(letter(0), bytes.Repeat([]byte(strings.Repeat("stor ", 15)+"\r\n"), 130_000)...) // 10 MB
	s.Deliver("sales", large)
	s.Deliver("sales", letter(1))
	spool, err := intake.OpenSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, spool := range map[string]*intake.Spool{"spooled": spool, "in memory": nil} {
		t.Run(name, func(t *testing.T) {
			r := newRecorder(t)
			run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), func(o *Options) { o.Spool = spool })
			r.waitMails(2)
			r.once(2)
			for _, one := range r.mails {
				if want := intake.NewBlob(large); one.At.UID == 1 && (one.Raw.SHA256 != want.SHA256 || one.Raw.Size != want.Size || (one.Raw.Data == nil) != (spool != nil)) {
					t.Errorf("the large mail came with %d octets, %d in memory, want %d", one.Raw.Size, len(one.Raw.Data), want.Size)
				}
			}
		})
	}
}

func TestSendersMailsStayInOrder(t *testing.T) {
	s, r := server(t), newRecorder(t)
	for i := range 80 {
		s.Deliver("sales", letter(i))
	}
	run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), nil)
	r.waitMails(80)
	last := map[string]string{}
	for _, one := range r.mails {
		if one.Inquiry.Subject < last[one.From] {
			t.Errorf("%s: %q after %q", one.From, one.Inquiry.Subject, last[one.From])
		}
		last[one.From] = one.Inquiry.Subject
	}
	if len(last) != 7 {
		t.Error(fmt.Sprint("senders: ", last))
	}
}
