package message

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
)

// decodeTransfer undoes the Content-Transfer-Encoding of a part (RFC 2045
// section 6). Bytes that are not what the field says stay as they are.
func decodeTransfer(encoding string, b []byte, l *ledger) []byte {
	d, _ := decodeInto(nil, encoding, b, l)
	return d
}

// decodeInto is decodeTransfer into a spare buffer of s, or into new memory when
// that is nil. fresh is false when what it gives is a part of b.
func decodeInto(s *scratch, encoding string, b []byte, l *ledger) (d []byte, fresh bool) {
	switch encodingOf(encoding) {
	case encodedNot:
		return b, false
	case encodedBase64:
		d, rest := decodeBase64(s, b, l)
		if d == nil {
			return b, false
		}
		if rest != nil {
			d = append(append(d, '\n'), rest...)
		}
		return d, true
	case encodedQuotedPrintable:
		if bytes.IndexByte(b, '=') < 0 {
			return b, false
		}
		return appendQuotedPrintable(s.buffer(len(b)), b), true
	case encodedUU:
		if f, ok := findUUEncoded(b, l); ok {
			return f.content, true
		}
	}
	l.defect(DefectTransferEncoding)
	return b, false
}

// transferEncoding is a Content-Transfer-Encoding, however it is spelled.
type transferEncoding int

const (
	encodedNot transferEncoding = iota
	encodedBase64
	encodedQuotedPrintable
	encodedUU
	encodedUnknown
)

func encodingOf(field string) transferEncoding {
	if field == "" {
		return encodedNot
	}
	field, _, _ = strings.Cut(field, ";")
	if i := strings.IndexByte(field, '('); i >= 0 {
		field = field[:i]
	}
	switch strings.ToLower(strings.Trim(field, " \t\"'.")) {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return encodedNot
	case "base64", "base-64", "b", "bsae64":
		return encodedBase64
	case "quoted-printable", "quoted-printeable", "quotedprintable", "quoted/printable", "q", "qp":
		return encodedQuotedPrintable
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return encodedUU
	}
	return encodedUnknown
}

// readLarge is decodeTransfer for a part that stays in its file. Only what is
// uuencoded, which nobody has done to large files for decades, is decoded in
// memory.
func readLarge(field string, b []byte, l *ledger) *part {
	e := encodingOf(field)
	switch e {
	case encodedBase64:
		if !mostlyBase64(bytes.TrimSpace(b)) {
			l.defect(DefectTransferEncoding)
			e = encodedNot
		}
	case encodedUU, encodedUnknown:
		b, e = decodeTransfer(field, b, l), encodedNot
	}
	return l.readPart(e, b)
}

// decodeBase64 decodes what is base64 in b, whatever stands between, to the
// last whole byte. rest is plain text behind the padding, such as the footer of
// a list. d is nil when b is no base64 at all.
func decodeBase64(s *scratch, b []byte, l *ledger) (d, rest []byte) {
	b = bytes.TrimSpace(b)
	if !mostlyBase64(b) {
		l.defect(DefectTransferEncoding)
		return nil, nil
	}
	return base64Body(b, s.buffer(len(b)/4*3+3), nil, l)
}

