package process

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Automation is one rule: when something happened and the expression holds,
// its actions are done, in the name of the rule.
type Automation struct {
	// Name stands on the timeline and keys what the rule has done.
	Name string `json:"name"`
	// When are types of activities, such as "lead.created".
	When []string `json:"when"`
	// If is an expression over the records and the activity; empty is always.
	If string       `json:"if,omitempty"`
	Do []RuleAction `json:"do"`
	// Off keeps the rule without running it.
	Off bool `json:"off,omitempty"`
}

// RuleAction is one thing that a rule does: exactly one of Verb, Mail, Task,
// Assign and Quote. {expressions} in texts are filled in.
type RuleAction struct {
	// Verb is a transition, such as "issue", of On: a type of record that the
	// activity is about or that belongs to it; the activity's own when empty.
	Verb  string         `json:"verb,omitempty"`
	On    string         `json:"on,omitempty"`
	Input map[string]any `json:"input,omitempty"`
	Mail  *RuleMail      `json:"mail,omitempty"`
	Task  *RuleTask      `json:"task,omitempty"`
	// Assign is the e-mail address of the user who gets a lead or an opportunity.
	Assign string `json:"assign,omitempty"`
	// Quote drafts a quote for the opportunity: the body of POST /quotes. Without
	// lines it has the opportunity's.
	Quote map[string]any `json:"quote,omitempty"`
}

// RuleMail is a mail of a rule, its texts by language.
type RuleMail struct {
	To      string            `json:"to" doc:"owner, customer or an address"`
	Subject map[string]string `json:"subject"`
	Text    map[string]string `json:"text"`
}

// RuleTask is a follow-up of a rule.
type RuleTask struct {
	Title string `json:"title"`
	Note  string `json:"note,omitempty"`
	// Days is when it is due, counted from the day on which the rule runs.
	Days int `json:"days,omitempty"`
	// Owner is a user's e-mail address; the record's owner when empty.
	Owner string `json:"owner,omitempty"`
}

// Rules is the language of expressions. It is pure and gives up on what takes
// too long; process/rules implements it.
type Rules interface {
	// Check lists what is wrong with the expressions of the settings, each with
	// its place in the expression and a hint.
	Check(Settings) []Problem
	// Holds says whether an expression is true.
	Holds(expression string, s Scene) (bool, error)
	// Fill replaces the {expressions} in a text.
	Fill(text string, s Scene) (string, error)
}

// Scene is what an expression sees: an activity, and the records around it by
// their types.
type Scene struct {
	Activity Activity
	Today    Date
	Now      time.Time
	Records  map[string]any
}

// Shapes are the records that an expression may name, by their types.
func Shapes() map[string]reflect.Type {
	out := make(map[string]reflect.Type, len(shapes))
	for typ, t := range shapes {
		out[typ] = t
	}
	return out
}

// The bounds that keep rules from running in circles.
const (
	// maxRuleDepth is how many rules may set each other off.
	maxRuleDepth = 5
	// maxRuleRuns is how many runs one thread sees within a day.
	maxRuleRuns = 50
	// maxAutomations and maxActions bound the settings.
	maxAutomations = 200
	maxActions     = 20
)

// events are the activities that may set a rule off.
var events = []string{
	"lead.created", "lead.changed", "lead.contacted", "lead.assigned", "lead.qualified", "lead.disqualified", "lead.reopened", "lead.merged", "lead.logged",
	"opportunity.created", "opportunity.changed", "opportunity.moved", "opportunity.assigned", "opportunity.won", "opportunity.lost", "opportunity.reopened", "opportunity.logged",
	"quote.drafted", "quote.changed", "quote.sent", "quote.accepted", "quote.declined", "quote.cancelled", "quote.revised", "quote.question", "quote.logged", "order.logged", "invoice.logged", "customer.logged",
	"order.created", "order.fulfilled", "order.invoice_drafted", "order.held", "order.released", "order.cancelled", "order.payment_requested", "order.prepaid", "order.deposit_drafted",
	"invoice.drafted", "invoice.changed", "invoice.issued", "invoice.credited", "payment.booked", "payment.reversed",
	"task.created", "task.done", "customer.created", "customer.changed", "contact.created",
	"mail.filed", "delivery.accepted", "delivery.failed", "delivery.bounced", "delivery.unknown",
}

// Events lists the types of activities that may set a rule off.
func Events() []string { return slices.Clone(events) }

// unruly are verbs that are a customer's word, or undo what people decided.
var unruly = []string{"accept", "decline", "merge", "reopen"}

