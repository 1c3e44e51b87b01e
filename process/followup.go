package process

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LogInput is a call or a meeting in a few words.
type LogInput struct {
	Kind    string `json:"kind,omitempty" doc:"call, meeting, visit or message; call when left out"`
	Outcome string `json:"outcome,omitempty" doc:"reached, no_answer, left_message, postponed or not_interested"`
	Note    string `json:"note,omitempty"`
	// NextDate makes a follow-up that is due then.
	NextDate Date `json:"next_date,omitempty"`
}

// What was done, and what came of it.
var (
	contactKinds    = []string{"call", "meeting", "visit", "message"}
	contactOutcomes = []string{"reached", "no_answer", "left_message", "postponed", "not_interested"}
)

func (in *LogInput) problems() []Problem {
	if in.Kind == "" {
		in.Kind = "call"
	}
	var ps []Problem
	if !slices.Contains(contactKinds, in.Kind) {
		ps = append(ps, Problem{Field: "kind", Reason: "log.kind", Message: "one of " + strings.Join(contactKinds, ", ")})
	}
	if in.Outcome != "" && !slices.Contains(contactOutcomes, in.Outcome) {
		ps = append(ps, Problem{Field: "outcome", Reason: "log.outcome", Message: "one of " + strings.Join(contactOutcomes, ", ")})
	}
	if in.NextDate != "" && !in.NextDate.Valid() {
		ps = append(ps, Problem{Field: "next_date", Reason: "date", Message: "a date such as 2026-11-30"})
	}
	return ps
}

// followUp ends the follow-up that the contact was, and makes the next one.
func (u *unit) followUp(in LogInput, about Ref, thread, owner string) (*Outcome, error) {
	out := &Outcome{}
	if err := u.resolve(about, "follow_up"); err != nil || in.NextDate == "" {
		return out, err
	}
	if owner == "" && u.actor.Kind == ActorUser {
		owner = u.actor.ID
	}
	t, err := u.task(Task{Reason: "follow_up", Title: in.Note, Due: in.NextDate, Owner: owner, About: about, Thread: thread})
	if err != nil {
		return nil, err
	}
	out.note(false, TypeTask, t.ID)
	return out, nil
}

func (in LogInput) activity(typ, from, to string) Activity {
	return Activity{Type: typ, From: from, To: to, Why: in.Note, Data: map[string]string{"kind": in.Kind, "outcome": in.Outcome, "next_date": string(in.NextDate)}}
}

func logInvalid(ps []Problem) error {
	return Invalid("log.invalid", "the contact cannot be noted", ps...)
}

// LogLead notes a call or a meeting with a lead, which makes it contacted.
func (s *Service) LogLead(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "log", func(u *unit, l *Lead) (*Outcome, error) {
		if ps := in.problems(); len(ps) > 0 {
			return nil, logInvalid(ps)
		}
		from := l.State
		l.State = "contacted"
		if err := u.saveLead(l, in.activity("lead.logged", from, l.State)); err != nil {
			return nil, err
		}
		return u.followUp(in, Ref{TypeLead, l.ID}, l.Thread, l.Owner)
	})
}

// LogOpportunity notes a call or a meeting about an opportunity.
func (s *Service) LogOpportunity(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "log", func(u *unit, o *Opportunity) (err error) {
		if ps := in.problems(); len(ps) > 0 {
			return logInvalid(ps)
		}
		if err := u.saveOpportunity(o, in.activity("opportunity.logged", "", "")); err != nil {
			return err
		}
		u.made, err = u.followUp(in, Ref{TypeOpportunity, o.ID}, o.Thread, o.Owner)
		return err
	})
}

// LogQuote notes a call or a meeting about a quote.
func (s *Service) LogQuote(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.changeQuote(ctx, a, MaySell, t, "log", func(u *unit, q *Quote) (*Outcome, error) {
		if ps := in.problems(); len(ps) > 0 {
			return nil, logInvalid(ps)
		}
		if err := u.saveQuote(q, in.activity("quote.logged", "", "")); err != nil {
			return nil, err
		}
		return u.followUp(in, Ref{TypeQuote, q.ID}, q.Thread, q.Owner)
	})
}

