package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// ProductInput is a product as people and programs write it.
type ProductInput struct {
	SKU         string            `json:"sku"`
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty" doc:"for the house, not printed"`
	Unit        string            `json:"unit,omitempty"`
	UnitPrice   decimal.Decimal   `json:"unit_price"`
	Currency    string            `json:"currency,omitempty"`
	VAT         *VAT              `json:"vat,omitempty"`
	Names       map[string]string `json:"names,omitempty" doc:"what a line says, by language"`
	Texts       map[string]string `json:"texts,omitempty" doc:"what a line says below the name, by language"`
	Cost        *decimal.Decimal  `json:"cost,omitempty" doc:"what one costs the company"`
	// VATByCountry stands for vat where the customer's country is another one.
	VATByCountry CountryVATs `json:"vat_by_country,omitempty" doc:"VAT for customers of other countries"`
	Bundle       BundleParts `json:"bundle,omitempty" doc:"the products that it stands for; without a price of its own it costs their sum"`
	ShowParts    bool        `json:"show_parts,omitempty" doc:"a line for each part, instead of one for all"`
}

// Input is the editable part of the product.
func (p Product) Input() ProductInput {
	return ProductInput{p.SKU, p.Name, p.Description, p.Unit, p.UnitPrice, p.Currency, &p.VAT, p.Names, p.Texts, &p.Cost, slices.Clone(p.VATByCountry), slices.Clone(p.Bundle), p.ShowParts}
}

func (u *unit) applyProduct(in ProductInput, p *Product) error {
	st := u.settings
	p.SKU, p.Name, p.Description = strings.TrimSpace(in.SKU), strings.TrimSpace(in.Name), in.Description
	p.Unit, p.UnitPrice, p.Currency, p.VAT = in.Unit, in.UnitPrice, in.Currency, st.VAT
	if p.Unit == "" {
		p.Unit = "C62"
	}
	if p.Currency == "" {
		p.Currency = st.Currency
	}
	if in.VAT != nil {
		p.VAT = *in.VAT
	}
	probe := Line{Description: p.Name, Quantity: decimal.NewFromInt(1), Unit: p.Unit, UnitPrice: p.UnitPrice, VAT: p.VAT}
	var ps []Problem
	for _, q := range probe.problems("") {
		q.Field = strings.TrimPrefix(q.Field, ".")
		if q.Field == "description" {
			q.Field = "name"
		}
		ps = append(ps, q)
	}
	if p.SKU == "" {
		ps = append(ps, Problem{Field: "sku", Reason: "product.sku.missing", Message: "a product needs a number of its own (SKU)"})
	}
	if !validCurrency(p.Currency) {
		ps = append(ps, Problem{Field: "currency", Reason: "currency.unknown", Message: fmt.Sprintf("%q is no ISO 4217 currency code", p.Currency)})
	}
	ps = append(ps, in.applyTexts(p)...)
	p.VATByCountry = in.VATByCountry
	ps = append(ps, p.VATByCountry.problems(st.Company.Address.Country)...)
	parts, err := u.applyBundle(in, p)
	if err != nil {
		return err
	}
	ps = append(ps, parts...)
	if len(ps) > 0 {
		return Invalid("product.invalid", "the product cannot be saved", ps...)
	}
	return nil
}

// applyTexts takes what a line says, and the cost.
func (in ProductInput) applyTexts(p *Product) (ps []Problem) {
	said := func(field string, from map[string]string, most int) map[string]string {
		var to map[string]string
		for language, text := range from {
			switch text = strings.TrimSpace(text); {
			case !knownLanguage(language):
				ps = append(ps, Problem{Field: field + "." + language, Reason: "language.unknown", Message: "documents can be in " + strings.Join(Languages(), ", ")})
			case len(text) > most:
				ps = append(ps, Problem{Field: field + "." + language, Reason: "product.text.long", Message: fmt.Sprintf("this is longer than %d characters", most)})
			case text != "":
				if to == nil {
					to = map[string]string{}
				}
				to[language] = text
			}
		}
		return to
	}
	p.Names, p.Texts = said("names", in.Names, 500), said("texts", in.Texts, 3000)
	p.Cost = decimal.Zero
	if in.Cost != nil {
		if boundDecimal(*in.Cost) != nil || in.Cost.IsNegative() || in.Cost.GreaterThan(decimal.New(1, 10)) {
			ps = append(ps, Problem{Field: "cost", Reason: "product.cost", Message: "a cost is a number that is not negative"})
		} else {
			p.Cost = *in.Cost
		}
	}
	return ps
}

// said is what a line of the product says in a language.
func (p Product) said(language string) string {
	name := p.Names[language]
	if name == "" {
		name = p.Name
	}
	if text := p.Texts[language]; text != "" {
		name += "\n" + text
	}
	return name
}

// CreateProduct adds a product.
func (s *Service) CreateProduct(ctx context.Context, a Actor, in ProductInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		p, err := u.newProduct(in)
		return &Outcome{Record: p, Created: []Ref{}}, err
	})
}

