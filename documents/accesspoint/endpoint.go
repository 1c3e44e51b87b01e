package accesspoint

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/emne/emne/process"
)

// Endpoint is an access point's HTTPS address.
type Endpoint struct {
	url      string
	token    string
	username string
	password string
	client   *http.Client
}

// EndpointOptions say where it is and who we are: by a token, by a name with a
// password, or by neither.
type EndpointOptions struct {
	URL      string
	Token    string
	Username string
	Password string
	// RootCAs are trusted instead of the system's when they are given.
	RootCAs *x509.CertPool
	// Timeout bounds one attempt, from the connection to the answer's end.
	Timeout time.Duration
}

// NewEndpoint makes a client of the address. It follows no redirects: the
// document and the secret go where the configuration says.
func NewEndpoint(o EndpointOptions) *Endpoint {
	return &Endpoint{o.URL, o.Token, o.Username, o.Password, &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			TLSClientConfig:       &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   2,
			IdleConnTimeout:       30 * time.Second,
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
		},
	}}
}

// Close gives up the connections that are kept open.
func (e *Endpoint) Close() { e.client.CloseIdleConnections() }

// The bounds of what an answer may say: for people, and of its wish to wait.
const (
	maxAnswer = 64 << 10
	maxReply  = 300
	maxWait   = 24 * time.Hour
)

// Drop posts the e-invoice. Whatever goes wrong on the way is tried again: the
// key tells the receiver what it has already.
func (e *Endpoint) Drop(ctx context.Context, d *process.Dispatch) process.Sent {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(d.Raw))
	if err != nil {
		return process.Sent{State: "failed", Reply: fmt.Sprintf("the access point's address is wrong: %v", err)}
	}
	req.Header.Set("Content-Type", "application/xml; charset=utf-8")
	req.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	req.Header.Set("Idempotency-Key", d.Key)
	req.Header.Set("User-Agent", "emne")
	e.signIn(req)
	answer, err := e.client.Do(req)
	if err != nil {
		return retrying(fmt.Errorf("reaching the access point: %w", err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil && answer.StatusCode/100 != 2 {
		return retrying(fmt.Errorf("the access point's answer %s broke off: %w", answer.Status, err))
	}
	return outcome(answer, legible(body))
}

func (e *Endpoint) signIn(req *http.Request) {
	switch {
	case e.token != "":
		req.Header.Set("Authorization", "Bearer "+e.token)
	case e.username != "":
		req.SetBasicAuth(e.username, e.password)
	}
}

// outcome judges an answer. A refused sign-in is mended by the house, a
// conflict is the same document in flight, and a full or broken receiver
// recovers: those wait. A redirect, and what the receiver says is wrong with the
// document, do not change by waiting.
func outcome(answer *http.Response, said string) process.Sent {
	reply := strings.TrimSpace(answer.Status + " " + said)
	switch code := answer.StatusCode; {
	case code/100 == 2:
		return process.Sent{State: "accepted", Reply: reply}
	case code/100 == 3:
		return process.Sent{State: "failed", Reply: fmt.Sprintf("the access point has moved to %s: enter that address in config.yaml", legible([]byte(answer.Header.Get("Location"))))}
	case code/100 == 4 && !transient[code]:
		return process.Sent{State: "failed", Reply: reply}
	}
	return process.Sent{State: "retrying", Reply: reply, RetryAfter: wish(answer.Header.Get("Retry-After"))}
}

// transient are refusals that may be none later.
var transient = map[int]bool{
	http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusProxyAuthRequired: true, http.StatusRequestTimeout: true,
	http.StatusConflict: true, http.StatusLocked: true, http.StatusTooEarly: true, http.StatusTooManyRequests: true,
}

// wish reads the seconds of Retry-After (RFC 9110 section 10.2.3); a date is left.
func wish(after string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(after), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxWait)
}

// legible is the beginning of an answer on one line, for people.
func legible(body []byte) string {
	s := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(body), ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > maxReply {
		s = string(r[:maxReply]) + "…"
	}
	return s
}
