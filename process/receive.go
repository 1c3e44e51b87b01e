package process

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// The decisions about incoming mail, in the order in which they are tried.
const (
	DecidedUnreadable = "unreadable"        // quarantine
	DecidedSame       = "same_mail"         // linked to the one seen before
	DecidedOwn        = "own_mail"          // our own automatic mail
	DecidedStaff      = "staff"             // written by a user of ours
	DecidedReport     = "delivery_report"   // a bounce
	DecidedReply      = "reply"             // lands on the record it answers
	DecidedAutomated  = "automated"         // other mail
	DecidedOpenLead   = "open_lead"         // appended
	DecidedUnsorted   = "customer_unsorted" // filed on the customer, for the owner to sort
	DecidedIgnored    = "sender_ignored"    // a person said that the sender writes no leads
	DecidedCustomer   = "known_customer"    // a new lead, linked
	DecidedNew        = "new_lead"
)

// ReceiveMail records a mail: its raw bytes, the cursor of its mailbox, the
// decision and all that follows from it commit together. The same UID again
// changes nothing.
func (s *Service) ReceiveMail(ctx context.Context, a Actor, m IncomingMail) (Receipt, error) {
	if err := s.store.StageBlob(ctx, m.Raw); err != nil {
		return Receipt{}, err
	}
	for _, f := range m.Inquiry.Attachments {
		if err := s.store.StageBlob(ctx, f.Content); err != nil {
			return Receipt{}, err
		}
	}
	var r Receipt
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		var err error
		r, err = u.receive(&m)
		return &Outcome{}, err
	})
	return r, err
}

func (u *unit) receive(m *IncomingMail) (Receipt, error) {
	msg := m.message(u)
	if same, err := u.sameMail(m); err != nil {
		return Receipt{}, err
	} else if same != nil {
		if _, err := u.see(m, same.ID); err != nil {
			return Receipt{}, err
		}
		result := same.About
		if result.IsZero() {
			result = Ref{TypeMessage, same.ID}
		}
		return Receipt{Result: result, Decision: DecidedSame, Repeated: true}, nil
	}
	fresh, err := u.see(m, msg.ID)
	if err != nil {
		return Receipt{}, err
	}
	if !fresh {
		return Receipt{Decision: DecidedSame, Repeated: true}, nil
	}
	if err := u.KeepBlob(m.Raw); err != nil {
		return Receipt{}, err
	}
	for _, f := range m.Inquiry.Attachments {
		if err := u.KeepBlob(f.Content); err != nil {
			return Receipt{}, err
		}
	}
	if err := u.decide(m, msg); err != nil {
		return Receipt{}, err
	}
	if err := u.Messages().Insert(msg); err != nil {
		return Receipt{}, err
	}
	if err := u.note(Activity{Type: "mail." + msg.State, About: msg.subject(), Thread: msg.Thread, To: msg.State, Why: msg.Decision, Related: Ref{TypeMessage, msg.ID},
		Data: map[string]string{"from": msg.From, "subject": msg.Subject, "detail": msg.Detail}}); err != nil {
		return Receipt{}, err
	}
	return Receipt{Result: msg.subject(), Decision: msg.Decision}, nil
}

// see moves the cursor; false when the UID was handled before.
func (u *unit) see(m *IncomingMail, message string) (bool, error) {
	if m.At.UID == 0 {
		return true, nil
	}
	fresh, err := u.SeeUID(m.At, message)
	if err != nil {
		return false, err
	}
	return fresh, u.SetCursor(m.At)
}

func (m *Message) subject() Ref {
	if m.About.IsZero() {
		return Ref{TypeMessage, m.ID}
	}
	return m.About
}

func (m *IncomingMail) message(u *unit) *Message {
	msg := &Message{Record: u.record(), State: "filed", Mailbox: m.At.Mailbox, MessageID: m.MessageID, ContentHash: m.ContentHash,
		FromName: m.FromName, From: m.From, To: m.To, Subject: m.Inquiry.Subject, ReceivedAt: m.ReceivedAt.UTC(), Text: m.Inquiry.Text,
		Quoted: m.Quoted, Signature: m.Signature, SHA256: m.Raw.SHA256, Size: m.Raw.Size, Defects: m.Defects, Automated: m.Automation != ""}
	if !m.SentAt.IsZero() {
		at := m.SentAt.UTC()
		msg.SentAt = &at
	}
	if msg.ReceivedAt.IsZero() {
		msg.ReceivedAt = u.now
	}
	msg.Attachments = attachments(m.Inquiry.Attachments)
	return msg
}

