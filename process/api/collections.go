package api

import (
	"context"
	"reflect"

	"github.com/emne/emne/process"
)

// collection is what can be read of one kind of record.
type collection struct {
	listing
	name   string // plural, as in the path
	record string // as in process.Ref
	model  reflect.Type
	list   func(context.Context, *process.Service, process.Actor, process.Filter) (items any, next string, err error)
	get    func(ctx context.Context, s *process.Service, a process.Actor, id string) (any, error)
}

// collections are all kinds of records that are read alike.
func collections() []collection {
	leads := of("leads", process.TypeLead, (*process.Service).Leads, "email", "customer", "contact", "opportunity", "organisation_number", "owner", "source", "thread")
	leads.list = listLeads
	return []collection{
		leads,
		of("opportunities", process.TypeOpportunity, (*process.Service).Opportunities, "customer", "contact", "lead", "owner", "stage", "thread"),
		of("quotes", process.TypeQuote, (*process.Service).Quotes, "number", "opportunity", "customer", "order", "previous", "owner", "thread"),
		of("orders", process.TypeOrder, (*process.Service).Orders, "number", "quote", "opportunity", "customer", "owner", "thread"),
		of("invoices", process.TypeInvoice, (*process.Service).Invoices, "number", "order", "quote", "opportunity", "customer", "payment", "payment_reference", "owner", "subscription", "thread"),
		of("credit-notes", process.TypeCreditNote, (*process.Service).CreditNotes, "number", "invoice", "customer", "thread"),
		of("subscriptions", process.TypeSubscription, (*process.Service).Subscriptions, "customer", "owner", "next", "thread"),
		of("payments", process.TypePayment, (*process.Service).Payments, "invoice", "customer", "reference", "bank_entry", "refund_of", "thread"),
		of("bank-entries", process.TypeBankEntry, (*process.Service).BankEntries, "reference", "customer", "file", "entry_id"),
		of("customers", process.TypeCustomer, (*process.Service).Customers, "email", "organisation_number", "domain"),
		of("contacts", process.TypeContact, (*process.Service).Contacts, "email", "customer"),
		of("products", process.TypeProduct, (*process.Service).Products, "sku"),
		of("price-lists", process.TypePriceList, (*process.Service).PriceLists, "currency", "customer", "group"),
		of("rates", process.TypeRate, (*process.Service).Rates, "base", "currency", "date"),
		of("tasks", process.TypeTask, (*process.Service).Tasks, "owner", "reason", "about_type", "about_id", "thread"),
		of("hours", process.TypeHours, (*process.Service).TimeEntries, "person", "date", "month", "order", "line", "invoice", "thread"),
		of("deliveries", process.TypeDelivery, (*process.Service).Deliveries, "to", "kind", "reason", "message_id", "about_type", "about_id", "thread"),
		of("messages", process.TypeMessage, (*process.Service).Messages, "from", "mailbox", "message_id", "customer", "about_type", "about_id", "thread"),
		of("quarantine", process.TypeQuarantine, (*process.Service).Quarantine, "source", "kind", "origin_id"),
		of("submissions", process.TypeSubmission, (*process.Service).Submissions, "source", "event_id", "result_id"),
		of("sender-rules", process.TypeSenderRule, (*process.Service).SenderRules, "address", "reason"),
		of("users", process.TypeUser, (*process.Service).Users, "email", "role"),
	}
}

func of[T any](name, record string, in func(*process.Service) process.Collection[T], keys ...string) collection {
	return collection{
		listing: listing{keys: keys}, name: name, record: record, model: reflect.TypeFor[T](),
		list: func(ctx context.Context, s *process.Service, a process.Actor, f process.Filter) (any, string, error) {
			return in(s).List(ctx, a, f)
		},
		get: func(ctx context.Context, s *process.Service, a process.Actor, id string) (any, error) {
			return in(s).Get(ctx, a, id)
		},
	}
}

// addCollection adds the reading of one kind of record.
func (s *server) addCollection(c collection) {
	model := s.schemas.output(c.model)
	s.add(listOperation(c.name, c.listing, s.schemas.list(c.name, model)), func(r *call) error {
		f, err := c.filter(r.r.URL.RawQuery)
		if err != nil {
			return err
		}
		items, next, err := c.list(r.ctx, r.service, r.actor, f)
		if err != nil {
			return err
		}
		return r.writeValue(page{items, next})
	})
	s.add(getOperation(c.name, model), func(r *call) error {
		record, err := c.get(r.ctx, r.service, r.actor, r.r.PathValue("id"))
		if err != nil {
			return err
		}
		b, err := marshal(record)
		if err != nil {
			return err
		}
		return r.write(process.Answer{Status: 200, Body: b})
	})
}
