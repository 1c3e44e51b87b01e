package mailbox

import (
	"math/rand/v2"
	"time"
)

// slowest is the least pause after a refused password: providers lock accounts
// that try too often.
const slowest = time.Minute

// retry is the pause between two connections: it doubles, with up to a half of
// it at random, so that many mailboxes do not come back at once.
type retry struct {
	min, max time.Duration
	now      time.Duration
}

func (r *retry) reset() { r.now = 0 }

func (r *retry) next(reason string) time.Duration {
	r.now = min(max(2*r.now, r.min), r.max)
	if reason == ReasonPassword || reason == ReasonSignIn {
		r.now = max(r.now, min(slowest, r.max))
	}
	return r.now - time.Duration(rand.Int64N(int64(r.now/2)+1))
}
