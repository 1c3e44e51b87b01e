package einvoice

import (
	"slices"
	"testing"

	"github.com/emne/emne/process"
)

// What the national rules of Peppol ask of sellers in Denmark and Germany.
func TestNations(t *testing.T) {
	ubl := func(s process.Snapshot) []value {
		_, b := written(t, modelOf(t, s))
		return flat(t, b)
	}
	danish := issued(process.KindInvoice, "DKK", twoLines("DKK")...)
	danish.Seller.Address.Country, danish.Payment = "DK", process.PaymentMeans{Code: "30", IBAN: "DK5000400440116243"}
	if got := all(ubl(danish), "PaymentMeans/PaymentMeansCode"); !slices.Equal(got, []string{"58"}) { // DK-R-005
		t.Errorf("a Danish credit transfer has the code %v", got)
	}
	german := issued(process.KindInvoice, "EUR", priced("EUR", "Gabe", "1", "C62", "100", "0", "O", "0"))
	german.Seller.Address.Country, german.Seller.ContactName = "DE", ""
	x := ubl(german)
	if got := all(x, "AccountingSupplierParty/Party/Contact/Name"); !slices.Equal(got, []string{german.Seller.Name}) { // DE-R-005
		t.Errorf("the contact point is %v", got)
	}
	if got := all(x, "TaxTotal/TaxSubtotal/TaxCategory/Percent"); !slices.Equal(got, []string{"0"}) { // DE-R-014
		t.Errorf("the rate of category O is %v", got)
	}
	if got := all(x, "InvoiceLine/Item/ClassifiedTaxCategory/Percent"); len(got) > 0 { // BR-O-05
		t.Errorf("a line of category O has the rate %v", got)
	}
}

// A number without a scheme has that of its country's register, where it is one
// of it; a deposit between Germans is a partial invoice, and has a place; and a
// Swedish giro says whose it is.
func TestFormOfNations(t *testing.T) {
	for _, c := range []struct{ number, country, want string }{
		{"974760673", "NO", "0192 974760673"}, {"974760674", "NO", " 974760674"}, {"732 829 320", "FR", "0002 732829320"}, {"732 829 320 00074", "FR", "0009 73282932000074"},
		{"732829321", "FR", " 732829321"}, {"BE 0202.239.951", "BE", "0208 0202239951"}, {"0202.239.951", "BE", "0208 0202239951"}, {"0737546-2", "FI", "0212 07375462"},
		{"0737546-3", "FI", " 0737546-3"}, {"27375186", "NL", "0106 27375186"}, {"HRB 86891", "DE", " HRB 86891"}, {"556703-7485", "SE", "0007 5567037485"},
	} {
		if got := registered("", c.number, c.country); got.Scheme+" "+got.ID != c.want {
			t.Errorf("%s in %s is %+v", c.number, c.country, got)
		}
	}
	deposit := domestic("DE")
	deposit.Deposit, deposit.SupplyDate = true, ""
	m := modelOf(t, deposit)
	if m.TypeCode != TypeDeposit || m.ublType() != TypePartial || m.Delivery.Address == nil || m.Delivery.Address.City != "Berlin" {
		t.Errorf("a German deposit is of type %s, delivered at %+v", m.TypeCode, m.Delivery)
	}
	if deposit.Buyer.Address.Country = "AT"; modelOf(t, deposit).ublType() != TypeDeposit {
		t.Error("a deposit across the border is none")
	}
	for account, want := range map[string]string{"5555-5551": "SE:BANKGIRO", "555-5551": "SE:BANKGIRO", "12 34 56-7": "SE:PLUSGIRO", "8327-9 123 456": "", "55555551": "", "-5551": ""} {
		s := domestic("SE")
		s.Payment = process.PaymentMeans{Account: account}
		if got := modelOf(t, s).Payment; got.BIC != want || got.Account != compact(account) {
			t.Errorf("account %s is %+v, want %s", account, got, want)
		}
	}
}
