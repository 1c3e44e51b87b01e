package documents

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// sums checks every amount exactly. The official rules forgive a VAT that is
// wrong by up to 1.00; this does not.
func (c *checker) sums() {
	s := c.s
	if s.Currency == "" {
		c.bad("currency", "BR-05", "currency.missing", "enter the currency")
		return
	}
	for _, zero := range []*process.Money{&s.Prepaid, &s.Rounding, &s.Payable} {
		if zero.IsZero() {
			zero.Currency = s.Currency // nothing is nothing in any currency
		}
	}
	if field := foreign(s); field != "" {
		c.bad(field, "BR-05", "amount.currency", "give the amount in %s, the document's currency", s.Currency)
		return
	}
	for i, l := range s.Lines {
		if p := l.Price(s.Currency); p.Net != l.Net || p.Allowance != l.Allowance || p.Charge.Minor != l.Charge.Minor {
			c.bad(fmt.Sprintf("lines[%d].net", i), "BR-24", "line.net.wrong",
				"compute the line again: its net is %s, and not quantity × price less discount and with charge, %s", l.Net, p.Net)
		}
	}
	c.adjustments()
	want := process.Total(s.Lines, s.Currency, s.Adjustments...)
	if !sameGroups(s.VATGroups, want.VATGroups) {
		c.bad("vat_groups", "BR-CO-17", "vat.group.wrong", "compute the VAT breakdown again: it does not follow from the lines")
	}
	for _, t := range []struct {
		field, rule string
		is, want    process.Money
	}{
		{"net", "BR-CO-13", s.Net, want.Net},
		{"vat", "BR-CO-14", s.VAT, want.VAT},
		{"gross", "BR-CO-15", s.Gross, want.Gross},
		{"payable", "BR-CO-16", s.Payable, want.Gross.Sub(s.Prepaid).Add(s.Rounding)},
	} {
		if t.is != t.want {
			c.bad(t.field, t.rule, "totals.wrong", "compute the totals again: %s is %s and should be %s", t.field, t.is, t.want)
		}
	}
}

// adjustments checks that what is spread over VAT groups is what was agreed,
// and that each part has its category and its reason.
func (c *checker) adjustments() {
	for i, a := range c.s.Adjustments {
		field := fmt.Sprintf("adjustments[%d]", i)
		sum := decimal.Zero
		for _, x := range a.Shares {
			if x.WithVAT != nil {
				sum = sum.Add(x.WithVAT.Decimal())
			} else {
				sum = sum.Add(x.Amount.Decimal())
			}
			if x.VAT.Category == "" {
				c.bad(field+".vat", "BR-32", "adjustment.vat.missing", "choose the VAT that the discount or charge belongs to")
			}
		}
		if !sum.Equal(a.Amount.Decimal()) {
			c.bad(field+".amount", "BR-CO-11", "adjustment.wrong", "compute the discount or charge again: its parts are %s and should be %s", sum, a.Amount)
		}
		if a.Charge {
			c.need(a.Reason, field+".reason", "BR-38", "adjustment.reason", "say what the charge is for")
		}
	}
}

// foreign is the path of the first amount in another currency.
func foreign(s process.Snapshot) string {
	for i, l := range s.Lines {
		if l.Net.Currency != s.Currency || l.Allowance.Currency != s.Currency || !l.Charge.IsZero() && l.Charge.Currency != s.Currency {
			return fmt.Sprintf("lines[%d].net", i)
		}
	}
	for i, a := range s.Adjustments {
		for _, x := range a.Shares {
			if x.Amount.Currency != s.Currency || x.Base.Currency != s.Currency {
				return fmt.Sprintf("adjustments[%d].amount", i)
			}
		}
	}
	for i, g := range s.VATGroups {
		if g.Base.Currency != s.Currency || g.VAT.Currency != s.Currency {
			return fmt.Sprintf("vat_groups[%d]", i)
		}
	}
	for _, a := range []struct {
		field  string
		amount process.Money
	}{{"net", s.Net}, {"vat", s.VAT}, {"gross", s.Gross}, {"prepaid", s.Prepaid}, {"rounding", s.Rounding}, {"payable", s.Payable}} {
		if a.amount.Currency != s.Currency {
			return a.field
		}
	}
	return ""
}

// sameGroups compares VAT breakdowns, whatever their order.
func sameGroups(a, b []process.VATGroup) bool {
	if len(a) != len(b) {
		return false
	}
	for _, g := range a {
		if !slices.ContainsFunc(b, func(o process.VATGroup) bool {
			return g.Category == o.Category && g.Rate.Equal(o.Rate) && g.Base == o.Base && g.VAT == o.VAT
		}) {
			return false
		}
	}
	return true
}
