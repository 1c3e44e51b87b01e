package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxProblems bounds what is listed of one file.
const maxProblems = 100

// Problem is one thing that is wrong in a configuration file.
type Problem struct {
	// File is the path as the caller gave it.
	File string
	// Line and Column count from 1, columns in characters; a value's problem
	// stands where its key does, a missing key's where its section's does.
	// Both are 0 when the file could not be read at all.
	Line, Column int
	// Key is the path of the key, such as mailboxes.sales.tls or
	// sources.web.origins[0]; empty when the problem is none of a key.
	Key string
	// Message says what is wrong, and Hint what to do; Hint may be empty.
	Message, Hint string
}

// Error gives the problem as one line: file:line:column: key: message (hint: …).
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (hint: " + p.Hint + ")")
	}
	return b.String()
}

// Errors is all that is wrong in a configuration file, in the file's order.
type Errors []Problem

// Error gives a line for each problem.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, problem := range e {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// position is a place in the file; both count from 1.
type position struct{ line, column int }

// report collects the problems of one file.
type report struct {
	file     string
	problems Errors
}

func (r *report) add(at position, key, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{
		File: r.file, Line: at.line, Column: at.column, Key: key,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// err gives nil or the Errors in the file's order.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
	if more := len(r.problems) - maxProblems; more > 0 {
		r.problems = r.problems[:maxProblems]
		last := r.problems[maxProblems-1]
		r.problems = append(r.problems, Problem{
			File: r.file, Line: last.Line, Column: last.Column,
			Message: fmt.Sprintf("%d more problems are not listed", more), Hint: "mend these first",
		})
	}
	return r.problems
}

// shown makes foreign text fit for a line: short, quoted where it is odd.
func shown(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most]) + "…"
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' || r == '"' }
	if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}

// quoted is shown, but always in quotes.
func quoted(text string) string {
	s := shown(text)
	if strings.HasPrefix(s, `"`) {
		return s
	}
	return strconv.Quote(s)
}
