package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// known are the parties that stand before a lead is qualified.
type known struct{ customer, contact string }

// Qualifying links what is known by the surest sign and makes the rest.
func TestQualifyLinksOrCreates(t *testing.T) {
	t.Parallel()
	const customer = `{"name":"Kunde AS","email":"post@kunde.example","organisation_number":"923 609 016"}`
	for name, c := range map[string]struct {
		customer, contact string // made before
		lead, input       string
		customerLinked    bool
		contactLinked     bool
		kind              string
	}{
		"nobody is known":             {lead: `{"name":"Kari","email":"kari@nytt.example","company":"Nytt AS"}`, kind: "business"},
		"a private person":            {lead: `{"name":"Kari","email":"kari@gmail.com"}`, kind: "consumer"},
		"by the contact's address":    {customer: customer, contact: `{"name":"Kari","email":"Kari@Annet.example"}`, lead: `{"name":"K","email":"KARI@annet.example"}`, customerLinked: true, contactLinked: true},
		"by the customer's address":   {customer: customer, lead: `{"name":"Ola","email":"Post@kunde.example"}`, customerLinked: true},
		"by organisation number":      {customer: customer, lead: `{"name":"Ola","email":"ola@gmail.com","organisation_number":"923609016"}`, customerLinked: true},
		"by its own domain":           {customer: customer, lead: `{"name":"Ola","email":"ola@kunde.example"}`, customerLinked: true},
		"not by a free-mail host":     {customer: `{"name":"Per","kind":"consumer","email":"per@gmail.com"}`, lead: `{"name":"Ola","email":"ola@gmail.com"}`, kind: "consumer"},
		"against what is known":       {customer: customer, contact: `{"name":"Kari","email":"kari@kunde.example"}`, lead: `{"name":"Kari","email":"kari@kunde.example"}`, input: `{"new_customer":true}`, kind: "business"},
		"a phone number is enough":    {lead: `{"phone":"22 33 44 55"}`, kind: "consumer"},
		"a company without a contact": {lead: `{"company":"Nytt AS"}`, kind: "business"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			var before known
			if c.customer != "" {
				before.customer = h.create(process.TypeCustomer, c.customer)
			}
			if c.contact != "" {
				before.contact = h.create(process.TypeContact, fmt.Sprintf(`{"customer":%q,%s`, before.customer, c.contact[1:]))
			}
			lead := h.create(process.TypeLead, c.lead)
			out := h.do(process.TypeLead, "qualify", lead, c.input)
			l := get(h, h.s.Leads(), lead)
			o := get(h, h.s.Opportunities(), created(t, out, process.TypeOpportunity))
			if o.Customer != l.Customer || o.Contact != l.Contact || o.Lead != lead || o.Thread != l.Thread || o.Owner != h.owner.ID {
				t.Errorf("the opportunity %+v does not follow the lead %+v", o, l)
			}
			if (l.Customer == before.customer) != c.customerLinked {
				t.Errorf("linked %v, created %v: the customer is %s, known was %s", out.Linked, out.Created, l.Customer, before.customer)
			}
			if before.contact != "" && (l.Contact == before.contact) != c.contactLinked {
				t.Errorf("the contact is %s, known was %s", l.Contact, before.contact)
			}
			if got := get(h, h.s.Customers(), l.Customer); c.kind != "" && got.Kind != c.kind {
				t.Errorf("the customer is a %s", got.Kind)
			}
			if again, err := h.try(h.owner, process.TypeLead, "qualify", lead, c.input); err == nil {
				t.Errorf("qualified twice: %v", again)
			}
			h.verify()
		})
	}
}

func TestQualifyNamedParty(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mine, other := h.customer(), h.customer()
	contact := h.create(process.TypeContact, fmt.Sprintf(`{"customer":%q,"name":"Kari"}`, mine))
	lead := h.newLead()
	_, err := h.try(h.owner, process.TypeLead, "qualify", lead, fmt.Sprintf(`{"customer":%q,"contact":%q}`, other, contact))
	wantRefused(t, err, process.CodeInvalid, "contact.customer")
	h.do(process.TypeLead, "qualify", lead, fmt.Sprintf(`{"contact":%q,"title":"Roof","estimated_revenue":{"amount":"5000","currency":"NOK"},"estimated_close":"2026-06-01"}`, contact))
	l := get(h, h.s.Leads(), lead)
	o := get(h, h.s.Opportunities(), l.Opportunity)
	if l.Customer != mine || o.Title != "Roof" || !o.ManualRevenue || o.EstimatedRevenue.String() != "5000.00" || o.EstimatedClose != "2026-06-01" {
		t.Errorf("got %+v of %+v", o, l)
	}
	if _, err := h.form(process.TypeContact).Create(h.s, h.ctx(), h.owner, []byte(`{"customer":"nobody","name":"Kari"}`)); process.CodeOf(err) != process.CodeInvalid {
		t.Errorf("a contact of an unknown customer: %v", err)
	}
}

// Reopening a qualified lead takes the untouched opportunity away and keeps
// the customer for the next time.
func TestReopenQualified(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead := h.newLead()
	h.do(process.TypeLead, "qualify", lead, "")
	first := get(h, h.s.Leads(), lead)
	h.do(process.TypeLead, "reopen", lead, "")
	_, err := h.s.Opportunities().Get(h.ctx(), h.owner, first.Opportunity)
	wantRefused(t, err, process.CodeNotFound, "")
	h.do(process.TypeLead, "qualify", lead, "")
	if second := get(h, h.s.Leads(), lead); second.Customer != first.Customer || second.Contact != first.Contact || second.Opportunity == first.Opportunity {
		t.Errorf("qualified again as %+v, before %+v", second, first)
	}
	h.verify()
}
