package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// RunRules carries out the rules that an activity set off. Each of them runs
// once for an activity, and each of its actions once, whatever crashes between:
// a run begins with an entry on the timeline that commits with its key, and an
// action's key commits with the action. What an action refuses becomes a task;
// only what may be different in a moment is an error.
func (s *Service) RunRules(ctx context.Context, j RunRules) error {
	if s.rules == nil {
		return nil
	}
	var act *Activity
	var st Settings
	err := s.view(ctx, System(), MayRead, func(u *unit) error {
		st = u.settings
		as, _, err := u.Activities(Filter{Match: map[string]string{"id": j.Activity}, Limit: 1})
		if len(as) > 0 {
			act = &as[0]
		}
		return err
	})
	if err != nil || act == nil {
		return err
	}
	var errs []error
	for _, a := range st.Automations {
		if a.waitsFor(act.Type) {
			if err := s.runRule(ctx, j, a, *act); err != nil {
				errs = append(errs, fmt.Errorf("the rule %q: %w", a.Name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// The answers of a rule's keys.
const (
	ruleDone   = "done"
	ruleFailed = "failed"
)

// errNotNow takes back a run whose condition does not hold.
var errNotNow = errors.New("the condition does not hold")

// ruleOnce is the key of a part of a rule's run.
func ruleOnce(ctx context.Context, j RunRules, rule, part, answer string) context.Context {
	return WithOnce(ctx, Once{Key: IdempotencyKey{Scope: "rule:" + rule, Key: j.Activity + ":" + part}, Encode: func(*Outcome) (Answer, error) {
		return Answer{Status: 200, Body: []byte(answer)}, nil
	}})
}

// settled tells an earlier outcome from a new one.
func settled(err error, answer string) (string, error) {
	var before *Replayed
	if errors.As(err, &before) {
		return string(before.Answer.Body), nil
	}
	return answer, err
}

func (s *Service) runRule(ctx context.Context, j RunRules, a Automation, act Activity) error {
	actor := Actor{Kind: ActorRule, ID: a.Name, Name: a.Name, Channel: "job", Depth: j.Depth + 1}
	begun, err := s.beginRule(ctx, j, a, act, actor)
	if errors.Is(err, errNotNow) || err == nil && begun != ruleDone {
		return nil
	}
	if err != nil {
		return err
	}
	for i, do := range a.Do {
		part := fmt.Sprint(i)
		_, err := s.ruleAct(ruleOnce(ctx, j, a.Name, part, ruleDone), actor, do, act)
		result, err := settled(err, ruleDone)
		if err != nil && CodeOf(err) != CodeInternal {
			result, err = s.ruleFails(ruleOnce(ctx, j, a.Name, part, ruleFailed), actor, a, act, fmt.Sprintf("do[%d]: %v", i, err))
		}
		if err != nil {
			return err
		}
		if result == ruleFailed {
			return nil
		}
	}
	return nil
}

// beginRule decides whether a rule runs, and says so on the timeline.
func (s *Service) beginRule(ctx context.Context, j RunRules, a Automation, act Activity, actor Actor) (string, error) {
	scene, err := s.sceneOf(ctx, act)
	if err != nil {
		return "", err
	}
	holds := true
	if strings.TrimSpace(a.If) != "" {
		if holds, err = s.rules.Holds(a.If, scene); err != nil {
			return s.ruleFails(ruleOnce(ctx, j, a.Name, "begin", ruleFailed), actor, a, act, "if: "+err.Error())
		}
	}
	answer := ruleDone
	once := Once{Key: IdempotencyKey{Scope: "rule:" + a.Name, Key: j.Activity + ":begin"}, Encode: func(*Outcome) (Answer, error) {
		return Answer{Status: 200, Body: []byte(answer)}, nil
	}}
	_, err = s.change(WithOnce(ctx, once), actor, MaySell, func(u *unit) (*Outcome, error) {
		if answer = ruleDone; !holds {
			return nil, errNotNow
		}
		match := map[string]string{"thread": act.Thread, "type": "rule.ran"}
		if act.Thread == "" {
			match["about_id"] = act.About.ID
		}
		runs, _, err := u.Activities(Filter{Match: match, Limit: maxRuleRuns})
		if err != nil {
			return nil, err
		}
		if n := len(runs); n == maxRuleRuns && u.now.Sub(runs[n-1].At).Hours() < 24 {
			answer = ruleFailed
			return &Outcome{}, u.ruleTrouble(act, "rule_loop", a.Name, fmt.Sprintf("rules ran %d times on this within a day; this one was held back", maxRuleRuns))
		}
		return &Outcome{}, u.note(Activity{Type: "rule.ran", About: act.About, Thread: act.Thread, Data: map[string]string{"name": a.Name, "event": act.Type}})
	})
	return settled(err, answer)
}

func (s *Service) ruleFails(ctx context.Context, actor Actor, a Automation, act Activity, note string) (string, error) {
	_, err := s.change(ctx, actor, MaySell, func(u *unit) (*Outcome, error) {
		return &Outcome{}, u.ruleTrouble(act, "rule_failed", a.Name, note)
	})
	return settled(err, ruleFailed)
}

func (s *Service) sceneOf(ctx context.Context, act Activity) (scene Scene, err error) {
	err = s.view(ctx, System(), MayRead, func(u *unit) error {
		scene, err = u.scene(act)
		return err
	})
	return scene, err
}

// ruleAct does one action.
func (s *Service) ruleAct(ctx context.Context, actor Actor, do RuleAction, act Activity) (*Outcome, error) {
	scene, err := s.sceneOf(ctx, act)
	if err != nil {
		return nil, err
	}
	switch {
	case do.Verb != "":
		return s.ruleVerb(ctx, actor, do, scene)
	case do.Task != nil:
		return s.ruleTask(ctx, actor, *do.Task, scene)
	case do.Mail != nil:
		return s.ruleMail(ctx, actor, *do.Mail, scene)
	}
	if do.Quote != nil {
		return s.ruleQuote(ctx, actor, do.Quote, scene)
	}
	return s.ruleAssign(ctx, actor, do.Assign, scene)
}

// fill is Rules.Fill as a refusal.
func (s *Service) fill(text string, scene Scene) (string, error) {
	out, err := s.rules.Fill(text, scene)
	if err != nil {
		return "", Invalid("rule.text", err.Error())
	}
	return out, nil
}

// target is the record that a rule acts on.
func (s Scene) target(typ string) (Ref, error) {
	if typ == "" || typ == s.Activity.About.Type {
		return s.Activity.About, nil
	}
	if r := s.Records[typ]; r != nil {
		return Ref{typ, reflect.Indirect(reflect.ValueOf(r)).FieldByName("ID").String()}, nil
	}
	return Ref{}, NotFound(typ, "of "+s.Activity.About.Type+" "+s.Activity.About.ID)
}

func (s *Service) ruleVerb(ctx context.Context, actor Actor, do RuleAction, scene Scene) (*Outcome, error) {
	at, err := scene.target(do.On)
	if err != nil {
		return nil, err
	}
	v, ok := verbOf(at.Type, do.Verb)
	if !ok || slices.Contains(unruly, do.Verb) {
		return nil, Invalid("rule.verb", fmt.Sprintf("a rule can do nothing called %q with the record %s", do.Verb, at.Type))
	}
	input, err := s.filled(do.Input, scene)
	if err != nil {
		return nil, err
	}
	var body []byte
	if do.Input != nil {
		if body, err = json.Marshal(input); err != nil {
			return nil, Invalid("rule.input", err.Error())
		}
	}
	return v.Run(s, ctx, actor, Target{ID: at.ID}, body)
}

// ruleQuote drafts a quote for the opportunity of the scene.
func (s *Service) ruleQuote(ctx context.Context, actor Actor, input map[string]any, scene Scene) (*Outcome, error) {
	at, err := scene.target(TypeOpportunity)
	if err != nil {
		return nil, err
	}
	filled, err := s.filled(input, scene)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(filled)
	if err != nil {
		return nil, Invalid("rule.input", err.Error())
	}
	var in QuoteInput
	if err := Decode(body, &in); err != nil {
		return nil, err
	}
	in.Opportunity = at.ID
	return s.CreateQuote(ctx, actor, in)
}

// filled fills in the texts of a verb's input.
func (s *Service) filled(v any, scene Scene) (any, error) {
	var err error
	switch v := v.(type) {
	case string:
		return s.fill(v, scene)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			if out[k], err = s.filled(v[k], scene); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i := range v {
			if out[i], err = s.filled(v[i], scene); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}

func (s *Service) ruleTask(ctx context.Context, actor Actor, t RuleTask, scene Scene) (*Outcome, error) {
	title, err := s.fill(t.Title, scene)
	if err != nil {
		return nil, err
	}
	note, err := s.fill(t.Note, scene)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, actor, MaySell, func(u *unit) (*Outcome, error) {
		task := Task{Title: title, Note: note, Due: u.today().AddDays(t.Days), Owner: u.ownerIn(scene), About: scene.Activity.About, Thread: scene.Activity.Thread}
		if t.Owner != "" {
			user, err := u.userOf(t.Owner)
			if err != nil {
				return nil, err
			}
			task.Owner = user.ID
		}
		made, err := u.task(task)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(made), nil
	})
}

// userOf is the active user with an e-mail address.
func (u *unit) userOf(email string) (*User, error) {
	user, err := first(u.Users(), map[string]string{"email": normalEmail(email)}, "active")
	if err == nil && user == nil {
		return nil, Invalid("owner.unknown", fmt.Sprintf("there is no active user %s", email), Problem{Field: "owner", Reason: "owner.unknown", Message: "the e-mail address of an active user"})
	}
	return user, err
}

func (s *Service) ruleAssign(ctx context.Context, actor Actor, email string, scene Scene) (*Outcome, error) {
	var user *User
	err := s.view(ctx, System(), MayRead, func(u *unit) (err error) {
		user, err = u.userOf(email)
		return err
	})
	if err != nil {
		return nil, err
	}
	typ := TypeLead
	if l, ok := scene.Records[TypeLead].(*Lead); scene.Activity.About.Type == TypeOpportunity || !ok || l.State == "qualified" {
		typ = TypeOpportunity
	}
	at, err := scene.target(typ)
	if err != nil {
		return nil, err
	}
	if typ == TypeLead {
		return s.AssignLead(ctx, actor, Target{ID: at.ID}, AssignInput{user.ID})
	}
	return s.AssignOpportunity(ctx, actor, Target{ID: at.ID}, AssignInput{user.ID})
}

// ruleMail sends a text. In a mail to the customer the reader's language
// decides, else the receiving user's.
func (s *Service) ruleMail(ctx context.Context, actor Actor, m RuleMail, scene Scene) (*Outcome, error) {
	var d Delivery
	err := s.view(ctx, System(), MayRead, func(u *unit) (err error) {
		d, err = u.ruleMailTo(m.To, scene)
		return err
	})
	if err != nil {
		return nil, err
	}
	subject, err := s.fill(strings.TrimSpace(inLanguage(m.Subject, d.Language)), scene)
	if err != nil {
		return nil, err
	}
	text, err := s.fill(strings.TrimSpace(inLanguage(m.Text, d.Language)), scene)
	if err != nil {
		return nil, err
	}
	d.Kind, d.Reason, d.About, d.Thread = "rule", actor.Name, scene.Activity.About, scene.Activity.Thread
	d.Data = map[string]string{"subject": subject, "text": text, "name": d.ToName}
	return s.change(ctx, actor, MaySell, func(u *unit) (*Outcome, error) {
		made, err := u.deliver(d)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(made), nil
	})
}

// inLanguage is the text in a language, in English, or in the first there is.
func inLanguage(texts map[string]string, language string) string {
	for _, l := range []string{language, "en", "nb"} {
		if texts[l] != "" {
			return texts[l]
		}
	}
	return ""
}

func (u *unit) ruleMailTo(to string, scene Scene) (Delivery, error) {
	d := Delivery{To: to, Language: u.settings.Language}
	switch to {
	case "owner":
		d.To = u.settings.Company.Email
		user, err := u.responsible(u.ownerIn(scene))
		if err != nil {
			return d, err
		}
		if user != nil {
			d.To, d.ToName, d.Language = user.Email, user.Name, user.Language
		}
	case "customer":
		d.To = ""
		for _, typ := range []string{TypeContact, TypeCustomer, TypeLead} {
			var email, name, language string
			switch r := scene.Records[typ].(type) {
			case *Contact:
				email, name, language = r.Email, r.Name, r.Language
			case *Customer:
				email, name, language = r.Email, "", r.Language
			case *Lead:
				email, name, language = r.Email, r.Name, r.Language
			}
			if d.To == "" && email != "" {
				d.To, d.ToName, d.Language = email, name, documentLanguage(language, u.settings.Language)
			}
		}
	}
	if err := mailable(d.To); err != nil {
		return d, Invalid("recipient.missing", "there is nobody to mail to", Problem{Field: "to", Reason: "recipient.missing", Message: "the record, its contact or its customer needs an e-mail address"})
	}
	return d, nil
}
