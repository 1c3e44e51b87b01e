package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/emne/emne/intake"
)

// session is an open folder on one connection.
type session struct {
	m    *Mailbox
	link *link

	start intake.MailboxStart
	// saved is the cursor as it is committed.
	saved uint32
	// since is from when on a person's own mailbox is read.
	since time.Time
	// noIdle is set when the server offers IDLE and refuses it.
	noIdle bool
	// moves is set when mails were moved on this connection by several commands;
	// reopened when the folder was opened again for that, which tells nobody of
	// new mail.
	moves, reopened bool
}

func actor() intake.Actor { return intake.Recording("mail") }

// open selects the folder and notes the first contact.
func (s *session) open(ctx context.Context) error {
	m := s.m
	name, err := s.link.folder()
	if err != nil {
		return err
	}
	// Where nothing is marked, nothing is touched.
	folder, err := s.selected(name, m.account.After == AfterNone)
	if err != nil {
		return err
	}
	if folder.UIDValidity == 0 {
		return trouble(ReasonUIDs, nil, "the server gives the folder %q no lasting UIDs, so that nothing could be read only once", name)
	}
	last, err := s.lastUID(folder)
	if err != nil {
		return err
	}
	first := intake.MailboxStart{Backlog: last,
		MailboxUID: intake.MailboxUID{Mailbox: m.account.Name, UIDValidity: folder.UIDValidity}}
	switch b := m.account.Backfill; {
	case m.account.User != "":
		first.Since = s.since
	case b.All:
	case !b.Since.IsZero():
		first.Since = b.Since
	default:
		first.UID, first.Since = last, m.clock()
	}
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	if s.start, err = m.recorder.StartMailbox(record, actor(), first); err != nil {
		return trouble(ReasonStore, err, "the store does not work: %v", err)
	}
	s.saved = s.start.UID
	if err := s.waiting(record); err != nil {
		return err
	}
	if m.validity != folder.UIDValidity {
		m.validity = folder.UIDValidity
		m.suspects, m.unrecorded = newSuspects(m.retryMin), map[uint32]int{}
	}
	m.unable = false
	if err := m.account.keepsKeyword(folder); err != nil {
		m.unable = true
		m.status.failed(err)
		m.log.Warn("mails are not marked on the server", "error", err)
	}
	return s.countBacklog()
}

// selected opens a folder.
func (s *session) selected(name string, readOnly bool) (folder *imap.SelectData, err error) {
	err = s.link.do(func() (err error) {
		folder, err = s.link.client.Select(name, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		return err
	})
	if err != nil {
		reason := ReasonFolder
		if name == s.m.account.MoveTo {
			reason = ReasonMoveTo
		}
		return nil, s.m.account.folderTrouble(reason, name, err)
	}
	return folder, nil
}

// lastUID is the greatest UID of the folder, or a number below the next one.
func (s *session) lastUID(folder *imap.SelectData) (uint32, error) {
	if folder.UIDNext > 0 {
		return uint32(folder.UIDNext) - 1, nil
	}
	if folder.NumMessages == 0 {
		return 0, nil
	}
	last := uint32(0)
	err := s.link.do(func() error { // RFC 3501 lets a server keep UIDNEXT for itself
		cmd := s.link.client.Fetch(imap.UIDSetNum(0), &imap.FetchOptions{UID: true})
		messages, err := cmd.Collect()
		for _, one := range messages {
			last = max(last, uint32(one.UID))
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("looking for the last mail: %w", err)
	}
	return last, nil
}

// catchUp takes what lies above the cursor until there is no more.
func (s *session) catchUp(ctx context.Context) error {
	for {
		select { // what is told from now on is for another time
		case <-s.link.wake:
		default:
		}
		if _, err := s.m.consent(ctx); err != nil {
			return err
		}
		found, err := s.list()
		if err != nil {
			return err
		}
		s.m.suspects.forget(s.saved, found)
		sound, again := s.m.suspects.part(found, s.m.clock())
		rest := len(sound) + len(again)
		if rest > 0 {
			if err := s.take(ctx, found); err != nil {
				return err
			}
		}
		if err := s.mark(ctx); err != nil {
			return err
		}
		if rest == 0 && !s.reopened {
			return nil
		}
		s.reopened = false
	}
}
