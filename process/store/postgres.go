package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/emne/emne/process"
)

// maxTries is how often a transaction runs that PostgreSQL refuses because of
// others at the same time.
const maxTries = 10

// The sizes of the pools: for changes, when the address does not say it, and at
// most for reading and for the job queue. Changes wait for each other, on the
// audit chain for one; what reads, and the queue's own upkeep, does not wait
// behind them.
const (
	connections      = 16
	readConnections  = 8
	queueConnections = 6
)

// OpenPostgres opens the database at url, such as
// postgres://emne@127.0.0.1/emne; it may name pgxpool's settings, such as
// pool_max_conns.
func OpenPostgres(ctx context.Context, url string, o Options) (*DB, error) {
	db, err := newDB(Postgres, o)
	if err != nil {
		return nil, err
	}
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	conf.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if !strings.Contains(url, "pool_max_conns") {
		conf.MaxConns = connections
	}
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var pools []*pgxpool.Pool
	for _, most := range []int32{conf.MaxConns, readConnections, queueConnections} {
		part := conf.Copy()
		part.MaxConns = min(most, conf.MaxConns)
		part.MinConns = min(part.MinConns, part.MaxConns)
		pool, err := pgxpool.NewWithConfig(ctx, part)
		if err != nil {
			db.Close()
			return nil, fmt.Errorf("opening the database: %w", err)
		}
		db.closers = append(db.closers, func() error { pool.Close(); return nil })
		pools = append(pools, pool)
	}
	pool := pools[0]
	db.writer, db.reader = stdlib.OpenDBFromPool(pool), stdlib.OpenDBFromPool(pools[1])
	db.closers = append(db.closers, db.writer.Close, db.reader.Close)
	db.begin = db.postgresTx
	if db.jobs, err = newPostgresJobs(riverpgxv5.New(pools[2]), db.log); err != nil {
		db.Close()
		return nil, err
	}
	if err := pool.Ping(opening); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

func (db *DB) postgresTx(ctx context.Context, f func(process.Tx) error) error {
	var err error
	for try := range maxTries {
		if try > 0 {
			wait := time.Duration(1+rand.IntN(10<<min(try, 5))) * time.Millisecond
			select {
			case <-ctx.Done():
				return fmt.Errorf("waiting to write: %w", ctx.Err())
			case <-time.After(wait):
			}
		}
		if err = db.tryPostgres(ctx, f); !mayRetry(err) {
			return err
		}
	}
	return fmt.Errorf("giving up after %d attempts: %w", maxTries, err)
}

func (db *DB) tryPostgres(waiting context.Context, f func(process.Tx) error) error {
	conn, err := db.writer.Conn(waiting)
	if err != nil {
		return fmt.Errorf("waiting to write: %w", err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	// The rollback also runs when f panics; the panic goes on to the caller.
	defer tx.Rollback()
	t := &txn{ctx: ctx, db: db, sql: tx, conn: conn, write: true}
	defer func() { t.closed = true }()
	if err := f(t); err != nil {
		if t.broken != nil && mayRetry(t.broken) {
			return errors.Join(err, t.broken)
		}
		return err
	}
	if t.broken != nil {
		return t.broken
	}
	if err := t.finish(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}
