package process_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// priced is a line as a test writes it: quantity, price, discount, category and rate.
func priced(currency, quantity, price, discount, vat string) process.Line {
	category, rate, _ := strings.Cut(vat, " ")
	if rate == "" {
		rate = "0"
	}
	return process.Line{Quantity: dec(quantity), UnitPrice: dec(price), DiscountPercent: dec(discount),
		VAT: process.VAT{Category: category, Rate: dec(rate)}}.Price(currency)
}

// The sums were worked out by hand.
func TestTotals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		currency        string
		lines           [][4]string
		nets            string
		net, vat, gross string
		groups          string
	}{
		"nothing":                    {currency: "NOK", net: "0.00", vat: "0.00", gross: "0.00"},
		"half an øre goes up":        {"NOK", [][4]string{{"1", "0.005", "0", "S 25"}}, "0.01", "0.01", "0.00", "0.01", "S 25: 0.01 0.00"},
		"and down when negative":     {"NOK", [][4]string{{"-1", "0.005", "0", "S 25"}}, "-0.01", "-0.01", "0.00", "-0.01", "S 25: -0.01 0.00"},
		"just below half":            {"NOK", [][4]string{{"1", "0.00499", "0", "S 25"}}, "0.00", "0.00", "0.00", "0.00", "S 25: 0.00 0.00"},
		"a line taken back":          {"NOK", [][4]string{{"3", "100", "0", "S 25"}, {"-1", "100", "0", "S 25"}}, "300.00 -100.00", "200.00", "50.00", "250.00", "S 25: 200.00 50.00"},
		"wholly discounted":          {"NOK", [][4]string{{"7", "33.33", "100", "S 25"}}, "0.00", "0.00", "0.00", "0.00", "S 25: 0.00 0.00"},
		"the allowance is rounded":   {"NOK", [][4]string{{"1", "9.99", "33.333", "S 25"}}, "6.66", "6.66", "1.67", "8.33", "S 25: 6.66 1.67"}, // 3.3300 off; VAT 1.665
		"a third":                    {"NOK", [][4]string{{"0.333", "1000", "0", "S 25"}}, "333.00", "333.00", "83.25", "416.25", "S 25: 333.00 83.25"},
		"a third of an odd price":    {"NOK", [][4]string{{"0.333", "99.95", "0", "S 15"}}, "33.28", "33.28", "4.99", "38.27", "S 15: 33.28 4.99"}, // 33.28335; 4.992
		"VAT once a group":           {"NOK", [][4]string{{"1", "0.02", "0", "S 25"}, {"1", "0.02", "0", "S 25"}}, "0.02 0.02", "0.04", "0.01", "0.05", "S 25: 0.04 0.01"},
		"mixed rates":                {"NOK", [][4]string{{"1", "100", "0", "S 25"}, {"2", "50.50", "0", "S 15"}, {"1", "10", "0", "S 12"}, {"1", "5", "0", "Z"}}, "100.00 101.00 10.00 5.00", "216.00", "41.35", "257.35", "S 25: 100.00 25.00, S 15: 101.00 15.15, S 12: 10.00 1.20, Z 0: 5.00 0.00"},
		"the same rate otherwise":    {"NOK", [][4]string{{"1", "1", "0", "S 25"}, {"1", "1", "0", "S 25.00"}}, "1.00 1.00", "2.00", "0.50", "2.50", "S 25: 2.00 0.50"},
		"reverse charge":             {"EUR", [][4]string{{"10", "99.99", "5", "AE"}}, "949.90", "949.90", "0.00", "949.90", "AE 0: 949.90 0.00"}, // 999.90 − 50.00 (49.995)
		"exempt beside reverse":      {"EUR", [][4]string{{"1", "1", "0", "AE"}, {"1", "2", "0", "E"}}, "1.00 2.00", "3.00", "0.00", "3.00", "AE 0: 1.00 0.00, E 0: 2.00 0.00"},
		"yen have no decimals":       {"JPY", [][4]string{{"3", "333.5", "0", "S 10"}}, "1001", "1001", "100", "1101", "S 10: 1001 100"}, // 1000.5; 100.1
		"half a yen":                 {"JPY", [][4]string{{"1", "0.5", "0", "S 10"}}, "1", "1", "0", "1", "S 10: 1 0"},
		"dinars have three":          {"KWD", [][4]string{{"3", "0.3335", "0", "S 5"}}, "1.001", "1.001", "0.050", "1.051", "S 5: 1.001 0.050"}, // 1.0005; 0.05005
		"many places, no float":      {"NOK", [][4]string{{"1000000.000001", "0.1", "0", "S 25"}}, "100000.00", "100000.00", "25000.00", "125000.00", "S 25: 100000.00 25000.00"},
		"a hair below half an øre":   {"NOK", [][4]string{{"0.049999", "0.09999999", "99.99999999", "S 25"}}, "0.00", "0.00", "0.00", "0.00", "S 25: 0.00 0.00"},
		"discounts on both sides":    {"NOK", [][4]string{{"2", "12.5", "10", "S 25"}, {"-2", "12.5", "10", "S 25"}}, "22.50 -22.50", "0.00", "0.00", "0.00", "S 25: 0.00 0.00"},
		"a rate with a decimal":      {"CHF", [][4]string{{"1", "99.95", "0", "S 8.1"}}, "99.95", "99.95", "8.10", "108.05", "S 8.1: 99.95 8.10"}, // 8.09595
		"outside the scope of taxes": {"NOK", [][4]string{{"1", "250", "0", "O"}}, "250.00", "250.00", "0.00", "250.00", "O 0: 250.00 0.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ls []process.Line
			var nets, groups []string
			for _, l := range c.lines {
				line := priced(c.currency, l[0], l[1], l[2], l[3])
				ls, nets = append(ls, line), append(nets, line.Net.String())
			}
			got := process.Total(ls, c.currency)
			for _, g := range got.VATGroups {
				groups = append(groups, fmt.Sprintf("%s %s: %s %s", g.Category, g.Rate, g.Base, g.VAT))
			}
			if strings.Join(nets, " ") != c.nets || got.Net.String() != c.net || got.VAT.String() != c.vat || got.Gross.String() != c.gross || strings.Join(groups, ", ") != c.groups {
				t.Errorf("nets %v, net %s, VAT %s, gross %s, groups %v", nets, got.Net, got.VAT, got.Gross, groups)
			}
		})
	}
}