// automationProblems lists what is wrong with the rules but for their
// expressions.
func automationProblems(as []Automation) []Problem {
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: "automations" + field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if len(as) > maxAutomations {
		bad("", "rule.many", "at most %d rules", maxAutomations)
	}
	names := map[string]bool{}
	for i, a := range as {
		at := fmt.Sprintf("[%d]", i)
		if strings.TrimSpace(a.Name) == "" || len(a.Name) > 100 || names[a.Name] {
			bad(at+".name", "rule.name", "a rule has a name of its own, of at most 100 characters")
		}
		names[a.Name] = true
		if len(a.When) == 0 {
			bad(at+".when", "rule.when", "say when: one or more of %s", strings.Join(events, ", "))
		}
		for j, w := range a.When {
			if !slices.Contains(events, w) {
				bad(fmt.Sprintf("%s.when[%d]", at, j), "rule.when", "nothing called %q happens; there is %s", w, strings.Join(sameKind(w), ", "))
			}
		}
		if len(a.Do) == 0 || len(a.Do) > maxActions {
			bad(at+".do", "rule.do", "a rule does 1 to %d things", maxActions)
		}
		for j, do := range a.Do {
			for _, p := range do.problems(a.When) {
				bad(fmt.Sprintf("%s.do[%d]%s", at, j, p.Field), p.Reason, "%s", p.Message)
			}
		}
	}
	return ps
}

// sameKind are the events whose names begin alike, or all.
func sameKind(w string) []string {
	kind, _, _ := strings.Cut(w, ".")
	var like []string
	for _, e := range events {
		if strings.HasPrefix(e, kind+".") {
			like = append(like, e)
		}
	}
	if like == nil {
		return events
	}
	return like
}

func (do RuleAction) problems(when []string) []Problem {
	n := 0
	for _, is := range []bool{do.Verb != "", do.Mail != nil, do.Task != nil, do.Assign != "", do.Quote != nil} {
		if is {
			n++
		}
	}
	if n != 1 {
		return []Problem{{Reason: "rule.action", Message: "say exactly one of verb, mail, task, assign and quote"}}
	}
	switch {
	case do.Mail != nil:
		m := do.Mail
		if m.To != "owner" && m.To != "customer" && !plausibleEmail(m.To) {
			return []Problem{{Field: ".mail.to", Reason: "rule.mail.to", Message: "owner, customer or an address"}}
		}
		if len(m.Subject) == 0 || len(m.Text) == 0 {
			return []Problem{{Field: ".mail.text", Reason: "rule.mail.text", Message: "a mail has a subject and a text, each by language, such as subject: {nb: …, en: …}"}}
		}
	case do.Task != nil:
		if strings.TrimSpace(do.Task.Title) == "" || do.Task.Days < 0 || do.Task.Days > 3650 {
			return []Problem{{Field: ".task", Reason: "rule.task", Message: "a task has a title, and is due in 0 to 3650 days"}}
		}
	case do.Assign != "":
		if !plausibleEmail(do.Assign) {
			return []Problem{{Field: ".assign", Reason: "rule.assign", Message: "the e-mail address of a user"}}
		}
	}
	if do.Quote != nil {
		if err := checkInput(do.Quote, new(QuoteInput)); err != nil {
			return []Problem{{Field: ".quote", Reason: "rule.input", Message: err.Error()}}
		}
	}
	if do.Verb == "" {
		return nil
	}
	records := []string{do.On}
	if do.On == "" {
		records = nil
		for _, w := range when {
			kind, _, _ := strings.Cut(w, ".")
			records = append(records, kind)
		}
	}
	for _, record := range records {
		v, ok := verbOf(record, do.Verb)
		if !ok || slices.Contains(unruly, do.Verb) {
			return []Problem{{Field: ".verb", Reason: "rule.verb", Message: fmt.Sprintf("a rule can do nothing called %q with the record %s; it can %s", do.Verb, record, strings.Join(ruleVerbs(record), ", "))}}
		}
		if err := checkInput(do.Input, reflect.New(v.Input).Interface()); err != nil {
			return []Problem{{Field: ".input", Reason: "rule.input", Message: err.Error()}}
		}
	}
	return nil
}

// checkInput refuses an input that no body can become. Texts with expressions
// in them are only known when the rule runs.
func checkInput(input map[string]any, into any) error {
	body, err := json.Marshal(dropTexts(input))
	if err != nil || input == nil {
		return err
	}
	return Decode(body, into)
}

// dropTexts leaves out what has expressions in it.
func dropTexts(v any) any {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "{") {
			return nil
		}
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = dropTexts(v[k])
		}
		return out
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, dropTexts(e))
		}
		return out
	}
	return v
}

func verbOf(record, name string) (Verb, bool) {
	for _, v := range Verbs() {
		if v.Record == record && v.Name == name {
			return v, true
		}
	}
	return Verb{}, false
}

func ruleVerbs(record string) []string {
	var names []string
	for _, v := range Verbs() {
		if v.Record == record && !slices.Contains(unruly, v.Name) {
			names = append(names, v.Name)
		}
	}
	if names == nil {
		return []string{"nothing"}
	}
	return names
}

// RunRules carries out the rules that an activity sets off. Depth is how many
// rules led to the activity.
type RunRules struct {
	Activity string `json:"activity"`
	Depth    int    `json:"depth,omitempty"`
}

// Kind names the job.
func (RunRules) Kind() string { return "run_rules" }

