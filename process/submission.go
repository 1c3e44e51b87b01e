package process

import (
	"context"
	"errors"
	"time"
)

// IncomingForm is a hook's request that passed its checks.
type IncomingForm struct {
	Source  string
	EventID string
	// Window is set when the event id was made of the body: the same body of
	// the same source that came within it is the same event.
	Window      time.Duration
	ContentType string
	Headers     map[string]string
	Address     string
	Body        *Blob
	// Robot says that a trap caught it: it is kept, answered as any other, and
	// never becomes a lead.
	Robot bool
}

var errNoSubmission = errors.New("process: submission without a body")

// ReceiveSubmission stores a hook's body before it is answered. The same event
// again gives the stored submission; with another body it is refused.
func (s *Service) ReceiveSubmission(ctx context.Context, a Actor, f IncomingForm) (*Submission, bool, error) {
	if f.Body == nil {
		return nil, false, errNoSubmission
	}
	if err := s.store.StageBlob(ctx, f.Body); err != nil {
		return nil, false, err
	}
	var sub *Submission
	repeated := false
	receive := func(u *unit) (*Outcome, error) {
		before, err := u.sameSubmission(&f)
		if err != nil {
			return nil, err
		}
		if repeated = before != nil; repeated {
			if before.SHA256 != f.Body.SHA256 {
				return nil, Invalid("submission.mismatch", "this event id came before with another body")
			}
			sub = before
			return &Outcome{}, nil
		}
		sub = &Submission{Record: u.record(), State: "pending", Source: f.Source, EventID: f.EventID, ContentType: f.ContentType,
			Headers: f.Headers, Address: f.Address, SHA256: f.Body.SHA256, Size: f.Body.Size}
		if f.Robot {
			sub.State = "spam"
		}
		if err := u.KeepBlob(f.Body); err != nil {
			return nil, err
		}
		if err := u.Submissions().Insert(sub); err != nil {
			return nil, err
		}
		if err := u.note(Activity{Type: "submission.received", About: Ref{TypeSubmission, sub.ID}, To: sub.State, Data: map[string]string{"source": f.Source}}); err != nil {
			return nil, err
		}
		if f.Robot {
			return &Outcome{}, nil
		}
		return &Outcome{}, u.Enqueue(FileSubmission{Submission: sub.ID}, u.now)
	}
	_, err := s.change(ctx, a, MayIntake, receive)
	if CodeOf(err) == CodeConflict {
		// The same event came twice at the same time; the other one is there now.
		_, err = s.change(ctx, a, MayIntake, receive)
	}
	return sub, repeated, err
}

// sameSubmission finds the event when it came before.
func (u *unit) sameSubmission(f *IncomingForm) (*Submission, error) {
	before, err := first(u.Submissions(), map[string]string{"source": f.Source, "event_id": f.EventID}, "")
	if before != nil || err != nil || f.Window <= 0 {
		return before, err
	}
	before, err = first(u.Submissions(), map[string]string{"source": f.Source, "sha256": f.Body.SHA256}, "")
	if before == nil || err != nil || u.now.Sub(before.CreatedAt) >= f.Window {
		return nil, err
	}
	return before, nil
}

// SubmissionOf reads a stored submission and its body.
func (s *Service) SubmissionOf(ctx context.Context, a Actor, id string) (*Submission, []byte, error) {
	var sub *Submission
	err := s.view(ctx, a, MayIntake, func(u *unit) (err error) {
		sub, err = u.Submissions().Get(id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	body, err := s.store.Blob(ctx, sub.SHA256)
	return sub, body, err
}

// FileSubmission makes a pending submission a lead or, when it could not be
// mapped (unreadable says why), a quarantine entry. A known sender with an open
// lead adds to it. Done twice, it changes nothing.
func (s *Service) FileSubmission(ctx context.Context, a Actor, id string, in Inquiry, unreadable string) (Receipt, error) {
	for _, f := range in.Attachments {
		if err := s.store.StageBlob(ctx, f.Content); err != nil {
			return Receipt{}, err
		}
	}
	var r Receipt
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		sub, err := u.Submissions().Get(id)
		if err != nil {
			return nil, err
		}
		if sub.State != "pending" {
			r = Receipt{Result: sub.Result, Decision: sub.State, Repeated: true}
			return &Outcome{}, nil
		}
		for _, f := range in.Attachments {
			if err := u.KeepBlob(f.Content); err != nil {
				return nil, err
			}
		}
		if unreadable != "" {
			err = u.quarantineForm(sub, unreadable)
		} else {
			err = u.inquireForm(sub, in)
		}
		if err != nil {
			return nil, err
		}
		sub.UpdatedAt = u.now
		r = Receipt{Result: sub.Result, Decision: sub.State}
		if err := u.Submissions().Update(sub); err != nil {
			return nil, err
		}
		return &Outcome{}, u.note(Activity{Type: "submission." + sub.State, About: Ref{TypeSubmission, sub.ID}, From: "pending", To: sub.State, Related: sub.Result, Why: unreadable})
	})
	return r, err
}

func (u *unit) quarantineForm(sub *Submission, reason string) error {
	q := &Quarantine{Record: u.record(), State: "quarantined", Kind: "form", Source: sub.Source, Reason: reason, SHA256: sub.SHA256, Size: sub.Size,
		Origin: Ref{TypeSubmission, sub.ID}}
	sub.State, sub.Result = "quarantined", Ref{TypeQuarantine, q.ID}
	if err := u.Quarantine().Insert(q); err != nil {
		return err
	}
	return u.note(Activity{Type: "quarantine.created", About: sub.Result, To: q.State, Why: reason})
}

func (u *unit) inquireForm(sub *Submission, in Inquiry) error {
	l := in.lead("form:" + sub.Source)
	if l.Email != "" {
		if err := u.lockSender(l.Email); err != nil {
			return err
		}
		open, err := u.openLeadOf(l.Email)
		if err != nil {
			return err
		}
		if open != nil {
			sub.State, sub.Result = "merged", Ref{TypeLead, open.ID}
			if err := u.note(Activity{Type: "form.filed", About: sub.Result, Thread: open.Thread, Related: Ref{TypeSubmission, sub.ID}, Why: in.Text,
				Data: map[string]string{"source": sub.Source, "subject": in.Subject}}); err != nil {
				return err
			}
			_, err := u.task(Task{Reason: "form_again", Title: in.Subject, About: sub.Result, Thread: open.Thread, Owner: open.Owner})
			return err
		}
	}
	_, known, err := u.knownSender(l)
	if err != nil {
		return err
	}
	if err := u.insertLead(l, Ref{TypeSubmission, sub.ID}); err != nil {
		return err
	}
	sub.State, sub.Result = "mapped", Ref{TypeLead, l.ID}
	if known {
		return nil
	}
	return u.acknowledge(l, "")
}
