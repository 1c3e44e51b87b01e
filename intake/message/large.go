package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime/debug"

	"github.com/emne/emne/intake"
)

const (
	// largePart is the size in octets, still encoded, from which a part of a
	// spooled mail stays where it is, and maxHeldParts how many octets of smaller
	// ones one mail has in memory.
	largePart    = 64 << 10
	maxHeldParts = 1 << 20
	// window is how much of a large part is decoded at once.
	window = 64 << 10
	// releaseEvery is how many octets are read before their memory is given back.
	releaseEvery = 1 << 20
)

// paging keeps the memory that the reading of a spooled mail takes within
// bounds. The zero value is for a mail in memory.
type paging struct {
	raw     intake.Raw
	spooled bool
	large   int // from how many octets on a part stays in the file
	held    int
	read    int
}

// isLarge tells whether a part of n octets stays in the file.
func (p *paging) isLarge(n int) bool {
	if !p.spooled {
		return false
	}
	if n < p.large && p.held+n <= maxHeldParts {
		p.held += n
		return false
	}
	return true
}

// passed says that n more octets were read.
func (p *paging) passed(n int) {
	if p.read += n; p.spooled && p.read >= releaseEvery {
		p.raw.Release()
		p.read = 0
	}
}

// index is bytes.Index in what follows pos, and gives the place in b.
func (p *paging) index(b []byte, pos int, what []byte) int {
	for pos < len(b) {
		stretch := b[pos:]
		if p.spooled && len(stretch) > releaseEvery+len(what) {
			stretch = stretch[:releaseEvery+len(what)]
		}
		if i := bytes.Index(stretch, what); i >= 0 {
			p.passed(i)
			return pos + i
		}
		if len(stretch) == len(b)-pos {
			return -1
		}
		p.passed(releaseEvery)
		pos += releaseEvery
	}
	return -1
}

// part is the content of a large part, decoded anew each time it is read. It
// can be read until the mail is closed.
type part struct {
	encoding transferEncoding
	encoded  []byte
	paging   paging
	size     int64
	sum      [sha256.Size]byte
}

// readPart goes through a part once: its decoded bytes are counted and hashed.
func (l *ledger) readPart(e transferEncoding, encoded []byte) *part {
	p := &part{encoding: e, encoded: encoded, paging: paging{raw: l.raw, spooled: l.spooled}}
	sum := sha256.New()
	p.size, _ = p.decode(sum, l) // a hash takes everything
	sum.Sum(p.sum[:0])
	return p
}

// WriteTo implements io.WriterTo. A file that cannot be read is an error.
func (p *part) WriteTo(w io.Writer) (n int64, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading a part of a spooled mail: %v", r)
		}
	}()
	return p.decode(w, &ledger{})
}

func (p *part) decode(w io.Writer, l *ledger) (int64, error) {
	s := &partWriter{to: w, paging: p.paging}
	b := p.encoded
	switch p.encoding {
	case encodedBase64:
		b = bytes.TrimSpace(b)
		d, rest := base64Body(b, make([]byte, 0, 2*window), s, l)
		s.write(d)
		if rest != nil {
			s.write([]byte("\n"))
			s.copy(rest)
		}
	case encodedQuotedPrintable:
		var d []byte
		for len(b) > 0 && s.err == nil {
			n := quotedStretch(b)
			d = appendQuotedPrintable(d[:0], b[:n])
			s.write(d)
			s.paging.passed(n)
			b = b[n:]
		}
	default:
		s.copy(b)
	}
	return s.n, s.err
}

// bytes are the decoded ones.
func (p *part) bytes() []byte {
	out := bytes.NewBuffer(make([]byte, 0, p.size))
	if _, err := p.decode(out, &ledger{}); err != nil {
		return nil // never: memory takes everything
	}
	return out.Bytes()
}

func (p *part) blob() *intake.Blob {
	return &intake.Blob{SHA256: hex.EncodeToString(p.sum[:]), Size: p.size, Source: p}
}

// quotedStretch is how much of b can be decoded by itself: whole lines, or in a
// very long line what stands before an escape.
func quotedStretch(b []byte) int {
	for size := window; size < len(b); size *= 2 {
		if i := bytes.LastIndexByte(b[:size], '\n'); i >= 0 {
			return i + 1
		}
		if i := bytes.LastIndexByte(b[:size], '='); i > 0 {
			return i
		}
	}
	return len(b)
}

// partWriter passes decoded bytes on until that fails.
type partWriter struct {
	to     io.Writer
	paging paging
	n      int64
	err    error
}

func (s *partWriter) write(d []byte) {
	if s.err != nil {
		return
	}
	n, err := s.to.Write(d)
	s.n += int64(n)
	if err == nil && n < len(d) {
		err = io.ErrShortWrite
	}
	s.err = errors.Join(s.err, err)
}

func (s *partWriter) copy(b []byte) {
	for len(b) > 0 && s.err == nil {
		n := min(len(b), window)
		s.write(b[:n])
		s.paging.passed(n)
		b = b[n:]
	}
}

// size is that of the decoded content in octets.
func (a *Attachment) size() int64 {
	if a.large != nil {
		return a.large.size
	}
	return int64(len(a.Content))
}

// bytes are the decoded content in memory.
func (a *Attachment) bytes() []byte {
	if a.large != nil {
		return a.large.bytes()
	}
	return a.Content
}

// addTo writes the decoded content to a hash, which takes everything.
func (a *Attachment) addTo(h hash.Hash) {
	if a.large != nil {
		_, _ = a.large.decode(h, &ledger{})
		return
	}
	_, _ = h.Write(a.Content)
}

func (a *Attachment) blob() *intake.Blob {
	if a.large != nil {
		return a.large.blob()
	}
	return intake.NewBlob(a.Content)
}
