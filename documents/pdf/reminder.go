package pdf

import "github.com/emne/emne/process"

// reminder sets what is open of an invoice, with what the reminders claim, and
// how to pay it.
func (c *composer) reminder(r process.Claim) {
	c.left(leftEdge, c.y, c.text("table.description"), c.label())
	c.right(rightEdge, c.y, c.text("table.amount", "currency", c.snap.Currency), c.label())
	c.rule(leftEdge, c.y+6, measure, 0.9, c.accent)
	c.y += 6 + leading + rowPad
	row := func(label string, m process.Money, st style) {
		c.left(leftEdge, c.y, label, st)
		c.right(rightEdge, c.y, c.money(m), st)
		c.y += leading
		c.endRow()
	}
	row(c.text("claim.invoice", "date", c.date(r.InvoiceDate)), r.Amount, c.body())
	if r.Settled.Minor != 0 {
		row(c.text("claim.settled"), r.Settled.Neg(), c.body())
	}
	if r.Fees.Minor != 0 {
		row(c.text("claim.fees"), r.Fees, c.body())
	}
	if r.Interest.Minor != 0 {
		row(c.text("claim.interest", "date", c.date(c.snap.IssueDate)), r.Interest, c.body())
	}
	c.rule(leftEdge, c.y-leading, measure, 0.9, c.accent)
	c.y += 1
	c.left(leftEdge, c.y, c.text("total.payable"), c.strong())
	c.right(rightEdge, c.y, c.withCurrency(r.Total), c.strong())
	c.y += 2 * leading
	c.payment()
	c.flow(c.text("claim.crossed"), c.body())
}
