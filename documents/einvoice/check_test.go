package einvoice

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   process.DocumentKind
		change func(*process.Snapshot)
		want   string // channel, field and rule of each problem
	}{
		{"invoice", process.KindInvoice, func(*process.Snapshot) {}, ""},
		{"credit note", process.KindCreditNote, func(*process.Snapshot) {}, ""},
		{"buyer's endpoint", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Endpoint = process.Endpoint{} }, "peppol customer.e_invoice_address PEPPOL-EN16931-R010"},
		{"seller's endpoint", process.KindInvoice, func(s *process.Snapshot) { s.Seller.Endpoint.ID = "" }, "peppol company.e_invoice_address PEPPOL-EN16931-R020"},
		{"scheme of endpoint", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Endpoint = process.Endpoint{Scheme: "EM", ID: "a@b.example"} }, "peppol customer.e_invoice_address.scheme PEPPOL-EN16931-CL008"},
		{"endpoint without scheme", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Endpoint.Scheme = "" }, "peppol customer.e_invoice_address.scheme PEPPOL-EN16931-CL008"},
		{"no reference", process.KindInvoice, func(s *process.Snapshot) { s.BuyerReference, s.CustomerReference = " ", "" }, "peppol buyer_reference PEPPOL-EN16931-R003"},
		{"German order without reference", process.KindInvoice, func(s *process.Snapshot) {
			s.BuyerReference, s.Seller.Address.Country, s.Seller.VATNumber, s.Buyer = "", "DE", "DE136695976", germanBuyer()
		}, "peppol buyer_reference DE-R-015"},
		{"order for reference", process.KindInvoice, func(s *process.Snapshot) { s.BuyerReference = "" }, ""},
		{"reference for order", process.KindInvoice, func(s *process.Snapshot) { s.CustomerReference = "" }, ""},
		{"check digit", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.OrganisationNumber = "987654326" }, "peppol customer.organisation_number PEPPOL-COMMON-R041"},
		{"check digit of endpoint", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Endpoint.ID = "98765432" }, "peppol customer.e_invoice_address PEPPOL-COMMON-R041"},
		{"scheme of register", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.OrganisationScheme = "9930" }, "peppol customer.organisation_scheme BR-CL-11"},
		{"register without scheme", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.OrganisationScheme, s.Buyer.OrganisationNumber = "", "HRB 1" }, ""},
		{"Norwegian VAT number", process.KindInvoice, func(s *process.Snapshot) { s.Seller.VATNumber = "NO974760674MVA" }, "peppol company.vat_number NO-R-001"},
		{"Norwegian VAT number of other length", process.KindInvoice, func(s *process.Snapshot) { s.Seller.VATNumber = "NO97476067MVA" }, "peppol company.vat_number NO-R-001"},
		{"VAT number as people write it", process.KindInvoice, func(s *process.Snapshot) { s.Seller.VATNumber = "974 760 673 mva" }, ""},
		{"limited company", process.KindInvoice, func(s *process.Snapshot) { s.Seller.TaxRegistration = "" }, "peppol company.tax_registration NO-R-002"},
		{"sole trader", process.KindInvoice, func(s *process.Snapshot) { s.Seller.TaxRegistration, s.Seller.Name = "", "Fjellheim Snekkeri" }, ""},
		{"limited company elsewhere", process.KindInvoice, func(s *process.Snapshot) {
			s.Seller.TaxRegistration, s.Seller.Name, s.Seller.Address.Country, s.Seller.VATNumber = "", "Nord A/S", "DK", "12345678"
			s.Seller.OrganisationNumber, s.Seller.OrganisationScheme = "10150817", "0184"
		}, ""},
		{"country", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Address.Country, s.Buyer.VATNumber = "UK", "" }, " customer.address.country BR-CL-14"},
		{"country of delivery", process.KindInvoice, func(s *process.Snapshot) { s.DeliveryAddress = &process.Address{City: "Gol", Country: "XX"} }, " delivery_address.country BR-CL-14"},
		{"delivery without country", process.KindInvoice, func(s *process.Snapshot) { s.DeliveryAddress = &process.Address{City: "Gol"} }, " delivery_address.country BR-57"},
		{"VAT number of no country", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.VATNumber = "QQ12345" }, " customer.vat_number BR-CO-09"},
		{"VAT number without country", process.KindInvoice, func(s *process.Snapshot) { s.Buyer = germanBuyer() }, ""},
		{"Greek VAT number", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.VATNumber, s.Buyer.Address.Country = "123456789", "GR" }, ""},
		{"outside of VAT without another number", process.KindInvoice, func(s *process.Snapshot) {
			s.Lines = []process.Line{priced("NOK", "Gave", "1", "C62", "100", "0", "O", "0")}
			s.Totals, s.Seller.OrganisationNumber = process.Total(s.Lines, "NOK"), ""
		}, " company.organisation_number BR-CO-26"},
		{"no currency", process.KindInvoice, func(s *process.Snapshot) { inCurrency(s, "QQQ") }, " currency BR-CL-04"},
		{"old currency", process.KindInvoice, func(s *process.Snapshot) { inCurrency(s, "DEM") }, " currency BR-CL-04"},
		{"scheme that is no register", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.OrganisationScheme, s.Buyer.OrganisationNumber = "0999", "1" }, "peppol customer.organisation_scheme BR-CL-11"},
		{"scheme that Peppol has given up", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Endpoint = process.Endpoint{Scheme: "0037", ID: "003712345"} }, "peppol customer.e_invoice_address.scheme PEPPOL-EN16931-CL008"},
		{"new currency", process.KindInvoice, func(s *process.Snapshot) { inCurrency(s, "ZWG") }, ""},
		{"three decimals", process.KindInvoice, func(s *process.Snapshot) { inCurrency(s, "KWD") }, "peppol currency BR-DEC-14"},
		{"whole yen", process.KindInvoice, func(s *process.Snapshot) {
			inCurrency(s, "JPY", priced("JPY", "Side", "2", "C62", "4500.5", "10", "G", "0"))
		},
			"peppol lines[0].discount_percent PEPPOL-EN16931-R040"},
		{"half a yen", process.KindInvoice, func(s *process.Snapshot) {
			inCurrency(s, "JPY", priced("JPY", "Side", "1.5", "C62", "101", "0", "G", "0"))
		},
			"peppol lines[0].net PEPPOL-EN16931-R120"},
		{"VAT of two signs", process.KindInvoice, func(s *process.Snapshot) {
			s.TaxCurrency, s.TaxTotal = "EUR", &process.Money{Minor: -5, Currency: "EUR"}
		}, "peppol tax_total PEPPOL-EN16931-R055"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := issued(c.kind, "NOK", twoLines("NOK")...)
			c.change(&s)
			var got []string
			for _, p := range Check(modelOf(t, s)) {
				got = append(got, p.Channel+" "+p.Field+" "+p.Rule)
				if p.Message == "" || p.Reason == "" {
					t.Errorf("problem %+v says nothing", p)
				}
			}
			if g := strings.Join(got, "; "); g != c.want {
				t.Errorf("problems %q, want %q", g, c.want)
			}
		})
	}
}

