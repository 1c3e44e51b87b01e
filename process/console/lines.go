package console

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

const (
	// spareRows are the empty ones at the end, moreRows what the button adds.
	spareRows = 3
	moreRows  = 5
	// maxRows bounds what is read of a form.
	maxRows = 1000
)

// lineEditor edits lines without JavaScript: the ones there are, and empty ones.
type lineEditor struct {
	Rows     []lineRow
	Products []option
	Currency string
	// Fixed lines keep their number and quantities: they come from an order.
	Fixed bool
	Error string
	// Computed says that Totals are those of the rows as they stand.
	Computed bool
	Totals   []total
	// at maps the lines that were sent to their rows.
	at []int
}

type lineRow struct {
	ID                                                                   string
	N                                                                    int
	Product, Description, Quantity, Unit, UnitPrice, Discount, VAT, Role field
	Charge, ChargeReason                                                 field
	Net, Error                                                           string
}

func rowName(n int, part string) string { return "line." + strconv.Itoa(n) + "." + part }

// editor makes the editor of a document in a currency; fixed when the lines
// come from an order.
func (v *visit) editor(in input, currency string, fixed bool) *lineEditor {
	e := &lineEditor{Currency: currency, Fixed: fixed, Error: in.problems["lines"]}
	e.Products = v.skus()
	there, _ := strconv.Atoi(in.values["lines.#"])
	n := there
	if !fixed {
		n += spareRows
	}
	if in.rows > 0 {
		n = in.rows
	}
	for i := range min(n, maxRows) {
		r := v.lineRow(in, i)
		if in.priced != nil {
			r.give(v, in.priced)
		}
		e.Rows = append(e.Rows, r)
	}
	if in.priced != nil {
		e.Computed, e.Totals = true, in.priced.totals
	}
	return e
}

func (v *visit) lineRow(in input, n int) lineRow {
	cell := func(kind, part, path string) field {
		f := field{Name: rowName(n, part), Kind: kind, Label: v.t("line."+part) + " " + strconv.Itoa(n+1), Error: in.problems[rowName(n, part)]}
		if in.sent != nil {
			f.Value = in.sent.Get(f.Name)
			return f
		}
		f.Value = in.values[fmt.Sprintf("lines.%d.%s", n, path)]
		if kind == kindDecimal {
			f.Value = v.typed(f.Value)
		}
		return f
	}
	r := lineRow{N: n, ID: cell(kindHidden, "id", "id").Value,
		Product: cell(kindText, "product", "product"), Description: cell(kindArea, "description", "description"),
		Quantity: cell(kindDecimal, "quantity", "quantity"), Unit: cell(kindSelect, "unit", "unit"),
		UnitPrice: cell(kindDecimal, "unit_price", "unit_price"), Discount: cell(kindDecimal, "discount_percent", "discount_percent"),
		Charge: cell(kindDecimal, "charge_percent", "charge_percent"), ChargeReason: cell(kindText, "charge_reason", "charge_reason"),
		VAT: cell(kindVAT, "vat", "vat"), Error: in.problems[rowName(n, "line")]}
	if r.Discount.Value == "0" {
		r.Discount.Value = ""
	}
	if in.sent == nil {
		if c := in.values[fmt.Sprintf("lines.%d.vat.category", n)]; c != "" {
			r.VAT.Value = c + ":" + plain(in.values[fmt.Sprintf("lines.%d.vat.rate", n)])
		}
	}
	r.Role = cell(kindSelect, "role", "role")
	if in.sent == nil {
		at := func(part string) string { return in.values[fmt.Sprintf("lines.%d.%s", n, part)] }
		r.Role.Value = role(at("kind"), at("option"), at("ticked"))
	}
	r.Role.Options = v.roles(r.Role.Value, in.options)
	r.Unit.Options = v.units(r.Unit.Value)
	r.VAT.Options = append([]option{{Label: v.t("option.usual"), Selected: r.VAT.Value == ""}}, v.vats(r.VAT.Value)...)
	return r
}

