package mailbox

import (
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// another is a second program on the same mailbox, with INBOX open.
func another(t *testing.T, s *mailboxtest.Server) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(s.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login("sales", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMailsGoUnderOurHands: while the folder is read, somebody moves and deletes
// what was listed and not yet fetched. The rest comes in, once; what is gone is
// no trouble; what comes later is read.
func TestMailsGoUnderOurHands(t *testing.T) {
	for _, after := range []After{AfterNone, AfterMove} {
		t.Run(string(after), func(t *testing.T) {
			s := server(t)
			const mails, stay = 400, 200
			for i := range mails {
				s.Deliver("sales", letter(i))
			}
			other := another(t, s)
			var moved, deleted imap.UIDSet
			for uid := imap.UID(stay + 1); uid <= mails; uid += 2 {
				deleted.AddNum(uid)
				moved.AddNum(uid + 1)
			}
			r := newRecorder(t)
			r.gaps = true
			goes := sync.OnceFunc(func() {
				if err := other.Store(deleted, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
					t.Errorf("marking: %v", err)
				}
				if err := other.Expunge().Close(); err != nil {
					t.Errorf("deleting: %v", err)
				}
				if _, err := other.Move(moved, "Sent").Wait(); err != nil {
					t.Errorf("moving: %v", err)
				}
			})
			r.refuse = func(intake.Mail) error { goes(); return nil }
			m, _ := run(t, r, account(s, func(a *Account) { a.Backfill.All, a.After, a.MoveTo = true, after, "Sent" }), nil)
			r.waitMails(stay)
			waitStatus(t, m, "idle", func(st Status) bool { return st.Idle && st.LastError == "" && st.Quarantined == 0 })
			s.Deliver("sales", []byte(strings.Replace(string(letter(mails)), "mail 0400", "the last", 1)))
			seen := map[string]int{}
			r.wait("the last mail", func() bool { return len(r.mails) > 0 && r.mails[len(r.mails)-1].Inquiry.Subject == "the last" })
			for _, subject := range r.subjects() {
				seen[subject]++
			}
			for i := range stay {
				if subject := r.subjectOf(i); seen[subject] != 1 {
					t.Errorf("%s came %d times", subject, seen[subject])
				}
			}
			for subject, n := range seen {
				if n != 1 {
					t.Errorf("%s came %d times", subject, n)
				}
			}
		})
	}
}

func (*recorder) subjectOf(i int) string {
	for line := range strings.SplitSeq(string(letter(i)), "\r\n") {
		if subject, is := strings.CutPrefix(line, "Subject: "); is {
			return subject
		}
	}
	return ""
}
