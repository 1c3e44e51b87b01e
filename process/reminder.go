package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"
)

// Reminders are the steps by which open invoices are called to mind. They are
// off until somebody switches them on; fee and interest are off by themselves.
type Reminders struct {
	Enabled bool `json:"enabled,omitempty"`
	// From leaves older invoices alone: those that were due before this day.
	From  Date           `json:"from,omitempty"`
	Steps []ReminderStep `json:"steps,omitempty"`
	// PayWithin is how many days a reminder after the due date gives to pay; it
	// then names the day. 0 names none.
	PayWithin int `json:"pay_within,omitempty"`
	// InterestPercent is the rate of late interest a year, simple, by the days
	// after the due date over 365; 0 for none. InterestRates are others from
	// their days on: each day bears interest by the rate that it has.
	InterestPercent decimal.Decimal `json:"interest_percent,omitzero"`
	InterestRates   []InterestRate  `json:"interest_rates,omitempty"`
	// Consumer bounds the fees of customers who are no business.
	Consumer FeeCap `json:"consumer,omitzero"`
}

// ReminderStep is one mail about an open invoice.
type ReminderStep struct {
	// Key names the step for ever: an invoice gets each key once.
	Key string `json:"key"`
	// Days after the due date; before it when negative.
	Days int `json:"days"`
	// Text is upcoming, reminder or notice.
	Text string `json:"text"`
	// Fee is in the company's currency, for invoices in it; 0 for none.
	Fee decimal.Decimal `json:"fee,omitzero"`
}

// FeeCap bounds reminder fees: at most Fee each, at most Count of them, none
// earlier than Days after the due date, nor than Days after the one before.
type FeeCap struct {
	Fee   decimal.Decimal `json:"fee,omitzero"`
	Count int             `json:"count,omitempty"`
	Days  int             `json:"days,omitempty"`
	// Businesses have the same bounds.
	Businesses bool `json:"businesses,omitempty"`
}

// defaultReminders are ready and wait to be switched on. The cap is that of
// Norwegian law, which makes no difference between consumers and others
// (inkassoforskriften §§ 1-1 to 1-3): a twentieth of the collection rate in whole
// kroner (38 of 750 since 1 January 2026, FOR-2025-12-19-2709), two fees, the
// first 14 days after the due date, the second when a deadline of 14 days is
// over. The rate is set anew now and then.
func defaultReminders() Reminders {
	return Reminders{PayWithin: 14,
		Steps:    []ReminderStep{{Key: "upcoming", Days: -3, Text: "upcoming"}, {Key: "reminder", Days: 7, Text: "reminder"}, {Key: "notice", Days: 21, Text: "notice"}},
		Consumer: FeeCap{Fee: decimal.NewFromInt(38), Count: 2, Days: 14, Businesses: true},
	}
}

// maxSteps bounds the steps of a company.
const maxSteps = 12

func (r Reminders) problems(currency string) []Problem {
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if len(r.Steps) > maxSteps {
		bad("reminders.steps", "settings.reminders.many", "at most %d steps", maxSteps)
	}
	keys, days := map[string]bool{}, map[int]bool{}
	for i, s := range r.Steps {
		at := fmt.Sprintf("reminders.steps.%d.", i)
		if s.Key == "" || len(s.Key) > 40 || keys[s.Key] {
			bad(at+"key", "settings.reminders.key", "each step has a name of its own, of at most 40 characters")
		}
		if s.Days < -90 || s.Days > 365 || days[s.Days] {
			bad(at+"days", "settings.reminders.days", "a day of its own between 90 before and 365 after the due date")
		}
		if s.Text != "upcoming" && s.Text != "reminder" && s.Text != "notice" {
			bad(at+"text", "settings.reminders.text", "%q is no text: upcoming, reminder or notice", s.Text)
		}
		if _, err := ParseMoney(s.Fee, currency); err != nil || s.Fee.IsNegative() || s.Fee.IsPositive() && s.Days <= 0 {
			bad(at+"fee", "settings.reminders.fee", "a fee is an amount in %s, on a step after the due date", currency)
		}
		if s.Fee.IsPositive() && r.Consumer.Businesses && s.Days < r.Consumer.Days {
			bad(at+"fee", "settings.reminders.fee_early", "no fee is claimed earlier than %d days after the due date: move the step, or change the bounds", r.Consumer.Days)
		}
		keys[s.Key], days[s.Days] = true, true
	}
	if r.PayWithin < 0 || r.PayWithin > 90 {
		bad("reminders.pay_within", "settings.reminders.pay_within", "a reminder gives 0 to 90 days to pay")
	}
	ps = append(ps, r.interestProblems()...)
	if _, err := ParseMoney(r.Consumer.Fee, currency); err != nil || r.Consumer.Fee.IsNegative() || r.Consumer.Count < 0 || r.Consumer.Days < 0 {
		bad("reminders.consumer.fee", "settings.reminders.cap", "a cap is an amount in %s, a count and days, none of them below 0", currency)
	}
	return ps
}

