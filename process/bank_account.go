package process

import (
	"strconv"
	"strings"
)

// accountProblems says what is wrong with the company's accounts: a digit that
// is mistyped there sends every customer's money astray.
func (c Company) accountProblems() (ps []Problem) {
	if a := grouped(c.BankAccount); a != "" && c.Address.Country == "NO" && !norwegianAccount(a) {
		ps = append(ps, Problem{Field: "company.bank_account", Reason: "settings.bank_account", Message: "correct the account " + c.BankAccount + ": it has eleven digits, the last a check digit"})
	}
	if i := grouped(c.IBAN); i != "" && !validIBAN(i) {
		ps = append(ps, Problem{Field: "company.iban", Reason: "settings.iban", Message: "correct the IBAN " + c.IBAN + ": its check digits do not fit"})
	}
	return ps
}

// grouped is an account without the blanks, dots and dashes that it is written with.
func grouped(account string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "\u00a0", "", ".", "", "-", "").Replace(account))
}

// norwegianAccount checks the eleventh digit (MOD11, weights 2 to 7 from the right).
func norwegianAccount(account string) bool {
	return len(account) == 11 && digitsOf(account) == account && mod11(account[:10]) == account[10:]
}

// ibanLengths are those of ISO 13616's register, of countries whose companies
// are likely here; others have 15 to 34 characters.
var ibanLengths = map[string]int{"NO": 15, "SE": 24, "DK": 18, "FI": 18, "IS": 26, "DE": 22, "AT": 20, "CH": 21, "NL": 18, "BE": 16, "LU": 20, "FR": 27, "IT": 27,
	"ES": 24, "PT": 25, "GB": 22, "IE": 22, "PL": 28, "EE": 20, "LV": 21, "LT": 20, "CZ": 24}

// validIBAN checks form and check digits (ISO 13616, ISO 7064 MOD 97-10).
func validIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 || !countryShaped(iban[:2]) {
		return false
	}
	if want, known := ibanLengths[iban[:2]]; known && len(iban) != want {
		return false
	}
	rest := 0
	for _, r := range iban[4:] + iban[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	check, err := strconv.Atoi(iban[2:4])
	return err == nil && check >= 2 && rest == 1
}
