package process

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"
)

// Rate is a rate of exchange on a day: units of Base for one of Currency.
type Rate struct {
	Record
	State    string          `json:"state"` // active
	Base     string          `json:"base"`
	Currency string          `json:"currency"`
	Date     Date            `json:"date"`
	Rate     decimal.Decimal `json:"rate"`
	// Source is the form of the file that it came in.
	Source string `json:"source"`
}

// The forms of files of rates.
const (
	RatesCSV        = "csv"
	RatesECB        = "ecb"
	RatesNorgesBank = "norges-bank"
	// RatesHand were entered by a person, and came in no file.
	RatesHand = "hand"
)

// RateReader reads files of exchange rates. It is pure; process/exchange
// implements it.
type RateReader interface {
	// ReadRates reads a file in the file's order, or names each place that it
	// cannot read as "line 3: rate".
	ReadRates(data []byte) (RateFile, []Problem)
}

// RateFile is what a file of rates says.
type RateFile struct {
	Source string
	Quotes []RateQuote
}

// RateQuote says that one of Currency cost Rate units of Base on the day. An
// empty Base is the company's currency.
type RateQuote struct {
	Date     Date
	Currency string
	Base     string
	Rate     decimal.Decimal
}

// into turns a file's quotes into rates of the base, day by day: straight ones,
// turned ones, and those that have a third currency in common.
func (f RateFile) into(base string) (rates []Rate, ps []Problem) {
	days := map[Date][]RateQuote{}
	var order []Date
	for _, q := range f.Quotes {
		if q.Base == "" {
			q.Base = base
		}
		if days[q.Date] == nil {
			order = append(order, q.Date)
		}
		days[q.Date] = append(days[q.Date], q)
	}
	for _, day := range order {
		// via are the units of base for one of each currency that quotes start from.
		via := map[string]decimal.Decimal{base: decimal.NewFromInt(1)}
		for _, q := range days[day] {
			if q.Base == base {
				via[q.Currency] = q.Rate
			}
		}
		found := map[string]bool{base: true}
		add := func(currency string, rate decimal.Decimal) {
			if found[currency] || !validCurrency(currency) {
				return
			}
			found[currency] = true
			rates = append(rates, Rate{State: "active", Base: base, Currency: currency, Date: day, Rate: rate, Source: f.Source})
		}
		for _, q := range days[day] {
			if q.Base == base {
				add(q.Currency, q.Rate)
			} else if of, ok := via[q.Currency]; ok && q.Rate.IsPositive() {
				add(q.Base, divided(of, q.Rate))
			}
		}
		if len(found) == 1 && len(ps) < maxImportProblems {
			ps = append(ps, Problem{Field: "file", Reason: "rates.base", Message: fmt.Sprintf("on %s the file has no rate to %s", day, base)})
		}
	}
	return rates, ps
}

// divided is a/b with six decimals, or ten where that would say too little.
func divided(a, b decimal.Decimal) decimal.Decimal {
	if rate := a.DivRound(b, 6); rate.GreaterThan(decimal.New(1, -1)) {
		return rate
	}
	return a.DivRound(b, 10)
}

// ImportRates keeps the rates of a file: the European Central Bank's XML, the
// CSV of Norges Bank, or CSV with date, currency, rate and units. A rate that
// was there for the day is replaced; documents keep the one that they froze.
func (s *Service) ImportRates(ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	if err := a.must(MayInvoice); err != nil {
		return nil, err
	}
	if s.rates == nil {
		return nil, Invalid("rates.none", "this installation reads no files of rates")
	}
	read, ps := s.rates.ReadRates(file)
	if len(ps) > 0 {
		return nil, Invalid("import.invalid", "nothing was imported: mend these lines first", ps...)
	}
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		rates, ps := read.into(u.settings.Currency)
		if len(ps) > 0 {
			return nil, Invalid("import.invalid", "nothing was imported: mend these lines first", ps...)
		}
		var did Imported
		for i := range rates {
			if err := u.keepRate(&rates[i], &did); err != nil {
				return nil, err
			}
		}
		return &Outcome{Record: did, Created: []Ref{}}, u.note(Activity{Type: "rates.imported", About: Ref{TypeSettings, "company"},
			Data: map[string]string{"source": read.Source, "created": fmt.Sprint(did.Created), "changed": fmt.Sprint(did.Changed)}})
	})
}

