package jobs

import (
	"context"
	"fmt"

	"time"

	"github.com/riverqueue/river"
	"github.com/robfig/cron/v3"
)

// Every is a schedule without a calendar, counted from the start.
func Every(d time.Duration) cron.Schedule { return cron.Every(d) }

// tick is one time of a schedule.
type tick struct {
	Schedule string `json:"schedule"`
}

func (tick) Kind() string { return "tick" }

// tickAttempts bounds the tries of one time: the next time comes anyway.
const tickAttempts = 3

func periodic(schedules []Schedule) []*river.PeriodicJob {
	jobs := make([]*river.PeriodicJob, len(schedules))
	for i, s := range schedules {
		jobs[i] = river.NewPeriodicJob(s.When, func() (river.JobArgs, *river.InsertOpts) {
			return tick{s.Name}, &river.InsertOpts{MaxAttempts: tickAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true}}
		}, &river.PeriodicJobOpts{ID: s.Name})
	}
	return jobs
}

func scheduled(schedules []Schedule) func(context.Context, *river.Job[tick]) error {
	do := make(map[string]func(context.Context) error, len(schedules))
	for _, s := range schedules {
		do[s.Name] = s.Do
	}
	return func(ctx context.Context, j *river.Job[tick]) error {
		f, ok := do[j.Args.Schedule]
		if !ok {
			return river.JobCancel(fmt.Errorf("there is no schedule %q any more", j.Args.Schedule))
		}
		return f(ctx)
	}
}
