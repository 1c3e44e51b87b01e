package postoffice

import (
	"errors"
	"net"
	"sync"
)

// maxConnections bounds the open connections of an office; more are closed at once.
const maxConnections = 2000

// connections knows every listener and connection of an office, so that they
// can all be ended.
type connections struct {
	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]struct{}
	open      map[net.Conn]struct{}
}

func newConnections() *connections {
	return &connections{listeners: make(map[net.Listener]struct{}), open: make(map[net.Conn]struct{})}
}

// listen returns l with its connections counted.
func (c *connections) listen(l net.Listener) (net.Listener, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	c.listeners[l] = struct{}{}
	return &countedListener{Listener: l, all: c}, nil
}

// close ends everything that is open and refuses what comes later.
func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for l := range c.listeners {
		_ = l.Close() // its Serve is told by the error of Accept
	}
	for conn := range c.open {
		_ = conn.Close() // its session is told by the error of Read
	}
}

func (c *connections) add(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.open) >= maxConnections {
		return false
	}
	c.open[conn] = struct{}{}
	return true
}

func (c *connections) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

type countedListener struct {
	net.Listener
	all *connections
}

func (l *countedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.all.add(conn) {
			return &countedConn{Conn: conn, all: l.all}, nil
		}
		if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return nil, err
		}
	}
}

type countedConn struct {
	net.Conn
	all *connections
}

func (c *countedConn) Close() error {
	c.all.remove(c.Conn)
	return c.Conn.Close()
}
