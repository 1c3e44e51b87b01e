package process

import (
	"context"
	"strings"
)

// Comparison is what differs between two quotes, such as two revisions.
type Comparison struct {
	From   Ref          `json:"from"`
	To     Ref          `json:"to"`
	Fields []Difference `json:"fields"`
	Lines  []LineChange `json:"lines"`
}

// Difference is a field that says something else.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// LineChange is a line that was added, removed or changed.
type LineChange struct {
	Change string `json:"change"` // added, removed, changed
	Before *Line  `json:"before,omitempty"`
	After  *Line  `json:"after,omitempty"`
}

// CompareQuotes says what the quote changed against another one; against the
// revision that it replaces when none is named.
func (s *Service) CompareQuotes(ctx context.Context, a Actor, id, with string) (c *Comparison, err error) {
	err = s.view(ctx, a, MayRead, func(u *unit) error {
		after, err := u.Quotes().Get(id)
		if err != nil {
			return err
		}
		if with == "" {
			with = after.Previous
		}
		if with == "" {
			return Conflict("quote.first", "the quote replaces none: name the one to compare it with")
		}
		before, err := u.Quotes().Get(with)
		if err != nil {
			return err
		}
		c = compare(before, after)
		return nil
	})
	return c, err
}

func compare(before, after *Quote) *Comparison {
	c := &Comparison{From: Ref{TypeQuote, before.ID}, To: Ref{TypeQuote, after.ID}, Fields: []Difference{}, Lines: []LineChange{}}
	for _, f := range []struct{ name, before, after string }{
		{"title", before.Title, after.Title}, {"recipient", before.Recipient, after.Recipient}, {"currency", before.Currency, after.Currency},
		{"valid_until", string(before.ValidUntil), string(after.ValidUntil)}, {"customer_reference", before.CustomerReference, after.CustomerReference},
		{"project", before.Project, after.Project}, {"contract", before.Contract, after.Contract},
		{"introduction", before.Introduction, after.Introduction}, {"terms", before.Terms, after.Terms},
		{"language", before.Language, after.Language}, {"prepayment", before.Prepayment.words(), after.Prepayment.words()},
		{"prices_include_vat", yesNo(before.PricesIncludeVAT), yesNo(after.PricesIncludeVAT)},
		{"adjustments", before.Pricing.words(), after.Pricing.words()},
		{"net", before.Net.String(), after.Net.String()}, {"vat", before.Totals.VAT.String(), after.Totals.VAT.String()},
		{"gross", before.Payable().String(), after.Payable().String()},
	} {
		if f.before != f.after {
			c.Fields = append(c.Fields, Difference{f.name, f.before, f.after})
		}
	}
	c.lines(before.Lines, after.Lines)
	return c
}

// words are the prepayment as figures, for a comparison.
func (p *Prepayment) words() string {
	switch {
	case p == nil:
		return ""
	case p.Percent != nil:
		return strings.TrimSpace(p.Kind + " " + p.Percent.String() + " %")
	case p.Amount != nil:
		return strings.TrimSpace(p.Kind + " " + p.Amount.String())
	}
	return p.Kind
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// words are the adjustments as figures, for a comparison.
func (p Pricing) words() string {
	var out []string
	for _, a := range p.Adjustments {
		sign := "-"
		if a.Charge {
			sign = "+"
		}
		out = append(out, strings.TrimSpace(a.Reason+" "+sign+a.Amount.String()))
	}
	return strings.Join(out, ", ")
}

// lines pairs lines that are the same but for their id, then those of the same
// product or description; the rest is added or removed.
func (c *Comparison) lines(before, after []Line) {
	pair := make([]int, len(after))
	taken := make([]bool, len(before))
	for i := range pair {
		pair[i] = -1
	}
	match := func(same func(a, b Line) bool) {
		for i := range after {
			for k := range before {
				if pair[i] < 0 && !taken[k] && same(before[k], after[i]) {
					pair[i], taken[k] = k, true
				}
			}
		}
	}
	match(unchanged)
	match(func(a, b Line) bool {
		return a.Kind == b.Kind && a.Product == b.Product && a.Description == b.Description
	})
	match(func(a, b Line) bool { return a.Kind == b.Kind && a.Product == b.Product && a.Product != "" })
	for k := range before {
		if !taken[k] {
			c.Lines = append(c.Lines, LineChange{Change: "removed", Before: &before[k]})
		}
	}
	for i := range after {
		switch k := pair[i]; {
		case k < 0:
			c.Lines = append(c.Lines, LineChange{Change: "added", After: &after[i]})
		case !unchanged(before[k], after[i]):
			c.Lines = append(c.Lines, LineChange{Change: "changed", Before: &before[k], After: &after[i]})
		}
	}
}

func unchanged(a, b Line) bool {
	return a.Kind == b.Kind && a.Product == b.Product && a.Description == b.Description && a.Quantity.Equal(b.Quantity) && a.Unit == b.Unit &&
		a.UnitPrice.Equal(b.UnitPrice) && a.DiscountPercent.Equal(b.DiscountPercent) && a.ChargePercent.Equal(b.ChargePercent) && a.ChargeReason == b.ChargeReason && a.VAT.same(b.VAT) && a.Option == b.Option && a.Ticked == b.Ticked
}
