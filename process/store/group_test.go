package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/emne/emne/process"
)

// group queues functions so that one group takes them all, and gives their errors.
func group(t *testing.T, db *DB, fs ...func(*txn) error) []error {
	t.Helper()
	errs := make([]error, len(fs))
	var wg, queued sync.WaitGroup
	hold, held := make(chan struct{}), make(chan struct{})
	wg.Go(func() { // the first of the group waits until the others are queued
		// It shares the group's fate, which is not what is asked about here.
		db.InTx(context.Background(), func(process.Tx) error { close(held); <-hold; return nil })
	})
	<-held
	for i, f := range fs {
		queued.Add(1)
		wg.Go(func() {
			queued.Done()
			errs[i] = db.InTx(context.Background(), func(tx process.Tx) error { return f(tx.(*txn)) })
		})
	}
	queued.Wait()
	close(hold)
	wg.Wait()
	return errs
}

func countLeads(t *testing.T, db *DB) int {
	t.Helper()
	n := 0
	if err := db.view(context.Background(), func(tx *txn) error {
		_, err := tx.row("SELECT count(*) FROM lead", nil, &n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func add(t *txn) error { return t.Leads().Insert(&process.Lead{State: "new"}) }

// SQLite rolls the whole transaction back by itself when the disk is full, or a
// statement is interrupted: nobody in the group may then appear committed.
func TestGroupFailsTogether(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	errs := group(t, db, add, add, func(tx *txn) error {
		if err := add(tx); err != nil {
			return err
		}
		_, err := tx.sql.ExecContext(tx.ctx, "ROLLBACK") // what the engine does
		return err
	}, add)
	ok := 0
	for _, err := range errs {
		if err == nil {
			ok++
		}
	}
	if n := countLeads(t, db); n != ok {
		t.Errorf("%d were told that they are committed, %d are: %v", ok, n, errs)
	}
	if ok == len(errs) {
		t.Error("the one that lost its transaction was told that it is committed")
	}
	if err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A failure at the end of a group, when audit links and jobs are written, is everybody's.
func TestGroupFailsAtItsEnd(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	if _, err := db.writer.Exec("CREATE TRIGGER no_audit BEFORE INSERT ON audit_payload BEGIN SELECT RAISE(ABORT, 'no disk'); END"); err != nil {
		t.Fatal(err)
	}
	err := db.InTx(context.Background(), func(tx process.Tx) error {
		if err := tx.Audit(process.AuditEntry{Kind: "x"}); err != nil {
			return err
		}
		return add(tx.(*txn))
	})
	if err == nil || !strings.Contains(err.Error(), "no disk") || countLeads(t, db) != 0 {
		t.Errorf("%v, and %d leads", err, countLeads(t, db))
	}
}

// A function that ends its goroutine, as a failing test does, leaves the store working.
func TestGoexit(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *DB) {
		var wg sync.WaitGroup
		wg.Go(func() {
			db.InTx(context.Background(), func(tx process.Tx) error {
				if err := add(tx.(*txn)); err != nil {
					t.Error(err)
				}
				runtime.Goexit()
				return nil
			})
		})
		wg.Wait()
		if err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil || countLeads(t, db) != 1 {
			t.Errorf("%v, and %d leads", err, countLeads(t, db))
		}
	})
}

// Who stops waiting does not run; who is running is waited for.
func TestLeavingTheQueue(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	hold, held, left := make(chan struct{}), make(chan struct{}), make(chan error)
	done := make(chan error)
	go func() {
		done <- db.InTx(context.Background(), func(tx process.Tx) error { close(held); <-hold; return add(tx.(*txn)) })
	}()
	<-held
	ctx, cancel := context.WithCancel(context.Background())
	go func() { left <- db.InTx(ctx, func(tx process.Tx) error { return add(tx.(*txn)) }) }()
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("leaving gave %v", err)
	}
	close(hold)
	if err := <-done; err != nil || countLeads(t, db) != 1 {
		t.Errorf("%v, and %d leads", err, countLeads(t, db))
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) })
			if err != nil && !errors.Is(err, errClosed) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if err := db.InTx(context.Background(), func(process.Tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("after closing: %v", err)
	}
}

// PostgreSQL's deadlocks are repeated.
func TestPostgresRetries(t *testing.T) {
	t.Parallel()
	db := openPostgres(t)
	ids := make([]string, 2)
	for i := range ids {
		l := &process.Lead{State: "new", Name: fmt.Sprint(i)}
		if err := db.InTx(context.Background(), func(tx process.Tx) error { return tx.Leads().Insert(l) }); err != nil {
			t.Fatal(err)
		}
		ids[i] = l.ID
	}
	var wg, both sync.WaitGroup
	both.Add(2)
	for i := range 2 {
		wg.Go(func() {
			first := true
			err := db.InTx(context.Background(), func(tx process.Tx) error {
				if _, err := tx.Leads().Get(ids[i]); err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				l, err := tx.Leads().Get(ids[1-i])
				if err != nil {
					return err
				}
				return tx.Leads().Update(l)
			})
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

// When the disk is full, those who were told that they are committed are, and no others.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	if _, err := db.writer.Exec("PRAGMA max_page_count = 400"); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 3000)
	var told, refused atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 30 {
				err := db.InTx(context.Background(), func(tx process.Tx) error {
					if err := tx.Audit(process.AuditEntry{Kind: "x", Payload: []byte(text)}); err != nil {
						return err
					}
					return tx.Leads().Insert(&process.Lead{State: "new", Message: text})
				})
				if err == nil {
					told.Add(1)
				} else {
					refused.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := int64(countLeads(t, db)); n != told.Load() || n == 0 || refused.Load() == 0 {
		t.Errorf("%d are committed, %d were told so, %d were refused", n, told.Load(), refused.Load())
	}
	if links, err := db.CheckAudit(t.Context()); err != nil || links != told.Load() {
		t.Errorf("%d links for %d transactions, %v", links, told.Load(), err)
	}
	if _, err := db.writer.Exec("PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil {
		t.Errorf("with space again: %v", err)
	}
}
