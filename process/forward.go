package process

import (
	"slices"
	"strings"
)

// fileForward files what a colleague passed on by the rules that would have
// held, had its writer sent it: on the record that it answers, on the writer's
// open lead or customer, else as a lead of the writer. The writer gets no
// acknowledgement: the mail was not written to this mailbox.
func (u *unit) fileForward(m *IncomingMail, msg *Message) (bool, error) {
	if m.Automation != "" {
		return false, nil
	}
	o := m.Original
	for ; o != nil; o = o.Original {
		own, err := u.ours(o.From, m.To)
		if err != nil {
			return false, err
		}
		if !own {
			break
		}
	}
	if o == nil || mailable(o.From) != nil {
		return false, nil
	}
	o.At = m.At
	if err := u.decideForward(o, msg); err != nil {
		return false, err
	}
	msg.Detail = strings.TrimSpace(o.From + ": " + msg.Decision)
	msg.Decision = DecidedForwarded
	return true, nil
}

func (u *unit) decideForward(o *IncomingMail, msg *Message) error {
	if about, thread, err := u.referenced(o.MessageID); err != nil || !about.IsZero() {
		msg.file(DecidedReply, o.MessageID, about, thread)
		return err
	}
	if o.Report != nil {
		return u.bounce(o, msg)
	}
	if found, err := u.reply(o, msg); found || err != nil {
		if err == nil && o.Automation == "" {
			err = u.tellReply(msg)
		}
		return err
	}
	if o.Automation != "" {
		return msg.other(DecidedAutomated, o.Automation)
	}
	known, err := u.traces(o)
	if err != nil {
		return err
	}
	if found, err := u.before(o, msg, known); found || err != nil {
		return err
	}
	_, err = u.inquire(o, msg, known)
	return err
}

// ours reports an address of this company: a user's, its own, or the one that
// the mail was sent to.
func (u *unit) ours(address string, recipients []string) (bool, error) {
	address = normalEmail(address)
	if address == "" || address == normalEmail(u.settings.Company.Email) || slices.ContainsFunc(recipients, func(to string) bool { return normalEmail(to) == address }) {
		return true, nil
	}
	user, err := first(u.Users(), map[string]string{"email": address}, "active")
	return user != nil, err
}

// blobs are all bytes that the mail keeps, those of mails inside it included.
func (m *IncomingMail) blobs() []*Blob {
	var all []*Blob
	for ; m != nil; m = m.Original {
		if m.Raw != nil {
			all = append(all, m.Raw)
		}
		for _, f := range m.Inquiry.Attachments {
			if !slices.ContainsFunc(all, func(b *Blob) bool { return b.SHA256 == f.Content.SHA256 }) {
				all = append(all, f.Content)
			}
		}
	}
	return all
}
