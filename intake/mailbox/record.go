package mailbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/emne/emne/intake"
)

const (
	// maxWaiting is how many mails lie between the connection and the store, and
	// waitingBytes how many octets they may be together; a larger one waits until
	// it is alone.
	maxWaiting   = 512
	waitingBytes = 16 << 20
	// maxTogether is how many mails are committed together: whoever else wants to
	// change something waits for them, some hundredths of a second.
	maxTogether = 256
	// gatherTime is how long those that are read wait for those that are not yet.
	gatherTime = 20 * time.Millisecond
)

// taking is the way of one list into the store: the mails are handed over as
// they come, parsed and prepared beside each other by a reader on every processor
// but one, and recorded by one recorder in the order in which they came, as many
// together as are ready.
type taking struct {
	s      *session
	prefix *prefix
	slots  *semaphore.Weighted
	bytes  *semaphore.Weighted
	unread chan *coming
	queue  chan *coming // the same ones, in order
	work   sync.WaitGroup
	// down is set when the store works for nobody.
	down atomic.Bool

	mu       sync.Mutex
	recorded []uint32
	failure  error
}

// coming is a mail on its way.
type coming struct {
	fetched
	weight int64
	// ready is closed when mail is parsed and prepared, or err says why not.
	ready chan struct{}
	mail  intake.Mail
	err   error
}

func newTaking(s *session, found []entry) *taking {
	return &taking{s: s, prefix: newPrefix(found), slots: semaphore.NewWeighted(maxWaiting), bytes: semaphore.NewWeighted(waitingBytes),
		unread: make(chan *coming, maxWaiting), queue: make(chan *coming, maxWaiting)}
}

// run starts the readers and the recorder; end waits for them.
func (t *taking) run(ctx context.Context) {
	for range min(max(1, runtime.GOMAXPROCS(0)-1), len(t.prefix.uids)) {
		t.work.Go(func() {
			for c := range t.unread {
				t.read(ctx, c)
			}
		})
	}
	t.work.Go(func() { t.record(ctx) })
}

func (t *taking) end() {
	close(t.unread)
	close(t.queue)
	t.work.Wait()
}

// hand gives a mail to the readers; it waits while there are too many.
func (t *taking) hand(ctx context.Context, f fetched) error {
	c := &coming{fetched: f, weight: min(int64(len(f.raw.Bytes())), waitingBytes), ready: make(chan struct{})}
	if err := t.slots.Acquire(ctx, 1); err != nil {
		return errors.Join(err, f.raw.Close())
	}
	if err := t.bytes.Acquire(ctx, c.weight); err != nil {
		t.slots.Release(1)
		return errors.Join(err, f.raw.Close())
	}
	t.queue <- c // neither has more mails than there are slots
	t.unread <- c
	return nil
}

func (t *taking) read(ctx context.Context, c *coming) {
	defer close(c.ready)
	if t.down.Load() {
		c.err = errDown
		return
	}
	at := t.s.start.MailboxUID
	at.UID = c.uid
	c.mail = t.s.m.parse(c.raw, at, c.arrived)
	if c.cut {
		c.mail.Unreadable = unreadableTooLarge
	}
	t.complete(&c.mail)
	if c.err = t.prepare(ctx, &c.mail); c.err == nil && !c.raw.Spooled() {
		c.raw = intake.Raw{} // the store has its own form of it
	}
}

// complete adds what the account says of its mails.
func (t *taking) complete(m *intake.Mail) {
	m.Own = t.s.m.account.own()
	m.MarkLater = t.s.m.account.After != AfterNone && m.Unreadable != unreadableFetch
}

func (t *taking) prepare(ctx context.Context, m *intake.Mail) error {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	return t.s.m.recorder.PrepareMail(record, actor(), m)
}

// record commits what is ready, until no more comes.
func (t *taking) record(ctx context.Context) {
	var next *coming
	for {
		if next == nil {
			if next = <-t.queue; next == nil {
				return
			}
		}
		var ready []*coming
		ready, next = t.gather(next)
		t.settle(ctx, ready)
		for _, c := range ready {
			if err := c.raw.Close(); err != nil {
				t.s.m.log.Warn("a spooled mail was not put away", "uid", c.uid, "error", err)
			}
			t.bytes.Release(c.weight)
			t.slots.Release(1)
		}
	}
}

