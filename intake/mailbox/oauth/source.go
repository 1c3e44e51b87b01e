package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

const (
	// requestTime bounds one question to the provider, answer kept included.
	requestTime = 30 * time.Second
	// early is how long before its end a token is used no more.
	early = time.Minute
	// restTime is the least time between two questions when the provider failed;
	// it doubles with every failure, up to maxRest.
	restTime = 10 * time.Second
	maxRest  = 5 * time.Minute
)

// SignInError says that a person has to sign in.
type SignInError struct {
	Account string
	// Err is what the provider said, nil when nobody ever signed in.
	Err error
}

func (e *SignInError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("nobody has signed in yet: run `emne mailbox login %s`", e.Account)
	}
	return fmt.Sprintf("sign in again: run `emne mailbox login %s` (%v)", e.Account, e.Err)
}

// Unwrap gives what the provider said.
func (e *SignInError) Unwrap() error { return e.Err }

// SignInAgain marks the error for those who do not know this package.
func (*SignInError) SignInAgain() {}

// Options are what a Source needs.
type Options struct {
	Settings
	Vault Vault
	// Key is the installation's secret.
	Key []byte
	// HTTP is used for the provider; one of its own when nil.
	HTTP *http.Client
	// Clock tells the time; time.Now when nil.
	Clock func() time.Time
}

// Source gives the access tokens of one account.
type Source struct {
	settings Settings
	vault    Vault
	safe     safe
	http     *http.Client
	clock    func() time.Time
	flight   singleflight.Group

	mu       sync.Mutex
	rejected rejected

	// What follows belongs to the one flight.

	app *oauth2.Token // of FlowApp, which keeps nothing
	// unkept is a token that could not be kept, and the version it replaces.
	unkept        *oauth2.Token
	unkeptVersion int64
	// refused is the version that the provider wants no more.
	refused  int64
	refusal  error
	rest     time.Duration
	restTill time.Time
	failure  error
}

// New checks the settings; it asks nobody.
func New(o Options) (*Source, error) {
	settings, err := o.Settings.complete()
	if err != nil {
		return nil, err
	}
	s := &Source{settings: settings, vault: o.Vault, http: o.HTTP, clock: o.Clock}
	if s.safe, err = newSafe(o.Key); err != nil {
		return nil, err
	}
	if s.http == nil {
		s.http = &http.Client{Timeout: requestTime}
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	return s, nil
}

// Token gives an access token that holds for a minute at least. The error is a
// *SignInError when a person must act.
func (s *Source) Token(ctx context.Context) (string, error) {
	answer := s.flight.DoChan("", func() (any, error) {
		// A refresh that is on its way must be waited for and kept, whoever has
		// gone meanwhile: the token before it may be worth nothing already.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTime)
		defer cancel()
		return s.token(ctx)
	})
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for a token: %w", ctx.Err())
	case r := <-answer:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil
	}
}

func (s *Source) usable(t *oauth2.Token) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return t != nil && t.AccessToken != "" && (t.AccessToken != s.rejected.token || s.clock().Before(s.rejected.till)) && (t.Expiry.IsZero() || t.Expiry.After(s.clock().Add(early)))
}

func (s *Source) token(ctx context.Context) (string, error) {
	if s.settings.Flow == FlowApp {
		return s.appToken(ctx)
	}
	if s.unkept != nil {
		if err := s.keep(ctx, s.unkept, s.unkeptVersion); err != nil {
			return "", err
		}
	}
	kept, version, err := s.kept(ctx)
	if err != nil {
		return "", err
	}
	if s.usable(kept) {
		return kept.AccessToken, nil
	}
	switch {
	case kept == nil:
		return "", &SignInError{Account: s.settings.Account}
	case kept.RefreshToken == "":
		return "", &SignInError{Account: s.settings.Account, Err: errors.New("the sign-in has expired")}
	case s.refused == version:
		return "", s.refusal
	case s.clock().Before(s.restTill):
		return "", s.failure
	}
	fresh, err := s.settings.config().TokenSource(s.context(ctx), &oauth2.Token{RefreshToken: kept.RefreshToken}).Token()
	if err != nil {
		return "", s.failed(err, version)
	}
	s.rest = 0
	s.replaced(kept, fresh)
	if err := s.keep(ctx, fresh, version); err != nil {
		return "", err
	}
	return fresh.AccessToken, nil
}