func attachments(files []IncomingFile) []Attachment {
	var as []Attachment
	for _, f := range files {
		as = append(as, Attachment{Name: f.Name, ContentType: f.ContentType, Size: f.Content.Size, SHA256: f.Content.SHA256, Inline: f.Inline})
	}
	return as
}

// sameMail finds the mail when it was seen before, in any mailbox: the same
// Message-ID and the same content. Without a Message-ID the raw bytes decide.
func (u *unit) sameMail(m *IncomingMail) (*Message, error) {
	match := map[string]string{"content_hash": m.ContentHash, "message_id": m.MessageID}
	seen, _, err := u.Messages().List(Filter{Match: match, Limit: 10})
	if err != nil {
		return nil, err
	}
	for i := range seen {
		if m.MessageID != "" || seen[i].SHA256 == m.Raw.SHA256 {
			return &seen[i], nil
		}
	}
	return nil, nil
}

// decide files the message by the first rule that fits.
func (u *unit) decide(m *IncomingMail, msg *Message) error {
	if m.Unreadable != "" {
		return u.quarantine(m, msg)
	}
	if id := u.s.deliveryOf(m.MessageID); id != "" {
		return msg.other(DecidedOwn, id)
	}
	staff, err := first(u.Users(), map[string]string{"email": normalEmail(m.From)}, "active")
	if err != nil {
		return err
	}
	if staff != nil && m.Report == nil {
		return u.fileReply(m, msg, DecidedStaff)
	}
	if m.Report != nil {
		return u.bounce(m, msg)
	}
	if found, err := u.reply(m, msg); found || err != nil {
		return err
	}
	if m.Automation != "" {
		return msg.other(DecidedAutomated, m.Automation)
	}
	if m.From == "" {
		return msg.other(DecidedAutomated, "no sender")
	}
	if found, err := u.openLead(m, msg); found || err != nil {
		return err
	}
	if found, err := u.ignored(m, msg); found || err != nil {
		return err
	}
	return u.inquire(m, msg)
}

func (m *Message) other(decision, detail string) error {
	m.State, m.Decision, m.Detail = "other", decision, detail
	return nil
}

func (m *Message) file(decision, detail string, about Ref, thread string) {
	m.State, m.Decision, m.Detail, m.About, m.Thread = "filed", decision, detail, about, thread
}

func (u *unit) quarantine(m *IncomingMail, msg *Message) error {
	q := &Quarantine{Record: u.record(), State: "quarantined", Kind: "mail", Source: m.At.Mailbox, Reason: m.Unreadable,
		SHA256: m.Raw.SHA256, Size: m.Raw.Size, Origin: Ref{TypeMessage, msg.ID}}
	msg.State, msg.Decision, msg.Detail, msg.About = "quarantined", DecidedUnreadable, m.Unreadable, Ref{TypeQuarantine, q.ID}
	if err := u.Quarantine().Insert(q); err != nil {
		return err
	}
	return u.note(Activity{Type: "quarantine.created", About: msg.About, To: q.State, Why: q.Reason})
}

// fileReply files a colleague's mail on the record that it answers, never as a lead.
func (u *unit) fileReply(m *IncomingMail, msg *Message, decision string) error {
	found, err := u.reply(m, msg)
	if err != nil {
		return err
	}
	if !found {
		return msg.other(decision, m.From)
	}
	msg.Decision = decision
	return nil
}

// bounce marks the delivery that a report speaks of.
func (u *unit) bounce(m *IncomingMail, msg *Message) error {
	id := u.s.deliveryOf(m.Report.MessageID)
	if id == "" {
		return msg.other(DecidedReport, "about a mail that is not ours")
	}
	d, err := optional(u.Deliveries().Get(id))
	if err != nil {
		return err
	}
	if d == nil {
		return msg.other(DecidedReport, "about a mail that is not here")
	}
	msg.file(DecidedReport, "", d.About, d.Thread)
	i := slices.IndexFunc(m.Report.Recipients, func(r RecipientReport) bool { return strings.EqualFold(r.Action, "failed") })
	if i < 0 || d.State == "bounced" || d.State == "queued" {
		return nil
	}
	from, r := d.State, m.Report.Recipients[i]
	d.State, d.Reply = "bounced", strings.TrimSpace(r.Status+" "+r.Diagnostic)
	msg.Detail = d.Reply
	if err := u.saveDelivery(d, Activity{Type: "delivery.bounced", From: from, To: d.State, Why: d.Reply}); err != nil {
		return err
	}
	return u.deliveryTrouble(d)
}

