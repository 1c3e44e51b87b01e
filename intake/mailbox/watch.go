package mailbox

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// watched is a connection that breaks when the other side owes an answer and
// is silent for too long. The IMAP library's own read deadlines, which end
// between two responses, do not reach the network.
type watched struct {
	net.Conn

	mu       sync.Mutex
	patience time.Duration // 0 is endless
	stalled  bool
}

// expect sets how long a silence may last from now on; 0 is for ever.
func (c *watched) expect(patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.patience = patience
	c.extend()
}

// extend gives the next byte its deadline.
func (c *watched) extend() {
	var deadline time.Time
	if c.patience > 0 {
		deadline = time.Now().Add(c.patience)
	}
	_ = c.Conn.SetReadDeadline(deadline) // fails when the connection is closed: Read says so
}

func (c *watched) Read(b []byte) (int, error) {
	c.mu.Lock()
	if c.stalled { // the library tries again after a failure
		c.mu.Unlock()
		return 0, os.ErrDeadlineExceeded
	}
	c.extend()
	c.mu.Unlock()
	n, err := c.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.mu.Lock()
		c.stalled = true
		c.mu.Unlock()
	}
	return n, err
}

// SetReadDeadline does nothing: the deadlines are expect's.
func (c *watched) SetReadDeadline(time.Time) error { return nil }

// SetDeadline sets the one for writing alone.
func (c *watched) SetDeadline(t time.Time) error { return c.SetWriteDeadline(t) }

// wasSilent reports whether the connection broke for silence.
func (c *watched) wasSilent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stalled
}
