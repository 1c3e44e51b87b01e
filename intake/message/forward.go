package message

import "strings"

// The bounds of what is looked for in a forwarded mail: forwards inside of
// forwards, the note above one, the lines of its header, and their length.
const (
	maxForwards      = 4
	maxForwardNote   = 500
	maxForwardHeader = 40
	maxForwardValue  = 2000
)

// findOriginal is the mail that this one passes on: written into the text below
// a divider or a header block, or attached. Of the former only what mail
// programs copy is known: From, Date, Subject, recipients, text and files.
func findOriginal(m *Message, b *body, lines []textLine, o Options, depth int) *Message {
	if depth >= maxForwards || b.isReport || m.Report != nil {
		return nil
	}
	if block, rest, ok := forwardedBlock(lines, isForward(m.Subject)); ok {
		return inlineOriginal(m, b, block, rest, o, depth)
	}
	if len(b.nested) != 1 {
		return nil
	}
	if inner := parseNested(b.nested[0], o, depth+1); len(inner.From) > 0 {
		return inner
	}
	return nil
}

func inlineOriginal(m *Message, b *body, block forwardHeader, lines []textLine, o Options, depth int) *Message {
	l := &ledger{}
	in := &Message{From: parseAddresses(block.from, l), To: parseAddresses(block.to, l), Cc: parseAddresses(block.cc, l),
		Date: parseDate(localDate(block.date), l), Subject: oneLine(block.subject), Attachments: m.Attachments}
	if len(in.From) == 0 {
		return nil
	}
	f := fold("", lines, isForward(in.Subject))
	in.FullText, in.Text, in.Quoted, in.Signature = f.full, f.own, f.quoted, f.signature
	in.Language = language(in.Text)
	in.Guess = guess(nil, in, o)
	in.Original = findOriginal(in, &body{nested: b.nested}, lines, o, depth+1)
	return in
}

// forwardHeader is what a mail program copied of the header of a forwarded mail.
type forwardHeader struct{ from, to, cc, date, subject string }

func (h *forwardHeader) field(label byte) *string {
	switch label {
	case 'f':
		return &h.from
	case 't':
		return &h.to
	case 'c':
		return &h.cc
	case 'd':
		return &h.date
	case 's':
		return &h.subject
	}
	return new(string)
}

// forwardedBlock finds the copied header of a forwarded mail and the lines
// below it, freed of the quote marks that both stand behind. Without a divider
// above it, a header block is a forward only when the subject says so: a reply
// has one as well.
func forwardedBlock(lines []textLine, forward bool) (forwardHeader, []textLine, bool) {
	for i := range lines[:min(len(lines), maxForwardNote)] {
		t := lines[i].text
		start := -1
		switch {
		case isForwardDivider(t) && (forward || !isPrefixed(t)):
			start = i + 1
		case forward && isOriginalDivider(t):
			start = i + 1
		case forward && headerLabel(unmarked(t)) == 'f' && headerBlockAt(lines, i):
			start = i
		}
		if start < 0 {
			continue
		}
		if h, end, ok := copiedHeader(lines, start); ok {
			return h, unquoted(lines[end:], quoteLevel(lines[nextText(lines, start)].text)), true
		}
	}
	return forwardHeader{}, nil, false
}

// copiedHeader reads the lines of a copied header from start on, up to the text
// below it. It has at least From and one more field.
func copiedHeader(lines []textLine, start int) (h forwardHeader, end int, ok bool) {
	var value *string
	known := 0
	i := start
	for ; i < min(len(lines), start+maxForwardHeader); i++ {
		t := unmarked(lines[i].text)
		label := headerLabel(t)
		switch {
		case blank(t):
			next := nextText(lines, i)
			if known >= 2 && h.from != "" && (next >= len(lines) || headerLabel(unmarked(lines[next].text)) == 0) {
				return h, i, true
			}
		case label != 0:
			known++
			value = h.field(label)
			_, v, _ := strings.Cut(t, ":")
			*value = strings.Trim(v, "* \t\u00a0")
		case value == nil:
			return h, i, false
		case *value == "" || strings.HasSuffix(*value, ",") || strings.HasSuffix(*value, ";") || strings.HasPrefix(lines[i].text, " ") || strings.HasPrefix(lines[i].text, "\t"):
			if len(*value)+len(t) < maxForwardValue {
				*value = strings.TrimSpace(*value + " " + t)
			}
		default:
			return h, i, known >= 2 && h.from != ""
		}
	}
	return h, i, known >= 2 && h.from != ""
}

