package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

const readers = 4

// writerSetup gives the writing connection 16 MiB of pages to work with, and
// lets the log grow to 32 MiB before it is written back: each time costs two
// flushes of the disk, and pages that changed again meanwhile are written once.
const writerSetup = "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192"

// partSetup keeps in memory what the parts of a group need to be undone (up to
// some hundred KiB each): a temporary file costs two system calls for each page
// that a part changes. The migrations, which sort whole tables, go without.
const partSetup = "PRAGMA temp_store = MEMORY"

// OpenSQLite opens or creates the database file at path. There is one writing
// connection, shared with River, and a pool that can only read.
func OpenSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	db, err := newDB(SQLite, o)
	if err != nil {
		return nil, err
	}
	// What the file holds is nobody else's business; SQLite gives its other
	// files the same rights.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	// One goroutine at a time has a connection: SQLite need not lock it again.
	common := "_mutex=no&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_busy_timeout=10000&_stmt_cache_size=160"
	texts := newRewrites()
	open := func(params, setup string, conns int) *sql.DB {
		pool := sql.OpenDB(&connector{driver: &sqlite3.SQLiteDriver{}, dsn: file + "?" + common + params, texts: texts, setup: setup})
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		db.closers = append(db.closers, pool.Close)
		return pool
	}
	db.writer = open("&_txlock=immediate", writerSetup, 1)
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := db.writer.ExecContext(opening, partSetup); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.reader = open("&_query_only=1&_txlock=deferred", "", readers)
	if err := db.Ping(opening); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	db.jobs, err = newSQLiteJobs(riversqlite.New(db.writer), db.log)
	if err != nil {
		db.Close()
		return nil, err
	}
	w := startGroupWriter(db)
	db.closers = append(db.closers, w.stop)
	db.begin = w.inTx
	return db, nil
}
