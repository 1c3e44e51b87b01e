package process

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// Timesheet is a person's month: a row for each line of an order that time may
// be entered on, or was.
type Timesheet struct {
	Person string          `json:"person"`
	Name   string          `json:"name"`
	Month  string          `json:"month"` // 2006-01
	Days   []Date          `json:"days"`
	Rows   []TimesheetRow  `json:"rows"`
	Totals map[Date]string `json:"totals"`
}

// TimesheetRow is the month of a line. Cells are sums by day.
type TimesheetRow struct {
	Order       string                   `json:"order"`
	Number      string                   `json:"number"`
	Customer    string                   `json:"customer"`
	Title       string                   `json:"title,omitempty"`
	Line        string                   `json:"line"`
	Description string                   `json:"description"`
	Unit        string                   `json:"unit"`
	Cells       map[Date]decimal.Decimal `json:"cells"`
	// Invoiced is how much of a day stands on invoices, and cannot be taken back.
	Invoiced map[Date]decimal.Decimal `json:"invoiced,omitempty"`
	Sum      decimal.Decimal          `json:"sum"`
	// Left is what is left of the line to deliver; Closed says that nothing can be entered now.
	Left   decimal.Decimal `json:"left"`
	Closed bool            `json:"closed,omitempty"`
}

// maxTimesheet bounds the rows of a month.
const maxTimesheet = 200

// TimesheetQuery asks for a month; who asks and the present month when left out.
// Order adds the lines of an order that the person has nothing to do with yet.
type TimesheetQuery struct {
	Person, Month, Order string
}

// Timesheet reads a person's month: the lines sold by time of the open orders
// that the person owns, and those with time of this month or the one before.
func (s *Service) Timesheet(ctx context.Context, a Actor, q TimesheetQuery) (*Timesheet, error) {
	var sheet *Timesheet
	err := s.view(ctx, a, MayRead, func(u *unit) (err error) {
		sheet, err = u.timesheet(q)
		return err
	})
	return sheet, err
}

func (u *unit) timesheet(q TimesheetQuery) (*Timesheet, error) {
	if q.Month == "" {
		q.Month = string(u.today())[:7]
	}
	first := Date(q.Month + "-01")
	if !first.Valid() {
		return nil, Invalid("hours.month", "there is no such month", Problem{Field: "month", Reason: "hours.month", Message: "write it as 2026-11"})
	}
	person, err := u.person(q.Person)
	if err != nil {
		return nil, err
	}
	t := &Timesheet{Person: person, Month: q.Month, Rows: []TimesheetRow{}, Totals: map[Date]string{}}
	if t.Name, err = u.personName(person); err != nil {
		return nil, err
	}
	for d := first; d <= first.endOfMonth(); d = d.AddDays(1) {
		t.Days = append(t.Days, d)
	}
	entries, err := u.hoursOf(Filter{Match: map[string]string{"person": person, "month": q.Month}})
	if err != nil {
		return nil, err
	}
	before, err := u.hoursOf(Filter{Match: map[string]string{"person": person, "month": string(first.AddDays(-1))[:7]}})
	if err != nil {
		return nil, err
	}
	if err := u.timesheetRows(t, q.Order, entries, before); err != nil {
		return nil, err
	}
	totals := map[Date]decimal.Decimal{}
	for i := range t.Rows {
		r := &t.Rows[i]
		for _, e := range entries {
			if e.Line != r.Line {
				continue
			}
			r.Cells[e.Date] = r.Cells[e.Date].Add(e.Quantity)
			if e.State == "invoiced" {
				r.Invoiced[e.Date] = r.Invoiced[e.Date].Add(e.Quantity)
			}
			r.Sum = r.Sum.Add(e.Quantity)
			totals[e.Date] = totals[e.Date].Add(e.Quantity)
		}
	}
	for d, sum := range totals {
		t.Totals[d] = sum.String()
	}
	return t, nil
}

// timesheetRows finds the lines of a month.
func (u *unit) timesheetRows(t *Timesheet, more string, entries, before []Hours) error {
	used := map[string]bool{}
	orders := map[string]bool{}
	for _, e := range append(slices.Clone(entries), before...) {
		orders[e.Order] = true
	}
	for _, e := range entries {
		used[e.Line] = true
	}
	if more != "" {
		o, err := u.orderOf(more)
		if err != nil {
			return err
		}
		orders[o.ID] = true
	}
	owned, _, err := u.Orders().List(Filter{State: "open", Match: map[string]string{"owner": t.Person}, Limit: maxTimesheet})
	if err != nil {
		return err
	}
	for _, o := range owned {
		orders[o.ID] = true
	}
	for id := range orders {
		o, err := u.Orders().Get(id)
		if err != nil {
			return err
		}
		c, err := u.Customers().Get(o.Customer)
		if err != nil {
			return err
		}
		for _, l := range o.Lines {
			left := l.Quantity.Sub(l.Delivered)
			if !used[l.ID] && (!l.SoldByTime() || o.State != "open" || !left.IsPositive()) {
				continue
			}
			t.Rows = append(t.Rows, TimesheetRow{Order: o.ID, Number: o.Number, Customer: c.Name, Title: o.Title, Line: l.ID, Description: l.Description, Unit: l.Unit,
				Cells: map[Date]decimal.Decimal{}, Invoiced: map[Date]decimal.Decimal{}, Left: left, Closed: o.State != "open"})
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b TimesheetRow) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Number, b.Number))
	})
	t.Rows = t.Rows[:min(len(t.Rows), maxTimesheet)]
	return nil
}

