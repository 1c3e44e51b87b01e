package process

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Process is how an organisation bends the five steps to its own ways, without
// code. What is left out stays as it is out of the box.
type Process struct {
	// Stages stand inside the step Develop, in their order; the first is where
	// an opportunity begins.
	Stages []Stage `json:"stages,omitempty"`
	// LostReasons are the only ones that an opportunity may be lost for, when
	// there are any.
	LostReasons []Choice `json:"lost_reasons,omitempty"`
	// Competitors are offered when an opportunity is lost.
	Competitors []string `json:"competitors,omitempty"`
	// Checks are what a lead is qualified by; DefaultChecks when there are none.
	Checks []QualifyCheck `json:"checks,omitempty"`
	// Score gives a lead points, by rules.
	Score []ScoreRule `json:"score,omitempty"`
	// Required are fields that a record needs for a transition, by record.verb,
	// such as "lead.qualify", and by opportunity.move.STAGE.
	Required map[string][]string `json:"required,omitempty"`
	// Names replace words of the console, by language and key: step.qualify,
	// kind.lead (one), kinds.lead (many), state.lead.new.
	Names map[string]map[string]string `json:"names,omitempty"`
	// StaleDays is after how many days without an entry on its timeline an open
	// opportunity counts as stale; 0 for never.
	StaleDays int `json:"stale_days,omitempty"`
}

// Choice is one of a list, with its names by language.
type Choice struct {
	Key   string            `json:"key"`
	Names map[string]string `json:"names,omitempty"`
}

// Name is the choice's name in the language, its key when it has none.
func (c Choice) Name(language string) string {
	if n := c.Names[language]; n != "" {
		return n
	}
	return c.Key
}

// Stage is a part of the step Develop. Probability is a percentage.
type Stage struct {
	Choice
	Probability int `json:"probability"`
}

// QualifyCheck is a question that a lead is qualified by.
type QualifyCheck struct {
	Choice
	// Required ones block qualifying until they are answered with yes.
	Required bool `json:"required,omitempty"`
}

// ScoreRule gives points to leads for which the expression is true.
type ScoreRule struct {
	If     string `json:"if"`
	Points int    `json:"points"`
}

// DefaultChecks are those of the field: interest, and what a sale needs
// besides (budget, authority, need, time).
func DefaultChecks() []QualifyCheck {
	var cs []QualifyCheck
	for _, key := range []string{"interested", "budget", "authority", "need", "time"} {
		cs = append(cs, QualifyCheck{Choice: Choice{Key: key}})
	}
	return cs
}

// QualifyChecks are the settings' checks, or the default ones.
func (p Process) QualifyChecks() []QualifyCheck {
	if len(p.Checks) == 0 {
		return DefaultChecks()
	}
	return p.Checks
}

// Stage finds a stage by its key.
func (p Process) Stage(key string) (Stage, bool) {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Key == key })
	if i < 0 {
		return Stage{}, false
	}
	return p.Stages[i], true
}

// usualProbability is that of an open opportunity where there are no stages.
const usualProbability = 20

// begin puts an opportunity into the first stage.
func (p Process) begin(o *Opportunity) {
	o.Stage, o.Probability = "", usualProbability
	if len(p.Stages) > 0 {
		o.Stage, o.Probability = p.Stages[0].Key, p.Stages[0].Probability
	}
}

// shapes are the records whose fields settings and expressions may name.
var shapes = map[string]reflect.Type{
	TypeLead: reflect.TypeFor[Lead](), TypeOpportunity: reflect.TypeFor[Opportunity](), TypeQuote: reflect.TypeFor[Quote](),
	TypeOrder: reflect.TypeFor[Order](), TypeInvoice: reflect.TypeFor[Invoice](), TypeCreditNote: reflect.TypeFor[CreditNote](),
	TypePayment: reflect.TypeFor[Payment](), TypeCustomer: reflect.TypeFor[Customer](), TypeContact: reflect.TypeFor[Contact](),
	TypeTask: reflect.TypeFor[Task](),
}

// free are the verbs that nothing can be required for: the customers' own, and
// those by which a mistake is put right.
var free = []string{"edit", "delete", "accept", "decline", "question", "not_a_lead", "reopen", "assign", "log", "merge"}

var settingKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// named are the words of the console that Names may replace.
var named = regexp.MustCompile(`^(step|kind|kinds|state|check)\.[a-z_.-]{1,60}$`)

