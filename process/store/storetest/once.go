package storetest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/emne/emne/process"
)

func blobs(s suite) {
	noise := make([]byte, 3<<20)
	state := uint32(1)
	for i := range noise { // incompressible, the same in each run
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	for name, data := range map[string][]byte{
		"empty": {}, "1 byte": {7}, "256 KiB": noise[:256<<10], "256 KiB + 1": noise[:256<<10+1], "3 MB": noise,
		"compressible": bytes.Repeat([]byte("emne "), 1<<18),
	} {
		b := process.NewBlob(data)
		s.ok(s.StageBlob(background(), b))
		if _, err := s.Blob(background(), b.SHA256); process.CodeOf(err) != process.CodeNotFound {
			s.Errorf("%s: before it is kept: %v", name, err)
		}
		for range 2 { // keeping twice is keeping once
			s.tx(func(tx process.Tx) error { return tx.KeepBlob(b) })
			got, err := s.Blob(background(), b.SHA256)
			s.ok(err)
			if !bytes.Equal(got, data) {
				s.Errorf("%s: %d bytes came back as %d others", name, len(data), len(got))
			}
		}
		s.ok(s.StageBlob(background(), process.NewBlob(data)))
	}
	streamed(s, noise)
	rolled := process.NewBlob([]byte("rolled back"))
	if err := s.InTx(background(), func(tx process.Tx) error {
		if err := tx.KeepBlob(rolled); err != nil {
			return err
		}
		return errWanted
	}); err == nil {
		s.Error("the transaction was to fail")
	}
	if _, err := s.Blob(background(), rolled.SHA256); process.CodeOf(err) != process.CodeNotFound {
		s.Errorf("a blob that was rolled back: %v", err)
	}
	// A large one that nobody staged is stored by its transaction.
	large := process.NewBlob(noise[1 : 1<<20])
	s.tx(func(tx process.Tx) error { return tx.KeepBlob(large) })
	if got, err := s.Blob(background(), large.SHA256); err != nil || !bytes.Equal(got, large.Data) {
		s.Errorf("a large blob without staging: %v", err)
	}
	if err := s.InTx(background(), func(tx process.Tx) error {
		return tx.KeepBlob(&process.Blob{SHA256: large.SHA256[1:] + "0", Size: 1, Data: []byte{1}})
	}); err == nil {
		s.Error("bytes were kept under another hash")
	}
	// Several stage and keep the same bytes at once.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			b := process.NewBlob(noise[2 : 1<<20])
			if err := s.StageBlob(background(), b); err != nil {
				s.Error(err)
				return
			}
			if err := s.InTx(background(), func(tx process.Tx) error { return tx.KeepBlob(b) }); err != nil {
				s.Error(err)
			}
		})
	}
	wg.Wait()
}

