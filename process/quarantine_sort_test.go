package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// quarantinedForm gives the entry of a form that could not be mapped, and its
// submission.
func (h *house) quarantinedForm(body string) (entry, submission string) {
	h.t.Helper()
	sub, _, err := h.s.ReceiveSubmission(h.ctx(), process.System(), process.IncomingForm{Source: "web", EventID: h.fresh("event"), Body: process.NewBlob([]byte(body))})
	h.check(err)
	r, err := h.s.FileSubmission(h.ctx(), process.System(), sub.ID, process.Inquiry{}, "no_contact")
	h.check(err)
	return r.Result.ID, sub.ID
}

// A mail that cannot be read is sorted from either side, its entry and its
// message go the same way, and what came stays with the lead.
func TestSortQuarantinedMail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, record := range []string{process.TypeMessage, process.TypeQuarantine} {
		for verb, state := range map[string]string{"make_lead": "filed", "not_a_lead": "other", "move": "filed", "retry": "filed"} {
			entry := h.quarantinedMail()
			message := get(h, h.s.Quarantine(), entry).Origin.ID
			id, body := message, ""
			if record == process.TypeQuarantine {
				id = entry
			}
			if verb == "move" {
				body = h.moveBody()
			}
			out := h.do(record, verb, id, body)
			msg := get(h, h.s.Messages(), message)
			if got := baseOf(t, out.Record); got.ID != id || got.State != state || msg.State != state || get(h, h.s.Quarantine(), entry).State != state {
				t.Errorf("%s %s leads to %+v, the message %s, the entry %s", record, verb, got, msg.State, get(h, h.s.Quarantine(), entry).State)
			}
			if verb != "make_lead" {
				continue
			}
			l := get(h, h.s.Leads(), msg.About.ID)
			if len(out.Created) != 1 || out.Created[0] != msg.About || l.Name == "" || len(l.Attachments) != 1 || l.Attachments[0].SHA256 != msg.SHA256 {
				t.Errorf("%s: the lead is %+v, made %v", record, l, out.Created)
			}
		}
	}
	h.verify()
}

// A form that cannot be mapped becomes a lead, an addition to one, a note on
// another record, or nothing.
func TestSortQuarantinedForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	entry, sub := h.quarantinedForm(`{"note":"call me"}`)
	out := h.do(process.TypeQuarantine, "make_lead", entry, "")
	l := get(h, h.s.Leads(), out.Created[0].ID)
	if s := get(h, h.s.Submissions(), sub); s.State != "mapped" || s.Result != out.Created[0] {
		t.Errorf("the submission is %+v", s)
	}
	if l.Name != "form:web" || l.Message != `{"note":"call me"}` || l.Source != "form:web" || len(l.Attachments) != 1 {
		t.Errorf("the lead is %+v", l)
	}
	for _, c := range []struct {
		about process.Ref
		state string
	}{{process.Ref{Type: process.TypeLead, ID: l.ID}, "merged"}, {process.Ref{Type: process.TypeCustomer, ID: h.customer()}, "quarantined"}} {
		entry, sub := h.quarantinedForm(`{"note":"more"}`)
		h.do(process.TypeQuarantine, "move", entry, fmt.Sprintf(`{"about":{"type":%q,"id":%q}}`, c.about.Type, c.about.ID))
		if s, q := get(h, h.s.Submissions(), sub), get(h, h.s.Quarantine(), entry); s.State != c.state || q.State != "filed" {
			t.Errorf("moved to the %s: the submission is %s, the entry %s", c.about.Type, s.State, q.State)
		}
		as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": c.about.ID, "type": "form.filed"}})
		h.check(err)
		if len(as) != 1 || as[0].Why != `{"note":"more"}` {
			t.Errorf("the timeline of the %s says %+v", c.about.Type, as)
		}
	}
	entry, _ = h.quarantinedForm("\xff\xfe")
	h.do(process.TypeQuarantine, "not_a_lead", entry, "")
	if q := get(h, h.s.Quarantine(), entry); q.State != "other" {
		t.Errorf("the entry is %s", q.State)
	}
	entry, _ = h.quarantinedForm(`{}`)
	_, err := h.try(h.owner, process.TypeQuarantine, "move", entry, `{"about":{"type":"lead","id":"none"}}`)
	wantRefused(t, err, process.CodeInvalid, "move.about")
	h.verify()
}
