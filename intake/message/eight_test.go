package message

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// What looks at eight bytes at once finds what one looking at each would.
func TestEightBytesAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	alphabet := []byte("aZ ~09/:\x00\x1f\x20\x7f\x80\xc3\xb0\xb9\xff\r\n\t")
	for range 20_000 {
		b := make([]byte, r.IntN(40))
		few := 1 + r.IntN(len(alphabet)) // mostly letters, or anything
		for i := range b {
			if b[i] = alphabet[r.IntN(few)]; r.IntN(30) == 0 {
				b[i] = byte(r.Uint32())
			}
		}
		digits, ascii, first := 0, true, len(b)
		for i, c := range b {
			if '0' <= c && c <= '9' {
				digits++
			}
			ascii = ascii && c != 0 && c < utf8.RuneSelf
			if first == len(b) && (c < ' ' || c >= 0x7f) {
				first = i
			}
		}
		if got := countDigits(string(b)); got != digits {
			t.Errorf("%d digits in %q, counted %d", digits, b, got)
		}
		if got := isASCII(b); got != ascii {
			t.Errorf("%q is ASCII: %v", b, got)
		}
		if got := harmless(b); got != first {
			t.Errorf("the first %d bytes of %q are harmless, not %d", first, b, got)
		}
	}
}
