package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Trouble is what is wrong with a mailbox, in words for the person who set it up.
type Trouble struct {
	// Reason is a stable key, one of the constants.
	Reason string
	// Message is the English sentence.
	Message string
	// Err is what the machine said.
	Err error
}

// The reasons of Trouble.
const (
	ReasonHost        = "host_unknown"
	ReasonUnreachable = "unreachable"
	ReasonSilent      = "silent"
	ReasonTLS         = "no_tls"
	ReasonStartTLS    = "no_starttls"
	ReasonCertificate = "certificate"
	ReasonPassword    = "password"
	ReasonSignIn      = "sign_in"
	ReasonFolder      = "folder"
	ReasonMoveTo      = "move_to"
	ReasonMove        = "no_move"
	ReasonKeyword     = "no_keyword"
	ReasonUIDs        = "no_uidvalidity"
	ReasonRefused     = "refused"
	ReasonBroken      = "broken"
	ReasonStore       = "store"
	ReasonSetup       = "setup"
	ReasonClosed      = "closed"
)

func (t *Trouble) Error() string { return t.Message }

// Unwrap gives what the machine said.
func (t *Trouble) Unwrap() error { return t.Err }

func trouble(reason string, err error, format string, args ...any) *Trouble {
	return &Trouble{Reason: reason, Message: fmt.Sprintf(format, args...), Err: err}
}

// onlyMarking tells the reasons for which mails are read, but not marked.
func onlyMarking(reason string) bool {
	return reason == ReasonMove || reason == ReasonMoveTo || reason == ReasonKeyword
}

// reasonOf is the reason of a Trouble, "" for other errors.
func reasonOf(err error) string {
	var t *Trouble
	if errors.As(err, &t) {
		return t.Reason
	}
	return ""
}

// dialTrouble words what happened before the server's greeting.
func (a Account) dialTrouble(err error) error {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return trouble(ReasonHost, err, "there is no host %q: look at the name, and at this machine's DNS", a.Host)
	case errors.As(err, &dns):
		return trouble(ReasonHost, err, "the name %q cannot be looked up at present: %v", a.Host, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return trouble(ReasonUnreachable, err, "nothing listens on %s: look at the port, and whether the server runs", a.addr())
	case isTimeout(err):
		return trouble(ReasonUnreachable, err, "%s does not answer: look at host and port, and at firewalls on the way", a.addr())
	}
	return trouble(ReasonUnreachable, err, "%s cannot be reached: %v", a.addr(), err)
}

// tlsTrouble words a failed handshake.
func (a Account) tlsTrouble(err error) error {
	var record tls.RecordHeaderError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &record):
		return trouble(ReasonTLS, err, "%s speaks no TLS from the first byte: is tls: starttls meant, or another port?", a.addr())
	case errors.As(err, &name):
		return trouble(ReasonCertificate, err, "the server's certificate is not for %q: %v", a.Host, name)
	case errors.As(err, &authority) && authority.Cert != nil && bytes.Equal(authority.Cert.RawIssuer, authority.Cert.RawSubject):
		return trouble(ReasonCertificate, err, "the server's certificate is signed by itself alone: give it as ca_file when the server is your own")
	case errors.As(err, &authority):
		return trouble(ReasonCertificate, err, "the server's certificate is signed by nobody known here: give its authority as ca_file when it is your own")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore):
		return trouble(ReasonCertificate, err, "the server's certificate is not valid before %s: look at the clock of this machine", day(invalid.Cert.NotBefore))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return trouble(ReasonCertificate, err, "the server's certificate expired on %s: whoever runs the server must renew it", day(invalid.Cert.NotAfter))
	case errors.As(err, &invalid), errors.As(err, &verification):
		return trouble(ReasonCertificate, err, "the server's certificate is not good: %v", err)
	case isTimeout(err):
		return trouble(ReasonSilent, err, "%s does not go on with TLS: is tls: starttls meant, or another port?", a.addr())
	}
	return trouble(ReasonTLS, err, "no TLS could be agreed with %s: %v", a.addr(), err)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// busyCodes and tooMany tell a server that takes nobody at present from one that