// commonUnits are offered; any other code stays as it is.
var commonUnits = []string{"C62", "HUR", "DAY", "MON", "ANN", "KGM", "LTR", "MTR", "MTK", "MTQ", "KMT", "SET", "LS"}

func (v *visit) units(chosen string) []option {
	options := []option{{Label: v.t("option.usual")}}
	found := chosen == ""
	for _, code := range commonUnits {
		found = found || code == chosen
		options = append(options, option{Value: code, Label: v.unit(code, decimal.NewFromInt(2)), Selected: code == chosen})
	}
	if !found {
		options = append(options, option{Value: chosen, Label: v.unit(chosen, decimal.NewFromInt(2)), Selected: true})
	}
	return options
}

// rates are the VAT rates of countries, in percent, as of 2026.
var rates = map[string][]int64{
	"NO": {25, 15, 12}, "SE": {25, 12, 6}, "DK": {25}, "FI": {25, 14, 10}, "IS": {24, 11}, "DE": {19, 7}, "GB": {20, 5},
	"NL": {21, 9}, "BE": {21, 12, 6}, "FR": {20, 10, 5}, "IE": {23, 13, 9}, "AT": {20, 13, 10},
}

// vats are the VAT of the company's country, of its settings, and without VAT.
func (v *visit) vats(chosen string) []option {
	var options []option
	seen := map[string]bool{}
	add := func(t process.VAT) {
		value := t.Category + ":" + t.Rate.String()
		if !seen[value] {
			seen[value] = true
			options = append(options, option{Value: value, Label: v.vat(t), Selected: value == chosen})
		}
	}
	add(v.settings.VAT)
	for _, r := range rates[v.settings.Company.Address.Country] {
		add(process.VAT{Category: "S", Rate: decimal.NewFromInt(r)})
	}
	if category, rate, ok := strings.Cut(chosen, ":"); ok {
		if d, err := decimal.NewFromString(rate); err == nil {
			add(process.VAT{Category: category, Rate: d})
		}
	}
	for _, c := range []string{"Z", "E", "AE", "K", "G", "O"} {
		add(process.VAT{Category: c})
	}
	return options
}

// encodeLines reads the rows that say something.
func (v *visit) encodeLines(e *lineEditor, in input) (lines []map[string]any, problems []process.Problem) {
	lines = []map[string]any{}
	for i := range min(in.rows, maxRows) {
		get := func(part string) string { return strings.TrimSpace(in.sent.Get(rowName(i, part))) }
		if get("remove") != "" || get("product") == "" && get("description") == "" && get("unit_price") == "" {
			continue
		}
		line := map[string]any{}
		for _, part := range []string{"id", "product", "description", "unit", "charge_reason"} {
			if s := get(part); s != "" {
				line[part] = strings.ReplaceAll(s, "\r\n", "\n")
			}
		}
		for _, part := range []string{"quantity", "unit_price", "discount_percent", "charge_percent"} {
			s := get(part)
			if s == "" {
				continue
			}
			d, ok := decimalOf(v.lang, s)
			if !ok {
				problems = append(problems, process.Problem{Field: fmt.Sprintf("lines[%d].%s", len(lines), part), Reason: "number", Message: "this is no number"})
				continue
			}
			line[part] = d.String()
		}
		if category, rate, ok := strings.Cut(get("vat"), ":"); ok {
			line["vat"] = map[string]string{"category": category, "rate": rate}
		}
		if in.computing && get("id") == "" {
			line["id"] = rowID(i)
		}
		play(line, get("role"))
		e.at = append(e.at, i)
		lines = append(lines, line)
	}
	return lines, problems
}

var lineField = regexp.MustCompile(`^lines\[([0-9]{1,4})\]\.([a-z_.]+)$`)

// place turns "lines[2].vat.rate" into the name of the field where it stood.
func (e *lineEditor) place(name string) string {
	m := lineField.FindStringSubmatch(name)
	if m == nil {
		return name
	}
	n, _ := strconv.Atoi(m[1])
	if n >= len(e.at) {
		return name
	}
	part, _, _ := strings.Cut(m[2], ".")
	return rowName(e.at[n], part)
}
