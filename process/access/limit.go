package access

import (
	"net/netip"
	"sync"
	"time"

	"github.com/emne/emne/process"
)

// RetryAfter is when somebody who was refused as rate_limited may try again.
const RetryAfter = 30 * time.Second

// maxBuckets bounds the memory of a limiter.
const maxBuckets = 50_000

// limiter counts attempts in token buckets: burst at once, then one each
// interval.
type limiter struct {
	burst    float64
	interval time.Duration

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(burst int, interval time.Duration) *limiter {
	return &limiter{burst: float64(burst), interval: interval, buckets: map[string]bucket{}}
}

// take counts an attempt; it reports false when there is none left.
func (l *limiter) take(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[key]
	if !known {
		l.makeRoom(now)
		b = bucket{left: l.burst, at: now}
	}
	b = l.filled(b, now)
	allowed := b.left >= 1
	if allowed {
		b.left--
	}
	l.buckets[key] = b
	return allowed
}

// giveBack forgets one attempt.
func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, known := l.buckets[key]; known {
		b.left = min(l.burst, b.left+1)
		l.buckets[key] = b
	}
}

func (l *limiter) filled(b bucket, now time.Time) bucket {
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(l.burst, b.left+float64(passed)/float64(l.interval))
		b.at = now
	}
	return b
}

// makeRoom forgets buckets that are full again, or any when none is.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for key, b := range l.buckets {
		if l.filled(b, now).left >= l.burst {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) < maxBuckets {
			return
		}
		delete(l.buckets, key)
	}
}

// network is what attempts are counted by: an IPv4 address, or the /64 that an
// IPv6 subscriber has at least.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return prefix.String()
}

func rateLimited(reason, message string) error {
	return &process.Error{Code: process.CodeRateLimited, Reason: reason, Message: message}
}
