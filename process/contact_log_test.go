package process_test

import (
	"testing"

	"github.com/emne/emne/process"
)

// A call is noted on orders, invoices and customers as on leads: on the
// timeline with its outcome, with a follow-up that the next call ends.
func TestLogOnEveryRecord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for typ, id := range map[string]string{process.TypeOrder: h.openOrder(), process.TypeInvoice: h.issuedInvoice(), process.TypeCustomer: h.customer()} {
		h.do(typ, "log", id, `{"kind":"call","outcome":"left_message","note":"Ask again","next_date":"2026-03-10"}`)
		about := map[string]string{"about_id": id, "reason": "follow_up"}
		open := list(h, h.s.Tasks(), about)
		if len(open) != 1 || open[0].State != "open" || open[0].Due != "2026-03-10" || open[0].Title != "Ask again" || open[0].Owner != h.owner.ID {
			t.Errorf("%s: follow-ups %+v", typ, open)
		}
		h.do(typ, "log", id, `{"kind":"meeting","outcome":"reached"}`)
		if done := list(h, h.s.Tasks(), about); len(done) != 1 || done[0].State != "done" {
			t.Errorf("%s: after the next call %+v", typ, done)
		}
		as, _, err := h.s.Timeline(h.ctx(), h.reader, process.Filter{Match: map[string]string{"about_id": id, "type": typ + ".logged"}})
		h.check(err)
		if len(as) != 2 || as[1].Data["outcome"] != "left_message" || as[1].Why != "Ask again" {
			t.Errorf("%s: timeline %+v", typ, as)
		}
		for _, body := range []string{`{"kind":"pigeon"}`, `{"outcome":"maybe"}`} {
			if _, err := h.try(h.owner, typ, "log", id, body); err == nil {
				t.Errorf("%s: %s was noted", typ, body)
			}
		}
	}
	h.verify()
}
