package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/process/store/storetest"
)

// onBoth runs a test on each database.
func onBoth(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	o := store.Options{Logger: quiet()}
	for _, engine := range []struct {
		name string
		open func(t *testing.T) (*store.DB, error)
	}{
		{"SQLite", func(t *testing.T) (*store.DB, error) {
			return store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), o)
		}},
		{"PostgreSQL", func(t *testing.T) (*store.DB, error) {
			return store.OpenPostgres(t.Context(), storetest.Postgres(t), o)
		}},
	} {
		t.Run(engine.name, func(t *testing.T) {
			db, err := engine.open(t)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			f(t, db)
		})
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// worker records what it was asked to do; fail makes the first tries fail.
type worker struct {
	mu   sync.Mutex
	fail int
	done chan string
}

func newWorker() *worker { return &worker{done: make(chan string, 100)} }

func (w *worker) Deliver(_ context.Context, j process.SendDelivery) error {
	return w.do("deliver " + j.Delivery)
}
func (w *worker) File(_ context.Context, id string) error { return w.do("file " + id) }

func (w *worker) do(what string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail > 0 {
		w.fail--
		return errors.New("not now")
	}
	w.done <- what
	return nil
}

func (w *worker) want(t *testing.T, what string) {
	t.Helper()
	select {
	case got := <-w.done:
		if got != what {
			t.Fatalf("the job was %q, want %q", got, what)
		}
	case <-time.After(time.Minute):
		t.Fatalf("within a minute nobody did %q", what)
	}
}

func start(t *testing.T, db *store.DB, w *worker, schedules ...Schedule) *Runner {
	t.Helper()
	r, err := New(db, Options{Worker: "test", Deliverer: w, Filer: w, Schedules: schedules, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func stop(t *testing.T, r *Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func enqueue(t *testing.T, db *store.DB, at time.Time, jobs ...process.Job) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx process.Tx) error {
		for _, j := range jobs {
			if err := tx.Enqueue(j, at); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestAJobRunsWhenItsTransitionCommits(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		w := newWorker()
		r := start(t, db, w)
		defer stop(t, r)
		refused := errors.New("refused")
		err := db.InTx(t.Context(), func(tx process.Tx) error {
			if err := tx.Enqueue(process.FileSubmission{Submission: "rolled back"}, time.Time{}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if err := enqueue(t, db, time.Time{}, process.FileSubmission{Submission: "one"}); err != nil {
			t.Fatal(err)
		}
		w.want(t, "file one")
		if err := enqueue(t, db, time.Now().Add(300*time.Millisecond), process.SendDelivery{Delivery: "later", Attempt: 1}); err != nil {
			t.Fatal(err)
		}
		w.want(t, "deliver later")
		if n, err := db.CountJobs(t.Context(), process.FileSubmission{}.Kind()); n != 0 || err != nil {
			t.Errorf("%d jobs are left, %v", n, err)
		}
	})
}

// E-invoices have a deliverer of their own.
func TestEInvoicesGoTheirOwnWay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		mails, einvoices := newWorker(), newWorker()
		r, err := New(db, Options{Worker: "test", Deliverer: mails, EInvoices: einvoices, Filer: mails, Logger: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer stop(t, r)
		if err := enqueue(t, db, time.Time{}, process.SendDelivery{Delivery: "letter", Attempt: 1}, process.SendDelivery{Delivery: "ubl", Attempt: 1, Channel: process.KindEInvoice}); err != nil {
			t.Fatal(err)
		}
		mails.want(t, "deliver letter")
		einvoices.want(t, "deliver ubl")
	})
}

func TestAFailedJobRunsAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		w := newWorker()
		w.fail = 1
		r := start(t, db, w)
		defer stop(t, r)
		if err := enqueue(t, db, time.Time{}, process.FileSubmission{Submission: "again"}); err != nil {
			t.Fatal(err)
		}
		w.want(t, "file again")
	})
}

// blocked never ends by itself, as a job in a process that is killed.
type blocked struct{ begun chan struct{} }

func (b blocked) Deliver(ctx context.Context, _ process.SendDelivery) error {
	close(b.begun)
	<-ctx.Done()
	return ctx.Err()
}
func (b blocked) File(context.Context, string) error { return nil }

func TestAWorkerTakesItsOwnJobsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		b := blocked{make(chan struct{})}
		killed, err := New(db, Options{Worker: "test", Deliverer: b, Filer: b, Logger: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		if err := killed.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer stopHard(t, killed)
		if err := enqueue(t, db, time.Time{}, process.SendDelivery{Delivery: "cut off", Attempt: 1}); err != nil {
			t.Fatal(err)
		}
		<-b.begun
		if n, err := db.ResetJobs(t.Context(), "somebody else"); n != 0 || err != nil {
			t.Errorf("somebody else took %d jobs back, %v", n, err)
		}
		if n, err := db.ResetJobs(t.Context(), "test"); n != 1 || err != nil {
			t.Errorf("%d jobs were taken back, %v; want the one that was begun", n, err)
		}
		if n, err := db.CountJobs(t.Context(), process.SendDelivery{}.Kind()); n != 1 || err != nil {
			t.Errorf("%d jobs wait, %v", n, err)
		}
	})
}

func stopHard(t *testing.T, r *Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := r.client.StopAndCancel(ctx); err != nil {
		t.Error(err)
	}
}

func TestSchedulesRun(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		w := newWorker()
		r := start(t, db, w, Schedule{Name: "often", When: Every(time.Second), Do: func(context.Context) error { return w.do("tick") }})
		defer stop(t, r)
		w.want(t, "tick")
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorker()
	r := start(t, db, w)
	if err := enqueue(t, db, time.Time{}, process.FileSubmission{Submission: "one"}); err != nil {
		t.Fatal(err)
	}
	w.want(t, "file one")
	stop(t, r)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
