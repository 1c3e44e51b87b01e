package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/emne/emne/intake"
)

const (
	// maxBatch is how many mails one FETCH asks for, and batchBytes how many
	// octets; a larger mail comes alone.
	maxBatch   = 64
	batchBytes = 8 << 20
	// maxRecording is how many mails are being recorded at once when the options
	// do not say it, and recordingBytes how many octets they may be together; a
	// larger one waits until it is alone.
	maxRecording   = 256
	recordingBytes = 16 << 20
)

// The reasons why a mail is quarantined unparsed.
const (
	unreadableTooLarge   = "too_large"
	unreadableFetch      = "unfetchable"
	unreadableUnrecorded = "unrecordable"
)

// taking is the recording of one list.
type taking struct {
	s      *session
	prefix *prefix
	slots  *semaphore.Weighted
	bytes  *semaphore.Weighted
	work   sync.WaitGroup
	// placed is closed when the last mail that came has its turn: they are
	// parsed at once, and get their turns in the order in which they came.
	placed chan struct{}
	// turns has the last mail of each sender: theirs are recorded in order. It
	// belongs to the mail whose turn is being given.
	turns map[string]chan struct{}

	mu       sync.Mutex
	recorded []uint32
	failure  error
}

// take fetches and records a list. When it returns, nothing is under way, and
// the cursor is committed as far as there is no gap.
func (s *session) take(ctx context.Context, found []entry) error {
	t := &taking{s: s, prefix: newPrefix(found), turns: map[string]chan struct{}{},
		slots: semaphore.NewWeighted(s.m.recording), bytes: semaphore.NewWeighted(recordingBytes)}
	err := t.all(ctx, found)
	t.work.Wait()
	if s.m.account.After != AfterNone {
		s.m.waiting = append(s.m.waiting, t.recorded...)
	}
	s.m.suspects.handled(t.recorded...)
	if to := t.prefix.upTo(); to > s.saved && ctx.Err() == nil {
		if failed := s.moveCursor(ctx, to); failed != nil {
			return errors.Join(err, failed)
		}
	}
	if err == nil && t.failure != nil {
		err = trouble(ReasonStore, t.failure, "a mail could not be recorded: %v", t.failure)
	}
	return err
}

func (s *session) moveCursor(ctx context.Context, to uint32) error {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	at := s.start.MailboxUID
	at.UID = to
	if err := s.m.recorder.MoveCursor(record, actor(), at); err != nil {
		return trouble(ReasonStore, err, "the store does not work: %v", err)
	}
	s.saved = to
	return nil
}

// all goes through the list: first the mails that never failed, so that one
// that cannot be fetched keeps no other back, then those whose time has come.
func (t *taking) all(ctx context.Context, found []entry) error {
	sound, again := t.s.m.suspects.part(found, t.s.m.clock())
	for _, e := range found {
		if t.s.m.suspects.isHandled(e.uid) {
			t.prefix.finish(e.uid)
		}
	}
	if err := t.batches(ctx, sound); err != nil {
		return err
	}
	return t.batches(ctx, again)
}

// batches goes through a list, batch by batch.
func (t *taking) batches(ctx context.Context, found []entry) error {
	m := t.s.m
	for len(found) > 0 && t.broken() == nil {
		e := found[0]
		switch {
		case t.s.isLeft(e):
			t.prefix.finish(e.uid)
			t.s.passed(e.uid)
			m.suspects.handled(e.uid)
			found = found[1:]
		case m.suspects.isHopeless(e.uid):
			if err := t.giveUp(ctx, e); err != nil {
				return err
			}
			found = found[1:]
		case e.size > m.maxSize:
			if err := t.batch(ctx, found[:1], true); err != nil {
				return err
			}
			found = found[1:]
		default:
			n := t.together(found)
			if err := t.batch(ctx, found[:n], false); err != nil {
				return err
			}
			found = found[n:]
		}
	}
	return nil
}

// isLeft tells the mails that lay there at the first contact and stay untaken.
func (s *session) isLeft(e entry) bool {
	return e.uid <= s.start.Backlog && e.arrived.Before(s.start.Since)
}

// together is how many of the first mails one FETCH asks for: one that failed
// before comes alone.
func (t *taking) together(found []entry) int {
	n, size := 0, int64(0)
	for _, e := range found {
		size += e.size
		suspect := t.s.m.suspects.has(e.uid)
		if n > 0 && (n == maxBatch || size > batchBytes || suspect || t.s.isLeft(e)) {
			break
		}
		n++
		if suspect {
			break
		}
	}
	return n
}

