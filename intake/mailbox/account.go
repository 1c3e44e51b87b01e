package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/robfig/cron/v3"
)

// TLS says how the connection is protected.
type TLS string

// The protections: from the first byte (RFC 8314), after STARTTLS, or none.
const (
	TLSImplicit TLS = "implicit"
	TLSStartTLS TLS = "starttls"
	TLSNone     TLS = "none"
)

// After says what happens on the server to a mail that was taken in.
type After string

// What happens: nothing, a keyword, \Flagged, or a move to another folder.
const (
	AfterNone    After = "none"
	AfterKeyword After = "keyword"
	AfterFlag    After = "flag"
	AfterMove    After = "move"
)

// Backfill says what of the mail is taken that lies in the folder at the first
// contact; the zero value takes none.
type Backfill struct {
	All bool
	// Since takes what arrived then or later (INTERNALDATE).
	Since time.Time
}

// Account is a folder on an IMAP server and how it is read.
type Account struct {
	// Name is the mailbox's name in the history; it does not change. A further
	// folder of a mailbox has its own, with the folder's after a FolderMark.
	Name string
	// Address is what customers write to.
	Address string
	Host    string
	// Port defaults to 993 with TLSImplicit, else 143.
	Port int
	// TLS defaults to TLSImplicit.
	TLS TLS
	// CAFile is a PEM file of the authorities to trust, RootCAs the same in
	// memory; neither: the system's.
	CAFile  string
	RootCAs *x509.CertPool
	// Username defaults to Address.
	Username string
	Password string
	// Auth gives the client of a SASL mechanism that the server offers, instead
	// of the password, such as one with an OAuth2 token. Its error may have a
	// method SignInAgain, when a person must act.
	Auth func(ctx context.Context, offers func(mechanism string) bool) (sasl.Client, error)
	// User is the address of the user whose own mailbox it is; empty for the
	// company's. Sent says that the folder holds what the user sent.
	User string
	Sent bool
	// Folder defaults to INBOX.
	Folder string
	// Poll is a cron expression in the machine's time zone, or @every DURATION;
	// it defaults to "@every 1m".
	Poll string
	// Idle asks the server to tell of new mail at once.
	Idle     bool
	Backfill Backfill
	// After defaults to AfterNone.
	After After
	// Keyword defaults to "emne".
	Keyword string
	// MoveTo is the folder of AfterMove.
	MoveTo string
}

// FolderMark separates a mailbox's name from that of a further folder.
const FolderMark = ":"

// mailbox is the name in the configuration.
func (a Account) mailbox() string {
	name, _, _ := strings.Cut(a.Name, FolderMark)
	return name
}

func (a Account) addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// complete fills in the defaults and says what is missing.
func (a Account) complete() (Account, error) {
	set := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	if a.TLS == "" {
		a.TLS = TLSImplicit
	}
	if a.Port == 0 {
		a.Port = 143
		if a.TLS == TLSImplicit {
			a.Port = 993
		}
	}
	if a.After == "" {
		a.After = AfterNone
	}
	set(&a.Username, a.Address)
	set(&a.Folder, "INBOX")
	set(&a.Poll, "@every 1m")
	set(&a.Keyword, "emne")
	switch {
	case a.Name == "":
		return a, errors.New("a mailbox needs a name")
	case a.Host == "":
		return a, fmt.Errorf("mailbox %s: it needs a host", a.Name)
	case a.Username == "":
		return a, fmt.Errorf("mailbox %s: it needs an address or a user name", a.Name)
	case a.TLS != TLSImplicit && a.TLS != TLSStartTLS && a.TLS != TLSNone:
		return a, fmt.Errorf("mailbox %s: unknown protection %q", a.Name, a.TLS)
	case a.After != AfterNone && a.After != AfterKeyword && a.After != AfterFlag && a.After != AfterMove:
		return a, fmt.Errorf("mailbox %s: unknown action %q", a.Name, a.After)
	case a.After == AfterMove && a.MoveTo == "":
		return a, fmt.Errorf("mailbox %s: the folder to move to is missing", a.Name)
	}
	return a, nil
}

func (a Account) schedule() (cron.Schedule, error) {
	s, err := cron.ParseStandard(a.Poll)
	if err != nil {
		return nil, fmt.Errorf("mailbox %s: poll schedule %q: %w", a.Name, a.Poll, err)
	}
	return s, nil
}

// tls is the client's TLS configuration; the CA file is read anew for each
// connection, so that a renewed one is used.
func (a Account) tls() (*tls.Config, error) {
	c := &tls.Config{ServerName: a.Host, RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12, NextProtos: []string{"imap"}}
	if a.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(a.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading the authorities: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("reading the authorities: %s holds no certificate", a.CAFile)
	}
	return c, nil
}
