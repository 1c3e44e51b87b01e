package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// browserTime is how long a person has for signing in.
const browserTime = 10 * time.Minute

// LoginBrowser lets a person sign in in a browser on this machine, which comes
// back to a port that is open meanwhile (RFC 8252 section 7.3), with PKCE (RFC
// 7636): show is given the page to open. It waits until that is done and keeps
// the tokens.
func (s *Source) LoginBrowser(ctx context.Context, show func(page string)) error {
	if s.settings.AuthURL == "" {
		return errors.New("the provider has no page to sign in on: use the device flow")
	}
	ctx, cancel := context.WithTimeout(ctx, browserTime)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the browser: %w", err)
	}
	config := s.settings.config()
	// Microsoft takes any port of localhost, but not of 127.0.0.1.
	config.RedirectURL = fmt.Sprintf("http://localhost:%d/", listener.Addr().(*net.TCPAddr).Port)
	back := &comeback{state: rand.Text(), answers: make(chan answer, 1)}
	server := &http.Server{Handler: back, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() {
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		if server.Shutdown(end) != nil {
			_ = server.Close()
		}
		<-served
	}()

	verifier := oauth2.GenerateVerifier()
	show(s.settings.page(config, back.state, verifier))
	var got answer
	select {
	case <-ctx.Done():
		return fmt.Errorf("nobody signed in: %w", ctx.Err())
	case got = <-back.answers:
	}
	if got.refusal != "" {
		return fmt.Errorf("the provider refuses the sign-in: %.300s", got.refusal)
	}
	t, err := config.Exchange(s.context(ctx), got.code, oauth2.VerifierOption(verifier))
	if err != nil {
		return loginError(err)
	}
	return s.put(ctx, t)
}

type answer struct{ code, refusal string }

// comeback takes the browser back: once, and only with our state.
type comeback struct {
	state   string
	answers chan answer
}

func (c *comeback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method != http.MethodGet || r.URL.Path != "/" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
		http.NotFound(w, r)
		return
	}
	got := answer{code: q.Get("code"), refusal: q.Get("error")}
	if got.code == "" && got.refusal == "" {
		got.refusal = "it gave no code"
	}
	select {
	case c.answers <- got:
	default: // it came back twice
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, _ = io.WriteString(w, "emne has what it needs. You can close this page.\n")
}
