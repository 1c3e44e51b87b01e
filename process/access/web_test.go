package access

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func answer(w http.ResponseWriter, _ *http.Request, err error) {
	status := map[process.Code]int{process.CodeUnauthorized: 401, process.CodeForbidden: 403}[process.CodeOf(err)]
	http.Error(w, err.Error(), status)
}

func site(t *testing.T) Site {
	t.Helper()
	s, err := NewSite("https://CRM.firma.example:8443/", []string{"intern.firma.example", "10.0.0.5"},
		[]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("127.0.0.1/32")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestProtect(t *testing.T) {
	handler := site(t).Protect("style-src 'self'", answer, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") }))
	for _, c := range []struct {
		name, method, host string
		header             map[string]string
		want               int
	}{
		{"the public name", "GET", "crm.firma.example", nil, 200},
		{"with a port and capitals", "GET", "Crm.Firma.Example:443", nil, 200},
		{"with a dot at the end", "GET", "crm.firma.example.", nil, 200},
		{"another name of ours", "GET", "intern.firma.example:8080", nil, 200},
		{"an address of ours", "GET", "10.0.0.5:8080", nil, 200},
		{"localhost", "GET", "localhost:8080", nil, 200},
		{"loopback", "GET", "127.0.0.1:8080", nil, 200},
		{"loopback of IPv6", "GET", "[::1]:8080", nil, 200},
		{"a rebound name", "GET", "attacker.example:8080", nil, 421},
		{"ours inside a foreign one", "GET", "crm.firma.example.attacker.example", nil, 421},
		{"loopback inside a foreign one", "GET", "127.0.0.1.attacker.example", nil, 421},
		{"a foreign address", "GET", "192.0.2.7", nil, 421},
		{"no name", "GET", "", nil, 421},
		{"our own form", "POST", "crm.firma.example", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"our own form, older browser", "POST", "crm.firma.example", map[string]string{"Origin": "https://crm.firma.example"}, 200},
		{"a program", "POST", "crm.firma.example", nil, 200},
		{"another site's form", "POST", "crm.firma.example", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a sister site's form", "POST", "crm.firma.example", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"another site's form, older browser", "POST", "crm.firma.example", map[string]string{"Origin": "https://attacker.example"}, 403},
		{"a sandbox's form", "POST", "crm.firma.example", map[string]string{"Origin": "null"}, 403},
		{"another site's link", "GET", "crm.firma.example", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
	} {
		r := httptest.NewRequest(c.method, "http://x/", nil)
		r.Host = c.host
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.want)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'self'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, want)
			}
		}
	}
	for _, bad := range []string{"://", "/path"} {
		if _, err := NewSite(bad, nil, nil); err == nil {
			t.Errorf("the public address %q was taken", bad)
		}
	}
}

func TestClientAddress(t *testing.T) {
	for _, c := range []struct{ name, remote, forwarded, want string }{
		{"directly", "192.0.2.1:1234", "", "192.0.2.1"},
		{"a stranger's claim", "192.0.2.1:1234", "203.0.113.9", "192.0.2.1"},
		{"through a proxy", "10.1.2.3:1234", "203.0.113.9", "203.0.113.9"},
		{"through two", "127.0.0.1:1234", "203.0.113.9, 10.1.2.3", "203.0.113.9"},
		{"a claim through a proxy", "10.1.2.3:1234", "1.1.1.1, 203.0.113.9", "203.0.113.9"},
		{"nonsense through a proxy", "10.1.2.3:1234", "unknown", "10.1.2.3"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:1", "", "192.0.2.1"},
		{"a socket", "@", "203.0.113.9", "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := site(t).Address(r); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCookies(t *testing.T) {
	for _, c := range []struct {
		name, host string
		tls        bool
		want       string
	}{
		{"a public name over TLS", "crm.firma.example", true, "__Host-emne=secret; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax"},
		{"behind a proxy that ends TLS", "crm.firma.example", false, "__Host-emne=secret; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax"},
		{"this machine", "127.0.0.1:8080", false, "emne=secret; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax"},
		{"this machine over TLS", "localhost:8443", true, "__Host-emne=secret; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.TLS = c.host, nil
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		SetSession(w, r, "secret")
		got := w.Header().Get("Set-Cookie")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		name, _, _ := strings.Cut(c.want, "=")
		r.AddCookie(&http.Cookie{Name: name, Value: "secret"})
		if got := SessionSecret(r); got != "secret" {
			t.Errorf("%s: the cookie gives %q", c.name, got)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "crm.firma.example"
	r.AddCookie(&http.Cookie{Name: "emne", Value: "planted"})
	if got := SessionSecret(r); got != "" {
		t.Errorf("an unguarded cookie was taken under a public name: %q", got)
	}
	w := httptest.NewRecorder()
	SetSession(w, r, "")
	if got := w.Header().Get("Set-Cookie"); !strings.Contains(got, "Max-Age=0") {
		t.Errorf("the cookie is not taken back: %q", got)
	}
}

func TestKnown(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleSales)
	secret := h.signIn(u.Email)
	bearer, _, err := h.CreateToken(t.Context(), process.System(), "robot", process.RoleReader, nil)
	if err != nil {
		t.Fatal(err)
	}
	handler := site(t).Known(First(h.Bearer, h.Session), answer, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := ActorOf(r.Context())
		io.WriteString(w, strings.Join([]string{a.Name, a.Channel, a.Address, a.UserAgent}, "|"))
	}))
	for _, c := range []struct {
		name, cookie, authorization string
		want                        string
		status                      int
	}{
		{"a session", secret, "", "Kari Nordmann|console|192.0.2.1|test", 200},
		{"a token", "", "Bearer " + bearer, "robot|api|192.0.2.1|test", 200},
		{"a token goes before", secret, "bearer " + bearer, "robot|api|192.0.2.1|test", 200},
		{"nobody", "", "", "sign in", 401},
		{"an old session", "old", "", "session is over", 401},
		{"a wrong token", secret, "Bearer wrong", "unknown, revoked", 401},
		{"another scheme", secret, "Basic a2FyaTprYXJp", "Bearer TOKEN", 401},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("User-Agent", "test")
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: cookieName, Value: c.cookie})
		}
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: %d %q, want %d %q", c.name, w.Code, w.Body, c.status, c.want)
		}
	}
}

