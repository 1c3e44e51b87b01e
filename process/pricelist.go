package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// PriceList holds prices without VAT for everybody, for a group of customers,
// or for one customer: active, or archived and without effect.
type PriceList struct {
	Record
	State    string `json:"state"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	// ValidFrom and ValidUntil are its first and last day; empty is open.
	ValidFrom  Date        `json:"valid_from,omitempty"`
	ValidUntil Date        `json:"valid_until,omitempty"`
	Customer   string      `json:"customer,omitempty"`
	Group      string      `json:"group,omitempty"`
	Prices     []ListPrice `json:"prices"`
}

// ListPrice is the price of a product from a quantity on.
type ListPrice struct {
	Product string `json:"product"` // SKU
	// From is the least quantity; 0 is any.
	From      decimal.Decimal `json:"from,omitzero"`
	UnitPrice decimal.Decimal `json:"unit_price"`
}

// PriceListInput is a price list as people and programs write it.
type PriceListInput struct {
	Name       string      `json:"name"`
	Currency   string      `json:"currency,omitempty"`
	ValidFrom  Date        `json:"valid_from,omitempty"`
	ValidUntil Date        `json:"valid_until,omitempty"`
	Customer   string      `json:"customer,omitempty" doc:"for this customer alone"`
	Group      string      `json:"group,omitempty" doc:"for the customers of this group alone"`
	Prices     []ListPrice `json:"prices,omitempty"`
}

// derivePriceList lets programs read a list where there are no prices.
func (u *unit) derivePriceList(l *PriceList) {
	if l.Prices == nil {
		l.Prices = []ListPrice{}
	}
}

// maxPrices bounds a price list.
const maxPrices = 5000

// Input is the editable part of the price list.
func (l PriceList) Input() PriceListInput {
	return PriceListInput{l.Name, l.Currency, l.ValidFrom, l.ValidUntil, l.Customer, l.Group, slices.Clone(l.Prices)}
}

func (u *unit) applyPriceList(in PriceListInput, l *PriceList) error {
	l.Name, l.Currency, l.ValidFrom, l.ValidUntil = strings.TrimSpace(in.Name), in.Currency, in.ValidFrom, in.ValidUntil
	l.Customer, l.Group, l.Prices = in.Customer, strings.TrimSpace(in.Group), append([]ListPrice{}, in.Prices...)
	if l.Currency == "" {
		l.Currency = u.settings.Currency
	}
	if l.Customer != "" {
		if _, err := u.customerOf(l.Customer); err != nil {
			return err
		}
	}
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if l.Name == "" {
		bad("name", "price_list.name", "a price list needs a name")
	}
	if !validCurrency(l.Currency) {
		bad("currency", "currency.unknown", "%q is no ISO 4217 currency code", l.Currency)
	}
	if l.ValidFrom != "" && l.ValidUntil != "" && l.ValidUntil < l.ValidFrom {
		bad("valid_until", "price_list.days", "the last day is before the first")
	}
	if l.Customer != "" && l.Group != "" {
		bad("group", "price_list.audience", "it is for a customer or for a group, not for both")
	}
	if len(l.Prices) > maxPrices {
		return Invalid("price_list.many", fmt.Sprintf("a price list has at most %d prices", maxPrices))
	}
	known := map[string]bool{}
	seen := map[string]bool{}
	for i, p := range l.Prices {
		field := fmt.Sprintf("prices[%d]", i)
		l.Prices[i].Product = strings.TrimSpace(p.Product)
		sku := l.Prices[i].Product
		if !known[sku] {
			product, err := first(u.Products(), map[string]string{"sku": sku}, "")
			if err != nil {
				return err
			}
			if known[sku] = product != nil; product == nil {
				bad(field+".product", "product.unknown", "there is no product %q", sku)
			}
		}
		if boundDecimal(p.UnitPrice) != nil || p.UnitPrice.Exponent() < -8 || p.UnitPrice.IsNegative() || p.UnitPrice.GreaterThan(decimal.New(1, 10)) {
			bad(field+".unit_price", "line.price.bounds", "a price is not negative and has at most 8 decimals")
		}
		if boundDecimal(p.From) != nil || p.From.IsNegative() || p.From.Exponent() < -6 {
			bad(field+".from", "line.quantity.bounds", "the least quantity is not negative and has at most 6 decimals")
			continue
		}
		if key := sku + " " + p.From.String(); seen[key] {
			bad(field+".from", "price_list.twice", "there is already a price of %s from this quantity", sku)
		} else {
			seen[key] = true
		}
	}
	if len(ps) > 0 {
		return Invalid("price_list.invalid", "the price list cannot be saved", ps...)
	}
	return nil
}

// CreatePriceList adds a price list.
func (s *Service) CreatePriceList(ctx context.Context, a Actor, in PriceListInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		l := &PriceList{Record: u.record(), State: "active"}
		if err := u.applyPriceList(in, l); err != nil {
			return nil, err
		}
		if err := u.PriceLists().Insert(l); err != nil {
			return nil, err
		}
		return &Outcome{Record: l, Created: []Ref{}}, u.note(Activity{Type: "price_list.created", About: Ref{TypePriceList, l.ID}, To: l.State, Data: map[string]string{"name": l.Name}})
	})
}

// EditPriceList changes a price list; documents keep their prices.
func (s *Service) EditPriceList(ctx context.Context, a Actor, t Target, in PriceListInput) (*Outcome, error) {
	return s.changePriceList(ctx, a, t, "edit", "price_list.changed", func(u *unit, l *PriceList) error { return u.applyPriceList(in, l) })
}

// ArchivePriceList ends a price list's effect.
func (s *Service) ArchivePriceList(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changePriceList(ctx, a, t, "archive", "price_list.archived", func(_ *unit, l *PriceList) error { l.State = "archived"; return nil })
}

// RestorePriceList gives an archived price list its effect again.
func (s *Service) RestorePriceList(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changePriceList(ctx, a, t, "restore", "price_list.restored", func(_ *unit, l *PriceList) error { l.State = "active"; return nil })
}

func (s *Service) changePriceList(ctx context.Context, a Actor, t Target, verb, activity string, f func(*unit, *PriceList) error) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		l, err := opened(u, u.PriceLists(), verb, t)
		if err != nil {
			return nil, err
		}
		from := l.State
		if err := f(u, l); err != nil {
			return nil, err
		}
		if err := u.PriceLists().Update(l); err != nil {
			return nil, err
		}
		return &Outcome{Record: l, Created: []Ref{}}, u.note(Activity{Type: activity, About: Ref{TypePriceList, l.ID}, From: from, To: l.State, Data: map[string]string{"name": l.Name}})
	})
}

// priceLists are those that hold for the customer today, the most particular
// ones first: of the customer, of the group, of everybody.
func (u *unit) priceLists(c *Customer, currency string) ([]PriceList, error) {
	lists, _, err := u.PriceLists().List(Filter{State: "active", Match: map[string]string{"currency": currency}, Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	today := u.today()
	lists = slices.DeleteFunc(lists, func(l PriceList) bool {
		return l.ValidFrom > today || l.ValidUntil != "" && l.ValidUntil < today ||
			l.Customer != "" && (c == nil || l.Customer != c.ID) || l.Group != "" && (c == nil || !strings.EqualFold(l.Group, c.Group))
	})
	slices.SortStableFunc(lists, func(a, b PriceList) int { return a.rank() - b.rank() })
	return lists, nil
}

func (l PriceList) rank() int {
	switch {
	case l.Customer != "":
		return 0
	case l.Group != "":
		return 1
	}
	return 2
}

// listedPrice is the price of the most particular lists that have one for the
// quantity; of equally particular lists, the lowest. Within a list the
// greatest quantity that is reached holds. Nil when no list has a price.
func listedPrice(lists []PriceList, sku string, quantity decimal.Decimal) *decimal.Decimal {
	quantity = quantity.Abs()
	var best *decimal.Decimal
	rank := -1
	for _, l := range lists {
		if best != nil && l.rank() != rank {
			break
		}
		var of *ListPrice
		for i, p := range l.Prices {
			if p.Product == sku && !p.From.GreaterThan(quantity) && (of == nil || p.From.GreaterThan(of.From)) {
				of = &l.Prices[i]
			}
		}
		if of != nil && (best == nil || of.UnitPrice.LessThan(*best)) {
			best, rank = &of.UnitPrice, l.rank()
		}
	}
	return best
}
