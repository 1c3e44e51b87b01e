package process

import "strings"

// longMessage is the length in octets from which a lead's text is not stored
// beside its mail's.
const longMessage = 1 << 10

// inquire makes the mail a lead, unless a known customer has something open.
// The lead is nil then.
func (u *unit) inquire(m *IncomingMail, msg *Message, traces Traces) (*Lead, error) {
	l := m.Inquiry.lead("mail:" + m.At.Mailbox)
	if m.At.Mailbox == "" {
		l.Source = "import"
	}
	var customer *Customer
	var known bool
	if traces.Contact || traces.Customer || l.OrganisationNumber != "" {
		var err error
		if customer, known, err = u.knownSender(l); err != nil {
			return nil, err
		}
	}
	decision := DecidedNew
	if known {
		decision = DecidedCustomer
		owner, busy, err := u.busy(customer.ID)
		if err != nil {
			return nil, err
		}
		if busy {
			msg.file(DecidedUnsorted, customer.Name, Ref{TypeCustomer, customer.ID}, "")
			msg.Customer = customer.ID
			_, err := u.task(Task{Reason: "mail_unsorted", Title: msg.Subject, Owner: owner, About: Ref{TypeMessage, msg.ID}})
			return nil, err
		}
	}
	if len(l.Message) >= longMessage && l.Message == msg.Text {
		l.Mail = msg.ID
	}
	if err := u.insertLead(l, Ref{TypeMessage, msg.ID}); err != nil {
		return nil, err
	}
	msg.file(decision, "", Ref{TypeLead, l.ID}, l.Thread)
	msg.Customer = l.Customer
	return l, nil
}

// knownSender links a new lead to the customer that it seems to belong to, and
// reports whether the sender is known in person: a contact's or the customer's
// own address.
func (u *unit) knownSender(l *Lead) (*Customer, bool, error) {
	customer, contact, err := u.matchParty(l, QualifyInput{})
	if err != nil || customer == nil {
		return nil, false, err
	}
	l.Customer = customer.ID
	return customer, contact != nil || l.Email != "" && normalEmail(customer.Email) == l.Email, nil
}

func (in Inquiry) lead(source string) *Lead {
	l := &Lead{Name: in.Name, Email: normalEmail(in.Email), Phone: in.Phone, Company: in.Company, OrganisationNumber: in.OrganisationNumber,
		Address: in.Address, Subject: in.Subject, Message: in.Text, Language: in.Language, Source: source}
	l.Attachments, l.Guessed = attachments(in.Attachments), in.Guessed
	return l
}

// busy reports whether a customer has an open opportunity, order or unpaid
// invoice, and who follows that up.
func (u *unit) busy(customer string) (owner string, open bool, err error) {
	match := map[string]string{"customer": customer}
	if o, err := first(u.Opportunities(), match, "open"); o != nil || err != nil {
		if o != nil {
			owner = o.Owner
		}
		return owner, o != nil, err
	}
	for _, state := range []string{"open", "on_hold"} {
		orders, _, err := u.Orders().List(Filter{Match: match, State: state, Limit: 100})
		if err != nil {
			return "", false, err
		}
		for i := range orders {
			if orders[i].progress() != "completed" {
				return orders[i].Owner, true, nil
			}
		}
	}
	invoices, _, err := u.Invoices().List(Filter{Match: match, Limit: 100})
	if err != nil {
		return "", false, err
	}
	for i := range invoices {
		if invoices[i].settle(); invoices[i].State == "draft" || invoices[i].Open.Minor > 0 {
			return invoices[i].Owner, true, nil
		}
	}
	return "", false, nil
}

// acknowledge answers a new inquiry when that is switched on: once a day to a
// sender, and at most so many an hour to all together.
func (u *unit) acknowledge(l *Lead, inReplyTo string) error {
	st := u.settings.Mail
	if !st.Acknowledge || mailable(l.Email) != nil || readsNothing(l.Email) {
		return nil
	}
	recent, _, err := u.Deliveries().List(Filter{Match: map[string]string{"kind": "acknowledgement", "to": l.Email}, Limit: 1})
	if err != nil {
		return err
	}
	if len(recent) > 0 && u.now.Sub(recent[0].CreatedAt).Hours() < 24 {
		return nil
	}
	// Looked at twice, so that they only come one after the other while there is
	// something left to share.
	if full, err := u.acknowledgedEnough(st.AcknowledgePerHour); full || err != nil {
		return err
	}
	if st.AcknowledgePerHour > 0 {
		err = u.Lock("acknowledgements")
	}
	if err != nil {
		return err
	}
	if full, err := u.acknowledgedEnough(st.AcknowledgePerHour); full || err != nil {
		return err
	}
	_, err = u.deliver(Delivery{Kind: "acknowledgement", About: Ref{TypeLead, l.ID}, To: l.Email, ToName: l.Name, Thread: l.Thread, InReplyTo: inReplyTo,
		Language: documentLanguage(l.Language, u.settings.Language), Data: map[string]string{"subject": l.Subject, "name": l.Name}})
	return err
}

// readsNothing reports an address that says that nobody reads what it gets.
func readsNothing(email string) bool {
	local, _, _ := strings.Cut(normalEmail(email), "@")
	local, _, _ = strings.Cut(local, "+")
	local = strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	for _, says := range []string{"noreply", "donotreply", "ikkesvar", "svarikke", "noanswer", "nepasrepondre", "mailerdaemon", "postmaster", "bounce"} {
		if strings.HasPrefix(local, says) || strings.HasSuffix(local, says) {
			return true
		}
	}
	return false
}

// acknowledgedEnough reports whether the last hour had as many as it may.
func (u *unit) acknowledgedEnough(perHour int) (bool, error) {
	if perHour <= 0 {
		return false, nil
	}
	most := min(perHour, MaxLimit)
	hour, _, err := u.Deliveries().List(Filter{Match: map[string]string{"kind": "acknowledgement"}, Limit: most})
	n := len(hour)
	return err == nil && n >= most && u.now.Sub(hour[n-1].CreatedAt).Minutes() < 60, err
}
