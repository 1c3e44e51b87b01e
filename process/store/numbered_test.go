package store

import (
	"fmt"
	"strings"
	"testing"
)

func TestNumbered(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT $2, $1":                 "SELECT ?2, ?1",
		"SELECT $10||$1":                "SELECT ?10||?1",
		"SELECT '$1', $1":               "SELECT '$1', ?1",
		"SELECT 'it''s $1', $2":         "SELECT 'it''s $1', ?2",
		`SELECT "$1" FROM t WHERE a=$1`: `SELECT "$1" FROM t WHERE a=?1`,
		"json_extract(args, '$.x')":     "json_extract(args, '$.x')",
		"SELECT $.x, $[0], $name":       "SELECT $.x, $[0], $name",
		"SELECT 1 -- $1\n, $1":          "SELECT 1 -- $1\n, ?1",
		"SELECT /* $1 */ $1":            "SELECT /* $1 */ ?1",
		"SELECT '$1":                    "SELECT '$1",
		"/*$1":                          "/*$1",
		"$":                             "$",
		"SELECT a FROM t WHERE a = $1 AND b < $2 ORDER BY a LIMIT $3": "SELECT a FROM t WHERE a = +?1 AND b < ?2 ORDER BY a LIMIT +?3",
		"SELECT 'æøå $1' || $1 || 'Ø'":                                "SELECT 'æøå $1' || ?1 || 'Ø'",
		"UPDATE t SET a=$3 WHERE b=$1 AND c=$2":                       "UPDATE t SET a=?3 WHERE b=?1 AND c=?2",
	} {
		if got := numbered(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	r := newRewrites()
	for i := range maxRewrites + 10 {
		q := fmt.Sprintf("SELECT $1, %d", i)
		if got := r.of(q); got != strings.Replace(q, "$", "?", 1) || r.of(q) != got {
			t.Fatalf("%q became %q", q, got)
		}
	}
	if len(r.texts) > maxRewrites {
		t.Errorf("%d texts are remembered", len(r.texts))
	}
}

// FuzzNumbered holds that nothing but the sign before a number changes, and a
// plus before that.
func FuzzNumbered(f *testing.F) {
	f.Add("SELECT $1, '$2', -- $3\n /* $4 */ $5")
	f.Add("'")
	f.Fuzz(func(t *testing.T, q string) {
		got := strings.NewReplacer("= +?", "= ?", "LIMIT +?", "LIMIT ?").Replace(numbered(strings.ReplaceAll(q, "+?", "")))
		q = strings.ReplaceAll(q, "+?", "")
		if len(got) != len(q) {
			t.Fatalf("%q became %q", q, got)
		}
		for i := range len(q) {
			if got[i] != q[i] && (q[i] != '$' || got[i] != '?') {
				t.Fatalf("%q became %q", q, got)
			}
		}
	})
}

// A lookup by a key and its page use the index of the key, in its order, also
// with the plus that keeps SQLite from planning anew.
func TestLookupKeepsItsIndex(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	var plan []string
	if err := db.view(t.Context(), func(tx *txn) error {
		return tx.each("EXPLAIN QUERY PLAN SELECT id FROM lead WHERE email = $1 ORDER BY id DESC LIMIT $2", []any{"a", int64(2)}, func(scan func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
	}); err != nil || len(plan) != 1 || !strings.Contains(plan[0], "INDEX lead_email (email=?)") {
		t.Errorf("the plan is %q, %v", plan, err)
	}
}

// The arguments of a statement are those of their numbers on both engines,
// also when $2 stands before $1.
func TestArgumentsByNumber(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *DB) {
		var got string
		err := db.view(t.Context(), func(tx *txn) error {
			_, err := tx.row("SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || '$1' || CAST($2 AS TEXT)", []any{"a", "b"}, &got)
			return err
		})
		if err != nil || got != "ba$1b" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