// LogOrder notes a call or a meeting about an order.
func (s *Service) LogOrder(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "log", func(u *unit, o *Order) (*Outcome, error) {
		if ps := in.problems(); len(ps) > 0 {
			return nil, logInvalid(ps)
		}
		if err := u.saveOrder(o, in.activity("order.logged", "", "")); err != nil {
			return nil, err
		}
		return u.followUp(in, Ref{TypeOrder, o.ID}, o.Thread, "")
	})
}

// LogInvoice notes a call or a meeting about an invoice, such as why it is not paid.
func (s *Service) LogInvoice(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "log", func(u *unit, i *Invoice) (*Outcome, error) {
		if ps := in.problems(); len(ps) > 0 {
			return nil, logInvalid(ps)
		}
		if err := u.saveInvoice(i, in.activity("invoice.logged", "", "")); err != nil {
			return nil, err
		}
		return u.followUp(in, Ref{TypeInvoice, i.ID}, i.Thread, "")
	})
}

// LogCustomer notes a call or a meeting with a customer.
func (s *Service) LogCustomer(ctx context.Context, a Actor, t Target, in LogInput) (*Outcome, error) {
	return s.change(ctx, a, MayKeep, func(u *unit) (*Outcome, error) {
		c, err := opened(u, u.Customers(), "log", t)
		if err != nil {
			return nil, err
		}
		if ps := in.problems(); len(ps) > 0 {
			return nil, logInvalid(ps)
		}
		if err := u.require(TypeCustomer, "log", c); err != nil {
			return nil, err
		}
		if err := u.Customers().Update(c); err != nil {
			return nil, err
		}
		u.deriveCustomer(c)
		act := in.activity("customer.logged", "", "")
		act.About = Ref{TypeCustomer, c.ID}
		if err := u.note(act); err != nil {
			return nil, err
		}
		out, err := u.followUp(in, act.About, "", "")
		return out.of(c), err
	})
}

// MoveInput names a stage.
type MoveInput struct {
	Stage string `json:"stage" doc:"key of one of the settings' stages"`
}

// MoveOpportunity puts an open opportunity into a stage and gives it that
// stage's probability.
func (s *Service) MoveOpportunity(ctx context.Context, a Actor, t Target, in MoveInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "move", func(u *unit, o *Opportunity) error {
		stage, ok := u.settings.Process.Stage(in.Stage)
		if !ok {
			keys := []string{}
			for _, s := range u.settings.Process.Stages {
				keys = append(keys, s.Key)
			}
			return Invalid("stage.unknown", "there is no such stage", Problem{Field: "stage", Reason: "stage.unknown", Message: "the stages are: " + strings.Join(keys, ", ")})
		}
		if err := u.require(TypeOpportunity, "move."+stage.Key, o); err != nil {
			return err
		}
		from := o.Stage
		o.Stage, o.Probability = stage.Key, stage.Probability
		return u.saveOpportunity(o, Activity{Type: "opportunity.moved", Data: map[string]string{"stage": o.Stage, "stage_from": from}})
	})
}

// AssignOpportunity gives an opportunity to a user.
func (s *Service) AssignOpportunity(ctx context.Context, a Actor, t Target, in AssignInput) (*Outcome, error) {
	return s.changeOpportunity(ctx, a, t, "assign", func(u *unit, o *Opportunity) error {
		if in.User == "" {
			return Invalid("assign.user", "say to whom", Problem{Field: "user", Reason: "assign.user", Message: "the id of a user"})
		}
		if err := u.checkOwner(in.User); err != nil {
			return err
		}
		o.Owner = in.User
		return u.saveOpportunity(o, Activity{Type: "opportunity.assigned", Data: map[string]string{"owner": in.User}})
	})
}

