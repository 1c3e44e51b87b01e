package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// statement hands a bank file in.
func (h *house) statement(format, data string) process.StatementSummary {
	h.t.Helper()
	h.tick()
	out, err := h.s.ImportStatement(h.ctx(), h.accounting, process.StatementInput{Name: "bank.txt", Format: format, Data: []byte(data)})
	h.check(err)
	return out.Record.(process.StatementSummary)
}

const bankHead = "Dato;Beløp;Navn;Melding;KID;Arkivref;Fra konto\n"

// row is one line of a CSV file; the bank's id makes it one of its own.
func (h *house) row(amount, name, text, kid string) string {
	return fmt.Sprintf("02.03.2026;%s;%s;%s;%s;%s;97101234560\n", amount, name, text, kid, h.fresh("A"))
}

// entry imports one movement and gives its entry.
func (h *house) entry(amount, name, text, kid string) process.BankEntry {
	h.t.Helper()
	sum := h.statement("csv", bankHead+h.row(amount, name, text, kid))
	if sum.Entries != 1 || sum.Repeated != 0 {
		h.t.Fatalf("the file became %+v", sum)
	}
	return list(h, h.s.BankEntries(), nil)[0]
}

// bill issues an invoice over an amount with VAT to a customer.
func (h *house) bill(customer, amount string) process.Invoice {
	h.t.Helper()
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"Work","quantity":"1","unit_price":%q,"vat":{"category":"Z","rate":"0"}}]}`, customer, amount))
	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	return *get(h, h.s.Invoices(), id)
}

func (h *house) named(name string) string {
	return h.create(process.TypeCustomer, fmt.Sprintf(`{"name":%q,"address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`, name))
}

func (h *house) refundedPayment() string {
	id := h.bookedPayment()
	h.do(process.TypePayment, "refund", id, "")
	return id
}

func (h *house) unmatchedEntry() string {
	h.issuedInvoice()
	return h.entry("99,00", h.fresh("nobody"), "hei", "").ID
}

func (h *house) matchedEntry() string {
	return h.entry("99,00", "", "", get(h, h.s.Invoices(), h.issuedInvoice()).PaymentReference).ID
}

func (h *house) refundedEntry() string {
	id := h.matchedEntry()
	h.do(process.TypePayment, "refund", get(h, h.s.BankEntries(), id).Matches[0].Payment, "")
	return id
}

func (h *house) ignoredEntry() string {
	id := h.unmatchedEntry()
	h.do(process.TypeBankEntry, "ignore", id, `{"reason":"interest"}`)
	return id
}

// what says how an entry ended: its state and how, and the suggestions.
func what(e process.BankEntry) string {
	var s []string
	for _, g := range e.Suggestions {
		s = append(s, g.Number+":"+g.Why)
	}
	for _, m := range e.Matches {
		s = append(s, m.Number+"="+m.Amount.String())
	}
	return strings.Join(strings.Fields(e.State+" "+e.How+" "+strings.Join(s, " ")), " ")
}

