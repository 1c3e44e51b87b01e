package message

import (
	"strings"
)

// decodeWords reads the encoded words (RFC 2047) in the text of a header field,
// also broken ones: without white space between them, with white space or
// question marks inside, without an end, split inside a character, and inside
// quotes. Raw bytes are UTF-8 or windows-1252. Linear in the length of v.
func decodeWords(v string, l *ledger) string { return decodeTwice(v, false, l) }

func decodeTwice(v string, again bool, l *ledger) string {
	if !strings.Contains(v, "=?") {
		return cleanText(rawText(v, l))
	}
	var out strings.Builder
	var run wordRun
	noEnd := false
	for {
		i := strings.Index(v, "=?")
		if i < 0 {
			break
		}
		w, rest, ok := cutWord(v[i:], &noEnd, l)
		if !ok {
			run.flush(&out, l)
			out.WriteString(rawText(v[:i+2], l))
			v = v[i+2:]
			continue
		}
		if gap := v[:i]; gap != "" {
			if !run.open || strings.TrimSpace(gap) != "" {
				run.flush(&out, l)
				out.WriteString(rawText(gap, l))
			}
		}
		run.add(w, &out, l)
		v = rest
	}
	run.flush(&out, l)
	out.WriteString(rawText(v, l))
	s := out.String()
	if !again && strings.HasPrefix(s, "=?") && strings.HasSuffix(s, "?=") { // encoded twice
		l.defect(DefectEncodedWord)
		return decodeTwice(s, true, l)
	}
	return cleanText(s)
}

// rawText is a piece of a header field that is not encoded.
func rawText(v string, l *ledger) string {
	for i := 0; i < len(v); i++ {
		if v[i] >= 0x80 {
			return toUTF8([]byte(v), "", l)
		}
	}
	return v
}

// word is one encoded word, its bytes decoded.
type word struct {
	charset string
	bytes   []byte
}

// wordRun joins adjacent words of one charset before their bytes are read,
// since some programs split a character between two words.
type wordRun struct {
	open bool
	word word
}

func (r *wordRun) add(w word, out *strings.Builder, l *ledger) {
	if r.open && r.word.charset == w.charset && !shiftsASCII(w.charset) {
		r.word.bytes = append(r.word.bytes, w.bytes...)
		return
	}
	r.flush(out, l)
	r.open, r.word = true, w
}

func (r *wordRun) flush(out *strings.Builder, l *ledger) {
	if r.open {
		out.WriteString(toUTF8(r.word.bytes, r.word.charset, l))
	}
	r.open = false
}

// cutWord takes the encoded word at the start of v. noEnd remembers that no
// further "?=" stands in the field, so that it is not looked for again.
func cutWord(v string, noEnd *bool, l *ledger) (word, string, bool) {
	i := strings.IndexByte(v[2:], '?')
	if i <= 0 || i > 60 || strings.ContainsAny(v[2:2+i], " \t=<>") {
		return word{}, "", false
	}
	label := v[2 : 2+i]
	rest := v[2+i+1:]
	if len(rest) < 2 || rest[1] != '?' {
		return word{}, "", false
	}
	enc := rest[0] | 0x20
	if enc != 'q' && enc != 'b' {
		return word{}, "", false
	}
	rest = rest[2:]
	end, next := -1, -1
	if !*noEnd {
		end = wordEnd(rest, enc)
		next = end + 2
	}
	if end < 0 {
		*noEnd = true
		l.defect(DefectEncodedWord)
		end = len(rest)
		if j := strings.IndexAny(rest, " \t\""); j >= 0 {
			end = j
		}
		next = end
	}
	text := rest[:end]
	if strings.ContainsAny(text, " \t") {
		l.defect(DefectEncodedWord)
	}
	w := word{charset: charsetLabel(label)}
	if enc == 'q' {
		w.bytes = decodeQ(text)
	} else {
		w.bytes = decodeB(text, l)
	}
	return w, rest[next:], true
}

// wordEnd is where "?=" ends the text of a word. In the Q encoding a "?=" that
// goes on as "=C3" is a question mark that should have been encoded, when a
// better end stands in the same run of characters.
func wordEnd(s string, enc byte) int {
	from := 0
	for {
		i := strings.Index(s[from:], "?=")
		if i < 0 {
			if from > 0 {
				return from - 2
			}
			return -1
		}
		i += from
		if enc != 'q' || i+4 > len(s) || unhex(s[i+2]) < 0 || unhex(s[i+3]) < 0 {
			return i
		}
		tail := s[i+2 : min(len(s), i+202)]
		if j := strings.IndexAny(tail, " \t"); j >= 0 {
			tail = tail[:j]
		}
		j := strings.Index(tail, "?=")
		if k := strings.Index(tail, "=?"); j < 0 || k >= 0 && k < j {
			return i
		}
		from = i + 2
	}
}

// decodeB reads base64 with white space in it; what is none stays as it is.
func decodeB(s string, l *ledger) []byte {
	if strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t") != "" {
		if d, _ := decodeBase64(nil, []byte(s), l); d != nil {
			return d
		}
		return []byte(s)
	}
	d, _ := base64Body([]byte(s), make([]byte, 0, len(s)/4*3+3), nil, l)
	return d
}

func decodeQ(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			b = append(b, ' ')
		case s[i] == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return b
}

// unhex is the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
