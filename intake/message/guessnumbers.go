package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// minPhoneDigits is how many digits a phone number has at least.
const minPhoneDigits = 7

// maxPhoneTries is how many candidates of a mail are looked up.
const maxPhoneTries = 8

// phoneLabels stand before numbers that are phones, and otherLabels before
// those that are not.
var (
	phoneLabels = []string{"tlf", "tel", "telefon", "phone", "mob", "mobil", "mobile", "mobiltelefon", "ring", "call", "cell", "handy", "sentralbord", "direkte", "direct", "t:", "m:", "p:", "tél", "portable", "port", "mobiltlf", "sími"}
	otherLabels = []string{"fax", "faks", "org", "konto", "iban", "vat", "mva", "cvr", "kid", "faktura", "ordre", "order", "invoice", "account", "ref", "ust", "siret", "siren", "postboks", "nr."}
)

// findPhone is the first valid phone number in E.164 form. Numbers without a
// prefix and without a label beside them count only when they stand alone.
func findPhone(lines []guessLine, region string, budget *int) string {
	for _, line := range lines {
		if line.digits < minPhoneDigits {
			continue
		}
		l := line.text
		rest := l
		for *budget > 0 {
			start, end := digitRun(rest)
			if start < 0 {
				break
			}
			candidate, before, after := rest[start:end], rest[:start], rest[end:]
			rest = after
			if sticks(before, after) {
				continue
			}
			digits := countDigits(candidate)
			if digits < minPhoneDigits || digits > 15 || !phoneLikely(before, candidate, l) {
				continue
			}
			*budget--
			if e164 := internationalNumber(candidate, region); e164 != "" {
				return e164
			}
		}
	}
	return ""
}

// internationalNumber is a valid phone number in E.164 form, or empty.
func internationalNumber(candidate, region string) string {
	if n := plainNumber(candidate, region); n != nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	n, err := phonenumbers.Parse(candidate, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	if len(e164) > 1+15 { // E.164 section 6.1
		return ""
	}
	return e164
}

// plainNumber reads what needs no parsing: eight digits in a country whose valid
// numbers of that length are dialled as they stand, without a prefix.
func plainNumber(candidate, region string) *phonenumbers.PhoneNumber {
	code := int32(0)
	switch region {
	case "NO":
		code = 47
	case "DK":
		code = 45
	default:
		return nil
	}
	digits, number := 0, uint64(0)
	for _, c := range []byte(candidate) {
		switch {
		case c == '0' && digits == 0:
			return nil
		case '0' <= c && c <= '9':
			digits++
			number = number*10 + uint64(c-'0')
		case c != ' ':
			return nil
		}
	}
	if digits != 8 {
		return nil
	}
	return &phonenumbers.PhoneNumber{CountryCode: &code, NationalNumber: &number}
}

// sticks tells whether a run of digits is part of a word or a link.
func sticks(before, after string) bool {
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLetter(b) || strings.ContainsRune("/=_-%@#", b) || unicode.IsLetter(a) || strings.ContainsRune("/=_%@", a)
}

func phoneLikely(before, candidate, line string) bool {
	label := strings.ToLower(before)
	if len(label) > 25 {
		label = label[len(label)-25:]
	}
	if strings.HasPrefix(candidate, "+") || strings.HasPrefix(candidate, "00") {
		return !strings.ContainsAny(candidate, ":")
	}
	words := strings.FieldsFunc(label, func(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == '|' || r == ',' })
	for i := len(words) - 1; i >= 0 && i >= len(words)-2; i-- {
		for _, o := range otherLabels {
			if strings.HasPrefix(words[i], o) {
				return false
			}
		}
		for _, p := range phoneLabels {
			if len(p) > 2 && strings.HasPrefix(words[i], p) || words[i]+":" == p {
				return true
			}
		}
	}
	return strings.TrimSpace(strings.Trim(line, "|•· ")) == strings.TrimSpace(candidate)
}

// digitRun is the place of the first run of digits with the characters that
// people write between them.
func digitRun(s string) (start, end int) {
	start = -1
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if start < 0 {
				start = i
			}
			end = i + 1
		case start < 0 && (c == '+' || c == '(') && i+1 < len(s):
			if next := s[i+1]; next >= '0' && next <= '9' || next == '+' {
				start, end = i, i+1
			}
		case start >= 0 && (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/') && i-end < 3:
		case start >= 0 && c == 0xc2 && i+1 < len(s) && s[i+1] == 0xa0: // no-break space
			i++
		case start >= 0:
			return start, end
		}
	}
	return start, end
}

