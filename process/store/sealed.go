package store

import (
	"context"
	"fmt"

	"github.com/emne/emne/process"
)

// Sealed gives the encrypted bytes that are kept under a name, and their
// version; version 0 when there are none.
func (db *DB) Sealed(ctx context.Context, name string) (data []byte, version int64, err error) {
	err = db.view(ctx, func(t *txn) error {
		_, err := t.row("SELECT data, version FROM sealed WHERE name = $1", []any{clean(name)}, &data, &version)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reading what is sealed as %s: %w", name, err)
	}
	return data, version, nil
}

// PutSealed replaces a version, 0 for none; CodeConflict when another one is
// there.
func (db *DB) PutSealed(ctx context.Context, name string, data []byte, version int64) error {
	return db.InTx(ctx, func(tx process.Tx) error {
		t, n := tx.(*txn), int64(0)
		var err error
		if version == 0 {
			n, err = t.exec("INSERT INTO sealed (name, version, data, updated_at) VALUES ($1, 1, $2, $3) ON CONFLICT DO NOTHING", clean(name), data, db.now().UnixMicro())
		} else {
			n, err = t.exec("UPDATE sealed SET version = version + 1, data = $3, updated_at = $4 WHERE name = $1 AND version = $2", clean(name), version, data, db.now().UnixMicro())
		}
		if err != nil {
			return fmt.Errorf("keeping what is sealed as %s: %w", name, err)
		}
		if n == 0 {
			return process.Conflict("stale", "something else was sealed as %s meanwhile", name)
		}
		return nil
	})
}
