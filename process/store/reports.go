package store

import (
	"cmp"
	"math"
	"slices"

	"github.com/emne/emne/process"
)

// reports computes process.Reports. What SQL sums is cast to BIGINT, because
// PostgreSQL widens sums; what only people's order needs is sorted here,
// because the engines collate differently.
type reports struct{ t *txn }

// Reports implements process.Tx.
func (t *txn) Reports() process.Reports {
	_ = t.writeActivities() // a failure breaks the transaction
	return reports{t}
}

// instants are the bounds of a period as columns of time keep them.
func instants(p process.Period) []any {
	from, to := int64(0), int64(math.MaxInt64)
	if !p.Start.IsZero() {
		from = p.Start.UnixMicro()
	}
	if !p.End.IsZero() {
		to = p.End.UnixMicro()
	}
	return []any{from, to}
}

// days are the bounds of a period as columns of dates keep them. Records
// without a date are in it only when both ends are open.
func days(p process.Period) []any {
	from, to := string(p.From), string(p.To)
	if from == "" && to != "" {
		from = "0000-01-01"
	}
	if to == "" {
		to = "9999-12-31"
	}
	return []any{from, to}
}

// rowsOf runs a query and scans each row with the fields of a new one.
func rowsOf[T any](t *txn, query string, args []any, fields func(*T) []any) ([]T, error) {
	rows := []T{}
	err := t.each(query, args, func(scan func(...any) error) error {
		var r T
		if err := scan(fields(&r)...); err != nil {
			return err
		}
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// answers are the moments at which something went out to the people of a
// thread: a contact that was logged, a quote, or a mail that is neither the
// automatic receipt nor meant for the staff.
const answers = `answer AS (
	SELECT thread, at FROM activity WHERE type IN ('lead.contacted', 'quote.sent') AND thread IS NOT NULL
	UNION ALL
	SELECT thread, created_at FROM delivery WHERE kind NOT IN ('acknowledgement', 'notification') AND thread IS NOT NULL
)`

// Funnel implements process.Reports.
func (r reports) Funnel(p process.Period) ([]process.FunnelRow, error) {
	const query = `WITH ` + answers + `, inquiry AS (
		SELECT l.id, l.source, l.state, l.opportunity_id, MAX(CASE WHEN a.at IS NULL THEN 0 ELSE 1 END) AS answered
		FROM lead l LEFT JOIN answer a ON a.thread = l.thread AND a.at >= l.created_at
		WHERE l.created_at >= $1 AND l.created_at < $2
		GROUP BY l.id, l.source, l.state, l.opportunity_id
	)
	SELECT i.source, COUNT(*), CAST(SUM(i.answered) AS BIGINT),
		CAST(SUM(CASE WHEN i.state = 'qualified' THEN 1 ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM quote q WHERE q.opportunity_id = i.opportunity_id AND q.sent_at IS NOT NULL) THEN 1 ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN o.state = 'won' THEN 1 ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN i.state = 'disqualified' OR o.state = 'lost' THEN 1 ELSE 0 END) AS BIGINT)
	FROM inquiry i LEFT JOIN opportunity o ON o.id = i.opportunity_id
	GROUP BY i.source`
	rows, err := rowsOf(r.t, query, instants(p), func(f *process.FunnelRow) []any {
		return []any{&f.Source, &f.Leads, &f.Answered, &f.Qualified, &f.Quoted, &f.Won, &f.Lost}
	})
	slices.SortFunc(rows, func(a, b process.FunnelRow) int {
		return cmp.Or(cmp.Compare(b.Leads, a.Leads), cmp.Compare(a.Source, b.Source))
	})
	return rows, err
}

// Responses implements process.Reports. A quantile is the nearest rank, which
// both engines can count: the value at ceil(n × q).
func (r reports) Responses(p process.Period) ([]process.ResponseRow, error) {
	const query = `WITH ` + answers + `, waited AS (
		SELECT l.id, l.source, (MIN(a.at) - l.created_at) / 1000000 AS wait
		FROM lead l LEFT JOIN answer a ON a.thread = l.thread AND a.at >= l.created_at
		WHERE l.created_at >= $1 AND l.created_at < $2
		GROUP BY l.id, l.source, l.created_at
	), grouped AS (
		SELECT 0 AS total, source, wait FROM waited
		UNION ALL
		SELECT 1, '', wait FROM waited
	), ranked AS (
		SELECT total, source, wait,
			ROW_NUMBER() OVER (PARTITION BY total, source ORDER BY CASE WHEN wait IS NULL THEN 1 ELSE 0 END, wait) AS place,
			COUNT(wait) OVER (PARTITION BY total, source) AS answered
		FROM grouped
	)
	SELECT total, source, COUNT(*), COUNT(wait),
		MAX(CASE WHEN place = (answered * 50 + 99) / 100 THEN wait END),
		MAX(CASE WHEN place = (answered * 90 + 99) / 100 THEN wait END)
	FROM ranked GROUP BY total, source`
	type row struct {
		process.ResponseRow
		total int64
	}
	found, err := rowsOf(r.t, query, instants(p), func(f *row) []any {
		return []any{&f.total, &f.Source, &f.Leads, &f.Answered, &f.Median, &f.P90}
	})
	slices.SortFunc(found, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.total, b.total), cmp.Compare(b.Leads, a.Leads), cmp.Compare(a.Source, b.Source))
	})
	rows := make([]process.ResponseRow, len(found))
	for i, f := range found {
		rows[i], rows[i].Total = f.ResponseRow, f.total == 1
	}
	return rows, err
}

