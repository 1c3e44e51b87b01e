package process_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// hours enters time and gives its id.
func (h *house) hours(order string, day process.Date, quantity, text string) string {
	h.t.Helper()
	return h.create(process.TypeHours, fmt.Sprintf(`{"order":%q,"date":%q,"quantity":%q,"text":%q}`, order, day, quantity, text))
}

// tryHours creates, edits or deletes.
func (h *house) tryHours(name, id, body string) (err error) {
	h.t.Helper()
	h.tick()
	f := h.form(process.TypeHours)
	switch name {
	case "create":
		_, err = f.Create(h.s, h.ctx(), h.owner, []byte(body))
	case "edit":
		_, err = f.Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
	default:
		_, err = f.Delete(h.s, h.ctx(), h.owner, process.Target{ID: id})
	}
	return err
}

func (h *house) deleteDraft(id string) {
	h.t.Helper()
	_, err := h.form(process.TypeInvoice).Delete(h.s, h.ctx(), h.owner, process.Target{ID: id})
	h.check(err)
}

func sum(entries []process.Hours) string {
	var q decimal.Decimal
	for _, e := range entries {
		q = q.Add(e.Quantity)
	}
	return q.String()
}

// problems are those of a refusal.
func problems(err error) []process.Problem {
	var e *process.Error
	if !errors.As(err, &e) {
		return nil
	}
	return e.Problems
}

// Time counts as delivered while it is open, and is invoiced once.
func TestHoursFromEntryToPayment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.openOrder() // ten hours at 1200.00, and a journey
	first := h.hours(order, "2026-02-02", "3", "Planning")
	h.hours(order, "2026-02-27", "2.5", "Drawing")
	late := h.hours(order, "2026-03-01", "1", "Drawing")
	o := get(h, h.s.Orders(), order)
	if got := o.Lines[0].Delivered.String() + " " + o.Progress; got != "6.5 to_deliver_and_invoice" {
		t.Errorf("the order has %s", got)
	}
	err := h.tryHours("create", "", fmt.Sprintf(`{"order":%q,"quantity":"4"}`, o.Number))
	wantRefused(t, err, process.CodeInvalid, "hours.left")

	// February's time, by the last day of the month before.
	out, err := h.s.DraftHours(h.ctx(), h.owner, process.DraftHoursInput{})
	h.check(err)
	if len(out.Created) != 1 {
		t.Fatalf("drafted are %v", out.Created)
	}
	id := out.Created[0].ID
	draft := get(h, h.s.Invoices(), id)
	if draft.Lines[0].Quantity.String() != "5.5" || draft.SupplyDate != "2026-02-28" || draft.Net.String() != "6600.00" {
		t.Errorf("the draft has %s hours, supplied %s, for %s", draft.Lines[0].Quantity, draft.SupplyDate, draft.Net)
	}
	if again, err := h.s.DraftHours(h.ctx(), h.owner, process.DraftHoursInput{}); err != nil || len(again.Created) != 0 {
		t.Errorf("a second run drafts %v, %v", again.Created, err)
	}
	if e := get(h, h.s.TimeEntries(), late); e.State != "open" {
		t.Errorf("March's hour is %s", e.State)
	}
	err = h.tryHours("edit", first, `{"quantity":"1"}`)
	wantRefused(t, err, process.CodeConflict, "state")

	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	err = h.tryHours("delete", first, "")
	wantRefused(t, err, process.CodeConflict, "state")
	if !strings.Contains(err.Error(), "invoiced with "+get(h, h.s.Invoices(), id).Number) {
		t.Errorf("the refusal does not name the invoice: %v", err)
	}
	var snap process.Snapshot
	h.check(h.db.View(h.ctx(), func(tx process.Tx) (err error) { snap, err = tx.Snapshot(id); return err }))
	var rows []string
	for _, w := range snap.Specification {
		rows = append(rows, fmt.Sprintf("%s %s %s %s %s %t", w.Date, w.Person, w.Text, w.Quantity, w.Unit, w.Line == snap.Lines[0].ID))
	}
	if got := strings.Join(rows, "; "); got != "2026-02-02 "+h.owner.Name+" Planning 3 HUR true; 2026-02-27 "+h.owner.Name+" Drawing 2.5 HUR true" {
		t.Errorf("the specification says %s", got)
	}

	// Crediting to invoice again gives the hours back; without, it does not.
	h.do(process.TypeInvoice, "credit", id, `{"reason":"Wrong rate","reinvoice":true,"send":false}`)
	h.check(h.tryHours("edit", first, `{"quantity":"2"}`))
	if o = get(h, h.s.Orders(), order); o.Lines[0].Delivered.String() != "5.5" || !o.Lines[0].Invoiced.IsZero() {
		t.Errorf("delivered are %s", o.Lines[0].Delivered)
	}
	again, err := h.s.DraftHours(h.ctx(), h.owner, process.DraftHoursInput{Until: "2026-03-02", Order: o.Number})
	h.check(err)
	second := again.Created[0].ID
	on := sum(list(h, h.s.TimeEntries(), map[string]string{"invoice": second}))
	if inv := get(h, h.s.Invoices(), second); inv.Lines[0].Quantity.String() != on {
		t.Errorf("the second draft has %s hours and %s of entries", inv.Lines[0].Quantity, on)
	}
	h.deleteDraft(second)
	if left := list(h, h.s.TimeEntries(), map[string]string{"order": order}); slices.ContainsFunc(left, func(e process.Hours) bool { return e.State != "open" }) {
		t.Errorf("a deleted draft kept hours: %v", left)
	}
	_, err = h.try(h.owner, process.TypeOrder, "return", order, "")
	wantRefused(t, err, process.CodeConflict, "order.hours")
}

