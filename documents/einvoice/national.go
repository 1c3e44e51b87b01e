package einvoice

import (
	"slices"
	"strings"
)

// national checks what Peppol asks of sellers in Denmark, Germany and Sweden
// (DK-R, DE-R, SE-R) beyond what the model brings into form by itself. Germany's
// hold between German parties, as does DK-R-005; cards, direct debits, giro slips
// and item classes, of which the others speak, are not in the model.
func (c *checker) national() {
	s, b := c.m.Seller, c.m.Buyer
	home := s.Address.Country == b.Address.Country
	switch {
	case s.Address.Country == "DE" && home:
		c.asked("DE-R-001", "company.iban", c.m.Payment.Code)
		c.asked("DE-R-003", "company.address.city", s.Address.City)
		c.asked("DE-R-004", "company.address.postcode", s.Address.Postcode)
		c.asked("DE-R-006", "company.phone", s.Phone)
		c.asked("DE-R-007", "company.email", s.Email)
		c.asked("DE-R-008", "customer.address.city", b.Address.City)
		c.asked("DE-R-009", "customer.address.postcode", b.Address.Postcode)
		if d := c.m.Delivery.Address; d != nil && *d != b.Address {
			c.asked("DE-R-010", "delivery_address.city", d.City)
			c.asked("DE-R-011", "delivery_address.postcode", d.Postcode)
		}
	case s.Address.Country == "DK":
		c.asked("DK-R-002", "company.organisation_number", s.Legal.ID)
		c.form("DK-R-014", "company.organisation_scheme", s.Legal.Scheme, s.Legal.ID == "" || s.Legal.Scheme == "0184", "write 0184, the scheme of the CVR register")
		c.form("DK-R-005", "company.iban", c.m.Payment.Account, !home || c.m.CreditNote() || c.m.Payment.Code == "" || c.m.Payment.Code == "58", "enter the IBAN: a Danish e-invoice has no account without one")
	case s.Address.Country == "SE":
		c.swedish()
	}
}

func (c *checker) swedish() {
	s := c.m.Seller
	v := s.VATNumber
	c.form("SE-R-001", "company.vat_number", v, !strings.HasPrefix(v, "SE") || len(v) == 14 && digits(v[2:]), "write the VAT number as SE and twelve digits")
	c.form("SE-R-013", "company.organisation_number", s.Legal.ID, s.Legal.ID == "" || len(s.Legal.ID) == 10 && digits(s.Legal.ID) && luhn(s.Legal.ID), "write the organisation number as its ten digits")
	c.form("SE-R-005", "company.tax_registration", s.TaxRegistration, s.TaxRegistration == "" || strings.EqualFold(s.TaxRegistration, "Godk\u00e4nd f\u00f6r F-skatt"), "write Godk\u00e4nd f\u00f6r F-skatt, or nothing")
	for _, g := range c.m.VAT {
		if g.Category == "S" && !slices.Contains([]string{"6", "12", "25"}, g.Rate.String()) {
			c.form("SE-R-006", "lines", g.Rate.String(), false, "choose a VAT rate of 6, 12 or 25 per cent")
		}
	}
}

// asked wants a value.
func (c *checker) asked(rule, field, value string) {
	if strings.TrimSpace(value) == "" {
		c.bad(Channel, field, rule, "einvoice.national.missing", "enter %s: e-invoices of the company's country ask for it", field)
	}
}

// form wants a value in its form.
func (c *checker) form(rule, field, value string, ok bool, mend string) {
	if !ok {
		c.bad(Channel, field, rule, "einvoice.national.form", "%s: it is %q", mend, value)
	}
}
