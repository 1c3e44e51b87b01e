package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func TestAssign(t *testing.T) {
	type named string
	var text string
	var kind named
	var number int
	var big int64
	var small int8
	var count uint
	var is bool
	var bytes []byte
	var maybe *string
	var float float64
	var anything any
	var null sql.NullString
	for _, c := range []struct {
		dest any
		v    any
		fail string
	}{
		{&text, "a", ""}, {&kind, "b", ""}, {&number, int64(3), ""}, {&big, int64(4), ""}, {&is, int64(1), ""}, {&count, int64(5), ""},
		{&bytes, []byte("c"), ""}, {&bytes, "d", ""}, {&bytes, nil, ""}, {&maybe, "e", ""}, {&float, 1.5, ""}, {&anything, int64(6), ""}, {&null, nil, ""},
		{&text, nil, "<nil> does not go into *string"}, {&text, int64(1), "int64 does not go"}, {&number, "1", "string does not go"},
		{&small, int64(1000), "does not go"}, {&count, int64(-1), "does not go"}, {&is, int64(2), "does not go"}, {text, "a", "nothing can be put"},
	} {
		err := assign(c.dest, c.v)
		if (err == nil) != (c.fail == "") || err != nil && !strings.Contains(err.Error(), c.fail) {
			t.Errorf("%v into %T: %v, want %q", c.v, c.dest, err, c.fail)
		}
	}
	if text != "a" || kind != "b" || number != 3 || big != 4 || !is || count != 5 || bytes != nil || *maybe != "e" || float != 1.5 || anything != int64(6) {
		t.Error(text, kind, number, big, is, count, bytes, maybe, float, anything)
	}
	if err := assign(&maybe, nil); err != nil || maybe != nil {
		t.Error(maybe, err)
	}
	if err := assignAll([]any{&text}, nil); err == nil {
		t.Error("a column too few was taken")
	}
}

// A part that takes too long ends at its next statement, and leaves nothing.
func TestPartHasADeadline(t *testing.T) {
	t.Parallel()
	db := openSQLite(t)
	err := db.InTx(context.Background(), func(tx process.Tx) error {
		p := tx.(*txn)
		if err := add(p); err != nil {
			return err
		}
		p.until = time.Now().Add(-time.Second)
		return add(p)
	})
	if !errors.Is(err, errTooLong) || countLeads(t, db) != 0 {
		t.Errorf("%v, and %d leads", err, countLeads(t, db))
	}
	if err := db.InTx(context.Background(), func(tx process.Tx) error { return add(tx.(*txn)) }); err != nil || countLeads(t, db) != 1 {
		t.Errorf("afterwards: %v, and %d leads", err, countLeads(t, db))
	}
}
