package message

import (
	"bytes"
)

// uuFile is a file in a text, encoded as POSIX uuencode does.
type uuFile struct {
	name       string
	content    []byte
	start, end int // where it stands in the text
}

// maxUUFiles bounds the files in one text.
const maxUUFiles = 100

// findUUEncoded finds the first uuencoded file of b. One without an end counts
// when it has at least one good line.
func findUUEncoded(b []byte, l *ledger) (uuFile, bool) {
	start, first := 0, bytes.HasPrefix(b, []byte("begin "))
	for ; ; first = false {
		if !first {
			i := bytes.Index(b[start:], []byte("\nbegin "))
			if i < 0 {
				return uuFile{}, false
			}
			start += i + 1
		}
		line, rest := cutLine(b[start:])
		mode, name, ok := bytes.Cut(line[len("begin "):], []byte(" "))
		if !ok || len(mode) < 3 || len(mode) > 4 || !isOctal(mode) {
			continue
		}
		f := uuFile{name: string(bytes.TrimSpace(name)), start: start}
		tail, ended := f.read(rest)
		if len(f.content) == 0 || f.name == "" && !ended {
			continue
		}
		if !ended {
			l.defect(DefectUUEncode)
		}
		f.end = len(b) - len(tail)
		return f, true
	}
}

// read decodes the lines of a file and returns what follows it.
func (f *uuFile) read(b []byte) (rest []byte, ended bool) {
	for len(b) > 0 {
		line, next := cutLine(b)
		line = bytes.TrimRight(line, " ")
		if len(line) == 0 || line[0] == '`' {
			b = next
			continue
		}
		if string(line) == "end" {
			return next, true
		}
		n := int(line[0]-' ') & 63
		if line[0] < ' ' || line[0] > '`' || len(line) > 1+(n+2)/3*4+2 || len(line) < 1+(n*4+2)/3/2 {
			return b, false
		}
		f.content = appendUULine(f.content, line[1:], n)
		b = next
	}
	return nil, false
}

// appendUULine decodes n bytes; characters cut off the end of a line were spaces.
func appendUULine(d, s []byte, n int) []byte {
	at := func(i int) byte {
		if i >= len(s) {
			return 0
		}
		return (s[i] - ' ') & 63
	}
	for i := 0; n > 0; i += 4 {
		a, b, c, e := at(i), at(i+1), at(i+2), at(i+3)
		three := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | e}
		k := min(n, 3)
		d = append(d, three[:k]...)
		n -= k
	}
	return d
}

func isOctal(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '7' {
			return false
		}
	}
	return true
}
