package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// actable is a situation in which each verb of a record succeeds.
var actable = map[string]func(*house) string{
	"lead contact": (*house).newLead, "lead assign": (*house).newLead, "lead qualify": (*house).newLead, "lead disqualify": (*house).newLead,
	"lead log": (*house).newLead, "lead merge": (*house).newLead, "opportunity log": (*house).openOpportunity, "opportunity move": (*house).openOpportunity,
	"opportunity assign": (*house).openOpportunity, "quote log": (*house).activeQuote, "order log": (*house).openOrder, "invoice log": (*house).issuedInvoice, "customer log": (*house).customer,
	"lead not_a_lead": (*house).newLead, "lead reopen": (*house).disqualifiedLead,
	"opportunity win": (*house).openOpportunity, "opportunity lose": (*house).openOpportunity, "opportunity reopen": (*house).lostOpportunity,
	"quote send": (*house).draftQuote, "quote revise": (*house).activeQuote, "quote accept": (*house).activeQuote, "quote decline": (*house).activeQuote, "quote cancel": (*house).activeQuote, "quote copy": (*house).activeQuote,
	"order fulfil": (*house).openOrder, "order invoice": (*house).deliveredOrder, "order hold": (*house).openOrder, "order release": (*house).heldOrder, "order cancel": (*house).openOrder, "order return": (*house).deliveredOrder, "order send": (*house).openOrder, "order request_payment": (*house).openOrder, "order prepay": (*house).openOrder,
	"invoice issue": (*house).draftInvoice, "invoice credit": (*house).issuedInvoice, "invoice send": (*house).issuedInvoice,
	"invoice dispute": (*house).issuedInvoice, "invoice end_dispute": (*house).troubledInvoice, "invoice write_off": (*house).issuedInvoice, "invoice reinstate": (*house).troubledInvoice,
	"invoice hold": (*house).issuedInvoice, "invoice release": (*house).troubledInvoice, "invoice waive": (*house).troubledInvoice,
	"subscription change_price": (*house).subscription, "subscription pause": (*house).subscription, "subscription resume": (*house).pausedSubscription, "subscription end": (*house).subscription,
	"customer send_statement": (*house).customer,
	"credit-note send":        (*house).creditNote, "payment reverse": (*house).bookedPayment, "payment refund": (*house).bookedPayment,
	"bank-entry match": (*house).unmatchedEntry, "bank-entry ignore": (*house).unmatchedEntry, "bank-entry unmatch": (*house).matchedEntry,
	"delivery retry": func(h *house) string { return h.delivery("failed") }, "delivery settle": func(h *house) string { return h.delivery("unknown") },
	"message make_lead": (*house).otherMessage, "message not_a_lead": (*house).otherMessage,
	"message move": (*house).otherMessage, "quarantine retry": (*house).quarantinedMail,
	"message retry": (*house).quarantinedMessage, "quarantine make_lead": (*house).quarantinedMail, "quarantine not_a_lead": (*house).quarantinedMail,
	"quarantine move": (*house).quarantinedMail,
	"product archive": (*house).product, "product restore": (*house).archivedProduct, "price-list archive": (*house).priceList, "price-list restore": (*house).archivedPriceList,
	"task done": (*house).openTask, "task snooze": (*house).openTask,
}

// invoicing are the verbs that accounting may use.
var invoicing = map[string]bool{"invoice log": true, "customer log": true, "invoice issue": true, "invoice credit": true, "invoice send": true, "invoice dispute": true, "invoice end_dispute": true,
	"invoice write_off": true, "invoice reinstate": true, "invoice hold": true, "invoice release": true, "invoice waive": true, "credit-note send": true, "payment reverse": true, "payment refund": true,
	"bank-entry match": true, "bank-entry ignore": true, "bank-entry unmatch": true,
	"subscription change_price": true, "subscription pause": true, "subscription resume": true, "subscription end": true,
	"customer send_statement": true, "delivery retry": true, "delivery settle": true}

