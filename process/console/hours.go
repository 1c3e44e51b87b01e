package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// The list, the page and the form of time entries, and the month as a grid.

func hoursRow(v *visit, e process.Hours) row {
	return v.row(process.TypeHours, e.ID, words(v.date(e.Date)), words(v.personName(e.Person)), words(v.name(process.TypeOrder, e.Order)), words(e.Text),
		figure(v.number(e.Quantity)), v.states(process.TypeHours, e.State))
}

func (v *visit) personName(person string) string {
	return either(v.name(process.TypeUser, person), person)
}

func readHours(v *visit, id string) (*recordPage, error) {
	e, err := v.s.TimeEntries().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeHours, e.Record, e.State, v.date(e.Date)+", "+v.personName(e.Person))
	p.thread = e.Thread
	p.Badges = []badge{v.state(process.TypeHours, e.State)}
	p.fact(v.t("kind.order"), v.link(process.TypeOrder, e.Order))
	p.fact(v.t("field.quantity"), words(v.number(e.Quantity)))
	p.fact(v.t("field.text"), words(e.Text))
	p.fact(v.t("kind.invoice"), v.link(process.TypeInvoice, e.Invoice))
	return p, nil
}

func hoursForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return form{Sections: []section{{Fields: []field{f(kindText, "order", required, hint(v.t("hint.hours_order")), func(f *field) { f.Label = v.t("kind.order") }),
		f(kindText, "line", hint(v.t("hint.hours_line"))), f(kindDate, "date", required, value(string(v.today()))), f(kindDecimal, "quantity", required),
		f(kindText, "person", hint(v.t("hint.hours_person")), value(v.actor.ID)), f(kindText, "text", wide)}}}}
}

// The keys of the texts of months and days.
var (
	months   = [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	weekdays = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
)

// monthPage is a person's month.
type monthPage struct {
	frame
	Person, Who, Month, MonthName, Before, After string
	People                                       []option
	Orders                                       []option
	Order                                        string
	Days                                         []monthDay
	Rows                                         []monthRow
	Sum                                          string
	May                                          bool
	Error                                        string
	Mend                                         []string
}

type monthDay struct {
	Number, Name, Total string
	Free                bool
}

type monthRow struct {
	Title, Note, Href, Line, Order, Sum, Left, Text string
	Cells                                           []monthCell
}

type monthCell struct {
	Name, Value, Was, Label string
	Free, Fixed, Wrong      bool
}

func (v *visit) month() error {
	q := v.r.URL.Query()
	return v.monthPage(200, process.TimesheetQuery{Person: q.Get("person"), Month: q.Get("month"), Order: q.Get("order")}, nil, nil)
}

// monthPage shows the month; after a refusal, with what was sent and why.
func (v *visit) monthPage(status int, q process.TimesheetQuery, sent url.Values, e *process.Error) error {
	sheet, err := v.s.Timesheet(v.ctx(), v.actor, q)
	if err != nil {
		return err
	}
	first := sheet.Days[0].Time(time.UTC)
	p := monthPage{frame: v.frame(v.t("hours.month")), Person: sheet.Person, Who: v.personName(sheet.Person), Month: sheet.Month, Order: q.Order, May: v.may(process.MaySell),
		MonthName: v.t("hours.month_of", "month", v.t("month."+months[first.Month()-1]), "year", strconv.Itoa(first.Year())),
		Before:    first.AddDate(0, -1, 0).Format("2006-01"), After: first.AddDate(0, 1, 0).Format("2006-01")}
	if e != nil {
		p.Error = v.say(e)
		for _, problem := range e.Problems {
			p.Mend = append(p.Mend, v.problem(problem))
		}
	}
	p.People = v.owners()[1:]
	for i := range p.People {
		p.People[i].Selected = p.People[i].Value == sheet.Person
	}
	for _, d := range sheet.Days {
		at := d.Time(time.UTC)
		p.Days = append(p.Days, monthDay{Number: strconv.Itoa(at.Day()), Name: v.t("weekday." + weekdays[at.Weekday()]), Total: v.typed(sheet.Totals[d]),
			Free: at.Weekday() == time.Saturday || at.Weekday() == time.Sunday})
	}
	var sum decimal.Decimal
	shown := map[string]bool{}
	for _, r := range sheet.Rows {
		shown[r.Order] = true
		sum = sum.Add(r.Sum)
		w := monthRow{Title: r.Number + " " + r.Description, Note: strings.TrimSpace(r.Customer + " " + r.Title), Href: v.href(process.Ref{Type: process.TypeOrder, ID: r.Order}),
			Line: r.Line, Order: r.Order, Sum: v.number(r.Sum), Left: v.quantity(r.Left, r.Unit), Text: sent.Get("text." + r.Line)}
		for i, d := range sheet.Days {
			c := monthCell{Name: "h." + r.Line + "." + p.Days[i].Number, Label: w.Title + ", " + v.date(d), Free: p.Days[i].Free,
				Fixed: r.Closed || !p.May || !r.Invoiced[d].IsZero() && r.Invoiced[d].Equal(r.Cells[d]) && !r.Left.IsPositive()}
			if q := r.Cells[d]; !q.IsZero() {
				c.Was, c.Value = q.String(), v.typed(q.String())
			}
			if sent != nil && sent.Has(c.Name) {
				c.Value = sent.Get(c.Name)
				_, ok := decimalOf(v.lang, either(c.Value, "0"))
				c.Wrong = !ok
			}
			w.Cells = append(w.Cells, c)
		}
		p.Rows = append(p.Rows, w)
	}
	p.Sum = v.number(sum)
	orders, err := all(v.ctx(), v.s.Orders(), v.actor, process.Filter{State: "open"}, 500)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if !shown[o.ID] && o.SoldByTime() {
			p.Orders = append(p.Orders, option{Value: o.ID, Label: strings.TrimSpace(o.Number + " " + v.name(process.TypeCustomer, o.Customer) + " " + o.Title)})
		}
	}
	return v.page(status, "hours.html", p)
}

