package einvoice

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/emne/emne/process"
)

// element is an XML element: with a text, or with children.
type element struct {
	name       string
	attributes []string // name, value, name, value …
	text       string
	children   []*element
}

// leaf is an element with a text. Without one it is nil: an empty element is
// refused by Peppol (PEPPOL-EN16931-R008). Attributes without a value fall away.
func leaf(name, text string, attributes ...string) *element {
	if text = strings.TrimSpace(legible(text)); text == "" {
		return nil
	}
	return &element{name: name, text: text, attributes: attributes}
}

// branch is an element with children, nil when all of them are.
func branch(name string, children ...*element) *element {
	e := &element{name: name}
	for _, c := range children {
		if c != nil {
			e.children = append(e.children, c)
		}
	}
	if len(e.children) == 0 {
		return nil
	}
	return e
}

// add appends several children of one kind.
func (e *element) add(children ...*element) *element {
	for _, c := range children {
		if c != nil {
			e.children = append(e.children, c)
		}
	}
	return e
}

// amount writes the currency's own decimals, neither more nor fewer.
func amount(name string, m process.Money, attributes ...string) *element {
	return leaf(name, m.String(), attributes...)
}

// legible leaves out what XML 1.0 section 2.2 has no place for, and makes line
// ends one character.
func legible(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\t', r == '\n', r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000:
			return r
		}
		return -1
	}, s)
}

// document writes a root element with its declaration, indented.
func document(root *element) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	root.write(&b, 0)
	return b.Bytes()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (e *element) write(b *bytes.Buffer, depth int) {
	indent := strings.Repeat("  ", depth)
	b.WriteString(indent + "<" + e.name)
	for i := 0; i+1 < len(e.attributes); i += 2 {
		if v := strings.TrimSpace(legible(e.attributes[i+1])); v != "" {
			b.WriteString(" " + e.attributes[i] + `="` + escape.Replace(v) + `"`)
		}
	}
	b.WriteString(">")
	if len(e.children) == 0 {
		b.WriteString(escape.Replace(e.text))
	} else {
		b.WriteString("\n")
		for _, c := range e.children {
			c.write(b, depth+1)
		}
		b.WriteString(indent)
	}
	b.WriteString("</" + e.name + ">\n")
}
