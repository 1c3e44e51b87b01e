package storetest

import (
	"fmt"
	"reflect"
	"time"

	"github.com/emne/emne/process"
)

// chain is one record of each kind, each referring to those before it.
type chain struct {
	user         *process.User
	session      *process.Session
	token        *process.Token
	link         *process.Link
	customer     *process.Customer
	contact      *process.Contact
	lead         *process.Lead
	opportunity  *process.Opportunity
	quote        *process.Quote
	order        *process.Order
	draft        *process.Invoice
	invoice      *process.Invoice
	credit       *process.CreditNote
	payment      *process.Payment
	bankEntry    *process.BankEntry
	subscription *process.Subscription
	hours        *process.Hours
	product      *process.Product
	rate         *process.Rate
	prices       *process.PriceList
	task         *process.Task
	delivery     *process.Delivery
	message      *process.Message
	quarantine   *process.Quarantine
	submission   *process.Submission
	senderRule   *process.SenderRule
}

// insert adds the whole chain; ids are given by the store.
func (c *chain) insert(tx process.Tx) error {
	ids := func(customer, contact *string) { *customer, *contact = c.customer.ID, c.contact.ID }
	c.user = filled(func(u *process.User) { u.State, u.Role = "active", process.RoleSales })
	c.token = filled(func(k *process.Token) { k.State, k.Role = "revoked", process.RoleReader })
	c.link = filled(func(*process.Link) {})
	c.customer = filled(func(v *process.Customer) { v.State, v.Kind = "active", "consumer" })
	c.rate = filled(func(v *process.Rate) { v.State = "active" })
	c.product = filled(func(v *process.Product) { v.State = "active" })
	c.task = filled(func(v *process.Task) { v.State = "done" })
	c.delivery = filled(func(v *process.Delivery) { v.State = "unknown" })
	c.quarantine = filled(func(v *process.Quarantine) { v.State = "filed" })
	c.submission = filled(func(v *process.Submission) { v.State = "merged" })
	c.senderRule = filled(func(v *process.SenderRule) { v.State = "active" })
	steps := []func() error{
		func() error { return tx.Users().Insert(c.user) },
		func() error {
			c.session = filled(func(v *process.Session) { v.User = c.user.ID })
			return tx.Sessions().Insert(c.session)
		},
		func() error { return tx.Tokens().Insert(c.token) },
		func() error { return tx.Links().Insert(c.link) },
		func() error { return tx.Customers().Insert(c.customer) },
		func() error {
			c.contact = filled(func(v *process.Contact) { v.State, v.Customer = "active", c.customer.ID })
			return tx.Contacts().Insert(c.contact)
		},
		func() error {
			c.lead = filled(func(v *process.Lead) { v.State = "qualified"; ids(&v.Customer, &v.Contact) })
			return tx.Leads().Insert(c.lead)
		},
		func() error {
			c.opportunity = filled(func(v *process.Opportunity) { v.State, v.Lead = "won", c.lead.ID; ids(&v.Customer, &v.Contact) })
			return tx.Opportunities().Insert(c.opportunity)
		},
		func() error {
			q := filled(func(v *process.Quote) {
				v.State, v.ClosedReason, v.Opportunity, v.Previous = "closed", "revised", c.opportunity.ID, ""
				ids(&v.Customer, &v.Contact)
			})
			if err := tx.Quotes().Insert(q); err != nil {
				return err
			}
			c.quote = filled(func(v *process.Quote) {
				v.State, v.ClosedReason, v.Opportunity, v.Previous, v.Revision = "closed", "lost", c.opportunity.ID, q.ID, q.Revision+1
				ids(&v.Customer, &v.Contact)
			})
			return tx.Quotes().Insert(c.quote)
		},
		func() error {
			c.order = filled(func(v *process.Order) {
				v.State, v.Quote, v.Opportunity = "on_hold", c.quote.ID, c.opportunity.ID
				ids(&v.Customer, &v.Contact)
			})
			return tx.Orders().Insert(c.order)
		},
		func() error {
			c.subscription = filled(func(v *process.Subscription) { v.State = "paused"; ids(&v.Customer, &v.Contact) })
			return tx.Subscriptions().Insert(c.subscription)
		},
		func() error {
			make := func(state, number string) *process.Invoice {
				return filled(func(v *process.Invoice) {
					v.State, v.Number, v.Order, v.Quote, v.Opportunity = state, number, c.order.ID, c.quote.ID, c.opportunity.ID
					v.Subscription, v.Period = c.subscription.ID, process.Date(state)
					ids(&v.Customer, &v.Contact)
				})
			}
			c.invoice, c.draft = make("issued", "10001"), make("draft", "")
			if err := tx.Invoices().Insert(c.draft); err != nil {
				return err
			}
			return tx.Invoices().Insert(c.invoice)
		},
		func() error {
			c.hours = filled(func(v *process.Hours) { v.State, v.Order, v.Invoice = "invoiced", c.order.ID, c.invoice.ID })
			return tx.TimeEntries().Insert(c.hours)
		},
		func() error {
			c.credit = filled(func(v *process.CreditNote) {
				v.State, v.Number, v.Invoice, v.Customer = "issued", "K-1001", c.invoice.ID, c.customer.ID
			})
			return tx.CreditNotes().Insert(c.credit)
		},
		func() error {
			c.payment = filled(func(v *process.Payment) {
				v.State, v.Invoice, v.Order, v.Customer = "reversed", c.invoice.ID, c.order.ID, c.customer.ID
			})
			return tx.Payments().Insert(c.payment)
		},
		func() error {
			c.bankEntry = filled(func(v *process.BankEntry) { v.State, v.Customer = "ignored", c.customer.ID })
			return tx.BankEntries().Insert(c.bankEntry)
		},
		func() error { return tx.Products().Insert(c.product) },
		func() error { return tx.Rates().Insert(c.rate) },
		func() error {
			c.prices = filled(func(v *process.PriceList) { v.State, v.Customer = "archived", c.customer.ID })
			return tx.PriceLists().Insert(c.prices)
		},
		func() error { return tx.Tasks().Insert(c.task) },
		func() error { return tx.Deliveries().Insert(c.delivery) },
		func() error {
			c.message = filled(func(v *process.Message) { v.State, v.Customer = "other", c.customer.ID })
			c.message.ID, c.message.Text = c.lead.Mail, c.lead.Message
			return tx.Messages().Insert(c.message)
		},
		func() error { return tx.Quarantine().Insert(c.quarantine) },
		func() error { return tx.Submissions().Insert(c.submission) },
		func() error { return tx.SenderRules().Insert(c.senderRule) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// complete wants a record in which nothing that is stored is empty.
func (s suite) complete(v reflect.Value, path string, allowed map[string]bool) {
	s.Helper()
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if f.IsZero() && !derived[v.Type().Name()+"."+name] && !allowed[path+name] {
			s.Errorf("the test left %s%s empty", path, name)
		}
		if v.Type().Field(i).Anonymous {
			s.complete(f, path, allowed)
		}
	}
}

func same[T any](s suite, records func(process.Tx) process.Records[T], want *T, id string, empty ...string) {
	s.Helper()
	allowed := map[string]bool{}
	for _, e := range empty {
		allowed[e] = true
	}
	s.complete(reflect.ValueOf(want).Elem(), "", allowed)
	check := func(how string, got *T) {
		s.Helper()
		if d := differ(got, want); d != "" {
			s.Errorf("%s gave another record:%s", how, d)
		}
	}
	s.view(func(tx process.Tx) error {
		got, err := records(tx).Get(id)
		if err != nil {
			return err
		}
		check("Get", got)
		list, next, err := records(tx).List(process.Filter{})
		if err != nil {
			return err
		}
		found := false
		for i := range list {
			found = found || differ(&list[i], want) == ""
		}
		if !found || next != "" {
			s.Errorf("List gave %d %Ts, next %q, and not this one among them", len(list), *want, next)
		}
		return nil
	})
	s.tx(func(tx process.Tx) error {
		if err := records(tx).Update(want); err != nil {
			return err
		}
		got, err := records(tx).Get(id)
		if err == nil {
			check("Get after Update", got)
		}
		return err
	})
}

func everyField(s suite) {
	var c chain
	s.tx(c.insert)
	same(s, process.Tx.Users, c.user, c.user.ID)
	same(s, process.Tx.Sessions, c.session, c.session.ID)
	same(s, process.Tx.Tokens, c.token, c.token.ID)
	same(s, process.Tx.Links, c.link, c.link.ID)
	same(s, process.Tx.Customers, c.customer, c.customer.ID)
	same(s, process.Tx.Contacts, c.contact, c.contact.ID)
	same(s, process.Tx.Leads, c.lead, c.lead.ID)
	same(s, process.Tx.Opportunities, c.opportunity, c.opportunity.ID)
	same(s, process.Tx.Quotes, c.quote, c.quote.ID)
	same(s, process.Tx.Orders, c.order, c.order.ID)
	same(s, process.Tx.Invoices, c.draft, c.draft.ID, "Number")
	same(s, process.Tx.Invoices, c.invoice, c.invoice.ID)
	same(s, process.Tx.CreditNotes, c.credit, c.credit.ID)
	same(s, process.Tx.Subscriptions, c.subscription, c.subscription.ID)
	same(s, process.Tx.Payments, c.payment, c.payment.ID)
	same(s, process.Tx.BankEntries, c.bankEntry, c.bankEntry.ID)
	same(s, process.Tx.Products, c.product, c.product.ID)
	same(s, process.Tx.Rates, c.rate, c.rate.ID)
	same(s, process.Tx.PriceLists, c.prices, c.prices.ID)
	same(s, process.Tx.Tasks, c.task, c.task.ID)
	same(s, process.Tx.TimeEntries, c.hours, c.hours.ID)
	same(s, process.Tx.Deliveries, c.delivery, c.delivery.ID)
	same(s, process.Tx.Messages, c.message, c.message.ID)
	same(s, process.Tx.Quarantine, c.quarantine, c.quarantine.ID)
	same(s, process.Tx.Submissions, c.submission, c.submission.ID)
	same(s, process.Tx.SenderRules, c.senderRule, c.senderRule.ID)
	s.tx(func(tx process.Tx) error { // lines change with their document
		o, err := tx.Orders().Get(c.order.ID)
		if err != nil {
			return err
		}
		o.Lines = o.Lines[1:]
		o.Lines[0].Description = "another"
		o.VATGroups = []process.VATGroup{}
		if err := tx.Orders().Update(o); err != nil {
			return err
		}
		got, err := tx.Orders().Get(o.ID)
		if err == nil {
			if d := differ(got, o); d != "" {
				s.Errorf("after a change of lines:%s", d)
			}
		}
		return err
	})
	empty := &process.Lead{State: "new"}
	s.tx(func(tx process.Tx) error { return tx.Leads().Insert(empty) })
	s.view(func(tx process.Tx) error {
		got, err := tx.Leads().Get(empty.ID)
		if err == nil {
			if d := differ(got, empty); d != "" {
				s.Errorf("an empty lead came back changed:%s", d)
			}
		}
		return err
	})
}

func versions(s suite) {
	l := s.insertLead("Kari")
	if l.Version != 1 || l.ID == "" || l.CreatedAt.IsZero() || l.UpdatedAt.IsZero() || l.CreatedAt.Location() != time.UTC {
		s.Fatalf("the new record is %+v", l.Record)
	}
	old := *l
	l.Name = "Kari Nordmann"
	s.tx(func(tx process.Tx) error { return tx.Leads().Update(l) })
	if l.Version != 2 {
		s.Fatalf("after a change the version is %d", l.Version)
	}
	s.code(s.InTx(background(), func(tx process.Tx) error { return tx.Leads().Update(&old) }), process.CodeConflict, "stale")
	s.code(s.InTx(background(), func(tx process.Tx) error { return tx.Leads().Delete(l.ID, 1) }), process.CodeConflict, "stale")
	s.code(s.InTx(background(), func(tx process.Tx) error {
		return tx.Leads().Update(&process.Lead{Record: process.Record{ID: "none", Version: 1}, State: "new"})
	}), process.CodeNotFound, "")
	s.code(s.View(background(), func(tx process.Tx) error { _, err := tx.Leads().Get("none"); return err }), process.CodeNotFound, "")
	s.view(func(tx process.Tx) error {
		got, err := tx.Leads().Get(l.ID)
		if err == nil && (got.Name != "Kari Nordmann" || got.Version != 2) {
			s.Errorf("stored is %+v", got)
		}
		return err
	})
	if err := s.InTx(background(), func(tx process.Tx) error { return tx.Leads().Insert(&process.Lead{State: "nonsense"}) }); err == nil {
		s.Error("a state that does not exist was stored")
	}
	// A stale document does not lose its lines, even if the use case goes on.
	var c chain
	s.tx(c.insert)
	stale := *c.order
	s.tx(func(tx process.Tx) error { return tx.Orders().Update(c.order) })
	stale.Lines = nil
	s.tx(func(tx process.Tx) error {
		if err := tx.Orders().Update(&stale); process.CodeOf(err) != process.CodeConflict {
			return fmt.Errorf("a stale order: %v", err)
		}
		got, err := tx.Orders().Get(c.order.ID)
		if err == nil && len(got.Lines) != 2 {
			s.Errorf("it has %d lines", len(got.Lines))
		}
		return err
	})
}

func uniqueKeys(s suite) {
	var c chain
	s.tx(c.insert)
	for name, insert := range map[string]func(process.Tx) error{
		"id":      func(tx process.Tx) error { v := *c.lead; return tx.Leads().Insert(&v) },
		"user":    func(tx process.Tx) error { v := *c.user; v.ID = ""; return tx.Users().Insert(&v) },
		"product": func(tx process.Tx) error { v := *c.product; v.ID = ""; return tx.Products().Insert(&v) },
		"invoice": func(tx process.Tx) error { v := *c.invoice; v.ID = ""; return tx.Invoices().Insert(&v) },
		"period": func(tx process.Tx) error {
			v := *c.draft
			v.ID, v.Lines = "", nil
			return tx.Invoices().Insert(&v)
		},
		"credit":  func(tx process.Tx) error { v := *c.credit; v.ID = ""; return tx.CreditNotes().Insert(&v) },
		"order":   func(tx process.Tx) error { v := *c.order; v.ID = ""; return tx.Orders().Insert(&v) },
		"quote":   func(tx process.Tx) error { v := *c.quote; v.ID = ""; return tx.Quotes().Insert(&v) },
		"session": func(tx process.Tx) error { v := *c.session; v.ID = ""; return tx.Sessions().Insert(&v) },
		"token":   func(tx process.Tx) error { v := *c.token; v.ID = ""; return tx.Tokens().Insert(&v) },
		"link":    func(tx process.Tx) error { v := *c.link; v.ID = ""; return tx.Links().Insert(&v) },
		"event":   func(tx process.Tx) error { v := *c.submission; v.ID = ""; return tx.Submissions().Insert(&v) },
		"message": func(tx process.Tx) error { v := *c.message; v.ID = ""; return tx.Messages().Insert(&v) },
	} {
		// The refusal leaves the transaction usable: a use case may look up who has the key.
		s.tx(func(tx process.Tx) error {
			if err := insert(tx); process.CodeOf(err) != process.CodeConflict {
				return fmt.Errorf("a second %s: %v", name, err)
			}
			_, err := tx.Leads().Get(c.lead.ID)
			return err
		})
	}
	s.tx(func(tx process.Tx) error { // what is empty is not a key
		for range 2 {
			d, m, e, q := *c.draft, *c.message, *c.submission, *c.quote
			d.Subscription = ""
			d.ID, m.ID, m.MessageID, e.ID, e.EventID, q.ID, q.Number, q.State = "", "", "", "", "", "", "", "draft"
			for _, err := range []error{tx.Invoices().Insert(&d), tx.Messages().Insert(&m), tx.Submissions().Insert(&e), tx.Quotes().Insert(&q)} {
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	err := s.InTx(background(), func(tx process.Tx) error {
		for i := range 2 {
			q := *c.quote
			q.ID, q.State, q.Revision = "", "active", 90+i
			if err := tx.Quotes().Insert(&q); err != nil {
				return err
			}
		}
		return nil
	})
	s.code(err, process.CodeConflict, "taken")
	err = s.InTx(background(), func(tx process.Tx) error {
		p := *c.product
		p.ID, p.SKU = "", "OTHER"
		if err := tx.Products().Insert(&p); err != nil {
			return err
		}
		p.SKU = c.product.SKU
		return tx.Products().Update(&p)
	})
	s.code(err, process.CodeConflict, "taken")
}

func deleting(s suite) {
	var c chain
	s.tx(c.insert)
	s.code(s.InTx(background(), func(tx process.Tx) error {
		return tx.Customers().Delete(c.customer.ID, c.customer.Version)
	}), process.CodeConflict, "referred")
	s.tx(func(tx process.Tx) error { return tx.Invoices().Delete(c.draft.ID, c.draft.Version) })
	s.code(s.View(background(), func(tx process.Tx) error { _, err := tx.Invoices().Get(c.draft.ID); return err }), process.CodeNotFound, "")
	s.tx(func(tx process.Tx) error { // its lines are gone too
		d := *c.draft
		d.Lines = d.Lines[:1]
		return tx.Invoices().Insert(&d)
	})
	s.code(s.InTx(background(), func(tx process.Tx) error { return tx.Leads().Delete("none", 1) }), process.CodeNotFound, "")
}

func issuedStay(s suite) {
	var c chain
	s.tx(c.insert)
	for name, change := range map[string]func(process.Tx) error{
		"number":      func(tx process.Tx) error { v := *c.invoice; v.Number = "9"; return tx.Invoices().Update(&v) },
		"line":        func(tx process.Tx) error { v := *c.invoice; v.Lines = v.Lines[:1]; return tx.Invoices().Update(&v) },
		"delete":      func(tx process.Tx) error { return tx.Invoices().Delete(c.invoice.ID, c.invoice.Version) },
		"credit line": func(tx process.Tx) error { v := *c.credit; v.Lines = nil; return tx.CreditNotes().Update(&v) },
		"credit":      func(tx process.Tx) error { return tx.CreditNotes().Delete(c.credit.ID, c.credit.Version) },
	} {
		if err := s.InTx(background(), change); err == nil {
			s.Errorf("%s of an issued document was changed", name)
		}
	}
	// Its payment may change, and a draft may be issued with new lines.
	s.tx(func(tx process.Tx) error {
		c.invoice.Payment, c.invoice.Paid = "paid", c.invoice.Gross
		if err := tx.Invoices().Update(c.invoice); err != nil {
			return err
		}
		d := *c.draft
		d.State, d.Number, d.Lines = "issued", "10002", d.Lines[:1]
		return tx.Invoices().Update(&d)
	})
}
