package accesspoint

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/emne/emne/process"
)

// Office is what a sender needs of the process.
type Office interface {
	DispatchOf(ctx context.Context, a process.Actor, id string) (*process.Dispatch, error)
	StartSending(ctx context.Context, a process.Actor, j process.SendDelivery) (bool, error)
	FinishSending(ctx context.Context, a process.Actor, id string, r process.Sent) error
}

// Drop takes one e-invoice.
type Drop interface {
	Drop(ctx context.Context, d *process.Dispatch) process.Sent
}

// Nowhere is the drop of an installation without an access point.
type Nowhere struct{}

// Drop fails.
func (Nowhere) Drop(context.Context, *process.Dispatch) process.Sent {
	return process.Sent{State: "failed", Reply: "no access point is configured"}
}

// Sender carries out the job of an e-invoice's delivery.
type Sender struct {
	office Office
	drop   Drop
	log    *slog.Logger
}

// NewSender wires a sender.
func NewSender(office Office, drop Drop, log *slog.Logger) *Sender { return &Sender{office, drop, log} }

// waits are the times between attempts; after the last one it has failed. They
// cover two days: an invoice that is later than that is a person's business.
var waits = []time.Duration{
	10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Deliver hands over one e-invoice and records its outcome. An error means that
// the outcome could not be recorded; the job then runs again.
func (s *Sender) Deliver(ctx context.Context, j process.SendDelivery) error {
	d, flaw := s.office.DispatchOf(ctx, process.System(), j.Delivery)
	if flaw != nil && process.CodeOf(flaw) != process.CodeConflict {
		return fmt.Errorf("reading delivery %s: %w", j.Delivery, flaw)
	}
	start, err := s.office.StartSending(ctx, process.System(), j)
	if err != nil {
		return fmt.Errorf("starting attempt %d of delivery %s: %w", j.Attempt, j.Delivery, err)
	}
	if !start {
		return nil
	}
	sent := process.Sent{State: "failed"}
	if flaw != nil {
		sent.Reply = "the e-invoice could not be written: " + flaw.Error()
	} else {
		sent = s.drop.Drop(ctx, d).Planned(j.Attempt, waits)
	}
	s.log.InfoContext(ctx, "e-invoice", "delivery", j.Delivery, "attempt", j.Attempt, "state", sent.State, "reply", sent.Reply)
	return sent.Persist(ctx, s.office, j.Delivery)
}
