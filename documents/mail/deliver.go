package mail

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// Office is what a sender needs of the process.
type Office interface {
	MailOf(ctx context.Context, a process.Actor, id, domain string) (*process.Mail, error)
	FixMail(ctx context.Context, a process.Actor, id string, c process.Composed) ([]byte, error)
	StartSending(ctx context.Context, a process.Actor, j process.SendDelivery) (bool, error)
	FinishSending(ctx context.Context, a process.Actor, id string, r process.Sent) error
}

// Submitter hands in one mail.
type Submitter interface {
	Submit(ctx context.Context, to string, raw []byte) process.Sent
}

// Sender carries out the job of a delivery.
type Sender struct {
	office   Office
	composer *Composer
	submit   Submitter
	domain   string
	clock    func() time.Time
	log      *slog.Logger
}

// NewSender wires a sender. from is the envelope's sender; its domain is the
// one of our Message-IDs.
func NewSender(office Office, composer *Composer, submit Submitter, from string, clock func() time.Time, log *slog.Logger) *Sender {
	domain := "localhost"
	if a := asciiDomain(from); ascii(a) && strings.Contains(a, "@") {
		domain = a[strings.LastIndexByte(a, '@')+1:]
	}
	return &Sender{office, composer, submit, domain, clock, log}
}

// waits are the times between attempts; after the last one the mail has failed.
// They cover two days. RFC 5321 section 4.5.4.1 asks a relay for four to five:
// the submission server does that; here the reason is one that a person of the
// house must hear of.
var waits = []time.Duration{
	10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Deliver sends one mail and records its outcome. An error means that the
// outcome could not be recorded; the job then runs again.
func (s *Sender) Deliver(ctx context.Context, j process.SendDelivery) error {
	m, err := s.office.MailOf(ctx, process.System(), j.Delivery, s.domain)
	if err != nil {
		return fmt.Errorf("reading delivery %s: %w", j.Delivery, err)
	}
	raw, flaw := m.Raw, error(nil)
	if raw == nil {
		var composed process.Composed
		if composed, flaw = s.composer.Compose(m, s.clock()); flaw == nil {
			if raw, err = s.office.FixMail(ctx, process.System(), j.Delivery, composed); err != nil {
				return fmt.Errorf("fixing the bytes of delivery %s: %w", j.Delivery, err)
			}
		}
	}
	start, err := s.office.StartSending(ctx, process.System(), j)
	if err != nil {
		return fmt.Errorf("starting attempt %d of delivery %s: %w", j.Attempt, j.Delivery, err)
	}
	if !start {
		return nil
	}
	var sent process.Sent
	if flaw != nil {
		sent = failed(fmt.Errorf("the mail could not be written: %w", flaw))
	} else {
		sent = s.submit.Submit(ctx, m.Delivery.To, raw).Planned(j.Attempt, waits)
	}
	s.log.InfoContext(ctx, "mail", "delivery", j.Delivery, "kind", m.Delivery.Kind, "attempt", j.Attempt, "state", sent.State, "reply", sent.Reply)
	return sent.Persist(ctx, s.office, j.Delivery)
}
