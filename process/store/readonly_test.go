package store

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

func TestInspect(t *testing.T) {
	t.Parallel()
	file, url := filepath.Join(t.TempDir(), "emne.db"), storetest.Postgres(t)
	writer, err := OpenSQLite(t.Context(), file, Options{})
	writing := map[string]*DB{"sqlite": opened(t, writer, err)}
	writer, err = OpenPostgres(t.Context(), url, Options{})
	writing["postgres"] = opened(t, writer, err)
	inspect := func(engine string) (*DB, error) {
		if engine == "sqlite" {
			return InspectSQLite(t.Context(), file, Options{})
		}
		return InspectPostgres(t.Context(), url, Options{})
	}
	for engine, w := range writing {
		sound(t, w)
		db, err := inspect(engine)
		db = opened(t, db, err)
		if r, err := db.Verify(t.Context()); err != nil || len(r.Violations) != 0 {
			t.Errorf("%s: %+v, %v", engine, r, err)
		}
		if err := db.InTx(t.Context(), func(process.Tx) error { return nil }); err == nil {
			t.Errorf("%s: a store that was opened to be looked at was written", engine)
		}
		if _, err := w.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)", true); err != nil {
			t.Fatal(err)
		}
		if other, err := inspect(engine); err == nil || !strings.Contains(err.Error(), "version 9999") {
			t.Errorf("%s: tables of another version: %v %v", engine, other, err)
		}
	}
	if _, err := InspectSQLite(t.Context(), filepath.Join(t.TempDir(), "none.db"), Options{}); err == nil {
		t.Error("a file that does not exist was opened")
	}
}
