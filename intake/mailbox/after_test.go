package mailbox

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/process"
)

// eventually waits for a state that nobody tells of, such as the server's.
func eventually(t *testing.T, what string, f func() (is bool, state string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		is, state := f()
		if is {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come about: %s", what, state)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// waitFolders waits until so many mails lie in the inbox and in Sent.
func waitFolders(t *testing.T, s *mailboxtest.Server, inbox, sent int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d mails in the inbox and %d moved", inbox, sent), func() (bool, string) {
		in, moved := s.Count("sales", "INBOX"), s.Count("sales", "Sent")
		return in == inbox && moved == sent, fmt.Sprintf("%d and %d", in, moved)
	})
}

// waitMarked waits until so many mails of the inbox have a flag.
func waitMarked(t *testing.T, s *mailboxtest.Server, flag imap.Flag, want int) {
	t.Helper()
	other := another(t, s)
	eventually(t, fmt.Sprintf("%d mails with %s", want, flag), func() (bool, string) {
		if err := other.Noop().Wait(); err != nil {
			t.Fatal(err)
		}
		found, err := other.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{flag}}, nil).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return len(found.AllUIDs()) == want, fmt.Sprint(len(found.AllUIDs()))
	})
}

// killer records into the process, and ends the reading in the moment in which
// the last of so many mails is committed.
type killer struct {
	*process.Service
	left chan struct{} // one entry a mail
	kill context.CancelFunc
}

func (k *killer) ReceiveMails(ctx context.Context, a intake.Actor, ms []intake.Mail) ([]intake.Receipt, error) {
	r, err := k.Service.ReceiveMails(ctx, a, ms)
	if err == nil {
		for range ms {
			if <-k.left; len(k.left) == 0 {
				k.kill()
			}
		}
	}
	return r, err
}

// TestKilledBetweenCommitAndMark ends the reading when all is committed and
// nothing is marked yet. The next start marks all of it, once, and takes nothing
// again; what nobody wants marked any more is left as it is.
func TestKilledBetweenCommitAndMark(t *testing.T) {
	const mails = 30
	for _, c := range []struct {
		name, capabilities string
		before, after      After
		inbox, marked      int
		flag               imap.Flag
	}{
		{"keyword", "", AfterKeyword, AfterKeyword, mails, mails, "emne"},
		{"flag", "", AfterFlag, AfterFlag, mails, mails, imap.FlagFlagged},
		{"move", "", AfterMove, AfterMove, 0, 0, ""},
		{"move without MOVE", "IMAP4rev1 IDLE UIDPLUS", AfterMove, AfterMove, 0, 0, ""},
		{"another wish by then", "", AfterMove, AfterFlag, mails, mails, imap.FlagFlagged},
		{"no wish any more", "", AfterFlag, AfterNone, mails, 0, imap.FlagFlagged},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			service, _ := house(ctx, t)
			s := mailboxtest.Dovecot(t, mailboxtest.Capabilities(c.capabilities))
			s.AddUser("sales", "secret")
			for i := range mails {
				s.Deliver("sales", letter(i))
			}
			a := account(s, func(a *Account) { a.Backfill.All, a.After, a.MoveTo = true, c.before, "Sent" })
			k := &killer{Service: service, left: make(chan struct{}, mails)}
			for range mails {
				k.left <- struct{}{}
			}
			r := newRecorder(t)
			life, kill := context.WithCancel(ctx)
			k.kill = kill
			m, err := New(Options{Account: a, Recorder: k, Parse: parser()})
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Run(life); err != nil {
				t.Fatal(err)
			}
			if in, moved := s.Count("sales", "INBOX"), s.Count("sales", "Sent"); in != mails || moved != 0 {
				t.Fatalf("at the end of the first life %d mails are in the inbox, %d moved", in, moved)
			}
			waitMarked(t, s, "emne", 0)
			waitMarked(t, s, imap.FlagFlagged, 0)

			a.After = c.after
			second, stop := run(t, r, a, func(o *Options) { o.Recorder = service })
			waitFolders(t, s, c.inbox, mails-c.inbox)
			if c.flag != "" {
				waitMarked(t, s, c.flag, c.marked)
			}
			waitStatus(t, second, "idle", isIdle)
			stop()
			waitFolders(t, s, c.inbox, mails-c.inbox)
			messages, _, err := service.Messages().List(ctx, process.System(), process.Filter{Limit: process.MaxLimit})
			if err != nil || len(messages) != mails {
				t.Errorf("%d messages are stored, want %d: %v", len(messages), mails, err)
			}
			for _, one := range messages {
				if left, err := service.MailsToMark(ctx, one.Mailbox, m.validity); err != nil || len(left) != 0 {
					t.Fatalf("%d mails still wait: %v", len(left), err)
				}
			}
		})
	}
}

