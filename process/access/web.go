package access

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/emne/emne/process"
)

// The session's cookie. The browser guards the first name itself: Secure, no
// Domain, Path=/ (RFC 6265bis section 4.1.3.2); it does not take it over plain
// HTTP, where only this machine's own browser comes.
const (
	cookieName      = "__Host-emne"
	cookieNamePlain = "emne"
)

// Identify says who sends a request: the zero Actor when the request names
// nobody, an error when it names somebody who may not come in.
type Identify func(*http.Request) (process.Actor, error)

// Session identifies by the session's cookie. Behind it belongs Site.Protect,
// for a browser sends a cookie with other sites' requests too.
func (a *Access) Session(r *http.Request) (process.Actor, error) {
	secret := SessionSecret(r)
	if secret == "" {
		return process.Actor{}, nil
	}
	actor, _, err := a.SessionActor(r.Context(), secret)
	return actor, err
}

// Bearer identifies by the token of an Authorization header (RFC 6750 section 2.1).
func (a *Access) Bearer(r *http.Request) (process.Actor, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return process.Actor{}, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return process.Actor{}, unauthorized("token.scheme", "send the token as: Authorization: Bearer TOKEN")
	}
	return a.TokenActor(r.Context(), strings.TrimSpace(token))
}

// Open takes everybody on this machine for the actor: that is for the demo. It
// refuses when either end of the connection is not loopback, requests that a
// proxy has passed on, and other host names than this machine's own.
func Open(actor process.Actor) Identify {
	return func(r *http.Request) (process.Actor, error) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if local == nil || !loopback(local.String()) || !loopback(r.RemoteAddr) || forwarded(r) || !loopbackName(hostName(r.Host)) {
			return process.Actor{}, process.Forbidden("without sign-in, only this machine itself is let in")
		}
		return actor, nil
	}
}

// First takes the first answer that is not "nobody".
func First(ways ...Identify) Identify {
	return func(r *http.Request) (process.Actor, error) {
		for _, way := range ways {
			if actor, err := way(r); err != nil || actor.Kind != "" {
				return actor, err
			}
		}
		return process.Actor{}, nil
	}
}

// Refuse answers a request that was refused, as a page or as a problem.
type Refuse func(http.ResponseWriter, *http.Request, error)

// Known lets only identified actors through to next, where ActorOf gives them.
func (s Site) Known(who Identify, refuse Refuse, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, err := who(r)
		if err == nil && actor.Kind == "" {
			err = unauthorized("unauthorized", "sign in or send a token first")
		}
		if err != nil {
			refuse(w, r, err)
			return
		}
		actor.Address, actor.UserAgent = s.Address(r), cut(r.UserAgent(), maxUserAgent)
		next.ServeHTTP(w, r.WithContext(WithActor(r.Context(), actor)))
	})
}

type actorKey struct{}

// WithActor makes the actor the one of a request.
func WithActor(ctx context.Context, actor process.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf is the request's actor, the zero Actor when there is none, whom every
// use case refuses.
func ActorOf(ctx context.Context) process.Actor {
	actor, _ := ctx.Value(actorKey{}).(process.Actor)
	return actor
}

// SessionSecret is the secret in the request's cookie, "" when there is none.
func SessionSecret(r *http.Request) string {
	cookie, err := r.Cookie(cookieFor(r))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// SetSession gives the browser a session's secret, or takes it back when empty.
func SetSession(w http.ResponseWriter, r *http.Request, secret string) {
	name := cookieFor(r)
	cookie := &http.Cookie{
		Name: name, Value: secret, Path: "/", HttpOnly: true, Secure: name == cookieName,
		SameSite: http.SameSiteLaxMode, MaxAge: int(SessionMax.Seconds()),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// cookieFor is the plain name for plain HTTP on a loopback name alone. A proxy
// that ends TLS keeps the public host name.
func cookieFor(r *http.Request) string {
	if r.TLS == nil && loopbackName(hostName(r.Host)) {
		return cookieNamePlain
	}
	return cookieName
}

func forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// loopback reports whether host:port is on this machine.
func loopback(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().Unmap().IsLoopback()
}
