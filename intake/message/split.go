package message

import "bytes"

// splitParts splits a multipart at its boundary (RFC 2046 section 5.1.1). outside
// is what stands before its first part and behind its end. closed tells whether the end was
// there. Behind the end only parts that begin with a Content- field count: some
// programs give a multipart and the one around it the same boundary. At most
// limit parts are returned.
func splitParts(b []byte, boundary string, limit int, l *ledger) (parts, outside [][]byte, closed bool) {
	delim := []byte("--" + boundary)
	start, end := -1, 0 // of a part, of what stands outside
	for pos := 0; pos <= len(b); {
		at := l.index(b, pos, delim)
		if at < 0 {
			break
		}
		pos = at + len(delim)
		if at > 0 && b[at-1] != '\n' && b[at-1] != '\r' {
			continue
		}
		width := bytes.IndexByte(b[pos:], '\n')
		next := pos + width + 1
		if width < 0 {
			width, next = len(b)-pos, len(b)
		}
		if width > 200 {
			continue
		}
		tail := bytes.Trim(b[pos:pos+width], " \t\r")
		last := bytes.Equal(tail, []byte("--"))
		if len(tail) > 0 && !last {
			continue
		}
		if start >= 0 {
			parts = append(parts, dropLineEnd(b[start:max(start, at)]))
		} else if len(outside) < 2 {
			outside = append(outside, b[end:at])
		}
		if len(parts) >= limit {
			return parts, outside, closed
		}
		pos, end = next, next
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
	} else if len(outside) < 2 {
		outside = append(outside, b[end:])
	}
	return parts, outside, closed
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

// maxOutside is how much of the text beside the parts of a multipart is kept.
const maxOutside = 64 << 10

// keepOutside keeps text beside the parts of a multipart for a mail that has no
// other. The notes for old programs, which all name MIME, are not that.
func (w *walker) keepOutside(outside [][]byte) {
	for _, b := range outside {
		b = bytes.TrimSpace(b[:min(len(b), maxOutside)])
		if len(b) == 0 || len(w.outside) >= MaxDepth || bytes.Contains(bytes.ToLower(b[:min(len(b), 1000)]), []byte("mime")) {
			continue
		}
		w.outside = append(w.outside, b)
	}
}
