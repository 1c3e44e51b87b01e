package oauth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/intake/mailbox/oauth/oauthtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an account, its provider and a clock.
type world struct {
	*testing.T
	server *oauthtest.Server
	vault  *oauthtest.Vault
	now    time.Time
	flow   string
}

func newWorld(t *testing.T, flow string) *world {
	return &world{T: t, server: oauthtest.New(t, "sales@example.com"), vault: oauthtest.NewVault(), now: time.Now(), flow: flow}
}

var key = bytes.Repeat([]byte{7}, 32)

func (w *world) source(change func(*oauth.Options)) *oauth.Source {
	w.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	o := oauth.Options{Settings: w.server.Settings("sales", w.flow), Vault: w.vault, Key: key, HTTP: client, Clock: func() time.Time { return w.now }}
	if change != nil {
		change(&o)
	}
	s, err := oauth.New(o)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// visit is a browser that follows redirects; a browser has no shared client.
func visit(t *testing.T, page string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	r, err := client.Get(page)
	if err != nil {
		t.Errorf("opening the page: %v", err)
		return ""
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return http.StatusText(r.StatusCode) + ": " + string(body)
}

func (w *world) login(s *oauth.Source) {
	w.Helper()
	var browser sync.WaitGroup
	defer browser.Wait()
	err := s.LoginBrowser(w.Context(), func(page string) {
		browser.Go(func() {
			if got := visit(w.T, page); !strings.Contains(got, "close this page") {
				w.Errorf("the browser sees %q", got)
			}
		})
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) token(s *oauth.Source) string {
	w.Helper()
	token, err := s.Token(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	if !w.server.Holds(token) {
		w.Errorf("the token %q is not the provider's", token)
	}
	return token
}

func (w *world) mustSignIn(s *oauth.Source, words string) {
	w.Helper()
	_, err := s.Token(w.Context())
	if again := (*oauth.SignInError)(nil); !errors.As(err, &again) || !strings.Contains(err.Error(), "emne mailbox login sales") || !strings.Contains(err.Error(), words) {
		w.Errorf("the error is %v, want one that asks to sign in and says %q", err, words)
	}
}

func TestTokensAreRefreshedAndKept(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	w.mustSignIn(s, "nobody has signed in yet")
	w.login(s)
	first := w.token(s)
	if again := w.token(s); again != first || w.server.Count("refresh_token") != 0 {
		t.Errorf("a token that holds was refreshed")
	}
	w.now = w.now.Add(time.Hour)
	second := w.token(s)
	if second == first || w.server.Count("refresh_token") != 1 {
		t.Errorf("refreshed %d times", w.server.Count("refresh_token"))
	}
	// Another process knows the replaced refresh token from the vault alone.
	w.now = w.now.Add(time.Hour)
	if third := w.token(w.source(nil)); third == second {
		t.Error("the token is old")
	}
	sealed, _, err := w.vault.Sealed(t.Context(), "sales")
	if err != nil || bytes.Contains(sealed, []byte("token")) || bytes.Contains(sealed, []byte(second)) {
		t.Errorf("the kept token can be read: %q, %v", sealed, err)
	}
	w.mustSignIn(w.source(func(o *oauth.Options) { o.Key = bytes.Repeat([]byte{8}, 32) }), "another key")
}

func TestOneRefreshAtATime(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	w.login(s)
	w.now = w.now.Add(2 * time.Hour)
	w.server.Live(4 * time.Hour)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := s.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.server.Count("refresh_token"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

func TestRefreshIsKeptBeforeUse(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	w.login(s)
	w.now = w.now.Add(2 * time.Hour)
	w.server.Live(4 * time.Hour)
	w.vault.Full(true)
	for range 3 {
		if token, err := s.Token(t.Context()); err == nil {
			t.Errorf("the token %q was given before it was kept", token)
		}
	}
	w.vault.Full(false)
	w.token(s)
	if n := w.server.Count("refresh_token"); n != 1 {
		t.Errorf("%d refreshes: the replaced token was lost", n)
	}
}

func TestInvalidGrantAsksThePersonAndNobodyElse(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	w.login(s)
	w.server.Revoke()
	w.now = w.now.Add(2 * time.Hour)
	for range 20 {
		w.mustSignIn(s, "invalid_grant")
		w.now = w.now.Add(time.Minute)
	}
	if n := w.server.Count("refresh_token"); n != 1 {
		t.Errorf("the provider was asked %d times", n)
	}
	w.login(w.source(nil)) // by another process, such as the command line
	w.token(s)
}

func TestProviderOutOfOrderIsNotHammered(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	w.login(s)
	w.now = w.now.Add(2 * time.Hour)
	w.server.Down(true)
	for range 10 {
		_, err := s.Token(t.Context())
		if again := (*oauth.SignInError)(nil); err == nil || errors.As(err, &again) || !strings.Contains(err.Error(), "502") {
			t.Errorf("the error is %v", err)
		}
	}
	if n := w.server.Count("refresh_token"); n != 1 {
		t.Errorf("the provider was asked %d times", n)
	}
	// The rests grow: in a day out of order it is asked every five minutes.
	for range 24 * 60 {
		w.now = w.now.Add(time.Minute)
		if _, err := s.Token(t.Context()); err == nil {
			t.Fatal("a token came from nowhere")
		}
	}
	if n := w.server.Count("refresh_token"); n > 24*60/5+10 {
		t.Errorf("in a day the provider was asked %d times", n)
	}
	w.server.Down(false)
	w.now = w.now.Add(maxRest)
	w.token(s)
}

// maxRest is how long a provider is left alone that was out of order for long.
const maxRest = 5 * time.Minute

func TestApp(t *testing.T) {
	w := newWorld(t, oauth.FlowApp)
	s := w.source(nil)
	first := w.token(s)
	if w.token(s) != first {
		t.Error("a token that holds was replaced")
	}
	w.now = w.now.Add(2 * time.Hour)
	if w.token(s) == first || w.server.Count("client_credentials") != 2 {
		t.Errorf("%d questions", w.server.Count("client_credentials"))
	}
	bad := w.source(func(o *oauth.Options) { o.ClientSecret = "expired" })
	if _, err := bad.Token(t.Context()); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("an expired secret gives %v", err)
	}
}

func TestDevice(t *testing.T) {
	w := newWorld(t, oauth.FlowDevice)
	s := w.source(nil)
	err := s.LoginDevice(t.Context(), func(page, code string) {
		if !strings.HasSuffix(page, "/type-it") || code != "ABCD-EFGH" {
			t.Errorf("shown %q and %q", page, code)
		}
		w.server.Approve()
	})
	if err != nil {
		t.Fatal(err)
	}
	w.token(s)
}

func TestBrowserComesBackOnceWithOurState(t *testing.T) {
	w := newWorld(t, oauth.FlowCode)
	s := w.source(nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := s.LoginBrowser(ctx, func(page string) {
		u, err := url.Parse(page)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("code_challenge_method") != "S256" || q.Get("access_type") != "offline" || q.Get("login_hint") != "sales@example.com" {
			t.Errorf("asked with %v", q)
		}
		back := u.Query().Get("redirect_uri")
		for _, forged := range []string{"?code=x", "?code=x&state=guessed", "favicon.ico"} {
			if got := visit(t, back+forged); !strings.HasPrefix(got, "Not Found") {
				t.Errorf("%s is answered %q", forged, got)
			}
		}
		visit(t, back+"?error=access_denied&state="+url.QueryEscape(u.Query().Get("state")))
	})
	if err == nil || !strings.Contains(err.Error(), "access_denied") {
		t.Errorf("the error is %v", err)
	}
}

func TestSettings(t *testing.T) {
	full := oauth.Settings{Account: "sales", Username: "u", ClientID: "c", ClientSecret: "s", Tenant: "t"}
	for _, c := range []struct {
		provider, flow string
		change         func(*oauth.Settings)
		wrong          string
	}{
		{"google", "", nil, ""},
		{"google", "code", nil, ""},
		{"google", "device", nil, "set flow to code"},
		{"microsoft", "device", nil, ""},
		{"microsoft", "app", nil, ""},
		{"microsoft", "app", func(s *oauth.Settings) { s.Tenant = "" }, "tenant"},
		{"microsoft", "app", func(s *oauth.Settings) { s.ClientSecret = "" }, "client secret"},
		{"custom", "code", nil, "addresses"},
		{"custom", "code", func(s *oauth.Settings) { s.TokenURL, s.AuthURL = "https://x/t", "https://x/a" }, ""},
		{"google", "", func(s *oauth.Settings) { s.ClientID = "" }, "client id"},
	} {
		s := full
		s.Provider, s.Flow = c.provider, c.flow
		if c.change != nil {
			c.change(&s)
		}
		_, err := oauth.New(oauth.Options{Settings: s, Vault: oauthtest.NewVault(), Key: key})
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s by %q: %v, want %q", c.provider, c.flow, err, c.wrong)
		}
	}
}

func TestClient(t *testing.T) {
	w := newWorld(t, oauth.FlowApp)
	s := w.source(func(o *oauth.Options) { o.Username = "a,b=c" })
	for _, c := range []struct{ offered, mechanism, begins string }{
		{"OAUTHBEARER XOAUTH2 PLAIN", "OAUTHBEARER", "n,a=a=2Cb=3Dc,\x01auth=Bearer "},
		{"XOAUTH2 PLAIN", "XOAUTH2", "user=a,b=c\x01auth=Bearer "},
		{"PLAIN", "", ""},
	} {
		client, err := s.Client(t.Context(), func(m string) bool { return strings.Contains(" "+c.offered+" ", " "+m+" ") })
		if c.mechanism == "" {
			if err == nil || !strings.Contains(err.Error(), "XOAUTH2") {
				t.Errorf("%s: %v", c.offered, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mechanism, first, err := client.Start()
		if err != nil || mechanism != c.mechanism || string(first) != c.begins+w.token(s)+"\x01\x01" {
			t.Errorf("%s: %s %q %v", c.offered, mechanism, first, err)
		}
		// What the server does not take is not offered again.
		before := w.token(s)
		if _, err := client.Next([]byte(`{"status":"invalid_token"}`)); err != nil {
			t.Error(err)
		}
		w.now = w.now.Add(maxRest) // the second in a row
		if w.token(s) == before {
			t.Error("a refused token is given again")
		}
	}
}
