package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// migrationLock is the key of PostgreSQL's advisory lock that lets one of
// several starting instances migrate.
const migrationLock = 0x656d6e65 // "emne"

// migrateTime bounds migrating: a large table may be written anew.
const migrateTime = time.Hour

// migrate brings the tables up to date: ours, then River's.
func (db *DB) migrate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTime)
	defer cancel()
	if db.engine == Postgres {
		conn, err := db.writer.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
			return fmt.Errorf("waiting for another instance's migration: %w", err)
		}
		defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
	}
	dialect := goose.DialectSQLite3
	if db.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	folder, err := fs.Sub(migrations, "migrations/"+string(db.engine))
	if err != nil {
		return fmt.Errorf("finding the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db.writer, folder)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the tables: %w", err)
	}
	return db.migrateJobs(ctx)
}

// newestMigration is the version that the tables have after migrating.
func (db *DB) newestMigration() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/"+string(db.engine)+"/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	v, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	return v, nil
}

func (db *DB) migrateJobs(ctx context.Context) error {
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	up := rivermigrate.DirectionUp
	if db.engine == SQLite {
		m, err := rivermigrate.New(riversqlite.New(db.writer), quiet)
		if err == nil {
			_, err = m.Migrate(ctx, up, nil)
		}
		if err != nil {
			return fmt.Errorf("migrating the job queue: %w", err)
		}
		return nil
	}
	m, err := rivermigrate.New(db.jobs.driver().Postgres, quiet)
	if err == nil {
		_, err = m.Migrate(ctx, up, nil)
	}
	if err != nil {
		return fmt.Errorf("migrating the job queue: %w", err)
	}
	return nil
}
