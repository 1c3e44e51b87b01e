package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the store's driver, which registers itself

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// fillPart is the argument by which the program starts itself to fill a
// database, so that neither memory nor time of that counts.
const fillPart = "fill-database"

// filling is the filler's standard input.
type filling struct {
	File  string
	Mails int
}

// copies say how the rows of one recorded mail become those of another: the
// expressions for columns that differ, with n the number of the copy and o the
// row that is copied. All other columns stay. Keys that are hashes are random,
// as they are in life.
var copies = []struct {
	table   string
	columns map[string]string
}{
	{"blob", map[string]string{"id": copyID, "sha256": randomHash}},
	{"blob_chunk", map[string]string{"blob_id": copyID}},
	{"lead", map[string]string{"id": copyID, "thread": copyID, "email": copyAddress}},
	{"message", map[string]string{"id": copyID, "about_id": copyID, "thread": copyID, "message_id": "n || '@gammel.example'", "from_address": copyAddress, "content_hash": randomHash, "sha256": randomHash}},
	{"mailbox_uid", map[string]string{"uid": "n + 1", "message_id": copyID}},
	{"activity", map[string]string{"seq": "NULL", "id": copyID + " || o.seq", "about_id": copyID, "thread": copyID, "related_id": copyID}},
	{"audit_link", map[string]string{"seq": "o.seq + 2 * n", "about_id": copyID, "payload_hash": randomHash, "hash": randomHash}},
	{"audit_payload", map[string]string{"seq": "o.seq + 2 * n"}},
}

const (
	copyID      = "substr(%id, 1, 10) || printf('%016d', n)"
	copyAddress = "'gammel' || n || '@gammel' || n || '.example'"
	randomHash  = "lower(hex(randomblob(32)))"
	// copiesAtOnce is how many mails one statement makes.
	copiesAtOnce = 20_000
)

// fillDatabase makes a database with many small mails of as many senders: one
// is recorded, the others are copies of its rows.
func fillDatabase(ctx context.Context, in io.Reader) error {
	var what filling
	if err := json.NewDecoder(in).Decode(&what); err != nil {
		return fmt.Errorf("reading what to do: %w", err)
	}
	db, err := store.OpenSQLite(ctx, what.File, store.Options{})
	if err != nil {
		return err
	}
	raw := []byte("From: Ola <gammel0@gammel0.example>\r\nTo: sales@example.com\r\nSubject: Gammel\r\nMessage-ID: <0@gammel.example>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\n\r\nHei, kan dere gi et tilbud?\r\n")
	mail := message.Parser(message.Options{Region: "NO"})(intake.InMemory(raw), intake.MailboxUID{Mailbox: "gammel", UIDValidity: 1, UID: 1}, time.Now())
	r, err := process.New(process.Options{Store: db, Key: make([]byte, 32)}).ReceiveMail(ctx, intake.Recording("mail"), mail)
	if err := errFirst(err, db.Close()); err != nil {
		return fmt.Errorf("recording the first mail: %w", err)
	}
	pool, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: what.File}).EscapedPath()+"?_journal_mode=WAL&_synchronous=OFF&_foreign_keys=off&_cache_size=-262144")
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	for _, c := range copies {
		if err := copyRows(ctx, pool, c.table, c.columns, r.Result.ID, what.Mails-1); err != nil {
			return fmt.Errorf("filling %s: %w", c.table, err)
		}
	}
	if _, err := pool.ExecContext(ctx, "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_link ORDER BY seq DESC LIMIT 1)"); err != nil {
		return fmt.Errorf("moving the head: %w", err)
	}
	_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func errFirst(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// copyRows adds n copies of each row that the table has.
func copyRows(ctx context.Context, pool *sql.DB, table string, columns map[string]string, lead string, n int) error {
	rows, err := pool.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return err
	}
	var names, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			rows.Close()
			return err
		}
		value := "o." + name
		if v, is := columns[name]; is {
			value = strings.ReplaceAll(v, "%id", "'"+lead+"'")
		}
		names, values = append(names, name), append(values, value)
	}
	if err := errFirst(rows.Err(), rows.Close()); err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, "CREATE TEMP TABLE original AS SELECT * FROM "+table); err != nil {
		return err
	}
	for from := 1; from <= n; from += copiesAtOnce {
		to := min(n, from+copiesAtOnce-1)
		if _, err := pool.ExecContext(ctx, fmt.Sprintf("WITH RECURSIVE numbers (n) AS (SELECT %d UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM numbers, original o",
			from, to, table, strings.Join(names, ", "), strings.Join(values, ", "))); err != nil {
			return err
		}
	}
	_, err = pool.ExecContext(ctx, "DROP TABLE original")
	return err
}
