package message

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// cleanText makes valid UTF-8 with line feeds as the only line ends and without
// control characters; a database refuses some of them, a terminal obeys others.
func cleanText(s string) string {
	if !utf8.ValidString(s) {
		return cleanRunes(s)
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case !suspectBytes[c]:
		case c == 0xc2 && s[i+1] >= 0xa0, c == 0xef && (s[i+1] != 0xbb || s[i+2] != 0xbf): // a letter
		default:
			b := []byte(s)
			return string(appendClean(b[:0], b))
		}
	}
	return s
}

// appendClean appends to d what cleanText makes of valid UTF-8. It is never
// longer than b, so that d may be the beginning of b itself.
func appendClean(d, b []byte) []byte {
	kept := 0 // the beginning of what is taken over next
	for i := 0; i < len(b); i++ {
		if c := b[i]; c >= ' ' && c <= '~' {
			if i += harmless(b[i:]); i >= len(b) {
				break
			}
		}
		size, instead := 1, byte(0)
		switch b[i] {
		case '\r':
			if i+1 >= len(b) || b[i+1] != '\n' {
				instead = '\n'
			}
		case '\f', '\v':
			instead = '\n'
		case 0xc2: // U+0080 to U+00BF
			switch next := b[i+1]; {
			case next == 0x85:
				instead = '\n'
			case next >= 0xa0:
				continue
			}
			size = 2
		case 0xef:
			if b[i+1] != 0xbb || b[i+2] != 0xbf { // U+FEFF
				continue
			}
			size = 3
		default:
			if !suspectBytes[b[i]] {
				continue
			}
		}
		d = append(d, b[kept:i]...)
		kept = i + size
		i = kept - 1
		if instead != 0 {
			d = append(d, instead)
		}
	}
	return append(d, b[kept:]...)
}

// harmless is how many bytes at the start of b are ASCII without control
// characters, looked at eight at once.
func harmless(b []byte) int {
	// The lowest bit set marks the first byte that is below the space, beyond
	// ASCII, or DEL; what is borrowed and carried reaches those above it alone.
	stops := func(x uint64) uint64 { return (x - ' '*eachByte) | (x + eachByte) | x }
	i := 0
	for ; i+16 <= len(b); i += 16 {
		if (stops(binary.LittleEndian.Uint64(b[i:]))|stops(binary.LittleEndian.Uint64(b[i+8:])))&highBytes != 0 {
			break
		}
	}
	for ; i+8 <= len(b); i += 8 {
		if stop := stops(binary.LittleEndian.Uint64(b[i:])) & highBytes; stop != 0 {
			return i + bits.TrailingZeros64(stop)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] <= '~' {
		i++
	}
	return i
}

// suspectBytes are those with which begins what cleanText may change, in valid UTF-8.
var suspectBytes = func() (t [256]bool) {
	for c := range byte(' ') {
		t[c] = c != '\n' && c != '\t'
	}
	t[0x7f], t[0xc2], t[0xef] = true, true, true
	return t
}()

// cleanRunes does the same with what may be no UTF-8.
func cleanRunes(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	kept := 0 // the beginning of what is taken over next
	for i, r := range s {
		size, instead := utf8.RuneLen(r), ""
		switch {
		case r == '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				instead = "\n"
			}
		case r == '\f' || r == '\v' || r == '\u0085':
			instead = "\n"
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r == '\ufeff':
		case r == utf8.RuneError:
			if _, size = utf8.DecodeRuneInString(s[i:]); size != 1 {
				continue
			}
			instead = "\ufffd"
		default:
			continue
		}
		b.WriteString(s[kept:i])
		b.WriteString(instead)
		kept = i + size
	}
	b.WriteString(s[kept:])
	return b.String()
}

// oneLine joins lines and runs of white space, and drops the characters that
// turn the direction of what follows them.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, cleanText(s))
	return strings.Join(strings.Fields(s), " ")
}

// isOneLine tells at a glance that oneLine changes nothing: words of ASCII and of
// letters from U+00C0 to U+00FF with single spaces between them.
func isOneLine(s string) bool {
	space := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c > ' ' && c <= '~':
		case c == 0xc3 && i+1 < len(s) && s[i+1]&0xc0 == 0x80:
			i++
		default:
			return false
		}
		space = false
	}
	return !space
}
