package store

import (
	"context"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openSQLite(t testing.TB) *DB {
	t.Helper()
	db, err := OpenSQLite(context.Background(), filepath.Join(t.TempDir(), "emne ø?%#.db"), Options{})
	return opened(t, db, err)
}

func openPostgres(t testing.TB) *DB {
	t.Helper()
	db, err := OpenPostgres(context.Background(), storetest.Postgres(t), Options{})
	return opened(t, db, err)
}

func opened(t testing.TB, db *DB, err error) *DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}

// both runs a test on each engine.
func both(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, openSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, openPostgres(t)) })
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) process.Store { return openSQLite(t) })
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) process.Store { return openPostgres(t) })
}