// Wins implements process.Reports.
func (r reports) Wins(p process.Period) ([]process.WinRow, error) {
	const query = `SELECT COALESCE(o.owner, ''), COALESCE(MAX(u.name), ''), COUNT(*),
		CAST(SUM(CASE WHEN o.state = 'won' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN o.state = 'lost' THEN 1 ELSE 0 END) AS BIGINT)
	FROM opportunity o LEFT JOIN user_account u ON u.id = o.owner
	WHERE o.state IN ('won', 'lost') AND o.closed_at >= $1 AND o.closed_at < $2
	GROUP BY COALESCE(o.owner, '')`
	rows, err := rowsOf(r.t, query, instants(p), func(f *process.WinRow) []any {
		return []any{&f.OwnerID, &f.Owner, &f.Closed, &f.Won, &f.Lost}
	})
	slices.SortFunc(rows, func(a, b process.WinRow) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.OwnerID, b.OwnerID))
	})
	return rows, err
}

// Forecast implements process.Reports. Each month is weighted exactly and
// rounded once, half away from zero.
func (r reports) Forecast(p process.Period) ([]process.ForecastRow, error) {
	const query = `SELECT substr(estimated_close, 1, 7), currency, COUNT(*), CAST(SUM(estimated_revenue_minor) AS BIGINT),
		CAST(SUM(estimated_revenue_minor * probability) AS BIGINT)
	FROM opportunity WHERE state = 'open' AND estimated_close >= $1 AND estimated_close <= $2
	GROUP BY substr(estimated_close, 1, 7), currency`
	rows, err := rowsOf(r.t, query, days(p), func(f *process.ForecastRow) []any {
		return []any{&f.Month, &f.Currency, &f.Opportunities, money{&f.Unweighted, &f.Currency}, money{&f.Weighted, &f.Currency}}
	})
	for i := range rows {
		hundredths := rows[i].Weighted.Minor
		if rows[i].Weighted.Minor = (hundredths + 50) / 100; hundredths < 0 {
			rows[i].Weighted.Minor = (hundredths - 50) / 100
		}
	}
	slices.SortFunc(rows, func(a, b process.ForecastRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(orLast(a.Month), orLast(b.Month)))
	})
	return rows, err
}

// orLast puts what is empty behind everything else.
func orLast(s string) string {
	if s == "" {
		return "\uffff"
	}
	return s
}
