package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

type entry struct {
	key, text string
	line      int
}

// labelFile splits "documents/nb.yaml" into area and language, which has two
// letters.
func labelFile(name string) (area, lang string, ok bool) {
	dir, file := path.Split(name)
	lang, ok = strings.CutSuffix(file, ".yaml")
	area = strings.TrimSuffix(dir, "/")
	return area, lang, ok && len(lang) == 2 && area != "" && !strings.Contains(area, "/")
}

func walkFiles(fsys fs.FS, each func(name string) error) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return each(name)
	})
}

// parseLabels reads a file of labels: one mapping of keys to texts.
func parseLabels(name string, b []byte) ([]entry, error) {
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			return nil, fmt.Errorf("%s:%d: %s", name, syntax.GetToken().Position.Line, syntax.GetMessage())
		}
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	var entries []entry
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
		case *ast.MappingNode:
			for _, v := range body.Values {
				e, err := labelEntry(name, v)
				if err != nil {
					return nil, err
				}
				entries = append(entries, e)
			}
		default:
			return nil, fmt.Errorf("%s:%d: the file is one list of `key: text`", name, body.GetToken().Position.Line)
		}
	}
	return entries, nil
}

func labelEntry(name string, v *ast.MappingValueNode) (entry, error) {
	e := entry{key: v.Key.GetToken().Value, line: v.Key.GetToken().Position.Line}
	switch t := v.Value.(type) {
	case *ast.StringNode:
		e.text = t.Value
	case *ast.LiteralNode:
		e.text = t.Value.Value
	default:
		return e, fmt.Errorf("%s:%d: %q is not a text: put it between quotes", name, e.line, e.key)
	}
	return e, nil
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)

func placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// fill replaces placeholders in one pass, so that braces in a value are text.
func fill(text string, args map[string]string) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		if v, ok := args[m[1:len(m)-1]]; ok {
			return v
		}
		return m
	})
}
