package process_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/process/store/storetest"
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

// Who wrote one mail is not who wrote the next one of the same commit.
func TestReceiveTogetherKeepsActorsApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.create(process.TypeCustomer, `{"name":"Kunde","email":"post@kunde.example"}`)
	h.create(process.TypeContact, `{"customer":"`+c+`","name":"Per","email":"per@kunde.example"}`)
	copied, stranger := in(h.mail("sales@seller.example", "An offer"), "sales", 1), in(h.mail("ola@other.example", "Hei"), "sales", 2)
	copied.To, copied.DeliveredTo = []string{"per@kunde.example"}, []string{h.s.BccAddress("post@seller.example", h.sales.ID)}
	rs, err := h.s.ReceiveMails(h.ctx(), process.System(), []process.IncomingMail{copied, stranger})
	h.check(err)
	if rs[0].Decision != process.DecidedBcc || rs[1].Decision != process.DecidedNew {
		t.Fatalf("the mails became %+v", rs)
	}
	for about, want := range map[string]process.ActorKind{rs[0].Result.ID: process.ActorUser, rs[1].Result.ID: process.ActorSystem} {
		as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": about}})
		h.check(err)
		if len(as) == 0 || as[0].Actor.Kind != want {
			t.Errorf("the last of %d activities is %+v, want one of a %s", len(as), as, want)
		}
	}
	h.verify()
}

// Mailboxes that bring the same senders in another order do not wait for each
// other in a circle, on the engine that could.
func TestReceiveTogetherInAnyOrder(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	db, err := store.OpenPostgres(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := process.New(process.Options{Store: db, Key: make([]byte, 32)})
	const senders, rounds, mailboxes = 40, 3, 3
	var wg sync.WaitGroup
	for box := range mailboxes {
		wg.Go(func() {
			for round := range rounds {
				var ms []process.IncomingMail
				for n := range senders {
					from := n
					if box%2 == 1 {
						from = senders - 1 - n
					}
					id := fmt.Sprintf("%d-%d-%d", box, round, n)
					m := process.IncomingMail{MessageID: "<" + id + "@x.example>", ContentHash: id, From: fmt.Sprintf("kunde%d@x.example", from), Raw: process.NewBlob([]byte(id)), ReceivedAt: time.Now(),
						At: process.MailboxUID{Mailbox: fmt.Sprint("box", box), UIDValidity: 1, UID: uint32(round*senders + n + 1)}}
					m.Inquiry = process.Inquiry{Email: m.From, Subject: "Hei", Text: "Hei"}
					ms = append(ms, m)
				}
				if _, err := s.ReceiveMails(t.Context(), process.System(), ms); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	leads, _, err := s.Leads().List(t.Context(), process.System(), process.Filter{Limit: process.MaxLimit})
	if err != nil || len(leads) != senders {
		t.Errorf("%d senders became %d leads: %v", senders, len(leads), err)
	}
	pg, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer pg.Close()
	deadlocks := 0
	if err := pg.QueryRow("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks); err != nil || deadlocks != 0 {
		t.Errorf("%d deadlocks: %v", deadlocks, err)
	}
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
