package webform

import (
	"net/netip"
	"sync"
	"time"
)

// maxSenders bounds the addresses that are counted at once.
const maxSenders = 50_000

type sender struct{ source, address string }

type tally struct {
	since time.Time
	count int
}

// caps counts submissions by source and network address, hour by hour.
type caps struct {
	clock func() time.Time
	mu    sync.Mutex
	seen  map[sender]tally
}

func newCaps(clock func() time.Time) *caps {
	return &caps{clock: clock, seen: map[sender]tally{}}
}

// take counts one and says how long the sender must wait, 0 for not at all.
func (c *caps) take(source, address string, most int) time.Duration {
	if most <= 0 {
		return 0
	}
	now, who := c.clock(), sender{source, network(address)}
	c.mu.Lock()
	defer c.mu.Unlock()
	t, known := c.seen[who]
	if !known || now.Sub(t.since) >= time.Hour {
		if !known && len(c.seen) >= maxSenders {
			c.forget(now)
		}
		t = tally{since: now}
	}
	if t.count >= most {
		return t.since.Add(time.Hour).Sub(now)
	}
	t.count++
	c.seen[who] = t
	return 0
}

// forget drops what is over, or else everything: a flood of addresses must not
// fill the memory.
func (c *caps) forget(now time.Time) {
	for who, t := range c.seen {
		if now.Sub(t.since) >= time.Hour {
			delete(c.seen, who)
		}
	}
	if len(c.seen) >= maxSenders {
		clear(c.seen)
	}
}

// network is the address, or the /64 of an IPv6 one, which one visitor owns.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // 64 bits are always to be had
		return p.String()
	}
	return a.String()
}
