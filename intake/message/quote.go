package message

import "strings"

// share is whose words a line is.
type share uint8

const (
	shareOwn share = iota
	shareQuoted
	shareSignature
)

// folded is a text with its lines shared out. Each line of full stands in one
// of the other three.
type folded struct {
	full, own, quoted, signature string
}

// fold shares the lines of a text out. What stands in a forwarded mail is what
// the sender wants to be read, so it counts as their own words; so does a quote
// with answers between its lines, up to the last answer. A text that would have
// no words of its own left is not folded.
//
// full are the lines joined, if the caller has them so; the shares are cut out
// of it as far as they are in one piece.
func fold(full string, lines []textLine, forward bool) folded {
	if full == "" {
		full = joinLines(lines)
	}
	f := folded{full: full}
	shares := make([]share, len(lines))
	end := markShares(lines, shares, forward)
	markPrefixed(lines[:end], shares)
	markDividers(lines[:end], shares, forward)
	markRules(lines[:end], shares)
	keepInterleaved(lines[:end], shares)
	markSignatureLines(lines[:end], shares)
	if !hasOwn(lines, shares) {
		f.own = f.full
		return f
	}
	f.own = take(full, lines, shares, shareOwn)
	f.quoted = take(full, lines, shares, shareQuoted)
	f.signature = take(full, lines, shares, shareSignature)
	return f
}

func hasOwn(lines []textLine, shares []share) bool {
	for i := range lines {
		if shares[i] == shareOwn && !blank(lines[i].text) {
			return true
		}
	}
	return false
}

// take joins the lines of one share, a blank line between runs of them. A single
// run is a piece of full.
func take(full string, lines []textLine, shares []share, s share) string {
	size, runs, at := 0, 0, 0
	start, end := 0, 0 // of the newest run in full
	for i := range lines {
		if shares[i] == s {
			size += len(lines[i].text) + 2
			if i == 0 || shares[i-1] != s {
				runs++
				start = at
			}
			end = at + len(lines[i].text)
		}
		at += len(lines[i].text) + 1
	}
	if runs <= 1 {
		return strings.Trim(full[start:end], "\n")
	}
	var b strings.Builder
	b.Grow(size)
	last := -1
	for i := range lines {
		if shares[i] != s {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if last != i-1 {
				b.WriteByte('\n')
			}
		}
		b.WriteString(lines[i].text)
		last = i
	}
	return strings.Trim(b.String(), "\n")
}

// markShares takes over what the HTML said, and finds where a forwarded mail
// starts: from there on all is content.
func markShares(lines []textLine, shares []share, forward bool) (end int) {
	for i := range lines {
		if isForwardDivider(lines[i].text) {
			return i
		}
		switch {
		case lines[i].mark == markQuoted && !forward:
			shares[i] = shareQuoted
		case lines[i].mark == markSignature:
			shares[i] = shareSignature
		}
	}
	return len(lines)
}

// markPrefixed marks lines that start with ">", and the attribution before them.
func markPrefixed(lines []textLine, shares []share) {
	for i := 0; i < len(lines); i++ {
		if !isPrefixed(lines[i].text) || isEscapedFrom(lines, i) {
			continue
		}
		shares[i] = shareQuoted
		for j := i - 1; j >= 0 && j >= i-3; j-- {
			if shares[j] == shareQuoted {
				break
			}
			if blank(lines[j].text) {
				continue
			}
			if announcesQuote(lines[j].text) {
				setShare(shares, attributionStart(lines, shares, j), i, shareQuoted)
			}
			break
		}
	}
	joinBlanks(lines, shares)
}

// joinBlanks gives blank lines between quoted lines to the quote.
func joinBlanks(lines []textLine, shares []share) {
	last := -1
	for i := range lines {
		switch {
		case shares[i] == shareQuoted:
			if last >= 0 {
				setShare(shares, last+1, i, shareQuoted)
			}
			last = i
		case !blank(lines[i].text):
			last = -1
		}
	}
}

func setShare(shares []share, from, to int, s share) {
	for i := from; i < to; i++ {
		shares[i] = s
	}
}

func isPrefixed(s string) bool {
	s = strings.TrimLeft(s, " ")
	return strings.HasPrefix(s, ">")
}

// isEscapedFrom tells a line that an mbox escaped from a quoted one.
func isEscapedFrom(lines []textLine, i int) bool {
	if !strings.HasPrefix(lines[i].text, ">From ") {
		return false
	}
	return (i == 0 || !isPrefixed(lines[i-1].text)) && (i+1 == len(lines) || !isPrefixed(lines[i+1].text))
}

// markDividers finds the first line after which all is quoted although no line
// says so: an Outlook divider or header block, or an attribution with a time.
func markDividers(lines []textLine, shares []share, forward bool) {
	if forward {
		return
	}
	for i := range lines {
		if shares[i] != shareOwn {
			continue
		}
		t := lines[i].text
		switch {
		case isOriginalDivider(t), isRule(t) && headerBlockAt(lines, nextText(lines, i+1)), headerBlockAt(lines, i):
			setShare(shares, i, len(shares), shareQuoted)
			return
		case isAttribution(t) && hasTime(t):
			start := attributionStart(lines, shares, i)
			if next := nextText(lines, i+1); next < len(lines) && shares[next] == shareOwn {
				setShare(shares, start, len(shares), shareQuoted)
				return
			}
			setShare(shares, start, i+1, shareQuoted)
		}
	}
}

// markRules gives a rule directly above a quote to the quote.
func markRules(lines []textLine, shares []share) {
	own := -1 // the newest line with text, when it is a rule of one's own
	for i := range lines {
		switch {
		case shares[i] == shareQuoted && own >= 0:
			setShare(shares, own, i, shareQuoted)
			own = -1
		case shares[i] == shareOwn && isRule(lines[i].text):
			own = i
		case shares[i] != shareOwn || !blank(lines[i].text):
			own = -1
		}
	}
}

func nextText(lines []textLine, i int) int {
	for i < len(lines) && blank(lines[i].text) {
		i++
	}
	return i
}

// keepInterleaved takes quotes back that have answers between them; a quote
// behind the last answer stays folded.
func keepInterleaved(lines []textLine, shares []share) {
	runs, lastOwn, inQuote := 0, -1, false
	for i := range lines {
		switch {
		case shares[i] == shareQuoted:
			if !inQuote && (runs == 0 || lastOwn >= 0) {
				runs++
			}
			inQuote = true
		case !blank(lines[i].text) && shares[i] == shareOwn:
			if runs > 0 {
				lastOwn = i
			}
			inQuote = false
		}
	}
	if runs < 2 {
		return
	}
	for i := 0; i < lastOwn; i++ {
		if shares[i] == shareQuoted {
			shares[i] = shareOwn
		}
	}
}
