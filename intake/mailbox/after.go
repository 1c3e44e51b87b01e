package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/emne/emne/intake"
)

// markedAtOnce is how many mails one command marks: servers take lines of 8,000
// octets at least (RFC 2683 section 3.2.1.5).
const markedAtOnce = 500

// keepsKeyword asks a folder that was opened for writing whether new keywords
// last there (RFC 3501 section 7.1, PERMANENTFLAGS).
func (a Account) keepsKeyword(folder *imap.SelectData) error {
	if a.After != AfterKeyword || folder.PermanentFlags == nil {
		return nil
	}
	for _, flag := range folder.PermanentFlags {
		if flag == imap.FlagWildcard || strings.EqualFold(string(flag), a.Keyword) {
			return nil
		}
	}
	return trouble(ReasonKeyword, nil, "the server keeps no keywords in this folder: set after to flag, move or none")
}

// waiting reads what an earlier connection, or process, left to be marked. What
// nobody wants marked any more is forgotten.
func (s *session) waiting(ctx context.Context) error {
	m := s.m
	uids, err := m.recorder.MailsToMark(ctx, m.account.Name, s.start.UIDValidity)
	if err == nil && m.account.After == AfterNone && len(uids) > 0 {
		err = m.recorder.MailsMarked(ctx, actor(), m.account.Name, s.start.UIDValidity, uids)
		uids = nil
	}
	if err != nil {
		return trouble(ReasonStore, err, "the store does not work: %v", err)
	}
	m.waiting = uids
	return nil
}

// mark does on the server what is asked for with the mails that are committed,
// and has it noted. A refusal is told and tried again with the next mail; it
// never stops the reading. What lies beyond the bound waits in the store for the
// next connection.
func (s *session) mark(ctx context.Context) error {
	m := s.m
	slices.Sort(m.waiting)
	m.waiting = slices.Compact(m.waiting)
	m.waiting = m.waiting[:min(len(m.waiting), intake.MaxToMark)]
	for len(m.waiting) > 0 && !m.unable {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		uids := m.waiting[:min(len(m.waiting), s.atOnce())]
		err := m.account.markTrouble(s.markAll(uids))
		if onlyMarking(reasonOf(err)) {
			// Some servers refuse all of them for one that somebody has taken away.
			switch gone, err := s.gone(uids); {
			case err != nil:
				return err
			case len(gone) > 0:
				if err := s.noteMarked(ctx, gone); err != nil {
					return err
				}
				m.waiting = slices.DeleteFunc(m.waiting, func(uid uint32) bool { return slices.Contains(gone, uid) })
				continue
			}
			m.unable = reasonOf(err) == ReasonMove
			m.status.failed(err)
			m.log.Warn("mails are not marked on the server", "count", len(m.waiting), "error", err)
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.noteMarked(ctx, uids); err != nil {
			return err
		}
		m.waiting = m.waiting[len(uids):]
		m.status.marked()
	}
	return nil
}

// markTrouble words that the server does not mark.
func (a Account) markTrouble(err error) error {
	refused, is := errors.AsType[*imap.Error](err)
	if _, told := errors.AsType[*Trouble](err); told || !is {
		return err
	}
	if a.After == AfterMove {
		return a.folderTrouble(ReasonMoveTo, a.MoveTo, err)
	}
	return trouble(ReasonKeyword, err, "the server does not let mails be marked in this folder: %s", saidBy(refused))
}

func (s *session) noteMarked(ctx context.Context, uids []uint32) error {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	if err := s.m.recorder.MailsMarked(record, actor(), s.m.account.Name, s.start.UIDValidity, uids); err != nil {
		return trouble(ReasonStore, err, "the store does not work: %v", err)
	}
	return nil
}

// gone are those of some mails that no longer lie in the folder; none when the
// server does not say.
func (s *session) gone(uids []uint32) ([]uint32, error) {
	var found *imap.SearchData
	err := s.link.do(func() (err error) {
		found, err = s.link.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{setOf(uids)}}, nil).Wait()
		return err
	})
	if err != nil {
		if isRefusal(err) {
			return nil, nil
		}
		return nil, err
	}
	there := found.AllUIDs()
	return slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return slices.Contains(there, imap.UID(uid)) }), nil
}

// atOnce is how many mails are marked together.
func (s *session) atOnce() int {
	if s.m.account.After == AfterMove && !s.link.caps.Has(imap.CapMove) {
		return copiedAtOnce
	}
	return markedAtOnce
}

func (s *session) markAll(uids []uint32) error {
	switch s.m.account.After {
	case AfterKeyword:
		return s.flag(setOf(uids), imap.Flag(s.m.account.Keyword))
	case AfterFlag:
		return s.flag(setOf(uids), imap.FlagFlagged)
	}
	return s.move(uids)
}

func setOf(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

func (s *session) flag(set imap.UIDSet, flag imap.Flag) error {
	return s.link.do(func() error {
		return s.link.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}
