package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// However many changes are under way or wait for each other, what is read and
// the job queue's own upkeep do not stand behind them.
func TestReadingDoesNotWaitForChanges(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	db, err := OpenPostgres(ctx, storetest.Postgres(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const changes = 2 * connections
	given, release := errors.New("given up"), make(chan struct{})
	var work sync.WaitGroup
	begun := make(chan struct{}, changes)
	for range changes {
		work.Go(func() {
			err := db.InTx(ctx, func(process.Tx) error {
				begun <- struct{}{}
				<-release
				return given
			})
			if !errors.Is(err, given) {
				t.Error(err)
			}
		})
	}
	defer work.Wait()
	defer close(release)
	for range connections {
		<-begun
	}
	if err := db.View(ctx, func(tx process.Tx) error { _, _, err := tx.Leads().List(process.Filter{Limit: 1}); return err }); err != nil {
		t.Errorf("reading: %v", err)
	}
	if err := db.JobDriver().Postgres.GetExecutor().Exec(ctx, "SELECT 1"); err != nil {
		t.Errorf("the job queue: %v", err)
	}
}
