package templates

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestFormatMoney(t *testing.T) {
	for _, c := range []struct {
		minor    int64
		decimals int32
		nb, en   string
	}{
		{0, 2, "0,00", "0.00"},
		{5, 2, "0,05", "0.05"},
		{123450, 2, "1\u00a0234,50", "1,234.50"},
		{-123450, 2, "\u22121\u00a0234,50", "-1,234.50"},
		{99999, 2, "999,99", "999.99"},
		{1234567, 0, "1\u00a0234\u00a0567", "1,234,567"},
		{1234567, 3, "1\u00a0234,567", "1,234.567"},
		{math.MinInt64, 2, "\u221292\u00a0233\u00a0720\u00a0368\u00a0547\u00a0758,08", "-92,233,720,368,547,758.08"},
	} {
		if got := FormatMoney("nb", c.minor, c.decimals); got != c.nb {
			t.Errorf("nb %d: %q, want %q", c.minor, got, c.nb)
		}
		if got := FormatMoney("en-GB", c.minor, c.decimals); got != c.en {
			t.Errorf("en %d: %q, want %q", c.minor, got, c.en)
		}
	}
}

func TestFormatNumbers(t *testing.T) {
	for _, c := range []struct {
		in, number, price string
		decimals          int32
	}{
		{"2.500", "2,5", "2,50", 2},
		{"10", "10", "10,00", 2},
		{"100.00", "100", "100", 0},
		{"0.12345", "0,12345", "0,12345", 2},
		{"12000.5", "12\u00a0000,5", "12\u00a0000,50", 2},
		{"-3", "\u22123", "\u22123,00", 2},
		{"1e3", "1\u00a0000", "1\u00a0000,00", 2},
	} {
		d := decimal.RequireFromString(c.in)
		if got := FormatNumber("nb", d); got != c.number {
			t.Errorf("number %s: %q, want %q", c.in, got, c.number)
		}
		if got := FormatPrice("nb", d, c.decimals); got != c.price {
			t.Errorf("price %s: %q, want %q", c.in, got, c.price)
		}
	}
}

// TestForms holds the forms of every language of the documents, as CLDR and
// the language's own rules have them.
func TestForms(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 3, 9, 5, 0, 0, time.UTC)
	want := map[string][3]string{
		"nb": {"\u22121\u00a0234\u00a0567,50\u00a0EUR", "03.11.2026", "03.11.2026 kl. 09:05 UTC"},
		"nn": {"\u22121\u00a0234\u00a0567,50\u00a0EUR", "03.11.2026", "03.11.2026 kl. 09:05 UTC"},
		"sv": {"\u22121\u00a0234\u00a0567,50\u00a0EUR", "2026-11-03", "2026-11-03 kl. 09:05 UTC"},
		"da": {"-1.234.567,50\u00a0EUR", "03.11.2026", "03.11.2026 kl. 09.05 UTC"},
		"de": {"-1.234.567,50\u00a0EUR", "03.11.2026", "03.11.2026, 09:05 UTC"},
		"fr": {"-1\u00a0234\u00a0567,50\u00a0EUR", "03/11/2026", "03/11/2026 \u00e0 09:05 UTC"},
		"en": {"EUR\u00a0-1,234,567.50", "3 November 2026", "3 November 2026, 09:05 UTC"},
	}
	for _, lang := range s.Languages(Documents) {
		got := [3]string{FormatAmount(lang, -123456750, 2, "EUR"), FormatDate(lang, "2026-11-03"), FormatTime(lang, at)}
		if got != want[lang] {
			t.Errorf("%s: %q, want %q", lang, got, want[lang])
		}
		if group, point, minus := signs(lang); group == "" || point == "" || minus == "" || strings.Contains(group, "\u202f") {
			t.Errorf("%s: signs %q %q %q", lang, group, point, minus)
		}
	}
}

func TestFormatDays(t *testing.T) {
	for _, c := range []struct{ lang, in, want string }{
		{"nb", "2026-11-03", "03.11.2026"}, {"en", "2026-11-03", "3 November 2026"},
		{"nb", "soon", "soon"}, {"en", "", ""},
	} {
		if got := FormatDate(c.lang, c.in); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.in, got, c.want)
		}
	}
	at := time.Date(2026, 11, 3, 9, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		lang string
		at   time.Time
		want string
	}{
		{"nb", at, "03.11.2026 kl. 09:05 UTC"},
		{"en", at.In(time.FixedZone("CET", 3600)), "3 November 2026, 10:05 UTC+01:00"},
	} {
		if got := FormatTime(c.lang, c.at); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}
