package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/emne/emne/process"
)

// Passwords have at least MinPassword characters and at most MaxPassword bytes.
const (
	MinPassword = 10
	MaxPassword = 256
)

const (
	saltBytes = 16
	hashBytes = 32
	// hashWait is the longest wait for a place to compute a hash.
	hashWait = 5 * time.Second
)

// strength is the cost of a hash: memory in KiB, passes and lanes.
type strength struct {
	memory uint32
	passes uint32
	lanes  uint8
}

var usual = strength{memory: 19 * 1024, passes: 2, lanes: 1}

// most bounds what a hash in the database may make us spend.
var most = strength{memory: 256 * 1024, passes: 16, lanes: 16}

func (s strength) String() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", s.memory, s.passes, s.lanes)
}

func (s strength) key(password string, salt []byte) []byte {
	// The same password comes composed from one keyboard and decomposed from
	// another (RFC 8265 section 4.1).
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, s.passes, s.memory, s.lanes, hashBytes)
}

// hash gives the PHC string: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (s strength) hash(password string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return s.phc(salt, s.key(password, salt))
}

// decoy is a hash that no password has and that takes as long to check.
func (s strength) decoy() string {
	var random [saltBytes + hashBytes]byte
	rand.Read(random[:])
	return s.phc(random[:saltBytes], random[saltBytes:])
}

func (s strength) phc(salt, hash []byte) string {
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, s, enc(salt), enc(hash))
}

// phc is a parsed PHC string.
type phc struct {
	strength
	salt, hash []byte
}

func parsePHC(text string) (phc, error) {
	var p phc
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errors.New("no argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil || p.String() != parts[3] {
		return phc{}, errors.New("unreadable parameters of a password hash")
	}
	if p.passes < 1 || p.lanes < 1 || p.memory > most.memory || p.passes > most.passes || p.lanes > most.lanes {
		return phc{}, fmt.Errorf("a password hash of %s is out of bounds", p.strength)
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return phc{}, errors.New("unreadable salt of a password hash")
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.hash) != hashBytes {
		return phc{}, errors.New("unreadable password hash")
	}
	return p, nil
}

func (p phc) matches(password string) bool {
	return subtle.ConstantTimeCompare(p.key(password, p.salt), p.hash) == 1
}

// slot waits for a place among those who compute a hash; leave gives it back.
func (a *Access) slot(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case a.hashing <- struct{}{}:
		return func() { <-a.hashing }, nil
	case <-ctx.Done():
		return nil, rateLimited("signin.busy", "too many people are signing in at this moment: try again in a minute")
	}
}

// newHash checks a new password and hashes it.
func (a *Access) newHash(ctx context.Context, password string) (string, error) {
	if problem := passwordProblem(password); problem != nil {
		return "", process.Invalid("password.invalid", "the password cannot be used", *problem)
	}
	leave, err := a.slot(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return a.strength.hash(password), nil
}

// check compares a password with a stored hash. Without a hash, or with an
// unreadable one, it takes as long and says no. weak is set when the hash is
// not of the present strength.
func (a *Access) check(ctx context.Context, stored, password string) (same, weak bool, err error) {
	leave, err := a.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	p, err := parsePHC(stored)
	known := err == nil
	if !known {
		if p, err = parsePHC(a.decoy); err != nil {
			return false, false, err
		}
	}
	same = p.matches(password)
	return same && known, p.strength != a.strength, nil
}

func passwordProblem(password string) *process.Problem {
	problem := process.Problem{Field: "password"}
	switch {
	case !utf8.ValidString(password):
		problem.Reason, problem.Message = "password.encoding", "a password is text in UTF-8"
	case utf8.RuneCountInString(norm.NFKC.String(password)) < MinPassword:
		problem.Reason = "password.short"
		problem.Message = fmt.Sprintf("a password has at least %d characters", MinPassword)
	case len(password) > MaxPassword:
		problem.Reason = "password.long"
		problem.Message = fmt.Sprintf("a password has at most %d bytes", MaxPassword)
	default:
		return nil
	}
	return &problem
}
