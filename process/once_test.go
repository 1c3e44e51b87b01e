package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/emne/emne/process"
)

func once(ctx context.Context, key, request string) context.Context {
	return process.WithOnce(ctx, process.Once{Key: process.IdempotencyKey{Scope: "api", Key: key, Request: request},
		Encode: func(o *process.Outcome) (process.Answer, error) {
			body, err := json.Marshal(o)
			return process.Answer{Status: 200, Body: body}, err
		}})
}

// The same key gives the same answer and happens once, whatever the verb.
func TestOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		record, verb string
		build        func(*house) string
	}{
		{process.TypeLead, "qualify", (*house).newLead}, {process.TypeQuote, "send", (*house).draftQuote}, {process.TypeQuote, "accept", (*house).activeQuote},
		{process.TypeOrder, "fulfil", (*house).openOrder}, {process.TypeInvoice, "issue", (*house).draftInvoice}, {process.TypeInvoice, "credit", (*house).issuedInvoice},
	} {
		t.Run(c.record+" "+c.verb, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			target, body := process.Target{ID: c.build(h)}, bodies[c.record+" "+c.verb]
			out, err := h.tryAt(once(h.ctx(), "k", "r"), h.owner, c.record, c.verb, target, body)
			h.check(err)
			first, err := json.Marshal(out)
			h.check(err)
			before := h.trace()
			for range 2 {
				h.clock.advance(day)
				_, err = h.tryAt(once(h.ctx(), "k", "r"), h.owner, c.record, c.verb, target, body)
				var again *process.Replayed
				if !errors.As(err, &again) || again.Answer.Status != 200 || string(again.Answer.Body) != string(first) {
					t.Fatalf("the same key: %v", err)
				}
			}
			_, err = h.tryAt(once(h.ctx(), "k", "another"), h.owner, c.record, c.verb, target, body)
			wantRefused(t, err, process.CodeInvalid, "idempotency.mismatch")
			if now := h.trace(); now != before {
				t.Errorf("repeating left %+v, before %+v", now, before)
			}
			h.verify()
		})
	}
}

// Copies in flight wait for the first and get its answer.
func TestOnceInFlight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	body := fmt.Appendf(nil, `{"invoice":%q,"amount":{"amount":"100"}}`, h.issuedInvoice())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := h.form(process.TypePayment).Create(h.s, once(h.ctx(), "k", "r"), h.owner, body)
			var again *process.Replayed
			if err != nil && !errors.As(err, &again) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if ps := list(h, h.s.Payments(), nil); len(ps) != 1 {
		t.Errorf("%d payments", len(ps))
	}
	h.verify()
}

// A refusal is kept too, and what was answered first stays.
func TestRefuse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := process.IdempotencyKey{Scope: "api", Key: "k", Request: "r"}
	lead := h.newLead()
	_, err := h.tryAt(once(h.ctx(), "k", "r"), h.owner, process.TypeLead, "disqualify", process.Target{ID: lead}, `{}`)
	wantRefused(t, err, process.CodeInvalid, "lead.reason")
	a, err := h.s.Refuse(h.ctx(), key, process.Answer{Status: 422, Body: []byte("why?")})
	h.check(err)
	b, err := h.s.Refuse(h.ctx(), key, process.Answer{Status: 409, Body: []byte("too late")})
	h.check(err)
	if a.Status != 422 || b.Status != 422 || string(b.Body) != "why?" {
		t.Errorf("answered %d, then %d %s", a.Status, b.Status, b.Body)
	}
	_, err = h.tryAt(once(h.ctx(), "k", "r"), h.owner, process.TypeLead, "disqualify", process.Target{ID: lead}, `{"reason":"lost"}`)
	var again *process.Replayed
	if !errors.As(err, &again) || again.Answer.Status != 422 {
		t.Errorf("the key of a refusal: %v", err)
	}
	h.verify()
}

