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
		"NL": {Name: "Molen BV", OrganisationNumber: "27375186", VATNumber: "NL123456789B01", Address: process.Address{Street: "Laan 1", Postcode: "1011 AB", City: "Amsterdam", Country: "NL"},
			Endpoint: process.Endpoint{Scheme: "0106", ID: "27375186"}},
		"BE": {Name: "Molen NV", OrganisationNumber: "0202.239.951", VATNumber: "BE0202239951", Address: process.Address{Street: "Laan 1", Postcode: "1000", City: "Brussel", Country: "BE"},
			Endpoint: process.Endpoint{Scheme: "0208", ID: "0202239951"}},
		"FR": {Name: "Menuiserie Dupont SARL", OrganisationNumber: "732 829 320", VATNumber: "FR44732829320", Address: process.Address{Street: "12 rue du Lac", Postcode: "74000", City: "Annecy", Country: "FR"},
			Endpoint: process.Endpoint{Scheme: "0225", ID: "732829320"}},
		"IT": {Name: "Legno Srl", OrganisationNumber: "RM-1", VATNumber: "IT12345678903", TaxRegistration: "12345678903", Address: process.Address{Street: "Via 1", Postcode: "00100", City: "Roma", Country: "IT"},
			Endpoint: process.Endpoint{Scheme: "0211", ID: "IT12345678903"}},
		"IS": {Name: "Tré ehf.", OrganisationNumber: "590269-7199", VATNumber: "IS12345", Address: process.Address{Street: "Gata 1", Postcode: "101", City: "Reykjavík", Country: "IS"},
			Endpoint: process.Endpoint{Scheme: "0196", ID: "5902697199"}},
		"GR": {Name: "Xylo AE", OrganisationNumber: "094014201", VATNumber: "EL094014201", Address: process.Address{Street: "Ermou 1", Postcode: "105 63", City: "Athina", Country: "GR"},
			Endpoint: process.Endpoint{Scheme: "9933", ID: "EL094014201"}},
		"FI": {Name: "Puu Oy", OrganisationNumber: "0737546-2", VATNumber: "FI07375462", Address: process.Address{Street: "Katu 1", Postcode: "00100", City: "Helsinki", Country: "FI"},
			Endpoint: process.Endpoint{Scheme: "0216", ID: "003707375462"}},
	}[country]
	currency, known := map[string]string{"DK": "DKK", "SE": "SEK", "GB": "GBP", "IS": "ISK"}[country]
	if !known {
		currency = "EUR"
	}
	s := issued(process.KindInvoice, currency, priced(currency, "Work", "2", "HUR", "100", "0", "S", map[string]string{"DE": "19", "DK": "25", "SE": "25", "GB": "20", "NL": "21", "BE": "21", "FR": "20", "IT": "22", "IS": "24", "GR": "24", "FI": "25.5"}[country]))
	s.Seller, s.Buyer = seller, seller
	s.Buyer.Name, s.Buyer.TaxRegistration = "Buyer", ""
	s.Payment = map[string]process.PaymentMeans{"DE": {Code: "58", IBAN: "DE75512108001245126199"}, "DK": {Code: "30", IBAN: "DK5000400440116243"},
		"SE": {Code: "30", Account: "5555-5551"}, "GB": {Code: "30", Account: "20-00-00 55779911"}, "NL": {Code: "58", IBAN: "NL91ABNA0417164300"}}[country]
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
		{"DK", "DK-R-014 company.organisation_scheme", func(s *process.Snapshot) { s.Seller.OrganisationScheme = "0199" }},
		{"DK", "DK-R-017 customer.organisation_number", func(s *process.Snapshot) { s.Buyer.OrganisationNumber, s.Buyer.OrganisationScheme = "1015081", "" }},
		{"DK", "", func(s *process.Snapshot) { s.Buyer.OrganisationNumber, s.Buyer.OrganisationScheme = "10 15 08 17", "" }},
		{"DE", "DE-R-018 payment_terms", func(s *process.Snapshot) { s.PaymentTerms = "Zahlbar sofort\n #SKONTO#TAGE=14#PROZENT=2.00#" }},
		{"DE", "", func(s *process.Snapshot) { s.PaymentTerms = "Bestellung #12" }},
		{"NL", "", func(*process.Snapshot) {}},
		{"BE", "", func(*process.Snapshot) {}},
		{"FR", "", func(*process.Snapshot) {}},
		{"FI", "", func(*process.Snapshot) {}},
		{"IT", "", func(*process.Snapshot) {}},
		{"IS", "", func(*process.Snapshot) {}},
		{"NL", "NL-R-002 company.address.street", func(s *process.Snapshot) { s.Seller.Address.Street = "" }},
		{"NL", "NL-R-003 company.organisation_scheme", func(s *process.Snapshot) { s.Seller.OrganisationNumber = "2737518" }},
		{"NL", "NL-R-004 customer.address.postcode", func(s *process.Snapshot) { s.Buyer.Address.Postcode = "" }},
		{"NL", "NL-R-005 customer.organisation_number", func(s *process.Snapshot) { s.Buyer.OrganisationNumber = "2737518" }},
		{"NL", "NL-R-007 company.iban", func(s *process.Snapshot) { s.Payment = process.PaymentMeans{} }},
		{"NL", "", func(s *process.Snapshot) { s.Buyer.Address.Postcode, s.Buyer.Address.Country = "", "BE" }},
		{"IT", "IT-R-001 company.tax_registration", func(s *process.Snapshot) { s.Seller.TaxRegistration = "RF 01" }},
		{"IT", "IT-R-002 company.address.street", func(s *process.Snapshot) { s.Seller.Address.Street = "" }},
		{"IT", "IT-R-003 company.address.city", func(s *process.Snapshot) { s.Seller.Address.City = "" }},
		{"IT", "IT-R-004 company.address.postcode", func(s *process.Snapshot) { s.Seller.Address.Postcode = "" }},
		{"IS", "IS-R-002 company.organisation_number", func(s *process.Snapshot) { s.Seller.OrganisationNumber = "590269719" }},
		{"IS", "IS-R-003 company.address.postcode", func(s *process.Snapshot) { s.Seller.Address.Postcode = "" }},
		{"IS", "IS-R-004 customer.organisation_number", func(s *process.Snapshot) { s.Buyer.OrganisationNumber = "" }},
		{"IS", "IS-R-005 customer.address.street", func(s *process.Snapshot) { s.Buyer.Address.Street = "" }},
		{"FR", "BR-FR-10 company.organisation_number", func(s *process.Snapshot) { s.Seller.OrganisationNumber = "732 829 320 00074" }},
		{"GR", "GR-R-004-1 company.address.country", func(*process.Snapshot) {}},
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
