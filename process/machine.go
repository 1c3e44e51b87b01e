package process

import (
	"slices"
	"strings"
)

// Transition is one arrow of a state machine: the verb is allowed in From and
// leads to one of To (the same state when To is empty).
type Transition struct {
	Record string
	Verb   string
	From   []string
	To     []string
}

// transitions is the one description of what is allowed when. The use cases
// ask it, the tests walk it, and the diagrams in the manual are drawn from it.
var transitions = []Transition{
	{TypeLead, "edit", []string{"new", "contacted"}, nil},
	{TypeLead, "contact", []string{"new", "contacted"}, []string{"contacted"}},
	{TypeLead, "assign", []string{"new", "contacted"}, nil},
	{TypeLead, "qualify", []string{"new", "contacted"}, []string{"qualified"}},
	{TypeLead, "log", []string{"new", "contacted"}, []string{"contacted"}},
	{TypeLead, "merge", []string{"new", "contacted"}, nil},
	{TypeLead, "disqualify", []string{"new", "contacted"}, []string{"disqualified"}},
	{TypeLead, "not_a_lead", []string{"new", "contacted"}, []string{"disqualified"}},
	{TypeLead, "reopen", []string{"disqualified", "qualified"}, []string{"contacted"}},

	{TypeOpportunity, "edit", []string{"open"}, nil},
	{TypeOpportunity, "move", []string{"open"}, nil},
	{TypeOpportunity, "assign", []string{"open"}, nil},
	{TypeOpportunity, "log", []string{"open", "won", "lost"}, nil},
	{TypeOpportunity, "win", []string{"open"}, []string{"won"}},
	{TypeOpportunity, "lose", []string{"open"}, []string{"lost"}},
	{TypeOpportunity, "reopen", []string{"lost", "won"}, []string{"open"}},

	{TypeQuote, "edit", []string{"draft"}, nil},
	{TypeQuote, "delete", []string{"draft"}, nil},
	{TypeQuote, "send", []string{"draft", "active"}, []string{"active"}},
	{TypeQuote, "revise", []string{"active", "closed"}, []string{"closed"}},
	{TypeQuote, "accept", []string{"active", "won"}, []string{"won"}},
	{TypeQuote, "decline", []string{"active", "closed"}, []string{"closed"}},
	{TypeQuote, "question", []string{"active", "won", "closed"}, nil},
	{TypeQuote, "log", []string{"draft", "active", "won", "closed"}, nil},
	{TypeQuote, "copy", []string{"draft", "active", "won", "closed"}, nil},
	{TypeQuote, "cancel", []string{"draft", "active"}, []string{"closed"}},

	{TypeOrder, "fulfil", []string{"open"}, nil},
	{TypeOrder, "invoice", []string{"open"}, nil},
	{TypeOrder, "hold", []string{"open"}, []string{"on_hold"}},
	{TypeOrder, "release", []string{"on_hold"}, []string{"open"}},
	{TypeOrder, "cancel", []string{"open", "on_hold"}, []string{"cancelled", "open", "on_hold"}},
	{TypeOrder, "return", []string{"open", "on_hold"}, nil},
	{TypeOrder, "edit", []string{"open", "on_hold"}, nil},
	{TypeOrder, "send", []string{"open", "on_hold"}, nil},
	{TypeOrder, "request_payment", []string{"open", "on_hold"}, nil},
	{TypeOrder, "prepay", []string{"open", "on_hold"}, nil},
	{TypeOrder, "log", []string{"open", "on_hold", "cancelled"}, nil},

	{TypeInvoice, "edit", []string{"draft"}, nil},
	{TypeInvoice, "delete", []string{"draft"}, nil},
	{TypeInvoice, "issue", []string{"draft"}, []string{"issued"}},
	{TypeInvoice, "credit", []string{"issued"}, nil},
	{TypeInvoice, "send", []string{"issued"}, nil},
	{TypeInvoice, "pay", []string{"issued"}, nil},
	{TypeInvoice, "dispute", []string{"issued"}, nil},
	{TypeInvoice, "end_dispute", []string{"issued"}, nil},
	{TypeInvoice, "write_off", []string{"issued"}, nil},
	{TypeInvoice, "reinstate", []string{"issued"}, nil},
	{TypeInvoice, "hold", []string{"issued"}, nil},
	{TypeInvoice, "release", []string{"issued"}, nil},
	{TypeInvoice, "waive", []string{"issued"}, nil},
	{TypeInvoice, "log", []string{"draft", "issued"}, nil},

	{TypeCreditNote, "send", []string{"issued"}, nil},

	{TypeCustomer, "edit", []string{"active"}, nil},
	{TypeCustomer, "log", []string{"active"}, nil},
	{TypeCustomer, "send_statement", []string{"active"}, nil},

	{TypeSubscription, "edit", []string{"active", "paused"}, nil},
	{TypeSubscription, "change_price", []string{"active", "paused"}, nil},
	{TypeSubscription, "pause", []string{"active"}, []string{"paused"}},
	{TypeSubscription, "resume", []string{"paused"}, []string{"active", "ended"}},
	{TypeSubscription, "end", []string{"active", "paused"}, []string{"ended"}},

	{TypePayment, "reverse", []string{"booked"}, []string{"reversed"}},
	{TypePayment, "refund", []string{"booked"}, nil},

	{TypeBankEntry, "match", []string{"unmatched"}, []string{"matched"}},
	{TypeBankEntry, "ignore", []string{"unmatched"}, []string{"ignored"}},
	{TypeBankEntry, "unmatch", []string{"matched", "ignored"}, []string{"unmatched"}},

	{TypeProduct, "edit", []string{"active"}, nil},
	{TypeProduct, "archive", []string{"active"}, []string{"archived"}},
	{TypeProduct, "restore", []string{"archived"}, []string{"active"}},

	{TypePriceList, "edit", []string{"active"}, nil},
	{TypePriceList, "archive", []string{"active"}, []string{"archived"}},
	{TypePriceList, "restore", []string{"archived"}, []string{"active"}},

	{TypeDelivery, "retry", []string{"failed", "bounced", "unknown", "retrying"}, []string{"queued"}},
	{TypeDelivery, "settle", []string{"unknown"}, []string{"accepted", "failed"}},

	{TypeMessage, "make_lead", []string{"other", "filed", "quarantined"}, []string{"filed"}},
	{TypeMessage, "not_a_lead", []string{"filed", "other", "quarantined"}, []string{"other"}},
	{TypeMessage, "move", []string{"filed", "other", "quarantined"}, []string{"filed"}},
	{TypeMessage, "retry", []string{"quarantined"}, []string{"filed", "other"}},

	{TypeQuarantine, "retry", []string{"quarantined"}, []string{"filed", "other"}},
	{TypeQuarantine, "make_lead", []string{"quarantined"}, []string{"filed"}},
	{TypeQuarantine, "not_a_lead", []string{"quarantined"}, []string{"other"}},
	{TypeQuarantine, "move", []string{"quarantined"}, []string{"filed"}},

	{TypeSenderRule, "delete", []string{"active"}, nil},

	{TypeHours, "edit", []string{"open"}, nil},
	{TypeHours, "delete", []string{"open"}, nil},

	{TypeTask, "edit", []string{"open"}, nil},
	{TypeTask, "done", []string{"open"}, []string{"done"}},
	{TypeTask, "snooze", []string{"open"}, nil},
}

// Transitions describes the state machines of all records.
func Transitions() []Transition { return slices.Clone(transitions) }

// Possible lists the verbs that a record in the state allows.
func Possible(record, state string) []string {
	var vs []string
	for _, t := range transitions {
		if t.Record == record && slices.Contains(t.From, state) {
			vs = append(vs, t.Verb)
		}
	}
	return vs
}

// allowed refuses a verb that the state does not allow, and says what is
// possible now.
func allowed(record, verb, state string) error {
	vs := Possible(record, state)
	if slices.Contains(vs, verb) {
		return nil
	}
	possible := "nothing more can be done with it"
	if len(vs) > 0 {
		possible = "possible now: " + strings.Join(vs, ", ")
	}
	return Conflict("state", "%s is not possible for this %s, it is %s; %s", verb, record, state, possible)
}
