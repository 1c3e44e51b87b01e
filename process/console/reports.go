package console

import (
	"bytes"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// reportPage is a report as a table, or the list of the reports.
type reportPage struct {
	frame
	Reports  []option // what can be chosen
	Explain  string
	Name     string
	Days     bool // whether days can be chosen
	From, To process.Date
	Error    string
	Columns  []string
	Numbers  []bool
	Rows     []reportRow
	CSV      string
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
	r, err := v.s.Report(v.ctx(), v.actor, process.ReportQuery{Name: p.Name, From: p.From, To: p.To})
	if e := refusal(err); e != nil && e.Code == process.CodeInvalid {
		p.Error = v.say(e)
		for _, problem := range e.Problems {
			p.Error += " " + v.problem(problem)
		}
		return v.page(status(e.Code), "report.html", p)
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

// fillReport words the cells. Ids and the mark of sums are not shown, nor is
// a currency that stands with each amount.
func (v *visit) fillReport(p *reportPage, r *process.Report) {
	rows := r.Rows()
	var shown []int
	for i, key := range r.Columns() {
		if key == "total" || key == "customer_id" || key == "owner_id" || key == "currency" || key == "order_id" || key == "invoice_id" {
			continue
		}
		shown = append(shown, i)
		p.Columns = append(p.Columns, v.t("report.column."+key))
		p.Numbers = append(p.Numbers, slices.ContainsFunc(rows, func(row []any) bool { return numeric(row[i]) }))
	}
	columns := r.Columns()
	for _, row := range rows {
		total, _ := row[0].(bool)
		w := reportRow{Total: total}
		for n, i := range shown {
			c := cell{Text: v.figureOf(p.Name, columns[i], row[i], total), Number: p.Numbers[n]}
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

func numeric(v any) bool {
	switch v.(type) {
	case int64, process.Money, decimal.Decimal:
		return true
	}
	return false
}

// figureOf words one value of a report.
func (v *visit) figureOf(report, column string, value any, total bool) string {
	switch value := value.(type) {
	case process.Money:
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
		return strconv.FormatInt(value, 10)
	case string:
		switch {
		case total:
			return ""
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
