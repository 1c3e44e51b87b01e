package templates

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// form is how a language writes numbers and days. The signs of numbers are
// CLDR's as golang.org/x/text has them; that has no dates, so their layouts are
// written down here after CLDR's short (en: long) forms.
type form struct {
	group, point, minus string
	date, clock         string // layouts of package time
	dateTime            string // between day and clock
	codeFirst           bool   // the currency's code stands before the amount
}

const noBreakSpace = "\u00a0"

// layouts are the forms without their signs of numbers, by language.
func layouts() map[string]form {
	return map[string]form{
		"nb": {date: "02.01.2006", clock: "15:04", dateTime: " kl. "},
		"nn": {date: "02.01.2006", clock: "15:04", dateTime: " kl. "},
		"sv": {date: "2006-01-02", clock: "15:04", dateTime: " kl. "},
		"da": {date: "02.01.2006", clock: "15.04", dateTime: " kl. "},
		"de": {date: "02.01.2006", clock: "15:04", dateTime: ", "},
		"fr": {date: "02/01/2006", clock: "15:04", dateTime: " \u00e0 "},
		"en": {date: "2 January 2006", clock: "15:04", dateTime: ", ", codeFirst: true},
	}
}

// forms are the forms of every language, made once and never changed.
var forms = sync.OnceValue(func() map[string]form {
	out := layouts()
	for lang, f := range out {
		f.group, f.point, f.minus = signs(lang)
		out[lang] = f
	}
	return out
})

// signs are what stands between groups of three digits, before the fraction and
// before a negative number. They are read off a number that x/text has written;
// every space in it becomes the no-break space that all fonts have.
func signs(lang string) (group, point, minus string) {
	written := message.NewPrinter(xlanguage.MustParse(lang)).Sprint(number.Decimal(-1234.5))
	minus, rest, _ := strings.Cut(written, "1")
	group, rest, _ = strings.Cut(rest, "234")
	point, _, _ = strings.Cut(rest, "5")
	if strings.TrimSpace(group) == "" && group != "" {
		group = noBreakSpace
	}
	return group, point, minus
}

func formOf(lang string) form {
	if f, ok := forms()[language(lang)]; ok {
		return f
	}
	return forms()[fallbackLanguage]
}

// FormatAmount writes an amount with its currency's code where the language
// puts it: "NOK 1,234.50" in en, "1 234,50 NOK" in the others, without a place
// to break.
func FormatAmount(lang string, minor int64, decimals int32, currency string) string {
	amount := FormatMoney(lang, minor, decimals)
	if formOf(lang).codeFirst {
		return currency + noBreakSpace + amount
	}
	return amount + noBreakSpace + currency
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

// FormatAccount groups a bank account as its country writes it: an IBAN by four
// (ISO 13616), a Norwegian number as 1234 56 78903. Others stay as they are.
func FormatAccount(account string) string {
	plain := strings.NewReplacer(" ", "", ".", "", noBreakSpace, "").Replace(account)
	groups := []int{4, 2, 5}
	switch {
	case len(plain) == 11 && strings.Trim(plain, "0123456789") == "":
	case len(plain) >= 15 && len(plain) <= 34 && strings.Trim(plain[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.Trim(plain[2:4], "0123456789") == "":
		groups = slices.Repeat([]int{4}, len(plain)/4+1)
	default:
		return account
	}
	var parts []string
	for _, n := range groups {
		n = min(n, len(plain))
		if n > 0 {
			parts = append(parts, plain[:n])
		}
		plain = plain[n:]
	}
	return strings.Join(parts, noBreakSpace)
}

// AtPoint divides a number that was written in a language before its decimal
// point, so that numbers can be set below each other at it; one without a point
// is divided after its last digit.
func AtPoint(lang, number string) (whole, rest string) {
	i := strings.Index(number, formOf(lang).point)
	if i < 0 {
		i = strings.LastIndexAny(number, "0123456789") + 1
	}
	return number[:i], number[i:]
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
