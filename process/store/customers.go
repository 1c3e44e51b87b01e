package store

import "github.com/emne/emne/process"

func customerTable() table[process.Customer] {
	return table[process.Customer]{
		name: "customer", record: process.TypeCustomer,
		columns: `state name kind email phone organisation_number vat_number address e_invoice_address language domain payment_days payment_rule no_reminders customer_group send_by number`,
		base:    func(c *process.Customer) *process.Record { return &c.Record },
		fields: func(c *process.Customer) []any {
			return []any{&c.State, &c.Name, &c.Kind, &c.Email, &c.Phone, ref{&c.OrganisationNumber}, &c.VATNumber,
				object{&c.Address}, object{&c.EInvoiceAddress}, &c.Language, ref{&c.Domain}, &c.PaymentDays, &c.PaymentRule, &c.NoReminders, &c.Group, &c.SendBy, &c.Number}
		},
		search: func(c *process.Customer) []string {
			return append(addressTexts(c.Address), c.Name, c.Email, c.Phone, c.OrganisationNumber, c.VATNumber, c.EInvoiceAddress.ID, c.Domain, c.Number)
		},
		keys: map[string]string{"email": "email", "organisation_number": "organisation_number", "domain": "domain"},
	}
}

func contactTable() table[process.Contact] {
	return table[process.Contact]{
		name: "contact", record: process.TypeContact,
		columns: `state customer_id name email phone title language`,
		base:    func(c *process.Contact) *process.Record { return &c.Record },
		fields: func(c *process.Contact) []any {
			return []any{&c.State, ref{&c.Customer}, &c.Name, &c.Email, &c.Phone, &c.Title, &c.Language}
		},
		search: func(c *process.Contact) []string { return []string{c.Name, c.Email, c.Phone, c.Title} },
		keys:   map[string]string{"email": "email", "customer": "customer_id"},
	}
}
