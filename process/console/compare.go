package console

import (
	"strings"

	"github.com/emne/emne/process"
)

// comparePage is what differs between two quotes.
type comparePage struct {
	frame
	Name, Back string
	Rows       []compareRow
	// Others are the customer's quotes that it may be compared with.
	Others []option
	At     string
	Error  string
}

type compareRow struct{ Label, Before, After, Change string }

// compare shows what a quote changed against the revision that it replaces.
func (v *visit) compare() error {
	q, err := v.s.Quotes().Get(v.ctx(), v.actor, v.id())
	if err != nil {
		return err
	}
	with := v.r.URL.Query().Get("with")
	p := comparePage{Back: "/quotes/" + q.ID, At: "/quotes/" + q.ID + "/compare"}
	if p.Others, err = v.comparable(q, either(with, q.Previous)); err != nil {
		return err
	}
	c, err := v.s.CompareQuotes(v.ctx(), v.actor, v.id(), with)
	if e := refusal(err); e != nil && e.Code == process.CodeConflict {
		p.Name, p.Error = v.name(process.TypeQuote, q.ID), v.t("compare.choose")
		p.frame = v.frame(p.Name)
		return v.page(200, "compare.html", p)
	}
	if err != nil {
		return err
	}
	p.Name = v.t("compare.title", "before", v.name(process.TypeQuote, c.From.ID), "after", v.name(process.TypeQuote, c.To.ID))
	p.frame = v.frame(p.Name)
	for _, d := range c.Fields {
		p.Rows = append(p.Rows, compareRow{Label: v.t("field." + d.Field), Before: v.difference(d.Field, d.Before, q.Currency), After: v.difference(d.Field, d.After, q.Currency)})
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

// comparable are the customer's other quotes, the newest first.
func (v *visit) comparable(q *process.Quote, with string) ([]option, error) {
	others, err := all(v.ctx(), v.s.Quotes(), v.actor, process.Filter{Match: map[string]string{"customer": q.Customer}}, 200)
	var options []option
	for _, o := range others {
		if o.ID != q.ID {
			label := v.quoteName(o) + ", " + v.date(process.DateOf(o.CreatedAt, v.zone))
			options = append(options, option{Value: o.ID, Label: strings.TrimSuffix(label+", "+o.Title, ", "), Selected: o.ID == with})
		}
	}
	return options, err
}

// difference is a field's value in words.
func (v *visit) difference(name, value, currency string) string {
	switch name {
	case "valid_until":
		return v.date(process.Date(value))
	case "language":
		return v.known("language.", value)
	case "prices_include_vat":
		if value != "" {
			return v.t("yes")
		}
	case "net", "vat", "gross":
		return v.typedMoney(value, currency)
	}
	return value
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
	if !l.ChargePercent.IsZero() {
		s += " + " + v.percent(l.ChargePercent)
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