// TestWishAfterNone: what was read while nobody wanted it marked stays as it is.
func TestWishAfterNone(t *testing.T) {
	s, r := server(t), newRecorder(t)
	for i := range 3 {
		s.Deliver("sales", letter(i))
	}
	m, stop := run(t, r, account(s, func(a *Account) { a.Backfill.All = true }), nil)
	r.waitMails(3)
	waitStatus(t, m, "idle", isIdle)
	stop()
	m, _ = run(t, r, account(s, func(a *Account) { a.After, a.MoveTo = AfterMove, "Sent" }), nil)
	waitStatus(t, m, "idle", isIdle)
	s.Deliver("sales", letter(3))
	waitFolders(t, s, 3, 1)
	r.once(4)
}

// TestCutBetweenCopyAndExpunge: a server without MOVE has copied the mails when
// the connection breaks. They are not copied again, and the inbox is emptied.
func TestCutBetweenCopyAndExpunge(t *testing.T) {
	const mails = 20
	s := mailboxtest.Dovecot(t, mailboxtest.Capabilities("IMAP4rev1 IDLE UIDPLUS"))
	s.AddUser("sales", "secret")
	for i := range mails {
		s.Deliver("sales", letter(i))
	}
	r := newRecorder(t)
	p := newProxy(t, s.Addr())
	p.set(func(p *proxy) { p.poison, p.doses = []byte("COPYUID"), 1 })
	m, _ := run(t, r, account(s, func(a *Account) { a.Backfill.All, a.After, a.MoveTo, a.Port = true, AfterMove, "Sent", p.port() }), nil)
	waitFolders(t, s, 0, mails)
	waitStatus(t, m, "idle", func(st Status) bool { return st.Idle && st.LastError == "" })
	r.once(mails)
	// What comes now is moved too: the folder was opened again meanwhile.
	s.Deliver("sales", letter(mails))
	r.waitMails(mails + 1)
	waitFolders(t, s, 0, mails+1)
	p.set(func(p *proxy) {
		if p.doses != 0 || p.count < 2 {
			t.Errorf("nothing was cut: %d connections", p.count)
		}
	})
}

// TestGoneMailsAreNotMarked: a server that refuses to mark what somebody has taken
// away is not asked again and again.
func TestGoneMailsAreNotMarked(t *testing.T) {
	a := script(t, "* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1 MOVE] in",
		"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 7] n\r\n%s OK selected", "* SEARCH 5 6\r\n%s OK counted",
		"* 1 FETCH (UID 5 RFC822.SIZE 11 INTERNALDATE \" 2-Jan-2026 10:00:00 +0000\")\r\n* 2 FETCH (UID 6 RFC822.SIZE 11 INTERNALDATE \" 2-Jan-2026 10:00:00 +0000\")\r\n%s OK listed",
		"* 1 FETCH (UID 5 BODY[] {11}\r\nFrom: a\r\n\r\n)\r\n* 2 FETCH (UID 6 BODY[] {11}\r\nFrom: b\r\n\r\n)\r\n%s OK fetched",
		"%s NO the message set is invalid", "* SEARCH 6\r\n%s OK looked", "%s OK moved", "%s OK none left")
	a.Backfill.All, a.Poll, a.After, a.MoveTo = true, "@every 1h", AfterMove, "Done"
	r := newRecorder(t)
	r.gaps = true
	m, _ := run(t, r, a, nil)
	r.waitMails(2)
	waitStatus(t, m, "all well", func(st Status) bool { return !st.LastSuccess.IsZero() && st.LastError == "" })
	r.wait("nothing waits", func() bool { return len(r.toMark) == 0 })
}

