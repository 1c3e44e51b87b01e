package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// BackupSQLite writes one consistent copy of the database at path to a new
// file, also beside a server that writes to it. The copy is on the disk when
// BackupSQLite returns.
func BackupSQLite(ctx context.Context, path, to string) error {
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backing up to %s: %w", to, fs.ErrExist)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_busy_timeout=10000"
	db := sql.OpenDB(&connector{driver: &sqlite3.SQLiteDriver{}, dsn: dsn, texts: newRewrites()})
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	return errors.Join(syncFile(to), syncFile(filepath.Dir(to)))
}

// syncFile waits until a file, or the names in a folder, are on the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
