package console

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// maxTrialRows bounds what is shown of a rule.
const maxTrialRows = 50

// rulesPage shows each rule and what it would have done.
type rulesPage struct {
	frame
	Form    form
	Rules   []triedRule
	Scanned string
}

type triedRule struct {
	Name, When, If, Sum, Failed, More string
	Off                               bool
	Do                                []string
	Rows                              []triedRow
}

// triedRow is an event at which the rule would have acted, or failed.
type triedRow struct {
	At, Type string
	About    cell
	Do       []cell
	Error    string
}

// rulesPage tries the rules of the settings on the last thirty days.
func (v *visit) rulesPage() error {
	if !v.may(process.MayManage) {
		return process.Forbidden("the role %q may not see the settings", v.actor.Role)
	}
	in, err := v.inputFrom("settings", struct {
		Automations []process.Automation `json:"automations"`
		Since       process.Date         `json:"since"`
	}{v.settings.Automations, v.today().AddDays(-30)})
	if err != nil {
		return err
	}
	return v.showRules(in, process.TrialInput{})
}

// tryRules tries the rules as they are written on the page.
func (v *visit) tryRules() error {
	in, err := v.sent("settings")
	if err != nil {
		return err
	}
	body, problems := v.encode(v.rulesForm(in), in, true)
	trial := process.TrialInput{Automations: []process.Automation{}}
	if len(problems) == 0 {
		if err := json.Unmarshal(body, &trial); err != nil {
			problems = append(problems, process.Problem{Field: "automations", Reason: "yaml", Message: err.Error()})
		}
	}
	if len(problems) > 0 {
		return v.refuseRules(in, process.Invalid("form.invalid", "the rules cannot be tried as they are", problems...))
	}
	return v.showRules(in, trial)
}

func (v *visit) rulesForm(in input) form {
	return form{Action: "/settings/rules", Submit: v.t("trial.run"), Sections: []section{{Fields: []field{
		v.field(in, kindDate, "since"), v.field(in, kindYAML, "automations", wide, hint(v.t("hint.automations")))}}}}
}

// refuseRules says what is wrong with each rule, where and why.
func (v *visit) refuseRules(in input, e *process.Error) error {
	f := v.rulesForm(in)
	f.Error = v.say(e)
	for _, p := range e.Problems {
		f.Problems = append(f.Problems, v.problem(p))
	}
	return v.page(access.Status(e.Code), "rules.html", rulesPage{frame: v.frame(v.t("trial.title")), Form: f})
}

func (v *visit) showRules(in input, trial process.TrialInput) error {
	r, err := v.s.DryRun(v.ctx(), v.actor, trial)
	if err != nil {
		if e := refusal(err); e != nil && e.Code != process.CodeForbidden {
			return v.refuseRules(in, e)
		}
		return err
	}
	since := trial.Since
	if since == "" {
		since = v.today().AddDays(-30)
	}
	p := rulesPage{frame: v.frame(v.t("trial.title")), Form: v.rulesForm(in), Scanned: v.t("trial.scanned", "number", count(r.Scanned), "since", v.date(since))}
	rules := v.settings.Automations
	if trial.Automations != nil {
		rules = trial.Automations
	}
	for _, a := range rules {
		p.Rules = append(p.Rules, v.triedRule(a, r.Items))
	}
	return v.page(200, "rules.html", p)
}

func (v *visit) triedRule(a process.Automation, items []process.Trial) triedRule {
	t := triedRule{Name: a.Name, When: strings.Join(a.When, ", "), If: strings.TrimSpace(a.If), Off: a.Off}
	for _, do := range a.Do {
		act := do.Act()
		if act.Kind == "verb" && act.On.Type == "" && len(a.When) > 0 { // the record of the event
			act.On.Type, _, _ = strings.Cut(a.When[0], ".")
		}
		t.Do = append(t.Do, v.trialAct(act).Text)
	}
	hits, failed, events := 0, 0, 0
	for _, item := range items {
		if item.Rule != a.Name {
			continue
		}
		events++
		switch {
		case item.Error != "":
			failed++
		case len(item.Acts) == 0:
			continue
		default:
			hits++
		}
		if len(t.Rows) == maxTrialRows {
			t.More = v.t("trial.more", "number", count(maxTrialRows))
			continue
		}
		row := triedRow{At: v.moment(item.At), Type: item.Type, About: v.link(item.About.Type, item.About.ID), Error: item.Error}
		for _, act := range item.Acts {
			row.Do = append(row.Do, v.trialAct(act))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Sum = v.t("trial.sum", "hits", count(hits), "events", count(events))
	if failed > 0 {
		t.Failed = v.t("trial.failed", "number", count(failed))
	}
	return t
}

// trialAct is an act in the reader's words, with a link to the record that it moves.
func (v *visit) trialAct(act process.TrialAct) cell {
	c := cell{}
	verb, record := act.Verb, v.t("trial.record")
	if act.On.Type != "" {
		verb = v.known("verb."+act.On.Type+".", act.Verb)
		record = v.known("kind.", act.On.Type)
	}
	if act.On.ID != "" {
		c = v.link(act.On.Type, act.On.ID)
		record = either(c.Text, act.On.ID)
	}
	to := act.To
	if slices.Contains([]string{"owner", "customer"}, to) {
		to = v.t("trial.to." + to)
	}
	c.Text = v.t("trial.act."+act.Kind, "verb", verb, "record", record, "text", act.Text, "to", to, "days", count(act.Days))
	return c
}
