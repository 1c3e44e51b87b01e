package process

import (
	"context"
	"io"
	"time"
)

// ReadMail reads the raw bytes of a mail, of which there are size, and names in
// Unreadable what it could not understand; it fails only when raw does. done is
// called when the mail is recorded. intake/message implements it.
type ReadMail func(raw io.Reader, size int64, at MailboxUID, received time.Time) (m IncomingMail, done func(), err error)

// RetryQuarantine reads what could not be read once more, as after an upgrade,
// and files it as if it had just come in. What still cannot be read stays.
func (s *Service) RetryQuarantine(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.retry(ctx, a, func(u *unit) (*Quarantine, error) {
		return opened(u, u.Quarantine(), "retry", t)
	}, func(_ *unit, q *Quarantine) (any, error) { return q, nil })
}

// RetryMessage is RetryQuarantine for the message of an entry.
func (s *Service) RetryMessage(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.retry(ctx, a, func(u *unit) (*Quarantine, error) {
		m, err := opened(u, u.Messages(), "retry", t)
		if err != nil {
			return nil, err
		}
		q, err := u.Quarantine().Get(m.About.ID)
		if err == nil {
			q.UpdatedAt = u.now
		}
		return q, err
	}, func(u *unit, q *Quarantine) (any, error) { return u.Messages().Get(q.Origin.ID) })
}

// retry reads the entry that find gives once more; answer gives the record to
// answer with.
func (s *Service) retry(ctx context.Context, a Actor, find func(*unit) (*Quarantine, error), answer func(*unit, *Quarantine) (any, error)) (*Outcome, error) {
	var m *IncomingMail
	if err := s.view(ctx, a, MaySell, func(u *unit) error {
		q, err := find(u)
		if CodeOf(err) == CodeConflict {
			return nil // it is refused below, unless the key was answered before
		}
		if err != nil || q.Kind != "mail" || s.readMail == nil {
			return err
		}
		msg, err := u.Messages().Get(q.Origin.ID)
		if err != nil {
			return err
		}
		m = &IncomingMail{At: MailboxUID{Mailbox: msg.Mailbox}, ReceivedAt: msg.ReceivedAt, Raw: &Blob{SHA256: q.SHA256}}
		return nil
	}); err != nil {
		return nil, err
	}
	if m != nil {
		done, err := s.readAgain(ctx, m)
		if err != nil {
			return nil, err
		}
		defer done()
		for _, b := range m.blobs() {
			if err := s.store.StageBlob(ctx, b); err != nil {
				return nil, err
			}
		}
	}
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		q, err := find(u)
		if err != nil {
			return nil, err
		}
		out := &Outcome{}
		switch {
		case q.Kind == "form":
			err = u.retryForm(q)
		case m == nil:
			err = Conflict("quarantine.reader", "there is nothing here to read mails with")
		case m.Unreadable != "":
			err = Conflict("quarantine.still", "it still cannot be read: %s", m.Unreadable)
		default:
			out.Created, err = u.retryMail(q, m)
		}
		if err != nil {
			return nil, err
		}
		if err := u.Quarantine().Update(q); err != nil {
			return nil, err
		}
		record, err := answer(u, q)
		if err != nil {
			return nil, err
		}
		return out.of(record), u.note(Activity{Type: "quarantine.retried", About: Ref{TypeQuarantine, q.ID}, From: "quarantined", To: q.State, Related: q.Origin})
	})
}

// readAgain reads a mail's stored bytes with the present parser.
func (s *Service) readAgain(ctx context.Context, m *IncomingMail) (done func(), err error) {
	raw, err := s.store.OpenBlob(ctx, m.Raw.SHA256)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	*m, done, err = s.readMail(raw, raw.Size(), m.At, m.ReceivedAt)
	return done, err
}

func (u *unit) retryMail(q *Quarantine, m *IncomingMail) ([]Ref, error) {
	msg, err := u.Messages().Get(q.Origin.ID)
	if err != nil {
		return nil, err
	}
	same, err := u.sameMail(m)
	if err != nil {
		return nil, err
	}
	if same != nil && same.ID != msg.ID {
		q.State = "other"
		if err := msg.other(DecidedSame, same.ID); err != nil {
			return nil, err
		}
		msg.About = same.About
	} else {
		for _, b := range m.blobs() {
			if err := u.KeepBlob(b); err != nil {
				return nil, err
			}
		}
		fresh := m.message(u)
		fresh.Record, fresh.ReceivedAt = msg.Record, msg.ReceivedAt
		*msg = *fresh
		if err := u.decide(m, msg); err != nil {
			return nil, err
		}
		q.State = msg.State
	}
	if err := u.Messages().Update(msg); err != nil {
		return nil, err
	}
	var created []Ref
	if msg.About.Type == TypeLead && (msg.Decision == DecidedNew || msg.Decision == DecidedCustomer) {
		created = append(created, msg.About)
	}
	return created, u.note(Activity{Type: "mail." + msg.State, About: msg.subject(), Thread: msg.Thread, From: "quarantined", To: msg.State, Why: msg.Decision, Related: Ref{TypeMessage, msg.ID},
		Data: map[string]string{"from": msg.From, "subject": msg.Subject, "detail": msg.Detail}})
}

// retryForm maps a hook's body again, in its job.
func (u *unit) retryForm(q *Quarantine) error {
	sub, err := u.Submissions().Get(q.Origin.ID)
	if err != nil {
		return err
	}
	if sub.State != "quarantined" {
		return Conflict("quarantine.done", "the form was dealt with")
	}
	sub.State, sub.Result, sub.UpdatedAt, q.State = "pending", Ref{}, u.now, "filed"
	if err := u.Submissions().Update(sub); err != nil {
		return err
	}
	if err := u.note(Activity{Type: "submission.retried", About: Ref{TypeSubmission, sub.ID}, From: "quarantined", To: sub.State, Related: Ref{TypeQuarantine, q.ID}}); err != nil {
		return err
	}
	return u.Enqueue(FileSubmission{Submission: sub.ID}, u.now)
}
