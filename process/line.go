package process

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// VAT is a VAT category and rate (BT-151, BT-152). Rate is a percentage.
type VAT struct {
	// Category is a code of UNCL 5305: S standard, Z zero, E exempt, AE reverse
	// charge, K intra-community, G export, O outside the scope.
	Category string          `json:"category"`
	Rate     decimal.Decimal `json:"rate"`
}

// LineInput is a line as people and programs write it; what is left out comes
// from the product or the company's settings.
type LineInput struct {
	ID              string           `json:"id,omitempty"`
	Product         string           `json:"product,omitempty" doc:"SKU of a product"`
	Description     string           `json:"description,omitempty"`
	Quantity        *decimal.Decimal `json:"quantity,omitempty"`
	Unit            string           `json:"unit,omitempty" doc:"code of UN/ECE Recommendation 20, such as HUR or C62"`
	UnitPrice       *decimal.Decimal `json:"unit_price,omitempty"`
	DiscountPercent *decimal.Decimal `json:"discount_percent,omitempty"`
	ChargePercent   *decimal.Decimal `json:"charge_percent,omitempty" doc:"a charge on the line, of quantity × price; wants charge_reason"`
	ChargeReason    string           `json:"charge_reason,omitempty"`
	VAT             *VAT             `json:"vat,omitempty"`
	// Kind is empty for something that is sold, LineSection or LineText.
	Kind   string `json:"kind,omitempty" doc:"section for a heading with a subtotal, text for a remark; neither has a price"`
	Option bool   `json:"option,omitempty" doc:"on a quote: the customer may choose it or not"`
	Ticked bool   `json:"ticked,omitempty" doc:"of an option: chosen unless the customer says otherwise"`
	// listed is the price of a price list, without VAT, in the document's currency;
	// taxed the VAT of the customer's country.
	listed *decimal.Decimal
	taxed  *VAT
	// bundle is what the line is a part of; at is the place, from 1, of the line
	// that was written, 0 when it is the line's own.
	bundle *bundle
	at     int
}

// The kinds of lines beside what is sold.
const (
	LineSection = "section" // a heading; what follows it has a subtotal
	LineText    = "text"    // a remark between lines
)

// Line is a line of an opportunity, quote, order, invoice or credit note.
// Amounts are in the document's currency; quantities and prices are exact.
type Line struct {
	ID              string          `json:"id"`
	Product         string          `json:"product,omitempty"`
	Description     string          `json:"description"`
	Quantity        decimal.Decimal `json:"quantity"`         // BT-129
	Unit            string          `json:"unit"`             // BT-130
	UnitPrice       decimal.Decimal `json:"unit_price"`       // BT-146
	DiscountPercent decimal.Decimal `json:"discount_percent"` // BT-138
	Allowance       Money           `json:"allowance"`        // BT-136
	// A line's charge (BG-28): its percentage (BT-143), reason (BT-144) and amount (BT-141).
	ChargePercent decimal.Decimal `json:"charge_percent,omitzero"`
	ChargeReason  string          `json:"charge_reason,omitempty"`
	Charge        Money           `json:"charge,omitzero"`
	VAT           VAT             `json:"vat"`
	Net           Money           `json:"net"` // BT-131
	// Delivered and Invoiced are quantities, on an order's lines alone. What
	// stands on a draft invoice counts as invoiced.
	Delivered decimal.Decimal `json:"delivered,omitzero"`
	Invoiced  decimal.Decimal `json:"invoiced,omitzero"`
	// Source is the order's line on an invoice, the invoice's line on a credit note.
	Source string `json:"source,omitempty"`
	// UnitPriceWithVAT is the price as it was given, on documents whose prices
	// include VAT; UnitPrice is then what is left without.
	UnitPriceWithVAT decimal.Decimal `json:"unit_price_with_vat,omitzero"`
	Kind             string          `json:"kind,omitempty"`
	Option           bool            `json:"option,omitempty"`
	Ticked           bool            `json:"ticked,omitempty"`
	// Deposit is the id of a deposit invoice: on its own lines, and on lines
	// below zero that deduct it from another invoice.
	Deposit string `json:"deposit,omitempty"`
}

