package config

import (
	"encoding/base64"
	"maps"
	"net"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// check completes a decoded Config and notes what its types cannot say.
func (r *reader) check(c *Config) {
	r.require("data", c.Data != "", "remove the key for data beside the configuration file")
	r.wantFolder("data", &c.Data, false)
	r.wantFile("settings_file", &c.SettingsFile)
	r.wantFolder("templates", &c.Templates, true)
	r.checkStore(&c.Store)
	r.checkListen(&c.Listen, c.Submission.Configured())
	for _, name := range slices.Sorted(maps.Keys(c.Mailboxes)) {
		mailbox := c.Mailboxes[name]
		r.checkMailbox(join("mailboxes", name), &mailbox)
		c.Mailboxes[name] = mailbox
	}
	r.checkSubmission(&c.Submission, c.Mailboxes)
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		source := c.Sources[name]
		r.checkSource(join("sources", name), &source)
		c.Sources[name] = source
	}
	r.checkAccessPoint(&c.AccessPoint)
	r.wantFolder("backup.folder", &c.Backup.Folder, false)
	r.schedule("backup.schedule", c.Backup.Schedule)
	r.between("backup.keep", c.Backup.Keep, 1, 10_000)
	r.between("jobs.workers", c.Jobs.Workers, 1, 1000)
	if len(r.inline) > 0 && r.mode != 0 && runtime.GOOS != "windows" && loose(r.mode) {
		r.problem(r.inline[0], tighten(r.file)+", or "+lastKey(r.inline[0])+"_file",
			"a secret in a file that is open to others (mode %04o)", r.mode.Perm())
	}
}

// given reports whether the file has a value at this path.
func (r *reader) given(path string) bool {
	_, there := r.keys[path]
	return there && !r.nulls[path]
}

// problem notes what is wrong at a path, at its key's place or, when the key is
// not there, at its section's. Where a value was refused already nothing is
// added.
func (r *reader) problem(path, hint, format string, args ...any) {
	at, found := position{1, 1}, false
	for above := path; above != ""; {
		if r.bad[above] {
			return
		}
		if place, there := r.keys[above]; there && !found {
			at, found = place, true
		}
		above = above[:max(0, strings.LastIndexAny(above, ".["))]
	}
	if !r.bad[""] {
		r.add(at, path, hint, format, args...)
	}
}

// require notes a value that must be there and is not.
func (r *reader) require(path string, there bool, hint string) {
	if !there {
		r.problem(path, hint, "is missing")
	}
}

func (r *reader) between(path string, n, least, most int) {
	if n < least || n > most {
		r.problem(path, "", "%d is not between %d and %d", n, least, most)
	}
}

func (r *reader) checkStore(s *Store) {
	r.secret("store.url", &s.URL, &s.URLFile)
	if s.Engine != EnginePostgres {
		for _, key := range []string{"store.url", "store.url_file"} {
			if r.given(key) {
				r.problem(key, "set store.engine to postgres, or remove it", "SQLite has no URL: its file is in the data folder")
			}
		}
		return
	}
	if !r.given("store.url") && !r.given("store.url_file") {
		r.problem("store.url", "such as postgres://emne@db.example/emne, or url_file", "is missing")
		return
	}
	key := "store.url"
	if !r.given(key) {
		key = "store.url_file"
	}
	if s.URL.IsSet() && !isPostgresURL(s.URL.Reveal()) {
		r.problem(key, "such as postgres://user:password@host:5432/database", "not a PostgreSQL URL")
	}
}

var keyword = regexp.MustCompile(`^\$?[A-Za-z0-9_.-]{1,64}$`)

