package console

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
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
