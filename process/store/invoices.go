package store

import "github.com/emne/emne/process"

func invoiceTable() table[process.Invoice] {
	return table[process.Invoice]{
		name: "invoice", record: process.TypeInvoice,
		columns: `state payment disputed number order_id order_number quote_id opportunity_id customer_id contact_id
			owner title recipient language currency net_minor vat_minor gross_minor rounding_minor adjusted_minor adjustments prices_include_vat buyer_reference customer_reference
			issue_date supply_date due_date payment_reference sha256 credited_minor paid_minor written_off_minor
			claims_minor reminders held held_until subscription_id period delivery_address exchange prepaid_minor released_minor deposit warnings problems thread project contract period_start period_end`,
		base: func(i *process.Invoice) *process.Record { return &i.Record },
		fields: func(i *process.Invoice) []any {
			return []any{&i.State, &i.Payment, &i.Disputed, ref{&i.Number}, ref{&i.Order}, &i.OrderNumber, ref{&i.Quote},
				ref{&i.Opportunity}, ref{&i.Customer}, ref{&i.Contact}, ref{&i.Owner}, &i.Title, &i.Recipient,
				&i.Language, &i.Currency, money{&i.Net, &i.Currency}, money{&i.VAT, &i.Currency},
				money{&i.Gross, &i.Currency}, money{&i.Rounding, &i.Currency}, money{&i.Adjusted, &i.Currency},
				object{&i.Adjustments}, &i.PricesIncludeVAT, &i.BuyerReference, &i.CustomerReference, &i.IssueDate, &i.SupplyDate,
				&i.DueDate, ref{&i.PaymentReference}, &i.SHA256, money{&i.Credited, &i.Currency},
				money{&i.Paid, &i.Currency}, money{&i.WrittenOff, &i.Currency},
				money{&i.Claims, &i.Currency}, object{&i.Reminders}, &i.Held, &i.HeldUntil, ref{&i.Subscription}, &i.Period, object{&i.DeliveryAddress}, object{&i.Exchange}, money{&i.Prepaid, &i.Currency}, money{&i.Released, &i.Currency}, &i.Deposit, object{&i.Warnings}, object{&i.Problems}, &i.Thread,
				&i.Project, &i.Contract, &i.PeriodStart, &i.PeriodEnd}
		},
		search: func(i *process.Invoice) []string {
			return append(lineTexts(i.Lines), i.Number, i.OrderNumber, i.Title, i.Recipient, i.BuyerReference, i.CustomerReference, i.PaymentReference, i.Project, i.Contract)
		},
		keys: map[string]string{"number": "number", "customer": "customer_id", "order": "order_id", "thread": "thread",
			"payment_reference": "payment_reference", "opportunity": "opportunity_id", "quote": "quote_id", "owner": "owner", "payment": "payment", "subscription": "subscription_id"},
		document: func(i *process.Invoice) document { return document{i.ID, &i.Currency, &i.Lines, &i.VATGroups} },
	}
}

func creditNoteTable() table[process.CreditNote] {
	return table[process.CreditNote]{
		name: "credit_note", record: process.TypeCreditNote,
		columns: `state number invoice_id invoice_number customer_id recipient reason reinvoice language currency
			net_minor vat_minor gross_minor rounding_minor adjusted_minor adjustments prices_include_vat issue_date sha256 thread`,
		base: func(c *process.CreditNote) *process.Record { return &c.Record },
		fields: func(c *process.CreditNote) []any {
			return []any{&c.State, ref{&c.Number}, ref{&c.Invoice}, &c.InvoiceNumber, ref{&c.Customer}, &c.Recipient,
				&c.Reason, &c.Reinvoice, &c.Language, &c.Currency, money{&c.Net, &c.Currency},
				money{&c.VAT, &c.Currency}, money{&c.Gross, &c.Currency}, money{&c.Rounding, &c.Currency}, money{&c.Adjusted, &c.Currency},
				object{&c.Adjustments}, &c.PricesIncludeVAT, &c.IssueDate, &c.SHA256, &c.Thread}
		},
		search: func(c *process.CreditNote) []string {
			return append(lineTexts(c.Lines), c.Number, c.InvoiceNumber, c.Recipient, c.Reason)
		},
		keys: map[string]string{"number": "number", "invoice": "invoice_id", "customer": "customer_id", "thread": "thread"},
		document: func(c *process.CreditNote) document {
			return document{c.ID, &c.Currency, &c.Lines, &c.VATGroups}
		},
	}
}

func paymentTable() table[process.Payment] {
	return table[process.Payment]{
		name: "payment", record: process.TypePayment,
		columns: `state invoice_id order_id customer_id currency amount_minor date method reference note thread
			refund_of refunded_minor written_off_minor bank_entry_id`,
		base: func(p *process.Payment) *process.Record { return &p.Record },
		fields: func(p *process.Payment) []any {
			return []any{&p.State, ref{&p.Invoice}, ref{&p.Order}, ref{&p.Customer}, &p.Amount.Currency,
				money{&p.Amount, &p.Amount.Currency}, &p.Date, &p.Method, ref{&p.Reference}, &p.Note, &p.Thread,
				ref{&p.RefundOf}, money{&p.Refunded, &p.Amount.Currency}, money{&p.WrittenOff, &p.Amount.Currency}, ref{&p.BankEntry}}
		},
		search: func(p *process.Payment) []string {
			return []string{p.Reference, p.Note, p.Method, p.Amount.String()}
		},
		keys: map[string]string{"invoice": "invoice_id", "order": "order_id", "customer": "customer_id", "thread": "thread", "reference": "reference",
			"bank_entry": "bank_entry_id", "refund_of": "refund_of"},
	}
}
