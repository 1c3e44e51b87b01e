package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/emne/emne/process"
)

// OpenBlob implements process.Store.
func (db *DB) OpenBlob(ctx context.Context, sum string) (process.BlobReader, error) {
	r := &blobReader{ctx: ctx, db: db, sha256: sum}
	err := db.view(ctx, func(t *txn) error {
		found, err := t.row("SELECT id, encoding, size FROM blob WHERE sha256 = $1 AND complete = 1 AND live = 1", []any{clean(sum)}, &r.id, &r.encoding, &r.size)
		if err == nil && !found {
			return process.NotFound("blob", sum)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the blob %s: %w", sum, err)
	}
	return r, nil
}

// blobReader reads a blob chunk by chunk, each in a moment of its own: a kept
// blob does not change. It goes back by beginning again.
type blobReader struct {
	ctx          context.Context
	db           *DB
	sha256       string
	id, encoding string
	size         int64

	wanted int64 // where the next Read begins
	at     int64 // where stream stands
	stream io.Reader
	opener *zstd.Decoder
	sum    hash.Hash // of all from the start on, nil when something was left out
}

// Size is how many bytes there are.
func (r *blobReader) Size() int64 { return r.size }

// Seek implements io.Seeker; nothing is read before the next Read.
func (r *blobReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.wanted
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("a place before the start of a blob")
	}
	r.wanted = offset
	return offset, nil
}

// Read implements io.Reader.
func (r *blobReader) Read(p []byte) (int, error) {
	if r.stream == nil || r.wanted != r.at {
		if err := r.move(); err != nil {
			return 0, fmt.Errorf("reading the blob %s: %w", r.sha256, err)
		}
	}
	n, err := r.stream.Read(p)
	if r.sum != nil {
		r.sum.Write(p[:n])
	}
	r.at += int64(n)
	r.wanted = r.at
	switch {
	case err == io.EOF && r.at < r.size:
		return n, fmt.Errorf("the blob %s is damaged: it ends after %d bytes", r.sha256, r.at)
	case err != nil && err != io.EOF:
		return n, fmt.Errorf("reading the blob %s: %w", r.sha256, err)
	case r.sum != nil && r.at >= r.size && hex.EncodeToString(r.sum.Sum(nil)) != r.sha256:
		// The last bytes are given only when all are right.
		return 0, fmt.Errorf("the blob %s is damaged: its bytes have the hash %x", r.sha256, r.sum.Sum(nil))
	}
	return n, err
}

// move goes to the place that is wanted: on, or from the start.
func (r *blobReader) move() error {
	if r.stream == nil || r.wanted < r.at {
		if err := r.restart(); err != nil {
			return err
		}
	}
	if r.wanted == r.at {
		return nil
	}
	r.sum = nil
	n, err := io.CopyN(io.Discard, r.stream, r.wanted-r.at)
	if r.at += n; err == io.EOF { // behind the end
		r.at, r.stream, err = r.wanted, eof{}, nil
	}
	return err
}

func (r *blobReader) restart() error {
	chunks := &chunkReader{ctx: r.ctx, db: r.db, id: r.id}
	r.at, r.sum, r.stream = 0, sha256.New(), chunks
	if r.encoding == "" {
		chunks.position = r.wanted / chunkSize // rows hold a chunk each, but the last
		if r.at = chunks.position * chunkSize; r.at > 0 {
			r.sum = nil
		}
		return nil
	}
	var err error
	if r.opener == nil {
		r.opener, err = zstd.NewReader(chunks, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxBlob))
	} else {
		err = r.opener.Reset(chunks)
	}
	r.stream = r.opener
	return err
}

// Close implements io.Closer.
func (r *blobReader) Close() error {
	if r.opener != nil {
		r.opener.Close()
	}
	return nil
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// chunkReader reads the rows of a blob one after the other.
type chunkReader struct {
	ctx      context.Context
	db       *DB
	id       string
	position int64
	buffer   []byte // one for all rows
	left     []byte
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for len(c.left) == 0 {
		found := false
		if err := c.db.view(c.ctx, func(t *txn) error {
			return t.each("SELECT data FROM blob_chunk WHERE blob_id = $1 AND position = $2", []any{c.id, c.position}, func(scan func(...any) error) error {
				var row sql.RawBytes
				err := scan(&row)
				found, c.buffer = true, append(c.buffer[:0], row...)
				return err
			})
		}); err != nil {
			return 0, err
		}
		if !found {
			return 0, io.EOF
		}
		c.left = c.buffer
		c.position++
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}
