package process

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Subscription makes an invoice at each of its dates: active, paused or ended.
// Each period is invoiced once: the invoice's key is subscription and period.
type Subscription struct {
	Record
	State     string `json:"state"`
	Customer  string `json:"customer"`
	Contact   string `json:"contact,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Title     string `json:"title,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	Language  string `json:"language"`
	Currency  string `json:"currency"`
	// Lines are what a period costs by the prices of the beginning; {period},
	// {from}, {to} and {year} in their texts are filled in on the invoice.
	Lines []Line `json:"lines"`
	Totals
	// Rule is monthly, quarterly, yearly or cron; Day is the day of the month,
	// Cron the expression (minute, hour, day, month, weekday), of which only the
	// days matter.
	Rule string `json:"rule"`
	Day  int    `json:"day"`
	Cron string `json:"cron,omitempty"`
	// Start and End are the first and the last day on which there may be an
	// invoice; without End it goes on.
	Start Date `json:"start"`
	End   Date `json:"end,omitempty"`
	// Next is the date of the next invoice, empty when there is none.
	Next Date `json:"next,omitempty"`
	// Arrears invoices the period before each date, not the one that begins.
	Arrears bool `json:"arrears,omitempty"`
	// Issue issues and mails each invoice at once; otherwise they are drafts.
	Issue             bool          `json:"issue,omitempty"`
	BuyerReference    string        `json:"buyer_reference,omitempty"`
	CustomerReference string        `json:"customer_reference,omitempty"`
	Project           string        `json:"project,omitempty"`
	Contract          string        `json:"contract,omitempty"`
	Prices            []PriceChange `json:"prices,omitempty"`
	Thread            string        `json:"thread"`
}

// PriceChange holds for the periods that begin on a day or later: a percentage
// on what held before, or a new price; of one line, or of all.
type PriceChange struct {
	From      Date             `json:"from"`
	Line      string           `json:"line,omitempty" doc:"id of a line; all of them when left out"`
	Percent   *decimal.Decimal `json:"percent,omitempty"`
	UnitPrice *decimal.Decimal `json:"unit_price,omitempty"`
}

// SubscriptionInput is a subscription as people and programs write it.
type SubscriptionInput struct {
	Customer          string      `json:"customer"`
	Contact           string      `json:"contact,omitempty"`
	Owner             string      `json:"owner,omitempty"`
	Title             string      `json:"title,omitempty"`
	Recipient         string      `json:"recipient,omitempty"`
	Language          string      `json:"language,omitempty"`
	Currency          string      `json:"currency,omitempty"`
	Lines             []LineInput `json:"lines"`
	Rule              string      `json:"rule,omitempty" doc:"monthly, quarterly, yearly or cron"`
	Day               int         `json:"day,omitempty" doc:"day of the month; that of start when left out"`
	Cron              string      `json:"cron,omitempty"`
	Start             Date        `json:"start,omitempty"`
	End               Date        `json:"end,omitempty"`
	Arrears           bool        `json:"arrears,omitempty"`
	Issue             bool        `json:"issue,omitempty"`
	BuyerReference    string      `json:"buyer_reference,omitempty"`
	CustomerReference string      `json:"customer_reference,omitempty"`
	Project           string      `json:"project,omitempty" doc:"the customer's or the company's number of the project"`
	Contract          string      `json:"contract,omitempty" doc:"number of the contract"`
}

// Input is the editable part of the subscription.
func (s Subscription) Input() SubscriptionInput {
	return SubscriptionInput{s.Customer, s.Contact, s.Owner, s.Title, s.Recipient, s.Language, s.Currency, Inputs(s.Lines), s.Rule, s.Day, s.Cron, s.Start, s.End,
		s.Arrears, s.Issue, s.BuyerReference, s.CustomerReference, s.Project, s.Contract}
}

