package mailbox

import "time"

const (
	// maxRefused is how often a mail is not given on a sound connection before
	// it is quarantined.
	maxRefused = maxFailures
	// maxBroken is how often the connection breaks at a mail before the mail is
	// blamed for it. The tries lie further and further apart, more than a
	// quarter of an hour together: a bad network is over by then, or breaks
	// elsewhere too.
	maxBroken = 8
)

// suspects are the mails above the cursor that did not come when they were
// asked for, and those that are handled although one before them is missing.
type suspects struct {
	pause time.Duration
	found map[uint32]*suspect
	done  map[uint32]bool
}

type suspect struct {
	refused, broken int
	// next is when it is tried again.
	next time.Time
}

func newSuspects(pause time.Duration) *suspects {
	return &suspects{pause: pause, found: map[uint32]*suspect{}, done: map[uint32]bool{}}
}

func (s *suspects) has(uid uint32) bool { return s.found[uid] != nil }

// failed counts a failure; sound says that the connection is not to blame.
func (s *suspects) failed(uid uint32, sound bool, now time.Time) int {
	f := s.found[uid]
	if f == nil {
		f = &suspect{}
		s.found[uid] = f
	}
	if sound {
		f.refused++
		return f.refused + f.broken
	}
	f.broken++
	f.next = now
	if f.broken > 1 {
		f.next = now.Add(s.pause << (2 * (f.broken - 2)))
	}
	return f.refused + f.broken
}

func (s *suspects) isHopeless(uid uint32) bool {
	f := s.found[uid]
	return f != nil && (f.refused >= maxRefused || f.broken >= maxBroken)
}

func (s *suspects) handled(uids ...uint32) {
	for _, uid := range uids {
		s.done[uid] = true
		delete(s.found, uid)
	}
}

func (s *suspects) isHandled(uid uint32) bool { return s.done[uid] }

// forget drops what lies below the cursor or is gone from the folder.
func (s *suspects) forget(saved uint32, listed []entry) {
	for uid := range s.done {
		if uid <= saved {
			delete(s.done, uid)
		}
	}
	if len(s.found) == 0 {
		return
	}
	there := make(map[uint32]bool, len(listed))
	for _, e := range listed {
		there[e.uid] = true
	}
	for uid := range s.found {
		if !there[uid] {
			delete(s.found, uid)
		}
	}
}

// part gives the mails that never failed, and those that are tried again now.
func (s *suspects) part(listed []entry, now time.Time) (sound, again []entry) {
	for _, e := range listed {
		switch f := s.found[e.uid]; {
		case s.done[e.uid]:
		case f == nil:
			sound = append(sound, e)
		case s.isHopeless(e.uid) || !f.next.After(now):
			again = append(again, e)
		}
	}
	return sound, again
}

// next is when the first suspect is tried again.
func (s *suspects) next() (first time.Time, is bool) {
	for _, f := range s.found {
		if !is || f.next.Before(first) {
			first, is = f.next, true
		}
	}
	return first, is
}