// reply files a mail that answers one of ours, or one that was filed: by
// In-Reply-To, then by References, newest first.
func (u *unit) reply(m *IncomingMail, msg *Message) (bool, error) {
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	for _, id := range append(slices.Clone(m.InReplyTo), ids...) {
		about, thread, err := u.referenced(id)
		if err != nil {
			return false, err
		}
		if about.IsZero() {
			continue
		}
		msg.file(DecidedReply, id, about, thread)
		if m.Automation == "" {
			return true, u.tellReply(msg)
		}
		return true, nil
	}
	return false, nil
}

func (u *unit) referenced(messageID string) (Ref, string, error) {
	if id := u.s.deliveryOf(messageID); id != "" {
		d, err := optional(u.Deliveries().Get(id))
		if err != nil || d == nil {
			return Ref{}, "", err
		}
		return d.About, d.Thread, nil
	}
	before, err := first(u.Messages(), map[string]string{"message_id": strings.Trim(messageID, "<> ")}, "filed")
	if err != nil || before == nil {
		return Ref{}, "", err
	}
	return before.About, before.Thread, nil
}

// tellReply makes a task of a reply, so that its owner sees it.
func (u *unit) tellReply(msg *Message) error {
	_, err := u.task(Task{Reason: "mail_reply", Title: msg.Subject, About: msg.About, Thread: msg.Thread, Owner: u.ownerOf(msg.About)})
	return err
}

// ownerOf is who follows a record up, "" when nobody does.
func (u *unit) ownerOf(r Ref) string {
	switch r.Type {
	case TypeLead:
		if l, err := u.Leads().Get(r.ID); err == nil {
			return l.Owner
		}
	case TypeQuote:
		if q, err := u.Quotes().Get(r.ID); err == nil {
			return q.Owner
		}
	case TypeOrder:
		if o, err := u.Orders().Get(r.ID); err == nil {
			return o.Owner
		}
	case TypeInvoice:
		if i, err := u.Invoices().Get(r.ID); err == nil {
			return i.Owner
		}
	}
	return ""
}

// openLead appends to the open lead of a known sender.
func (u *unit) openLead(m *IncomingMail, msg *Message) (bool, error) {
	l, err := u.openLeadOf(m.From)
	if l == nil || err != nil {
		return false, err
	}
	msg.file(DecidedOpenLead, m.From, Ref{TypeLead, l.ID}, l.Thread)
	return true, u.tellReply(msg)
}

func (u *unit) openLeadOf(email string) (*Lead, error) {
	for _, state := range []string{"new", "contacted"} {
		if l, err := first(u.Leads(), map[string]string{"email": normalEmail(email)}, state); l != nil || err != nil {
			return l, err
		}
	}
	return nil, nil
}

// ignored puts away what comes from a sender of whom a person said that it is
// not a lead.
func (u *unit) ignored(m *IncomingMail, msg *Message) (bool, error) {
	closed, err := first(u.Leads(), map[string]string{"email": normalEmail(m.From)}, "disqualified")
	if err != nil || closed == nil || closed.Reason != "not_a_lead" && closed.Reason != "spam" {
		return false, err
	}
	return true, msg.other(DecidedIgnored, closed.Reason)
}

