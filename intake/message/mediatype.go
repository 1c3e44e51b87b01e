package message

import (
	"sort"
	"strconv"
	"strings"
)

// mediaType is a Content-Type or Content-Disposition with its parameters.
type mediaType struct {
	value  string            // in lower case, without parameters
	params map[string]string // keys in lower case, values decoded to UTF-8
}

// maxParams bounds the parameters of one field.
const maxParams = 200

// parseMediaType reads a value and its parameters: quoted and unquoted, with
// white space, RFC 2231 continuations and charsets, RFC 2047 words (which do
// not belong there), doubled and missing semicolons.
func parseMediaType(v string, l *ledger) mediaType {
	if v == "" {
		return mediaType{}
	}
	m := mediaType{params: map[string]string{}}
	head, rest, _ := strings.Cut(v, ";")
	head = strings.TrimSpace(head)
	if i := strings.IndexAny(head, " \t"); i >= 0 { // a semicolon is missing
		head, rest = head[:i], head[i+1:]+";"+rest
	}
	if strings.Contains(head, "=") { // the value is missing
		rest, head = v, ""
	}
	m.value = strings.ToLower(strings.Trim(head, "\"' ,"))
	var few [4]param
	pieces := few[:0]
	for rest != "" && len(pieces) < maxParams {
		var p param
		p, rest = cutParam(rest)
		if p.key != "" {
			pieces = append(pieces, p)
		}
	}
	m.join(pieces, l)
	return m
}

// param is one parameter as it stands in the field.
type param struct {
	key, value string
	section    int  // RFC 2231 section 3, 0 when there is none
	numbered   bool // has a section
	extended   bool // RFC 2231 section 4: percent encoded
}

// cutParam takes one parameter off the front.
func cutParam(s string) (param, string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	i := strings.IndexAny(s, "=;")
	if i < 0 {
		return param{}, ""
	}
	if s[i] == ';' {
		return param{}, s[i+1:]
	}
	p := param{key: strings.ToLower(strings.TrimSpace(s[:i]))}
	s = strings.TrimLeft(s[i+1:], " \t\r\n")
	var rest string
	if strings.HasPrefix(s, "\"") {
		j := 1
		for j < len(s) && s[j] != '"' {
			if s[j] == '\\' && j+1 < len(s) && (s[j+1] == '"' || s[j+1] == '\\') {
				j++
			}
			j++
		}
		if j >= len(s) {
			p.value, rest = s[1:], ""
			if k := strings.IndexByte(p.value, ';'); k >= 0 {
				p.value, rest = p.value[:k], p.value[k+1:]
			}
		} else {
			p.value, rest = unescapeParam(s[1:j]), s[j+1:]
		}
	} else {
		j := strings.IndexByte(s, ';')
		if j < 0 {
			j = len(s)
		}
		p.value, rest = strings.TrimSpace(s[:j]), s[j:]
		if k := paramAhead(p.value); k >= 0 {
			rest = p.value[k+1:] + ";" + strings.TrimPrefix(rest, ";") // a semicolon is missing
			p.value = p.value[:k]
		}
	}
	p.readKey()
	return p, rest
}

// paramAhead is where white space stands for a semicolon before another
// parameter, or -1.
func paramAhead(v string) int {
	i := strings.IndexByte(v, '=')
	if i < 0 || strings.Contains(v, "=?") {
		return -1
	}
	k := strings.LastIndexAny(v[:i], " \t")
	if k < 0 || !isToken(v[k+1:i]) {
		return -1
	}
	return k
}

// readKey takes RFC 2231 marks off the key: name*, name*0, name*0*.
func (p *param) readKey() {
	key, marks, ok := strings.Cut(p.key, "*")
	if !ok {
		return
	}
	p.key = strings.TrimSpace(key)
	if strings.HasSuffix(marks, "*") || marks == "" {
		p.extended = true
		marks = strings.TrimSuffix(marks, "*")
	}
	if n, err := strconv.Atoi(marks); err == nil && n >= 0 && n < maxParams {
		p.section, p.numbered = n, true
	}
}

// unescapeParam takes the backslash off quotes and backslashes alone, since
// programs write Windows paths unescaped.
func unescapeParam(s string) string {
	if !strings.Contains(s, "\\") {
		return s
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}

// join puts the sections of each parameter together. An RFC 2231 value wins
// over a plain one of the same name.
func (m *mediaType) join(pieces []param, l *ledger) {
	var sections map[string][]param
	for _, p := range pieces {
		switch {
		case p.numbered || p.extended:
			if sections == nil {
				sections = map[string][]param{}
			}
			sections[p.key] = append(sections[p.key], p)
		default:
			if _, ok := m.params[p.key]; ok {
				break
			}
			m.params[p.key] = oneLine(decodeWords(p.value, l))
			if p.key == "boundary" { // it is looked for as it stands
				m.params[p.key] = strings.TrimRight(p.value, " \t")
			}
		}
	}
	for key, ps := range sections {
		sort.SliceStable(ps, func(i, j int) bool { return ps[i].section < ps[j].section })
		label := ""
		var b []byte
		for i, p := range ps {
			v := p.value
			if !p.extended {
				b = append(b, v...)
				continue
			}
			if i == 0 {
				switch parts := strings.SplitN(v, "'", 3); {
				case len(parts) == 3:
					label, v = parts[0], parts[2]
				case len(parts) == 2 && charsetLabel(parts[0]) == "utf-8": // the place of the language is missing
					label, v = parts[0], parts[1]
				}
			}
			b = appendUnescaped(b, v)
		}
		v := toUTF8(b, label, l)
		if strings.Contains(v, "=?") {
			v = decodeWords(v, l)
		}
		m.params[key] = oneLine(v)
	}
}

// appendUnescaped undoes the percent encoding of RFC 2231 section 4; what is
// none stays.
func appendUnescaped(b []byte, v string) []byte {
	for i := 0; i < len(v); i++ {
		if v[i] == '%' && i+2 < len(v) && unhex(v[i+1]) >= 0 && unhex(v[i+2]) >= 0 {
			b = append(b, byte(unhex(v[i+1])<<4|unhex(v[i+2])))
			i += 2
			continue
		}
		b = append(b, v[i])
	}
	return b
}

// contentType is the first Content-Type of the header that says something. The
// second result is false when none does.
func contentType(h header, l *ledger) (mediaType, bool) {
	var last mediaType
	for v := range h.all("content-type") {
		m := parseMediaType(v, l)
		if alias, ok := shortTypes[m.value]; ok {
			l.defect(DefectContentType)
			m.value = alias
		}
		major, minor, ok := strings.Cut(m.value, "/")
		if ok && isToken(major) && isToken(minor) {
			return m, true
		}
		l.defect(DefectContentType)
		last = m
	}
	if last.params["boundary"] != "" || last.params["name"] != "" {
		last.value = ""
		return last, false
	}
	return mediaType{params: map[string]string{}}, false
}

// shortTypes are types that programs write without their second half.
var shortTypes = map[string]string{
	"text": "text/plain", "html": "text/html", "plain": "text/plain", "multipart": "multipart/mixed",
	"text/": "text/plain", "multipart/": "multipart/mixed", "pdf": "application/pdf",
}

func isToken(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte(`()<>@,;:\"[]?=/`, c) >= 0 {
			return false
		}
	}
	return true
}
