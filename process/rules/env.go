package rules

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"
	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// variable is a record's type as expressions spell it: credit-note is credit_note.
func variable(typ string) string { return strings.ReplaceAll(typ, "-", "_") }

// environment is what expressions may name, with its types.
func environment() types.Map {
	env := types.Map{
		"today": types.String,
		"now":   types.TypeOf(time.Time{}),
		"activity": types.Map{"type": types.String, "from": types.String, "to": types.String, "why": types.String, "thread": types.String,
			"actor": types.Map{"kind": types.String, "name": types.String, "channel": types.String},
			"data":  types.TypeOf(map[string]string{})},
	}
	for typ, shape := range process.Shapes() {
		env[variable(typ)] = typeOf(shape, 0)
	}
	return env
}

// maxDepth bounds nested records.
const maxDepth = 4

// typeOf is the type of a field in expressions.
func typeOf(t reflect.Type, depth int) types.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[process.Money](), reflect.TypeFor[decimal.Decimal]():
		return types.Float
	case reflect.TypeFor[time.Time]():
		return types.TypeOf(time.Time{})
	}
	switch t.Kind() {
	case reflect.String:
		return types.String
	case reflect.Bool:
		return types.Bool
	case reflect.Int, reflect.Int64:
		return types.Int
	case reflect.Slice:
		return types.Array(typeOf(t.Elem(), depth+1))
	case reflect.Map:
		return types.TypeOf(reflect.Zero(t).Interface())
	case reflect.Struct:
		if depth > maxDepth {
			return types.Any
		}
		m := types.Map{}
		for name, f := range fields(t) {
			m[name] = typeOf(f.Type, depth+1)
		}
		return m
	}
	return types.Any
}

// fields are the fields of a record by their JSON names.
func fields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "" && name != "-" {
			out[name] = f
		}
	}
	return out
}

// values are what an expression sees of a scene. Records that are not there
// have all their fields, empty.
func (e *Engine) values(s process.Scene) map[string]any {
	a := s.Activity
	data := a.Data
	if data == nil {
		data = map[string]string{}
	}
	env := maps.Clone(e.nobody)
	env["today"], env["now"] = string(s.Today), s.Now
	env["activity"] = map[string]any{"type": a.Type, "from": a.From, "to": a.To, "why": a.Why, "thread": a.Thread, "data": data,
		"actor": map[string]any{"kind": string(a.Actor.Kind), "name": a.Actor.Name, "channel": a.Actor.Channel}}
	for typ, r := range s.Records {
		env[variable(typ)] = valueOf(reflect.Indirect(reflect.ValueOf(r)), 0)
	}
	return env
}

func valueOf(v reflect.Value, depth int) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v = reflect.Zero(v.Type().Elem())
		} else {
			v = v.Elem()
		}
	}
	switch x := v.Interface().(type) {
	case process.Money:
		return decimal.New(x.Minor, -int32(process.Decimals(x.Currency))).InexactFloat64()
	case decimal.Decimal:
		return x.InexactFloat64()
	case time.Time:
		return x
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int64:
		return int(v.Int())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = valueOf(v.Index(i), depth+1)
		}
		return list
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type()).Interface()
		}
		return v.Interface()
	case reflect.Struct:
		if depth > maxDepth {
			return nil
		}
		m := map[string]any{}
		for name, f := range fields(v.Type()) {
			m[name] = valueOf(v.FieldByIndex(f.Index), depth+1)
		}
		return m
	}
	return nil
}

var unknownName = regexp.MustCompile(`^unknown (name|field) (\w+)`)

// hint names what may have been meant by an unknown name.
func hint(message string) string {
	m := unknownName.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	known := map[string]bool{"today": true, "now": true, "activity": true}
	for typ, shape := range process.Shapes() {
		known[variable(typ)] = true
		if m[1] == "field" {
			for name := range fields(shape) {
				known[name] = true
			}
		}
	}
	best, least := "", 3
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if d := distance(m[2], name); d < least {
			best, least = name, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case m[1] == "name":
		return "there is " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
	}
	return ""
}

// distance is how many letters must change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			before, row[j] = row[j], min(row[j]+1, row[j-1]+1, before+cost)
		}
	}
	return row[len(b)]
}
