package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// tableColumn is a field of a table's rows; Name is its path in the JSON.
type tableColumn struct {
	Name, Kind string
	// Head is what stands above it, the name's own text when empty.
	Head    string
	Options []option
	// List is the datalist that is offered, "" for none.
	List string
	// Needed cells are missed in a row that says something.
	Needed bool
}

// tableRow are the cells of one row, in the order of the columns.
type tableRow []field

const (
	// spareTableRows are the empty ones at the end.
	spareTableRows = 3
	// maxTableRows are shown as cells; a longer list comes and goes as CSV.
	maxTableRows = 320
)

func columns(list ...tableColumn) func(*field) { return func(f *field) { f.Columns = list } }

func cellName(table string, row int, column string) string {
	return table + "." + strconv.Itoa(row) + "." + column
}

// fillTable makes a row of cells for each entry of a list, and empty ones.
func (v *visit) fillTable(in input, f *field) {
	n, _ := strconv.Atoi(in.values[f.Name+".#"])
	if n += spareTableRows; in.sent != nil {
		n, _ = strconv.Atoi(in.sent.Get(f.Name + ".rows"))
		if in.sent.Get("more") == f.Name {
			n += moreRows
		}
	}
	for _, c := range f.Columns {
		if c.Head == "" {
			c.Head = v.t("column." + c.Name)
		}
		f.Heads = append(f.Heads, c.Head)
	}
	for i := range min(n, maxTableRows) {
		row := make(tableRow, len(f.Columns))
		for k, c := range f.Columns {
			row[k] = v.field(in, c.Kind, cellName(f.Name, i, c.Name), func(cell *field) {
				cell.Label, cell.List = f.Heads[k]+" "+strconv.Itoa(i+1), c.List
				cell.Options = append([]option{}, c.Options...)
				if !known(cell.Options, cell.Value) && len(cell.Options) > 0 {
					cell.Options = append(cell.Options, option{Value: cell.Value, Label: cell.Value})
				}
			})
		}
		f.Rows = append(f.Rows, row)
	}
}

func known(options []option, value string) bool {
	return slices.ContainsFunc(options, func(o option) bool { return o.Value == value })
}

// tableRows reads the rows of which the first cell or a number says something;
// at is where each of them stood.
func (v *visit) tableRows(f field, in input) (rows []any, at []int, problems []process.Problem) {
	rows = []any{}
	n, _ := strconv.Atoi(in.sent.Get(f.Name + ".rows"))
	for i := range max(0, min(n, maxTableRows)) {
		tree, said := map[string]any{}, false
		var wrong []process.Problem
		for k, c := range f.Columns {
			name := cellName(f.Name, i, c.Name)
			s := strings.TrimSpace(in.sent.Get(name))
			said = said || s != "" && (k == 0 || c.Kind != kindSelect && c.Kind != kindCheck)
			if problem := v.put(tree, field{Kind: c.Kind, Name: c.Name, Required: c.Needed}, s, false); problem != nil {
				problem.Field = name
				wrong = append(wrong, *problem)
			}
		}
		if said {
			rows, at, problems = append(rows, tree), append(at, i), append(problems, wrong...)
		}
	}
	return rows, at, problems
}

// tableCell turns "prices[2].from" into the name of the cell where it stood.
func (f field) tableCell(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, f.Name+"[")
	if !ok {
		return "", strings.HasPrefix(name, f.Name+".")
	}
	number, part, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(f.at) {
		return f.Name, true
	}
	part = strings.TrimPrefix(part, ".")
	for _, c := range f.Columns {
		if c.Name == part {
			return cellName(f.Name, f.at[i], part), true
		}
	}
	return cellName(f.Name, f.at[i], f.Columns[0].Name), true
}

// cellOf is the cell of one of the tables that a problem is about.
func cellOf(tables []field, name string) (cell string, ok bool) {
	for _, t := range tables {
		if cell, ok := t.tableCell(name); ok {
			return cell, true
		}
	}
	return "", false
}

// priceColumns, vatColumns, bundleColumns and ruleColumns are the tables that
// there are.
func (v *visit) priceColumns() func(*field) {
	return columns(tableColumn{Name: "product", Kind: kindText, List: "skus", Needed: true}, tableColumn{Name: "from", Kind: kindDecimal}, tableColumn{Name: "unit_price", Kind: kindDecimal, Needed: true})
}

func (v *visit) vatColumns() func(*field) {
	countries := v.countries("")
	countries[0].Label = v.t("option.choose")
	return columns(tableColumn{Name: "country", Kind: kindSelect, Options: countries, Needed: true}, tableColumn{Name: "category", Kind: kindSelect, Options: v.categories(), Needed: true}, tableColumn{Name: "rate", Kind: kindDecimal})
}

func (v *visit) bundleColumns() func(*field) {
	return columns(tableColumn{Name: "product", Kind: kindText, List: "skus", Needed: true}, tableColumn{Name: "quantity", Kind: kindDecimal, Needed: true})
}

