package process

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// LeadInput is a lead as people and programs write it.
type LeadInput struct {
	Name               string  `json:"name,omitempty"`
	Email              string  `json:"email,omitempty"`
	Phone              string  `json:"phone,omitempty"`
	Company            string  `json:"company,omitempty"`
	OrganisationNumber string  `json:"organisation_number,omitempty"`
	Address            Address `json:"address,omitzero"`
	Subject            string  `json:"subject,omitempty"`
	Message            string  `json:"message,omitempty"`
	Language           string  `json:"language,omitempty"`
	Source             string  `json:"source,omitempty" doc:"where it came from, such as trade-fair"`
	Owner              string  `json:"owner,omitempty" doc:"id of the user who follows it up"`
	// Checks are answers to the settings' questions of qualifying.
	Checks map[string]bool `json:"checks,omitempty"`
}

// Input is the editable part of the lead.
func (l Lead) Input() LeadInput {
	return LeadInput{l.Name, l.Email, l.Phone, l.Company, l.OrganisationNumber, l.Address, l.Subject, l.Message, l.Language, l.Source, l.Owner, l.Checks}
}

func (in LeadInput) apply(l *Lead) error {
	in.Email, in.Name = normalEmail(in.Email), strings.TrimSpace(in.Name)
	if in.Name == "" && in.Email == "" && in.Phone == "" && in.Company == "" {
		return Invalid("lead.empty", "a lead needs at least a name, an e-mail address, a phone number or a company",
			Problem{Field: "name", Reason: "lead.empty", Message: "who is it?"})
	}
	if in.Email != "" && !plausibleEmail(in.Email) {
		return Invalid("lead.invalid", "the lead cannot be saved", Problem{Field: "email", Reason: "email.invalid", Message: "this is no e-mail address"})
	}
	before := l.Input()
	defer func() { l.Guessed = stillGuessed(l.Guessed, before, l.Input()) }()
	l.Name, l.Email, l.Phone, l.Company = in.Name, in.Email, strings.TrimSpace(in.Phone), strings.TrimSpace(in.Company)
	l.OrganisationNumber, l.Address, l.Subject = strings.ReplaceAll(in.OrganisationNumber, " ", ""), in.Address, strings.TrimSpace(in.Subject)
	l.says(in.Message)
	l.Language, l.Source, l.Owner, l.Checks = in.Language, in.Source, in.Owner, in.Checks
	return nil
}

// says gives a lead its text; another one than its mail's is its own.
func (l *Lead) says(text string) {
	if l.Message != text {
		l.Message, l.Mail = text, ""
	}
}

// stillGuessed are the guesses that an edit left as they were.
func stillGuessed(guessed []string, before, after LeadInput) []string {
	changed := map[string]bool{"name": before.Name != after.Name, "phone": before.Phone != after.Phone, "company": before.Company != after.Company,
		"organisation_number": before.OrganisationNumber != after.OrganisationNumber, "address": before.Address != after.Address, "language": before.Language != after.Language}
	return slices.DeleteFunc(slices.Clone(guessed), func(field string) bool { return changed[field] })
}

// CreateLead adds a lead by hand or by API.
func (s *Service) CreateLead(ctx context.Context, a Actor, in LeadInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		if in.Source == "" {
			in.Source = a.Channel
		}
		l := &Lead{}
		if err := in.apply(l); err != nil {
			return nil, err
		}
		if err := errors.Join(u.checkOwner(l.Owner), u.checkChecks(l.Checks)); err != nil {
			return nil, err
		}
		if err := u.insertLead(l, Ref{}); err != nil {
			return nil, err
		}
		return &Outcome{Record: l, Created: []Ref{}}, nil
	})
}

// insertLead gives a lead its place; related is the message or submission that it grew from.
func (u *unit) insertLead(l *Lead, related Ref) error {
	l.Record, l.State = u.record(), "new"
	l.Thread, l.PhoneKey = l.ID, phoneKey(l.Phone)
	if err := u.Leads().Insert(l); err != nil {
		return err
	}
	return u.note(Activity{Type: "lead.created", About: Ref{TypeLead, l.ID}, Thread: l.Thread, To: l.State, Related: related,
		Data: map[string]string{"source": l.Source, "name": l.Name, "subject": l.Subject}})
}

// EditLead changes an open lead.
func (s *Service) EditLead(ctx context.Context, a Actor, t Target, in LeadInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "edit", func(u *unit, l *Lead) (*Outcome, error) {
		if err := in.apply(l); err != nil {
			return nil, err
		}
		if err := errors.Join(u.checkOwner(l.Owner), u.checkChecks(l.Checks)); err != nil {
			return nil, err
		}
		return &Outcome{}, u.saveLead(l, Activity{Type: "lead.changed"})
	})
}

// changeLead reads a lead, refuses a verb that its state does not allow, and
// answers with the lead as f left it.
func (s *Service) changeLead(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Lead) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		l, err := opened(u, u.Leads(), verb, t)
		if err != nil {
			return nil, err
		}
		out, err := f(u, l)
		if err != nil {
			return nil, err
		}
		if err := u.require(TypeLead, verb, l); err != nil {
			return nil, err
		}
		return out.of(l), nil
	})
}

func (u *unit) saveLead(l *Lead, act Activity) error {
	l.PhoneKey = phoneKey(l.Phone)
	if err := u.Leads().Update(l); err != nil {
		return err
	}
	act.About, act.Thread = Ref{TypeLead, l.ID}, l.Thread
	return u.note(act)
}