// A change made from an older version is refused, with any verb.
func TestStaleVersions(t *testing.T) {
	t.Parallel()
	for _, v := range process.Verbs() {
		t.Run(v.Record+" "+v.Name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.prepare(v.Name)
			id, body := actable[v.Record+" "+v.Name](h), h.body(v.Record, v.Name)
			if (v.Record == process.TypeMessage || v.Record == process.TypeQuarantine) && v.Name == "move" {
				body = h.moveBody()
			}
			was := h.look(v.Record, id)
			before := h.trace()
			for _, version := range []int64{was.Version - 1, was.Version + 1} {
				_, err := h.tryAt(h.ctx(), h.owner, v.Record, v.Name, process.Target{ID: id, Version: &version}, body)
				wantRefused(t, err, process.CodeConflict, "stale")
			}
			if now := h.trace(); now != before {
				t.Errorf("the refusal left %+v, before %+v", now, before)
			}
			_, err := h.tryAt(h.ctx(), h.owner, v.Record, v.Name, process.Target{ID: id, Version: &was.Version}, body)
			h.check(err)
			if now := h.look(v.Record, id); now.Version <= was.Version {
				t.Errorf("still version %d", now.Version)
			}
			_, err = h.tryAt(h.ctx(), h.owner, v.Record, v.Name, process.Target{ID: "nothing"}, body)
			wantRefused(t, err, process.CodeNotFound, "")
		})
	}
}

// An edit lays its fields over the record's: lists are replaced, lines that
// keep their id keep it.
func TestEditOverlays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draftQuote()
	edit := func(record, id, body string) {
		t.Helper()
		_, err := h.form(record).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
		h.check(err)
	}
	before := get(h, h.s.Quotes(), id)
	edit(process.TypeQuote, id, `{"introduction":"Dear Kari"}`)
	q := get(h, h.s.Quotes(), id)
	if q.Introduction != "Dear Kari" || q.Gross != before.Gross || q.Title != before.Title || q.Lines[1].ID != before.Lines[1].ID || q.ValidUntil != before.ValidUntil {
		t.Errorf("edited to %+v", q)
	}
	edit(process.TypeQuote, id, fmt.Sprintf(`{"lines":[{"description":"New","unit_price":"10"},{"id":%q,"description":"Travel","unit_price":"400"}]}`, q.Lines[1].ID))
	after := get(h, h.s.Quotes(), id)
	if len(after.Lines) != 2 || after.Lines[0].ID == q.Lines[0].ID || after.Lines[0].Quantity.String() != "1" || after.Lines[1].ID != q.Lines[1].ID ||
		after.Lines[1].UnitPrice.String() != "400" || after.Lines[1].VAT.Rate.String() != "25" || after.Introduction != "Dear Kari" {
		t.Errorf("the lines are %+v", after.Lines)
	}
	edit(process.TypeQuote, id, `{"lines":[]}`)
	if n := len(get(h, h.s.Quotes(), id).Lines); n != 0 {
		t.Errorf("%d lines are left", n)
	}
	for _, body := range []string{`{"state":"won"}`, `{"number":"1"}`, `{"lines":{}}`, `[]`, `{} {}`, `{"valid_until":"soon"}`, fmt.Sprintf(`{"customer":%q}`, h.customer())} {
		_, err := h.form(process.TypeQuote).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(body))
		wantRefused(t, err, process.CodeInvalid, "")
	}
	o := h.openOpportunity()
	edit(process.TypeOpportunity, o, `{"estimated_revenue":{"amount":"99"},"probability":0}`)
	if got := get(h, h.s.Opportunities(), o); !got.ManualRevenue || got.EstimatedRevenue.String() != "99.00" || got.Probability != 0 || len(got.Lines) != 2 {
		t.Errorf("edited to %+v", got)
	}
	edit(process.TypeOpportunity, o, `{"estimated_revenue":null}`)
	if got := get(h, h.s.Opportunities(), o); got.ManualRevenue || got.EstimatedRevenue != got.Net {
		t.Errorf("edited to %+v", got)
	}
	_, err := h.form(process.TypeOpportunity).Edit(h.s, h.ctx(), h.owner, process.Target{ID: o}, fmt.Appendf(nil, `{"customer":%q}`, h.customer()))
	wantRefused(t, err, process.CodeInvalid, "opportunity.customer")
	c := h.customer()
	edit(process.TypeCustomer, c, `{"address":{"street":"Gata 2"}}`)
	if a := get(h, h.s.Customers(), c).Address; a.Street != "Gata 2" || a.City != "Oslo" {
		t.Errorf("the address is %+v", a)
	}
	h.verify()
}

// Two edits from the same version: the second one is told.
func TestConcurrentEdits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.newLead()
	seen := h.look(process.TypeLead, id).Version
	edit := func() error {
		_, err := h.form(process.TypeLead).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id, Version: &seen}, []byte(`{"phone":"1"}`))
		return err
	}
	h.check(edit())
	wantRefused(t, edit(), process.CodeConflict, "stale")
}
