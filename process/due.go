package process

import (
	"slices"
	"time"
)

// The rules by which a due date follows from the issue date.
const (
	DueNet        = "net"          // so many days after the issue date
	DueEndOfMonth = "end_of_month" // so many days after the end of the issue date's month
)

func knownDueRule(rule string) bool { return rule == "" || rule == DueNet || rule == DueEndOfMonth }

// due is the due date of an invoice to a customer. A customer's rule goes with
// the customer's days; a customer's days alone override the company's.
func (s Settings) due(issue Date, c *Customer) Date {
	rule, days := s.Terms.PaymentRule, s.Terms.PaymentDays
	if c.PaymentDays > 0 || c.PaymentRule != "" {
		days = c.PaymentDays
	}
	if c.PaymentRule != "" {
		rule = c.PaymentRule
	}
	if rule == DueEndOfMonth {
		issue = issue.endOfMonth()
	}
	due := issue.AddDays(days)
	if s.Terms.WorkingDays {
		return s.working(due)
	}
	return due
}

// working is the day, or the next working day after it.
func (s Settings) working(d Date) Date {
	for range maxMove {
		if s.workingDay(d) {
			break
		}
		d = d.AddDays(1)
	}
	return d
}

// maxMove bounds the way to the next working day, whatever the calendar lists.
const maxMove = 60

// workingDay reports whether banks and offices work: no weekend, no holiday of
// the company's country as far as it is computed here, none of the settings'.
func (s Settings) workingDay(d Date) bool {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return true
	}
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || slices.Contains(s.Terms.Holidays, d) {
		return false
	}
	return s.Company.Address.Country != "NO" || !norwegianHoliday(t)
}

// norwegianHoliday knows the public holidays of lov om helligdager § 2 and of
// lov om 1 og 17 mai § 1.
func norwegianHoliday(t time.Time) bool {
	switch t.Format("01-02") {
	case "01-01", "05-01", "05-17", "12-25", "12-26":
		return true
	}
	switch int(t.Sub(easter(t.Year())).Hours() / 24) {
	case -3, -2, 0, 1, 39, 49, 50: // Maundy Thursday to Whit Monday
		return true
	}
	return false
}

// easter is Easter Sunday of the Gregorian calendar, by the anonymous algorithm
// (Meeus, Astronomical Algorithms, chapter 8).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// endOfMonth is the last day of d's month; the empty date stays empty.
func (d Date) endOfMonth() Date {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return d
	}
	return DateOf(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC), time.UTC)
}

// addMonths is the same day n months on, or the last one of a shorter month.
func (d Date) addMonths(n int) Date {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return d
	}
	first := DateOf(time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC), time.UTC)
	return min(first.AddDays(t.Day()-1), first.endOfMonth())
}

// daysTo counts the days from d to a later day, 0 when one of them is none.
func (d Date) daysTo(later Date) int {
	a, b := d.Time(time.UTC), later.Time(time.UTC)
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