func inCurrency(s *process.Snapshot, currency string, lines ...process.Line) {
	if len(lines) == 0 {
		lines = twoLines(currency)
	}
	s.Currency, s.Lines, s.Totals = currency, lines, process.Total(lines, currency)
	zero := process.Money{Currency: currency}
	s.Prepaid, s.Rounding, s.Payable = zero, zero, s.Gross
}

func TestStandard(t *testing.T) {
	s := issued(process.KindInvoice, "NOK", twoLines("NOK")...)
	s.Buyer.Endpoint, s.Buyer.Address.Country = process.Endpoint{}, "UK"
	ps := Check(modelOf(t, s))
	if got := Standard(ps); len(ps) != 2 || len(got) != 1 || got[0].Rule != "BR-CL-14" {
		t.Errorf("of %v the standard minds %v", ps, got)
	}
}

func TestCheckDigits(t *testing.T) {
	for _, c := range []struct {
		scheme, id string
		want       bool
	}{
		{"0192", "974760673", true}, {"0192", "987654325", true}, {"0192", "974760674", false}, {"0192", "000000000", false}, {"0192", "97476067", false}, {"0192", "97476067X", false},
		{"0088", "7300010000001", true}, {"0088", "7300010000002", false}, {"0088", "", false}, {"0088", "73000100000A1", false},
		{"0007", "5567037485", true}, {"0007", "5567037486", false}, {"0007", "556703748", false},
		{"0184", "DK12345678", true}, {"0184", "12345678", true}, {"0184", "1234567", false},
		{"0208", "0202239951", true}, {"0208", "0202239952", false}, {"0208", "202239951", false},
		{"0151", "51824753556", true}, {"0151", "51824753557", false},
		{"9930", "anything", true},
		{"0096", "1234567890", true}, {"0096", "123456789", false}, {"0198", "DK12345678", true}, {"0198", "1234567890", false}, {"0190", "12345678901234567890", true}, {"0190", "1", false},
		{"9944", "NL123456789B01", true}, {"9944", "NL123456789C01", false}, {"0217", "123456789012", true}, {"0217", "12345678901", false}, {"0106", "12345678", true}, {"0106", "1234567", false},
	} {
		if _, got := wellFormed(Identifier{c.scheme, c.id}); got != c.want {
			t.Errorf("%s %s: %v", c.scheme, c.id, got)
		}
	}
}

func TestVATNumber(t *testing.T) {
	for _, c := range []struct{ number, country, want string }{
		{"974760673", "NO", "NO974760673MVA"}, {"NO 974 760 673 MVA", "NO", "NO974760673MVA"}, {"974760673MVA", "", "NO974760673MVA"}, {"no974760673mva", "SE", "NO974760673MVA"},
		{"de 136.695.976", "DE", "DE136695976"}, {"136695976", "DE", "DE136695976"}, {"123456789", "GR", "EL123456789"}, {"EL123456789", "GR", "EL123456789"},
		{"B12345678", "ES", "ESB12345678"}, {"", "NO", ""}, {" ", "NO", ""}, {"NO97476067", "NO", "NO97476067"},
	} {
		if got := vatNumber(c.number, c.country); got != c.want {
			t.Errorf("%q of %s: %q, want %q", c.number, c.country, got, c.want)
		}
	}
}
