package config

import "time"

// Provider is who gives access to a mailbox.
type Provider string

// The providers; Custom is told all addresses.
const (
	ProviderGoogle    Provider = "google"
	ProviderMicrosoft Provider = "microsoft"
	ProviderCustom    Provider = "custom"
)

func (Provider) allowed() []string { return []string{"google", "microsoft", "custom"} }

// Flow is the way to sign in at a provider.
type Flow string

// The ways: in a browser on this machine, by a code typed on another device, or
// an app for itself.
const (
	FlowCode   Flow = "code"
	FlowDevice Flow = "device"
	FlowApp    Flow = "app"
)

func (Flow) allowed() []string { return []string{"code", "device", "app"} }

// OAuth is a sign-in without a password (OAuth2). It may be left out: see
// Configured.
type OAuth struct {
	Provider Provider `yaml:"provider"`
	ClientID string   `yaml:"client_id"`
	// ClientSecret is set whether it came inline or from ClientSecretFile; a
	// public app has none.
	ClientSecret     Secret `yaml:"client_secret"`
	ClientSecretFile string `yaml:"client_secret_file"`
	// Tenant is Microsoft's directory.
	Tenant string `yaml:"tenant"`
	// Scopes, TokenURL, AuthURL and DeviceURL replace the provider's when set.
	Scopes    []string `yaml:"scopes"`
	TokenURL  string   `yaml:"token_url"`
	AuthURL   string   `yaml:"auth_url"`
	DeviceURL string   `yaml:"device_url"`
	Flow      Flow     `yaml:"flow"`
	// ClientSecretExpires is the day, as 2027-01-31, on which ClientSecret ends.
	ClientSecretExpires string `yaml:"client_secret_expires"`
	// UnusedDays is for how many days the provider keeps a sign-in that is not
	// used; 0 when the provider's own number is meant.
	UnusedDays int `yaml:"unused_days"`
}

// SecretExpires is ClientSecretExpires as a moment, zero when it is not given.
func (o OAuth) SecretExpires() time.Time {
	day, err := time.Parse(time.DateOnly, o.ClientSecretExpires)
	if err != nil {
		return time.Time{}
	}
	return day
}

// Configured reports whether the mailbox signs in this way.
func (o OAuth) Configured() bool { return o.Provider != "" }

func (r *reader) checkOAuth(path string, o *OAuth) {
	at := func(key string) string { return join(path, key) }
	r.require(at("provider"), o.Provider != "" || r.bad[at("provider")], "google, microsoft or custom")
	r.require(at("client_id"), o.ClientID != "", "what the provider calls the app that you registered there")
	r.secret(at("client_secret"), &o.ClientSecret, &o.ClientSecretFile)
	hasSecret := o.ClientSecret.IsSet() || r.given(at("client_secret_file")) || r.bad[at("client_secret")]
	if o.Flow == "" {
		o.Flow = FlowCode
	}
	for _, u := range []struct{ key, text string }{{"token_url", o.TokenURL}, {"auth_url", o.AuthURL}, {"device_url", o.DeviceURL}} {
		if u.text != "" {
			r.webURL(at(u.key), u.text, true)
		}
	}
	if o.ClientSecretExpires != "" && o.SecretExpires().IsZero() {
		r.problem(at("client_secret_expires"), "such as 2027-01-31", "not a date: %s", quoted(o.ClientSecretExpires))
	}
	if r.given(at("unused_days")) {
		r.between(at("unused_days"), o.UnusedDays, 1, 3650)
	}
	switch {
	case o.Provider == ProviderGoogle && o.Flow != FlowCode && o.TokenURL == "":
		r.problem(at("flow"), "set it to code", "Google lets nobody read mail by the flow %s", o.Flow)
	case o.Provider == ProviderMicrosoft && o.Flow == FlowApp && o.TokenURL == "":
		r.require(at("tenant"), o.Tenant != "", "the directory's id or domain: an app signs in to one")
	case o.Provider == ProviderCustom:
		r.require(at("token_url"), o.TokenURL != "", "the provider's token endpoint")
		r.require(at("auth_url"), o.AuthURL != "" || o.Flow != FlowCode, "the provider's authorisation endpoint, or another flow")
		r.require(at("device_url"), o.DeviceURL != "" || o.Flow != FlowDevice, "the provider's device authorisation endpoint, or another flow")
	}
	if o.Flow == FlowApp {
		r.require(at("client_secret"), hasSecret, "an app signs in by it: give client_secret_file, or client_secret: ${NAME}")
	}
}