// drawLines is the JSON of lines with whole tenths as quantities, so that a
// part of them has few decimals; at least one is worth something.
func drawLines(t *rapid.T, currency string) string {
	vats := []string{`{"category":"S","rate":"25"}`, `{"category":"S","rate":"15"}`, `{"category":"S","rate":"8.1"}`, `{"category":"Z","rate":"0"}`}
	var ls []string
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		quantity := decimal.New(rapid.Int64Range(1, 300).Draw(t, "quantity"), -1)
		if i > 0 && rapid.IntRange(0, 5).Draw(t, "back") == 0 {
			quantity = quantity.Neg()
		}
		price := decimal.New(rapid.Int64Range(0, 5_000_000).Draw(t, "price"), -int32(rapid.IntRange(0, 4).Draw(t, "places")))
		discount := decimal.New(rapid.Int64Range(0, 1000).Draw(t, "discount"), -1)
		charge := decimal.New(max(0, rapid.Int64Range(-200, 400).Draw(t, "charge")), -1)
		ls = append(ls, fmt.Sprintf(`{"description":"Thing","quantity":%q,"unit_price":%q,"discount_percent":%q,"charge_percent":%q,"charge_reason":"Fuel","vat":%s}`, quantity, price, discount, charge, rapid.SampledFrom(vats).Draw(t, "vat")))
	}
	return "[" + strings.Join(ls, ",") + "]"
}

// wantTotals asserts that sums add up exactly and follow from the lines.
func wantTotals(t *rapid.T, got process.Totals, ls []process.Line, currency string) {
	t.Helper()
	net, vat := process.Money{Currency: currency}, process.Money{Currency: currency}
	bases := map[string]process.Money{}
	for _, l := range ls {
		if p := l.Price(currency); p.Net != l.Net || p.Allowance != l.Allowance || p.Charge != l.Charge {
			t.Fatalf("the line %+v is not its own price", l)
		}
		net = net.Add(l.Net)
		key := l.VAT.Category + l.VAT.Rate.String()
		if _, ok := bases[key]; !ok {
			bases[key] = process.Money{Currency: currency}
		}
		bases[key] = bases[key].Add(l.Net)
	}
	if len(bases) != len(got.VATGroups) {
		t.Fatalf("%d VAT groups of %d rates", len(got.VATGroups), len(bases))
	}
	for _, g := range got.VATGroups {
		if g.Base != bases[g.Category+g.Rate.String()] || g.VAT != process.RoundMoney(g.Base.Decimal().Mul(g.Rate).Mul(dec("0.01")), currency) {
			t.Fatalf("the group %+v is wrong", g)
		}
		vat = vat.Add(g.VAT)
	}
	if got.Net != net || got.VAT != vat || got.Gross != net.Add(vat) || got.Payable() != got.Gross.Add(got.Rounding) {
		t.Fatalf("%+v does not add up", got)
	}
}

