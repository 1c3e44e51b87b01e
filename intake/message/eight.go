package message

import "math/bits"

// Of each byte of a number the lowest bit, and the highest.
const (
	eachByte  = 0x0101010101010101
	highBytes = 0x8080808080808080
)

// eight are the first eight bytes of a text as a number, the first one lowest.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// within marks by its highest bit each byte of x from lowest to highest, which
// are ASCII. No sum reaches into the next byte, since those of x beyond ASCII
// are left out.
func within(x uint64, lowest, highest byte) uint64 {
	low := x &^ highBytes
	return (low + (0x80-uint64(lowest))*eachByte) &^ (low + (0x7f-uint64(highest))*eachByte) &^ x & highBytes
}

// countDigits tells how many there are in s, together or not.
func countDigits(s string) int {
	n := 0
	for ; len(s) >= 8; s = s[8:] {
		n += bits.OnesCount64(within(eight(s), '0', '9'))
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
