package process

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// sheetColumn is a field of an input: its path in JSON, and the way to it.
type sheetColumn struct {
	path  string
	index []int
	key   string // of a map
	typ   reflect.Type
}

func sheetColumns(t reflect.Type) []sheetColumn {
	var columns []sheetColumn
	for i := range t.NumField() {
		name, _, _ := cutTag(t.Field(i).Tag.Get("json"))
		ft := t.Field(i).Type
		if _, ok := reflect.Zero(ft).Interface().(cellList); name == "" || ft.Kind() == reflect.Slice && !ok {
			continue
		}
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		switch {
		case ft.Kind() == reflect.Map:
			for _, language := range Languages() {
				columns = append(columns, sheetColumn{name + "." + language, []int{i}, language, ft.Elem()})
			}
		case ft.Kind() == reflect.Struct && ft != reflect.TypeFor[decimal.Decimal]():
			for _, c := range sheetColumns(ft) {
				c.path, c.index = name+"."+c.path, append([]int{i}, c.index...)
				columns = append(columns, c)
			}
		default:
			columns = append(columns, sheetColumn{name, []int{i}, "", ft})
		}
	}
	return columns
}

// read is the text of the field.
func (c sheetColumn) read(v reflect.Value) string {
	for _, i := range c.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return ""
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if c.key != "" {
		if v = v.MapIndex(reflect.ValueOf(c.key)); !v.IsValid() {
			return ""
		}
	}
	if list, ok := v.Interface().(cellList); ok {
		return list.cell()
	}
	if (v.Kind() == reflect.Int || v.Kind() == reflect.Bool) && v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// value is the JSON of a cell.
func (c sheetColumn) value(cell string, decimalComma bool) (any, error) {
	if list, ok := reflect.Zero(c.typ).Interface().(cellList); ok {
		return list.fromCell(cell, decimalComma)
	}
	switch {
	case c.typ == reflect.TypeFor[decimal.Decimal]() || c.typ.Kind() == reflect.Int:
		number := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(cell)
		if decimalComma {
			number = strings.Replace(number, ",", ".", 1)
		}
		if number == "" && c.typ.Kind() == reflect.Int {
			return 0, nil
		}
		d, err := decimal.NewFromString(number)
		if err != nil || len(number) > 40 || strings.ContainsAny(number, "eE") || c.typ.Kind() == reflect.Int && !d.IsInteger() {
			return nil, fmt.Errorf("%q is no number", cell)
		}
		if c.typ.Kind() == reflect.Int {
			return json.Number(d.String()), nil
		}
		return d.String(), nil
	case c.typ == reflect.TypeFor[Date]():
		// As spreadsheets in Norway and Germany write a day.
		if t, err := time.Parse("2.1.2006", cell); err == nil {
			return DateOf(t, time.UTC), nil
		}
	case c.typ.Kind() == reflect.Bool:
		switch strings.ToLower(cell) {
		case "true", "1", "x":
			return true, nil
		case "", "false", "0":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", cell)
	}
	return cell, nil
}

// sheetRow is a row as the JSON of an input; line is where it stands in the file.
type sheetRow struct {
	line     int
	id       string
	body     []byte
	problems []Problem
}

// readSheet reads CSV with commas, semicolons or tabs, in UTF-8 or
// Windows-1252, as spreadsheets write it.
func readSheet(file []byte, columns []sheetColumn) ([]sheetRow, error) {
	text := strings.TrimPrefix(fromWindows(file), "\ufeff")
	head, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, false
	for _, comma := range ";\t" {
		if strings.ContainsRune(head, comma) {
			r.Comma = comma
		}
	}
	names, err := r.Read()
	if err != nil {
		return nil, Invalid("import.empty", "the file has no first line with the names of its columns")
	}
	at := make([]*sheetColumn, len(names))
	id := -1
	var problems []Problem
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "id" {
			id = i
			continue
		}
		k := slices.IndexFunc(columns, func(c sheetColumn) bool { return c.path == name })
		if k < 0 || slices.ContainsFunc(at[:i], func(c *sheetColumn) bool { return c != nil && c.path == name }) {
			problems = append(problems, Problem{Field: "line 1: " + name, Reason: "import.column", Message: "there is no such column, or it stands here twice: possible are id, " + paths(columns)})
			continue
		}
		at[i] = &columns[k]
	}
	if len(problems) > 0 {
		return nil, Invalid("import.columns", "nothing was imported: the first line does not name the columns", problems...)
	}
	var rows []sheetRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, Invalid("import.broken", "nothing was imported: the file is no CSV",
				Problem{Field: fmt.Sprintf("line %d", broken.Line), Reason: "import.broken", Message: broken.Err.Error()})
		}
		if err != nil {
			return nil, fmt.Errorf("reading CSV: %w", err)
		}
		if len(rows) == maxImport {
			return nil, Invalid("import.long", fmt.Sprintf("a file has at most %d rows: divide it", maxImport))
		}
		line, _ := r.FieldPos(0)
		if row, said := readRow(line, cells, at, id, r.Comma != ','); said {
			rows = append(rows, row)
		}
	}
}

func paths(columns []sheetColumn) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.path
	}
	return strings.Join(names, ", ")
}

// readRow makes the JSON of a row; said is false for one without a word in it.
func readRow(line int, cells []string, at []*sheetColumn, id int, decimalComma bool) (row sheetRow, said bool) {
	row.line = line
	if len(cells) > len(at) {
		row.problems = append(row.problems, Problem{Reason: "import.cells", Message: fmt.Sprintf("%d cells, but %d columns", len(cells), len(at))})
		return row, true
	}
	tree := map[string]any{}
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell != "" {
			said = true
		}
		if i == id {
			row.id = cell
			continue
		}
		value, err := at[i].value(cell, decimalComma)
		if cell == "" && at[i].typ == reflect.TypeFor[decimal.Decimal]() {
			continue // an empty number is one that is left out
		}
		if err != nil {
			row.problems = append(row.problems, Problem{Field: at[i].path, Reason: "number", Message: err.Error()})
			continue
		}
		under := tree
		parts := strings.Split(at[i].path, ".")
		for _, p := range parts[:len(parts)-1] {
			child, ok := under[p].(map[string]any)
			if !ok {
				child = map[string]any{}
				under[p] = child
			}
			under = child
		}
		under[parts[len(parts)-1]] = value
	}
	// A VAT of which nothing is said is the usual one.
	if vat, ok := tree["vat"].(map[string]any); ok && vat["category"] == "" && vat["rate"] == nil {
		delete(tree, "vat")
	}
	row.body, _ = json.Marshal(tree)
	return row, said
}

// windows are the characters of Windows-1252 from 0x80 to 0x9F; those that it
// leaves out are as in Latin-1.
var windows = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// SheetText is a CSV file's text in UTF-8, whatever the spreadsheet wrote it in.
func SheetText(file []byte) string { return fromWindows(file) }

// fromWindows reads text that is not UTF-8 as Windows-1252.
func fromWindows(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for _, c := range b {
		if c >= 0x80 && c < 0xa0 {
			s.WriteRune(windows[c-0x80])
		} else {
			s.WriteRune(rune(c))
		}
	}
	return s.String()
}
