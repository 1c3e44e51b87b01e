package message

import (
	"bytes"
	"html"
	"slices"
	"strings"
)

// body is what the parts of a mail come to.
type body struct {
	segments    []segment
	attachments []Attachment
	nested      [][]byte // attached mails
	charsets    []string // what the texts were read as
	// Of a multipart/report (RFC 6522):
	isReport bool
	status   []byte // message/delivery-status
	returned []byte // the returned mail, or its header
}

// segment is a piece of the text in the order of the mail, in the forms that
// its sender gave. The HTML can lie in a buffer that is gone when the mail is read.
type segment struct {
	plain string
	html  []byte
}

// walker goes through the parts of a mail.
type walker struct {
	l          *ledger
	b          *body
	textBytes  int
	htmlBytes  int
	seenText   bool
	nestedMail [][]byte  // attached messages
	fallback   []segment // text out of winmail.dat
	calendar   []segment // what invitations say
	outside    [][]byte  // what stands beside the parts of a multipart
}

// place is where a part stands.
type place struct {
	depth  int
	parent string // the type of the multipart around it, empty at the top
	def    string // the type of a part that names none
}

// readBody reads the parts of a mail. One that holds nothing but an attached
// message shows the text of that, and one without any text what stands beside
// its parts.
func readBody(h header, content []byte, l *ledger) *body {
	w := &walker{l: l, b: &body{}}
	w.b.segments = w.part(h, content, place{def: "text/plain"})
	w.fallBack()
	nested := w.nestedMail
	w.b.nested = nested
	for depth := 1; !w.b.readable() && !w.b.isReport && len(nested) > 0 && depth < MaxDepth; depth++ {
		inner := &walker{l: l, b: &body{}}
		ih, rest := splitHeader(nested[0], true, l)
		inner.b.segments = inner.part(ih, rest, place{depth: depth, def: "text/plain"})
		w.b.segments, w.b.charsets = inner.b.segments, inner.b.charsets
		nested = inner.nestedMail
		l.defect(DefectNestedOnly)
	}
	if !w.b.readable() && len(w.outside) > 0 {
		for _, text := range w.outside {
			w.b.segments = append(w.b.segments, segment{plain: w.plain(text, "", false)})
		}
		l.defect(DefectBoundary)
	}
	return w.b
}

// fallBack takes the text out of winmail.dat, else that of an invitation, when
// there is no other. HTML out of winmail.dat stands beside a single plain text.
func (w *walker) fallBack() {
	switch {
	case !w.b.readable() && len(w.fallback) > 0:
		w.b.segments = w.fallback
	case !w.b.readable():
		w.b.segments = append(w.b.segments, w.calendar...)
	case len(w.b.segments) == 1 && len(w.fallback) > 0 && blankBytes(w.b.segments[0].html):
		w.b.segments[0].html = w.fallback[0].html
	}
}

// readable tells whether there is any text.
func (b *body) readable() bool {
	for _, s := range b.segments {
		if !blank(s.plain) || !blankBytes(s.html) {
			return true
		}
	}
	return false
}

