package store

import "github.com/emne/emne/process"

// tables are all records' tables.
type tables struct {
	leads         table[process.Lead]
	customers     table[process.Customer]
	contacts      table[process.Contact]
	opportunities table[process.Opportunity]
	quotes        table[process.Quote]
	orders        table[process.Order]
	invoices      table[process.Invoice]
	creditNotes   table[process.CreditNote]
	payments      table[process.Payment]
	bankEntries   table[process.BankEntry]
	subscriptions table[process.Subscription]
	products      table[process.Product]
	priceLists    table[process.PriceList]
	rates         table[process.Rate]
	tasks         table[process.Task]
	hours         table[process.Hours]
	deliveries    table[process.Delivery]
	messages      table[process.Message]
	quarantine    table[process.Quarantine]
	submissions   table[process.Submission]
	senderRules   table[process.SenderRule]
	users         table[process.User]
	sessions      table[process.Session]
	tokens        table[process.Token]
	links         table[process.Link]
}

func newTables() tables {
	return tables{
		leads: leadTable().build(), customers: customerTable().build(), contacts: contactTable().build(),
		opportunities: opportunityTable().build(), quotes: quoteTable().build(), orders: orderTable().build(),
		invoices: invoiceTable().build(), creditNotes: creditNoteTable().build(), payments: paymentTable().build(), bankEntries: bankEntryTable().build(), subscriptions: subscriptionTable().build(),
		products: productTable().build(), priceLists: priceListTable().build(), rates: rateTable().build(), tasks: taskTable().build(), hours: hoursTable().build(), deliveries: deliveryTable().build(),
		messages: messageTable().build(), quarantine: quarantineTable().build(), submissions: submissionTable().build(), senderRules: senderRuleTable().build(),
		users: userTable().build(), sessions: sessionTable().build(), tokens: tokenTable().build(), links: linkTable().build(),
	}
}

// addressTexts are the parts of an address that people search for.
func addressTexts(a process.Address) []string { return []string{a.Street, a.Postcode, a.City} }

// lineTexts are the parts of lines that people search for.
func lineTexts(lines []process.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Product, l.Description)
	}
	return out
}
