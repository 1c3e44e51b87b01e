package oauth

import (
	"context"
	"fmt"
	"time"
)

// WarnBefore is how long before something expires people are told.
const WarnBefore = 30 * 24 * time.Hour

// What expires.
const (
	ExpiresSecret = "client_secret" // the app's secret, on the day that the configuration says
	ExpiresSignIn = "sign_in"       // the refresh token, unless it is used before
)

// Expiry is when something of a sign-in ends.
type Expiry struct {
	What string
	At   time.Time
}

// Soon reports whether people should be told now.
func (e Expiry) Soon(now time.Time) bool { return !e.At.IsZero() && !now.Before(e.At.Add(-WarnBefore)) }

// unused is for how many days the providers keep a sign-in that is not used,
// as they document it.
var unused = map[string]int{Google: 180, Microsoft: 90}

// Expiries tells what ends of the account's sign-in, as far as it is known.
func (s *Source) Expiries(ctx context.Context) ([]Expiry, error) {
	var all []Expiry
	if at := s.settings.SecretExpires; !at.IsZero() {
		all = append(all, Expiry{ExpiresSecret, at})
	}
	days := s.settings.UnusedDays
	if days == 0 {
		days = unused[s.settings.Provider]
	}
	if days == 0 || s.settings.Flow == FlowApp {
		return all, nil
	}
	data, version, err := s.vault.Sealed(ctx, s.settings.Account)
	if err != nil {
		return all, fmt.Errorf("reading the kept token: %w", err)
	}
	if version == 0 {
		return all, nil
	}
	t, err := s.safe.open(s.settings.Account, data)
	if err != nil || t.KeptAt.IsZero() {
		return all, nil // the sign-in itself says so, or is older than this note
	}
	return append(all, Expiry{ExpiresSignIn, t.KeptAt.AddDate(0, 0, days)}), nil
}
