package process

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// AdjustmentInput is a discount or a charge on a whole document, as people and
// programs write it: a percentage of the lines' sum, or an amount.
type AdjustmentInput struct {
	ID      string           `json:"id,omitempty"`
	Charge  bool             `json:"charge,omitempty" doc:"true for a charge such as freight, false for a discount"`
	Reason  string           `json:"reason,omitempty"`
	Percent *decimal.Decimal `json:"percent,omitempty" doc:"of the lines' sum; give percent or amount"`
	Amount  *Money           `json:"amount,omitempty" doc:"with VAT when prices include it"`
	VAT     *VAT             `json:"vat,omitempty" doc:"the VAT that it belongs to; spread over that of the lines when left out"`
}

// Adjustment is a discount (BG-20) or a charge (BG-21) on a document.
type Adjustment struct {
	ID string `json:"id"`
	// Source is the order's adjustment on an invoice, the invoice's on a credit note.
	Source  string          `json:"source,omitempty"`
	Charge  bool            `json:"charge"`
	Reason  string          `json:"reason,omitempty"` // BT-97, BT-104
	Percent decimal.Decimal `json:"percent,omitzero"` // BT-94, BT-101
	Amount  Money           `json:"amount"`           // agreed; with VAT when prices include it
	VAT     *VAT            `json:"vat,omitempty"`    // when it was given, and not spread
	Shares  []Share         `json:"shares,omitempty"`
}

// Share is an adjustment's part in one VAT group: EN 16931 has no discount
// without a VAT category (BR-32, BR-37).
type Share struct {
	VAT    VAT   `json:"vat"`    // BT-95 and -96, BT-102 and -103
	Base   Money `json:"base"`   // BT-93, BT-100: the group's lines
	Amount Money `json:"amount"` // BT-92, BT-99: without VAT
	// WithVAT is what was agreed of it when prices include VAT.
	WithVAT *Money `json:"with_vat,omitempty"`
}

// agreed is the share in the terms in which prices were given.
func (s Share) agreed() Money {
	if s.WithVAT != nil {
		return *s.WithVAT
	}
	return s.Amount
}

// Pricing is what makes a document's total beside its lines.
type Pricing struct {
	Adjustments []Adjustment `json:"adjustments,omitempty"`
	// PricesIncludeVAT says that prices were given with VAT: the total that they
	// lead to is kept, and what the VAT groups' rounding leaves is Rounding.
	PricesIncludeVAT bool `json:"prices_include_vat,omitempty"`
}

// maxAdjustments bounds a document's discounts and charges.
const maxAdjustments = 50

// Inputs are the editable forms of the adjustments.
func (p Pricing) Inputs() []AdjustmentInput {
	var in []AdjustmentInput
	for _, a := range p.Adjustments {
		i := AdjustmentInput{ID: a.ID, Charge: a.Charge, Reason: a.Reason, VAT: a.VAT}
		if a.Percent.IsZero() {
			i.Amount = &a.Amount
		} else {
			i.Percent = &a.Percent
		}
		in = append(in, i)
	}
	return in
}

// weight is the sum of the lines of one VAT group: net, or with VAT when
// prices include it.
type weight struct {
	vat        VAT
	net, value Money
}

func (p Pricing) weights(lines []Line, currency string) []weight {
	var ws []weight
	for _, l := range lines {
		if !l.counts() {
			continue
		}
		k := 0
		for k < len(ws) && !ws[k].vat.same(l.VAT) {
			k++
		}
		if k == len(ws) {
			ws = append(ws, weight{l.VAT, Money{Currency: currency}, Money{Currency: currency}})
		}
		ws[k].net = ws[k].net.Add(l.Net)
		ws[k].value = ws[k].value.Add(p.value(l, currency))
	}
	return ws
}

// value is what a line is worth in the terms in which prices were given.
func (p Pricing) value(l Line, currency string) Money {
	if !p.PricesIncludeVAT {
		return l.Net
	}
	sum, _, _ := l.worth(l.UnitPriceWithVAT, currency)
	return sum
}

// Value is what a line is worth in the terms in which prices were given: with
// VAT when they include it. Options that are not ticked have a value too.
func (p Pricing) Value(l Line, currency string) Money {
	if !l.Sold() {
		return Money{Currency: currency}
	}
	return p.value(l, currency)
}

// Sum is the document's totals by its lines and adjustments as they are.
func (p Pricing) Sum(lines []Line, currency string) Totals {
	t := Total(lines, currency, p.Adjustments...)
	if !p.PricesIncludeVAT {
		return t
	}
	agreed := Money{Currency: currency}
	for _, w := range p.weights(lines, currency) {
		agreed = agreed.Add(w.value)
	}
	for _, a := range p.Adjustments {
		for _, s := range a.Shares {
			agreed = agreed.Add(a.signed(s.agreed()))
		}
	}
	t.Rounding = agreed.Sub(t.Gross)
	return t
}

// signed is m as it counts in the document's sum.
func (a Adjustment) signed(m Money) Money {
	if a.Charge {
		return m
	}
	return m.Neg()
}

// price computes amounts and shares: a percentage is of the lines' sum, rounded
// once, and what is spread over VAT groups sums to it to the minor unit.
func (p Pricing) price(lines []Line, currency string) {
	ws := p.weights(lines, currency)
	for i := range p.Adjustments {
		p.Adjustments[i].spread(ws, p.PricesIncludeVAT, currency)
	}
}

