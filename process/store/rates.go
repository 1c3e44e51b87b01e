package store

import (
	"fmt"

	"github.com/emne/emne/process"
)

func rateTable() table[process.Rate] {
	return table[process.Rate]{
		name: "exchange_rate", record: process.TypeRate,
		columns: `state base currency date rate source`,
		base:    func(r *process.Rate) *process.Record { return &r.Record },
		fields: func(r *process.Rate) []any {
			return []any{&r.State, &r.Base, &r.Currency, &r.Date, exact{&r.Rate}, &r.Source}
		},
		search: func(r *process.Rate) []string { return []string{r.Currency, string(r.Date)} },
		keys:   map[string]string{"base": "base", "currency": "currency", "date": "date"},
	}
}

// RateOn implements process.Tx.
func (t *txn) RateOn(base, currency string, day process.Date) (*process.Rate, error) {
	r := new(process.Rate)
	all := records[process.Rate]{t, &t.db.tables.rates}
	found, err := t.row("SELECT "+all.all+" FROM exchange_rate WHERE base = $1 AND currency = $2 AND date <= $3 ORDER BY date DESC LIMIT 1",
		[]any{base, currency, string(day)}, all.dest(r)...)
	if err != nil {
		return nil, fmt.Errorf("looking for a rate of %s: %w", currency, err)
	}
	if !found {
		return nil, nil
	}
	return r, nil
}
