package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A statement is mailed in the customer's language, with its bytes kept, to the
// customer's address or another, and the timeline says so.
func TestSendStatement(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.create(process.TypeCustomer, `{"name":"Kunde AS","email":"post@kunde.example","language":"en","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, c, lines))
	h.do(process.TypeInvoice, "issue", id, "")
	h.do(process.TypeCustomer, "send_statement", c, `{"from":"2026-03-01"}`)
	h.do(process.TypeCustomer, "send_statement", c, `{"recipient":"boss@kunde.example"}`)
	ms := h.mails("statement")
	if len(ms) != 2 || ms[1].To != "post@kunde.example" || ms[0].To != "boss@kunde.example" || ms[0].Language != "en" || ms[0].About != (process.Ref{Type: process.TypeCustomer, ID: c}) {
		t.Fatalf("mails %+v", ms)
	}
	m, err := h.s.MailOf(h.ctx(), h.owner, ms[1].ID, "emne.example")
	h.check(err)
	i := get(h, h.s.Invoices(), id)
	st := m.Snapshot.Account
	if len(m.PDF) == 0 || m.Snapshot.FileName() != "statement-2026-03-02.pdf" || st.From != "2026-03-01" || st.Sections[0].Closing != i.Open || st.Sections[0].Open[0].Reference != i.PaymentReference {
		t.Errorf("the mail has %d bytes of %s: %+v", len(m.PDF), m.Snapshot.FileName(), st)
	}
	h.pay(id, "1") // what was sent stays as it was
	again, err := h.s.MailOf(h.ctx(), h.owner, ms[1].ID, "emne.example")
	h.check(err)
	if again.Snapshot.Account.Sections[0].Closing != i.Open || string(again.PDF) != string(m.PDF) {
		t.Error("a payment changed what was sent")
	}
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": c, "type": "customer.statement_sent"}})
	h.check(err)
	if len(as) != 2 || as[1].Data["recipient"] != "post@kunde.example" {
		t.Errorf("timeline %+v", as)
	}
	for body, want := range map[string]string{`{"from":"2026-04-01","to":"2026-03-01"}`: "period", `{"from":"yesterday"}`: "no date", `{"recipient":"nobody"}`: "mail"} {
		if _, err := h.try(h.owner, process.TypeCustomer, "send_statement", c, body); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	none := h.create(process.TypeCustomer, `{"name":"No mail"}`)
	if _, err := h.try(h.owner, process.TypeCustomer, "send_statement", none, ""); err == nil {
		t.Error("a customer without an address was mailed")
	}
	f, err := h.s.StatementPDF(h.ctx(), h.reader, c, "", "")
	h.check(err)
	if f.Name != "statement-2026-03-02.pdf" || len(f.Data) == 0 {
		t.Errorf("%s has %d bytes", f.Name, len(f.Data))
	}
}
