package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/emne/emne/process"
)

// maxAttempts is how often a job is tried: River waits attempt⁴ seconds between
// them, so that the last is some three weeks after the first.
const maxAttempts = 25

// JobDriver is what a River client that works is built on: one of the two is
// set. On SQLite it shares the one writing connection, so a worker must not
// hold a transaction of River's open while it calls InTx.
type JobDriver struct {
	SQLite   *riversqlite.Driver
	Postgres *riverpgxv5.Driver
}

// JobDriver is the store's driver for River.
func (db *DB) JobDriver() JobDriver { return db.jobs.driver() }

// jobQueue inserts jobs in the transaction at hand.
type jobQueue interface {
	driver() JobDriver
	insert(ctx context.Context, t *txn, jobs []river.InsertManyParams) error
}

// Enqueue implements process.Tx.
func (t *txn) Enqueue(j process.Job, at time.Time) error {
	if err := t.usable(true); err != nil {
		return err
	}
	// A job that cannot be written is its caller's error, not its neighbours'.
	raw, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("writing the job %s: %w", j.Kind(), err)
	}
	o := &river.InsertOpts{MaxAttempts: maxAttempts}
	// River reads the machine's clock, the use case that of the store.
	if wait := at.Sub(t.db.clock()); !at.IsZero() && wait > 0 {
		o.ScheduledAt = time.Now().Add(wait)
	}
	t.jobs = append(t.jobs, river.InsertManyParams{Args: rawJob{j.Kind(), raw}, InsertOpts: o})
	return nil
}

// rawJob is a job whose JSON is already written.
type rawJob struct {
	kind string
	json.RawMessage
}

func (r rawJob) Kind() string { return r.kind }

// maxJobs bounds one statement.
const maxJobs = 1000

func (t *txn) writeJobs() error {
	for len(t.jobs) > 0 {
		n := min(len(t.jobs), maxJobs)
		if err := t.db.jobs.insert(t.ctx, t, t.jobs[:n]); err != nil {
			return t.fail(fmt.Errorf("enqueueing jobs: %w", err))
		}
		t.jobs = t.jobs[n:]
	}
	return nil
}

type sqliteJobs struct {
	d *riversqlite.Driver
	c *river.Client[*sql.Tx]
}

func newSQLiteJobs(d *riversqlite.Driver, log *slog.Logger) (jobQueue, error) {
	c, err := river.NewClient(d, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue: %w", err)
	}
	return sqliteJobs{d, c}, nil
}

func (q sqliteJobs) driver() JobDriver { return JobDriver{SQLite: q.d} }

func (q sqliteJobs) insert(ctx context.Context, t *txn, jobs []river.InsertManyParams) error {
	_, err := q.c.InsertManyFastTx(ctx, t.sql, jobs)
	return err
}

type postgresJobs struct {
	d *riverpgxv5.Driver
	c *river.Client[pgx.Tx]
}

func newPostgresJobs(d *riverpgxv5.Driver, log *slog.Logger) (jobQueue, error) {
	c, err := river.NewClient(d, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue: %w", err)
	}
	return postgresJobs{d, c}, nil
}

func (q postgresJobs) driver() JobDriver { return JobDriver{Postgres: q.d} }

func (q postgresJobs) insert(ctx context.Context, t *txn, jobs []river.InsertManyParams) error {
	var inner error
	err := t.conn.Raw(func(c any) error {
		_, inner = q.c.InsertManyFastTx(ctx, borrowedTx{c.(*stdlib.Conn).Conn()}, jobs)
		return nil
	})
	return errors.Join(err, inner)
}

// borrowedTx lets River write inside the transaction that database/sql began
// on the connection, which alone may end it.
type borrowedTx struct{ c *pgx.Conn }

var errBorrowed = errors.New("the transaction belongs to the store")

func (b borrowedTx) Begin(context.Context) (pgx.Tx, error) { return nil, errBorrowed }
func (b borrowedTx) Commit(context.Context) error          { return errBorrowed }
func (b borrowedTx) Rollback(context.Context) error        { return errBorrowed }
func (b borrowedTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }
func (b borrowedTx) Conn() *pgx.Conn                       { return b.c }

func (b borrowedTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return b.c.CopyFrom(ctx, table, columns, rows)
}

func (b borrowedTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return b.c.SendBatch(ctx, batch)
}

func (b borrowedTx) Prepare(ctx context.Context, name, query string) (*pgconn.StatementDescription, error) {
	return b.c.Prepare(ctx, name, query)
}

func (b borrowedTx) Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error) {
	return b.c.Exec(ctx, query, args...)
}

func (b borrowedTx) Query(ctx context.Context, query string, args ...any) (pgx.Rows, error) {
	return b.c.Query(ctx, query, args...)
}

func (b borrowedTx) QueryRow(ctx context.Context, query string, args ...any) pgx.Row {
	return b.c.QueryRow(ctx, query, args...)
}

// ResetJobs makes the jobs available again that the named worker had begun
// when its process ended, and reports how many. River would rescue them only
// after its own long wait. The name must be in use by nobody else now.
func (db *DB) ResetJobs(ctx context.Context, worker string) (int64, error) {
	last := `json_extract(attempted_by, '$[#-1]')`
	if db.engine == Postgres {
		last = `attempted_by[array_upper(attempted_by, 1)]`
	}
	res, err := db.writer.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running' AND `+last+` = $1`, worker)
	if err != nil {
		return 0, fmt.Errorf("making the jobs of %s available again: %w", worker, err)
	}
	return res.RowsAffected()
}
