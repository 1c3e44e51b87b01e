package access

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func TestSessionsLife(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleSales)
	secret, signedIn, err := h.SignIn(t.Context(), " KARI@firma.example", password, "2001:db8::1", strings.Repeat("æ", 300))
	if err != nil || signedIn.ID != u.ID || len(secret) != 43 {
		t.Fatalf("sign in: %q, %v, %v", secret, signedIn, err)
	}
	err = h.db.View(t.Context(), func(tx process.Tx) error {
		s, err := one(tx.Sessions(), "user", u.ID)
		if err != nil || s == nil {
			return fmt.Errorf("no session: %w", err)
		}
		if strings.Contains(fmt.Sprintf("%+v", *s), secret) || s.TokenHash != hashed(secret) || s.Address != "2001:db8::1" || len(s.UserAgent) != 300 {
			t.Errorf("the stored session is %+v", *s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	// Used every five days it lives, but not beyond ninety.
	for day := 0; day < 90; day += 5 {
		who, user, err := h.SessionActor(t.Context(), secret)
		if err != nil || who != (process.Actor{Kind: process.ActorUser, ID: u.ID, Name: u.Name, Role: process.RoleSales, Channel: "console"}) || user.ID != u.ID {
			t.Fatalf("day %d: %+v, %v", day, who, err)
		}
		h.pass(5 * 24 * time.Hour)
	}
	_, _, err = h.SessionActor(t.Context(), secret)
	refused(t, "after ninety days", err, process.CodeUnauthorized, "session.over")

	idle, open := h.signIn(u.Email), ""
	h.pass(SessionIdle)
	_, _, err = h.SessionActor(t.Context(), idle)
	refused(t, "a week without use", err, process.CodeUnauthorized, "session.over")
	open = h.signIn(u.Email)
	if n, err := h.Sweep(t.Context()); err != nil || n != 2 {
		t.Errorf("swept %d sessions (%v), want 2", n, err)
	}
	if _, _, err := h.SessionActor(t.Context(), open); err != nil {
		t.Errorf("the open session after the sweep: %v", err)
	}
	for range 2 {
		if err := h.SignOut(t.Context(), open); err != nil {
			t.Errorf("sign out: %v", err)
		}
	}
	for name, secret := range map[string]string{"signed out": open, "none": "", "unknown": newSecret(), "too long": strings.Repeat("x", 600)} {
		_, _, err := h.SessionActor(t.Context(), secret)
		refused(t, name, err, process.CodeUnauthorized, "session.over")
	}
}

func TestSignInIsLimited(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleOwner)
	attempt := func(email, pass, ip string) error {
		_, _, err := h.SignIn(t.Context(), email, pass, ip, "")
		return err
	}
	for range 30 { // who knows the password is not counted
		if err := attempt(u.Email, password, "192.0.2.1"); err != nil {
			t.Fatalf("sign in: %v", err)
		}
	}
	for i := range 10 { // all of a /64 are one
		refused(t, "a wrong password", attempt(fmt.Sprintf("%d@firma.example", i), "wrong password", fmt.Sprintf("2001:db8::%d", i)), process.CodeUnauthorized, "signin.refused")
	}
	refused(t, "the eleventh from an address", attempt(u.Email, password, "2001:db8::ffff"), process.CodeRateLimited, "signin.rate_limited")
	if err := attempt(u.Email, password, "2001:db8:0:1::1"); err != nil {
		t.Errorf("from another network: %v", err)
	}
	h.pass(RetryAfter)
	if err := attempt(u.Email, password, "2001:db8::ffff"); err != nil {
		t.Errorf("after the wait: %v", err)
	}

	for i := range 60 {
		refused(t, "a wrong password", attempt(u.Email, "wrong password", fmt.Sprintf("198.51.100.%d", i)), process.CodeUnauthorized, "signin.refused")
	}
	refused(t, "the sixty-first on an account", attempt(" Kari@firma.example", password, "203.0.113.1"), process.CodeRateLimited, "signin.rate_limited")
	h.pass(6 * time.Second)
	if err := attempt(u.Email, password, "203.0.113.1"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestHashesAreBounded(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleOwner)
	for range cap(h.hashing) {
		h.hashing <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := h.check(ctx, u.PasswordHash, password)
	refused(t, "when all places are taken", err, process.CodeRateLimited, "signin.busy")
	<-h.hashing
	if same, _, err := h.check(t.Context(), u.PasswordHash, password); err != nil || !same {
		t.Errorf("with a place: %v, %v", same, err)
	}
	if len(h.hashing) != cap(h.hashing)-1 {
		t.Error("the place was not given back")
	}
}

func TestWeakHashIsRenewed(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleOwner)
	h.strength = strength{memory: 128, passes: 2, lanes: 1}
	h.signIn(u.Email)
	renewed, err := h.UserByEmail(t.Context(), process.System(), u.Email)
	if err != nil || !strings.Contains(renewed.PasswordHash, "$m=128,t=2,p=1$") {
		t.Errorf("the hash is %v (%v), want one of the new strength", renewed, err)
	}
	h.signIn(u.Email)
}

func TestLimiterKeepsItsBound(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	l := newLimiter(2, time.Minute)
	for i := range maxBuckets + 10 {
		l.take(fmt.Sprint(i), now)
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d buckets, at most %d", len(l.buckets), maxBuckets)
	}
	later := now.Add(time.Hour)
	l.take("a", later)
	if len(l.buckets) != 1 {
		t.Errorf("%d buckets after an hour, want 1", len(l.buckets))
	}
	if !l.take("a", later) || l.take("a", later) {
		t.Error("two attempts at once, want the third refused")
	}
	l.giveBack("a")
	if !l.take("a", later) {
		t.Error("an attempt that was given back is refused")
	}
}
