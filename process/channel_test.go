package process_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// enclosing writes a document with what is enclosed, and misses what the e-invoice misses.
type enclosing struct{}

func (enclosing) XML(s process.Snapshot, format string, enclosed ...process.File) ([]byte, []process.Problem, error) {
	if s.Buyer.Endpoint.ID == "" {
		return nil, []process.Problem{{Field: "customer.e_invoice_address", Reason: "einvoice.buyer_endpoint.missing", Message: "the customer has no e-invoice address", Channel: "peppol"}}, nil
	}
	b := fmt.Appendf(nil, "<%s>%s ", format, s.Number)
	for _, f := range enclosed {
		b = append(append(b, f.Name+" "...), f.Data...)
	}
	return b, nil, nil
}

// withAccessPoint opens the installation with one, or without.
func (h *house) withAccessPoint(there bool) {
	h.s = process.New(process.Options{Store: h.db, Documents: h.papers, Invoices: enclosing{}, AccessPoint: there, Clock: h.clock.now, Key: []byte("0123456789abcdef0123456789abcdef")})
}

func (h *house) customerBy(by, email, endpoint string) string {
	address := ""
	if endpoint != "" {
		address = `,"e_invoice_address":{"scheme":"0192","id":"` + endpoint + `"}`
	}
	return h.create(process.TypeCustomer, fmt.Sprintf(`{"name":"Kunde AS","email":%q,"send_by":%q,"address":{"city":"Oslo","country":"NO"}%s}`, email, by, address))
}

// Which way an invoice goes: the customer's, else the settings'; mail when the
// e-invoice is blocked, with a task that says why.
func TestWaysOfAnInvoice(t *testing.T) {
	t.Parallel()
	const gln = "987654325"
	for _, c := range []struct {
		name, usual, by, email, endpoint string
		nowhere                          bool
		want                             string // kinds of the deliveries
		task                             string
		refused                          string
	}{
		{name: "by mail", email: "a@kunde.example", endpoint: gln, want: "invoice"},
		{name: "by mail, as the customer wants", usual: "both", by: "mail", email: "a@kunde.example", endpoint: gln, want: "invoice"},
		{name: "by e-invoice", by: "e_invoice", email: "a@kunde.example", endpoint: gln, want: "e_invoice"},
		{name: "by e-invoice without mail address", by: "e_invoice", endpoint: gln, want: "e_invoice"},
		{name: "by both", by: "both", email: "a@kunde.example", endpoint: gln, want: "e_invoice invoice"},
		{name: "as the settings say", usual: "e_invoice", endpoint: gln, want: "e_invoice"},
		{name: "both without mail address", by: "both", endpoint: gln, refused: "recipient.missing"},
		{name: "no endpoint", by: "e_invoice", email: "a@kunde.example", want: "invoice", task: "the customer has no e-invoice address"},
		{name: "both, no endpoint", by: "both", email: "a@kunde.example", want: "invoice", task: "the customer has no e-invoice address"},
		{name: "no endpoint, no mail address", by: "e_invoice", refused: "einvoice.no_way"},
		{name: "no access point", by: "e_invoice", email: "a@kunde.example", endpoint: gln, nowhere: true, want: "invoice", task: "no access point is configured"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.withAccessPoint(!c.nowhere)
			h.settings(func(s *process.Settings) { s.SendBy = c.usual })
			id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.customerBy(c.by, c.email, c.endpoint), lines))
			_, err := h.try(h.owner, process.TypeInvoice, "issue", id, "")
			if c.refused != "" {
				wantRefused(t, err, process.CodeInvalid, c.refused)
				if i := get(h, h.s.Invoices(), id); i.Number != "" {
					t.Errorf("refused, it took number %s", i.Number)
				}
				return
			}
			h.check(err)
			var kinds []string
			for _, kind := range []string{"e_invoice", "invoice"} {
				for _, d := range h.mails(kind) {
					if kinds = append(kinds, kind); kind == "e_invoice" && (d.To != "0192:"+gln || d.About.ID != id || d.State != "queued") {
						t.Errorf("the e-invoice is %+v", d)
					}
				}
			}
			if got := strings.Join(kinds, " "); got != c.want {
				t.Errorf("it goes by %q, want %q", got, c.want)
			}
			i, tasks := get(h, h.s.Invoices(), id), list(h, h.s.Tasks(), nil)
			if c.task == "" && len(tasks)+len(i.Problems) > 0 ||
				c.task != "" && (len(tasks) != 1 || tasks[0].Reason != "e_invoice_blocked" || !strings.Contains(tasks[0].Note, c.task) || len(i.Problems) != 1 || i.Problems[0].Channel == "") {
				t.Errorf("the tasks are %+v, the invoice says %+v", tasks, i.Problems)
			}
			h.verify()
		})
	}
}

