package access

import (
	"strings"
	"testing"
)

func TestPHC(t *testing.T) {
	s := strength{memory: 64, passes: 1, lanes: 1}
	text := s.hash("blåbær på øya")
	p, err := parsePHC(text)
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	if !p.matches("blåbær på øya") || !p.matches("bla\u030abær pa\u030a øya") {
		t.Error("the password does not match, composed or decomposed")
	}
	if p.matches("blabær på øya") || p.matches("") {
		t.Error("another password matches")
	}
	if s.hash("blåbær på øya") == text {
		t.Error("two hashes of a password are the same: there is no salt")
	}
	// The reference implementation gives this for "password", "somesalt", t=2, m=64, p=1.
	if p, err = parsePHC("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"); err != nil || !p.matches("password") {
		t.Errorf("the reference hash: %v", err)
	}
	if got := usual.decoy(); !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") || len(got) != len(usual.hash("x")) {
		t.Errorf("the decoy %q does not look like a hash", got)
	}
	for _, bad := range []string{
		"", "$", "secret", "$2a$10$abc", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
		strings.Replace(text, "v=19", "v=16", 1),
		strings.Replace(text, "m=64", "m=4194304", 1),
		strings.Replace(text, "t=1", "t=0", 1),
		strings.Replace(text, "t=1", "t=999", 1),
		strings.Replace(text, "p=1", "p=1x", 1),
		text[:len(text)-8], text + "$",
	} {
		if _, err := parsePHC(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(usual.decoy())
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePHC(text)
		if err != nil {
			return
		}
		if p.memory > most.memory || p.passes < 1 || p.passes > most.passes || p.lanes < 1 || p.lanes > most.lanes || len(p.hash) != hashBytes {
			t.Errorf("%q was taken as %+v", text, p)
		}
	})
}

func TestUnknownUserCostsAsMuch(t *testing.T) {
	// Time is not measured: the same work is asked for, in one place.
	h := newHouse(t)
	for _, stored := range []string{"", "unreadable", h.decoy} {
		if same, _, err := h.check(t.Context(), stored, password); same || err != nil {
			t.Errorf("check against %q: %v, %v", stored, same, err)
		}
	}
	p, err := parsePHC(h.decoy)
	if err != nil || p.strength != h.strength {
		t.Errorf("the decoy has the strength %v (%v), want %v", p.strength, err, h.strength)
	}
}
