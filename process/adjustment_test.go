package process_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// The sums were worked out by hand; each case is a rounding that goes wrong easily.
func TestAdjustedTotals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	line := func(quantity, price, vat string) string {
		category, rate, _ := strings.Cut(vat, " ")
		if rate == "" {
			rate = "0"
		}
		return fmt.Sprintf(`{"description":"x","quantity":%q,"unit_price":%q,"vat":{"category":%q,"rate":%q}}`, quantity, price, category, rate)
	}
	for name, c := range map[string]struct {
		currency, lines, adjustments string
		withVAT                      bool
		adjusted, net, vat, gross    string
		rounding, shares             string
	}{
		"10 % of one rate": {"NOK", line("1", "100.05", "S 25"), `{"percent":"10"}`, false,
			"-10.01", "90.04", "22.51", "112.55", "0.00", "10.01"}, // 10.005 up; 22.51
		"10 % of mixed rates, rounded once": {"NOK", line("1", "0.05", "S 25") + "," + line("1", "0.05", "S 15"), `{"percent":"10"}`, false,
			"-0.01", "0.09", "0.02", "0.11", "0.00", "0.01"}, // 0.01 × ½ = 0.005 up to the first; 0.04 × 25 % = 0.01, 0.05 × 15 % = 0.0075
		"an amount over three rates": {"NOK", line("1", "100", "S 25") + "," + line("1", "100", "S 15") + "," + line("1", "100", "S 12"),
			`{"amount":{"amount":"100.00","currency":"NOK"}}`, false, "-100.00", "200.00", "34.67", "234.67", "0.00", "33.33 33.34 33.33"}, // 66.67 25 % 16.67, 66.66 15 % 10.00, 66.67 12 % 8.00
		"a discount on one rate alone": {"NOK", line("1", "100", "S 25") + "," + line("1", "100", "S 15"),
			`{"percent":"50","vat":{"category":"S","rate":"15"}}`, false, "-50.00", "150.00", "32.50", "182.50", "0.00", "50.00"},
		"freight in a rate of its own": {"NOK", line("2", "49.95", "S 15"), `{"charge":true,"reason":"Freight","amount":{"amount":"80.00","currency":"NOK"},"vat":{"category":"S","rate":"25"}}`, false,
			"80.00", "179.90", "34.99", "214.89", "0.00", "80.00"}, // 99.90 × 15 % = 14.985 up
		"a discount and a charge": {"NOK", line("0.333", "1000", "S 25"), `{"percent":"33.333"},{"charge":true,"reason":"Fee","percent":"1"}`, false,
			"-107.67", "225.33", "56.33", "281.66", "0.00", "111.00 3.33"}, // 110.99889; 56.3325
		"all of it off": {"NOK", line("7", "33.33", "S 25"), `{"percent":"100"}`, false, "-233.31", "0.00", "0.00", "0.00", "0.00", "233.31"},
		"negative lines get no share": {"NOK", line("3", "100", "S 25") + "," + line("-1", "50", "S 15"), `{"amount":{"amount":"30.00","currency":"NOK"}}`, false,
			"-30.00", "220.00", "60.00", "280.00", "0.00", "30.00"}, // 270 × 25 % = 67.50, −50 × 15 % = −7.50
		"reverse charge":       {"EUR", line("10", "99.99", "AE"), `{"percent":"2.5"}`, false, "-25.00", "974.90", "0.00", "974.90", "0.00", "25.00"}, // 24.9975
		"yen":                  {"JPY", line("3", "333.5", "S 10"), `{"percent":"5"}`, false, "-50", "951", "95", "1046", "0", "50"},                  // 50.05; 95.1
		"dinars":               {"KWD", line("3", "0.3335", "S 5"), `{"percent":"5"}`, false, "-0.050", "0.951", "0.048", "0.999", "0.000", "0.050"},  // 0.05005; 0.04755
		"with VAT, evenly":     {"NOK", line("1", "100", "S 25"), ``, true, "0.00", "80.00", "20.00", "100.00", "0.00", ""},
		"with VAT, a øre over": {"NOK", line("3", "0.99", "S 25"), ``, true, "0.00", "2.38", "0.60", "2.98", "-0.01", ""}, // 2.97 shown; 3 × 0.792 = 2.376; 0.595
		"with VAT, three of them": {"NOK", line("1", "9.99", "S 15") + "," + line("1", "9.99", "S 15") + "," + line("1", "9.99", "S 15"), ``, true,
			"0.00", "26.07", "3.91", "29.98", "-0.01", ""}, // 8.69 each (8.68696); 3.9105
		"with VAT, and a discount": {"NOK", line("1", "199.90", "S 25"), `{"percent":"10"}`, true, "-15.99", "143.93", "35.98", "179.91", "0.00", "15.99"}, // 19.99 off; 15.992; 35.9825
		"with VAT, in yen":         {"JPY", line("1", "1000", "S 10"), ``, true, "0", "909", "91", "1000", "0", ""},
	} {
		order := get(h, h.s.Orders(), h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[%s],"adjustments":[%s],"prices_include_vat":%t}`,
			customer, c.currency, c.lines, c.adjustments, c.withVAT)))
		var shares []string
		for _, a := range order.Adjustments {
			for _, s := range a.Shares {
				shares = append(shares, s.Amount.String())
			}
		}
		is := fmt.Sprintln(order.Adjusted, order.Net, order.VAT, order.Gross, order.Rounding, strings.Join(shares, " "))
		if want := fmt.Sprintln(c.adjusted, c.net, c.vat, c.gross, c.rounding, c.shares); is != want {
			t.Errorf("%s: %s, want %s", name, is, want)
		}
	}
	h.verify()
}

func TestAdjustmentsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	for adjustment, field := range map[string]string{
		`{}`:                "adjustments[0].amount",
		`{"percent":"0"}`:   "adjustments[0].percent",
		`{"percent":"101"}`: "adjustments[0].percent",
		`{"percent":"5","amount":{"amount":"1.00","currency":"NOK"}}`: "adjustments[0].amount",
		`{"amount":{"amount":"-1.00","currency":"NOK"}}`:              "adjustments[0].amount",
		`{"amount":{"amount":"1.00","currency":"EUR"}}`:               "adjustments[0].amount",
		`{"charge":true,"percent":"5"}`:                               "adjustments[0].reason",
		`{"percent":"5","vat":{"category":"S","rate":"0"}}`:           "adjustments[0].vat.rate",
	} {
		_, err := h.form(process.TypeOrder).Create(h.s, h.ctx(), h.owner, fmt.Append(nil, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":[%s]}`, customer, lines, adjustment)))
		wantRefused(t, err, process.CodeInvalid, "adjustments.invalid")
		var e *process.Error
		if errors.As(err, &e) && (len(e.Problems) == 0 || e.Problems[0].Field != field) {
			t.Errorf("%s: %+v", adjustment, e.Problems)
		}
	}
}

