package process

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Hours is time that a person worked on a line of an order: open, or
// invoiced once it stands on an invoice, be it a draft. While it is open it
// counts as delivered on its line.
type Hours struct {
	Record
	State string `json:"state"`
	// Person is the id of a user, or the name of somebody without an account.
	Person string `json:"person"`
	Date   Date   `json:"date"`
	Order  string `json:"order"`
	// Line is the id of the order's line, whose unit Quantity is in.
	Line     string          `json:"line"`
	Quantity decimal.Decimal `json:"quantity"`
	Text     string          `json:"text,omitempty"`
	// Invoice is the one that the time stands on.
	Invoice string `json:"invoice,omitempty"`
	Thread  string `json:"thread"`
}

// HoursInput is a time entry as people and programs write it.
type HoursInput struct {
	Person   string          `json:"person,omitempty" doc:"id or address of a user, or the name of somebody without an account; who writes it when left out"`
	Date     Date            `json:"date,omitempty" doc:"today when left out"`
	Order    string          `json:"order" doc:"id or number of an order"`
	Line     string          `json:"line,omitempty" doc:"id of the order's line, its place from 1, or its product; the one line in hours when left out"`
	Quantity decimal.Decimal `json:"quantity"`
	Text     string          `json:"text,omitempty" doc:"what was done; it stands on the invoice's specification"`
}

// Input is the editable part of the entry.
func (e Hours) Input() HoursInput {
	return HoursInput{e.Person, e.Date, e.Order, e.Line, e.Quantity, e.Text}
}

// timeUnits are the units in which time is sold (UN/ECE Rec 20), and how many
// of them a day has.
var timeUnits = map[string]int64{"HUR": 24, "MIN": 24 * 60, "DAY": 1}

// SoldByTime reports whether time can be entered on the line.
func (l Line) SoldByTime() bool { return l.Sold() && timeUnits[l.Unit] > 0 && l.Quantity.IsPositive() }

// SoldByTime reports whether time can be entered on one of the order's lines.
func (o Order) SoldByTime() bool { return slices.ContainsFunc(o.Lines, Line.SoldByTime) }

// person finds who worked.
func (u *unit) person(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		if u.actor.Kind == ActorUser && u.actor.ID != "" {
			return u.actor.ID, nil
		}
		name = u.actor.Name
	}
	if user, err := optional(u.Users().Get(name)); err != nil || user != nil {
		return name, err
	}
	if user, err := first(u.Users(), map[string]string{"email": normalEmail(name)}, ""); err != nil {
		return "", err
	} else if user != nil {
		return user.ID, nil
	}
	if name == "" || len(name) > 100 || strings.Contains(name, "@") {
		return "", Invalid("hours.person", "nobody is known by this", Problem{Field: "person", Reason: "hours.person", Message: "the address of a user, or a name"})
	}
	return name, nil
}

// personName is how the person of an entry is called.
func (u *unit) personName(person string) (string, error) {
	user, err := optional(u.Users().Get(person))
	if err != nil || user == nil {
		return person, err
	}
	return user.Name, nil
}

// orderOf finds an order by its id or its number.
func (u *unit) orderOf(name string) (*Order, error) {
	name = strings.TrimSpace(name)
	o, err := optional(u.Orders().Get(name))
	if err != nil || o != nil {
		return o, err
	}
	if name != "" {
		if o, err = first(u.Orders(), map[string]string{"number": name}, ""); err != nil {
			return nil, err
		}
	}
	if o == nil {
		return nil, Invalid("hours.order", "there is no such order", Problem{Field: "order", Reason: "hours.order", Message: "the number of an order"})
	}
	return u.Orders().Get(o.ID)
}

