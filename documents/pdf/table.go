package pdf

import (
	"errors"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

const (
	cellGap        = 14 // between two columns
	unitGap        = 3  // between a number and its unit
	minDescription = 130
	rowPad         = 3 // above and below a row's lines
	keptLines      = 6 // rows of at most so many lines are not split
	pictureLines   = 4 // what a picture takes beside its line
	// rowLimit is the last baseline of rows: the carried sum goes below it.
	rowLimit = bodyBottom - leading - 2*rowPad
	// tableTop is the first baseline of rows on a continued page.
	tableTop = topEdge + 5*leading + 3*rowPad + 6
)

var errTooLong = errors.New("the document has too many pages")

// cell is a column of figures: they stand below each other at the decimal
// point, and their units in a column of their own beside them.
type cell struct {
	head  string
	edge  float64 // right edge
	point float64 // where fractions begin
	unit  float64 // where units begin
	value func(process.Line) figure
}

// figure is a number with the unit that it counts, if it has one.
type figure struct{ number, unit string }

// lines sets the table of lines. Each page that it reaches has its head; a page
// that it leaves says what it carries forward. The last line stays with the
// totals, and they stay together.
func (c *composer) lines() error {
	if c.snap.Kind == process.KindPaymentRequest { // it is for an order, and has no lines of its own
		if c.look.Blocks.PaymentBox {
			c.payment()
		} else {
			c.totals()
		}
		return nil
	}
	if c.snap.Account != nil {
		return c.account(*c.snap.Account)
	}
	if c.snap.Claim != nil {
		c.onBreak = c.continuation
		c.reminder(*c.snap.Claim)
		return nil
	}
	cells, descriptionWidth := c.columns()
	carried := process.Money{Currency: c.snap.Currency}
	begun := false
	section, of := "", carried // the heading that the lines stand under, and their sum
	counted := false           // whether any of them counts
	endSection := func() {
		if counted {
			c.subtotal(section, of, carried)
		}
		section, of, counted = "", process.Money{Currency: c.snap.Currency}, false
	}
	c.onBreak = func() {
		c.continuation()
		c.tableHead(cells)
		if begun {
			c.carry(c.text("table.brought_forward"), carried)
		}
	}
	c.need(4 * leading)
	c.tableHead(cells)
	totals := c.totalsHeight()
	for i, l := range c.snap.Lines {
		if l.Kind == process.LineSection || l.Deposit != "" { // a deposit is no part of what stands above it
			endSection()
		}
		text := c.description(l, descriptionWidth)
		kept := c.tall(l, text)
		if l.Kind == process.LineSection && i+1 < len(c.snap.Lines) { // a heading stays with what follows
			kept += min(len(c.description(c.snap.Lines[i+1], descriptionWidth)), keptLines-1) + 1
		}
		last, below := i == len(c.snap.Lines)-1, totals
		if l.Kind == process.LineSection {
			last = last || i+1 == len(c.snap.Lines)-1
		}
		if l.Kind == process.LineSection || section != "" {
			below += leading + 2*rowPad // its subtotal
		}
		if c.breakBefore(kept, last, below) {
			c.breakTable(carried, begun)
		}
		begun = true
		if l.Kind == process.LineSection {
			section = text[0].text
		}
		if l.Counts() {
			counted = true
			carried = carried.Add(c.snap.Value(l, c.snap.Currency))
			of = of.Add(c.snap.Value(l, c.snap.Currency))
		}
		c.row(cells, l, text, carried)
		if len(c.pages) > maxPages {
			return errTooLong
		}
	}
	endSection()
	if c.y+totals > bodyBottom {
		c.breakTable(carried, begun)
	}
	c.onBreak = c.continuation
	c.totals()
	return nil
}

// breakBefore reports whether a row of so many lines begins on a new page: the
// last one when the totals do not fit below it, any other when it does not fit
// and is too short to be split well.
func (c *composer) breakBefore(lines int, last bool, totals float64) bool {
	height := float64(lines)*leading + 2*rowPad
	if last && c.y+height+totals > bodyBottom && tableTop+height+totals <= bodyBottom {
		return true
	}
	if c.y+float64(lines-1)*leading <= rowLimit {
		return false
	}
	return lines <= keptLines || c.y+leading > rowLimit
}

// columns are the figures' columns, as wide as what stands in them, and the
// width that is left for the description.
func (c *composer) columns() ([]cell, float64) {
	discounted := slices.ContainsFunc(c.snap.Lines, func(l process.Line) bool { return !l.DiscountPercent.IsZero() })
	var cells []cell
	for _, name := range c.look.Columns {
		switch name {
		case columnQuantity:
			cells = append(cells, cell{head: c.text("table.quantity"), value: c.quantity})
		case columnPrice:
			cells = append(cells, cell{head: c.text("table.unit_price"), value: c.price})
		case columnDiscount:
			if discounted {
				cells = append(cells, cell{head: c.text("table.discount"), value: func(l process.Line) figure { return figure{number: c.percentOrNothing(l.DiscountPercent)} }})
			}
		case columnVAT:
			cells = append(cells, cell{head: c.text("table.vat"), value: func(l process.Line) figure { return figure{number: c.percent(l.VAT.Rate)} }})
		}
	}
	amount := cell{head: c.text("table.amount", "currency", c.snap.Currency), value: func(l process.Line) figure { return figure{number: c.money(c.snap.Value(l, c.snap.Currency))} }}
	if c.snap.PricesIncludeVAT {
		amount.head = c.text("table.amount_with_vat", "currency", c.snap.Currency)
	}
	cells = append(cells, amount) // the carried sums stand below it
	edge := rightEdge
	for i := len(cells) - 1; i >= 0; i-- {
		width := c.place(&cells[i], edge)
		if i == len(cells)-1 {
			width = max(width, c.plain(c.money(c.snap.Net)), c.plain(c.money(c.snap.Gross)))
		}
		edge -= width + cellGap
	}
	return cells, max(edge-leftEdge-c.indent(), minDescription)
}

// indent is how far descriptions stand from the left: pictures have a column of
// their own when there are any.
func (c *composer) indent() float64 {
	if len(c.pictures) == 0 {
		return 0
	}
	return pictureSize + cellGap
}

// picture is that of a line's product.
func (c *composer) picture(l process.Line) (illustration, string) {
	sum := c.shown[l.Product]
	return c.pictures[sum], sum
}

// plain is the width of a text as it stands in rows.
func (c *composer) plain(text string) float64 {
	return c.fonts.width(c.fonts.clean(text), regular, textSize)
}

// place puts a column's right edge at edge and answers the column's width: that
// of its head, or of the widest whole number, fraction and unit side by side.
func (c *composer) place(col *cell, edge float64) float64 {
	var whole, fraction, unit float64
	for _, l := range c.snap.Lines {
		if !l.Sold() {
			continue
		}
		f := col.value(l)
		before, after := templates.AtPoint(c.lang, f.number)
		whole, fraction = max(whole, c.plain(before)), max(fraction, c.plain(after))
		if f.unit != "" {
			unit = max(unit, c.plain(f.unit))
		}
	}
	col.edge, col.unit, col.point = edge, edge-unit, edge-unit-fraction
	if unit > 0 {
		col.point -= unitGap
	}
	return max(c.plain(col.head), edge-col.point+whole)
}

// figure sets a number at its column's point.
func (c *composer) figure(col cell, f figure, st style) {
	before, _ := templates.AtPoint(c.lang, f.number)
	c.left(col.point-c.plain(before), c.y, f.number, st)
	if f.unit != "" {
		c.left(col.unit, c.y, f.unit, st)
	}
}

// price is a line's price as it was given: with VAT when prices include it.
func (c *composer) price(l process.Line) figure {
	if c.snap.PricesIncludeVAT {
		return figure{number: templates.FormatPrice(c.lang, l.UnitPriceWithVAT, c.decimals)}
	}
	return figure{number: templates.FormatPrice(c.lang, l.UnitPrice, c.decimals)}
}

func (c *composer) quantity(l process.Line) figure {
	f := figure{templates.FormatNumber(c.lang, l.Quantity), l.Unit}
	key := "unit." + l.Unit
	if one := key + ".one"; l.Quantity.Abs().Equal(decimal.NewFromInt(1)) && c.labels.Has(one) {
		key = one
	}
	if c.labels.Has(key) {
		f.unit = c.text(key)
	}
	return f
}

// String is the figure as it stands in a text.
func (f figure) String() string {
	if f.unit == "" {
		return f.number
	}
	return f.number + "\u00a0" + f.unit
}

func (c *composer) percent(d decimal.Decimal) string {
	return c.text("percent", "number", templates.FormatNumber(c.lang, d))
}

func (c *composer) percentOrNothing(d decimal.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return c.percent(d)
}

func (c *composer) tableHead(cells []cell) {
	c.left(leftEdge, c.y, c.text("table.description"), c.label())
	for _, cell := range cells {
		c.right(cell.edge, c.y, cell.head, c.label())
	}
	c.rule(leftEdge, c.y+6, measure, 0.9, c.accent)
	c.y += 6 + leading + rowPad
}

// describedLine is a line of a description; what follows the first newline is
// set quietly.
type describedLine struct {
	text  string
	quiet bool
}

func (c *composer) description(l process.Line, width float64) []describedLine {
	if !l.Sold() {
		width = measure // nothing stands beside it
	}
	name, more, _ := strings.Cut(strings.TrimSpace(l.Description), "\n")
	switch {
	case l.Deposit != "" && l.Quantity.IsNegative():
		name = c.text("deposit.deducted") + " " + name
	case l.Deposit != "":
		name = c.text("deposit.of") + " " + name
	}
	var out []describedLine
	for _, t := range c.fonts.wrap(name, regular, textSize, width) {
		out = append(out, describedLine{t, false})
	}
	if more = strings.TrimSpace(more); more != "" {
		for _, t := range c.fonts.wrap(more, regular, textSize, width) {
			out = append(out, describedLine{t, true})
		}
	}
	if !l.ChargePercent.IsZero() {
		charged := l.ChargeReason + " " + c.percent(l.ChargePercent)
		for _, t := range c.fonts.wrap(charged, regular, textSize, width) {
			out = append(out, describedLine{t, true})
		}
	}
	if l.Option {
		key := "table.option.open"
		if l.Ticked {
			key = "table.option.ticked"
		}
		for _, t := range c.fonts.wrap(c.text(key), regular, textSize, width) {
			out = append(out, describedLine{t, true})
		}
	}
	return out
}

// tall is how many lines a row takes: those of its text, or of its picture.
func (c *composer) tall(l process.Line, text []describedLine) int {
	if _, sum := c.picture(l); sum != "" {
		return max(len(text), pictureLines)
	}
	return len(text)
}

// row sets a line; carried is the sum with it.
func (c *composer) row(cells []cell, l process.Line, text []describedLine, carried process.Money) {
	figures := c.body()
	if !l.Counts() {
		figures = c.label()
	}
	x, first := leftEdge, len(c.pages)
	bottom := c.y
	if l.Sold() {
		x += c.indent()
	}
	if p, sum := c.picture(l); sum != "" {
		c.put(mark{kind: pictureMark, x: leftEdge + (pictureSize-p.w)/2, y: c.y - leading + 5, w: p.w, h: p.h, picture: sum})
		bottom += p.h + 5
	}
	for _, cell := range cells {
		if l.Sold() {
			c.figure(cell, cell.value(l), figures)
		}
	}
	for i, t := range text {
		// A single line of a text is neither left behind nor sent ahead.
		rest := len(text) - i
		if i > 1 && (c.y > rowLimit || rest == 2 && c.y+leading > rowLimit) {
			c.endRow()
			c.breakTable(carried, true)
		}
		st := c.body()
		switch {
		case t.quiet:
			st = c.label()
		case l.Kind == process.LineSection:
			st = c.strong()
		}
		c.left(x, c.y, t.text, st)
		c.y += leading
	}
	if len(c.pages) == first {
		c.y = max(c.y, bottom)
	}
	c.endRow()
}

// subtotal sets the sum of the lines under a heading, when there is one;
// carried is the sum of all lines above.
func (c *composer) subtotal(section string, sum, carried process.Money) {
	if section == "" {
		return
	}
	if c.y > rowLimit {
		c.breakTable(carried, true)
	}
	c.left(leftEdge, c.y, c.text("table.subtotal", "section", section), c.label())
	c.right(rightEdge, c.y, c.money(sum), c.strong())
	c.y += leading
	c.endRow()
}

// endRow sets the hairline below a row whose last line stands above y.
func (c *composer) endRow() {
	c.y += 2 * rowPad
	c.rule(leftEdge, c.y-leading, measure, 0.4, c.hairline)
}

// breakTable goes on on the next page, and says on this one what is carried
// forward.
func (c *composer) breakTable(carried process.Money, begun bool) {
	if begun {
		c.carry(c.text("table.carried_forward"), carried)
	}
	c.newPage()
}

func (c *composer) carry(label string, sum process.Money) {
	c.left(leftEdge, c.y, label, c.label())
	c.right(rightEdge, c.y, c.money(sum), c.label())
	c.y += leading
	c.endRow()
}
