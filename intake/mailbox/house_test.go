package mailbox

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/intake"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// office is the demo's mail server, which pushes at once.
func office(t *testing.T) (*postoffice.Office, Account) {
	t.Helper()
	o, err := postoffice.Open(postoffice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- o.ServeIMAP(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := o.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return o, Account{Name: "sales", Address: "sales@demo.example", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: TLSNone,
		Password: postoffice.Password, Poll: "@every 1h", Idle: true}
}

func TestPushWithoutDelay(t *testing.T) {
	o, a := office(t)
	r := newRecorder(t)
	m, stop := run(t, r, a, nil)
	var slowest time.Duration
	for i := range 20 {
		waitStatus(t, m, "idle", isIdle)
		begun := time.Now()
		if err := o.Deliver([]string{a.Address}, letter(i)); err != nil {
			t.Fatal(err)
		}
		r.waitMails(i + 1)
		slowest = max(slowest, time.Since(begun))
	}
	stop()
	r.once(20)
	if slowest > time.Second {
		t.Errorf("the slowest of 20 mails took %s from its delivery", slowest)
	}
}

// TestMailsBecomeLeads goes through the process and its store.
func TestMailsBecomeLeads(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := store.OpenSQLite(ctx, filepath.Join(t.TempDir(), "emne.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	service := process.New(process.Options{Store: db, Key: make([]byte, 32)})
	o, a := office(t)
	a.Backfill.All = true
	const mails = 100
	for i := range mails {
		if err := o.Deliver([]string{a.Address}, letter(i)); err != nil {
			t.Fatal(err)
		}
	}
	// The recorder checks what passes it; the service is what is recorded into.
	both := &tee{recorder: newRecorder(t), service: service}
	for range 2 { // and a start that finds nothing new
		r := both.recorder
		m, stop := run(t, r, a, func(o *Options) { o.Recorder = both })
		r.waitMails(mails)
		waitStatus(t, m, "idle", isIdle)
		stop()
	}
	leads, _, err := service.Leads().List(ctx, process.System(), process.Filter{Limit: process.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	messages, _, err := service.Messages().List(ctx, process.System(), process.Filter{Limit: process.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	// Seven senders: their first mail is a lead, what follows is filed on it.
	if len(leads) != 7 || len(messages) != mails {
		t.Errorf("%d leads of %d messages, want 7 of %d", len(leads), len(messages), mails)
	}
	for _, l := range leads {
		if l.Name != "Kari" || l.Source != "mail:sales" || l.Message == "" {
			t.Errorf("a lead is %+v", l)
		}
	}
	start, err := service.StartMailbox(ctx, process.System(), process.MailboxStart{MailboxUID: both.recorder.first.MailboxUID})
	if err != nil || start.UID != mails {
		t.Errorf("the cursor is %d: %v", start.UID, err)
	}
}

// tee records into the process first, then into the test's recorder.
type tee struct {
	*recorder
	service *process.Service
}

func (b *tee) StartMailbox(ctx context.Context, a intake.Actor, s intake.MailboxStart) (intake.MailboxStart, error) {
	if _, err := b.recorder.StartMailbox(ctx, a, s); err != nil {
		return s, err
	}
	return b.service.StartMailbox(ctx, a, s)
}

func (b *tee) ReceiveMail(ctx context.Context, a intake.Actor, m intake.Mail) (intake.Receipt, error) {
	receipt, err := b.service.ReceiveMail(ctx, a, m)
	if err != nil {
		return receipt, err
	}
	_, err = b.recorder.ReceiveMail(ctx, a, m)
	return receipt, err
}

func (b *tee) MoveCursor(ctx context.Context, a intake.Actor, to intake.MailboxUID) error {
	if err := b.service.MoveCursor(ctx, a, to); err != nil {
		return err
	}
	return b.recorder.MoveCursor(ctx, a, to)
}
