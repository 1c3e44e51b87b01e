package process_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/rules"
)

// automated is a house whose rules run.
func automated(t *testing.T, change func(*process.Settings)) *house {
	t.Helper()
	h := newHouse(t)
	h.s = process.New(process.Options{Store: h.db, Documents: h.papers, Rules: rules.New(), Clock: h.clock.now, Key: []byte("0123456789abcdef0123456789abcdef")})
	h.settings(change)
	return h
}

// runs carries out the rules of the newest activity of a type, as its job would.
func (h *house) runs(typ string, depth int) {
	h.t.Helper()
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"type": typ}, Limit: 1})
	h.check(err)
	if len(as) == 0 {
		h.t.Fatalf("no activity %s", typ)
	}
	h.check(h.s.RunRules(h.ctx(), process.RunRules{Activity: as[0].ID, Depth: depth}))
}

func (h *house) ruleJobs() int64 {
	h.t.Helper()
	n, err := h.db.CountJobs(h.ctx(), "run_rules")
	h.check(err)
	return n
}

func (h *house) tasks(reason string) (out []process.Task) {
	h.t.Helper()
	for _, task := range list(h, h.s.Tasks(), nil) {
		if task.Reason == reason {
			out = append(out, task)
		}
	}
	return out
}

func (h *house) happened(typ, thread string) int {
	h.t.Helper()
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"type": typ, "thread": thread}, Limit: 1000})
	h.check(err)
	return len(as)
}

func texts(s string) map[string]string { return map[string]string{"nb": s, "en": s} }

// A rule runs once for an activity, however often its job does, and each of its
// acts stands on the timeline in its name.
func TestRuleRunsOnce(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {
		st.Automations = []process.Automation{{Name: "Call back", When: []string{"lead.created"}, If: `lead.company != "" and activity.data["source"] == "fair"`, Do: []process.RuleAction{
			{Task: &process.RuleTask{Title: "Call {lead.name}", Days: 2, Owner: "sales@seller.example"}},
			{Assign: "sales@seller.example"},
			{Verb: "contact", Input: map[string]any{"note": "{lead.company} wrote"}},
			{Mail: &process.RuleMail{To: "customer", Subject: texts("Thanks, {lead.name}"), Text: texts("We call you.")}},
			{Mail: &process.RuleMail{To: "owner", Subject: texts("New: {lead.company}"), Text: texts("{lead.message}")}},
		}}, {Name: "Not now", When: []string{"lead.created"}, If: "lead.score > 10", Do: []process.RuleAction{{Task: &process.RuleTask{Title: "never"}}}},
			{Name: "Switched off", Off: true, When: []string{"lead.created"}, Do: []process.RuleAction{{Task: &process.RuleTask{Title: "never"}}}}}
	})
	id := h.create(process.TypeLead, `{"name":"Kari","company":"Lead AS","email":"kari@lead.example","source":"fair","message":"Hi"}`)
	if n := h.ruleJobs(); n != 1 {
		t.Fatalf("%d jobs were enqueued", n)
	}
	h.runs("lead.created", 0)
	first := h.trace()
	h.runs("lead.created", 0)
	if again := h.trace(); again != first {
		t.Errorf("the second run left %+v, before %+v", again, first)
	}
	l := get(h, h.s.Leads(), id)
	if l.State != "contacted" || l.Owner != h.sales.ID {
		t.Errorf("the lead is %s, owned by %s", l.State, l.Owner)
	}
	ts := list(h, h.s.Tasks(), nil)
	if len(ts) != 1 || ts[0].Title != "Call Kari" || ts[0].Owner != h.sales.ID || ts[0].Due != "2026-03-04" || ts[0].Thread != l.Thread {
		t.Errorf("the tasks are %+v", ts)
	}
	mails := h.mails("rule")
	slices.SortFunc(mails, func(a, b process.Delivery) int { return -strings.Compare(a.To, b.To) })
	if len(mails) != 2 || mails[1].To != "kari@lead.example" || mails[1].Data["subject"] != "Thanks, Kari" || mails[0].To != "sales@seller.example" || mails[0].Data["text"] != "Hi" {
		t.Errorf("the mails are %+v", mails)
	}
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"thread": l.Thread}})
	h.check(err)
	for _, a := range as {
		if a.Type != "lead.created" && (a.Actor.Kind != process.ActorRule || a.Actor.Name != "Call back") {
			t.Errorf("%s is %+v's", a.Type, a.Actor)
		}
	}
	if h.happened("rule.ran", l.Thread) != 1 {
		t.Error("the run does not stand once on the timeline")
	}
	h.verify()
}

