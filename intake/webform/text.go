package webform

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// decode brings bytes to UTF-8: by the charset that is named, unless they are
// UTF-8 anyway; without one, other bytes are taken for windows-1252.
func decode(b []byte, charset string) string {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	wide := len(b) > 1 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff)
	if utf8.Valid(b) && !wide && !strings.HasPrefix(strings.ToLower(charset), "utf-16") {
		return string(b)
	}
	if wide && charset == "" {
		charset = "utf-16"
		if b[0] == 0xfe {
			charset = "utf-16be"
		}
	}
	if e, err := htmlindex.Get(strings.TrimSpace(charset)); err == nil {
		if name, _ := htmlindex.Name(e); name != "utf-8" {
			if out, err := e.NewDecoder().Bytes(b); err == nil {
				return strings.TrimPrefix(string(out), "\ufeff")
			}
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// plain is text as a person reads it: HTML's marks taken off, line ends as LF,
// no control characters, at most so many octets.
func plain(s string, most int) string {
	if len(s) > 4*most {
		s = s[:4*most]
	}
	s = strings.ToValidUTF8(s, "")
	if strings.Contains(s, "<") {
		s = stripHTML(s)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(cutAt(s, most))
}

// oneLine is plain text on one line.
func oneLine(s string, most int) string {
	return cutAt(strings.Join(strings.Fields(plain(s, most)), " "), most)
}

// cutAt shortens s between two runes.
func cutAt(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// stripHTML takes known tags off; "a < b" and "<kari@example.no>" stay.
func stripHTML(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := atom.Atom(0)
	marked := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		raw := string(z.Raw())
		if kind == html.TextToken {
			if hidden == 0 {
				b.WriteString(raw)
			}
			continue
		}
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		switch {
		case kind == html.CommentToken || kind == html.DoctypeToken:
			marked = true
		case tag == 0:
			if hidden == 0 {
				b.WriteString(raw)
			}
		case tag == atom.Script || tag == atom.Style || tag == atom.Title:
			marked = true
			if hidden = tag; kind != html.StartTagToken {
				hidden = 0
			}
		default:
			marked = true
			switch tag {
			case atom.Br, atom.Li, atom.Tr, atom.P, atom.Div, atom.Ul, atom.Ol, atom.Table, atom.H1, atom.H2, atom.H3, atom.Blockquote:
				if hidden == 0 {
					b.WriteByte('\n')
				}
			}
		}
	}
	if !marked {
		return s
	}
	out := html.UnescapeString(b.String())
	for strings.Contains(out, "\n\n\n") {
		out = strings.ReplaceAll(out, "\n\n\n", "\n\n")
	}
	return out
}