// refuses us: the codes of RFC 5530, and those and the words of Gmail and Exchange.
var (
	busyCodes = []imap.ResponseCode{imap.ResponseCodeUnavailable, imap.ResponseCodeLimit, imap.ResponseCodeInUse, "THROTTLED", "OVERQUOTA"}
	tooMany   = regexp.MustCompile(`(?i)too many|temporarily|try again later|server busy|bandwidth`)
)

// loginTrouble words a refused sign-in.
func (a Account) loginTrouble(err error) error {
	var refused *imap.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch {
	case slices.Contains(busyCodes, refused.Code) || tooMany.MatchString(refused.Text):
		return trouble(ReasonRefused, err, "the server takes no sign-in at present: %s", refused.Text)
	case refused.Code == imap.ResponseCodePrivacyRequired:
		return trouble(ReasonTLS, err, "the server takes no password without TLS: set tls to implicit or starttls")
	}
	said := saidBy(refused)
	if strings.Contains(said, "authenticated but not connected") { // Exchange's words
		return trouble(ReasonPassword, err, "the sign-in of %s is good, but there is no mailbox for it (%s): is the user name the mailbox's, does it have a licence, and may the app open it (IMAP.AccessAsApp, and Add-MailboxPermission)?", a.Username, said)
	}
	if a.Auth != nil {
		return trouble(ReasonPassword, err, "the server refuses the sign-in of %s, although the provider gave a token (%s): is IMAP switched on for this account, and are the scopes right?", a.Username, said)
	}
	if provider := a.provider(); provider != "" {
		return trouble(ReasonPassword, err, "the server refuses the password of %s (%s): this is %s", a.Username, said, fmt.Sprintf(provider, a.mailbox()))
	}
	return trouble(ReasonPassword, err, "the server refuses the password of %s (%s): many providers want an app password here", a.Username, said)
}

// providers are the servers that take no ordinary password, by the end of
// their names, and what to do there.
var providers = []struct{ host, words string }{
	{"office365.com", "Microsoft 365: it needs OAuth2, give the mailbox an oauth section and run `emne mailbox login %s`"},
	{"outlook.com", "Microsoft 365: it needs OAuth2, give the mailbox an oauth section and run `emne mailbox login %s`"},
	{"gmail.com", "Gmail: it needs OAuth2 (give the mailbox an oauth section and run `emne mailbox login %s`), or an app password"},
	{"googlemail.com", "Gmail: it needs OAuth2 (give the mailbox an oauth section and run `emne mailbox login %s`), or an app password"},
}

// provider is the words for a known server, with a %s for the mailbox's name.
func (a Account) provider() string {
	host := strings.TrimSuffix(strings.ToLower(a.Host), ".")
	for _, p := range providers {
		if host == p.host || strings.HasSuffix(host, "."+p.host) {
			return p.words
		}
	}
	return ""
}

// tokenTrouble words that no token is to be had.
func (a Account) tokenTrouble(err error) error {
	var person interface{ SignInAgain() }
	if errors.As(err, &person) {
		return trouble(ReasonSignIn, err, "%v", err)
	}
	return trouble(ReasonRefused, err, "%s cannot sign in: %v", a.Username, err)
}

// folderTrouble words a folder that cannot be opened.
func (a Account) folderTrouble(reason, folder string, err error) error {
	var refused *imap.Error
	if !errors.As(err, &refused) {
		return err
	}
	return trouble(reason, err, "there is no folder %q for %s, or it may not be read (the server says: %s)", folder, a.Username, saidBy(refused))
}

// dovecotTime is how long a command took, which Dovecot adds to its words.
var dovecotTime = regexp.MustCompile(` \([0-9. +]+ secs\)\.?$`)

// saidBy are a server's words without what is of no use to a person.
func saidBy(e *imap.Error) string {
	return strings.TrimRight(dovecotTime.ReplaceAllString(strings.TrimSpace(e.Text), ""), ".")
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}
