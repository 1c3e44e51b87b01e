package webform

import (
	"bytes"
	"errors"
	"mime"
	"net/url"
	"strings"

	"github.com/emne/emne/intake"
)

// The bounds of what is read of one body. What is beyond them stays in the raw
// body, and the inquiry's text says that there is more by ending there.
const (
	maxFields = 1000
	maxFiles  = 50
	maxLabel  = 200
	maxValue  = 64 << 10
	maxText   = 256 << 10
)

// field is a question and its answer.
type field struct {
	label string
	// hint is the type that the provider gives the field, such as INPUT_EMAIL.
	hint  string
	value string
	// meta says that it is the provider's own, not the visitor's.
	meta bool
}

// form is what a body says, whatever it was written in.
type form struct {
	fields []field
	files  []intake.File
	title  string // of the form, when the provider names it
	// raw has the plain values of urlencoded and multipart bodies by name.
	raw map[string]string
}

// The reasons why a body goes to quarantine.
const (
	unreadableEmpty     = "empty"
	unreadableEncoded   = "content_encoding"
	unreadableJSON      = "json"
	unreadableMultipart = "multipart"
	unreadableSilent    = "no_contact"
	unreadableInternal  = "internal"
	unreadableRecord    = "unrecordable"
)

var (
	errEmpty     = errors.New(unreadableEmpty)
	errJSON      = errors.New(unreadableJSON)
	errMultipart = errors.New(unreadableMultipart)
)

// add keeps a field within the bounds; empty answers are none.
func (f *form) add(one field) {
	one.label = oneLine(one.label, maxLabel)
	if one.value = plain(one.value, maxValue); one.value == "" || len(f.fields) >= maxFields {
		return
	}
	f.fields = append(f.fields, one)
}

// read takes a body apart by what it says it is, or else by what it looks like.
func read(contentType string, body []byte) (form, error) {
	media, params, _ := mime.ParseMediaType(contentType)
	trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n")
	looks := string(trimmed[:min(len(trimmed), 1024)])
	switch {
	case looks == "":
		return form{}, errEmpty
	case strings.HasPrefix(media, "multipart/"):
		return readMultipart(params["boundary"], body)
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		return readJSON(decode(body, params["charset"]))
	case media == "application/x-www-form-urlencoded" && !strings.HasPrefix(looks, "{"):
		return readPairs(string(body), params["charset"])
	case looks[:1] == "{" || looks[:1] == "[":
		if f, err := readJSON(decode(body, params["charset"])); err == nil || media != "text/plain" {
			return f, err
		}
	case strings.HasPrefix(looks, "--") && media == "":
		return readMultipart("", body)
	case media == "" && looksEncoded(looks):
		return readPairs(string(body), params["charset"])
	}
	return readText(decode(body, params["charset"])), nil
}

// looksEncoded tells name=value&name=value from prose.
func looksEncoded(s string) bool {
	line, _, _ := strings.Cut(s, "\n")
	name, _, ok := strings.Cut(line, "=")
	return ok && name != "" && !strings.ContainsAny(line, " \t")
}

// readPairs reads application/x-www-form-urlencoded; a pair that is not well
// escaped is taken as it stands.
func readPairs(body, charset string) (form, error) {
	f := form{raw: map[string]string{}}
	var pairs []field
	for pair := range strings.SplitSeq(body, "&") {
		if len(pairs) > maxFields || strings.Trim(pair, " \r\n") == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		one := field{label: unescape(name), value: unescape(strings.TrimRight(value, "\r\n"))}
		if one.label == "_charset_" {
			charset = one.value
		}
		pairs = append(pairs, one)
	}
	for _, one := range pairs {
		f.pair(decode([]byte(one.label), charset), decode([]byte(one.value), charset))
	}
	if len(f.fields) == 0 {
		return f, errEmpty
	}
	return f, nil
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return strings.ReplaceAll(s, "+", " ")
}

// pair takes a name and a value of an HTML form. A value that is JSON, as some
// providers nest it, is opened.
func (f *form) pair(name, value string) {
	if name == "_charset_" {
		return
	}
	if _, known := f.raw[name]; !known && len(f.raw) < maxFields {
		f.raw[name] = value
	}
	if name == "rawRequest" && strings.HasPrefix(strings.TrimSpace(value), "{") {
		if inner, err := readJSON(value); err == nil {
			for _, one := range inner.fields {
				one.meta = one.meta || isMeta(one.label)
				f.add(one)
			}
			return
		}
	}
	if isTitle(name) {
		f.title = oneLine(value, maxLabel)
	}
	f.add(field{label: name, value: value, meta: isMeta(name) || isTitle(name)})
}

// readText reads text/plain: a form with lines name=value, or prose.
func readText(body string) form {
	f := form{}
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(body), "\r\n", "\n"), "\n")
	for _, l := range lines {
		if name, value, ok := strings.Cut(l, "="); ok && name != "" && !strings.ContainsAny(name, " \t") {
			f.add(field{label: name, value: value, meta: isMeta(name)})
			continue
		}
		return form{fields: []field{{label: "message", value: plain(body, maxText)}}}
	}
	return f
}
