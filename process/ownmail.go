package process

import (
	"context"
	"time"
)

// OwnMailbox says that a mail lies in a person's own mailbox instead of the
// company's: it is kept only when it belongs to somebody known.
type OwnMailbox struct {
	// User is the address that the person signs in with.
	User string
	// Sent says that it lies among what the person sent.
	Sent bool
}

// The directions of a message, seen from the company.
const (
	DirectionIn  = "in"
	DirectionOut = "out"
)

// OwnMail tells whether a user's own mailbox may be read, and of which moment
// on: only the user opens it.
func (s *Service) OwnMail(ctx context.Context, user string) (since time.Time, agreed bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		u, err := first(tx.Users(), map[string]string{"email": normalEmail(user)}, "active")
		if u != nil && u.OwnMailSince != nil {
			since, agreed = *u.OwnMailSince, true
		}
		return err
	})
	return since, agreed, err
}

// OpenOwnMail lets emne file what a user's own mailbox holds from a day on,
// today when it is empty. Only the user does that, in person or on the
// installation's own machine.
func (s *Service) OpenOwnMail(ctx context.Context, a Actor, user string, from Date) (*Outcome, error) {
	return s.changeOwnMail(ctx, a, user, false, func(u *unit, r *User) error {
		since := u.now.Truncate(time.Second) // mail servers count in seconds
		if from != "" {
			day, err := time.ParseInLocation(time.DateOnly, string(from), u.settings.Location())
			if err != nil || day.After(u.now) {
				return Invalid("own_mail.from", "your mailbox cannot be read from then on", Problem{Field: "from", Reason: "own_mail.from", Message: "a day that has begun, such as 2026-05-17, or nothing for now on"})
			}
			since = day.UTC()
		}
		r.OwnMailSince = &since
		return u.note(Activity{Type: "user.own_mail_opened", About: Ref{TypeUser, r.ID}, Data: map[string]string{"date": string(DateOf(since, u.settings.Location()))}})
	})
}

// CloseOwnMail ends the reading of a user's own mailbox. What was filed stays.
func (s *Service) CloseOwnMail(ctx context.Context, a Actor, user string) (*Outcome, error) {
	return s.changeOwnMail(ctx, a, user, true, func(u *unit, r *User) error {
		r.OwnMailSince = nil
		return u.note(Activity{Type: "user.own_mail_closed", About: Ref{TypeUser, r.ID}})
	})
}

func (s *Service) changeOwnMail(ctx context.Context, a Actor, user string, managers bool, f func(*unit, *User) error) (*Outcome, error) {
	own := a.Kind == ActorUser && a.ID == user || a.Kind == ActorSystem && a.Channel == "cli"
	if !own && !(managers && a.May(MayManage)) {
		return nil, Forbidden("only the user decides about the user's own mailbox")
	}
	return s.change(ctx, a, MayRead, func(u *unit) (*Outcome, error) {
		r, err := u.Users().Get(user)
		if err != nil {
			return nil, err
		}
		r.UpdatedAt = u.now
		if err := f(u, r); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(r), u.Users().Update(r)
	})
}

// isOurs reports whether anything of a mail of a person's own mailbox is kept.
func (s *Service) isOurs(ctx context.Context, a Actor, m *IncomingMail) (ours bool, err error) {
	err = s.view(ctx, a, MayIntake, func(u *unit) error {
		same, places, _, err := u.ownPlaces(m)
		ours = same != nil || len(places) > 0
		return err
	})
	return ours, err
}

// receiveOwn records a mail of a person's own mailbox when it was written by or
// to somebody known, after the person agreed. Of every other mail nothing is
// kept: the cursor moves, and that is all.
func (u *unit) receiveOwn(m *IncomingMail) (Receipt, error) {
	same, places, user, err := u.ownPlaces(m)
	switch {
	case err != nil:
		return Receipt{}, err
	case same != nil:
		if _, err := u.see(m, same.ID); err != nil {
			return Receipt{}, err
		}
		return Receipt{Result: same.subject(), Decision: DecidedSame, Repeated: true}, nil
	case len(places) == 0:
		if m.CursorUpTo > 0 {
			err = u.SetCursor(MailboxUID{Mailbox: m.At.Mailbox, UIDValidity: m.At.UIDValidity, UID: m.CursorUpTo})
		}
		return Receipt{Decision: DecidedPassed}, err
	}
	msg := m.message(u)
	fresh, err := u.see(m, msg.ID)
	if err != nil || !fresh {
		return Receipt{Decision: DecidedSame, Repeated: true}, err
	}
	for _, b := range m.blobs() {
		if err := u.KeepBlob(b); err != nil {
			return Receipt{}, err
		}
	}
	if err := u.fileOn(msg, DecidedOwnMailbox, places); err != nil {
		return Receipt{}, err
	}
	if err := u.wroteOwn(m, msg, user); err != nil {
		return Receipt{}, err
	}
	if err := u.Messages().Insert(msg); err != nil {
		return Receipt{}, err
	}
	return Receipt{Result: msg.subject(), Decision: msg.Decision}, u.noteMail(msg, "")
}

// wroteOwn says who wrote a mail of an own mailbox. What lies among the sent
// ones was written by the mailbox's user, whatever address it was sent from;
// what came in from a colleague, by that one.
func (u *unit) wroteOwn(m *IncomingMail, msg *Message, user *User) error {
	if !m.Own.Sent {
		colleague, err := first(u.Users(), map[string]string{"email": normalEmail(m.From)}, "active")
		if colleague != nil {
			msg.wrote(colleague)
		}
		return err
	}
	msg.wrote(user)
	u.actor = user.writing()
	return u.contacted(m, msg)
}

// ownPlaces are the records that a mail of an own mailbox belongs to, or the
// message that it is.
func (u *unit) ownPlaces(m *IncomingMail) (*Message, []place, *User, error) {
	user, err := first(u.Users(), map[string]string{"email": normalEmail(m.Own.User)}, "active")
	if err != nil {
		return nil, nil, nil, err
	}
	if user == nil || user.OwnMailSince == nil {
		return nil, nil, nil, Forbidden("%s has not opened the own mailbox", m.Own.User)
	}
	if m.Unreadable != "" || m.Report != nil || m.ReceivedAt.Before(*user.OwnMailSince) || u.s.deliveryOf(m.MessageID) != "" {
		return nil, nil, user, nil
	}
	if same, err := u.sameMail(m); same != nil || err != nil {
		return same, nil, user, err
	}
	places, answers, err := u.placesOf(m)
	if m.Automation != "" && !answers {
		places = nil
	}
	return nil, places, user, err
}

// wrote says that a user of ours wrote the message.
func (m *Message) wrote(by *User) { m.Direction, m.Author = DirectionOut, by.ID }

// writing is the user as the one who acts by a mail.
func (r *User) writing() Actor {
	return Actor{Kind: ActorUser, ID: r.ID, Name: r.Name, Role: r.Role, Channel: "mail"}
}
