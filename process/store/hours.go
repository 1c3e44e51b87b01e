package store

import "github.com/emne/emne/process"

func hoursTable() table[process.Hours] {
	return table[process.Hours]{
		name: "time_entry", record: process.TypeHours,
		columns: `state person worked_on order_id line_id quantity note invoice_id thread`,
		base:    func(e *process.Hours) *process.Record { return &e.Record },
		fields: func(e *process.Hours) []any {
			return []any{&e.State, &e.Person, &e.Date, ref{&e.Order}, &e.Line, exact{&e.Quantity}, &e.Text, ref{&e.Invoice}, &e.Thread}
		},
		search: func(e *process.Hours) []string { return []string{e.Text} },
		keys: map[string]string{"person": "person", "date": "worked_on", "month": "substr(worked_on, 1, 7)", "order": "order_id",
			"line": "line_id", "invoice": "invoice_id", "thread": "thread"},
	}
}

// UninvoicedOrders implements process.Reports. Quantities are text: what is the
// same number in other words is told apart by the caller.
func (r reports) UninvoicedOrders() ([]string, error) {
	return rowsOf(r.t, `SELECT o.id FROM sales_order o WHERE o.progress <> 'completed' AND EXISTS
		(SELECT 1 FROM line l WHERE l.document_id = o.id AND l.delivered <> l.invoiced) ORDER BY o.id`, nil,
		func(id *string) []any { return []any{id} })
}
