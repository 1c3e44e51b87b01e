package mailbox

import (
	"time"

	"github.com/emersion/go-imap/v2"
)

// countBacklog counts what is left of the mail that lay there at the first
// contact. Where the server does not count, no progress is shown.
func (s *session) countBacklog() error {
	if s.saved >= s.start.Backlog {
		return nil
	}
	var left imap.UIDSet
	left.AddRange(imap.UID(s.saved+1), imap.UID(s.start.Backlog))
	var found *imap.SearchData
	err := s.link.do(func() (err error) {
		found, err = s.link.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{left}}, nil).Wait()
		return err
	})
	if isRefusal(err) {
		s.m.log.Warn("the server does not count the mails", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	s.m.status.backlog(int64(len(found.AllUIDs())), s.m.clock())
	return nil
}

// passed counts a mail of the backlog.
func (s *session) passed(uid uint32) {
	if uid <= s.start.Backlog {
		s.m.status.passed(s.m.clock())
	}
}

// backlog says how many mails of the backlog are left; those that were counted
// before stay counted.
func (s *status) backlog(left int64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.began.IsZero() {
		s.began = now
	}
	s.now.Backfill.Total = s.now.Backfill.Done + left
}

func (s *status) passed(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s.now.Backfill
	if b.Done >= b.Total {
		return
	}
	b.Done++
	if took := now.Sub(s.began).Seconds(); took > 0 {
		b.Rate = float64(b.Done) / took
	}
}