// drawAdjustments is the JSON of discounts and charges that leave something.
func drawAdjustments(t *rapid.T, currency string) string {
	var as []string
	for range rapid.IntRange(0, 3).Draw(t, "adjustments") {
		a := fmt.Sprintf(`{"charge":%t,"reason":"x"`, rapid.Bool().Draw(t, "charge"))
		if rapid.Bool().Draw(t, "percent") {
			a += fmt.Sprintf(`,"percent":%q`, decimal.New(rapid.Int64Range(1, 3000).Draw(t, "hundredths"), -2))
		} else {
			a += fmt.Sprintf(`,"amount":{"amount":%q,"currency":%q}`, process.Money{Minor: rapid.Int64Range(1, 100_000).Draw(t, "minor"), Currency: currency}, currency)
		}
		if rapid.IntRange(0, 3).Draw(t, "own VAT") == 0 {
			a += `,"vat":{"category":"S","rate":"25"}`
		}
		as = append(as, a+"}")
	}
	return "[" + strings.Join(as, ",") + "]"
}

// wantSums asserts that a document's sums follow from its lines and shares.
func wantSums(t *rapid.T, p process.Pricing, got process.Totals, ls []process.Line, currency string) {
	t.Helper()
	net := process.Money{Currency: currency}
	for _, l := range ls {
		net = net.Add(l.Net)
	}
	for _, a := range p.Adjustments {
		sum := process.Money{Currency: currency}
		for _, s := range a.Shares {
			if p.PricesIncludeVAT {
				sum = sum.Add(*s.WithVAT)
			} else {
				sum = sum.Add(s.Amount)
			}
			if a.Charge {
				net = net.Add(s.Amount)
			} else {
				net = net.Sub(s.Amount)
			}
		}
		if sum != a.Amount {
			t.Fatalf("the shares of %+v sum to %s", a, sum)
		}
	}
	bases, vat := process.Money{Currency: currency}, process.Money{Currency: currency}
	for _, g := range got.VATGroups {
		bases, vat = bases.Add(g.Base), vat.Add(g.VAT)
		if g.VAT != process.RoundMoney(g.Base.Decimal().Mul(g.Rate).Shift(-2), currency) {
			t.Fatalf("the group %+v is wrong", g)
		}
	}
	if got.Net != net || bases != net || got.VAT != vat || got.Gross != net.Add(vat) {
		t.Fatalf("%+v does not add up to %s", got, net)
	}
}

