package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/emne/emne/process"
)

// Site is what the server knows about its own place on the web.
type Site struct {
	hosts   []string
	proxies []netip.Prefix
}

// NewSite takes the base of public links, further host names (without ports)
// under which pages are opened, and the networks of proxies whose
// X-Forwarded-For is believed.
func NewSite(publicURL string, hosts []string, proxies []netip.Prefix) (Site, error) {
	s := Site{proxies: proxies}
	if publicURL != "" {
		public, err := url.Parse(publicURL)
		if err != nil {
			return Site{}, fmt.Errorf("read the public address: %w", err)
		}
		if public.Hostname() == "" {
			return Site{}, fmt.Errorf("read the public address: %q has no host", publicURL)
		}
		s.hosts = append(s.hosts, hostName(public.Host))
	}
	for _, host := range hosts {
		s.hosts = append(s.hosts, hostName(host))
	}
	return s, nil
}

// Protect lets through what comes under one of the site's names (else 421; DNS
// rebinding) and was not sent by another site's page, and sets the headers of a
// page that may do nothing. allow adds to the Content-Security-Policy, such as
// "style-src 'self'; img-src 'self'"; a handler may overwrite any header.
func (s Site) Protect(allow string, refuse Refuse, next http.Handler) http.Handler {
	policy := "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	if allow != "" {
		policy += "; " + allow
	}
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: with that, forms are posted with "Origin: null".
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if name := hostName(r.Host); !loopbackName(name) && !slices.Contains(s.hosts, name) {
			http.Error(w, "this server does not answer to that host name; see listen.public_url and listen.hosts", http.StatusMisdirectedRequest)
			return
		}
		if err := crossOrigin.Check(r); err != nil {
			refuse(w, r, &process.Error{Code: process.CodeForbidden, Reason: "cross_origin", Message: "another site's page sent this request: open the page here and try again"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Address is the client's network address: the connection's, or, when a trusted
// proxy holds that, the last one in X-Forwarded-For that is no trusted proxy.
func (s Site) Address(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	client := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusts(client) {
			break
		}
		previous, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		client = previous.Unmap()
	}
	return client.String()
}

func (s Site) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(address.WithZone("")) })
}

// hostName is the host of a Host header or URL: no port, no brackets, no dot at
// the end, lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// loopbackName reports whether a host name stands for this machine alone
// (RFC 6761 section 6.3).
func loopbackName(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.Unmap().IsLoopback()
}
