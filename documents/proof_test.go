package documents_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// TestCampaignAmounts issues random invoices and credit notes through the use
// cases, for sellers of eight countries, and asks each document four times what
// it says: the database, both XMLs and the printed page must say the same, to
// the minor unit, and each sum must follow from its parts.
//
// With EMNE_DOCUMENTS the documents are kept in that folder, as NAME.pdf,
// NAME-cii.xml and NAME-ubl.xml, for validators of other people.
func TestCampaignAmounts(t *testing.T) {
	deals := 5
	if folder := os.Getenv("EMNE_DOCUMENTS"); folder != "" {
		deals = 45
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		deals = 150
	}
	seen := map[string]int{}
	for n, seller := range proofSellers() {
		h := newProofHouse(t, seller, uint64(n))
		p := proof{h, seen}
		for k := range deals {
			h.references(k * 3 / deals)
			for _, r := range h.walk(h.deal()) {
				p.document(r)
				if t.Failed() {
					t.Fatalf("seller %d", n)
				}
			}
		}
		if folder := os.Getenv("EMNE_DOCUMENTS"); folder != "" {
			p.others(folder)
		}
	}
	for _, want := range []string{"invoice", "credit_note", "deposit", "deducted", "prepaid", "rounding", "allowance", "charge", "foreign", "period", "line charge", "cii", "ubl", "S", "K", "G", "O", "AE", "E", "Z",
		process.ReferenceMOD10, process.ReferenceMOD11, "credited deposit", "credited order", "credited deduction", "credited line charge", "credited allowance", "credited charge"} {
		if seen[want] == 0 {
			t.Errorf("no document with %s among %v", want, seen)
		}
	}
	t.Logf("documents %v", seen)
}

type proof struct {
	*proofHouse
	seen map[string]int
}

// document compares what one document says in each place.
func (p *proof) document(r process.Ref) {
	t := p.t
	t.Helper()
	s, book := p.snapshot(r), p.bookOf(r)
	name := p.name(s)
	if s.TaxTotal != nil && s.TaxCurrency != s.Currency {
		book.taxCurrency, book.taxVAT = s.TaxCurrency, s.TaxTotal.Decimal()
	}
	for _, c := range book.contradictions() {
		t.Errorf("%s: %s", name, c)
	}
	if kid := s.Payment.Reference; p.seller.currency == "NOK" && s.Kind == process.KindInvoice {
		way, _, err := p.s.Settings(t.Context(), p.owner)
		p.check(err)
		if !checked(kid, way.PaymentReference == process.ReferenceMOD11) {
			t.Errorf("%s: KID %s has a wrong check digit for %s", name, kid, way.PaymentReference)
		}
		p.seen[way.PaymentReference]++
		if strings.HasSuffix(kid, "-") {
			p.seen["kid-dash"]++
		}
	}
	p.count(s)
	file, err := p.s.PDF(t.Context(), p.owner, r)
	p.check(err)
	p.keep(name+".pdf", file.Data)
	for format, read := range map[string]func(*testing.T, []byte) amounts{process.FormatCII: readCII, process.FormatUBL: readUBL} {
		x, err := p.s.InvoiceXML(t.Context(), p.owner, r, format)
		if err != nil {
			p.refused(name, format, s, err)
			continue
		}
		p.seen[format]++
		p.keep(name+"-"+format+".xml", x.Data)
		if got := read(t, x.Data); got.String() != book.String() {
			t.Errorf("%s as %s says\n%s\nthe database\n%s", name, format, got, book)
		}
	}
	p.printed(name, s, file.Data)
}

// refused lets go what the format cannot say: amounts with three decimals, and
// in Peppol what has no address there or no whole yen.
func (p *proof) refused(name, format string, s process.Snapshot, err error) {
	p.t.Helper()
	var e *process.Error
	if !errors.As(err, &e) || len(e.Problems) == 0 {
		p.t.Fatalf("%s as %s: %v", name, format, err)
	}
	for _, problem := range e.Problems {
		small := process.Decimals(s.Currency) != 2
		if small && strings.HasPrefix(problem.Reason, "einvoice.") || format == process.FormatUBL && s.Buyer.Kind == "consumer" && problem.Reason == "einvoice.buyer_endpoint.missing" ||
			problem.Reason == "einvoice.reference.missing" && s.Buyer.Kind == "consumer" {
			p.seen["refused "+problem.Reason]++
			continue
		}
		p.t.Errorf("%s as %s: %+v", name, format, problem)
	}
}

