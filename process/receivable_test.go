package process_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

func TestWriteOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice() // 15392.56
	want := func(payment, open, writtenOff string) {
		t.Helper()
		if i := get(h, h.s.Invoices(), id); i.Payment != payment || i.Open.String() != open || i.WrittenOff.String() != writtenOff {
			t.Fatalf("%s, open %s, written off %s; want %s, %s, %s", i.Payment, i.Open, i.WrittenOff, payment, open, writtenOff)
		}
	}
	for body, reason := range map[string]string{
		`{}`: "write_off.reason", `{"reason":"x","amount":{"amount":"0"}}`: "write_off.amount", `{"reason":"x","amount":{"amount":"-1"}}`: "write_off.amount",
		`{"reason":"x","amount":{"amount":"15392.57"}}`: "write_off.amount", `{"reason":"x","amount":{"amount":"1","currency":"EUR"}}`: "write_off.amount",
	} {
		_, err := h.try(h.owner, process.TypeInvoice, "write_off", id, body)
		wantRefused(t, err, process.CodeInvalid, reason)
	}
	h.pay(id, "15392.00")
	h.do(process.TypeInvoice, "write_off", id, `{"reason":"a small difference"}`)
	want("settled", "0.00", "0.56")
	_, err := h.try(h.owner, process.TypeInvoice, "write_off", id, `{"reason":"again"}`)
	wantRefused(t, err, process.CodeConflict, "write_off.nothing_open")
	// The rest comes after all: the write-off was needless.
	h.pay(id, "0.50")
	want("settled", "0.00", "0.06")
	h.pay(id, "0.10")
	want("overpaid", "-0.04", "0.00")

	id = h.issuedInvoice()
	h.do(process.TypeInvoice, "write_off", id, `{"reason":"bad debt","amount":{"amount":"5392.56","currency":"NOK"}}`)
	want("unpaid", "10000.00", "5392.56")
	h.do(process.TypeInvoice, "credit", id, `{"reason":"wrong"}`)
	want("settled", "0.00", "0.00")

	id = h.issuedInvoice()
	h.do(process.TypeInvoice, "write_off", id, `{"reason":"bad debt"}`)
	want("settled", "0.00", "15392.56")
	h.do(process.TypeInvoice, "reinstate", id, `{"reason":"too early","amount":{"amount":"392.56"}}`)
	want("unpaid", "392.56", "15000.00")
	h.do(process.TypeInvoice, "reinstate", id, `{"reason":"too early"}`)
	want("unpaid", "15392.56", "0.00")
	h.verify()
}

// Whatever is done to an invoice, what is open is its gross less what was
// credited, paid and written off, and its payment says the same.
func TestOpenAmounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rapid.Check(t, func(rt *rapid.T) {
		id := h.issuedInvoice()
		var payments []string
		for range rapid.IntRange(1, 4).Draw(rt, "acts") {
			amount := fmt.Sprintf(`"amount":{"amount":"%d.%02d","currency":"NOK"}`, rapid.IntRange(0, 9000).Draw(rt, "kroner"), rapid.IntRange(0, 99).Draw(rt, "øre"))
			var err error
			switch verb := rapid.SampledFrom([]string{"pay", "credit", "write_off", "reinstate", "reverse"}).Draw(rt, "act"); verb {
			case "pay":
				var out *process.Outcome
				if out, err = h.form(process.TypePayment).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"invoice":%q,%s}`, id, amount)); err == nil {
					payments = append(payments, baseOf(t, out.Record).ID)
				}
			case "reverse":
				if len(payments) > 0 {
					_, err = h.try(h.owner, process.TypePayment, "reverse", payments[len(payments)-1], "")
					payments = payments[:len(payments)-1]
				}
			default:
				_, err = h.try(h.owner, process.TypeInvoice, verb, id, `{"reason":"a test",`+amount+`}`)
			}
			if err != nil && process.CodeOf(err) == process.CodeInternal {
				rt.Fatal(err)
			}
			i := get(h, h.s.Invoices(), id)
			if i.Open != i.Payable().Sub(i.Credited).Sub(i.Paid).Sub(i.WrittenOff) || i.WrittenOff.Minor < 0 || i.Credited.Minor > i.Payable().Minor {
				rt.Fatalf("open %s of %s, credited %s, paid %s, written off %s", i.Open, i.Payable(), i.Credited, i.Paid, i.WrittenOff)
			}
			if i.Open.Minor < 0 && (i.Payment != "overpaid" || !i.WrittenOff.IsZero()) || i.Open.Minor == 0 && i.Payment != "paid" && i.Payment != "settled" ||
				i.Open.Minor > 0 && i.Payment != "unpaid" && i.Payment != "partly_paid" {
				rt.Fatalf("open %s and %s, written off %s", i.Open, i.Payment, i.WrittenOff)
			}
		}
	})
	h.verify()
}