// What a rule may not do becomes a task that says why; what came before stays
// done, what comes after is left.
func TestRuleFails(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {
		st.Automations = []process.Automation{
			{Name: "Broken act", When: []string{"lead.created"}, Do: []process.RuleAction{{Task: &process.RuleTask{Title: "before"}}, {Verb: "disqualify", Input: map[string]any{"reason": "weather"}}, {Task: &process.RuleTask{Title: "after"}}}},
			{Name: "Broken if", When: []string{"lead.created"}, If: `quote.lines[3].quantity > 1`, Do: []process.RuleAction{{Task: &process.RuleTask{Title: "never"}}}},
			{Name: "Nobody", When: []string{"lead.created"}, Do: []process.RuleAction{{Assign: "nobody@seller.example"}}},
			{Name: "No address", When: []string{"lead.created"}, Do: []process.RuleAction{{Mail: &process.RuleMail{To: "customer", Subject: texts("a"), Text: texts("b")}}}},
		}
	})
	h.create(process.TypeLead, `{"name":"Kari"}`)
	for range 2 {
		h.runs("lead.created", 0)
	}
	got := map[string]string{}
	for _, task := range h.tasks("rule_failed") {
		got[task.Title] = task.Note
	}
	for rule, why := range map[string]string{"Broken act": "do[1]", "Broken if": "index out of range", "Nobody": "no active user", "No address": "nobody to mail"} {
		if !strings.Contains(got[rule], why) {
			t.Errorf("%s failed with %q", rule, got[rule])
		}
	}
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 5 || len(got) != 4 {
		t.Errorf("%d tasks, %v", len(ts), got)
	}
	h.verify()
}

// Rules that set each other off stop, by depth and by how often on one thread.
func TestRulesInACircle(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {
		st.Automations = []process.Automation{{Name: "Round", When: []string{"lead.contacted"}, Do: []process.RuleAction{{Verb: "contact"}}}}
	})
	lead := get(h, h.s.Leads(), h.contactedLead())
	for depth := range 20 {
		before := h.ruleJobs()
		h.runs("lead.contacted", depth)
		if h.ruleJobs() == before {
			if depth != 4 {
				t.Errorf("stopped at depth %d", depth)
			}
			break
		}
	}
	if ts := h.tasks("rule_loop"); len(ts) != 1 || ts[0].Title != "Round" || ts[0].About.ID != lead.ID {
		t.Errorf("the tasks are %+v", ts)
	}
	for range 60 {
		h.do(process.TypeLead, "contact", lead.ID, "")
		h.runs("lead.contacted", 0)
	}
	if n := h.happened("rule.ran", lead.Thread); n != 50 {
		t.Errorf("the rule ran %d times", n)
	}
	h.clock.advance(25 * time.Hour)
	h.do(process.TypeLead, "contact", lead.ID, "")
	h.runs("lead.contacted", 0)
	if n := h.happened("rule.ran", lead.Thread); n != 51 {
		t.Errorf("a day later the rule ran %d times", n)
	}
}

