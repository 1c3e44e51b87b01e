package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"
)

// LoginDevice lets a person sign in on another device (RFC 8628): show is
// given the page to open and the code to type there. It waits until that is
// done, refused or expired, and keeps the tokens.
func (s *Source) LoginDevice(ctx context.Context, show func(page, code string)) error {
	if s.settings.DeviceURL == "" {
		return errors.New("the provider has no sign-in by code on another device: use --browser")
	}
	config := s.settings.config()
	begun, err := config.DeviceAuth(s.context(ctx))
	if err != nil {
		return loginError(err)
	}
	if begun.Expiry.IsZero() { // which RFC 8628 section 3.2 asks for
		begun.Expiry = time.Now().Add(browserTime)
	}
	page := begun.VerificationURI
	if begun.VerificationURIComplete != "" {
		page = begun.VerificationURIComplete
	}
	show(page, begun.UserCode)
	t, err := config.DeviceAccessToken(s.context(ctx), begun)
	if err != nil {
		return loginError(err)
	}
	return s.put(ctx, t)
}

func loginError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("nobody signed in before the time was over, begin again: %w", err)
	}
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return fmt.Errorf("the provider refuses the sign-in: %w", said(refused))
	}
	return fmt.Errorf("signing in: %w", err)
}
