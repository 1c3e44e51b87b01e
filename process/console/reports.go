package console

import (
	"bytes"
	"mime"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// reportPage is a report as a table, or the list of the reports.
type reportPage struct {
	frame
	Reports  []option // what can be chosen
	Explain  string
	Name     string
	Days     bool // whether days can be chosen
	From, To process.Date
	// Spans are links to usual periods.
	Spans   []option
	Error   string
	Columns []string
	Numbers []bool
	Rows    []reportRow
	CSV     string
}

type reportRow struct {
	Total bool
	Cells []cell
}

func (v *visit) reportsPage() error {
	names, _ := process.ReportRows()
	v.redirect("/reports/" + names[0])
	return nil
}

// report shows a report; without days it is that of the present year, and what
// is ahead has no end.
func (v *visit) report() error {
	q := v.r.URL.Query()
	p := reportPage{Name: v.r.PathValue("name"), From: process.Date(q.Get("from")), To: process.Date(q.Get("to"))}
	names, _ := process.ReportRows()
	if !slices.Contains(names, p.Name) {
		return process.NotFound("page", v.r.URL.Path)
	}
	p.frame = v.frame(v.t("report." + p.Name))
	p.Explain = v.t("report." + p.Name + ".explain")
	for _, n := range names {
		p.Reports = append(p.Reports, option{Value: n, Label: v.t("report." + n), Selected: n == p.Name})
	}
	if p.Days = p.Name != "receivables" && p.Name != "uninvoiced"; p.Days && !q.Has("from") && !q.Has("to") && p.Name != "forecast" && p.Name != "stages" {
		year := string(v.today())[:4]
		p.From, p.To = process.Date(year+"-01-01"), process.Date(year+"-12-31")
	}
	if p.Days {
		v.spans(&p)
	}
	r, err := v.s.Report(v.ctx(), v.actor, process.ReportQuery{Name: p.Name, From: p.From, To: p.To})
	if e := refusal(err); e != nil && e.Code == process.CodeInvalid {
		p.Error = v.say(e)
		for _, problem := range e.Problems {
			p.Error += " " + v.problem(problem)
		}
		return v.page(access.Status(e.Code), "report.html", p)
	}
	if err != nil {
		return err
	}
	if q.Get("format") == "csv" {
		return v.reportCSV(r)
	}
	v.fillReport(&p, r)
	at := url.Values{"from": {string(p.From)}, "to": {string(p.To)}, "format": {"csv"}}
	if !p.Days {
		at = url.Values{"format": {"csv"}}
	}
	p.CSV = "/reports/" + p.Name + "?" + at.Encode()
	return v.page(200, "report.html", p)
}

func (v *visit) reportCSV(r *process.Report) error {
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": r.FileName()}))
	h.Set("Cache-Control", "no-store")
	_, err := v.w.Write(b.Bytes())
	return err
}

// fillReport words the cells. Ids and the mark of sums are not shown, nor what
// says nothing: a column without a value, and company amounts that are the same
// as the document's. When all is in one currency, it is named once.
func (v *visit) fillReport(p *reportPage, r *process.Report) {
	rows, columns := r.Rows(), r.Columns()
	one := v.oneCurrency(rows, columns)
	if one != "" {
		p.Explain += " " + v.t("report.amounts", "currency", one)
	}
	var shown []int
	for i, key := range columns {
		own := strings.HasPrefix(key, "company_") && one == v.settings.Currency
		if own || slices.Contains(hidden, key) || optional[key] && !slices.ContainsFunc(rows, func(row []any) bool { return telling(row[i]) }) {
			continue
		}
		shown = append(shown, i)
		p.Columns = append(p.Columns, v.t("report.column."+key))
		p.Numbers = append(p.Numbers, slices.ContainsFunc(rows, func(row []any) bool { return numeric(row[i]) }))
	}
	for _, row := range rows {
		total, _ := row[0].(bool)
		w := reportRow{Total: total}
		for n, i := range shown {
			c := cell{Text: v.figureOf(columns[i], row[i], total, one), Number: p.Numbers[n]}
			if id := slices.Index(columns, columns[i]+"_id"); id >= 0 && columns[i] == "customer" && !total {
				c.Href = v.href(process.Ref{Type: process.TypeCustomer, ID: row[id].(string)})
			} else if id >= 0 && columns[i] == "order" && row[id] != "" {
				c.Href = v.href(process.Ref{Type: process.TypeOrder, ID: row[id].(string)})
			}
			if id := slices.Index(columns, "invoice_id"); columns[i] == "what" && row[id] != "" {
				c.Href, c.Note = v.href(process.Ref{Type: process.TypeInvoice, ID: row[id].(string)}), v.t("report.draft")
				c.Text = either(c.Text, v.t("kind.invoice"))
			}
			if n == 0 && total {
				c.Text = v.t("report.total")
			}
			w.Cells = append(w.Cells, c)
		}
		p.Rows = append(p.Rows, w)
	}
}

// hidden columns are for programs; optional ones are shown when they say something.
var (
	hidden   = []string{"total", "customer_id", "owner_id", "currency", "order_id", "invoice_id"}
	optional = map[string]bool{"late": true, "overpaid": true, "claims": true, "quantity": true, "unit": true, "competitor": true, "stage": true, "stale": true,
		"company_base": true, "company_vat": true}
)

// telling reports whether a value is worth a column.
func telling(value any) bool {
	switch value := value.(type) {
	case nil:
		return false
	case process.Money:
		return !value.IsZero()
	}
	return !reflect.ValueOf(value).IsZero()
}

// oneCurrency is that of all amounts, "" when there are several or none.
func (v *visit) oneCurrency(rows [][]any, columns []string) string {
	at, one := slices.Index(columns, "currency"), ""
	for _, row := range rows {
		if at < 0 || one != "" && row[at] != one {
			return ""
		}
		one, _ = row[at].(string)
	}
	return one
}

// reportMonth is a month such as 2026-11 in words.
func (v *visit) reportMonth(s string) string {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return either(s, v.t("report.none"))
	}
	return v.t("hours.month_of", "month", v.t("month."+months[t.Month()-1]), "year", strconv.Itoa(t.Year()))
}