func (a *Adjustment) spread(ws []weight, withVAT bool, currency string) {
	if a.VAT != nil {
		own := weight{*a.VAT, Money{Currency: currency}, Money{Currency: currency}}
		for _, w := range ws {
			if w.vat.same(*a.VAT) {
				own = w
			}
		}
		ws = []weight{own}
	}
	total, values := Money{Currency: currency}, make([]Money, len(ws))
	for i, w := range ws {
		total, values[i] = total.Add(w.value), w.value
	}
	if !a.Percent.IsZero() {
		a.Amount = RoundMoney(total.Decimal().Mul(a.Percent).Shift(-2), currency)
	}
	a.Shares = nil
	for i, part := range divide(a.Amount, values) {
		if part.IsZero() && len(ws) > 1 {
			continue
		}
		s := Share{VAT: ws[i].vat, Base: ws[i].net, Amount: part}
		if withVAT {
			s.WithVAT, s.Amount = &part, withoutVAT(part, ws[i].vat)
		}
		a.Shares = append(a.Shares, s)
	}
}

// withoutVAT is the net of an amount with VAT.
func withoutVAT(m Money, v VAT) Money {
	return RoundMoney(m.Decimal().Mul(hundred).DivRound(hundred.Add(v.Rate), 12), m.Currency)
}

// divide splits an amount by weights. Negative weights get nothing; the last
// one with a weight takes the remainder, so that the parts sum to the amount.
// Without any weight all of it goes to the first.
func divide(amount Money, weights []Money) []Money {
	parts := make([]Money, len(weights))
	total, last := decimal.Zero, 0
	for i, w := range weights {
		parts[i].Currency = amount.Currency
		if w.Minor > 0 {
			total, last = total.Add(w.Decimal()), i
		}
	}
	upTo, given := decimal.Zero, Money{Currency: amount.Currency}
	for i, w := range weights {
		if w.Minor <= 0 || i == last {
			continue
		}
		upTo = upTo.Add(w.Decimal())
		sum := RoundMoney(amount.Decimal().Mul(upTo).DivRound(total, 16), amount.Currency)
		parts[i], given = sum.Sub(given), sum
	}
	if len(parts) > 0 {
		parts[last] = amount.Sub(given)
	}
	return parts
}

// pricing makes a document's pricing of what was written. The lines are priced.
func (u *unit) pricing(in []AdjustmentInput, withVAT bool, lines []Line, currency string) (Pricing, error) {
	p := Pricing{PricesIncludeVAT: withVAT}
	if len(in) > maxAdjustments {
		return p, Invalid("adjustments.many", fmt.Sprintf("a document has at most %d discounts and charges", maxAdjustments))
	}
	var problems []Problem
	seen := map[string]bool{}
	for i, x := range in {
		a, ps := x.adjustment(fmt.Sprintf("adjustments[%d]", i), currency)
		if a.ID == "" || seen[a.ID] || len(a.ID) > 64 {
			a.ID = NewID(u.now)
		}
		seen[a.ID] = true
		problems = append(problems, ps...)
		p.Adjustments = append(p.Adjustments, a)
	}
	if len(problems) > 0 {
		return p, Invalid("adjustments.invalid", "the discounts and charges cannot be taken as they are", problems...)
	}
	p.price(lines, currency)
	return p, nil
}

func (in AdjustmentInput) adjustment(field, currency string) (Adjustment, []Problem) {
	a := Adjustment{ID: in.ID, Charge: in.Charge, Reason: strings.TrimSpace(in.Reason), Amount: Money{Currency: currency}, VAT: in.VAT}
	var ps []Problem
	bad := func(part, rule, reason, message string) {
		ps = append(ps, Problem{Field: field + part, Rule: rule, Reason: reason, Message: message})
	}
	switch {
	case (in.Percent == nil) == (in.Amount == nil):
		bad(".amount", "", "adjustment.one", "give a percentage or an amount")
	case in.Percent != nil:
		if boundDecimal(*in.Percent) != nil || !in.Percent.IsPositive() || in.Percent.GreaterThan(hundred) {
			bad(".percent", "", "adjustment.percent", "a percentage is above 0 and at most 100")
		}
		a.Percent = *in.Percent
	default:
		m, err := in.Amount.In(currency)
		if err != nil {
			bad(".amount", "", "adjustment.amount", err.Error())
		} else if m.Minor <= 0 {
			bad(".amount", "", "adjustment.positive", "the amount is above 0; charge says which way it counts")
		}
		a.Amount = m
	}
	if a.Charge && a.Reason == "" {
		bad(".reason", "BR-38", "adjustment.reason", "say what the charge is for")
	}
	if len(a.Reason) > 500 {
		bad(".reason", "", "adjustment.reason.long", "the reason is longer than 500 characters")
	}
	if in.VAT != nil {
		ps = append(ps, in.VAT.problems(field+".vat")...)
	}
	return a, ps
}

// Subtotals are the sums under the headings of a document, by the places of
// these: in the terms in which prices were given, up to the next heading.
func (p Pricing) Subtotals(lines []Line, currency string) map[int]Money {
	sums := map[int]Money{}
	heading := -1
	for i, l := range lines {
		switch {
		case l.Kind == LineSection:
			heading = i
			sums[i] = Money{Currency: currency}
		case heading >= 0 && l.Deposit != "":
			heading = -1 // it is no part of what stands above it
		case heading >= 0 && l.counts():
			sums[heading] = sums[heading].Add(p.value(l, currency))
		}
	}
	return sums
}
