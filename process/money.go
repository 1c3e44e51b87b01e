package process

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// Money is an exact amount: Minor counts the currency's smallest unit (øre,
// cent; whole yen), Currency is the ISO 4217 code. Adding different currencies
// is a programming error and panics.
type Money struct {
	Minor    int64
	Currency string
}

// RoundMoney rounds half away from zero to the currency's minor unit, as
// EN 16931 and every tax office here expect it.
func RoundMoney(d decimal.Decimal, currency string) Money {
	n := Decimals(currency)
	return Money{Minor: d.Round(n).Shift(n).IntPart(), Currency: currency}
}

// Decimal is the amount in whole currency units.
func (m Money) Decimal() decimal.Decimal { return decimal.New(m.Minor, -Decimals(m.Currency)) }

// String is the amount with the currency's decimals and without its code.
func (m Money) String() string { return m.Decimal().StringFixed(Decimals(m.Currency)) }

// Add is m + o.
func (m Money) Add(o Money) Money {
	m.same(o)
	m.Minor += o.Minor
	return m
}

// Sub is m − o.
func (m Money) Sub(o Money) Money {
	m.same(o)
	m.Minor -= o.Minor
	return m
}

// Neg is −m.
func (m Money) Neg() Money { return Money{-m.Minor, m.Currency} }

// IsZero reports whether there is no amount.
func (m Money) IsZero() bool { return m.Minor == 0 }

func (m Money) same(o Money) {
	if m.Currency != o.Currency {
		panic(fmt.Sprintf("process: %s and %s in one sum", m.Currency, o.Currency))
	}
}

type moneyJSON struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// MarshalJSON writes {"amount": "1234.50", "currency": "NOK"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"amount":%q,"currency":%q}`, m.String(), m.Currency), nil
}

// UnmarshalJSON reads the form of MarshalJSON; more decimals than the currency
// has are refused, never rounded. A missing currency stays empty and counts
// two decimals: the use case fills in the document's with In.
func (m *Money) UnmarshalJSON(b []byte) error {
	var j moneyJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf(`an amount is {"amount": "12.50", "currency": "NOK"}: %w`, err)
	}
	v, err := ParseMoney(j.Amount, j.Currency)
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// maxMinor bounds amounts so that sums of many lines stay far from overflow.
const maxMinor = 1 << 53

// ParseMoney takes an exact amount; it fails when d has more decimals than the
// currency or is out of bounds.
func ParseMoney(d decimal.Decimal, currency string) (Money, error) {
	if currency != "" && !currencyShaped(currency) {
		return Money{}, fmt.Errorf("%q is no ISO 4217 currency code", currency)
	}
	if err := boundDecimal(d); err != nil {
		return Money{}, err
	}
	s := d.Shift(Decimals(currency))
	if !s.Equal(s.Truncate(0)) {
		return Money{}, fmt.Errorf("%s has more than the %d decimals of %s", d, Decimals(currency), currency)
	}
	if s.Abs().GreaterThan(decimal.New(maxMinor, 0)) {
		return Money{}, fmt.Errorf("%s is too large an amount", d)
	}
	return Money{Minor: s.IntPart(), Currency: currency}, nil
}

// parseAmount reads what String wrote.
func parseAmount(s, currency string) (Money, error) {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Money{}, err
	}
	return ParseMoney(d, currency)
}

// In gives an amount that came without a currency the document's, and refuses
// one in another.
func (m Money) In(currency string) (Money, error) {
	switch m.Currency {
	case currency:
		return m, nil
	case "":
		return ParseMoney(m.Decimal(), currency)
	}
	return Money{}, fmt.Errorf("the amount is in %s, the document in %s", m.Currency, currency)
}

// boundDecimal refuses numbers whose exponent alone would cost memory or time:
// 1e999999999 is a short text.
func boundDecimal(d decimal.Decimal) error {
	if e := d.Exponent(); e > 15 || e < -12 || d.NumDigits() > 30 {
		return fmt.Errorf("the number has too many digits")
	}
	return nil
}
