package message

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// textLine is one line of the readable text with what its HTML said about it.
type textLine struct {
	text string
	mark lineMark
}

type lineMark uint8

const (
	markNone lineMark = iota
	markQuoted
	markSignature
)

// plainLines are the lines of plain text, without blank ones at either end, and
// full what is left of it.
func plainLines(s string) (full string, lines []textLine) {
	s = strings.TrimRight(s, " \t\n\u00a0")
	if s == "" {
		return "", nil
	}
	lines = make([]textLine, 0, strings.Count(s, "\n")+1)
	full = s
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		if len(lines) == 0 && blank(line) && more {
			full = s
			continue
		}
		lines = append(lines, textLine{text: line})
	}
	return full, lines
}

func joinLines(lines []textLine) string {
	size := len(lines)
	for _, l := range lines {
		size += len(l.text)
	}
	var b strings.Builder
	b.Grow(size)
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
	}
	return b.String()
}

// maxLinkBytes is the length up to which the target of a link is written out.
const maxLinkBytes = 2000

// maxOpen is how many open elements are remembered.
const maxOpen = 500

// htmlLines turns HTML into the lines that a person sees, links with their
// targets. Quotes and signatures that mail programs mark are marked.
func htmlLines(s []byte) []textLine {
	lines, hid := render(s, false)
	if len(lines) == 0 && hid {
		lines, _ = render(s, true)
	}
	return lines
}