func (p *proof) count(s process.Snapshot) {
	p.seen[string(s.Kind)]++
	for _, g := range s.VATGroups {
		p.seen[g.Category]++
	}
	credit := ""
	if s.Kind == process.KindCreditNote {
		credit = "credited "
	}
	for _, a := range s.Adjustments {
		if a.Charge {
			p.seen[credit+"charge"]++
		} else {
			p.seen[credit+"allowance"]++
		}
	}
	for _, l := range s.Lines {
		if !l.ChargePercent.IsZero() {
			p.seen[credit+"line charge"]++
		}
		if l.Deposit != "" && l.Quantity.IsNegative() {
			p.seen[credit+"deduction"]++
		}
	}
	for what, there := range map[string]bool{credit + "deposit": s.Deposit, credit + "order": s.OrderNumber != "" && !s.Deposit, "deducted": len(s.Deposits) > 0, "prepaid": !s.Prepaid.IsZero(), "rounding": !s.Rounding.IsZero(), "foreign": s.TaxTotal != nil && s.TaxCurrency != s.Currency, "period": s.PeriodStart != ""} {
		if there {
			p.seen[what]++
		}
	}
}

// printed holds the page's text to the document: each line's amount, each VAT
// group, and the sums behind their labels.
func (p *proof) printed(name string, s process.Snapshot, file []byte) {
	t := p.t
	t.Helper()
	page := pdfText(t, file)
	if s.Kind == process.KindInvoice && s.Payable.Minor > 0 && !standing(s.Payment.Reference).MatchString(page) {
		t.Errorf("%s: the payment reference %s is not printed", name, s.Payment.Reference)
	}
	money := func(d decimal.Decimal) string {
		places := process.Decimals(s.Currency)
		return strings.NewReplacer("\u2212", "\u2013", "\u00a0", " ", "\u202f", " ").Replace(templates.FormatMoney(s.Language, d.Shift(places).IntPart(), places))
	}
	want := map[string]int{}
	for _, l := range s.Lines {
		if l.Sold() {
			want[money(s.Value(l, s.Currency).Decimal())]++
		}
	}
	for amount, n := range want {
		if got := len(standing(amount).FindAllString(page, -1)); got < n {
			t.Errorf("%s: %q is printed %d times, want %d for its lines", name, amount, got, n)
		}
	}
	for _, g := range s.VATGroups {
		if !regexp.MustCompile(regexp.QuoteMeta(money(g.Base.Decimal())) + `\s+` + regexp.QuoteMeta(money(g.VAT.Decimal()))).MatchString(page) {
			t.Errorf("%s: VAT group %s %s is not printed with base %s and VAT %s", name, g.Category, g.Rate, g.Base, g.VAT)
		}
	}
	final := "total.payable"
	if s.Kind == process.KindCreditNote {
		final = "total.credit_note"
	}
	sums := map[string]decimal.Decimal{"total.net": s.Net.Decimal(), "total.vat": s.VAT.Decimal(), final: s.Payable.Decimal()}
	if !s.Prepaid.IsZero() {
		sums["total.prepaid"] = s.Prepaid.Decimal().Neg()
	}
	if !s.Rounding.IsZero() {
		sums["total.rounding"] = s.Rounding.Decimal()
	}
	for key, sum := range sums {
		label := p.text.Text(s.Language, key)
		if !regexp.MustCompile(regexp.QuoteMeta(label) + `\s[^\n]*` + regexp.QuoteMeta(money(sum)) + `(?:[^0-9]|$)`).MatchString(page) {
			t.Errorf("%s: %s %s is not printed", name, label, money(sum))
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

// standing is what a figure that stands by itself has around it: neither more
// digits nor, with a single blank between, more groups of them.
func standing(figure string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[^0-9,. \x{2013}]|[^0-9] |  )` + regexp.QuoteMeta(figure) + `(?:$|[^0-9,.])`)
}

func pdfText(t *testing.T, file []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (on Debian: apt-get install poppler-utils): %v", err)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

// keep writes a file for other people's validators.
func (p *proof) keep(name string, b []byte) {
	folder := os.Getenv("EMNE_DOCUMENTS")
	if folder == "" {
		return
	}
	p.check(os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, "/", "_")), b, 0o644))
}

// others keeps the documents that are no invoices: quotes as sent and as
// accepted, order confirmations.
func (p *proof) others(folder string) {
	p.t.Helper()
	for _, typ := range []string{process.TypeQuote, process.TypeOrder} {
		var ids []string
		switch typ {
		case process.TypeQuote:
			qs, _, err := p.s.Quotes().List(p.t.Context(), p.owner, process.Filter{Limit: process.MaxLimit})
			p.check(err)
			for _, q := range qs {
				ids = append(ids, q.ID)
			}
		default:
			os, _, err := p.s.Orders().List(p.t.Context(), p.owner, process.Filter{Limit: process.MaxLimit})
			p.check(err)
			for _, o := range os {
				ids = append(ids, o.ID)
			}
		}
		for _, id := range ids {
			f, err := p.s.PDF(p.t.Context(), p.owner, process.Ref{Type: typ, ID: id})
			p.check(err)
			p.keep(fmt.Sprintf("%s-%s-%s", p.seller.company.Address.Country, id, f.Name), f.Data)
		}
	}
}
