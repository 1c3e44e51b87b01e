package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// WorkLine is a row of the specification on an invoice of time.
type WorkLine struct {
	// Line is the id of the document's line that the time is part of.
	Line     string          `json:"line"`
	Date     Date            `json:"date"`
	Person   string          `json:"person"`
	Text     string          `json:"text,omitempty"`
	Quantity decimal.Decimal `json:"quantity"`
	Unit     string          `json:"unit"`
}

// worked sums an order's open time up to a day, by line; all of it without a day.
func (u *unit) worked(o *Order, until Date) ([]LineQuantity, error) {
	sums := map[string]decimal.Decimal{}
	err := every(u.TimeEntries(), Filter{State: "open", Match: map[string]string{"order": o.ID}}, func(e *Hours) error {
		if until == "" || e.Date <= until {
			sums[e.Line] = sums[e.Line].Add(e.Quantity)
		}
		return nil
	})
	var parts []LineQuantity
	for _, l := range o.Lines {
		// Somebody may have invoiced a part of it without its entries.
		if q := decimal.Min(sums[l.ID], l.Delivered.Sub(l.Invoiced)); q.IsPositive() {
			parts = append(parts, LineQuantity{l.ID, q})
		}
	}
	return parts, err
}

// claimHours puts open time on a draft, oldest first, as far as the draft's
// quantities go.
func (u *unit) claimHours(i *Invoice) error {
	for _, l := range i.Lines {
		if !l.SoldByTime() || l.Source == "" {
			continue
		}
		entries, err := u.hoursOf(Filter{State: "open", Match: map[string]string{"line": l.Source}})
		if err != nil {
			return err
		}
		rest := l.Quantity
		for k := range entries {
			e := &entries[k]
			if e.Quantity.GreaterThan(rest) {
				break
			}
			rest = rest.Sub(e.Quantity)
			e.State, e.Invoice = "invoiced", i.ID
			if err := u.TimeEntries().Update(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// freeHours lets time of an invoice be invoiced again: all of it, or as much as
// the quantities by line say, newest first.
func (u *unit) freeHours(i *Invoice, taken []LineQuantity) error {
	entries, err := u.hoursOf(Filter{Match: map[string]string{"invoice": i.ID}})
	if err != nil {
		return err
	}
	left := map[string]decimal.Decimal{}
	for _, part := range taken {
		if l := lineByID(i.Lines, part.ID); l != nil {
			left[l.Source] = left[l.Source].Add(part.Quantity)
		}
	}
	slices.Reverse(entries)
	for k := range entries {
		e := &entries[k]
		if taken != nil && e.Quantity.GreaterThan(left[e.Line]) {
			continue
		}
		left[e.Line] = left[e.Line].Sub(e.Quantity)
		e.State, e.Invoice = "open", ""
		if err := u.TimeEntries().Update(e); err != nil {
			return err
		}
	}
	return nil
}

// hoursOf lists entries by their days.
func (u *unit) hoursOf(f Filter) (entries []Hours, err error) {
	err = every(u.TimeEntries(), f, func(e *Hours) error {
		entries = append(entries, *e)
		return nil
	})
	slices.SortFunc(entries, func(a, b Hours) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	return entries, err
}

// specification is the time that stands on an invoice, by line, day and person.
func (u *unit) specification(i *Invoice) ([]WorkLine, error) {
	if i.Order == "" || !slices.ContainsFunc(i.Lines, Line.SoldByTime) {
		return nil, nil
	}
	entries, err := u.hoursOf(Filter{Match: map[string]string{"invoice": i.ID}})
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var rows []WorkLine
	for _, l := range i.Lines {
		from := len(rows)
		for _, e := range entries {
			if e.Line != l.Source {
				continue
			}
			if names[e.Person] == "" {
				if names[e.Person], err = u.personName(e.Person); err != nil {
					return nil, err
				}
			}
			rows = append(rows, WorkLine{l.ID, e.Date, names[e.Person], e.Text, e.Quantity, l.Unit})
		}
		slices.SortStableFunc(rows[from:], func(a, b WorkLine) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Person, b.Person))
		})
	}
	return rows, nil
}

// DraftHoursInput says which time is put on drafts.
type DraftHoursInput struct {
	// Until is the last day; the last one of the month before when left out.
	Until Date   `json:"until,omitempty" doc:"the last day; the last one of the month before when left out"`
	Order string `json:"order,omitempty" doc:"id or number; all open orders when left out"`
}

// DraftHours drafts an invoice of each open order with time up to a day that no
// invoice has, each in a transaction of its own: as often as it is called, an
// hour is invoiced once. The outcome names the drafts.
func (s *Service) DraftHours(ctx context.Context, a Actor, in DraftHoursInput) (*Outcome, error) {
	var orders []string
	err := s.view(ctx, a, MaySell, func(u *unit) error {
		if in.Until == "" {
			in.Until = u.today()[:8] + "01"
			in.Until = in.Until.AddDays(-1)
		}
		if !in.Until.Valid() || in.Until > u.today() {
			return Invalid("hours.until", "the time cannot be invoiced", Problem{Field: "until", Reason: "hours.until", Message: "a day that has come"})
		}
		only := ""
		if in.Order != "" {
			o, err := u.orderOf(in.Order)
			if err != nil {
				return err
			}
			only = o.ID
		}
		return every(u.TimeEntries(), Filter{State: "open"}, func(e *Hours) error {
			if e.Date <= in.Until && (only == "" || e.Order == only) && !slices.Contains(orders, e.Order) {
				orders = append(orders, e.Order)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(orders)
	drafted := &Outcome{Record: struct {
		Until Date `json:"until"`
	}{in.Until}, Created: []Ref{}}
	var failed []error
	for _, id := range orders {
		out, err := s.InvoiceOrder(withoutOnce(ctx), a, Target{ID: id}, InvoiceOrderInput{Until: in.Until})
		switch {
		case CodeOf(err) == CodeConflict: // on hold, or invoiced in the meantime
		case err != nil:
			failed = append(failed, fmt.Errorf("drafting the invoice of order %s: %w", id, err))
		default:
			drafted.Created = append(drafted.Created, out.Created...)
		}
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	return s.change(ctx, a, MaySell, func(*unit) (*Outcome, error) { return drafted, nil })
}

// DraftMonthlyHours is DraftHours by the clock: from the settings' day of each
// month on, when they say so. After downtime it makes up for what it missed.
func (s *Service) DraftMonthlyHours(ctx context.Context) (int, error) {
	due := false
	err := s.view(ctx, System(), MayRead, func(u *unit) error {
		h := u.settings.Hours
		due = h.Draft && u.today().day() >= max(h.Day, 1)
		return nil
	})
	if err != nil || !due {
		return 0, err
	}
	out, err := s.DraftHours(ctx, System(), DraftHoursInput{})
	if err != nil {
		return 0, err
	}
	made := 0
	for _, r := range out.Created {
		if r.Type == TypeInvoice {
			made++
		}
	}
	return made, nil
}

// HoursSettings are about time that is invoiced.
type HoursSettings struct {
	// Draft makes a draft invoice of each order's time of the month before, from
	// the Day of the month on (the first when it is 0).
	Draft bool `json:"draft,omitempty"`
	Day   int  `json:"day,omitempty"`
	// Within says until when what is delivered must be invoiced; the rule of the
	// company's country when left out.
	Within *InvoiceWithin `json:"invoice_within,omitempty"`
}

// InvoiceWithin are the last days on which an invoice is issued in time: for
// supplies that go on, as work by the hour and subscriptions do, and for others.
type InvoiceWithin struct {
	Running  Deadline `json:"running"`
	Delivery Deadline `json:"delivery"`
}

// Deadline is so many months and days after the delivery, or after the end of
// the calendar period of so many months that it fell into.
type Deadline struct {
	Period int `json:"period,omitempty" doc:"months of the period from whose end it counts: 1, 2, 3, 4, 6 or 12; from the delivery itself when left out"`
	Months int `json:"months,omitempty"`
	Days   int `json:"days,omitempty"`
}

// deadlines are countries' rules. Others are written in the settings.
var deadlines = map[string]InvoiceWithin{
	// Bokfoeringsforskriften (FOR-2004-12-01-1558) section 5-2-2: as soon as
	// possible and at the latest one month after the delivery; chapter 5-2:
	// services that are delivered continuously, at the latest one month after the
	// end of the ordinary VAT period, which is two months long.
	"NO": {Running: Deadline{Period: 2, Months: 1}, Delivery: Deadline{Months: 1}},
}

// within is the rule that holds, nil when none is known.
func (s Settings) within() *InvoiceWithin {
	if s.Hours.Within != nil {
		return s.Hours.Within
	}
	if rule, ok := deadlines[strings.ToUpper(s.Company.Address.Country)]; ok {
		return &rule
	}
	return nil
}

// Last is the last day on which what was delivered on a day is invoiced in time.
func (d Deadline) Last(delivered Date) Date {
	if d == (Deadline{}) || !delivered.Valid() {
		return ""
	}
	if d.Period > 0 {
		month := int(delivered.Time(time.UTC).Month()) - 1
		return delivered.addMonths(d.Period - month%d.Period - 1 + d.Months).endOfMonth().AddDays(d.Days)
	}
	return delivered.addMonths(d.Months).AddDays(d.Days)
}

func (h HoursSettings) problems() []Problem {
	var ps []Problem
	if h.Day < 0 || h.Day > 28 {
		ps = append(ps, Problem{Field: "hours.day", Reason: "settings.hours_day", Message: "a day of the month is between 1 and 28"})
	}
	if h.Within == nil {
		return ps
	}
	for name, d := range map[string]Deadline{"running": h.Within.Running, "delivery": h.Within.Delivery} {
		if d.Months < 0 || d.Months > 24 || d.Days < 0 || d.Days > 366 || !slices.Contains([]int{0, 1, 2, 3, 4, 6, 12}, d.Period) {
			ps = append(ps, Problem{Field: "hours.invoice_within." + name, Reason: "settings.invoice_within", Message: "up to 24 months and 366 days, after periods of 1, 2, 3, 4, 6 or 12 months"})
		}
	}
	return ps
}
