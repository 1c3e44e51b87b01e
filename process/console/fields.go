package console

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The kinds of fields: how they look and what they are in JSON.
const (
	kindText     = "text"
	kindArea     = "textarea"
	kindEmail    = "email"
	kindTel      = "tel"
	kindDate     = "date"
	kindSelect   = "select"
	kindWhole    = "whole"    // a JSON number
	kindDecimal  = "decimal"  // an exact number, as JSON text
	kindMoney    = "money"    // an amount; its currency is the document's
	kindCheck    = "checkbox" // a JSON boolean
	kindVAT      = "vat"      // "S:25"
	kindDates    = "dates"    // one a line; a JSON list
	kindHidden   = "hidden"
	kindYAML     = "yaml"     // a part of the settings, written as YAML
	kindRef      = "ref"      // a record, as "type:id"
	kindList     = "lines"    // a list of texts, one a line
	kindTable    = "table"    // a list of rows; Columns are their fields
	kindQuantity = "quantity" // of a line, by its id; Name is "quantity." and the id
)

// field is one input of a form. Name is the path in the JSON that the API takes.
type field struct {
	Name, Label, Hint, Kind, Value string
	Options                        []option
	Required, Checked, Wide        bool
	Error                          string
	Currency                       string
	Auto                           string
	// Columns are the fields of a table's rows, in their order, Heads their
	// names, Rows what stands in them; at is where the rows that were sent stood.
	Columns []tableColumn
	Heads   []string
	Rows    []tableRow
	at      []int
	// List is a datalist that is offered; Given what holds when it is left empty.
	List, Given string
}

type option struct {
	Value, Label string
	Selected     bool
}

// section is a group of fields with a heading, which may be empty.
type section struct {
	Title  string
	Fields []field
	// Parts are quantities of lines, which stand in a table of their own.
	Parts bool
	// After the lines; Folded until one looks, unless something stands in it.
	After, Folded bool
	// Previews are what the fields switch on.
	Previews []mailPreview
}

// Open says that something stands in a folded section.
func (s section) Open() bool {
	for _, f := range s.Fields {
		if f.Value != "" || f.Error != "" {
			return true
		}
	}
	return false
}

// mailPreview is the text of an automatic mail.
type mailPreview struct {
	Title, Subject string
	Paragraphs     []string
	Open           bool
}

// form is what is filled in and sent.
type form struct {
	Action   string
	Submit   string
	Version  int64
	Sections []section
	Lines    *lineEditor
	// Products are offered where a cell names one.
	Products []option
	// Error is what is wrong with the whole; Problems with what has no field here.
	Error    string
	Problems []string
}

// input is what the fields begin with: a record's values, what the address
// names, or what was sent and refused.
type input struct {
	// id is of the record that is edited, "" for a new one.
	id       string
	values   map[string]string
	sent     url.Values
	problems map[string]string
	// options says that lines may be options, as on a quote.
	options bool
	// rows is how many lines are shown.
	rows int
	// priced is what the lines come to, nil when nobody has computed it; computing
	// names the rows that have no id.
	priced    *priced
	computing bool
}

func (in input) value(name string) string {
	if in.sent != nil {
		return in.sent.Get(name)
	}
	return in.values[name]
}

// inputFrom flattens a record's input by the paths of its JSON.
func (v *visit) inputFrom(id string, record any) (input, error) {
	in := input{id: id, values: map[string]string{}}
	b, err := json.Marshal(record)
	if err != nil {
		return in, err
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return in, err
	}
	flatten(in.values, "", tree)
	return in, nil
}

func flatten(values map[string]string, path string, tree any) {
	under := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch t := tree.(type) {
	case map[string]any:
		for name, child := range t {
			flatten(values, under(name), child)
		}
	case []any:
		values[under("#")] = strconv.Itoa(len(t))
		for i, child := range t {
			flatten(values, under(strconv.Itoa(i)), child)
		}
	case string:
		values[path] = t
	case json.Number:
		values[path] = t.String()
	case bool:
		values[path] = strconv.FormatBool(t)
	}
}

// field makes a field with its value and its problem. The label is that of the
// path's last part, unless the pages know the whole path.
func (v *visit) field(in input, kind, name string, mend ...func(*field)) field {
	f := field{Name: name, Kind: kind, Label: v.fieldLabel(name), Error: in.problems[name]}
	f.Value = in.value(name)
	switch kind {
	case kindMoney:
		if in.sent == nil {
			f.Value = v.typed(in.values[name+".amount"])
		}
		f.Error = either(f.Error, in.problems[name+".amount"])
	case kindDecimal:
		if in.sent == nil {
			f.Value = v.typed(f.Value)
		}
	case kindDates:
		if n, err := strconv.Atoi(in.values[name+".#"]); err == nil && in.sent == nil {
			var days []string
			for i := range n {
				days = append(days, in.values[name+"."+strconv.Itoa(i)])
			}
			f.Value = strings.Join(days, "\n")
		}
	case kindList:
		for i := 0; in.sent == nil && in.values[name+"."+strconv.Itoa(i)] != ""; i++ {
			f.Value = strings.TrimPrefix(f.Value+"\n"+in.values[name+"."+strconv.Itoa(i)], "\n")
		}
	case kindCheck:
		f.Checked = f.Value == "1" || f.Value == "true"
	case kindVAT:
		if in.sent == nil && in.values[name+".category"] != "" {
			f.Value = in.values[name+".category"] + ":" + plain(in.values[name+".rate"])
		}
		f.Error = either(f.Error, in.problems[name+".rate"], in.problems[name+".category"])
		f.Options = v.vats(f.Value)
	}
	for _, m := range mend {
		m(&f)
	}
	if kind == kindTable {
		v.fillTable(in, &f)
	}
	for i := range f.Options {
		f.Options[i].Selected = f.Options[i].Value == f.Value
	}
	return f
}

func (v *visit) fieldLabel(name string) string {
	if v.labels.Has("field." + name) {
		return v.t("field." + name)
	}
	return v.t("field." + name[strings.LastIndexByte(name, '.')+1:])
}

func required(f *field) { f.Required = true }
func wide(f *field)     { f.Wide = true }

func choices(options []option) func(*field) { return func(f *field) { f.Options = options } }
func hint(text string) func(*field)         { return func(f *field) { f.Hint = text } }
func currency(c string) func(*field)        { return func(f *field) { f.Currency = c } }
func auto(name string) func(*field)         { return func(f *field) { f.Auto = name } }

// value gives an empty field of a new record a value.
func value(s string) func(*field) {
	return func(f *field) {
		if f.Value == "" {
			f.Value = s
		}
	}
}

// typed is an exact number as people type it, without groups.
func (v *visit) typed(s string) string {
	s = plain(s)
	if v.lang == "nb" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// plain cuts zeros that say nothing: "25.00" is "25".
func plain(s string) string {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return s
	}
	return d.String()
}

var grouped = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+$`)

// decimalOf reads a number as people of the language write it: "1 234,50",
// "1,234.50", "1.234,50".
func decimalOf(lang, s string) (decimal.Decimal, bool) {
	s = strings.NewReplacer(" ", "", noBreak, "", "\u202f", "", "'", "", "\u2212", "-").Replace(s)
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	switch {
	case comma >= 0 && point >= 0 && comma < point:
		s = strings.ReplaceAll(s, ",", "")
	case comma >= 0 && point >= 0:
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	case comma >= 0 && lang != "nb" && grouped.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case comma >= 0:
		s = strings.Replace(s, ",", ".", 1)
	}
	if len(s) > 40 || strings.ContainsAny(s, "eE") {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

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
