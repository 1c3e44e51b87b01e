package mail

import (
	"errors"
	"net"
	"time"
)

// maxAnswers bounds what a server may say in one session, in bytes.
const maxAnswers = 1 << 20

var errTalkative = errors.New("the server says too much")

// wire is the connection below TLS. go-smtp sets waits of its own, some of five
// minutes and none while it sends the text; no wait on a wire is longer than
// limit. All but Close belongs to one goroutine.
type wire struct {
	net.Conn
	limit time.Duration
	read  int
	// ending is set before the final dot is written; from then on answering
	// says that the answer was being read, and cut that writing failed before
	// that: the server cannot have seen the dot.
	ending, answering, cut bool
}

func (w *wire) within(t time.Time) time.Time {
	if end := time.Now().Add(w.limit); t.IsZero() || t.After(end) {
		return end
	}
	return t
}

func (w *wire) SetDeadline(t time.Time) error      { return w.Conn.SetDeadline(w.within(t)) }
func (w *wire) SetReadDeadline(t time.Time) error  { return w.Conn.SetReadDeadline(w.within(t)) }
func (w *wire) SetWriteDeadline(t time.Time) error { return w.Conn.SetWriteDeadline(w.within(t)) }

func (w *wire) Read(b []byte) (int, error) {
	if w.ending {
		w.answering = true
	}
	if w.read > maxAnswers {
		return 0, errTalkative
	}
	n, err := w.Conn.Read(b)
	w.read += n
	return n, err
}

func (w *wire) Write(b []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(w.limit)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Write(b)
	if err != nil && !w.answering {
		w.cut = true
	}
	return n, err
}
