package api

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/emne/emne/process"
)

func key(k string) []string { return []string{"Idempotency-Key", k} }

// same reports whether two answers are one.
func same(a, b answer) bool {
	return a.status == b.status && bytes.Equal(a.body, b.body) && a.header.Get("Content-Type") == b.header.Get("Content-Type") &&
		a.header.Get("Location") == b.header.Get("Location") && a.header.Get("ETag") == b.header.Get("ETag")
}

func TestKeyIsAnsweredOnce(t *testing.T) {
	s := newSite(t)
	const body = `{"name":"Kari"}`
	first := s.do("POST", "leads", body, key("a")...)
	id := text(s.want(201, first), "id")
	if again := s.do("POST", "leads", body, key("a")...); !same(first, again) || first.header.Get("Location") != root+"/leads/"+id {
		t.Errorf("again: %d %s, first %d %s", again.status, again.body, first.status, first.body)
	}
	for name, a := range map[string]answer{
		"another body":                s.do("POST", "leads", `{"name":"Ola"}`, key("a")...),
		"another body, not even JSON": s.do("POST", "leads", `{`, key("a")...),
		"another path":                s.do("POST", "customers", body, key("a")...),
		"a verb":                      s.do("POST", "leads/"+id+"/contact", body, key("a")...),
		"a key that is no text":       s.do("POST", "leads", body, key("a\xff")...),
		"too long a key":              s.do("POST", "leads", body, key(strings.Repeat("k", 256))...),
	} {
		if a.status != 422 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := s.do("POST", "leads", body, key(strings.Repeat("k", 255))...); a.status != 201 {
		t.Errorf("the longest key: %d", a.status)
	}
	if other := s.do("POST", "leads", body, "Idempotency-Key", "a", "Authorization", "Bearer sales"); other.status != 201 || same(first, other) {
		t.Errorf("another token's key: %d %s", other.status, other.body)
	}
	if a := s.do("POST", "leads", body, key("a")...); !same(first, a) {
		t.Errorf("the answer was lost: %s", a.body)
	}
}

func TestVerbIsAnsweredOnce(t *testing.T) {
	s := newSite(t)
	quote := text(s.create("quotes", `{"customer":"`+s.customer()+`","lines":`+oneLine+`}`), "id")
	sent := s.do("POST", "quotes/"+quote+"/send", "", key("send")...)
	s.want(200, sent)
	accepted := s.do("POST", "quotes/"+quote+"/accept", `{"name":"Kari"}`, key("accept")...)
	order := created(t, s.want(200, accepted), "order")
	// The quote has moved on, the answers have not.
	if again := s.do("POST", "quotes/"+quote+"/send", "", key("send")...); !same(sent, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	if again := s.do("POST", "quotes/"+quote+"/accept", `{"name":"Kari"}`, key("accept")...); !same(accepted, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	delivered := s.do("POST", "orders/"+order+"/fulfil", "{}", key("fulfil")...)
	s.want(200, delivered)
	if again := s.do("POST", "orders/"+order+"/fulfil", "{}", key("fulfil")...); !same(delivered, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	if p := s.want(200, s.do("GET", "invoices", "")); len(p["items"].([]any)) != 1 {
		t.Errorf("%d invoices", len(p["items"].([]any)))
	}
}

func TestRefusalIsKept(t *testing.T) {
	s := newSite(t)
	quote := text(s.create("quotes", `{"customer":"`+s.customer()+`","lines":`+oneLine+`}`), "id")
	const yes = `{"name":"Kari"}`
	refused := s.do("POST", "quotes/"+quote+"/accept", yes, key("early")...)
	if refused.status != 409 {
		t.Fatalf("%d %s", refused.status, refused.body)
	}
	s.verb("quotes/"+quote+"/send", "")
	if again := s.do("POST", "quotes/"+quote+"/accept", yes, key("early")...); !same(refused, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	if a := s.do("POST", "quotes/"+quote+"/accept", `{"name":"Ola"}`, key("early")...); a.status != 422 {
		t.Errorf("a refused key with another body: %d", a.status)
	}
	invalid := s.do("POST", "leads", `{"email":"x"}`, key("invalid")...)
	if again := s.do("POST", "leads", `{"email":"x"}`, key("invalid")...); invalid.status != 422 || !same(invalid, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	gone := s.do("POST", "leads/none/contact", ``, key("gone")...)
	if again := s.do("POST", "leads/none/contact", ``, key("gone")...); gone.status != 404 || !same(gone, again) {
		t.Errorf("%d %s", again.status, again.body)
	}
	// What lies in who asks is not the key's answer.
	if a := s.do("POST", "leads", `{"name":"x"}`, "Idempotency-Key", "later", "Authorization", "Bearer reader"); a.status != 403 {
		t.Errorf("reader: %d", a.status)
	}
	if _, err := s.service.Refuse(t.Context(), scoped("reader", "later"), refusal(fmt.Errorf("x"))); err != nil {
		t.Errorf("the reader's refusal was stored: %v", err)
	}
}

// scoped is a key of a role's token for a request that nobody sent.
func scoped(role, k string) process.IdempotencyKey {
	return process.IdempotencyKey{Scope: "api/token/token-" + role, Key: k, Request: "none"}
}

func TestCopiesInFlight(t *testing.T) {
	s := newSite(t)
	quote := text(s.create("quotes", `{"customer":"`+s.customer()+`","lines":`+oneLine+`}`), "id")
	s.verb("quotes/"+quote+"/send", "")
	for name, request := range map[string][2]string{
		"create": {"leads", `{"name":"Kari"}`},
		"accept": {"quotes/" + quote + "/accept", `{"name":"Kari"}`},
		"refuse": {"quotes/" + quote + "/send", `{"recipient":"kari"}`},
	} {
		answers := make([]answer, 16)
		errs := make([]error, len(answers))
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i], errs[i] = s.try("POST", request[0], request[1], key(name)...) })
		}
		wg.Wait()
		for i, a := range answers {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			if !same(a, answers[0]) {
				t.Errorf("%s: copy %d: %d %s, first %d %s", name, i, a.status, a.body, answers[0].status, answers[0].body)
			}
		}
		if a := answers[0]; name == "refuse" && a.status < 400 || name != "refuse" && a.status >= 300 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for collection, want := range map[string]int{"leads": 1, "orders": 1} {
		if p := s.want(200, s.do("GET", collection, "")); len(p["items"].([]any)) != want {
			t.Errorf("%d %s", len(p["items"].([]any)), collection)
		}
	}
}

func TestFlightWaitsNoLongerThanItsContext(t *testing.T) {
	var f flights
	leave, err := f.enter(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.enter(late, "k"); process.CodeOf(err) != process.CodeConflict {
		t.Errorf("waiting: %v", err)
	}
	if other, err := f.enter(t.Context(), "other"); err != nil {
		t.Error(err)
	} else {
		other()
	}
	leave()
	if len(f.inAir) != 0 {
		t.Errorf("%d flights stay", len(f.inAir))
	}
}
