package templates

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// form is how a language writes numbers and days, after CLDR.
type form struct {
	group, point, minus string
	date, clock         string // layouts of package time
	dateTime            string // between day and clock
}

const (
	noBreakSpace = "\u00a0"
	minusSign    = "\u2212"
)

func formOf(lang string) form {
	if language(lang) == "nb" {
		return form{group: noBreakSpace, point: ",", minus: minusSign, date: "02.01.2006", clock: "15:04", dateTime: " kl. "}
	}
	return form{group: ",", point: ".", minus: "-", date: "2 January 2006", clock: "15:04", dateTime: ", "}
}

// FormatMoney writes an amount that is counted in the currency's minor unit,
// of which there are 10^decimals in one: 123450 and 2 are "1 234,50" in nb,
// with no-break spaces, and "1,234.50" in en.
func FormatMoney(lang string, minor int64, decimals int32) string {
	return formOf(lang).number(decimal.New(minor, -decimals).StringFixed(decimals))
}

// FormatPrice writes a price with at least the currency's decimals, and with
// as many more as it needs to be exact.
func FormatPrice(lang string, price decimal.Decimal, decimals int32) string {
	exact := trimmed(price)
	if _, frac, _ := strings.Cut(exact, "."); len(frac) >= int(decimals) {
		return formOf(lang).number(exact)
	}
	return formOf(lang).number(price.StringFixed(decimals))
}

// FormatNumber writes a quantity or a percentage exactly, without trailing
// zeros.
func FormatNumber(lang string, d decimal.Decimal) string { return formOf(lang).number(trimmed(d)) }

// FormatDate writes a day given as 2006-01-02: "23.11.2026" in nb, "23
// November 2026" in en. What is no day comes back as it is.
func FormatDate(lang, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(formOf(lang).date)
}

// FormatTime writes day and time of t in t's own zone, which is named as its
// offset from UTC.
func FormatTime(lang string, t time.Time) string {
	f := formOf(lang)
	zone := " UTC"
	if _, offset := t.Zone(); offset != 0 {
		zone = t.Format(" UTC-07:00")
	}
	return t.Format(f.date) + f.dateTime + t.Format(f.clock) + zone
}

func trimmed(d decimal.Decimal) string {
	s := d.String()
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// number puts a plain decimal such as "-1234.50" into the form.
func (f form) number(plain string) string {
	digits, negative := strings.CutPrefix(plain, "-")
	whole, frac, fraction := strings.Cut(digits, ".")
	var b strings.Builder
	if negative {
		b.WriteString(f.minus)
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(f.group)
		}
		b.WriteRune(d)
	}
	if fraction {
		b.WriteString(f.point)
		b.WriteString(frac)
	}
	return b.String()
}
