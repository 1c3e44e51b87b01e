package process

import (
	"context"
	"strings"
)

// MergeInput names the lead that is folded into this one.
type MergeInput struct {
	Other string `json:"other" doc:"id of the lead that ends in this one"`
}

// MergeLead folds another lead into this one: the timelines join, what this
// one lacks is taken over, and the other is closed as a duplicate that points
// here.
func (s *Service) MergeLead(ctx context.Context, a Actor, t Target, in MergeInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "merge", func(u *unit, l *Lead) (*Outcome, error) {
		other, err := optional(u.Leads().Get(in.Other))
		if err != nil {
			return nil, err
		}
		if other == nil || other.ID == l.ID {
			return nil, Invalid("merge.other", "say which other lead is the same", Problem{Field: "other", Reason: "merge.other", Message: "the id of another lead"})
		}
		if other.MergedInto != "" || other.State == "qualified" {
			return nil, Conflict("lead.merged", "the other lead is %s already: a lead that became business or was merged is not merged", other.State)
		}
		for _, p := range []struct{ to, from *string }{{&l.Name, &other.Name}, {&l.Email, &other.Email}, {&l.Phone, &other.Phone}, {&l.Company, &other.Company},
			{&l.OrganisationNumber, &other.OrganisationNumber}, {&l.Subject, &other.Subject}, {&l.Owner, &other.Owner},
			{&l.Language, &other.Language}, {&l.Customer, &other.Customer}} {
			if *p.to == "" {
				*p.to = *p.from
			}
		}
		if l.Message == "" {
			l.says(other.Message)
		}
		if l.Address.IsZero() {
			l.Address = other.Address
		}
		for key, yes := range other.Checks {
			if yes && !l.Checks[key] {
				if l.Checks == nil {
					l.Checks = map[string]bool{}
				}
				l.Checks[key] = true
			}
		}
		l.Attachments = append(l.Attachments, other.Attachments...)
		from := other.State
		other.State, other.Reason, other.MergedInto = "disqualified", "duplicate", l.ID
		if from == "disqualified" {
			err = u.saveLead(other, Activity{Type: "lead.changed", Related: Ref{TypeLead, l.ID}})
		} else {
			err = u.saveLead(other, Activity{Type: "lead.disqualified", From: from, To: other.State, Related: Ref{TypeLead, l.ID}, Data: map[string]string{"reason": other.Reason}})
		}
		if err != nil {
			return nil, err
		}
		if err := u.JoinThreads(other.Thread, l.Thread); err != nil {
			return nil, err
		}
		return &Outcome{Linked: []Ref{{TypeLead, other.ID}}}, u.saveLead(l, Activity{Type: "lead.merged", Related: Ref{TypeLead, other.ID}, Data: map[string]string{"name": other.title()}})
	})
}

// survivor is the lead that a merged one ended in.
func (u *unit) survivor(about Ref) (Ref, error) {
	for range 10 {
		if about.Type != TypeLead {
			return about, nil
		}
		l, err := optional(u.Leads().Get(about.ID))
		if err != nil || l == nil || l.MergedInto == "" {
			return about, err
		}
		about.ID = l.MergedInto
	}
	return about, nil
}

// Duplicate is a lead that may be the same as another.
type Duplicate struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Name  string `json:"name,omitempty"`
	// By are the fields that are the same: email, phone, organisation_number.
	By []string `json:"by"`
}

// maxDuplicates bounds what is suggested.
const maxDuplicates = 20

// deriveLead adds the score, and for a single lead its possible duplicates.
func (u *unit) deriveLead(l *Lead) {
	if u.s.rules != nil {
		l.Score = u.score(*l)
	}
	if !u.whole || l.MergedInto != "" {
		return
	}
	at := map[string]int{}
	for _, by := range []struct{ key, field, value string }{{"email", "email", l.Email}, {"phone_key", "phone", l.PhoneKey}, {"organisation_number", "organisation_number", l.OrganisationNumber}} {
		if by.value == "" {
			continue
		}
		same, _, err := u.Leads().List(Filter{Match: map[string]string{by.key: by.value}, Limit: maxDuplicates})
		if err != nil {
			u.err = err
			return
		}
		for _, o := range same {
			if o.ID == l.ID || o.MergedInto != "" {
				continue
			}
			i, known := at[o.ID]
			if !known {
				i, at[o.ID] = len(l.Duplicates), len(l.Duplicates)
				l.Duplicates = append(l.Duplicates, Duplicate{ID: o.ID, State: o.State, Name: o.title()})
			}
			l.Duplicates[i].By = append(l.Duplicates[i].By, by.field)
		}
	}
}

func (l *Lead) title() string {
	for _, s := range []string{l.Company, l.Name, l.Email, l.Phone} {
		if s != "" {
			return s
		}
	}
	return ""
}

func (u *unit) score(l Lead) int {
	l.Score = 0
	scene := Scene{Today: u.today(), Now: u.now, Records: map[string]any{TypeLead: &l}}
	points := 0
	for _, r := range u.settings.Process.Score {
		if holds, err := u.s.rules.Holds(r.If, scene); err == nil && holds {
			points += r.Points
		}
	}
	return points
}

// phoneKey is what telephone numbers are compared by: their last eight digits,
// which leaves country codes aside; empty for fewer than six.
func phoneKey(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if len(digits) < 6 {
		return ""
	}
	return digits[max(0, len(digits)-8):]
}
