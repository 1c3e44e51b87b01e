package oauth_test

import (
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/oauth"
)

// A mail server that takes no token at all is no reason to ask the provider for
// one more with every mail that waits.
func TestProviderIsLeftAloneWhenItsTokensAreNotTaken(t *testing.T) {
	for _, flow := range []string{oauth.FlowApp, oauth.FlowCode} {
		t.Run(flow, func(t *testing.T) {
			w := newWorld(t, flow)
			s, grant := w.source(nil), "client_credentials"
			if flow == oauth.FlowCode {
				w.login(s)
				grant = "refresh_token"
			}
			w.server.Live(24 * time.Hour)
			refuse := func() {
				client, err := s.Client(t.Context(), func(string) bool { return true })
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client.Next([]byte("no")); err != nil {
					t.Fatal(err)
				}
			}
			before := w.server.Count(grant)
			for range 100 {
				refuse()
			}
			if n := w.server.Count(grant) - before; n > 2 {
				t.Errorf("for a hundred mails the provider was asked %d times", n)
			}
			for range 60 {
				w.now = w.now.Add(time.Minute)
				refuse()
			}
			if n := w.server.Count(grant) - before; n > 60/5+6 {
				t.Errorf("in an hour the provider was asked %d times", n)
			}
			// Another server, which takes them, is given one all the while.
			w.token(s)
		})
	}
}
