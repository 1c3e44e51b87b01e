package year

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Leads is how many come in within a year of the demo's company.
const Leads = 2000

// Options say whose year it is.
type Options struct {
	Service *process.Service
	// Clock is the one that the service and the store were given.
	Clock *Clock
	// Until is the end of the year, Seed and Leads what happens in it.
	Until time.Time
	Seed  uint64
	Leads int
	// Sellers sell, Accountant imports the bank's files and writes off.
	Sellers    []process.Actor
	Accountant process.Actor
	// Parse reads the mails that come in, Carry takes a queued one away.
	Parse intake.Parser
	Carry func(context.Context, process.SendDelivery) error
	// Texts are those of people who write in; they write in Language.
	Texts    templates.Labels
	Language string
	// Progress gets a line a month; nil for none.
	Progress io.Writer
}

// Begin is when a year that ends at a moment begins.
func Begin(until time.Time) time.Time { return until.AddDate(-1, 0, 0) }

// Settings are a company's with what a year shows: reminders with a fee,
// follow-ups of quotes, and small differences written off.
func Settings(st process.Settings) process.Settings {
	st.Reminders.Enabled = true
	for i := range st.Reminders.Steps {
		if st.Reminders.Steps[i].Text == "notice" {
			st.Reminders.Steps[i].Fee = number(38)
		}
	}
	st.Terms.FollowUpBefore, st.Terms.FollowUpAfter = 5, 2
	st.WriteOffLimit = process.Money{Minor: 500, Currency: st.Currency}
	return st
}

// year is a year that happens.
type year struct {
	o       Options
	s       *process.Service
	r       *rand.Rand
	zone    *time.Location
	agenda  acts
	planned int
	at      time.Time
	bank    bank
	people  people
	numbers map[string]int // of acts, by what they were
}

// Run lets the year happen, and sums it up.
func Run(ctx context.Context, o Options) (*Books, error) {
	st, _, err := o.Service.Settings(ctx, process.System())
	if err != nil {
		return nil, err
	}
	if len(o.Sellers) == 0 {
		return nil, fmt.Errorf("a year needs somebody who sells")
	}
	y := &year{o: o, s: o.Service, r: rand.New(rand.NewPCG(o.Seed, uint64(o.Leads))), zone: st.Location(), at: Begin(o.Until), numbers: map[string]int{}}
	y.bank.account = st.Company.BankAccount
	y.people.texts = o.Texts
	begin := y.at
	span := o.Until.Sub(begin)
	for i := range o.Leads {
		// Evenly, with some noise: every month has its share.
		at := y.office(begin.Add(time.Duration((float64(i) + y.r.Float64()) / float64(o.Leads) * float64(span))))
		if at.After(o.Until) { // those of the last weekend do not wait for Monday
			at = o.Until.Add(-time.Duration(1+i%60) * time.Minute)
		}
		y.plan(at, y.inquiry)
	}
	y.days(begin, 6, y.statements)
	y.days(begin, 7, y.morning)
	y.days(begin, 18, y.evening)
	month := time.Month(0)
	for y.agenda.Len() > 0 {
		next := heap.Pop(&y.agenda).(act)
		y.at = next.at
		o.Clock.advance(next.at)
		if err := next.do(ctx); err != nil {
			return nil, fmt.Errorf("on %s: %w", next.at.Format(time.DateTime), err)
		}
		if m := next.at.In(y.zone).Month(); m != month && o.Progress != nil {
			month = m
			fmt.Fprintf(o.Progress, "year: %s, %d leads, %d invoices\n", next.at.In(y.zone).Format("2006-01"), y.numbers["lead"], y.numbers["invoice"])
		}
	}
	o.Clock.advance(o.Until)
	if err := y.evening(ctx, o.Until); err != nil {
		return nil, err
	}
	return SumUp(ctx, o.Service)
}

// morning is what the schedules do.
func (y *year) morning(ctx context.Context, _ time.Time) error {
	if _, err := y.s.FollowUpQuotes(ctx, process.System()); err != nil {
		return err
	}
	if _, err := y.s.RemindDue(ctx); err != nil {
		return err
	}
	_, err := y.s.InvoiceSubscriptions(ctx)
	return err
}

// evening carries the day's mails, and once a week clears what waits for
// somebody's look.
func (y *year) evening(ctx context.Context, at time.Time) error {
	for {
		queued, _, err := y.s.Deliveries().List(ctx, process.System(), process.Filter{State: "queued", Limit: 100})
		if err != nil {
			return err
		}
		for i := len(queued) - 1; i >= 0; i-- {
			if err := y.o.Carry(ctx, process.SendDelivery{Delivery: queued[i].ID, Attempt: 1}); err != nil {
				return err
			}
		}
		if len(queued) < 100 {
			break
		}
	}
	if at.In(y.zone).Weekday() != time.Friday {
		return nil
	}
	tasks, _, err := y.s.Tasks().List(ctx, process.System(), process.Filter{State: "open", Limit: process.MaxLimit})
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if at.Sub(t.CreatedAt) < 5*24*time.Hour {
			continue
		}
		if _, err := y.s.DoneTask(ctx, y.seller(), process.Target{ID: t.ID}, struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

func (y *year) seller() process.Actor { return y.o.Sellers[y.r.IntN(len(y.o.Sellers))] }

// chance is true in so many of a hundred cases.
func (y *year) chance(percent int) bool { return y.r.IntN(100) < percent }

// created is the id of the first record of a type that an outcome made or linked.
func created(o *process.Outcome, typ string) string {
	for _, refs := range [][]process.Ref{o.Created, o.Linked} {
		for _, ref := range refs {
			if ref.Type == typ {
				return ref.ID
			}
		}
	}
	return ""
}

// to is the target of an act.
func to(id string) process.Target { return process.Target{ID: id} }
