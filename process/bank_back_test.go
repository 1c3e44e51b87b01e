package process_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// movement is one booked entry of CAMT.053 as h.statement takes it.
func (h *house) movement(amount, direction, reversal, reference, name, account string) process.BankEntry {
	h.t.Helper()
	side := map[string]string{"CRDT": "Dbtr", "DBIT": "Cdtr"}[direction]
	h.statement("", fmt.Sprintf(`<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>%s</IBAN></Id></Acct><Ntry><Amt Ccy="NOK">%s</Amt><CdtDbtInd>%s</CdtDbtInd><RvslInd>%s</RvslInd>
		<BookgDt><Dt>2026-03-03</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><%s><Nm>%s</Nm></%s></RltdPties>
		<RmtInf><Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`,
		account, amount, direction, reversal, h.fresh("M"), side, name, side, reference))
	return list(h, h.s.BankEntries(), nil)[0]
}

// A bank takes money back: the invoice is suggested, and what a person says of
// it counts on the payment that it gives back.
func TestBankTakesMoneyBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.bill(h.customer(), "100.00"), h.bill(h.customer(), "250.00")
	first := h.entry("100,00", "", "", a.PaymentReference).Matches[0].Payment
	h.entry("250,00", "", "", b.PaymentReference)
	for _, c := range []struct{ name, amount, reversal, reference, want string }{
		{"by its reference", "100.00", "true", a.PaymentReference, "unmatched " + a.Number + ":reversal"},
		{"by its amount", "250.00", "true", "", "unmatched " + b.Number + ":reversal"},
		{"of nothing that is known", "77.00", "true", "", "unmatched"},
		{"no reversal, our reference", "60.00", "false", a.PaymentReference, "unmatched " + a.Number + ":reversal"},
		{"no reversal, more than was paid", "500.00", "false", a.PaymentReference, "ignored"},
		{"no reversal, the same amount", "250.00", "false", "", "ignored"},
	} {
		if got := what(h.movement(c.amount, "DBIT", c.reversal, c.reference, "", "")); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	gone := h.movement("100.00", "DBIT", "true", a.PaymentReference, "", "")
	back := created(t, h.do(process.TypeBankEntry, "match", gone.ID, fmt.Sprintf(`{"invoice":%q}`, a.Number)), process.TypePayment)
	if got := get(h, h.s.Invoices(), a.ID); got.Payment != "unpaid" || got.Open.String() != "100.00" {
		t.Errorf("taken back it is %s with %s open", got.Payment, got.Open)
	}
	if p := get(h, h.s.Payments(), back); p.RefundOf != first || get(h, h.s.Payments(), first).Refunded.String() != "100.00" {
		t.Errorf("it gives back %q", p.RefundOf)
	}
	_, err := h.try(h.owner, process.TypePayment, "refund", first, "")
	wantRefused(t, err, process.CodeConflict, "payment.refunded")
	h.verify()
	h.do(process.TypeBankEntry, "unmatch", gone.ID, "")
	if got := get(h, h.s.Invoices(), a.ID); got.Payment != "paid" || !get(h, h.s.Payments(), first).Refunded.IsZero() {
		t.Errorf("unmatched it is %s", got.Payment)
	}
	h.verify()
}

// Money that went out over two payments names none of them; then no more is
// paid back by hand than is left on the invoice.
func TestNoMorePaidBackThanIsThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := h.bill(h.customer(), "100.00")
	first := h.pay(i.ID, "60.00")
	h.pay(i.ID, "40.00")
	gone := h.movement("90.00", "DBIT", "true", i.PaymentReference, "", "")
	back := created(t, h.do(process.TypeBankEntry, "match", gone.ID, fmt.Sprintf(`{"invoice":%q}`, i.Number)), process.TypePayment)
	if p := get(h, h.s.Payments(), back); p.RefundOf != "" {
		t.Errorf("it gives back %q", p.RefundOf)
	}
	_, err := h.try(h.owner, process.TypePayment, "refund", first, `{"amount":{"amount":"11.00"}}`)
	wantRefused(t, err, process.CodeInvalid, "payment.refund")
	h.do(process.TypePayment, "refund", first, "")
	if got := get(h, h.s.Invoices(), i.ID); !got.Paid.IsZero() {
		t.Errorf("%s is paid", got.Paid)
	}
	h.verify()
}