// spans are the periods that are asked for most.
func (v *visit) spans(p *reportPage) {
	today := v.today().Time(time.UTC)
	month := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	year := time.Date(today.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	term := time.Date(today.Year(), (today.Month()-1)/2*2+1, 1, 0, 0, 0, 0, time.UTC)
	add := func(key string, from, next time.Time) {
		first, last := process.DateOf(from, time.UTC), process.DateOf(next.AddDate(0, 0, -1), time.UTC)
		at := url.Values{"from": {string(first)}, "to": {string(last)}}
		p.Spans = append(p.Spans, option{Value: "/reports/" + p.Name + "?" + at.Encode(), Label: v.t(key), Selected: p.From == first && p.To == last})
	}
	add("report.span.month", month, month.AddDate(0, 1, 0))
	add("report.span.last_month", month.AddDate(0, -1, 0), month)
	if p.Name == "vat" || p.Name == "vat_codes" {
		add("report.span.term", term, term.AddDate(0, 2, 0))
		add("report.span.last_term", term.AddDate(0, -2, 0), term)
	}
	add("report.span.year", year, year.AddDate(1, 0, 0))
	add("report.span.last_year", year.AddDate(-1, 0, 0), year)
}

func numeric(v any) bool {
	switch v.(type) {
	case int64, process.Money, decimal.Decimal:
		return true
	}
	return false
}

// figureOf words one value of a report; currency is that of all amounts.
func (v *visit) figureOf(column string, value any, total bool, currency string) string {
	switch value := value.(type) {
	case process.Money:
		if value.IsZero() && !total {
			return v.t("report.absent")
		}
		if value.Currency == currency {
			return v.amount(value)
		}
		return v.money(value)
	case decimal.Decimal:
		if column == "quantity" {
			return v.number(value)
		}
		return v.percent(value)
	case bool:
		if value {
			return v.t("report.late")
		}
		return ""
	case int64:
		if column == "median_seconds" || column == "p90_seconds" {
			return v.span(time.Duration(value) * time.Second)
		}
		return v.number(decimal.NewFromInt(value))
	case string:
		switch {
		case total || value == "" && (column == "unit" || column == "order" || column == "what"):
			return ""
		case column == "month":
			return v.reportMonth(value)
		case column == "source" && value != "":
			return v.source(value)
		case column == "since" || column == "latest":
			return either(v.date(process.Date(value)), v.t("report.absent"))
		case column == "unit" && value != "":
			return v.unit(value, one)
		case column == "category":
			return v.t("report.vat." + value)
		case value == "":
			return v.t("report.none")
		}
		return value
	}
	return v.t("report.absent")
}

// span words how long something took, by its two largest units.
func (v *visit) span(d time.Duration) string {
	count := func(n time.Duration) string { return strconv.FormatInt(int64(n), 10) }
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return v.t("span.days", "days", count(d/day), "hours", count(d%day/time.Hour))
	case d >= time.Hour:
		return v.t("span.hours", "hours", count(d/time.Hour), "minutes", count(d%time.Hour/time.Minute))
	}
	return v.t("span.minutes", "minutes", count(d/time.Minute), "seconds", count(d%time.Minute/time.Second))
}
