package message

import "strings"

// parseAddresses reads an address list (RFC 5322 section 3.4), and what
// programs write in its place: names with commas, dots, @ or raw bytes but no
// quotes, encoded words inside quotes, addresses without brackets, semicolons
// between addresses, unclosed quotes and brackets. Groups give their members.
// Linear in the length of v.
func parseAddresses(v string, l *ledger) []Address {
	s := addressScanner{in: v, l: l}
	for s.pos < len(s.in) && len(s.out) < MaxAddresses {
		s.step()
	}
	s.end()
	if w := strings.Trim(s.held, ", "); len(s.out) == 0 && w != "" && !strings.Contains(w, " ") {
		s.add(Address{Address: cleanAddress(decodeWords(w, l))}) // a local name such as MAILER-DAEMON
	}
	if len(s.out) == 0 && strings.TrimSpace(v) != "" && !s.group {
		l.defect(DefectAddress)
	}
	return s.out
}

// addressScanner collects the name and the address of one mailbox after the other.
type addressScanner struct {
	in    string
	pos   int
	l     *ledger
	out   []Address
	group bool // a group was seen

	phrase  strings.Builder // text outside of brackets, quotes taken off
	atom    strings.Builder // the same, quotes kept: a bare address may have them
	comment string          // the last comment: the name in "ola@example.no (Ola)"
	addr    string          // text inside of brackets
	hasAddr bool
	held    string // name pieces before a comma that was not between addresses
	noQuote bool   // no further quoted string has an end
}

// How far the end of a bracket is looked for, and how much of a name is held.
const (
	maxAngle = 2000
	maxHeld  = 1000
)

func (s *addressScanner) step() {
	c := s.in[s.pos]
	switch c {
	case '"':
		s.quoted()
	case '(':
		s.comment = s.nested()
		s.space()
	case '\\':
		end := min(len(s.in), s.pos+2)
		s.keep(s.in[s.pos+1 : end])
		s.pos = end
	case '<':
		s.angle()
	case ',':
		s.pos++
		s.end()
	case ';':
		s.pos++
		s.end()
		s.held = ""
	case ':':
		s.pos++
		if !s.hasAddr && s.atom.Len() > 0 && !strings.Contains(s.atom.String(), "@") {
			s.group = true // the display name of a group
			s.reset()
			s.held = ""
		} else {
			s.keep(":")
		}
	case ' ', '\t', '\n', '\r':
		s.pos++
		s.space()
	case '[':
		end := max(0, strings.IndexByte(s.in[s.pos:min(len(s.in), s.pos+300)], ']'))
		s.keep(s.in[s.pos : s.pos+end+1])
		s.pos += end + 1
	default:
		i := s.pos
		for i < len(s.in) && !strings.ContainsRune("\"(<,;: \t\n\r[\\", rune(s.in[i])) {
			i++
		}
		s.keep(s.in[s.pos:i])
		s.pos = i
	}
}

func (s *addressScanner) keep(t string) {
	s.phrase.WriteString(t)
	s.atom.WriteString(t)
}

func (s *addressScanner) space() {
	s.phrase.WriteByte(' ')
	s.atom.WriteByte(' ')
}

// quoted reads a quoted string. One without an end is not one: its quote is dropped.
func (s *addressScanner) quoted() {
	if s.noQuote {
		s.pos++
		return
	}
	i := s.pos + 1
	for i < len(s.in) && s.in[i] != '"' {
		if s.in[i] == '\\' {
			i++
		}
		i++
	}
	if i >= len(s.in) {
		s.noQuote = true
		s.l.defect(DefectAddress)
		if s.phrase.Len() == 0 && strings.Count(s.in[s.pos:], "<") == 1 {
			if j := strings.IndexByte(s.in[s.pos:], '<'); j > 1 {
				s.keep(s.in[s.pos+1 : s.pos+j])
				s.pos += j
				return
			}
		}
		s.pos++
		return
	}
	s.atom.WriteString(s.in[s.pos : i+1])
	s.phrase.WriteString(unescape(s.in[s.pos+1 : i]))
	s.pos = i + 1
}

// nested reads a comment with the comments inside it.
func (s *addressScanner) nested() string {
	depth := 0
	for i := s.pos; i < len(s.in); i++ {
		switch s.in[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				c := unescape(s.in[s.pos+1 : i])
				s.pos = i + 1
				return c
			}
		}
	}
	s.l.defect(DefectAddress)
	c := s.in[s.pos+1:]
	s.pos = len(s.in)
	return c
}

// angle reads an address in brackets; one without an end goes up to white
// space or a comma.
func (s *addressScanner) angle() {
	rest := s.in[s.pos+1:]
	if len(rest) > maxAngle {
		rest = rest[:maxAngle]
	}
	end := strings.IndexByte(rest, '>')
	skip := 1
	if next := strings.IndexAny(rest, "<,;"); next >= 0 && (end < 0 || next < end) && !strings.HasPrefix(rest, "@") && !strings.HasPrefix(rest, "\"") {
		if rest[next] == '<' && strings.TrimSpace(rest[:next]) == "" { // <<ola@example.no>>
			s.l.defect(DefectAddress)
			s.pos += 1 + next
			return
		}
		end, skip = next, 0
	}
	if end < 0 {
		end, skip = len(rest), 0
	}
	if skip == 0 {
		s.l.defect(DefectAddress)
	}
	if s.hasAddr { // "Ola <ola@example.no> <kari@example.no>"
		s.end()
	}
	s.addr, s.hasAddr = rest[:end], true
	s.pos += 1 + end + skip
	for s.pos < len(s.in) && s.in[s.pos] == '>' {
		s.pos++
	}
}

