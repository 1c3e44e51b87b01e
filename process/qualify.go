package process

import (
	"context"
	"strings"
)

// QualifyInput says what the salesperson knows beyond the lead; all of it may
// be left out.
type QualifyInput struct {
	// Customer and Contact link existing records instead of the ones found.
	Customer string `json:"customer,omitempty"`
	Contact  string `json:"contact,omitempty"`
	// NewCustomer makes a new customer even though one was found.
	NewCustomer      bool   `json:"new_customer,omitempty"`
	Title            string `json:"title,omitempty"`
	EstimatedRevenue *Money `json:"estimated_revenue,omitempty"`
	EstimatedClose   Date   `json:"estimated_close,omitempty"`
	// Checks answer questions of qualifying, over those that were answered before.
	Checks map[string]bool `json:"checks,omitempty"`
}

// QualifyLead closes an interested lead: customer and contact are linked or
// made, and the opportunity is made, all in one transaction.
func (s *Service) QualifyLead(ctx context.Context, a Actor, t Target, in QualifyInput) (*Outcome, error) {
	return s.changeLead(ctx, a, t, "qualify", func(u *unit, l *Lead) (*Outcome, error) {
		// Two leads of one customer that are qualified at once are to find each other's.
		if err := u.Lock("parties"); err != nil {
			return nil, err
		}
		out := &Outcome{}
		if err := u.checkChecks(in.Checks); err != nil {
			return nil, err
		}
		for key, yes := range in.Checks {
			if l.Checks == nil {
				l.Checks = map[string]bool{}
			}
			l.Checks[key] = yes
		}
		customer, contact, err := u.matchParty(l, in)
		if err != nil {
			return nil, err
		}
		known := customer != nil
		if !known {
			if customer, err = u.newCustomer(l.asCustomer(), l.Thread); err != nil {
				return nil, err
			}
		}
		out.note(known, TypeCustomer, customer.ID)
		known = contact != nil
		if !known && (l.Name != "" || l.Email != "") {
			contact, err = u.newContact(ContactInput{Customer: customer.ID, Name: l.Name, Email: l.Email, Phone: l.Phone, Language: documentLanguage(l.Language, "")}, l.Thread)
			if err != nil {
				return nil, err
			}
		}
		if contact != nil {
			out.note(known, TypeContact, contact.ID)
		}
		o, err := u.openOpportunity(l, customer, contact, in)
		if err != nil {
			return nil, err
		}
		out.note(false, TypeOpportunity, o.ID)
		from := l.State
		l.State, l.Customer, l.Opportunity = "qualified", customer.ID, o.ID
		if contact != nil {
			l.Contact = contact.ID
		}
		if l.Owner == "" && u.actor.Kind == ActorUser {
			l.Owner = u.actor.ID
		}
		return out, u.saveLead(l, Activity{Type: "lead.qualified", From: from, To: l.State, Related: Ref{TypeOpportunity, o.ID},
			Data: map[string]string{"customer": customer.Name, "opportunity": o.Title}})
	})
}

// note lists a record as linked when it was known, as created otherwise.
func (o *Outcome) note(known bool, typ, id string) {
	if known {
		o.Linked = append(o.Linked, Ref{typ, id})
		return
	}
	o.Created = append(o.Created, Ref{typ, id})
}

// matchParty finds the customer and contact that a lead belongs to: by what
// the salesperson names, the contact's address, the customer that the lead was
// linked to when it came in, the customer's address, the organisation number,
// and the mail domain unless it is a free-mail host.
func (u *unit) matchParty(l *Lead, in QualifyInput) (customer *Customer, contact *Contact, err error) {
	if in.Contact != "" {
		if contact, err = u.Contacts().Get(in.Contact); err != nil {
			return nil, nil, err
		}
		if in.Customer == "" {
			in.Customer = contact.Customer
		}
		if contact.Customer != in.Customer {
			return nil, nil, Invalid("contact.customer", "the contact belongs to another customer", Problem{Field: "contact", Reason: "contact.customer", Message: "a contact of the same customer"})
		}
	}
	if in.Customer != "" {
		if customer, err = u.Customers().Get(in.Customer); err != nil {
			return nil, nil, err
		}
	}
	if contact == nil && l.Email != "" && !in.NewCustomer {
		match := map[string]string{"email": normalEmail(l.Email)}
		if customer != nil {
			match["customer"] = customer.ID
		}
		if contact, err = first(u.Contacts(), match, ""); err != nil {
			return nil, nil, err
		}
	}
	if customer != nil || in.NewCustomer {
		return customer, contact, nil
	}
	linked := l.Customer
	if contact != nil {
		linked = contact.Customer
	}
	if linked != "" {
		customer, err = u.Customers().Get(linked)
		return customer, contact, err
	}
	for _, m := range []map[string]string{
		{"email": normalEmail(l.Email)},
		{"organisation_number": l.OrganisationNumber},
		{"domain": ownDomain(l.Email)},
	} {
		for _, v := range m {
			if v == "" {
				continue
			}
			if customer, err = first(u.Customers(), m, ""); customer != nil || err != nil {
				return customer, nil, err
			}
		}
	}
	return nil, nil, nil
}

func (l *Lead) asCustomer() CustomerInput {
	in := CustomerInput{Name: l.Company, Kind: "business", Email: l.Email, Phone: l.Phone,
		OrganisationNumber: l.OrganisationNumber, Address: l.Address, Language: documentLanguage(l.Language, "")}
	if in.Name == "" {
		in.Name = l.Name
		if l.OrganisationNumber == "" && ownDomain(l.Email) == "" {
			in.Kind = "consumer"
		}
	}
	if in.Name == "" {
		in.Name = l.Email
	}
	if in.Name == "" {
		in.Name = l.Phone
	}
	return in
}

func (u *unit) openOpportunity(l *Lead, c *Customer, contact *Contact, in QualifyInput) (*Opportunity, error) {
	o := &Opportunity{Record: u.record(), State: "open", Title: strings.TrimSpace(in.Title), Customer: c.ID, Lead: l.ID, Owner: l.Owner,
		Currency: u.settings.Currency, Lines: []Line{}, EstimatedClose: in.EstimatedClose, Thread: l.Thread}
	u.settings.Process.begin(o)
	for _, t := range []string{l.Subject, c.Name} {
		if o.Title == "" {
			o.Title = t
		}
	}
	if contact != nil {
		o.Contact = contact.ID
	}
	if o.Owner == "" && u.actor.Kind == ActorUser {
		o.Owner = u.actor.ID
	}
	if err := o.revalue(in.EstimatedRevenue); err != nil {
		return nil, err
	}
	if err := u.Opportunities().Insert(o); err != nil {
		return nil, err
	}
	return o, u.note(Activity{Type: "opportunity.created", About: Ref{TypeOpportunity, o.ID}, Thread: o.Thread, To: o.State, Data: map[string]string{"title": o.Title}})
}

// documentLanguage is the language of documents for somebody who writes in
// guessed: a language of emne, or the fallback.
func documentLanguage(guessed, fallback string) string {
	switch {
	case knownLanguage(guessed):
		return guessed
	case guessed == "no":
		return "nb"
	case guessed == "", guessed == "und":
		return fallback
	}
	return "en"
}
