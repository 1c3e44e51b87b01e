package pdf

import (
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// closing is what follows the totals: notes, terms and the acceptance.
func (c *composer) closing() {
	s := c.snap
	if !c.paid() || s.Payable.Minor <= 0 {
		c.flowAfterGap(s.PaymentTerms)
	}
	for _, n := range s.Notes {
		c.flowAfterGap(n)
	}
	if s.Terms != "" && c.look.Blocks.Terms {
		c.need(4 * leading)
		c.y += leading / 2
		c.flow(c.text("terms"), c.strong())
		c.flow(s.Terms, c.body())
		c.y += leading / 2
	}
	if p := s.Prepayment; s.Kind == process.KindQuote && p != nil {
		ahead := ""
		if p.Percent != nil {
			ahead = c.percent(*p.Percent)
		} else if p.Amount != nil {
			ahead = c.withCurrency(*p.Amount)
		}
		c.flowAfterGap(c.text("quote.prepayment", "amount", ahead))
	}
	if s.Kind == process.KindQuote && s.Acceptance == nil && s.ValidUntil != "" {
		c.flowAfterGap(c.text("quote.valid", "date", c.date(s.ValidUntil)))
	}
	if s.Acceptance != nil {
		c.acceptance(*s.Acceptance)
	}
}

func (c *composer) flowAfterGap(text string) {
	if text == "" {
		return
	}
	c.need(2 * leading)
	c.flow(text, c.body())
	c.y += leading / 2
}

// acceptance is a page of its own that says who said yes, and to exactly which
// bytes.
func (c *composer) acceptance(a process.Acceptance) {
	c.newPage()
	c.y += 2 * leading
	for _, l := range c.fonts.wrap(c.text("acceptance.heading"), bold, largeSize, measure) {
		c.left(leftEdge, c.y, l, c.title())
		c.y += 2 * leading
	}
	c.y += leading / 2
	name := c.fonts.wrap(a.Name, bold, largeSize, measure-2*boxPad)
	top := c.panel(58 + float64(len(name)-1)*2*leading)
	c.left(leftEdge+boxPad, top+boxPad+7, c.text("acceptance.name"), c.label())
	c.y = top + boxPad + 7 + leading + 9
	for _, l := range name {
		c.left(leftEdge+boxPad, c.y, l, style{bold, largeSize, c.accent})
		c.y += 2 * leading
	}
	c.y += 2 * leading
	channel := a.Channel
	if key := "acceptance.channel." + a.Channel; c.labels.Has(key) {
		channel = c.text(key)
	}
	s := c.snap
	for _, f := range filled(
		field{c.text("acceptance.at"), templates.FormatTime(c.lang, a.At)},
		field{c.text("acceptance.customer"), s.Buyer.Name},
		field{c.text("meta.number.quote"), s.Number},
		field{c.text("total.quote"), c.withCurrency(s.Gross.Add(s.Rounding))},
		field{c.text("acceptance.channel"), channel},
		field{c.text("acceptance.evidence"), a.Evidence},
		field{c.text("acceptance.address"), a.Address},
		field{c.text("acceptance.user_agent"), a.UserAgent},
		field{c.text("acceptance.sha256"), a.SHA256},
	) {
		c.fact(f)
	}
}

// fact sets a label with its value beside it and a hairline below, over as many
// pages as it takes.
func (c *composer) fact(f field) {
	const labelWidth = 110.0
	lines := c.fonts.wrap(f.value, regular, textSize, measure-labelWidth)
	c.need(float64(min(len(lines), 2)) * leading)
	c.left(leftEdge, c.y, f.label, c.label())
	for _, l := range lines {
		c.need(leading)
		c.left(leftEdge+labelWidth, c.y, l, c.body())
		c.y += leading
	}
	c.endRow()
}

// panel lays the accent's tint from the line at y on, and answers its upper edge.
func (c *composer) panel(height float64) (top float64) {
	top = c.y - leading + 2
	c.box(leftEdge, top, measure, height, c.tint)
	c.box(leftEdge, top, 2.4, height, c.accent)
	return top
}
