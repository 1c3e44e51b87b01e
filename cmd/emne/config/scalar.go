package config

import (
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// scalar fills into when it is of a type that one text fills, and says whether
// it is.
func (r *reader) scalar(node ast.Node, into reflect.Value, path string, at position) bool {
	switch target := into.Addr().Interface().(type) {
	case *Secret:
		r.secretText(node, target, path, at)
	case *time.Duration:
		const hint = "write a number and a unit: 30s, 5m, 1h"
		raw, _ := plain(node)
		d, err := time.ParseDuration(raw)
		if err != nil {
			r.wrongType(node, path, at, "a duration", hint)
			break
		}
		*target = d
	case *Backfill:
		raw, _ := plain(node)
		b, err := parseBackfill(raw)
		if err != nil {
			r.refuse(path, at, "none, all, or a date such as 2026-01-31", "unknown value %s", r.describe(node))
			break
		}
		*target = b
	case *netip.Prefix:
		raw, _ := plain(node)
		prefix, err := parsePrefix(raw)
		if err != nil {
			r.refuse(path, at, "write 10.0.0.7 or 10.0.0.0/8", "not an IP address or network: %s", r.describe(node))
			break
		}
		*target = prefix
	default:
		switch into.Kind() {
		case reflect.String:
			r.text(node, into, path, at)
		case reflect.Bool:
			b, ok := node.(*ast.BoolNode)
			if !ok {
				r.wrongType(node, path, at, "true or false", "write true or false, without quotes")
				break
			}
			into.SetBool(b.Value)
		case reflect.Int:
			raw, isText := plain(node)
			n, err := strconv.Atoi(raw)
			if err != nil || isText {
				r.wrongType(node, path, at, "a whole number", "write digits only, without quotes")
				break
			}
			into.SetInt(int64(n))
		default:
			return false
		}
	}
	return true
}

func (r *reader) text(node ast.Node, into reflect.Value, path string, at position) {
	raw, isText := plain(node)
	if e, ok := into.Interface().(enum); ok {
		for _, value := range e.allowed() {
			if value == raw {
				into.SetString(raw)
				return
			}
		}
		r.refuse(path, at, "one of "+strings.Join(e.allowed(), ", "), "unknown value %s", r.describe(node))
		return
	}
	if !isText {
		hint := "write one text"
		if raw != "" {
			hint = `put it in quotes`
		}
		r.wrongType(node, path, at, "a text", hint)
		return
	}
	if strings.ContainsAny(raw, "\n\x00") {
		r.refuse(path, at, "write it on one line", "more than one line")
		return
	}
	into.SetString(raw)
}

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// secretText takes a secret from the file or, as ${NAME}, from the environment.
// Its problems never show the value.
func (r *reader) secretText(node ast.Node, target *Secret, path string, at position) {
	raw, isText := plain(node)
	switch m := variable.FindStringSubmatch(raw); {
	case !isText && raw == "":
		r.refuse(path, at, "write one text", "want a text, got %s", typeName(node))
	case !isText:
		r.refuse(path, at, "put it in quotes", "want a text, got %s", typeName(node))
	case raw == "":
		r.refuse(path, at, "remove the key, or give a value", "is empty")
	case m == nil:
		*target = NewSecret(raw)
		r.inline = append(r.inline, path)
	default:
		value, found := r.env(m[1])
		if !found {
			r.refuse(path, at, "set it before emne starts, or use "+lastKey(path)+"_file", "environment variable %s is not set", m[1])
			return
		}
		if value == "" {
			r.refuse(path, at, "give it a value, or use "+lastKey(path)+"_file", "environment variable %s is empty", m[1])
			return
		}
		*target = NewSecret(value)
	}
}

// plain gives the text of a scalar, and whether it is text for YAML too: 12 is
// not, "12" is. Other nodes give "".
func plain(node ast.Node) (raw string, isText bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, false
	default:
		return "", false
	}
}

func parsePrefix(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.WithZone("").Prefix(address.BitLen())
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err
}

func (r *reader) wrongType(node ast.Node, path string, at position, want, hint string) {
	r.refuse(path, at, hint, "want %s, got %s", want, r.describe(node))
}

// describe words a value for a message.
func (r *reader) describe(node ast.Node) string {
	if raw, isText := plain(node); isText {
		return quoted(raw)
	} else if raw != "" {
		return shown(raw)
	}
	return typeName(node)
}

func typeName(node ast.Node) string {
	switch node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	default:
		return "something else"
	}
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
