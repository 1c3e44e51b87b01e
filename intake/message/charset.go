package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
)

// toUTF8 brings the bytes of a text to UTF-8. The label of a charset is a hint:
// bytes that are plainly UTF-8 are that, and what is neither what it claims nor
// UTF-8 is windows-1252, the most common charset of mail without a right label.
func toUTF8(b []byte, label string, l *ledger) string {
	s, _ := readCharset(b, label, l)
	return s
}

// readCharset is toUTF8 with the name of what the bytes were read as.
func readCharset(b []byte, label string, l *ledger) (s, as string) {
	if bom := byteOrderMark(b); bom != "" {
		label = bom
	}
	label = charsetLabel(label)
	if !shiftsASCII(label) && isASCII(b) {
		return string(b), "us-ascii"
	}
	switch label {
	case "", "utf-8", "us-ascii", "unknown":
		if utf8.Valid(b) {
			break
		}
		if guessed := guessCharset(b); guessed != "" {
			l.defect(DefectCharset)
			label = guessed
		}
	}
	switch label {
	case "", "utf-8":
		if utf8.Valid(b) {
			return string(b), "utf-8"
		}
		l.defect(DefectCharset)
		return repaired(b)
	case "us-ascii", "windows-1252", "iso-8859-15", "unknown":
		if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
			l.defect(DefectCharset)
			return string(b), "utf-8"
		}
		if label == "us-ascii" || label == "unknown" {
			l.defect(DefectCharset)
		}
		if label != "iso-8859-15" {
			return repaired(b)
		}
	case "utf-7":
		return decodeUTF7(b), label
	default:
		if isPlainlyUTF8(b, label) {
			l.defect(DefectCharset)
			return string(b), "utf-8"
		}
	}
	r, err := charset.Reader(label, bytes.NewReader(b))
	if err != nil {
		l.defect(DefectCharset)
		return repaired(b)
	}
	d, err := io.ReadAll(io.LimitReader(r, 4*int64(len(b))))
	if err != nil {
		l.defect(DefectCharset)
		if len(d) == 0 {
			return repaired(b)
		}
	}
	return string(d), label
}

// charsetLabel is the name of a charset as this package and go-message know it.
func charsetLabel(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\"'<>;"))
	if i := strings.IndexByte(s, '*'); i >= 0 { // RFC 2231 section 5: language
		s = s[:i]
	}
	s = strings.TrimPrefix(s, "charset=")
	s = strings.Trim(s, "\"' ")
	switch s {
	case "":
		return ""
	case "utf8", "utf-8", "utf_8", "unicode-1-1-utf-8", "x-utf-8", "utf8mb4", "x-utf_8j":
		return "utf-8"
	case "ascii", "us-ascii", "ansi_x3.4-1968", "iso646-us", "7bit", "8bit":
		return "us-ascii"
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "8859-1", "latin1", "latin-1", "windows-1252", "windows1252", "cp1252", "cp-1252", "x-cp1252", "ansi":
		return "windows-1252"
	case "iso8859-15", "iso_8859-15", "latin9", "latin-9":
		return "iso-8859-15"
	case "iso-8859-9", "latin5":
		return "windows-1254"
	case "iso-8859-8-i", "iso-8859-8-e":
		return "iso-8859-8"
	case "utf7", "utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7":
		return "utf-7"
	case "unicode":
		return "utf-16"
	case "gb2312", "gbk", "cp936", "ms936", "x-gbk":
		return "gb18030"
	case "x-unknown", "unknown", "unknown-8bit", "default", "default_charset", "x-user-defined", "none", "binary", "iso-8859", "iso", "utf":
		return "unknown"
	}
	if len(s) > 40 {
		return "unknown"
	}
	if rest, ok := strings.CutPrefix(s, "cp"); ok && strings.HasPrefix(rest, "125") {
		return "windows-" + rest
	}
	return s
}

// shiftsASCII tells whether ASCII bytes of that charset may stand for other characters.
func shiftsASCII(label string) bool {
	return strings.HasPrefix(label, "iso-2022-") || label == "utf-7" || label == "hz-gb-2312"
}

// isPlainlyUTF8 tells whether b is UTF-8 with so many characters beyond ASCII
// that the charset which it claims would not give that by chance. Of charsets
// with a byte for each character two are enough.
func isPlainlyUTF8(b []byte, label string) bool {
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	more := 6
	if strings.HasPrefix(label, "windows-125") || strings.HasPrefix(label, "iso-8859-") || strings.HasPrefix(label, "koi8-") {
		more = 2
	}
	return utf8.RuneCount(b) <= len(b)-more && !bytes.Contains(b, []byte("\x1b"))
}

func byteOrderMark(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return "utf-8"
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "utf-16be"
	}
	return ""
}

// isASCII tells whether b holds only ASCII and no NUL.
func isASCII(b []byte) bool {
	for _, c := range b {
		if c == 0 || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// repaired is repairUTF8 with the name of what most of it was read as.
func repaired(b []byte) (string, string) {
	bytesOf, wide := 0, 0
	for rest := b; len(rest) > 0; {
		_, n := utf8.DecodeRune(rest)
		if n > 1 {
			wide++
		} else if rest[0] >= utf8.RuneSelf {
			bytesOf++
		}
		rest = rest[n:]
	}
	if wide > bytesOf {
		return repairUTF8(b), "utf-8"
	}
	return repairUTF8(b), "windows-1252"
}

// repairUTF8 keeps what is UTF-8 and reads each other byte as windows-1252.
func repairUTF8(b []byte) string {
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return s.String()
}

// cleanText makes valid UTF-8 with line feeds as the only line ends and without
// control characters; a database refuses some of them, a terminal obeys others.
func cleanText(s string) string {
	if !utf8.ValidString(s) {
		return cleanRunes(s)
	}
	i := 0
	for i < len(s) && !suspectBytes[s[i]] {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	kept := 0 // the beginning of what is taken over next
	for ; i < len(s); i++ {
		c := s[i]
		if !suspectBytes[c] {
			continue
		}
		size, instead := 1, ""
		switch c {
		case '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				instead = "\n"
			}
		case '\f', '\v':
			instead = "\n"
		case 0xc2: // U+0080 to U+00BF
			switch next := s[i+1]; {
			case next == 0x85:
				instead = "\n"
			case next >= 0xa0:
				continue
			}
			size = 2
		case 0xef:
			if s[i+1] != 0xbb || s[i+2] != 0xbf { // U+FEFF
				continue
			}
			size = 3
		}
		b.WriteString(s[kept:i])
		b.WriteString(instead)
		kept = i + size
		i = kept - 1
	}
	b.WriteString(s[kept:])
	return b.String()
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
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, cleanText(s))
	return strings.Join(strings.Fields(s), " ")
}
