package console

import (
	"net/http"
	"slices"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// recordPage is one record with its history.
type recordPage struct {
	frame
	Kind     *kindView
	ID       string
	Version  int64
	Over     string
	Name     string
	Badges   []badge
	Facts    []fact
	Text     *passage
	Lines    *linesTable
	Problems []string
	// MendAt is the form in which the customer's part of them is mended.
	MendAt string
	// Closed are the problems that close one channel alone.
	Closed   []string
	Files    []fileLink
	Picture  *pictureView
	Related  []related
	PDF      string
	Receipt  string
	Share    string
	Shared   string
	Actions  []action
	Error    string
	Mend     []string
	Steps    []step
	Timeline []day
	Older    string

	thread    string
	state     string
	recipient string
	// places are the records that a mail may be moved to.
	places    []option
	lines     []process.Line
	open      process.Money
	ofOrder   bool
	delivered bool
	hidden    map[string]bool
	// expired is when a quote that can still be accepted by staff expired.
	expired process.Date
	// checks and duplicates are a lead's.
	checks     map[string]bool
	duplicates []process.Duplicate
}

// fact is a named value.
type fact struct {
	Label string
	cell
}

// passage is a longer text with its heading.
type passage struct{ Label, Text string }

// linesTable is a document's lines and totals, in words.
type linesTable struct {
	Currency string
	Discount bool
	Progress bool
	// Span is how many columns stand before the last.
	Span   int
	Lines  []lineView
	Totals []total
}

type lineView struct {
	Description, Product, Quantity, Price, Discount, VAT, Net, Delivered, Invoiced string
	// Kind is that of a heading, whose Net is its subtotal, or a remark; Charge is
	// what is added; Option and Ticked say what may be chosen.
	Kind, Charge   string
	Option, Ticked bool
}

type total struct {
	Label, Amount string
	Strong        bool
}

type fileLink struct{ Name, Size, Href string }

// related are records that belong to this one.
type related struct {
	Label string
	Rows  []relatedRow
}

type relatedRow struct {
	cell
	Note string
}

func (v *visit) record(typ string, r process.Record, state, name string) *recordPage {
	return &recordPage{Kind: v.view(v.c.kindOf(typ)), ID: r.ID, Version: r.Version, Over: v.t("kind." + typ), Name: name, state: state, hidden: map[string]bool{}}
}

// fact adds a value when there is one.
func (p *recordPage) fact(label string, c cell) {
	if c.Text != "" || len(c.Badges) > 0 {
		p.Facts = append(p.Facts, fact{label, c})
	}
}

func (v *visit) show(k *kind) error {
	return v.showRecord(k, v.id(), "", input{}, nil, nil)
}

// showRecord shows a record; when a verb was refused, with that verb's form open.
func (v *visit) showRecord(k *kind, id, tried string, in input, e *process.Error, problems []string) error {
	seen := v.seen()
	p, err := k.read(v, id)
	if err != nil {
		return err
	}
	if p.Actions = v.actions(k, p, tried, in); e != nil {
		p.Error, p.Mend = v.say(e), problems
	}
	if slices.Contains(verbs[k.typ], "follow_up") {
		if err := v.relate(p, process.TypeTask, map[string]string{"about_id": p.ID}); err != nil {
			return err
		}
	}
	if p.Steps, err = v.steps(k.typ, id, p.thread); err != nil {
		return err
	}
	if err := v.timeline(k, p); err != nil {
		return err
	}
	if k.files != nil {
		if err := v.attach(k, p); err != nil {
			return err
		}
	}
	if k.document {
		p.PDF = "/" + k.collection + "/" + id + "/pdf"
		if p.state != "draft" && k.typ != process.TypeCreditNote && k.typ != process.TypeOrder && v.may(process.MaySell) {
			p.Share = "/" + k.collection + "/" + id + "/share"
		}
	}
	p.frame = v.frame(p.Name)
	p.Live, p.Seen = e == nil, seen
	p.Shared = v.shared
	code := http.StatusOK
	if e != nil {
		code = access.Status(e.Code)
	}
	return v.page(code, "record.html", p)
}

func (v *visit) attach(k *kind, p *recordPage) error {
	files, err := k.files(v, p.ID)
	for i, f := range files {
		p.Files = append(p.Files, v.fileLink(k, p.ID, i, f))
	}
	return err
}

// share mints a customer's link and shows it once: only its hash is kept.
func (v *visit) share(k *kind) error {
	token, err := v.s.ShareLink(v.ctx(), v.actor, process.Ref{Type: k.typ, ID: v.id()})
	if err != nil {
		return err
	}
	v.shared = v.c.o.PublicURL + "/p/" + token
	return v.showRecord(k, v.id(), "", input{}, nil, nil)
}

// lineText is what a line says; that of a deposit names a document.
func (v *visit) lineText(l process.Line) string {
	switch {
	case l.Deposit == "":
		return l.Description
	case l.Quantity.IsNegative():
		return v.t("line.deposit.deducted", "number", l.Description)
	}
	return v.t("line.deposit.of", "number", l.Description)
}

// table puts lines and totals in words, prices as they were given.
func (v *visit) table(lines []process.Line, pricing process.Pricing, t process.Totals, currency string, progress bool) *linesTable {
	table := &linesTable{Currency: currency, Progress: progress, Span: 4}
	subtotals := pricing.Subtotals(lines, currency)
	for i, l := range lines {
		if !l.Sold() {
			w := lineView{Description: l.Description, Kind: l.Kind}
			if sum, ok := subtotals[i]; ok {
				w.Net = v.amount(sum)
			}
			table.Lines = append(table.Lines, w)
			continue
		}
		price := l.UnitPrice
		if pricing.PricesIncludeVAT {
			price = l.UnitPriceWithVAT
		}
		w := lineView{Description: v.lineText(l), Product: l.Product, Quantity: v.quantity(l.Quantity, l.Unit), Price: v.price(price, ""),
			VAT: v.vat(l.VAT), Net: v.amount(pricing.Value(l, currency)), Option: l.Option, Ticked: l.Ticked}
		if !l.DiscountPercent.IsZero() {
			w.Discount, table.Discount = v.percent(l.DiscountPercent), true
		}
		if !l.ChargePercent.IsZero() {
			w.Charge = l.ChargeReason + " " + v.percent(l.ChargePercent)
		}
		if progress {
			w.Delivered, w.Invoiced = v.number(l.Delivered), v.number(l.Invoiced)
		}
		table.Lines = append(table.Lines, w)
	}
	if table.Discount {
		table.Span++
	}
	if progress {
		table.Span += 2
	}
	for _, a := range pricing.Adjustments {
		table.Totals = append(table.Totals, v.adjustment(a))
	}
	table.Totals = append(table.Totals, total{v.t("total.net"), v.amount(t.Net), false})
	for _, g := range t.VATGroups {
		table.Totals = append(table.Totals, total{v.t("total.vat", "vat", v.vat(process.VAT{Category: g.Category, Rate: g.Rate})), v.amount(g.VAT), false})
	}
	if !t.Rounding.IsZero() {
		table.Totals = append(table.Totals, total{v.t("total.rounding"), v.amount(t.Rounding), false})
	}
	table.Totals = append(table.Totals, total{v.t("total.gross"), v.money(t.Payable()), true})
	return table
}
