package process

import (
	"strings"

	"github.com/shopspring/decimal"
)

// checked is an exchange rate that was given by hand: units of the company's
// currency for one of the document's, and the day that it holds for. It is
// nothing on a document in the company's own currency.
func (x *Exchange) checked(currency, company string) (*Exchange, error) {
	if x == nil || currency == company || x.Rate == "" && x.Date == "" {
		return nil, nil
	}
	rate, err := decimal.NewFromString(strings.ReplaceAll(strings.TrimSpace(x.Rate), ",", "."))
	if err != nil || boundDecimal(rate) != nil || !rate.IsPositive() || rate.GreaterThan(decimal.New(1, 9)) {
		return nil, Invalid("exchange.invalid", "the exchange rate cannot be taken", Problem{Field: "exchange.rate", Reason: "exchange.rate", Message: company + " for one " + currency + ", such as 11.4325"})
	}
	if !x.Date.Valid() {
		return nil, Invalid("exchange.invalid", "the exchange rate cannot be taken", Problem{Field: "exchange.date", Reason: "exchange.date", Message: "the day of the rate"})
	}
	return &Exchange{Rate: rate.String(), Date: x.Date}, nil
}

// exchange gives a document in a foreign currency its VAT in the company's
// (BT-6, BT-111); without a rate it says only in which, and the check of the
// document asks for it.
func (s *Snapshot) exchange(x *Exchange, company string) {
	s.TaxCurrency, s.TaxTotal, s.Exchange = "", nil, nil
	if company == "" || company == s.Currency {
		return
	}
	s.TaxCurrency = company
	if s.Exchange = x; x == nil {
		return
	}
	rate, err := decimal.NewFromString(x.Rate)
	if err != nil {
		return
	}
	vat := RoundMoney(s.VAT.Decimal().Mul(rate), company)
	s.TaxTotal = &vat
}

// elsewhere is a delivery address, nil when nothing of it is filled in. The
// country is the company's when it is left out.
func (u *unit) elsewhere(a *Address) *Address {
	if a == nil || a.IsZero() {
		return nil
	}
	to := *a
	fill(&to.Country, u.settings.Company.Address.Country)
	return &to
}
