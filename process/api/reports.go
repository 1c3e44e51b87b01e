package api

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// addReports adds the reading of figures.
func (s *server) addReports() {
	names, rows := process.ReportRows()
	all := operation("GET", root+"/reports", "reports", "reports_list", "List the reports")
	answers(all, 200, "Their names", s.schemas.list("reports", &huma.Schema{Type: huma.TypeString}))
	s.add(all, func(c *call) error {
		if err := c.mayRead(); err != nil {
			return err
		}
		return c.writeValue(page{Items: names})
	})
	for _, name := range names {
		op := operation("GET", root+"/reports/"+name, "reports", "reports_"+name, "Compute the report "+name)
		op.Description = "The last rows, with total, are the sums: one for each currency."
		op.Parameters = append(op.Parameters, queryParameter("from", "the first day, as 2026-01-31"), queryParameter("to", "the last day"), queryParameter("format", "json (the default) or csv"))
		row := s.schemas.output(rows[name])
		answers(op, 200, "The report", s.schemas.named(pascal(name)+"Report", &huma.Schema{Type: huma.TypeObject, Required: []string{"name", "today", "items"}, Properties: map[string]*huma.Schema{
			"name": {Type: huma.TypeString}, "items": {Type: huma.TypeArray, Items: row},
			"from": s.schemas.output(reflect.TypeFor[process.Date]()), "to": s.schemas.output(reflect.TypeFor[process.Date]()),
			"today": s.schemas.output(reflect.TypeFor[process.Date]()),
		}}))
		op.Responses["200"].Content["text/csv"] = &huma.MediaType{}
		s.add(op, func(c *call) error { return c.report(name) })
	}
	none := operation("GET", root+"/reports/{name}", "reports", "reports_get", "Compute a report by its name")
	none.Parameters = append(none.Parameters, pathParameter("name"))
	answers(none, 200, "The report", &huma.Schema{Type: huma.TypeObject})
	s.add(none, func(c *call) error { return c.report(c.r.PathValue("name")) })
}

func (c *call) report(name string) error {
	q := c.r.URL.Query()
	for key := range q {
		if key != "from" && key != "to" && key != "format" {
			return process.Invalid("report.query", "the report cannot be asked for like this", process.Problem{Field: key, Reason: "report.query", Message: "possible here: from, to, format"})
		}
	}
	format := q.Get("format")
	if format != "" && format != "json" && format != "csv" {
		return process.Invalid("report.format", "there is no such format", process.Problem{Field: "format", Reason: "report.format", Message: "json or csv"})
	}
	r, err := c.service.Report(c.ctx, c.actor, process.ReportQuery{Name: name, From: process.Date(strings.TrimSpace(q.Get("from"))), To: process.Date(strings.TrimSpace(q.Get("to")))})
	if err != nil {
		return err
	}
	if format != "csv" {
		return c.writeValue(r)
	}
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		return err
	}
	c.sendFile("attachment", "text/csv; charset=utf-8", process.File{Name: r.FileName(), Data: b.Bytes(), SHA256: process.NewBlob(b.Bytes()).SHA256})
	return nil
}
