package einvoice

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// domestic is an invoice of a company in a country to a business there.
func domestic(country string) process.Snapshot {
	seller := map[string]process.Party{
		"DE": {Name: "Tischlerei Berg GmbH", OrganisationNumber: "HRB 86891", VATNumber: "DE136695976", Address: process.Address{Street: "Weg 1", Postcode: "10115", City: "Berlin", Country: "DE"},
			Endpoint: process.Endpoint{Scheme: "9930", ID: "DE136695976"}, ContactName: "Uwe Berg", Phone: "+49 30 123456", Email: "post@berg.example"},
		"DK": {Name: "Bakken ApS", OrganisationNumber: "10150817", OrganisationScheme: "0184", VATNumber: "DK10150817", Address: process.Address{Street: "Vej 1", Postcode: "1000", City: "Aarhus", Country: "DK"},
			Endpoint: process.Endpoint{Scheme: "0184", ID: "10150817"}},
		"SE": {Name: "Skogens Snickeri AB", OrganisationNumber: "556703-7485", OrganisationScheme: "0007", VATNumber: "SE556703748501", TaxRegistration: "Godkänd för F-skatt",
			Address: process.Address{Street: "Gatan 1", Postcode: "111 22", City: "Stockholm", Country: "SE"}, Endpoint: process.Endpoint{Scheme: "0007", ID: "5567037485"}},
		"GB": {Name: "Hill Joinery Ltd", OrganisationNumber: "01234567", VATNumber: "GB123456789", Address: process.Address{Street: "Road 1", Postcode: "EC1A 1BB", City: "London", Country: "GB"},
			Endpoint: process.Endpoint{Scheme: "9932", ID: "GB123456789"}},
	}[country]
	currency := map[string]string{"DE": "EUR", "DK": "DKK", "SE": "SEK", "GB": "GBP"}[country]
	s := issued(process.KindInvoice, currency, priced(currency, "Work", "2", "HUR", "100", "0", "S", map[string]string{"DE": "19", "DK": "25", "SE": "25", "GB": "20"}[country]))
	s.Seller, s.Buyer = seller, seller
	s.Buyer.Name, s.Buyer.TaxRegistration = "Buyer", ""
	s.Payment = map[string]process.PaymentMeans{"DE": {Code: "58", IBAN: "DE75512108001245126199"}, "DK": {Code: "30", IBAN: "DK5000400440116243"},
		"SE": {Code: "30", Account: "5555-5551"}, "GB": {Code: "30", Account: "20-00-00 55779911"}}[country]
	return s
}

// TestNational breaks each national rule by itself; the field is what to mend.
func TestNational(t *testing.T) {
	for _, c := range []struct {
		country, want string // rule and field
		change        func(*process.Snapshot)
	}{
		{"DE", "", func(*process.Snapshot) {}},
		{"DK", "", func(*process.Snapshot) {}},
		{"SE", "", func(*process.Snapshot) {}},
		{"GB", "", func(*process.Snapshot) {}},
		{"DE", "DE-R-001 company.iban", func(s *process.Snapshot) { s.Payment = process.PaymentMeans{} }},
		{"DE", "DE-R-003 company.address.city", func(s *process.Snapshot) { s.Seller.Address.City = "" }},
		{"DE", "DE-R-004 company.address.postcode", func(s *process.Snapshot) { s.Seller.Address.Postcode = "" }},
		{"DE", "DE-R-006 company.phone", func(s *process.Snapshot) { s.Seller.Phone = "" }},
		{"DE", "DE-R-007 company.email", func(s *process.Snapshot) { s.Seller.Email = "" }},
		{"DE", "DE-R-008 customer.address.city", func(s *process.Snapshot) { s.Buyer.Address.City = "" }},
		{"DE", "DE-R-009 customer.address.postcode", func(s *process.Snapshot) { s.Buyer.Address.Postcode = " " }},
		{"DE", "DE-R-010 delivery_address.city", func(s *process.Snapshot) { s.DeliveryAddress = &process.Address{Postcode: "1", Country: "DE"} }},
		{"DE", "DE-R-011 delivery_address.postcode", func(s *process.Snapshot) { s.DeliveryAddress = &process.Address{City: "Ulm", Country: "DE"} }},
		{"DE", "", func(s *process.Snapshot) { s.Seller.Phone, s.Buyer.Address.Country = "", "AT" }},
		{"DK", "DK-R-002 company.organisation_number", func(s *process.Snapshot) { s.Seller.OrganisationNumber = "" }},
		{"DK", "DK-R-014 company.organisation_scheme", func(s *process.Snapshot) { s.Seller.OrganisationScheme = "" }},
		{"DK", "DK-R-005 company.iban", func(s *process.Snapshot) { s.Payment = process.PaymentMeans{Code: "30", Account: "1234 5678901"} }},
		{"SE", "SE-R-001 company.vat_number", func(s *process.Snapshot) { s.Seller.VATNumber = "SE5567037485" }},
		{"SE", "SE-R-013 company.organisation_number", func(s *process.Snapshot) { s.Seller.OrganisationNumber, s.Seller.OrganisationScheme = "5567037486", "" }},
		{"SE", "SE-R-005 company.tax_registration", func(s *process.Snapshot) { s.Seller.TaxRegistration = "Yes" }},
		{"SE", "SE-R-006 lines", func(s *process.Snapshot) {
			s.Lines = []process.Line{priced("SEK", "Work", "1", "C62", "100", "0", "S", "24")}
			s.Totals = process.Total(s.Lines, "SEK")
			s.Payable = s.Gross
		}},
	} {
		s := domestic(c.country)
		c.change(&s)
		var got []string
		for _, p := range Check(modelOf(t, s)) {
			got = append(got, p.Rule+" "+p.Field)
			if p.Channel != Channel {
				t.Errorf("%s stands in the way of the law", p.Rule)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.country, got, c.want)
		}
	}
}
