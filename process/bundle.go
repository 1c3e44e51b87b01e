package process

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// BundlePart is a product of which a bundle holds a quantity.
type BundlePart struct {
	Product  string          `json:"product"` // SKU
	Quantity decimal.Decimal `json:"quantity"`
}

// BundleParts are what one of a bundle holds.
type BundleParts []BundlePart

// maxParts bounds a bundle.
const maxParts = 50

// applyBundle takes what a bundle holds: products in its currency that are no
// bundles themselves.
func (u *unit) applyBundle(in ProductInput, p *Product) (ps []Problem, err error) {
	p.Bundle, p.ShowParts = in.Bundle, in.ShowParts && len(in.Bundle) > 0
	if len(p.Bundle) > maxParts {
		return []Problem{{Field: "bundle", Reason: "bundle.many", Message: fmt.Sprintf("a bundle has at most %d parts", maxParts)}}, nil
	}
	seen := map[string]bool{}
	for i := range p.Bundle {
		part := &p.Bundle[i]
		field := fmt.Sprintf("bundle[%d]", i)
		bad := func(at, reason, format string, args ...any) {
			ps = append(ps, Problem{Field: field + at, Reason: reason, Message: fmt.Sprintf(format, args...)})
		}
		if boundDecimal(part.Quantity) != nil || !part.Quantity.IsPositive() || part.Quantity.Exponent() < -6 || part.Quantity.GreaterThan(decimal.New(1, 6)) {
			bad(".quantity", "bundle.quantity", "a part's quantity is above 0, at most a million, with at most 6 decimals")
		}
		part.Product = strings.TrimSpace(part.Product)
		if seen[part.Product] {
			bad(".product", "bundle.twice", "%s stands here twice", part.Product)
			continue
		}
		seen[part.Product] = true
		of, err := first(u.Products(), map[string]string{"sku": part.Product}, "active")
		switch {
		case err != nil:
			return nil, err
		case of == nil:
			bad(".product", "product.unknown", "there is no product %q in use", part.Product)
		case len(of.Bundle) > 0 || of.ID == p.ID:
			bad(".product", "bundle.nested", "%s is a bundle itself", part.Product)
		case of.Currency != p.Currency:
			bad(".product", "bundle.currency", "the price of %s is in %s", part.Product, of.Currency)
		}
	}
	return ps, nil
}

// bundle is a bundle on a document while its parts' lines are priced.
type bundle struct {
	quantity decimal.Decimal
	// own is the price of one without VAT, nil when it costs the sum of its
	// parts, of which each is the prices for one.
	own  *decimal.Decimal
	each decimal.Decimal
	// given is the price that somebody wrote, with VAT where the document's
	// prices include it.
	given    *decimal.Decimal
	discount decimal.Decimal
}

// shareBundles gives the lines of each bundle's parts the discounts by which
// they sum to the bundle's price to the minor unit. The lines are priced.
func shareBundles(in []LineInput, lines []Line, currency string, withVAT bool) (ps []Problem) {
	for from := 0; from < len(in); {
		b, to := in[from].bundle, from+1
		for b != nil && to < len(in) && in[to].bundle == b {
			to++
		}
		if b != nil && !b.share(lines[from:to], currency, withVAT) {
			ps = append(ps, Problem{Field: in[from].field(from) + ".unit_price", Reason: "bundle.dearer", Message: "the bundle costs more than its parts: let it be one line"})
		}
		from = to
	}
	return ps
}

// share reports whether the parts can sum to the bundle's price.
func (b *bundle) share(parts []Line, currency string, withVAT bool) bool {
	sum := Money{Currency: currency}
	amounts, worth := make([]decimal.Decimal, len(parts)), make([]Money, len(parts))
	for i, l := range parts {
		price := l.UnitPrice
		if withVAT {
			price = l.UnitPriceWithVAT
		}
		amounts[i] = l.Quantity.Abs().Mul(price)
		worth[i] = RoundMoney(amounts[i], currency)
		sum = sum.Add(worth[i])
	}
	amount := sum.Decimal()
	switch n := b.quantity.Abs(); {
	case b.given != nil:
		amount = n.Mul(*b.given)
	case b.own != nil && !withVAT:
		amount = n.Mul(*b.own)
	case b.own != nil && !b.each.IsZero():
		// The bundle is as much cheaper with VAT as it is without.
		amount = amount.Mul(*b.own).DivRound(b.each, 16)
	}
	off := RoundMoney(amount.Mul(b.discount).Shift(-2), currency)
	whole := RoundMoney(amount.Sub(off.Decimal()), currency)
	if whole.Minor > sum.Minor || whole.Minor < 0 {
		return false
	}
	for i, net := range divide(whole, worth) {
		percent, found := percentTo(amounts[i], net)
		if !found {
			return false
		}
		parts[i].DiscountPercent = percent
		parts[i] = parts[i].Price(currency)
	}
	return true
}

// percentTo is the discount with the fewest decimals that leaves exactly net of
// an amount.
func percentTo(amount decimal.Decimal, net Money) (decimal.Decimal, bool) {
	off := RoundMoney(amount, net.Currency).Sub(net)
	if off.IsZero() {
		return decimal.Zero, true
	}
	if off.Minor < 0 || amount.IsZero() {
		return decimal.Zero, false
	}
	for places := range int32(11) {
		percent := decimal.Min(hundred, off.Decimal().Mul(hundred).DivRound(amount, places))
		if RoundMoney(amount.Sub(RoundMoney(amount.Mul(percent).Shift(-2), net.Currency).Decimal()), net.Currency) == net {
			return percent, true
		}
	}
	return decimal.Zero, false
}
