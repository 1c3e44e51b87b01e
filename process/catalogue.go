package process

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// fromCatalogue gives lines that name a product its words in the language, the
// price of the price list that holds for the customer today, and the VAT of the
// customer's country; a bundle that shows its parts becomes their lines. Lines
// with words, price and VAT of their own keep them.
func (u *unit) fromCatalogue(in []LineInput, customer, currency, language string) ([]LineInput, error) {
	if len(in) > maxLines {
		return in, nil // u.linesWith says so
	}
	c := catalogue{unit: u, id: customer, currency: currency, language: language}
	out := make([]LineInput, 0, len(in))
	for i, l := range in {
		l.at = i + 1
		lines, err := c.take(l)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// field is where the line stood in what was written.
func (in LineInput) field(i int) string {
	if in.at > 0 {
		i = in.at - 1
	}
	return fmt.Sprintf("lines[%d]", i)
}

// catalogue looks products up for the lines of one document.
type catalogue struct {
	*unit
	id, currency, language string

	loaded, listed bool
	customer       *Customer
	lists          []PriceList
}

// load reads the customer, once.
func (c *catalogue) load() (err error) {
	if c.loaded {
		return nil
	}
	c.loaded = true
	if c.customer, err = optional(c.Customers().Get(c.id)); err != nil {
		return err
	}
	if c.language == "" && c.customer != nil {
		c.language = c.customer.Language
	}
	if c.language == "" {
		c.language = c.settings.Language
	}
	return nil
}

// price is that of a price list, nil when none has one.
func (c *catalogue) price(sku string, quantity decimal.Decimal) (*decimal.Decimal, error) {
	if !c.listed {
		var err error
		if c.lists, err = c.priceLists(c.customer, c.currency); err != nil {
			return nil, err
		}
		c.listed = true
	}
	return listedPrice(c.lists, sku, quantity), nil
}

func (c *catalogue) take(l LineInput) ([]LineInput, error) {
	if l.Kind != "" || l.VAT != nil && (l.Product == "" || l.UnitPrice != nil && l.Description != "") {
		return []LineInput{l}, nil
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	var p *Product
	if l.Product != "" {
		var err error
		if p, err = first(c.Products(), map[string]string{"sku": l.Product}, ""); err != nil {
			return nil, err
		}
	}
	if l.VAT == nil {
		l.taxed = c.settings.vatAbroad(c.customer, p)
	}
	if p == nil {
		return []LineInput{l}, nil // u.linesWith says what is unknown
	}
	quantity := decimal.NewFromInt(1)
	if l.Quantity != nil {
		quantity = *l.Quantity
	}
	if boundDecimal(quantity) != nil {
		return []LineInput{l}, nil
	}
	described := strings.TrimSpace(l.Description) != ""
	if !described {
		l.Description = p.said(c.language)
	}
	if l.UnitPrice == nil {
		var err error
		if l.listed, err = c.price(p.SKU, quantity); err != nil {
			return nil, err
		}
	}
	if len(p.Bundle) == 0 || p.State != "active" || l.UnitPrice != nil && described && !p.ShowParts {
		return []LineInput{l}, nil
	}
	return c.bundle(l, p, quantity, described)
}

// bundle makes one line of a bundle, or a line for each of its parts below its
// words.
func (c *catalogue) bundle(l LineInput, p *Product, quantity decimal.Decimal, described bool) ([]LineInput, error) {
	b := &bundle{quantity: quantity, own: l.listed, given: l.UnitPrice}
	if l.DiscountPercent != nil {
		b.discount = *l.DiscountPercent
	}
	if b.own == nil && !p.UnitPrice.IsZero() && p.Currency == c.currency {
		b.own = &p.UnitPrice
	}
	bad := func(part, reason, format string, args ...any) error {
		return Invalid("lines.invalid", "the lines cannot be taken as they are", Problem{Field: l.field(0) + part, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if boundDecimal(b.discount) != nil || b.discount.IsNegative() || b.discount.GreaterThan(hundred) || b.given != nil && (boundDecimal(*b.given) != nil || b.given.IsNegative()) {
		return []LineInput{l}, nil // u.linesWith says what is wrong
	}
	parts := make([]LineInput, 0, len(p.Bundle)+1)
	held, mixed := "", false
	for _, part := range p.Bundle {
		of, err := first(c.Products(), map[string]string{"sku": part.Product}, "active")
		if err != nil {
			return nil, err
		}
		if of == nil || len(of.Bundle) > 0 {
			return nil, bad(".product", "bundle.part", "the part %q of %q is not in use: mend the bundle", part.Product, p.SKU)
		}
		n := quantity.Mul(part.Quantity)
		price, err := c.price(of.SKU, n)
		if err != nil {
			return nil, err
		}
		if price == nil && of.Currency == c.currency {
			price = &of.UnitPrice
		}
		if price == nil && (p.ShowParts || b.own == nil && b.given == nil) {
			return nil, bad(".unit_price", "product.currency", "the price of %q is in %s, the document in %s: give a price", of.SKU, of.Currency, c.currency)
		}
		if price != nil {
			b.each = b.each.Add(part.Quantity.Mul(*price))
		}
		line := LineInput{Product: of.SKU, Description: of.said(c.language), Quantity: &n, listed: price, VAT: l.VAT, Option: l.Option, Ticked: l.Ticked, at: l.at, bundle: b}
		vat := of.VAT
		if l.VAT == nil {
			if line.taxed = c.settings.vatAbroad(c.customer, of); line.taxed != nil {
				vat = *line.taxed
			}
			whole := p.VAT
			if l.taxed != nil {
				whole = *l.taxed
			}
			mixed = mixed || !vat.same(whole)
		}
		parts = append(parts, line)
		held += "\n" + c.number(part.Quantity) + " × " + firstLine(line.Description)
	}
	if p.ShowParts {
		if l.ChargePercent != nil && !l.ChargePercent.IsZero() {
			return nil, bad(".charge_percent", "bundle.charge", "%q shows its parts: charge those instead", p.SKU)
		}
		words := l.Description
		if one := decimal.NewFromInt(1); !quantity.Equal(one) {
			words = c.number(quantity) + " × " + words
		}
		return append([]LineInput{{Kind: LineText, Description: words, at: l.at}}, parts...), nil
	}
	if mixed {
		return nil, bad(".vat", "bundle.vat", "the parts of %q have different VAT: let it show its parts", p.SKU)
	}
	if l.UnitPrice == nil && b.own == nil && p.UnitPrice.IsZero() {
		l.listed = &b.each
	}
	if !described && p.Texts[c.language] == "" {
		l.Description += held
	}
	return []LineInput{l}, nil
}

// number writes a quantity as the document's language does.
func (c *catalogue) number(d decimal.Decimal) string {
	if c.language != "en" {
		return strings.Replace(d.String(), ".", ",", 1)
	}
	return d.String()
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
