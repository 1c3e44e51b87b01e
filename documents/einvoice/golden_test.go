package einvoice

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are documents that use every term that emne writes.
func goldens(t *testing.T) map[string]Model {
	full := issued(process.KindInvoice, "EUR", twoLines("EUR")...)
	full.Buyer, full.Payment.Code = germanBuyer(), "58"
	full.DeliveryAddress = &process.Address{Street: "Lager 4", City: "Hamburg", Country: "DE"}
	full.PaymentTerms, full.Terms, full.Notes = "14 Tage netto", "Eigentumsvorbehalt.\r\nErfüllungsort Oslo.", []string{"Takk!"}
	full.TaxCurrency, full.TaxTotal = "NOK", &process.Money{Minor: 16112345, Currency: "NOK"}
	full.Prepaid, full.Rounding = process.Money{Minor: 100000, Currency: "EUR"}, process.Money{Minor: -3, Currency: "EUR"}
	full.Payable = full.Gross.Sub(full.Prepaid).Add(full.Rounding)

	adjusted := modelOf(t, issued(process.KindInvoice, "NOK", priced("NOK", "Skap", "1", "C62", "1000", "0", "S", "25")))
	nok := func(minor int64) *process.Money { return &process.Money{Minor: minor, Currency: "NOK"} }
	vat := process.VAT{Category: "S", Rate: dec("25")}
	adjusted.Allowances = []Adjustment{{Amount: *nok(10000), Base: nok(100000), Percent: dec("10"), VAT: vat, Reason: "Avtalt rabatt", ReasonCode: "95"}}
	adjusted.Charges = []Adjustment{{Amount: *nok(5000), VAT: vat, Reason: "Frakt", ReasonCode: "FC"}}
	adjusted.Contract, adjusted.Period = "R-2026-4", Period{"2026-11-01", "2026-11-30"}
	adjusted.Lines[0].Note, adjusted.Lines[0].Period = "Første del", Period{"2026-11-01", "2026-11-15"}
	adjusted.Lines[0].Charges = []Adjustment{{Amount: *nok(2000), Reason: "Emballasje", ReasonCode: "PC"}}
	adjusted.Lines[0].Net = *nok(102000)
	adjusted.VAT[0].Base, adjusted.VAT[0].Amount = *nok(97000), *nok(24250)
	adjusted.Totals = Totals{Lines: *nok(102000), Allowances: nok(10000), Charges: nok(5000), Net: *nok(97000), VAT: *nok(24250), Gross: *nok(121250),
		Prepaid: *nok(0), Rounding: *nok(0), Payable: *nok(121250)}

	due := modelOf(t, issued(process.KindCreditNote, "NOK", twoLines("NOK")...))
	due.DueDate = "2026-12-07"
	return map[string]Model{"invoice": modelOf(t, full), "credit-note": due, "adjusted": adjusted}
}

func TestGolden(t *testing.T) {
	for name, m := range goldens(t) {
		cii, ubl := written(t, m)
		for format, got := range map[string][]byte{"cii": cii, "ubl": ubl} {
			file := filepath.Join("testdata", name+"."+format+".xml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; look at it with -update and git diff", file)
			}
			again, other := written(t, m)
			if format == "ubl" {
				again = other
			}
			if !bytes.Equal(got, again) {
				t.Errorf("%s differs from run to run", file)
			}
		}
	}
}

func TestCategories(t *testing.T) {
	for _, c := range []struct {
		category, rate                string // of the lines
		wantRate, wantCode, sellerVAT string
	}{
		{"S", "25", "25", "", "NO974760673MVA"},
		{"Z", "0", "0", "", "NO974760673MVA"},
		{"E", "0", "0", "", "NO974760673MVA"},
		{"AE", "0", "0", "VATEX-EU-AE", "NO974760673MVA"},
		{"K", "0", "0", "VATEX-EU-IC", "NO974760673MVA"},
		{"G", "0", "0", "VATEX-EU-G", "NO974760673MVA"},
		{"O", "0", "", "VATEX-EU-O", ""},
	} {
		for _, kind := range []process.DocumentKind{process.KindInvoice, process.KindCreditNote} {
			s := issued(kind, "NOK", priced("NOK", "Vare", "3", "C62", "99.99", "0", c.category, c.rate))
			if c.category == "K" {
				s.Buyer = germanBuyer()
			}
			m := modelOf(t, s)
			cii, ubl := written(t, m)
			x, u := flat(t, cii), flat(t, ubl)
			settlement := "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/ApplicableTradeTax/"
			for _, e := range []struct {
				vs         []value
				path, want string
			}{
				{x, settlement + "CategoryCode", c.category}, {x, settlement + "RateApplicablePercent", c.wantRate},
				{x, settlement + "ExemptionReason", texts.Exemption[c.category]}, {x, settlement + "ExemptionReasonCode", c.wantCode},
				{x, "SpecifiedLineTradeSettlement/ApplicableTradeTax/CategoryCode", c.category}, {x, "SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent", c.wantRate},
				{x, "SellerTradeParty/SpecifiedTaxRegistration/ID", strings.TrimPrefix(c.sellerVAT+" Foretaksregisteret", " ")},
				{u, "TaxSubtotal/TaxCategory/ID", c.category}, {u, "TaxSubtotal/TaxCategory/Percent", c.wantRate},
				{u, "TaxSubtotal/TaxCategory/TaxExemptionReason", texts.Exemption[c.category]}, {u, "TaxSubtotal/TaxCategory/TaxExemptionReasonCode", c.wantCode},
				{u, "Item/ClassifiedTaxCategory/ID", c.category}, {u, "Item/ClassifiedTaxCategory/Percent", c.wantRate},
				{u, "AccountingSupplierParty/Party/PartyTaxScheme/CompanyID", strings.TrimPrefix(c.sellerVAT+" Foretaksregisteret", " ")},
			} {
				if got := strings.Join(all(e.vs, e.path), " "); got != e.want {
					t.Errorf("%s %s: %s is %q, want %q", kind, c.category, e.path, got, e.want)
				}
			}
			if ps := Check(m); len(ps) > 0 {
				t.Errorf("%s %s: problems %v", kind, c.category, ps)
			}
			if c.category == "K" && strings.Join(all(u, "DeliveryLocation/Address/Country/IdentificationCode"), " ") != "DE" {
				t.Error("K names no country of delivery (BR-IC-12)")
			}
		}
	}
}

