package pdf

import (
	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

const (
	workDate   = 62.0 // width of the column of days
	workPerson = 120.0
	workAmount = 64.0
)

// specification is the time that an invoice is for: a table by line, day and
// person, with a sum for each line.
func (c *composer) specification() error {
	rows := c.snap.Specification
	if len(rows) == 0 {
		return nil
	}
	c.y += leading
	c.need(7 * leading)
	c.left(leftEdge, c.y, c.text("work.title"), c.strong())
	c.y += leading + rowPad
	c.workHead()
	c.onBreak = func() {
		c.continuation()
		c.workHead()
	}
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].Line == rows[from].Line {
			to++
		}
		if err := c.workOf(rows[from:to]); err != nil {
			return err
		}
		from = to
	}
	c.onBreak = c.continuation
	return nil
}

func (c *composer) workHead() {
	x := leftEdge
	for _, column := range []struct {
		key   string
		width float64
	}{{"work.date", workDate}, {"work.person", workPerson}, {"work.text", 0}} {
		c.left(x, c.y, c.text(column.key), c.label())
		x += column.width
	}
	c.right(rightEdge, c.y, c.text("table.quantity"), c.label())
	c.rule(leftEdge, c.y+6, measure, 0.9, c.accent)
	c.y += 6 + leading + rowPad
}

// workOf sets the rows of one line of the invoice.
func (c *composer) workOf(rows []process.WorkLine) error {
	const textAt = leftEdge + workDate + workPerson
	var sum decimal.Decimal
	for _, w := range rows {
		sum = sum.Add(w.Quantity)
		person := c.fonts.wrap(w.Person, regular, textSize, workPerson-cellGap)
		text := c.fonts.wrap(w.Text, regular, textSize, rightEdge-workAmount-cellGap-textAt)
		lines := max(len(person), len(text), 1)
		if c.y+float64(lines-1)*leading > rowLimit {
			c.newPage()
		}
		if len(c.pages) > maxPages {
			return errTooLong
		}
		c.left(leftEdge, c.y, c.date(w.Date), c.body())
		for i, t := range person {
			c.left(leftEdge+workDate, c.y+float64(i)*leading, t, c.body())
		}
		for i, t := range text {
			c.left(textAt, c.y+float64(i)*leading, t, c.body())
		}
		c.right(rightEdge, c.y, c.quantity(process.Line{Quantity: w.Quantity, Unit: w.Unit}).String(), c.body())
		c.y += float64(lines) * leading
		c.endRow()
	}
	if c.y > rowLimit {
		c.newPage()
	}
	description := ""
	for _, l := range c.snap.Lines {
		if l.ID == rows[0].Line {
			description = c.description(l, measure)[0].text
		}
	}
	c.left(leftEdge, c.y, c.text("table.subtotal", "section", description), c.label())
	c.right(rightEdge, c.y, c.quantity(process.Line{Quantity: sum, Unit: rows[0].Unit}).String(), c.strong())
	c.y += leading
	c.endRow()
	return nil
}