func (u *unit) applySubscription(in SubscriptionInput, s *Subscription) error {
	c, err := u.customerOf(in.Customer)
	if err != nil {
		return err
	}
	p, err := u.addressee(c, in.Contact, in.Recipient, in.Language, in.Currency)
	if err != nil {
		return err
	}
	if err := u.checkOwner(in.Owner); err != nil {
		return err
	}
	s.Customer, s.Contact, s.Owner, s.Title = c.ID, in.Contact, in.Owner, strings.TrimSpace(in.Title)
	s.Recipient, s.Language, s.Currency = p.recipient, p.language, p.currency
	s.BuyerReference, s.CustomerReference = strings.TrimSpace(in.BuyerReference), strings.TrimSpace(in.CustomerReference)
	s.Project, s.Contract = strings.TrimSpace(in.Project), strings.TrimSpace(in.Contract)
	s.Arrears, s.Issue = in.Arrears, in.Issue
	if err := s.schedule(in, u.today()); err != nil {
		return err
	}
	if in.Lines, err = u.fromCatalogue(in.Lines, s.Customer, s.Currency, s.Language); err != nil {
		return err
	}
	if s.Lines, err = u.lines(in.Lines, s.Currency); err != nil {
		return err
	}
	if len(s.Lines) == 0 {
		return Invalid("subscription.empty", "a subscription needs at least one line", Problem{Field: "lines", Reason: "lines.empty", Message: "what is invoiced?"})
	}
	s.Totals = Total(s.Lines, s.Currency)
	return nil
}

// schedule takes the dates and the rule of an input.
func (s *Subscription) schedule(in SubscriptionInput, today Date) error {
	s.Rule, s.Day, s.Cron, s.Start, s.End = in.Rule, in.Day, strings.TrimSpace(in.Cron), in.Start, in.End
	if s.Rule == "" {
		s.Rule = RuleMonthly
		if s.Cron != "" {
			s.Rule = RuleCron
		}
	}
	if s.Start == "" {
		s.Start = today
	}
	if s.Day == 0 && s.Rule != RuleCron {
		s.Day = s.Start.day()
	}
	var ps []Problem
	bad := func(field, reason, message string) {
		ps = append(ps, Problem{Field: field, Reason: reason, Message: message})
	}
	if months(s.Rule) == 0 && s.Rule != RuleCron {
		bad("rule", "subscription.rule", "monthly, quarterly, yearly or cron")
	}
	if _, err := parseCron(s.Cron); s.Rule == RuleCron && err != nil {
		bad("cron", "subscription.cron", err.Error())
	}
	if s.Day < 0 || s.Day > 31 {
		bad("day", "subscription.day", "a day of the month is between 1 and 31")
	}
	if s.End != "" && s.End < s.Start {
		bad("end", "subscription.end", "it ends before it starts")
	}
	if len(ps) == 0 && s.nextDate(s.Start.AddDays(-1)) == "" {
		bad("cron", "subscription.never", "no day is ever due by this expression")
	}
	if len(ps) > 0 {
		return Invalid("subscription.invalid", "the subscription cannot be saved", ps...)
	}
	return nil
}

// after sets the date that follows a day; past its end a subscription is over.
func (s *Subscription) after(d Date) {
	if s.Next = s.nextDate(d); s.End != "" && s.Next > s.End {
		s.Next = ""
	}
	if s.Next == "" {
		s.State = "ended"
	}
}

// CreateSubscription starts one. When it starts in the past, the next run makes
// up for the dates since.
func (s *Service) CreateSubscription(ctx context.Context, a Actor, in SubscriptionInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		sub := &Subscription{Record: u.record(), State: "active"}
		sub.Thread = sub.ID
		if err := u.applySubscription(in, sub); err != nil {
			return nil, err
		}
		if sub.Owner == "" && a.Kind == ActorUser {
			sub.Owner = a.ID
		}
		if sub.after(sub.Start.AddDays(-1)); sub.State == "ended" {
			return nil, Invalid("subscription.over", "no date is left of it", Problem{Field: "end", Reason: "subscription.over", Message: "later"})
		}
		if err := u.Subscriptions().Insert(sub); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(sub), u.note(Activity{Type: "subscription.created", About: Ref{TypeSubscription, sub.ID}, Thread: sub.Thread, To: sub.State, Data: sub.figures()})
	})
}

func (s *Subscription) figures() map[string]string {
	return map[string]string{"title": s.Title, "gross": s.Payable().String(), "currency": s.Currency, "date": string(s.Next)}
}

func (s *Service) changeSubscription(ctx context.Context, a Actor, t Target, verb, activity, why string, f func(*unit, *Subscription) error) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		sub, err := opened(u, u.Subscriptions(), verb, t)
		if err != nil {
			return nil, err
		}
		from := sub.State
		if err := f(u, sub); err != nil {
			return nil, err
		}
		if err := u.Subscriptions().Update(sub); err != nil {
			return nil, err
		}
		act := Activity{Type: activity, About: Ref{TypeSubscription, sub.ID}, Thread: sub.Thread, Why: why, Data: sub.figures()}
		if sub.State != from {
			act.From, act.To = from, sub.State
		}
		return (&Outcome{}).of(sub), u.note(act)
	})
}