func (r *reader) checkMailbox(path string, m *Mailbox) {
	at := func(key string) string { return join(path, key) }
	r.address(at("address"), m.Address, "the address that customers write to, such as sales@example.com")
	r.host(at("host"), m.Host, "the IMAP server's name, such as imap.example.com")
	r.port(at("port"), &m.Port, m.TLS, 993, 143, 143)
	r.certificates(at("ca_file"), &m.CAFile)
	if m.Username == "" {
		m.Username = m.Address
	}
	r.secret(at("password"), &m.Password, &m.PasswordFile)
	hasPassword := m.Password.IsSet() || r.given(at("password_file")) || r.bad[at("password")]
	switch {
	case !r.given(at("oauth")):
		r.require(at("password"), hasPassword, "give password_file, or password: ${NAME} for an environment variable")
	case hasPassword:
		r.problem(at("oauth"), "keep one of them", "the mailbox signs in by a password or by oauth, not by both")
		fallthrough
	default:
		r.checkOAuth(at("oauth"), &m.OAuth)
	}
	r.require(at("folder"), m.Folder != "", "remove the key for INBOX")
	for i, folder := range m.Folders {
		switch {
		case folder == "":
			r.problem(index(at("folders"), i), "remove it", "an empty name")
		case sameFolder(folder, m.Folder) || slices.ContainsFunc(m.Folders[:i], func(f string) bool { return sameFolder(f, folder) }):
			r.problem(index(at("folders"), i), "remove it", "the folder %s is read already", quoted(folder))
		case sameFolder(folder, m.MoveTo) && m.After == AfterMove:
			r.problem(index(at("folders"), i), "give move_to another folder", "the folder %s is the one that mail is moved to", quoted(folder))
		}
	}
	r.checkOwn(path, m)
	r.schedule(at("poll"), m.Poll)
	if !keyword.MatchString(m.Keyword) {
		r.problem(at("keyword"), "use letters, digits, - and _, at most 64 of them", "not an IMAP keyword: %s", quoted(m.Keyword))
	}
	switch {
	case m.After == AfterMove:
		r.require(at("move_to"), m.MoveTo != "", "the folder that mail is moved to, such as Archive")
	case m.MoveTo != "":
		r.problem(at("move_to"), "set after to move, or remove it", "nothing is moved: after is %s", m.After)
	}
	if m.After == AfterMove && m.MoveTo != "" && sameFolder(m.MoveTo, m.Folder) {
		r.problem(at("move_to"), "give another folder", "the same folder as the one that is read")
	}
}

// sameFolder compares names on a server: INBOX alone has no case (RFC 3501
// section 5.1).
func sameFolder(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}

func (r *reader) checkSubmission(s *Submission, mailboxes map[string]Mailbox) {
	if !r.given("submission") {
		return
	}
	const at = "submission."
	r.host(at+"host", s.Host, "the submission server's name, such as smtp.example.com")
	r.port(at+"port", &s.Port, s.TLS, 465, 587, 25)
	r.certificates(at+"ca_file", &s.CAFile)
	r.secret(at+"password", &s.Password, &s.PasswordFile)
	hasPassword := s.Password.IsSet() || r.given(at+"password_file") || r.bad[at+"password"]
	if s.OAuth != "" {
		if m, known := mailboxes[s.OAuth]; !known || !m.OAuth.Configured() {
			r.problem(at+"oauth", "the name of a mailbox with an oauth section", "there is no such mailbox: %s", quoted(s.OAuth))
		}
		if hasPassword {
			r.problem(at+"oauth", "keep one of them", "submission signs in by a password or by oauth, not by both")
		}
	} else if s.Username != "" {
		r.require(at+"password", hasPassword, "give password_file, or password: ${NAME} for an environment variable")
	} else if hasPassword {
		r.require(at+"username", false, "the name that the password belongs to")
	}
	r.address(at+"from", s.From, "the address that mail is sent from, such as sales@example.com")
	if s.Hello != "" && !isHostName(s.Hello) && net.ParseIP(strings.Trim(s.Hello, "[]")) == nil {
		r.problem(at+"hello", "such as mail.example.com", "not a host name: %s", quoted(s.Hello))
	}
	if s.Timeout < time.Second || s.Timeout > 10*time.Minute {
		r.problem(at+"timeout", "", "%s is not between 1s and 10m", s.Timeout)
	}
}

var tokenText = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

func (r *reader) checkSource(path string, s *Source) {
	at := func(key string) string { return join(path, key) }
	r.secret(at("token"), &s.Token, &s.TokenFile)
	if s.Token.IsSet() && !tokenText.MatchString(s.Token.Reveal()) {
		r.problem(r.secretKey(at("token")), "make one with: openssl rand -hex 24", "a token stands in URLs: only letters, digits and . _ ~ - may be in it")
	}
	r.secret(at("secret"), &s.Secret, &s.SecretFile)
	if s.Secret.IsSet() {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Secret.Reveal(), "whsec_"))
		if err != nil || len(key) < 24 || len(key) > 64 {
			r.problem(r.secretKey(at("secret")), "make one with: openssl rand -base64 32", "not a Standard Webhooks secret: want 24 to 64 bytes in base64")
		}
	}
	for i, origin := range s.Origins {
		r.origin(index(at("origins"), i), origin)
	}
	if s.ThankYouURL != "" {
		r.webURL(at("thank_you_url"), s.ThankYouURL, false)
	}
	if s.Language != "" {
		if _, err := language.Parse(s.Language); err != nil {
			r.problem(at("language"), "such as nb or en", "not a language tag (BCP 47): %s", quoted(s.Language))
		}
	}
	r.between(at("max_per_address_per_hour"), s.MaxPerAddressPerHour, 0, 1_000_000)
}

// secretKey is the key that a secret was given by.
func (r *reader) secretKey(key string) string {
	if r.given(key) {
		return key
	}
	return key + "_file"
}
