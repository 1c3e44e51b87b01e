package store

import (
	"database/sql/driver"
	"fmt"

	"github.com/emne/emne/process"
)

func leadTable() table[process.Lead] {
	return table[process.Lead]{
		name: "lead", record: process.TypeLead,
		columns: `state name email phone company organisation_number address subject message language
			source owner customer_id contact_id opportunity_id reason thread attachments checks merged_into phone_key guessed mail_id`,
		base: func(l *process.Lead) *process.Record { return &l.Record },
		fields: func(l *process.Lead) []any {
			return []any{&l.State, &l.Name, &l.Email, &l.Phone, &l.Company, &l.OrganisationNumber, object{&l.Address},
				&l.Subject, unlessMail{&l.Message, &l.Mail}, &l.Language, &l.Source, ref{&l.Owner}, ref{&l.Customer}, ref{&l.Contact},
				ref{&l.Opportunity}, &l.Reason, &l.Thread, object{&l.Attachments},
				object{&l.Checks}, ref{&l.MergedInto}, &l.PhoneKey, object{&l.Guessed}, ref{&l.Mail}}
		},
		reads: map[string]string{"message": "COALESCE(NULLIF(message, ''), (SELECT body FROM message WHERE message.id = mail_id), '')"},
		search: func(l *process.Lead) []string {
			return append(addressTexts(l.Address), l.Name, l.Email, l.Phone, l.Company, l.OrganisationNumber, l.Subject, l.Message, l.Source)
		},
		keys: map[string]string{"email": "email", "thread": "thread", "customer": "customer_id", "source": "source",
			"organisation_number": "organisation_number", "phone_key": "phone_key",
			"owner": "owner", "opportunity": "opportunity_id", "contact": "contact_id"},
	}
}

// unlessMail is a lead's text, which is stored only when it is not that of a mail.
type unlessMail struct{ text, mail *string }

func (c unlessMail) Value() (driver.Value, error) {
	if *c.mail != "" {
		return "", nil
	}
	return clean(*c.text), nil
}

func (c unlessMail) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a text is %T", v)
	}
	*c.text = s
	return nil
}
