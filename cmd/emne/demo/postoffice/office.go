package postoffice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

const (
	// Password opens every mailbox.
	Password = "demo"
	// MaxMessage is the largest mail taken, in octets.
	MaxMessage = 50 << 20

	maxAccounts = 100_000
)

// ErrClosed is returned by an office that has been closed.
var ErrClosed = errors.New("post office is closed")

var errTooManyAccounts = errors.New("too many mailboxes in this office")

// Options says where an office keeps its mail and what it tells of its work.
type Options struct {
	// Dir keeps the mail; it is made when it is missing. With "" the mail lives
	// in memory.
	Dir string
	// Logger takes what goes wrong; nil is silent.
	Logger *slog.Logger
	// Now is the clock for dates and UIDVALIDITY; nil is time.Now.
	Now func() time.Time
}

// Office is a mail server. Its methods may be called by several goroutines.
type Office struct {
	dir    string // "" in memory
	log    *slog.Logger
	now    func() time.Time
	spools atomic.Uint64

	smtp  *smtp.Server
	imap  *imapserver.Server
	conns *connections

	mu       sync.Mutex
	accounts map[string]*account

	work    sync.WaitGroup // sessions and deliveries
	gate    sync.Mutex     // guards closed against work.Add
	closed  bool
	closing chan struct{}
}

// Open opens the office with the mail that Options.Dir has.
func Open(options Options) (*Office, error) {
	o := &Office{
		log:      options.Logger,
		now:      options.Now,
		conns:    newConnections(),
		accounts: make(map[string]*account),
		closing:  make(chan struct{}),
	}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	if o.now == nil {
		o.now = time.Now
	}
	if options.Dir != "" {
		o.dir = filepath.Join(options.Dir, "mailboxes")
		if err := o.load(); err != nil {
			return nil, fmt.Errorf("open post office: %w", err)
		}
	}
	o.smtp = newSMTPServer(o)
	o.imap = newIMAPServer(o)
	return o, nil
}

// ServeSMTP takes mail on l until Close, and then returns nil.
func (o *Office) ServeSMTP(l net.Listener) error { return o.serve(l, o.smtp.Serve) }

// ServeIMAP gives out mail on l until Close, and then returns nil.
func (o *Office) ServeIMAP(l net.Listener) error { return o.serve(l, o.imap.Serve) }

func (o *Office) serve(l net.Listener, serve func(net.Listener) error) error {
	counted, err := o.conns.listen(l)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	err = serve(counted)
	select {
	case <-o.closing:
		return nil
	default:
		return err
	}
}

// enter announces work that Close waits for; leave ends it.
func (o *Office) enter() error {
	o.gate.Lock()
	defer o.gate.Unlock()
	if o.closed {
		return ErrClosed
	}
	o.work.Add(1)
	return nil
}

func (o *Office) leave() { o.work.Done() }

// Close ends all connections and waits for what they were doing. When ctx ends
// first its error is returned.
func (o *Office) Close(ctx context.Context) error {
	o.gate.Lock()
	again := o.closed
	o.closed = true
	if !again {
		close(o.closing)
	}
	o.gate.Unlock()
	if again {
		return nil
	}

	o.conns.close()
	smtpErr := o.smtp.Shutdown(ctx)
	imapErr := o.imap.Close()
	for _, err := range []error{smtpErr, imapErr} {
		if err != nil && !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("close post office: %w", err)
		}
	}
	idle := make(chan struct{})
	go func() {
		o.work.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close post office: %w", ctx.Err())
	}
}

// account returns the account of a mailbox address, new or not.
func (o *Office) account(address string) (*account, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.accounts[address]; a != nil {
		return a, nil
	}
	if len(o.accounts) >= maxAccounts {
		return nil, errTooManyAccounts
	}
	a := &account{office: o, address: address, folders: make(map[string]*folder)}
	if o.dir != "" {
		a.dir = filepath.Join(o.dir, directoryName(address))
	}
	o.accounts[address] = a
	return a, nil
}