func (s *Source) appToken(ctx context.Context) (string, error) {
	switch {
	case s.usable(s.app):
		return s.app.AccessToken, nil
	case s.clock().Before(s.restTill):
		return "", s.failure
	}
	c := clientcredentials.Config{ClientID: s.settings.ClientID, ClientSecret: s.settings.ClientSecret, TokenURL: s.settings.TokenURL, Scopes: s.settings.Scopes, AuthStyle: oauth2.AuthStyleInParams}
	fresh, err := c.Token(s.context(ctx))
	if err != nil {
		return "", s.failed(err, 0)
	}
	s.replaced(s.app, fresh)
	s.app, s.rest = fresh, 0
	return fresh.AccessToken, nil
}

// failed remembers a failure, so that the provider is not asked in vain.
func (s *Source) failed(err error, version int64) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && version > 0 {
		switch refused.ErrorCode {
		case "invalid_grant", "interaction_required", "consent_required", "login_required":
			s.refused, s.refusal = version, &SignInError{Account: s.settings.Account, Err: said(refused)}
			return s.refusal
		}
	}
	if errors.As(err, &refused) {
		err = said(refused)
	}
	s.rest = min(max(2*s.rest, restTime), maxRest)
	s.restTill, s.failure = s.clock().Add(s.rest), fmt.Errorf("the provider gives no token: %w", err)
	return s.failure
}

// said is what the provider said, without the rest of its answer.
func said(e *oauth2.RetrieveError) error {
	switch {
	case e.ErrorCode == "" && e.Response != nil:
		return fmt.Errorf("it answers %s", e.Response.Status)
	case e.ErrorDescription == "":
		return errors.New(e.ErrorCode)
	}
	return fmt.Errorf("%s: %.300s", e.ErrorCode, e.ErrorDescription)
}

// kept is the token in the vault, nil when there is none.
func (s *Source) kept(ctx context.Context) (*oauth2.Token, int64, error) {
	data, version, err := s.vault.Sealed(ctx, s.settings.Account)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the kept token: %w", err)
	}
	if version == 0 {
		return nil, 0, nil
	}
	t, err := s.safe.open(s.settings.Account, data)
	if err != nil {
		return nil, version, &SignInError{Account: s.settings.Account, Err: err}
	}
	return t.Token, version, nil
}

// keep puts a token into the vault in place of a version. One that another
// process put there meanwhile stays.
func (s *Source) keep(ctx context.Context, t *oauth2.Token, version int64) error {
	data, err := s.safe.seal(s.settings.Account, keptToken{t, s.clock().UTC()})
	if err != nil {
		return err
	}
	if err := s.vault.PutSealed(ctx, s.settings.Account, data, version); err != nil {
		if _, now, again := s.vault.Sealed(ctx, s.settings.Account); again == nil && now != version {
			s.unkept = nil
			return fmt.Errorf("another process signed in at the same time: %w", err)
		}
		s.unkept, s.unkeptVersion = t, version
		return fmt.Errorf("keeping a token: %w", err)
	}
	s.unkept = nil
	return nil
}

// put keeps what a person signed in for, whatever was there.
func (s *Source) put(ctx context.Context, t *oauth2.Token) error {
	if t.RefreshToken == "" {
		return errors.New("the provider gave no refresh token: the access would end within the hour (is offline access among the scopes?)")
	}
	_, version, err := s.vault.Sealed(ctx, s.settings.Account)
	if err != nil {
		return fmt.Errorf("reading the kept token: %w", err)
	}
	data, err := s.safe.seal(s.settings.Account, keptToken{t, s.clock().UTC()})
	if err != nil {
		return err
	}
	if err := s.vault.PutSealed(ctx, s.settings.Account, data, version); err != nil {
		return fmt.Errorf("keeping the token: %w", err)
	}
	return nil
}

// context makes the library use our client.
func (s *Source) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, s.http)
}
