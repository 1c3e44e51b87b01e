package process_test

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A Belgian invoice has a structured communication, and the bank's file finds
// the invoice by it in each form that banks and people write.
func TestOGM(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(s *process.Settings) { s.PaymentReference = process.ReferenceOGM })
	for n, form := range map[string]func(string) (text, reference string){
		"digits":    func(r string) (string, string) { return "", strings.NewReplacer("+", "", "/", "").Replace(r) },
		"written":   func(r string) (string, string) { return "", r },
		"in a text": func(r string) (string, string) { return "facture " + r + " merci", "" },
		"typed":     func(r string) (string, string) { return strings.Trim(r, "+"), "" },
	} {
		i := get(h, h.s.Invoices(), h.issuedInvoice())
		if i.Number == "10001" && i.PaymentReference != "+++000/0010/00110+++" { // 10001 = 103 × 97 + 10
			t.Errorf("the first is %s", i.PaymentReference)
		}
		text, reference := form(i.PaymentReference)
		if e := h.entry(strings.ReplaceAll(i.Open.String(), ".", ","), "Quelqu’un", text, reference); e.State != "matched" {
			t.Errorf("%s: %s is not matched: %+v", n, i.PaymentReference, e)
		}
	}
	paid := get(h, h.s.Invoices(), h.issuedInvoice())
	digits := strings.NewReplacer("+", "", "/", "").Replace(paid.PaymentReference)
	amount := strings.ReplaceAll(paid.Open.String(), ".", ",")
	h.entry(amount, "Quelqu’un", "", digits)
	if got, want := what(h.movement(paid.Open.String(), "DBIT", "true", digits, "", "")), "unmatched "+paid.Number+":reversal"; got != want {
		t.Errorf("taken back it is %q, want %q", got, want)
	}
	h.verify()
	h2 := newHouse(t)
	h2.settings(func(s *process.Settings) {
		s.PaymentReference, s.Numbers.Invoice.First = process.ReferenceOGM, 97_000_000_000
	})
	_, err := h2.try(h2.owner, process.TypeInvoice, "issue", h2.draftInvoice(), "")
	wantRefused(t, err, process.CodeInvalid, "kid.length")
}
