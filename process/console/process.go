package console

import (
	"encoding/json"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/emne/emne/process"
)

// What the settings say about the process, on the pages.

// own is the organisation's own word for a text, "" when it has none.
func (v *visit) own(key string) string { return v.settings.Process.Names[v.lang][key] }

// checkName is a question of qualifying.
func (v *visit) checkName(c process.QualifyCheck) string {
	if n := c.Names[v.lang]; n != "" {
		return n
	}
	return v.known("check.", c.Key)
}

func (v *visit) checkNamed(key string) string {
	for _, c := range v.settings.Process.QualifyChecks() {
		if c.Key == key {
			return v.checkName(c)
		}
	}
	return v.known("check.", key)
}

func (v *visit) stageName(key string) string {
	if s, ok := v.settings.Process.Stage(key); ok {
		return s.Name(v.lang)
	}
	return key
}

func (v *visit) lostReason(key string) string {
	for _, c := range v.settings.Process.LostReasons {
		if c.Key == key {
			return c.Name(v.lang)
		}
	}
	return key
}

// checkFields are the questions of qualifying, answered as the lead says.
func (v *visit) checkFields(in input, answers map[string]bool) []field {
	var fs []field
	for _, c := range v.settings.Process.QualifyChecks() {
		fs = append(fs, v.field(in, kindCheck, "checks."+c.Key, func(f *field) {
			f.Label = v.checkName(c)
			if c.Required {
				f.Hint = v.t("hint.check_required")
			}
			if in.sent == nil && answers != nil {
				f.Checked = answers[c.Key]
			}
		}))
	}
	return fs
}

// chosen are a list of the settings as options; none when there is no list.
func (v *visit) chosen(list []process.Choice) []option {
	if len(list) == 0 {
		return nil
	}
	options := []option{{Label: v.t("option.choose")}}
	for _, c := range list {
		options = append(options, option{Value: c.Key, Label: c.Name(v.lang)})
	}
	return options
}

// loseFields ask why, and for whom: by the settings' lists when there are any.
func (v *visit) loseFields(in input) []field {
	reason := v.field(in, kindText, "reason", wide)
	if options := v.chosen(v.settings.Process.LostReasons); options != nil {
		reason = v.field(in, kindSelect, "reason", required, choices(options))
	}
	competitor := v.field(in, kindText, "competitor")
	if list := v.settings.Process.Competitors; len(list) > 0 {
		options := []option{{Label: v.t("option.none")}}
		for _, c := range list {
			options = append(options, option{Value: c, Label: c})
		}
		competitor = v.field(in, kindSelect, "competitor", choices(options))
	}
	return []field{reason, competitor}
}

func (v *visit) logFields(in input) []field {
	return []field{v.field(in, kindSelect, "kind", choices(v.options("contact.", "call", "meeting", "visit", "message"))),
		v.field(in, kindSelect, "outcome", choices(append([]option{{}}, v.options("outcome.", "reached", "no_answer", "left_message", "postponed", "not_interested")...))),
		v.field(in, kindArea, "note", wide), v.field(in, kindDate, "next_date")}
}

// stages are the options of moving an opportunity.
func (v *visit) stages() []option {
	var options []option
	for _, s := range v.settings.Process.Stages {
		options = append(options, option{Value: s.Key, Label: s.Name(v.lang)})
	}
	return options
}

// opportunityBadges are the state, and what wants attention.
func (v *visit) opportunityBadges(o process.Opportunity) []badge {
	b := []badge{v.state(process.TypeOpportunity, o.State)}
	if o.State != "open" {
		return b
	}
	if o.Stage != "" {
		b = append(b, badge{v.stageName(o.Stage), ""})
	}
	switch {
	case o.NextDate == "":
		b = append(b, badge{v.t("no_next_date"), "warn"})
	case o.NextDate < v.today():
		b = append(b, badge{v.t("overdue"), "bad"})
	}
	if o.Stale {
		b = append(b, badge{v.t("stale"), "warn"})
	}
	return b
}

// processFacts are what the settings ask of a lead, and who it may be.
func (v *visit) processFacts(p *recordPage, l *process.Lead) {
	if l.Score != 0 {
		p.fact(v.t("field.score"), words(count(l.Score)))
	}
	var yes []string
	for _, c := range v.settings.Process.QualifyChecks() {
		if l.Checks[c.Key] {
			yes = append(yes, v.checkName(c))
		}
	}
	p.fact(v.t("field.checks"), words(strings.Join(yes, ", ")))
	p.fact(v.t("field.merged_into"), v.link(process.TypeLead, l.MergedInto))
	p.checks, p.duplicates = l.Checks, l.Duplicates
	p.hidden["merge"], p.hidden["reopen"] = len(l.Duplicates) == 0, l.MergedInto != ""
	if len(l.Duplicates) == 0 {
		return
	}
	same := related{Label: v.t("duplicates")}
	for _, d := range l.Duplicates {
		var by []string
		for _, f := range d.By {
			by = append(by, v.fieldLabel(f))
		}
		note := v.t("state.lead."+d.State) + ", " + v.t("duplicates.by", "fields", strings.Join(by, ", "))
		same.Rows = append(same.Rows, relatedRow{v.link(process.TypeLead, d.ID), note})
	}
	p.Related = append(p.Related, same)
}

// mergeable are the leads that may be merged into this one.
func mergeable(p *recordPage) []option {
	var options []option
	for _, d := range p.duplicates {
		if d.State != "qualified" {
			options = append(options, option{Value: d.ID, Label: either(d.Name, d.ID)})
		}
	}
	return options
}

// yamlOf writes a part of the settings as people edit it.
func yamlOf(part any) string {
	b, err := json.Marshal(part)
	if err != nil {
		return ""
	}
	if out, err := yaml.JSONToYAML(b); err == nil && strings.TrimSpace(string(out)) != "{}" && strings.TrimSpace(string(out)) != "null" {
		return string(out)
	}
	return ""
}

// processTexts are the parts of the settings that are edited as YAML.
func (v *visit) processTexts(in *input) {
	if in.sent == nil {
		in.values["process.required"], in.values["process.names"] = yamlOf(v.settings.Process.Required), yamlOf(v.settings.Process.Names)
		in.values["automations"] = yamlOf(v.settings.Automations)
	}
}

// jsonOf reads what was written as YAML.
func jsonOf(name, s string) (json.RawMessage, *process.Problem) {
	b, err := yaml.YAMLToJSON([]byte(s))
	if err != nil {
		return nil, &process.Problem{Field: name, Reason: "yaml", Message: yaml.FormatError(err, false, false)}
	}
	var into any = &[]process.Automation{}
	switch name {
	case "process.required":
		into = &map[string][]string{}
	case "process.names":
		into = &map[string]map[string]string{}
	}
	if err := process.Decode(b, into); err != nil {
		return nil, &process.Problem{Field: name, Reason: "yaml", Message: err.Error()}
	}
	return json.RawMessage(b), nil
}