func (u *unit) newProduct(in ProductInput) (*Product, error) {
	p := &Product{Record: u.record(), State: "active"}
	if err := u.applyProduct(in, p); err != nil {
		return nil, err
	}
	if err := u.Products().Insert(p); err != nil {
		return nil, err
	}
	return p, u.note(Activity{Type: "product.created", About: Ref{TypeProduct, p.ID}, To: p.State, Data: map[string]string{"sku": p.SKU}})
}

// EditProduct changes a product; documents keep their lines.
func (s *Service) EditProduct(ctx context.Context, a Actor, t Target, in ProductInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		p, err := opened(u, u.Products(), "edit", t)
		if err != nil {
			return nil, err
		}
		return &Outcome{Record: p, Created: []Ref{}}, u.changeProduct(in, p)
	})
}

func (u *unit) changeProduct(in ProductInput, p *Product) error {
	if err := allowed(TypeProduct, "edit", p.State); err != nil {
		return err
	}
	if err := u.applyProduct(in, p); err != nil {
		return err
	}
	if err := u.Products().Update(p); err != nil {
		return err
	}
	return u.note(Activity{Type: "product.changed", About: Ref{TypeProduct, p.ID}, Data: map[string]string{"sku": p.SKU}})
}

// ArchiveProduct takes a product out of use: it stays on its documents, and no
// new line can name it.
func (s *Service) ArchiveProduct(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.moveProduct(ctx, a, t, "archive", "archived", "product.archived")
}

// RestoreProduct takes an archived product into use again.
func (s *Service) RestoreProduct(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.moveProduct(ctx, a, t, "restore", "active", "product.restored")
}

func (s *Service) moveProduct(ctx context.Context, a Actor, t Target, verb, to, activity string) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		p, err := opened(u, u.Products(), verb, t)
		if err != nil {
			return nil, err
		}
		from := p.State
		p.State = to
		if err := u.Products().Update(p); err != nil {
			return nil, err
		}
		return &Outcome{Record: p, Created: []Ref{}}, u.note(Activity{Type: activity, About: Ref{TypeProduct, p.ID}, From: from, To: to, Data: map[string]string{"sku": p.SKU}})
	})
}

// lines prices the lines of a document. Lines that keep their id keep it.
func (u *unit) lines(in []LineInput, currency string) ([]Line, error) {
	return u.linesWith(in, currency, false)
}

// linesWith prices lines whose prices include VAT, or not.
func (u *unit) linesWith(in []LineInput, currency string, withVAT bool) ([]Line, error) {
	if len(in) > maxLines {
		return nil, Invalid("lines.many", fmt.Sprintf("a document has at most %d lines", maxLines))
	}
	lines := make([]Line, 0, len(in))
	seen := map[string]bool{}
	var problems []Problem
	for i, l := range in {
		field := l.field(i)
		var p *Product
		if l.Product != "" {
			var err error
			if p, err = first(u.Products(), map[string]string{"sku": l.Product}, ""); err != nil {
				return nil, err
			}
			switch {
			case p == nil:
				problems = append(problems, Problem{Field: field + ".product", Reason: "product.unknown", Message: fmt.Sprintf("there is no product %q", l.Product)})
				continue
			case p.State != "active" && l.UnitPrice == nil:
				problems = append(problems, Problem{Field: field + ".product", Reason: "product.archived", Message: fmt.Sprintf("the product %q is archived", l.Product)})
				continue
			case p.Currency != currency && l.UnitPrice == nil && l.listed == nil:
				problems = append(problems, Problem{Field: field + ".unit_price", Reason: "product.currency", Message: fmt.Sprintf("the product's price is in %s, the document in %s: give a price", p.Currency, currency)})
				continue
			}
		}
		id := l.ID
		if id == "" || seen[id] || len(id) > 64 {
			id = NewID(u.now)
		}
		seen[id] = true
		line, ps := l.line(field, id, currency, p, u.settings.VAT, withVAT)
		problems = append(problems, ps...)
		lines = append(lines, line)
	}
	if len(problems) == 0 {
		problems = shareBundles(in, lines, currency, withVAT)
	}
	if len(problems) > 0 {
		return nil, Invalid("lines.invalid", "the lines cannot be taken as they are", problems...)
	}
	return lines, nil
}

// Inputs are the editable forms of lines.
func Inputs(lines []Line) []LineInput {
	in := make([]LineInput, len(lines))
	for i, l := range lines {
		in[i] = LineInput{ID: l.ID, Product: l.Product, Description: l.Description, Quantity: &l.Quantity, Unit: l.Unit,
			UnitPrice: &l.UnitPrice, DiscountPercent: &l.DiscountPercent, VAT: &l.VAT, Option: l.Option, Ticked: l.Ticked}
		if !l.ChargePercent.IsZero() {
			in[i].ChargePercent, in[i].ChargeReason = &l.ChargePercent, l.ChargeReason
		}
		if !l.UnitPriceWithVAT.IsZero() {
			in[i].UnitPrice = &l.UnitPriceWithVAT
		}
		if !l.Sold() {
			in[i] = LineInput{ID: l.ID, Kind: l.Kind, Description: l.Description}
		}
	}
	return in
}

// copyLines gives lines new ids for another document.
func (u *unit) copyLines(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		l.ID, l.Source, l.Delivered, l.Invoiced = NewID(u.now), "", decimal.Zero, decimal.Zero
		out[i] = l
	}
	return out
}
