package process

import (
	"context"
	"fmt"
	"time"
)

// deliver queues a mail or an e-invoice; its job commits with the transition
// that causes it.
func (u *unit) deliver(d Delivery) (*Delivery, error) {
	d.Record, d.State = u.record(), "queued"
	if d.Language == "" {
		d.Language = u.settings.Language
	}
	if err := u.Deliveries().Insert(&d); err != nil {
		return nil, err
	}
	if err := u.note(Activity{Type: "delivery.queued", About: Ref{TypeDelivery, d.ID}, Thread: d.Thread, To: d.State, Related: d.About,
		Data: map[string]string{"kind": d.Kind, "to": d.To, "reason": d.Reason}}); err != nil {
		return nil, err
	}
	return &d, u.attempt(&d, 1, u.now)
}

// attempt queues the job of an attempt, for the channel that the delivery takes.
func (u *unit) attempt(d *Delivery, n int, at time.Time) error {
	j := SendDelivery{Delivery: d.ID, Attempt: n}
	if d.Kind == KindEInvoice {
		j.Channel = KindEInvoice
	}
	return u.Enqueue(j, at)
}

// tellOwner mails the owner of a record; when nobody owns it, the owner of the
// installation, and the company's address when there is none.
func (u *unit) tellOwner(owner, reason string, about Ref, thread string, data map[string]string) error {
	d := Delivery{Kind: "notification", Reason: reason, About: about, Thread: thread, Data: data, To: u.settings.Company.Email, Language: u.settings.Language}
	user, err := u.responsible(owner)
	if err != nil {
		return err
	}
	if user != nil {
		d.To, d.ToName, d.Language = user.Email, user.Name, user.Language
	}
	if mailable(d.To) != nil {
		return nil
	}
	_, err = u.deliver(d)
	return err
}

// responsible is the active user who owns a record, else the first owner of
// the installation.
func (u *unit) responsible(owner string) (*User, error) {
	if owner != "" {
		user, err := optional(u.Users().Get(owner))
		if err != nil || user != nil && user.State == "active" {
			return user, err
		}
	}
	users, _, err := u.Users().List(Filter{State: "active", Limit: MaxLimit})
	if err != nil {
		return nil, err
	}
	var first *User
	for i := range users {
		if users[i].Role == RoleOwner {
			first = &users[i] // the list is newest first
		}
	}
	return first, nil
}

// Mail is what a delivery needs to be composed.
type Mail struct {
	Delivery Delivery
	Settings Settings
	// PDF is the document to attach with its file name's number; empty for mails without one.
	PDF      []byte
	Snapshot *Snapshot
	// Letter goes with the PDF: the reminder, when that is the invoice; nil when
	// there is none.
	Letter *File
	// Raw is set when the mail was composed before: these bytes are sent.
	Raw []byte
	// MessageID is the id that a new mail must carry; it is signed, so that a
	// reply leads back to the record.
	MessageID string
	// ReplyTag goes after a plus into the local part of Reply-To; empty for
	// mails whose answers go to the sender's plain address.
	ReplyTag string
}

