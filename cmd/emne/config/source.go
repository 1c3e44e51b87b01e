package config

// Kind is the form of the bodies that a source sends.
type Kind string

// The kinds: a JSON object, a form posted by a program, a plain HTML form in a
// visitor's browser, or any of them.
const (
	KindGeneric Kind = "generic"
	KindJSON    Kind = "json"
	KindForm    Kind = "form"
	KindHTML    Kind = "html"
)

func (Kind) allowed() []string { return []string{"generic", "json", "form", "html"} }

// Source is something that posts inquiries to /hooks/{its name}.
type Source struct {
	Kind Kind `yaml:"kind"`
	// Token authenticates as a Bearer token or the last part of the path.
	Token     Secret `yaml:"token"`
	TokenFile string `yaml:"token_file"`
	// Secret signs each request (Standard Webhooks, HMAC-SHA256); base64, with
	// or without the prefix whsec_.
	Secret     Secret `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
	// Origins are the web pages' origins that may post; empty: any.
	Origins []string `yaml:"origins"`
	// ThankYouURL is where a browser is sent after a plain HTML form. Empty: a
	// built-in page.
	ThankYouURL string `yaml:"thank_you_url"`
	// Language is the BCP 47 tag of the source's visitors. Empty: not known.
	Language string `yaml:"language"`
	// MaxPerAddressPerHour caps what one network address may post in an hour;
	// 0 is no cap. It holds only for an Open source.
	MaxPerAddressPerHour int `yaml:"max_per_address_per_hour"`
}

func (s *Source) setDefaults() {
	*s = Source{Kind: KindGeneric, MaxPerAddressPerHour: 20}
}

// Open reports whether anybody may post: no token and no signature is asked for.
func (s Source) Open() bool { return !s.Token.IsSet() && !s.Secret.IsSet() }