// problems lists what is wrong with the configuration as such; expressions are
// Rules' matter.
func (p Process) problems() []Problem {
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: "process." + field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	keys := func(field string, of []Choice) {
		seen := map[string]bool{}
		for i, c := range of {
			if !settingKey.MatchString(c.Key) || seen[c.Key] {
				bad(fmt.Sprintf("%s[%d].key", field, i), "settings.key", "%q: a key is of small letters, digits and _, begins with a letter, and stands once", c.Key)
			}
			seen[c.Key] = true
		}
	}
	var stages, checks []Choice
	for i, s := range p.Stages {
		stages = append(stages, s.Choice)
		if s.Probability < 0 || s.Probability > 100 {
			bad(fmt.Sprintf("stages[%d].probability", i), "probability.bounds", "a probability is between 0 and 100")
		}
	}
	for _, c := range p.Checks {
		checks = append(checks, c.Choice)
	}
	keys("stages", stages)
	keys("checks", checks)
	keys("lost_reasons", p.LostReasons)
	if p.StaleDays < 0 || p.StaleDays > 3650 {
		bad("stale_days", "settings.stale_days", "0 to 3650 days")
	}
	for _, lang := range slices.Sorted(maps.Keys(p.Names)) {
		if !knownLanguage(lang) {
			bad("names."+lang, "settings.language", "%q is no language of emne: %s", lang, strings.Join(Languages(), ", "))
		}
		for _, key := range slices.Sorted(maps.Keys(p.Names[lang])) {
			if !named.MatchString(key) {
				bad("names."+lang+"."+key, "settings.names", "names are of keys such as step.qualify, kind.lead, kinds.lead and state.lead.new, not %q", key)
			}
		}
	}
	for _, on := range slices.Sorted(maps.Keys(p.Required)) {
		record, verb, _ := strings.Cut(on, ".")
		verb, stage, staged := strings.Cut(verb, ".")
		shape := shapes[record]
		known := slices.ContainsFunc(transitions, func(t Transition) bool { return t.Record == record && t.Verb == verb })
		if _, ok := p.Stage(stage); shape == nil || !known || slices.Contains(free, verb) || staged && (verb != "move" || !ok) {
			bad("required."+on, "settings.required", "%q is no transition that fields can be required for: write it as lead.qualify or opportunity.move.STAGE", on)
			continue
		}
		for i, field := range p.Required[on] {
			if !hasField(shape, field) {
				bad(fmt.Sprintf("required.%s[%d]", on, i), "settings.required_field", "a %s has no field %q; it has %s", record, field, strings.Join(fieldNames(shape), ", "))
			}
		}
	}
	return ps
}

// fieldNames are the names of a record's fields, sorted.
func fieldNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := cutTag(f.Tag.Get("json")); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func hasField(t reflect.Type, path string) bool {
	_, ok := fieldAt(reflect.New(t).Elem(), path)
	return ok
}

// fieldAt reads the value of a path such as "address.city" or "checks.budget".
func fieldAt(v reflect.Value, path string) (reflect.Value, bool) {
	name, rest, deeper := strings.Cut(path, ".")
	switch v.Kind() {
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || deeper || name == "" {
			return v, false
		}
		if at := v.MapIndex(reflect.ValueOf(name)); at.IsValid() {
			return at, true
		}
		return reflect.Zero(v.Type().Elem()), true
	case reflect.Struct:
	default:
		return v, false
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if tag, _, _ := cutTag(f.Tag.Get("json")); tag == name && name != "" && name != "-" {
			at := v.FieldByIndex(f.Index)
			if deeper {
				return fieldAt(at, rest)
			}
			return at, true
		}
	}
	return v, false
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.TrimSpace(v.String()) == ""
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	if m, ok := v.Interface().(Money); ok {
		return m.IsZero()
	}
	return v.IsZero()
}

// require refuses a transition when the settings ask for fields that the
// record, as the transition leaves it, does not have. Customers are not asked
// for what only the seller can fill in.
func (u *unit) require(record, verb string, r any) error {
	if u.actor.Kind == ActorCustomer {
		return nil
	}
	p := u.settings.Process
	v := reflect.Indirect(reflect.ValueOf(r))
	var ps []Problem
	missing := func(field string) {
		if !slices.ContainsFunc(ps, func(p Problem) bool { return p.Field == field }) {
			ps = append(ps, Problem{Field: field, Reason: "required.field", Message: "needed for " + verb})
		}
	}
	for _, field := range p.Required[record+"."+verb] {
		if at, ok := fieldAt(v, field); !ok || empty(at) {
			missing(field)
		}
	}
	if l, ok := r.(*Lead); ok && verb == "qualify" {
		for _, c := range p.QualifyChecks() {
			if c.Required && !l.Checks[c.Key] {
				missing("checks." + c.Key)
			}
		}
	}
	if len(ps) == 0 {
		return nil
	}
	return Invalid("required.missing", fmt.Sprintf("before this %s can go on (%s), something is to be filled in", record, strings.ReplaceAll(verb, ".", " ")), ps...)
}

// checkChecks refuses answers to questions that nobody asks.
func (u *unit) checkChecks(checks map[string]bool) error {
	known := u.settings.Process.QualifyChecks()
	for key := range checks {
		if !slices.ContainsFunc(known, func(c QualifyCheck) bool { return c.Key == key }) {
			var keys []string
			for _, c := range known {
				keys = append(keys, c.Key)
			}
			return Invalid("lead.invalid", "the lead cannot be saved", Problem{Field: "checks." + key, Reason: "check.unknown", Message: "the checks are " + strings.Join(keys, ", ")})
		}
	}
	return nil
}

// lostFor refuses a reason that is none of the settings'.
func (p Process) lostFor(reason string) error {
	if len(p.LostReasons) == 0 || slices.ContainsFunc(p.LostReasons, func(c Choice) bool { return c.Key == strings.TrimSpace(reason) }) {
		return nil
	}
	var keys []string
	for _, c := range p.LostReasons {
		keys = append(keys, c.Key)
	}
	return Invalid("opportunity.reason", "say why it was lost", Problem{Field: "reason", Reason: "opportunity.reason", Message: "one of " + strings.Join(keys, ", ")})
}
