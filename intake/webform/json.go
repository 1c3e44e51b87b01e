package webform

import (
	"encoding/json"
	"io"
	"strings"
)

const (
	// maxDepth is how deep JSON may be nested, and maxNodes how many values it
	// may have.
	maxDepth = 32
	maxNodes = 50_000
)

// node is a JSON value that keeps the order of its members.
type node struct {
	kind  byte // { [ or s for a scalar
	text  string
	names []string // of an object
	items []node
}

// readJSON reads an object, or an array with one.
func readJSON(body string) (form, error) {
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
	d.UseNumber()
	left := maxNodes
	top, err := parse(d, 0, &left)
	if err != nil {
		return form{}, errJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return form{}, errJSON
	}
	w := walker{titles: map[string]string{}}
	w.learn(&top)
	w.walk(&top, "", false)
	if len(w.form.fields) == 0 {
		return w.form, errEmpty
	}
	return w.form, nil
}

func parse(d *json.Decoder, depth int, left *int) (node, error) {
	if *left--; *left < 0 || depth > maxDepth {
		return node{}, errJSON
	}
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := node{kind: byte(t)}
		for d.More() {
			if t == '{' {
				name, err := d.Token()
				if err != nil {
					return node{}, err
				}
				n.names = append(n.names, name.(string)) // a member's name is a string
			}
			item, err := parse(d, depth+1, left)
			if err != nil {
				return node{}, err
			}
			n.items = append(n.items, item)
		}
		_, err := d.Token()
		return n, err
	case string:
		return node{kind: 's', text: t}, nil
	case json.Number:
		return node{kind: 's', text: t.String()}, nil
	case bool:
		if t {
			return node{kind: 's', text: "true"}, nil
		}
		return node{kind: 's', text: "false"}, nil
	}
	return node{kind: 's'}, nil // null
}

// get finds a member, without regard to case.
func (n *node) get(names ...string) *node {
	for _, want := range names {
		for i, name := range n.names {
			if strings.EqualFold(name, want) {
				return &n.items[i]
			}
		}
	}
	return nil
}

func (n *node) str(names ...string) string {
	for _, name := range names {
		if m := n.get(name); m != nil && m.kind == 's' && m.text != "" {
			return m.text
		}
	}
	return ""
}

// list is the text of a scalar, or of an array of them.
func (n *node) list() (string, bool) {
	if n.kind == 's' {
		return n.text, true
	}
	var all []string
	for i := range n.items {
		if n.kind != '[' || n.items[i].kind != 's' {
			return "", false
		}
		if n.items[i].text != "" {
			all = append(all, n.items[i].text)
		}
	}
	return strings.Join(all, ", "), n.kind == '['
}
