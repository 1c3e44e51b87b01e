package message

import "strings"

// unflow joins the lines of format=flowed (RFC 3676 section 4): one that ends in
// a space goes on in the next of the same quote depth. With delsp the space goes.
func unflow(s string, delsp bool) string {
	if !strings.Contains(s, " \n") {
		if !strings.Contains(s, "\n ") {
			return s
		}
	}
	var out strings.Builder
	out.Grow(len(s))
	open, openDepth := false, 0
	for len(s) > 0 {
		line, rest, more := strings.Cut(s, "\n")
		s = rest
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		text := strings.TrimPrefix(line[depth:], " ") // space-stuffing
		signature := text == "-- "
		if open && (depth != openDepth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && depth > 0 {
			out.WriteString(line[:depth] + " ")
		}
		flows := strings.HasSuffix(text, " ") && !signature
		if flows && delsp {
			text = text[:len(text)-1]
		}
		out.WriteString(text)
		open, openDepth = flows, depth
		if !flows && more {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