// Sold reports whether the line is something that is sold, and no heading or text.
func (l Line) Sold() bool { return l.Kind == "" }

// Counts reports whether the line is part of the document's sum: something
// sold, and not an option that is not ticked.
func (l Line) Counts() bool { return l.counts() }

// counts reports whether the line is part of the document's sum.
func (l Line) counts() bool { return l.Sold() && (!l.Option || l.Ticked) }

// VATGroup is the breakdown of one VAT category and rate (BG-23).
type VATGroup struct {
	Category string          `json:"category"` // BT-118
	Rate     decimal.Decimal `json:"rate"`     // BT-119
	Base     Money           `json:"base"`     // BT-116
	VAT      Money           `json:"vat"`      // BT-117
}

// Totals are the sums of a document; each is an exact sum of rounded parts, so
// that the printed document adds up (BR-CO-10, -13, -14, -15).
type Totals struct {
	Net   Money `json:"net"`   // BT-109
	VAT   Money `json:"vat"`   // BT-110
	Gross Money `json:"gross"` // BT-112
	// Rounding (BT-114) is what the payable amount differs from Gross by, where
	// an amount with VAT was agreed that no net amount leads to exactly.
	Rounding Money `json:"rounding"`
	// Adjusted is what charges add and discounts take of the lines' sum, without
	// VAT (BT-108 − BT-107).
	Adjusted  Money      `json:"adjusted"`
	VATGroups []VATGroup `json:"vat_groups"`
}

// maxLines bounds a document; more is refused.
const maxLines = 1000

var (
	hundred    = decimal.NewFromInt(100)
	defaultVAT = VAT{Category: "S", Rate: decimal.NewFromInt(25)}
)

// Price computes allowance and net of a line by the rules of EN 16931: the
// allowance is round(quantity × price × percent), the charge likewise, the net
// is round(quantity × price − allowance + charge).
func (l Line) Price(currency string) Line {
	l.Net, l.Allowance, l.Charge = l.worth(l.UnitPrice, currency)
	return l
}

// worth is what the line comes to at a price, with what is taken off and added.
func (l Line) worth(price decimal.Decimal, currency string) (sum, allowance, charge Money) {
	amount := l.Quantity.Mul(price)
	allowance = RoundMoney(amount.Mul(l.DiscountPercent).Shift(-2), currency)
	charge = RoundMoney(amount.Mul(l.ChargePercent).Shift(-2), currency)
	return RoundMoney(amount.Sub(allowance.Decimal()).Add(charge.Decimal()), currency), allowance, charge
}

// Total sums lines and the adjustments' shares: VAT once per category and
// rate, on the sum of the nets, rounded half away from zero. Options that are
// not ticked do not count.
func Total(lines []Line, currency string, adjustments ...Adjustment) Totals {
	zero := Money{Currency: currency}
	t := Totals{Net: zero, VAT: zero, Gross: zero, Rounding: zero, Adjusted: zero, VATGroups: []VATGroup{}}
	for _, l := range lines {
		if l.counts() {
			t.add(l.VAT, l.Net)
		}
	}
	for _, a := range adjustments {
		for _, s := range a.Shares {
			t.Adjusted = t.Adjusted.Add(a.signed(s.Amount))
			t.add(s.VAT, a.signed(s.Amount))
		}
	}
	for i := range t.VATGroups {
		g := &t.VATGroups[i]
		g.VAT = RoundMoney(g.Base.Decimal().Mul(g.Rate).Shift(-2), currency)
		t.VAT = t.VAT.Add(g.VAT)
	}
	t.Gross = t.Net.Add(t.VAT)
	return t
}