func render(s []byte, showHidden bool) (lines []textLine, hid bool) {
	r := renderer{z: html.NewTokenizer(bytes.NewReader(s)), showHidden: showHidden}
	for {
		switch r.z.Next() {
		case html.ErrorToken:
			r.newLine()
			r.hid = r.hid || r.skip == "title" // one without an end swallowed the rest
			return trimLines(r.lines), r.hid
		case html.TextToken:
			r.text(r.z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start()
		case html.EndTagToken:
			name, _ := r.z.TagName()
			r.end(string(name))
		}
	}
}

func trimLines(lines []textLine) []textLine {
	for len(lines) > 0 && blank(lines[len(lines)-1].text) {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && blank(lines[0].text) {
		lines = lines[1:]
	}
	return lines
}

// renderer is the state of one conversion.
type renderer struct {
	z          *html.Tokenizer
	lines      []textLine
	cur        strings.Builder
	space      bool // white space waits before the next word
	showHidden bool
	hid        bool // something was hidden

	skip string // the element whose text is no text: style, script, title
	open []element

	quotes, cites, signatures, hidden, pres int // open elements of each kind
	restQuoted                              bool

	href     string
	linkText strings.Builder
}

// element is an open element that changes how its text is read.
type element struct {
	name                                string
	quote, cite, signature, hidden, pre bool
	ordered                             bool
	tight                               bool // a paragraph without space around it
	items                               int  // of a list; of a paragraph, the lines before it
}

func (r *renderer) text(b []byte) {
	if len(b) == 0 || r.skip != "" && !(r.skip == "title" && r.showHidden) {
		return
	}
	if r.hidden > 0 && !r.showHidden {
		r.hid = r.hid || !blank(string(b))
		return
	}
	s := cleanText(string(b))
	if r.href != "" && r.linkText.Len() < maxLinkBytes {
		r.linkText.WriteString(s)
	}
	if r.pres > 0 {
		for i := strings.IndexByte(s, '\n'); i >= 0; i = strings.IndexByte(s, '\n') {
			r.cur.WriteString(s[:i])
			r.forceLine()
			s = s[i+1:]
		}
		r.cur.WriteString(s)
		return
	}
	for s != "" {
		i := strings.IndexFunc(s, isLayoutSpace)
		if i != 0 {
			if i < 0 {
				i = len(s)
			}
			if r.space && r.cur.Len() > 0 {
				r.cur.WriteByte(' ')
			}
			r.space = false
			r.cur.WriteString(s[:i])
		} else {
			r.space = true
			i = strings.IndexFunc(s, func(c rune) bool { return !isLayoutSpace(c) })
			if i < 0 {
				return
			}
		}
		s = s[i:]
	}
}

// isLayoutSpace tells which characters HTML mail uses as white space, zero-width
// fillers of preview texts included.
func isLayoutSpace(c rune) bool {
	switch c {
	case ' ', '\t', '\n', '\u00a0', '\u200b', '\u200c', '\u034f', '\u2007', '\u00ad':
		return true
	}
	return c > unicode.MaxASCII && unicode.Is(unicode.Zs, c)
}

// newLine ends the line if there is anything on it.
func (r *renderer) newLine() {
	r.space = false
	if r.cur.Len() > 0 {
		r.forceLine()
	}
}

// forceLine ends the line, also an empty one.
func (r *renderer) forceLine() {
	text := strings.TrimRight(r.cur.String(), " \t")
	r.cur.Reset()
	r.space = false
	if text == "" && len(r.lines) > 0 && r.lines[len(r.lines)-1].text == "" {
		return
	}
	l := textLine{text: text}
	switch {
	case r.quotes > 0 || r.restQuoted:
		l.mark = markQuoted
	case r.signatures > 0:
		l.mark = markSignature
	}
	if r.cites > 0 && text != "" {
		l.text = strings.Repeat(">", min(r.cites, 20)) + " " + text
	}
	r.lines = append(r.lines, l)
}

// paragraph ends the line and leaves a blank one.
func (r *renderer) paragraph() {
	r.newLine()
	if n := len(r.lines); n > 0 && r.lines[n-1].text != "" {
		r.forceLine()
	}
}

func (r *renderer) start() {
	nameBytes, hasAttr := r.z.TagName()
	name := string(nameBytes)
	if r.skip != "" {
		return
	}
	switch name {
	case "style", "script", "title", "textarea", "template":
		r.skip = name
	case "br":
		r.forceLine()
	case "hr":
		r.newLine()
		r.cur.WriteString("---")
		r.newLine()
	case "p":
		a := r.attributes(hasAttr)
		if a.isTight() {
			r.newLine()
		} else {
			r.paragraph()
		}
		r.push(name, a)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		r.paragraph()
		r.push(name, r.attributes(hasAttr))
	case "blockquote", "pre", "table", "ul", "ol":
		r.newLine()
		r.push(name, r.attributes(hasAttr))
	case "div", "section", "article", "header", "footer", "center", "form", "fieldset", "address", "dl":
		r.newLine()
		r.push(name, r.attributes(hasAttr))
	case "span":
		r.push(name, r.attributes(hasAttr))
	case "tr", "dt", "dd", "caption":
		r.newLine()
	case "td", "th":
		if r.cur.Len() > 0 {
			r.space = true
		}
	case "li":
		r.newLine()
		r.cur.WriteString(r.bullet())
	case "a":
		r.link()
		if href := r.attr("href", hasAttr); len(href) <= maxLinkBytes {
			r.href = strings.TrimSpace(href)
		}
		r.linkText.Reset()
	case "img":
		if alt := oneLine(r.attr("alt", hasAttr)); alt != "" && len(alt) < 200 {
			r.text([]byte("[" + alt + "]"))
		}
	}
}

func (r *renderer) end(name string) {
	if r.skip != "" {
		if r.skip == name {
			r.skip = ""
		}
		return
	}
	switch name {
	case "a":
		r.link()
	case "p":
		r.endParagraph()
		r.pop(name)
	case "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol":
		r.paragraph()
		r.pop(name)
	case "div", "section", "article", "header", "footer", "center", "form", "fieldset", "address", "dl":
		r.newLine()
		r.pop(name)
	case "span":
		r.pop(name)
	case "tr", "li", "dt", "dd", "caption":
		r.newLine()
	}
}

// endParagraph leaves a blank line behind a paragraph, unless it has no space
// around it: of those an empty one is the blank line.
func (r *renderer) endParagraph() {
	if n := len(r.open); n == 0 || r.open[n-1].name != "p" || !r.open[n-1].tight {
		r.paragraph()
		return
	}
	if r.cur.Len() == 0 && r.open[len(r.open)-1].items == len(r.lines) {
		r.forceLine()
	}
	r.newLine()
}

// push remembers an open element.
func (r *renderer) push(name string, a attributes) {
	if len(r.open) >= maxOpen {
		return
	}
	e := element{name: name, pre: name == "pre", ordered: name == "ol"}
	if name == "p" && a.isTight() {
		e.tight, e.items = true, len(r.lines)
	}
	if name != "p" { // the end of a paragraph is often left out
		e.hidden = a.hides()
	}
	e.signature = a.marksSignature()
	e.quote = a.marksQuote()
	if name == "blockquote" {
		e.cite = e.quote || a.kind == "cite" || r.quotes > 0 || r.afterAttribution()
		e.quote = e.cite
	}
	if a.marksRest() {
		r.restQuoted = true
	}
	r.open = append(r.open, e)
	r.count(e, 1)
}

// pop closes the newest element of that name, and what is open inside it.
func (r *renderer) pop(name string) {
	for i := len(r.open) - 1; i >= 0 && i >= len(r.open)-50; i-- {
		if r.open[i].name != name {
			continue
		}
		for _, e := range r.open[i:] {
			r.count(e, -1)
		}
		r.open = r.open[:i]
		return
	}
}

func (r *renderer) count(e element, by int) {
	add := func(n *int, is bool) {
		if is {
			*n += by
		}
	}
	add(&r.quotes, e.quote)
	add(&r.cites, e.cite)
	add(&r.signatures, e.signature)
	add(&r.hidden, e.hidden)
	add(&r.pres, e.pre)
}

// afterAttribution tells whether the newest line announces a quote.
func (r *renderer) afterAttribution() bool {
	for i := len(r.lines) - 1; i >= 0; i-- {
		if r.lines[i].text != "" {
			return announcesQuote(r.lines[i].text)
		}
	}
	return false
}

// bullet is the mark of a list item.
func (r *renderer) bullet() string {
	for i := len(r.open) - 1; i >= 0; i-- {
		switch r.open[i].name {
		case "ul":
			return "- "
		case "ol":
			r.open[i].items++
			return strconv.Itoa(r.open[i].items) + ". "
		}
	}
	return "- "
}

// link writes the target of the link that ends, unless its text says it.
func (r *renderer) link() {
	href := r.href
	r.href = ""
	if href == "" {
		return
	}
	text := strings.TrimSpace(r.linkText.String())
	lower := strings.ToLower(href)
	switch {
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
		bare := strings.TrimSuffix(href[strings.Index(href, "//")+2:], "/")
		if text == "" || strings.Contains(text, bare) || strings.EqualFold(text, strings.TrimPrefix(bare, "www.")) {
			return
		}
	case strings.HasPrefix(lower, "mailto:"):
		href, _, _ = strings.Cut(href[len("mailto:"):], "?")
		if text == "" || strings.Contains(strings.ToLower(text), strings.ToLower(href)) {
			return
		}
	default:
		return
	}
	r.text([]byte(" <" + href + ">"))
}
