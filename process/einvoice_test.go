package process_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// writings write a document as its format and number.
type writings struct {
	problems []process.Problem
	fail     error
}

func (w *writings) XML(s process.Snapshot, format string, _ ...process.File) ([]byte, []process.Problem, error) {
	if w.fail != nil || len(w.problems) > 0 {
		return nil, w.problems, w.fail
	}
	return fmt.Appendf(nil, "<%s>%s of %s</%s>", format, s.Number, s.Buyer.Name, format), nil, nil
}

func TestInvoiceXML(t *testing.T) {
	h := newHouse(t)
	invoice, draft, quote, note := h.issuedInvoice(), h.draftInvoice(), h.activeQuote(), h.creditNote()
	w := &writings{}
	writing := process.New(process.Options{Store: h.db, Documents: h.papers, Invoices: w, Clock: h.clock.now, Key: []byte("0123456789abcdef0123456789abcdef")})
	number := get(h, h.s.Invoices(), invoice).Number
	missing := []process.Problem{{Field: "customer.e_invoice_address", Reason: "x", Message: "no address"}}
	broken := errors.New("broken")
	for _, c := range []struct {
		name     string
		service  *process.Service
		actor    process.Actor
		about    process.Ref
		format   string
		problems []process.Problem
		fail     error
		want     string
		reason   string
		code     process.Code
	}{
		{name: "cii", service: writing, actor: h.reader, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "cii", want: "invoice-" + number + "-cii.xml"},
		{name: "ubl", service: writing, actor: h.reader, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "ubl", want: "invoice-" + number + "-ubl.xml"},
		{name: "credit note", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeCreditNote, ID: note}, format: "cii",
			want: "credit_note-" + get(h, h.s.CreditNotes(), note).Number + "-cii.xml"},
		{name: "draft", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: draft}, format: "cii", reason: "einvoice.draft", code: process.CodeConflict},
		{name: "quote", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeQuote, ID: quote}, format: "cii", reason: "einvoice.quote", code: process.CodeConflict},
		{name: "order", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeOrder, ID: "x"}, format: "cii", reason: "not_found", code: process.CodeNotFound},
		{name: "no such invoice", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: "x"}, format: "cii", reason: "not_found", code: process.CodeNotFound},
		{name: "no such format", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "edi", reason: "einvoice.format", code: process.CodeInvalid},
		{name: "no writer", service: h.s, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "cii", reason: "einvoice.unavailable", code: process.CodeConflict},
		{name: "incomplete", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "ubl", problems: missing, reason: "einvoice.incomplete", code: process.CodeConflict},
		{name: "nobody", service: writing, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "ubl", code: process.CodeUnauthorized, reason: "unauthorized"},
		{name: "broken", service: writing, actor: h.owner, about: process.Ref{Type: process.TypeInvoice, ID: invoice}, format: "ubl", fail: broken, code: process.CodeInternal},
	} {
		w.problems, w.fail = c.problems, c.fail
		f, err := c.service.InvoiceXML(h.ctx(), c.actor, c.about, c.format)
		if process.CodeOf(err) != c.code || f.Name != c.want || (len(f.Data) > 0) != (c.want != "") {
			t.Errorf("%s: %q, %d bytes, error %v", c.name, f.Name, len(f.Data), err)
		}
		var e *process.Error
		if errors.As(err, &e) && (e.Reason != c.reason || len(e.Problems) < len(c.problems)) {
			t.Errorf("%s: refused for %s with %v", c.name, e.Reason, e.Problems)
		}
		if c.fail != nil && !errors.Is(err, c.fail) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
