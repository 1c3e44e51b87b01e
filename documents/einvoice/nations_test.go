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
