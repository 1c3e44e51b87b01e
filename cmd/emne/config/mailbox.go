package config

import (
	"errors"
	"time"
)

// TLS says how a connection to a mail server is protected.
type TLS string

// The protections: from the first byte (RFC 8314), after STARTTLS, or none.
const (
	TLSImplicit TLS = "implicit"
	TLSStartTLS TLS = "starttls"
	TLSNone     TLS = "none"
)

func (TLS) allowed() []string { return []string{"implicit", "starttls", "none"} }

// After says what happens on the server to a mail that was taken in.
type After string

// What happens: nothing, a keyword, \Flagged, or a move to another folder.
const (
	AfterNone    After = "none"
	AfterKeyword After = "keyword"
	AfterFlag    After = "flag"
	AfterMove    After = "move"
)

func (After) allowed() []string { return []string{"none", "keyword", "flag", "move"} }

// MailboxKind says whose mailbox it is.
type MailboxKind string

// The kinds: what customers write to, or a user's own.
const (
	MailboxCompany MailboxKind = "company"
	MailboxOwn     MailboxKind = "own"
)

func (MailboxKind) allowed() []string { return []string{"company", "own"} }

// Mailbox is an IMAP account that mail is read from.
type Mailbox struct {
	Kind MailboxKind `yaml:"kind"`
	// User is the address that the user of an own mailbox signs in with; Sent
	// the folder of what was sent, empty for the one that the server marks.
	User string `yaml:"user"`
	Sent string `yaml:"sent"`
	// Address is the bare address (addr-spec) that customers write to.
	Address string `yaml:"address"`
	Host    string `yaml:"host"`
	// Port defaults to 993 with TLSImplicit, else 143.
	Port int `yaml:"port"`
	TLS  TLS `yaml:"tls"`
	// CAFile is a PEM file of the authorities to trust instead of the system's.
	CAFile string `yaml:"ca_file"`
	// Username defaults to Address.
	Username string `yaml:"username"`
	// Password is set whether it came inline or from PasswordFile.
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	// OAuth stands instead of a password.
	OAuth OAuth `yaml:"oauth"`
	// Folder is the mailbox name on the server that is read.
	Folder string `yaml:"folder"`
	// Folders are read beside it.
	Folders []string `yaml:"folders"`
	// Poll is a cron expression in the machine's time zone, or @every DURATION.
	Poll string `yaml:"poll"`
	// Idle asks the server to tell of new mail at once (RFC 2177).
	Idle bool `yaml:"idle"`
	// Backfill says what of the mail that is there at the first contact is taken.
	Backfill Backfill `yaml:"backfill"`
	After    After    `yaml:"after"`
	// Keyword is the IMAP keyword that AfterKeyword sets.
	Keyword string `yaml:"keyword"`
	// MoveTo is the folder that AfterMove moves to; empty otherwise.
	MoveTo string `yaml:"move_to"`
}

func (m *Mailbox) setDefaults() {
	*m = Mailbox{Kind: MailboxCompany, TLS: TLSImplicit, Folder: "INBOX", Poll: "@every 1m", Idle: true, After: AfterNone, Keyword: "emne"}
}

// checkOwn asks for what an own mailbox must have, and must not.
func (r *reader) checkOwn(path string, m *Mailbox) {
	at := func(key string) string { return join(path, key) }
	if m.Kind != MailboxOwn {
		for _, key := range []string{"user", "sent"} {
			if r.given(at(key)) {
				r.problem(at(key), "set kind to own, or remove it", "only a user's own mailbox has this")
			}
		}
		return
	}
	r.address(at("user"), m.User, "the address that the user signs in to emne with")
	for _, key := range []string{"folders", "after", "move_to", "keyword", "backfill"} {
		if r.given(at(key)) {
			r.problem(at(key), "remove it", "a user's own mailbox is only read, from the day on that the user says when opening it")
		}
	}
}

// Backfill says what of the old mail is taken; the zero value takes none.
type Backfill struct {
	// All takes everything.
	All bool
	// Since takes what arrived on this day (midnight UTC) or later; zero when
	// not asked for.
	Since time.Time
}

// String gives the form of the file: none, all, or a date.
func (b Backfill) String() string {
	switch {
	case b.All:
		return "all"
	case b.Since.IsZero():
		return "none"
	default:
		return b.Since.Format(time.DateOnly)
	}
}

func parseBackfill(text string) (Backfill, error) {
	switch text {
	case "none":
		return Backfill{}, nil
	case "all":
		return Backfill{All: true}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.IsZero() {
		return Backfill{}, errors.New("neither none, all nor a date")
	}
	return Backfill{Since: day}, nil
}
