package year

import (
	"sync"
	"time"
)

// tick is what the clock gains each time it is read, so that no two records
// of the year have the same moment.
const tick = time.Millisecond

// Clock is the house's clock: simulated until Release, then the machine's.
type Clock struct {
	mu       sync.Mutex
	at       time.Time
	released bool
}

// NewClock stands at a moment.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return time.Now()
	}
	c.at = c.at.Add(tick)
	return c.at
}

// advance moves the clock forward, never back.
func (c *Clock) advance(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.at) {
		c.at = to
	}
}

// Release makes it tell the machine's time from now on.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.released = true
}
