package process

import (
	"slices"
	"strings"
)

// decide files the message by the first rule that fits.
func (u *unit) decide(m *IncomingMail, msg *Message) error {
	if m.Unreadable != "" {
		return u.quarantine(m, msg)
	}
	if id := u.s.deliveryOf(m.MessageID); id != "" {
		return msg.other(DecidedOwn, id)
	}
	if found, err := u.blindCopy(m, msg); found || err != nil {
		return err
	}
	staff, err := first(u.Users(), map[string]string{"email": normalEmail(m.From)}, "active")
	if err != nil {
		return err
	}
	if staff != nil && m.Report == nil {
		if err = u.fileStaff(m, msg); msg.Decision == DecidedStaff {
			msg.wrote(staff)
		}
		return err
	}
	if m.Report != nil {
		return u.bounce(m, msg)
	}
	if found, err := u.reply(m, msg); found || err != nil {
		if found && m.Automation == "" {
			err = u.tellReply(msg)
		}
		return err
	}
	if m.Automation != "" {
		return u.automated(m, msg)
	}
	if m.From == "" {
		return msg.other(DecidedAutomated, "no sender")
	}
	if err := u.lockSender(m.sender()); err != nil {
		return err
	}
	known, err := u.traces(m)
	if err != nil {
		return err
	}
	if found, err := u.before(m, msg, known); found || err != nil {
		return err
	}
	if why, err := u.spam(m); why != "" || err != nil {
		if err == nil {
			err = msg.other(DecidedSpam, why)
		}
		return err
	}
	l, err := u.inquire(m, msg, known)
	if err != nil || msg.Decision != DecidedNew || m.Listed {
		return err
	}
	return u.acknowledge(l, m.MessageID)
}

