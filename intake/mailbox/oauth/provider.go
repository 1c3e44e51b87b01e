package oauth

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// The providers and the ways to sign in.
const (
	Google    = "google"
	Microsoft = "microsoft"
	Custom    = "custom"

	FlowCode   = "code"
	FlowDevice = "device"
	FlowApp    = "app"
)

// Settings are how an account signs in.
type Settings struct {
	// Account is the name under which the tokens are kept.
	Account string
	// Username is who signs in to the mail server.
	Username string
	Provider string
	ClientID string
	// ClientSecret is empty for an app that is public.
	ClientSecret string
	// Tenant is Microsoft's directory; "common" when empty.
	Tenant string
	// Scopes, AuthURL, TokenURL and DeviceURL default to the provider's.
	Scopes                       []string
	AuthURL, TokenURL, DeviceURL string
	// Flow defaults to FlowCode.
	Flow string
	// SecretExpires is when ClientSecret ends, zero when that is not known.
	SecretExpires time.Time
	// UnusedDays is for how long a sign-in lasts that nobody uses; 0 is the
	// provider's, if that is known.
	UnusedDays int
}

// complete fills in what the provider is known to want.
func (s Settings) complete() (Settings, error) {
	s.Flow = cmp.Or(s.Flow, FlowCode)
	var known Settings
	switch s.Provider {
	case Google:
		known = Settings{Scopes: []string{"https://mail.google.com/"}, AuthURL: "https://accounts.google.com/o/oauth2/v2/auth",
			TokenURL: "https://oauth2.googleapis.com/token", DeviceURL: "https://oauth2.googleapis.com/device/code"}
		if s.Flow != FlowCode && s.TokenURL == "" {
			return s, fmt.Errorf("mailbox %s: Google lets nobody read mail by the flow %q: set flow to code", s.Account, s.Flow)
		}
	case Microsoft:
		base := "https://login.microsoftonline.com/" + url.PathEscape(cmp.Or(s.Tenant, "common")) + "/oauth2/v2.0/"
		known = Settings{Scopes: []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access"},
			AuthURL: base + "authorize", TokenURL: base + "token", DeviceURL: base + "devicecode"}
		if s.Flow == FlowApp {
			known.Scopes = []string{"https://outlook.office365.com/.default"}
			if s.Tenant == "" && s.TokenURL == "" {
				return s, fmt.Errorf("mailbox %s: an app of Microsoft 365 needs the tenant", s.Account)
			}
		}
	}
	if len(s.Scopes) == 0 {
		s.Scopes = known.Scopes
	}
	s.AuthURL, s.TokenURL, s.DeviceURL = cmp.Or(s.AuthURL, known.AuthURL), cmp.Or(s.TokenURL, known.TokenURL), cmp.Or(s.DeviceURL, known.DeviceURL)
	switch {
	case s.Account == "" || s.Username == "" || s.ClientID == "":
		return s, errors.New("signing in needs an account, a user name and a client id")
	case s.TokenURL == "", s.Flow == FlowCode && s.AuthURL == "", s.Flow == FlowDevice && s.DeviceURL == "":
		return s, fmt.Errorf("mailbox %s: the provider's addresses are missing", s.Account)
	case s.Flow == FlowApp && s.ClientSecret == "":
		return s, fmt.Errorf("mailbox %s: an app needs a client secret", s.Account)
	}
	return s, nil
}

// page is the provider's for one sign-in. Google gives a refresh token again only
// when consent is asked for again; Microsoft would then refuse people for whom an
// administrator has consented.
func (s Settings) page(config *oauth2.Config, state, verifier string) string {
	prompt := "consent"
	if s.Provider == Microsoft {
		prompt = "select_account"
	}
	return config.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("prompt", prompt), oauth2.SetAuthURLParam("login_hint", s.Username))
}

// config is for the library. The style is set because the library would else
// send every refused request twice.
func (s Settings) config() *oauth2.Config {
	return &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret, Scopes: s.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: s.AuthURL, TokenURL: s.TokenURL, DeviceAuthURL: s.DeviceURL, AuthStyle: oauth2.AuthStyleInParams}}
}
