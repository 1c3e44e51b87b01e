package documents

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

func newDocuments(t *testing.T) (*Documents, *templates.Set) {
	t.Helper()
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := pdf.New(set, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return New(r), set
}

// complete is a document that lacks nothing but its number.
func complete(kind process.DocumentKind) process.Snapshot {
	d := decimal.RequireFromString
	vat := process.VAT{Category: "S", Rate: d("25")}
	lines := []process.Line{
		process.Line{ID: "a", Description: "Ask, høvlet", Quantity: d("3.5"), Unit: "MTR", UnitPrice: d("99.99"), DiscountPercent: d("7.5"), VAT: vat}.Price("NOK"),
		process.Line{ID: "b", Description: "Montering", Quantity: d("2"), Unit: "HUR", UnitPrice: d("890"), VAT: vat}.Price("NOK"),
	}
	s := process.Snapshot{Kind: kind, Language: "nb", Currency: "NOK", MadeAt: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
		IssueDate: "2026-11-23", DueDate: "2026-12-07", SupplyDate: "2026-11-20",
		Seller: process.Party{Name: "Fjellheim AS", OrganisationNumber: "974760673", VATNumber: "NO974760673MVA", TaxRegistration: "Foretaksregisteret",
			Address: process.Address{Country: "NO"}, Endpoint: process.Endpoint{Scheme: "0192", ID: "974760673"}},
		Buyer:          process.Party{Name: "Åsgård AS", Address: process.Address{City: "Gol", Country: "NO"}, Endpoint: process.Endpoint{Scheme: "0192", ID: "987654325"}},
		BuyerReference: "Berit", Lines: lines, Totals: process.Total(lines, "NOK")}
	s.Payable = s.Gross
	if kind == process.KindCreditNote {
		s.DueDate, s.Preceding = "", &process.DocumentReference{Number: "10042", Date: "2026-11-01"}
	}
	return s
}

func relabel(s *process.Snapshot, category string) {
	for i := range s.Lines {
		s.Lines[i].VAT = process.VAT{Category: category}
	}
	s.Totals = process.Total(s.Lines, s.Currency)
	s.Payable = s.Gross
}

func TestCheck(t *testing.T) {
	d, set := newDocuments(t)
	nok := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }
	for _, c := range []struct {
		name   string
		kind   process.DocumentKind
		change func(*process.Snapshot)
		want   string // field rule reason, of each problem
	}{
		{"invoice", process.KindInvoice, func(*process.Snapshot) {}, ""},
		{"credit note", process.KindCreditNote, func(*process.Snapshot) {}, ""},
		{"quote", process.KindQuote, func(s *process.Snapshot) {
			*s = process.Snapshot{Kind: s.Kind, Seller: process.Party{Name: "A"}, Buyer: process.Party{Name: "B"}, Lines: s.Lines[:1]}
		}, ""},
		{"empty quote", process.KindQuote, func(s *process.Snapshot) { *s = process.Snapshot{Kind: s.Kind} },
			"company.name BR-06 seller.name.missing; customer.name BR-07 buyer.name.missing; lines BR-16 lines.missing"},
		{"blank name", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Name = " " }, "customer.name BR-07 buyer.name.missing"},
		{"no countries", process.KindInvoice, func(s *process.Snapshot) { s.Seller.Address.Country, s.Buyer.Address.Country = "", "" },
			"company.address.country BR-09 seller.country.missing; customer.address.country BR-11 buyer.country.missing"},
		{"no address", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Address.City = "" }, "customer.address  buyer.address.missing"},
		{"organisation number for address", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Address.City, s.Buyer.OrganisationNumber = "", "912345678" }, ""},
		{"no identifiers", process.KindInvoice, func(s *process.Snapshot) { s.Seller.OrganisationNumber, s.Seller.VATNumber = "", "" },
			"company.organisation_number BR-CO-26 seller.identifier.missing; company.vat_number BR-S-02 seller.vat_number.missing"},
		{"dates", process.KindInvoice, func(s *process.Snapshot) { s.IssueDate, s.SupplyDate, s.DueDate = "", "2026-02-30", "" },
			"issue_date BR-03 issue_date.missing; supply_date  supply_date.missing; due_date BR-CO-25 due_date.missing"},
		{"period backwards", process.KindInvoice, func(s *process.Snapshot) { s.PeriodStart, s.PeriodEnd = "2026-11-02", "2026-11-01" }, "period_end BR-29 period.backwards"},
		{"period of a day", process.KindInvoice, func(s *process.Snapshot) { s.PeriodStart, s.PeriodEnd = "2026-11-02", "2026-11-02" }, ""},
		{"deposit without a date", process.KindInvoice, func(s *process.Snapshot) { s.Deposit, s.SupplyDate = true, "" }, ""},
		{"deposit inside the Union without a date", process.KindInvoice, func(s *process.Snapshot) {
			relabel(s, "K")
			s.Deposit, s.SupplyDate, s.Buyer.VATNumber = true, "", "SE556016068001"
		}, "supply_date BR-IC-11 supply_date.missing"},
		{"terms for due date", process.KindInvoice, func(s *process.Snapshot) { s.DueDate, s.PaymentTerms = "", "Kontant" }, ""},
		{"nothing to pay", process.KindInvoice, func(s *process.Snapshot) { s.DueDate, s.Prepaid, s.Payable = "", s.Gross, nok(0) }, ""},
		{"credits nothing", process.KindCreditNote, func(s *process.Snapshot) { s.Preceding = nil }, "preceding BR-55 preceding.missing"},
		{"line", process.KindInvoice, func(s *process.Snapshot) { s.Lines[1].ID, s.Lines[1].Unit, s.Lines[1].Description = "", "", "" },
			"lines[1].id BR-21 line.id.missing; lines[1].unit BR-23 line.unit.missing; lines[1].description BR-25 line.description.missing"},
		{"line's net", process.KindInvoice, func(s *process.Snapshot) {
			s.Lines[1].Net.Minor++
			s.Totals = process.Total(s.Lines, "NOK")
			s.Payable = s.Gross
		},
			"lines[1].net BR-24 line.net.wrong"},
		{"negative price", process.KindInvoice, func(s *process.Snapshot) {
			s.Lines[1].UnitPrice, s.Lines[1].Quantity = s.Lines[1].UnitPrice.Neg(), s.Lines[1].Quantity.Neg()
		}, "lines[1].unit_price BR-27 line.price.negative"},
		{"VAT wrong by an øre", process.KindInvoice, func(s *process.Snapshot) {
			s.VATGroups[0].VAT.Minor--
			s.VAT.Minor--
			s.Gross.Minor--
			s.Payable.Minor--
		}, "vat_groups BR-CO-17 vat.group.wrong; vat BR-CO-14 totals.wrong; gross BR-CO-15 totals.wrong; payable BR-CO-16 totals.wrong"},
		{"net", process.KindInvoice, func(s *process.Snapshot) { s.Net.Minor = 1 }, "net BR-CO-13 totals.wrong"},
		{"rounding", process.KindInvoice, func(s *process.Snapshot) { s.Rounding, s.Payable = nok(-3), nok(s.Gross.Minor-3) }, ""},
		{"two groups of one rate", process.KindInvoice, func(s *process.Snapshot) { s.VATGroups = append(s.VATGroups, s.VATGroups[0]) }, "vat_groups BR-CO-17 vat.group.wrong"},
		{"no currency", process.KindInvoice, func(s *process.Snapshot) { s.Currency = "" }, "currency BR-05 currency.missing"},
		{"other currency", process.KindInvoice, func(s *process.Snapshot) { s.Lines[1].Net.Currency = "EUR" }, "lines[1].net BR-05 amount.currency"},
		{"other currency of a total", process.KindInvoice, func(s *process.Snapshot) { s.Prepaid = process.Money{Minor: 1, Currency: "EUR"} }, "prepaid BR-05 amount.currency"},
		{"reverse charge by organisation number", process.KindInvoice, func(s *process.Snapshot) { relabel(s, "AE"); s.Buyer.OrganisationNumber = "912345678" }, ""},
		{"reverse charge", process.KindInvoice, func(s *process.Snapshot) { relabel(s, "AE") }, "customer.vat_number BR-AE-02 buyer.vat_number.missing"},
		{"intra-community", process.KindInvoice, func(s *process.Snapshot) { relabel(s, "K"); s.Buyer.OrganisationNumber = "912345678" }, "customer.vat_number BR-IC-02 buyer.vat_number.missing"},
		{"export unregistered", process.KindInvoice, func(s *process.Snapshot) { relabel(s, "G"); s.Seller.VATNumber = "" }, "company.vat_number BR-G-02 seller.vat_number.missing"},
		{"tax number alone", process.KindInvoice, func(s *process.Snapshot) {
			s.Seller.VATNumber, s.Seller.TaxRegistration, s.Seller.Address.Country = "", "29/815/08150", "AT"
		}, ""},
		{"words for a tax number", process.KindInvoice, func(s *process.Snapshot) { s.Seller.VATNumber = "" }, "company.vat_number BR-S-02 seller.vat_number.missing"},
		{"export with a tax number", process.KindInvoice, func(s *process.Snapshot) {
			relabel(s, "G")
			s.Seller.VATNumber, s.Seller.TaxRegistration, s.Seller.Address.Country = "", "29/815/08150", "AT"
		}, "company.vat_number BR-G-02 seller.vat_number.missing"},
		{"outside unregistered", process.KindInvoice, func(s *process.Snapshot) { relabel(s, "O"); s.Seller.VATNumber = "" }, ""},
		{"outside mixed", process.KindInvoice, func(s *process.Snapshot) {
			s.Lines[0].VAT = process.VAT{Category: "O"}
			s.Totals = process.Total(s.Lines, "NOK")
			s.Payable = s.Gross
		}, "lines BR-O-11 vat.category.mixed"},
		{"unprintable", process.KindInvoice, func(s *process.Snapshot) { s.Buyer.Name, s.Lines[0].Description = "日本 AS", "pris i 𝟙 🎉" },
			"customer.name  text.unprintable; lines[0].description  text.unprintable"},
		{"pictures", process.KindInvoice, func(s *process.Snapshot) { s.Title = "Hurra 🎉 ✅" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := complete(c.kind)
			c.change(&s)
			var got []string
			for _, p := range d.Check(s) {
				got = append(got, p.Field+" "+p.Rule+" "+p.Reason)
				if p.Message == "" || p.Channel != "" {
					t.Errorf("problem %+v has no message or closes one channel alone", p)
				}
				for _, lang := range set.Languages(templates.Pages) {
					if !set.Labels(templates.Documents, lang).Has("problem." + p.Reason) {
						t.Errorf("no text problem.%s in %s", p.Reason, lang)
					}
				}
			}
			if g := strings.Join(got, "; "); g != c.want {
				t.Errorf("problems\n%s\nwant\n%s", g, c.want)
			}
		})
	}
}

func TestRenderNeedsANumber(t *testing.T) {
	d, _ := newDocuments(t)
	for _, kind := range []process.DocumentKind{process.KindQuote, process.KindInvoice, process.KindCreditNote} {
		s := complete(kind)
		if _, err := d.Render(s); err == nil || !strings.Contains(err.Error(), "BR-02") {
			t.Errorf("%s without number: error %v", kind, err)
		}
		s.Draft = true
		if b, err := d.Render(s); err != nil || !bytes.HasPrefix(b, []byte("%PDF-1.7\n")) {
			t.Errorf("draft %s: error %v", kind, err)
		}
		s.Draft, s.Number = false, "7"
		if b, err := d.Render(s); err != nil || !bytes.HasPrefix(b, []byte("%PDF-1.7\n")) {
			t.Errorf("%s with number: error %v", kind, err)
		}
	}
	if _, err := d.Render(process.Snapshot{Kind: "order", Number: "1"}); err == nil {
		t.Error("an order was rendered")
	}
}
