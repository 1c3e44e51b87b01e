package process

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Planned says when attempt number n, counted from 1, is followed by another:
// after waits[n-1], or later when the receiver asked for that. Past the last of
// the waits the delivery has failed. Outcomes other than retrying stay as they are.
func (s Sent) Planned(n int, waits []time.Duration) Sent {
	if s.State != "retrying" {
		return s
	}
	if n > len(waits) {
		return Sent{State: "failed", Reply: fmt.Sprintf("given up after %d attempts: %s", n, s.Reply)}
	}
	s.RetryAfter = max(s.RetryAfter, waits[max(n, 1)-1])
	return s
}

// Outcomes records what became of an attempt to send.
type Outcomes interface {
	FinishSending(ctx context.Context, a Actor, delivery string, s Sent) error
}

// outcomeTime bounds recording an outcome. It must not be lost when the process
// is asked to stop, nor when the database is busy: the document would go out twice.
const outcomeTime = 30 * time.Second

// Persist records an outcome, again and again for half a minute, also when ctx ends.
func (s Sent) Persist(ctx context.Context, o Outcomes, delivery string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTime)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := o.FinishSending(ctx, System(), delivery, s)
		if err == nil {
			return nil
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return fmt.Errorf("recording that delivery %s is %s: %w", delivery, s.State, errors.Join(err, ctx.Err()))
		}
	}
}