func TestDueDateOfACreditNote(t *testing.T) {
	s := issued(process.KindCreditNote, "NOK", twoLines("NOK")...)
	m := modelOf(t, s)
	if m.PaymentTerms != texts.Credited {
		t.Errorf("payment terms %q", m.PaymentTerms)
	}
	s.DueDate = "2026-12-07"
	m = modelOf(t, s)
	cii, ubl := written(t, m)
	if got := all(flat(t, ubl), "PaymentMeans/PaymentDueDate"); len(got) != 1 || got[0] != "2026-12-07" {
		t.Errorf("UBL: due %v", got)
	}
	if got := all(flat(t, ubl), "DueDate"); len(got) != 0 {
		t.Errorf("UBL: a credit note has no DueDate, but %v", got)
	}
	if got := all(flat(t, cii), "DueDateDateTime/DateTimeString"); len(got) != 1 || got[0] != "20261207" {
		t.Errorf("CII: due %v", got)
	}
	if m.PaymentTerms != "" {
		t.Errorf("payment terms %q beside a due date", m.PaymentTerms)
	}
}

func TestPayment(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*process.Snapshot)
		want   Payment
	}{
		"at home":             {func(*process.Snapshot) {}, Payment{Code: "30", Reference: "100420", Account: "15034012345"}},
		"across borders":      {func(s *process.Snapshot) { s.Buyer = germanBuyer() }, Payment{Code: "30", Reference: "100420", IBAN: "NO9386011117947", BIC: "DNBANOKKXXX"}},
		"SEPA":                {func(s *process.Snapshot) { inCurrency(s, "EUR"); s.Payment.Code = "58" }, Payment{Code: "58", Reference: "100420", IBAN: "NO9386011117947", BIC: "DNBANOKKXXX"}},
		"SEPA without IBAN":   {func(s *process.Snapshot) { s.Payment.Code, s.Payment.IBAN = "58", "" }, Payment{Code: "30", Reference: "100420", Account: "15034012345"}},
		"SEPA in kroner":      {func(s *process.Snapshot) { s.Payment.Code = "58" }, Payment{Code: "30", Reference: "100420", Account: "15034012345"}},
		"standing agreement":  {func(s *process.Snapshot) { s.Payment.Code = "57" }, Payment{Code: "57", Reference: "100420", Account: "15034012345"}},
		"no account (BR-61)":  {func(s *process.Snapshot) { s.Payment.Account, s.Payment.IBAN = "", "" }, Payment{}},
		"no code":             {func(s *process.Snapshot) { s.Payment.Code = "" }, Payment{Code: "30", Reference: "100420", Account: "15034012345"}},
		"abroad without IBAN": {func(s *process.Snapshot) { s.Buyer, s.Payment.IBAN = germanBuyer(), "" }, Payment{Code: "30", Reference: "100420", Account: "15034012345"}},
	} {
		s := issued(process.KindInvoice, "NOK", twoLines("NOK")...)
		c.change(&s)
		if m := modelOf(t, s); m.Payment != c.want {
			t.Errorf("%s: %+v, want %+v", name, m.Payment, c.want)
		}
	}
}

func TestOrderReferences(t *testing.T) {
	for _, c := range []struct{ customer, order, want string }{
		{"PO-1", "O-1", "PO-1 O-1"}, {"", "O-1", "NA O-1"}, {"PO-1", "", "PO-1"}, {"", "", ""},
	} {
		s := issued(process.KindInvoice, "NOK", twoLines("NOK")...)
		s.CustomerReference, s.OrderNumber = c.customer, c.order
		_, ubl := written(t, modelOf(t, s))
		v := flat(t, ubl)
		if got := strings.Join(append(all(v, "OrderReference/ID"), all(v, "OrderReference/SalesOrderID")...), " "); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	quote := issued(process.KindQuote, "NOK", twoLines("NOK")...)
	mixed := issued(process.KindInvoice, "NOK", twoLines("NOK")...)
	mixed.Lines[1].Net.Currency = "EUR"
	prepaid := issued(process.KindInvoice, "NOK", twoLines("NOK")...)
	prepaid.Prepaid = process.Money{Minor: 1, Currency: "EUR"}
	for name, s := range map[string]process.Snapshot{"quote": quote, "line in another currency": mixed, "prepaid in another currency": prepaid} {
		if m, err := FromSnapshot(s, texts); err == nil {
			t.Errorf("%s became %+v", name, m)
		}
	}
	dinar := modelOf(t, issued(process.KindInvoice, "KWD", twoLines("KWD")...))
	if b, err := CII(dinar); err == nil {
		t.Errorf("CII of dinars: %s", b)
	}
	if b, err := UBL(dinar); err == nil {
		t.Errorf("UBL of dinars: %s", b)
	}
}
