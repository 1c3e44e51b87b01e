package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// tokenPrefix makes a lost token easy to find and to name.
const tokenPrefix = "emne_"

// CreateToken lets a program in with a role, until expires when given. The
// secret is shown this once.
func (a *Access) CreateToken(ctx context.Context, by process.Actor, name string, role process.Role, expires *time.Time) (string, *process.Token, error) {
	if err := manages(by); err != nil {
		return "", nil, err
	}
	if expires != nil && !a.now().Before(*expires) {
		return "", nil, process.Invalid("token.invalid", "the token cannot be made like this",
			process.Problem{Field: "expires_at", Reason: "token.expiry", Message: "a token ends in the future"})
	}
	secret := tokenPrefix + newSecret()
	token, err := a.newToken(name, role, secret)
	if err != nil {
		return "", nil, err
	}
	token.ExpiresAt = expires
	err = a.store.InTx(ctx, func(tx process.Tx) error { return a.insertToken(tx, by, token) })
	if err != nil {
		return "", nil, fmt.Errorf("make the token: %w", err)
	}
	return secret, token, nil
}

// EnsureToken makes the secret, and no other, the one of the token that the
// system itself keeps under a name.
func (a *Access) EnsureToken(ctx context.Context, name, secret string, role process.Role) (*process.Token, error) {
	by := process.System()
	wanted, err := a.newToken(name, role, secret)
	if err != nil {
		return nil, err
	}
	token := wanted
	err = a.store.InTx(ctx, func(tx process.Tx) error {
		token = wanted
		var others []process.Token
		err := each(tx.Tokens(), process.Filter{}, func(t *process.Token) error {
			if t.TokenHash == wanted.TokenHash {
				kept := *t
				token = &kept
			} else if t.Name == wanted.Name && t.State == StateActive {
				others = append(others, *t)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range others {
			if err := a.revoke(tx, by, &others[i]); err != nil {
				return err
			}
		}
		if token == wanted {
			return a.insertToken(tx, by, token)
		}
		if token.Name == wanted.Name && token.Role == role && token.State == StateActive && token.ExpiresAt == nil {
			return nil
		}
		from := token.State
		token.Name, token.Role, token.State, token.ExpiresAt, token.UpdatedAt = wanted.Name, role, StateActive, nil, a.now()
		if err := tx.Tokens().Update(token); err != nil {
			return err
		}
		return a.note(tx, by, tokenActivity("token.renewed", token, from))
	})
	if err != nil {
		return nil, fmt.Errorf("ensure the token %q: %w", name, err)
	}
	return token, nil
}

func (a *Access) newToken(name string, role process.Role, secret string) (*process.Token, error) {
	name = strings.TrimSpace(name)
	var ps []process.Problem
	if name == "" || len(name) > 200 {
		ps = append(ps, process.Problem{Field: "name", Reason: "token.name", Message: "a token has a name of at most 200 bytes"})
	}
	if !knownRole(role) {
		ps = append(ps, roleProblem)
	}
	if secret == "" || len(secret) > maxSecret || strings.ContainsAny(secret, " \t\r\n") {
		ps = append(ps, process.Problem{Field: "secret", Reason: "token.secret", Message: "a token's secret is one word"})
	}
	if len(ps) > 0 {
		return nil, process.Invalid("token.invalid", "the token cannot be made like this", ps...)
	}
	return &process.Token{Record: a.record(), State: StateActive, TokenHash: hashed(secret), Name: name, Role: role}, nil
}

func (a *Access) insertToken(tx process.Tx, by process.Actor, token *process.Token) error {
	if err := tx.Tokens().Insert(token); err != nil {
		return err
	}
	return a.note(tx, by, tokenActivity("token.created", token, ""))
}

// RevokeToken shuts a token out for good.
func (a *Access) RevokeToken(ctx context.Context, by process.Actor, id string) (*process.Token, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	var token *process.Token
	err := a.store.InTx(ctx, func(tx process.Tx) (err error) {
		if token, err = tx.Tokens().Get(id); err != nil || token.State == StateRevoked {
			return err
		}
		return a.revoke(tx, by, token)
	})
	if err != nil {
		return nil, fmt.Errorf("revoke the token: %w", err)
	}
	return token, nil
}

func (a *Access) revoke(tx process.Tx, by process.Actor, token *process.Token) error {
	from := token.State
	token.State, token.UpdatedAt = StateRevoked, a.now()
	if err := tx.Tokens().Update(token); err != nil {
		return err
	}
	return a.note(tx, by, tokenActivity("token.revoked", token, from))
}

// Tokens lists all tokens, newest first.
func (a *Access) Tokens(ctx context.Context, by process.Actor) ([]process.Token, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	var tokens []process.Token
	err := a.store.View(ctx, func(tx process.Tx) error {
		tokens = nil
		return each(tx.Tokens(), process.Filter{}, func(t *process.Token) error {
			tokens = append(tokens, *t)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the tokens: %w", err)
	}
	return tokens, nil
}

// TokenActor is whom a bearer token lets in; CodeUnauthorized when it is
// unknown, revoked or past its end.
func (a *Access) TokenActor(ctx context.Context, bearer string) (process.Actor, error) {
	refused := unauthorized("token.refused", "the token is unknown, revoked or past its end")
	if bearer == "" || len(bearer) > maxSecret {
		return process.Actor{}, refused
	}
	var token *process.Token
	err := a.store.View(ctx, func(tx process.Tx) (err error) {
		token, err = one(tx.Tokens(), "token_hash", hashed(bearer))
		return err
	})
	if err != nil {
		return process.Actor{}, fmt.Errorf("find the token: %w", err)
	}
	if token == nil || token.State != StateActive || token.ExpiresAt != nil && !a.now().Before(*token.ExpiresAt) {
		return process.Actor{}, refused
	}
	return process.Actor{Kind: process.ActorToken, ID: token.ID, Name: token.Name, Role: token.Role, Channel: "api"}, nil
}

func tokenActivity(kind string, t *process.Token, from string) process.Activity {
	return process.Activity{
		Type: kind, About: process.Ref{Type: process.TypeToken, ID: t.ID}, From: from, To: t.State,
		Data: map[string]string{"name": t.Name, "role": string(t.Role)},
	}
}
