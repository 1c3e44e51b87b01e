package process

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Period is a span of days, both ends included; an empty end is open. Start
// and End are the same span as instants [Start, End), zero where it is open.
type Period struct {
	From, To   Date
	Start, End time.Time
}

// Reports computes figures over all records, in the database. Rows come in the
// order in which people read them, without sums over all rows: those are added
// here. Amounts of different currencies are never added.
type Reports interface {
	// Funnel follows the leads that came in within the period, by source.
	Funnel(Period) ([]FunnelRow, error)
	// Responses are the times from those leads to their first answer, by
	// source, and over all of them as the row with Total.
	Responses(Period) ([]ResponseRow, error)
	// Wins are the opportunities that were closed within the period, by owner.
	Wins(Period) ([]WinRow, error)
	// Forecast sums the open opportunities by the month of their estimated close.
	Forecast(Period) ([]ForecastRow, error)
	// Stages sums them by month and stage; stale are those whose timeline has
	// nothing since quiet, none when it is zero.
	Stages(p Period, quiet time.Time) ([]StageRow, error)
	// Losses are the opportunities that were lost within the period, by reason
	// and competitor.
	Losses(Period) ([]LossRow, error)
	// WinMonths are those that were closed within the period, by month.
	WinMonths(p Period, loc *time.Location) ([]WinMonthRow, error)
	// ProductSales and CustomerSales sum what was invoiced and credited within
	// the period, without VAT.
	ProductSales(Period) ([]ProductSalesRow, error)
	CustomerSales(Period) ([]CustomerSalesRow, error)
	// Receivables are what customers owe at this moment, by its age on the day.
	Receivables(day Date) ([]ReceivablesRow, error)
	// VAT sums the VAT of what was issued and credited within the period, by
	// month, category and rate; the company's currency is the given one.
	VAT(p Period, currency string) ([]VATRow, error)
	// UninvoicedOrders are the ids of orders of which something is delivered and
	// may not be invoiced; what it is, is computed of each.
	UninvoicedOrders() ([]string, error)
}

// ReportQuery asks for a report.
type ReportQuery struct {
	Name     string
	From, To Date
}

// Report is a table of figures: Items is a list of one of the row types of
// report_rows.go, its last rows being the sums.
type Report struct {
	Name string `json:"name"`
	From Date   `json:"from,omitempty"`
	To   Date   `json:"to,omitempty"`
	// Today is the day by which ages were judged.
	Today Date `json:"today"`
	Items any  `json:"items"`
}

// reportOf makes each report; the order is that in which people are shown them.
var reportOf = []struct {
	name string
	row  reflect.Type
	make func(u *unit, p Period) (any, error)
}{
	{"funnel", reflect.TypeFor[FunnelRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().Funnel(p)) }},
	{"response", reflect.TypeFor[ResponseRow](), func(u *unit, p Period) (any, error) { return u.Reports().Responses(p) }},
	{"wins", reflect.TypeFor[WinRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().Wins(p)) }},
	{"forecast", reflect.TypeFor[ForecastRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().Forecast(p)) }},
	{"stages", reflect.TypeFor[StageRow](), func(u *unit, p Period) (any, error) {
		var quiet time.Time
		if days := u.settings.Process.StaleDays; days > 0 {
			quiet = u.now.Add(-time.Duration(days) * 24 * time.Hour)
		}
		return totalled(u.Reports().Stages(p, quiet))
	}},
	{"win_months", reflect.TypeFor[WinMonthRow](), func(u *unit, p Period) (any, error) {
		return totalled(u.Reports().WinMonths(p, u.settings.Location()))
	}},
	{"losses", reflect.TypeFor[LossRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().Losses(p)) }},
	{"products", reflect.TypeFor[ProductSalesRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().ProductSales(p)) }},
	{"customers", reflect.TypeFor[CustomerSalesRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().CustomerSales(p)) }},
	{"receivables", reflect.TypeFor[ReceivablesRow](), func(u *unit, p Period) (any, error) { return totalled(u.Reports().Receivables(u.today())) }},
	{"uninvoiced", reflect.TypeFor[UninvoicedRow](), func(u *unit, _ Period) (any, error) { return totalled(u.uninvoiced()) }},
	{"vat", reflect.TypeFor[VATRow](), func(u *unit, p Period) (any, error) {
		return totalled(u.Reports().VAT(p, u.settings.Currency))
	}},
	{"vat_codes", reflect.TypeFor[VATCodeRow](), func(u *unit, p Period) (any, error) {
		rows, err := u.Reports().VAT(p, u.settings.Currency)
		return totalled(byCode(rows), err)
	}},
}

