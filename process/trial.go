package process

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// Trial is what a rule would have done at a past activity.
type Trial struct {
	Rule     string    `json:"rule"`
	Activity string    `json:"activity"`
	At       time.Time `json:"at"`
	Type     string    `json:"type"`
	About    Ref       `json:"about"`
	// Do are its actions in words; none when the condition does not hold.
	Do []string `json:"do,omitempty"`
	// Acts are the same for programs.
	Acts []TrialAct `json:"acts,omitempty"`
	// Error is why the condition could not be judged, or a text not filled in.
	Error string `json:"error,omitempty"`
}

// TrialInput says which rules to try from when on.
type TrialInput struct {
	// Since is a day, in the company's time zone; thirty days ago when empty.
	Since Date `json:"since,omitempty"`
	// Automations are tried instead of those of the settings.
	Automations []Automation `json:"automations,omitempty"`
}

// TrialReport is what a dry run found, newest first.
type TrialReport struct {
	Items []Trial `json:"items"`
	// Scanned is how many activities there were that rules wait for.
	Scanned int `json:"scanned"`
}

// maxTried bounds the activities that a trial looks at.
const maxTried = 10_000

// TryRules is a dry run: which rules would have done what at the activities of
// the past, judged by the records as they are now. Nothing is changed.
func (s *Service) TryRules(ctx context.Context, a Actor, in TrialInput) (*Outcome, error) {
	r, err := s.DryRun(ctx, a, in)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, a, MayManage, func(*unit) (*Outcome, error) { return (&Outcome{}).of(r), nil })
}

// DryRun is TryRules for who reads it, without an answer to be repeated.
func (s *Service) DryRun(ctx context.Context, a Actor, in TrialInput) (*TrialReport, error) {
	var r TrialReport
	err := s.view(ctx, a, MayManage, func(u *unit) error {
		r = TrialReport{Items: []Trial{}}
		if s.rules == nil {
			return Conflict("rules.unavailable", "this installation runs no rules")
		}
		rules := u.settings.Automations
		if in.Automations != nil {
			rules = in.Automations
			st := u.settings
			st.Automations = rules
			if ps := append(automationProblems(rules), s.rules.Check(st)...); len(ps) > 0 {
				return Invalid("settings.invalid", "the rules cannot be used as they are", ps...)
			}
		}
		since := in.Since
		if since == "" {
			since = u.today().AddDays(-30)
		}
		if !since.Valid() {
			return Invalid("trial.since", "since is no day", Problem{Field: "since", Reason: "date", Message: "write it as 2026-11-30"})
		}
		acts, err := u.awaited(rules, since)
		if err != nil {
			return err
		}
		r.Scanned = len(acts)
		for _, act := range acts {
			if err := u.try(rules, act, &r.Items); err != nil {
				return err
			}
		}
		return nil
	})
	return &r, err
}

// awaited are the activities since a day that rules wait for, newest first.
func (u *unit) awaited(rules []Automation, since Date) ([]Activity, error) {
	var types []string
	for _, a := range rules {
		if !a.Off {
			types = append(types, a.When...)
		}
	}
	slices.Sort(types)
	var acts []Activity
	for _, typ := range slices.Compact(types) {
		for cursor, n := "", 0; n < maxTried; {
			page, next, err := u.Activities(Filter{Limit: MaxLimit, Cursor: cursor, Match: map[string]string{"type": typ}})
			if err != nil {
				return nil, err
			}
			n += len(page)
			for _, act := range page {
				if DateOf(act.At, u.settings.Location()) < since {
					next = ""
					break
				}
				acts = append(acts, act)
			}
			if cursor = next; next == "" {
				break
			}
		}
	}
	slices.SortFunc(acts, func(a, b Activity) int { return cmp.Compare(b.ID, a.ID) })
	return acts[:min(len(acts), maxTried)], nil
}

func (u *unit) try(rules []Automation, act Activity, trials *[]Trial) error {
	if !slices.ContainsFunc(rules, func(a Automation) bool { return a.waitsFor(act.Type) }) {
		return nil
	}
	scene, err := u.scene(act)
	if err != nil {
		return err
	}
	for _, a := range rules {
		if !a.waitsFor(act.Type) {
			continue
		}
		t := Trial{Rule: a.Name, Activity: act.ID, At: act.At, Type: act.Type, About: act.About}
		holds := true
		if strings.TrimSpace(a.If) != "" {
			holds, err = u.s.rules.Holds(a.If, scene)
		}
		if err == nil && holds {
			t.Acts, err = u.s.acts(a, scene)
			for _, act := range t.Acts {
				t.Do = append(t.Do, act.String())
			}
		}
		if err != nil {
			t.Error = err.Error()
		}
		err = nil
		*trials = append(*trials, t)
	}
	return nil
}
