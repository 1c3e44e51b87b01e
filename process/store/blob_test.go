package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

func TestSweepBlobs(t *testing.T) {
	t.Parallel()
	now := time.Now()
	o := Options{Clock: func() time.Time { return now }}
	lite, err := OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), o)
	lite = opened(t, lite, err)
	pg, err := OpenPostgres(t.Context(), storetest.Postgres(t), o)
	pg = opened(t, pg, err)
	noise := make([]byte, 3*chunkSize)
	rand.Read(noise)
	for _, db := range []*DB{lite, pg} {
		now = time.Now()
		kept, orphan := process.NewBlob(noise), process.NewBlob(noise[1:])
		keep := func(b *process.Blob) {
			t.Helper()
			if err := db.InTx(t.Context(), func(tx process.Tx) error { return tx.KeepBlob(b) }); err != nil {
				t.Fatal(err)
			}
			if got, err := db.Blob(t.Context(), b.SHA256); err != nil || !bytes.Equal(got, b.Data) {
				t.Errorf("%s: %d bytes came back, %v", db.engine, len(got), err)
			}
		}
		for _, b := range []*process.Blob{kept, orphan} {
			if err := db.StageBlob(t.Context(), b); err != nil || !b.Staged {
				t.Fatalf("%s: staging: %v", db.engine, err)
			}
		}
		keep(kept)
		// A crash in the middle of staging leaves chunks that nobody completes.
		if err := db.InTx(t.Context(), func(tx process.Tx) error {
			if _, err := tx.(*txn).exec(insertBlob, "half", orphan.SHA256, orphan.Size, "", 0, 0, now.UnixMicro()); err != nil {
				return err
			}
			return tx.(*txn).insertChunk("half", 0, noise[:10])
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := db.SweepBlobs(t.Context()); err != nil || n != 0 {
			t.Errorf("%s: at once %d were swept, %v", db.engine, n, err)
		}
		now = now.Add(2 * orphanAge)
		if n, err := db.SweepBlobs(t.Context()); err != nil || n != 2 {
			t.Errorf("%s: %d were swept, %v", db.engine, n, err)
		}
		chunks := 0
		if err := db.view(context.Background(), func(tx *txn) error {
			_, err := tx.row("SELECT count(*) FROM blob_chunk", nil, &chunks)
			return err
		}); err != nil || chunks != 3 {
			t.Errorf("%s: %d chunks are left, %v", db.engine, chunks, err)
		}
		keep(orphan) // it was swept too early, and is stored again from its bytes
	}
}

// A large blob is staged in pieces: beside its bytes, which the caller has, it
// takes a few MiB of memory, whatever its size.
func TestStagingTakesLittleMemory(t *testing.T) {
	db := openSQLite(t)
	noise := make([]byte, 18<<20)
	rand.Read(noise)
	text := bytes.Repeat([]byte("We need a quote for twelve windows and two doors.\r\n"), 18<<20/51)
	for name, data := range map[string][]byte{"noise": noise, "text": text, "to the byte": noise[:4*chunkSize], "one more": noise[1 : 2+4*chunkSize]} {
		b := process.NewBlob(data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := db.StageBlob(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 12<<20 {
			t.Errorf("%s: staging %d MiB took %d MiB", name, len(data)>>20, took>>20)
		}
		if err := db.InTx(t.Context(), func(tx process.Tx) error { return tx.KeepBlob(b) }); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Blob(t.Context(), b.SHA256); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
		}
	}
	var encodings string
	if err := db.view(t.Context(), func(tx *txn) error {
		_, err := tx.row("SELECT group_concat(encoding, ',') FROM (SELECT encoding FROM blob ORDER BY size DESC, sha256)", nil, &encodings)
		return err
	}); err != nil || strings.Count(encodings, "zstd") != 1 || strings.Count(encodings, ",") != 3 {
		t.Errorf("the encodings are %q, %v", encodings, err)
	}
}

// What was committed is there after a restart, and the file is its owner's alone.
func TestReopen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "emne.db")
	t.Cleanup(func() {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info, err)
		}
	})
	for want := range 3 {
		db, err := OpenSQLite(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := countLeads(t, db); n != want {
			t.Errorf("%d leads, want %d", n, want)
		}
		if err := db.InTx(t.Context(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
