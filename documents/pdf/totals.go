package pdf

import (
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

const (
	sumEdge   = midEdge      // where the labels of the totals begin
	groupEdge = midEdge - 36 // right edge of the VAT breakdown
	groupBase = groupEdge - 72
	// manyGroups is from where on a VAT breakdown is too long to be kept together.
	manyGroups = 15
	totalsRoom = 180.0
)

// sum is a row of the totals.
type sum struct {
	label, value string
	strong       bool
}

// totals sets the VAT breakdown, the totals and the payment box, which stay
// together on one page.
func (c *composer) totals() {
	c.y += leading
	top := c.y
	left := c.breakdown(top)
	right := top
	if len(c.snap.VATGroups) > manyGroups { // below the breakdown, that may take pages
		c.y = left + leading
		room := totalsRoom
		if epcPayload(c.snap) != "" {
			room += epcSize / 2
		}
		c.need(room)
		left, right = c.y, c.y
	}
	sums := c.sums()
	for i, s := range sums {
		st := c.body()
		if s.strong {
			right += rowPad + 1
			c.rule(sumEdge, right-leading, rightEdge-sumEdge, 0.9, c.accent)
			st = c.strong()
		}
		label := st
		if !s.strong {
			label = c.label()
		}
		c.left(sumEdge, right, s.label, label)
		c.right(rightEdge, right, s.value, st)
		right += leading + rowPad
		if i == len(sums)-1 {
			right -= rowPad
		}
	}
	c.y = max(left, right) + leading
	notes := c.vatNotes()
	for _, n := range notes {
		c.y = c.column(leftEdge, c.y, measure, n, c.body())
	}
	if len(notes) > 0 {
		c.y += leading / 2
	}
	c.payment()
}

// totalsHeight is what totals takes, from the baseline after the last row on.
func (c *composer) totalsHeight() float64 {
	trial := *c
	trial.pages, trial.onBreak = []*page{{}}, nil
	trial.y = 0
	trial.totals()
	return trial.y
}

// sums are the totals from net to payable.
func (c *composer) sums() []sum {
	s := c.snap
	out := append(c.adjustments(), sum{c.text("total.net"), c.money(s.Net), false}, sum{c.text("total.vat"), c.money(s.VAT), false})
	final, key := s.Payable, "total.payable"
	switch s.Kind {
	case process.KindPaymentRequest:
		return []sum{{c.text("total.payable"), c.withCurrency(s.Payable), true}}
	case process.KindQuote, process.KindOrderConfirmation:
		final, key = s.Gross.Add(s.Rounding), "total.quote"
	case process.KindCreditNote:
		key = "total.credit_note"
	}
	if !s.Kind.Accounted() && s.Rounding.Minor != 0 {
		out = append(out, sum{c.text("total.rounding"), c.money(s.Rounding), false})
	}
	if s.Kind.Accounted() && (s.Prepaid.Minor != 0 || s.Rounding.Minor != 0) {
		out = append(out, sum{c.text("total.gross"), c.money(s.Gross), false})
		if s.Rounding.Minor != 0 {
			out = append(out, sum{c.text("total.rounding"), c.money(s.Rounding), false})
		}
		if s.Prepaid.Minor != 0 {
			out = append(out, sum{c.text("total.prepaid"), c.money(s.Prepaid.Neg()), false})
		}
	}
	return append(out, sum{c.text(key), c.withCurrency(final), true})
}

// adjustments are the lines' sum with the discounts and charges of the whole
// document, in the terms in
// which prices were given; nothing when there are none.
func (c *composer) adjustments() (out []sum) {
	lines := process.Money{Currency: c.snap.Currency}
	for _, l := range c.snap.Lines {
		if l.Counts() {
			lines = lines.Add(c.snap.Value(l, c.snap.Currency))
		}
	}
	for _, a := range c.snap.Adjustments {
		amount := a.Amount
		label := a.Reason
		if label == "" {
			label = c.text("total.discount")
		}
		if !a.Percent.IsZero() {
			label += " " + c.percent(a.Percent)
		}
		if !a.Charge {
			amount = amount.Neg()
		}
		out = append(out, sum{c.shortened(label), c.money(amount), false})
	}
	if len(out) > 0 {
		out = append([]sum{{c.text("total.lines"), c.money(lines), false}}, out...)
	}
	return out
}

// shortened fits a label beside its amount.
func (c *composer) shortened(label string) string {
	lines := c.fonts.wrap(label, regular, textSize, rightEdge-sumEdge-84)
	if len(lines) > 1 {
		return lines[0] + " …"
	}
	return label
}

// breakdown is the table of VAT groups (BG-23), and VAT in the company's
// currency when the document is in another.
func (c *composer) breakdown(y float64) float64 {
	s := c.snap
	groups := s.VATGroups
	if !c.look.Blocks.VATBreakdown && !s.Kind.Accounted() {
		groups = nil
	}
	if len(groups) > 0 {
		c.left(leftEdge, y, c.text("vat.heading"), c.label())
		c.right(groupBase, y, c.text("vat.base"), c.label())
		c.right(groupEdge, y, c.text("vat.amount"), c.label())
		c.rule(leftEdge, y+4, groupEdge-leftEdge, 0.4, c.hairline)
		y += leading + rowPad
	}
	for _, g := range groups {
		if len(groups) > manyGroups {
			c.y = y
			c.need(leading)
			y = c.y
		}
		name := c.text("vat.category."+g.Category, "rate", c.percent(g.Rate))
		c.right(groupBase, y, c.money(g.Base), c.body())
		c.right(groupEdge, y, c.money(g.VAT), c.body())
		base := c.fonts.width(c.fonts.clean(c.money(g.Base)), regular, textSize)
		y = c.column(leftEdge, y, groupBase-leftEdge-base-6, name, c.body())
	}
	if s.TaxTotal != nil && s.TaxCurrency != "" && s.TaxCurrency != s.Currency {
		amount := templates.FormatMoney(c.lang, s.TaxTotal.Minor, process.Decimals(s.TaxCurrency))
		text := c.text("vat.in_currency", "amount", amount, "currency", s.TaxCurrency)
		if s.Exchange != nil {
			text = c.text("vat.exchanged", "amount", amount, "currency", s.TaxCurrency,
				"document_currency", s.Currency, "rate", c.rate(s.Exchange.Rate), "date", c.date(s.Exchange.Date))
		}
		y = c.column(leftEdge, y+rowPad, groupEdge-leftEdge, text, c.label())
	}
	return y
}

// vatNotes are the texts that the law asks for with a category (BT-120).
func (c *composer) vatNotes() []string {
	var out []string
	for _, g := range c.snap.VATGroups {
		if key := "vat.note." + g.Category; c.labels.Has(key) {
			out = append(out, c.text(key))
		}
	}
	return out
}
