package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/emne/emne/process"
)

// Check implements process.Rules.
func (e *Engine) Check(st process.Settings) []process.Problem {
	var ps []process.Problem
	bad := func(field string, err error) {
		ps = append(ps, process.Problem{Field: field, Reason: "rule.expression", Message: err.Error()})
	}
	truth := func(field, text string) {
		if _, err := e.compile(text, true); err != nil {
			bad(field, explain(err))
		}
	}
	texts := func(field, text string) {
		for _, p := range split(text) {
			if p.expression {
				if _, err := e.compile(p.text, false); err != nil {
					bad(field, fmt.Errorf("{%s} at character %d: %w", p.text, p.at+1, explain(err)))
				}
			}
		}
	}
	for i, r := range st.Process.Score {
		truth(fmt.Sprintf("process.score[%d].if", i), r.If)
	}
	for i, a := range st.Automations {
		at := fmt.Sprintf("automations[%d]", i)
		if strings.TrimSpace(a.If) != "" {
			truth(at+".if", a.If)
		}
		for j, do := range a.Do {
			at := fmt.Sprintf("%s.do[%d]", at, j)
			if do.Task != nil {
				texts(at+".task.title", do.Task.Title)
				texts(at+".task.note", do.Task.Note)
			}
			if do.Mail != nil {
				for _, lang := range slices.Sorted(maps.Keys(do.Mail.Subject)) {
					texts(at+".mail.subject."+lang, do.Mail.Subject[lang])
				}
				for _, lang := range slices.Sorted(maps.Keys(do.Mail.Text)) {
					texts(at+".mail.text."+lang, do.Mail.Text[lang])
				}
			}
			inputs(at+".input", do.Input, texts)
			inputs(at+".quote", do.Quote, texts)
		}
	}
	return ps
}

// inputs finds the texts in a verb's input.
func inputs(field string, v any, texts func(field, text string)) {
	switch v := v.(type) {
	case string:
		texts(field, v)
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			inputs(field+"."+k, v[k], texts)
		}
	case []any:
		for i := range v {
			inputs(fmt.Sprintf("%s[%d]", field, i), v[i], texts)
		}
	}
}
