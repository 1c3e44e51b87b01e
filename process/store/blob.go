package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/emne/emne/process"
)

const (
	// chunkSize is what one row holds; larger blobs are staged ahead of their transaction.
	chunkSize = 256 << 10
	// maxBlob bounds what is read back.
	maxBlob = 256 << 20
	// orphanAge is how long a staged blob waits for its transaction.
	orphanAge = time.Hour
)

const insertBlob = `INSERT INTO blob (id, sha256, size, encoding, complete, live, staged_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`

const keepBlob = "UPDATE blob SET live = 1 WHERE sha256 = $1 AND complete = 1"

// pack compresses data when that makes it smaller.
func (db *DB) pack(data []byte) process.PackedBlob {
	if len(data) < 128 {
		return process.PackedBlob{Data: data}
	}
	z := db.packer.EncodeAll(data, make([]byte, 0, len(data)/2))
	if len(z) >= len(data) {
		return process.PackedBlob{Data: data}
	}
	return process.PackedBlob{Data: z, Encoding: "zstd"}
}

// StageBlob implements process.Store.
func (db *DB) StageBlob(ctx context.Context, b *process.Blob) error {
	if b.Staged || b.Packed != nil {
		return nil
	}
	if err := checkBlob(b); err != nil {
		return err
	}
	if b.Source == nil && len(b.Data) <= chunkSize {
		b.Packed = new(db.pack(b.Data))
		return nil
	}
	var known bool
	err := db.InTx(ctx, func(tx process.Tx) error {
		n, err := tx.(*txn).exec("UPDATE blob SET staged_at = $2 WHERE sha256 = $1 AND complete = 1", b.SHA256, db.now().UnixMicro())
		known = n > 0
		return err
	})
	if err != nil {
		return fmt.Errorf("staging the blob %s: %w", b.SHA256, err)
	}
	if !known {
		if err := db.stage(ctx, b); err != nil {
			return fmt.Errorf("staging the blob %s: %w", b.SHA256, err)
		}
	}
	b.Staged = true
	return nil
}

// stage writes the chunks under an id of its own: two that stage the same bytes
// at once do not meet before the end.
func (db *DB) stage(ctx context.Context, b *process.Blob) error {
	id := process.NewID(db.clock())
	if err := db.newStaging(ctx, id, b).fill(); err != nil {
		return err
	}
	// Whoever completes the same bytes first keeps them.
	var n int64
	err := db.InTx(ctx, func(tx process.Tx) error {
		var err error
		n, err = tx.(*txn).exec(`UPDATE blob SET complete = 1 WHERE id = $1 AND NOT EXISTS
			(SELECT 1 FROM blob b WHERE b.sha256 = $2 AND b.complete = 1)`, id, b.SHA256)
		return err
	})
	if n == 1 || err != nil && !isTaken(err) {
		return err
	}
	return db.InTx(ctx, func(tx process.Tx) error {
		_, err := tx.(*txn).exec("DELETE FROM blob WHERE id = $1", id)
		return err
	})
}

// KeepBlob implements process.Tx. What is packed is most likely new, and what
// is not, staged.
func (t *txn) KeepBlob(b *process.Blob) error {
	if b.Packed == nil {
		n, err := t.exec(keepBlob, b.SHA256)
		if err != nil {
			return fmt.Errorf("keeping the blob %s: %w", b.SHA256, err)
		}
		if n > 0 {
			return nil
		}
		if b.Source != nil {
			return fmt.Errorf("the blob %s was not staged", b.SHA256)
		}
		if err := checkBlob(b); err != nil {
			return err
		}
		b.Packed = new(t.db.pack(b.Data))
	}
	id := process.NewID(t.db.clock())
	n, err := t.exec(insertBlob, id, b.SHA256, b.Size, b.Packed.Encoding, 1, 1, t.db.now().UnixMicro())
	if err != nil {
		return fmt.Errorf("storing the blob %s: %w", b.SHA256, err)
	}
	if n == 0 { // it is there; when it is live, as many a logo is, it is left alone
		if _, err := t.exec(keepBlob+" AND live = 0", b.SHA256); err != nil {
			return fmt.Errorf("keeping the blob %s: %w", b.SHA256, err)
		}
		return nil
	}
	position := int64(0)
	for chunk := range slices.Chunk(b.Packed.Data, chunkSize) {
		if err := t.insertChunk(id, position, chunk); err != nil {
			return fmt.Errorf("storing the blob %s: %w", b.SHA256, err)
		}
		position++
	}
	return nil
}

func (t *txn) insertChunk(id string, position int64, data []byte) error {
	_, err := t.exec("INSERT INTO blob_chunk (blob_id, position, data) VALUES ($1, $2, $3)", id, position, data)
	return err
}

// Blob implements process.Store. What it gives has the hash that was asked for.
func (db *DB) Blob(ctx context.Context, sum string) ([]byte, error) {
	var data []byte
	err := db.view(ctx, func(t *txn) error {
		var err error
		data, err = t.blob(sum)
		return err
	})
	return data, err
}

func (t *txn) blob(sum string) ([]byte, error) {
	var id, encoding string
	var size int64
	found, err := t.row("SELECT id, encoding, size FROM blob WHERE sha256 = $1 AND complete = 1 AND live = 1", []any{clean(sum)}, &id, &encoding, &size)
	if err != nil {
		return nil, fmt.Errorf("reading the blob %s: %w", sum, err)
	}
	if !found {
		return nil, process.NotFound("blob", sum)
	}
	packed := []byte{}
	err = t.each("SELECT data FROM blob_chunk WHERE blob_id = $1 ORDER BY position", []any{id}, func(scan func(...any) error) error {
		var chunk []byte
		if err := scan(&chunk); err != nil {
			return err
		}
		packed = append(packed, chunk...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the blob %s: %w", sum, err)
	}
	data := packed
	if encoding == "zstd" {
		if data, err = t.db.opener.DecodeAll(packed, make([]byte, 0, min(size, maxBlob))); err != nil {
			return nil, fmt.Errorf("decompressing the blob %s: %w", sum, err)
		}
	}
	if hash := sha256.Sum256(data); hex.EncodeToString(hash[:]) != sum {
		return nil, fmt.Errorf("the blob %s is damaged: its bytes have the hash %x", sum, hash)
	}
	return data, nil
}

func checkBlob(b *process.Blob) error {
	if size := max(int64(len(b.Data)), b.Size); size > maxBlob {
		return &process.Error{Code: process.CodeTooLarge, Reason: "blob.too_large", Message: fmt.Sprintf("%d bytes are more than one blob holds", size)}
	}
	if b.Source != nil {
		return nil // looked at while it is staged
	}
	if !b.Sound() {
		return fmt.Errorf("the blob %s is not staged and its bytes are not these", b.SHA256)
	}
	return nil
}

// SweepBlobs deletes what was staged over an hour ago and never kept, and says how many.
func (db *DB) SweepBlobs(ctx context.Context) (int64, error) {
	var n int64
	err := db.InTx(ctx, func(tx process.Tx) error {
		var err error
		n, err = tx.(*txn).exec("DELETE FROM blob WHERE live = 0 AND staged_at < $1", db.now().Add(-orphanAge).UnixMicro())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweeping blobs: %w", err)
	}
	return n, nil
}
