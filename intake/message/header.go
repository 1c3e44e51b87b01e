package message

import (
	"bytes"
	"iter"
	"strings"
)

// field is one header field: key in lower case, value unfolded and undecoded.
type field struct {
	key, value string
}

// header holds fields in the order of the mail, so the newest trace field first.
type header []field

// lookup is the first field with that key that has a value, else the first at all.
func (h header) lookup(key string) (string, bool) {
	found := false
	for i := range h {
		if h[i].key != key {
			continue
		}
		found = true
		if h[i].value != "" {
			return h[i].value, true
		}
	}
	return "", found
}

func (h header) get(key string) string {
	v, _ := h.lookup(key)
	return v
}

// all are the values of the fields with that key that have one.
func (h header) all(key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range h {
			if h[i].key == key && h[i].value != "" && !yield(h[i].value) {
				return
			}
		}
	}
}

// The bounds of the fields that are kept for rules.
const (
	maxExtensions      = 60
	maxExtensionsBytes = 300
)

// extensions are the first values of fields that begin with x-, cut to a length.
func (h header) extensions() map[string]string {
	out := map[string]string{}
	for _, f := range h {
		if !strings.HasPrefix(f.key, "x-") || len(out) >= maxExtensions || len(f.key) > 100 {
			continue
		}
		if _, ok := out[f.key]; !ok {
			out[f.key] = oneLine(cleanText(f.value[:min(len(f.value), maxExtensionsBytes)]))
		}
	}
	return out
}

// addresses reads every field of that key, since some programs repeat To.
func (h header) addresses(key string, l *ledger) []Address {
	var list []Address
	for v := range h.all(key) {
		if more := parseAddresses(v, l); list == nil {
			list = more
		} else {
			list = append(list, more...)
		}
		if len(list) >= MaxAddresses {
			return list[:MaxAddresses]
		}
	}
	return list
}

// paths reads every field of that key as one bare address.
func (h header) paths(key string) []string {
	var ps []string
	for v := range h.all(key) {
		if p := pathOf(v); p != "" && len(ps) < MaxAddresses {
			ps = append(ps, p)
		}
	}
	return ps
}

// splitHeader takes the header off b and returns the body. It accepts mbox
// From_ lines, blank lines before the first field, lines without a colon, and a
// body that starts without a blank line. Of a part (top is false) a leading
// blank line means that it has no header.
func splitHeader(b []byte, top bool, l *ledger) (header, []byte) {
	fields := 4 // as many as a part has
	if top {
		fields = 16
		b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		b = trimBlankLines(b)
	}
	var h header
	var few [8][]byte
	value := few[:0] // of the newest field: its lines, trimmed
	flush := func() {
		if len(h) > 0 {
			h[len(h)-1].value = unfolded(value)
		}
		value = value[:0]
	}
	defer flush()
	size, lines, junk := 0, 0, 0
	for len(b) > 0 {
		line, rest := cutLine(b)
		size += len(b) - len(rest)
		lines++
		if size > MaxHeaderBytes || lines > MaxHeaderLines {
			l.fail(ProblemHeaderTooLarge)
			return h, afterHeader(b)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			if len(line) > 0 && continues(rest) {
				b = rest // a folded line of white space alone
				continue
			}
			if top && len(h) > 0 && blankInside(h, rest) {
				l.defect(DefectHeader)
				b = rest
				continue
			}
			return h, rest
		}
		if isSpace(line[0]) && len(h) > 0 {
			value = append(value, bytes.TrimSpace(line))
			b = rest
			continue
		}
		key, first, ok := cutField(line)
		switch {
		case ok:
			flush()
			junk = 0
			if h == nil {
				h = make(header, 0, fields)
			}
			h = append(h, field{key: key})
			value = append(value, first)
		case isFromLine(line):
		case junk < 3 && fieldAhead(rest) || top && headerAhead(h, rest):
			l.defect(DefectHeader)
			if junk++; junk == 1 && len(h) > 0 && goesOn(h[len(h)-1].key, value[len(value)-1]) {
				value = append(value, bytes.TrimSpace(line))
			}
		default:
			l.defect(DefectHeader)
			return h, b // not a header line: the body starts here
		}
		b = rest
	}
	return h, nil
}

