package process

import "context"

// MakeLead makes a lead of a message that was put elsewhere.
func (s *Service) MakeLead(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeMessage(ctx, a, t, "make_lead", func(u *unit, m *Message) (*Outcome, error) {
		if m.About.Type == TypeLead {
			return nil, Conflict("message.lead", "the message is on a lead already")
		}
		l := &Lead{Name: m.FromName, Email: normalEmail(m.From), Subject: m.Subject, Message: m.Text, Source: "mail:" + m.Mailbox,
			Customer: m.Customer, Attachments: m.Attachments}
		if err := u.insertLead(l, Ref{TypeMessage, m.ID}); err != nil {
			return nil, err
		}
		m.file(DecidedNew, u.actor.Name, Ref{TypeLead, l.ID}, l.Thread)
		return &Outcome{Created: []Ref{{TypeLead, l.ID}}}, nil
	})
}

// NotLeadMessage puts a message to the other mail. When it stands on a lead,
// that is closed, and later mail of the sender goes the same way.
func (s *Service) NotLeadMessage(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeMessage(ctx, a, t, "not_a_lead", func(u *unit, m *Message) (*Outcome, error) {
		if m.About.Type == TypeLead {
			l, err := u.Leads().Get(m.About.ID)
			if err != nil {
				return nil, err
			}
			if err := allowed(TypeLead, "not_a_lead", l.State); err != nil {
				return nil, err
			}
			l.UpdatedAt = u.now
			if err := u.disqualify(l, "not_a_lead", ""); err != nil {
				return nil, err
			}
		}
		return &Outcome{}, m.other(DecidedIgnored, u.actor.Name)
	})
}

func (s *Service) changeMessage(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Message) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		m, err := u.Messages().Get(t.ID)
		if err != nil {
			return nil, err
		}
		if err := u.touch(&m.Record, TypeMessage, t); err != nil {
			return nil, err
		}
		if err := allowed(TypeMessage, verb, m.State); err != nil {
			return nil, err
		}
		from := m.State
		out, err := f(u, m)
		if err != nil {
			return nil, err
		}
		if err := u.resolve(Ref{TypeMessage, m.ID}, "mail_unsorted"); err != nil {
			return nil, err
		}
		if err := u.Messages().Update(m); err != nil {
			return nil, err
		}
		return out.of(m), u.note(Activity{Type: "mail." + m.State, About: m.subject(), Thread: m.Thread, From: from, To: m.State, Why: m.Decision, Related: Ref{TypeMessage, m.ID}})
	})
}
