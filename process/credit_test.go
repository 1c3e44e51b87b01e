package process_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// credit makes a credit note that must succeed.
func (h *house) credit(invoice, body string) *process.CreditNote {
	h.t.Helper()
	return get(h, h.s.CreditNotes(), created(h.t, h.do(process.TypeInvoice, "credit", invoice, body), process.TypeCreditNote))
}

func TestCreditInFull(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice()
	i := get(h, h.s.Invoices(), id)
	n := h.credit(id, `{"reason":"wrong customer"}`)
	if n.Number != "K-1001" || n.InvoiceNumber != i.Number || n.Payable() != i.Payable() || !n.Rounding.IsZero() || n.Reason != "wrong customer" || len(n.Lines) != 2 || n.Lines[0].Source != i.Lines[0].ID {
		t.Errorf("credited by %+v", n)
	}
	pdf, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: process.TypeCreditNote, ID: n.ID})
	h.check(err)
	if pdf.SHA256 != n.SHA256 || pdf.Name != "credit_note-K-1001.pdf" {
		t.Errorf("the document is %s %s", pdf.Name, pdf.SHA256)
	}
	if now := get(h, h.s.Invoices(), id); now.State != "issued" || now.Payment != "settled" || now.Credited != i.Payable() || now.SHA256 != i.SHA256 {
		t.Errorf("the invoice became %+v", now)
	}
	if ms := h.mails("credit_note"); len(ms) != 1 || ms[0].To != "post@kunde.example" {
		t.Errorf("mailed as %+v", ms)
	}
	h.do(process.TypeCreditNote, "send", n.ID, `{"recipient":"boss@kunde.example"}`)
	if again := get(h, h.s.CreditNotes(), n.ID); again.Recipient != "boss@kunde.example" || again.SHA256 != n.SHA256 || len(h.mails("credit_note")) != 2 {
		t.Errorf("sent again as %+v", again)
	}
	h.verify()
}

// An amount is spread over the VAT groups; what their rounding leaves goes to BT-114.
func TestCreditAmount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice() // 15000.00 at 25 %, 392.56 at 12 %
	for _, c := range []struct{ amount, net, vat, rounding string }{
		{"1000.00", "802.37", "197.63", "0.00"}, // 974.50 = 779.60 + 194.90; 25.50 = 22.77 + 2.73 (22.7679)
		{"0.01", "0.01", "0.00", "0.00"},
		{"0.03", "0.02", "0.01", "0.00"},
		{"0.04", "0.03", "0.01", "0.00"},
		{"0.07", "0.06", "0.02", "-0.01"},
	} {
		n := h.credit(id, fmt.Sprintf(`{"reason":"agreed","amount":{"amount":%q,"currency":"NOK"}}`, c.amount))
		if n.Payable().String() != c.amount || n.Net.String() != c.net || n.VAT.String() != c.vat || n.Rounding.String() != c.rounding {
			t.Errorf("%s: net %s, VAT %s, rounding %s, payable %s; want %s, %s, %s", c.amount, n.Net, n.VAT, n.Rounding, n.Payable(), c.net, c.vat, c.rounding)
		}
	}
	left := get(h, h.s.Invoices(), id).Open
	rest := h.credit(id, `{"reason":"the rest"}`)
	if rest.Payable() != left || !get(h, h.s.Invoices(), id).Open.IsZero() {
		t.Errorf("the rest %s of %s", rest.Payable(), left)
	}
	h.verify()
}

func TestCreditRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice()
	line := get(h, h.s.Invoices(), id).Lines[0].ID
	for body, reason := range map[string]string{
		`{}`:             "credit.reason",
		`{"reason":" "}`: "credit.reason",
		`{"reason":"x","amount":{"amount":"15392.57","currency":"NOK"}}`:                                                   "credit.too_much",
		`{"reason":"x","amount":{"amount":"0","currency":"NOK"}}`:                                                          "credit.too_much",
		`{"reason":"x","amount":{"amount":"-1","currency":"NOK"}}`:                                                         "credit.too_much",
		`{"reason":"x","amount":{"amount":"1","currency":"EUR"}}`:                                                          "credit.amount",
		`{"reason":"x","amount":{"amount":"1","currency":"NOK"},"reinvoice":true}`:                                         "credit.reinvoice",
		`{"reason":"x","lines":[{"id":"nothing","quantity":"1"}]}`:                                                         "line.unknown",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"11"}]}`, line):                                            "line.quantity",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"0"}]}`, line):                                             "line.quantity",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"6"},{"id":%q,"quantity":"5"}]}`, line, line):              "line.quantity",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"1"}],"amount":{"amount":"1","currency":"NOK"}}`, line):    "credit.both",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"1"}],"amounts":{"amount":"1","currency":"NOK"}}`, line):   "body.invalid",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"0.000000000000000000000000000000000000000001"}]}`, line):  "line.quantity",
		fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"1"}],"reinvoice":false,"send":false,"number":"7"}`, line): "body.invalid",
	} {
		before := h.trace()
		_, err := h.try(h.owner, process.TypeInvoice, "credit", id, body)
		wantRefused(t, err, process.CodeInvalid, reason)
		if now := h.trace(); now != before {
			t.Errorf("%s left %+v, before %+v", body, now, before)
		}
	}
	h.credit(id, fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"10"}]}`, line))
	_, err := h.try(h.owner, process.TypeInvoice, "credit", id, fmt.Sprintf(`{"reason":"x","lines":[{"id":%q,"quantity":"1"}]}`, line))
	wantRefused(t, err, process.CodeInvalid, "line.quantity")
	h.verify()
}

// A credit note says whether its quantities go back to the order.
func TestCreditAndReinvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct{ body, progress, invoiced string }{
		"all of it, again":           {`{"reason":"x","reinvoice":true}`, "to_invoice", "0"},
		"all of it, for good":        {`{"reason":"x"}`, "completed", "10"},
		"a part of a line, again":    {`{"reason":"x","reinvoice":true,"lines":[{"id":%q,"quantity":"2.5"}]}`, "to_invoice", "7.5"},
		"a part of a line, for good": {`{"reason":"x","lines":[{"id":%q,"quantity":"2.5"}]}`, "completed", "10"},
	} {
		order := h.openOrder()
		invoice := created(t, h.do(process.TypeOrder, "fulfil", order, ""), process.TypeInvoice)
		h.do(process.TypeInvoice, "issue", invoice, "")
		body := c.body
		if len(name) > 12 && name[:6] == "a part" {
			body = fmt.Sprintf(body, get(h, h.s.Invoices(), invoice).Lines[0].ID)
		}
		h.credit(invoice, body)
		o := h.wantOrder(order, c.progress, "10", c.invoiced)
		if c.progress != "to_invoice" {
			continue
		}
		again := created(t, h.do(process.TypeOrder, "invoice", order, ""), process.TypeInvoice)
		h.wantOrder(order, "completed", "10", "10")
		i, n := get(h, h.s.Invoices(), invoice), get(h, h.s.Invoices(), again)
		if i.Open.Add(n.Open) != o.Payable() {
			t.Errorf("%s: %s and %s are open of %s", name, i.Open, n.Open, o.Payable())
		}
	}
	h.verify()
}

// When an amount was credited before, the rest with its quantities still goes
// back to the order.
func TestCreditRestAfterAmount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.openOrder()
	invoice := created(t, h.do(process.TypeOrder, "fulfil", order, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, "")
	h.credit(invoice, `{"reason":"late","amount":{"amount":"392.56","currency":"NOK"}}`)
	if n := h.credit(invoice, `{"reason":"all wrong","reinvoice":true}`); n.Payable().String() != "15000.00" {
		t.Errorf("the rest is %s", n.Payable())
	}
	h.wantOrder(order, "to_invoice", "10", "0")
	h.verify()
}