// inquire makes the mail a lead, unless a known customer has something open.
func (u *unit) inquire(m *IncomingMail, msg *Message) error {
	l := m.Inquiry.lead("mail:" + m.At.Mailbox)
	if m.At.Mailbox == "" {
		l.Source = "import"
	}
	customer, contact, err := u.matchParty(l, QualifyInput{})
	if err != nil {
		return err
	}
	decision := DecidedNew
	if customer != nil && (contact != nil || normalEmail(customer.Email) == normalEmail(m.From)) {
		l.Customer, decision = customer.ID, DecidedCustomer
		busy, err := u.busy(customer.ID)
		if err != nil {
			return err
		}
		if busy {
			msg.file(DecidedUnsorted, customer.Name, Ref{TypeCustomer, customer.ID}, "")
			msg.Customer = customer.ID
			_, err := u.task(Task{Reason: "mail_unsorted", Title: msg.Subject, About: Ref{TypeMessage, msg.ID}})
			return err
		}
	}
	if err := u.insertLead(l, Ref{TypeMessage, msg.ID}); err != nil {
		return err
	}
	msg.file(decision, "", Ref{TypeLead, l.ID}, l.Thread)
	msg.Customer = l.Customer
	if decision == DecidedNew {
		return u.acknowledge(l, m.MessageID)
	}
	return nil
}

func (in Inquiry) lead(source string) *Lead {
	l := &Lead{Name: in.Name, Email: normalEmail(in.Email), Phone: in.Phone, Company: in.Company, OrganisationNumber: in.OrganisationNumber,
		Address: in.Address, Subject: in.Subject, Message: in.Text, Language: in.Language, Source: source}
	l.Attachments = attachments(in.Attachments)
	return l
}

// busy reports whether a customer has an open opportunity, order or unpaid invoice.
func (u *unit) busy(customer string) (bool, error) {
	match := map[string]string{"customer": customer}
	if o, err := first(u.Opportunities(), match, "open"); o != nil || err != nil {
		return o != nil, err
	}
	orders, _, err := u.Orders().List(Filter{Match: match, State: "open", Limit: 100})
	if err != nil {
		return false, err
	}
	for i := range orders {
		if orders[i].progress() != "completed" {
			return true, nil
		}
	}
	invoices, _, err := u.Invoices().List(Filter{Match: match, Limit: 100})
	if err != nil {
		return false, err
	}
	for i := range invoices {
		if invoices[i].settle(); invoices[i].State == "draft" || invoices[i].Open.Minor > 0 {
			return true, nil
		}
	}
	return false, nil
}

// acknowledge answers a new inquiry when that is switched on: once a day to a
// sender, and at most so many an hour to all together.
func (u *unit) acknowledge(l *Lead, inReplyTo string) error {
	st := u.settings.Mail
	if !st.Acknowledge || mailable(l.Email) != nil {
		return nil
	}
	recent, _, err := u.Deliveries().List(Filter{Match: map[string]string{"kind": "acknowledgement", "to": l.Email}, Limit: 1})
	if err != nil {
		return err
	}
	if len(recent) > 0 && u.now.Sub(recent[0].CreatedAt).Hours() < 24 {
		return nil
	}
	if st.AcknowledgePerHour > 0 {
		hour, _, err := u.Deliveries().List(Filter{Match: map[string]string{"kind": "acknowledgement"}, Limit: min(st.AcknowledgePerHour, MaxLimit)})
		if err != nil {
			return err
		}
		if n := len(hour); n >= min(st.AcknowledgePerHour, MaxLimit) && u.now.Sub(hour[n-1].CreatedAt).Minutes() < 60 {
			return nil
		}
	}
	_, err = u.deliver(Delivery{Kind: "acknowledgement", About: Ref{TypeLead, l.ID}, To: l.Email, ToName: l.Name, Thread: l.Thread, InReplyTo: inReplyTo,
		Language: documentLanguage(l.Language, u.settings.Language), Data: map[string]string{"subject": l.Subject, "name": l.Name}})
	return err
}

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

// NotLeadMessage puts a message to the other mail; its lead is closed, and
// later mail of the sender follows.
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
		if err := u.Messages().Update(m); err != nil {
			return nil, err
		}
		return out.of(m), u.note(Activity{Type: "mail." + m.State, About: m.subject(), Thread: m.Thread, From: from, To: m.State, Why: m.Decision, Related: Ref{TypeMessage, m.ID}})
	})
}

// Cursor is how far a mailbox was read under a UIDVALIDITY.
func (s *Service) Cursor(ctx context.Context, mailbox string, uidValidity uint32) (uid uint32, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		uid, err = tx.Cursor(mailbox, uidValidity)
		return err
	})
	return uid, err
}

var errNoSubmission = errors.New("process: submission without a body")