// ReportRows are the names of the reports, in their order, and the types of
// their rows.
func ReportRows() (names []string, rows map[string]reflect.Type) {
	rows = map[string]reflect.Type{}
	for _, r := range reportOf {
		names = append(names, r.name)
		rows[r.name] = r.row
	}
	return names, rows
}

// Report computes a report on one consistent state.
func (s *Service) Report(ctx context.Context, a Actor, q ReportQuery) (*Report, error) {
	var out *Report
	err := s.view(ctx, a, MayRead, func(u *unit) error {
		names := make([]string, len(reportOf))
		for i, r := range reportOf {
			if names[i] = r.name; r.name != q.Name {
				continue
			}
			p, err := u.period(q)
			if err != nil {
				return err
			}
			items, err := r.make(u, p)
			if err != nil {
				return fmt.Errorf("computing the report %s: %w", q.Name, err)
			}
			out = &Report{Name: q.Name, From: q.From, To: q.To, Today: u.today(), Items: items}
			return nil
		}
		return &Error{Code: CodeNotFound, Reason: "report.unknown", Message: fmt.Sprintf("there is no report %q: possible are %s", q.Name, strings.Join(names, ", "))}
	})
	return out, err
}

// period checks the days of a query.
func (u *unit) period(q ReportQuery) (Period, error) {
	p := Period{From: q.From, To: q.To}
	var ps []Problem
	for _, d := range []struct {
		field string
		day   Date
	}{{"from", q.From}, {"to", q.To}} {
		if d.day != "" && !d.day.Valid() {
			ps = append(ps, Problem{Field: d.field, Reason: "report.day", Message: fmt.Sprintf("%q is no date: write it as 2026-12-31", string(d.day))})
		}
	}
	if q.From != "" && q.To != "" && q.To < q.From {
		ps = append(ps, Problem{Field: "to", Reason: "report.order", Message: "the last day is before the first"})
	}
	if (q.Name == "receivables" || q.Name == "uninvoiced") && (q.From != "" || q.To != "") {
		ps = append(ps, Problem{Field: "to", Reason: "report.now", Message: q.Name + " are those of this moment: leave the days out"})
	}
	if len(ps) > 0 {
		return p, Invalid("report.invalid", "the report cannot be made for these days", ps...)
	}
	loc := u.settings.Location()
	p.Start, p.End = q.From.Time(loc), q.To.AddDays(1).Time(loc)
	return p, nil
}

// totalled adds the sums over all rows, one for each currency, as rows with
// Total set: counts and amounts are added, texts and rates are not.
func totalled[T any](rows []T, err error) ([]T, error) {
	var sums []T
	for _, r := range rows {
		from := reflect.ValueOf(r)
		i, first := 0, false
		for i < len(sums) && currencyOf(reflect.ValueOf(sums[i])) != currencyOf(from) {
			i++
		}
		if i == len(sums) {
			sums, first = append(sums, *new(T)), true
			sum := reflect.ValueOf(&sums[i]).Elem()
			sum.FieldByName("Total").SetBool(true)
			if f := sum.FieldByName("Currency"); f.IsValid() {
				f.SetString(currencyOf(from))
			}
		}
		plus(reflect.ValueOf(&sums[i]).Elem(), from, first)
	}
	rows = append(rows, sums...)
	for i := range rows {
		if r, ok := any(&rows[i]).(interface{ rate() }); ok {
			r.rate()
		}
	}
	if rows == nil {
		rows = []T{}
	}
	return rows, err
}

func currencyOf(row reflect.Value) string {
	if f := row.FieldByName("Currency"); f.IsValid() {
		return f.String()
	}
	return ""
}

// plus adds the counts and amounts of a row, the first one or a later one. An
// amount that one row lacks is lacking in the sum.
func plus(sum, row reflect.Value, first bool) {
	for i := range row.NumField() {
		switch v := row.Field(i).Interface().(type) {
		case int64:
			sum.Field(i).SetInt(sum.Field(i).Int() + v)
		case Money:
			was := sum.Field(i).Interface().(Money)
			sum.Field(i).Set(reflect.ValueOf(Money{was.Minor + v.Minor, v.Currency}))
		case *Money:
			was := sum.Field(i).Interface().(*Money)
			switch {
			case v == nil || was == nil && !first:
				sum.Field(i).SetZero()
			case was == nil:
				sum.Field(i).Set(reflect.ValueOf(&Money{v.Minor, v.Currency}))
			default:
				was.Minor += v.Minor
			}
		}
	}
}

// percentOf is n of all in percent with one decimal, nil of none.
func percentOf(n, all int64) *decimal.Decimal {
	if all == 0 {
		return nil
	}
	d := decimal.NewFromInt(n).Mul(hundred).DivRound(decimal.NewFromInt(all), 1)
	return &d
}
