package main

import (
	"context"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/jobs"
)

// schedules are the things that the clock says to an installation.
func (h *house) schedules() []jobs.Schedule {
	return []jobs.Schedule{
		{Name: "sweep_sessions", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.access.Sweep(ctx)
			return err
		}},
		{Name: "digest", When: jobs.Every(10 * time.Minute), Do: h.service.SendDigests},
		{Name: "quote_follow_ups", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.service.FollowUpQuotes(ctx, process.System())
			return err
		}},
		{Name: "sweep_blobs", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.store.SweepBlobs(ctx)
			return err
		}},
		{Name: "invoice_subscriptions", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.service.InvoiceSubscriptions(ctx)
			return err
		}},
		{Name: "draft_hours", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.service.DraftMonthlyHours(ctx)
			return err
		}},
		{Name: "remind_due", When: jobs.Every(time.Hour), Do: func(ctx context.Context) error {
			_, err := h.service.RemindDue(ctx)
			return err
		}},
	}
}
