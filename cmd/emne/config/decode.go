package config

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// defaulter is a section or an entry that has defaults of its own.
type defaulter interface{ setDefaults() }

// enum is a text of which only some values exist.
type enum interface{ allowed() []string }

var entryName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// decode fills config with what the tree says.
func (r *reader) decode(config *Config) {
	if r.tree.root != nil {
		r.value(r.tree.root, reflect.ValueOf(config).Elem(), "", startOf(r.tree.root))
	}
}

// value fills into with what node says; at is where problems of path stand.
func (r *reader) value(node ast.Node, into reflect.Value, path string, at position) {
	node, ok := r.resolve(node, path, at)
	if !ok {
		return
	}
	if _, null := node.(*ast.NullNode); null || node == nil {
		r.nulls[path] = true
		return
	}
	if r.scalar(node, into, path, at) {
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		r.section(node, into, path, at)
	case reflect.Map:
		r.entries(node, into, path, at)
	case reflect.Slice:
		r.list(node, into, path, at)
	}
}

// refuse notes a value that cannot be used, so that later checks leave it alone.
func (r *reader) refuse(path string, at position, hint, format string, args ...any) {
	r.bad[path] = true
	r.add(at, path, hint, format, args...)
}

// resolve follows anchors and aliases to the value itself. A value that holds
// an alias to itself ends here too: types are finite, and the budget as well.
func (r *reader) resolve(node ast.Node, path string, at position) (ast.Node, bool) {
	for range maxDepth {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			name := n.Value.GetToken().Value
			target, found := r.tree.anchors[name]
			if !found {
				r.refuse(path, at, `quote a value that begins with *`, "unknown alias %s", quoted("*"+name))
				return nil, false
			}
			node = target
		case *ast.TagNode:
			r.refuse(path, at, "write the value alone", "a tag %s", quoted(n.Start.Value))
			return nil, false
		default:
			return node, true
		}
	}
	r.refuse(path, at, "write the value out", "an alias of an alias of …")
	return nil, false
}

// section fills a struct.
func (r *reader) section(node ast.Node, into reflect.Value, path string, at position) {
	pairs, ok := r.pairs(node, path, at)
	if !ok {
		r.wrongType(node, path, at, "keys and values", "put the keys below it, indented")
		return
	}
	fields := fieldsOf(into.Type())
	for _, p := range pairs {
		key := join(path, p.key)
		index, known := fields.index[p.key]
		if !known {
			r.add(p.at, key, unknownHint(p.key, fields.names), "unknown key")
			continue
		}
		r.keys[key] = p.at
		r.value(p.value, into.Field(index), key, p.at)
	}
}

// entries fills a map from names to structs.
func (r *reader) entries(node ast.Node, into reflect.Value, path string, at position) {
	pairs, ok := r.pairs(node, path, at)
	if !ok {
		r.wrongType(node, path, at, "names with keys below each", "put each name below it, indented, and its keys below the name")
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, p := range pairs {
		key := join(path, p.key)
		r.keys[key] = p.at
		if !entryName.MatchString(p.key) {
			r.add(p.at, key, "use a-z, 0-9, - and _, at most 63 of them", "bad name %s", quoted(p.key))
		}
		entry := reflect.New(into.Type().Elem())
		if d, ok := entry.Interface().(defaulter); ok {
			d.setDefaults()
		}
		r.value(p.value, entry.Elem(), key, p.at)
		into.SetMapIndex(reflect.ValueOf(p.key), entry.Elem())
	}
}

// list fills a slice.
func (r *reader) list(node ast.Node, into reflect.Value, path string, at position) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		r.wrongType(node, path, at, "a list", "write [one, two], or one a line after a dash")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(sequence.Values), len(sequence.Values)))
	for i, item := range sequence.Values {
		if !r.spend(at, path) {
			return
		}
		key := path + "[" + strconv.Itoa(i) + "]"
		place := at
		if item != nil {
			place = startOf(item)
		}
		r.keys[key] = place
		r.value(item, into.Index(i), key, place)
		if r.nulls[key] {
			r.refuse(key, place, "remove it", "an item without a value")
		}
	}
}

// pair is a key with its value.
type pair struct {
	key   string
	at    position
	value ast.Node
}

// pairs gives the keys of a mapping in order, each once: a key given twice is
// noted, and keys that come by << give way to those that are written.
func (r *reader) pairs(node ast.Node, path string, at position) ([]pair, bool) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false
	}
	var own, merged []pair
	seen := map[string]position{}
	for _, v := range values {
		if !r.spend(at, path) {
			break
		}
		place := startOf(v.Key)
		if v.Key.IsMergeKey() {
			merged = append(merged, r.merge(v.Value, path, place)...)
			continue
		}
		name, ok := r.keyName(v.Key)
		if !ok {
			r.add(place, path, "write a plain name, a colon and a space", "a key that is not text")
			continue
		}
		if first, twice := seen[name]; twice {
			r.add(place, join(path, name), "keep one of them", "duplicate key, first given in line %d", first.line)
			continue
		}
		seen[name] = place
		own = append(own, pair{name, place, v.Value})
	}
	for _, p := range merged {
		if _, taken := seen[p.key]; !taken {
			seen[p.key] = p.at
			own = append(own, p)
		}
	}
	return own, true
}

// merge gives the pairs that << brings: of one mapping or of a list of them.
func (r *reader) merge(node ast.Node, path string, at position) []pair {
	if !r.spend(at, path) {
		return nil
	}
	node, ok := r.resolve(node, path, at)
	if !ok {
		return nil
	}
	if sequence, ok := node.(*ast.SequenceNode); ok {
		var all []pair
		for _, item := range sequence.Values {
			all = append(all, r.merge(item, path, at)...)
		}
		return all
	}
	pairs, ok := r.pairs(node, path, at)
	if !ok {
		r.add(at, path, "give << an alias of keys and values: <<: *name", "nothing to merge")
	}
	return pairs
}

// spend takes one visit off the budget, which bounds what aliases multiply.
func (r *reader) spend(at position, path string) bool {
	r.budget--
	if r.budget == 0 {
		r.add(at, path, "write the values out", "too many aliases")
	}
	return r.budget > 0
}

// keyName gives the text of a key.
func (r *reader) keyName(key ast.Node) (string, bool) {
	for range maxDepth {
		switch k := key.(type) {
		case *ast.MappingKeyNode:
			key = k.Value
		case *ast.AnchorNode:
			key = k.Value
		case *ast.StringNode:
			return k.Value, true
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			return k.GetToken().Value, true
		default:
			return "", false
		}
	}
	return "", false
}

// fields are the keys of a struct in the order of its declaration.
type fields struct {
	names []string
	index map[string]int
}

func fieldsOf(t reflect.Type) fields {
	f := fields{index: map[string]int{}}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			f.names = append(f.names, name)
			f.index[name] = i
		}
	}
	return f
}

// join appends a key to a path; an odd key is quoted.
func join(path, key string) string {
	if key = shown(key); path == "" {
		return key
	}
	return strings.Join([]string{path, key}, ".")
}
