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
	_, domain, ok := strings.Cut(from, "@")
	if !ok {
		domain = "localhost"
	}
	return &Sender{office, composer, submit, domain, clock, log}
}

// waits are the times between attempts; after the last one the mail has failed.
// They cover two days, as RFC 5321 section 4.5.4.1 recommends at least.
var waits = []time.Duration{
	10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// finishTime bounds recording an outcome, which must not be lost when the
// process is asked to stop.
const finishTime = 30 * time.Second

// Deliver sends one mail and records its outcome. An error means that the
// outcome could not be recorded; the job then runs again.
func (s *Sender) Deliver(ctx context.Context, j process.SendDelivery) error {
	sys, delivery := process.System(), j.Delivery
	m, err := s.office.MailOf(ctx, sys, delivery, s.domain)
	if err != nil {
		return fmt.Errorf("reading delivery %s: %w", delivery, err)
	}
	raw := m.Raw
	if raw == nil {
		composed, err := s.composer.Compose(m, s.clock())
		if err != nil {
			return fmt.Errorf("delivery %s: %w", delivery, err)
		}
		if raw, err = s.office.FixMail(ctx, sys, delivery, composed); err != nil {
			return fmt.Errorf("fixing the bytes of delivery %s: %w", delivery, err)
		}
	}
	start, err := s.office.StartSending(ctx, sys, j)
	if err != nil || !start {
		return err
	}
	sent := s.submit.Submit(ctx, m.Delivery.To, raw)
	if sent.State == "retrying" {
		attempt := m.Delivery.Attempts
		if attempt >= len(waits) {
			sent.State = "failed"
		} else {
			sent.RetryAfter = waits[attempt]
		}
	}
	s.log.InfoContext(ctx, "mail", "delivery", delivery, "kind", m.Delivery.Kind, "state", sent.State, "reply", sent.Reply)
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	return s.office.FinishSending(finish, sys, delivery, sent)
}