// A mail of a rule sets no rule off when it goes out, and what stands on no
// thread is counted by its record.
func TestRulesWithoutAThread(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {
		st.Automations = []process.Automation{{Name: "Round", When: []string{"customer.changed", "delivery.accepted"}, Do: []process.RuleAction{
			{Mail: &process.RuleMail{To: "owner", Subject: texts("{customer.name}"), Text: texts("changed")}}}}}
	})
	one, two := h.customer(), h.customer()
	for i := range 52 {
		_, err := h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: one}, []byte(fmt.Sprintf(`{"phone":"%d"}`, i)))
		h.check(err)
		h.runs("customer.changed", 0)
	}
	_, err := h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: two}, []byte(`{"phone":"1"}`))
	h.check(err)
	h.runs("customer.changed", 0)
	mails := h.mails("rule")
	if len(mails) != 51 {
		t.Errorf("%d mails", len(mails))
	}
	jobs := h.ruleJobs()
	if start, err := h.s.StartSending(h.ctx(), process.System(), process.SendDelivery{Delivery: mails[0].ID, Attempt: 1}); err != nil || !start {
		t.Fatalf("%v, %v", start, err)
	}
	h.check(h.s.FinishSending(h.ctx(), process.System(), mails[0].ID, process.Sent{State: "accepted"}))
	if n := h.ruleJobs(); n != jobs {
		t.Errorf("a rule's mail set off %d rules", n-jobs)
	}
	if ts := h.tasks("rule_loop"); len(ts) != 1 || ts[0].About.ID != one {
		t.Errorf("the tasks are %+v", ts)
	}
}

// A dry run says what rules would have done, and changes nothing.
func TestTryRules(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {})
	h.create(process.TypeLead, `{"name":"Old"}`)
	h.clock.advance(3 * day)
	id := h.create(process.TypeLead, `{"name":"New"}`)
	before := h.trace()
	in := process.TrialInput{Since: "2026-03-04", Automations: []process.Automation{{Name: "a", When: []string{"lead.created"}, If: `lead.name == "New"`,
		Do: []process.RuleAction{{Task: &process.RuleTask{Title: "Call {lead.name}"}}, {Verb: "contact"}}}}}
	try := func() ([]process.Trial, int) {
		t.Helper()
		out, err := h.s.TryRules(h.ctx(), h.owner, in)
		h.check(err)
		r := out.Record.(*process.TrialReport)
		return r.Items, r.Scanned
	}
	trials, scanned := try()
	if len(trials) != 1 || trials[0].About.ID != id || strings.Join(trials[0].Do, "|") != "task in 0 days: Call New|lead contact "+id || scanned != 1 {
		t.Errorf("%d scanned, %+v", scanned, trials)
	}
	in.Since = "2026-03-01"
	if trials, _ = try(); len(trials) != 2 || trials[1].Do != nil {
		t.Errorf("%+v", trials)
	}
	in.Automations[0].If = "lead.nam"
	_, err := h.s.TryRules(h.ctx(), h.owner, in)
	wantRefused(t, err, process.CodeInvalid, "settings.invalid")
	if _, err := h.s.TryRules(h.ctx(), h.reader, in); process.CodeOf(err) != process.CodeForbidden {
		t.Errorf("a reader tries: %v", err)
	}
	if h.trace() != before {
		t.Error("the dry run left something")
	}
}

