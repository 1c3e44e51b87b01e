package console

import (
	"context"

	"github.com/emne/emne/process"
)

// kind is one kind of record: what its list, its page and its form hold.
type kind struct {
	typ, collection string
	// states are those that a list is narrowed by.
	states []string
	// columns are keys of texts, of a list's heads.
	columns []string
	rows    func(v *visit, f process.Filter) ([]row, string, error)
	// read makes the record's page, without actions and timeline.
	read func(v *visit, id string) (*recordPage, error)
	// fields are the form to create or edit it with; nil when there is none.
	fields func(v *visit, in input) form
	// input is what an edit begins with.
	input func(v *visit, id string) (record any, version int64, err error)
	// files are the attachments, which are downloaded by their place.
	files func(v *visit, id string) ([]process.Attachment, error)
	// sheet is how the kind comes and goes as CSV; nil when it does not.
	sheet *sheet
	// document says that there is a PDF, and a customer's page when it is sent.
	document bool
	// apart puts it among the less used ones.
	apart bool
	may   process.Permission
}

func kinds() []*kind {
	return []*kind{
		{typ: process.TypeLead, collection: "leads", states: []string{"new", "contacted", "qualified", "disqualified"},
			columns: []string{"field.name", "field.subject", "field.source", "field.created", "field.state"},
			rows:    rowsOf((*process.Service).Leads, leadRow), read: readLead, fields: leadForm, input: inputOf((*process.Service).Leads, process.Lead.Input),
			files: leadFiles, may: process.MaySell},
		{typ: process.TypeOpportunity, collection: "opportunities", states: []string{"open", "won", "lost"},
			columns: []string{"field.title", "kind.customer", "field.estimated_revenue", "field.estimated_close", "field.state"},
			rows:    rowsOf((*process.Service).Opportunities, opportunityRow), read: readOpportunity, fields: opportunityForm,
			input: inputOf((*process.Service).Opportunities, process.Opportunity.Input), may: process.MaySell},
		{typ: process.TypeQuote, collection: "quotes", states: []string{"draft", "active", "won", "closed"},
			columns: []string{"field.number", "kind.customer", "field.title", "total.gross", "field.valid_until", "field.state"},
			rows:    rowsOf((*process.Service).Quotes, quoteRow), read: readQuote, fields: quoteForm,
			input: inputOf((*process.Service).Quotes, process.Quote.Input), document: true, may: process.MaySell},
		{typ: process.TypeOrder, collection: "orders", states: []string{"open", "on_hold", "cancelled"},
			columns: []string{"field.number", "kind.customer", "field.title", "total.gross", "field.created", "field.state"},
			rows:    rowsOf((*process.Service).Orders, orderRow), read: readOrder, fields: orderForm,
			input: inputOf((*process.Service).Orders, process.Order.Input), document: true, may: process.MaySell},
		{typ: process.TypeInvoice, collection: "invoices", states: []string{"draft", "issued"},
			columns: []string{"field.number", "kind.customer", "total.gross", "field.open", "field.due_date", "field.state"},
			rows:    rowsOf((*process.Service).Invoices, invoiceRow), read: readInvoice, fields: invoiceForm,
			input: inputOf((*process.Service).Invoices, process.Invoice.Input), document: true, may: process.MayInvoice},
		{typ: process.TypeCreditNote, collection: "credit-notes",
			columns: []string{"field.number", "kind.customer", "kind.invoice", "total.gross", "field.issue_date"},
			rows:    rowsOf((*process.Service).CreditNotes, creditNoteRow), read: readCreditNote, document: true, may: process.MayInvoice},
		{typ: process.TypeSubscription, collection: "subscriptions", states: []string{"active", "paused", "ended"},
			columns: []string{"field.title", "kind.customer", "total.gross", "field.rule", "field.next_date", "field.state"},
			rows:    rowsOf((*process.Service).Subscriptions, subscriptionRow), read: readSubscription, fields: subscriptionForm,
			input: inputOf((*process.Service).Subscriptions, process.Subscription.Input), apart: true, may: process.MayInvoice},
		{typ: process.TypePayment, collection: "payments", states: []string{"booked", "reversed"},
			columns: []string{"field.date", "kind.customer", "kind.invoice", "field.amount", "field.state"},
			rows:    rowsOf((*process.Service).Payments, paymentRow), read: readPayment, fields: paymentForm, may: process.MayInvoice},
		{typ: process.TypeBankEntry, collection: "bank-entries", states: []string{"unmatched", "matched", "ignored"},
			columns: []string{"field.date", "field.counterparty", "field.text", "field.amount", "field.suggestion", "field.state"},
			rows:    rowsOf((*process.Service).BankEntries, bankEntryRow), read: readBankEntry, apart: true, may: process.MayInvoice},
		{typ: process.TypeCustomer, collection: "customers",
			columns: []string{"field.name", "field.email", "field.organisation_number", "field.city"},
			rows:    rowsOf((*process.Service).Customers, customerRow), read: readCustomer, fields: customerForm,
			input: inputOf((*process.Service).Customers, process.Customer.Input), apart: true, may: process.MaySell,
			sheet: &sheet{(*process.Service).ImportCustomers, (*process.Service).ExportCustomers, process.MayKeep}},
		{typ: process.TypeContact, collection: "contacts",
			columns: []string{"field.name", "kind.customer", "field.email", "field.phone"},
			rows:    rowsOf((*process.Service).Contacts, contactRow), read: readContact, fields: contactForm,
			input: inputOf((*process.Service).Contacts, process.Contact.Input), apart: true, may: process.MaySell},
		{typ: process.TypeProduct, collection: "products", states: []string{"active", "archived"},
			columns: []string{"field.sku", "field.name", "field.unit_price", "field.vat", "field.state"},
			rows:    rowsOf((*process.Service).Products, productRow), read: readProduct, fields: productForm,
			input: inputOf((*process.Service).Products, process.Product.Input), apart: true, may: process.MaySell,
			sheet: &sheet{(*process.Service).ImportProducts, (*process.Service).ExportProducts, process.MaySell}},
		{typ: process.TypePriceList, collection: "price-lists", states: []string{"active", "archived"},
			columns: []string{"field.name", "price_list.audience", "field.valid_from", "field.valid_until", "field.currency", "field.state"},
			rows:    rowsOf((*process.Service).PriceLists, priceListRow), read: readPriceList, fields: priceListForm,
			input: inputOf((*process.Service).PriceLists, process.PriceList.Input), apart: true, may: process.MaySell,
			sheet: &sheet{(*process.Service).ImportPriceLists, (*process.Service).ExportPriceLists, process.MaySell}},
		{typ: process.TypeRate, collection: "rates",
			columns: []string{"field.date", "field.currency", "field.exchange_rate", "field.source"},
			rows:    rowsOf((*process.Service).Rates, rateRow), read: readRate, fields: rateForm, apart: true, may: process.MayInvoice,
			sheet: &sheet{(*process.Service).ImportRates, (*process.Service).ExportRates, process.MayInvoice}},
		{typ: process.TypeTask, collection: "tasks", states: []string{"open", "done"},
			columns: []string{"field.title", "field.about", "field.due", "field.state"},
			rows:    rowsOf((*process.Service).Tasks, taskRow), read: readTask, fields: taskForm,
			input: inputOf((*process.Service).Tasks, process.Task.Input), apart: true, may: process.MaySell},
		{typ: process.TypeHours, collection: "hours", states: []string{"open", "invoiced"},
			columns: []string{"field.date", "field.person", "kind.order", "field.text", "field.quantity", "field.state"},
			rows:    rowsOf((*process.Service).TimeEntries, hoursRow), read: readHours, fields: hoursForm,
			input: inputOf((*process.Service).TimeEntries, process.Hours.Input), apart: true, may: process.MaySell,
			sheet: &sheet{(*process.Service).ImportHours, (*process.Service).ExportHours, process.MaySell}},
		{typ: process.TypeDelivery, collection: "deliveries",
			states:  []string{"queued", "sending", "accepted", "retrying", "failed", "bounced", "unknown"},
			columns: []string{"field.kind", "field.to", "field.about", "field.created", "field.state"},
			rows:    rowsOf((*process.Service).Deliveries, deliveryRow), read: readDelivery, apart: true, may: process.MaySendMail},
		{typ: process.TypeMessage, collection: "messages", states: []string{"other", "filed", "quarantined"},
			columns: []string{"field.from", "field.subject", "field.decision", "field.received", "field.state"},
			rows:    rowsOf((*process.Service).Messages, messageRow), read: readMessage, files: messageFiles, apart: true, may: process.MaySell},
		{typ: process.TypeSenderRule, collection: "sender-rules",
			columns: []string{"field.address_or_domain", "field.reason", "field.created"},
			rows:    rowsOf((*process.Service).SenderRules, senderRuleRow), read: readSenderRule, fields: senderRuleForm, apart: true, may: process.MaySell},
		{typ: process.TypeQuarantine, collection: "quarantine",
			columns: []string{"field.source", "field.reason", "field.size", "field.created", "field.state"},
			rows:    rowsOf((*process.Service).Quarantine, quarantineRow), read: readQuarantine, files: quarantineFiles, apart: true, may: process.MaySell},
	}
}

// kindOf is the kind of a type of record.
func (c *Console) kindOf(typ string) *kind {
	for _, k := range c.kinds {
		if k.typ == typ {
			return k
		}
	}
	return nil
}

func rowsOf[T any](of func(*process.Service) process.Collection[T], each func(*visit, T) row) func(*visit, process.Filter) ([]row, string, error) {
	return func(v *visit, f process.Filter) ([]row, string, error) {
		records, next, err := of(v.s).List(v.ctx(), v.actor, f)
		rows := make([]row, len(records))
		for i, r := range records {
			rows[i] = each(v, r)
		}
		return rows, next, err
	}
}

func inputOf[T, In any](of func(*process.Service) process.Collection[T], input func(T) In) func(*visit, string) (any, int64, error) {
	return func(v *visit, id string) (any, int64, error) {
		r, err := of(v.s).Get(v.ctx(), v.actor, id)
		if err != nil {
			return nil, 0, err
		}
		return input(*r), versionOf(r), nil
	}
}

// all reads every record that the filter matches, at most limit.
func all[T any](ctx context.Context, c process.Collection[T], a process.Actor, f process.Filter, limit int) ([]T, error) {
	var out []T
	f.Limit = min(limit, process.MaxLimit)
	for {
		page, next, err := c.List(ctx, a, f)
		if err != nil {
			return nil, err
		}
		out = append(out, page...)
		if next == "" || len(out) >= limit {
			return out, nil
		}
		f.Cursor = next
	}
}
