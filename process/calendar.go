package process

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The rules by which a subscription's dates follow each other.
const (
	RuleMonthly   = "monthly"
	RuleQuarterly = "quarterly"
	RuleYearly    = "yearly"
	RuleCron      = "cron"
)

// months is how far the dates of a rule lie apart, 0 for a rule of another kind.
func months(rule string) int {
	switch rule {
	case RuleMonthly:
		return 1
	case RuleQuarterly:
		return 3
	case RuleYearly:
		return 12
	}
	return 0
}

// maxDays bounds the search for a cron expression's next day: 29 February may
// be eight years away, and on a certain weekday forty.
const maxDays = 41 * 366

// nextDate is the first date of the subscription's rule after a day, empty when
// there is none. Dates by months are counted from Start's month; a day that a
// month lacks is its last one.
func (s *Subscription) nextDate(after Date) Date {
	if s.Rule == RuleCron {
		c, err := parseCron(s.Cron)
		if err != nil {
			return ""
		}
		d := max(after, s.Start.AddDays(-1))
		for range maxDays {
			if d = d.AddDays(1); c.matches(d) {
				return d
			}
		}
		return ""
	}
	step, start, t := months(s.Rule), s.Start.Time(time.UTC), after.Time(time.UTC)
	if step == 0 || start.IsZero() || t.IsZero() {
		return ""
	}
	k := max(0, (t.Year()-start.Year())*12+int(t.Month()-start.Month()))/step - 1
	for k = max(0, k); ; k++ {
		first := time.Date(start.Year(), start.Month()+time.Month(k*step), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		d := DateOf(first.AddDate(0, 0, min(s.Day, last)-1), time.UTC)
		if d > after && d >= s.Start {
			return d
		}
	}
}

// cronDays are the days of a cron expression (POSIX crontab): its hours and
// minutes are read, and do not matter.
type cronDays struct {
	days, months, weekdays [32]bool
	// anyDay and anyWeekday are fields that begin with a star; when neither
	// does, one of them is enough.
	anyDay, anyWeekday bool
}

// parseCron reads "minute hour day month weekday".
func parseCron(s string) (cronDays, error) {
	var c cronDays
	fields := strings.Fields(s)
	if len(fields) != 5 {
		return c, fmt.Errorf("a cron expression has five fields, such as 0 6 1 * *; %q has %d", s, len(fields))
	}
	var ignored [60]bool
	for i, f := range []struct {
		set       []bool
		low, high int
	}{{ignored[:], 0, 59}, {ignored[:], 0, 23}, {c.days[:], 1, 31}, {c.months[:], 1, 12}, {c.weekdays[:], 0, 7}} {
		if err := cronField(fields[i], f.set, f.low, f.high); err != nil {
			return c, err
		}
	}
	c.weekdays[0] = c.weekdays[0] || c.weekdays[7]
	c.anyDay, c.anyWeekday = strings.HasPrefix(fields[2], "*"), strings.HasPrefix(fields[4], "*")
	return c, nil
}

// cronField reads a list of numbers, ranges and steps into a set.
func cronField(s string, set []bool, low, high int) error {
	for part := range strings.SplitSeq(s, ",") {
		bounds, step, stepped := strings.Cut(part, "/")
		from, to, by := low, high, 1
		if bounds != "*" {
			a, b, ranged := strings.Cut(bounds, "-")
			var err error
			if from, err = cronNumber(a, low, high); err != nil {
				return err
			}
			switch {
			case ranged:
				if to, err = cronNumber(b, from, high); err != nil {
					return err
				}
			case !stepped:
				to = from
			}
		}
		if stepped {
			var err error
			if by, err = cronNumber(step, 1, high); err != nil {
				return err
			}
		}
		for n := from; n <= to; n += by {
			set[n] = true
		}
	}
	return nil
}

func cronNumber(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high || len(s) > 2 {
		return 0, fmt.Errorf("%q is no number between %d and %d", s, low, high)
	}
	return n, nil
}

func (c cronDays) matches(d Date) bool {
	t := d.Time(time.UTC)
	if t.IsZero() || !c.months[t.Month()] {
		return false
	}
	day, weekday := c.days[t.Day()], c.weekdays[t.Weekday()]
	if c.anyDay || c.anyWeekday {
		return day && weekday
	}
	return day || weekday
}
