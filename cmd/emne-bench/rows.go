package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// rowsAtOnce is how many mails share a commit of the bare rows, which is the
// most that emne's may share.
const rowsAtOnce = 256

// bareRows is the limit of the engine: the bytes of the same mails as rows of
// one SQLite table, with the driver and the durability that emne has, and
// nothing read, decided or indexed. It says how many seconds the database took.
func bareRows(ctx context.Context, mails int) (seconds float64, err error) {
	folder, err := os.MkdirTemp("", "emne-bench-rows-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(folder, "rows.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192; CREATE TABLE mail (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)"); err != nil {
		return 0, err
	}
	var batch [][]byte
	flush := func() {
		if len(batch) == 0 || err != nil {
			return
		}
		begun := time.Now()
		err = insertRows(db, batch)
		seconds += time.Since(begun).Seconds()
		batch = batch[:0]
	}
	mailboxtest.Letters(mails, func(raw []byte) {
		if batch = append(batch, raw); len(batch) == rowsAtOnce {
			flush()
		}
	})
	flush()
	return seconds, err
}

func insertRows(db *sql.DB, batch [][]byte) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	insert, err := tx.Prepare("INSERT INTO mail (raw) VALUES (?)")
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	for _, raw := range batch {
		if _, err := insert.Exec(raw); err != nil {
			return errors.Join(fmt.Errorf("a bare row: %w", err), tx.Rollback())
		}
	}
	return tx.Commit()
}
