package process_test

import (
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// hook is a request of a form, with a body of its own.
func hook(event, body string) process.IncomingForm {
	return process.IncomingForm{Source: "website", EventID: event, ContentType: "application/json", Address: "192.0.2.7", Body: process.NewBlob([]byte(body))}
}

func (h *house) submit(f process.IncomingForm) (*process.Submission, bool) {
	h.t.Helper()
	h.tick()
	s, repeated, err := h.s.ReceiveSubmission(h.ctx(), process.System(), f)
	h.check(err)
	return s, repeated
}

func (h *house) file(id string, in process.Inquiry, unreadable string) process.Receipt {
	h.t.Helper()
	h.tick()
	r, err := h.s.FileSubmission(h.ctx(), process.System(), id, in, unreadable)
	h.check(err)
	return r
}

func inquiry(email string) process.Inquiry {
	return process.Inquiry{Name: "Kari", Email: email, Subject: "A roof", Text: "What does it cost?", Language: "nb"}
}

// A body is stored before it is answered, and the same event is one submission.
func TestReceiveSubmission(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, repeated := h.submit(hook("e1", `{"a":1}`))
	if repeated || first.State != "pending" || first.SHA256 == "" {
		t.Fatalf("stored as %+v", first)
	}
	if n, err := h.db.CountJobs(h.ctx(), "file_submission"); err != nil || n != 1 {
		t.Errorf("%d jobs (%v)", n, err)
	}
	before := h.trace()
	if again, repeated := h.submit(hook("e1", `{"a":1}`)); !repeated || again.ID != first.ID {
		t.Errorf("the same event is %+v", again)
	}
	_, _, err := h.s.ReceiveSubmission(h.ctx(), process.System(), hook("e1", `{"a":2}`))
	wantRefused(t, err, process.CodeInvalid, "submission.mismatch")
	_, _, err = h.s.ReceiveSubmission(h.ctx(), process.Actor{Kind: process.ActorSender}, hook("e9", `{}`))
	wantRefused(t, err, process.CodeForbidden, "")
	if _, _, err = h.s.ReceiveSubmission(h.ctx(), process.System(), process.IncomingForm{Source: "website"}); err == nil {
		t.Error("a submission without a body")
	}
	if now := h.trace(); now != before {
		t.Errorf("repeating left %+v, before %+v", now, before)
	}
	other := hook("e1", `{"a":2}`)
	other.Source = "another"
	if s, repeated := h.submit(other); repeated || s.ID == first.ID {
		t.Error("another source's event is the same one")
	}
	_, body, err := h.s.SubmissionOf(h.ctx(), process.System(), first.ID)
	h.check(err)
	if string(body) != `{"a":1}` {
		t.Errorf("the body is %s", body)
	}
	h.verify()
}

// Where the event id was made of the body, the same body within the window is
// the same event.
func TestSubmissionWindow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	send := func(event string) (*process.Submission, bool) {
		f := hook(event, `{"a":1}`)
		f.Window = 10 * time.Minute
		return h.submit(f)
	}
	first, _ := send("body-1")
	h.clock.advance(9 * time.Minute)
	if again, repeated := send("body-2"); !repeated || again.ID != first.ID {
		t.Errorf("within the window it is %+v", again)
	}
	h.clock.advance(time.Minute)
	if again, repeated := send("body-3"); repeated || again.ID == first.ID {
		t.Errorf("after the window it is %+v", again)
	}
}

func TestConcurrentSubmissions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, _, err := h.s.ReceiveSubmission(h.ctx(), process.System(), hook("e1", `{}`)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(list(h, h.s.Submissions(), nil)); n != 1 {
		t.Errorf("%d submissions", n)
	}
	h.verify()
}

// A submission becomes a lead, is recorded on an open one, or is put away.
func TestFileSubmission(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before     func(*house)
		in         process.Inquiry
		unreadable string
		state      string
		result     string
		leads      int
		task       string
		answered   bool
	}{
		"somebody new":                     {in: inquiry("kari@new.example"), state: "mapped", result: process.TypeLead, leads: 1, answered: true},
		"nobody's address":                 {in: process.Inquiry{Name: "Kari", Phone: "22334455"}, state: "mapped", result: process.TypeLead, leads: 1},
		"the sender's lead is open":        {before: func(h *house) { h.newLead() }, in: inquiry("Kari@Lead.example"), state: "merged", result: process.TypeLead, leads: 1, task: "form_again"},
		"a known customer":                 {before: func(h *house) { h.openWith("post@known.example") }, in: inquiry("post@known.example"), state: "mapped", result: process.TypeLead, leads: 1},
		"a known customer's colleague":     {before: func(h *house) { h.openWith("post@known.example") }, in: inquiry("new@known.example"), state: "mapped", result: process.TypeLead, leads: 1, answered: true},
		"what cannot be mapped":            {unreadable: "no field for a name", state: "quarantined", result: process.TypeQuarantine},
		"the sender's lead is closed":      {before: func(h *house) { h.disqualifiedLead() }, in: inquiry("kari@lead.example"), state: "mapped", result: process.TypeLead, leads: 2, answered: true},
		"what cannot be mapped, from Kari": {before: func(h *house) { h.newLead() }, in: inquiry("kari@lead.example"), unreadable: "x", state: "quarantined", result: process.TypeQuarantine, leads: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.settings(func(st *process.Settings) { st.Mail.Acknowledge = true })
			if c.before != nil {
				c.before(h)
			}
			s, _ := h.submit(hook("e1", `{}`))
			r := h.file(s.ID, c.in, c.unreadable)
			now := get(h, h.s.Submissions(), s.ID)
			if now.State != c.state || now.Result.Type != c.result || r.Result != now.Result || r.Decision != c.state || r.Repeated {
				t.Fatalf("filed as %+v, %+v", now, r)
			}
			if n := len(list(h, h.s.Leads(), nil)); n != c.leads {
				t.Errorf("%d leads", n)
			}
			if ts := list(h, h.s.Tasks(), nil); c.task == "" && len(ts) != 0 || c.task != "" && (len(ts) != 1 || ts[0].Reason != c.task || ts[0].About != now.Result) {
				t.Errorf("the tasks are %+v", ts)
			}
			if acks := h.mails("acknowledgement"); (len(acks) == 1) != c.answered {
				t.Errorf("acknowledged by %+v", acks)
			}
			before := h.trace()
			if again := h.file(s.ID, inquiry("other@x.example"), ""); !again.Repeated || again.Result != now.Result {
				t.Errorf("filed again: %+v", again)
			}
			if after := h.trace(); after != before {
				t.Errorf("filing again left %+v, before %+v", after, before)
			}
			h.verify()
		})
	}
}

// A robot is answered as anybody else and never becomes a lead.
func TestRobot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	f := hook("e1", `{}`)
	f.Robot = true
	s, _ := h.submit(f)
	if n, err := h.db.CountJobs(h.ctx(), "file_submission"); s.State != "spam" || err != nil || n != 0 {
		t.Errorf("stored as %s with %d jobs (%v)", s.State, n, err)
	}
	if r := h.file(s.ID, inquiry("robot@x.example"), ""); !r.Repeated || len(list(h, h.s.Leads(), nil)) != 0 {
		t.Errorf("filed as %+v", r)
	}
	h.verify()
}
