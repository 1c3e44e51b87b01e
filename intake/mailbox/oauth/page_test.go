package oauth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/oauth"
)

// comesBack is a browser at the provider: where it is sent back to.
func comesBack(t *testing.T, page string) url.Values {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	back, err := r.Location()
	if err != nil || back.Path != "/back" {
		t.Fatalf("the browser is sent to %v, %v", back, err)
	}
	return back.Query()
}

func TestSignInOnAPage(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	one, err := s.Begin("https://emne.example/back")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Begin("https://emne.example/back")
	if err != nil || other.State == one.State {
		t.Fatalf("two sign-ins have the state %s: %v", one.State, err)
	}
	q := comesBack(t, one.Page)
	if q.Get("state") != one.State {
		t.Errorf("it comes back with the state %q", q.Get("state"))
	}
	if err := s.End(t.Context(), other, q.Get("code")); err == nil {
		t.Error("a code is good for another sign-in's verifier")
	}
	q = comesBack(t, one.Page)
	if err := s.End(t.Context(), one, q.Get("code")); err != nil {
		t.Fatal(err)
	}
	w.token(s)
	if err := s.End(t.Context(), one, q.Get("code")); err == nil {
		t.Error("a code is good twice")
	}
	w.token(s)
	for provider, prompt := range map[string]string{oauth.Google: "consent", oauth.Microsoft: "select_account", oauth.Custom: "consent"} {
		b, err := w.source(func(o *oauth.Options) { o.Provider = provider }).Begin("https://emne.example/back")
		if page, failed := url.Parse(b.Page); err != nil || failed != nil || page.Query().Get("prompt") != prompt || page.Query().Get("login_hint") != "sales@example.com" {
			t.Errorf("%s: %v, %s", provider, err, b.Page)
		}
	}
	app := w.source(func(o *oauth.Options) { o.Flow = oauth.FlowApp })
	if _, err := app.Begin("https://emne.example/back"); err == nil || app.ByPerson() || !s.ByPerson() {
		t.Errorf("an app signs in on a page: %v", err)
	}
}

// What ends is told: the secret by the configuration, the sign-in by its last use.
func TestExpiries(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	day := 24 * time.Hour
	secret := w.now.Add(31 * day)
	s := w.source(func(o *oauth.Options) { o.SecretExpires, o.UnusedDays = secret, 90 })
	soon := func(want ...string) {
		t.Helper()
		all, err := s.Expiries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range all {
			if e.Soon(w.now) {
				got = append(got, e.What)
			}
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] || len(got) > 1 && got[1] != want[1] {
			t.Errorf("after %s ends %q, want %q", w.now, got, want)
		}
	}
	soon()
	w.login(s)
	soon()
	w.now = w.now.Add(2 * day)
	soon(oauth.ExpiresSecret)
	w.now = w.now.Add(57 * day)
	soon(oauth.ExpiresSecret)
	w.now = w.now.Add(2 * day)
	soon(oauth.ExpiresSecret, oauth.ExpiresSignIn)
	w.token(s) // used: it lasts again
	soon(oauth.ExpiresSecret)
	for provider, days := range map[string]int{oauth.Google: 180, oauth.Microsoft: 90, oauth.Custom: 0} {
		s := w.source(func(o *oauth.Options) { o.Provider = provider })
		all, err := s.Expiries(t.Context())
		if err != nil || (len(all) == 1) != (days > 0) || days > 0 && !all[0].At.Equal(w.now.UTC().AddDate(0, 0, days)) {
			t.Errorf("%s: %v, %v", provider, all, err)
		}
	}
}
