package documents_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// amounts are what a document says in figures, wherever it says it.
type amounts struct {
	number, currency           string
	reference                  string // for the payment (BT-83)
	lines                      []decimal.Decimal
	groups                     []vatGroup
	lineSum, allowances        decimal.Decimal
	charges, net, vat, gross   decimal.Decimal
	prepaid, rounding, payable decimal.Decimal
	taxCurrency                string
	taxVAT                     decimal.Decimal
}

type vatGroup struct {
	category        string
	rate, base, vat decimal.Decimal
}

// String has every amount, in a form that is the same wherever it comes from.
func (a amounts) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s, paid as %q\nlines %v\n", a.number, a.currency, a.reference, a.lines)
	groups := make([]string, len(a.groups))
	for i, g := range a.groups {
		groups[i] = fmt.Sprintf("%s %s %%: %s of %s", g.category, g.rate, g.vat, g.base)
	}
	slices.Sort(groups)
	fmt.Fprintf(&b, "VAT %v\nlines %s, allowances %s, charges %s, net %s, VAT %s, gross %s, prepaid %s, rounding %s, payable %s\nVAT in %s: %s",
		groups, a.lineSum, a.allowances, a.charges, a.net, a.vat, a.gross, a.prepaid, a.rounding, a.payable, a.taxCurrency, a.taxVAT)
	return b.String()
}

// contradictions are what does not follow from the parts (BR-CO-10 to -17),
// exactly.
func (a amounts) contradictions() (out []string) {
	lines, base, vat := decimal.Zero, decimal.Zero, decimal.Zero
	for _, l := range a.lines {
		lines = lines.Add(l)
	}
	for _, g := range a.groups {
		base, vat = base.Add(g.base), vat.Add(g.vat)
		if want := g.base.Mul(g.rate).Shift(-2).Round(process.Decimals(a.currency)); !g.vat.Equal(want) {
			out = append(out, fmt.Sprintf("VAT of %s %s %% is %s, want %s", g.category, g.rate, g.vat, want))
		}
	}
	for _, c := range []struct {
		rule      string
		got, want decimal.Decimal
	}{
		{"BR-CO-10", a.lineSum, lines},
		{"BR-CO-13", a.net, lines.Sub(a.allowances).Add(a.charges)},
		{"BR-CO-14", a.vat, vat},
		{"BR-CO-15", a.gross, a.net.Add(a.vat)},
		{"BR-CO-16", a.payable, a.gross.Sub(a.prepaid).Add(a.rounding)},
		{"BR-53 and the like: bases", a.net, base},
	} {
		if !c.got.Equal(c.want) {
			out = append(out, fmt.Sprintf("%s: %s, want %s", c.rule, c.got, c.want))
		}
	}
	return out
}

// element is a part of an XML document, by its local name.
type element struct {
	name     string
	attrs    map[string]string
	text     string
	children []*element
}

func readXML(t *testing.T, b []byte) *element {
	t.Helper()
	stack := []*element{{}}
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		token, err := d.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		top := stack[len(stack)-1]
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{name: x.Name.Local, attrs: map[string]string{}}
			for _, a := range x.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(x)
		}
	}
	if len(stack) != 1 || len(stack[0].children) != 1 {
		t.Fatal("the XML has no single root that ends")
	}
	return stack[0].children[0]
}

// all are the elements at a path of local names; | separates names.
func (e *element) all(path string) []*element {
	name, rest, deeper := strings.Cut(path, "/")
	var out []*element
	for _, c := range e.children {
		if !slices.Contains(strings.Split(name, "|"), c.name) {
			continue
		}
		if deeper {
			out = append(out, c.all(rest)...)
		} else {
			out = append(out, c)
		}
	}
	return out
}

func (e *element) at(path string) string {
	if found := e.all(path); len(found) > 0 {
		return strings.TrimSpace(found[0].text)
	}
	return ""
}

// amount is the figure at a path, nothing when it is not written.
func (e *element) amount(t *testing.T, path string) decimal.Decimal {
	t.Helper()
	s := e.at(path)
	if s == "" {
		return decimal.Zero
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatalf("%s: %q is no number", path, s)
	}
	return d
}