// Payable is what the customer owes (BT-115 before prepayments).
func (t Totals) Payable() Money { return t.Gross.Add(t.Rounding) }

func (t *Totals) add(v VAT, net Money) {
	t.Net = t.Net.Add(net)
	for i := range t.VATGroups {
		g := &t.VATGroups[i]
		if v.same(VAT{g.Category, g.Rate}) {
			g.Base = g.Base.Add(net)
			return
		}
	}
	t.VATGroups = append(t.VATGroups, VATGroup{Category: v.Category, Rate: v.Rate, Base: net})
}

func (v VAT) same(o VAT) bool { return v.Category == o.Category && v.Rate.Equal(o.Rate) }

// line makes a priced line of an input, or says what is wrong with it. p is
// the product that the input names, nil when it names none.
func (in LineInput) line(field, id, currency string, p *Product, fallback VAT, withVAT bool) (Line, []Problem) {
	if in.Kind != "" {
		return in.words(field, id, currency)
	}
	l := Line{ID: id, Product: in.Product, Description: strings.TrimSpace(in.Description),
		Quantity: decimal.NewFromInt(1), Unit: "C62", VAT: fallback, Option: in.Option, Ticked: in.Option && in.Ticked}
	if p != nil {
		l.Unit, l.VAT, l.UnitPrice = p.Unit, p.VAT, p.UnitPrice
		if in.listed != nil {
			l.UnitPrice = *in.listed
		}
		if l.Description == "" {
			l.Description = p.Name
		}
	}
	if in.taxed != nil {
		l.VAT = *in.taxed
	}
	if in.Quantity != nil {
		l.Quantity = *in.Quantity
	}
	if in.Unit != "" {
		l.Unit = in.Unit
	}
	if in.UnitPrice != nil {
		l.UnitPrice = *in.UnitPrice
	}
	if in.DiscountPercent != nil {
		l.DiscountPercent = *in.DiscountPercent
	}
	if in.ChargePercent != nil && !in.ChargePercent.IsZero() {
		l.ChargePercent, l.ChargeReason = *in.ChargePercent, strings.TrimSpace(in.ChargeReason)
	}
	if in.VAT != nil {
		l.VAT = *in.VAT
	}
	if withVAT && boundDecimal(l.UnitPrice) == nil && boundDecimal(l.VAT.Rate) == nil {
		l.includeVAT(in.UnitPrice != nil, currency)
	}
	problems := l.problems(field)
	if p == nil && in.UnitPrice == nil {
		problems = append(problems, Problem{Field: field + ".unit_price", Reason: "line.price.missing", Message: "a line without a product needs a price"})
	}
	if len(problems) > 0 {
		return l, problems
	}
	return l.Price(currency), nil
}

// words makes a section or a text of an input.
func (in LineInput) words(field, id, currency string) (Line, []Problem) {
	l := Line{ID: id, Kind: in.Kind, Description: strings.TrimSpace(in.Description), Allowance: Money{Currency: currency}, Charge: Money{Currency: currency}, Net: Money{Currency: currency}}
	var ps []Problem
	if in.Kind != LineSection && in.Kind != LineText {
		ps = append(ps, Problem{Field: field + ".kind", Reason: "line.kind", Message: fmt.Sprintf("%q is no kind of line: section, text, or nothing", in.Kind)})
	}
	if l.Description == "" || len(l.Description) > 4000 {
		ps = append(ps, Problem{Field: field + ".description", Reason: "line.description.missing", Message: "it needs words, at most 4000 characters"})
	}
	return l, ps
}

// priceDecimals are the places that a price without VAT keeps when it was given
// with VAT.
const priceDecimals = 8

// includeVAT takes the price as one with VAT; a product's own is without, and
// rounded to the minor unit with it.
func (l *Line) includeVAT(given bool, currency string) {
	factor := hundred.Add(l.VAT.Rate).Shift(-2)
	if !given {
		l.UnitPrice = RoundMoney(l.UnitPrice.Mul(factor), currency).Decimal()
	}
	l.UnitPriceWithVAT = l.UnitPrice
	l.UnitPrice = l.UnitPrice.DivRound(factor, priceDecimals)
}

