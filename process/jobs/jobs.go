package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/robfig/cron/v3"

	"database/sql"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// Deliverer sends one mail, or one e-invoice, and records its outcome.
type Deliverer interface {
	Deliver(ctx context.Context, j process.SendDelivery) error
}

// Filer maps one stored submission and records what it became.
type Filer interface {
	File(ctx context.Context, submission string) error
}

// RuleRunner carries out the rules that an activity set off.
type RuleRunner interface {
	RunRules(ctx context.Context, j process.RunRules) error
}

// Schedule is something that the clock says.
type Schedule struct {
	// Name is stable: it tells the schedules apart in the database.
	Name string
	When cron.Schedule
	Do   func(ctx context.Context) error
}

// Options are what a Runner needs.
type Options struct {
	// Worker names this instance; after a restart it takes its own jobs back.
	Worker string
	// Workers is how many jobs run at once; 10 when zero.
	Workers   int
	Deliverer Deliverer
	// EInvoices delivers what goes to the access point; nil when nothing does.
	EInvoices Deliverer
	Filer     Filer
	Rules     RuleRunner
	Schedules []Schedule
	Logger    *slog.Logger
}

// The waits. A fetch happens at most once a cooldown, so that the throughput is
// bounded by workers / cooldown; SQLite has no notifications and is polled.
const (
	fetchCooldown = 5 * time.Millisecond
	pollInterval  = 100 * time.Millisecond
	jobTimeout    = 5 * time.Minute
	rescueAfter   = 6 * time.Minute
	softStop      = 10 * time.Second
)

// client is what both instances of River's generic client have in common.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// Runner runs the jobs of one process.
type Runner struct {
	db     *store.DB
	client client
	worker string
	log    *slog.Logger
}

// New prepares a runner on the store's own connections.
func New(db *store.DB, o Options) (*Runner, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Workers == 0 {
		o.Workers = 10
	}
	o.Worker = workerID(o.Worker)
	workers := river.NewWorkers()
	err := errors.Join(
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[process.SendDelivery]) error {
			if j.Args.Channel == process.KindEInvoice && o.EInvoices != nil {
				return o.EInvoices.Deliver(ctx, j.Args)
			}
			return o.Deliverer.Deliver(ctx, j.Args)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[process.FileSubmission]) error {
			return o.Filer.File(ctx, j.Args.Submission)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[process.RunRules]) error {
			return o.Rules.RunRules(ctx, j.Args)
		})),
		river.AddWorkerSafely(workers, river.WorkFunc(scheduled(o.Schedules))),
	)
	if err != nil {
		return nil, fmt.Errorf("registering the jobs: %w", err)
	}
	cfg := &river.Config{
		ID:                   o.Worker,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Workers}},
		Workers:              workers,
		PeriodicJobs:         periodic(o.Schedules),
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    pollInterval,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		Logger:               o.Logger,
	}
	r := &Runner{db: db, worker: o.Worker, log: o.Logger}
	d := db.JobDriver()
	if d.SQLite != nil {
		var c *river.Client[*sql.Tx]
		c, err = river.NewClient(d.SQLite, cfg)
		r.client = c
	} else {
		var c *river.Client[pgx.Tx]
		c, err = river.NewClient(d.Postgres, cfg)
		r.client = c
	}
	if err != nil {
		return nil, fmt.Errorf("preparing the job runner: %w", err)
	}
	return r, nil
}

// maxWorkerID is how long River lets the name of an instance be.
const maxWorkerID = 100

// workerID is a name that River takes: a longer one becomes its hash.
func workerID(name string) string {
	if len(name) <= maxWorkerID {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// Start takes back this worker's own unfinished jobs and begins to work.
func (r *Runner) Start(ctx context.Context) error {
	n, err := r.db.ResetJobs(ctx, r.worker)
	if err != nil {
		return err
	}
	if n > 0 {
		r.log.InfoContext(ctx, "took back jobs of an earlier run", "jobs", n)
	}
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the job runner: %w", err)
	}
	return nil
}

// Stop lets running jobs end, and cuts them off when they take too long; they
// run again at the next start.
func (r *Runner) Stop(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, softStop)
	defer cancel()
	err := r.client.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = r.client.StopAndCancel(ctx)
	}
	if err != nil {
		return fmt.Errorf("stopping the job runner: %w", err)
	}
	return nil
}
