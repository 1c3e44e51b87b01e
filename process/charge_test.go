package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// A line's charge is rounded like its discount, and both are of quantity × price.
// The sums were worked out by hand.
func TestLineCharges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	for name, c := range map[string]struct {
		currency, quantity, price, discount, charge, vat string
		withVAT                                          bool
		added, net, gross, rounding                      string
	}{
		"two percent":              {"NOK", "5", "400", "0", "2", `{"category":"S","rate":"25"}`, false, "40.00", "2040.00", "2550.00", "0.00"},
		"half an øre of a charge":  {"NOK", "1", "0.50", "0", "1", `{"category":"S","rate":"25"}`, false, "0.01", "0.51", "0.64", "0.00"}, // 0.005 up; 0.1275
		"a line taken back":        {"NOK", "-1", "0.50", "0", "1", `{"category":"S","rate":"25"}`, false, "-0.01", "-0.51", "-0.64", "0.00"},
		"beside a discount":        {"NOK", "1", "9.99", "33.333", "10", `{"category":"S","rate":"25"}`, false, "1.00", "7.66", "9.58", "0.00"}, // 3.33 off, 0.999 on; 1.915
		"all off but the charge":   {"NOK", "0.333", "1000", "100", "3", `{"category":"S","rate":"25"}`, false, "9.99", "9.99", "12.49", "0.00"},
		"reverse charge":           {"EUR", "10", "99.99", "5", "1.5", `{"category":"AE","rate":"0"}`, false, "15.00", "964.90", "964.90", "0.00"}, // 14.9985
		"whole yen":                {"JPY", "3", "333", "0", "0.05", `{"category":"S","rate":"10"}`, false, "0", "999", "1099", "0"},               // 0.4995
		"dinars of three decimals": {"KWD", "3", "0.3335", "0", "10", `{"category":"S","rate":"5"}`, false, "0.100", "1.101", "1.156", "0.000"},    // 1.0005 + 0.100; 0.05505
		"a price with VAT":         {"NOK", "3", "0.99", "0", "10", `{"category":"S","rate":"25"}`, true, "0.24", "2.62", "3.28", "-0.01"},         // 2.97 + 0.30 shown; 2.376 + 0.24; 0.655
	} {
		id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"currency":%q,"prices_include_vat":%t,"lines":[{"description":"x","quantity":%q,"unit_price":%q,"discount_percent":%q,"charge_percent":%q,"charge_reason":"Fuel","vat":%s}]}`,
			customer, c.currency, c.withVAT, c.quantity, c.price, c.discount, c.charge, c.vat))
		o := get(h, h.s.Orders(), id)
		l := o.Lines[0]
		if l.Charge.String() != c.added || o.Net.String() != c.net || o.Gross.String() != c.gross || o.Rounding.String() != c.rounding || l.ChargeReason != "Fuel" {
			t.Errorf("%s: charge %s, net %s, gross %s, rounding %s", name, l.Charge, o.Net, o.Gross, o.Rounding)
		}
	}
	h.verify()
}

// The charge goes from the opportunity to the quote, the order, its part
// invoices and what is credited of them.
func TestLineChargeGoesAllTheWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	opportunity := h.create(process.TypeOpportunity, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"Diesel","quantity":"10","unit_price":"100","charge_percent":"5","charge_reason":"Road fee"}]}`, h.customer()))
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q,"customer_reference":"PO 9"}`, opportunity))
	h.do(process.TypeQuote, "send", quote, "")
	order := created(t, h.do(process.TypeQuote, "accept", quote, `{"name":"Kari","customer_reference":" "}`), process.TypeOrder)
	o := get(h, h.s.Orders(), order)
	if o.Net.String() != "1050.00" || o.CustomerReference != "PO 9" {
		t.Fatalf("the order is over %s, its reference %q", o.Net, o.CustomerReference)
	}
	invoice, err := h.fulfil(order, o.Lines[0].ID, "3")
	h.check(err)
	h.do(process.TypeInvoice, "issue", invoice, "")
	i := get(h, h.s.Invoices(), invoice)
	if i.Net.String() != "315.00" || i.Lines[0].Charge.String() != "15.00" || i.Lines[0].ChargeReason != "Road fee" {
		t.Errorf("the invoice has %+v", i.Lines[0])
	}
	h.credit(invoice, fmt.Sprintf(`{"reason":"spilt","lines":[{"id":%q,"quantity":"1"}]}`, i.Lines[0].ID))
	if n := list(h, h.s.CreditNotes(), map[string]string{"invoice": invoice})[0]; n.Net.String() != "105.00" || n.Lines[0].Charge.String() != "5.00" {
		t.Errorf("the credit note has %+v", n.Lines[0])
	}
	h.verify()
}