// MailOf reads what the delivery's job needs.
func (s *Service) MailOf(ctx context.Context, a Actor, id, domain string) (*Mail, error) {
	m := &Mail{}
	var pdf string
	var letter *Snapshot
	err := s.view(ctx, a, MaySendMail, func(u *unit) error {
		d, err := u.Deliveries().Get(id)
		if err != nil {
			return err
		}
		m.Delivery, m.Settings = *d, u.settings
		m.MessageID = s.messageID(d.ID, domain)
		switch d.Kind {
		case "order_confirmation", "payment_request", "statement":
			snap, err := u.Snapshot(d.Data["snapshot"])
			if err != nil {
				return err
			}
			m.Snapshot, pdf = &snap, d.Data["sha256"]
		case "quote", "invoice", "credit_note", "acceptance", "quote_followup", "reminder":
			snap, err := u.Snapshot(d.About.ID)
			if err != nil {
				return err
			}
			if d.Kind == "reminder" && d.Data["snapshot"] != "" {
				l, err := u.Snapshot(d.Data["snapshot"])
				if err != nil {
					return err
				}
				letter = &l
			}
			if d.Kind == "acceptance" {
				q, err := u.Quotes().Get(d.About.ID)
				if err != nil {
					return err
				}
				q.agreed(&snap)
			}
			m.Snapshot = &snap
			if u.settings.Mail.PlusAddresses {
				m.ReplyTag = s.replyTag(d.ID)
			}
			pdf, err = u.documentHash(d)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if m.Delivery.SHA256 != "" {
		m.Raw, err = s.store.Blob(ctx, m.Delivery.SHA256)
		return m, err
	}
	if pdf != "" {
		m.PDF, err = s.store.Blob(ctx, pdf)
	}
	if letter != nil && err == nil {
		m.Letter = &File{Name: letter.FileName(), SHA256: m.Delivery.Data["sha256"]}
		m.Letter.Data, err = s.store.Blob(ctx, m.Letter.SHA256)
	}
	return m, err
}

func (u *unit) documentHash(d *Delivery) (string, error) {
	switch d.Kind {
	case "invoice", "reminder":
		i, err := u.Invoices().Get(d.About.ID)
		if err != nil {
			return "", err
		}
		return i.SHA256, nil
	case "credit_note":
		n, err := u.CreditNotes().Get(d.About.ID)
		if err != nil {
			return "", err
		}
		return n.SHA256, nil
	}
	q, err := u.Quotes().Get(d.About.ID)
	if err != nil {
		return "", err
	}
	if d.Kind == "acceptance" && q.Acceptance != nil {
		return q.Acceptance.ReceiptSHA256, nil
	}
	return q.SHA256, nil
}

// Composed is a mail whose bytes are fixed.
type Composed struct {
	Subject   string
	MessageID string
	Raw       []byte
	// LinkToken is the secret of the customer's link in the mail, if it has one.
	LinkToken string
}

// FixMail keeps the bytes of a mail before its first attempt. When they were
// fixed before, nothing changes and the bytes from then are returned.
func (s *Service) FixMail(ctx context.Context, a Actor, id string, c Composed) ([]byte, error) {
	blob := NewBlob(c.Raw)
	if err := s.store.StageBlob(ctx, blob); err != nil {
		return nil, err
	}
	before := ""
	_, err := s.change(ctx, a, MaySendMail, func(u *unit) (*Outcome, error) {
		d, err := u.Deliveries().Get(id)
		if err != nil {
			return nil, err
		}
		if before = d.SHA256; before != "" {
			return &Outcome{}, nil
		}
		if err := u.KeepBlob(blob); err != nil {
			return nil, err
		}
		if c.LinkToken != "" {
			if err := u.Links().Insert(&Link{Record: u.record(), TokenHash: hashToken(c.LinkToken), About: d.About}); err != nil {
				return nil, err
			}
		}
		d.Subject, d.MessageID, d.SHA256, d.UpdatedAt = c.Subject, c.MessageID, blob.SHA256, u.now
		return &Outcome{}, u.Deliveries().Update(d)
	})
	if err != nil || before == "" {
		return c.Raw, err
	}
	return s.store.Blob(ctx, before)
}

// StartSending begins the attempt that a job was made for. It reports false
// when there is nothing to send (any more) or another job has overtaken this
// one. A delivery found in the middle of this very attempt was cut off by a
// crash: it is sent again with the same bytes and Message-ID, and says so.
func (s *Service) StartSending(ctx context.Context, a Actor, j SendDelivery) (bool, error) {
	start := false
	_, err := s.change(ctx, a, MaySendMail, func(u *unit) (*Outcome, error) {
		d, err := u.Deliveries().Get(j.Delivery)
		if err != nil {
			return nil, err
		}
		act := Activity{Type: "delivery.sending", From: d.State, To: "sending"}
		switch {
		case (d.State == "queued" || d.State == "retrying") && d.Attempts+1 == j.Attempt:
		case d.State == "sending" && d.Attempts == j.Attempt:
			act.Type = "delivery.sending_after_crash"
		default:
			start = false
			return &Outcome{}, nil
		}
		start = true
		d.State, d.Attempts, d.NextAt = "sending", j.Attempt, nil
		return &Outcome{}, u.saveDelivery(d, act)
	})
	return start, err
}

func (u *unit) saveDelivery(d *Delivery, act Activity) error {
	d.UpdatedAt = u.now
	if err := u.Deliveries().Update(d); err != nil {
		return err
	}
	act.About, act.Thread, act.Related = Ref{TypeDelivery, d.ID}, d.Thread, d.About
	act.Data = map[string]string{"kind": d.Kind, "to": d.To, "reply": d.Reply}
	return u.note(act)
}

// Sent is the outcome of one attempt.
type Sent struct {
	// State is accepted, retrying, failed or unknown.
	State string
	// Reply is the server's answer, or what went wrong.
	Reply string
	// RetryAfter is set with retrying.
	RetryAfter time.Duration
}

// FinishSending records the outcome of an attempt. The owner is told of what
// failed or is unknown.
func (s *Service) FinishSending(ctx context.Context, a Actor, id string, r Sent) error {
	_, err := s.change(ctx, a, MaySendMail, func(u *unit) (*Outcome, error) {
		d, err := u.Deliveries().Get(id)
		if err != nil {
			return nil, err
		}
		if d.State != "sending" {
			return &Outcome{}, nil
		}
		d.State, d.Reply = r.State, r.Reply
		switch r.State {
		case "accepted":
			at := u.now
			d.AcceptedAt = &at
		case "retrying":
			at := u.now.Add(r.RetryAfter)
			d.NextAt = &at
			if err := u.attempt(d, d.Attempts+1, at); err != nil {
				return nil, err
			}
		case "failed", "unknown":
			if err := u.deliveryTrouble(d); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("a mail does not end as %q", r.State)
		}
		return &Outcome{}, u.saveDelivery(d, Activity{Type: "delivery." + r.State, From: "sending", To: r.State, Why: r.Reply})
	})
	return err
}

// deliveryTrouble makes a task of a mail that did not arrive, for certain.
func (u *unit) deliveryTrouble(d *Delivery) error {
	_, err := u.task(Task{Reason: "delivery_" + d.State, Note: d.Reply, Owner: u.ownerOf(d.About), About: Ref{TypeDelivery, d.ID}, Thread: d.Thread})
	return err
}

// RetryDelivery sends a mail again that failed, bounced or is unknown: the
// same bytes.
func (s *Service) RetryDelivery(ctx context.Context, a Actor, t Target, _ struct{}) (*Outcome, error) {
	return s.changeDelivery(ctx, a, t, "retry", func(u *unit, d *Delivery) error {
		from := d.State
		if from == "retrying" {
			d.Attempts++ // its scheduled attempt is overtaken
		}
		d.State, d.NextAt = "queued", nil
		if err := u.saveDelivery(d, Activity{Type: "delivery.queued", From: from, To: d.State}); err != nil {
			return err
		}
		return u.attempt(d, d.Attempts+1, u.now)
	})
}

// SettleInput says what a person found out.
type SettleInput struct {
	State string `json:"state" doc:"accepted or failed"`
	Note  string `json:"note,omitempty"`
}

// SettleDelivery decides what became of a mail whose outcome was unknown.
func (s *Service) SettleDelivery(ctx context.Context, a Actor, t Target, in SettleInput) (*Outcome, error) {
	return s.changeDelivery(ctx, a, t, "settle", func(u *unit, d *Delivery) error {
		if in.State != "accepted" && in.State != "failed" {
			return Invalid("settle.state", "say what became of it", Problem{Field: "state", Reason: "settle.state", Message: "accepted or failed"})
		}
		from := d.State
		d.State = in.State
		if in.State == "accepted" {
			at := u.now
			d.AcceptedAt = &at
		}
		return u.saveDelivery(d, Activity{Type: "delivery.settled", From: from, To: d.State, Why: in.Note})
	})
}

func (s *Service) changeDelivery(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Delivery) error) (*Outcome, error) {
	return s.change(ctx, a, MaySendMail, func(u *unit) (*Outcome, error) {
		d, err := opened(u, u.Deliveries(), verb, t)
		if err != nil {
			return nil, err
		}
		if err := u.resolve(Ref{TypeDelivery, d.ID}, "delivery_"+d.State); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(d), f(u, d)
	})
}
