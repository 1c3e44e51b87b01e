package store

import (
	"bytes"
	"testing"

	"github.com/emne/emne/process"
)

func TestSealedIsReplacedByVersion(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *DB{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			db, ctx := open(t), t.Context()
			if data, version, err := db.Sealed(ctx, "sales"); data != nil || version != 0 || err != nil {
				t.Fatalf("at first there is %q, version %d, %v", data, version, err)
			}
			first, second := []byte{0, 1, 0xff}, []byte("second")
			for _, c := range []struct {
				data    []byte
				version int64
				code    process.Code
			}{{first, 0, ""}, {second, 0, process.CodeConflict}, {second, 2, process.CodeConflict}, {second, 1, ""}, {first, 1, process.CodeConflict}} {
				if err := db.PutSealed(ctx, "sales", c.data, c.version); (err != nil) != (c.code != "") || err != nil && process.CodeOf(err) != c.code {
					t.Errorf("replacing version %d: %v", c.version, err)
				}
			}
			if data, version, err := db.Sealed(ctx, "sales"); !bytes.Equal(data, second) || version != 2 || err != nil {
				t.Errorf("in the end there is %q, version %d, %v", data, version, err)
			}
			if _, version, err := db.Sealed(ctx, "other"); version != 0 || err != nil {
				t.Errorf("another name has version %d, %v", version, err)
			}
		})
	}
}
