package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/emne/emne/process"
)

// NextNumber implements process.Tx. The series' row stays locked until the end
// of the transaction, so that numbers have no gaps.
func (t *txn) NextNumber(series string, first int64) (int64, error) {
	var n int64
	_, err := t.change(`INSERT INTO number_series (series, first, next) VALUES ($1, $2, $3)
		ON CONFLICT (series) DO UPDATE SET next = number_series.next + 1 RETURNING next - 1`, []any{series, first, first + 1}, &n)
	if err != nil {
		return 0, fmt.Errorf("taking a number of the series %s: %w", series, err)
	}
	return n, nil
}

// readSettings are those of a text that was read before: every transaction
// reads the newest ones.
type readSettings struct {
	text     string
	settings process.Settings
}

// Settings implements process.Tx.
func (t *txn) Settings() (process.Settings, int64, error) {
	var version int64
	var text string
	found, err := t.row("SELECT version, settings FROM settings_version ORDER BY version DESC LIMIT 1", nil, &version, &text)
	if err != nil {
		return process.Settings{}, 0, fmt.Errorf("reading the settings: %w", err)
	}
	if !found {
		return process.DefaultSettings(), 0, nil
	}
	if last := t.db.settings.Load(); last != nil && last.text == text {
		return last.settings, version, nil
	}
	read := &readSettings{text: text}
	if err := (object{&read.settings}).Scan(text); err != nil {
		return process.Settings{}, 0, fmt.Errorf("reading the settings: %w", err)
	}
	t.db.settings.Store(read)
	return read.settings, version, nil
}

// PutSettings implements process.Tx.
func (t *txn) PutSettings(s process.Settings, after int64, by process.Actor, at time.Time) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	n, err := t.exec(`INSERT INTO settings_version (version, at, actor_kind, actor_id, actor_name, settings)
		SELECT $1, $2, $3, $4, $5, $6 WHERE $1 = (SELECT COALESCE(MAX(version), 0) + 1 FROM settings_version)
		ON CONFLICT DO NOTHING`, after+1, at.UnixMicro(), string(by.Kind), clean(by.ID), clean(by.Name), string(data))
	if err != nil {
		return fmt.Errorf("adding settings: %w", err)
	}
	if n == 0 {
		return process.Stale(process.TypeSettings, fmt.Sprintf("version %d", after))
	}
	return nil
}

// PutSnapshot implements process.Tx.
func (t *txn) PutSnapshot(document string, s process.Snapshot) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("writing the snapshot of %s: %w", document, err)
	}
	n, err := t.exec("INSERT INTO snapshot (document_id, kind, number, data) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		document, string(s.Kind), s.Number, string(data))
	if err != nil {
		return fmt.Errorf("freezing %s: %w", document, err)
	}
	if n == 0 {
		return process.Conflict("snapshot.frozen", "%s is frozen already", document)
	}
	return nil
}

// Snapshot implements process.Tx.
func (t *txn) Snapshot(document string) (process.Snapshot, error) {
	var s process.Snapshot
	found, err := t.row("SELECT data FROM snapshot WHERE document_id = $1", []any{document}, object{&s})
	if err != nil {
		return process.Snapshot{}, fmt.Errorf("reading the snapshot of %s: %w", document, err)
	}
	if !found {
		return process.Snapshot{}, process.NotFound("issued document", document)
	}
	// Both are BT-114 under one JSON name, of which the outer one is written.
	s.Totals.Rounding = s.Rounding
	return s, nil
}
