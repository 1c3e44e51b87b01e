package message

import (
	"bytes"
	"strings"
)

// maxTypes is how many fields Content-Type of one part are looked at.
const maxTypes = 5

// laterMultipart is the second Content-Type of a part whose parts are there,
// whatever the first one says.
func laterMultipart(h header, content []byte, l *ledger) (mediaType, bool) {
	n := 0
	for range h.all("content-type") {
		n++
	}
	if n < 2 || n > maxTypes {
		return mediaType{}, false
	}
	first := true
	for v := range h.all("content-type") {
		if first {
			first = false
			continue
		}
		m := parseMediaType(v, l)
		b := m.params["boundary"]
		if strings.HasPrefix(m.value, "multipart/") && b != "" && l.index(content, 0, []byte("\n--"+b)) >= 0 {
			l.defect(DefectContentType)
			return m, true
		}
	}
	return mediaType{}, false
}

// multipart reads the parts of a multipart. It is false when it has none.
func (w *walker) multipart(ct mediaType, h header, content []byte, at place) ([]segment, bool) {
	limit := MaxParts - w.l.parts + 1
	parts, outside, closed := splitParts(content, ct.params["boundary"], limit, w.l)
	if len(parts) == 0 || ct.params["boundary"] == "" {
		// An encoding does not belong here, but some programs use one.
		if d := decodeTransfer(h.get("content-transfer-encoding"), content, w.l); len(d) != len(content) && w.l.spend(len(d)) {
			content = d
			parts, outside, closed = splitParts(content, ct.params["boundary"], limit, w.l)
		}
	}
	if len(parts) == 0 || ct.params["boundary"] == "" {
		b, ok := guessBoundary(content)
		if ok {
			w.l.defect(DefectBoundary)
			parts, outside, closed = splitParts(content, b, limit, w.l)
		}
	}
	if len(parts) == 0 {
		return nil, false
	}
	if !closed {
		w.l.defect(DefectUnclosed)
	}
	w.keepOutside(outside)
	inner := place{depth: at.depth + 1, parent: ct.value, def: "text/plain"}
	switch ct.value {
	case "multipart/digest":
		inner.def = "message/rfc822"
	case "multipart/report":
		w.b.isReport = w.b.isReport || at.depth <= 1
	}
	children := make([][]segment, 0, len(parts))
	for _, p := range parts {
		if len(bytes.TrimSpace(p)) == 0 {
			continue
		}
		ph, rest := splitHeader(p, false, w.l)
		children = append(children, w.part(ph, rest, inner))
	}
	if ct.value == "multipart/alternative" {
		return mergeAlternatives(children), true
	}
	var all []segment
	for _, c := range children {
		all = append(all, c...)
	}
	return all, true
}

// mergeAlternatives takes the plain form and the HTML form, each of the last
// alternative that has one.
func mergeAlternatives(children [][]segment) []segment {
	var one segment
	for _, c := range children {
		var plain []string
		var html [][]byte
		for _, s := range c {
			if !blank(s.plain) {
				plain = append(plain, s.plain)
			}
			if !blankBytes(s.html) {
				html = append(html, s.html)
			}
		}
		if len(plain) > 0 {
			one.plain = strings.Join(plain, "\n")
		}
		switch len(html) {
		case 0:
		case 1:
			one.html = html[0]
		default:
			one.html = bytes.Join(html, []byte("\n"))
		}
	}
	if one.plain == "" && one.html == nil {
		return nil
	}
	return []segment{one}
}