// html is the HTML of the mail; segments without one are escaped between.
func (b *body) html() []byte {
	found := false
	for _, s := range b.segments {
		found = found || !blankBytes(s.html)
	}
	switch {
	case !found:
		return nil
	case len(b.segments) == 1:
		return b.segments[0].html
	}
	var out bytes.Buffer
	for _, s := range b.segments {
		switch {
		case !blankBytes(s.html):
			out.Write(s.html)
		case !blank(s.plain):
			out.WriteString("<pre>" + html.EscapeString(s.plain) + "</pre>")
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// lines are the lines of the text, segments divided by a blank line, and full
// what they are when joined, if it is at hand.
func (b *body) lines() (full string, lines []textLine) {
	for _, s := range b.segments {
		var more []textLine
		text := ""
		if s.preferHTML() {
			more = htmlLines(s.html)
		} else {
			text, more = plainLines(s.plain)
		}
		switch {
		case len(more) == 0:
		case len(lines) == 0:
			full, lines = text, more
		default:
			full, lines = "", append(append(lines, textLine{}), more...)
		}
	}
	return full, lines
}

// preferHTML tells whether the text is taken from the HTML: when there is no
// plain form, or it only says that one should look at the HTML.
func (s segment) preferHTML() bool {
	if blank(s.plain) {
		return !blankBytes(s.html)
	}
	return len(s.html) > 2*len(s.plain) && len(s.plain) < 300 && strings.Contains(strings.ToLower(s.plain), "html")
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func blankBytes(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }

// part reads one part with all that is in it.
func (w *walker) part(h header, content []byte, at place) []segment {
	w.l.parts++
	switch {
	case w.l.parts > MaxParts:
		w.l.fail(ProblemTooManyParts)
		return nil
	case at.depth > MaxDepth:
		w.l.fail(ProblemTooDeep)
		return nil
	case w.l.late():
		return nil
	}
	ct, known := contentType(h, w.l)
	if !known {
		ct.value = at.def
	}
	if other, ok := laterMultipart(h, content, w.l); ok {
		ct, known = other, true
	}
	if strings.HasPrefix(ct.value, "multipart/") {
		if segments, ok := w.multipart(ct, h, content, at); ok {
			return segments
		}
		w.l.defect(DefectBoundary)
		known, ct.value = false, "text/plain"
	}
	if b := ct.params["boundary"]; b != "" && bytes.HasPrefix(trimBlankLines(content), []byte("--"+b)) {
		if segments, ok := w.multipart(ct, h, content, at); ok {
			w.l.defect(DefectContentType)
			return segments // it says that it is text
		}
	}
	if !known && at.def == "text/plain" {
		if first := trimBlankLines(content); bytes.HasPrefix(first, []byte("--")) {
			ct.params["boundary"] = ""
			if b, ok := guessBoundary(first[:min(len(first), 2000)]); ok && bytes.HasPrefix(first[2:], []byte(b)) {
				ct.params["boundary"], ct.value = b, "multipart/mixed"
				if segments, ok := w.multipart(ct, h, first, at); ok {
					w.l.defect(DefectContentType)
					return segments
				}
				ct.value = "text/plain"
			}
		}
	}
	return w.leaf(ct, known, h, content, at)
}

// leaf reads a part that holds no others.
func (w *walker) leaf(ct mediaType, known bool, h header, content []byte, at place) []segment {
	encoding := h.get("content-transfer-encoding")
	var large *part
	size, fresh := 0, false
	switch {
	case !w.l.isLarge(len(content)):
		// A file has its memory for itself, and so has a text that turns out to be one.
		var buffers *scratch
		if isReadable(ct.value) {
			buffers = w.l.scratch
		}
		content, fresh = decodeInto(buffers, encoding, content, w.l)
		size = len(content)
	case isLookedInto(ct.value):
		content = decodeTransfer(encoding, content, w.l)
		large, size = w.l.readPart(encodedNot, content), len(content)
	default:
		large = readLarge(encoding, content, w.l)
		size = int(large.size)
	}
	if !w.l.spend(size) {
		return nil
	}
	disp := parseMediaType(h.get("content-disposition"), w.l)
	name := disp.params["filename"]
	for _, key := range []string{"name", "filename"} {
		if name == "" {
			name = ct.params[key]
		}
	}
	if w.reportPart(ct.value, content, at) {
		return nil
	}
	if large != nil && (isTNEF(ct.value, name) || isCalendar(ct.value, name)) {
		content = large.bytes() // they are taken apart in memory, however large
	}
	if isTNEF(ct.value, name) && w.tnefPart(content) {
		return nil
	}
	if isCalendar(ct.value, name) {
		w.calendarPart(ct.params["charset"], content)
	}
	file := disp.value == "attachment" && (name != "" || at.depth > 0)
	file = file || name != "" && w.seenText && at.parent != "multipart/alternative"
	if isReadable(ct.value) && size > MaxHTMLBytes {
		w.l.defect(DefectTextTooLong)
		file = true
	}
	if file || !isReadable(ct.value) {
		w.attach(ct.value, name, h, content, large, at, disp.value)
		return nil
	}
	if large != nil {
		content, fresh = large.bytes(), true
	}
	s := w.text(ct, known, content, fresh)
	if !blank(s.plain) || !blankBytes(s.html) {
		w.seenText = true
	}
	return []segment{s}
}

// reportPart keeps the machine's parts of a delivery report.
func (w *walker) reportPart(ctype string, content []byte, at place) bool {
	switch ctype {
	case "message/delivery-status", "message/global-delivery-status":
		w.b.status = content // Exchange puts it into a multipart/mixed as well
		return at.parent == "multipart/report"
	}
	if at.parent != "multipart/report" {
		return false
	}
	switch ctype {
	case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		w.b.returned = content
		return true
	case "message/rfc822", "message/global":
		w.b.returned = content
	}
	return false
}

// isLookedInto tells which types are read although they are no text: their
// bytes are needed.
func isLookedInto(ctype string) bool {
	switch ctype {
	case "message/rfc822", "message/global", "message/delivery-status", "message/global-delivery-status", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		return true
	}
	return false
}

// isReadable tells which types are text that a person reads in the mail itself.
func isReadable(ctype string) bool {
	switch ctype {
	case "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "application/xhtml+xml":
		return true
	}
	return false
}

// text brings a text part to UTF-8 and to lines. Content that is fresh is its own.
func (w *walker) text(ct mediaType, known bool, content []byte, fresh bool) segment {
	label := ct.params["charset"]
	isHTML := ct.value == "text/html" || ct.value == "application/xhtml+xml" || looksLikeHTML(content, known)
	if isHTML {
		if label == "" {
			label = metaCharset(content)
		}
		if w.htmlBytes += len(content); w.htmlBytes > MaxHTMLBytes {
			w.tooLong("text/html", content)
			return segment{}
		}
		html := w.decode(content, label, fresh)
		w.l.lent = append(w.l.lent, html)
		return segment{html: html}
	}
	for n := 0; n < maxUUFiles; n++ {
		f, ok := findUUEncoded(content, w.l)
		if !ok || !w.l.spend(len(f.content)) {
			break
		}
		w.attach("application/octet-stream", toUTF8([]byte(f.name), "", w.l), nil, f.content, nil, place{}, "attachment")
		content = append(content[:f.start:f.start], content[f.end:]...)
	}
	if w.textBytes += len(content); w.textBytes > MaxTextBytes {
		w.tooLong("text/plain", content)
		return segment{}
	}
	plain := w.plain(content, label, fresh)
	switch {
	case strings.EqualFold(ct.params["format"], "flowed"):
		plain = unflow(plain, strings.EqualFold(ct.params["delsp"], "yes"))
	case ct.value == "text/enriched" || ct.value == "text/richtext":
		plain = joinLines(htmlLines([]byte(plain)))
	}
	return segment{plain: plain}
}

// plain is decode for a text that stays.
func (w *walker) plain(content []byte, label string, fresh bool) string {
	d := w.decode(content, label, fresh)
	s := string(d)
	w.l.scratch.putBack(d)
	return s
}

// decode brings a text to clean UTF-8 and notes what it was read as. It lies in
// content, if that is fresh, or else in a spare buffer.
func (w *walker) decode(content []byte, label string, fresh bool) []byte {
	s, as, valid := fromCharset(content, label, w.l)
	isBlank := valid && blankBytes(content) || !valid && blank(s)
	if !slices.Contains(w.b.charsets, as) && !isBlank {
		w.b.charsets = append(w.b.charsets, as)
	}
	switch {
	case valid && fresh:
		return appendClean(content[:0], content)
	case valid:
		return appendClean(w.l.scratch.buffer(len(content)), content)
	case fresh:
		w.l.scratch.putBack(content)
	}
	return append(w.l.scratch.buffer(len(s)), cleanText(s)...)
}

func (w *walker) tooLong(ctype string, content []byte) {
	w.l.defect(DefectTextTooLong)
	w.attach(ctype, "", nil, content, nil, place{}, "attachment")
}

// looksLikeHTML looks at the first bytes of a part that says it is plain text,
// and at the last ones of a part that names no type.
func looksLikeHTML(b []byte, named bool) bool {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '<' {
		head := strings.ToLower(string(b[:min(len(b), 200)]))
		if strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<!doctype html") {
			return true
		}
	}
	return !named && strings.Contains(strings.ToLower(string(b[max(0, len(b)-300):])), "</html>")
}

// metaCharset is the charset that HTML names in its head.
func metaCharset(b []byte) string {
	head := strings.ToLower(string(b[:min(len(b), 2048)]))
	i := strings.Index(head, "<meta")
	if i < 0 {
		return ""
	}
	_, v, ok := strings.Cut(head[i:], "charset=")
	if !ok {
		return ""
	}
	v = strings.TrimLeft(v, "\"' ")
	if j := strings.IndexAny(v, "\"' />;"); j >= 0 {
		v = v[:j]
	}
	return v
}