func TestOpenIsForThisMachine(t *testing.T) {
	owner := process.Actor{Kind: process.ActorUser, ID: "demo", Role: process.RoleOwner}
	who := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, err := Open(owner)(r)
		if err == nil && got != owner {
			t.Errorf("the open actor is %+v", got)
		}
		who <- err
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if err := <-who; err != nil {
		t.Errorf("from this machine: %v", err)
	}

	for _, c := range []struct{ name, local, remote, host, header string }{
		{"from elsewhere", "127.0.0.1:8080", "192.0.2.1:5", "localhost:8080", ""},
		{"to a public address", "192.0.2.2:8080", "127.0.0.1:5", "localhost:8080", ""},
		{"both public", "192.0.2.2:8080", "192.0.2.1:5", "localhost:8080", ""},
		{"without a local address", "", "127.0.0.1:5", "localhost:8080", ""},
		{"through a proxy", "127.0.0.1:8080", "127.0.0.1:5", "localhost:8080", "X-Forwarded-For"},
		{"under a public name", "127.0.0.1:8080", "127.0.0.1:5", "demo.example", ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = c.remote, c.host
		if c.local != "" {
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.local))))
		}
		if c.header != "" {
			r.Header.Set(c.header, "203.0.113.9")
		}
		_, err := Open(owner)(r)
		refused(t, c.name, err, process.CodeForbidden, "")
	}
}
