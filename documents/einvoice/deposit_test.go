package einvoice

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// A deposit invoice is a 386 in both formats. The invoice that deducts it is a
// 380 with lines below zero, and names it (BG-3); a credit note of it is a 381.
func TestDeposit(t *testing.T) {
	texts := texts
	texts.Deposit, texts.Deducted = "Forskudd på ordre", "Fratrekk for faktura"
	own := priced("NOK", "O-1007", "1", "C62", "4000", "0", "S", "25")
	own.Deposit = "d1"
	deposit := issued(process.KindInvoice, "NOK", own)
	deposit.Deposit, deposit.SupplyDate = true, ""
	less := priced("NOK", "10041", "-1", "C62", "4000", "0", "S", "25")
	less.Deposit = "d1"
	final := issued(process.KindInvoice, "NOK", append(twoLines("NOK"), less)...)
	final.Deposits = []process.DocumentReference{{Number: "10041", Date: "2026-10-30"}, {Number: "10040", Date: "2026-10-29"}}
	credit := issued(process.KindCreditNote, "NOK", own)
	credit.Deposit = true
	for name, c := range map[string]struct {
		snap      process.Snapshot
		code      string
		item      string
		preceding []string
	}{
		"deposit": {deposit, "386", "Forskudd på ordre O-1007", nil},
		"final":   {final, "380", "Fratrekk for faktura 10041", []string{"10041", "10040"}},
		"credit":  {credit, "381", "Forskudd på ordre O-1007", []string{"10001"}},
	} {
		m, err := FromSnapshot(c.snap, texts)
		if err != nil {
			t.Fatal(err)
		}
		if ps := Check(m); len(ps) > 0 {
			t.Errorf("%s: %+v", name, ps)
		}
		cii, ubl := written(t, m)
		kind := "Invoice"
		if c.code == "381" {
			kind = "CreditNote"
		}
		for format, at := range map[string][3]string{"cii": {"ExchangedDocument/TypeCode", "SpecifiedTradeProduct/Name", "InvoiceReferencedDocument/IssuerAssignedID"},
			"ubl": {kind + "TypeCode", "Item/Name", "InvoiceDocumentReference/ID"}} {
			b := cii
			if format == "ubl" {
				b = ubl
			}
			vs := flat(t, b)
			if got := all(vs, at[0]); len(got) != 1 || got[0] != c.code {
				t.Errorf("%s %s is a %v", name, format, got)
			}
			if got := all(vs, at[1]); !slices.Contains(got, c.item) {
				t.Errorf("%s %s has the items %v", name, format, got)
			}
			if got := all(vs, at[2]); strings.Join(got, " ") != strings.Join(c.preceding, " ") {
				t.Errorf("%s %s follows %v", name, format, got)
			}
		}
	}
	if m := modelOf(t, final); m.VAT[0].Base.Decimal().Equal(decimal.Zero) || m.Totals.Prepaid.Minor != 0 {
		t.Errorf("the deposit counts as paid: %+v", m.Totals)
	}
}
