package mailbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// TestIdleIsRenewed before a router forgets the connection, and not later than
// every five minutes.
func TestIdleIsRenewed(t *testing.T) {
	if defaultIdle > 5*time.Minute {
		t.Errorf("an IDLE lasts %s", defaultIdle)
	}
	s, r := server(t), newRecorder(t)
	p := newProxy(t, s.Addr())
	m, _ := run(t, r, account(s, func(a *Account) { a.Port = p.port() }), func(o *Options) { o.Idle = 20 * time.Millisecond })
	eventually(t, "three renewals", func() (bool, string) {
		n := p.asked("IDLE")
		return n > 3, fmt.Sprint(n)
	})
	p.set(func(p *proxy) {
		if p.count != 1 {
			t.Errorf("it took %d connections", p.count)
		}
	})
	waitStatus(t, m, "idle", isIdle)
	s.Deliver("sales", letter(0))
	r.waitMails(1)
}

// TestPollBesideIdle: a server whose word of new mail never comes is looked at
// on schedule, in the middle of an IDLE.
func TestPollBesideIdle(t *testing.T) {
	s, r := server(t), newRecorder(t)
	p := newProxy(t, s.Addr())
	m, _ := run(t, r, account(s, func(a *Account) { a.Port, a.Poll = p.port(), "@every 1s" }), nil)
	waitStatus(t, m, "idle", isIdle)
	p.set(func(p *proxy) { p.replace, p.by = []byte(" EXISTS"), []byte(" RECENT") })
	s.Deliver("sales", letter(0))
	r.waitMails(1)
	s.Deliver("sales", letter(1))
	r.waitMails(2)
	r.once(2)
}

// TestManyAccountsAtOnce: each folder of each account has its own connection;
// the one that does not work keeps no other back.
func TestManyAccountsAtOnce(t *testing.T) {
	const accounts, mails = 12, 5
	s := mailboxtest.Dovecot(t)
	type box struct {
		*recorder
		m    *Mailbox
		a    Account
		user string
	}
	var boxes []box
	for i := range accounts {
		user := fmt.Sprint("sales", i)
		s.AddUser(user, "secret")
		for _, folder := range []string{"INBOX", "Sent"} {
			a := account(s, func(a *Account) {
				a.Name, a.Address, a.Folder, a.Backfill.All = user+FolderMark+folder, user, folder, true
				if i == 0 {
					a.Password = "wrong"
				}
			})
			r := newRecorder(t)
			m, _ := run(t, r, a, nil)
			boxes = append(boxes, box{r, m, a, user})
		}
	}
	good := boxes[2:]
	for _, b := range good {
		waitStatus(t, b.m, "idle", isIdle)
		for i := range mails {
			s.DeliverTo(b.user, b.a.Folder, letter(i))
		}
	}
	for _, b := range good {
		b.waitMails(mails)
		b.once(mails)
	}
	for _, b := range boxes[:2] {
		waitStatus(t, b.m, "refused", func(st Status) bool { return st.Reason == ReasonPassword && !st.Connected })
	}
}
