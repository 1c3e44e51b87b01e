package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// situation is a record in a state, with what stands around it.
type situation struct {
	record, state, name string
	build               func(*house) string
	// refuses are verbs that the state allows and something else forbids.
	refuses []string
}

var situations = []situation{
	{process.TypeLead, "new", "", (*house).newLead, nil},
	{process.TypeLead, "contacted", "", (*house).contactedLead, nil},
	{process.TypeLead, "qualified", "nothing built on it", (*house).qualifiedLead, nil},
	{process.TypeLead, "qualified", "with a quote", (*house).builtLead, []string{"reopen"}},
	{process.TypeLead, "disqualified", "", (*house).disqualifiedLead, nil},
	{process.TypeLead, "disqualified", "merged", (*house).mergedLead, []string{"reopen"}},

	{process.TypeOpportunity, "open", "", (*house).openOpportunity, nil},
	{process.TypeOpportunity, "open", "with a draft quote", (*house).quotedOpportunity, []string{"win", "lose"}},
	{process.TypeOpportunity, "won", "by hand", (*house).wonOpportunity, nil},
	{process.TypeOpportunity, "won", "with an order", (*house).orderedOpportunity, []string{"reopen"}},
	{process.TypeOpportunity, "lost", "", (*house).lostOpportunity, nil},

	{process.TypeQuote, "draft", "", (*house).draftQuote, nil},
	{process.TypeQuote, "active", "", (*house).activeQuote, nil},
	{process.TypeQuote, "won", "", (*house).wonQuote, nil},
	{process.TypeQuote, "closed", "lost", (*house).lostQuote, nil},
	{process.TypeQuote, "closed", "cancelled", (*house).cancelledQuote, []string{"decline"}},
	{process.TypeQuote, "closed", "cancelled as a draft", (*house).cancelledDraft, []string{"decline", "revise"}},
	{process.TypeQuote, "closed", "revised", (*house).revisedQuote, []string{"decline", "revise"}},

	{process.TypeOrder, "open", "", (*house).openOrder, []string{"invoice", "return"}},
	{process.TypeOrder, "open", "delivered", (*house).deliveredOrder, []string{"fulfil", "cancel"}},
	{process.TypeOrder, "on_hold", "", (*house).heldOrder, []string{"return"}},
	{process.TypeOrder, "cancelled", "", (*house).cancelledOrder, nil},

	{process.TypeInvoice, "draft", "", (*house).draftInvoice, nil},
	{process.TypeInvoice, "draft", "of an order", (*house).orderDraft, nil},
	{process.TypeInvoice, "issued", "", (*house).issuedInvoice, []string{"end_dispute", "reinstate", "release", "waive"}},
	{process.TypeInvoice, "issued", "partly paid", (*house).partlyPaidInvoice, []string{"end_dispute", "reinstate", "release", "waive"}},
	{process.TypeInvoice, "issued", "credited", (*house).creditedInvoice, []string{"credit", "write_off", "end_dispute", "reinstate", "release", "waive"}},
	{process.TypeInvoice, "issued", "disputed, held, reminded and written off", (*house).troubledInvoice, []string{"dispute", "write_off"}},

	{process.TypeCreditNote, "issued", "", (*house).creditNote, nil},

	{process.TypeSubscription, "active", "", (*house).subscription, nil},
	{process.TypeSubscription, "paused", "", (*house).pausedSubscription, nil},
	{process.TypeSubscription, "ended", "", (*house).endedSubscription, nil},

	{process.TypePayment, "booked", "", (*house).bookedPayment, nil},
	{process.TypePayment, "booked", "paid back", (*house).refundedPayment, []string{"refund", "reverse"}},
	{process.TypePayment, "reversed", "", (*house).reversedPayment, nil},

	{process.TypeBankEntry, "unmatched", "", (*house).unmatchedEntry, nil},
	{process.TypeBankEntry, "matched", "", (*house).matchedEntry, nil},
	{process.TypeBankEntry, "matched", "paid back", (*house).refundedEntry, []string{"unmatch"}},
	{process.TypeBankEntry, "ignored", "", (*house).ignoredEntry, nil},

	{process.TypeDelivery, "queued", "", func(h *house) string { return h.delivery() }, nil},
	{process.TypeDelivery, "sending", "", func(h *house) string { return h.delivery("sending") }, nil},
	{process.TypeDelivery, "retrying", "", func(h *house) string { return h.delivery("retrying") }, nil},
	{process.TypeDelivery, "accepted", "", func(h *house) string { return h.delivery("accepted") }, nil},
	{process.TypeDelivery, "failed", "", func(h *house) string { return h.delivery("failed") }, nil},
	{process.TypeDelivery, "unknown", "", func(h *house) string { return h.delivery("unknown") }, nil},
	{process.TypeDelivery, "bounced", "", (*house).bouncedDelivery, nil},

	{process.TypeMessage, "filed", "on a lead", (*house).leadMessage, []string{"make_lead"}},
	{process.TypeMessage, "filed", "on a customer", (*house).unsortedMessage, nil},
	{process.TypeMessage, "other", "", (*house).otherMessage, nil},
	{process.TypeMessage, "quarantined", "", (*house).quarantinedMessage, nil},

	{process.TypeQuarantine, "quarantined", "", (*house).quarantinedMail, nil},
	{process.TypeQuarantine, "quarantined", "and nothing can read it", (*house).quarantinedBroken, []string{"retry"}},
	{process.TypeQuarantine, "filed", "", (*house).retriedMail, nil},
	{process.TypeQuarantine, "other", "", (*house).retriedNews, nil},

	{process.TypeSenderRule, "active", "", (*house).senderRule, nil},

	{process.TypeCustomer, "active", "", (*house).customer, nil},
	{process.TypeProduct, "active", "", (*house).product, nil},
	{process.TypeProduct, "archived", "", (*house).archivedProduct, nil},
	{process.TypePriceList, "active", "", (*house).priceList, nil},
	{process.TypePriceList, "archived", "", (*house).archivedPriceList, nil},

	{process.TypeHours, "open", "", (*house).openHours, nil},
	{process.TypeHours, "invoiced", "", (*house).invoicedHours, nil},

	{process.TypeTask, "open", "", (*house).openTask, nil},
	{process.TypeTask, "done", "", (*house).doneTask, nil},
}

