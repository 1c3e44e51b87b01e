package message

import "bytes"

// splitParts splits a multipart at its boundary (RFC 2046 section 5.1.1). The
// preamble and the epilogue are left out. closed tells whether the end was
// there. Behind the end only parts that begin with a Content- field count: some
// programs give a multipart and the one around it the same boundary. At most
// limit parts are returned.
func splitParts(b []byte, boundary string, limit int, l *ledger) (parts [][]byte, closed bool) {
	delim := []byte("--" + boundary)
	start := -1
	for pos := 0; pos <= len(b); {
		at := l.index(b, pos, delim)
		if at < 0 {
			break
		}
		pos = at + len(delim)
		if at > 0 && b[at-1] != '\n' && b[at-1] != '\r' {
			continue
		}
		end := bytes.IndexByte(b[pos:], '\n')
		next := pos + end + 1
		if end < 0 {
			end, next = len(b)-pos, len(b)
		}
		if end > 200 {
			continue
		}
		tail := bytes.TrimRight(b[pos:pos+end], " \t\r")
		last := bytes.Equal(tail, []byte("--"))
		if len(tail) > 0 && !last {
			continue
		}
		if start >= 0 {
			parts = append(parts, dropLineEnd(b[start:max(start, at)]))
		}
		if len(parts) >= limit {
			return parts, closed
		}
		pos = next
		switch {
		case last:
			start, closed = -1, true
		case closed && !contentFieldAhead(b[next:]):
			start = -1
		default:
			start = next
		}
	}
	if start >= 0 {
		parts = append(parts, b[start:])
	}
	return parts, closed
}

// dropLineEnd drops the line end that belongs to the boundary.
func dropLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// guessBoundary finds the boundary of a multipart that declares none or a wrong
// one: the first line "--x" before a Content- field.
func guessBoundary(b []byte) (string, bool) {
	for n := 0; len(b) > 0 && n < 500; n++ {
		line, rest := cutLine(b)
		line = bytes.TrimRight(line, " \t")
		if len(line) > 2 && len(line) < 300 && bytes.HasPrefix(line, []byte("--")) && contentFieldAhead(rest) {
			return string(line[2:]), true
		}
		b = rest
	}
	return "", false
}

// contentFieldAhead tells whether b starts with a Content-* field.
func contentFieldAhead(b []byte) bool {
	line, _ := cutLine(b)
	key, _, ok := cutField(line)
	return ok && len(key) > 8 && key[:8] == "content-"
}
