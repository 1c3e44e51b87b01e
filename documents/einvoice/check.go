package einvoice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"

	"github.com/emne/emne/process"
)

// Channel is what problems close that leave the document itself alone.
const Channel = "peppol"

// Check lists what stands in the way of an e-invoice beyond the checks of any
// document: what EN 16931 asks for without a channel, what only Peppol BIS
// Billing 3.0 or the Norwegian rules ask for with Channel. The number is not
// asked for: it may be taken later.
//
// Field is the path of what to mend: company.… in the settings, customer.… of
// the customer, anything else in the document itself.
func Check(m Model) []process.Problem {
	c := &checker{m: m}
	c.currency()
	c.countries()
	c.identifiers()
	c.peppol()
	c.norway()
	c.national()
	c.lines()
	return c.problems
}

// Standard keeps the problems with rules of EN 16931 itself (BR-…), which hold
// in any format; those of Peppol and of countries close the channel alone.
func Standard(ps []process.Problem) []process.Problem {
	return slices.DeleteFunc(slices.Clone(ps), func(p process.Problem) bool {
		return !strings.HasPrefix(p.Rule, "BR-") || strings.HasPrefix(p.Rule, "BR-FR-")
	})
}

type checker struct {
	m        Model
	problems []process.Problem
}

func (c *checker) bad(channel, field, rule, reason, format string, args ...any) {
	c.problems = append(c.problems, process.Problem{Channel: channel, Field: field, Rule: rule, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) currency() {
	for _, code := range []string{c.m.Currency, c.m.TaxCurrency} {
		if code != "" && !knownCurrency(code) {
			c.bad("", "currency", "BR-CL-04", "currency.unknown", "use a currency of ISO 4217: %s is none", code)
		}
	}
	if c.m.writable() != nil {
		c.bad(Channel, "currency", "BR-DEC-14", "einvoice.currency.decimals", "send the PDF: an e-invoice cannot write %s, which has three decimals", c.m.Currency)
	}
}

// reserved are codes of ISO 3166-1 that are kept for other uses or no longer in
// use, which x/text takes for countries.
const reserved = " AC AN BU CP CS DD DG EA FX IC NT SU TA TP UK XK YD YU ZR "

func country(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && r.IsCountry() && r.String() == code && !strings.Contains(reserved, " "+code+" ")
}

func (c *checker) countries() {
	addresses := []struct {
		field string
		a     process.Address
	}{{"company.address.country", c.m.Seller.Address}, {"customer.address.country", c.m.Buyer.Address}}
	if d := c.m.Delivery.Address; d != nil && *d != c.m.Buyer.Address {
		addresses = append(addresses, addresses[0])
		addresses[2].field, addresses[2].a = "delivery_address.country", *d
		if d.Country == "" {
			c.bad("", "delivery_address.country", "BR-57", "delivery_address.country.missing", "enter the country of the delivery address")
		}
	}
	for _, a := range addresses {
		if a.a.Country != "" && !country(a.a.Country) {
			c.bad("", a.field, "BR-CL-14", "country.unknown", "use a country code of ISO 3166-1 such as NO or GB: %s is none", a.a.Country)
		}
	}
	for _, v := range []struct{ field, number string }{{"company.vat_number", c.m.Seller.VATNumber}, {"customer.vat_number", c.m.Buyer.VATNumber}} {
		if v.number != "" && (len(v.number) < 3 || v.number[:2] != "EL" && v.number[:2] != "XI" && !country(v.number[:2])) {
			c.bad("", v.field, "BR-CO-09", "vat_number.country", "begin the VAT number with its country code, such as DE123456789")
		}
	}
}

// identifiers checks the forms of numbers, and that the seller has one left
// where VAT numbers may not stand (BR-O-02).
func (c *checker) identifiers() {
	s, b := c.m.Seller, c.m.Buyer
	if s.Legal.ID == "" && s.VATNumber == "" {
		c.bad("", "company.organisation_number", "BR-CO-26", "seller.identifier.missing", "enter the company's organisation number in the settings")
	}
	for _, i := range []struct {
		field string
		id    Identifier
	}{{"company.organisation_number", s.Legal}, {"company.e_invoice_address", s.Endpoint}, {"customer.organisation_number", b.Legal}, {"customer.e_invoice_address", b.Endpoint}} {
		if i.id.ID == "" {
			continue
		}
		if rule, ok := wellFormed(i.id); !ok {
			c.bad(Channel, i.field, rule, "einvoice.identifier.invalid", "correct the number %s: its check digit or length is wrong for scheme %s", i.id.ID, i.id.Scheme)
		}
	}
	for _, l := range []struct {
		field string
		id    Identifier
	}{{"company.organisation_scheme", s.Legal}, {"customer.organisation_scheme", b.Legal}} {
		if l.id.ID != "" && l.id.Scheme != "" && !knownRegister(l.id.Scheme) {
			c.bad(Channel, l.field, "BR-CL-11", "einvoice.organisation_scheme.unknown", "use a scheme of the ICD list such as 0192: %s is none", l.id.Scheme)
		}
	}
}

func (c *checker) peppol() {
	m := c.m
	if m.BuyerReference == "" && m.Seller.Address.Country == "DE" && m.Buyer.Address.Country == "DE" {
		c.bad(Channel, "buyer_reference", "DE-R-015", "einvoice.reference.missing", "enter the customer's reference")
	} else if m.BuyerReference == "" && m.PurchaseOrder == "" {
		c.bad(Channel, "buyer_reference", "PEPPOL-EN16931-R003", "einvoice.reference.missing", "enter the customer's reference or order number")
	}
	for _, e := range []struct {
		field, rule, who, reason string
		id                       Identifier
	}{
		{"customer.e_invoice_address", "PEPPOL-EN16931-R010", "customer", "einvoice.buyer_endpoint.missing", m.Buyer.Endpoint},
		{"company.e_invoice_address", "PEPPOL-EN16931-R020", "company", "einvoice.seller_endpoint.missing", m.Seller.Endpoint},
	} {
		switch {
		case e.id.ID == "":
			c.bad(Channel, e.field, e.rule, e.reason, "the %s has no e-invoice address: add one or send the PDF only", e.who)
		case !knownAddressScheme(e.id.Scheme):
			c.bad(Channel, e.field+".scheme", "PEPPOL-EN16931-CL008", "einvoice.endpoint_scheme.unknown", "use a scheme of the EAS list such as 0192: %q is none", e.id.Scheme)
		}
	}
	if t := m.Totals; t.TaxVAT != nil && t.TaxVAT.Minor*sign(t.VAT.Minor) < 0 {
		c.bad(Channel, "tax_total", "PEPPOL-EN16931-R055", "einvoice.tax_total.sign", "give VAT in both currencies the same sign")
	}
}

func sign(n int64) int64 {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// norway checks NO-R-001 and NO-R-002. The word Foretaksregisteret is asked of
// limited companies (foretaksregisterloven § 10-2), which the name tells.
func (c *checker) norway() {
	s := c.m.Seller
	if v := s.VATNumber; strings.HasPrefix(v, "NO") {
		if d := norwegian(v); v != "NO"+d+"MVA" || len(d) != 9 || !digits(d) || !mod11(d) {
			c.bad(Channel, "company.vat_number", "NO-R-001", "einvoice.norwegian_vat_number", "write the VAT number as NO, the nine digits of the organisation number and MVA: %s is wrong", v)
		}
	}
	limited := slices.ContainsFunc(strings.Fields(strings.ToUpper(s.Name)), func(w string) bool { return w == "AS" || w == "ASA" || w == "NUF" || w == "A/S" })
	if s.Address.Country == "NO" && limited && s.TaxRegistration != "Foretaksregisteret" {
		c.bad(Channel, "company.tax_registration", "NO-R-002", "einvoice.foretaksregisteret.missing", "enter Foretaksregisteret in the settings: a limited company states it on its invoices")
	}
}

// slack is by how much Peppol lets amounts be off (R120, R040): as good as
// nothing for currencies without decimals.
var slack = decimal.New(2, -2)

// lines checks that the amounts follow from what is written beside them.
func (c *checker) lines() {
	for i, l := range c.m.Lines {
		field := fmt.Sprintf("lines[%d]", i)
		if p := c.m.Period; l.Period.Start != "" && (l.Period.Start < p.Start || p.End != "" && l.Period.End > p.End) {
			end, rule := "period_start", "PEPPOL-EN16931-R110"
			if l.Period.Start >= p.Start {
				end, rule = "period_end", "PEPPOL-EN16931-R111"
			}
			c.bad(Channel, end, rule, "einvoice.period.line", "widen the invoice's period: the time on line %s is of %s to %s", l.ID, l.Period.Start, l.Period.End)
		}
		want := l.Quantity.Mul(l.Price)
		for _, a := range l.Charges {
			want = want.Add(a.Amount.Decimal())
			if a.Base != nil && a.Base.Decimal().Mul(a.Percent).Shift(-2).Sub(a.Amount.Decimal()).Abs().GreaterThan(slack) {
				c.bad(Channel, field+".charge_percent", "PEPPOL-EN16931-R040", "einvoice.line.discount", "choose a charge that comes to whole %s, or send the PDF only", c.m.Currency)
			}
		}
		for _, a := range l.Allowances {
			want = want.Sub(a.Amount.Decimal())
			if a.Base != nil && a.Base.Decimal().Mul(a.Percent).Shift(-2).Sub(a.Amount.Decimal()).Abs().GreaterThan(slack) {
				c.bad(Channel, field+".discount_percent", "PEPPOL-EN16931-R040", "einvoice.line.discount", "choose a discount that comes to whole %s, or send the PDF only", c.m.Currency)
			}
		}
		if want.Sub(l.Net.Decimal()).Abs().GreaterThan(slack) {
			c.bad(Channel, field+".net", "PEPPOL-EN16931-R120", "einvoice.line.net", "choose a quantity and a price that come to whole %s, or send the PDF only: the line is %s and its amount %s", c.m.Currency, want, l.Net)
		}
	}
}
