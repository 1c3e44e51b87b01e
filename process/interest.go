package process

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// InterestRate is a rate of late interest a year, in percent, from a day on. In
// Norway it is set anew on 1 January and 1 July, for claims that are late
// already too (forsinkelsesrenteloven § 3).
type InterestRate struct {
	From    Date            `json:"from"`
	Percent decimal.Decimal `json:"percent"`
}

// maxRates bounds the rates of a company.
const maxRates = 200

func (r Reminders) interestProblems() []Problem {
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	wrong := func(p decimal.Decimal) bool {
		return p.IsNegative() || p.GreaterThan(hundred) || boundDecimal(p) != nil
	}
	if wrong(r.InterestPercent) {
		bad("reminders.interest_percent", "settings.reminders.interest", "a rate between 0 and 100 percent")
	}
	if len(r.InterestRates) > maxRates {
		bad("reminders.interest_rates", "settings.reminders.rates", "at most %d rates", maxRates)
	}
	for i, rate := range r.InterestRates {
		at := fmt.Sprintf("reminders.interest_rates[%d]", i)
		if !rate.From.Valid() || slices.ContainsFunc(r.InterestRates[:i], func(o InterestRate) bool { return o.From == rate.From }) {
			bad(at, "settings.reminders.rate_from", "each rate holds from a day of its own, such as 2027-01-01")
		}
		if wrong(rate.Percent) {
			bad(at, "settings.reminders.interest", "a rate between 0 and 100 percent")
		}
	}
	return ps
}

// accrued is the interest on an amount that was due on a day and open until
// another: the first day after the due date bears interest, the last one too.
// It is in percent-days, 36500 of which are the amount.
func (r Reminders) accrued(m Money, due, until Date) decimal.Decimal {
	rates := slices.Clone(r.InterestRates)
	slices.SortFunc(rates, func(a, b InterestRate) int { return cmp.Compare(a.From, b.From) })
	sum, from, percent := decimal.Zero, due, r.InterestPercent
	add := func(to Date) {
		if to > from {
			sum = sum.Add(percent.Mul(decimal.NewFromInt(int64(from.daysTo(to)))))
			from = to
		}
	}
	for _, rate := range rates {
		add(min(rate.From.AddDays(-1), until))
		percent = rate.Percent
	}
	add(until)
	return sum.Mul(m.Decimal())
}

// interest is what accrued until today: on what is open, and on what was paid
// late until it was paid. What was credited or written off bears none.
func (u *unit) interest(i *Invoice) (Money, error) {
	r := u.settings.Reminders
	if u.today() <= i.DueDate || !r.InterestPercent.IsPositive() && len(r.InterestRates) == 0 {
		return Money{Currency: i.Currency}, nil
	}
	sum := r.accrued(i.Open, i.DueDate, u.today())
	err := every(u.Payments(), Filter{State: "booked", Match: map[string]string{"invoice": i.ID}}, func(p *Payment) error {
		sum = sum.Add(r.accrued(p.Amount, i.DueDate, min(p.Date, u.today())))
		return nil
	})
	return RoundMoney(sum.DivRound(decimal.NewFromInt(36500), 12), i.Currency), err
}