// bodies are inputs with which a verb succeeds where nothing stands against it.
var bodies = map[string]string{
	"lead disqualify":       `{"reason":"no longer interested"}`,
	"lead edit":             `{"phone":"+47 22 33 44 55"}`,
	"lead log":              `{"kind":"call","outcome":"reached","next_date":"2026-03-09"}`,
	"opportunity move":      `{"stage":"proposal"}`,
	"quote accept":          `{"name":"Kari Nordmann"}`,
	"quote decline":         `{"reason":"price"}`,
	"quote edit":            `{"title":"A better roof"}`,
	"order edit":            `{"title":"A better roof"}`,
	"order request_payment": `{"percent":"30"}`,
	"order prepay":          `{"percent":"30"}`,
	// The first invoice that is issued in a house.
	"bank-entry match": `{"invoice":"10001"}`,
	"invoice edit":     `{"title":"A better roof"}`,
	"invoice credit":   `{"reason":"agreed"}`,
	"delivery settle":  `{"state":"accepted"}`,
	"invoice dispute":  `{"reason":"not what was agreed"}`, "invoice write_off": `{"reason":"bad debt"}`, "invoice reinstate": `{"reason":"paid after all"}`,
	"subscription edit":         `{"title":"Another"}`,
	"subscription change_price": `{"percent":"3"}`,
	"customer edit":             `{"phone":"+47 22 33 44 55"}`,
	"product edit":              `{"name":"A better roof"}`,
	"price-list edit":           `{"name":"Better prices"}`,
	"hours edit":                `{"quantity":"2"}`,
	"task edit":                 `{"note":"in the afternoon"}`,
}

// body is an input with which a verb succeeds. What it needs of other records
// is made by prepare.
func (h *house) body(record, verb string) string {
	switch {
	case verb == "assign":
		return fmt.Sprintf(`{"user":%q}`, h.sales.ID)
	case verb == "merge":
		return fmt.Sprintf(`{"other":%q}`, h.other)
	}
	return bodies[record+" "+verb]
}

func (h *house) prepare(verb string) {
	if verb == "merge" {
		h.other = h.newLead()
	}
}

// act runs a verb of the machine, whatever its entrance is.
func (h *house) act(record, verb, id string) error {
	h.t.Helper()
	body, target := h.body(record, verb), process.Target{ID: id}
	var err error
	if (record == process.TypeMessage || record == process.TypeQuarantine) && verb == "move" {
		body = h.moveBody()
	}
	if h.through != nil && verb != "question" {
		return h.actThrough(record, verb, id, body)
	}
	switch {
	case verb == "edit":
		_, err = h.form(record).Edit(h.s, h.ctx(), h.owner, target, []byte(body))
	case verb == "delete":
		_, err = h.form(record).Delete(h.s, h.ctx(), h.owner, target)
	case record == process.TypeInvoice && verb == "pay":
		_, err = h.s.CreatePayment(h.ctx(), h.owner, process.PaymentInput{Invoice: id, Amount: process.Money{Minor: 100, Currency: "NOK"}})
	case record == process.TypeQuote && verb == "question":
		link := process.Actor{Kind: process.ActorCustomer, Channel: "portal", Link: process.Ref{Type: record, ID: id}}
		_, err = h.s.AskQuestion(h.ctx(), link, process.QuestionInput{Text: "When?"})
	default:
		_, err = h.try(h.owner, record, verb, id, body)
	}
	return err
}

