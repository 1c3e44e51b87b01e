package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/emersion/go-smtp"
)

// maxReply bounds what is kept of a server's answer, in characters.
const maxReply = 500

// oneReply makes a server's words fit for the database and a page: one line,
// valid UTF-8, not endless.
func oneReply(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return clip(strings.Join(strings.Fields(s), " "), maxReply)
}

// clip shortens a text to at most n characters, the last then an ellipsis.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimRight(string(r[:n-1]), " ") + "…"
	}
	return s
}

// words gives an error with the server's code as RFC 5321 writes it.
func words(err error) string {
	var e *smtp.SMTPError
	if !errors.As(err, &e) {
		return err.Error()
	}
	said := fmt.Sprintf("%d %s", e.Code, e.Message)
	if c := e.EnhancedCode; c[0] > 0 {
		said = fmt.Sprintf("%d %d.%d.%d %s", e.Code, c[0], c[1], c[2], e.Message)
	}
	return strings.Replace(err.Error(), e.Error(), said, 1)
}

// explain adds what a person can do about an error of the connection.
func (s Submission) explain(err error) error {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		said      *smtp.SMTPError
		hint      string
	)
	switch {
	case errors.As(err, &dns):
		hint = "is the host's name right?"
	case errors.Is(err, syscall.ECONNREFUSED):
		hint = fmt.Sprintf("nothing listens on port %d; submission is usually 465 (implicit) or 587 (starttls)", s.Port)
	case errors.As(err, &authority):
		hint = "its certificate comes from an authority that is not trusted; ca_file names one"
	case errors.As(err, &name):
		hint = "its certificate is for another name; host must be the name in the certificate"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && time.Now().After(invalid.Cert.NotAfter):
		hint = "its certificate expired on " + invalid.Cert.NotAfter.UTC().Format(time.DateOnly) + "; whoever runs the server must renew it"
	case errors.As(err, &invalid):
		hint = "its certificate is not valid now, or not for this use"
	case errors.As(err, &record):
		hint = "it does not begin with TLS on this port; try tls: starttls"
	case strings.Contains(err.Error(), "doesn't support STARTTLS"):
		hint = "it offers no STARTTLS on this port; try tls: implicit, usually on port 465"
	case strings.Contains(err.Error(), `"* OK`):
		hint = "that is an IMAP server, which gives mail out; submission is usually on port 465 (implicit) or 587 (starttls)"
	case s.Auth == nil && errors.As(err, &said) && (said.Code == 535 || said.Code == 534 || said.Code == 530):
		hint = s.signInHint()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		hint = "no answer in time; a firewall, or the wrong kind of TLS for this port"
	}
	if hint == "" {
		return errors.New(oneReply(words(err)))
	}
	return fmt.Errorf("%s (%s)", oneReply(words(err)), hint)
}

// signInHint says what a provider wants who takes no ordinary password.
func (s Submission) signInHint() string {
	host := "." + strings.TrimSuffix(strings.ToLower(s.Host), ".")
	for _, p := range []struct{ name, hosts string }{{"Microsoft 365", ".office365.com .outlook.com"}, {"Gmail", ".gmail.com .googlemail.com"}} {
		for known := range strings.FieldsSeq(p.hosts) {
			if !strings.HasSuffix(host, known) {
				continue
			}
			hint := "this is " + p.name + ": it needs OAuth2, give submission.oauth the name of a mailbox with an oauth section"
			if p.name == "Gmail" {
				hint += ", or an app password"
			}
			return hint
		}
	}
	if s.Username == "" {
		return "it wants to know who sends: give username and password"
	}
	return "some providers want an app password here"
}
