package store

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// The log comes into the file while the store works, long before it is as long
// as the writer lets it become; nothing is missing afterwards.
func TestLogIsWrittenBackBesideTheWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emne.db")
	db, err := OpenSQLite(t.Context(), path, Options{})
	db = opened(t, db, err)
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2 * checkpointAfter / 8 {
				if err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for deadline := time.Now().Add(time.Minute); size() == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the file still has the %d bytes that it had at the start", before)
		}
	}
	if n := countLeads(t, db); n != 2*checkpointAfter {
		t.Errorf("%d leads, want %d", n, 2*checkpointAfter)
	}
}
