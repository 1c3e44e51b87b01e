package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/emne/emne/process"
)

// stagingWindow bounds the memory of a compression on the way.
const stagingWindow = 1 << 20

// staging writes a blob's chunks under an id of its own, each in a transaction
// of its own. They are compressed on the way, so that no copy of the whole is
// made; whether that is worth it, the first of them tells.
type staging struct {
	db     *DB
	ctx    context.Context
	id     string
	blob   *process.Blob
	head   []byte // until there is a chunk of it
	begun  bool
	out    io.Writer
	packer *zstd.Encoder
	chunks *chunkWriter
	sum    hash.Hash
	size   int64
}

func (db *DB) newStaging(ctx context.Context, id string, b *process.Blob) *staging {
	s := &staging{db: db, ctx: ctx, id: id, blob: b, sum: sha256.New()}
	s.chunks = &chunkWriter{insert: func(position int64, chunk []byte) error {
		return db.InTx(ctx, func(tx process.Tx) error { return tx.(*txn).insertChunk(id, position, chunk) })
	}}
	return s
}

// fill writes all bytes, and refuses others than were announced.
func (s *staging) fill() error {
	var err error
	if s.blob.Source != nil {
		_, err = s.blob.Source.WriteTo(s)
	} else {
		_, err = s.Write(s.blob.Data)
	}
	if err == nil && !s.begun {
		err = s.begin()
	}
	if s.packer != nil {
		err = errors.Join(err, s.packer.Close())
	}
	if err = errors.Join(err, s.chunks.Close()); err != nil {
		return err
	}
	if sum := hex.EncodeToString(s.sum.Sum(nil)); sum != s.blob.SHA256 || s.size != s.blob.Size {
		return fmt.Errorf("%d bytes came with the hash %s instead of %d", s.size, sum, s.blob.Size)
	}
	return nil
}

func (s *staging) Write(p []byte) (int, error) {
	s.sum.Write(p)
	if s.size += int64(len(p)); s.size > s.blob.Size {
		return 0, fmt.Errorf("there are more than the %d bytes announced", s.blob.Size)
	}
	n := len(p)
	if !s.begun {
		take := min(len(p), chunkSize-len(s.head))
		s.head, p = append(s.head, p[:take]...), p[take:]
		if len(s.head) < chunkSize {
			return n, nil
		}
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	if _, err := s.out.Write(p); err != nil {
		return 0, err
	}
	return n, nil
}

// begin inserts the blob's row and what came until now.
func (s *staging) begin() error {
	s.begun, s.out = true, s.chunks
	encoding := s.db.pack(s.head).Encoding
	if encoding == "zstd" {
		var err error
		s.packer, err = zstd.NewWriter(s.chunks, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(stagingWindow))
		if err != nil {
			return fmt.Errorf("preparing compression: %w", err)
		}
		s.out = s.packer
	}
	if err := s.db.InTx(s.ctx, func(tx process.Tx) error {
		_, err := tx.(*txn).exec(insertBlob, s.id, s.blob.SHA256, s.blob.Size, encoding, 0, 0, s.db.now().UnixMicro())
		return err
	}); err != nil {
		return err
	}
	_, err := s.out.Write(s.head)
	s.head = nil
	return err
}

// chunkWriter cuts what is written into rows.
type chunkWriter struct {
	insert   func(position int64, chunk []byte) error
	position int64
	buffer   []byte
	failed   error // the first; nothing is written after it
}

func (w *chunkWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		take := min(len(p), chunkSize-len(w.buffer))
		w.buffer = append(w.buffer, p[:take]...)
		p = p[take:]
		if len(w.buffer) == chunkSize {
			if err := w.flush(); err != nil {
				return n - len(p), err
			}
		}
	}
	return n, nil
}

func (w *chunkWriter) flush() error {
	if w.failed == nil {
		w.failed = w.insert(w.position, w.buffer)
	}
	w.position, w.buffer = w.position+1, w.buffer[:0]
	return w.failed
}

// Close writes what is left.
func (w *chunkWriter) Close() error {
	if len(w.buffer) == 0 {
		return nil
	}
	return w.flush()
}