// Who may do what is decided by the use case, and what is refused leaves nothing.
func TestActors(t *testing.T) {
	t.Parallel()
	for _, v := range process.Verbs() {
		verb := v.Record + " " + v.Name
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			build := actable[verb]
			if build == nil {
				t.Fatal("nobody tries this verb")
			}
			h.prepare(v.Name)
			id, body := build(h), h.body(v.Record, v.Name)
			if (v.Record == process.TypeMessage || v.Record == process.TypeQuarantine) && v.Name == "move" {
				body = h.moveBody()
			}
			ref := process.Ref{Type: v.Record, ID: id}
			other := process.Ref{Type: process.TypeQuote, ID: "another"}
			before, was := h.trace(), h.look(v.Record, id)
			for name, c := range map[string]struct {
				actor process.Actor
				code  process.Code
			}{
				"nobody":                  {process.Actor{}, process.CodeUnauthorized},
				"a reader":                {h.reader, process.CodeForbidden},
				"a reader's token":        {process.Actor{Kind: process.ActorToken, Role: process.RoleReader}, process.CodeForbidden},
				"a role that there isn't": {process.Actor{Kind: process.ActorUser, Role: "admin"}, process.CodeForbidden},
				"a sender":                {process.Actor{Kind: process.ActorSender, Role: process.RoleOwner}, process.CodeForbidden},
				"another link":            {process.Actor{Kind: process.ActorCustomer, Role: process.RoleOwner, Link: other}, process.CodeForbidden},
				"its own link":            {process.Actor{Kind: process.ActorCustomer, Role: process.RoleOwner, Link: ref}, process.CodeForbidden},
				"accounting":              {h.accounting, process.CodeForbidden},
			} {
				if name == "its own link" && (verb == "quote accept" || verb == "quote decline") || name == "accounting" && invoicing[verb] {
					continue
				}
				_, err := h.try(c.actor, v.Record, v.Name, id, body)
				if process.CodeOf(err) != c.code {
					t.Errorf("%s: %v, want %s", name, err, c.code)
				}
			}
			if now := h.trace(); now != before || h.look(v.Record, id) != was {
				t.Errorf("the refusals left %+v, before %+v", now, before)
			}
			may := h.sales
			if invoicing[verb] {
				may = h.accounting
			}
			if _, err := h.try(may, v.Record, v.Name, id, body); err != nil {
				t.Errorf("%s: %v", may.Role, err)
			}
		})
	}
}

