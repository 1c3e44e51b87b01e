package process_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// The company's terms are printed in the document's language, where it has
// them; a quote's own terms stand instead of them.
func TestTermsByLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) {
		st.Terms.Quote = map[string]string{"nb": "Tilbudet gjelder hele leveransen.", "de": "Das Angebot gilt im Ganzen."}
		st.Terms.Invoice = map[string]string{"de": "Es gilt norwegisches Recht."}
	})
	customer := h.customer()
	for _, c := range []struct{ language, own, want string }{
		{"de", "", "Das Angebot gilt im Ganzen."},
		{"nb", "", "Tilbudet gjelder hele leveransen."},
		{"de", "Nur diese Woche.", "Nur diese Woche."},
		{"fr", "", ""},
	} {
		id := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"language":%q,"terms":%q,"lines":%s}`, customer, c.language, c.own, lines))
		h.do(process.TypeQuote, "send", id, "")
		pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeQuote, ID: id})
		h.check(err)
		for _, text := range []string{"Das Angebot gilt im Ganzen.", "Tilbudet gjelder hele leveransen.", "Nur diese Woche."} {
			if strings.Contains(string(pdf.Data), text) != (text == c.want) {
				t.Errorf("%+v: %q stands there, or not: %s", c, text, pdf.Data)
			}
		}
	}
	invoice := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"language":"de","lines":%s}`, customer, lines))
	h.do(process.TypeInvoice, "issue", invoice, "")
	pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeInvoice, ID: invoice})
	h.check(err)
	if !strings.Contains(string(pdf.Data), "Es gilt norwegisches Recht.") {
		t.Errorf("the invoice says %s", pdf.Data)
	}
}

// An invoice is sent again as it was issued, to whom it is asked for; a draft is not.
func TestSendInvoiceAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draftInvoice()
	_, err := h.try(h.owner, process.TypeInvoice, "send", id, "")
	wantRefused(t, err, process.CodeConflict, "")
	h.do(process.TypeInvoice, "issue", id, "")
	first := get(h, h.s.Invoices(), id)
	h.clock.advance(time.Minute)
	h.do(process.TypeInvoice, "send", id, `{"recipient":"boss@kunde.example"}`)
	again := get(h, h.s.Invoices(), id)
	mails := h.mails("invoice")
	if len(mails) != 2 || mails[0].ID == mails[1].ID || mails[0].To != "boss@kunde.example" || mails[1].To != "post@kunde.example" {
		t.Errorf("the mails are %+v", mails)
	}
	if again.Number != first.Number || again.SHA256 != first.SHA256 || again.DueDate != first.DueDate || again.Payable() != first.Payable() {
		t.Errorf("sent again, the invoice is %+v, and was %+v", again, first)
	}
	h.verify()
}
