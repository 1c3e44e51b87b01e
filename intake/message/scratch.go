package message

import (
	"crypto/sha256"
	"hash"
)

// maxSpare is the size in octets up to which a buffer is kept for the next use.
const maxSpare = 256 << 10

// scratch is memory that is needed for a while in the reading of one mail, and
// again for the next one. What is taken out is gone from it until it is put
// back, so that what is never put back may be kept. A nil one keeps nothing.
type scratch struct {
	spare []byte
	sum   hash.Hash
}

// buffer is an empty buffer with room for n octets.
func (s *scratch) buffer(n int) []byte {
	if s == nil {
		return make([]byte, 0, n)
	}
	b := s.spare
	s.spare = nil
	if cap(b) < n {
		const step = 16 << 10 // so that a little more is not another buffer
		b = make([]byte, 0, (n+step-1)/step*step)
	}
	return b[:0]
}

// putBack takes a buffer that nothing refers to any more.
func (s *scratch) putBack(b []byte) {
	if s != nil && cap(b) <= maxSpare && cap(b) > cap(s.spare) {
		s.spare = b[:0]
	}
}

// hash is an SHA-256 at its beginning; it stays what it is until the next call.
func (s *scratch) hash() hash.Hash {
	if s == nil {
		return sha256.New()
	}
	if s.sum == nil {
		s.sum = sha256.New()
	}
	s.sum.Reset()
	return s.sum
}
