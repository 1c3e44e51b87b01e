package console

import (
	"strconv"

	"github.com/emne/emne/process"
)

// priced is what a document's lines come to: by their ids, and in the end.
type priced struct {
	lines  map[string]process.Line
	net    func(process.Line) process.Money
	totals []total
}

// pricedOf reads the sums of a record that has lines; nil for any other.
func (v *visit) pricedOf(record any) *priced {
	var lines []process.Line
	var pricing process.Pricing
	var totals process.Totals
	currency := ""
	switch r := record.(type) {
	case *process.Opportunity:
		lines, pricing, totals, currency = r.Lines, r.Pricing, r.Totals, r.Currency
	case *process.Quote:
		lines, pricing, totals, currency = r.Lines, r.Pricing, r.Totals, r.Currency
	case *process.Order:
		lines, pricing, totals, currency = r.Lines, r.Pricing, r.Totals, r.Currency
	case *process.Invoice:
		lines, pricing, totals, currency = r.Lines, r.Pricing, r.Totals, r.Currency
	case *process.Subscription:
		lines, totals, currency = r.Lines, r.Totals, r.Currency
	default:
		return nil
	}
	p := &priced{lines: map[string]process.Line{}, totals: v.table(lines, pricing, totals, currency, false).Totals,
		net: func(l process.Line) process.Money { return pricing.Value(l, currency) }}
	for _, l := range lines {
		p.lines[l.ID] = l
	}
	return p
}

// standing is what the lines of the record that is edited come to.
func (v *visit) standing(k *kind) (*priced, error) {
	var record any
	var err error
	switch k.typ {
	case process.TypeOpportunity:
		record, err = v.s.Opportunities().Get(v.ctx(), v.actor, v.id())
	case process.TypeQuote:
		record, err = v.s.Quotes().Get(v.ctx(), v.actor, v.id())
	case process.TypeInvoice:
		record, err = v.s.Invoices().Get(v.ctx(), v.actor, v.id())
	case process.TypeSubscription:
		record, err = v.s.Subscriptions().Get(v.ctx(), v.actor, v.id())
	}
	if err != nil {
		return nil, err
	}
	return v.pricedOf(record), nil
}

// rowID is what a row without an id is called while it is computed.
func rowID(n int) string { return "row." + strconv.Itoa(n) }

// compute says what was sent would come to, without keeping it.
func (v *visit) compute(k *kind, in input) error {
	f := k.fields(v, in)
	in.computing = true
	body, problems := v.encode(f, in, in.id != "")
	said := ""
	if len(problems) == 0 {
		out, err := v.c.forms[k.typ].Preview(v.s, v.ctx(), v.actor, in.id, body)
		if err == nil {
			in.priced = v.pricedOf(out.Record)
		} else if e := refusal(err); e == nil || e.Code == process.CodeNotFound || e.Code == process.CodeForbidden {
			return err
		} else if problems = e.Problems; len(problems) == 0 {
			said = v.say(e)
		}
	}
	v.refused(&in, &f, problems)
	again := k.fields(v, in)
	again.Error, again.Problems = said, f.Problems
	if at := in.version(); at != nil {
		again.Version = *at
	}
	return v.showForm(200, k, again, in.id)
}

// give shows in a row what the process made of what was left out.
func (r *lineRow) give(v *visit, p *priced) {
	id := r.ID
	if id == "" {
		id = rowID(r.N)
	}
	l, ok := p.lines[id]
	if !ok {
		return
	}
	if !l.Sold() {
		return
	}
	r.Net = v.amount(p.net(l))
	price := l.UnitPrice
	if !l.UnitPriceWithVAT.IsZero() {
		price = l.UnitPriceWithVAT
	}
	r.Description.Given, r.Quantity.Given, r.UnitPrice.Given = l.Description, v.typed(l.Quantity.String()), v.typed(price.String())
	if r.Unit.Value == "" && len(r.Unit.Options) > 0 {
		r.Unit.Options[0].Label = v.unit(l.Unit, l.Quantity)
	}
	if r.VAT.Value == "" && len(r.VAT.Options) > 0 {
		r.VAT.Options[0].Label = v.vat(l.VAT)
	}
}
