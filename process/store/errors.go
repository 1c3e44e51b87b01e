package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// isTaken reports a unique key that another row has.
func isTaken(err error) bool {
	var s sqlite3.Error
	if errors.As(err, &s) {
		return s.ExtendedCode == sqlite3.ErrConstraintUnique || s.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	return pgCode(err) == "23505"
}

// isReferred reports a row that others refer to, or a reference to nothing.
func isReferred(err error) bool {
	var s sqlite3.Error
	if errors.As(err, &s) {
		return s.ExtendedCode == sqlite3.ErrConstraintForeignKey
	}
	return pgCode(err) == "23503"
}

// mayRetry reports a transaction that failed only because of others at the
// same time: serialisation failure, deadlock.
func mayRetry(err error) bool {
	c := pgCode(err)
	return c == "40001" || c == "40P01"
}

// pgCode is PostgreSQL's SQLSTATE, empty when it is none of its errors.
func pgCode(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}