// base64Body appends to d what b says. What d has no room for goes to spill,
// which is nil when d has room for all.
func base64Body(b, d []byte, spill *partWriter, l *ledger) (_, rest []byte) {
	var quad [4]byte
	n, paddings := 0, 0
	foreign := false
	odd := 0 // the end of a line with something else in it
	spilled := 0
	for i := 0; i < len(b); {
		if spill != nil && len(d) >= window {
			spill.write(d)
			spill.paging.passed(i - spilled)
			d, spilled = d[:0], i
			if spill.err != nil {
				return d, nil
			}
		}
		// Whole lines are decoded at once, odd bytes one by one.
		if n == 0 {
			if line := base64Line(b[i:]); line > 0 && i >= odd {
				k := len(d)
				d = d[:k+line/4*3]
				if w, err := base64.StdEncoding.Decode(d[k:], b[i:i+line]); err == nil && w == line/4*3 {
					i += line
					continue
				}
				d, odd = d[:k], i+line
			}
			end := i
			for end < min(len(b), i+window) && isBase64(b[end]) {
				end++
			}
			if whole := (end - i) / 4 * 4; whole > 0 {
				k := len(d)
				d = d[:k+whole/4*3]
				w, err := base64.StdEncoding.Decode(d[k:], b[i:i+whole])
				if err != nil {
					foreign = true
				}
				d = d[:k+w]
				i += whole
				continue
			}
		}
		c := b[i]
		i++
		switch {
		case isBase64(c):
			quad[n] = c
			if n++; n == 4 {
				var out [3]byte
				_, _ = base64.StdEncoding.Decode(out[:], quad[:])
				d = append(d, out[:]...)
				n = 0
			}
		case c == '=':
			d = appendQuad(d, quad[:n])
			n = 0
			for i < len(b) && (b[i] == '=' || b[i] == '\r' || b[i] == '\n' || isSpace(b[i])) {
				i++
			}
			paddings++
			if i < len(b) && paddings < 50 && !mostlyBase64(b[i:]) {
				l.defect(DefectBase64)
				return d, b[i:]
			}
		case c != '\r' && c != '\n' && !isSpace(c):
			foreign = true
		}
	}
	if n > 0 || foreign {
		l.defect(DefectBase64)
	}
	return appendQuad(d, quad[:n]), nil
}

// maxBase64Line is how long a line can be that is decoded without a look at it.
const maxBase64Line = 1000

// base64Line is how long the line at the start of b is, if it can be decoded at once.
func base64Line(b []byte) int {
	n := bytes.IndexByte(b[:min(len(b), maxBase64Line)], '\n')
	if n > 0 && b[n-1] == '\r' {
		n--
	}
	if n <= 0 || n%4 != 0 {
		return 0
	}
	return n
}

// appendQuad decodes a group of two or three characters.
func appendQuad(d, quad []byte) []byte {
	var out [3]byte
	n, err := base64.RawStdEncoding.Decode(out[:], quad)
	if err != nil {
		return d
	}
	return append(d, out[:n]...)
}

func isBase64(c byte) bool { return base64Bytes[c] }

// base64Bytes is the alphabet of RFC 4648 section 4: as a table, because no
// processor can guess which of its ranges the next character is in.
var base64Bytes = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = true
	}
	return t
}()

// mostlyBase64 looks at the first bytes: text has spaces between its words and
// punctuation, base64 has neither.
func mostlyBase64(b []byte) bool {
	if len(b) > 400 {
		b = b[:400]
	}
	good, bad := 0, 0
	for i, c := range b {
		switch {
		case isBase64(c) || c == '=':
			good++
		case c == '\r' || c == '\n':
		case isSpace(c):
			if i > 0 && i+1 < len(b) && isBase64(b[i-1]) && (isBase64(b[i+1]) || isSpace(b[i+1])) {
				bad++
			}
		default:
			bad++
		}
	}
	return bad*16 <= good
}

// appendQuotedPrintable decodes what is well-formed and leaves the rest.
func appendQuotedPrintable(d, b []byte) []byte {
	n := len(d)
	d = slices.Grow(d, len(b))
	d = d[:n+len(b)] // it becomes no longer
	for i := 0; i < len(b); {
		// Eight bytes at once, and those before an "=" among them.
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			binary.LittleEndian.PutUint64(d[n:], x)
			other := x ^ '='*eachByte
			if equals := (other - eachByte) &^ other & highBytes; equals != 0 { // the lowest bit set is right
				k := bits.TrailingZeros64(equals) / 8
				i += k
				n += k
				break
			}
			i += 8
			n += 8
		}
		if i == len(b) {
			break
		}
		if b[i] != '=' {
			d[n] = b[i]
			i++
			n++
			continue
		}
		if i+3 <= len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
			d[n] = byte(unhex(b[i+1])<<4 | unhex(b[i+2]))
			i += 3
			n++
			continue
		}
		j := i + 1
		for j < len(b) && isSpace(b[j]) {
			j++
		}
		switch {
		case j >= len(b):
			return d[:n]
		case b[j] == '\n':
			i = j + 1
		case b[j] == '\r' && j+1 < len(b) && b[j+1] == '\n':
			i = j + 2
		default:
			d[n] = '='
			i++
			n++
		}
	}
	return d[:n]
}