// EditSubscription changes what the next invoices say; those that there are
// stay, and another rule makes up for nothing that was due before.
func (s *Service) EditSubscription(ctx context.Context, a Actor, t Target, in SubscriptionInput) (*Outcome, error) {
	return s.changeSubscription(ctx, a, t, "edit", "subscription.changed", "", func(u *unit, sub *Subscription) error {
		if in.Customer != sub.Customer {
			return Invalid("subscription.customer", "a subscription keeps its customer", Problem{Field: "customer", Reason: "subscription.customer", Message: "make a new one instead"})
		}
		before := *sub
		if err := u.applySubscription(in, sub); err != nil {
			return err
		}
		if sub.Rule != before.Rule || sub.Day != before.Day || sub.Cron != before.Cron || sub.Start != before.Start || sub.End != before.End {
			done, err := u.lastPeriod(sub)
			if err != nil {
				return err
			}
			sub.after(max(sub.Start.AddDays(-1), done, min(before.Next, u.today()).AddDays(-1)))
		}
		return nil
	})
}

// lastPeriod is the latest date that was invoiced, empty for none.
func (u *unit) lastPeriod(s *Subscription) (last Date, err error) {
	err = every(u.Invoices(), Filter{Match: map[string]string{"subscription": s.ID}}, func(i *Invoice) error {
		last = max(last, i.Period)
		return nil
	})
	return last, err
}

// PauseSubscription stops it for a while.
func (s *Service) PauseSubscription(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeSubscription(ctx, a, t, "pause", "subscription.paused", in.Reason, func(_ *unit, sub *Subscription) error {
		sub.State = "paused"
		return nil
	})
}

// ResumeSubscription goes on with the first date from today; what fell into
// the pause is not invoiced.
func (s *Service) ResumeSubscription(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeSubscription(ctx, a, t, "resume", "subscription.resumed", in.Reason, func(u *unit, sub *Subscription) error {
		sub.State = "active"
		sub.after(max(sub.Next, u.today()).AddDays(-1))
		return nil
	})
}

// EndSubscription ends it now.
func (s *Service) EndSubscription(ctx context.Context, a Actor, t Target, in ReasonInput) (*Outcome, error) {
	return s.changeSubscription(ctx, a, t, "end", "subscription.ended", in.Reason, func(u *unit, sub *Subscription) error {
		sub.State, sub.Next = "ended", ""
		if sub.End == "" || sub.End > u.today() {
			sub.End = max(sub.Start, u.today())
		}
		return nil
	})
}

// ChangePrice sets other prices for the periods from a day on.
func (s *Service) ChangePrice(ctx context.Context, a Actor, t Target, in PriceChange) (*Outcome, error) {
	return s.changeSubscription(ctx, a, t, "change_price", "subscription.price_changed", "", func(u *unit, sub *Subscription) error {
		var ps []Problem
		bad := func(field, reason, message string) {
			ps = append(ps, Problem{Field: field, Reason: reason, Message: message})
		}
		if in.From == "" {
			in.From = u.today()
		}
		if (in.Percent == nil) == (in.UnitPrice == nil) {
			bad("percent", "price.either", "a percentage or a new price")
		}
		if in.Percent != nil && (boundDecimal(*in.Percent) != nil || in.Percent.LessThan(hundred.Neg()) || in.Percent.GreaterThan(decimal.NewFromInt(1000))) {
			bad("percent", "price.percent", "between -100 and 1000")
		}
		if in.UnitPrice != nil && (boundDecimal(*in.UnitPrice) != nil || in.UnitPrice.IsNegative()) {
			bad("unit_price", "price.unit_price", "not below 0")
		}
		if in.UnitPrice != nil && in.Line == "" && len(sub.Lines) == 1 {
			in.Line = sub.Lines[0].ID
		}
		if in.Line != "" && lineByID(sub.Lines, in.Line) == nil || in.UnitPrice != nil && in.Line == "" {
			bad("line", "line.unknown", "the id of a line of the subscription")
		}
		if len(sub.Prices) >= maxPriceChanges {
			bad("from", "price.many", fmt.Sprintf("at most %d changes", maxPriceChanges))
		}
		if len(ps) > 0 {
			return Invalid("price.invalid", "the price cannot be changed", ps...)
		}
		sub.Prices = append(sub.Prices, in)
		return nil
	})
}

// maxPriceChanges bounds the changes of a subscription's prices.
const maxPriceChanges = 500
