package mailbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/emne/emne/intake"
)

const (
	// maxBatch is how many mails one FETCH asks for, and batchBytes how many
	// octets; a larger mail comes alone.
	maxBatch   = 64
	batchBytes = 8 << 20
)

// The reasons why a mail is quarantined unparsed.
const (
	unreadableTooLarge   = "too_large"
	unreadableFetch      = "unfetchable"
	unreadableUnrecorded = "unrecordable"
)

// take fetches and records a list. When it returns, nothing is under way, and
// the cursor is committed as far as there is no gap.
func (s *session) take(ctx context.Context, found []entry) error {
	t := newTaking(s, found)
	t.run(ctx)
	err := t.all(ctx, found)
	t.end()
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
	got, err := t.s.fetch(batch, part, func(f fetched) error { return t.hand(ctx, f) })
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

// giveUp quarantines a mail that cannot be had.
func (t *taking) giveUp(ctx context.Context, e entry) error {
	at := t.s.start.MailboxUID
	at.UID = e.uid
	note := intake.NewBlob(fmt.Appendf(nil, "This mail could not be fetched.\nMailbox: %s\nFolder: %s\nUIDVALIDITY: %d\nUID: %d\nSize: %d\n",
		at.Mailbox, t.s.m.account.Folder, at.UIDValidity, at.UID, e.size))
	if err := t.alone(ctx, unread(intake.Mail{At: at, ReceivedAt: e.arrived}, unreadableFetch, note)); err != nil {
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
