package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// maxCatchUp bounds the invoices of one subscription in one run; the next run
// goes on.
const maxCatchUp = 60

// InvoiceSubscriptions makes the invoices of all dates that have come, each in
// a transaction of its own; the number is of the invoices made. It may run at
// any time, as often and as concurrently as it likes: after downtime it makes
// up for each period once.
func (s *Service) InvoiceSubscriptions(ctx context.Context) (int, error) {
	var ids []string
	err := s.view(ctx, System(), MayRead, func(u *unit) error {
		return every(u.Subscriptions(), Filter{State: "active"}, func(sub *Subscription) error {
			if sub.Next != "" && sub.Next <= u.today() {
				ids = append(ids, sub.ID)
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("looking for subscriptions to invoice: %w", err)
	}
	slices.Sort(ids)
	made := 0
	var failed []error
	for _, id := range ids {
		for range maxCatchUp {
			one, err := s.invoicePeriod(ctx, id)
			if err != nil {
				failed = append(failed, fmt.Errorf("invoicing subscription %s: %w", id, err))
			}
			if !one || err != nil {
				break
			}
			made++
		}
		if ctx.Err() != nil {
			break
		}
	}
	return made, errors.Join(failed...)
}

// invoicePeriod invoices the next date of a subscription when it has come.
func (s *Service) invoicePeriod(ctx context.Context, id string) (made bool, err error) {
	s.recheck(ctx, System(), func(u *unit) (string, error) {
		sub, err := u.Subscriptions().Get(id)
		if err != nil || !sub.Issue || sub.State != "active" || sub.Next == "" || sub.Next > u.today() {
			return "", err
		}
		return sub.Customer, nil
	})
	_, err = s.change(ctx, System(), MayInvoice, func(u *unit) (*Outcome, error) {
		made = false
		sub, err := u.Subscriptions().Get(id)
		if err != nil {
			return nil, err
		}
		if sub.State != "active" || sub.Next == "" || sub.Next > u.today() {
			return &Outcome{}, nil
		}
		inv, err := u.draftPeriod(sub)
		if err != nil {
			return nil, err
		}
		from := sub.State
		act := Activity{Type: "subscription.invoiced", About: Ref{TypeSubscription, sub.ID}, Thread: sub.Thread, Related: Ref{TypeInvoice, inv.ID},
			Data: map[string]string{"title": sub.Title, "date": string(sub.Next), "gross": inv.Payable().String(), "currency": inv.Currency}}
		if sub.after(sub.Next); sub.State != from {
			act.From, act.To = from, sub.State
		}
		if err := u.Subscriptions().Update(sub); err != nil {
			return nil, err
		}
		if err := u.note(act); err != nil {
			return nil, err
		}
		made = true
		return &Outcome{}, u.issuePeriod(sub, inv)
	})
	return made && err == nil, err
}

// draftPeriod makes the draft of the next date.
func (u *unit) draftPeriod(sub *Subscription) (*Invoice, error) {
	from, to := sub.period()
	words := sub.words(from, to)
	inv := &Invoice{Record: u.record(), State: "draft", Customer: sub.Customer, Contact: sub.Contact, Owner: sub.Owner, Title: words.Replace(sub.Title),
		Recipient: sub.Recipient, Language: sub.Language, Currency: sub.Currency, BuyerReference: sub.BuyerReference, CustomerReference: sub.CustomerReference,
		Project: sub.Project, Contract: sub.Contract, PeriodStart: from, PeriodEnd: to, SupplyDate: from, Subscription: sub.ID, Period: sub.Next, Thread: sub.Thread}
	if sub.Arrears {
		inv.SupplyDate = to
	}
	for _, l := range sub.priced(from) {
		l.ID, l.Source, l.Description = NewID(u.now), l.ID, words.Replace(l.Description)
		inv.Lines = append(inv.Lines, l)
	}
	return inv, u.insertInvoice(inv)
}

// issuePeriod issues the draft when the subscription says so. What stands
// against it leaves the draft and a task, and never stops the next period.
func (u *unit) issuePeriod(sub *Subscription, inv *Invoice) error {
	if !sub.Issue && len(blocking(inv.Problems)) == 0 {
		return nil
	}
	if sub.Issue {
		_, err := u.s.issuing(IssueInput{})(u, inv)
		if CodeOf(err) != CodeInvalid {
			return err
		}
	}
	_, err := u.task(Task{Reason: "invoice_problems", Owner: sub.Owner, About: Ref{TypeInvoice, inv.ID}, Thread: inv.Thread})
	return err
}

// period is what the next invoice is for.
func (s *Subscription) period() (from, to Date) {
	if !s.Arrears {
		next := s.nextDate(s.Next)
		if next == "" {
			return s.Next, s.Next
		}
		return s.Next, next.AddDays(-1)
	}
	return s.previousDate(s.Next), s.Next.AddDays(-1)
}

// previousDate is the date before one, by the rule alone: the first period of a
// subscription in arrears began before it.
func (s *Subscription) previousDate(d Date) Date {
	if step := months(s.Rule); step > 0 {
		t := d.Time(time.UTC)
		first := time.Date(t.Year(), t.Month()-time.Month(step), 1, 0, 0, 0, 0, time.UTC)
		return DateOf(first.AddDate(0, 0, min(s.Day, first.AddDate(0, 1, -1).Day())-1), time.UTC)
	}
	c, err := parseCron(s.Cron)
	if err != nil {
		return d
	}
	for p, n := d, 0; n < maxDays; n++ {
		if p = p.AddDays(-1); c.matches(p) {
			return p
		}
	}
	return d
}

// priced are the lines by the prices of a day, oldest change first.
func (s *Subscription) priced(from Date) []Line {
	lines := slices.Clone(s.Lines)
	changes := slices.Clone(s.Prices)
	slices.SortStableFunc(changes, func(a, b PriceChange) int { return cmp.Compare(a.From, b.From) })
	for i := range lines {
		l := &lines[i]
		for _, c := range changes {
			if c.From > from || c.Line != "" && c.Line != l.ID {
				continue
			}
			if c.UnitPrice != nil {
				l.UnitPrice = *c.UnitPrice
				continue
			}
			places := max(Decimals(s.Currency), -l.UnitPrice.Exponent())
			l.UnitPrice = l.UnitPrice.Mul(hundred.Add(*c.Percent)).Shift(-2).Round(min(places, 4))
		}
		l.Delivered, l.Invoiced = decimal.Zero, decimal.Zero
		*l = l.Price(s.Currency)
	}
	return lines
}

// words fill in what a text says of the period.
func (s *Subscription) words(from, to Date) *strings.Replacer {
	layouts := map[string]string{"en": "2 Jan 2006", "sv": time.DateOnly, "fr": "02/01/2006"}
	show := func(d Date) string {
		layout, ok := layouts[s.Language]
		if !ok {
			layout = "02.01.2006"
		}
		return d.Time(time.UTC).Format(layout)
	}
	return strings.NewReplacer("{period}", show(from)+"–"+show(to), "{from}", show(from), "{to}", show(to), "{year}", strconv.Itoa(from.Time(time.UTC).Year()))
}

// day is the day of the month, 0 for no date.
func (d Date) day() int {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return 0
	}
	return t.Day()
}