// However an order with discounts and charges is delivered, its invoices sum to
// exactly what was ordered, each of its discounts too, and credit notes take
// all of it back.
func TestAdjustedPartsSumToTheWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	rapid.Check(t, func(rt *rapid.T) {
		order := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":%s,"prices_include_vat":%t}`, customer,
			drawLines(rt, "NOK"), drawAdjustments(rt, "NOK"), rapid.Bool().Draw(rt, "with VAT")))
		o := get(h, h.s.Orders(), order)
		wantSums(rt, o.Pricing, o.Totals, o.Lines, "NOK")
		for range rapid.IntRange(0, 3).Draw(rt, "parts") {
			o = get(h, h.s.Orders(), order)
			l := o.Lines[rapid.IntRange(0, len(o.Lines)-1).Draw(rt, "line")]
			part := l.Quantity.Sub(l.Delivered).Mul(decimal.New(rapid.Int64Range(1, 10).Draw(rt, "tenths"), -1))
			if !part.IsZero() {
				if _, err := h.fulfil(order, l.ID, part.String()); err != nil {
					rt.Fatal(err)
				}
			}
		}
		if o = get(h, h.s.Orders(), order); o.Progress != "completed" {
			h.do(process.TypeOrder, "fulfil", order, "")
		}
		invoices := list(h, h.s.Invoices(), map[string]string{"order": order})
		if again := rapid.IntRange(0, len(invoices)).Draw(rt, "again"); again < len(invoices) {
			_, err := h.s.DeleteInvoice(h.ctx(), h.owner, process.Target{ID: invoices[again].ID})
			h.check(err)
			h.do(process.TypeOrder, "invoice", order, "")
		}
		o = get(h, h.s.Orders(), order)
		sum, given := process.Money{Currency: "NOK"}, map[string]process.Money{}
		for _, i := range list(h, h.s.Invoices(), map[string]string{"order": order}) {
			wantSums(rt, i.Pricing, i.Totals, i.Lines, "NOK")
			sum = sum.Add(i.Payable())
			for _, a := range i.Adjustments {
				if given[a.Source].Currency == "" {
					given[a.Source] = process.Money{Currency: "NOK"}
				}
				given[a.Source] = given[a.Source].Add(a.Amount)
			}
			h.creditAll(rt, i)
		}
		if o.Progress != "completed" || sum != o.Payable() {
			rt.Fatalf("the order is %s over %s, its invoices sum to %s", o.Progress, o.Payable(), sum)
		}
		for _, a := range o.Adjustments {
			if given[a.ID].Minor != a.Amount.Minor {
				rt.Fatalf("%s of %s was given", given[a.ID], a.Amount)
			}
		}
	})
	h.verify()
}