func quoteLevel(s string) int {
	n := 0
	for _, r := range s {
		switch r {
		case '>':
			n++
		case ' ':
		default:
			return n
		}
	}
	return n
}

// unquoted takes up to level quote marks off each line, and what the HTML said
// about whose words they are.
func unquoted(lines []textLine, level int) []textLine {
	out := make([]textLine, 0, len(lines))
	for _, l := range lines {
		for n := 0; n < level; n++ {
			rest, ok := strings.CutPrefix(strings.TrimLeft(l.text, " "), ">")
			if !ok {
				break
			}
			l.text = strings.TrimPrefix(rest, " ")
		}
		if l.mark == markQuoted {
			l.mark = markNone
		}
		out = append(out, l)
	}
	return trimLines(out)
}

// fullMonths are the whole names of months, by how they begin, with their
// English abbreviations.
var fullMonths = []struct{ name, en string }{
	{"januar", "Jan"}, {"januari", "Jan"}, {"februari", "Feb"}, {"janvier", "Jan"}, {"january", "Jan"}, {"februar", "Feb"}, {"february", "Feb"}, {"février", "Feb"}, {"mars", "Mar"}, {"marts", "Mar"}, {"march", "Mar"}, {"märz", "Mar"},
	{"april", "Apr"}, {"avril", "Apr"}, {"juni", "Jun"}, {"juin", "Jun"}, {"june", "Jun"}, {"juillet", "Jul"}, {"juli", "Jul"}, {"july", "Jul"}, {"august", "Aug"}, {"augusti", "Aug"}, {"août", "Aug"},
	{"september", "Sep"}, {"septembre", "Sep"}, {"oktober", "Oct"}, {"october", "Oct"}, {"octobre", "Oct"}, {"november", "Nov"}, {"novembre", "Nov"},
	{"desember", "Dec"}, {"december", "Dec"}, {"dezember", "Dec"}, {"décembre", "Dec"},
}

// localDate brings a date as people's mail programs write it to the form of a
// Date field: "mandag 3. januar 2022 kl. 10.11" is "3 Jan 2022 10:11".
func localDate(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	words := strings.Fields(strings.NewReplacer(",", " ", "\u00a0", " ", "\u202f", " ", "à", " ", " at ", " ").Replace(s))
	var out []string
	for i, w := range words {
		lower := strings.ToLower(strings.TrimRight(w, "."))
		switch lower {
		case "kl", "klokken", "um", "uhr", "den", "le", "h", "am", "pm":
			continue
		}
		month := ""
		for _, m := range fullMonths {
			if lower == m.name {
				month = m.en
			}
		}
		switch {
		case month != "":
			w = month
		case i > 0 && !strings.ContainsAny(w, "0123456789"):
			w = strings.TrimRight(w, ".") // "jan."
		case i <= 2 && len(lower) > 0 && len(lower) <= 2 && strings.Trim(lower, "0123456789") == "":
			w = lower // the day, without its dot
		case len(w) <= 8 && len(w) >= 4 && strings.Count(w, ".")+strings.Count(w, ":") > 0 && strings.Trim(w, "0123456789.:") == "" && i > 0:
			w = clockOf(w, nextIs(words, i, "am"), nextIs(words, i, "pm"))
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func nextIs(words []string, i int, want string) bool {
	return i+1 < len(words) && strings.EqualFold(strings.Trim(words[i+1], "."), want)
}

// clockOf is a time of day with colons, on 24 hours.
func clockOf(w string, am, pm bool) string {
	w = strings.ReplaceAll(w, ".", ":")
	h, rest, _ := strings.Cut(w, ":")
	n := 0
	for _, c := range h {
		n = n*10 + int(c-'0')
	}
	switch {
	case pm && n < 12:
		n += 12
	case am && n == 12:
		n = 0
	case !pm && !am || n > 99:
		return w
	}
	return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) + ":" + rest
}