func TestSettingsOfTheProcess(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {})
	st, version, err := h.s.Settings(h.ctx(), h.owner)
	h.check(err)
	for field, change := range map[string]func(*process.Settings){
		"process.stages[1].key":               func(st *process.Settings) { st.Process.Stages[1].Key = "need" },
		"process.stages[0].probability":       func(st *process.Settings) { st.Process.Stages[0].Probability = 101 },
		"process.required.lead.qualfy":        func(st *process.Settings) { st.Process.Required = map[string][]string{"lead.qualfy": {"phone"}} },
		"process.required.lead.qualify[0]":    func(st *process.Settings) { st.Process.Required = map[string][]string{"lead.qualify": {"phon"}} },
		"process.required.opportunity.move.x": func(st *process.Settings) { st.Process.Required = map[string][]string{"opportunity.move.x": {"lines"}} },
		"process.required.quote.accept":       func(st *process.Settings) { st.Process.Required = map[string][]string{"quote.accept": {"title"}} },
		"process.names.nb.verb.x":             func(st *process.Settings) { st.Process.Names = map[string]map[string]string{"nb": {"verb.x": "X"}} },
		"process.score[0].if":                 func(st *process.Settings) { st.Process.Score = []process.ScoreRule{{If: "lead.nme"}} },
		"automations[0].when[0]": func(st *process.Settings) {
			st.Automations = []process.Automation{{Name: "a", When: []string{"lead.crated"}, Do: []process.RuleAction{{Assign: "a@b.example"}}}}
		},
		"automations[0].do[0]": func(st *process.Settings) {
			st.Automations = []process.Automation{{Name: "a", When: []string{"lead.created"}, Do: []process.RuleAction{{}}}}
		},
		"automations[0].do[0].verb": func(st *process.Settings) {
			st.Automations = []process.Automation{{Name: "a", When: []string{"quote.sent"}, Do: []process.RuleAction{{Verb: "accept"}}}}
		},
		"automations[0].do[0].input": func(st *process.Settings) {
			st.Automations = []process.Automation{{Name: "a", When: []string{"invoice.drafted"}, Do: []process.RuleAction{{Verb: "issue", Input: map[string]any{"sent": true}}}}}
		},
		"automations[0].if": func(st *process.Settings) {
			st.Automations = []process.Automation{{Name: "a", If: "lead.name ==", When: []string{"lead.created"}, Do: []process.RuleAction{{Verb: "contact"}}}}
		},
	} {
		bad := st
		bad.Process.Stages = append([]process.Stage{}, st.Process.Stages...)
		change(&bad)
		_, err := h.s.PutSettings(h.ctx(), h.owner, version, bad)
		wantRefused(t, err, process.CodeInvalid, "settings.invalid")
		var e *process.Error
		if errors.As(err, &e) && (len(e.Problems) != 1 || e.Problems[0].Field != field) {
			t.Errorf("%s: %+v", field, e.Problems)
		}
	}
}

