package oauth

import (
	"context"
	"crypto/rand"
	"errors"

	"golang.org/x/oauth2"
)

// Begun is a sign-in that a person has begun on a page; it is ended once.
type Begun struct {
	// State is what the browser comes back with.
	State string
	// Page is the provider's, where the person signs in.
	Page string

	verifier, back string
}

// Begin prepares the sign-in of a person in a browser that the provider sends
// back to the address back, with PKCE (RFC 7636). Who calls it holds what it
// gives against the browser that comes back.
func (s *Source) Begin(back string) (Begun, error) {
	switch {
	case s.settings.Flow == FlowApp:
		return Begun{}, errors.New("the app signs in by itself")
	case s.settings.AuthURL == "":
		return Begun{}, errors.New("the provider has no page to sign in on: use the device flow")
	}
	b := Begun{State: rand.Text(), verifier: oauth2.GenerateVerifier(), back: back}
	config := s.settings.config()
	config.RedirectURL = back
	b.Page = s.settings.page(config, b.State, b.verifier)
	return b, nil
}

// End changes the code that the browser brought for tokens, and keeps them.
func (s *Source) End(ctx context.Context, b Begun, code string) error {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	config := s.settings.config()
	config.RedirectURL = b.back
	t, err := config.Exchange(s.context(ctx), code, oauth2.VerifierOption(b.verifier))
	if err != nil {
		return loginError(err)
	}
	return s.put(ctx, t)
}

// ByPerson reports whether a person signs in, on a page that there is.
func (s *Source) ByPerson() bool { return s.settings.Flow != FlowApp && s.settings.AuthURL != "" }