// of completes an outcome with the record.
func (o *Outcome) of(record any) *Outcome {
	o.Record = record
	if o.record != nil {
		o.Record = o.record
	}
	if o.Created == nil {
		o.Created = []Ref{}
	}
	return o
}

// ContactedInput says how somebody was spoken with.
type ContactedInput struct {
	Note string `json:"note,omitempty"`
}

// ContactLead records that somebody has been in touch; a new lead becomes contacted.
func (s *Service) ContactLead(ctx context.Context, a Actor, t Target, in ContactedInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "contact", func(u *unit, l *Lead) (*Outcome, error) {
		from := l.State
		l.State = "contacted"
		return &Outcome{}, u.saveLead(l, Activity{Type: "lead.contacted", From: from, To: l.State, Why: in.Note})
	})
}

// AssignInput names the new owner.
type AssignInput struct {
	User string `json:"user" doc:"id of the user"`
}

// AssignLead gives a lead to a user.
func (s *Service) AssignLead(ctx context.Context, a Actor, t Target, in AssignInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "assign", func(u *unit, l *Lead) (*Outcome, error) {
		if in.User == "" {
			return nil, Invalid("assign.user", "say to whom", Problem{Field: "user", Reason: "assign.user", Message: "the id of a user"})
		}
		if err := u.checkOwner(in.User); err != nil {
			return nil, err
		}
		l.Owner = in.User
		return &Outcome{}, u.saveLead(l, Activity{Type: "lead.assigned", Data: map[string]string{"owner": in.User}})
	})
}

func (u *unit) checkOwner(id string) error {
	if id == "" {
		return nil
	}
	user, err := optional(u.Users().Get(id))
	if err != nil {
		return err
	}
	if user == nil || user.State != "active" {
		return Invalid("owner.unknown", "the owner is no active user", Problem{Field: "owner", Reason: "owner.unknown", Message: "the id of an active user"})
	}
	return nil
}

// disqualifications are the reasons that SEMANTICS knows.
var disqualifications = []string{"lost", "cannot_contact", "no_longer_interested", "cancelled", "spam", "duplicate", "not_a_lead"}

// DisqualifyInput says why a lead is closed.
type DisqualifyInput struct {
	Reason string `json:"reason" doc:"lost, cannot_contact, no_longer_interested, cancelled, spam, duplicate or not_a_lead"`
	Note   string `json:"note,omitempty"`
}

// DisqualifyLead closes a lead that will not become business.
func (s *Service) DisqualifyLead(ctx context.Context, a Actor, t Target, in DisqualifyInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "disqualify", func(u *unit, l *Lead) (*Outcome, error) {
		reason := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(in.Reason)), " ", "_")
		if !slices.Contains(disqualifications, reason) {
			return nil, Invalid("lead.reason", "say why the lead is closed",
				Problem{Field: "reason", Reason: "lead.reason", Message: "one of " + strings.Join(disqualifications, ", ")})
		}
		return &Outcome{}, u.disqualify(l, reason, in.Note)
	})
}

func (u *unit) disqualify(l *Lead, reason, note string) error {
	from := l.State
	l.State, l.Reason = "disqualified", reason
	return u.saveLead(l, Activity{Type: "lead.disqualified", From: from, To: l.State, Why: note, Data: map[string]string{"reason": reason}})
}

// NotALead closes a lead that never was one; later mail of the sender goes to
// the other mail.
func (s *Service) NotALead(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "not_a_lead", func(u *unit, l *Lead) (*Outcome, error) {
		return &Outcome{}, u.disqualify(l, "not_a_lead", "")
	})
}

// ReopenLead undoes a disqualification, or a qualification on which nothing
// was built.
func (s *Service) ReopenLead(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "reopen", func(u *unit, l *Lead) (*Outcome, error) {
		if l.MergedInto != "" {
			return nil, Conflict("lead.merged", "the lead was merged into %s, which carries its history", l.MergedInto)
		}
		from := l.State
		var built *Opportunity
		if from == "qualified" {
			var err error
			if built, err = u.unworked(l); err != nil {
				return nil, err
			}
			l.Opportunity, l.Contact, l.Customer = "", "", ""
		}
		l.State, l.Reason = "contacted", ""
		if err := u.saveLead(l, Activity{Type: "lead.reopened", From: from, To: l.State}); err != nil || built == nil {
			return &Outcome{}, err
		}
		if err := u.note(Activity{Type: "opportunity.deleted", About: Ref{TypeOpportunity, built.ID}, Thread: built.Thread, From: built.State, Data: map[string]string{"title": built.Title}}); err != nil {
			return nil, err
		}
		return &Outcome{}, u.Opportunities().Delete(built.ID, built.Version)
	})
}

// unworked is the opportunity of a qualified lead on which nothing stands yet,
// nil when there is none.
func (u *unit) unworked(l *Lead) (*Opportunity, error) {
	o, err := optional(u.Opportunities().Get(l.Opportunity))
	if err != nil || o == nil {
		return nil, err
	}
	quote, err := first(u.Quotes(), map[string]string{"opportunity": o.ID}, "")
	if err != nil {
		return nil, err
	}
	if quote != nil || o.State != "open" || len(o.Lines) > 0 || o.ManualRevenue {
		return nil, Conflict("lead.built", "the lead has become business: its opportunity was worked on, so close that instead")
	}
	return o, nil
}