// TestMatching walks every rule, and what is almost one.
func TestMatching(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hansen, berg, kari := h.named("Hansen Bygg AS"), h.named("Berg & Sønn ENK"), h.named("Kari Nordmann")
	nordlysA, nordlysB := h.named("Nordlys AS"), h.named("Nordlys")
	long := h.named("Arkitektene Olsen Pettersen og Johansen AS")
	_ = nordlysB
	i := map[string]process.Invoice{}
	bill := func(key, customer, amount string) { i[key] = h.bill(customer, amount) }
	for _, c := range []struct {
		name               string
		bills              []string // key, customer, amount
		amount, from, text string
		kid                string // of this bill
		want               string // # stands for the number of a bill, as {key}
	}{
		{"KID", []string{"a", hansen, "1250.00"}, "1250,00", "Noen Andre", "", "a", "matched reference {a}=1250.00"},
		{"KID, too little", []string{"b", hansen, "1000.00"}, "400,00", "", "", "b", "matched reference {b}=400.00"},
		{"KID, the rest and more", nil, "700,00", "", "", "b", "matched reference {b}=700.00"},
		{"KID of a paid one", nil, "1250,00", "", "", "a", "unmatched {a}:settled"},
		{"number in the text", []string{"c", berg, "333.33"}, "333,33", "x", "faktura {c}.", "", "matched number {c}=333.33"},
		{"KID in the text", []string{"d", berg, "444.44"}, "444,44", "", "KID:{kid d}", "", "matched number {d}=444.44"},
		{"number, other amount and name", []string{"e", berg, "555.00"}, "500,00", "Noen Andre", "faktura {e}", "", "unmatched {e}:number"},
		{"number and name, a part", nil, "500,00", "BERG & SØNN ENK", "faktura {e}", "", "matched number {e}=500.00"},
		{"number, too much", nil, "56,00", "Berg & Sønn ENK", "faktura {e}", "", "unmatched {e}:number"},
		{"two numbers of one customer", []string{"f", kari, "100.00", "g", kari, "200.50"}, "300,50", "", "{f} og {g}", "", "matched number {f}=100.00 {g}=200.50"},
		{"two numbers of two customers", []string{"h", kari, "10.00", "j", berg, "20.00"}, "30,00", "", "{h}, {j}", "", "unmatched {h}:number {j}:number"},
		{"amount and name", []string{"k", kari, "777.10"}, "777,10", "NORDMANN KARI", "leie", "", "matched amount_and_name {k}=777.10"},
		{"amount without the name", []string{"l", kari, "888.10"}, "888,10", "Ola Nordmann", "", "", "unmatched {l}:amount"},
		{"the same amount twice", []string{"m", hansen, "99.50", "n", hansen, "99.50"}, "99,50", "Hansen Bygg AS", "", "", "unmatched {m}:amount_and_name {n}:amount_and_name"},
		{"one of them named", nil, "99,50", "Hansen Bygg AS", "{n}", "", "matched number {n}=99.50"},
		{"another form of company", []string{"o", nordlysA, "61.00"}, "61,00", "Nordlys ENK", "", "", "unmatched {o}:amount"},
		{"no form of company", nil, "61,00", "Nordlys", "", "", "matched amount_and_name {o}=61.00"},
		{"the form in another spelling", []string{"w", nordlysA, "61.50"}, "61,50", "NORDLYS A/S", "", "", "matched amount_and_name {w}=61.50"},
		{"a name that was cut off", []string{"p", long, "62.00"}, "62,00", "ARKITEKTENE OLSEN PETTERSEN OG JOH", "", "", "matched amount_and_name {p}=62.00"},
		{"several that sum", []string{"q", nordlysA, "1000.01", "r", nordlysA, "2000.02", "s", nordlysA, "4000.00"}, "5000,01", "Nordlys AS", "", "", "matched several {q}=1000.01 {s}=4000.00"},
		{"two ways to sum", []string{"t", nordlysA, "1000.00", "u", nordlysA, "1000.02", "v", nordlysA, "2000.00"}, "3000,02", "Nordlys AS", "diverse", "", "unmatched {r}:name {t}:name {u}:name {v}:name"},
		{"money that went out", nil, "-50,00", "Strøm AS", "", "", "ignored"},
		{"nobody knows", nil, "12345,67", "Fremmed AS", "2026 10", "", "unmatched"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			for k := 0; k < len(c.bills); k += 3 {
				bill(c.bills[k], c.bills[k+1], c.bills[k+2])
			}
			var names []string
			for key, inv := range i {
				names = append(names, "{"+key+"}", inv.Number, "{kid "+key+"}", inv.PaymentReference)
			}
			fill := strings.NewReplacer(names...)
			kid := ""
			if c.kid != "" {
				kid = i[c.kid].PaymentReference
			}
			e := h.entry(c.amount, c.from, fill.Replace(c.text), kid)
			if got, want := what(e), fill.Replace(c.want); got != want {
				t.Errorf("it is %q, want %q", got, want)
			}
		})
	}
	h.t = t
	if b := get(h, h.s.Invoices(), i["b"].ID); b.Payment != "overpaid" || b.Open.String() != "-100.00" {
		t.Errorf("the overpaid invoice is %s with %s open", b.Payment, b.Open)
	}
	h.verify()
}

