package pdf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A statement of any length says every movement, each balance and what is open,
// in the customer's language, with a head on each page.
func TestStatement(t *testing.T) {
	s := process.Snapshot{Kind: process.KindStatement, Currency: "NOK", IssueDate: "2026-11-23",
		Seller: process.Party{Name: "Fjord AS"}, Buyer: process.Party{Name: "Kunde AS"}, Payment: process.PaymentMeans{Account: "86011117947"}}
	section := process.AccountSection{Currency: "NOK", Opening: nok(100), Overdue: nok(5000)}
	for i := range 90 {
		section.Entries = append(section.Entries, process.AccountEntry{Date: "2026-11-01", Type: process.TypeInvoice, Number: fmt.Sprint(10001 + i), DueDate: "2026-11-15", Amount: nok(100000), Balance: nok(100 + int64(i+1)*100000)})
	}
	for _, typ := range []string{process.TypeCreditNote, process.TypePayment, "claim", "write_off"} {
		section.Entries = append(section.Entries, process.AccountEntry{Date: "2026-11-20", Type: typ, Number: "N-" + typ, Amount: nok(-1), Balance: nok(1)})
	}
	section.Closing = nok(1234567)
	for i := range 60 {
		section.Open = append(section.Open, process.OpenItem{Number: fmt.Sprint(10001 + i), DueDate: "2026-11-15", Open: nok(5000), Claims: nok(70), Overdue: i == 0, Reference: fmt.Sprintf("KID%d", i)})
	}
	yen := process.Money{Minor: 5000, Currency: "JPY"}
	s.Account = &process.Account{Name: "Kunde AS", From: "2026-11-01", To: "2026-11-23", Sections: []process.AccountSection{{Currency: "JPY", Opening: yen, Closing: yen}, section}}
	r := newRenderer(t)
	for lang, want := range map[string][]string{
		"nb": {"Kontoutskrift", "01.11.2026 –", "Faktura 10090", "Kreditnota N-credit-note", "Betaling N-payment", "Gebyr og renter, faktura N-claim", "Avskrevet, faktura N-write_off", "Inngående saldo", "Utgående saldo", "12 345,67", "10001, forfalt", "KID59", "3 042,00", "5 000\n", "Betal til konto 8601 11 17947"},
		"en": {"Statement of account", "Invoice 10090", "Credit note N-credit-note", "Opening balance", "Closing balance", "12,345.67", "10001, overdue", "Amount due"},
	} {
		s.Language = lang
		c, err := compose(r.look, r.labels.Labels("documents", lang), s)
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, p := range c.pages {
			for _, m := range p.marks {
				all.WriteString(m.text + "\n")
				if m.kind == textMark && m.y > 784+4*leading {
					t.Errorf("%q stands below the page", m.text)
				}
			}
		}
		text := strings.ReplaceAll(all.String(), "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing", lang, w)
			}
		}
		if heads := strings.Count(text, "\n"+c.text("table.amount", "currency", "NOK")+"\n"); len(c.pages) < 4 || heads < len(c.pages) {
			t.Errorf("%s: %d pages have %d heads", lang, len(c.pages), heads)
		}
		if _, err := r.Render(s); err != nil {
			t.Error(err)
		}
	}
	s.Account = &process.Account{To: "2026-11-23"}
	if _, err := r.Render(s); err != nil {
		t.Errorf("an empty account: %v", err)
	}
}
