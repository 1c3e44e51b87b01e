package access

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "riktig hest batteri"

// clock is a time that the test moves; each look at it takes a millisecond, so
// that what happens one after another has an order.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is an Access on a real store, with cheap hashes.
type house struct {
	*Access
	*clock
	t  *testing.T
	db *store.DB
}

func newHouse(t *testing.T) house {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	a := New(db, c.time)
	a.strength = strength{memory: 64, passes: 1, lanes: 1}
	a.decoy = a.strength.decoy()
	return house{Access: a, clock: c, t: t, db: db}
}

func (h house) user(email string, role process.Role) *process.User {
	h.t.Helper()
	u, err := h.CreateUser(h.t.Context(), process.System(), NewUser{Email: email, Name: "Kari Nordmann", Role: role, Password: password})
	if err != nil {
		h.t.Fatalf("add %s: %v", email, err)
	}
	return u
}

func (h house) signIn(email string) string {
	h.t.Helper()
	secret, _, err := h.SignIn(h.t.Context(), email, password, "192.0.2.1", "Firefox")
	if err != nil {
		h.t.Fatalf("sign in as %s: %v", email, err)
	}
	return secret
}

// history is the types of what happened to a record, oldest first.
func (h house) history(id string) string {
	h.t.Helper()
	var types []string
	err := h.db.View(h.t.Context(), func(tx process.Tx) error {
		acts, _, err := tx.Activities(process.Filter{Match: map[string]string{"about_id": id}})
		for _, act := range acts {
			types = append([]string{act.Type}, types...)
		}
		return err
	})
	if err != nil {
		h.t.Fatalf("read the timeline: %v", err)
	}
	return strings.Join(types, " ")
}

// refused holds err against a code and a reason ("" for any).
func refused(t *testing.T, what string, err error, code process.Code, reason string) {
	t.Helper()
	var e *process.Error
	if !errors.As(err, &e) || e.Code != code || reason != "" && e.Reason != reason {
		t.Errorf("%s: got %v (%s), want %s %s", what, err, process.CodeOf(err), code, reason)
	}
}

func actor(role process.Role) process.Actor {
	return process.Actor{Kind: process.ActorUser, ID: "somebody", Role: role}
}