// lineSoldByTime finds the line that a word means.
func (o *Order) lineSoldByTime(word string) (*Line, error) {
	word = strings.TrimSpace(word)
	var found []*Line
	for i := range o.Lines {
		l := &o.Lines[i]
		if l.SoldByTime() && (word == "" || l.ID == word || strconv.Itoa(i+1) == word || l.Product == word) {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		message := "the id, the place from 1 or the product of a line that is sold by the hour"
		if len(found) > 1 {
			message = "several lines are sold by the hour: say which"
		}
		return nil, Invalid("hours.line", fmt.Sprintf("order %s has no such line to enter time on", o.Number), Problem{Field: "line", Reason: "hours.line", Message: message})
	}
	return found[0], nil
}

// resolveHours makes what an input means an entry, without carrying it out.
func (u *unit) resolveHours(in HoursInput) (e Hours, o *Order, l *Line, err error) {
	if e.Person, err = u.person(in.Person); err != nil {
		return e, nil, nil, err
	}
	if o, err = u.orderOf(in.Order); err != nil {
		return e, nil, nil, err
	}
	if l, err = o.lineSoldByTime(in.Line); err != nil {
		return e, nil, nil, err
	}
	if e.Date = in.Date; e.Date == "" {
		e.Date = u.today()
	}
	e.Order, e.Line, e.Thread, e.Quantity, e.Text = o.ID, l.ID, o.Thread, in.Quantity, strings.TrimSpace(in.Text)
	var ps []Problem
	if !e.Date.Valid() || e.Date > u.today().AddDays(31) {
		ps = append(ps, Problem{Field: "date", Reason: "hours.date", Message: "a day such as 2026-11-30, not later than a month from now"})
	}
	if most := timeUnits[l.Unit]; boundDecimal(e.Quantity) != nil || !e.Quantity.IsPositive() || e.Quantity.GreaterThan(decimal.NewFromInt(most)) {
		ps = append(ps, Problem{Field: "quantity", Reason: "hours.quantity", Message: fmt.Sprintf("more than nothing, and at most %d a day", most)})
	}
	if len(e.Text) > 500 {
		ps = append(ps, Problem{Field: "text", Reason: "hours.text", Message: "at most 500 bytes"})
	}
	if len(ps) > 0 {
		return e, nil, nil, Invalid("hours.invalid", "the time cannot be entered", ps...)
	}
	return e, o, l, nil
}

// work counts time as delivered on a line, or takes it back when it is below zero.
func (u *unit) work(o *Order, l *Line, q decimal.Decimal) error {
	if q.IsZero() {
		return nil
	}
	if err := allowed(TypeOrder, "fulfil", o.State); err != nil {
		return err
	}
	if left := l.Quantity.Sub(l.Delivered); q.GreaterThan(left) {
		return Invalid("hours.left", fmt.Sprintf("order %s has %s left of this line: agree on more with the customer, on another order", o.Number, left),
			Problem{Field: "quantity", Reason: "hours.left", Message: fmt.Sprintf("at most %s is left", left)})
	}
	if l.Delivered.Add(q).LessThan(l.Invoiced) {
		return Conflict("hours.on_invoice", "these hours are on an invoice of order %s: delete its draft, or credit it to be invoiced again", o.Number)
	}
	l.Delivered = l.Delivered.Add(q)
	o.Progress = o.progress()
	o.UpdatedAt = u.now
	return u.Orders().Update(o)
}

// newHours enters time and counts it as delivered.
func (u *unit) newHours(in HoursInput) (*Hours, error) {
	e, o, l, err := u.resolveHours(in)
	if err != nil {
		return nil, err
	}
	if err := u.work(o, l, e.Quantity); err != nil {
		return nil, err
	}
	e.Record, e.State = u.record(), "open"
	if err := u.TimeEntries().Insert(&e); err != nil {
		return nil, err
	}
	return &e, u.noteHours("hours.entered", &e, o)
}

// changeHours changes an open entry.
func (u *unit) changeHours(in HoursInput, e *Hours) error {
	next, o, l, err := u.resolveHours(in)
	if err != nil {
		return err
	}
	if next.Quantity.Equal(e.Quantity) && next.with(e.Quantity) == e.Input() {
		return nil
	}
	if err := u.stillOpen(e); err != nil {
		return err
	}
	if next.Order == e.Order && next.Line == e.Line {
		err = u.work(o, l, next.Quantity.Sub(e.Quantity))
	} else if err = u.unwork(e); err == nil {
		if o, err = u.Orders().Get(next.Order); err == nil {
			err = u.work(o, lineByID(o.Lines, next.Line), next.Quantity)
		}
	}
	if err != nil {
		return err
	}
	next.Record, next.State = e.Record, e.State
	next.UpdatedAt = u.now
	*e = next
	if err := u.TimeEntries().Update(e); err != nil {
		return err
	}
	return u.noteHours("hours.changed", e, o)
}

func (e Hours) with(q decimal.Decimal) HoursInput {
	e.Quantity = q
	return e.Input()
}

// unwork takes an entry's time back from its order.
func (u *unit) unwork(e *Hours) error {
	o, err := u.Orders().Get(e.Order)
	if err != nil {
		return err
	}
	l := lineByID(o.Lines, e.Line)
	if l == nil {
		return nil
	}
	// A return may have taken a part of it back already.
	return u.work(o, l, decimal.Min(e.Quantity, l.Delivered).Neg())
}

// stillOpen refuses to touch what stands on an invoice.
func (u *unit) stillOpen(e *Hours) error {
	if e.State == "open" {
		return nil
	}
	i, err := u.Invoices().Get(e.Invoice)
	if err != nil {
		return err
	}
	if i.State == "draft" {
		return Conflict("state", "these hours stand on a draft invoice: nothing more can be done with it until that draft is deleted")
	}
	return Conflict("state", "these hours are invoiced with %s: nothing more can be done with it until that is credited to be invoiced again", i.Number)
}

func (u *unit) noteHours(typ string, e *Hours, o *Order) error {
	name, err := u.personName(e.Person)
	if err != nil {
		return err
	}
	return u.note(Activity{Type: typ, About: Ref{TypeHours, e.ID}, Thread: e.Thread, Related: Ref{TypeOrder, o.ID},
		Data: map[string]string{"number": o.Number, "person": name, "date": string(e.Date), "quantity": e.Quantity.String(), "text": e.Text}})
}

// CreateHours enters time.
func (s *Service) CreateHours(ctx context.Context, a Actor, in HoursInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		e, err := u.newHours(in)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(e), nil
	})
}