func (l Line) problems(field string) []Problem {
	var ps []Problem
	bad := func(part, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: field + part, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if l.Description == "" {
		bad(".description", "line.description.missing", "a line needs a description or a product")
	}
	if len(l.Description) > 4000 {
		bad(".description", "line.description.long", "the description is longer than 4000 characters")
	}
	if boundDecimal(l.Quantity) != nil || l.Quantity.Exponent() < -6 || l.Quantity.Abs().GreaterThan(decimal.New(1, 9)) {
		bad(".quantity", "line.quantity.bounds", "the quantity is a number below a thousand million with at most 6 decimals")
	}
	if boundDecimal(l.UnitPrice) != nil || l.UnitPrice.Exponent() < -8 || l.UnitPrice.GreaterThan(decimal.New(1, 10)) {
		bad(".unit_price", "line.price.bounds", "the price has too many digits")
	} else if l.UnitPrice.IsNegative() {
		// BR-27: the item net price shall not be negative; a deduction has a negative quantity.
		bad(".unit_price", "line.price.negative", "a price is not negative: give the quantity the sign (BR-27)")
	}
	if boundDecimal(l.DiscountPercent) != nil || l.DiscountPercent.IsNegative() || l.DiscountPercent.GreaterThan(hundred) {
		bad(".discount_percent", "line.discount.bounds", "a discount is between 0 and 100 percent")
	}
	if boundDecimal(l.ChargePercent) != nil || l.ChargePercent.IsNegative() || l.ChargePercent.GreaterThan(hundred) {
		bad(".charge_percent", "line.charge.bounds", "a charge is between 0 and 100 percent")
	} else if !l.ChargePercent.IsZero() && l.ChargeReason == "" {
		ps = append(ps, Problem{Field: field + ".charge_reason", Rule: "BR-44", Reason: "adjustment.reason", Message: "say what the charge is for"})
	}
	if len(l.ChargeReason) > 500 {
		bad(".charge_reason", "adjustment.reason.long", "the reason is longer than 500 characters")
	}
	if l.Quantity.Mul(l.UnitPrice).Abs().GreaterThan(decimal.New(1, 12)) {
		bad(".quantity", "line.amount.bounds", "the line's amount is too large")
	}
	if !knownUnit(l.Unit) {
		ps = append(ps, Problem{Field: field + ".unit", Rule: "BR-CL-23", Reason: "line.unit.invalid",
			Message: fmt.Sprintf("%q is no usual unit code of UN/ECE Recommendation 20: hours are HUR, pieces C62 or H87, months MON", l.Unit)})
	}
	return append(ps, l.VAT.problems(field+".vat")...)
}

func (v VAT) problems(field string) []Problem {
	switch v.Category {
	case "S":
		// BR-S-05: the standard rate is greater than zero.
		if boundDecimal(v.Rate) != nil || !v.Rate.IsPositive() || v.Rate.GreaterThan(hundred) {
			return []Problem{{Field: field + ".rate", Rule: "BR-S-05", Reason: "vat.rate.bounds", Message: "category S has a rate above 0 percent"}}
		}
	case "Z", "E", "AE", "K", "G", "O":
		// BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05: their rate is 0.
		if !v.Rate.IsZero() {
			return []Problem{{Field: field + ".rate", Rule: "BR-" + v.Category + "-05", Reason: "vat.rate.zero", Message: "category " + v.Category + " has the rate 0"}}
		}
	default:
		return []Problem{{Field: field + ".category", Rule: "BR-CL-17", Reason: "vat.category.unknown", Message: fmt.Sprintf("%q is no VAT category: one of S, Z, E, AE, K, G, O", v.Category)}}
	}
	return nil
}