// The clock drafts last month's time once, from the chosen day on, whatever it missed.
func TestMonthlyHoursByTheClock(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.openOrder()
	h.hours(order, "2026-03-02", "2", "")
	run := func(want int) {
		t.Helper()
		if n, err := h.s.DraftMonthlyHours(h.ctx()); err != nil || n != want {
			t.Errorf("%s: drafted %d, %v; want %d", h.clock.now().Format(time.DateOnly), n, err, want)
		}
	}
	h.clock.set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	run(0) // nobody asked for it
	st, version, err := h.s.Settings(h.ctx(), h.owner)
	h.check(err)
	st.Hours = process.HoursSettings{Draft: true, Day: 5}
	_, err = h.s.PutSettings(h.ctx(), h.owner, version, st)
	h.check(err)
	run(0) // not before the fifth
	h.clock.set(time.Date(2026, 4, 9, 9, 0, 0, 0, time.UTC))
	run(1)
	run(0)
}

// A month is saved as a whole; what somebody else changed is not overwritten.
func TestTimesheet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.openOrder()
	o := get(h, h.s.Orders(), order)
	line := o.Lines[0].ID
	cell := func(day process.Date, was, is, text string) process.TimesheetCell {
		return process.TimesheetCell{Order: order, Line: line, Date: day, Was: dec(was), Quantity: dec(is), Text: text}
	}
	save := func(cells ...process.TimesheetCell) error {
		_, err := h.s.SaveTimesheet(h.ctx(), h.owner, process.TimesheetInput{Cells: cells})
		return err
	}
	h.check(save(cell("2026-03-02", "0", "3", "Planning"), cell("2026-03-03", "0", "4.5", "")))
	sheet, err := h.s.Timesheet(h.ctx(), h.owner, process.TimesheetQuery{})
	h.check(err)
	if len(sheet.Days) != 31 || len(sheet.Rows) != 1 || sheet.Rows[0].Sum.String() != "7.5" || sheet.Totals["2026-03-03"] != "4.5" || sheet.Rows[0].Left.String() != "2.5" {
		t.Fatalf("the month is %+v", sheet)
	}
	h.check(save(cell("2026-03-02", "3", "4", ""), cell("2026-03-03", "4.5", "0", "")))
	entries := list(h, h.s.TimeEntries(), map[string]string{"line": line})
	if len(entries) != 1 || entries[0].Quantity.String() != "4" || entries[0].Text != "Planning" {
		t.Errorf("the entries are %+v", entries)
	}
	wantRefused(t, save(cell("2026-03-02", "3", "5", "")), process.CodeConflict, "hours.changed")
	// Twelve hours do not fit; the cell before it is not saved either.
	err = save(cell("2026-03-04", "0", "1", ""), cell("2026-03-05", "0", "6", ""))
	wantRefused(t, err, process.CodeInvalid, "hours.left")
	if ps := problems(err); len(ps) != 1 || ps[0].Field != "cells[1]" {
		t.Errorf("the problems are %v", ps)
	}
	if got := get(h, h.s.Orders(), order).Lines[0].Delivered; got.String() != "4" {
		t.Errorf("delivered are %s", got)
	}
	h.do(process.TypeOrder, "invoice", order, `{"until":"2026-03-02"}`)
	wantRefused(t, save(cell("2026-03-02", "4", "1", "")), process.CodeConflict, "state")
	h.check(save(cell("2026-03-02", "4", "5", "")))
	if got := list(h, h.s.TimeEntries(), map[string]string{"line": line}); len(got) != 2 {
		t.Errorf("more on an invoiced day makes %d entries", len(got))
	}
}