// TestRepeatedFiles hands files in twice, in parts, and in two formats.
func TestRepeatedFiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.bill(h.customer(), "1250.00"), h.bill(h.customer(), "1000.00")
	one := bankHead + h.row("1250,00", "", "", a.PaymentReference)
	two := one + h.row("10,00", "x", "", "")
	same := "02.03.2026;5,00;y;;;;\n"
	for _, c := range []struct {
		data                               string
		booked, unmatched, ignored, repeat int
	}{
		{one, 1, 0, 0, 0}, {one, 0, 0, 0, 1}, {two, 0, 1, 0, 1}, {strings.ReplaceAll(two, "\n", "\r\n"), 0, 0, 0, 2},
		{bankHead + same, 0, 1, 0, 0}, {bankHead + same + same, 0, 1, 0, 1}, {bankHead + same + same, 0, 0, 0, 2},
		{bankHead, 0, 0, 0, 0},
	} {
		before := h.trace()
		got := h.statement("", c.data)
		want := process.StatementSummary{Format: "csv", Entries: c.booked + c.unmatched + c.ignored + c.repeat, Booked: c.booked, Unmatched: c.unmatched, Ignored: c.ignored, Repeated: c.repeat}
		if got != want {
			t.Errorf("%q became %+v, want %+v", c.data, got, want)
		}
		if c.booked+c.unmatched+c.ignored == 0 && h.trace() != before {
			t.Errorf("%q left something", c.data)
		}
	}
	// Part of b comes by CSV; the same movement in a CAMT file is left to a person.
	h.statement("", bankHead+h.row("400,00", "", "", b.PaymentReference))
	camt := `<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="NOK">400.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-03-03</Dt></BookgDt>
		<NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>` + b.PaymentReference + `</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`
	h.statement("", camt)
	if got, want := what(list(h, h.s.BankEntries(), nil)[0]), "unmatched "+b.Number+":repeated"; got != want {
		t.Errorf("the other format's is %q, want %q", got, want)
	}
	if got := get(h, h.s.Invoices(), b.ID); got.Paid.String() != "400.00" {
		t.Errorf("%s is paid", got.Paid)
	}
	for name, data := range map[string]string{"a broken line": bankHead + h.row("1,00", "", "", "") + h.row("x", "", "", ""), "no bank file": "hello"} {
		before := h.trace()
		_, err := h.s.ImportStatement(h.ctx(), h.owner, process.StatementInput{Data: []byte(data)})
		wantRefused(t, err, process.CodeInvalid, "statement.unreadable")
		if !strings.Contains(err.Error(), "line ") || h.trace() != before {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.s.ImportStatement(h.ctx(), h.reader, process.StatementInput{Data: []byte(one)})
	wantRefused(t, err, process.CodeForbidden, "")
	_, err = h.s.ImportStatement(h.ctx(), h.owner, process.StatementInput{Data: make([]byte, process.MaxStatement+1)})
	wantRefused(t, err, process.CodeTooLarge, "")
	h.verify()
}

// TestLargeFile goes over several transactions, and pays one invoice bit by bit.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bill := h.bill(h.customer(), "250.00")
	data := bankHead
	for range 250 {
		data += h.row("1,00", "", "", bill.PaymentReference)
	}
	if sum := h.statement("csv", data); sum.Booked != 250 {
		t.Fatalf("%+v", sum)
	}
	if got := get(h, h.s.Invoices(), bill.ID); got.Payment != "paid" {
		t.Errorf("it is %s, %s open", got.Payment, got.Open)
	}
	if sum := h.statement("csv", data+h.row("1,00", "", "", bill.PaymentReference)); sum.Repeated != 250 || sum.Unmatched != 1 {
		t.Errorf("%+v", sum)
	}
	h.verify()
}