func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"NOK", "EUR", "JPY", "KWD"}).Draw(t, "currency")
		ls := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) process.Line {
			l := priced(currency,
				decimal.New(rapid.Int64Range(-1e9, 1e9).Draw(t, "quantity"), -int32(rapid.IntRange(0, 6).Draw(t, "q"))).String(),
				decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "price"), -int32(rapid.IntRange(0, 8).Draw(t, "p"))).String(),
				decimal.New(rapid.Int64Range(0, 10000).Draw(t, "discount"), -2).String(),
				rapid.SampledFrom([]string{"S 25", "S 15", "S 12", "S 8.1", "Z", "E"}).Draw(t, "vat"))
			l.ChargePercent = decimal.New(max(0, rapid.Int64Range(-5000, 5000).Draw(t, "charge")), -2)
			return l.Price(currency)
		}), 0, 12).Draw(t, "lines")
		got := process.Total(ls, currency)
		wantTotals(t, got, ls, currency)
		if !got.Rounding.IsZero() {
			t.Fatalf("rounding %s of nothing agreed", got.Rounding)
		}
	})
}

func TestMoneyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := process.Money{Minor: rapid.Int64Range(-1<<53, 1<<53).Draw(t, "minor"), Currency: rapid.SampledFrom([]string{"NOK", "JPY", "KWD", "CLP"}).Draw(t, "currency")}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back process.Money
		if err := json.Unmarshal(data, &back); err != nil || back != m {
			t.Fatalf("%s came back as %+v (%v)", data, back, err)
		}
	})
}

func TestMoneyRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"amount":"1.005","currency":"NOK"}`, `{"amount":"1.5","currency":"JPY"}`, `{"amount":"1.0005","currency":"KWD"}`,
		`{"amount":"1","currency":"kr"}`, `{"amount":"1","currency":"nok"}`, `{"amount":"one","currency":"NOK"}`, `"12"`, `12`,
		`{"amount":"90071992547409.93","currency":"NOK"}`, `{"amount":"1e400000000","currency":"NOK"}`, `{"amount":"1e-400000000","currency":"NOK"}`} {
		var m process.Money
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was taken as %+v", text, m)
		}
	}
}

// Lines are refused in words that name the field, and never rounded in silence.
func TestLinesRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	for line, field := range map[string]string{
		`{"description":"x","quantity":"1"}`:                                              "lines[0].unit_price",
		`{"quantity":"1","unit_price":"1"}`:                                               "lines[0].description",
		`{"description":"x","unit_price":"-1"}`:                                           "lines[0].unit_price",
		`{"description":"x","unit_price":"1","quantity":"0.0000001"}`:                     "lines[0].quantity",
		`{"description":"x","unit_price":"1","discount_percent":"101"}`:                   "lines[0].discount_percent",
		`{"description":"x","unit_price":"1","unit":"hours"}`:                             "lines[0].unit",
		`{"description":"x","unit_price":"1","vat":{"category":"S","rate":"0"}}`:          "lines[0].vat.rate",
		`{"description":"x","unit_price":"1","vat":{"category":"AE","rate":"25"}}`:        "lines[0].vat.rate",
		`{"description":"x","unit_price":"1","vat":{"category":"X","rate":"0"}}`:          "lines[0].vat.category",
		`{"description":"x","unit_price":"1","charge_percent":"101","charge_reason":"x"}`: "lines[0].charge_percent",
		`{"description":"x","unit_price":"1","charge_percent":"1"}`:                       "lines[0].charge_reason",
		`{"product":"NONE","quantity":"1"}`:                                               "lines[0].product",
		`{"description":"x","unit_price":"9999999999","quantity":"999999999"}`:            "lines[0].quantity",
		`{"description":"x","unit_price":"1e30"}`:                                         "lines[0].unit_price",
		`{"description":"x","unit_price":"1","vat":{"category":"S","rate":"1e30"}}`:       "lines[0].vat.rate",
	} {
		_, err := h.form(process.TypeOrder).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"lines":[%s]}`, customer, line))
		wantRefused(t, err, process.CodeInvalid, "lines.invalid")
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v does not name %s", line, err, field)
		}
	}
}