// A file of hours may be taken again: nothing comes twice.
func TestImportHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	number := get(h, h.s.Orders(), h.openOrder()).Number
	file := "person;date;order;line;quantity;text\n" +
		"Hans Innleid;02.03.2026;" + number + ";1;7,5;Montering\n" +
		"Hans Innleid;2026-03-03;" + number + ";;1;\"Reise; retur\"\n"
	count := func(file string) process.Imported {
		t.Helper()
		out, err := h.s.ImportHours(h.ctx(), h.owner, []byte(file))
		h.check(err)
		return out.Record.(process.Imported)
	}
	if got := count(file); got != (process.Imported{Created: 2}) {
		t.Errorf("the first import did %+v", got)
	}
	if got := count(strings.Replace(file, ";1;\"Reise", ";1,5;\"Reise", 1)); got != (process.Imported{Changed: 1, Unchanged: 1}) {
		t.Errorf("the second import did %+v", got)
	}
	entries := list(h, h.s.TimeEntries(), map[string]string{"person": "Hans Innleid", "month": "2026-03"})
	if len(entries) != 2 || sum(entries) != "9" {
		t.Errorf("%d entries sum to %s", len(entries), sum(entries))
	}
	_, err := h.s.ImportHours(h.ctx(), h.owner, []byte(file+"Hans Innleid;2026-03-04;"+number+";;99;\nHans Innleid;2026-03-05;O-9;;1;\n"))
	wantRefused(t, err, process.CodeInvalid, "import.invalid")
	if ps := problems(err); len(ps) < 2 || ps[0].Field != "line 4: quantity" || ps[len(ps)-1].Field != "line 5: order" {
		t.Errorf("the problems are %v", ps)
	}
}

// Norwegian rules: a month after a delivery; a month after the VAT period of
// two months for work that goes on.
func TestLastDayToInvoice(t *testing.T) {
	t.Parallel()
	no := []process.Deadline{{Months: 1}, {Period: 2, Months: 1}, {Days: 30}, {Period: 1, Days: 15}, {Period: 12, Months: 1}}
	for _, c := range []struct {
		delivered process.Date
		want      [5]process.Date
	}{
		{"2026-01-31", [5]process.Date{"2026-02-28", "2026-03-31", "2026-03-02", "2026-02-15", "2027-01-31"}},
		{"2026-02-01", [5]process.Date{"2026-03-01", "2026-03-31", "2026-03-03", "2026-03-15", "2027-01-31"}},
		{"2026-12-24", [5]process.Date{"2027-01-24", "2027-01-31", "2027-01-23", "2027-01-15", "2027-01-31"}},
		{"2027-11-30", [5]process.Date{"2027-12-30", "2028-01-31", "2027-12-30", "2027-12-15", "2028-01-31"}},
	} {
		for i, d := range no {
			if got := d.Last(c.delivered); got != c.want[i] {
				t.Errorf("%+v of %s is %s, want %s", d, c.delivered, got, c.want[i])
			}
		}
	}
	if got := (process.Deadline{}).Last("2026-01-01"); got != "" {
		t.Errorf("no rule gives %s", got)
	}
}

// What is delivered and not invoiced is listed until an invoice is issued, a
// draft is not enough.
func TestUninvoiced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := h.openOrder()
	h.hours(order, "2026-01-05", "2", "")
	h.do(process.TypeOrder, "fulfil", h.openOrder(), "") // its draft is deleted, and invoiced again later
	goods := list(h, h.s.Invoices(), map[string]string{})[0]
	h.deleteDraft(goods.ID)
	rows := func() string {
		t.Helper()
		r, err := h.s.Report(h.ctx(), h.owner, process.ReportQuery{Name: "uninvoiced"})
		h.check(err)
		var out []string
		for _, row := range r.Items.([]process.UninvoicedRow) {
			if row.Total {
				out = append(out, "sum "+row.Net.String())
				continue
			}
			q := "draft"
			if row.Quantity != nil {
				q = row.Quantity.String()
			}
			out = append(out, fmt.Sprintf("%s %s since %s until %s late=%t", q, row.Net, row.Since, row.Latest, row.Late))
		}
		return strings.Join(out, "; ")
	}
	h.clock.set(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	if got, want := rows(), "2 2400.00 since 2026-01-05 until 2026-03-31 late=true; 10 12000.00 since 2026-03-02 until 2026-04-02 late=false; 1 350.50 since 2026-03-02 until 2026-04-02 late=false; sum 14750.50"; got != want {
		t.Errorf("listed is\n%s, want\n%s", got, want)
	}
	out, err := h.s.DraftHours(h.ctx(), h.owner, process.DraftHoursInput{Order: order})
	h.check(err)
	if got := rows(); !strings.HasPrefix(got, "draft 2400.00 since 2026-01-05 until 2026-03-31 late=true; 10 ") {
		t.Errorf("with a draft, listed is %s", got)
	}
	h.do(process.TypeInvoice, "issue", out.Created[0].ID, `{"send":false}`)
	if got := rows(); strings.Contains(got, "2400.00") {
		t.Errorf("after issuing, listed is %s", got)
	}
}
