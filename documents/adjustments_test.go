package documents

import (
	"bytes"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// A discount and a freight charge stand in both formats with category, reason
// and sums (BG-20, BG-21, BT-107, BT-108), and the check wants them exact.
func TestAdjustmentsInTheEInvoice(t *testing.T) {
	t.Parallel()
	d := decimal.RequireFromString
	doc, _ := newDocuments(t)
	s := complete(process.KindInvoice)
	s.Number = "10042"
	vat := s.Lines[0].VAT
	base := process.Money{Minor: s.Net.Minor, Currency: "NOK"}
	off := process.RoundMoney(base.Decimal().Mul(d("10")).Shift(-2), "NOK")
	freight := process.Money{Minor: 8000, Currency: "NOK"}
	s.Adjustments = []process.Adjustment{
		{ID: "1", Percent: d("10"), Amount: off, Shares: []process.Share{{VAT: vat, Base: base, Amount: off}}},
		{ID: "2", Charge: true, Reason: "Frakt", Amount: freight, Shares: []process.Share{{VAT: vat, Base: base, Amount: freight}}},
	}
	s.Totals = process.Total(s.Lines, "NOK", s.Adjustments...)
	s.Payable = s.Totals.Payable()
	for _, p := range doc.Check(s) {
		if p.Channel == "" {
			t.Errorf("the check finds %+v", p)
		}
	}
	for format, wants := range map[string][]string{
		process.FormatCII: {"<ram:ChargeTotalAmount>80.00<", "<ram:AllowanceTotalAmount>" + off.String() + "<", "<ram:CalculationPercent>10<",
			"<ram:Reason>Frakt<", "<ram:ReasonCode>95<", "<ram:LineTotalAmount>" + base.String() + "<"},
		process.FormatUBL: {`<cbc:ChargeTotalAmount currencyID="NOK">80.00<`, `<cbc:AllowanceTotalAmount currencyID="NOK">` + off.String() + "<",
			"<cbc:MultiplierFactorNumeric>10<", "<cbc:AllowanceChargeReason>Frakt<"},
	} {
		b, problems, err := doc.XML(s, format)
		if err != nil {
			t.Fatal(err)
		}
		if format == process.FormatUBL && len(problems) > 0 {
			t.Logf("UBL is refused by %+v", problems)
			continue
		}
		for _, want := range wants {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s lacks %s in %s", format, want, b)
			}
		}
	}
	wrong := s
	wrong.Adjustments = append([]process.Adjustment{}, s.Adjustments...)
	wrong.Adjustments[0].Amount.Minor++
	found := false
	for _, p := range doc.Check(wrong) {
		found = found || p.Rule == "BR-CO-11"
	}
	if !found {
		t.Error("shares that do not sum to their discount pass")
	}
}

// A foreign currency asks for the rate (BR-53), and headings are no lines of an
// e-invoice.
func TestExchangeAndHeadings(t *testing.T) {
	t.Parallel()
	doc, _ := newDocuments(t)
	s := complete(process.KindInvoice)
	s.Number = "10042"
	s.TaxCurrency = "EUR"
	found := false
	for _, p := range doc.Check(s) {
		found = found || p.Reason == "exchange.missing"
	}
	if !found {
		t.Error("an invoice without a rate passes")
	}
	s = complete(process.KindInvoice)
	s.Number = "10042"
	s.Lines = append([]process.Line{{ID: "h", Kind: process.LineSection, Description: "Materialer"}}, s.Lines...)
	b, _, err := doc.XML(s, process.FormatCII)
	if err != nil || strings.Contains(string(b), "Materialer") {
		t.Errorf("the heading is a line of the e-invoice, or %v", err)
	}
	if _, err := doc.Render(s); err != nil {
		t.Error(err)
	}
}
