package message

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
)

// rtfDictionary is what the dictionary of compressed RTF starts with
// (MS-OXRTFCP section 2.1.2.1).
const rtfDictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
	"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the compression of MS-OXRTFCP: a reference of two bytes
// stands for at most 17. A stream that is cut gives what it holds.
func unpackRTF(b []byte, l *ledger) ([]byte, bool) {
	if len(b) < 16 {
		return nil, false
	}
	size, kind := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	b = b[16:]
	switch kind {
	case 0x414c454d: // "MELA": not compressed
		return b[:min(uint64(len(b)), uint64(size))], true
	case 0x75465a4c: // "LZFu"
	default:
		return nil, false
	}
	if !l.spend(min(int(size), 9*len(b))) {
		return nil, false
	}
	var dict [4096]byte
	at := copy(dict[:], rtfDictionary)
	out := make([]byte, 0, min(int(size), 9*len(b)))
	put := func(c byte) {
		out = append(out, c)
		dict[at] = c
		at = (at + 1) % len(dict)
	}
	for len(b) > 0 && uint64(len(out)) < uint64(size) {
		control := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0 && uint64(len(out)) < uint64(size); bit++ {
			if control>>bit&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out, true
			}
			from, n := int(b[0])<<4|int(b[1])>>4, int(b[1]&15)+2
			b = b[2:]
			if from == at {
				return out, true
			}
			for ; n > 0; n-- {
				put(dict[from])
				from = (from + 1) % len(dict)
			}
		}
	}
	return out, true
}

// maxRTFDepth is how deep groups may be nested.
const maxRTFDepth = 500

// rtfState is what a group inherits from the one around it.
type rtfState struct {
	skip    bool // a destination that shows no text
	htmlTag bool // its text is the HTML that the RTF was made of
	htmlRTF bool // its text stands for such HTML and is not shown beside it
	uc      int  // how many characters stand in for a Unicode one
}

// rtfReader turns RTF into text, or into the HTML that it was made of.
type rtfReader struct {
	b       []byte
	l       *ledger
	state   rtfState
	stack   []rtfState
	label   string // the charset of escaped bytes
	html    bool
	starred bool
	pending []byte // bytes of text that are not brought to UTF-8 yet
	standIn int    // characters that are still to be passed over
	high    rune   // the first half of a surrogate pair
	out     strings.Builder
}

// readRTF gives the text of RTF, and its HTML when it was made of HTML
// (MS-OXRTFEX section 2.1).
func readRTF(b []byte, l *ledger) (plain, html string) {
	r := rtfReader{b: b, l: l, state: rtfState{uc: 1}, label: "windows-1252"}
	r.run()
	r.flush()
	s := cleanText(r.out.String())
	if r.html {
		return "", s
	}
	return s, ""
}

func (r *rtfReader) run() {
	for len(r.b) > 0 {
		c := r.b[0]
		r.b = r.b[1:]
		switch c {
		case '{':
			if len(r.stack) >= maxRTFDepth {
				r.l.defect(DefectTNEF)
				return
			}
			r.stack = append(r.stack, r.state)
			r.standIn = 0
		case '}':
			n := len(r.stack)
			if n == 0 {
				return
			}
			r.state, r.stack = r.stack[n-1], r.stack[:n-1]
			r.standIn = 0
		case '\\':
			r.control()
		case '\r', '\n':
		default:
			r.char(c)
		}
		r.starred = r.starred && c == '\\'
	}
}

// control reads a control word or symbol behind its backslash.
func (r *rtfReader) control() {
	if len(r.b) == 0 {
		return
	}
	c := r.b[0]
	if !isLetter(c) {
		r.b = r.b[1:]
		r.symbol(c)
		return
	}
	n := 0
	for n < len(r.b) && n < 32 && isLetter(r.b[n]) {
		n++
	}
	word := string(r.b[:n])
	r.b = r.b[n:]
	n = 0
	if n < len(r.b) && r.b[n] == '-' {
		n++
	}
	for n < len(r.b) && n < 11 && r.b[n] >= '0' && r.b[n] <= '9' {
		n++
	}
	value, err := strconv.Atoi(string(r.b[:n]))
	r.b = r.b[n:]
	if len(r.b) > 0 && r.b[0] == ' ' {
		r.b = r.b[1:]
	}
	r.word(word, value, err == nil)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (r *rtfReader) symbol(c byte) {
	switch c {
	case '*':
		r.starred = true
	case '\'':
		if len(r.b) >= 2 && unhex(r.b[0]) >= 0 && unhex(r.b[1]) >= 0 {
			r.char(byte(unhex(r.b[0])<<4 | unhex(r.b[1])))
			r.b = r.b[2:]
		}
	case '\\', '{', '}':
		r.char(c)
	case '~':
		r.rune(0xa0)
	case '_':
		r.rune('-')
	case '\r', '\n':
		r.rune('\n')
	}
}

// silent are the destinations that show no text in a mail.
var silent = map[string]bool{
	"fonttbl": true, "colortbl": true, "stylesheet": true, "info": true, "pict": true, "object": true, "pntext": true,
	"header": true, "headerl": true, "headerr": true, "headerf": true, "footer": true, "footerl": true, "footerr": true, "footerf": true,
}

// rtfRunes are the control words that stand for a character.
var rtfRunes = map[string]rune{
	"par": '\n', "line": '\n', "sect": '\n', "page": '\n', "row": '\n', "tab": '\t', "cell": '\t', "lquote": '‘', "rquote": '’', "ldblquote": '“', "rdblquote": '”',
	"bullet": '•', "endash": '–', "emdash": '—', "emspace": ' ', "enspace": ' ',
}

func (r *rtfReader) word(word string, value int, has bool) {
	if r.starred {
		r.starred = false
		r.state.htmlTag = word == "htmltag"
		r.state.skip = !r.state.htmlTag
		return
	}
	switch word {
	case "fromhtml":
		r.html = true
	case "htmlrtf":
		r.state.htmlRTF = !has || value != 0
	case "ansicpg":
		if label := codepageLabel(uint32(value)); label != "" {
			r.label = label
		}
	case "uc":
		r.state.uc = max(0, min(value, 10))
	case "u":
		if value < 0 {
			value += 1 << 16
		}
		r.unit(rune(value))
		r.standIn = r.state.uc
	case "bin":
		r.b = r.b[max(0, min(value, len(r.b))):]
	default:
		if silent[word] {
			r.state.skip = true
		} else if c, ok := rtfRunes[word]; ok {
			r.rune(c)
		}
	}
}

func (r *rtfReader) shown() bool {
	return !r.state.skip && (!r.state.htmlRTF || r.state.htmlTag)
}

func (r *rtfReader) char(c byte) {
	if r.standIn > 0 {
		r.standIn--
		return
	}
	if r.shown() {
		r.pending = append(r.pending, c)
	}
}

func (r *rtfReader) rune(c rune) {
	if r.shown() {
		r.flush()
		r.out.WriteRune(c)
	}
}

// unit takes a unit of UTF-16, as RTF writes characters.
func (r *rtfReader) unit(c rune) {
	switch {
	case c >= 0xd800 && c < 0xdc00:
		r.high = c
		return
	case utf16.IsSurrogate(c):
		c = utf16.DecodeRune(r.high, c)
	}
	r.high = 0
	r.rune(c)
}

func (r *rtfReader) flush() {
	if len(r.pending) > 0 {
		r.out.WriteString(toUTF8(r.pending, r.label, &ledger{}))
		r.pending = r.pending[:0]
	}
}
