package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser's time grows with the square of the number of keys and of the
// depth, and its stack with the depth: these keep the worst file under a second.
const (
	maxTokens = 20_000
	maxDepth  = 32  // of [ and {
	maxColumn = 200 // of the - ? : that nest blocks
	maxVisits = 50_000
)

// tree is a YAML document: its root, nil when it is empty, and the values that
// its aliases stand for.
type tree struct {
	root    ast.Node
	anchors map[string]ast.Node
}

// parseTree reads one YAML document. Its problem has no File.
func parseTree(data []byte) (result tree, problem *Problem) {
	if problem = unreadable(data); problem != nil {
		return tree{}, problem
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	text := strings.ReplaceAll(string(data), "\r\n", "\n")

	defer func() {
		if recover() != nil {
			result, problem = tree{}, &Problem{Line: 1, Column: 1, Message: "cannot be read as YAML"}
		}
	}()
	tokens := lexer.Tokenize(text)
	if problem = tooMuch(tokens); problem != nil {
		return tree{}, problem
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return tree{}, syntaxProblem(err, text)
	}
	for _, document := range file.Docs {
		switch {
		case document.Body == nil:
		case result.root == nil:
			result.root = document.Body
		default:
			at := startOf(document.Body)
			return tree{}, &Problem{Line: at.line, Column: at.column,
				Message: "a second document", Hint: "put everything into one, without a line ---"}
		}
	}
	result.anchors = map[string]ast.Node{}
	if result.root == nil {
		return result, nil
	}
	for _, node := range ast.Filter(ast.AnchorType, result.root) {
		anchor := node.(*ast.AnchorNode)
		result.anchors[anchor.Name.GetToken().Value] = anchor.Value
	}
	return result, nil
}

// unreadable finds what no YAML file may have.
func unreadable(data []byte) *Problem {
	if len(data) > maxFile {
		return &Problem{Line: 1, Column: 1, Message: fmt.Sprintf("larger than %d KiB", maxFile>>10),
			Hint: "is it the right file?"}
	}
	bad, message, hint := -1, "", ""
	if i := bytes.IndexByte(data, 0); i >= 0 {
		bad, message, hint = i, "a NUL byte", "save the file as UTF-8 text"
	}
	for i := 0; i < len(data) && (bad < 0 || i < bad); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			bad, message, hint = i, "not UTF-8", "save the file as UTF-8 text"
			break
		}
		i += size
	}
	if bad < 0 {
		return nil
	}
	before := data[:bad]
	return &Problem{
		Line:    1 + bytes.Count(before, []byte("\n")),
		Column:  1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):]),
		Message: message, Hint: hint,
	}
}

// tooMuch finds what would take the parser too long.
func tooMuch(tokens token.Tokens) *Problem {
	problem := func(t *token.Token, message string) *Problem {
		return &Problem{Line: t.Position.Line, Column: t.Position.Column, Message: message, Hint: "is it the right file?"}
	}
	count, depth := 0, 0
	for _, t := range tokens {
		if t.Type == token.CommentType {
			continue
		}
		if count++; count > maxTokens {
			return problem(t, "too many keys and values")
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			if depth++; depth > maxDepth {
				return problem(t, "nested too deeply")
			}
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if depth <= 0 && t.Position.Column > maxColumn {
				return problem(t, "nested too deeply, or a key too long")
			}
		}
	}
	return nil
}

// syntaxProblem words a parser's error. The error's own text is not used: it
// has lines of the file in it, and these may hold a secret.
func syntaxProblem(err error, text string) *Problem {
	problem := &Problem{Line: 1, Column: 1, Message: "not YAML"}
	var detail yaml.Error
	if !errors.As(err, &detail) {
		return problem
	}
	if t := detail.GetToken(); t != nil && t.Position != nil {
		problem.Line, problem.Column = max(1, t.Position.Line), max(1, t.Position.Column)
	}
	message := detail.GetMessage()
	line := ""
	if lines := strings.Split(text, "\n"); problem.Line <= len(lines) {
		line = lines[problem.Line-1]
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		problem.Message, problem.Hint = "a tab in the indentation", "indent with spaces"
	case strings.Contains(message, "reserved character"), strings.Contains(message, "cannot start any token"),
		strings.Contains(message, "pre-defined"), strings.Contains(message, "mapping value is not allowed"):
		problem.Message, problem.Hint = "not YAML: a value that needs quotes", `put the value in quotes: "@every 1m"`
	case strings.Contains(message, "could not find end character"):
		problem.Message, problem.Hint = "not YAML: a quote is not closed", "end the value with the quote that it begins with"
	case strings.Contains(message, "end token"), strings.Contains(message, "flow map"):
		problem.Message, problem.Hint = "not YAML: a bracket is not closed", "close every [ and {"
	default:
		problem.Hint = "look at the indentation and the colons of this line and the one before"
	}
	return problem
}

// startOf gives the place where a node begins.
func startOf(node ast.Node) position {
	switch n := node.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return startOf(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return startOf(n.Key)
	}
	if t := node.GetToken(); t != nil && t.Position != nil {
		return position{max(1, t.Position.Line), max(1, t.Position.Column)}
	}
	return position{1, 1}
}