// gather waits for the first mail, and a little for those that come after it:
// many together are cheaper. next is the one that was not waited for any longer.
func (t *taking) gather(first *coming) (ready []*coming, next *coming) {
	<-first.ready // it is being read, which is bounded
	ready = []*coming{first}
	patience := time.NewTimer(gatherTime)
	defer patience.Stop()
	for len(ready) < maxTogether {
		select {
		case next = <-t.queue:
		default:
		}
		if next == nil {
			break
		}
		select {
		case <-next.ready:
			ready, next = append(ready, next), nil
		case <-patience.C:
			return ready, next
		}
	}
	return ready, nil
}

// errDown is why a mail is left for another time.
var errDown = errors.New("the store works for nobody")

// settle commits mails at once or, when that fails, each by itself. Once the
// store works for nobody, the others are left for another time.
func (t *taking) settle(ctx context.Context, batch []*coming) {
	mails := make([]intake.Mail, 0, len(batch))
	for _, c := range batch {
		if c.err == nil {
			mails = append(mails, c.mail)
		}
	}
	done := false
	if !t.down.Load() && len(mails) > 1 {
		err := t.commit(ctx, mails)
		if done = err == nil; !done {
			t.s.m.log.Warn("mails could not be recorded together, each is by itself", "mails", len(mails), "error", err)
		}
	}
	for _, c := range batch {
		switch {
		case done && c.err == nil:
			t.note(c.uid, nil)
		case !t.down.Load():
			err := t.one(ctx, c)
			t.note(c.uid, err)
			t.down.Store(err != nil && !t.storeWorks(ctx))
		}
	}
}

// one commits one mail. What fails three times while the store works for
// others is the mail's own fault: it is quarantined.
func (t *taking) one(ctx context.Context, c *coming) error {
	uid, err := c.uid, c.err
	if err == nil {
		err = t.commit(ctx, []intake.Mail{c.mail})
	}
	if err != nil && t.fail(uid) >= maxFailures && t.storeWorks(ctx) {
		if err = t.alone(ctx, c.mail); err != nil && t.alone(ctx, unread(c.mail, unreadableUnrecorded, c.mail.Raw)) == nil {
			t.s.m.log.Error("a mail was quarantined: it cannot be recorded", "uid", uid, "error", err)
			t.s.m.status.quarantined()
			err = nil
		}
	}
	return err
}

// alone prepares and commits one mail.
func (t *taking) alone(ctx context.Context, mail intake.Mail) error {
	t.complete(&mail)
	if err := t.prepare(ctx, &mail); err != nil {
		return err
	}
	return t.commit(ctx, []intake.Mail{mail})
}

// commit records mails, and moves the cursor as far as there is no gap.
func (t *taking) commit(ctx context.Context, mails []intake.Mail) error {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	for i := range mails {
		mails[i].CursorUpTo = 0
	}
	mails[len(mails)-1].CursorUpTo = t.prefix.with(mails)
	if _, err := t.s.m.recorder.ReceiveMails(record, actor(), mails); err != nil {
		return err
	}
	for i := range mails {
		t.prefix.finish(mails[i].At.UID)
		t.s.passed(mails[i].At.UID)
		t.s.m.status.received(t.s.m.clock().Sub(mails[i].ReceivedAt), mails[i].At.UID > t.s.start.Backlog)
	}
	return nil
}

// storeWorks tries a change that changes nothing.
func (t *taking) storeWorks(ctx context.Context) bool {
	record, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	return t.s.m.recorder.MoveCursor(record, actor(), t.s.start.MailboxUID) == nil
}

// note keeps what became of a mail.
func (t *taking) note(uid uint32, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failure = errors.Join(t.failure, fmt.Errorf("mail %d: %w", uid, err))
		return
	}
	t.recorded = append(t.recorded, uid)
}

func (t *taking) broken() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure
}

// fail counts a failure to record one mail.
func (t *taking) fail(uid uint32) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.s.m.unrecorded[uid]++
	return t.s.m.unrecorded[uid]
}
