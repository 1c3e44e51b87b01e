package process

import "slices"

// place is a record that mail of somebody known belongs to.
type place struct {
	about            Ref
	thread, customer string
	// by is the address that is known.
	by string
}

// placesOf are the records of those who wrote a mail and whom it was written
// to: open leads, and customers by their own address or a contact's. When the
// mail answers one that stands on a record of one of them, that record is
// named instead, first, and answers is true.
func (u *unit) placesOf(m *IncomingMail) (places []place, answers bool, err error) {
	people := []string{m.From, m.sender()}
	people = append(people, slices.Concat(m.To, m.Bcc)[:min(len(m.To)+len(m.Bcc), maxRecipients)]...)
	for o := m.Original; o != nil && m.Own == nil; o = o.Original { // what a person passes on stays the person's own
		people = append(people, o.From)
	}
	for _, address := range people {
		p, err := u.knownAddress(address)
		if err != nil {
			return nil, false, err
		}
		if p != nil && !slices.ContainsFunc(places, func(o place) bool { return o.about == p.about }) {
			places = append(places, *p)
		}
	}
	if len(places) == 0 {
		return nil, false, nil
	}
	answered, err := u.answered(m)
	if err != nil || answered.about.IsZero() {
		return places, false, err
	}
	i := slices.IndexFunc(places, func(p place) bool {
		return p.about == answered.about || p.thread != "" && p.thread == answered.thread || p.customer != "" && p.customer == answered.customer
	})
	if i < 0 {
		return places, false, nil
	}
	answered.by = places[i].by
	return append([]place{answered}, slices.Delete(places, i, i+1)...), true, nil
}

// knownAddress is the record of somebody known, nil for strangers and for the
// company's own addresses.
func (u *unit) knownAddress(address string) (*place, error) {
	address = normalEmail(address)
	if own, err := u.ours(address, nil); own || err != nil {
		return nil, err
	}
	l, err := u.openLeadOf(address)
	if err != nil {
		return nil, err
	}
	if l != nil {
		return &place{Ref{TypeLead, l.ID}, l.Thread, l.Customer, address}, nil
	}
	match := map[string]string{"email": address}
	contact, err := first(u.Contacts(), match, "")
	if err != nil {
		return nil, err
	}
	if contact != nil {
		return &place{Ref{TypeCustomer, contact.Customer}, "", contact.Customer, address}, nil
	}
	customer, err := first(u.Customers(), match, "")
	if customer == nil || err != nil {
		return nil, err
	}
	return &place{Ref{TypeCustomer, customer.ID}, "", customer.ID, address}, nil
}

// answered is the record that a mail answers by its plus-address or its references.
func (u *unit) answered(m *IncomingMail) (place, error) {
	probe := &Message{}
	found, err := u.plusAddress(m, probe)
	if err != nil {
		return place{}, err
	}
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	about := probe.About
	for _, id := range slices.Concat(m.InReplyTo, ids) {
		if found {
			break
		}
		if about, _, err = u.referenced(id); err != nil {
			return place{}, err
		}
		found = !about.IsZero()
	}
	if !found {
		return place{}, nil
	}
	thread, customer, err := u.placeOf(about)
	if CodeOf(err) == CodeNotFound {
		return place{}, nil
	}
	return place{about: about, thread: thread, customer: customer}, err
}

// fileOn files a message on the first place, and tells of it on the others.
func (u *unit) fileOn(msg *Message, decision string, places []place) error {
	msg.file(decision, places[0].by, places[0].about, places[0].thread)
	msg.Customer = places[0].customer
	for _, p := range places[1:] {
		if err := u.note(Activity{Type: "mail.filed", About: p.about, Thread: p.thread, To: msg.State, Why: decision, Related: Ref{TypeMessage, msg.ID},
			Data: map[string]string{"from": msg.From, "subject": msg.Subject, "detail": p.by}}); err != nil {
			return err
		}
	}
	return nil
}
