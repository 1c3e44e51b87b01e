package einvoice

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// anySnapshot draws an issued document with sums as the process makes them.
func anySnapshot(t *rapid.T) process.Snapshot {
	currency := rapid.SampledFrom([]string{"NOK", "EUR", "JPY", "ISK", "SEK"}).Draw(t, "currency")
	var lines []process.Line
	for range rapid.IntRange(1, 8).Draw(t, "lines") {
		vat := process.VAT{Category: rapid.SampledFrom([]string{"S", "S", "Z", "E", "AE"}).Draw(t, "category")}
		if vat.Category == "S" {
			vat.Rate = decimal.New(rapid.Int64Range(1, 3000).Draw(t, "rate"), -2)
		}
		quantity := decimal.New(rapid.Int64Range(-1e6, 1e7).Draw(t, "quantity"), -rapid.Int32Range(0, 6).Draw(t, "quantity's decimals"))
		price := decimal.New(rapid.Int64Range(0, 1e8).Draw(t, "price"), -rapid.Int32Range(0, 8).Draw(t, "price's decimals"))
		lines = append(lines, process.Line{Description: "Vare", Unit: "C62", Quantity: quantity, UnitPrice: price,
			DiscountPercent: decimal.New(rapid.Int64Range(0, 10000).Draw(t, "discount"), -2), VAT: vat,
			ChargePercent: decimal.New(max(0, rapid.Int64Range(-5000, 5000).Draw(t, "charge")), -2), ChargeReason: "Frakt"}.Price(currency))
	}
	s := issued(rapid.SampledFrom([]process.DocumentKind{process.KindInvoice, process.KindCreditNote}).Draw(t, "kind"), currency, lines...)
	s.Prepaid.Minor = rapid.Int64Range(0, 1e6).Draw(t, "prepaid")
	s.Rounding.Minor = rapid.Int64Range(-9, 9).Draw(t, "rounding")
	s.Payable = s.Gross.Sub(s.Prepaid).Add(s.Rounding)
	if rapid.Bool().Draw(t, "foreign") && currency != "NOK" {
		s.TaxCurrency, s.TaxTotal = "NOK", &process.Money{Minor: rapid.Int64().Draw(t, "tax"), Currency: "NOK"}
	}
	return s
}

