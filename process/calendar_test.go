package process

import (
	"strings"
	"testing"
)

func TestSubscriptionDates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s    Subscription
		want string
	}{
		"the 31st of each month": {Subscription{Rule: RuleMonthly, Day: 31, Start: "2027-12-31"}, "2027-12-31 2028-01-31 2028-02-29 2028-03-31 2028-04-30"},
		"a day before the start": {Subscription{Rule: RuleMonthly, Day: 1, Start: "2026-03-02"}, "2026-04-01 2026-05-01 2026-06-01 2026-07-01 2026-08-01"},
		"a day after the start":  {Subscription{Rule: RuleMonthly, Day: 20, Start: "2026-03-02"}, "2026-03-20 2026-04-20 2026-05-20 2026-06-20 2026-07-20"},
		"quarterly":              {Subscription{Rule: RuleQuarterly, Day: 30, Start: "2026-11-30"}, "2026-11-30 2027-02-28 2027-05-30 2027-08-30 2027-11-30"},
		"yearly on a leap day":   {Subscription{Rule: RuleYearly, Day: 29, Start: "2028-02-29"}, "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29"},
		"cron, first of quarter": {Subscription{Rule: RuleCron, Cron: "0 6 1 */3 *", Start: "2026-03-02"}, "2026-04-01 2026-07-01 2026-10-01 2027-01-01 2027-04-01"},
		"cron, Mondays":          {Subscription{Rule: RuleCron, Cron: "0 6 * * 1", Start: "2026-03-02"}, "2026-03-02 2026-03-09 2026-03-16 2026-03-23 2026-03-30"},
		"cron, Sundays as 7":     {Subscription{Rule: RuleCron, Cron: "0 0 * * 7", Start: "2026-03-02"}, "2026-03-08 2026-03-15 2026-03-22 2026-03-29 2026-04-05"},
		"cron, day or weekday":   {Subscription{Rule: RuleCron, Cron: "0 0 13,14 * 5-6/1", Start: "2026-03-01"}, "2026-03-06 2026-03-07 2026-03-13 2026-03-14 2026-03-20"},
		"cron, leap days":        {Subscription{Rule: RuleCron, Cron: "0 0 29 2 *", Start: "2026-03-02"}, "2028-02-29 2032-02-29 2036-02-29 2040-02-29 2044-02-29"},
		"cron, never":            {Subscription{Rule: RuleCron, Cron: "0 0 31 2 *", Start: "2026-03-02"}, "    "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for d, n := c.s.Start.AddDays(-1), 0; n < 5; n++ {
				d = c.s.nextDate(d)
				got = append(got, string(d))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s, want %s", s, c.want)
			}
		})
	}
}

func TestCronRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *", "0 0 * 13 *", "0 0 * * 8", "0 0 5-3 * *",
		"0 0 */0 * *", "0 0 1,,2 * *", "0 0 a * *", "0 0 -1 * *", "0 0 1- * *", "0 0 +1 * *x", "0 0 001 * *", "@monthly"} {
		if _, err := parseCron(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

// Whatever is written, the dates go forward and match the expression, or there
// are none.
func FuzzCron(f *testing.F) {
	for _, s := range []string{"0 6 1 * *", "*/5 0-3 1,15 */2 1-5", "0 0 29 2 1", "0 0 31 2 *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCron(s)
		if err != nil {
			return
		}
		sub := Subscription{Rule: RuleCron, Cron: s, Start: "2026-01-01"}
		for d, n := Date("2025-12-31"), 0; n < 3; n++ {
			next := sub.nextDate(d)
			if next == "" {
				return
			}
			if next <= d || !c.matches(next) {
				t.Fatalf("after %s comes %s", d, next)
			}
			d = next
		}
	})
}
