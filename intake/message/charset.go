package message

import (
	"bytes"
	"encoding/binary"
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
	s, as, valid := fromCharset(b, label, l)
	if valid {
		s = string(b)
	}
	return s, as
}

// fromCharset is readCharset, but leaves it to the caller to make a string of
// bytes that are UTF-8 as they stand: then valid is true and s empty.
func fromCharset(b []byte, label string, l *ledger) (s, as string, valid bool) {
	if bom := byteOrderMark(b); bom != "" {
		label = bom
	}
	label = charsetLabel(label)
	if !shiftsASCII(label) && isASCII(b) {
		return "", "us-ascii", true
	}
	valid = utf8.Valid(b)
	switch label {
	case "", "utf-8", "us-ascii", "unknown":
		if valid {
			break
		}
		if guessed := guessCharset(b); guessed != "" {
			l.defect(DefectCharset)
			label = guessed
		}
	}
	switch label {
	case "", "utf-8":
		if valid {
			return "", "utf-8", true
		}
		l.defect(DefectCharset)
		return repaired(b)
	case "us-ascii", "windows-1252", "iso-8859-15", "unknown":
		if valid && bytes.IndexByte(b, 0) < 0 {
			l.defect(DefectCharset)
			return "", "utf-8", true
		}
		if label == "us-ascii" || label == "unknown" {
			l.defect(DefectCharset)
		}
		if label != "iso-8859-15" {
			return repaired(b)
		}
	case "utf-7":
		return decodeUTF7(b), label, false
	default:
		if valid && isPlainlyUTF8(b, label) {
			l.defect(DefectCharset)
			return "", "utf-8", true
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
	return string(d), label, false
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

// isPlainlyUTF8 tells whether b, which is UTF-8, has so many characters beyond ASCII
// that the charset which it claims would not give that by chance. Of charsets
// with a byte for each character two are enough.
func isPlainlyUTF8(b []byte, label string) bool {
	if bytes.IndexByte(b, 0) >= 0 {
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
	for ; len(b) >= 8; b = b[8:] { // at once
		if within(binary.LittleEndian.Uint64(b), 1, 0x7f) != highBytes {
			return false
		}
	}
	for _, c := range b {
		if c == 0 || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// repaired is repairUTF8 with the name of what most of it was read as.
func repaired(b []byte) (s, as string, valid bool) {
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
		return repairUTF8(b), "utf-8", false
	}
	return repairUTF8(b), "windows-1252", false
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
