package einvoice

import (
	"strings"
	"unicode"
)

// compact is a number without the blanks and marks that people group it by.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' || r == '-' || r == '\u2011' || r == '\u2013' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// identifier brings a number into its register's form: 0192 is nine digits,
// without the NO and MVA of the VAT number.
func identifier(scheme, id string) Identifier {
	i := Identifier{Scheme: strings.TrimSpace(scheme), ID: strings.TrimSpace(id)}
	switch i.Scheme {
	case "0192":
		i.ID = norwegian(id)
	case "0208":
		i.ID = strings.TrimPrefix(compact(id), "BE")
	case "0002", "0007", "0009", "0088", "0096", "0106", "0151", "0184", "0190", "0196", "0198", "0212", "0217":
		i.ID = compact(id)
	}
	return i
}

// registers are those that the businesses of a country are in, by ICD code. A
// number is taken for one of theirs where it has the form.
var registers = map[string][]string{"AU": {"0151"}, "BE": {"0208"}, "DK": {"0184"}, "FI": {"0212"}, "FR": {"0002", "0009"}, "IS": {"0196"}, "NL": {"0106"},
	"NO": {"0192"}, "SE": {"0007"}}

// registered is a legal number (BT-30, BT-47). Without a scheme it has that of
// its country's register, if it can be a number of it.
func registered(scheme, id, country string) Identifier {
	if scheme = strings.TrimSpace(scheme); scheme == "" {
		for _, s := range registers[country] {
			if i := identifier(s, id); formed(i) {
				return i
			}
		}
	}
	return identifier(scheme, id)
}

func formed(i Identifier) bool {
	_, ok := wellFormed(i)
	return ok
}

func norwegian(number string) string {
	return strings.TrimSuffix(strings.TrimPrefix(compact(number), "NO"), "MVA")
}

// vatNumber begins with its country (BR-CO-09), EL for Greece; a Norwegian one
// ends in MVA (NO-R-001).
func vatNumber(number, country string) string {
	v := compact(number)
	if v == "" {
		return ""
	}
	if d := norwegian(v); len(d) == 9 && digits(d) && (country == "NO" || strings.HasSuffix(v, "MVA")) {
		return "NO" + d + "MVA"
	}
	if len(v) > 1 && upper(v[:2]) {
		return v
	}
	if country == "GR" {
		country = "EL"
	}
	return country + v
}

func digits(s string) bool { return within(s, '0', '9') }
func upper(s string) bool  { return within(s, 'A', 'Z') }

// within reports whether s is not empty and has letters from a to z alone.
func within(s string, a, z byte) bool {
	for i := range len(s) {
		if s[i] < a || s[i] > z {
			return false
		}
	}
	return s != ""
}

// wellFormed reports whether an identifier of a scheme with a check digit is
// right, and the rule that asks for it. Identifiers of other schemes are.
func wellFormed(i Identifier) (rule string, ok bool) {
	switch i.Scheme {
	case "0192":
		return "PEPPOL-COMMON-R041", len(i.ID) == 9 && digits(i.ID) && mod11(i.ID)
	case "0088":
		return "PEPPOL-COMMON-R040", digits(i.ID) && gs1(i.ID)
	case "0184":
		d := strings.TrimPrefix(i.ID, "DK")
		return "PEPPOL-COMMON-R042", len(d) == 8 && digits(d)
	case "0208":
		return "PEPPOL-COMMON-R043", len(i.ID) == 10 && digits(i.ID) && number(i.ID[8:]) == 97-number(i.ID[:8])%97
	case "0096":
		return "PEPPOL-COMMON-R052", len(i.ID) == 10 && digits(i.ID)
	case "0198":
		return "PEPPOL-COMMON-R053", len(i.ID) == 10 && i.ID[:2] == "DK" && digits(i.ID[2:])
	case "0106":
		return "PEPPOL-COMMON-R054", len(i.ID) == 8 && digits(i.ID)
	case "0190":
		return "PEPPOL-COMMON-R055", len(i.ID) == 20 && digits(i.ID)
	case "9944":
		return "PEPPOL-COMMON-R056-1", dutchVAT(i.ID)
	case "0217":
		return "PEPPOL-COMMON-R057", len(i.ID) == 12 && digits(i.ID)
	case "0002":
		return "BR-FR-10", len(i.ID) == 9 && digits(i.ID) && luhn(i.ID)
	case "0009":
		return "BR-FR-09", len(i.ID) == 14 && digits(i.ID) && luhn(i.ID[:9])
	case "0196":
		return "IS-R-002", len(i.ID) == 10 && digits(i.ID)
	case "0212":
		return "ISO 6523 0212", len(i.ID) == 8 && digits(i.ID) && finnish(i.ID)
	case "0007":
		return "PEPPOL-COMMON-R049", len(i.ID) == 10 && digits(i.ID) && luhn(i.ID)
	case "0151":
		return "PEPPOL-COMMON-R050", len(i.ID) == 11 && digits(i.ID) && abn(i.ID)
	}
	return "", true
}

// number is the value of at most 18 digits.
func number(s string) int64 {
	var n int64
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	return n
}

// mod11 checks the last digit as the Norwegian registers do: weights 2 to 7
// from the right, the digit makes the sum a multiple of 11. Nought alone is no
// number.
func mod11(s string) bool {
	sum, last := 0, len(s)-1
	for i := range last {
		sum += int(s[last-1-i]-'0') * (i%6 + 2)
	}
	return number(s) > 0 && (11-sum%11)%11 == int(s[last]-'0')
}

// gs1 checks the last digit of a GLN: weights 3 and 1 from the right.
func gs1(s string) bool {
	sum, last := 0, len(s)-1
	for i := range last {
		sum += int(s[last-1-i]-'0') * (3 - i%2*2)
	}
	return (10-sum%10)%10 == int(s[last]-'0')
}

// luhn checks the last digit of a Swedish organisation number.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// finnish checks the last digit of a Y-tunnus: weights 7, 9, 10, 5, 8, 4, 2.
func finnish(s string) bool {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return sum%11 != 1 && (11-sum%11)%11 == int(s[7]-'0')
}

// dutchVAT is NL, nine digits, B and two digits.
func dutchVAT(s string) bool {
	return len(s) == 14 && s[:2] == "NL" && digits(s[2:11]) && s[11] == 'B' && digits(s[12:])
}

// abn checks an Australian business number: the first digit less one, weights
// 10, 1, 3, 5 … 19, a multiple of 89.
func abn(s string) bool {
	sum := (int(s[0]-'0') - 1) * 10
	for i := 1; i < len(s); i++ {
		sum += int(s[i]-'0') * (2*i - 1)
	}
	return sum%89 == 0
}