// TestBothFormatsSayTheSame reads both formats back: every amount, quantity,
// price and rate is, in all its digits, what the snapshot has.
func TestBothFormatsSayTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anySnapshot(rt)
		cii, ubl := written(t, modelOf(t, s))
		want := figures(s)
		if got := ciiFigures(flat(t, cii)); !slices.Equal(got, want) {
			rt.Fatalf("CII says\n%s\nthe document\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if got := ublFigures(flat(t, ubl)); !slices.Equal(got, want) {
			rt.Fatalf("UBL says\n%s\nthe document\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// figures are all numbers of a document, named, as texts.
func figures(s process.Snapshot) []string {
	var out []string
	say := func(name string, values ...string) { out = append(out, name+" "+strings.Join(values, " ")) }
	var quantities, prices, nets, rates, allowances, percents, bases, taxes, groups []string
	for _, l := range s.Lines {
		quantities, prices, nets, rates = append(quantities, l.Quantity.String()), append(prices, l.UnitPrice.String()), append(nets, l.Net.String()), append(rates, l.VAT.Rate.String())
		if !l.Allowance.IsZero() {
			allowances, percents = append(allowances, l.Allowance.String()), append(percents, l.DiscountPercent.String())
		}
		if !l.Charge.IsZero() {
			allowances, percents = append(allowances, l.Charge.String()), append(percents, l.ChargePercent.String())
		}
	}
	for _, g := range s.VATGroups {
		bases, taxes, groups = append(bases, g.Base.String()), append(taxes, g.VAT.String()), append(groups, g.Rate.String())
	}
	say("quantity", quantities...)
	say("price", prices...)
	say("net of line", nets...)
	say("rate of line", rates...)
	say("allowance", allowances...)
	say("percent", percents...)
	say("base", bases...)
	say("tax", taxes...)
	say("rate", groups...)
	say("net", s.Net.String())
	if s.TaxTotal != nil {
		say("vat", s.VAT.String(), s.TaxTotal.String())
	} else {
		say("vat", s.VAT.String())
	}
	say("gross", s.Gross.String())
	say("prepaid", nonzero(s.Prepaid)...)
	say("rounding", nonzero(s.Rounding)...)
	say("payable", s.Payable.String())
	return out
}

func nonzero(m process.Money) []string {
	if m.IsZero() {
		return nil
	}
	return []string{m.String()}
}

func read(vs []value, names [][2]string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n[0]+" "+strings.Join(all(vs, n[1]), " "))
	}
	return out
}

func ciiFigures(vs []value) []string {
	const line, head = "SpecifiedLineTradeSettlement/", "ApplicableHeaderTradeSettlement/"
	const sum = head + "SpecifiedTradeSettlementHeaderMonetarySummation/"
	return read(vs, [][2]string{
		{"quantity", "BilledQuantity"}, {"price", "NetPriceProductTradePrice/ChargeAmount"}, {"net of line", "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"},
		{"rate of line", line + "ApplicableTradeTax/RateApplicablePercent"}, {"allowance", line + "SpecifiedTradeAllowanceCharge/ActualAmount"}, {"percent", line + "SpecifiedTradeAllowanceCharge/CalculationPercent"},
		{"base", head + "ApplicableTradeTax/BasisAmount"}, {"tax", head + "ApplicableTradeTax/CalculatedAmount"}, {"rate", head + "ApplicableTradeTax/RateApplicablePercent"},
		{"net", sum + "TaxBasisTotalAmount"}, {"vat", sum + "TaxTotalAmount"}, {"gross", sum + "GrandTotalAmount"}, {"prepaid", sum + "TotalPrepaidAmount"},
		{"rounding", sum + "RoundingAmount"}, {"payable", sum + "DuePayableAmount"},
	})
}

func ublFigures(vs []value) []string {
	line, quantity := "InvoiceLine/", "InvoicedQuantity"
	if len(all(vs, "CreditNoteTypeCode")) > 0 {
		line, quantity = "CreditNoteLine/", "CreditedQuantity"
	}
	const sum = "LegalMonetaryTotal/"
	return read(vs, [][2]string{
		{"quantity", line + quantity}, {"price", "Price/PriceAmount"}, {"net of line", line + "LineExtensionAmount"},
		{"rate of line", "ClassifiedTaxCategory/Percent"}, {"allowance", "AllowanceCharge/Amount"}, {"percent", "AllowanceCharge/MultiplierFactorNumeric"},
		{"base", "TaxSubtotal/TaxableAmount"}, {"tax", "TaxSubtotal/TaxAmount"}, {"rate", "TaxCategory/Percent"},
		{"net", sum + "TaxExclusiveAmount"}, {"vat", "TaxTotal/TaxAmount"}, {"gross", sum + "TaxInclusiveAmount"}, {"prepaid", sum + "PrepaidAmount"},
		{"rounding", sum + "PayableRoundingAmount"}, {"payable", sum + "PayableAmount"},
	})
}

// FuzzText puts any text into every place for texts: what comes back is the
// text without what XML cannot hold.
func FuzzText(f *testing.F) {
	for _, s := range []string{"Skap", "a<b&c>\"d'", "\x00\x01\x1f", "\xff\xfe", "]]>", " \t\r\n ", "\r\nx\ry", "\u2028\ufffe\uffff\U0001f389", "<!-- -->", "&amp;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := issued(process.KindInvoice, "NOK", priced("NOK", "x\n"+text, "1", "C62", "1", "0", "S", "25"))
		s.Buyer.Name, s.Buyer.Address.Street, s.BuyerReference, s.Title, s.Terms, s.Number = text, text, text, text, text, text
		s.Buyer.Endpoint.Scheme, s.Payment.Reference, s.Lines[0].Unit, s.Lines[0].Product = text, text, text, text
		cii, ubl := written(t, modelOf(t, s))
		want := strings.TrimSpace(legible(strings.TrimSpace(text)))
		for path, vs := range map[string][]value{"BuyerTradeParty/Name": flat(t, cii), "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName": flat(t, ubl)} {
			if got := strings.Join(all(vs, path), "|"); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
		if strings.Contains(string(ubl), "></cbc:") {
			t.Error("an empty element (PEPPOL-EN16931-R008)")
		}
		if err := xml.Unmarshal(cii, new(struct{})); err != nil {
			t.Error(fmt.Errorf("the CII is broken: %w", err))
		}
	})
}
