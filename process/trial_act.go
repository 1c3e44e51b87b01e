package process

import "fmt"

// TrialAct is one thing that a rule does or would have done. Kind is verb,
// task, mail, quote or assign.
type TrialAct struct {
	Kind string `json:"kind"`
	// On is the record that Verb would move; its id is empty before a rule is tried.
	On   Ref    `json:"on,omitzero"`
	Verb string `json:"verb,omitempty"`
	// To is who gets the mail, the task or the record.
	To string `json:"to,omitempty"`
	// Text is the task's title or the mail's subject.
	Text string `json:"text,omitempty"`
	// Days is when a task is due, counted from the day of the event.
	Days int `json:"days,omitempty"`
}

// Act says what an action is, with the {expressions} in its text as they stand.
func (do RuleAction) Act() TrialAct {
	switch {
	case do.Verb != "":
		return TrialAct{Kind: "verb", Verb: do.Verb, On: Ref{Type: do.On}}
	case do.Task != nil:
		return TrialAct{Kind: "task", Text: do.Task.Title, To: do.Task.Owner, Days: do.Task.Days}
	case do.Mail != nil:
		return TrialAct{Kind: "mail", Text: inLanguage(do.Mail.Subject, ""), To: do.Mail.To}
	case do.Quote != nil:
		return TrialAct{Kind: "quote"}
	}
	return TrialAct{Kind: "assign", To: do.Assign}
}

// String is the act in the words of the command line.
func (t TrialAct) String() string {
	switch t.Kind {
	case "verb":
		return fmt.Sprintf("%s %s %s", t.On.Type, t.Verb, t.On.ID)
	case "task":
		return fmt.Sprintf("task in %d days: %s", t.Days, t.Text)
	case "mail":
		return fmt.Sprintf("mail to %s: %s", t.To, t.Text)
	case "quote":
		return "draft a quote"
	}
	return "assign to " + t.To
}

// acts are what the rule's actions would be in a scene, texts filled in.
func (s *Service) acts(a Automation, scene Scene) ([]TrialAct, error) {
	var out []TrialAct
	for _, do := range a.Do {
		act, err := do.Act(), error(nil)
		if act.Kind == "verb" {
			act.On, err = scene.target(do.On)
		} else if act.Text != "" {
			act.Text, err = s.fill(act.Text, scene)
		}
		if err != nil {
			return out, err
		}
		out = append(out, act)
	}
	return out, nil
}