// TestByPerson matches, unmatches, ignores and reverses.
func TestByPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.customer()
	a, b := h.bill(c, "100.00"), h.bill(c, "200.00")
	e := h.entry("350,00", "x", "", "")
	try := func(body string) error {
		_, err := h.try(h.owner, process.TypeBankEntry, "match", e.ID, body)
		return err
	}
	wantRefused(t, try(""), process.CodeInvalid, "bank_entry.invoice")
	wantRefused(t, try(`{"invoice":"nobody"}`), process.CodeInvalid, "bank_entry.invoice")
	wantRefused(t, try(fmt.Sprintf(`{"invoice":%q}`, h.draftInvoice())), process.CodeInvalid, "bank_entry.invoice")
	out := h.do(process.TypeBankEntry, "match", e.ID, fmt.Sprintf(`{"invoices":[%q,%q]}`, a.Number, b.ID))
	if got, want := what(*out.Record.(*process.BankEntry)), fmt.Sprintf("matched person %s=100.00 %s=250.00", a.Number, b.Number); got != want || len(out.Created) != 2 {
		t.Errorf("%q with %v, want %q", got, out.Created, want)
	}
	if got := get(h, h.s.Invoices(), b.ID); got.Payment != "overpaid" || got.Open.String() != "-50.00" {
		t.Errorf("b is %s, %s open", got.Payment, got.Open)
	}
	h.verify()
	// One payment taken back takes the whole entry back.
	h.do(process.TypePayment, "reverse", out.Created[0].ID, `{"reason":"wrong"}`)
	for _, i := range []process.Invoice{a, b} {
		if got := get(h, h.s.Invoices(), i.ID); got.Payment != "unpaid" || !got.Paid.IsZero() {
			t.Errorf("%s is %s", i.Number, got.Payment)
		}
	}
	if got := what(*get(h, h.s.BankEntries(), e.ID)); got != fmt.Sprintf("unmatched %s:unmatched %s:unmatched", a.Number, b.Number) {
		t.Errorf("the entry is %q", got)
	}
	h.verify()
	h.do(process.TypeBankEntry, "match", e.ID, fmt.Sprintf(`{"invoice":%q}`, b.Number))
	h.do(process.TypeBankEntry, "unmatch", e.ID, "")
	h.do(process.TypeBankEntry, "ignore", e.ID, `{"reason":"private"}`)
	h.do(process.TypeBankEntry, "unmatch", e.ID, "")
	// Money that went out is booked as paid back.
	h.do(process.TypeBankEntry, "match", e.ID, fmt.Sprintf(`{"invoice":%q}`, b.Number))
	gone := h.entry("-150,00", "x", "", "")
	h.do(process.TypeBankEntry, "unmatch", gone.ID, "")
	_, err := h.try(h.owner, process.TypeBankEntry, "match", gone.ID, fmt.Sprintf(`{"invoice":%q}`, a.Number))
	wantRefused(t, err, process.CodeInvalid, "payment.refund")
	h.do(process.TypeBankEntry, "match", gone.ID, fmt.Sprintf(`{"invoice":%q}`, b.Number))
	if got := get(h, h.s.Invoices(), b.ID); got.Payment != "paid" || got.Paid.String() != "200.00" {
		t.Errorf("b is %s with %s paid", got.Payment, got.Paid)
	}
	h.verify()
}

