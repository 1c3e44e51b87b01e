package rules

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/emne/emne/process"
)

// The bounds of one expression: its nodes, its memory in units of the virtual
// machine, and how many compiled ones are kept.
const (
	maxNodes    = 500
	maxMemory   = 100_000
	maxPrograms = 1000
)

// Engine compiles and runs expressions. Many goroutines may use it.
type Engine struct {
	mu       sync.Mutex
	programs map[program]*vm.Program
	// nobody are the values of records that are not there, by their variables.
	nobody map[string]any
}

// program is an expression as what it is to give.
type program struct {
	text  string
	truth bool
}

var _ process.Rules = (*Engine)(nil)

// New makes an engine.
func New() *Engine {
	e := &Engine{programs: map[program]*vm.Program{}, nobody: map[string]any{}}
	for typ, shape := range process.Shapes() {
		e.nobody[variable(typ)] = valueOf(reflect.Zero(shape), 0)
	}
	return e
}

func (e *Engine) compile(text string, truth bool) (*vm.Program, error) {
	key := program{text, truth}
	e.mu.Lock()
	p := e.programs[key]
	e.mu.Unlock()
	if p != nil {
		return p, nil
	}
	options := []expr.Option{expr.Env(environment()), expr.MaxNodes(maxNodes)}
	if truth {
		options = append(options, expr.AsBool())
	}
	p, err := expr.Compile(text, options...)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.programs) >= maxPrograms {
		clear(e.programs)
	}
	e.programs[key] = p
	return p, nil
}

func (e *Engine) run(text string, truth bool, s process.Scene) (out any, err error) {
	p, err := e.compile(text, truth)
	if err != nil {
		return nil, explain(err)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	machine := vm.VM{MemoryBudget: maxMemory}
	if out, err = machine.Run(p, e.values(s)); err != nil {
		err = explain(err)
	}
	return out, err
}

// Holds implements process.Rules.
func (e *Engine) Holds(expression string, s process.Scene) (bool, error) {
	out, err := e.run(expression, true, s)
	if err != nil {
		return false, err
	}
	holds, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("the expression gives %T, not true or false", out)
	}
	return holds, nil
}

// Fill implements process.Rules.
func (e *Engine) Fill(text string, s process.Scene) (string, error) {
	var b strings.Builder
	for _, part := range split(text) {
		if !part.expression {
			b.WriteString(part.text)
			continue
		}
		v, err := e.run(part.text, false, s)
		if err != nil {
			return "", fmt.Errorf("{%s}: %w", part.text, err)
		}
		b.WriteString(say(v))
	}
	return b.String(), nil
}

func say(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return fmt.Sprint(v)
}

// part is a piece of a text: plain, or an expression.
type part struct {
	text       string
	expression bool
	// at is where it begins in the text, in bytes.
	at int
}

// split finds the {expressions} in a text. A brace without its partner is text.
func split(text string) []part {
	var parts []part
	at := 0
	for at < len(text) {
		open := strings.IndexByte(text[at:], '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[at+open:], '}')
		if end < 0 {
			break
		}
		if open > 0 {
			parts = append(parts, part{text[at : at+open], false, at})
		}
		parts = append(parts, part{text[at+open+1 : at+open+end], true, at + open + 1})
		at += open + end + 1
	}
	if at < len(text) {
		parts = append(parts, part{text[at:], false, at})
	}
	return parts
}

// explain cuts an error to its message and its place, line:column from 1, with
// a hint where there is one.
func explain(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return err
	}
	message := at.Message
	if hint := hint(message); hint != "" {
		message += "; " + hint
	}
	return fmt.Errorf("%d:%d: %s", at.Line, at.Column+1, message)
}
