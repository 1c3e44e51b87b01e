package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// What happens once: mails by their UID, requests by their key.

// Lock implements process.Tx. SQLite has one writer anyway.
func (t *txn) Lock(key string) error {
	if t.db.engine != Postgres {
		return t.usable(true)
	}
	if _, err := t.exec("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", clean(key)); err != nil {
		return fmt.Errorf("locking %s: %w", key, err)
	}
	return nil
}

// SeeUID implements process.Tx.
func (t *txn) SeeUID(u process.MailboxUID, message string) (bool, error) {
	n, err := t.exec(`INSERT INTO mailbox_uid (mailbox, uid_validity, uid, message_id, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, u.Mailbox, int64(u.UIDValidity), int64(u.UID), message, t.db.now().UnixMicro())
	if err != nil {
		return false, fmt.Errorf("noting UID %d of %s: %w", u.UID, u.Mailbox, err)
	}
	return n == 1, nil
}

// Cursor implements process.Tx.
func (t *txn) Cursor(mailbox string, uidValidity uint32) (uint32, error) {
	var uid int64
	if _, err := t.row("SELECT uid FROM mailbox_cursor WHERE mailbox = $1 AND uid_validity = $2"+t.lock(),
		[]any{mailbox, int64(uidValidity)}, &uid); err != nil {
		return 0, fmt.Errorf("reading the cursor of %s: %w", mailbox, err)
	}
	return uint32(uid), nil
}

// SetCursor implements process.Tx.
func (t *txn) SetCursor(u process.MailboxUID) error {
	_, err := t.exec(`INSERT INTO mailbox_cursor (mailbox, uid_validity, uid) VALUES ($1, $2, $3)
		ON CONFLICT (mailbox, uid_validity) DO UPDATE SET uid = excluded.uid WHERE mailbox_cursor.uid < excluded.uid`,
		u.Mailbox, int64(u.UIDValidity), int64(u.UID))
	if err != nil {
		return fmt.Errorf("moving the cursor of %s: %w", u.Mailbox, err)
	}
	return nil
}

// StartMailbox implements process.Tx.
func (t *txn) StartMailbox(b process.MailboxStart, at time.Time) error {
	since := int64(0)
	if !b.Since.IsZero() {
		since = b.Since.UnixMicro()
	}
	n, err := t.exec(`INSERT INTO mailbox_cursor (mailbox, uid_validity, uid, backlog, since, started_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		b.Mailbox, int64(b.UIDValidity), int64(b.UID), int64(b.Backlog), since, at.UnixMicro())
	if err == nil && n == 1 {
		_, err = t.exec("DELETE FROM mail_to_mark WHERE mailbox = $1 AND uid_validity <> $2", b.Mailbox, int64(b.UIDValidity))
	}
	if err != nil {
		return fmt.Errorf("noting the first contact with %s: %w", b.Mailbox, err)
	}
	return nil
}

// MarkLater implements process.Tx.
func (t *txn) MarkLater(u process.MailboxUID) error {
	if _, err := t.exec("INSERT INTO mail_to_mark (mailbox, uid_validity, uid) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		u.Mailbox, int64(u.UIDValidity), int64(u.UID)); err != nil {
		return fmt.Errorf("noting that UID %d of %s is to be marked: %w", u.UID, u.Mailbox, err)
	}
	return nil
}

// ToMark implements process.Tx.
func (t *txn) ToMark(mailbox string, uidValidity uint32) ([]uint32, error) {
	var uids []uint32
	if err := t.each("SELECT uid FROM mail_to_mark WHERE mailbox = $1 AND uid_validity = $2 ORDER BY uid LIMIT $3",
		[]any{mailbox, int64(uidValidity), process.MaxToMark}, func(scan func(...any) error) error {
			var uid int64
			if err := scan(&uid); err != nil {
				return err
			}
			uids = append(uids, uint32(uid))
			return nil
		}); err != nil {
		return nil, fmt.Errorf("reading what is to be marked in %s: %w", mailbox, err)
	}
	return uids, nil
}

// markedAtOnce is how many UIDs one statement names.
const markedAtOnce = 500

// Marked implements process.Tx.
func (t *txn) Marked(mailbox string, uidValidity uint32, uids []uint32) error {
	for chunk := range slices.Chunk(uids, markedAtOnce) {
		var w where
		w.and("mailbox = " + w.arg(mailbox))
		w.and("uid_validity = " + w.arg(int64(uidValidity)))
		var in []string
		for _, uid := range chunk {
			in = append(in, w.arg(int64(uid)))
		}
		w.and("uid IN (" + strings.Join(in, ", ") + ")")
		if _, err := t.exec("DELETE FROM mail_to_mark"+w.text(), w.args...); err != nil {
			return fmt.Errorf("noting what is marked in %s: %w", mailbox, err)
		}
	}
	return nil
}

// MailboxStarts implements process.Tx.
func (t *txn) MailboxStarts(mailbox string) ([]process.MailboxStart, error) {
	var starts []process.MailboxStart
	err := t.each(`SELECT uid_validity, uid, backlog, since FROM mailbox_cursor WHERE mailbox = $1
		ORDER BY started_at, uid_validity LIMIT 1000`, []any{mailbox}, func(scan func(...any) error) error {
		var validity, uid, backlog, since int64
		if err := scan(&validity, &uid, &backlog, &since); err != nil {
			return err
		}
		b := process.MailboxStart{Backlog: uint32(backlog),
			MailboxUID: process.MailboxUID{Mailbox: mailbox, UIDValidity: uint32(validity), UID: uint32(uid)}}
		if since != 0 {
			b.Since = time.UnixMicro(since).UTC()
		}
		starts = append(starts, b)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the first contacts with %s: %w", mailbox, err)
	}
	return starts, nil
}

// Claim implements process.Tx. The row is inserted first: a copy in flight on
// PostgreSQL makes it wait there for the other's end.
func (t *txn) Claim(k process.IdempotencyKey, at time.Time) (*process.Answer, error) {
	n, err := t.exec("INSERT INTO idempotency (scope, key, request, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		k.Scope, clean(k.Key), k.Request, at.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("claiming an idempotency key: %w", err)
	}
	if n == 1 {
		return nil, nil
	}
	var request string
	var status sql.NullInt64
	var body []byte
	if _, err := t.row("SELECT request, status, body FROM idempotency WHERE scope = $1 AND key = $2"+t.lock(),
		[]any{k.Scope, clean(k.Key)}, &request, &status, &body); err != nil {
		return nil, fmt.Errorf("reading an idempotency key: %w", err)
	}
	switch {
	case request != k.Request:
		return nil, process.Invalid("idempotency.mismatch", "this idempotency key was used for another request: send a new key")
	case !status.Valid:
		return nil, nil // claimed and never answered: it is to be done
	}
	return &process.Answer{Status: int(status.Int64), Body: body}, nil
}

// Answered implements process.Tx.
func (t *txn) Answered(k process.IdempotencyKey, a process.Answer) error {
	body := a.Body
	if body == nil {
		body = []byte{}
	}
	n, err := t.exec("UPDATE idempotency SET status = $3, body = $4 WHERE scope = $1 AND key = $2 AND request = $5 AND status IS NULL",
		k.Scope, clean(k.Key), int64(a.Status), body, k.Request)
	if err != nil {
		return fmt.Errorf("storing the answer to an idempotency key: %w", err)
	}
	if n == 0 {
		return process.Conflict("idempotency.unclaimed", "the idempotency key is not claimed, or answered already")
	}
	return nil
}
