package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// addHours adds a person's month, and the drafts of time.
func (s *server) addHours() {
	read := operation("GET", root+"/hours/month", "hours", "hours_month", "Read a person's month, by lines of orders and days")
	read.Parameters = append(read.Parameters, queryParameter("person", "id, address or name; who asks when left out"),
		queryParameter("month", "such as 2026-11; the present one when left out"), queryParameter("order", "id or number of an order whose lines are shown too"))
	answers(read, 200, "The month", s.schemas.output(reflect.TypeFor[process.Timesheet]()))
	s.add(read, func(c *call) error {
		q := c.r.URL.Query()
		t, err := c.service.Timesheet(c.ctx, c.actor, process.TimesheetQuery{Person: q.Get("person"), Month: q.Get("month"), Order: q.Get("order")})
		if err != nil {
			return err
		}
		return c.writeValue(t)
	})
	save := operation("POST", root+"/hours/month", "hours", "hours_month_save", "Save changed days of a person's month: all of them, or none")
	save.Parameters = append(save.Parameters, idempotencyParameter())
	takes(save, s.schemas.input(reflect.TypeFor[process.TimesheetInput]()), true)
	answers(save, 200, "What was done", s.schemas.named("TimesheetOutcome", &huma.Schema{Type: huma.TypeObject}))
	s.add(save, func(c *call) error {
		return c.post(transition, func(ctx context.Context, body []byte) (*process.Outcome, error) {
			var in process.TimesheetInput
			if err := process.Decode(body, &in); err != nil {
				return nil, err
			}
			return c.service.SaveTimesheet(ctx, c.actor, in)
		})
	})
	draft := operation("POST", root+"/hours/invoice", "hours", "hours_invoice", "Draft the invoices of time that was worked up to a day")
	draft.Description = "A draft for each open order. As often as it is called, an hour is invoiced once."
	draft.Parameters = append(draft.Parameters, idempotencyParameter())
	takes(draft, s.schemas.input(reflect.TypeFor[process.DraftHoursInput]()), false)
	answers(draft, 200, "The drafts", s.schemas.named("DraftHoursOutcome", &huma.Schema{Type: huma.TypeObject}))
	s.add(draft, func(c *call) error {
		return c.post(transition, func(ctx context.Context, body []byte) (*process.Outcome, error) {
			var in process.DraftHoursInput
			if err := process.Decode(body, &in); err != nil {
				return nil, err
			}
			return c.service.DraftHours(ctx, c.actor, in)
		})
	})
}
