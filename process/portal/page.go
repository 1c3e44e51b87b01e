package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

const noBreak = "\u00a0"

type frame struct {
	Title    string
	Language string
	Company  string
	Contact  []string
}

func (c *call) frame(title string) frame {
	f := frame{Title: title, Language: c.lang}
	if c.view == nil {
		return f
	}
	s := c.view.Snapshot.Seller
	f.Company = s.Name
	for _, part := range []string{s.Address.Street, strings.TrimSpace(s.Address.Postcode + " " + s.Address.City), s.Email, s.Phone} {
		if part != "" {
			f.Contact = append(f.Contact, part)
		}
	}
	if s.OrganisationNumber != "" {
		f.Contact = append(f.Contact, c.t("organisation_number", "number", s.OrganisationNumber))
	}
	return f
}

// customerPage is a quote or an invoice as the customer sees it.
type customerPage struct {
	frame
	Token   string
	Heading string
	Intro   string
	Figures []figure
	Lines   *table
	Terms   string
	Buyer   string
	SHA256  string
	PDF     string
	Receipt string
	// Pay is a page of a payment provider, empty when there is none.
	Pay string

	// State is what the page says first: open, accepted, expired, replaced,
	// declined, withdrawn for a quote.
	State      string
	StateTitle string
	StateText  string
	Newer      bool
	Asked      bool

	CanAccept, CanAsk bool
	Message           string
	Name, Reference   field
	TermsWrong        string
	TermsTicked       bool
	AcceptNote        string
	AcceptTerms       string
	Reasons           []option
	Comment           string
	Question          field
	Options           []choice
	OpenForm          string
}

// choice is an option of a quote that the customer may tick.
type choice struct {
	ID, Label, Amount string
	Ticked            bool
}

type field struct{ Value, Wrong string }

type figure struct {
	Label, Value string
	Large        bool
}

type option struct {
	Value, Label string
	Selected     bool
}

type table struct {
	Currency           string
	Discount, Progress bool
	// Span is how many columns stand before the last.
	Span   int
	Lines  []line
	Totals []total
}