// Records are created and edited by those who keep them.
func TestFormActors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer, invoice := h.customer(), h.issuedInvoice()
	for record, c := range map[string]struct {
		body       string
		accounting bool
	}{
		process.TypeLead: {`{"name":"Kari"}`, false}, process.TypeCustomer: {`{"name":"Ny AS"}`, true},
		process.TypeContact:     {fmt.Sprintf(`{"customer":%q,"name":"Kari"}`, customer), true},
		process.TypeOpportunity: {fmt.Sprintf(`{"customer":%q}`, customer), false}, process.TypeQuote: {fmt.Sprintf(`{"customer":%q}`, customer), false},
		process.TypeOrder: {fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, lines), false}, process.TypeInvoice: {fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, lines), true},
		process.TypeSubscription: {fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, lines), true},
		process.TypePayment:      {fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"1"}}`, invoice), true},
		process.TypeHours:        {fmt.Sprintf(`{"order":%q,"quantity":"1"}`, h.openOrder()), false},
		process.TypeProduct:      {`{"sku":"A1","name":"Thing","unit_price":"1"}`, false}, process.TypeTask: {`{"title":"Call"}`, false},
	} {
		f := h.form(record)
		before := h.trace()
		refused := map[process.Code][]process.Actor{process.CodeUnauthorized: {{}}, process.CodeForbidden: {h.reader, {Kind: process.ActorCustomer, Link: process.Ref{Type: record}}}}
		if !c.accounting {
			refused[process.CodeForbidden] = append(refused[process.CodeForbidden], h.accounting)
		}
		for code, actors := range refused {
			for _, a := range actors {
				_, err := f.Create(h.s, h.ctx(), a, []byte(c.body))
				wantRefused(t, err, code, "")
			}
		}
		if now := h.trace(); now != before {
			t.Errorf("the refusals of %s left %+v, before %+v", record, now, before)
		}
		a := h.sales
		if c.accounting {
			a = h.accounting
		}
		out, err := f.Create(h.s, h.ctx(), a, []byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", record, err)
			continue
		}
		if _, err := f.Create(h.s, h.ctx(), a, []byte(`{"colour":"red"}`)); process.CodeOf(err) != process.CodeInvalid {
			t.Errorf("%s with an unknown field: %v", record, err)
		}
		if f.Edit != nil {
			id := baseOf(t, out.Record).ID
			for code, actors := range refused {
				for _, a := range actors {
					_, err := f.Edit(h.s, h.ctx(), a, process.Target{ID: id}, []byte(`{}`))
					wantRefused(t, err, code, "")
				}
			}
			if _, err := f.Edit(h.s, h.ctx(), a, process.Target{ID: id}, []byte(`{}`)); err != nil {
				t.Errorf("%s: %v", record, err)
			}
		}
	}
	st, version, err := h.s.Settings(h.ctx(), h.reader)
	h.check(err)
	for _, a := range []process.Actor{h.sales, h.accounting, h.reader, {Kind: process.ActorRule}} {
		_, err := h.s.PutSettings(h.ctx(), a, version, st)
		wantRefused(t, err, process.CodeForbidden, "")
	}
	_, err = h.s.PutSettings(h.ctx(), h.owner, version-1, st)
	wantRefused(t, err, process.CodeConflict, "stale")
	h.verify()
}

// A link opens its one record and nothing else.
func TestLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.s.ShareLink(h.ctx(), h.owner, process.Ref{Type: process.TypeQuote, ID: h.draftQuote()})
	wantRefused(t, err, process.CodeConflict, "link.draft")
	_, err = h.s.OpenLink(h.ctx(), process.NewLinkToken())
	wantRefused(t, err, process.CodeNotFound, "")

	quote, invoice := h.activeQuote(), h.issuedInvoice()
	customer := h.link(process.TypeQuote, quote)
	page, err := h.s.CustomerView(h.ctx(), customer)
	h.check(err)
	if page.Quote == nil || page.Quote.ID != quote || page.Invoice != nil || page.Snapshot.Number != page.Quote.Number {
		t.Errorf("the page shows %+v", page)
	}
	if _, err := h.s.Quotes().Get(h.ctx(), customer, quote); process.CodeOf(err) != process.CodeForbidden {
		t.Errorf("a link reads records: %v", err)
	}
	if _, err := h.s.CustomerView(h.ctx(), h.owner); process.CodeOf(err) != process.CodeForbidden {
		t.Errorf("staff on the customer's page: %v", err)
	}
	_, err = h.s.AskQuestion(h.ctx(), customer, process.QuestionInput{Text: "When can you begin?"})
	h.check(err)
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 1 || ts[0].Reason != "quote_question" || ts[0].Note != "When can you begin?" || ts[0].Owner != h.owner.ID {
		t.Errorf("the question became %+v", ts)
	}
	file, err := h.s.CustomerPDF(h.ctx(), h.link(process.TypeInvoice, invoice), false)
	h.check(err)
	if want := get(h, h.s.Invoices(), invoice).SHA256; file.SHA256 != want {
		t.Errorf("the link gives %s, the invoice is %s", file.SHA256, want)
	}
	if _, err := h.s.AskQuestion(h.ctx(), h.link(process.TypeInvoice, invoice), process.QuestionInput{Text: "Why?"}); process.CodeOf(err) != process.CodeNotFound {
		t.Errorf("a question about an invoice: %v", err)
	}
}
