package message

import (
	"bytes"
	"encoding/binary"
	"hash"
	"strings"
)

// contentHash is SHA-256 of who wrote, when, about what, and of the decoded
// parts, each with its length before it. Trace fields, the transfer encoding
// and line ends do not matter, since they differ between mailboxes.
func contentHash(m *Message, h header, b *body, s *scratch) [32]byte {
	w := hashWriter{h: s.hash(), buffer: s.buffer(maxHashed)}
	w.add("from")
	for _, a := range m.From {
		w.add(strings.ToLower(a.Address))
	}
	if len(m.From) == 0 {
		w.add(h.get("from"))
	}
	w.add("date")
	if m.Date.IsZero() {
		w.add(h.get("date"))
	} else {
		w.number(m.Date.Unix())
	}
	w.add("subject")
	w.add(m.Subject)
	for _, text := range b.segments {
		w.add("text")
		w.add(strings.TrimSpace(text.plain))
		w.addBytes(bytes.TrimSpace(text.html))
	}
	for _, a := range b.attachments {
		w.add("attachment")
		w.add(a.ContentType)
		w.number(a.size())
		a.addTo(w.h)
	}
	s.putBack(w.buffer)
	var sum [32]byte
	w.h.Sum(sum[:0])
	return sum
}

// maxHashed is how many octets of a text are hashed at once.
const maxHashed = 4 << 10

// hashWriter has a buffer for texts, of which the hash would else make a copy.
type hashWriter struct {
	h      hash.Hash
	buffer []byte
}

func (w hashWriter) number(n int64) {
	_, _ = w.h.Write(binary.BigEndian.AppendUint64(w.buffer, uint64(n)))
}

func (w hashWriter) addBytes(b []byte) {
	w.number(int64(len(b)))
	_, _ = w.h.Write(b)
}

func (w hashWriter) add(s string) {
	w.number(int64(len(s)))
	for len(s) > 0 {
		n := min(len(s), maxHashed)
		_, _ = w.h.Write(append(w.buffer, s[:n]...))
		s = s[n:]
	}
}
