package process

import "context"

// StartMailbox notes the first contact with a mailbox under a UIDVALIDITY and
// gives what holds now: what was noted before, or b. A mailbox that is known
// under another UIDVALIDITY is read again from its start, but of what was left
// lying at the very first contact nothing is taken now.
func (s *Service) StartMailbox(ctx context.Context, a Actor, b MailboxStart) (MailboxStart, error) {
	var start MailboxStart
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		known, err := u.MailboxStarts(b.Mailbox)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			if k.UIDValidity == b.UIDValidity {
				start = k
				return &Outcome{}, nil
			}
		}
		start = b
		if len(known) > 0 {
			start.UID, start.Since = 0, known[0].Since
		}
		return &Outcome{}, u.Tx.StartMailbox(start, u.now)
	})
	return start, err
}

// MoveCursor says that every mail with a UID up to this one is handled.
func (s *Service) MoveCursor(ctx context.Context, a Actor, to MailboxUID) error {
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		return &Outcome{}, u.SetCursor(to)
	})
	return err
}

// MailsToMark are the UIDs of mails that are committed and wait for what is to be
// done with them on their server, the lowest first, at most MaxToMark.
func (s *Service) MailsToMark(ctx context.Context, mailbox string, uidValidity uint32) (uids []uint32, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		uids, err = tx.ToMark(mailbox, uidValidity)
		return err
	})
	return uids, err
}

// MailsMarked says that it is done with these, or never will be.
func (s *Service) MailsMarked(ctx context.Context, a Actor, mailbox string, uidValidity uint32, uids []uint32) error {
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		return &Outcome{}, u.Marked(mailbox, uidValidity, uids)
	})
	return err
}

// Cursor is how far a mailbox was read under a UIDVALIDITY.
func (s *Service) Cursor(ctx context.Context, mailbox string, uidValidity uint32) (uid uint32, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		uid, err = tx.Cursor(mailbox, uidValidity)
		return err
	})
	return uid, err
}