// vatTotals splits the totals of VAT by currency (BT-110, BT-111).
func (a *amounts) vatTotals(t *testing.T, of []*element, path string) {
	t.Helper()
	for _, e := range of {
		x := e
		if path != "" {
			x = e.all(path)[0]
		}
		d, err := decimal.NewFromString(x.text)
		if err != nil {
			t.Fatalf("VAT %q is no number", x.text)
		}
		if x.attrs["currencyID"] == a.currency {
			a.vat = d
		} else {
			a.taxCurrency, a.taxVAT = x.attrs["currencyID"], d
		}
	}
}

func readUBL(t *testing.T, b []byte) amounts {
	t.Helper()
	e := readXML(t, b)
	a := amounts{number: e.at("ID"), currency: e.at("DocumentCurrencyCode"), reference: e.at("PaymentMeans/PaymentID")}
	for _, l := range e.all("InvoiceLine|CreditNoteLine") {
		a.lines = append(a.lines, l.amount(t, "LineExtensionAmount"))
	}
	for _, g := range e.all("TaxTotal/TaxSubtotal") {
		a.groups = append(a.groups, vatGroup{g.at("TaxCategory/ID"), g.amount(t, "TaxCategory/Percent"), g.amount(t, "TaxableAmount"), g.amount(t, "TaxAmount")})
	}
	for _, x := range e.all("AllowanceCharge") {
		if x.at("ChargeIndicator") == "true" {
			a.charges = a.charges.Add(x.amount(t, "Amount"))
		} else {
			a.allowances = a.allowances.Add(x.amount(t, "Amount"))
		}
	}
	a.vatTotals(t, e.all("TaxTotal"), "TaxAmount")
	sums := e.all("LegalMonetaryTotal")[0]
	if c, l := sums.amount(t, "ChargeTotalAmount"), sums.amount(t, "AllowanceTotalAmount"); !c.Equal(a.charges) || !l.Equal(a.allowances) {
		t.Errorf("%s: charges %s and allowances %s sum to %s and %s", a.number, a.charges, a.allowances, c, l)
	}
	a.lineSum, a.net, a.gross = sums.amount(t, "LineExtensionAmount"), sums.amount(t, "TaxExclusiveAmount"), sums.amount(t, "TaxInclusiveAmount")
	a.prepaid, a.rounding, a.payable = sums.amount(t, "PrepaidAmount"), sums.amount(t, "PayableRoundingAmount"), sums.amount(t, "PayableAmount")
	return a
}

func readCII(t *testing.T, b []byte) amounts {
	t.Helper()
	e := readXML(t, b)
	s := e.all("SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement")[0]
	a := amounts{number: e.at("ExchangedDocument/ID"), currency: s.at("InvoiceCurrencyCode"), reference: s.at("PaymentReference")}
	for _, l := range e.all("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/SpecifiedLineTradeSettlement") {
		a.lines = append(a.lines, l.amount(t, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"))
	}
	for _, g := range s.all("ApplicableTradeTax") {
		a.groups = append(a.groups, vatGroup{g.at("CategoryCode"), g.amount(t, "RateApplicablePercent"), g.amount(t, "BasisAmount"), g.amount(t, "CalculatedAmount")})
	}
	for _, x := range s.all("SpecifiedTradeAllowanceCharge") {
		if x.at("ChargeIndicator/Indicator") == "true" {
			a.charges = a.charges.Add(x.amount(t, "ActualAmount"))
		} else {
			a.allowances = a.allowances.Add(x.amount(t, "ActualAmount"))
		}
	}
	sums := s.all("SpecifiedTradeSettlementHeaderMonetarySummation")[0]
	a.vatTotals(t, sums.all("TaxTotalAmount"), "")
	if c, l := sums.amount(t, "ChargeTotalAmount"), sums.amount(t, "AllowanceTotalAmount"); !c.Equal(a.charges) || !l.Equal(a.allowances) {
		t.Errorf("%s: charges %s and allowances %s sum to %s and %s", a.number, a.charges, a.allowances, c, l)
	}
	a.lineSum, a.net, a.gross = sums.amount(t, "LineTotalAmount"), sums.amount(t, "TaxBasisTotalAmount"), sums.amount(t, "GrandTotalAmount")
	a.prepaid, a.rounding, a.payable = sums.amount(t, "TotalPrepaidAmount"), sums.amount(t, "RoundingAmount"), sums.amount(t, "DuePayableAmount")
	return a
}
