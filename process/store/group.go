package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/emne/emne/process"
)

const (
	// maxGroup is how many transactions share one commit at most.
	maxGroup = 256
	// groupTime is how long a group takes further ones in.
	groupTime = 50 * time.Millisecond
)

var errClosed = errors.New("the store is closed")

// groupWriter commits the transactions of many callers together: on SQLite a
// commit costs a flush of the disk, whatever is in it. Its goroutine alone
// decides whose turn it is; the function itself runs in its caller's
// goroutine, so that a panic is the caller's.
type groupWriter struct {
	db    *DB
	queue chan *turn
	quit  chan struct{}
	done  chan struct{}
	over  atomic.Bool
}

// turn is one caller's place in the queue.
type turn struct {
	// taken is set by whoever decides first: the writer to run it, or the
	// caller to go away.
	taken  atomic.Bool
	begin  chan *txn
	ran    chan error
	answer chan error
}

func startGroupWriter(db *DB) *groupWriter {
	w := &groupWriter{db: db, queue: make(chan *turn, maxGroup), quit: make(chan struct{}), done: make(chan struct{})}
	go w.loop()
	return w
}

// stop refuses new transactions and waits for the ones that are queued.
func (w *groupWriter) stop() error {
	if w.over.CompareAndSwap(false, true) {
		close(w.quit)
	}
	<-w.done
	return nil
}

func (w *groupWriter) inTx(ctx context.Context, f func(process.Tx) error) error {
	r := &turn{begin: make(chan *txn, 1), ran: make(chan error, 1), answer: make(chan error, 1)}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting to write: %w", err)
	}
	select {
	case <-w.quit:
		return errClosed
	case <-ctx.Done():
		return fmt.Errorf("waiting to write: %w", ctx.Err())
	case w.queue <- r:
	}
	var t *txn
	select {
	case t = <-r.begin:
	case err := <-r.answer:
		return err
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return fmt.Errorf("waiting to write: %w", ctx.Err())
		}
		select {
		case t = <-r.begin:
		case err := <-r.answer:
			return err
		}
	case <-w.done:
		select {
		case err := <-r.answer:
			return err
		default:
			return errClosed
		}
	}
	return r.run(t, f)
}

var errPanicked = errors.New("the transaction's function did not return")

// run calls f and waits for the group's outcome. When f panics or ends its
// goroutine, its part is rolled back first and then the unwinding goes on.
func (r *turn) run(t *txn, f func(process.Tx) error) error {
	returned := false
	defer func() {
		if !returned {
			r.ran <- errPanicked
			<-r.answer
		}
	}()
	err := f(t)
	if err == nil {
		err = t.writeActivities()
	}
	if err == nil {
		err = t.broken
	}
	returned = true
	r.ran <- err
	return <-r.answer
}

func (w *groupWriter) loop() {
	defer close(w.done)
	for {
		select {
		case r := <-w.queue:
			w.group(r)
		case <-w.quit:
			for {
				select {
				case r := <-w.queue:
					w.group(r)
				default:
					return
				}
			}
		}
	}
}

// group runs first and what else is waiting in one transaction of the engine.
func (w *groupWriter) group(first *turn) {
	if !first.taken.CompareAndSwap(false, true) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*statementTime)
	defer cancel()
	conn, err := w.db.writer.Conn(ctx)
	if err != nil {
		first.answer <- fmt.Errorf("waiting to write: %w", err)
		return
	}
	defer conn.Close()
	// Without a deadline of its own: database/sql would roll back in the middle
	// of a part, whose further statements would then stand for themselves. The
	// busy timeout bounds the wait for the lock.
	tx, err := conn.BeginTx(context.Background(), nil)
	if err != nil {
		first.answer <- fmt.Errorf("beginning to write: %w", err)
		return
	}
	// Everyone whose part stands waits for the commit.
	var stand []*turn
	end := txn{ctx: ctx, db: w.db, sql: tx, conn: conn, direct: &statement{conn}, write: true}
	fail := func(err error) {
		tx.Rollback()
		for _, r := range stand {
			r.answer <- err
		}
	}
	started := time.Now()
	for r, n := first, 0; r != nil; r = w.next(n, started) {
		n++
		t, err, fatal := w.part(end.direct, tx, r)
		switch {
		case fatal != nil:
			r.answer <- fatal
			fail(fmt.Errorf("a neighbour in the same commit broke it: %w", fatal))
			return
		case err != nil:
			r.answer <- err
		default:
			stand = append(stand, r)
			end.audits = append(end.audits, t.audits...)
			end.jobs = append(end.jobs, t.jobs...)
		}
	}
	if len(stand) == 0 {
		tx.Rollback()
		return
	}
	if err := end.finish(); err != nil {
		fail(err)
		return
	}
	if err := tx.Commit(); err != nil {
		fail(fmt.Errorf("committing: %w", err))
		return
	}
	for _, r := range stand {
		r.answer <- nil
	}
}

// next is the next one that waits now, nil when nobody does or the group is full.
func (w *groupWriter) next(n int, started time.Time) *turn {
	for n < maxGroup && time.Since(started) < groupTime {
		select {
		case r := <-w.queue:
			if r.taken.CompareAndSwap(false, true) {
				return r
			}
		default:
			return nil
		}
	}
	return nil
}

// part runs one caller's function inside a savepoint. err is its own failure,
// which leaves no trace; fatal is one that the whole group shares, because the
// engine may have rolled all of it back.
func (w *groupWriter) part(on *statement, tx *sql.Tx, r *turn) (t *txn, err, fatal error) {
	if _, err := on.exec("SAVEPOINT part", nil); err != nil {
		return nil, nil, fmt.Errorf("beginning a part: %w", err)
	}
	t = &txn{ctx: context.Background(), db: w.db, sql: tx, conn: on.conn, direct: on, until: time.Now().Add(statementTime), write: true}
	r.begin <- t
	err = <-r.ran
	t.closed = true
	if err != nil {
		if _, back := on.exec("ROLLBACK TO part", nil); back != nil {
			return t, err, errors.Join(err, fmt.Errorf("rolling a part back: %w", back))
		}
	}
	if _, rel := on.exec("RELEASE part", nil); rel != nil {
		return t, err, errors.Join(err, fmt.Errorf("ending a part: %w", rel))
	}
	return t, err, nil
}

// finish writes what was left for the end.
func (t *txn) finish() error {
	if err := t.writeActivities(); err != nil {
		return err
	}
	if err := t.writeJobs(); err != nil {
		return err
	}
	return t.writeAudits()
}