// onlyDigits drops all but digits.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// organisationLabels stand before an organisation number or a VAT number.
var organisationLabels = []string{
	"org.nr", "org nr", "org.no", "org. nr", "orgnr", "org.nummer", "organisasjonsnummer", "organisationsnummer", "organisasjonsnr",
	"foretaksregisteret", "orgnummer", "cvr", "ust-id", "ustid", "vat", "mva-nr", "momsnr", "company no", "reg. no", "reg.nr",
	"siret", "siren", "rcs", "tva", "y-tunnus", "fo-nummer",
}

// findOrganisationNumber is the first labelled number whose check digit is
// right: Norway (MOD11 of Brønnøysund), Sweden (Luhn), Denmark (MOD11), Germany
// (VAT number, ISO 7064 MOD 11,10), France (SIREN and SIRET by Luhn, VAT number
// by 97), Britain (VAT number by 97) and Finland (MOD11).
func findOrganisationNumber(lines []guessLine) string {
	for _, l := range lines {
		if l.digits < 8 {
			continue
		}
		lower := strings.ToLower(l.text)
		label, said := -1, ""
		for _, o := range organisationLabels {
			if i := strings.Index(lower, o); i >= 0 {
				label, said = i+len(o), o
				break
			}
		}
		if label < 0 {
			switch i := strings.LastIndex(lower, "mva"); {
			case i >= 9:
				label = max(0, i-18)
				for !utf8.RuneStart(lower[label]) {
					label++
				}
			default:
				continue
			}
		}
		if n := organisationNumber(said, lower[label:]); n != "" {
			return n
		}
	}
	return ""
}

// organisationNumber reads the first number of s by its check digit; label is
// what stands before it.
func organisationNumber(label, s string) string {
	start, end := digitRun(s)
	if start < 0 || start > 30 {
		return ""
	}
	digits := onlyDigits(s[start:end])
	country := strings.TrimSpace(s[:start])
	switch {
	case strings.HasSuffix(country, "de"):
		if len(digits) == 9 && mod11And10(digits) {
			return "DE" + digits
		}
	case strings.HasSuffix(country, "fr") || label == "tva":
		if len(digits) == 11 && luhn(digits[2:]) && frenchKey(digits) {
			return "FR" + digits
		}
	case strings.HasSuffix(country, "gb"):
		if len(digits) == 9 && britishVAT(digits) {
			return "GB" + digits
		}
	case label == "siren" || label == "siret" || label == "rcs":
		if (len(digits) == 9 || len(digits) == 14) && luhn(digits) {
			return digits
		}
	case label == "y-tunnus" || label == "fo-nummer":
		if len(digits) == 8 && mod11(digits, []int{7, 9, 10, 5, 8, 4, 2, 1}) {
			return digits[:7] + "-" + digits[7:]
		}
	case len(digits) == 9 && mod11(digits, []int{3, 2, 7, 6, 5, 4, 3, 2, 1}):
		return digits
	case len(digits) == 8 && mod11(digits, []int{2, 7, 6, 5, 4, 3, 2, 1}):
		return digits
	case len(digits) == 10 && luhn(digits):
		return digits
	case len(digits) == 12 && strings.HasSuffix(country, "se") && strings.HasSuffix(digits, "01") && luhn(digits[:10]):
		return "SE" + digits
	}
	return ""
}

// mod11And10 is ISO 7064 MOD 11,10 with the last digit as the check digit.
func mod11And10(digits string) bool {
	p := 10
	for i := range len(digits) - 1 {
		s := (int(digits[i]-'0') + p) % 10
		if s == 0 {
			s = 10
		}
		p = 2 * s % 11
	}
	return (11-p)%10 == int(digits[len(digits)-1]-'0')
}

// britishVAT tells whether the last two digits fit the seven before them, in
// either of the two ways.
func britishVAT(digits string) bool {
	sum := int(digits[7]-'0')*10 + int(digits[8]-'0')
	for i := range 7 {
		sum += int(digits[i]-'0') * (8 - i)
	}
	return sum%97 == 0 || (sum+55)%97 == 0
}

// frenchKey tells whether the first two digits of a French VAT number fit its SIREN.
func frenchKey(digits string) bool {
	siren := 0
	for _, d := range digits[2:] {
		siren = siren*10 + int(d-'0')
	}
	return (12+3*(siren%97))%97 == int(digits[0]-'0')*10+int(digits[1]-'0')
}

// mod11 tells whether the weighted sum of the digits is divisible by 11.
func mod11(digits string, weights []int) bool {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return sum > 0 && sum%11 == 0
}

func luhn(digits string) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum > 0 && sum%10 == 0
}
