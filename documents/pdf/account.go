package pdf

import (
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Where the columns of a statement stand.
const (
	accountEntry = leftEdge + 64 // left edge of what happened
	accountDue   = 300.0         // left edge of the due date, and of the reference
	accountSum   = 450.0         // right edge of the amounts before the last column
)

// period is the days that a statement or an invoice is of.
func (c *composer) period() string {
	a, s := c.snap.Account, c.snap
	switch {
	case a == nil && s.PeriodStart == "" && s.PeriodEnd == "":
		return ""
	case a == nil && s.PeriodStart == "":
		return c.text("meta.period.until", "to", c.date(s.PeriodEnd))
	case a == nil && s.PeriodEnd == "":
		return c.date(s.PeriodStart)
	case a == nil:
		return c.text("meta.period.between", "from", c.date(s.PeriodStart), "to", c.date(s.PeriodEnd))
	case a.From == "":
		return c.text("meta.period.until", "to", c.date(a.To))
	}
	return c.text("meta.period.between", "from", c.date(a.From), "to", c.date(a.To))
}

// account sets a customer's account, a table for each currency with the
// balances at both ends, and what is open today.
func (c *composer) account(a process.Account) error {
	if len(a.Sections) == 0 {
		c.flow(c.text("account.empty"), c.body())
	}
	for _, s := range a.Sections {
		c.need(7 * leading)
		c.accountHead(s)
		c.onBreak = func() {
			c.continuation()
			c.accountHead(s)
		}
		if a.From != "" {
			c.balance(a.From, c.text("account.opening"), s.Opening, c.label())
		}
		for _, e := range s.Entries {
			if err := c.movement(e); err != nil {
				return err
			}
		}
		c.balance(a.To, c.text("account.closing"), s.Closing, c.strong())
		c.onBreak = c.continuation
		c.y += leading
		if err := c.openItems(s); err != nil {
			return err
		}
	}
	if p := c.snap.Payment; p.Account != "" || p.IBAN != "" {
		account := p.Account
		if account == "" {
			account = p.IBAN
		}
		c.flowAfterGap(c.text("account.pay", "account", templates.FormatAccount(account)))
	}
	return nil
}

func (c *composer) accountHead(s process.AccountSection) {
	c.left(leftEdge, c.y, c.text("account.date"), c.label())
	c.left(accountEntry, c.y, c.text("account.entry"), c.label())
	c.left(accountDue, c.y, c.text("meta.due_date"), c.label())
	c.right(accountSum, c.y, c.text("table.amount", "currency", s.Currency), c.label())
	c.right(rightEdge, c.y, c.text("account.balance"), c.label())
	c.rule(leftEdge, c.y+6, measure, 0.9, c.accent)
	c.y += 6 + leading + rowPad
}

func (c *composer) balance(d process.Date, text string, m process.Money, st style) {
	if c.y > rowLimit {
		c.newPage()
	}
	c.left(leftEdge, c.y, c.date(d), st)
	c.left(accountEntry, c.y, text, st)
	c.right(rightEdge, c.y, c.accountMoney(m), st)
	c.y += leading
	c.endRow()
}

// movement sets what happened on a day; text too long for its column goes on below.
func (c *composer) movement(e process.AccountEntry) error {
	text := c.fonts.wrap(c.text("account."+e.Type, "number", e.Number), regular, textSize, accountDue-accountEntry-cellGap)
	if c.y+float64(len(text)-1)*leading > rowLimit {
		c.newPage()
	}
	if len(c.pages) > maxPages {
		return errTooLong
	}
	c.left(leftEdge, c.y, c.date(e.Date), c.body())
	c.left(accountDue, c.y, c.date(e.DueDate), c.body())
	c.right(accountSum, c.y, c.accountMoney(e.Amount), c.body())
	c.right(rightEdge, c.y, c.accountMoney(e.Balance), c.body())
	for i, t := range text {
		c.left(accountEntry, c.y+float64(i)*leading, t, c.body())
	}
	c.y += float64(max(len(text), 1)) * leading
	c.endRow()
	return nil
}

// openItems lists the invoices that are not paid, with their fees and interest,
// and says how much of it is overdue.
func (c *composer) openItems(s process.AccountSection) error {
	if len(s.Open) == 0 {
		return nil
	}
	var references []string
	for _, o := range s.Open {
		references = append(references, o.Reference)
	}
	c.need(5 * leading)
	c.left(leftEdge, c.y, c.text("account.open", "date", c.date(c.snap.IssueDate)), c.strong())
	c.y += leading + rowPad
	head := func() {
		c.left(leftEdge, c.y, c.text("meta.due_date"), c.label())
		c.left(accountEntry, c.y, c.text("meta.number.invoice"), c.label())
		c.left(accountDue, c.y, c.referenceLabel(references...), c.label())
		c.right(rightEdge, c.y, c.text("table.amount", "currency", s.Currency), c.label())
		c.rule(leftEdge, c.y+6, measure, 0.9, c.accent)
		c.y += 6 + leading + rowPad
	}
	head()
	c.onBreak = func() {
		c.continuation()
		head()
	}
	sum := process.Money{Currency: s.Currency}
	for _, o := range s.Open {
		if c.y > rowLimit {
			c.newPage()
		}
		if len(c.pages) > maxPages {
			return errTooLong
		}
		due, number := c.body(), o.Number
		if o.Overdue {
			due, number = c.strong(), c.text("account.overdue", "number", o.Number)
		}
		owed := o.Open.Add(o.Claims)
		sum = sum.Add(owed)
		c.left(leftEdge, c.y, c.date(o.DueDate), due)
		c.left(accountEntry, c.y, number, c.body())
		c.left(accountDue, c.y, o.Reference, c.body())
		c.right(rightEdge, c.y, c.accountMoney(owed), c.body())
		c.y += leading
		c.endRow()
	}
	if c.y > rowLimit {
		c.newPage()
	}
	c.left(leftEdge, c.y, c.text("total.payable"), c.strong())
	c.right(rightEdge, c.y, c.accountMoney(sum), c.strong())
	c.y += leading
	c.endRow()
	c.onBreak = c.continuation
	c.y += leading
	return nil
}

// accountMoney is an amount with the decimals of its own currency, which need
// not be the document's.
func (c *composer) accountMoney(m process.Money) string {
	return templates.FormatMoney(c.lang, m.Minor, process.Decimals(m.Currency))
}
