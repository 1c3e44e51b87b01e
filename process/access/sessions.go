package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// A session ends SessionIdle after its last use, and SessionMax after it began
// in any case.
const (
	SessionIdle = 7 * 24 * time.Hour
	SessionMax  = 90 * 24 * time.Hour
	// sessionStep is how often the use of a session is written down.
	sessionStep = 24 * time.Hour
	// maxSecret is the longest secret that is looked at, in bytes.
	maxSecret = 512
	// maxUserAgent is how much of a browser's name is kept, in bytes.
	maxUserAgent = 300
)

// SignIn opens a session for the user with the address and password, and gives
// its secret, which is for the browser's cookie alone. ip is the client's
// network address. CodeUnauthorized when they do not fit, without saying why;
// CodeRateLimited after too many attempts: see RetryAfter.
func (a *Access) SignIn(ctx context.Context, email, password, ip, userAgent string) (string, *process.User, error) {
	user, weak, err := a.authenticate(ctx, email, password, ip)
	if err != nil {
		return "", nil, err
	}
	checked := user.PasswordHash
	renewed := checked
	if weak {
		if renewed, err = a.newHash(ctx, password); err != nil {
			renewed = checked // an old password may be too short by now
		}
	}
	secret := newSecret()
	err = a.store.InTx(ctx, func(tx process.Tx) (err error) {
		if user, err = tx.Users().Get(user.ID); err != nil {
			return err
		}
		if user.State != StateActive || user.PasswordHash != checked {
			return refusedSignIn()
		}
		if renewed != checked {
			user.PasswordHash, user.UpdatedAt = renewed, a.now()
			if err := tx.Users().Update(user); err != nil {
				return err
			}
		}
		session := &process.Session{
			Record: a.record(), TokenHash: hashed(secret), User: user.ID, ExpiresAt: a.now().Add(SessionIdle),
			Address: ip, UserAgent: cut(userAgent, maxUserAgent),
		}
		if err := tx.Sessions().Insert(session); err != nil {
			return err
		}
		return a.audit(tx, actorOf(user), "user.signed_in", ref(user), map[string]string{"address": ip})
	})
	if err != nil {
		return "", nil, fmt.Errorf("sign in: %w", err)
	}
	return secret, user, nil
}

// authenticate finds the active user with the address and password.
func (a *Access) authenticate(ctx context.Context, email, password, ip string) (user *process.User, weak bool, err error) {
	address, account := network(ip), hashed(normalEmail(email))
	if !a.addresses.take(address, a.now()) || !a.accounts.take(account, a.now()) {
		return nil, false, rateLimited("signin.rate_limited", "too many attempts to sign in: try again in a minute")
	}
	if len(password) > MaxPassword {
		return nil, false, refusedSignIn()
	}
	if user, err = a.byEmail(ctx, email); err != nil {
		return nil, false, err
	}
	stored := ""
	if user != nil && user.State == StateActive {
		stored = user.PasswordHash
	}
	same, weak, err := a.check(ctx, stored, password)
	if err != nil {
		return nil, false, err
	}
	if !same {
		return nil, false, refusedSignIn()
	}
	a.addresses.giveBack(address)
	a.accounts.giveBack(account)
	return user, weak, nil
}

func refusedSignIn() error {
	return unauthorized("signin.refused", "the e-mail address or the password is wrong")
}

// SessionActor is who a session's secret belongs to; CodeUnauthorized when the
// session is over.
func (a *Access) SessionActor(ctx context.Context, secret string) (process.Actor, *process.User, error) {
	over := unauthorized("session.over", "the session is over: sign in again")
	if secret == "" || len(secret) > maxSecret {
		return process.Actor{}, nil, over
	}
	var session *process.Session
	var user *process.User
	err := a.store.View(ctx, func(tx process.Tx) (err error) {
		if session, err = one(tx.Sessions(), "token_hash", hashed(secret)); err != nil {
			return err
		}
		if session == nil {
			return over
		}
		user, err = tx.Users().Get(session.User)
		return err
	})
	if err != nil {
		return process.Actor{}, nil, fmt.Errorf("find the session: %w", err)
	}
	now := a.now()
	if user.State != StateActive || !now.Before(session.ExpiresAt) || !now.Before(session.CreatedAt.Add(SessionMax)) {
		return process.Actor{}, nil, over
	}
	if session.ExpiresAt.Sub(now) < SessionIdle-sessionStep {
		if err := a.prolong(ctx, session.ID); err != nil {
			return process.Actor{}, nil, fmt.Errorf("prolong the session: %w", err)
		}
	}
	return actorOf(user), user, nil
}

// prolong writes down that a session is used; one that was ended meanwhile
// stays ended.
func (a *Access) prolong(ctx context.Context, id string) error {
	err := a.store.InTx(ctx, func(tx process.Tx) error {
		session, err := tx.Sessions().Get(id)
		if err != nil {
			return err
		}
		session.ExpiresAt, session.UpdatedAt = a.now().Add(SessionIdle), a.now()
		return tx.Sessions().Update(session)
	})
	if code := process.CodeOf(err); code == process.CodeNotFound || code == process.CodeConflict {
		return nil
	}
	return err
}

// SignOut ends a session; one that is over already is fine.
func (a *Access) SignOut(ctx context.Context, secret string) error {
	err := a.store.InTx(ctx, func(tx process.Tx) error {
		session, err := one(tx.Sessions(), "token_hash", hashed(secret))
		if err != nil || session == nil {
			return err
		}
		return tx.Sessions().Delete(session.ID, session.Version)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sweep deletes the sessions that are over and says how many they were.
func (a *Access) Sweep(ctx context.Context) (int, error) {
	now := a.now()
	var swept int
	err := a.store.InTx(ctx, func(tx process.Tx) error {
		swept = 0
		var over []process.Session
		err := each(tx.Sessions(), process.Filter{}, func(s *process.Session) error {
			if !now.Before(s.ExpiresAt) || !now.Before(s.CreatedAt.Add(SessionMax)) {
				over = append(over, *s)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, s := range over {
			if err := tx.Sessions().Delete(s.ID, s.Version); err != nil {
				return err
			}
			swept++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sweep the sessions: %w", err)
	}
	return swept, nil
}

func endSessions(tx process.Tx, user string) error {
	var open []process.Session
	err := each(tx.Sessions(), process.Filter{Match: map[string]string{"user": user}}, func(s *process.Session) error {
		open = append(open, *s)
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range open {
		if err := tx.Sessions().Delete(s.ID, s.Version); err != nil {
			return err
		}
	}
	return nil
}

func actorOf(u *process.User) process.Actor {
	return process.Actor{Kind: process.ActorUser, ID: u.ID, Name: u.Name, Role: u.Role, Channel: "console"}
}

// cut keeps the first n bytes, as valid text.
func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(n, len(s))], "") }
