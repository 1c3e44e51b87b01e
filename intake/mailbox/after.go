package mailbox

import (
	"github.com/emersion/go-imap/v2"
)

// maxWaiting bounds the mails that wait to be marked; beyond it the oldest are
// left as they are.
const maxWaiting = 100_000

// mark does on the server what is asked for with the mails that are committed.
// A refusal is told and tried again with the next mail; it never stops the reading.
func (s *session) mark() error {
	m := s.m
	if m.account.After == AfterNone || m.unable {
		m.waiting = nil
	}
	if n := len(m.waiting); n > maxWaiting {
		m.waiting = m.waiting[n-maxWaiting:]
	}
	for len(m.waiting) > 0 {
		n := min(len(m.waiting), 1000)
		var set imap.UIDSet
		for _, uid := range m.waiting[:n] {
			set.AddNum(imap.UID(uid))
		}
		err := s.markAll(set)
		if isRefusal(err) || reasonOf(err) == ReasonMove {
			if reasonOf(err) == "" {
				err = m.account.folderTrouble(ReasonMoveTo, m.account.MoveTo, err)
			} else {
				m.unable = true
			}
			m.status.failed(err)
			m.log.Warn("mails are not marked on the server", "count", len(m.waiting), "error", err)
			return nil
		}
		if err != nil {
			return err
		}
		m.waiting = m.waiting[n:]
		m.status.marked()
	}
	return nil
}

func (s *session) markAll(set imap.UIDSet) error {
	switch s.m.account.After {
	case AfterKeyword:
		return s.flag(set, imap.Flag(s.m.account.Keyword))
	case AfterFlag:
		return s.flag(set, imap.FlagFlagged)
	}
	return s.move(set)
}

func (s *session) flag(set imap.UIDSet, flag imap.Flag) error {
	return s.link.do(func() error {
		return s.link.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	})
}

// move uses MOVE (RFC 6851), or copies and removes exactly the copied mails
// (UIDPLUS, RFC 4315), each step only after the one before it has worked. The
// library's own replacement does not wait.
func (s *session) move(set imap.UIDSet) error {
	client, to := s.link.client, s.m.account.MoveTo
	if s.link.caps.Has(imap.CapMove) {
		return s.link.do(func() error { _, err := client.Move(set, to).Wait(); return err })
	}
	if !s.link.canMove() {
		return trouble(ReasonMove, nil, "the server cannot move mails (neither MOVE nor UIDPLUS): set after to keyword or none")
	}
	if err := s.link.do(func() error { _, err := client.Copy(set, to).Wait(); return err }); err != nil {
		return err
	}
	if err := s.flag(set, imap.FlagDeleted); err != nil {
		return err
	}
	return s.link.do(func() error { return client.UIDExpunge(set).Close() })
}

func (l *link) canMove() bool { return l.caps.Has(imap.CapMove) || l.caps.Has(imap.CapUIDPlus) }
