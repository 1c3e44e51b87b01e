package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/emne/emne/process"
)

// InspectSQLite opens an existing database for reading, also beside a server
// that writes to it; nothing is migrated.
func InspectSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db, err := newDB(SQLite, o)
	if err != nil {
		return nil, err
	}
	// Not mode=ro: reading a write-ahead log needs its index, which that mode
	// cannot make when nobody else has the database open.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_query_only=1&_txlock=deferred&_busy_timeout=10000"
	db.reader = sql.OpenDB(&connector{driver: &sqlite3.SQLiteDriver{}, dsn: dsn, texts: newRewrites()})
	db.reader.SetMaxOpenConns(readers)
	return db.inspect(ctx)
}

// InspectPostgres opens an existing database for reading.
func InspectPostgres(ctx context.Context, url string, o Options) (*DB, error) {
	db, err := newDB(Postgres, o)
	if err != nil {
		return nil, err
	}
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	conf.RuntimeParams["timezone"] = "UTC"
	conf.RuntimeParams["default_transaction_read_only"] = "on"
	db.reader = stdlib.OpenDB(*conf)
	return db.inspect(ctx)
}

func (db *DB) inspect(ctx context.Context) (*DB, error) {
	db.begin = func(context.Context, func(process.Tx) error) error { return errReadOnly }
	db.closers = append(db.closers, db.reader.Close)
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := db.sameTables(opening); err != nil {
		db.Close()
		return nil, fmt.Errorf("opening the database to look at it: %w", err)
	}
	return db, nil
}