// deriveOpportunity says of an open one when something is to be done next, and
// whether nothing has happened for too long.
func (u *unit) deriveOpportunity(o *Opportunity) {
	o.NextDate, o.Stale = "", false
	if o.State != "open" {
		return
	}
	tasks, _, err := u.Tasks().List(Filter{State: "open", Match: map[string]string{"thread": o.Thread}, Limit: 100})
	if err != nil {
		u.err = err
		return
	}
	for _, t := range tasks {
		if t.Due != "" && (o.NextDate == "" || t.Due < o.NextDate) {
			o.NextDate = t.Due
		}
	}
	days := u.settings.Process.StaleDays
	if days == 0 {
		return
	}
	newest, _, err := u.Activities(Filter{Match: map[string]string{"thread": o.Thread}, Limit: 1})
	if err != nil {
		u.err = err
		return
	}
	last := o.UpdatedAt
	if len(newest) > 0 {
		last = newest[0].At
	}
	o.Stale = u.now.Sub(last) > time.Duration(days)*24*time.Hour
}

// threadOf is the thread of a record, "" when it has none.
func (u *unit) threadOf(at Ref) (string, error) {
	r, err := u.read(at)
	switch r := r.(type) {
	case *Lead:
		return r.Thread, err
	case *Opportunity:
		return r.Thread, err
	case *Quote:
		return r.Thread, err
	case *Order:
		return r.Thread, err
	case *Invoice:
		return r.Thread, err
	case *CreditNote:
		return r.Thread, err
	case *Payment:
		return r.Thread, err
	}
	return "", err
}

// DigestTask is a task as a digest names it.
type DigestTask struct {
	Title  string `json:"title,omitempty"`
	Reason string `json:"reason,omitempty"`
	Due    Date   `json:"due"`
}

// maxDigest bounds the tasks that one mail names.
const maxDigest = 50

// SendDigests mails every user the tasks that are due, once a day, from the
// settings' hour of the company's day on. A task that nobody owns goes to the
// owner of the installation. A day that was missed is not caught up with.
func (s *Service) SendDigests(ctx context.Context) error {
	mails := map[string][]DigestTask{}
	users := map[string]*User{}
	var day Date
	err := s.view(ctx, System(), MayRead, func(u *unit) error {
		if !u.settings.Mail.Digest || u.now.In(u.settings.Location()).Hour() < u.settings.Mail.DigestHour {
			return nil
		}
		day = u.today()
		for cursor := ""; ; {
			page, next, err := u.Tasks().List(Filter{State: "open", Limit: MaxLimit, Cursor: cursor})
			if err != nil {
				return err
			}
			for _, t := range page {
				if t.Due == "" || t.Due > day {
					continue
				}
				user, known := users[t.Owner]
				if !known {
					if user, err = u.responsible(t.Owner); err != nil {
						return err
					}
					users[t.Owner] = user
				}
				if user != nil {
					users[user.ID] = user
					mails[user.ID] = append(mails[user.ID], DigestTask{t.Title, t.Reason, t.Due})
				}
			}
			if cursor = next; next == "" {
				return nil
			}
		}
	})
	if err != nil {
		return err
	}
	for id, tasks := range mails {
		if err := s.sendDigest(ctx, *users[id], day, tasks); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sendDigest(ctx context.Context, to User, day Date, tasks []DigestTask) error {
	slices.SortFunc(tasks, func(a, b DigestTask) int { return strings.Compare(string(a.Due)+a.Title, string(b.Due)+b.Title) })
	list, err := json.Marshal(tasks[:min(len(tasks), maxDigest)])
	if err != nil {
		return err
	}
	once := Once{Key: IdempotencyKey{Scope: "digest", Key: to.ID + ":" + string(day)}, Encode: func(*Outcome) (Answer, error) { return Answer{Status: 200}, nil }}
	_, err = s.change(WithOnce(ctx, once), System(), MaySell, func(u *unit) (*Outcome, error) {
		if mailable(to.Email) != nil {
			return &Outcome{}, nil
		}
		_, err := u.deliver(Delivery{Kind: "notification", Reason: "digest", To: to.Email, ToName: to.Name, Language: to.Language,
			Data: map[string]string{"tasks": string(list), "number": strconv.Itoa(len(tasks))}})
		return &Outcome{}, err
	})
	_, err = settled(err, ruleDone)
	return err
}
