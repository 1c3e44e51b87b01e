package einvoice

import (
	"slices"
	"strings"

	"github.com/emne/emne/process"
)

// national checks what Peppol asks of sellers in Denmark, France, Germany, Greece,
// Iceland, Italy, the Netherlands and Sweden (DK-R, BR-FR, DE-R, GR-R, IS-R, IT-R, NL-R,
// SE-R) beyond what the model brings into form by itself. Germany's hold between
// German parties, as do DK-R-005 and -017; cards, direct debits, giro slips and
// item classes, of which the others speak, are not in the model.
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
		skonto := slices.ContainsFunc(strings.Split(c.m.PaymentTerms, "\n"), func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "#") })
		c.form("DE-R-018", "payment_terms", c.m.PaymentTerms, !skonto, "begin no line of the payment terms with #, which stands for a cash discount")
	case s.Address.Country == "DK":
		c.asked("DK-R-002", "company.organisation_number", s.Legal.ID)
		c.form("DK-R-014", "company.organisation_scheme", s.Legal.Scheme, s.Legal.ID == "" || s.Legal.Scheme == "0184", "write 0184, the scheme of the CVR register")
		c.form("DK-R-005", "company.iban", c.m.Payment.Account, !home || c.m.CreditNote() || c.m.Payment.Code == "" || c.m.Payment.Code == "58", "enter the IBAN: a Danish e-invoice has no account without one")
		c.form("DK-R-017", "customer.organisation_number", b.Legal.ID, !home || b.Legal.ID == "" || b.Legal.Scheme == "0184", "write the CVR number: eight digits")
	case s.Address.Country == "SE":
		c.swedish()
	case s.Address.Country == "NL":
		c.dutch(home)
	case s.Address.Country == "IT":
		n := len(s.TaxRegistration)
		c.form("IT-R-001", "company.tax_registration", s.TaxRegistration, n == 0 || n >= 11 && n <= 16 && !strings.ContainsFunc(s.TaxRegistration, notCode), "write the codice fiscale as its 11 to 16 letters and digits")
		c.address("company", s.Address, "IT-R-002", "IT-R-003", "IT-R-004")
	case s.Address.Country == "IS":
		c.form("IS-R-002", "company.organisation_number", s.Legal.ID, s.Legal.Scheme == "0196" && s.Legal.ID != "", "write the kennitala, ten digits, with the scheme 0196")
		c.address("company", s.Address, "IS-R-003", "", "IS-R-003")
		if home {
			c.form("IS-R-004", "customer.organisation_number", b.Legal.ID, b.Legal.Scheme == "0196", "write the kennitala: ten digits")
			c.address("customer", b.Address, "IS-R-005", "", "IS-R-005")
		}
	case s.Address.Country == "FR":
		c.form("BR-FR-10", "company.organisation_number", s.Legal.ID, s.Legal.Scheme == "0002" && s.Legal.ID != "", "write the SIREN: nine digits")
	case s.Address.Country == "GR":
		c.bad(Channel, "company.address.country", "GR-R-004-1", "einvoice.greece", "send the PDF only: a Greek e-invoice carries the MARK of the tax authority, which emne cannot get")
	}
}

func notCode(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }

// address asks for street, city and postcode, each by its rule.
func (c *checker) address(whose string, a process.Address, street, city, postcode string) {
	for _, part := range []struct{ rule, field, value string }{{street, "street", a.Street}, {city, "city", a.City}, {postcode, "postcode", a.Postcode}} {
		if part.rule != "" {
			c.asked(part.rule, whose+".address."+part.field, part.value)
		}
	}
}

func (c *checker) dutch(home bool) {
	s, b := c.m.Seller, c.m.Buyer
	kvk := func(i Identifier) bool { return i.ID == "" || i.Scheme == "0106" || i.Scheme == "0190" }
	c.address("company", s.Address, "NL-R-002", "NL-R-002", "NL-R-002")
	c.form("NL-R-003", "company.organisation_scheme", s.Legal.Scheme, kvk(s.Legal), "write 0106, the scheme of the KVK, or 0190, that of the OIN")
	if !c.m.CreditNote() && c.m.Totals.Payable.Minor > 0 {
		c.asked("NL-R-007", "company.iban", c.m.Payment.Code)
	}
	if home {
		c.address("customer", b.Address, "NL-R-004", "NL-R-004", "NL-R-004")
		c.form("NL-R-005", "customer.organisation_number", b.Legal.ID, kvk(b.Legal), "write the KVK number: eight digits")
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
