package message

import (
	"crypto/sha256"
	"hash"
	"slices"
)

// The bounds of what is kept: how many buffers, and the size of each in octets.
const (
	maxSpares = 4
	maxSpare  = 256 << 10
)

// scratch is memory that is needed for a while in the reading of one mail, and
// again for the next one. What is taken out is gone from it until it is put
// back, so that what is never put back may be kept. A nil one keeps nothing.
type scratch struct {
	spare [][]byte
	sum   hash.Hash
}

// buffer is an empty buffer with room for n octets.
func (s *scratch) buffer(n int) []byte {
	if s == nil {
		return make([]byte, 0, n)
	}
	for i, b := range s.spare {
		if cap(b) >= n {
			s.spare = slices.Delete(s.spare, i, i+1)
			return b[:0]
		}
	}
	const step = 4 << 10 // so that a little more is not another buffer
	return make([]byte, 0, (n+step-1)/step*step)
}

// putBack takes a buffer that nothing refers to any more. Of too many the
// smallest is forgotten.
func (s *scratch) putBack(b []byte) {
	if s == nil || cap(b) == 0 || cap(b) > maxSpare {
		return
	}
	s.spare = append(s.spare, b[:0])
	slices.SortFunc(s.spare, func(a, b []byte) int { return cap(a) - cap(b) })
	if len(s.spare) > maxSpares {
		s.spare = slices.Delete(s.spare, 0, 1)
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
