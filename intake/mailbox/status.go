package mailbox

import (
	"sync"
	"time"
)

// Status is how a mailbox does.
type Status struct {
	Name string
	// Connected says that the folder is open; Idle that the server tells of new mail.
	Connected, Idle bool
	// LastSuccess is when the folder was last read to its end.
	LastSuccess time.Time
	// Lag is how long after its arrival at the server the last mail was committed
	// that came after the first contact.
	Lag time.Duration
	// Received counts the mails committed by this process, Quarantined those
	// that could not be had.
	Received, Quarantined int64
	// Backfill is how far the mail is that lay there at the first contact.
	Backfill Progress
	// LastError is what was last wrong, in plain words; empty when nothing is
	// wrong any more.
	LastError string
	// Reason is its stable key.
	Reason string
}

// Progress is how far something is: Done of Total mails, those that are passed
// over included, at Rate mails a second.
type Progress struct {
	Done, Total int64
	Rate        float64
}

type status struct {
	// began is when the counting of the backfill did.
	began time.Time

	mu  sync.Mutex
	now Status
}

// Status tells how the mailbox does now.
func (m *Mailbox) Status() Status {
	m.status.mu.Lock()
	defer m.status.mu.Unlock()
	return m.status.now
}

func (s *status) change(f func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.now)
}

func (s *status) connected() { s.change(func(n *Status) { n.Connected = true }) }

func (s *status) disconnected() { s.change(func(n *Status) { n.Connected, n.Idle = false, false }) }

func (s *status) idling(is bool) { s.change(func(n *Status) { n.Idle = is }) }

func (s *status) succeeded(at time.Time) {
	s.change(func(n *Status) {
		n.LastSuccess = at
		if !onlyMarking(n.Reason) {
			n.LastError, n.Reason = "", ""
		}
	})
}

func (s *status) failed(err error) {
	s.change(func(n *Status) { n.LastError, n.Reason = err.Error(), reasonOf(err) })
}

func (s *status) marked() {
	s.change(func(n *Status) {
		if onlyMarking(n.Reason) {
			n.LastError, n.Reason = "", ""
		}
	})
}

// received counts a mail; what lay there at the first contact is late by its nature.
func (s *status) received(lag time.Duration, fresh bool) {
	s.change(func(n *Status) {
		n.Received++
		if fresh {
			n.Lag = max(lag, 0)
		}
	})
}

func (s *status) quarantined() { s.change(func(n *Status) { n.Quarantined++ }) }
