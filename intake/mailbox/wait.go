package mailbox

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
)

func (s *session) idles() bool {
	return s.m.account.Idle && !s.noIdle && s.link.caps.Has(imap.CapIdle)
}

// wait ends when the server speaks of new mail, when the schedule says so, or
// when a command is due to keep the connection alive.
func (s *session) wait(ctx context.Context) error {
	m := s.m
	now := m.clock()
	until := m.idle
	if next := m.schedule.Next(now); !next.IsZero() {
		until = min(until, max(next.Sub(now), 0))
	}
	if next, is := m.suspects.next(); is {
		until = min(until, max(next.Sub(now), 0))
	}
	timer := time.NewTimer(until)
	defer timer.Stop()
	told, err := s.listen(ctx, timer.C)
	if err != nil || told {
		return err
	}
	return s.link.do(func() error { return s.link.client.Noop().Wait() })
}

// listen waits for the server's word, for the time, or for the end. While it
// waits the server owes nothing, and silence is no fault.
func (s *session) listen(ctx context.Context, timer <-chan time.Time) (told bool, err error) {
	l := s.link
	if s.idles() {
		end, err := s.startIdle()
		if isRefusal(err) {
			s.noIdle = true
			s.m.log.Warn("the server refuses IDLE: new mail is looked for on schedule alone", "error", err)
			return false, nil
		}
		if err != nil {
			return false, err
		}
		s.m.status.idling(true)
		defer s.m.status.idling(false)
		defer func() {
			if failed := end(); err == nil {
				err = failed
			}
		}()
	}
	select {
	case <-l.wake:
		return true, nil
	case <-s.m.woken:
		return true, nil
	case <-timer:
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	case <-l.client.Closed():
		return false, trouble(ReasonBroken, nil, "the server closed the connection")
	}
}

// startIdle begins an IDLE; end says DONE and waits for its answer.
func (s *session) startIdle() (end func() error, err error) {
	l := s.link
	var stop func() error
	err = l.do(func() error {
		idle, err := l.client.Idle()
		if err != nil {
			return err
		}
		stop = func() error {
			if err := idle.Close(); err != nil {
				return err
			}
			return idle.Wait()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return func() error { return l.do(stop) }, nil
}
