package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"github.com/emne/emne/process"
)

// Access holds the use cases about users, sessions and tokens. It is safe for
// concurrent use.
type Access struct {
	store     process.Store
	clock     func() time.Time
	strength  strength
	decoy     string        // the hash that unknown users' passwords are held against
	hashing   chan struct{} // one place for each hash that is being computed
	addresses *limiter
	accounts  *limiter
}

// New serves the users of a store; clock is time.Now when nil.
//
// The limits: an address has 10 attempts at once and two more a minute, an
// account 60 at once and ten more a minute. One address alone therefore cannot
// lock the user of an account out.
func New(store process.Store, clock func() time.Time) *Access {
	if clock == nil {
		clock = time.Now
	}
	a := &Access{
		store: store, clock: clock, strength: usual,
		hashing:   make(chan struct{}, min(4, runtime.GOMAXPROCS(0))),
		addresses: newLimiter(10, 30*time.Second),
		accounts:  newLimiter(60, 6*time.Second),
	}
	a.decoy = a.strength.decoy()
	return a
}

func (a *Access) now() time.Time { return a.clock().UTC().Truncate(time.Microsecond) }

func (a *Access) record() process.Record {
	now := a.now()
	return process.Record{ID: process.NewID(now), Version: 1, CreatedAt: now, UpdatedAt: now}
}

// manages refuses actors who may not manage users and tokens.
func manages(by process.Actor) error {
	switch {
	case by.May(process.MayManage):
		return nil
	case by.Kind == "":
		return unauthorized("unauthorized", "sign in or send a token first")
	}
	return process.Forbidden("the role %q does not allow this (%s)", by.Role, process.MayManage)
}

func unauthorized(reason, message string) error {
	return &process.Error{Code: process.CodeUnauthorized, Reason: reason, Message: message}
}

// note puts an activity on the timeline and a link on the audit chain.
func (a *Access) note(tx process.Tx, by process.Actor, act process.Activity) error {
	now := a.now()
	act.ID, act.At, act.Actor = process.NewID(now), now, by
	if err := tx.AddActivity(act); err != nil {
		return fmt.Errorf("note %s: %w", act.Type, err)
	}
	return a.audit(tx, by, act.Type, act.About, act)
}

func (a *Access) audit(tx process.Tx, by process.Actor, kind string, about process.Ref, what any) error {
	payload, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("note %s: %w", kind, err)
	}
	err = tx.Audit(process.AuditEntry{At: a.now(), Actor: by, Kind: kind, About: about, Payload: payload})
	if err != nil {
		return fmt.Errorf("note %s: %w", kind, err)
	}
	return nil
}

// newSecret is 32 random bytes in URL-safe base 64.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashed is what the store keeps of a secret. The secret is random, so that a
// plain hash is enough.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// each calls f for every record that the filter matches, page by page.
func each[T any](records process.Records[T], filter process.Filter, f func(*T) error) error {
	filter.Limit = process.MaxLimit
	for {
		page, next, err := records.List(filter)
		if err != nil {
			return err
		}
		for i := range page {
			if err := f(&page[i]); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		filter.Cursor = next
	}
}

// one is the record that matches, nil when there is none.
func one[T any](records process.Records[T], key, value string) (*T, error) {
	found, _, err := records.List(process.Filter{Match: map[string]string{key: value}, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
