package process_test

import (
	"slices"
	"testing"

	"github.com/emne/emne/process"
)

// A mistyped account of the company is refused where it is entered.
func TestCompanysAccounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country, account, iban string
		want                   string // field of the problem
	}{
		{"NO", "", "", ""}, {"NO", "8601 11 17947", "NO93 8601 1117 947", ""}, {"NO", "8601.11.17947", "", ""},
		{"NO", "86011117948", "", "company.bank_account"}, {"NO", "8601111794", "", "company.bank_account"}, {"NO", "8601111794X", "", "company.bank_account"},
		{"SE", "5555-5551", "", ""}, {"GB", "20-00-00 55779911", "GB29 NWBK 6016 1331 9268 19", ""},
		{"NO", "", "NO9386011117948", "company.iban"}, {"NO", "", "NO938601111794", "company.iban"}, {"DE", "", "DE8937040044053201300", "company.iban"},
		{"DE", "", "DE89 3704 0044 0532 0130 00", ""}, {"FR", "", "FR1420041010050500013M02606", ""}, {"MT", "", "MT84MALT011000012345MTLCAST001S", ""},
		{"MT", "", "MT84MALT011000012345MTLCAST001T", "company.iban"}, {"DE", "", "DE89 3704 0044 0532 0130 0ß", "company.iban"}, {"DE", "", "1234567890123456", "company.iban"},
	} {
		s := process.DefaultSettings()
		s.Company.Address.Country, s.Company.BankAccount, s.Company.IBAN = c.country, c.account, c.iban
		problems := slices.DeleteFunc(s.Problems(), func(p process.Problem) bool {
			return p.Field != "company.bank_account" && p.Field != "company.iban"
		})
		switch {
		case c.want == "" && len(problems) > 0, c.want != "" && (len(problems) != 1 || problems[0].Field != c.want || problems[0].Message == ""):
			t.Errorf("%+v: %+v", c, problems)
		}
	}
}
