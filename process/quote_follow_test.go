package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// Each follow-up is sent once, and after downtime the newest alone.
func TestFollowUps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(s *process.Settings) { s.Terms.FollowUpBefore, s.Terms.FollowUpAfter = 3, 2 })
	id := h.activeQuote() // valid for 30 days
	for _, step := range []struct {
		days, before, after int
	}{{0, 0, 0}, {26, 0, 0}, {27, 1, 0}, {27, 1, 0}, {29, 1, 0}, {30, 1, 0}, {31, 1, 0}, {32, 1, 1}, {40, 1, 1}} {
		h.clock.set(monday.Add(day*1).AddDate(0, 0, step.days-1))
		_, err := h.s.FollowUpQuotes(h.ctx(), process.System())
		h.check(err)
		if before, after := len(h.mails("quote_followup")), len(h.mails("quote_expired")); before != step.before || after != step.after {
			t.Errorf("after %d days: %d and %d mails, want %d and %d", step.days, before, after, step.before, step.after)
		}
	}
	if q := get(h, h.s.Quotes(), id); fmt.Sprint(q.FollowedUp) != "[before after]" || !q.Expired {
		t.Errorf("the quote is %+v", q)
	}
	// Whoever asks now asks for a new one.
	q := get(h, h.s.Quotes(), id)
	_, err := h.s.AskQuestion(h.ctx(), h.linked(q), process.QuestionInput{Text: "A new one, please"})
	h.check(err)
	if ts := list(h, h.s.Tasks(), map[string]string{"about_id": id}); len(ts) != 1 || ts[0].Reason != "quote_renewal" {
		t.Errorf("the tasks are %+v", ts)
	}

	// Another one, found long after its expiry: one mail.
	late := h.activeQuote()
	h.clock.advance(60 * day)
	_, err = h.s.FollowUpQuotes(h.ctx(), process.System())
	h.check(err)
	if q := get(h, h.s.Quotes(), late); fmt.Sprint(q.FollowedUp) != "[after]" {
		t.Errorf("followed up with %v", q.FollowedUp)
	}
	h.verify()
}

func TestCopyAndCompare(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.activeQuote()
	next := created(t, h.do(process.TypeQuote, "revise", id, ""), process.TypeQuote)
	q := get(h, h.s.Quotes(), next)
	same, err := h.s.CompareQuotes(h.ctx(), h.reader, next, "")
	h.check(err)
	if len(same.Lines) != 0 || len(same.Fields) != 0 {
		t.Errorf("a fresh revision differs by %+v", same)
	}
	h.check(h.edit(process.TypeQuote, next, fmt.Sprintf(`{"terms":"Net","lines":[{"id":%q,"description":"Advice","quantity":"8","unit":"HUR","unit_price":"1200.00"},{"description":"Paint","unit_price":"10"}],"adjustments":[{"percent":"10"}]}`, q.Lines[0].ID)))
	c, err := h.s.CompareQuotes(h.ctx(), h.reader, next, id)
	h.check(err)
	var changes, fields []string
	for _, l := range c.Lines {
		changes = append(changes, l.Change)
	}
	for _, f := range c.Fields {
		fields = append(fields, f.Field)
	}
	if fmt.Sprint(changes) != "[removed changed added]" || fmt.Sprint(fields) != "[terms adjustments net vat gross]" {
		t.Errorf("lines %v, fields %v", changes, fields)
	}
	_, err = h.s.CompareQuotes(h.ctx(), h.reader, id, "")
	wantRefused(t, err, process.CodeConflict, "quote.first")

	made := get(h, h.s.Quotes(), created(t, h.do(process.TypeQuote, "copy", next, ""), process.TypeQuote))
	if from := get(h, h.s.Quotes(), next); made.State != "draft" || made.Number != "" || made.Revision != 0 || made.Previous != "" || made.Opportunity != from.Opportunity ||
		made.Payable() != from.Payable() || made.Lines[0].ID == from.Lines[0].ID || made.Terms != "Net" {
		t.Errorf("copied to %+v", made)
	}
	other := h.create(process.TypeCustomer, `{"name":"Other AS","email":"post@other.example"}`)
	if made := get(h, h.s.Quotes(), created(t, h.do(process.TypeQuote, "copy", id, fmt.Sprintf(`{"customer":%q}`, other)), process.TypeQuote)); made.Customer != other || made.Opportunity != "" || made.Recipient != "post@other.example" {
		t.Errorf("copied to %+v", made)
	}
	h.verify()
}
