package process

import (
	"testing"

	"github.com/shopspring/decimal"
)

// Each day bears the rate that it has; figures by hand, of 36500.00 so that a
// day at one percent is 1.00.
func TestInterestByDays(t *testing.T) {
	t.Parallel()
	rate := func(from Date, percent string) InterestRate {
		return InterestRate{from, decimal.RequireFromString(percent)}
	}
	halves := []InterestRate{rate("2026-07-01", "12.25"), rate("2026-01-01", "12"), rate("2027-01-01", "11.75")}
	for _, c := range []struct {
		name       string
		percent    string
		rates      []InterestRate
		due, until Date
		want       string
	}{
		{"none", "0", nil, "2026-03-01", "2026-04-01", "0"},
		{"one rate", "12.5", nil, "2026-03-01", "2026-03-11", "125"},
		{"on the due date", "12.5", halves, "2026-03-01", "2026-03-01", "0"},
		{"before the due date", "12.5", halves, "2026-03-01", "2026-02-01", "0"},
		{"within a half-year", "99", halves, "2026-03-01", "2026-03-11", "120"},
		{"the last day of a rate", "99", halves, "2026-06-20", "2026-06-30", "120"},
		{"the first day of the next", "99", halves, "2026-06-20", "2026-07-01", "132.25"},
		{"over two changes", "99", halves, "2026-06-30", "2027-01-02", "2277.5"}, // 184 × 12.25 + 2 × 11.75
		{"before the first rate", "8", halves, "2025-12-30", "2026-01-02", "32"}, // 8 + 12 + 12
		{"none before the first rate", "0", halves, "2025-12-30", "2026-01-02", "24"},
	} {
		r := Reminders{InterestPercent: decimal.RequireFromString(c.percent), InterestRates: c.rates}
		got := r.accrued(Money{3650000, "NOK"}, c.due, c.until).DivRound(decimal.NewFromInt(36500), 12)
		if !got.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	s := DefaultSettings()
	s.Reminders.InterestRates = []InterestRate{rate("2026-07-01", "12"), rate("2026-07-01", "13"), rate("", "1"), rate("2027-01-01", "101")}
	if ps := s.Problems(); len(ps) != 3 {
		t.Errorf("%d problems: %v", len(ps), ps)
	}
}
