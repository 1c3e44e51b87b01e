package pdf

import (
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// closing is what follows the totals: notes, terms and the acceptance.
func (c *composer) closing() {
	s := c.snap
	if s.Kind != process.KindInvoice && s.Kind != process.KindPaymentRequest || s.Payable.Minor <= 0 {
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

// acceptance says who said yes to exactly which bytes.
func (c *composer) acceptance(a process.Acceptance) {
	channel := a.Channel
	if key := "acceptance.channel." + a.Channel; c.labels.Has(key) {
		channel = c.text(key)
	}
	fields := filled(
		field{c.text("acceptance.name"), a.Name},
		field{c.text("acceptance.at"), templates.FormatTime(c.lang, a.At)},
		field{c.text("acceptance.channel"), channel},
		field{c.text("acceptance.evidence"), a.Evidence},
		field{c.text("acceptance.address"), a.Address},
		field{c.text("acceptance.user_agent"), a.UserAgent},
		field{c.text("acceptance.sha256"), a.SHA256},
	)
	const labelWidth = 110.0
	height := 2*boxPad + 2*leading
	for _, f := range fields {
		height += float64(len(c.fonts.wrap(f.value, regular, textSize, measure-2*boxPad-labelWidth))) * leading
	}
	c.y += leading
	c.need(height)
	top := c.y - leading + 2
	c.box(leftEdge, top, measure, height-leading, c.tint)
	c.box(leftEdge, top, 2.4, height-leading, c.accent)
	y := top + boxPad + 7
	c.left(leftEdge+boxPad, y, c.text("acceptance.heading"), c.strong())
	y += leading + rowPad
	for _, f := range fields {
		c.left(leftEdge+boxPad, y, f.label, c.label())
		y = c.column(leftEdge+boxPad+labelWidth, y, measure-2*boxPad-labelWidth, f.value, c.body())
	}
	c.y = top + height + leading
}