type line struct {
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

func (c *call) show() error { return c.page(http.StatusOK, nil) }

// page shows the document; a is a form that was refused, or nil.
func (c *call) page(status int, a *answered) error {
	if a != nil {
		c.choice(a.options)
	}
	snap := c.view.Snapshot
	p := customerPage{Token: c.r.PathValue("token"), Intro: snap.Introduction, Terms: snap.Terms, Buyer: snap.Buyer.Name, Lines: c.table(snap)}
	p.PDF = c.here("") + "/pdf"
	switch {
	case c.view.Quote != nil:
		c.quote(&p, c.view.Quote)
	case c.view.Invoice != nil:
		c.invoice(&p, c.view.Invoice)
	default:
		p.Heading = c.t("credit_note", "number", snap.Number)
	}
	if a != nil {
		p.Message, p.OpenForm = a.message, a.form
		p.Name, p.Reference = field{a.values["name"], a.wrong["name"]}, field{a.values["customer_reference"], a.wrong["customer_reference"]}
		p.TermsWrong, p.TermsTicked = a.wrong["terms"], a.values["terms"] == "1"
		p.Comment, p.Question = a.values["comment"], field{a.values["text"], a.wrong["text"]}
		for i := range p.Options {
			p.Options[i].Ticked = slices.Contains(a.options, p.Options[i].ID)
		}
		for i := range p.Reasons {
			p.Reasons[i].Selected = p.Reasons[i].Value == a.values["reason"]
		}
	}
	if p.Reference.Value == "" && p.CanAccept {
		p.Reference.Value = c.view.Quote.CustomerReference
	}
	p.Asked = a == nil && c.r.URL.Query().Get("done") == "asked"
	p.frame = c.frame(p.Heading)
	c.write(status, "customer.html", p)
	return nil
}

// choice shows an open quote with other options than those that it proposes.
func (c *call) choice(options []string) {
	q := c.view.Quote
	if q == nil || q.State != "active" || options == nil {
		return
	}
	chosen, err := q.Chosen(options)
	if err != nil {
		return // what is wrong with it is said when it is accepted
	}
	s := &c.view.Snapshot
	c.view.Quote, s.Lines, s.Pricing, s.Totals, s.Payable = &chosen, chosen.Lines, chosen.Pricing, chosen.Totals, chosen.Payable()
}

func (c *call) quote(p *customerPage, q *process.Quote) {
	snap := c.view.Snapshot
	p.Heading = c.t("quote", "number", q.Number)
	if q.Revision > 0 {
		p.Heading += " " + c.labels.Say("revision", "number", decimal.NewFromInt(int64(q.Revision)).String())
	}
	if q.Title != "" {
		p.Heading += ": " + q.Title
	}
	p.SHA256, p.State, p.CanAsk = q.SHA256, "open", true
	p.Figures = []figure{{c.t("total"), c.money(snap.Payable), true}, {c.t("to"), p.Buyer, false}, {c.t("valid_until"), c.date(q.ValidUntil), false}}
	if ahead := snap.Prepayment; ahead != nil && ahead.Percent != nil {
		p.Figures = append(p.Figures, figure{c.t("prepayment"), c.percent(*ahead.Percent), false})
	} else if ahead != nil && ahead.Amount != nil {
		p.Figures = append(p.Figures, figure{c.t("prepayment"), c.money(*ahead.Amount), false})
	}
	say := func(state string, pairs ...string) {
		p.State, p.StateTitle, p.StateText = state, c.t(state+".title"), c.t(state+".text", pairs...)
	}
	switch {
	case q.State == "won":
		order, name := "", ""
		if c.view.Order != nil {
			order = c.view.Order.Number
		}
		if q.Acceptance != nil {
			name = q.Acceptance.Name
			p.Figures[2] = figure{c.t("accepted.at"), templates.FormatMoment(c.lang, q.Acceptance.At.In(c.zone)), false}
			if q.Acceptance.ReceiptSHA256 != "" {
				p.Receipt = p.PDF + "?copy=accepted"
			}
		}
		say("accepted", "name", name, "order", order)
	case q.ClosedReason == "revised" || c.view.Newer != nil:
		say("replaced")
		if p.Newer = c.view.Newer != nil; !p.Newer {
			p.StateText = c.t("replaced.soon")
		}
	case q.ClosedReason == "lost":
		say("declined")
	case q.State == "closed":
		say("withdrawn")
	case q.Expired:
		say("expired", "date", c.date(q.ValidUntil))
		p.Question.Value = c.t("expired.ask")
	default:
		p.CanAccept = true
		p.AcceptNote = c.t("accept.note", "sha256", q.SHA256)
		p.AcceptTerms = c.t("accept.terms", "buyer", p.Buyer)
		p.Options = c.options(q)
		for _, reason := range []string{"none", "price", "other", "later"} {
			label := c.t("reason." + reason)
			p.Reasons = append(p.Reasons, option{Value: label, Label: label})
		}
	}
}

// options are what the customer may choose, with what each adds.
func (c *call) options(q *process.Quote) (list []choice) {
	for _, l := range q.Lines {
		if l.Option {
			name, _, _ := strings.Cut(l.Description, "\n")
			amount := c.money(l.Net)
			if q.PricesIncludeVAT {
				amount = c.money(q.Value(l, q.Currency))
			}
			list = append(list, choice{l.ID, name, amount, l.Ticked})
		}
	}
	return list
}

func (c *call) invoice(p *customerPage, i *process.Invoice) {
	snap := c.view.Snapshot
	p.Heading = c.t("invoice", "number", i.Number)
	if i.Title != "" {
		p.Heading += ": " + i.Title
	}
	state := i.Payment
	if i.Overdue {
		state = "overdue"
	}
	p.SHA256, p.State, p.StateTitle = i.SHA256, state, c.t(state)
	p.Pay = c.view.Settings.PaymentLinkOf(i)
	p.Figures = []figure{{c.t("payable"), c.money(i.Due()), true}, {c.t("due"), c.date(i.DueDate), false}}
	add := func(label, value string) {
		if value != "" {
			p.Figures = append(p.Figures, figure{label, value, false})
		}
	}
	means := snap.Payment
	add(c.t("account"), means.Account)
	add("IBAN", means.IBAN)
	add("BIC", means.BIC)
	add(c.labels.Say("field.payment_reference"), i.PaymentReference)
	add(c.t("to"), p.Buyer)
}

func (c *call) date(d process.Date) string { return templates.FormatDate(c.lang, string(d)) }

func (c *call) money(m process.Money) string {
	return templates.FormatAmount(c.lang, m.Minor, process.Decimals(m.Currency), m.Currency)
}

func (c *call) amount(m process.Money) string {
	return templates.FormatMoney(c.lang, m.Minor, process.Decimals(m.Currency))
}

func (c *call) percent(d decimal.Decimal) string {
	return c.papers.Text("percent", map[string]string{"number": templates.FormatNumber(c.lang, d)})
}

func (c *call) vat(category string, rate decimal.Decimal) string {
	return c.papers.Text("vat.category."+category, map[string]string{"rate": c.percent(rate)})
}

func (c *call) unit(code string, q decimal.Decimal) string {
	if key := "unit." + code + ".one"; q.Abs().Equal(decimal.NewFromInt(1)) && c.papers.Has(key) {
		return c.papers.Text(key, nil)
	}
	if key := "unit." + code; c.papers.Has(key) {
		return c.papers.Text(key, nil)
	}
	return code
}

// lineText is what a line says; that of a deposit names a document.
func (c *call) lineText(l process.Line) string {
	switch {
	case l.Deposit == "":
		return l.Description
	case l.Quantity.IsNegative():
		return c.labels.Say("line.deposit.deducted", "number", l.Description)
	}
	return c.labels.Say("line.deposit.of", "number", l.Description)
}

// table puts the frozen lines and totals in words.
func (c *call) table(s process.Snapshot) *table {
	t := &table{Currency: s.Currency, Span: 4}
	subtotals := s.Subtotals(s.Lines, s.Currency)
	price := func(l process.Line) decimal.Decimal {
		if s.PricesIncludeVAT {
			return l.UnitPriceWithVAT
		}
		return l.UnitPrice
	}
	for i, l := range s.Lines {
		if !l.Sold() {
			w := line{Description: l.Description, Kind: l.Kind}
			if sum, ok := subtotals[i]; ok {
				w.Net = c.amount(sum)
			}
			t.Lines = append(t.Lines, w)
			continue
		}
		w := line{Description: c.lineText(l), Quantity: templates.FormatNumber(c.lang, l.Quantity) + noBreak + c.unit(l.Unit, l.Quantity),
			Price: templates.FormatPrice(c.lang, price(l), process.Decimals(s.Currency)), VAT: c.vat(l.VAT.Category, l.VAT.Rate), Net: c.amount(s.Value(l, s.Currency)), Option: l.Option, Ticked: l.Ticked}
		if !l.DiscountPercent.IsZero() {
			w.Discount, t.Discount = c.percent(l.DiscountPercent), true
		}
		if !l.ChargePercent.IsZero() {
			w.Charge = l.ChargeReason + " " + c.percent(l.ChargePercent)
		}
		t.Lines = append(t.Lines, w)
	}
	if t.Discount {
		t.Span++
	}
	for _, a := range s.Adjustments {
		label, amount := a.Reason, a.Amount
		if label == "" {
			label = c.labels.Say("total.discount")
		}
		if !a.Percent.IsZero() {
			label += " " + c.percent(a.Percent)
		}
		if !a.Charge {
			amount = amount.Neg()
		}
		t.Totals = append(t.Totals, total{label, c.amount(amount), false})
	}
	t.Totals = append(t.Totals, total{c.labels.Say("total.net"), c.amount(s.Net), false})
	for _, g := range s.VATGroups {
		t.Totals = append(t.Totals, total{c.labels.Say("total.vat", "vat", c.vat(g.Category, g.Rate)), c.amount(g.VAT), false})
	}
	if !s.Rounding.IsZero() {
		t.Totals = append(t.Totals, total{c.labels.Say("total.rounding"), c.amount(s.Rounding), false})
	}
	t.Totals = append(t.Totals, total{c.labels.Say("total.gross"), c.money(s.Payable), true})
	return t
}
