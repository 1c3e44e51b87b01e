package process

import (
	"context"
	"strings"
)

// CustomerInput is a customer as people and programs write it.
type CustomerInput struct {
	Name               string   `json:"name"`
	Kind               string   `json:"kind,omitempty" doc:"business or consumer"`
	Email              string   `json:"email,omitempty"`
	Phone              string   `json:"phone,omitempty"`
	OrganisationNumber string   `json:"organisation_number,omitempty"`
	VATNumber          string   `json:"vat_number,omitempty"`
	Address            Address  `json:"address,omitzero"`
	EInvoiceAddress    Endpoint `json:"e_invoice_address,omitzero"`
	Language           string   `json:"language,omitempty"`
	PaymentDays        int      `json:"payment_days,omitempty"`
	PaymentRule        string   `json:"payment_rule,omitempty" doc:"net or end_of_month; the company's when left out"`
	NoReminders        bool     `json:"no_reminders,omitempty"`
	Group              string   `json:"group,omitempty" doc:"group of price lists"`
	SendBy             string   `json:"send_by,omitempty" doc:"mail, e_invoice or both; by the settings when left out"`
	Number             string   `json:"number,omitempty" doc:"the company's own number for the customer"`
}

// Input is the editable part of the customer.
func (c Customer) Input() CustomerInput {
	return CustomerInput{c.Name, c.Kind, c.Email, c.Phone, c.OrganisationNumber, c.VATNumber, c.Address, c.EInvoiceAddress, c.Language, c.PaymentDays, c.PaymentRule, c.NoReminders, c.Group, c.SendBy, c.Number}
}

func (in CustomerInput) apply(c *Customer) error {
	in.Name, in.Email = strings.TrimSpace(in.Name), normalEmail(in.Email)
	if in.Kind == "" {
		in.Kind = "business"
	}
	var ps []Problem
	if in.Name == "" {
		ps = append(ps, Problem{Field: "name", Reason: "customer.name.missing", Message: "a customer needs a name"})
	}
	if in.Kind != "business" && in.Kind != "consumer" {
		ps = append(ps, Problem{Field: "kind", Reason: "customer.kind", Message: "a customer is a business or a consumer"})
	}
	if in.Email != "" && !plausibleEmail(in.Email) {
		ps = append(ps, Problem{Field: "email", Reason: "email.invalid", Message: "this is no e-mail address"})
	}
	if c := in.Address.Country; c != "" && (len(c) != 2 || strings.ToUpper(c) != c) {
		ps = append(ps, Problem{Field: "address.country", Reason: "country.invalid", Message: "a country is a code of two letters such as NO", Rule: "BR-CL-14"})
	}
	if in.Language != "" && !knownLanguage(in.Language) {
		ps = append(ps, Problem{Field: "language", Reason: "language.unknown", Message: "documents can be in " + strings.Join(Languages(), ", ")})
	}
	if in.PaymentDays < 0 || in.PaymentDays > 365 {
		ps = append(ps, Problem{Field: "payment_days", Reason: "payment_days.bounds", Message: "payment days are between 0 and 365"})
	}
	if !knownDueRule(in.PaymentRule) {
		ps = append(ps, Problem{Field: "payment_rule", Reason: "payment_rule", Message: "net or end_of_month"})
	}
	if len(in.Number) > 40 {
		ps = append(ps, Problem{Field: "number", Reason: "customer.number", Message: "a customer's number has at most 40 characters"})
	}
	if !knownSendBy(in.SendBy) {
		ps = append(ps, Problem{Field: "send_by", Reason: "send_by", Message: "mail, e_invoice or both"})
	}
	if len(ps) > 0 {
		return Invalid("customer.invalid", "the customer cannot be saved", ps...)
	}
	c.Name, c.Kind, c.Email, c.Phone = in.Name, in.Kind, in.Email, strings.TrimSpace(in.Phone)
	c.OrganisationNumber = strings.ReplaceAll(in.OrganisationNumber, " ", "")
	c.VATNumber, c.Address, c.EInvoiceAddress = strings.ReplaceAll(in.VATNumber, " ", ""), in.Address, in.EInvoiceAddress
	c.Language, c.PaymentDays = in.Language, in.PaymentDays
	c.PaymentRule, c.NoReminders = in.PaymentRule, in.NoReminders
	c.Domain, c.Group = ownDomain(in.Email), strings.TrimSpace(in.Group)
	c.SendBy, c.Number = in.SendBy, strings.TrimSpace(in.Number)
	return nil
}

// CreateCustomer adds a customer by hand.
func (s *Service) CreateCustomer(ctx context.Context, a Actor, in CustomerInput) (*Outcome, error) {
	return s.change(ctx, a, MayKeep, func(u *unit) (*Outcome, error) {
		c, err := u.newCustomer(in, "")
		if err != nil {
			return nil, err
		}
		return &Outcome{Record: c, Created: []Ref{{TypeCustomer, c.ID}}}, nil
	})
}

func (u *unit) newCustomer(in CustomerInput, thread string) (*Customer, error) {
	c := &Customer{Record: u.record(), State: "active"}
	if err := in.apply(c); err != nil {
		return nil, err
	}
	if c.Address.Country == "" {
		c.Address.Country = u.settings.Company.Address.Country
	}
	if err := u.Customers().Insert(c); err != nil {
		return nil, err
	}
	u.deriveCustomer(c)
	return c, u.note(Activity{Type: "customer.created", About: Ref{TypeCustomer, c.ID}, Thread: thread, To: c.State, Data: map[string]string{"name": c.Name}})
}

