package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// Inspect is what the suite asks a store beside process.Store.
type Inspect interface {
	// CountJobs counts the jobs of a kind that wait or run.
	CountJobs(ctx context.Context, kind string) (int64, error)
	// CheckAudit checks the whole chain and gives the number of its links.
	CheckAudit(ctx context.Context) (int64, error)
}

// suite is one opened store and the test that uses it.
type suite struct {
	*testing.T
	process.Store
}

// Run holds a store to process.Store. open gives a new, empty one that is
// closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) process.Store) {
	for _, c := range []struct {
		name string
		test func(suite)
	}{
		{"every record keeps every field", everyField},
		{"versions", versions},
		{"unique keys", uniqueKeys},
		{"deleting", deleting},
		{"paging", paging},
		{"filters", filters},
		{"searching", searching},
		{"timeline", timeline},
		{"joining threads", joiningThreads},
		{"a mail's text is its lead's", mailTexts},
		{"documents by number", byNumber},
		{"traces of senders", traces},
		{"mails seen before", seenMails},
		{"gapless numbers", gaplessNumbers},
		{"transactions are whole", wholeTransactions},
		{"neighbours do not harm each other", neighbours},
		{"locks", locks},
		{"contexts", contexts},
		{"views only read", views},
		{"blobs", blobs},
		{"idempotency", idempotency},
		{"mailboxes", mailboxes},
		{"settings", settings},
		{"snapshots", snapshots},
		{"jobs commit with their transaction", jobs},
		{"audit chain", auditChain},
		{"issued documents stay", issuedStay},
		{"strange text", strangeText},
		{"reports equal independent sums", reports},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(suite{t, open(t)})
		})
	}
}

var background = context.Background

func (s suite) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// code wants a refusal with this code, and the reason unless it is empty.
func (s suite) code(err error, code process.Code, reason string) {
	s.Helper()
	var e *process.Error
	if !errors.As(err, &e) || e.Code != code || reason != "" && e.Reason != reason {
		s.Fatalf("got the error %v, want %s %s", err, code, reason)
	}
}

// tx runs f in a transaction that must succeed.
func (s suite) tx(f func(process.Tx) error) {
	s.Helper()
	ctx, cancel := context.WithTimeout(background(), time.Minute)
	defer cancel()
	s.ok(s.InTx(ctx, f))
}

// view reads what must be readable.
func (s suite) view(f func(process.Tx) error) {
	s.Helper()
	s.ok(s.View(background(), f))
}

func (s suite) inspect() Inspect {
	s.Helper()
	i, ok := s.Store.(Inspect)
	if !ok {
		s.Fatalf("%T cannot be inspected", s.Store)
	}
	return i
}

func lead(name string) *process.Lead {
	return &process.Lead{State: "new", Name: name, Email: "kari@example.com", Source: "form:website", Thread: "t-" + name}
}

// insertLead adds one lead in a transaction of its own.
func (s suite) insertLead(name string) *process.Lead {
	s.Helper()
	l := lead(name)
	s.tx(func(tx process.Tx) error { return tx.Leads().Insert(l) })
	return l
}