// batch fetches mails and starts to record them. The first that did not come
// is suspected.
func (t *taking) batch(ctx context.Context, batch []entry, part bool) error {
	got, err := t.s.fetch(batch, part, func(f fetched) error { return t.start(ctx, f) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed := (*intake.SpoolError)(nil); errors.As(err, &failed) {
		return trouble(ReasonStore, err, "a large mail cannot be put aside: %v", failed.Err)
	}
	for _, e := range batch {
		if !got[e.uid] {
			n := t.s.m.suspects.failed(e.uid, err == nil || isRefusal(err), t.s.m.clock())
			t.s.m.log.Warn("a mail did not come", "uid", e.uid, "size", e.size, "failures", n, "error", err)
			break
		}
	}
	if isRefusal(err) {
		return nil // the connection is sound; what is missing is listed again, or gone
	}
	return err
}

// start parses a mail and records it, beside others.
func (t *taking) start(ctx context.Context, f fetched) error {
	weight := min(int64(len(f.raw.Bytes())), recordingBytes)
	if err := t.slots.Acquire(ctx, 1); err != nil {
		return errors.Join(err, f.raw.Close())
	}
	if err := t.bytes.Acquire(ctx, weight); err != nil {
		t.slots.Release(1)
		return errors.Join(err, f.raw.Close())
	}
	before, placed := t.placed, make(chan struct{})
	t.placed = placed
	t.work.Go(func() {
		defer t.slots.Release(1)
		defer t.bytes.Release(weight)
		defer func() {
			if err := f.raw.Close(); err != nil {
				t.s.m.log.Warn("a spooled mail was not put away", "uid", f.uid, "error", err)
			}
		}()
		at := t.s.start.MailboxUID
		at.UID = f.uid
		mail := t.s.m.parse(f.raw, at, f.arrived)
		if f.cut {
			mail.Unreadable = unreadableTooLarge
		}
		if before != nil {
			<-before // it is being parsed, which is bounded
		}
		sender := strings.ToLower(mail.From)
		last, mine := t.turns[sender], make(chan struct{})
		t.turns[sender] = mine
		close(placed)
		defer close(mine)
		if last != nil {
			<-last // it is being recorded, which has a deadline
		}
		t.record(ctx, mail)
	})
	return nil
}

// record commits one mail. What fails three times while the store works for
// others is the mail's own fault: it is quarantined.
func (t *taking) record(ctx context.Context, mail intake.Mail) {
	uid := mail.At.UID
	err := t.commit(ctx, mail)
	if err != nil && t.fail(uid) >= maxFailures && t.storeWorks(ctx) {
		if err = t.commit(ctx, mail); err != nil && t.commit(ctx, unread(mail, unreadableUnrecorded, mail.Raw)) == nil {
			t.s.m.log.Error("a mail was quarantined: it cannot be recorded", "uid", uid, "error", err)
			t.s.m.status.quarantined()
			err = nil
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failure = errors.Join(t.failure, fmt.Errorf("mail %d: %w", uid, err))
		return
	}
	t.recorded = append(t.recorded, uid)
}

// storeWorks tries a change that changes nothing.
func (t *taking) storeWorks(ctx context.Context) bool {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	return t.s.m.recorder.MoveCursor(record, actor(), t.s.start.MailboxUID) == nil
}

func (t *taking) commit(ctx context.Context, mail intake.Mail) error {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	mail.Own = t.s.m.account.own()
	mail.CursorUpTo = t.prefix.with(mail.At.UID)
	mail.MarkLater = t.s.m.account.After != AfterNone && mail.Unreadable != unreadableFetch
	if _, err := t.s.m.recorder.ReceiveMail(record, actor(), mail); err != nil {
		return err
	}
	t.prefix.finish(mail.At.UID)
	t.s.passed(mail.At.UID)
	t.s.m.status.received(t.s.m.clock().Sub(mail.ReceivedAt), mail.At.UID > t.s.start.Backlog)
	return nil
}

// giveUp quarantines a mail that cannot be had.
func (t *taking) giveUp(ctx context.Context, e entry) error {
	at := t.s.start.MailboxUID
	at.UID = e.uid
	note := intake.NewBlob(fmt.Appendf(nil, "This mail could not be fetched.\nMailbox: %s\nFolder: %s\nUIDVALIDITY: %d\nUID: %d\nSize: %d\n",
		at.Mailbox, t.s.m.account.Folder, at.UIDValidity, at.UID, e.size))
	if err := t.commit(ctx, unread(intake.Mail{At: at, ReceivedAt: e.arrived}, unreadableFetch, note)); err != nil {
		return trouble(ReasonStore, err, "the store does not work: %v", err)
	}
	t.s.m.suspects.handled(e.uid)
	t.s.m.log.Error("a mail was quarantined: it cannot be fetched", "uid", e.uid, "size", e.size)
	t.s.m.status.quarantined()
	return nil
}

// unread is what is kept of a mail that goes to quarantine unparsed.
func unread(m intake.Mail, reason string, raw *intake.Blob) intake.Mail {
	return intake.Mail{At: m.At, ReceivedAt: m.ReceivedAt, Raw: raw, ContentHash: raw.SHA256, Unreadable: reason}
}

func (t *taking) broken() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure
}

// fail counts a failure to record one mail.
func (t *taking) fail(uid uint32) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.s.m.unrecorded[uid]++
	return t.s.m.unrecorded[uid]
}
