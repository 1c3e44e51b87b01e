package console

import (
	"regexp"
	"sort"
	"strconv"

	"github.com/emne/emne/process"
)

// adjustmentSection are the discounts and charges of a document, with an empty
// row for one more, and whether prices include VAT.
func (v *visit) adjustmentSection(in input, currencyOf string) section {
	there, _ := strconv.Atoi(in.values["adjustments.#"])
	for in.sent != nil && there < maxAdjustmentRows && in.sent.Has(adjustmentName(there, "id")) {
		there++
	}
	if in.sent == nil {
		there++
	}
	s := section{Title: v.t("section.adjustments"), After: true, Fields: []field{v.field(in, kindCheck, "prices_include_vat", wide)}}
	for n := range min(there, maxAdjustmentRows) {
		f := func(kind, part string, mend ...func(*field)) field {
			return v.field(in, kind, adjustmentName(n, part), mend...)
		}
		vat := f(kindVAT, "vat")
		vat.Options = append([]option{{Label: v.t("option.spread"), Selected: vat.Value == ""}}, v.vats(vat.Value)...)
		s.Fields = append(s.Fields, f(kindHidden, "id"), f(kindText, "reason", func(f *field) { f.Label = v.t("field.adjustment_reason") }),
			f(kindDecimal, "percent"), f(kindMoney, "amount", currency(currencyOf)), vat, f(kindCheck, "charge"))
	}
	return s
}

// maxAdjustmentRows bounds what is read of a form.
const maxAdjustmentRows = 50

func adjustmentName(n int, part string) string { return "adjustments." + strconv.Itoa(n) + "." + part }

// listed turns the numbered rows of adjustments into a list, without the empty ones.
func listed(tree map[string]any, editing bool) {
	rows, ok := tree["adjustments"].(map[string]any)
	if !ok {
		return
	}
	numbers := make([]int, 0, len(rows))
	for n := range rows {
		if i, err := strconv.Atoi(n); err == nil {
			numbers = append(numbers, i)
		}
	}
	sort.Ints(numbers)
	list := []any{}
	for _, n := range numbers {
		if row, ok := rows[strconv.Itoa(n)].(map[string]any); ok && (row["percent"] != nil || row["amount"] != nil) {
			list = append(list, row)
		}
	}
	if tree["adjustments"] = list; len(list) == 0 && !editing {
		delete(tree, "adjustments")
	}
}

var adjustmentField = regexp.MustCompile(`^adjustments\[([0-9]{1,3})\]\.`)

// adjustmentPlace turns "adjustments[2].percent" into the name of its field.
func adjustmentPlace(name string) string {
	return adjustmentField.ReplaceAllString(name, "adjustments.$1.")
}

// adjustment is a discount or charge among the totals.
func (v *visit) adjustment(a process.Adjustment) total {
	label, amount := either(a.Reason, v.t("total.discount")), a.Amount
	if !a.Percent.IsZero() {
		label += " " + v.percent(a.Percent)
	}
	if !a.Charge {
		amount = amount.Neg()
	}
	return total{label, v.amount(amount), false}
}

// place is where something is delivered to, when it is not the customer's address.
func (v *visit) place(p *recordPage, a *process.Address) {
	if a != nil {
		p.fact(v.t("field.delivery_address"), words(v.addressOf(*a)))
	}
}

// ties are what a document belongs to at the customer's or the company's.
func (v *visit) ties(p *recordPage, project, contract string) {
	p.fact(v.t("field.project"), words(project))
	p.fact(v.t("field.contract"), words(contract))
}

// roles are what a line of the editor may be.
func (v *visit) roles(chosen string, options bool) []option {
	list := []string{"", "section", "text"}
	if options {
		list = append(list, "option", "ticked")
	}
	out := make([]option, len(list))
	for i, r := range list {
		out[i] = option{Value: r, Label: v.t("role." + either(r, "line")), Selected: r == chosen}
	}
	return out
}

// role is what the line of a document is.
func role(kind, opt, ticked string) string {
	switch {
	case kind != "":
		return kind
	case opt == "true" && ticked == "true":
		return "ticked"
	case opt == "true":
		return "option"
	}
	return ""
}

// play gives a line of the API its role.
func play(line map[string]any, role string) {
	switch role {
	case process.LineSection, process.LineText:
		line["kind"] = role
	case "option":
		line["option"] = true
	case "ticked":
		line["option"], line["ticked"] = true, true
	}
}