func (u *unit) keepRate(r *Rate, did *Imported) error {
	was, err := first(u.Rates(), map[string]string{"base": r.Base, "currency": r.Currency, "date": string(r.Date)}, "")
	switch {
	case err != nil:
		return err
	case was == nil:
		did.Created++
		r.Record = u.record()
		return u.Rates().Insert(r)
	case was.Rate.Equal(r.Rate):
		did.Unchanged++
		return nil
	}
	did.Changed++
	was.Rate, was.Source = r.Rate, r.Source
	return u.Rates().Update(was)
}

// RateInput is a rate that a person enters.
type RateInput struct {
	Date     Date   `json:"date,omitempty" doc:"the day that it holds for, today when left out"`
	Currency string `json:"currency"`
	// Rate is the company's currency for one of Currency, or for Units of it.
	Rate  decimal.Decimal  `json:"rate" doc:"the company's currency for one of the other"`
	Units *decimal.Decimal `json:"units,omitempty" doc:"when the rate is of more than one, such as 100"`
}

// maxRate bounds a rate of exchange.
var maxRate = decimal.New(1, 9)

// CreateRate keeps a rate by hand, in place of one that was there for the day.
func (s *Service) CreateRate(ctx context.Context, a Actor, in RateInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		base := u.settings.Currency
		r := Rate{State: "active", Base: base, Currency: in.Currency, Date: in.Date, Rate: in.Rate, Source: RatesHand}
		if r.Date == "" {
			r.Date = u.today()
		}
		var ps []Problem
		bad := func(field, reason, message string) {
			ps = append(ps, Problem{Field: field, Reason: reason, Message: message})
		}
		if !validCurrency(r.Currency) || r.Currency == base {
			bad("currency", "rate.currency", "the code of another currency than "+base)
		}
		if !r.Date.Valid() {
			bad("date", "exchange.date", "the day of the rate")
		}
		if in.Units != nil && !in.Units.IsZero() {
			if boundDecimal(*in.Units) != nil || !in.Units.IsPositive() || in.Units.GreaterThan(maxRate) {
				bad("units", "rate.units", "how many the rate is for, such as 100")
			} else if boundDecimal(r.Rate) == nil {
				r.Rate = divided(r.Rate, *in.Units)
			}
		}
		if boundDecimal(r.Rate) != nil || !r.Rate.IsPositive() || r.Rate.GreaterThan(maxRate) {
			bad("rate", "exchange.rate", base+" for one "+r.Currency+", such as 11.4325")
		}
		if len(ps) > 0 {
			return nil, Invalid("rate.invalid", "the rate cannot be kept", ps...)
		}
		var did Imported
		if err := u.keepRate(&r, &did); err != nil {
			return nil, err
		}
		kept, err := first(u.Rates(), map[string]string{"base": r.Base, "currency": r.Currency, "date": string(r.Date)}, "")
		if err != nil {
			return nil, err
		}
		return &Outcome{Record: kept, Created: []Ref{}}, u.note(Activity{Type: "rate.entered", About: Ref{TypeSettings, "company"},
			Data: map[string]string{"amount": r.Rate.String(), "currency": r.Currency, "date": string(r.Date)}})
	})
}

// ExportRates gives the rates as CSV that can be imported again.
func (s *Service) ExportRates(ctx context.Context, a Actor) ([]byte, error) {
	return giveRows(s, ctx, a, []string{"date", "currency", "base", "rate"}, Tx.Rates, "", func(r *Rate) [][]string {
		return [][]string{{string(r.Date), r.Currency, r.Base, r.Rate.String()}}
	})
}

// rateOn is the newest rate into the company's currency that is not after the
// day, nil when there is none.
func (u *unit) rateOn(currency string, day Date) (*Exchange, error) {
	if currency == u.settings.Currency {
		return nil, nil
	}
	r, err := u.RateOn(u.settings.Currency, currency, day)
	if err != nil || r == nil {
		return nil, err
	}
	return &Exchange{Rate: r.Rate.String(), Date: r.Date}, nil
}