// EditCustomer changes a customer; issued documents keep what they said.
func (s *Service) EditCustomer(ctx context.Context, a Actor, t Target, in CustomerInput) (*Outcome, error) {
	return s.change(ctx, a, MayKeep, func(u *unit) (*Outcome, error) {
		c, err := opened(u, u.Customers(), "edit", t)
		if err != nil {
			return nil, err
		}
		if err := u.changeCustomer(in, c); err != nil {
			return nil, err
		}
		return &Outcome{Record: c, Created: []Ref{}}, u.require(TypeCustomer, "edit", c)
	})
}

func (u *unit) changeCustomer(in CustomerInput, c *Customer) error {
	if err := in.apply(c); err != nil {
		return err
	}
	if err := u.Customers().Update(c); err != nil {
		return err
	}
	u.deriveCustomer(c)
	return u.note(Activity{Type: "customer.changed", About: Ref{TypeCustomer, c.ID}, Data: map[string]string{"name": c.Name}})
}

// ContactInput is a contact person as people and programs write it.
type ContactInput struct {
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Title    string `json:"title,omitempty"`
	Language string `json:"language,omitempty"`
}

// Input is the editable part of the contact.
func (c Contact) Input() ContactInput {
	return ContactInput{c.Customer, c.Name, c.Email, c.Phone, c.Title, c.Language}
}

func (in ContactInput) apply(c *Contact) error {
	in.Email = normalEmail(in.Email)
	if strings.TrimSpace(in.Name) == "" && in.Email == "" {
		return Invalid("contact.empty", "a contact needs a name or an e-mail address", Problem{Field: "name", Reason: "contact.empty", Message: "name or e-mail address"})
	}
	if in.Email != "" && !plausibleEmail(in.Email) {
		return Invalid("contact.invalid", "the contact cannot be saved", Problem{Field: "email", Reason: "email.invalid", Message: "this is no e-mail address"})
	}
	c.Customer, c.Name, c.Email, c.Phone = in.Customer, strings.TrimSpace(in.Name), in.Email, strings.TrimSpace(in.Phone)
	c.Title, c.Language = in.Title, in.Language
	return nil
}

// CreateContact adds a person to a customer.
func (s *Service) CreateContact(ctx context.Context, a Actor, in ContactInput) (*Outcome, error) {
	return s.change(ctx, a, MayKeep, func(u *unit) (*Outcome, error) {
		c, err := u.newContact(in, "")
		if err != nil {
			return nil, err
		}
		return &Outcome{Record: c, Created: []Ref{{TypeContact, c.ID}}}, nil
	})
}

func (u *unit) newContact(in ContactInput, thread string) (*Contact, error) {
	c := &Contact{Record: u.record(), State: "active"}
	if err := in.apply(c); err != nil {
		return nil, err
	}
	if _, err := u.customerOf(in.Customer); err != nil {
		return nil, err
	}
	if err := u.Contacts().Insert(c); err != nil {
		return nil, err
	}
	return c, u.note(Activity{Type: "contact.created", About: Ref{TypeContact, c.ID}, Thread: thread, To: c.State, Data: map[string]string{"name": c.Name}})
}

// EditContact changes a contact.
func (s *Service) EditContact(ctx context.Context, a Actor, t Target, in ContactInput) (*Outcome, error) {
	return s.change(ctx, a, MayKeep, func(u *unit) (*Outcome, error) {
		c, err := u.Contacts().Get(t.ID)
		if err != nil {
			return nil, err
		}
		if err := u.touch(&c.Record, TypeContact, t); err != nil {
			return nil, err
		}
		if err := in.apply(c); err != nil {
			return nil, err
		}
		if _, err := u.customerOf(c.Customer); err != nil {
			return nil, err
		}
		if err := u.Contacts().Update(c); err != nil {
			return nil, err
		}
		return &Outcome{Record: c, Created: []Ref{}}, u.note(Activity{Type: "contact.changed", About: Ref{TypeContact, c.ID}, Data: map[string]string{"name": c.Name}})
	})
}

// plausibleEmail takes what RFC 5321 section 4.1.2 calls a mailbox in its usual
// form; whether it exists only a delivery tells.
func plausibleEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= 254 && !strings.ContainsAny(s, " \t\r\n<>,;\"()") && !strings.Contains(s[at:], "..")
}

// freeMail are hosts whose domain says nothing about the company.
var freeMail = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "hotmail.no": true,
	"live.com": true, "live.no": true, "msn.com": true, "yahoo.com": true, "yahoo.no": true, "icloud.com": true,
	"me.com": true, "mac.com": true, "aol.com": true, "gmx.de": true, "gmx.net": true, "web.de": true,
	"t-online.de": true, "proton.me": true, "protonmail.com": true, "online.no": true, "broadpark.no": true,
	"getmail.no": true, "lyse.net": true, "telia.com": true, "orange.fr": true, "free.fr": true, "mail.ru": true,
}

// ownDomain is the domain of an address, empty for free-mail hosts.
func ownDomain(email string) string {
	_, domain, ok := strings.Cut(normalEmail(email), "@")
	if !ok || freeMail[domain] {
		return ""
	}
	return domain
}