// saveMonth saves the days that differ from what the form showed.
func (v *visit) saveMonth() error {
	in, err := v.sent("")
	if err != nil {
		return err
	}
	q := process.TimesheetQuery{Person: in.sent.Get("person"), Month: in.sent.Get("month"), Order: in.sent.Get("order")}
	to := "/hours/month?" + url.Values{"person": {q.Person}, "month": {q.Month}, "order": {q.Order}}.Encode()
	if in.sent.Get("invoice") != "" {
		last := process.Date(q.Month+"-01").Time(time.UTC).AddDate(0, 1, -1)
		until := min(process.DateOf(last, time.UTC), v.today())
		out, err := v.s.DraftHours(v.ctx(), v.actor, process.DraftHoursInput{Until: until})
		if err != nil {
			return err
		}
		done := "hours_drafted"
		if len(out.Created) == 0 {
			done = "hours_none"
		}
		v.redirect(to + "&done=" + done)
		return nil
	}
	save := process.TimesheetInput{Person: q.Person}
	for _, line := range in.sent["line"] {
		id, order, _ := strings.Cut(line, "@")
		for day := 1; day <= 31; day++ {
			name := "h." + id + "." + strconv.Itoa(day)
			text, was := strings.TrimSpace(in.sent.Get(name)), in.sent.Get("was."+name)
			if !in.sent.Has(name) || text == v.typed(was) {
				continue
			}
			quantity, ok := decimalOf(v.lang, either(text, "0"))
			before, known := decimalOf("en", either(was, "0"))
			if !ok || !known {
				e := process.Invalid("form.invalid", "a cell holds no number", process.Problem{Field: name, Reason: "number", Message: "write a number"})
				return v.monthPage(422, q, in.sent, e)
			}
			save.Cells = append(save.Cells, process.TimesheetCell{Order: order, Line: id, Date: process.Date(q.Month + "-" + twoDigits(day)), Quantity: quantity, Was: before,
				Text: in.sent.Get("text." + id)})
		}
	}
	if _, err := v.s.SaveTimesheet(v.ctx(), v.actor, save); err != nil {
		if e := refusal(err); e != nil && (e.Code == process.CodeInvalid || e.Code == process.CodeConflict) {
			return v.monthPage(access.Status(e.Code), q, in.sent, e)
		}
		return err
	}
	v.redirect(to + "&done=saved")
	return nil
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
