package pdf

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A reminder says what is open of which invoice, what is claimed beside it, and
// how to pay, in every language and tone.
func TestReminderLetter(t *testing.T) {
	r := newRenderer(t)
	s := document(process.KindInvoice, "nb", "NOK")
	s.Kind, s.IssueDate, s.Lines, s.Payable = process.KindReminder, "2026-12-21", nil, nok(6240000)
	s.Claim = &process.Claim{Text: "notice", InvoiceDate: "2026-11-23", Amount: nok(8700000), Settled: nok(2500000), Open: nok(6200000), Fees: nok(3500), Interest: nok(36500), Total: nok(6240000), PayBy: "2027-01-04"}
	_, texts := pages(t, r, s)
	for _, want := range []string{"Purring, faktura 10042", "Faktura av 23.11.2026", "87 000,00", "–25 000,00", "Purregebyr", "35,00", "Forsinkelsesrente til 21.12.2026", "365,00", "62 400,00 NOK", "1503 40 12345", "100420", "07.12.2026", "Betal innen", "04.01.2027"} {
		if !strings.Contains(texts[0], want) {
			t.Errorf("no %q in\n%s", want, texts[0])
		}
	}
	s.Claim.Settled, s.Claim.Fees, s.Claim.Interest = nok(0), nok(0), nok(0)
	for _, lang := range process.Languages() {
		for _, tone := range []string{"upcoming", "reminder", "notice"} {
			s.Language, s.Claim.Text = lang, tone
			_, texts := pages(t, r, s)
			if strings.Contains(texts[0], "claim.") || strings.Contains(texts[0], "title.") || strings.Contains(texts[0], "meta.") {
				t.Errorf("%s %s shows a key:\n%s", lang, tone, texts[0])
			}
			if fee := r.Text(lang, "claim.fees"); strings.Contains(texts[0], fee) {
				t.Errorf("%s %s names %q, and there are none", lang, tone, fee)
			}
			qpdf(t, render(t, r, s))
		}
	}
}