func (s *Service) touchHours(ctx context.Context, a Actor, t Target, f func(*unit, *Hours) error) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		e, err := u.TimeEntries().Get(t.ID)
		if err != nil {
			return nil, err
		}
		if err := u.touch(&e.Record, TypeHours, t); err != nil {
			return nil, err
		}
		if err := u.stillOpen(e); err != nil {
			return nil, err
		}
		if err := f(u, e); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(e), nil
	})
}

// EditHours changes an open entry; what stands on an invoice stays.
func (s *Service) EditHours(ctx context.Context, a Actor, t Target, in HoursInput) (*Outcome, error) {
	return s.touchHours(ctx, a, t, func(u *unit, e *Hours) error { return u.changeHours(in, e) })
}

// DeleteHours takes an open entry back.
func (s *Service) DeleteHours(ctx context.Context, a Actor, t Target) (*Outcome, error) {
	return s.touchHours(ctx, a, t, (*unit).removeHours)
}

func (u *unit) removeHours(e *Hours) error {
	if err := u.unwork(e); err != nil {
		return err
	}
	o, err := u.Orders().Get(e.Order)
	if err != nil {
		return err
	}
	if err := u.noteHours("hours.deleted", e, o); err != nil {
		return err
	}
	return u.TimeEntries().Delete(e.ID, e.Version)
}

// hoursSheet is time entries as CSV. A row is known by its person, day, line
// and text, so that a file may be taken again.
func hoursSheet() sheet[Hours, HoursInput] {
	return sheet[Hours, HoursInput]{may: MaySell, typ: TypeHours, of: Tx.TimeEntries, input: Hours.Input,
		find: func(u *unit, in HoursInput) (*Hours, string, error) {
			e, _, _, err := u.resolveHours(in)
			if err != nil {
				return nil, "", err
			}
			key := strings.Join([]string{e.Person, string(e.Date), e.Line, e.Text}, "\x00")
			same, _, err := u.TimeEntries().List(Filter{Match: map[string]string{"person": e.Person, "date": string(e.Date), "line": e.Line}, Limit: MaxLimit})
			if i := slices.IndexFunc(same, func(s Hours) bool { return s.Text == e.Text }); i >= 0 {
				return &same[i], key, err
			}
			return nil, key, err
		},
		tidy: func(u *unit, in HoursInput) (HoursInput, error) {
			e, _, _, err := u.resolveHours(in)
			return e.Input(), err
		},
		create: (*unit).newHours, change: (*unit).changeHours}
}

// ImportHours enters time by the rows of a CSV file; see ImportProducts.
func (s *Service) ImportHours(ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	return hoursSheet().take(s, ctx, a, file)
}

// ExportHours gives all time entries as CSV that can be imported again.
func (s *Service) ExportHours(ctx context.Context, a Actor) ([]byte, error) {
	return hoursSheet().give(s, ctx, a)
}