// Required fields and checks block with a sentence that names them.
func TestRequired(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) {
		st.Process.Required = map[string][]string{"lead.qualify": {"phone", "address.city"}, "opportunity.move.proposal": {"lines"}, "opportunity.lose": {"competitor"}, "quote.send": {"customer_reference"}}
		st.Process.Checks = []process.QualifyCheck{{Choice: process.Choice{Key: "budget"}, Required: true}, {Choice: process.Choice{Key: "need"}}}
		st.Process.Score = []process.ScoreRule{{If: `lead.checks["budget"]`, Points: 30}, {If: `lead.phone != ""`, Points: 5}}
		st.Process.LostReasons = []process.Choice{{Key: "price"}, {Key: "time"}}
	})
	wants := func(err error, fields ...string) {
		t.Helper()
		wantRefused(t, err, process.CodeInvalid, "")
		var e *process.Error
		errors.As(err, &e)
		var got []string
		for _, p := range e.Problems {
			got = append(got, p.Field)
		}
		if strings.Join(got, " ") != strings.Join(fields, " ") {
			t.Errorf("refused for %v, want %v: %v", got, fields, err)
		}
	}
	id := h.newLead()
	_, err := h.try(h.owner, process.TypeLead, "qualify", id, "")
	wants(err, "phone", "address.city", "checks.budget")
	edit := func(body string) error {
		_, err := h.form(process.TypeLead).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
		return err
	}
	wants(edit(`{"checks":{"money":true}}`), "checks.money")
	h.check(edit(`{"phone":"22 33 44 55","address":{"city":"Oslo"},"checks":{"need":true}}`))
	_, err = h.try(h.owner, process.TypeLead, "qualify", id, "")
	wants(err, "checks.budget")
	out := h.do(process.TypeLead, "qualify", id, `{"checks":{"budget":true}}`)
	if l := get(h, h.s.Leads(), id); !l.Checks["budget"] || !l.Checks["need"] || l.Score != 35 {
		t.Errorf("the lead has %v and %d points", l.Checks, l.Score)
	}
	opportunity := created(t, out, process.TypeOpportunity)
	if o := get(h, h.s.Opportunities(), opportunity); o.Stage != "need" || o.Probability != 20 || o.NextDate != "" {
		t.Errorf("the opportunity begins as %+v", o)
	}
	_, err = h.try(h.owner, process.TypeOpportunity, "move", opportunity, `{"stage":"proposal"}`)
	wants(err, "lines")
	_, err = h.try(h.owner, process.TypeOpportunity, "move", opportunity, `{"stage":"x"}`)
	wants(err, "stage")
	_, err = h.form(process.TypeOpportunity).Edit(h.s, h.ctx(), h.owner, process.Target{ID: opportunity}, []byte(`{"lines":`+lines+`}`))
	h.check(err)
	h.do(process.TypeOpportunity, "move", opportunity, `{"stage":"proposal"}`)
	if o := get(h, h.s.Opportunities(), opportunity); o.Stage != "proposal" || o.Probability != 60 {
		t.Errorf("moved to %s, %d %%", o.Stage, o.Probability)
	}
	_, err = h.try(h.owner, process.TypeOpportunity, "lose", opportunity, `{"reason":"weather"}`)
	wants(err, "reason")
	_, err = h.try(h.owner, process.TypeOpportunity, "lose", opportunity, `{"reason":"price"}`)
	wants(err, "competitor")
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, opportunity))
	_, err = h.try(h.owner, process.TypeQuote, "send", quote, "")
	wants(err, "customer_reference")
	h.do(process.TypeQuote, "cancel", quote, "")
	h.do(process.TypeOpportunity, "lose", opportunity, `{"reason":"price","competitor":"Andre AS"}`)
	h.verify()
}

// Leads that may be the same are shown, and merged only when somebody says so.
func TestMerge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	m := h.mail("kari@same.example", "First")
	other := h.receive(m).Result.ID
	id := h.create(process.TypeLead, `{"name":"Kari","phone":"+47 22 33 44 55","organisation_number":"974760673"}`)
	h.create(process.TypeLead, `{"name":"Elsewhere","phone":"0047 2233 4455","organisation_number":"974 760 673"}`)
	if ds := get(h, h.s.Leads(), id).Duplicates; len(ds) != 1 || strings.Join(ds[0].By, " ") != "phone organisation_number" || ds[0].Name != "Elsewhere" {
		t.Errorf("the duplicates are %+v", ds)
	}
	_, err := h.try(h.owner, process.TypeLead, "merge", id, fmt.Sprintf(`{"other":%q}`, id))
	wantRefused(t, err, process.CodeInvalid, "merge.other")
	before := get(h, h.s.Leads(), other)
	h.do(process.TypeLead, "merge", id, fmt.Sprintf(`{"other":%q}`, other))
	l, o := get(h, h.s.Leads(), id), get(h, h.s.Leads(), other)
	if l.Email != "kari@same.example" || l.Name != "Kari" || l.State != "new" {
		t.Errorf("the survivor is %+v", l)
	}
	if o.State != "disqualified" || o.Reason != "duplicate" || o.MergedInto != id || o.Thread != l.Thread {
		t.Errorf("the other is %+v", o)
	}
	if h.happened("mail.filed", l.Thread) != 1 || h.happened("lead.created", l.Thread) != 2 || h.happened("mail.filed", before.Thread) != 0 {
		t.Error("the timelines did not join")
	}
	again := h.mail("kari@same.example", "Re: First")
	again.InReplyTo = []string{m.MessageID}
	if r := h.receive(again); r.Result.ID == other {
		t.Errorf("a reply is filed on %+v", r.Result)
	}
	_, err = h.try(h.owner, process.TypeLead, "merge", h.newLead(), fmt.Sprintf(`{"other":%q}`, other))
	wantRefused(t, err, process.CodeConflict, "lead.merged")
	h.verify()
}

