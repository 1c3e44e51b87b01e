package process

import (
	"context"
	"slices"
)

// MakeLead makes a lead of a message that was put elsewhere.
func (s *Service) MakeLead(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeMessage(ctx, a, t, "make_lead", makeLead)
}

func makeLead(u *unit, m *Message) (*Outcome, error) {
	if m.About.Type == TypeLead {
		return nil, Conflict("message.lead", "the message is on a lead already")
	}
	l := &Lead{Name: m.FromName, Email: normalEmail(m.From), Subject: m.Subject, Message: m.Text, Source: "mail:" + m.Mailbox,
		Customer: m.Customer, Attachments: m.Attachments}
	if m.State == "quarantined" {
		// Not all of it could be read: what came goes along.
		l.Attachments = append(slices.Clone(m.Attachments), Attachment{Name: "mail.eml", ContentType: "message/rfc822", Size: m.Size, SHA256: m.SHA256})
	}
	l.called(m.Subject)
	if err := u.insertLead(l, Ref{TypeMessage, m.ID}); err != nil {
		return nil, err
	}
	if normalEmail(m.From) != "" {
		if r, err := first(u.SenderRules(), map[string]string{"address": normalEmail(m.From)}, ""); err != nil {
			return nil, err
		} else if r != nil {
			if err := u.unbind(r); err != nil {
				return nil, err
			}
		}
	}
	m.file(DecidedNew, u.actor.Name, Ref{TypeLead, l.ID}, l.Thread)
	return &Outcome{Created: []Ref{{TypeLead, l.ID}}}, nil
}

// called gives a lead of nobody known a name to find it by: its subject, or
// where it came from.
func (l *Lead) called(subject string) {
	if l.Name == "" && l.Email == "" {
		l.Name = subject
		fill(&l.Name, l.Source)
	}
}

// NotLeadMessage puts a message to the other mail. When it stands on a lead,
// that is closed; else the sender is remembered. Later mail of the sender goes
// the same way.
func (s *Service) NotLeadMessage(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeMessage(ctx, a, t, "not_a_lead", notLead)
}

func notLead(u *unit, m *Message) (*Outcome, error) {
	if m.About.Type != TypeLead {
		if mailable(m.From) == nil {
			if _, err := u.bind(normalEmail(m.From), "not_a_lead"); err != nil {
				return nil, err
			}
		}
		m.About, m.Thread = Ref{}, ""
		return &Outcome{}, m.other(DecidedIgnored, u.actor.Name)
	}
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
	return &Outcome{}, m.other(DecidedIgnored, u.actor.Name)
}

// FileInput names the record that a message belongs to.
type FileInput struct {
	About Ref `json:"about" doc:"type and id of a lead, customer, opportunity, quote, order, invoice or credit-note"`
}

// MoveMessage files a message on another record.
func (s *Service) MoveMessage(ctx context.Context, a Actor, t Target, in FileInput) (*Outcome, error) {
	return s.changeMessage(ctx, a, t, "move", in.move)
}

func (in FileInput) move(u *unit, m *Message) (*Outcome, error) {
	thread, customer, err := u.placeOf(in.About)
	if err != nil {
		return nil, err
	}
	if in.About == m.About {
		return nil, Conflict("move.same", "the message is there already")
	}
	if before := m.About; !before.IsZero() {
		if err := u.note(Activity{Type: "mail.moved", About: before, Thread: m.Thread, Related: in.About, Data: map[string]string{"from": m.From, "subject": m.Subject}}); err != nil {
			return nil, err
		}
	}
	m.file(DecidedMoved, u.actor.Name, in.About, thread)
	m.Customer = customer
	return &Outcome{}, nil
}

// placeOf is the thread and the customer of a record that mail is filed on.
func (u *unit) placeOf(at Ref) (thread, customer string, err error) {
	switch at.Type {
	case TypeLead:
		var l *Lead
		if l, err = u.Leads().Get(at.ID); err == nil {
			thread, customer = l.Thread, l.Customer
		}
	case TypeCustomer:
		_, err = u.Customers().Get(at.ID)
		customer = at.ID
	case TypeOpportunity:
		var o *Opportunity
		if o, err = u.Opportunities().Get(at.ID); err == nil {
			thread, customer = o.Thread, o.Customer
		}
	case TypeQuote:
		var q *Quote
		if q, err = u.Quotes().Get(at.ID); err == nil {
			thread, customer = q.Thread, q.Customer
		}
	case TypeOrder:
		var o *Order
		if o, err = u.Orders().Get(at.ID); err == nil {
			thread, customer = o.Thread, o.Customer
		}
	case TypeInvoice:
		var i *Invoice
		if i, err = u.Invoices().Get(at.ID); err == nil {
			thread, customer = i.Thread, i.Customer
		}
	case TypeCreditNote:
		var n *CreditNote
		if n, err = u.CreditNotes().Get(at.ID); err == nil {
			thread, customer = n.Thread, n.Customer
		}
	default:
		err = NotFound("record", at.ID)
	}
	if CodeOf(err) == CodeNotFound {
		err = Invalid("move.about", "say where it belongs", Problem{Field: "about", Reason: "move.about", Message: "an existing lead, customer, opportunity, quote, order, invoice or credit note"})
	}
	return thread, customer, err
}

func (s *Service) changeMessage(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Message) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		m, err := opened(u, u.Messages(), verb, t)
		if err != nil {
			return nil, err
		}
		entry := m.About
		out, err := u.sort(m, f)
		if err == nil && entry.Type == TypeQuarantine {
			err = u.leaveQuarantine(entry.ID, m.State)
		}
		if err != nil {
			return nil, err
		}
		return out.of(m), nil
	})
}

// sort puts a message where f says, out of the quarantine too.
func (u *unit) sort(m *Message, f func(*unit, *Message) (*Outcome, error)) (*Outcome, error) {
	from := m.State
	if m.About.Type == TypeQuarantine {
		m.About = Ref{}
	}
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
	return out, u.note(Activity{Type: "mail." + m.State, About: m.subject(), Thread: m.Thread, From: from, To: m.State, Why: m.Decision, Related: Ref{TypeMessage, m.ID}})
}