func (v *visit) ruleColumns() func(*field) {
	where := v.countries("")
	where[0].Label = v.t("vat_rule.abroad")
	where = append([]option{where[0], {Value: "EU", Label: v.t("vat_rule.union")}}, where[1:]...)
	kinds := append([]option{{Label: v.t("vat_rule.both")}}, v.options("customer_kind.", "business", "consumer")...)
	return columns(tableColumn{Name: "vat.category", Kind: kindSelect, Options: v.categories(), Needed: true}, tableColumn{Name: "vat.rate", Kind: kindDecimal},
		tableColumn{Name: "country", Kind: kindSelect, Options: where}, tableColumn{Name: "kind", Kind: kindSelect, Options: kinds})
}

// nameColumns are the names of a choice, in the languages of the pages.
func nameColumns(list ...tableColumn) func(*field) {
	return columns(append([]tableColumn{{Name: "key", Kind: kindText, Needed: true}, {Name: "names.nb", Kind: kindText}, {Name: "names.en", Kind: kindText}}, list...)...)
}

// processFields are how the organisation bends the process, but for what it
// requires and how it calls things.
func (v *visit) processFields(in input) []field {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return []field{
		f(kindTable, "process.stages", wide, hint(v.t("hint.stages")), nameColumns(tableColumn{Name: "probability", Kind: kindWhole, Needed: true})),
		f(kindWhole, "process.stale_days", hint(v.t("hint.stale_days"))), f(kindList, "process.competitors", wide, hint(v.t("hint.competitors"))),
		f(kindTable, "process.lost_reasons", wide, hint(v.t("hint.lost_reasons")), nameColumns()),
		f(kindTable, "process.checks", wide, hint(v.t("hint.checks")), nameColumns(tableColumn{Name: "required", Kind: kindCheck})),
		f(kindTable, "process.score", wide, hint(v.t("hint.score")), columns(tableColumn{Name: "if", Kind: kindText, Needed: true}, tableColumn{Name: "points", Kind: kindWhole, Needed: true})),
		f(kindYAML, "process.required", wide, hint(v.t("hint.required"))), f(kindYAML, "process.names", wide, hint(v.t("hint.names"))),
	}
}

// keepNames gives a choice back the names in languages that the pages do not have.
func keepNames(now *process.Choice, was process.Choice) {
	if now.Key != was.Key {
		return
	}
	for lang, name := range was.Names {
		if lang == "nb" || lang == "en" {
			continue
		}
		if now.Names == nil {
			now.Names = map[string]string{}
		}
		now.Names[lang] = name
	}
}

// keepProcessNames does so for all lists of the process.
func keepProcessNames(now *process.Process, was process.Process) {
	for i := range now.LostReasons {
		for _, w := range was.LostReasons {
			keepNames(&now.LostReasons[i], w)
		}
	}
	for i := range now.Stages {
		for _, w := range was.Stages {
			keepNames(&now.Stages[i].Choice, w.Choice)
		}
	}
	for i := range now.Checks {
		for _, w := range was.Checks {
			keepNames(&now.Checks[i].Choice, w.Choice)
		}
	}
}

// categories are the VAT categories, without their rates.
func (v *visit) categories() []option {
	options := []option{{}}
	for _, c := range []string{"S", "Z", "E", "AE", "K", "G", "O"} {
		options = append(options, option{Value: c, Label: fmt.Sprintf("%s – %s", c, v.t("vat_category."+c))})
	}
	return options
}

// skus are the products, for the cells that name one.
func (v *visit) skus() []option {
	var options []option
	products, err := all(v.ctx(), v.s.Products(), v.actor, process.Filter{State: "active"}, 500)
	if err != nil {
		return nil
	}
	for _, p := range products {
		options = append(options, option{Value: p.SKU, Label: p.Name + ", " + v.price(p.UnitPrice, p.Currency)})
	}
	return options
}

// commonCurrencies stand first.
var commonCurrencies = []string{"NOK", "EUR", "USD", "GBP", "SEK", "DKK", "CHF"}

// currencies are all that documents can be in, the company's first.
func (v *visit) currencies() []option {
	own := v.settings.Currency
	options, seen := []option{{Value: own, Label: own}}, map[string]bool{own: true}
	for _, list := range [][]string{commonCurrencies, process.Currencies()} {
		for _, c := range list {
			if !seen[c] {
				seen[c] = true
				options = append(options, option{Value: c, Label: c})
			}
		}
	}
	return options
}

// currencyField chooses a currency; the company's unless another was.
func (v *visit) currencyField(in input) field {
	return v.field(in, kindSelect, "currency", value(v.settings.Currency), func(f *field) {
		if f.Options = v.currencies(); !known(f.Options, f.Value) {
			f.Options = append(f.Options, option{Value: f.Value, Label: f.Value})
		}
	})
}
