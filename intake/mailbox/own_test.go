package mailbox

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// consent is a person who may change her mind.
type consent struct {
	given atomic.Bool
	since time.Time
}

func (c *consent) OwnMail(_ context.Context, user string) (time.Time, bool, error) {
	return c.since, c.given.Load() && user == "kari@demo.example", nil
}

// TestOwnMailboxWaitsForItsUser connects to nothing before she agrees, begins
// on the day that she says, and ends when she takes it back.
func TestOwnMailboxWaitsForItsUser(t *testing.T) {
	s := server(t)
	s.Deliver("sales", letter(0))
	r := newRecorder(t)
	she := &consent{since: time.Now().Add(-time.Hour)}
	a := account(s, func(a *Account) { a.User, a.After = "kari@demo.example", AfterNone })
	if _, err := New(Options{Account: a, Recorder: r, Parse: func(intake.Raw, intake.MailboxUID, time.Time) intake.Mail { return intake.Mail{} }}); err == nil {
		t.Error("an own mailbox is read without asking")
	}
	m, _ := run(t, r, a, func(o *Options) { o.Consent = she })
	waitStatus(t, m, "closed", func(st Status) bool { return st.Reason == ReasonClosed && !st.Connected })
	if len(r.starts) != 0 {
		t.Error("it was read before")
	}
	she.given.Store(true)
	m.Wake()
	r.waitMails(1) // it came within the hour
	if own := r.mails[0].Own; own == nil || own.User != "kari@demo.example" || own.Sent {
		t.Errorf("the mail is handed on as %+v", own)
	}
	waitStatus(t, m, "idle", isIdle)
	she.given.Store(false)
	m.Wake()
	waitStatus(t, m, "closed again", func(st Status) bool { return st.Reason == ReasonClosed && !st.Connected })
	s.Deliver("sales", letter(1))
	she.since = time.Now().Add(time.Hour)
	she.given.Store(true)
	m.Wake()
	waitStatus(t, m, "idle", isIdle)
}

// TestSentFolderIsFound by its mark, or by its name where the server has no marks.
func TestSentFolderIsFound(t *testing.T) {
	for _, capabilities := range []string{"", "IMAP4rev1 IDLE"} {
		s := mailboxtest.Dovecot(t, mailboxtest.Capabilities(capabilities))
		s.AddUser("sales", "secret")
		a := account(s, func(a *Account) { a.Folder, a.Sent, a.User = FolderSent, true, "kari@demo.example" })
		if err := Check(t.Context(), a); err != nil {
			t.Errorf("%q: %v", capabilities, err)
		}
		s.DeliverTo("sales", "Sent", letter(0)) // the folder came with the first sign-in
		she := &consent{since: time.Now().Add(-time.Hour)}
		she.given.Store(true)
		r := newRecorder(t)
		_, stop := run(t, r, a, func(o *Options) { o.Consent = she })
		r.waitMails(1)
		stop()
		if own := r.mails[0].Own; own == nil || !own.Sent {
			t.Errorf("%q: the mail is handed on as %+v", capabilities, own)
		}
	}
}

// TestBackfillShowsItsProgress counts what lay there, over a broken connection too.
func TestBackfillShowsItsProgress(t *testing.T) {
	s := server(t)
	const mails = 150
	for i := range mails {
		s.Deliver("sales", letter(i))
	}
	r := newRecorder(t)
	p := newProxy(t, s.Addr())
	p.set(func(p *proxy) { p.after, p.cuts = 30_000, 1 })
	m, _ := run(t, r, account(s, func(a *Account) { a.Backfill.All, a.Port = true, p.port() }), nil)
	r.waitMails(mails)
	waitStatus(t, m, "progress", func(st Status) bool {
		return st.Backfill.Total == mails && st.Backfill.Done == mails && st.Backfill.Rate > 0
	})
	if lag := m.Status().Lag; lag != 0 {
		t.Errorf("old mail is late by %s", lag)
	}
	s.Deliver("sales", letter(mails))
	r.waitMails(mails + 1)
	waitStatus(t, m, "idle", isIdle)
	if b := m.Status().Backfill; b.Total != mails || b.Done != mails {
		t.Errorf("new mail counts as old: %+v", b)
	}
}
