package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	maxDepth = 64
	maxNodes = 4_000_000
)

// node is an XML element by its local name.
type node struct {
	name     string
	line     int
	currency string // the attribute Ccy
	text     strings.Builder
	children []*node
	nth      int // among its siblings of the name
	parent   *node
}

// parseXML reads a document as a tree without namespaces. Entities of its own
// are not expanded, since encoding/xml knows none.
func parseXML(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "utf-8", "utf-16", "us-ascii", "ascii": // UTF-16 was turned into UTF-8 by its byte order mark
			return in, nil
		case "iso-8859-1", "latin1", "iso-8859-15", "windows-1252":
			b, err := io.ReadAll(in)
			return strings.NewReader(latin(b)), err
		}
		return nil, fmt.Errorf("the character set %q is unknown", short(charset))
	}
	root := &node{}
	at, depth, nodes := root, 0, 0
	for {
		token, err := d.Token()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			nodes++
			if depth > maxDepth || nodes > maxNodes {
				return nil, fmt.Errorf("line %d: the document is too deep or has too many elements", line)
			}
			n := &node{name: t.Name.Local, line: line, parent: at, nth: 1}
			for i := len(at.children) - 1; i >= 0; i-- {
				if at.children[i].name == n.name {
					n.nth = at.children[i].nth + 1
					break
				}
				if len(at.children)-i > 8 {
					break // far apart: counting is for errors alone
				}
			}
			for _, a := range t.Attr {
				if a.Name.Local == "Ccy" {
					n.currency = a.Value
				}
			}
			at.children = append(at.children, n)
			at = n
		case xml.EndElement:
			depth--
			at = at.parent
		case xml.CharData:
			at.text.Write(t)
		}
	}
	if depth != 0 || len(root.children) == 0 {
		return nil, errors.New("the document ends too early")
	}
	return root, nil
}

// all are the elements at a path of local names.
func (n *node) all(path ...string) []*node {
	if n == nil {
		return nil
	}
	found := []*node{n}
	for _, name := range path {
		var next []*node
		for _, f := range found {
			for _, c := range f.children {
				if c.name == name {
					next = append(next, c)
				}
			}
		}
		found = next
	}
	return found
}

// get is the first element at a path, nil when there is none.
func (n *node) get(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		var next *node
		for _, c := range n.children {
			if c.name == name {
				next = c
				break
			}
		}
		n = next
	}
	return n
}

// value is an element's text, "" when there is none.
func (n *node) value(path ...string) string {
	if n = n.get(path...); n == nil {
		return ""
	}
	return clean(n.text.String())
}

// where names an element in errors and positions.
func (n *node) where() string {
	var path []string
	for e := n; e != nil && e.parent != nil; e = e.parent {
		name := e.name
		if e.nth > 1 || name == "Ntry" || name == "TxDtls" {
			name += "[" + strconv.Itoa(e.nth) + "]"
		}
		if name == "Document" {
			break
		}
		path = append([]string{name}, path...)
	}
	return "line " + strconv.Itoa(n.line) + ", " + strings.Join(path, "/")
}
