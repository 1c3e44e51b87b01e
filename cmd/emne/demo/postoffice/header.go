package postoffice

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/textproto"
)

// maxHeader bounds the header that is looked at, in octets.
const maxHeader = 1 << 20

// field is one header field with its line ends, as it came.
type field struct {
	name string
	raw  []byte
}

// headerEnd returns where the body begins: after the first empty line, or at
// the end of raw when there is none.
func headerEnd(raw []byte) (end int, found bool) {
	for at := 0; at < len(raw); {
		eol := bytes.IndexByte(raw[at:], '\n')
		if eol < 0 {
			break
		}
		if line := raw[at : at+eol]; len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return at + eol + 1, true
		}
		at += eol + 1
	}
	return len(raw), false
}

// readHeader returns a message's header with the empty line that ends it.
func readHeader(c content, size int64) ([]byte, error) {
	for n := int64(16 << 10); ; n *= 4 {
		n = min(n, size, maxHeader)
		raw, err := readAll(c, n)
		if err != nil {
			return nil, err
		}
		if end, found := headerEnd(raw); found || n == size || n == maxHeader {
			return raw[:end], nil
		}
	}
}

// fields splits a header. Lines that are neither a field nor the continuation
// of one are left out.
func fields(header []byte) []field {
	var list []field
	open := false
	for line := range bytes.Lines(header) {
		if line[0] == ' ' || line[0] == '\t' {
			if open {
				last := &list[len(list)-1]
				last.raw = append(last.raw[:len(last.raw):len(last.raw)], line...)
			}
			continue
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		open = ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
		if open {
			list = append(list, field{string(name), line})
		}
	}
	return list
}

// text returns the field's value unfolded, with its encoded words decoded.
func (f field) text() string {
	_, value, _ := strings.Cut(string(f.raw), ":")
	value = strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(value))
	decoder := mime.WordDecoder{CharsetReader: charset.Reader}
	if decoded, err := decoder.DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

// selectFields is BODY[HEADER.FIELDS (…)], or HEADER.FIELDS.NOT with not (RFC
// 9051 section 6.4.5.1): the fields as they came and an empty line.
func selectFields(header []byte, names []string, not bool) []byte {
	var out bytes.Buffer
	for _, f := range fields(header) {
		named := false
		for _, name := range names {
			named = named || strings.EqualFold(name, f.name)
		}
		if named != not {
			out.Write(f.raw)
		}
	}
	out.WriteString("\r\n")
	return out.Bytes()
}

// parsedHeader gives the library what it can read of a header.
func parsedHeader(header []byte) textproto.Header {
	var h textproto.Header
	list := fields(header)
	for i := len(list) - 1; i >= 0; i-- { // Add puts a field in front
		_, value, _ := strings.Cut(string(list[i].raw), ":")
		value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
		h.Add(list[i].name, strings.TrimSpace(value))
	}
	return h
}

// readable returns the message in a form that the library's MIME reader takes:
// itself, or with the lines left out of its header that it stumbles over.
func readable(raw []byte) []byte {
	end, _ := headerEnd(raw)
	if _, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(raw[:end]))); err == nil || errors.Is(err, io.EOF) {
		return raw
	}
	return append(selectFields(raw[:end], nil, true), raw[end:]...)
}
