package mailbox

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// house is the process with a store of its own.
func house(ctx context.Context, t *testing.T) (*process.Service, *store.DB) {
	t.Helper()
	db, err := store.OpenSQLite(ctx, filepath.Join(t.TempDir(), "emne.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return process.New(process.Options{Store: db, Key: make([]byte, 32)}), db
}

// TestMailsBecomeLeads goes through the process and its store.
func TestMailsBecomeLeads(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	service, _ := house(ctx, t)
	s := server(t)
	a := account(s, func(a *Account) { a.Backfill.All = true })
	const mails = 100
	for i := range mails {
		s.Deliver("sales", letter(i))
	}
	// The recorder checks what passes it; the service is what is recorded into.
	both := &tee{recorder: newRecorder(t), service: service}
	r := both.recorder
	for again := range 3 { // a start that finds nothing new, and one that reads all of it anew
		if again == 2 {
			s.ResetUIDValidity("sales")
		}
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
	if len(r.starts) != 2 {
		t.Errorf("there were %d UIDVALIDITYs", len(r.starts))
	}
	for validity := range r.starts {
		cursor, err := service.Cursor(ctx, "sales", validity)
		if err != nil || cursor != mails {
			t.Errorf("the cursor is %d: %v", cursor, err)
		}
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

func (b *tee) PrepareMail(ctx context.Context, a intake.Actor, m *intake.Mail) error {
	return b.service.PrepareMail(ctx, a, m)
}

func (b *tee) ReceiveMails(ctx context.Context, a intake.Actor, ms []intake.Mail) ([]intake.Receipt, error) {
	receipts, err := b.service.ReceiveMails(ctx, a, ms)
	if err != nil {
		return receipts, err
	}
	// What is committed is known to both, whatever ends in this moment.
	_, err = b.recorder.ReceiveMails(context.WithoutCancel(ctx), a, ms)
	return receipts, err
}

func (b *tee) MailsToMark(ctx context.Context, mailbox string, validity uint32) ([]uint32, error) {
	return b.service.MailsToMark(ctx, mailbox, validity)
}

func (b *tee) MailsMarked(ctx context.Context, a intake.Actor, mailbox string, validity uint32, uids []uint32) error {
	return b.service.MailsMarked(ctx, a, mailbox, validity, uids)
}

func (b *tee) MoveCursor(ctx context.Context, a intake.Actor, to intake.MailboxUID) error {
	if err := b.service.MoveCursor(ctx, a, to); err != nil {
		return err
	}
	return b.recorder.MoveCursor(ctx, a, to)
}
