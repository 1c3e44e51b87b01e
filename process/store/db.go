package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/emne/emne/process"
)

// Engine is the kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options are what a store may be given; the zero value works.
type Options struct {
	// Clock tells the time of changes; time.Now when nil.
	Clock func() time.Time
	// Logger hears of what nobody waits for; slog.Default when nil.
	Logger *slog.Logger
}

// statementTime bounds what one transaction may take of the database. It is
// the store's own and never the caller's context: a cancelled statement would
// make SQLite roll back the neighbours in the same group too.
const statementTime = 30 * time.Second

// DB is an open store.
type DB struct {
	engine  Engine
	clock   func() time.Time
	log     *slog.Logger
	tables  tables
	writer  *sql.DB
	reader  *sql.DB
	jobs    jobQueue
	begin   func(ctx context.Context, f func(process.Tx) error) error
	closers []func() error
	packer  *zstd.Encoder
	opener  *zstd.Decoder
	// settings are the ones that were read last.
	settings atomic.Pointer[readSettings]
	// staged are texts that wait for their transactions.
	staged stagedTexts
	// inserts are the texts of INSERTs of many rows, by insertKey.
	inserts sync.Map
}

var _ process.Store = (*DB)(nil)

func newDB(engine Engine, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(min(runtime.GOMAXPROCS(0), 4)), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false)) // a blob has its SHA-256
	if err != nil {
		return nil, fmt.Errorf("preparing compression: %w", err)
	}
	opener, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxBlob))
	if err != nil {
		return nil, fmt.Errorf("preparing decompression: %w", err)
	}
	return &DB{engine: engine, clock: o.Clock, log: o.Logger, tables: newTables(), packer: packer, opener: opener}, nil
}

// Engine says which database it is.
func (db *DB) Engine() Engine { return db.engine }

// Ping reports whether the database answers and can be read.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.reader.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// Close waits for the transactions that run and lets go of the database. Jobs
// must have been stopped before.
func (db *DB) Close() error {
	var errs []error
	for i := len(db.closers) - 1; i >= 0; i-- {
		errs = append(errs, db.closers[i]())
	}
	db.closers = nil
	db.opener.Close()
	return errors.Join(errs...)
}

// InTx implements process.Store.
func (db *DB) InTx(ctx context.Context, f func(process.Tx) error) error { return db.begin(ctx, f) }

// View implements process.Store.
func (db *DB) View(ctx context.Context, f func(process.Tx) error) error {
	return db.view(ctx, func(t *txn) error { return f(t) })
}

func (db *DB) view(ctx context.Context, f func(*txn) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if db.engine == Postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.reader.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	t := &txn{ctx: ctx, db: db, sql: tx}
	defer func() {
		t.closed = true
		tx.Rollback()
	}()
	return f(t)
}

// now is the clock in the precision that is stored.
func (db *DB) now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }
