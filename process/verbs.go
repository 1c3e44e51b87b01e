package process

import (
	"context"
	"encoding/json"
	"reflect"
)

// Verb is a transition as programs call it: POST /api/v1/{collection}/{id}/{verb},
// `emne {record} {verb} ID`, a button on a page. All of them run the same use
// case through Run.
type Verb struct {
	Collection string // plural, as in the API
	Record     string // as in Ref.Type
	Name       string
	// Input is the type of the body; its JSON tags name the fields.
	Input reflect.Type
	// Run decodes the body (nil or empty is an empty input; unknown fields are
	// refused) and carries the transition out.
	Run func(s *Service, ctx context.Context, a Actor, t Target, body []byte) (*Outcome, error)
}

// Verbs lists the transitions that outside programs may call.
func Verbs() []Verb {
	return []Verb{
		verb("leads", TypeLead, "contact", (*Service).ContactLead),
		verb("leads", TypeLead, "assign", (*Service).AssignLead),
		verb("leads", TypeLead, "log", (*Service).LogLead),
		verb("leads", TypeLead, "merge", (*Service).MergeLead),
		verb("leads", TypeLead, "qualify", (*Service).QualifyLead),
		verb("leads", TypeLead, "disqualify", (*Service).DisqualifyLead),
		verb("leads", TypeLead, "not_a_lead", (*Service).NotALead),
		verb("leads", TypeLead, "reopen", (*Service).ReopenLead),
		verb("opportunities", TypeOpportunity, "move", (*Service).MoveOpportunity),
		verb("opportunities", TypeOpportunity, "assign", (*Service).AssignOpportunity),
		verb("opportunities", TypeOpportunity, "log", (*Service).LogOpportunity),
		verb("opportunities", TypeOpportunity, "win", (*Service).WinOpportunity),
		verb("opportunities", TypeOpportunity, "lose", (*Service).LoseOpportunity),
		verb("opportunities", TypeOpportunity, "reopen", (*Service).ReopenOpportunity),
		verb("quotes", TypeQuote, "send", (*Service).SendQuote),
		verb("quotes", TypeQuote, "revise", (*Service).ReviseQuote),
		verb("quotes", TypeQuote, "accept", (*Service).AcceptQuote),
		verb("quotes", TypeQuote, "decline", (*Service).DeclineQuote),
		verb("quotes", TypeQuote, "log", (*Service).LogQuote),
		verb("quotes", TypeQuote, "cancel", (*Service).CancelQuote),
		verb("quotes", TypeQuote, "copy", (*Service).CopyQuote),
		verb("orders", TypeOrder, "fulfil", (*Service).FulfilOrder),
		verb("orders", TypeOrder, "invoice", (*Service).InvoiceOrder),
		verb("orders", TypeOrder, "hold", (*Service).HoldOrder),
		verb("orders", TypeOrder, "release", (*Service).ReleaseOrder),
		verb("orders", TypeOrder, "cancel", (*Service).CancelOrder),
		verb("orders", TypeOrder, "return", (*Service).ReturnOrder),
		verb("orders", TypeOrder, "send", (*Service).SendOrder),
		verb("orders", TypeOrder, "request_payment", (*Service).RequestPayment),
		verb("orders", TypeOrder, "prepay", (*Service).PrepayOrder),
		verb("orders", TypeOrder, "log", (*Service).LogOrder),
		verb("invoices", TypeInvoice, "issue", (*Service).IssueInvoice),
		verb("invoices", TypeInvoice, "credit", (*Service).CreditInvoice),
		verb("invoices", TypeInvoice, "send", (*Service).SendInvoice),
		verb("invoices", TypeInvoice, "dispute", (*Service).DisputeInvoice),
		verb("invoices", TypeInvoice, "end_dispute", (*Service).EndDispute),
		verb("invoices", TypeInvoice, "write_off", (*Service).WriteOffInvoice),
		verb("invoices", TypeInvoice, "reinstate", (*Service).ReinstateInvoice),
		verb("invoices", TypeInvoice, "hold", (*Service).HoldInvoice),
		verb("invoices", TypeInvoice, "release", (*Service).ReleaseInvoice),
		verb("invoices", TypeInvoice, "waive", (*Service).WaiveClaims),
		verb("invoices", TypeInvoice, "log", (*Service).LogInvoice),
		verb("credit-notes", TypeCreditNote, "send", (*Service).SendCreditNote),
		verb("customers", TypeCustomer, "log", (*Service).LogCustomer),
		verb("customers", TypeCustomer, "send_statement", (*Service).SendStatement),
		verb("subscriptions", TypeSubscription, "change_price", (*Service).ChangePrice),
		verb("subscriptions", TypeSubscription, "pause", (*Service).PauseSubscription),
		verb("subscriptions", TypeSubscription, "resume", (*Service).ResumeSubscription),
		verb("subscriptions", TypeSubscription, "end", (*Service).EndSubscription),
		verb("payments", TypePayment, "reverse", (*Service).ReversePayment),
		verb("payments", TypePayment, "refund", (*Service).RefundPayment),
		verb("bank-entries", TypeBankEntry, "match", (*Service).MatchEntry),
		verb("bank-entries", TypeBankEntry, "ignore", (*Service).IgnoreEntry),
		verb("bank-entries", TypeBankEntry, "unmatch", (*Service).UnmatchEntry),
		verb("products", TypeProduct, "archive", (*Service).ArchiveProduct),
		verb("products", TypeProduct, "restore", (*Service).RestoreProduct),
		verb("price-lists", TypePriceList, "archive", (*Service).ArchivePriceList),
		verb("price-lists", TypePriceList, "restore", (*Service).RestorePriceList),
		verb("deliveries", TypeDelivery, "retry", (*Service).RetryDelivery),
		verb("deliveries", TypeDelivery, "settle", (*Service).SettleDelivery),
		verb("messages", TypeMessage, "make_lead", (*Service).MakeLead),
		verb("messages", TypeMessage, "not_a_lead", (*Service).NotLeadMessage),
		verb("messages", TypeMessage, "move", (*Service).MoveMessage),
		verb("messages", TypeMessage, "retry", (*Service).RetryMessage),
		verb("quarantine", TypeQuarantine, "retry", (*Service).RetryQuarantine),
		verb("quarantine", TypeQuarantine, "make_lead", (*Service).MakeLeadOfQuarantined),
		verb("quarantine", TypeQuarantine, "not_a_lead", (*Service).NotLeadQuarantined),
		verb("quarantine", TypeQuarantine, "move", (*Service).MoveQuarantined),
		verb("tasks", TypeTask, "done", (*Service).DoneTask),
		verb("tasks", TypeTask, "snooze", (*Service).SnoozeTask),
	}
}

func verb[In any](collection, record, name string, run func(*Service, context.Context, Actor, Target, In) (*Outcome, error)) Verb {
	return Verb{collection, record, name, reflect.TypeFor[In](),
		func(s *Service, ctx context.Context, a Actor, t Target, body []byte) (*Outcome, error) {
			var in In
			if err := Decode(body, &in); err != nil {
				return nil, err
			}
			return run(s, ctx, a, t, in)
		}}
}

// Form is a collection whose records people create and edit.
type Form struct {
	Collection string
	Record     string
	Input      reflect.Type
	Create     func(s *Service, ctx context.Context, a Actor, body []byte) (*Outcome, error)
	// Edit lays the body's fields over the record's and saves that; nil when
	// the records are never edited.
	Edit func(s *Service, ctx context.Context, a Actor, t Target, body []byte) (*Outcome, error)
	// Delete removes a draft; nil when there are none.
	Delete func(s *Service, ctx context.Context, a Actor, t Target) (*Outcome, error)
}

// Forms lists what outside programs may create, edit and delete.
func Forms() []Form {
	return []Form{
		form("leads", TypeLead, (*Service).Leads, Lead.Input, (*Service).CreateLead, (*Service).EditLead, nil),
		form("customers", TypeCustomer, (*Service).Customers, Customer.Input, (*Service).CreateCustomer, (*Service).EditCustomer, nil),
		form("contacts", TypeContact, (*Service).Contacts, Contact.Input, (*Service).CreateContact, (*Service).EditContact, nil),
		form("opportunities", TypeOpportunity, (*Service).Opportunities, Opportunity.Input, (*Service).CreateOpportunity, (*Service).EditOpportunity, nil),
		form("quotes", TypeQuote, (*Service).Quotes, Quote.Input, (*Service).CreateQuote, (*Service).EditQuote, (*Service).DeleteQuote),
		form("orders", TypeOrder, (*Service).Orders, Order.Input, (*Service).CreateOrder, (*Service).EditOrder, nil),
		form("invoices", TypeInvoice, (*Service).Invoices, Invoice.Input, (*Service).CreateInvoice, (*Service).EditInvoice, (*Service).DeleteInvoice),
		form("subscriptions", TypeSubscription, (*Service).Subscriptions, Subscription.Input, (*Service).CreateSubscription, (*Service).EditSubscription, nil),
		form("payments", TypePayment, (*Service).Payments, nil, (*Service).CreatePayment, nil, nil),
		form("products", TypeProduct, (*Service).Products, Product.Input, (*Service).CreateProduct, (*Service).EditProduct, nil),
		form("sender-rules", TypeSenderRule, (*Service).SenderRules, nil, (*Service).CreateSenderRule, nil, (*Service).DeleteSenderRule),
		form("price-lists", TypePriceList, (*Service).PriceLists, PriceList.Input, (*Service).CreatePriceList, (*Service).EditPriceList, nil),
		form("rates", TypeRate, (*Service).Rates, nil, (*Service).CreateRate, nil, nil),
		form("hours", TypeHours, (*Service).TimeEntries, Hours.Input, (*Service).CreateHours, (*Service).EditHours, (*Service).DeleteHours),
		form("tasks", TypeTask, (*Service).Tasks, Task.Input, (*Service).CreateTask, (*Service).EditTask, nil),
	}
}

func form[T, In any](collection, record string, of func(*Service) Collection[T], input func(T) In,
	create func(*Service, context.Context, Actor, In) (*Outcome, error),
	edit func(*Service, context.Context, Actor, Target, In) (*Outcome, error),
	remove func(*Service, context.Context, Actor, Target) (*Outcome, error)) Form {
	f := Form{Collection: collection, Record: record, Input: reflect.TypeFor[In](), Delete: remove,
		Create: func(s *Service, ctx context.Context, a Actor, body []byte) (*Outcome, error) {
			var in In
			if err := Decode(body, &in); err != nil {
				return nil, err
			}
			return create(s, ctx, a, in)
		}}
	if edit != nil {
		f.Edit = func(s *Service, ctx context.Context, a Actor, t Target, body []byte) (*Outcome, error) {
			r, err := of(s).Get(ctx, a, t.ID)
			if err != nil {
				return nil, err
			}
			in := input(*r)
			if t.Version == nil {
				v := versionOf(r)
				t.Version = &v
			}
			if err := overlay(body, &in); err != nil {
				return nil, err
			}
			return edit(s, ctx, a, t, in)
		}
	}
	return f
}

// versionOf reads the version of any record, so that an edit without If-Match
// is still judged against the state it was laid over.
func versionOf(record any) int64 {
	return reflect.ValueOf(record).Elem().FieldByName("Version").Int()
}

// overlay decodes fields over those that are there; lists are replaced, not merged.
func overlay(body []byte, in any) error {
	var given map[string]json.RawMessage
	if err := Decode(body, &given); err != nil {
		return err
	}
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		name, _, _ := cutTag(v.Type().Field(i).Tag.Get("json"))
		if _, ok := given[name]; ok && v.Field(i).Kind() == reflect.Slice {
			v.Field(i).SetZero()
		}
	}
	return Decode(body, in)
}