// A contact is noted with what comes next; an open opportunity shows when that is.
func TestLogAndNextDate(t *testing.T) {
	t.Parallel()
	h := automated(t, func(st *process.Settings) { st.Process.StaleDays = 14 })
	id := h.openOpportunity()
	at := func() *process.Opportunity { t.Helper(); return get(h, h.s.Opportunities(), id) }
	out := h.do(process.TypeOpportunity, "log", id, `{"kind":"meeting","outcome":"reached","note":"Wants a roof","next_date":"2026-03-10"}`)
	task := created(t, out, process.TypeTask)
	if o := at(); o.NextDate != "2026-03-10" || o.Stale {
		t.Errorf("next is %s, stale %v", o.NextDate, o.Stale)
	}
	h.create(process.TypeTask, fmt.Sprintf(`{"title":"Drawings","due":"2026-03-05","about":{"type":"opportunity","id":%q}}`, id))
	if o := at(); o.NextDate != "2026-03-05" {
		t.Errorf("next is %s", o.NextDate)
	}
	h.do(process.TypeOpportunity, "log", id, `{"outcome":"no_answer","next_date":"2026-03-04"}`)
	if o := at(); o.NextDate != "2026-03-04" || get(h, h.s.Tasks(), task).State != "done" {
		t.Errorf("next is %s", o.NextDate)
	}
	h.clock.advance(15 * day)
	if !at().Stale {
		t.Error("it is not stale after 15 days")
	}
	for body, reason := range map[string]string{`{"kind":"pigeon"}`: "log.invalid", `{"outcome":"x"}`: "log.invalid", `{"next_date":"soon"}`: ""} {
		_, err := h.try(h.owner, process.TypeOpportunity, "log", id, body)
		wantRefused(t, err, process.CodeInvalid, reason)
	}
	lead := h.newLead()
	h.do(process.TypeLead, "log", lead, `{}`)
	if get(h, h.s.Leads(), lead).State != "contacted" {
		t.Error("a logged call makes no contacted lead")
	}
	h.verify()
}

// Each user gets one mail a day about the tasks that are due.
func TestDigest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create(process.TypeTask, fmt.Sprintf(`{"title":"Late","due":"2026-02-27","owner":%q}`, h.sales.ID))
	h.create(process.TypeTask, fmt.Sprintf(`{"title":"Today","due":"2026-03-02","owner":%q}`, h.sales.ID))
	h.create(process.TypeTask, `{"title":"Mine","due":"2026-03-03"}`)
	for range 3 {
		h.check(h.s.SendDigests(h.ctx()))
	}
	mails := h.mails("notification")
	if len(mails) != 1 || mails[0].To != "sales@seller.example" || mails[0].Reason != "digest" || mails[0].Data["number"] != "2" || !strings.Contains(mails[0].Data["tasks"], "Late") {
		t.Fatalf("the mails are %+v", mails)
	}
	h.clock.set(monday.Add(20 * time.Hour)) // five in the morning in Oslo
	h.check(h.s.SendDigests(h.ctx()))
	if n := len(h.mails("notification")); n != 1 {
		t.Errorf("%d mails at night", n)
	}
	h.clock.set(monday.Add(22 * time.Hour))
	h.check(h.s.SendDigests(h.ctx()))
	if n := len(h.mails("notification")); n != 3 {
		t.Errorf("%d mails on the next day", n)
	}
	h.settings(func(st *process.Settings) { st.Mail.Digest = false })
	h.clock.advance(day)
	h.check(h.s.SendDigests(h.ctx()))
	if n := len(h.mails("notification")); n != 3 {
		t.Errorf("%d mails although it is switched off", n)
	}
}
