package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/message"
)

func TestMain(m *testing.M) {
	// The proxy that faults the network leaves links behind that it broke.
	const theirs = "github.com/Shopify/toxiproxy/v2"
	var ignored []goleak.Option
	for _, name := range []string{"/toxics.(*ToxicStub).Run", ".(*ToxicLink).read", ".(*ToxicLink).write", ".(*ToxicCollection).AddToxicJson", ".(*ToxicCollection).RemoveLink"} {
		ignored = append(ignored, goleak.IgnoreAnyFunction(theirs+name))
	}
	goleak.VerifyTestMain(m, ignored...)
}

const patience = time.Minute

// recorder keeps in memory what the process keeps in the store, and checks that
// the cursor never passes a mail that is not recorded.
type recorder struct {
	t *testing.T

	mu      sync.Mutex
	starts  map[uint32]intake.MailboxStart
	first   *intake.MailboxStart
	seen    map[intake.MailboxUID]bool
	mails   []intake.Mail // without repetitions of content
	calls   int
	changed chan struct{} // closed and renewed at every change
	// refuse makes a recording fail.
	refuse func(m intake.Mail) error
	// down makes everything fail.
	down bool
	// toMark are the mails that wait to be marked.
	toMark map[intake.MailboxUID]bool
	// gaps lets UIDs be missing below the cursor.
	gaps bool
}

func newRecorder(t *testing.T) *recorder {
	return &recorder{t: t, starts: map[uint32]intake.MailboxStart{}, seen: map[intake.MailboxUID]bool{}, toMark: map[intake.MailboxUID]bool{}, changed: make(chan struct{})}
}

func (r *recorder) change() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) StartMailbox(_ context.Context, _ intake.Actor, b intake.MailboxStart) (intake.MailboxStart, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	if r.down {
		return b, errNoRoom
	}
	if known, is := r.starts[b.UIDValidity]; is {
		return known, nil
	}
	if r.first == nil {
		r.first = &b
	} else {
		b.UID, b.Since = 0, r.first.Since
	}
	r.starts[b.UIDValidity] = b
	return b, nil
}

func (r *recorder) PrepareMail(context.Context, intake.Actor, *intake.Mail) error { return nil }

func (r *recorder) ReceiveMails(ctx context.Context, _ intake.Actor, ms []intake.Mail) ([]intake.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	r.calls += len(ms)
	for _, m := range ms {
		if r.down {
			return nil, errNoRoom
		}
		if r.refuse != nil {
			if err := r.refuse(m); err != nil {
				return nil, err
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	receipts := make([]intake.Receipt, len(ms))
	for i, m := range ms {
		receipts[i].Repeated = !r.receive(m)
	}
	return receipts, nil
}

// receive keeps a mail, and reports whether its UID is new.
func (r *recorder) receive(m intake.Mail) bool {
	if m.MarkLater {
		r.toMark[m.At] = true
	}
	fresh := !r.seen[m.At]
	r.seen[m.At] = true
	same := func(o intake.Mail) bool { return o.ContentHash == m.ContentHash && o.MessageID == m.MessageID }
	if fresh && !slices.ContainsFunc(r.mails, same) {
		r.mails = append(r.mails, m)
	}
	if m.CursorUpTo > 0 {
		r.moveCursor(intake.MailboxUID{Mailbox: m.At.Mailbox, UIDValidity: m.At.UIDValidity, UID: m.CursorUpTo})
	}
	return fresh
}

func (r *recorder) MoveCursor(_ context.Context, _ intake.Actor, to intake.MailboxUID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	if r.down {
		return errNoRoom
	}
	r.moveCursor(to)
	return nil
}

func (r *recorder) MailsToMark(_ context.Context, mailbox string, validity uint32) ([]uint32, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return nil, errNoRoom
	}
	var uids []uint32
	for at := range r.toMark {
		if at.Mailbox == mailbox && at.UIDValidity == validity {
			uids = append(uids, at.UID)
		}
	}
	slices.Sort(uids)
	return uids, nil
}

func (r *recorder) MailsMarked(_ context.Context, _ intake.Actor, mailbox string, validity uint32, uids []uint32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.change()
	if r.down {
		return errNoRoom
	}
	for _, uid := range uids {
		delete(r.toMark, intake.MailboxUID{Mailbox: mailbox, UIDValidity: validity, UID: uid})
	}
	return nil
}

func (r *recorder) moveCursor(to intake.MailboxUID) {
	b := r.starts[to.UIDValidity]
	for uid := max(b.UID, b.Backlog) + 1; uid <= to.UID && !r.gaps; uid++ {
		if !r.seen[intake.MailboxUID{Mailbox: to.Mailbox, UIDValidity: to.UIDValidity, UID: uid}] {
			r.t.Errorf("the cursor moved to %d, but %d is not recorded", to.UID, uid)
		}
	}
	b.UID = max(b.UID, to.UID)
	r.starts[to.UIDValidity] = b
}

// wait waits until the recorder's state is as it should be.
func (r *recorder) wait(what string, f func() bool) {
	r.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		r.mu.Lock()
		ok, changed := f(), r.changed
		n := len(r.mails)
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			r.t.Fatalf("%s did not come about; %d mails are recorded", what, n)
		}
	}
}

