package webform

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clockSkew is how old or early a signature may be.
const clockSkew = 5 * time.Minute

// source is a Source that is ready to verify.
type source struct {
	Source
	name   string
	token  *[sha256.Size]byte // of its hash
	secret []byte
}

func newSource(name string, s Source) (*source, error) {
	one := &source{Source: s, name: name}
	if s.Token != "" {
		hash := sha256.Sum256([]byte(s.Token))
		one.token = &hash
	}
	if s.Secret != "" {
		key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(s.Secret, "whsec_"), "="))
		if err != nil {
			return nil, errors.New("the secret is not base64")
		}
		if len(key) < 24 {
			return nil, fmt.Errorf("the secret has %d bytes, fewer than 24", len(key))
		}
		one.secret = key
	}
	return one, nil
}

// open reports whether anybody may post.
func (s *source) open() bool { return s.token == nil && s.secret == nil }

// knows reports whether the request carries the token. It takes the same time
// for every wrong one.
func (s *source) knows(r *http.Request) bool {
	if s.token == nil {
		return false
	}
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		bearer = ""
	}
	right := 0
	for _, given := range []string{strings.TrimSpace(bearer), r.PathValue("token")} {
		hash := sha256.Sum256([]byte(given))
		right |= subtle.ConstantTimeCompare(hash[:], s.token[:])
	}
	return right == 1
}

// signed checks a Standard Webhooks signature, version 1: HMAC-SHA-256 over
// "id.timestamp.body". Several signatures stand beside each other while keys change.
func (s *source) signed(r *http.Request, body []byte, now time.Time) bool {
	if s.secret == nil {
		return false
	}
	id, stamp := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	age := now.Sub(time.Unix(seconds, 0))
	if id == "" || err != nil || age > clockSkew || age < -clockSkew {
		return false
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	right := false
	for i, one := range strings.Fields(r.Header.Get("Webhook-Signature")) {
		version, text, _ := strings.Cut(one, ",")
		given, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(given, want) {
			right = true
		}
		if i == 20 {
			break
		}
	}
	return right
}

// allowed reports whether a page of this origin may post.
func (s *source) allowed(origin string) bool {
	return len(s.Origins) == 0 || slices.ContainsFunc(s.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
}

// allowOrigin lets a page's script read the answer. A source with a token is
// for programs.
func (s *source) allowOrigin(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" || len(s.Origins) == 0 && !s.open() || !s.allowed(origin) {
		return
	}
	w.Header().Add("Vary", "Origin")
	w.Header().Set("Access-Control-Allow-Origin", origin)
}

func preflight(w http.ResponseWriter) {
	if w.Header().Get("Access-Control-Allow-Origin") != "" {
		w.Header().Set("Access-Control-Allow-Methods", "POST")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key")
		w.Header().Set("Access-Control-Max-Age", "3600")
	}
	w.Header().Set("Allow", "POST, OPTIONS")
	w.WriteHeader(http.StatusNoContent)
}