// automated files what a machine wrote on the sender's open lead, as a holiday
// notice is of use there; all else is other mail. Nobody is told of either.
func (u *unit) automated(m *IncomingMail, msg *Message) error {
	if m.From != "" {
		l, err := u.openLeadOf(m.From)
		if err != nil {
			return err
		}
		if l != nil {
			msg.file(DecidedAutomated, m.Automation, Ref{TypeLead, l.ID}, l.Thread)
			return nil
		}
	}
	return msg.other(DecidedAutomated, m.Automation)
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

// maxRecipients bounds the recipients that are looked up.
const maxRecipients = 20

// fileStaff files a colleague's mail on the record that it answers or whose
// person it is written to, never as a lead. Who writes to a new lead has
// contacted it.
func (u *unit) fileStaff(m *IncomingMail, msg *Message) error {
	found, err := u.reply(m, msg)
	for i := 0; !found && err == nil && i < min(len(m.To), maxRecipients); i++ {
		found, err = u.writtenTo(m.To[i], msg)
	}
	if err != nil {
		return err
	}
	if !found {
		if found, err = u.fileForward(m, msg); found || err != nil {
			return err
		}
		return msg.other(DecidedStaff, m.From)
	}
	msg.Decision = DecidedStaff
	return u.contacted(m, msg)
}

// contacted moves a new lead on to whom a colleague has written.
func (u *unit) contacted(m *IncomingMail, msg *Message) error {
	if msg.About.Type != TypeLead || m.Automation != "" {
		return nil
	}
	l, err := u.Leads().Get(msg.About.ID)
	if err != nil || l.State != "new" {
		return err
	}
	from := l.State
	l.State, l.UpdatedAt = "contacted", u.now
	return u.saveLead(l, Activity{Type: "lead.contacted", From: from, To: l.State, Related: Ref{TypeMessage, msg.ID}})
}

// writtenTo files a mail on the open lead or the customer that an address belongs to.
func (u *unit) writtenTo(address string, msg *Message) (bool, error) {
	if address = normalEmail(address); address == "" {
		return false, nil
	}
	l, err := u.openLeadOf(address)
	if err != nil {
		return false, err
	}
	if l != nil {
		msg.file(DecidedStaff, address, Ref{TypeLead, l.ID}, l.Thread)
		return true, nil
	}
	contact, err := first(u.Contacts(), map[string]string{"email": address}, "")
	if contact == nil || err != nil {
		return false, err
	}
	msg.file(DecidedStaff, address, Ref{TypeCustomer, contact.Customer}, "")
	msg.Customer = contact.Customer
	return true, nil
}

// bounce marks the delivery that a report speaks of.
func (u *unit) bounce(m *IncomingMail, msg *Message) error {
	d, err := u.reportedDelivery(m)
	if err != nil {
		return err
	}
	if d == nil {
		return msg.other(DecidedReport, "about a mail that is not ours")
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

// reply files a mail that answers one of ours, or one that was filed: by the
// plus-address that it was sent to, by In-Reply-To, by References, newest first,
// and by a number in its subject.
func (u *unit) reply(m *IncomingMail, msg *Message) (bool, error) {
	if found, err := u.plusAddress(m, msg); found || err != nil {
		return found, err
	}
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
		u.fileReply(msg, id, about, thread)
		return true, nil
	}
	return u.subjectTag(m, msg)
}

func (u *unit) referenced(messageID string) (Ref, string, error) {
	if messageID = strings.Trim(messageID, "<> "); messageID == "" {
		return Ref{}, "", nil // a filed mail without an id is not meant
	}
	if id := u.s.deliveryOf(messageID); id != "" {
		d, err := optional(u.Deliveries().Get(id))
		if err != nil || d == nil {
			return Ref{}, "", err
		}
		about, err := u.survivor(d.About)
		return about, d.Thread, err
	}
	before, err := first(u.Messages(), map[string]string{"message_id": messageID}, "filed")
	if err != nil || before == nil {
		return Ref{}, "", err
	}
	if before.About.Type == TypeLead {
		l, err := optional(u.Leads().Get(before.About.ID))
		if err != nil || l == nil || l.unwanted() {
			return Ref{}, "", err
		}
	}
	about, err := u.survivor(before.About)
	return about, before.Thread, err
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
	case TypeOpportunity:
		if o, err := u.Opportunities().Get(r.ID); err == nil {
			return o.Owner
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
	case TypeCreditNote:
		if n, err := u.CreditNotes().Get(r.ID); err == nil {
			return u.ownerOf(Ref{TypeInvoice, n.Invoice})
		}
	}
	return ""
}

// sender is who is to be answered: a Reply-To goes before From.
func (m *IncomingMail) sender() string {
	if m.Inquiry.Email != "" {
		return m.Inquiry.Email
	}
	return m.From
}

// lockSender makes the inquiries of one sender come one after the other, so
// that each finds the lead of the one before.
func (u *unit) lockSender(email string) error { return u.Lock("sender " + normalEmail(email)) }

// lockSenders does so for mails that commit together, in one order, so that
// those of several mailboxes never wait for each other in a circle.
func (u *unit) lockSenders(ms []IncomingMail) error {
	if len(ms) < 2 {
		return nil
	}
	var senders []string
	for i := range ms {
		senders = append(senders, normalEmail(ms[i].sender()))
	}
	slices.Sort(senders)
	for _, sender := range slices.Compact(senders) {
		if err := u.lockSender(sender); err != nil {
			return err
		}
	}
	return nil
}

// before files what comes from a sender who wrote before: on the lead that is
// open, or away when a person said that it is not a lead.
func (u *unit) before(m *IncomingMail, msg *Message, known Traces) (bool, error) {
	var newest *Lead
	if known.Lead {
		var err error
		if newest, err = u.newestLead(m.sender()); err != nil {
			return false, err
		}
		if l, err := u.openLeadBeside(newest); l != nil || err != nil {
			if err != nil {
				return false, err
			}
			msg.file(DecidedOpenLead, m.sender(), Ref{TypeLead, l.ID}, l.Thread)
			return true, u.tellReply(msg)
		}
	}
	if known.Rule {
		if rule, err := u.senderRule(m.From, m.sender()); rule != nil || err != nil {
			if err != nil {
				return false, err
			}
			return true, msg.other(DecidedIgnored, rule.Address)
		}
	}
	if newest == nil || !newest.unwanted() {
		return false, nil
	}
	return true, msg.other(DecidedIgnored, newest.Reason)
}

// newestLead is the last one that an address became, whatever it is now.
func (u *unit) newestLead(email string) (*Lead, error) {
	return first(u.Leads(), map[string]string{"email": normalEmail(email)}, "")
}

// openLeadOf is an address's open lead, a new one first.
func (u *unit) openLeadOf(email string) (*Lead, error) {
	newest, err := u.newestLead(email)
	if err != nil {
		return nil, err
	}
	return u.openLeadBeside(newest)
}

// openLeadBeside is the open lead of the address whose newest lead that is, nil
// for none.
func (u *unit) openLeadBeside(newest *Lead) (*Lead, error) {
	if newest == nil || newest.State == "new" {
		return newest, nil
	}
	for _, state := range []string{"new", "contacted"} {
		if l, err := first(u.Leads(), map[string]string{"email": newest.Email}, state); l != nil || err != nil {
			return l, err
		}
	}
	return nil, nil
}

// unwanted reports a lead of which a person said that it never was one.
func (l *Lead) unwanted() bool {
	return l.State == "disqualified" && (l.Reason == "not_a_lead" || l.Reason == "spam")
}