func (r *recorder) waitMails(n int) {
	r.t.Helper()
	r.wait(fmt.Sprintf("%d mails", n), func() bool { return len(r.mails) >= n })
}

func (r *recorder) subjects() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, m := range r.mails {
		all = append(all, m.Inquiry.Subject)
	}
	return all
}

// once checks that exactly the mails 0 to n-1 of letter are recorded, each once.
func (r *recorder) once(n int) {
	r.t.Helper()
	got := r.subjects()
	slices.Sort(got)
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("mail %04d", i))
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("%d mails are recorded, want %d, each once: %q", len(got), n, got)
	}
}

func letter(i int) []byte {
	return fmt.Appendf(nil, "From: Kari <kari%d@example.no>\r\nTo: sales@demo.example\r\nSubject: mail %04d\r\nMessage-ID: <%d@example.no>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\n\r\nHei, nummer %d.\r\n", i%7, i, i, i)
}

func account(s *mailboxtest.Server, change func(*Account)) Account {
	a := Account{Name: "sales", Address: "sales", Host: s.Host, Port: s.Port, TLS: TLSNone, Password: "secret", Poll: "@every 1h", Idle: true}
	if change != nil {
		change(&a)
	}
	return a
}

func parser() intake.Parser { return message.Parser(message.Options{Region: "NO"}) }

// run reads a mailbox until the test, or stop, ends it.
func run(t *testing.T, r *recorder, a Account, change func(*Options)) (m *Mailbox, stop func()) {
	t.Helper()
	o := Options{Account: a, Recorder: r, Parse: parser(), RetryMin: 5 * time.Millisecond, RetryMax: 100 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := m.Run(ctx); err != nil {
			t.Errorf("Run ended: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(stop)
	return m, stop
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

// status waits until the mailbox says so.
func waitStatus(t *testing.T, m *Mailbox, what string, f func(Status) bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !f(m.Status()) {
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("%s: the status stays %+v", what, m.Status())
		}
	}
}

func isIdle(s Status) bool { return s.Idle }

// proxy stands between the mailbox and its server and breaks things.
type proxy struct {
	t        *testing.T
	listener net.Listener
	to       string
	work     sync.WaitGroup

	mu sync.Mutex
	// after is how many bytes from the server pass before the first `cuts`
	// connections break.
	after, cuts int
	// frozen connections stay open and pass nothing on.
	frozen bool
	// poison breaks the connection on which it comes: as often as doses says,
	// always when that is negative.
	poison []byte
	doses  int
	// replace stands for by on the way from the server, in one piece.
	replace, by []byte
	conns       []net.Conn
	count       int
	// said is what the mailbox sent.
	said bytes.Buffer
}

// asked counts a command that the mailbox sent.
func (p *proxy) asked(command string) (n int) {
	p.set(func(p *proxy) { n = bytes.Count(p.said.Bytes(), []byte(" "+command+"\r\n")) })
	return n
}

// Write notes what the mailbox says.
func (p *proxy) Write(b []byte) (n int, err error) {
	p.set(func(p *proxy) { n, err = p.said.Write(b) })
	return n, err
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l, to: to}
	p.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.pass(c)
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.work.Wait()
	})
	return p
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

func (p *proxy) set(f func(*proxy)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p)
}

func (p *proxy) pass(c net.Conn) {
	s, err := net.Dial("tcp", p.to)
	if err != nil {
		c.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, c, s)
	p.count++
	left := -1
	if p.cuts > 0 {
		p.cuts--
		left = p.after
	}
	p.mu.Unlock()
	p.work.Go(func() {
		defer s.Close()
		_, _ = io.Copy(s, io.TeeReader(c, p))
	})
	p.work.Go(func() {
		defer c.Close()
		defer s.Close()
		b := make([]byte, 1024)
		var passed []byte
		for {
			n, err := s.Read(b)
			p.mu.Lock()
			frozen := p.frozen
			if len(p.poison) > 0 && p.doses != 0 {
				if passed = append(passed, b[:n]...); bytes.Contains(passed, p.poison) {
					n, left = 0, 0
					p.doses--
				}
			}
			if len(p.replace) > 0 {
				copy(b, bytes.ReplaceAll(b[:n], p.replace, p.by))
			}
			p.mu.Unlock()
			if left >= 0 {
				n = min(n, left)
				left -= n
			}
			if !frozen {
				if _, err := c.Write(b[:n]); err != nil {
					return
				}
			}
			if err != nil || left == 0 {
				return
			}
		}
	})
}

var errNoRoom = errors.New("no room")
