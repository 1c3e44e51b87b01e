package process_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

func (h *house) account(customer string, from, to process.Date) *process.Account {
	h.t.Helper()
	st, err := h.s.Statement(h.ctx(), h.reader, customer, from, to)
	h.check(err)
	return st
}

func TestStatement(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders(func(r *process.Reminders) { r.Steps[0].Fee, r.Consumer.Businesses = decimal.NewFromInt(70), false })
	c := h.customer()
	invoice := func(currency string) string {
		id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[{"description":"Advice","unit_price":"800"}]}`, c, currency))
		h.do(process.TypeInvoice, "issue", id, "")
		return id
	}
	first := invoice("NOK") // 1000.00, due on 16 March
	h.issuedInvoice()       // another customer's
	h.on(5)
	second := invoice("NOK") // due on 21 March
	h.pay(first, "400")
	h.on(21)
	h.remind(2) // the fee is the first one's alone: the second is not late enough
	h.do(process.TypeInvoice, "credit", second, `{"reason":"agreed","amount":{"amount":"250"}}`)
	h.do(process.TypeInvoice, "write_off", first, `{"reason":"bad debt","amount":{"amount":"100"}}`)
	h.pay(second, "50")
	reversed := h.pay(second, "1")
	h.do(process.TypePayment, "reverse", reversed, "")
	invoice("EUR")
	h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, c, lines)) // a draft

	st := h.account(c, "", "")
	if len(st.Sections) != 2 || st.Sections[0].Currency != "EUR" || st.Sections[0].Closing.String() != "1000.00" || st.To != "2026-03-23" {
		t.Fatalf("the statement is %+v", st)
	}
	var got []string
	for _, e := range st.Sections[1].Entries {
		got = append(got, fmt.Sprintf("%s %s %s %s", e.Date[5:], e.Type, e.Amount, e.Balance))
	}
	want := []string{"03-02 invoice 1000.00 1000.00", "03-07 invoice 1000.00 2000.00", "03-07 payment -400.00 1600.00", "03-23 credit-note -250.00 1350.00",
		"03-23 claim 70.00 1420.00", "03-23 payment -50.00 1370.00", "03-23 write_off -100.00 1270.00"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("entries\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	nok := st.Sections[1]
	if nok.Closing.String() != "1270.00" || len(nok.Open) != 2 || nok.Overdue.String() != "1200.00" || nok.Open[0].ID != first || nok.Open[0].Open.String() != "500.00" || nok.Open[0].Claims.String() != "70.00" {
		t.Errorf("closing %s, overdue %s, open %+v", nok.Closing, nok.Overdue, nok.Open)
	}
	part := h.account(c, "2026-03-05", "2026-03-10").Sections[1]
	if part.Opening.String() != "1000.00" || len(part.Entries) != 2 || part.Closing.String() != "1600.00" {
		t.Errorf("in the middle: %+v", part)
	}
	csv := string(h.account(c, "2026-03-05", "2026-03-10").CSV())
	if !strings.Contains(csv, "2026-03-05,opening,,,,1000.00,NOK\r\n") || !strings.Contains(csv, "2026-03-07,invoice,10003,2026-03-21,1000.00,2000.00,NOK\r\n") || !strings.Contains(csv, "2026-03-10,closing,,,,1600.00,NOK\r\n") {
		t.Errorf("CSV:\n%s", csv)
	}
	_, err := h.s.Statement(h.ctx(), h.reader, c, "2026-03-05", "2026-03-04")
	wantRefused(t, err, process.CodeInvalid, "statement.period")
	_, err = h.s.Statement(h.ctx(), h.reader, "nobody", "", "")
	wantRefused(t, err, process.CodeNotFound, "")
	_, err = h.s.Statement(h.ctx(), process.Actor{}, c, "", "")
	wantRefused(t, err, process.CodeUnauthorized, "")
	h.do(process.TypeInvoice, "waive", first, "")
	if got := h.account(c, "", "").Sections[1].Closing.String(); got != "1200.00" {
		t.Errorf("with the fee waived %s", got)
	}
	h.verify()
}

// Whatever happened, the balance of an account is the sum of what its invoices
// lack and of what was claimed beside them.
func TestStatementBalances(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders(func(r *process.Reminders) {
		r.Steps[0].Fee, r.InterestPercent, r.Consumer.Businesses = decimal.NewFromInt(70), decimal.RequireFromString("9.25"), false
	})
	rapid.Check(t, func(rt *rapid.T) {
		c := h.customer()
		var ids []string
		for range rapid.IntRange(1, 5).Draw(rt, "acts") {
			h.clock.advance(time.Duration(rapid.IntRange(0, 12).Draw(rt, "days")) * day)
			act := rapid.SampledFrom([]string{"issue", "pay", "credit", "write_off", "reinstate", "remind", "waive"}).Draw(rt, "act")
			if len(ids) == 0 {
				act = "issue"
			}
			amount := fmt.Sprintf(`"amount":{"amount":"%d.%02d","currency":"NOK"}`, rapid.IntRange(1, 700).Draw(rt, "kroner"), rapid.IntRange(0, 99).Draw(rt, "øre"))
			var id string
			if len(ids) > 0 {
				id = rapid.SampledFrom(ids).Draw(rt, "invoice")
			}
			var err error
			switch act {
			case "issue":
				id = h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"Advice","unit_price":"799.99"}]}`, c))
				h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
				ids = append(ids, id)
			case "pay":
				_, err = h.form(process.TypePayment).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"invoice":%q,%s}`, id, amount))
			case "remind":
				_, err = h.s.RemindDue(h.ctx())
			case "waive":
				_, err = h.try(h.owner, process.TypeInvoice, act, id, "")
			default:
				_, err = h.try(h.owner, process.TypeInvoice, act, id, `{"reason":"a test",`+amount+`}`)
			}
			if err != nil && process.CodeOf(err) == process.CodeInternal {
				rt.Fatal(err)
			}
		}
		sum := process.Money{Currency: "NOK"}
		for _, id := range ids {
			i := get(h, h.s.Invoices(), id)
			sum = sum.Add(i.Open).Add(i.Claims)
		}
		if got := h.account(c, "", "").Sections[0].Closing; got != sum {
			rt.Fatalf("the balance is %s, the invoices lack %s", got, sum)
		}
	})
	h.verify()
}
