package oauth

import (
	"context"
	"fmt"

	"github.com/emersion/go-sasl"
)

// xoauth2 is Google's mechanism, which Microsoft took over.
const xoauth2 = "XOAUTH2"

// Client gives the client of a mechanism that the server offers.
func (s *Source) Client(ctx context.Context, offers func(mechanism string) bool) (sasl.Client, error) {
	mechanism := ""
	switch {
	case offers(sasl.OAuthBearer):
		mechanism = sasl.OAuthBearer
	case offers(xoauth2):
		mechanism = xoauth2
	default:
		return nil, fmt.Errorf("the server offers neither OAUTHBEARER nor XOAUTH2: remove oauth and give a password")
	}
	token, err := s.Token(ctx)
	if err != nil {
		return nil, err
	}
	return &bearer{mechanism: mechanism, user: s.settings.Username, token: token, refused: func() { s.reject(token) }}, nil
}

// bearer sends an access token.
type bearer struct {
	mechanism, user, token string
	refused                func()
}

// Start sends everything at once (RFC 7628 section 3.1).
func (b *bearer) Start() (string, []byte, error) {
	if b.mechanism == xoauth2 {
		return b.mechanism, []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
	}
	return b.mechanism, []byte("n,a=" + saslName(b.user) + ",\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next is asked only when the server does not take the token: it wants a word
// before it says so in its protocol's own way (RFC 7628 section 3.2.3).
func (b *bearer) Next([]byte) ([]byte, error) {
	b.refused()
	if b.mechanism == xoauth2 {
		return []byte{}, nil
	}
	return []byte{1}, nil
}

// saslName escapes what separates (RFC 5801 section 4).
func saslName(name string) string {
	out := make([]byte, 0, len(name))
	for i := range len(name) {
		switch name[i] {
		case ',':
			out = append(out, "=2C"...)
		case '=':
			out = append(out, "=3D"...)
		default:
			out = append(out, name[i])
		}
	}
	return string(out)
}
