package process_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/emne/emne/process"
)

// One inquiry on its whole way: from a mail to a paid invoice, all of it on
// one timeline.
func TestFromMailToPayment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
	mail := in(h.mail("kari@new.example", "A roof"), "sales", 1)
	lead := h.receive(mail).Result.ID
	h.do(process.TypeLead, "assign", lead, fmt.Sprintf(`{"user":%q}`, h.sales.ID))
	h.do(process.TypeLead, "contact", lead, `{"note":"called her"}`)
	out := h.do(process.TypeLead, "qualify", lead, "")
	opportunity := created(t, out, process.TypeOpportunity)
	_, err := h.form(process.TypeOpportunity).Edit(h.s, h.ctx(), h.sales, process.Target{ID: opportunity}, []byte(`{"lines":`+lines+`,"estimated_close":"2026-05-01"}`))
	h.check(err)
	_, err = h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.sales, process.Target{ID: created(t, out, process.TypeCustomer)}, []byte(`{"address":{"street":"Gata 1","postcode":"0150","city":"Oslo"}}`))
	h.check(err)
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"opportunity":%q}`, opportunity))
	sent := created(t, h.do(process.TypeQuote, "send", quote, ""), process.TypeDelivery)
	id := h.fix(sent)

	answer := h.mail("kari@new.example", "Re: A roof")
	answer.InReplyTo = []string{id}
	if r := h.receive(in(answer, "sales", 2)); r.Result.ID != quote {
		t.Errorf("the answer landed on %v", r.Result)
	}
	q := get(h, h.s.Quotes(), quote)
	h.check(h.accept(h.link(process.TypeQuote, quote), quote, yes(q, "Kari")))
	order := get(h, h.s.Quotes(), quote).Order
	invoice := created(t, h.do(process.TypeOrder, "fulfil", order, ""), process.TypeInvoice)
	h.do(process.TypeInvoice, "issue", invoice, "")
	i := get(h, h.s.Invoices(), invoice)
	if i.Payable() != q.Payable() || i.Recipient != "kari@new.example" || i.Owner != h.sales.ID || i.Quote != quote || i.Opportunity != opportunity {
		t.Errorf("the invoice is %+v", i)
	}
	h.pay(invoice, i.Open.String())
	if i = get(h, h.s.Invoices(), invoice); i.Payment != "paid" {
		t.Errorf("it is %s", i.Payment)
	}

	as, _, err := h.s.Timeline(h.ctx(), h.reader, process.Filter{Match: map[string]string{"thread": i.Thread}, Limit: process.MaxLimit})
	h.check(err)
	var types []string
	for _, a := range slices.Backward(as) {
		types = append(types, a.Type)
		if a.At.IsZero() || a.Actor.Kind == "" {
			t.Errorf("nobody did %s", a.Type)
		}
	}
	want := []string{"lead.created", "mail.filed", "lead.assigned", "lead.contacted", "customer.created", "contact.created", "opportunity.created", "lead.qualified",
		"opportunity.changed", "quote.drafted", "quote.sent", "mail.filed", "order.created", "quote.accepted", "opportunity.won",
		"order.fulfilled", "invoice.drafted", "order.invoice_drafted", "invoice.issued", "payment.booked"}
	types = slices.DeleteFunc(types, func(s string) bool { return s == "delivery.queued" || s == "task.created" })
	if !slices.Equal(types, want) {
		t.Errorf("the timeline is\n%v, want\n%v", types, want)
	}
	told := h.mails("notification")
	if len(told) != 1 || told[0].To != "sales@seller.example" {
		t.Errorf("the owner was told %+v", told)
	}
	h.verify()
}

// Repeat sales begin with a customer; no predecessor is invented for them.
func TestRepeatSales(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	quote := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, lines))
	h.do(process.TypeQuote, "send", quote, "")
	h.do(process.TypeQuote, "accept", quote, `{"name":"Kari"}`)
	o := get(h, h.s.Orders(), get(h, h.s.Quotes(), quote).Order)
	if o.Opportunity != "" || o.Customer != customer || len(list(h, h.s.Opportunities(), nil))+len(list(h, h.s.Leads(), nil)) != 0 {
		t.Errorf("the order is %+v", o)
	}
	h.verify()
}

// A product fills what a line leaves out, and changes nothing afterwards.
func TestProducts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	product := h.create(process.TypeProduct, `{"sku":"ADV","name":"Advice","unit":"HUR","unit_price":"1200","vat":{"category":"S","rate":"15"}}`)
	id := h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"lines":[{"product":"ADV","quantity":"2"},{"product":"ADV","description":"Cheap advice","unit_price":"1000"}]}`, h.customer()))
	_, err := h.form(process.TypeProduct).Edit(h.s, h.ctx(), h.owner, process.Target{ID: product}, []byte(`{"unit_price":"9999","name":"Dear advice"}`))
	h.check(err)
	o := get(h, h.s.Orders(), id)
	if l := o.Lines[0]; l.Description != "Advice" || l.Unit != "HUR" || l.Net.String() != "2400.00" || l.VAT.Rate.String() != "15" {
		t.Errorf("the line is %+v", l)
	}
	if l := o.Lines[1]; l.Description != "Cheap advice" || l.Net.String() != "1000.00" {
		t.Errorf("the line is %+v", l)
	}
	_, err = h.form(process.TypeProduct).Create(h.s, h.ctx(), h.owner, []byte(`{"sku":"ADV","name":"Twice","unit_price":"1"}`))
	wantRefused(t, err, process.CodeConflict, "taken")
	_, err = h.form(process.TypeOrder).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, `{"customer":%q,"currency":"EUR","lines":[{"product":"ADV"}]}`, h.customer()))
	wantRefused(t, err, process.CodeInvalid, "lines.invalid")
	h.verify()
}
