package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emne/emne/process/store"
)

// finishedTables hold what a chain leaves; lines before their documents, which
// take none when they are issued.
var finishedTables = []string{"line", "vat_group", "snapshot", "customer", "contact", "lead", "opportunity", "quote", "sales_order", "invoice", "payment",
	"delivery", "activity", "audit_payload", "audit_link"}

// full is a house with many finished chains: its first few, copied by SQL with
// ids and numbers of their own and the documents' bytes shared.
func (p *chainPlace) full(ctx context.Context, finished int, keep string) (*chainHouse, error) {
	driver, dsn, err := "sqlite3", filepath.Join(keep, fmt.Sprintf("full-%d.db", finished)), error(nil)
	if keep == "" || p.engine != store.SQLite {
		if driver, dsn, err = p.database(ctx, "finished"); err != nil {
			return nil, err
		}
	} else if _, err := os.Stat(dsn); err == nil {
		return p.openAt(ctx, dsn)
	}
	h, err := p.openAt(ctx, dsn)
	if err != nil {
		return nil, err
	}
	h.close()
	began := time.Now()
	if err := p.copyChains(ctx, driver, dsn, finished); err != nil {
		return nil, fmt.Errorf("filling the house: %w", err)
	}
	fmt.Printf("chain: %d finished chains copied in %.0f s\n", finished, time.Since(began).Seconds())
	return p.openAt(ctx, dsn)
}

// copyChains copies all that is there, which is three chains, so often that
// there are as many as wanted.
func (p *chainPlace) copyChains(ctx context.Context, driver, dsn string, finished int) error {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	setup := []string{"PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -262144"}
	series := "WITH RECURSIVE copies (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < %d)"
	if p.engine == store.Postgres {
		setup = []string{"SET session_replication_role = replica", "SET synchronous_commit = off"}
		series = "WITH copies AS (SELECT i FROM generate_series(1, %d) AS i)"
	}
	for _, s := range setup {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	times := (finished + 2) / 3
	for _, table := range finishedTables {
		columns, err := columnsOf(ctx, db, table)
		if err != nil {
			return err
		}
		var rows int64
		if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&rows); err != nil {
			return err
		}
		if table == "activity" { // its order comes by itself
			columns = slices.DeleteFunc(columns, func(c string) bool { return c == "seq" })
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = p.copied(table, c, rows)
		}
		// The copies of one chain stand together, as they do when they happen.
		query := fmt.Sprintf("INSERT INTO %s (%s) %s SELECT %s FROM copies CROSS JOIN %s t ORDER BY i", table, strings.Join(columns, ", "), fmt.Sprintf(series, times), strings.Join(values, ", "), table)
		if p.engine == store.SQLite {
			query = strings.TrimSuffix(query, " ORDER BY i")
		}
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	if _, err := db.ExecContext(ctx, "UPDATE audit_head SET seq = (SELECT MAX(seq) FROM audit_link)"); err != nil {
		return err
	}
	if p.engine == store.Postgres {
		_, err = db.ExecContext(ctx, "VACUUM ANALYZE")
	} else {
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return err
}

func columnsOf(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// copied is the value of a column in copy number i of a row.
func (p *chainPlace) copied(table, column string, rows int64) string {
	digits := "printf('%06d', i)"
	if p.engine == store.Postgres {
		digits = "lpad(i::text, 6, '0')"
	}
	c := "t." + column
	switch {
	case column == "seq":
		return fmt.Sprintf("%s + i * %d", c, rows)
	case column == "id" || column == "thread" || strings.HasSuffix(column, "_id") && column != "message_id" && column != "actor_id" && column != "subscription_id":
		// A time of ten characters, six for the copy, ten that are the row's own.
		return fmt.Sprintf("CASE WHEN length(%[1]s) = 26 THEN substr(%[1]s, 1, 10) || %[2]s || substr(%[1]s, 17) ELSE %[1]s END", c, digits)
	case table == "audit_link" && (column == "hash" || column == "prev" || column == "payload_hash"):
		return fmt.Sprintf("substr(%s, 1, 58) || %s", c, digits)
	case column == "number" || column == "order_number" || column == "payment_reference" || column == "message_id" || column == "reference":
		return c + " || '.' || " + digits
	case column == "email" || column == "domain" || column == "phone_key" || column == "to_address":
		return "CASE WHEN " + c + " = '' THEN '' ELSE " + digits + " || " + c + " END"
	}
	return c
}