func idempotency(s suite) {
	key := process.IdempotencyKey{Scope: "hooks/website", Key: "k1", Request: "r1"}
	answer := process.Answer{Status: 202, Body: []byte(`{"id":"1"}`)}
	// Two copies at once: one works, the other waits and gets its answer.
	var wg sync.WaitGroup
	entered := make(chan struct{}, 2)
	answers := make([]*process.Answer, 2)
	for i := range answers {
		wg.Go(func() {
			err := s.InTx(background(), func(tx process.Tx) error {
				a, err := tx.Claim(key, time.Now())
				if err != nil || a != nil {
					answers[i] = a
					return err
				}
				entered <- struct{}{}
				if err := tx.Leads().Insert(lead("once")); err != nil {
					return err
				}
				time.Sleep(20 * time.Millisecond) // so that the other one comes in between
				return tx.Answered(key, answer)
			})
			if err != nil {
				s.Error(err)
			}
		})
	}
	wg.Wait()
	s.finds(process.Filter{}, "once")
	if len(entered) != 1 || (answers[0] == nil) == (answers[1] == nil) {
		s.Fatalf("%d worked; the answers are %v", len(entered), answers)
	}
	for range 2 {
		s.tx(func(tx process.Tx) error {
			a, err := tx.Claim(key, time.Now())
			if err == nil && (a == nil || a.Status != 202 || string(a.Body) != `{"id":"1"}`) {
				s.Errorf("the answer came back as %+v", a)
			}
			return err
		})
	}
	other := key
	other.Request = "r2"
	s.code(s.InTx(background(), func(tx process.Tx) error { _, err := tx.Claim(other, time.Now()); return err }), process.CodeInvalid, "idempotency.mismatch")
	// A claim that is rolled back is free again; scopes are apart.
	free := process.IdempotencyKey{Scope: "api", Key: "k1", Request: "r9"}
	for range 2 {
		if err := s.InTx(background(), func(tx process.Tx) error {
			a, err := tx.Claim(free, time.Now())
			if a != nil || err != nil {
				return fmt.Errorf("claimed before: %v %w", a, err)
			}
			return errWanted
		}); err != errWanted {
			s.Fatal(err)
		}
	}
	if err := s.InTx(background(), func(tx process.Tx) error { return tx.Answered(free, answer) }); err == nil {
		s.Error("a key that nobody claimed was answered")
	}
}

func mailboxes(s suite) {
	u := process.MailboxUID{Mailbox: "sales", UIDValidity: 4_000_000_000, UID: 4_294_967_295}
	for i, want := range []bool{true, false} {
		s.tx(func(tx process.Tx) error {
			got, err := tx.SeeUID(u, "m1")
			if err == nil && got != want {
				s.Errorf("seeing it %d times before: %v", i, got)
			}
			return err
		})
	}
	for _, step := range []struct{ set, want uint32 }{{0, 0}, {5, 5}, {3, 5}, {4_294_967_295, 4_294_967_295}} {
		s.tx(func(tx process.Tx) error {
			if step.set > 0 {
				if err := tx.SetCursor(process.MailboxUID{Mailbox: "sales", UIDValidity: 7, UID: step.set}); err != nil {
					return err
				}
			}
			got, err := tx.Cursor("sales", 7)
			if err == nil && got != step.want {
				s.Errorf("after %d the cursor is %d, want %d", step.set, got, step.want)
			}
			return err
		})
	}
	s.view(func(tx process.Tx) error {
		got, err := tx.Cursor("sales", 8)
		if err == nil && got != 0 {
			s.Errorf("under another UIDVALIDITY the cursor is %d", got)
		}
		return err
	})
	toMark(s)
	since := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	first := process.MailboxStart{MailboxUID: process.MailboxUID{Mailbox: "post", UIDValidity: 9, UID: 4}, Backlog: 4, Since: since}
	second := process.MailboxStart{MailboxUID: process.MailboxUID{Mailbox: "post", UIDValidity: 3}, Backlog: 6}
	again := first
	again.UID, again.Backlog = 2, 2
	s.tx(func(tx process.Tx) error {
		for i, b := range []process.MailboxStart{first, second, again} {
			if err := tx.StartMailbox(b, since.Add(time.Duration(i)*time.Hour)); err != nil {
				return err
			}
		}
		second.UID = 5
		return tx.SetCursor(second.MailboxUID)
	})
	s.view(func(tx process.Tx) error {
		got, err := tx.MailboxStarts("post")
		if want := []process.MailboxStart{first, second}; err == nil && !reflect.DeepEqual(got, want) {
			s.Errorf("the first contacts are %+v, want %+v", got, want)
		}
		return err
	})
}

