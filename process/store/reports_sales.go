package store

import (
	"cmp"
	"slices"
	"time"

	"github.com/emne/emne/process"
)

// Stages implements process.Reports. Each row is weighted exactly and rounded
// once, half away from zero.
func (r reports) Stages(p process.Period, quiet time.Time) ([]process.StageRow, error) {
	since := int64(0)
	if !quiet.IsZero() {
		since = quiet.UnixMicro()
	}
	const query = `WITH ahead AS (
		SELECT substr(o.estimated_close, 1, 7) AS month, o.stage, o.currency, o.estimated_revenue_minor AS revenue, o.probability,
			COALESCE((SELECT MAX(a.at) FROM activity a WHERE a.thread = o.thread), o.updated_at) AS last
		FROM opportunity o WHERE o.state = 'open' AND o.estimated_close >= $1 AND o.estimated_close <= $2
	)
	SELECT month, stage, currency, COUNT(*), CAST(SUM(CASE WHEN last < $3 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(revenue) AS BIGINT), CAST(SUM(revenue * probability) AS BIGINT)
	FROM ahead GROUP BY month, stage, currency`
	rows, err := rowsOf(r.t, query, append(days(p), since), func(f *process.StageRow) []any {
		return []any{&f.Month, &f.Stage, &f.Currency, &f.Opportunities, &f.Stale, money{&f.Unweighted, &f.Currency}, money{&f.Weighted, &f.Currency}}
	})
	for i := range rows {
		hundredths := rows[i].Weighted.Minor
		if rows[i].Weighted.Minor = (hundredths + 50) / 100; hundredths < 0 {
			rows[i].Weighted.Minor = (hundredths - 50) / 100
		}
	}
	slices.SortFunc(rows, func(a, b process.StageRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(orLast(a.Month), orLast(b.Month)), cmp.Compare(a.Stage, b.Stage))
	})
	return rows, err
}

// Losses implements process.Reports.
func (r reports) Losses(p process.Period) ([]process.LossRow, error) {
	const query = `SELECT reason, competitor, currency, COUNT(*), CAST(SUM(estimated_revenue_minor) AS BIGINT)
	FROM opportunity WHERE state = 'lost' AND closed_at >= $1 AND closed_at < $2
	GROUP BY reason, competitor, currency`
	rows, err := rowsOf(r.t, query, instants(p), func(f *process.LossRow) []any {
		return []any{&f.Reason, &f.Competitor, &f.Currency, &f.Lost, money{&f.Revenue, &f.Currency}}
	})
	slices.SortFunc(rows, func(a, b process.LossRow) int {
		return cmp.Or(cmp.Compare(b.Lost, a.Lost), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Competitor, b.Competitor))
	})
	return rows, err
}

// WinMonths implements process.Reports. The months are those of the company's
// time zone, which the engines do not know alike.
func (r reports) WinMonths(p process.Period, loc *time.Location) ([]process.WinMonthRow, error) {
	type closed struct {
		at    time.Time
		state string
	}
	all, err := rowsOf(r.t, `SELECT closed_at, state FROM opportunity WHERE state IN ('won', 'lost') AND closed_at >= $1 AND closed_at < $2 ORDER BY closed_at`,
		instants(p), func(c *closed) []any { return []any{micros{&c.at}, &c.state} })
	rows := []process.WinMonthRow{}
	for _, c := range all {
		month := c.at.In(loc).Format("2006-01")
		if n := len(rows); n == 0 || rows[n-1].Month != month {
			rows = append(rows, process.WinMonthRow{Month: month})
		}
		row := &rows[len(rows)-1]
		if row.Closed++; c.state == "won" {
			row.Won++
		} else {
			row.Lost++
		}
	}
	return rows, err
}