// The same movement comes by two services without a reference: by payer and
// amount, whether the account is written as IBAN or not.
func TestRepeatedWithoutReference(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.named("Hansen Bygg AS")
	bill := h.bill(c, "640.00")
	h.statement("csv", "Dato;Beløp;Navn;Melding;Til konto\n02.03.2026;640,00;Hansen Bygg AS;takk;15034512345\n")
	if got := get(h, h.s.Invoices(), bill.ID); got.Payment != "paid" {
		t.Fatalf("it is %s", got.Payment)
	}
	again := h.bill(c, "640.00")
	for _, k := range []struct{ name, account, want string }{
		{"HANSEN BYGG AS", "NO9315034512345", "unmatched " + again.Number + ":repeated"},
		{"HANSEN BYGG AS", "NO8597101234560", "matched amount_and_name " + again.Number + "=640.00"},
	} {
		if got := what(h.movement("640.00", "CRDT", "false", "", k.name, k.account)); got != k.want {
			t.Errorf("on %s: %q, want %q", k.account, got, k.want)
		}
	}
	h.verify()
}

// A transfer that says what is meant for each invoice is booked as it says,
// too little on one and too much on the other; handed in again it changes nothing.
func TestTransferForSeveralInvoices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.bill(h.customer(), "500.00"), h.bill(h.customer(), "100.00")
	file := fmt.Sprintf(`<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="NOK">350.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-03</Dt></BookgDt><AcctSvcrRef>X</AcctSvcrRef>
		<NtryDtls><TxDtls><RmtInf><Strd><RfrdDocAmt><RmtdAmt Ccy="NOK">200.00</RmtdAmt></RfrdDocAmt><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>
		<Strd><RfrdDocAmt><RmtdAmt Ccy="NOK">150.00</RmtdAmt></RfrdDocAmt><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`, a.PaymentReference, b.PaymentReference)
	if sum := h.statement("", file); sum.Booked != 2 {
		t.Errorf("%+v", sum)
	}
	if sum := h.statement("", strings.Replace(file, "<Stmt>", "<Stmt> ", 1)); sum.Repeated != 2 {
		t.Errorf("again: %+v", sum)
	}
	for id, want := range map[string]string{a.ID: "partly_paid 300.00", b.ID: "overpaid -50.00"} {
		if i := get(h, h.s.Invoices(), id); i.Payment+" "+i.Open.String() != want {
			t.Errorf("%s is %s, %s open; want %s", i.Number, i.Payment, i.Open, want)
		}
	}
	h.verify()
}

// Who pays what the reminder asked for, without the KID, has paid it.
func TestPaidWithItsClaims(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders(func(r *process.Reminders) {
		r.Steps = []process.ReminderStep{{Key: "a", Days: 14, Text: "reminder", Fee: decimal.NewFromInt(38)}}
	})
	c := h.named("Hansen Bygg AS")
	_, err := h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: c}, []byte(`{"email":"post@hansen.example"}`))
	h.check(err)
	a, b := h.bill(c, "100.00"), h.bill(c, "250.00")
	h.on(28)
	h.remind(2)
	h.settings(func(st *process.Settings) { st.PaymentLink = "https://pay.example/{amount}" })
	st, _, err := h.s.Settings(h.ctx(), h.owner)
	h.check(err)
	if got := st.PaymentLinkOf(get(h, h.s.Invoices(), a.ID)); got != "https://pay.example/138.00" {
		t.Errorf("the link asks for %s", got)
	}
	for _, k := range []struct{ amount, text, want string }{
		{"138,00", "", "matched amount_and_name " + a.Number + "=138.00"},
		{"288,00", "faktura " + b.Number, "matched number " + b.Number + "=288.00"},
	} {
		if got := what(h.entry(k.amount, "Hansen Bygg AS", k.text, "")); got != k.want {
			t.Errorf("%s: %q, want %q", k.amount, got, k.want)
		}
	}
	for _, id := range []string{a.ID, b.ID} {
		if i := get(h, h.s.Invoices(), id); i.Payment != "paid" || !i.Due().IsZero() {
			t.Errorf("%s is %s with %s due", i.Number, i.Payment, i.Due())
		}
	}
	h.verify()
}