func toMark(s suite) {
	var many []uint32
	for uid := range uint32(1200) {
		many = append(many, uid+1)
	}
	const validity = 4_000_000_001
	is := func(mailbox string, validity uint32, want ...uint32) {
		s.Helper()
		s.view(func(tx process.Tx) error {
			got, err := tx.ToMark(mailbox, validity)
			if err == nil && !slices.Equal(got, want) {
				s.Errorf("under %d of %s wait %d, want %d: %v", validity, mailbox, len(got), len(want), got)
			}
			return err
		})
	}
	s.tx(func(tx process.Tx) error {
		for _, uid := range append([]uint32{4_294_967_295, 7}, many...) {
			if err := tx.MarkLater(process.MailboxUID{Mailbox: "marked", UIDValidity: validity, UID: uid}); err != nil {
				return err
			}
		}
		return tx.MarkLater(process.MailboxUID{Mailbox: "beside", UIDValidity: validity, UID: 7})
	})
	is("marked", validity, append(slices.Clone(many), 4_294_967_295)...)
	is("marked", 1)
	s.tx(func(tx process.Tx) error {
		if err := tx.Marked("marked", validity, nil); err != nil {
			return err
		}
		return tx.Marked("marked", validity, append(many[2:], 9_000_000))
	})
	is("marked", validity, 1, 2, 4_294_967_295)
	start := func(validity uint32) {
		s.tx(func(tx process.Tx) error {
			return tx.StartMailbox(process.MailboxStart{MailboxUID: process.MailboxUID{Mailbox: "marked", UIDValidity: validity}}, time.Now())
		})
	}
	start(validity)
	is("marked", validity, 1, 2, 4_294_967_295)
	start(validity + 1)
	is("marked", validity)
	is("beside", validity, 7)
}

func settings(s suite) {
	by := process.Actor{Kind: process.ActorUser, ID: "u1", Name: "Åse"}
	want := process.DefaultSettings()
	s.view(func(tx process.Tx) error {
		got, version, err := tx.Settings()
		if err == nil && (version != 0 || !reflect.DeepEqual(got, want)) {
			s.Errorf("before there are any: version %d, %+v", version, got)
		}
		return err
	})
	for after := range int64(3) {
		want.Company.Name = fmt.Sprint("Firma ", after)
		want.Terms.Quote = map[string]string{"nb": "Vilkår"}
		s.tx(func(tx process.Tx) error { return tx.PutSettings(want, after, by, time.Now()) })
		s.view(func(tx process.Tx) error {
			got, version, err := tx.Settings()
			a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)
			if err == nil && (version != after+1 || a != b) {
				s.Errorf("version %d:\n%s\nwant\n%s", version, a, b)
			}
			return err
		})
	}
	for _, after := range []int64{0, 2, 4} {
		s.code(s.InTx(background(), func(tx process.Tx) error { return tx.PutSettings(want, after, by, time.Now()) }), process.CodeConflict, "stale")
	}
}

func snapshots(s suite) {
	want := filled(func(v *process.Snapshot) { v.Totals.Rounding = v.Rounding })
	s.code(s.View(background(), func(tx process.Tx) error { _, err := tx.Snapshot("i1"); return err }), process.CodeNotFound, "")
	s.tx(func(tx process.Tx) error { return tx.PutSnapshot("i1", *want) })
	s.view(func(tx process.Tx) error {
		got, err := tx.Snapshot("i1")
		if err == nil {
			if d := differ(&got, want); d != "" {
				s.Errorf("the snapshot came back changed:%s", d)
			}
		}
		return err
	})
	s.code(s.InTx(background(), func(tx process.Tx) error { return tx.PutSnapshot("i1", *want) }), process.CodeConflict, "snapshot.frozen")
}

func auditChain(s suite) {
	for i := range 5 {
		s.tx(func(tx process.Tx) error {
			for range i {
				if err := tx.Audit(process.AuditEntry{At: time.Now(), Actor: process.System(), Kind: "lead.created",
					About: process.Ref{Type: "lead", ID: fmt.Sprint(i)}, Payload: []byte("payload")}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	links, err := s.inspect().CheckAudit(background())
	s.ok(err)
	if links != 10 {
		s.Errorf("the chain has %d links, want 10", links)
	}
}
