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
	case "0007", "0088", "0151", "0184", "0208":
		i.ID = compact(id)
	}
	return i
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

// abn checks an Australian business number: the first digit less one, weights
// 10, 1, 3, 5 … 19, a multiple of 89.
func abn(s string) bool {
	sum := (int(s[0]-'0') - 1) * 10
	for i := 1; i < len(s); i++ {
		sum += int(s[i]-'0') * (2*i - 1)
	}
	return sum%89 == 0
}

// addressSchemes is the list EAS as Peppol uses it (PEPPOL-EN16931-CL008).
const addressSchemes = " 0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 0191 0192" +
	" 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 0221 0225 0230 0235 0240" +
	" 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941" +
	" 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 "

func knownAddressScheme(s string) bool {
	return len(s) == 4 && digits(s) && strings.Contains(addressSchemes, " "+s+" ")
}
