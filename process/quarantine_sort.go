package process

import (
	"context"
	"strings"
	"unicode/utf8"
)

// What could not be read is sorted by a person all the same: made a lead with
// its bytes beside it, moved to a record, or put away. A mail is sorted as a
// message is; a form's entry stands for its submission.

// MakeLeadOfQuarantined makes a lead of what could not be read.
func (s *Service) MakeLeadOfQuarantined(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.sortQuarantined(ctx, a, t, "make_lead", makeLead, func(u *unit, f *quarantinedForm) (*Outcome, error) {
		l := &Lead{Message: f.text, Source: "form:" + f.Source,
			Attachments: []Attachment{{Name: "form.txt", ContentType: "text/plain", Size: f.Size, SHA256: f.SHA256}}}
		l.called("")
		if err := u.insertLead(l, Ref{TypeSubmission, f.ID}); err != nil {
			return nil, err
		}
		f.State, f.Result = "mapped", Ref{TypeLead, l.ID}
		return &Outcome{Created: []Ref{f.Result}}, nil
	})
}

// NotLeadQuarantined puts away what could not be read.
func (s *Service) NotLeadQuarantined(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.sortQuarantined(ctx, a, t, "not_a_lead", notLead, func(*unit, *quarantinedForm) (*Outcome, error) { return &Outcome{}, nil })
}

// MoveQuarantined files what could not be read on a record.
func (s *Service) MoveQuarantined(ctx context.Context, a Actor, t Target, in FileInput) (*Outcome, error) {
	return s.sortQuarantined(ctx, a, t, "move", in.move, func(u *unit, f *quarantinedForm) (*Outcome, error) {
		thread, _, err := u.placeOf(in.About)
		if err != nil {
			return nil, err
		}
		if in.About.Type == TypeLead {
			f.State, f.Result = "merged", in.About
		}
		return &Outcome{}, u.note(Activity{Type: "form.filed", About: in.About, Thread: thread, Related: Ref{TypeSubmission, f.ID}, Why: f.text,
			Data: map[string]string{"source": f.Source, "subject": ""}})
	})
}

// quarantinedForm is a submission and what can be read of its body as a text.
type quarantinedForm struct {
	*Submission
	text string
}

// maxFormText bounds the text that is shown of a body, in bytes.
const maxFormText = 10_000

func (s *Service) sortQuarantined(ctx context.Context, a Actor, t Target, verb string, mail func(*unit, *Message) (*Outcome, error),
	form func(*unit, *quarantinedForm) (*Outcome, error)) (*Outcome, error) {
	text, err := s.quarantinedText(ctx, a, t.ID)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		q, err := opened(u, u.Quarantine(), verb, t)
		if err != nil {
			return nil, err
		}
		var out *Outcome
		if q.Kind == "form" {
			out, err = u.sortForm(q, text, form)
		} else {
			out, err = u.sortMail(q, mail)
		}
		if err != nil {
			return nil, err
		}
		q.State = map[string]string{"make_lead": "filed", "move": "filed", "not_a_lead": "other"}[verb]
		if err := u.sorted(q); err != nil {
			return nil, err
		}
		return out.of(q), nil
	})
}

// quarantinedText is the body of a form, as far as it is a text.
func (s *Service) quarantinedText(ctx context.Context, a Actor, id string) (string, error) {
	var q *Quarantine
	err := s.view(ctx, a, MaySell, func(u *unit) (err error) {
		q, err = u.Quarantine().Get(id)
		return err
	})
	if err != nil || q.Kind != "form" {
		return "", err
	}
	raw, err := s.store.Blob(ctx, q.SHA256)
	if err != nil || !utf8.Valid(raw) {
		return "", err
	}
	text := string(raw[:min(len(raw), maxFormText)])
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""), nil
}

func (u *unit) sortMail(q *Quarantine, f func(*unit, *Message) (*Outcome, error)) (*Outcome, error) {
	m, err := u.Messages().Get(q.Origin.ID)
	if err != nil {
		return nil, err
	}
	m.UpdatedAt = u.now
	return u.sort(m, f)
}

func (u *unit) sortForm(q *Quarantine, text string, f func(*unit, *quarantinedForm) (*Outcome, error)) (*Outcome, error) {
	sub, err := u.Submissions().Get(q.Origin.ID)
	if err != nil {
		return nil, err
	}
	if sub.State != "quarantined" {
		return nil, Conflict("quarantine.done", "the form was dealt with")
	}
	out, err := f(u, &quarantinedForm{sub, text})
	if err != nil || sub.State == "quarantined" {
		return out, err
	}
	sub.UpdatedAt = u.now
	if err := u.Submissions().Update(sub); err != nil {
		return nil, err
	}
	return out, u.note(Activity{Type: "submission." + sub.State, About: Ref{TypeSubmission, sub.ID}, From: "quarantined", To: sub.State, Related: sub.Result})
}

// leaveQuarantine closes the entry of a message that was sorted.
func (u *unit) leaveQuarantine(id, state string) error {
	q, err := u.Quarantine().Get(id)
	if err != nil {
		return err
	}
	q.State, q.UpdatedAt = state, u.now
	return u.sorted(q)
}

func (u *unit) sorted(q *Quarantine) error {
	if err := u.Quarantine().Update(q); err != nil {
		return err
	}
	return u.note(Activity{Type: "quarantine.sorted", About: Ref{TypeQuarantine, q.ID}, From: "quarantined", To: q.State, Related: q.Origin})
}