// TestRefund pays back wholly and in parts, and takes that back.
func TestRefund(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	i := h.bill(h.customer(), "100.00")
	p := h.pay(i.ID, "150.00")
	state := func(want, paid, refunded string) {
		t.Helper()
		inv, pay := get(h, h.s.Invoices(), i.ID), get(h, h.s.Payments(), p)
		if inv.Payment != want || inv.Paid.String() != paid || pay.Refunded.String() != refunded {
			t.Errorf("it is %s with %s paid, %s refunded; want %s, %s, %s", inv.Payment, inv.Paid, pay.Refunded, want, paid, refunded)
		}
	}
	state("overpaid", "150.00", "0.00")
	for _, amount := range []string{"0", "-1", "150.01"} {
		_, err := h.try(h.owner, process.TypePayment, "refund", p, fmt.Sprintf(`{"amount":{"amount":%q,"currency":"NOK"}}`, amount))
		wantRefused(t, err, process.CodeInvalid, "payment.refund")
	}
	_, err := h.try(h.owner, process.TypePayment, "refund", p, `{"amount":{"amount":"1","currency":"EUR"}}`)
	wantRefused(t, err, process.CodeInvalid, "payment.refund")
	back := created(t, h.do(process.TypePayment, "refund", p, `{"amount":{"amount":"50.00"},"reason":"too much","date":"2026-03-05"}`), process.TypePayment)
	state("paid", "100.00", "50.00")
	if r := get(h, h.s.Payments(), back); r.Amount.String() != "-50.00" || r.RefundOf != p || r.Date != "2026-03-05" {
		t.Errorf("the refund is %+v", r)
	}
	_, err = h.try(h.owner, process.TypePayment, "refund", back, "")
	wantRefused(t, err, process.CodeConflict, "payment.refunded")
	h.do(process.TypePayment, "refund", p, "")
	state("unpaid", "0.00", "150.00")
	h.do(process.TypePayment, "reverse", back, "")
	state("partly_paid", "50.00", "100.00")
	h.verify()
}

// TestSmallDifferences are written off up to the limit, and taken back.
func TestSmallDifferences(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	off := h.bill(h.customer(), "100.00")
	h.entry("99,50", "", "", off.PaymentReference)
	if got := get(h, h.s.Invoices(), off.ID); got.Payment != "partly_paid" || !got.WrittenOff.IsZero() {
		t.Errorf("without a limit it is %s, %s written off", got.Payment, got.WrittenOff)
	}
	h.settings(func(st *process.Settings) { st.WriteOffLimit = process.Money{Minor: 100, Currency: "NOK"} })
	for _, c := range []struct{ amount, payment, writtenOff string }{
		{"100,00", "paid", "0.00"}, {"99,00", "settled", "1.00"}, {"98,99", "partly_paid", "0.00"}, {"101,00", "settled", "-1.00"}, {"101,01", "overpaid", "0.00"}, {"0,50", "partly_paid", "0.00"},
	} {
		i := h.bill(h.customer(), "100.00")
		e := h.entry(c.amount, "", "", i.PaymentReference)
		if got := get(h, h.s.Invoices(), i.ID); got.Payment != c.payment || got.WrittenOff.String() != c.writtenOff {
			t.Errorf("%s: it is %s, %s written off; want %s, %s", c.amount, got.Payment, got.WrittenOff, c.payment, c.writtenOff)
		}
		h.do(process.TypeBankEntry, "unmatch", e.ID, "")
		if got := get(h, h.s.Invoices(), i.ID); got.Payment != "unpaid" || !got.WrittenOff.IsZero() || got.Open != i.Open {
			t.Errorf("%s: afterwards it is %s, %s written off", c.amount, got.Payment, got.WrittenOff)
		}
	}
	a := h.bill(h.named("Diff AS"), "40.00")
	if got := what(h.entry("39,50", "", "faktura "+a.Number, "")); got != "matched number "+a.Number+"=39.50" {
		t.Errorf("the number with a small difference: %q", got)
	}
	h.verify()
}

func TestBankSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  func(*process.Settings)
		want string
	}{
		"a link": {func(s *process.Settings) {
			s.PaymentLink = "https://pay.example/{reference}?a={amount}&n={number}&c={currency}"
		}, ""},
		"no https":            {func(s *process.Settings) { s.PaymentLink = "http://pay.example/{reference}" }, "settings.payment_link"},
		"a script":            {func(s *process.Settings) { s.PaymentLink = "javascript:alert(1)" }, "settings.payment_link"},
		"another placeholder": {func(s *process.Settings) { s.PaymentLink = "https://pay.example/{kid}" }, "settings.payment_link"},
		"a host to fill in":   {func(s *process.Settings) { s.PaymentLink = "https://{number}.example/" }, "settings.payment_link"},
		"a limit":             {func(s *process.Settings) { s.WriteOffLimit = process.Money{Minor: 100, Currency: "NOK"} }, ""},
		"less than nothing":   {func(s *process.Settings) { s.WriteOffLimit = process.Money{Minor: -1, Currency: "NOK"} }, "settings.write_off_limit"},
		"another currency":    {func(s *process.Settings) { s.WriteOffLimit = process.Money{Minor: 1, Currency: "EUR"} }, "settings.write_off_limit"},
		"a mapping": {func(s *process.Settings) {
			s.BankCSV = process.CSVMapping{Delimiter: ";", Decimal: ",", DateFormat: "DD.MM.YYYY"}
		}, ""},
		"two signs":   {func(s *process.Settings) { s.BankCSV.Delimiter = ";;" }, "settings.bank_csv"},
		"no decimals": {func(s *process.Settings) { s.BankCSV.Decimal = ";" }, "settings.bank_csv"},
		"no year":     {func(s *process.Settings) { s.BankCSV.DateFormat = "DD.MM" }, "settings.bank_csv"},
	} {
		st := process.DefaultSettings()
		c.set(&st)
		got := ""
		for _, p := range st.Problems() {
			got += p.Reason
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	st := process.DefaultSettings()
	st.PaymentLink = "https://pay.example/{reference}?amount={amount}&n={number}"
	i := &process.Invoice{State: "issued", Number: "F 1/2", PaymentReference: "100018", Currency: "NOK", Open: process.Money{Minor: 125050, Currency: "NOK"}}
	if got, want := st.PaymentLinkOf(i), "https://pay.example/100018?amount=1250.50&n=F%201%2F2"; got != want {
		t.Errorf("the link is %s, want %s", got, want)
	}
	if i.Open.Minor = 0; st.PaymentLinkOf(i) != "" {
		t.Error("a paid invoice has a link to pay it")
	}
}

// TestBooksAgree imports random payments by KID and takes some back: what is
// paid and open agrees with the entries to the øre.
func TestBooksAgree(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.WriteOffLimit = process.Money{Minor: 50, Currency: "NOK"} })
	rapid.Check(t, func(r *rapid.T) {
		c := h.customer()
		var bills []process.Invoice
		for range rapid.IntRange(1, 3).Draw(r, "bills") {
			bills = append(bills, h.bill(c, fmt.Sprintf("%d.%02d", rapid.IntRange(1, 500).Draw(r, "kr"), rapid.IntRange(0, 99).Draw(r, "øre"))))
		}
		data := bankHead
		n := rapid.IntRange(1, 6).Draw(r, "entries")
		for range n {
			b := rapid.SampledFrom(bills).Draw(r, "bill")
			data += h.row(fmt.Sprintf("%d,%02d", rapid.IntRange(0, 300).Draw(r, "kr"), rapid.IntRange(1, 99).Draw(r, "øre")), "", "", b.PaymentReference)
		}
		h.statement("csv", data)
		var sum, in int64
		for _, e := range list(h, h.s.BankEntries(), map[string]string{"customer": c}) {
			if rapid.Bool().Draw(r, "unmatch") {
				h.do(process.TypeBankEntry, "unmatch", e.ID, "")
				continue
			}
			in += e.Amount.Minor
		}
		for _, b := range bills {
			got := get(h, h.s.Invoices(), b.ID)
			sum += got.Paid.Minor
			if got.Open != got.Payable().Sub(got.Paid).Sub(got.WrittenOff) {
				r.Fatalf("%s: open %s", got.Number, got.Open)
			}
			booked := slices.DeleteFunc(list(h, h.s.Payments(), map[string]string{"invoice": b.ID}), func(p process.Payment) bool { return p.State != "booked" })
			var off int64
			for _, p := range booked {
				off += p.WrittenOff.Minor
			}
			if off != got.WrittenOff.Minor {
				r.Fatalf("%s: %s written off, its payments say %d", got.Number, got.WrittenOff, off)
			}
		}
		if sum != in {
			r.Fatalf("%d øre are paid, %d came in", sum, in)
		}
	})
	h.verify()
}