func (s *addressScanner) reset() {
	s.phrase.Reset()
	s.atom.Reset()
	s.comment, s.addr, s.hasAddr = "", "", false
}

// end closes a mailbox at a comma or at the end.
func (s *addressScanner) end() {
	defer s.reset()
	name := s.phrase.String()
	if s.hasAddr {
		a := cleanAddress(decodeWords(s.addr, s.l))
		name = displayName(s.held+name, s.l)
		s.held = ""
		if name == "" {
			name = displayName(s.comment, s.l)
		}
		if a == "" && strings.Contains(name, "@") && !strings.Contains(name, " ") {
			a, name = cleanAddress(name), ""
		}
		s.add(Address{Name: name, Address: a})
		return
	}
	bare := strings.TrimSpace(s.atom.String())
	if bare == "" {
		return
	}
	if strings.Contains(bare, "=?") {
		bare = decodeWords(bare, s.l)
		if a := parseDecoded(bare); a.Address != "" {
			s.l.defect(DefectAddress)
			s.add(a)
			return
		}
	}
	if a, n, ok := bareAddress(bare); ok {
		if n != "" {
			s.l.defect(DefectAddress)
		}
		if n == "" {
			n = s.comment
		}
		s.held = ""
		s.add(Address{Name: displayName(n, s.l), Address: a})
		return
	}
	if len(s.held) < maxHeld {
		s.held += name + ", " // "Nordmann, Ola <ola@example.no>"
	}
	s.l.defect(DefectAddress)
}

func (s *addressScanner) add(a Address) {
	if a.Address == "" {
		return
	}
	if strings.EqualFold(a.Name, a.Address) {
		a.Name = ""
	}
	s.out = append(s.out, a)
}

// parseDecoded reads "Name <address>" that was wholly inside an encoded word.
func parseDecoded(v string) Address {
	i, j := strings.LastIndexByte(v, '<'), strings.LastIndexByte(v, '>')
	if i < 0 || j < i {
		return Address{}
	}
	a := cleanAddress(v[i+1 : j])
	if !strings.Contains(a, "@") {
		return Address{}
	}
	return Address{Name: oneLine(strings.Trim(v[:i], "\" ")), Address: a}
}

// bareAddress finds the address in text without brackets: the last word with an
// @; "ola at example.no" is none.
func bareAddress(v string) (addr, name string, ok bool) {
	if strings.Count(v, "@") == 1 && strings.Contains(v, " @") || strings.Contains(v, "@ ") {
		v = strings.ReplaceAll(strings.ReplaceAll(v, " @", "@"), "@ ", "@")
	}
	if strings.HasPrefix(v, "\"") { // "quoted local"@example.no
		if i := strings.LastIndex(v, "\"@"); i > 0 && !strings.Contains(v[i+2:], " ") {
			return cleanAddress(v), "", true
		}
	}
	words := strings.Fields(v)
	for i := len(words) - 1; i >= 0; i-- {
		w := strings.Trim(words[i], "'\"[]")
		at := strings.LastIndexByte(w, '@')
		if at <= 0 || at == len(w)-1 {
			continue
		}
		if strings.HasSuffix(words[i], "]") && strings.Contains(words[i], "@[") {
			w = words[i]
		}
		return cleanAddress(w), strings.Trim(strings.Join(append(words[:i:i], words[i+1:]...), " "), "'\" "), true
	}
	return "", "", false
}

// displayName is a name as a person reads it.
func displayName(s string, l *ledger) string {
	n := oneLine(decodeWords(s, l))
	n = strings.Trim(n, " ,")
	for len(n) >= 2 && (n[0] == '"' && n[len(n)-1] == '"' || n[0] == '\'' && n[len(n)-1] == '\'') {
		n = strings.TrimSpace(n[1 : len(n)-1])
	}
	return n
}

// cleanAddress drops what does not belong into an address: white space, a
// source route, a mailto scheme, brackets, dots at its end.
func cleanAddress(s string) string {
	s = strings.TrimSpace(oneLine(s))
	if !strings.HasPrefix(s, "\"") {
		s = strings.ReplaceAll(s, " ", "")
	}
	if strings.HasPrefix(s, "@") { // RFC 5322 section 4.4: <@relay:ola@example.no>
		if i := strings.IndexByte(s, ':'); i > 0 {
			s = s[i+1:]
		}
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	s = strings.Trim(s, "<>'")
	return strings.TrimRight(s, ".,;")
}

// pathOf is the address of a Return-Path or Delivered-To field.
func pathOf(v string) string {
	v = cleanText(v)
	if i := strings.IndexByte(v, '<'); i >= 0 {
		v = v[i+1:]
		if j := strings.IndexByte(v, '>'); j >= 0 {
			v = v[:j]
		}
	}
	return cleanAddress(v)
}

func unescape(s string) string {
	if !strings.Contains(s, "\\") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// domainOf is the part of an address after the @, in lower case.
func domainOf(addr string) string {
	return strings.ToLower(addr[strings.LastIndexByte(addr, '@')+1:])
}

// localOf is the part of an address before the @, in lower case.
func localOf(addr string) string {
	if i := strings.LastIndexByte(addr, '@'); i >= 0 {
		return strings.ToLower(addr[:i])
	}
	return strings.ToLower(addr)
}
