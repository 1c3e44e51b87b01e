package console

import (
	"github.com/emne/emne/process"
)

// comparePage is what differs between two quotes.
type comparePage struct {
	frame
	Name, Back string
	Rows       []compareRow
}

type compareRow struct{ Label, Before, After, Change string }

// compare shows what a quote changed against the revision that it replaces.
func (v *visit) compare() error {
	c, err := v.s.CompareQuotes(v.ctx(), v.actor, v.id(), v.r.URL.Query().Get("with"))
	if err != nil {
		return err
	}
	name := v.t("compare.title", "before", v.name(process.TypeQuote, c.From.ID), "after", v.name(process.TypeQuote, c.To.ID))
	p := comparePage{frame: v.frame(name), Name: name, Back: v.href(c.To)}
	for _, d := range c.Fields {
		p.Rows = append(p.Rows, compareRow{Label: v.t("field." + d.Field), Before: d.Before, After: d.After})
	}
	for _, l := range c.Lines {
		row := compareRow{Change: v.t("line." + l.Change)}
		if l.Before != nil {
			row.Label, row.Before = l.Before.Description, v.compared(*l.Before)
		}
		if l.After != nil {
			row.Label, row.After = l.After.Description, v.compared(*l.After)
		}
		p.Rows = append(p.Rows, row)
	}
	return v.page(200, "compare.html", p)
}

// compared is a line in a few figures.
func (v *visit) compared(l process.Line) string {
	if !l.Sold() {
		return l.Description
	}
	s := v.quantity(l.Quantity, l.Unit) + " × " + v.price(l.UnitPrice, "")
	if !l.DiscountPercent.IsZero() {
		s += " − " + v.percent(l.DiscountPercent)
	}
	return s + " = " + v.amount(l.Net)
}

// optionFields are the options of a quote to tick, as the customer said.
func (v *visit) optionFields(in input, p *recordPage) (fields []field) {
	for _, l := range p.lines {
		if l.Option {
			fields = append(fields, v.field(in, kindCheck, "option."+l.ID, wide, func(f *field) {
				f.Label = l.Description + ", " + v.amount(l.Net)
				if in.sent == nil {
					f.Checked = l.Ticked
				}
			}))
		}
	}
	return fields
}

// chosen adds an option to those that were ticked; none is a choice too.
func chosen(tree map[string]any, id string, ticked bool) {
	list, _ := tree["options"].([]string)
	if list == nil {
		list = []string{}
	}
	if ticked {
		list = append(list, id)
	}
	tree["options"] = list
}
