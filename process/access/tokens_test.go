package access

import (
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func TestTokens(t *testing.T) {
	h := newHouse(t)
	expires := h.time().Add(time.Hour)
	secret, token, err := h.CreateToken(t.Context(), actor(process.RoleOwner), " website ", process.RoleSales, &expires)
	if err != nil || !strings.HasPrefix(secret, "emne_") || len(secret) != 48 || token.TokenHash != hashed(secret) || token.Name != "website" {
		t.Fatalf("make a token: %q, %+v, %v", secret, token, err)
	}
	who, err := h.TokenActor(t.Context(), secret)
	if err != nil || who != (process.Actor{Kind: process.ActorToken, ID: token.ID, Name: "website", Role: process.RoleSales, Channel: "api"}) {
		t.Errorf("the token's actor is %+v (%v)", who, err)
	}
	h.pass(time.Hour)
	_, err = h.TokenActor(t.Context(), secret)
	refused(t, "after its end", err, process.CodeUnauthorized, "token.refused")
	for _, bad := range []string{"", "emne_", token.TokenHash, strings.Repeat("x", 1000)} {
		_, err = h.TokenActor(t.Context(), bad)
		refused(t, "a wrong token", err, process.CodeUnauthorized, "token.refused")
	}

	secret, token, err = h.CreateToken(t.Context(), process.System(), "cli", process.RoleOwner, nil)
	if err != nil {
		t.Fatalf("make a token: %v", err)
	}
	for range 2 {
		if revoked, err := h.RevokeToken(t.Context(), process.System(), token.ID); err != nil || revoked.State != StateRevoked {
			t.Errorf("revoke: %+v, %v", revoked, err)
		}
	}
	_, err = h.TokenActor(t.Context(), secret)
	refused(t, "a revoked token", err, process.CodeUnauthorized, "token.refused")
	if got := h.history(token.ID); got != "token.created token.revoked" {
		t.Errorf("the timeline has %q", got)
	}
	if tokens, err := h.Tokens(t.Context(), process.System()); err != nil || len(tokens) != 2 {
		t.Errorf("the tokens are %v (%v), want two", tokens, err)
	}

	past := h.time()
	_, _, err = h.CreateToken(t.Context(), process.System(), "late", process.RoleSales, &past)
	refused(t, "a token that has ended", err, process.CodeInvalid, "token.invalid")
	_, _, err = h.CreateToken(t.Context(), process.System(), "", process.RoleSales, nil)
	refused(t, "a token without a name", err, process.CodeInvalid, "token.invalid")
	_, _, err = h.CreateToken(t.Context(), process.System(), "king", "king", nil)
	refused(t, "a token with no role", err, process.CodeInvalid, "token.invalid")
	_, _, err = h.CreateToken(t.Context(), who, "more", process.RoleOwner, nil)
	refused(t, "a token of sales makes an owner's", err, process.CodeForbidden, "")
	_, err = h.RevokeToken(t.Context(), who, token.ID)
	refused(t, "a token of sales revokes one", err, process.CodeForbidden, "")
	_, err = h.Tokens(t.Context(), process.Actor{})
	refused(t, "nobody lists tokens", err, process.CodeUnauthorized, "")
}

func TestEnsureToken(t *testing.T) {
	h := newHouse(t)
	ensure := func(secret string, role process.Role) *process.Token {
		t.Helper()
		token, err := h.EnsureToken(t.Context(), "demo", secret, role)
		if err != nil {
			t.Fatalf("ensure %q: %v", secret, err)
		}
		return token
	}
	admits := func(secret string, want process.Role) {
		t.Helper()
		who, err := h.TokenActor(t.Context(), secret)
		if want == "" {
			refused(t, secret, err, process.CodeUnauthorized, "token.refused")
		} else if err != nil || who.Role != want || who.Name != "demo" {
			t.Errorf("%s admits %+v (%v), want the role %s", secret, who, err, want)
		}
	}
	first := ensure("fixed", process.RoleOwner)
	if again := ensure("fixed", process.RoleOwner); again.ID != first.ID || h.history(first.ID) != "token.created" {
		t.Errorf("ensured twice: %+v, %s", again, h.history(first.ID))
	}
	admits("fixed", process.RoleOwner)
	ensure("fixed", process.RoleSales)
	admits("fixed", process.RoleSales)

	ensure("other", process.RoleOwner)
	admits("fixed", "")
	admits("other", process.RoleOwner)

	if back := ensure("fixed", process.RoleOwner); back.ID != first.ID {
		t.Errorf("the first secret came back as another token: %+v", back)
	}
	admits("fixed", process.RoleOwner)
	admits("other", "")
	if got := h.history(first.ID); got != "token.created token.renewed token.revoked token.renewed" {
		t.Errorf("the timeline has %q", got)
	}
	for _, bad := range []string{"", "two words"} {
		_, err := h.EnsureToken(t.Context(), "demo", bad, process.RoleOwner)
		refused(t, "a secret that is no word", err, process.CodeInvalid, "token.invalid")
	}
}