// verbsOf are all verbs of a record, in the machine and in the API.
func verbsOf(record string) []string {
	var vs []string
	for _, t := range process.Transitions() {
		if t.Record == record {
			vs = append(vs, t.Verb)
		}
	}
	for _, v := range process.Verbs() {
		if v.Record == record && !slices.Contains(vs, v.Name) {
			vs = append(vs, v.Name)
		}
	}
	return vs
}

// after are the states that the machine says a verb leads to, nil when it is
// not allowed.
func after(record, verb, state string) []string {
	for _, t := range process.Transitions() {
		if t.Record == record && t.Verb == verb && slices.Contains(t.From, state) {
			if len(t.To) == 0 {
				return []string{state}
			}
			return t.To
		}
	}
	return nil
}

// Every verb is tried in every state of every record: it leads where the
// machine says, or it is refused and leaves nothing.
func TestTransitions(t *testing.T) {
	t.Parallel()
	everyTransition(t, func(*house) {})
}

// everyTransition runs the table through an entrance.
func everyTransition(t *testing.T, enter func(*house)) {
	of := map[string][]situation{}
	for _, s := range situations {
		of[s.record] = append(of[s.record], s)
	}
	for record, situations := range of {
		t.Run(record, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			enter(h)
			for _, s := range situations {
				for _, verb := range verbsOf(record) {
					t.Run(strings.Join([]string{s.state, s.name, verb}, ":"), func(t *testing.T) {
						h.t = t
						h.transition(s, verb)
					})
				}
			}
			h.t = t
			h.verify()
		})
	}
}

func (h *house) transition(s situation, verb string) {
	h.t.Helper()
	id := s.build(h)
	h.prepare(verb)
	if (s.record == process.TypeMessage || s.record == process.TypeQuarantine) && verb == "move" {
		h.moveBody()
	}
	before := h.look(s.record, id)
	if before.State != s.state {
		h.t.Fatalf("built in state %s", before.State)
	}
	to := after(s.record, verb, s.state)
	if to == nil || slices.Contains(s.refuses, verb) {
		h.refused(s.record, verb, id, before, to == nil)
		return
	}
	h.check(h.act(s.record, verb, id))
	if verb == "delete" {
		_, err := h.s.PDF(h.ctx(), h.owner, process.Ref{Type: s.record, ID: id})
		wantRefused(h.t, err, process.CodeNotFound, "")
		return
	}
	if got := h.look(s.record, id).State; !slices.Contains(to, got) {
		h.t.Fatalf("led to %s, the machine says %v", got, to)
	}
}

// refused asserts that an act is a conflict that leaves nothing; by the state's
// refusal it also says what is possible.
func (h *house) refused(record, verb, id string, before base, byState bool) {
	h.t.Helper()
	trace := h.trace()
	err := h.act(record, verb, id)
	if !byState {
		wantRefused(h.t, err, process.CodeConflict, "")
	} else {
		wantRefused(h.t, err, process.CodeConflict, "state")
		possible := process.Possible(record, before.State)
		for _, v := range possible {
			if !strings.Contains(err.Error(), v) {
				h.t.Errorf("%q does not say that %s is possible", err, v)
			}
		}
		if len(possible) == 0 && !strings.Contains(err.Error(), "nothing more") {
			h.t.Errorf("%q does not say that nothing is possible", err)
		}
	}
	if now := h.look(record, id); now != before {
		h.t.Errorf("the refusal changed the record: %+v, before %+v", now, before)
	}
	if now := h.trace(); now != trace {
		h.t.Errorf("the refusal left %+v, before %+v", now, trace)
	}
}

// The machine and the API speak of the same verbs, and every state is tested.
func TestMachineAndVerbsAgree(t *testing.T) {
	t.Parallel()
	inside := map[string]bool{"lead edit": true, "opportunity edit": true, "quote edit": true, "quote delete": true, "quote question": true, "order edit": true,
		"invoice edit": true, "invoice delete": true, "invoice pay": true, "customer edit": true, "product edit": true, "price-list edit": true, "task edit": true, "hours edit": true, "hours delete": true, "subscription edit": true, "sender-rule delete": true}
	outside := map[string]bool{}
	for _, v := range process.Verbs() {
		outside[v.Record+" "+v.Name] = true
	}
	machine := map[string]bool{}
	states := map[string]bool{}
	for _, tr := range process.Transitions() {
		verb := tr.Record + " " + tr.Verb
		if machine[verb] {
			t.Errorf("%s stands twice in the machine", verb)
		}
		machine[verb] = true
		if !outside[verb] && !inside[verb] {
			t.Errorf("nobody can %s", verb)
		}
		for _, s := range append(slices.Clone(tr.From), tr.To...) {
			states[tr.Record+" "+s] = true
		}
	}
	for verb := range outside {
		if !machine[verb] {
			t.Errorf("the machine does not know %s", verb)
		}
	}
	for _, s := range situations {
		delete(states, s.record+" "+s.state)
	}
	for s := range states {
		t.Errorf("no situation is a %s", s)
	}
}
