package oauth

import (
	"time"

	"golang.org/x/oauth2"
)

// rejected is what a mail server did not take. One such token is replaced at
// once: it may have ended before its time. When the new one is not taken either,
// the fault is elsewhere: it is given again, since another server may take it, and
// the provider is left alone for a while.
type rejected struct {
	token string
	// instead is the token that replaced a rejected one.
	instead string
	rest    time.Duration
	till    time.Time
}

// reject says that the mail server does not take a token.
func (s *Source) reject(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.rejected
	if token == r.token {
		return // told by another connection
	}
	r.token = token
	if token != r.instead {
		r.rest, r.till = 0, time.Time{}
		return
	}
	r.rest = min(max(2*r.rest, restTime), maxRest)
	r.till = s.clock().Add(r.rest)
}

// replaced notes which token came in place of a rejected one.
func (s *Source) replaced(old, fresh *oauth2.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old != nil && old.AccessToken == s.rejected.token {
		s.rejected.instead = fresh.AccessToken
	}
}
