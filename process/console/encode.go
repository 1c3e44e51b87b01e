package console

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// encode turns what was sent into the JSON of the API. editing says that empty
// fields empty the record's; otherwise they are left out.
func (v *visit) encode(f form, in input, editing bool) (body []byte, problems []process.Problem) {
	tree := map[string]any{}
	for _, s := range f.Sections {
		for i, fd := range s.Fields {
			if fd.Kind == kindTable {
				rows, at, ps := v.tableRows(fd, in)
				s.Fields[i].at, problems = at, append(problems, ps...)
				if len(rows) > 0 || editing && in.sent.Has(fd.Name+".rows") {
					place(tree, fd.Name, rows)
				}
				continue
			}
			if err := v.put(tree, fd, strings.TrimSpace(in.sent.Get(fd.Name)), editing); err != nil {
				problems = append(problems, *err)
			}
		}
	}
	listed(tree, editing)
	if f.Lines != nil {
		lines, ps := v.encodeLines(f.Lines, in)
		problems = append(problems, ps...)
		if len(lines) > 0 || editing {
			tree["lines"] = lines
		}
	}
	body, err := json.Marshal(numbered(tree))
	if err != nil {
		problems = append(problems, process.Problem{Reason: "body.invalid", Message: err.Error()})
	}
	return body, problems
}

// numbered turns the objects whose names are all numbers into lists, of which
// elements that say nothing are dropped.
func numbered(tree map[string]any) any {
	all := len(tree) > 0
	for name, child := range tree {
		if under, ok := child.(map[string]any); ok {
			tree[name] = numbered(under)
		}
		_, err := strconv.Atoi(name)
		all = all && err == nil
	}
	if !all {
		return tree
	}
	list := []any{}
	for i, n := 0, len(tree); n > 0 && i < maxRows; i++ {
		child, ok := tree[strconv.Itoa(i)]
		if !ok {
			continue
		}
		n--
		if fields, ok := child.(map[string]any); !ok || says(fields) {
			list = append(list, child)
		}
	}
	return list
}

// says reports whether one of the fields holds something.
func says(fields map[string]any) bool {
	for _, v := range fields {
		if v != nil && v != "" && v != false {
			return true
		}
	}
	return false
}

func (v *visit) put(tree map[string]any, f field, s string, editing bool) *process.Problem {
	if f.Required && s == "" {
		return &process.Problem{Field: f.Name, Reason: "missing", Message: "this is needed"}
	}
	var val any = s
	switch f.Kind {
	case kindCheck:
		if id, ok := strings.CutPrefix(f.Name, "option."); ok {
			chosen(tree, id, s == "1")
			return nil
		}
		val = s == "1"
	case kindWhole, kindDecimal, kindMoney, kindQuantity:
		if s == "" {
			val = nil
			break
		}
		d, ok := decimalOf(v.lang, s)
		if !ok || f.Kind == kindWhole && !d.IsInteger() {
			return &process.Problem{Field: f.Name, Reason: "number", Message: "this is no number"}
		}
		switch f.Kind {
		case kindWhole:
			val = json.Number(d.String())
		case kindMoney:
			val = map[string]string{"amount": d.String(), "currency": f.Currency}
		case kindQuantity:
			if d.IsZero() {
				return nil
			}
			lines, _ := tree["lines"].([]any)
			tree["lines"] = append(lines, map[string]string{"id": strings.TrimPrefix(f.Name, "quantity."), "quantity": d.String()})
			return nil
		default:
			val = d.String()
		}
	case kindDate:
		if s != "" && !process.Date(s).Valid() {
			return &process.Problem{Field: f.Name, Reason: "date", Message: "this is no date"}
		}
	case kindDates:
		days := strings.Fields(strings.ReplaceAll(s, ",", " "))
		for _, d := range days {
			if !process.Date(d).Valid() {
				return &process.Problem{Field: f.Name, Reason: "date", Message: "this is no date"}
			}
		}
		val = days
	case kindVAT:
		val = nil
		if category, rate, ok := strings.Cut(s, ":"); ok {
			val = map[string]string{"category": category, "rate": rate}
		}
	case kindYAML:
		raw, problem := jsonOf(f.Name, s)
		if problem != nil {
			return problem
		}
		val = raw
	case kindRef:
		if typ, id, ok := strings.Cut(s, ":"); ok {
			val = map[string]string{"type": typ, "id": id}
		}
	case kindList:
		val = listOf(s)
	case kindArea:
		val = strings.ReplaceAll(s, "\r\n", "\n")
	}
	if val == nil && (f.Kind == kindQuantity || f.Kind == kindVAT) || s == "" && !editing && f.Kind != kindCheck {
		return nil
	}
	place(tree, f.Name, val)
	return nil
}

// place puts a value to its path.
func place(tree map[string]any, path string, val any) {
	parts := strings.Split(path, ".")
	for _, p := range parts[:len(parts)-1] {
		child, ok := tree[p].(map[string]any)
		if !ok {
			child = map[string]any{}
			tree[p] = child
		}
		tree = child
	}
	tree[parts[len(parts)-1]] = val
}

// listOf are the lines of a text that say something.
func listOf(s string) []string {
	list := []string{}
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// refused puts what is wrong to its fields.
func (v *visit) refused(in *input, f *form, problems []process.Problem) {
	in.problems = map[string]string{}
	known := map[string]bool{}
	var tables []field
	for _, s := range f.Sections {
		for _, fd := range s.Fields {
			known[fd.Name] = true
			if fd.Kind == kindTable {
				tables = append(tables, fd)
			}
			switch fd.Kind {
			case kindMoney:
				known[fd.Name+".amount"] = true
			case kindVAT:
				known[fd.Name+".rate"], known[fd.Name+".category"] = true, true
			}
		}
	}
	for _, p := range problems {
		text, name := v.problem(p), adjustmentPlace(p.Field)
		if f.Lines != nil {
			name = f.Lines.place(name)
		}
		if cell, ok := cellOf(tables, name); ok {
			in.problems[either(cell, name)] = text
			continue
		}
		for at := name; !known[name] && at != ""; {
			if at = at[:max(0, strings.LastIndexAny(at, ".["))]; known[at] {
				name = at
			}
		}
		if known[name] || f.Lines != nil && strings.HasPrefix(name, "line.") {
			in.problems[name] = text
			continue
		}
		f.Problems = append(f.Problems, text)
	}
}
