package mailbox

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/emne/emne/intake"
)

// The waits and bounds; Options can shorten the first four.
const (
	// defaultStall is how long the server may be silent while it owes an answer.
	defaultStall = 30 * time.Second
	// defaultIdle is how long one IDLE lasts: some servers and routers forget
	// connections after five minutes.
	defaultIdle     = 4*time.Minute + 30*time.Second
	defaultRetryMin = time.Second
	defaultRetryMax = 5 * time.Minute
	// recordTime bounds the recording of one mail.
	recordTime = 2 * time.Minute
	// maxFailures on one UID, then it is quarantined.
	maxFailures = 3
)

// Options are what a Mailbox needs of the outside.
type Options struct {
	Account  Account
	Recorder intake.MailRecorder
	Parse    intake.Parser
	// Spool takes large mails; without it they are held in memory.
	Spool *intake.Spool
	// Consent is asked about people's own mailboxes.
	Consent Consent
	// Clock tells the time; time.Now when nil.
	Clock func() time.Time
	// Logger is silent when nil.
	Logger *slog.Logger

	// Stall, Idle, RetryMin and RetryMax replace the defaults when positive.
	Stall, Idle, RetryMin, RetryMax time.Duration
	// MaxSize is the size in octets from which a mail is quarantined instead of
	// read; 100 MiB when 0.
	MaxSize int64
}

// Mailbox reads one account.
type Mailbox struct {
	account  Account
	recorder intake.MailRecorder
	parse    intake.Parser
	spool    *intake.Spool
	schedule cron.Schedule
	consents Consent
	woken    chan struct{}
	clock    func() time.Time
	log      *slog.Logger

	stall, idle, retryMin, retryMax time.Duration
	maxSize                         int64

	status status

	// What follows belongs to Run and is kept from one connection to the next.

	// suspects are mails that did not come, unrecorded counts the failures to
	// record single ones, both under validity.
	suspects   *suspects
	unrecorded map[uint32]int
	validity   uint32
	// waiting are the mails that are committed and not yet marked on the server.
	waiting []uint32
	unable  bool // the server cannot do what is asked for afterwards
}

// New checks the account; it does not connect.
func New(o Options) (*Mailbox, error) {
	account, err := o.Account.complete()
	if err != nil {
		return nil, err
	}
	schedule, err := account.schedule()
	if err != nil {
		return nil, err
	}
	if o.Recorder == nil || o.Parse == nil {
		return nil, errors.New("a mailbox needs a recorder and a parser")
	}
	if account.User != "" && o.Consent == nil {
		return nil, errors.New("somebody's own mailbox needs the consent")
	}
	m := &Mailbox{account: account, consents: o.Consent, woken: make(chan struct{}, 1), recorder: o.Recorder, parse: o.Parse, spool: o.Spool, schedule: schedule, clock: o.Clock, log: o.Logger,
		stall: or(o.Stall, defaultStall), idle: or(o.Idle, defaultIdle), retryMin: or(o.RetryMin, defaultRetryMin), retryMax: or(o.RetryMax, defaultRetryMax),
		maxSize: or(o.MaxSize, 100<<20)}
	if m.clock == nil {
		m.clock = time.Now
	}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	m.log = m.log.With("mailbox", account.Name)
	m.status.now.Name = account.Name
	return m, nil
}

func or[T int64 | time.Duration](value, otherwise T) T {
	if value > 0 {
		return value
	}
	return otherwise
}

// Run reads the mailbox until ctx ends. It is called once.
func (m *Mailbox) Run(ctx context.Context) error {
	pause := retry{min: m.retryMin, max: m.retryMax}
	for {
		caughtUp, err := m.connection(ctx)
		m.status.disconnected()
		if ctx.Err() != nil {
			return nil
		}
		if caughtUp {
			pause.reset()
		}
		wait := pause.next(reasonOf(err))
		if reasonOf(err) == ReasonClosed {
			wait = closedTime
		} else {
			m.log.Warn("mailbox is not read", "error", err, "retry_in", wait.Round(time.Millisecond))
		}
		m.status.failed(err)
		m.pause(ctx, wait, &pause)
	}
}

// connection is one connection from its beginning to its end. caughtUp says
// that it worked: everything was read at least once.
func (m *Mailbox) connection(ctx context.Context) (caughtUp bool, err error) {
	since, err := m.consent(ctx)
	if err != nil {
		return false, err
	}
	l, err := connect(ctx, m.account, m.stall)
	if err != nil {
		return false, err
	}
	defer l.close()
	release := context.AfterFunc(ctx, l.cut)
	defer release()
	s := &session{m: m, link: l, since: since}
	if err := s.open(ctx); err != nil {
		return false, err
	}
	m.status.connected()
	m.log.Info("mailbox is read", "folder", m.account.Folder, "cursor", s.saved, "idle", s.idles())
	for {
		if err := s.catchUp(ctx); err != nil {
			return caughtUp, err
		}
		caughtUp = true
		m.status.succeeded(m.clock())
		if err := s.wait(ctx); err != nil {
			return caughtUp, err
		}
	}
}