// creditAll issues an invoice and takes it back in up to three parts.
func (h *house) creditAll(rt *rapid.T, i process.Invoice) {
	if i.Payable().Minor <= 0 {
		return
	}
	h.do(process.TypeInvoice, "issue", i.ID, `{"send":false}`)
	for range rapid.IntRange(0, 2).Draw(rt, "credits") {
		l := i.Lines[rapid.IntRange(0, len(i.Lines)-1).Draw(rt, "credited")]
		part := l.Quantity.Mul(decimal.New(rapid.Int64Range(1, 5).Draw(rt, "credited tenths"), -1))
		_, err := h.try(h.owner, process.TypeInvoice, "credit", i.ID, fmt.Sprintf(`{"reason":"x","send":false,"lines":[{"id":%q,"quantity":%q}]}`, l.ID, part))
		if err != nil && process.CodeOf(err) != process.CodeInvalid && process.CodeOf(err) != process.CodeConflict {
			rt.Fatal(err)
		}
	}
	if get(h, h.s.Invoices(), i.ID).Open.Minor > 0 {
		h.do(process.TypeInvoice, "credit", i.ID, `{"reason":"the rest","send":false}`)
	}
	for _, n := range list(h, h.s.CreditNotes(), map[string]string{"invoice": i.ID}) {
		wantSums(rt, n.Pricing, n.Totals, n.Lines, "NOK")
	}
	if now := get(h, h.s.Invoices(), i.ID); !now.Open.IsZero() || now.Credited != i.Payable() {
		rt.Fatalf("credited %s of %s", now.Credited, i.Payable())
	}
}

// An edited draft of an order keeps its part of a discount.
func TestDraftKeepsItsShare(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":[{"amount":{"amount":"100.00","currency":"NOK"}}]}`, h.customer(), lines))
	o := get(h, h.s.Orders(), order)
	id, err := h.fulfil(order, o.Lines[0].ID, "3")
	h.check(err)
	before := get(h, h.s.Invoices(), id)
	_, err = h.form(process.TypeInvoice).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"title":"March"}`))
	h.check(err)
	now := get(h, h.s.Invoices(), id)
	if now.Title != "March" || now.Payable() != before.Payable() || len(now.Adjustments) != 1 || now.Adjustments[0].Source != o.Adjustments[0].ID {
		t.Errorf("edited to %+v", now)
	}
	if got := now.Adjustments[0].Amount.String(); got != "29.15" { // 97.16 of 100.00 belong to the hours, 3 of 10 are done: 29.148
		t.Errorf("its share is %s", got)
	}
	h.verify()
}

// A return of all quantities brings the whole discount back to the order.
func TestDiscountIsGivenAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":[{"percent":"10"}]}`, h.customer(), lines))
	invoice := created(t, h.do(process.TypeOrder, "fulfil", order, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, "")
	h.credit(invoice, `{"reason":"late","amount":{"amount":"50.00","currency":"NOK"}}`)
	h.credit(invoice, `{"reason":"all wrong","reinvoice":true}`)
	again := created(t, h.do(process.TypeOrder, "invoice", order, ""), process.TypeInvoice)
	first, second := get(h, h.s.Invoices(), invoice), get(h, h.s.Invoices(), again)
	if second.Payable() != first.Payable() || second.Adjusted != first.Adjusted {
		t.Errorf("first %s with %s off, again %s with %s", first.Payable(), first.Adjusted, second.Payable(), second.Adjusted)
	}
	h.verify()
}
