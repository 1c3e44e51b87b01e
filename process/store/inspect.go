package store

import (
	"context"
	"fmt"
)

// CountJobs counts the jobs of a kind that wait or run.
func (db *DB) CountJobs(ctx context.Context, kind string) (int64, error) {
	var n int64
	err := db.view(ctx, func(t *txn) error {
		_, err := t.row("SELECT count(*) FROM river_job WHERE kind = $1 AND finalized_at IS NULL", []any{kind}, &n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("counting jobs: %w", err)
	}
	return n, nil
}

// sameTables makes sure that the tables are those that this program knows.
func (db *DB) sameTables(ctx context.Context) error {
	want, err := db.newestMigration()
	if err != nil {
		return err
	}
	return db.view(ctx, func(t *txn) error {
		var got int64
		if _, err := t.row("SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version", nil, &got); err != nil {
			return fmt.Errorf("reading the version of the tables: %w", err)
		}
		if got != want {
			return fmt.Errorf("the tables have version %d and this program knows version %d: start emne once to migrate them, or use the newer program", got, want)
		}
		return nil
	})
}