// Reminder is a step that an invoice went through.
type Reminder struct {
	Step string `json:"step"`
	Days int    `json:"days"`
	Date Date   `json:"date"`
	// Skipped steps were overtaken by a later one, after downtime.
	Skipped  bool   `json:"skipped,omitempty"`
	Delivery string `json:"delivery,omitempty"`
	// Fee is what this step claims, Interest all that accrued until it.
	Fee      Money `json:"fee"`
	Interest Money `json:"interest"`
	Waived   bool  `json:"waived,omitempty"`
	// Unsent steps met nobody to write to, and claim nothing.
	Unsent bool `json:"unsent,omitempty"`
}

// remindable reports whether the invoice may be reminded at all now.
func (i *Invoice) remindable(c *Customer, r Reminders, today Date) bool {
	return i.State == "issued" && i.Open.Minor > 0 && i.DueDate != "" && i.DueDate >= r.From && !i.Disputed && !c.NoReminders && !i.OnHold(today)
}

// OnHold reports whether reminders are stopped on a day.
func (i *Invoice) OnHold(today Date) bool {
	return i.Held && (i.HeldUntil == "" || today <= i.HeldUntil)
}

// dueStep is the step that the invoice has come to and those that it overtakes;
// nil when there is nothing to do. A step is never gone back to.
func (i *Invoice) dueStep(r Reminders, today Date) (due *ReminderStep, overtaken []ReminderStep) {
	last, done := -1<<31, map[string]bool{}
	for _, had := range i.Reminders {
		last, done[had.Step] = max(last, had.Days), true
	}
	steps := slices.Clone(r.Steps)
	slices.SortFunc(steps, func(a, b ReminderStep) int { return a.Days - b.Days })
	var reached []ReminderStep
	for _, s := range steps {
		if !done[s.Key] && s.Days > last && i.DueDate.AddDays(s.Days) <= today {
			reached = append(reached, s)
		}
	}
	if len(reached) == 0 {
		return nil, nil
	}
	due = &reached[len(reached)-1]
	if due.Days < 0 && today > i.DueDate {
		return nil, nil // too late to say that it falls due
	}
	return due, reached[:len(reached)-1]
}

