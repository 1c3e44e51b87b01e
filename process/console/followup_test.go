package console

import (
	"html"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A follow-up with a date and an owner is made from the page of any record, and
// stands there; an opportunity without one is flagged on its page, in the list
// and at the start, until it has a date.
func TestFollowUpOnAnyRecord(t *testing.T) {
	w := newWorld(t)
	b := &browser{world: w}
	invoice := w.invoiced("oppfølging")
	i := w.invoice(invoice)
	payment := w.paid(invoice, "100")
	note := must(t)(w.s.CreditInvoice(t.Context(), w.actor, process.Target{ID: invoice}, process.CreditInput{Reason: "Avslag", Amount: &process.Money{Minor: 1000, Currency: "NOK"}}))
	order, err := w.s.Orders().Get(t.Context(), w.actor, i.Order)
	if err != nil {
		t.Fatal(err)
	}
	contact := must(t)(w.s.CreateContact(t.Context(), w.actor, process.ContactInput{Customer: i.Customer, Name: "Per"})).Record.(*process.Contact)
	opportunity := must(t)(w.s.CreateOpportunity(t.Context(), w.actor, process.OpportunityInput{Customer: i.Customer, Title: "Tak"})).Record.(*process.Opportunity)
	const flag = "Ingen neste dato"
	places := []string{"/opportunities/" + opportunity.ID, "/opportunities?state=open", "/"}
	for _, at := range places {
		if !strings.Contains(b.get(at).Body.String(), flag) {
			t.Errorf("%s does not flag the opportunity", at)
		}
	}
	for _, r := range []process.Ref{{Type: process.TypeLead, ID: w.newLead()}, {Type: process.TypeOpportunity, ID: opportunity.ID}, {Type: process.TypeQuote, ID: order.Quote}, {Type: process.TypeOrder, ID: order.ID},
		{Type: process.TypeInvoice, ID: invoice}, {Type: process.TypeCreditNote, ID: note.Created[0].ID}, {Type: process.TypePayment, ID: payment},
		{Type: process.TypeCustomer, ID: i.Customer}, {Type: process.TypeContact, ID: contact.ID}} {
		page := "/" + w.console.kindOf(r.Type).collection + "/" + r.ID
		at := "/tasks/new?about.type=" + r.Type + "&about.id=" + r.ID
		if !strings.Contains(html.UnescapeString(b.get(page).Body.String()), `href="`+at+`"`) {
			t.Errorf("%s offers no follow-up", page)
			continue
		}
		b.open(at)
		action, form := b.form("/tasks")
		form.Set("title", "Ring om "+r.Type)
		form.Set("due", "2027-01-15")
		form.Set("owner", w.actor.ID)
		if rec := b.submit(action, form); rec.Code != 303 {
			t.Errorf("%s: %d %s", r.Type, rec.Code, b.text(rec))
			continue
		}
		tasks, _, err := w.s.Tasks().List(t.Context(), w.actor, process.Filter{Match: map[string]string{"about_id": r.ID}})
		if err != nil || len(tasks) != 1 || tasks[0].Due != "2027-01-15" || tasks[0].Owner != w.actor.ID || tasks[0].About != r {
			t.Errorf("%s has the follow-ups %+v, %v", r.Type, tasks, err)
		}
		if !strings.Contains(b.get(page).Body.String(), "Ring om "+r.Type) {
			t.Errorf("%s does not show its follow-up", page)
		}
	}
	if strings.Contains(b.get(places[0]).Body.String(), flag) {
		t.Error("the opportunity is flagged though it has a date")
	}
}
