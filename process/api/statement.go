package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// addStatement adds the reading of a customer's account.
func (s *server) addStatement() {
	op := operation("GET", root+"/customers/{id}/statement", "customers", "customers_statement", "Read the statement of a customer's account")
	op.Parameters = append(op.Parameters, queryParameter("from", "the first day; all of it when left out"),
		queryParameter("to", "the last day; today when left out"), queryParameter("format", "csv for a table, pdf for the document; JSON when left out"))
	answers(op, 200, "The account, a section for each currency", s.schemas.output(reflect.TypeFor[process.Account]()))
	s.add(op, func(c *call) error {
		q := c.r.URL.Query()
		from, to, format := process.Date(q.Get("from")), process.Date(q.Get("to")), q.Get("format")
		var ps []process.Problem
		for name, d := range map[string]process.Date{"from": from, "to": to} {
			if d != "" && !d.Valid() {
				ps = append(ps, process.Problem{Field: name, Reason: "date", Message: "write it as 2026-12-31"})
			}
		}
		if format != "" && format != "csv" && format != "json" && format != "pdf" {
			ps = append(ps, process.Problem{Field: "format", Reason: "format", Message: "json, csv or pdf"})
		}
		if len(ps) > 0 {
			return process.Invalid("statement.invalid", "the statement cannot be asked for like this", ps...)
		}
		if format == "pdf" {
			f, err := c.service.StatementPDF(c.ctx, c.actor, c.r.PathValue("id"), from, to)
			if err != nil {
				return err
			}
			c.sendFile("inline", "application/pdf", f)
			return nil
		}
		st, err := c.service.Statement(c.ctx, c.actor, c.r.PathValue("id"), from, to)
		if err != nil {
			return err
		}
		if format == "csv" {
			b := st.CSV()
			c.sendFile("attachment", "text/csv; charset=utf-8", process.File{Name: "statement-" + string(st.To) + ".csv", Data: b, SHA256: process.NewBlob(b).SHA256})
			return nil
		}
		return c.writeValue(st)
	})
}
