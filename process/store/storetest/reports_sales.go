package storetest

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

func (b *books) stages(p process.Period, quiet time.Time) (rows []process.StageRow) {
	weighted := map[string]decimal.Decimal{}
	for _, o := range b.opportunities {
		if o.State != "open" || !dated(p, o.EstimatedClose) {
			continue
		}
		none := process.Money{Currency: o.Currency}
		key := process.StageRow{Stage: o.Stage, Currency: o.Currency, Unweighted: none, Weighted: none}
		if o.EstimatedClose != "" {
			key.Month = string(o.EstimatedClose)[:7]
		}
		r := group(&rows, key, func(r process.StageRow) bool {
			return r.Month == key.Month && r.Stage == o.Stage && r.Currency == o.Currency
		})
		r.Opportunities++
		r.Unweighted = r.Unweighted.Add(o.EstimatedRevenue)
		last, written := b.newest[o.Thread]
		if !written {
			last = o.UpdatedAt
		}
		if last.Before(quiet) {
			r.Stale++
		}
		name := key.Month + key.Stage + key.Currency
		weighted[name] = weighted[name].Add(o.EstimatedRevenue.Decimal().Mul(decimal.NewFromInt(int64(o.Probability))).Shift(-2))
		r.Weighted = process.RoundMoney(weighted[name], o.Currency)
	}
	return rows
}

func (b *books) losses(p process.Period) (rows []process.LossRow) {
	for _, o := range b.opportunities {
		if o.State != "lost" || !within(p, *o.ClosedAt) {
			continue
		}
		key := process.LossRow{Reason: o.Reason, Competitor: o.Competitor, Currency: o.Currency, Revenue: process.Money{Currency: o.Currency}}
		r := group(&rows, key, func(r process.LossRow) bool {
			return r.Reason == o.Reason && r.Competitor == o.Competitor && r.Currency == o.Currency
		})
		r.Lost++
		r.Revenue = r.Revenue.Add(o.EstimatedRevenue)
	}
	return rows
}

func (b *books) winMonths(p process.Period) (rows []process.WinMonthRow) {
	for _, o := range b.opportunities {
		if o.ClosedAt == nil || !within(p, *o.ClosedAt) {
			continue
		}
		month := o.ClosedAt.UTC().Format("2006-01")
		r := group(&rows, process.WinMonthRow{Month: month}, func(r process.WinMonthRow) bool { return r.Month == month })
		if r.Closed++; o.State == "won" {
			r.Won++
		} else {
			r.Lost++
		}
	}
	return rows
}