// TestMarkedWhenTheFolderIsThere: a folder to move to that is missing keeps the
// mails waiting over a restart, and what comes meanwhile is still read.
func TestMarkedWhenTheFolderIsThere(t *testing.T) {
	for _, c := range []struct{ name, capabilities string }{{"move", ""}, {"move without MOVE", "IMAP4rev1 IDLE UIDPLUS"}} {
		t.Run(c.name, func(t *testing.T) {
			s, r := mailboxtest.Dovecot(t, mailboxtest.Capabilities(c.capabilities)), newRecorder(t)
			s.AddUser("sales", "secret")
			for i := range 3 {
				s.Deliver("sales", letter(i))
			}
			p := newProxy(t, s.Addr())
			a := account(s, func(a *Account) { a.Backfill.All, a.After, a.MoveTo, a.Port = true, AfterMove, "Done", p.port() })
			m, stop := run(t, r, a, nil)
			waitStatus(t, m, "troubled", func(st Status) bool { return st.Idle && st.Reason == ReasonMoveTo })
			s.Deliver("sales", letter(3))
			r.waitMails(4)
			waitStatus(t, m, "still troubled", func(st Status) bool { return st.Idle && st.Reason == ReasonMoveTo })
			p.set(func(p *proxy) {
				if p.count != 1 {
					t.Errorf("%d connections, want the one", p.count)
				}
			})
			stop()
			if err := another(t, s).Create("Done", nil).Wait(); err != nil {
				t.Fatal(err)
			}
			m, _ = run(t, r, a, nil)
			eventually(t, "four moved mails", func() (bool, string) {
				in, moved := s.Count("sales", "INBOX"), s.Count("sales", "Done")
				return in == 0 && moved == 4, fmt.Sprintf("%d in the inbox, %d moved", in, moved)
			})
			waitStatus(t, m, "all well", func(st Status) bool { return st.Idle && st.LastError == "" })
			r.once(4)
		})
	}
}

// TestOtherFolderIsNotLookedThrough: a server without MOVE opens the folder to move
// to and does not search it. The inbox is open again before anything else is asked,
// nothing counts as moved, and the reading goes on, once for this connection.
func TestOtherFolderIsNotLookedThrough(t *testing.T) {
	selected := "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 7] n\r\n%s OK selected"
	listed := func(item5, item6 string) string {
		const entry = "RFC822.SIZE 11 INTERNALDATE \" 2-Jan-2026 10:00:00 +0000\""
		return "* 1 FETCH (UID 5 " + entry + item5 + ")\r\n* 2 FETCH (UID 6 " + entry + item6 + ")\r\n%s OK listed"
	}
	id := func(id string) string {
		return " BODY[HEADER.FIELDS (MESSAGE-ID)] {21}\r\nMessage-ID: <" + id + "@a>\r\n\r\n"
	}
	a := script(t, "* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1 UIDPLUS] in", selected, "* SEARCH 5 6\r\n%s OK counted", listed("", ""),
		"* 1 FETCH (UID 5 BODY[] {11}\r\nFrom: a\r\n\r\n)\r\n* 2 FETCH (UID 6 BODY[] {11}\r\nFrom: b\r\n\r\n)\r\n%s OK fetched",
		listed(id("5"), id("6")), "* STATUS Done (MESSAGES 0)\r\n%s OK there", "* 0 EXISTS\r\n* OK [UIDVALIDITY 3] v\r\n%s OK examined", "%s NO no such search",
		selected, "* SEARCH 5 6\r\n%s OK both are there", "%s OK none new")
	a.Backfill.All, a.Poll, a.After, a.MoveTo = true, "@every 1h", AfterMove, "Done"
	r := newRecorder(t)
	r.gaps = true
	m, _ := run(t, r, a, nil)
	r.waitMails(2)
	waitStatus(t, m, "read, not moved", func(st Status) bool { return !st.LastSuccess.IsZero() && st.Reason == ReasonMove })
	r.wait("both wait", func() bool { return len(r.toMark) == 2 })
}
