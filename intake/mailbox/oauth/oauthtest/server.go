// Package oauthtest is an authorisation server for tests (RFC 6749): it signs
// everybody in, hands out tokens that it replaces at every refresh, forgets
// them when told to, and counts what it is asked.
package oauthtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/oauth"
)

// Client is the app that the server knows.
const (
	Client = "emne"
	Secret = "the app's secret"
)

// Server is a running authorisation server of one user.
type Server struct {
	URL string

	mu   sync.Mutex
	user string
	// life is how long an access token holds.
	life     time.Duration
	refresh  string // the one refresh token that holds
	access   map[string]bool
	codes    map[string]url.Values // what /auth was asked with
	approved bool                  // the device code
	down     bool
	counts   map[string]int
}

// New starts a server that ends with the test. It signs in user.
func New(t testing.TB, user string) *Server {
	s := &Server{user: user, life: time.Hour, access: map[string]bool{}, codes: map[string]url.Values{}, counts: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /auth", s.authorise)
	mux.HandleFunc("POST /device", s.device)
	mux.HandleFunc("POST /token", s.token)
	mux.HandleFunc("POST /introspect", s.introspect)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Settings are those of an app that signs in here.
func (s *Server) Settings(account, flow string) oauth.Settings {
	return oauth.Settings{Account: account, Username: s.user, Provider: oauth.Custom, ClientID: Client, ClientSecret: Secret, Scopes: []string{"mail"},
		AuthURL: s.URL + "/auth", TokenURL: s.URL + "/token", DeviceURL: s.URL + "/device", Flow: flow}
}

// IntrospectURL is where a mail server asks about tokens (RFC 7662).
func (s *Server) IntrospectURL() string { return s.URL + "/introspect" }

// Count is how often a kind of question was asked: a grant_type, or introspect.
func (s *Server) Count(of string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[of]
}

// Live sets how long access tokens hold from now on.
func (s *Server) Live(d time.Duration) { s.change(func() { s.life = d }) }

// Down makes every question fail.
func (s *Server) Down(is bool) { s.change(func() { s.down = is }) }

// Revoke makes the refresh token worthless.
func (s *Server) Revoke() { s.change(func() { s.refresh = "" }) }

// Forget makes the access tokens worthless, before their time.
func (s *Server) Forget() { s.change(func() { clear(s.access) }) }

// Approve is the person who types the code of the device.
func (s *Server) Approve() { s.change(func() { s.approved = true }) }

func (s *Server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := rand.Text()
	s.change(func() { s.codes[code] = q })
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "bad redirect_uri", http.StatusBadRequest)
		return
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (s *Server) device(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": s.URL + "/type-it", "expires_in": 600, "interval": 1})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	grant := r.PostFormValue("grant_type")
	s.counts[grant]++
	refuse := func(code string) {
		answer(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": "said the test's server"})
	}
	switch {
	case s.down:
		http.Error(w, "out of order", http.StatusBadGateway)
		return
	case r.PostFormValue("client_id") != Client || r.PostFormValue("client_secret") != Secret:
		refuse("invalid_client")
		return
	}
	whole := true
	switch grant {
	case "authorization_code":
		asked := s.codes[r.PostFormValue("code")]
		delete(s.codes, r.PostFormValue("code"))
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		if asked == nil || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") || asked.Get("code_challenge_method") != "S256" ||
			asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
			refuse("invalid_grant")
			return
		}
	case "urn:ietf:params:oauth:grant-type:device_code":
		if !s.approved {
			refuse("authorization_pending")
			return
		}
	case "refresh_token":
		if s.refresh == "" || r.PostFormValue("refresh_token") != s.refresh {
			refuse("invalid_grant")
			return
		}
	case "client_credentials":
		whole = false
	default:
		refuse("unsupported_grant_type")
		return
	}
	token := rand.Text()
	s.access[token] = true
	out := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(s.life.Seconds())}
	if whole {
		s.refresh = rand.Text()
		out["refresh_token"] = s.refresh
	}
	answer(w, http.StatusOK, out)
}

func (s *Server) introspect(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts["introspect"]++
	if !s.access[r.PostFormValue("token")] {
		answer(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	answer(w, http.StatusOK, map[string]any{"active": true, "username": s.user})
}

// Holds reports whether an access token is good, as a mail server would ask.
func (s *Server) Holds(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.access[token]
}

func answer(w http.ResponseWriter, status int, what map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // the asker has gone
}
