package card

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// The bounds of a file and of its lines.
const (
	MaxBytes  = 16 << 20
	maxLine   = 1 << 20 // an unfolded one; longer ones, such as of photos, are cut
	maxParams = 100
)

// Property is a content line: group.NAME;KEY=VALUE;TYPE:value.
type Property struct {
	Name   string            // in upper case, without its group
	Params map[string]string // by names in upper case, the first value of each
	Types  []string          // what TYPE says, and parameters without a name (vCard 2.1), in upper case
	Value  string            // as it stands, but for quoted-printable
}

// Lines are the content lines of a card or a calendar, unfolded: a line that
// begins with white space goes on with the one before it, and so does one
// behind a soft line break of quoted-printable.
func Lines(s string) func(yield func(Property) bool) {
	return func(yield func(Property) bool) {
		var line []byte
		soft := false
		for part := range strings.Lines(s) {
			part = strings.TrimRight(part, "\r\n")
			folded := part != "" && (part[0] == ' ' || part[0] == '\t')
			switch {
			case len(line) > 0 && folded && !soft:
				part = part[1:]
			case len(line) > 0 && !soft:
				if !yield(cut(string(line))) {
					return
				}
				line = line[:0]
			}
			line = append(line, part[:min(len(part), maxLine-len(line))]...)
			if soft = len(line) > 0 && line[len(line)-1] == '=' && isQuotedPrintable(line); soft {
				line = line[:len(line)-1]
			}
		}
		if len(line) > 0 {
			yield(cut(string(line)))
		}
	}
}

// isQuotedPrintable looks at what stands before the value.
func isQuotedPrintable(line []byte) bool {
	head, _, _ := bytes.Cut(line[:min(len(line), 200)], []byte(":"))
	return bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

// cut takes a line apart. One without a colon has no value.
func cut(line string) Property {
	var p Property
	quoted, start, key := false, 0, ""
	piece := func(end int) {
		v := strings.Trim(line[start:end], `" `)
		switch {
		case p.Name == "":
			_, name, grouped := strings.Cut(v, ".")
			if !grouped {
				name = v
			}
			p.Name = strings.ToUpper(clean(name))
		case key == "TYPE" || key == "":
			for t := range strings.SplitSeq(v, ",") {
				p.Types = append(p.Types, strings.ToUpper(clean(strings.Trim(t, `" `))))
			}
		case p.Params == nil:
			p.Params = map[string]string{key: clean(v)}
		case p.Params[key] == "":
			p.Params[key] = clean(v)
		}
		start, key = end+1, ""
	}
	for i := 0; i < len(line) && len(p.Params)+len(p.Types) < maxParams; i++ {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '=' && key == "" && p.Name != "":
			key = strings.ToUpper(strings.TrimSpace(line[start:i]))
			start = i + 1
		case c == ';':
			piece(i)
		case c == ':':
			piece(i)
			p.Value = p.decode(strings.TrimSpace(line[i+1:]))
			return p
		}
	}
	return p
}

// decode undoes the quoted-printable of vCard 2.1 and vCalendar 1.0.
func (p Property) decode(value string) string {
	quoted := strings.EqualFold(p.Params["ENCODING"], "QUOTED-PRINTABLE")
	for _, t := range p.Types {
		quoted = quoted || t == "QUOTED-PRINTABLE"
	}
	if !quoted {
		return clean(value)
	}
	var b []byte
	for i := 0; i < len(value); i++ {
		if value[i] != '=' {
			b = append(b, value[i])
			continue
		}
		if i+2 < len(value) && unhex(value[i+1]) >= 0 && unhex(value[i+2]) >= 0 {
			b = append(b, byte(unhex(value[i+1])<<4|unhex(value[i+2])))
			i += 2
		} // else a soft line break
	}
	return clean(toUTF8(b, p.Params["CHARSET"]))
}

func unhex(c byte) int { return strings.IndexByte("0123456789ABCDEF", upper(c)) }

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// Is tells whether one of the types is t, in upper case.
func (p Property) Is(t string) bool {
	for _, have := range p.Types {
		if have == t {
			return true
		}
	}
	return false
}

var unescaper = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\:`, ":", `\\`, `\`)

// Text is a value of text with its escapes undone.
func (p Property) Text() string { return strings.TrimSpace(unescaper.Replace(p.Value)) }

// Parts are the components of a structured value, their escapes undone.
func (p Property) Parts() []string {
	var parts []string
	start := 0
	for i := 0; i <= len(p.Value); i++ {
		switch {
		case i == len(p.Value) || p.Value[i] == ';':
			parts = append(parts, strings.TrimSpace(unescaper.Replace(p.Value[start:i])))
			start = i + 1
		case p.Value[i] == '\\':
			i++
		}
		if len(parts) > maxParams {
			break
		}
	}
	if start < len(p.Value) && len(parts) <= maxParams { // it ended in a backslash
		parts = append(parts, strings.TrimSpace(unescaper.Replace(p.Value[start:])))
	}
	return parts
}

// toUTF8 reads bytes by a label, by their mark, as UTF-8, else as windows-1252.
func toUTF8(b []byte, label string) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return string(b[3:])
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		label = "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		label = "utf-16be"
	case utf8.Valid(b):
		return string(b)
	case label == "":
		label = "windows-1252"
	}
	if r, err := charset.Reader(strings.ToLower(label), bytes.NewReader(b)); err == nil {
		if d, err := io.ReadAll(io.LimitReader(r, 4*MaxBytes)); err == nil {
			return strings.TrimPrefix(string(d), "\ufeff")
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// clean makes valid UTF-8 without control characters but line feed and tab.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\ufeff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// oneLine joins lines and runs of white space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