// setOff enqueues the rules that wait for an activity; the job commits with
// the transition that caused it. A rule that was set off by too many others
// becomes a task instead.
func (u *unit) setOff(act Activity) error {
	// A rule's own mail on its way out is nothing that another rule waits for.
	if u.s.rules == nil || strings.HasPrefix(act.Type, "delivery.") && act.Data["kind"] == "rule" {
		return nil
	}
	if !slices.ContainsFunc(u.settings.Automations, func(a Automation) bool { return a.waitsFor(act.Type) }) {
		return nil
	}
	if u.actor.Depth < maxRuleDepth {
		return u.Enqueue(RunRules{act.ID, u.actor.Depth}, u.now)
	}
	if act.Type == "task.created" {
		return nil
	}
	return u.ruleTrouble(act, "rule_loop", u.actor.Name, fmt.Sprintf("%d rules set each other off; the last was set off by %s", maxRuleDepth, act.Type))
}

func (a Automation) waitsFor(activity string) bool {
	return !a.Off && slices.Contains(a.When, activity)
}

// ruleTrouble makes a task of a rule that could not do its work, once as long
// as that is open.
func (u *unit) ruleTrouble(act Activity, reason, rule, note string) error {
	open, _, err := u.Tasks().List(Filter{State: "open", Match: map[string]string{"about_id": act.About.ID, "reason": reason}, Limit: 100})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(t Task) bool { return t.Title == rule }) {
		return nil
	}
	_, err = u.task(Task{Reason: reason, Title: rule, Note: note, Owner: u.ownerOf(act.About), About: act.About, Thread: act.Thread})
	return err
}

// scene reads what an expression about an activity may name: what it is about
// and related to, and what these point to.
func (u *unit) scene(act Activity) (Scene, error) {
	s := Scene{Activity: act, Today: u.today(), Now: u.now, Records: map[string]any{}}
	todo := []Ref{act.About, act.Related}
	for hops := 0; hops < 3 && len(todo) > 0; hops++ {
		var next []Ref
		for _, at := range todo {
			if at.ID == "" || s.Records[at.Type] != nil {
				continue
			}
			r, err := u.read(at)
			if err != nil {
				return s, err
			}
			if r == nil {
				continue
			}
			s.Records[at.Type] = r
			next = append(next, linksOf(r)...)
		}
		todo = next
	}
	return s, nil
}

// ownerIn is who follows up what a scene is about, or what it belongs to.
func (u *unit) ownerIn(s Scene) string {
	owner := u.ownerOf(s.Activity.About)
	for _, typ := range []string{TypeInvoice, TypeOrder, TypeQuote, TypeOpportunity, TypeLead} {
		if r := s.Records[typ]; r != nil && owner == "" {
			owner = reflect.Indirect(reflect.ValueOf(r)).FieldByName("Owner").String()
		}
	}
	return owner
}

// linksOf are the records that a record names.
func linksOf(r any) []Ref {
	v := reflect.Indirect(reflect.ValueOf(r))
	var refs []Ref
	for _, typ := range []string{TypeOrder, TypeInvoice, TypeQuote, TypeOpportunity, TypeLead, TypeCustomer, TypeContact} {
		if at, ok := fieldAt(v, typ); ok && at.Kind() == reflect.String {
			refs = append(refs, Ref{typ, at.String()})
		}
	}
	if at, ok := fieldAt(v, "about"); ok {
		if ref, is := at.Interface().(Ref); is {
			refs = append(refs, ref)
		}
	}
	return refs
}

// read gets any record that has a shape, with what is derived of it; nil when
// there is none.
func (u *unit) read(at Ref) (any, error) {
	switch at.Type {
	case TypeLead:
		return readAs(u, u.Leads(), at.ID, (*unit).deriveLead)
	case TypeOpportunity:
		return readAs(u, u.Opportunities(), at.ID, (*unit).deriveOpportunity)
	case TypeQuote:
		return readAs(u, u.Quotes(), at.ID, (*unit).deriveQuote)
	case TypeOrder:
		return readAs(u, u.Orders(), at.ID, (*unit).deriveOrder)
	case TypeInvoice:
		return readAs(u, u.Invoices(), at.ID, (*unit).deriveInvoice)
	case TypeCreditNote:
		return readAs(u, u.CreditNotes(), at.ID, nil)
	case TypePayment:
		return readAs(u, u.Payments(), at.ID, nil)
	case TypeCustomer:
		return readAs(u, u.Customers(), at.ID, nil)
	case TypeContact:
		return readAs(u, u.Contacts(), at.ID, nil)
	case TypeTask:
		return readAs(u, u.Tasks(), at.ID, nil)
	}
	return nil, nil
}

func readAs[T any](u *unit, of Records[T], id string, derive func(*unit, *T)) (any, error) {
	r, err := optional(of.Get(id))
	if r == nil || err != nil {
		return nil, err
	}
	if derive != nil {
		derive(u, r)
	}
	return r, u.err
}