// TimesheetInput are changed cells of a person's month.
type TimesheetInput struct {
	Person string          `json:"person,omitempty"`
	Cells  []TimesheetCell `json:"cells"`
}

// TimesheetCell is the time of a day on a line as it should be, and as it was
// when it was read: what somebody else changed since is not overwritten.
type TimesheetCell struct {
	Order    string          `json:"order"`
	Line     string          `json:"line"`
	Date     Date            `json:"date"`
	Quantity decimal.Decimal `json:"quantity"`
	Was      decimal.Decimal `json:"was"`
	// Text is what new time was for.
	Text string `json:"text,omitempty"`
}

// SaveTimesheet carries out all cells, or none. The outcome is the number of
// changed cells; a problem's field is cells[i].
func (s *Service) SaveTimesheet(ctx context.Context, a Actor, in TimesheetInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		if len(in.Cells) > maxTimesheet*31 {
			return nil, Invalid("hours.many", "too many cells at once")
		}
		person, err := u.person(in.Person)
		if err != nil {
			return nil, err
		}
		changed := 0
		for i, c := range in.Cells {
			did, err := u.saveCell(person, c)
			if err != nil {
				return nil, inCell(i, err)
			}
			if did {
				changed++
			}
		}
		return &Outcome{Record: struct {
			Changed int `json:"changed"`
		}{changed}, Created: []Ref{}}, nil
	})
}

// inCell names the cell that an error is about.
func inCell(i int, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	at := *e
	at.Problems = []Problem{{Field: fmt.Sprintf("cells[%d]", i), Reason: e.Reason, Message: e.Message}}
	if len(e.Problems) > 0 {
		at.Problems[0].Message, at.Problems[0].Reason = e.Problems[0].Message, e.Problems[0].Reason
	}
	return &at
}

func (u *unit) saveCell(person string, c TimesheetCell) (bool, error) {
	entries, err := u.hoursOf(Filter{Match: map[string]string{"person": person, "line": c.Line, "date": string(c.Date)}})
	if err != nil {
		return false, err
	}
	var sum decimal.Decimal
	for _, e := range entries {
		sum = sum.Add(e.Quantity)
	}
	if boundDecimal(c.Quantity) != nil || c.Quantity.IsNegative() {
		return false, Invalid("hours.quantity", "the time cannot be entered", Problem{Field: "quantity", Reason: "hours.quantity", Message: "not below nothing"})
	}
	if c.Quantity.Equal(sum) {
		return false, nil
	}
	if !c.Was.Equal(sum) {
		return false, Conflict("hours.changed", "somebody changed %s since you read it: it is %s now", c.Date, sum)
	}
	if c.Quantity.LessThan(sum) {
		return true, u.takeHours(entries, sum.Sub(c.Quantity))
	}
	more := c.Quantity.Sub(sum)
	if i := slices.IndexFunc(entries, func(e Hours) bool { return e.State == "open" && (c.Text == "" || e.Text == c.Text) }); i >= 0 {
		in := entries[i].Input()
		in.Quantity = in.Quantity.Add(more)
		return true, u.changeHours(in, &entries[i])
	}
	_, err = u.newHours(HoursInput{Person: person, Date: c.Date, Order: c.Order, Line: c.Line, Quantity: more, Text: c.Text})
	return true, err
}

// takeHours takes time back, from the newest entries first.
func (u *unit) takeHours(entries []Hours, less decimal.Decimal) error {
	for i := len(entries) - 1; i >= 0 && less.IsPositive(); i-- {
		e := &entries[i]
		if e.State != "open" {
			continue
		}
		if e.Quantity.GreaterThan(less) {
			in := e.Input()
			in.Quantity = e.Quantity.Sub(less)
			return u.changeHours(in, e)
		}
		less = less.Sub(e.Quantity)
		if err := u.removeHours(e); err != nil {
			return err
		}
	}
	if !less.IsPositive() {
		return nil
	}
	for i := range entries {
		if err := u.stillOpen(&entries[i]); err != nil {
			return err
		}
	}
	return nil
}
