package process

import "context"

// The decisions about incoming mail, in the order in which they are tried.
const (
	DecidedUnreadable = "unreadable"        // quarantine
	DecidedSame       = "same_mail"         // linked to the one seen before
	DecidedOwn        = "own_mail"          // our own automatic mail
	DecidedStaff      = "staff"             // written by a user of ours
	DecidedForwarded  = "forwarded"         // a user of ours passed it on: filed as its writer's
	DecidedReport     = "delivery_report"   // a bounce
	DecidedReply      = "reply"             // lands on the record it answers
	DecidedTag        = "subject_tag"       // a participant names a document in the subject
	DecidedAutomated  = "automated"         // other mail
	DecidedOpenLead   = "open_lead"         // appended
	DecidedUnsorted   = "customer_unsorted" // filed on the customer, for the owner to sort
	DecidedIgnored    = "sender_ignored"    // a person said that the sender writes no leads
	DecidedSpam       = "spam"              // by the settings' rules
	DecidedMoved      = "moved"             // a person filed it
	DecidedCustomer   = "known_customer"    // a new lead, linked
	DecidedNew        = "new_lead"
	DecidedOwnMailbox = "own_mailbox" // read in a user's own mailbox, of somebody known
	DecidedBcc        = "bcc"         // a user sent us a blind copy
	DecidedPassed     = "passed"      // in an own mailbox, of nobody known: nothing is kept
)

// ReceiveMail records a mail: its raw bytes, the cursor of its mailbox, the
// decision and all that follows from it commit together. The same UID again
// changes nothing.
func (s *Service) ReceiveMail(ctx context.Context, a Actor, m IncomingMail) (Receipt, error) {
	if err := s.PrepareMail(ctx, a, &m); err != nil {
		return Receipt{}, err
	}
	rs, err := s.ReceiveMails(ctx, a, []IncomingMail{m})
	if err != nil {
		return Receipt{}, err
	}
	return rs[0], nil
}

// PrepareMail does what can be done ahead of the transaction that records a
// mail, beside others. Of the raw bytes only the store's own form is left.
func (s *Service) PrepareMail(ctx context.Context, a Actor, m *IncomingMail) error {
	if m.Own != nil {
		if ours, err := s.isOurs(ctx, a, m); !ours || err != nil {
			return err
		}
	}
	for _, b := range m.blobs() {
		if err := s.store.StageBlob(ctx, b); err != nil {
			return err
		}
	}
	s.store.StageText(m.Inquiry.Text)
	if m.Raw.Packed != nil {
		m.Raw.Data = nil
	}
	return nil
}

// ReceiveMails records prepared mails, one after the other as they came. They
// commit together: with an error none of them is recorded.
func (s *Service) ReceiveMails(ctx context.Context, a Actor, ms []IncomingMail) ([]Receipt, error) {
	rs := make([]Receipt, len(ms))
	receive := func(u *unit) (*Outcome, error) {
		if err := u.lockSenders(ms); err != nil {
			return nil, err
		}
		for i := range ms {
			u.now, u.actor = s.now(), a // a mail that a user wrote is the user's act
			f := u.receive
			if ms[i].Own != nil {
				f = u.receiveOwn
			}
			var err error
			if rs[i], err = f(&ms[i]); err != nil {
				return nil, err
			}
		}
		return &Outcome{}, nil
	}
	_, err := s.change(ctx, a, MayIntake, receive)
	if CodeOf(err) == CodeConflict {
		// The same mail came through another mailbox at the same time; it is there now.
		_, err = s.change(ctx, a, MayIntake, receive)
	}
	return rs, err
}

func (u *unit) receive(m *IncomingMail) (Receipt, error) {
	msg := m.message(u)
	if same, err := u.sameMail(m); err != nil {
		return Receipt{}, err
	} else if same != nil {
		if _, err := u.see(m, same.ID); err != nil {
			return Receipt{}, err
		}
		if same.Decision == DecidedOwnMailbox && same.Direction == DirectionIn {
			return u.receiveAgain(m, same)
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
	for _, b := range m.blobs() {
		if err := u.KeepBlob(b); err != nil {
			return Receipt{}, err
		}
	}
	if err := u.decide(m, msg); err != nil {
		return Receipt{}, err
	}
	if err := u.Messages().Insert(msg); err != nil {
		return Receipt{}, err
	}
	if err := u.noteMail(msg, ""); err != nil {
		return Receipt{}, err
	}
	return Receipt{Result: msg.subject(), Decision: msg.Decision}, nil
}

// receiveAgain decides about a mail that was filed from a user's own mailbox
// and now came to the company's: there it may be an inquiry.
func (u *unit) receiveAgain(m *IncomingMail, msg *Message) (Receipt, error) {
	again := *msg
	again.Mailbox, again.UpdatedAt = m.At.Mailbox, u.now
	if err := u.decide(m, &again); err != nil {
		return Receipt{}, err
	}
	if again.State != "filed" || again.About == msg.About {
		return Receipt{Result: msg.subject(), Decision: DecidedSame, Repeated: true}, nil
	}
	if err := u.Messages().Update(&again); err != nil {
		return Receipt{}, err
	}
	return Receipt{Result: again.subject(), Decision: again.Decision}, u.noteMail(&again, msg.State)
}

// noteMail tells where a message was put, coming from a state.
func (u *unit) noteMail(msg *Message, from string) error {
	return u.note(Activity{Type: "mail." + msg.State, About: msg.subject(), Thread: msg.Thread, From: from, To: msg.State, Why: msg.Decision, Related: Ref{TypeMessage, msg.ID},
		Data: map[string]string{"from": msg.From, "subject": msg.Subject, "detail": msg.Detail}})
}

// see moves the cursor as far as the mail says; false when the UID was handled before.
func (u *unit) see(m *IncomingMail, message string) (bool, error) {
	if m.At.UID == 0 {
		return true, nil
	}
	fresh, err := u.SeeUID(m.At, message)
	if err != nil {
		return false, err
	}
	if m.MarkLater {
		if err := u.MarkLater(m.At); err != nil {
			return false, err
		}
	}
	if m.CursorUpTo > 0 {
		err = u.SetCursor(MailboxUID{Mailbox: m.At.Mailbox, UIDValidity: m.At.UIDValidity, UID: m.CursorUpTo})
	}
	return fresh, err
}

func (m *Message) subject() Ref {
	if m.About.IsZero() {
		return Ref{TypeMessage, m.ID}
	}
	return m.About
}

func (m *IncomingMail) message(u *unit) *Message {
	msg := &Message{Record: u.record(), State: "filed", Direction: DirectionIn, Mailbox: m.At.Mailbox, MessageID: m.MessageID, ContentHash: m.ContentHash,
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
	seen, err := u.SeenMails(m.MessageID, m.ContentHash)
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
