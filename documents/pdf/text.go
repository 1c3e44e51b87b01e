package pdf

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// replacement stands for what the fonts cannot draw. It is in Windows-1252, so
// that one odd character does not cost the fast path.
const replacement = '\u00bf'

// maxText bounds one text of a document, in bytes.
const maxText = 64 << 10

// maxMissing is how many characters are named that cannot be drawn.
const maxMissing = 10

// clean makes s printable: composed (NFC), without control and invisible
// characters, with a visible replacement for what the fonts cannot draw.
// Newlines stay.
func (f *fonts) clean(s string) string {
	if plain(s) {
		return s
	}
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		r = substitute(r)
		if r > 0 && r != '\n' && !f.has(r) {
			return replacement
		}
		return r
	}, norm.NFC.String(s))
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] != '\n' && (s[i] < ' ' || s[i] > '~') {
			return false
		}
	}
	return len(s) <= maxText
}

// substitute maps characters to the ones that are set in their place, and
// drops (-1) those that are not seen.
func substitute(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t', r == '\u2028', r == '\u2029':
		return ' '
	case r < ' ', r >= 0x7F && r < 0xA0, r == '\u00ad', r >= 0x200B && r <= 0x200F, r == '\u2060', r == '\ufeff',
		r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xFE00 && r <= 0xFE0F:
		return -1
	case r == '\u2212': // minus: as wide as a figure, and in Windows-1252
		return '\u2013'
	case r == '\u202f', r == '\u2007':
		return '\u00a0'
	case r >= 0x2000 && r <= 0x200A:
		return ' '
	case r == '\u2010', r == '\u2011':
		return '-'
	}
	return r
}

// missing are the letters, figures and currency signs of s that the fonts
// cannot draw, each once, ten at most.
func (f *fonts) missing(s string) []rune {
	if plain(s) {
		return nil
	}
	var out []rune
	for _, r := range norm.NFC.String(s) {
		r = substitute(r)
		if unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Sc) && !f.has(r) && !slices.Contains(out, r) {
			if out = append(out, r); len(out) == maxMissing {
				break
			}
		}
	}
	return out
}

// encode1252 is s in Windows-1252; ok is false when it holds other characters.
func encode1252(s string) (encoded string, ok bool) {
	if plain(s) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}

// wrap breaks s into lines of at most width points: at newlines, after spaces,
// hyphens and slashes, and inside words that are longer than a line.
func (f *fonts) wrap(s string, w weight, size, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(f.clean(s)), "\n") {
		lines = append(lines, f.wrapLine(strings.TrimRight(paragraph, " "), w, int(width*1000/size))...)
	}
	return lines
}

// wrapLine breaks one paragraph into lines of at most limit thousandths.
func (f *fonts) wrapLine(s string, w weight, limit int) []string {
	var lines []string
	start, used := 0, 0           // of the line: first byte, width so far
	chance, usedAtChance := -1, 0 // of the last place to break
	trim := func(l string) string { return strings.TrimRight(l, " ") }
	for i, r := range s {
		a := f.advance(r, w)
		if used+a > limit && r != ' ' && i > start {
			if chance > start {
				lines = append(lines, trim(s[start:chance]))
				start, used = chance, used-usedAtChance
			} else {
				lines = append(lines, s[start:i])
				start, used = i, 0
			}
			chance = -1
		}
		used += a
		if r == ' ' || r == '-' || r == '/' {
			chance, usedAtChance = i+1, used
		}
	}
	return append(lines, trim(s[start:]))
}