// RemindDue sends the reminders that have come due, each invoice in a
// transaction of its own; the number is of those that were mailed. It may run
// at any time, as often and as concurrently as it likes.
func (s *Service) RemindDue(ctx context.Context) (int, error) {
	var ids []string
	err := s.view(ctx, System(), MayRead, func(u *unit) error {
		r := u.settings.Reminders
		if !r.Enabled || len(r.Steps) == 0 {
			return nil
		}
		for _, payment := range []string{"unpaid", "partly_paid"} {
			err := every(u.Invoices(), Filter{State: "issued", Match: map[string]string{"payment": payment}}, func(i *Invoice) error {
				if due, _ := i.dueStep(r, u.today()); due != nil {
					ids = append(ids, i.ID)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("looking for invoices to remind: %w", err)
	}
	slices.Sort(ids) // the oldest first
	sent := 0
	var failed []error
	for _, id := range ids {
		mailed, err := s.remind(ctx, id)
		if err != nil {
			failed = append(failed, fmt.Errorf("reminding invoice %s: %w", id, err))
		}
		if mailed {
			sent++
		}
		if ctx.Err() != nil {
			break
		}
	}
	return sent, errors.Join(failed...)
}

// remind sends the step that one invoice has come to, if there still is one.
func (s *Service) remind(ctx context.Context, id string) (mailed bool, err error) {
	_, err = s.change(ctx, System(), MayInvoice, func(u *unit) (*Outcome, error) {
		mailed = false
		i, err := u.Invoices().Get(id)
		if err != nil {
			return nil, err
		}
		u.deriveInvoice(i)
		c, err := u.Customers().Get(i.Customer)
		if err != nil {
			return nil, err
		}
		today := u.today()
		step, overtaken := i.dueStep(u.settings.Reminders, today)
		if step == nil || !i.remindable(c, u.settings.Reminders, today) {
			return &Outcome{}, nil
		}
		zero := Money{Currency: i.Currency}
		for _, o := range overtaken {
			i.Reminders = append(i.Reminders, Reminder{Step: o.Key, Days: o.Days, Date: today, Skipped: true, Fee: zero, Interest: zero})
		}
		mailed = mailable(i.Recipient) == nil
		return &Outcome{}, u.sendReminder(i, c, *step, mailed)
	})
	return mailed && err == nil, err
}

// sendReminder mails one step with the invoice's PDF. Without an address the
// step counts as done, claims nothing, and leaves a task.
func (u *unit) sendReminder(i *Invoice, c *Customer, step ReminderStep, mailed bool) error {
	zero := Money{Currency: i.Currency}
	had := Reminder{Step: step.Key, Days: step.Days, Date: u.today(), Fee: zero, Interest: zero}
	if !mailed {
		had.Unsent = true
		i.Reminders = append(i.Reminders, had)
		if _, err := u.task(Task{Reason: "reminder_no_address", Owner: i.Owner, About: Ref{TypeInvoice, i.ID}, Thread: i.Thread}); err != nil {
			return err
		}
		return u.saveInvoice(i, Activity{Type: "invoice.reminder_unsent", Data: map[string]string{"number": i.Number, "step": step.Key}})
	}
	var err error
	had.Fee = u.settings.fee(i, c, step, had.Date)
	if had.Interest, err = u.interest(i); err != nil {
		return err
	}
	i.Reminders = append(i.Reminders, had)
	fees, interest := i.claimed()
	i.Claims = fees.Add(interest)
	letter, err := u.freezeReminder(i, step)
	if err != nil {
		return err
	}
	d, err := u.deliver(Delivery{Kind: "reminder", Reason: step.Text, About: Ref{TypeInvoice, i.ID}, To: i.Recipient, Language: i.Language, Thread: i.Thread,
		Data: map[string]string{"number": i.Number, "currency": i.Currency, "open": letter.Open.String(), "claims": i.Claims.String(),
			"fees": letter.Fees.String(), "interest": letter.Interest.String(), "total": letter.Total.String(), "due_date": string(i.DueDate), "pay_by": string(letter.PayBy),
			"step": step.Key, "days": strconv.Itoa(i.DueDate.daysTo(u.today())), "snapshot": letter.key, "sha256": letter.sha256}})
	if err != nil {
		return err
	}
	i.Reminders[len(i.Reminders)-1].Delivery = d.ID
	return u.saveInvoice(i, Activity{Type: "invoice.reminded", Related: Ref{TypeDelivery, d.ID},
		Data: map[string]string{"number": i.Number, "step": step.Key, "amount": letter.Total.String(), "fee": had.Fee.String(), "interest": had.Interest.String(), "currency": i.Currency, "sha256": letter.sha256}})
}

// claimed is what the reminders claim beside the invoice: their fees, and the
// interest until the last of them, less what was waived.
func (i *Invoice) claimed() (fees, interest Money) {
	fees, interest = Money{Currency: i.Currency}, Money{Currency: i.Currency}
	waived := interest
	for _, r := range i.Reminders {
		switch {
		case r.Skipped || r.Unsent:
		case r.Waived:
			waived = r.Interest
		default:
			fees, interest = fees.Add(r.Fee), Money{max(0, r.Interest.Minor-waived.Minor), i.Currency}
		}
	}
	return fees, interest
}

// fee is what a step may claim on a day.
func (s Settings) fee(i *Invoice, c *Customer, step ReminderStep, today Date) Money {
	none := Money{Currency: i.Currency}
	if i.Currency != s.Currency || !step.Fee.IsPositive() {
		return none
	}
	fee, limit := RoundMoney(step.Fee, i.Currency), s.Reminders.Consumer
	if c.Kind != "consumer" && !limit.Businesses {
		return fee
	}
	count := 0
	for _, r := range i.Reminders {
		if r.Fee.Minor > 0 {
			if count++; r.Date.AddDays(limit.Days) > today {
				return none
			}
		}
	}
	if count >= limit.Count || step.Days < limit.Days {
		return none
	}
	return Money{min(fee.Minor, RoundMoney(limit.Fee, i.Currency).Minor), i.Currency}
}
