package config

import (
	"errors"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$`)

func isHostName(text string) bool { return len(text) <= 253 && hostName.MatchString(text) }

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (r *reader) checkListen(l *Listen, sends bool) {
	const at = "listen."
	r.require(at+"http", l.HTTP != "", "such as 127.0.0.1:8080")
	r.hostPort(at+"http", l.HTTP)
	r.hostPort(at+"metrics", l.Metrics)
	if l.Metrics != "" && l.Metrics == l.HTTP && !strings.HasSuffix(l.HTTP, ":0") {
		r.problem(at+"metrics", "give another port, or remove it", "the same address as listen.http")
	}
	if sends && l.PublicURL == "" {
		r.problem(at+"public_url", "such as https://sales.example.com", "is missing: the links in mails to customers begin with it")
	}
	if l.PublicURL == "" {
		l.PublicURL = "http://" + l.HTTP
	} else if u := r.webURL(at+"public_url", l.PublicURL, true); u != nil {
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			r.problem(at+"public_url", "remove what follows the host", "want a base without path and query")
		}
		l.PublicURL = u.Scheme + "://" + u.Host
	}
	for i, host := range l.Hosts {
		if _, err := netip.ParseAddr(host); err != nil && !isHostName(host) {
			r.problem(index(at+"hosts", i), "only the name, such as emne.internal: no port, no https://", "not a host name: %s", quoted(host))
		}
	}
}

// hostPort asks that text, unless empty, can be listened on.
func (r *reader) hostPort(path, text string) {
	if text == "" {
		return
	}
	const hint = "such as 127.0.0.1:8080, or :8080 for all addresses of the machine"
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		r.problem(path, hint, "not an address with a port: %s", quoted(text))
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		r.problem(path, hint, "not a port: %s", quoted(port))
	}
	if _, err := netip.ParseAddr(host); host != "" && err != nil && !isHostName(host) {
		r.problem(path, hint, "not a host: %s", quoted(host))
	}
}

// webURL asks for a whole http or https URL; http must stay on this machine
// when the URL is for others to trust. Nil means refused.
func (r *reader) webURL(path, text string, secure bool) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.Fragment != "" {
		r.problem(path, "such as https://www.example.com", "not a web address: %s", quoted(text))
		return nil
	}
	if secure && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		r.problem(path, "write https://; a reverse proxy in front can do the TLS", "not https: %s", quoted(text))
		return nil
	}
	return u
}

// origin asks for what a browser sends as Origin (RFC 6454).
func (r *reader) origin(path, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") ||
		u.Scheme+"://"+u.Host != text || strings.ToLower(text) != text {
		r.problem(path, "scheme and host in small letters, such as https://www.example.com", "not an origin: %s", quoted(text))
	}
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func isPostgresURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") &&
		(u.Host != "" || u.Query().Get("host") != "")
}

// address asks for a bare addr-spec (RFC 5322 section 3.4.1) with a domain.
func (r *reader) address(path, text, hint string) {
	if text == "" {
		r.require(path, false, hint)
		return
	}
	parsed, err := mail.ParseAddress(text)
	if err == nil && parsed.Address == text && parsed.Name == "" {
		_, domain, _ := strings.Cut(text[strings.LastIndexByte(text, '@'):], "@")
		if isHostName(domain) {
			return
		}
	}
	r.problem(path, "only the address, such as sales@example.com", "not a mail address: %s", quoted(text))
}

// host asks for the name or IP address of a server.
func (r *reader) host(path, text, hint string) {
	if text == "" {
		r.require(path, false, hint)
		return
	}
	if _, err := netip.ParseAddr(text); err != nil && !isHostName(text) {
		r.problem(path, "only the name; the port has a key of its own", "not a host: %s", quoted(text))
	}
}

// port fills in the usual port of each kind of protection.
func (r *reader) port(path string, port *int, tls TLS, implicit, starttls, none int) {
	if !r.given(path) {
		*port = map[TLS]int{TLSImplicit: implicit, TLSStartTLS: starttls, TLSNone: none}[tls]
		return
	}
	r.between(path, *port, 1, 65535)
}

// schedule asks for a cron expression that comes due at some time.
func (r *reader) schedule(path, text string) {
	const hint = `such as "*/5 * * * *" (minute hour day month weekday), "@every 1m" or "@daily"`
	if text == "" {
		r.require(path, false, hint)
		return
	}
	if err := checkSchedule(text); err != nil {
		r.problem(path, hint, "bad cron expression %s: %s", quoted(text), err)
	}
}

func checkSchedule(text string) error {
	if len(text) > 200 {
		return errors.New("longer than 200 characters")
	}
	// ParseStandard panics on a zone that no space follows.
	if strings.Contains(text, "TZ=") && !strings.Contains(text, " ") {
		return errors.New("nothing follows the time zone")
	}
	if every, found := strings.CutPrefix(text, "@every "); found {
		if d, err := time.ParseDuration(every); err != nil || d < time.Second {
			return errors.New("want a duration of at least 1s")
		}
	}
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return err
	}
	if schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return errors.New("never comes due")
	}
	return nil
}