// cutLine splits at the first line end and drops it.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// cutField splits "Key: value" and tells whether the line is a field.
func cutField(line []byte) (string, []byte, bool) {
	line = bytes.TrimLeft(line, " \t")
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 100 {
		return "", nil, false
	}
	key := bytes.TrimRight(line[:i], " \t")
	for _, c := range key {
		if c <= ' ' || c > '~' {
			return "", nil, false
		}
	}
	return fieldKey(key), bytes.TrimSpace(line[i+1:]), true
}

// fieldKey is the key of a field in lower case.
func fieldKey(key []byte) string {
	var room [100]byte
	lower := append(room[:0], key...)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	if known, ok := fieldKeys[string(lower)]; ok {
		return known
	}
	return string(lower)
}

// fieldKeys are those that most mails have, so that each need not be a new string.
var fieldKeys = func() map[string]string {
	t := map[string]string{}
	for _, key := range []string{"received", "return-path", "delivered-to", "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
		"reply-to", "mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id", "content-language", "sender",
		"dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results", "authentication-results", "received-spf", "list-unsubscribe",
		"thread-topic", "thread-index", "user-agent", "importance", "x-mailer", "x-originating-ip", "x-received", "x-priority"} {
		t[key] = key
	}
	return t
}()

// unfolded are the lines of a value on one line.
func unfolded(lines [][]byte) string {
	if len(lines) == 1 {
		return string(lines[0])
	}
	size := len(lines)
	for _, line := range lines {
		size += len(line)
	}
	var b strings.Builder
	b.Grow(size)
	for i, line := range lines {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.Write(line)
	}
	return strings.TrimSpace(b.String())
}

func isFromLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// continues tells whether the next line belongs to the field before it.
func continues(rest []byte) bool {
	line, _ := cutLine(rest)
	return len(line) > 0 && isSpace(line[0]) && len(bytes.TrimSpace(line)) > 0
}

// fieldAhead tells whether the next line is a field or a continuation, so that
// a junk line before it stands inside the header.
func fieldAhead(rest []byte) bool {
	line, _ := cutLine(rest)
	if len(line) == 0 {
		return false
	}
	_, _, ok := cutField(line)
	return ok && !isSpace(line[0])
}

// blankInside tells whether a blank line stands inside the header: what was
// read so far names neither a sender nor a content, and well-known fields follow.
func blankInside(h header, rest []byte) bool {
	line, _ := cutLine(rest)
	return !h.complete() && isWellKnown(line)
}

// complete tells whether the fields name a sender or a content.
func (h header) complete() bool {
	for i := range h {
		switch h[i].key {
		case "from", "content-type", "mime-version", "subject", "date":
			return true
		}
	}
	return false
}

func isWellKnown(line []byte) bool {
	key, _, ok := cutField(line)
	if !ok {
		return false
	}
	switch key {
	case "from", "received", "return-path", "to", "subject", "date", "message-id", "mime-version", "content-type":
		return true
	}
	return false
}

// The bounds of what headerAhead looks at.
const (
	maxLinesAhead = 40
	maxBytesAhead = 8 << 10
)

// headerAhead tells whether the header goes on behind lines that lost their
// indentation: what was read so far names no sender, and a well-known field
// comes before the next blank line.
func headerAhead(h header, rest []byte) bool {
	if len(h) == 0 || h.complete() {
		return false
	}
	rest = rest[:min(len(rest), maxBytesAhead)]
	for n := 0; n < maxLinesAhead && len(rest) > 0; n++ {
		line, next := cutLine(rest)
		if len(bytes.TrimSpace(line)) == 0 {
			return false
		}
		if isWellKnown(line) {
			return true
		}
		rest = next
	}
	return false
}

// goesOn tells whether a line without indentation continues the field before
// it: a subject that was broken, or a list after its comma.
func goesOn(key string, end []byte) bool {
	return key == "subject" || bytes.HasSuffix(end, []byte(","))
}

// afterHeader is what follows the next blank line.
func afterHeader(b []byte) []byte {
	i := bytes.Index(b, []byte("\n\n"))
	j := bytes.Index(b, []byte("\n\r\n"))
	switch {
	case j >= 0 && (i < 0 || j < i):
		return b[j+3:]
	case i >= 0:
		return b[i+2:]
	}
	return nil
}

// trimBlankLines drops lines of white space at the start.
func trimBlankLines(b []byte) []byte {
	for len(b) > 0 {
		line, rest := cutLine(b)
		if len(bytes.TrimSpace(line)) > 0 {
			break
		}
		b = rest
	}
	return b
}