// Whatever the parts, they never exceed the invoice, and the last one brings
// them to exactly its amount.
func TestCreditsSumToTheInvoice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	rapid.Check(t, func(rt *rapid.T) {
		invoice := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, drawLines(rt, "NOK")))
		i := get(h, h.s.Invoices(), invoice)
		if i.Payable().Minor <= 0 {
			return
		}
		h.do(process.TypeInvoice, "issue", invoice, `{"send":false}`)
		for range rapid.IntRange(0, 3).Draw(rt, "parts") {
			open := get(h, h.s.Invoices(), invoice).Open
			body := ""
			if rapid.Bool().Draw(rt, "by amount") {
				minor := rapid.Int64Range(1, max(2, 2*open.Minor)).Draw(rt, "minor")
				body = fmt.Sprintf(`{"reason":"x","send":false,"amount":{"amount":%q,"currency":"NOK"}}`, process.Money{Minor: minor, Currency: "NOK"})
			} else {
				l := i.Lines[rapid.IntRange(0, len(i.Lines)-1).Draw(rt, "line")]
				share := decimal.New(rapid.Int64Range(1, 10).Draw(rt, "tenths"), -1)
				body = fmt.Sprintf(`{"reason":"x","send":false,"lines":[{"id":%q,"quantity":%q}]}`, l.ID, l.Quantity.Mul(share))
			}
			if _, err := h.try(h.owner, process.TypeInvoice, "credit", invoice, body); err != nil && process.CodeOf(err) != process.CodeInvalid && process.CodeOf(err) != process.CodeConflict {
				rt.Fatal(err)
			}
			if now := get(h, h.s.Invoices(), invoice); now.Open.Minor < 0 {
				rt.Fatalf("credited %s of %s", now.Credited, now.Payable())
			}
		}
		if get(h, h.s.Invoices(), invoice).Open.Minor > 0 {
			h.do(process.TypeInvoice, "credit", invoice, `{"reason":"the rest","send":false}`)
		}
		sum := process.Money{Currency: "NOK"}
		for _, n := range list(h, h.s.CreditNotes(), map[string]string{"invoice": invoice}) {
			wantTotals(rt, n.Totals, n.Lines, "NOK")
			sum = sum.Add(n.Payable())
		}
		if now := get(h, h.s.Invoices(), invoice); sum != now.Payable() || !now.Open.IsZero() || now.Payment != "settled" {
			rt.Fatalf("credited %s of %s, %s is open", sum, now.Payable(), now.Open)
		}
	})
	h.verify()
}

// However an order is delivered, its invoices sum to exactly what was ordered.
func TestInvoicesSumToTheOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	rapid.Check(t, func(rt *rapid.T) {
		order := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, drawLines(rt, "NOK")))
		for range rapid.IntRange(0, 3).Draw(rt, "parts") {
			o := get(h, h.s.Orders(), order)
			l := o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(rt, "line")]
			part := l.Quantity.Sub(l.Delivered).Mul(decimal.New(rapid.Int64Range(1, 10).Draw(rt, "tenths"), -1))
			if part.IsZero() {
				continue
			}
			if _, err := h.fulfil(order, l.ID, part.String()); err != nil {
				rt.Fatal(err)
			}
		}
		if o := get(h, h.s.Orders(), order); o.Progress != "completed" {
			h.do(process.TypeOrder, "fulfil", order, "")
		}
		invoices := list(h, h.s.Invoices(), map[string]string{"order": order})
		if again := rapid.IntRange(0, len(invoices)).Draw(rt, "again"); again < len(invoices) {
			_, err := h.s.DeleteInvoice(h.ctx(), h.owner, process.Target{ID: invoices[again].ID})
			h.check(err)
			h.do(process.TypeOrder, "invoice", order, "")
		}
		o, sum := get(h, h.s.Orders(), order), process.Money{Currency: "NOK"}
		for _, i := range list(h, h.s.Invoices(), map[string]string{"order": order}) {
			wantTotals(rt, i.Totals, i.Lines, "NOK")
			sum = sum.Add(i.Payable())
		}
		if o.Progress != "completed" || sum != o.Payable() {
			rt.Fatalf("the order is %s over %s, its invoices sum to %s", o.Progress, o.Payable(), sum)
		}
	})
	h.verify()
}
