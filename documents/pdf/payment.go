package pdf

import (
	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// field is a label with its value below.
type field struct{ label, value string }

const (
	boxPad      = 14
	amountWidth = 170 // of the amount to pay, in the large size
)

// paid reports whether the document asks for money.
func (c *composer) paid() bool {
	return c.snap.Kind == process.KindInvoice || c.snap.Kind == process.KindPaymentRequest || c.snap.Kind == process.KindReminder
}

// payment is the box that says how much to pay, where to and until when.
func (c *composer) payment() {
	s := c.snap
	if !c.paid() || s.Payable.Minor <= 0 {
		return
	}
	if !c.look.Blocks.PaymentBox {
		if s.PaymentTerms != "" {
			c.y = c.column(leftEdge, c.y, measure, s.PaymentTerms, c.body()) + leading/2
		}
		return
	}
	p, due := s.Payment, field{c.text("payment.due_date"), c.date(s.DueDate)}
	if s.Claim != nil && s.Claim.PayBy != "" {
		due = field{c.text("claim.pay_by"), c.date(s.Claim.PayBy)}
	}
	fields := filled(
		due,
		field{c.text("payment.account"), templates.FormatAccount(p.Account)},
		field{c.referenceLabel(p.Reference), p.Reference},
		field{c.text("payment.iban"), templates.FormatAccount(p.IBAN)},
		field{c.text("payment.bic"), p.BIC},
	)
	amount := c.withCurrency(s.Payable)
	code, width := epcPayload(s), float64(measure)
	if code != "" {
		width -= epcSize + boxPad
	}
	first := max(amountWidth, c.fonts.width(c.fonts.clean(amount), bold, largeSize)+2*leading)
	rows := c.arrange(fields, width-2*boxPad-first)
	terms := c.fonts.wrap(s.PaymentTerms, regular, textSize, width-2*boxPad)
	if s.PaymentTerms == "" {
		terms = nil
	}
	const rowHeight = 2*leading + 8
	height := max(float64(len(rows))*rowHeight+16, 58)
	if len(terms) > 0 {
		height += float64(len(terms))*leading + 4
	}
	if code != "" {
		height = max(height, epcSize+boxPad)
	}
	c.y += leading / 2
	top := c.panel(height)
	if code != "" {
		if err := c.epc(code, rightEdge-boxPad/2-epcSize, top+boxPad/2); err != nil {
			c.flaw = err
		}
	}
	y := top + boxPad + 7
	c.left(leftEdge+boxPad, y, c.text("payment.amount"), c.label())
	c.left(leftEdge+boxPad, y+leading+9, amount, style{bold, largeSize, c.accent})
	for _, row := range rows {
		for _, f := range row {
			c.left(leftEdge+boxPad+first+f.x, y, f.label, c.label())
			c.left(leftEdge+boxPad+first+f.x, y+leading+1, f.value, c.strong())
		}
		y += rowHeight
	}
	y = max(y, top+66)
	for _, l := range terms {
		c.left(leftEdge+boxPad, y, l, c.body())
		y += leading
	}
	c.y = top + height + 2*leading
}

// placed is a field at its distance from the left.
type placed struct {
	field
	x float64
}

// narrow is the width from which on fields stand in three columns.
const narrow = 220

// arrange puts fields in columns of a third of width, half of it when that is
// narrow, or of several when they are longer.
func (c *composer) arrange(fields []field, width float64) [][]placed {
	column := width / 3
	if width < narrow {
		column = width / 2
	}
	var rows [][]placed
	x := width
	for _, f := range fields {
		need := max(c.fonts.width(c.fonts.clean(f.label), regular, textSize), c.fonts.width(c.fonts.clean(f.value), bold, textSize))
		span := column
		for span < need+8 && span < width {
			span += column
		}
		if x+span > width+1 {
			rows, x = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], placed{f, x})
		x += span
	}
	return rows
}

func filled(fields ...field) []field {
	var out []field
	for _, f := range fields {
		if f.value != "" {
			out = append(out, f)
		}
	}
	return out
}

// rate writes an exchange rate exactly, as it is when it is no number.
func (c *composer) rate(s string) string {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return s
	}
	return templates.FormatNumber(c.lang, d)
}
