package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// frozen is what a document says.
func (h *house) frozen(id string) (snap process.Snapshot) {
	h.t.Helper()
	h.check(h.db.View(h.ctx(), func(tx process.Tx) (err error) { snap, err = tx.Snapshot(id); return err }))
	return snap
}

// Project and contract go from the quote to the order, its confirmation, the
// invoice and the credit note.
func TestReferencesGoAllTheWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"recipient":"kari@example.com","project":" P-77 ","contract":"R-1","lines":[{"description":"Work","quantity":"2","unit_price":"100"}]}`, customer))
	h.do(process.TypeQuote, "send", quote, "")
	if s := h.frozen(quote); s.Project != "P-77" || s.Contract != "R-1" {
		t.Errorf("the quote names %q and %q", s.Project, s.Contract)
	}
	h.do(process.TypeQuote, "accept", quote, `{"name":"Kari","evidence":"By phone"}`)
	order := get(h, h.s.Quotes(), quote).Order
	if o := get(h, h.s.Orders(), order); o.Project != "P-77" || o.Contract != "R-1" {
		t.Errorf("the order names %q and %q", o.Project, o.Contract)
	}
	invoice := created(t, h.do(process.TypeOrder, "fulfil", order, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, `{"send":false}`)
	if s := h.frozen(invoice); s.Project != "P-77" || s.Contract != "R-1" || s.PeriodStart != "" {
		t.Errorf("the invoice names %q and %q, of %s", s.Project, s.Contract, s.PeriodStart)
	}
	h.do(process.TypeInvoice, "credit", invoice, `{"reason":"Wrong","send":false}`)
	note := list(h, h.s.CreditNotes(), map[string]string{"invoice": invoice})[0]
	if s := h.frozen(note.ID); s.Project != "P-77" || s.Contract != "R-1" {
		t.Errorf("the credit note names %q and %q", s.Project, s.Contract)
	}
}

// An invoice that says neither a reference nor an order number names the person
// it is for, when that is one person of a business (BT-10).
func TestContactForReference(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	person := func(customer, name string) string {
		return h.create(process.TypeContact, fmt.Sprintf(`{"customer":%q,"name":%q,"email":%q}`, customer, name, name+"@kunde.example"))
	}
	alone, two, nobody := h.customer(), h.customer(), h.customer()
	consumer := h.create(process.TypeCustomer, `{"name":"Per","kind":"consumer","email":"per@example.com","address":{"street":"Gata 2","postcode":"0150","city":"Oslo","country":"NO"}}`)
	person(alone, "Ola")
	person(two, "Kari")
	siri, per := person(two, "Siri"), person(consumer, "Per")
	for name, c := range map[string]struct{ customer, fields, want, ordered string }{
		"the only contact":     {alone, "", "Ola", ""},
		"the invoice's own":    {two, `"contact":"` + siri + `",`, "Siri", ""},
		"one of two":           {two, "", "", ""},
		"nobody":               {nobody, "", "", ""},
		"a consumer":           {consumer, `"contact":"` + per + `",`, "", ""},
		"a reference":          {alone, `"buyer_reference":"4711",`, "4711", ""},
		"an order of theirs":   {alone, `"customer_reference":"PO-1",`, "", "PO-1"},
		"blanks for reference": {alone, `"buyer_reference":" ",`, "Ola", ""},
	} {
		id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,%s"lines":[{"description":"Work","unit_price":"100"}]}`, c.customer, c.fields))
		h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
		if s, i := h.frozen(id), get(h, h.s.Invoices(), id); s.BuyerReference != c.want || i.BuyerReference != c.want || s.CustomerReference != c.ordered {
			t.Errorf("%s: reference %q and %q, order %q; want %q and %q", name, s.BuyerReference, i.BuyerReference, s.CustomerReference, c.want, c.ordered)
		}
	}
}

// The period of an invoice is what was said, the subscription's, or that of the
// time on it; a credit note has the invoice's.
func TestInvoicePeriods(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	said := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"recipient":"kari@example.com","period_start":"2026-02-01","period_end":"2026-02-28","lines":[{"description":"Work","unit_price":"100"}]}`, h.customer()))
	h.do(process.TypeInvoice, "issue", said, `{"send":false}`)
	h.subscribe(`"contract":"R-9","project":"P-9"`)
	h.due(1)
	order := h.openOrder()
	h.hours(order, "2026-02-27", "2.5", "Drawing")
	h.hours(order, "2026-02-02", "3", "Planning")
	out, err := h.s.DraftHours(h.ctx(), h.owner, process.DraftHoursInput{})
	h.check(err)
	worked := out.Created[0].ID
	h.do(process.TypeInvoice, "issue", worked, `{"send":false}`)
	h.do(process.TypeInvoice, "credit", worked, `{"reason":"Wrong","send":false}`)
	for name, c := range map[string]struct{ got, want string }{
		"said":        {span(h.frozen(said)), "2026-02-01 2026-02-28"},
		"worked":      {span(h.frozen(worked)), "2026-02-02 2026-02-27"},
		"credit note": {span(h.frozen(list(h, h.s.CreditNotes(), map[string]string{"invoice": worked})[0].ID)), "2026-02-02 2026-02-27"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	for _, i := range list(h, h.s.Invoices(), nil) {
		if i.Subscription != "" && (i.PeriodStart != "2026-03-02" || i.PeriodEnd != "2026-04-01" || i.Contract != "R-9" || i.Project != "P-9") {
			t.Errorf("the subscription's draft is of %s to %s, contract %q, project %q", i.PeriodStart, i.PeriodEnd, i.Contract, i.Project)
		}
	}
}

func span(s process.Snapshot) string { return string(s.PeriodStart + " " + s.PeriodEnd) }