// An e-invoice's bytes are fixed once, with the PDF inside, under the document's
// id; a document is one e-invoice and any number of mails.
func TestDispatch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.withAccessPoint(true)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, h.customerBy("e_invoice", "a@kunde.example", "987654325"), lines))
	h.do(process.TypeInvoice, "issue", id, "")
	i, d := get(h, h.s.Invoices(), id), h.mails("e_invoice")[0]
	first, err := h.s.DispatchOf(h.ctx(), process.System(), d.ID)
	h.check(err)
	pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeInvoice, ID: id})
	h.check(err)
	if first.Key != id || first.Name != i.Number+"-"+id+".xml" || !bytes.HasPrefix(first.Raw, []byte("<ubl>"+i.Number+" "+pdf.Name)) || !bytes.HasSuffix(first.Raw, pdf.Data) {
		t.Errorf("it is %s, %s: %.80s", first.Key, first.Name, first.Raw)
	}
	h.settings(func(s *process.Settings) { s.Company.Name = "Another AS" })
	if again, err := h.s.DispatchOf(h.ctx(), process.System(), d.ID); err != nil || !bytes.Equal(again.Raw, first.Raw) {
		t.Errorf("the second attempt has other bytes, %v", err)
	}
	if _, err := h.s.DispatchOf(h.ctx(), h.reader, d.ID); err == nil {
		t.Error("a reader sends")
	}
	h.verify()
	if !h.start(d.ID, 1) {
		t.Fatal("the attempt does not begin")
	}
	h.finish(d.ID, process.Sent{State: "failed", Reply: "422 no such receiver"})
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 1 || ts[0].Reason != "delivery_failed" {
		t.Errorf("failed, the tasks are %+v", ts)
	}
	_, err = h.try(h.owner, process.TypeInvoice, "send", id, "")
	wantRefused(t, err, process.CodeConflict, "einvoice.sent")
	_, err = h.try(h.owner, process.TypeInvoice, "send", id, `{"by":"fax"}`)
	wantRefused(t, err, process.CodeInvalid, "einvoice.way")
	h.do(process.TypeInvoice, "send", id, `{"by":"mail"}`)
	h.do(process.TypeInvoice, "send", id, `{"by":"both"}`)
	h.do(process.TypeInvoice, "send", id, `{"recipient":"b@kunde.example"}`)
	if mails, es := h.mails("invoice"), h.mails("e_invoice"); len(mails) != 3 || len(es) != 1 {
		t.Errorf("%d mails and %d e-invoices", len(mails), len(es))
	}
	h.do(process.TypeDelivery, "retry", d.ID, "")
	if !h.start(d.ID, 2) {
		t.Fatal("the second attempt does not begin")
	}
	h.finish(d.ID, process.Sent{State: "accepted", Reply: "202"})
	h.verify()

	// Its credit note goes the same way, and says what it credits.
	note := created(t, h.do(process.TypeInvoice, "credit", id, `{"reason":"wrong"}`), process.TypeCreditNote)
	es := h.mails("e_invoice")
	if len(es) != 2 || es[0].About.ID != note {
		t.Fatalf("the e-invoices are %+v", es)
	}
	n := get(h, h.s.CreditNotes(), note)
	out, err := h.s.DispatchOf(h.ctx(), process.System(), es[0].ID)
	if err != nil || out.Name != n.Number+"-"+note+".xml" || !bytes.Contains(out.Raw, []byte("credit_note-"+n.Number+".pdf")) {
		t.Errorf("the credit note goes as %+v, %v", out, err)
	}
	h.verify()
}

func TestSendByIsChecked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.s.CreateCustomer(h.ctx(), h.owner, process.CustomerInput{Name: "Kunde AS", SendBy: "fax"})
	wantRefused(t, err, process.CodeInvalid, "customer.invalid")
	st := process.DefaultSettings()
	st.SendBy = "fax"
	if ps := st.Problems(); len(ps) != 1 || ps[0].Reason != "settings.send_by" {
		t.Errorf("the settings' problems are %+v", ps)
	}
}
