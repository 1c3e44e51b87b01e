package console

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// columns are the fields of a table's rows; numbers end in #, days in @.
func columns(names ...string) func(*field) {
	return func(f *field) {
		for _, name := range names {
			name, number := strings.CutSuffix(name, "#")
			name, day := strings.CutSuffix(name, "@")
			f.Columns, f.Numbers, f.Days = append(f.Columns, name), append(f.Numbers, number), append(f.Days, day)
		}
	}
}

// fillTable writes a list as people edit it: a row a line, its fields between
// semicolons.
func (v *visit) fillTable(in input, f *field) {
	for n, problem := range in.problems {
		if strings.HasPrefix(n, f.Name+"[") {
			f.Error = either(f.Error, problem)
		}
	}
	if in.sent != nil {
		return
	}
	n, _ := strconv.Atoi(in.values[f.Name+".#"])
	var rows []string
	for i := range n {
		var cells []string
		for k, c := range f.Columns {
			cell := in.values[fmt.Sprintf("%s.%d.%s", f.Name, i, c)]
			if f.Numbers[k] {
				cell = v.typed(cell)
			}
			cells = append(cells, cell)
		}
		rows = append(rows, strings.Join(cells, "; "))
	}
	f.Value = strings.Join(rows, "\n")
}

// tableRows reads them; a last number that is left out is 0.
func (v *visit) tableRows(f field, text string) (rows []map[string]string, problem *process.Problem) {
	rows = []map[string]string{}
	for _, line := range listOf(text) {
		cells := strings.Split(line, ";")
		bad := &process.Problem{Field: fmt.Sprintf("%s[%d]", f.Name, len(rows)), Reason: "table.row", Message: "write each row on a line of its own, with semicolons between: " + strings.Join(f.Columns, "; ")}
		if len(cells) > len(f.Columns) || len(cells) < len(f.Columns)-1 {
			return nil, bad
		}
		row := map[string]string{}
		for k, c := range f.Columns {
			cell := ""
			if k < len(cells) {
				cell = strings.TrimSpace(cells[k])
			}
			if f.Days[k] && !process.Date(cell).Valid() {
				return nil, &process.Problem{Field: bad.Field, Reason: "date", Message: "this is no date"}
			}
			if f.Numbers[k] {
				d, ok := decimalOf(v.lang, either(cell, "0"))
				if !ok {
					return nil, bad
				}
				cell = d.String()
			}
			row[c] = cell
		}
		rows = append(rows, row)
	}
	return rows, nil
}
