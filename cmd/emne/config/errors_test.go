package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/cmd/emne/config"
)

// variables are the environment of the tests.
func variables(name string) (string, bool) {
	value, found := map[string]string{"PASSWORD": "hunter2", "EMPTY": ""}[name]
	return value, found
}

// lines gives the problems of a config.yaml in folder with this text, a line
// each, without the folder's name.
func lines(t *testing.T, folder, text string) []string {
	t.Helper()
	_, err := config.Parse(filepath.Join(folder, "config.yaml"), []byte(text), variables)
	if err == nil {
		return nil
	}
	var problems config.Errors
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("error is %T: %v", err, err)
	}
	return strings.Split(strings.ReplaceAll(err.Error(), folder+"/", ""), "\n")
}

// write makes a file in folder with exactly this mode.
func write(t *testing.T, folder, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// mailbox is a complete one; what follows it is indented by four.
const mailbox = "mailboxes:\n  sales:\n    address: sales@example.com\n    host: imap.example.com\n    password: x\n"

const sub = "listen: {public_url: https://s.example}\nsubmission:\n  host: smtp.example.com\n  from: s@example.com\n"

const cronHint = ` (hint: such as "*/5 * * * *" (minute hour day month weekday), "@every 1m" or "@daily")`

const pathHint = " (hint: a relative path starts from the folder of the configuration file)"

func TestEachProblem(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "good", "hunter2\n", 0o600)
	write(t, folder, "group", "hunter2\n", 0o640)
	write(t, folder, "world", "hunter2\n", 0o644)
	write(t, folder, "writable", "hunter2\n", 0o660)
	write(t, folder, "a b", "hunter2\n", 0o604)
	write(t, folder, "empty", "\n", 0o600)
	write(t, folder, "two", "a\nb\n", 0o600)
	write(t, folder, "sub/file", "", 0o600)
	write(t, folder, "badurl", "mysql://u:hunter2@h/db", 0o600)

	tests := []struct{ name, text, want string }{
		{"unknown key, near", mailbox + "    tsl: none\n", `config.yaml:6:5: mailboxes.sales.tsl: unknown key (hint: did you mean "tls"?)`},
		{"unknown key, swapped", "lsiten: {}\n", `config.yaml:1:1: lsiten: unknown key (hint: did you mean "listen"?)`},
		{"unknown key, elsewhere", "data: d\npublic_url: https://a.example\n", `config.yaml:2:1: public_url: unknown key (hint: it belongs below listen)`},
		{"unknown key, in an entry elsewhere", "move_to: x\n", `config.yaml:1:1: move_to: unknown key (hint: it belongs below mailboxes.NAME)`},
		{"unknown key, far", "log:\n  colour: true\n", `config.yaml:2:3: log.colour: unknown key (hint: one of level, format)`},
		{"unknown key, odd", "\"a\\nb\": 1\nlog: {}\n", `config.yaml:1:1: "a\nb": unknown key (hint: one of data, settings_file, templates, store, listen, mailboxes, submission, sources, access_point, backup, register, jobs, log)`},
		{"duplicate key", "log: {level: info}\njobs: {}\nlog: {}\n", `config.yaml:3:1: log: duplicate key, first given in line 1 (hint: keep one of them)`},
		{"duplicate entry", mailbox + "  sales: {}\n", `config.yaml:6:3: mailboxes.sales: duplicate key, first given in line 2 (hint: keep one of them)`},
		{"bad name", "sources:\n  Web Form: {}\n", `config.yaml:2:3: sources."Web Form": bad name "Web Form" (hint: use a-z, 0-9, - and _, at most 63 of them)`},

		{"enum", mailbox + "    tls: ssl\n", `config.yaml:6:5: mailboxes.sales.tls: unknown value "ssl" (hint: one of implicit, starttls, none)`},
		{"enum of another type", "log:\n  level: [info]\n", `config.yaml:2:3: log.level: unknown value a list (hint: one of debug, info, warn, error)`},
		{"bool", mailbox + "    idle: yes\n", `config.yaml:6:5: mailboxes.sales.idle: want true or false, got "yes" (hint: write true or false, without quotes)`},
		{"int as text", "jobs:\n  workers: \"4\"\n", `config.yaml:2:3: jobs.workers: want a whole number, got "4" (hint: write digits only, without quotes)`},
		{"int as float", "jobs:\n  workers: 1.5\n", `config.yaml:2:3: jobs.workers: want a whole number, got 1.5 (hint: write digits only, without quotes)`},
		{"int too large", "jobs:\n  workers: 99999999999999999999\n", `config.yaml:2:3: jobs.workers: want a whole number, got "99999999999999999999" (hint: write digits only, without quotes)`},
		{"text as number", "data: 12\n", `config.yaml:1:1: data: want a text, got 12 (hint: put it in quotes)`},
		{"text as list", "data: [a]\n", `config.yaml:1:1: data: want a text, got a list (hint: write one text)`},
		{"text of two lines", "data: |\n  a\n  b\n", `config.yaml:1:1: data: more than one line (hint: write it on one line)`},
		{"duration without unit", sub + "  timeout: 30\n", `config.yaml:5:3: submission.timeout: want a duration, got 30 (hint: write a number and a unit: 30s, 5m, 1h)`},
		{"duration out of bounds", sub + "  timeout: 1h\n", `config.yaml:5:3: submission.timeout: 1h0m0s is not between 1s and 10m`},
		{"section as text", "log: debug\n", `config.yaml:1:1: log: want keys and values, got "debug" (hint: put the keys below it, indented)`},
		{"entries as list", "mailboxes:\n- a\n", `config.yaml:1:1: mailboxes: want names with keys below each, got a list (hint: put each name below it, indented, and its keys below the name)`},
		{"list as text", "listen:\n  hosts: a\n", `config.yaml:2:3: listen.hosts: want a list, got "a" (hint: write [one, two], or one a line after a dash)`},
		{"item without value", "listen:\n  hosts:\n  - a\n  -\n", `config.yaml:4:5: listen.hosts[1]: an item without a value (hint: remove it)`},
		{"root is a list", "- a\n", `config.yaml:1:1: want keys and values, got a list (hint: put the keys below it, indented)`},
		{"backfill", mailbox + "    backfill: 31.01.2026\n", `config.yaml:6:5: mailboxes.sales.backfill: unknown value "31.01.2026" (hint: none, all, or a date such as 2026-01-31)`},
		{"tag", "data: !!str x\n", `config.yaml:1:1: data: a tag "!!str" (hint: write the value alone)`},

		{"missing", "mailboxes:\n  sales:\n    address: a@example.com\n    password: x\n", `config.yaml:2:3: mailboxes.sales.host: is missing (hint: the IMAP server's name, such as imap.example.com)`},
		{"missing data", "data: ''\n", `config.yaml:1:1: data: is missing (hint: remove the key for data beside the configuration file)`},
		{"missing, key without value", "mailboxes:\n  sales:\n    address: a@example.com\n    host:\n    password: x\n", `config.yaml:4:5: mailboxes.sales.host: is missing (hint: the IMAP server's name, such as imap.example.com)`},
		{"missing password", "mailboxes: {sales: {address: a@example.com, host: h}}\n", `config.yaml:1:13: mailboxes.sales.password: is missing (hint: give password_file, or password: ${NAME} for an environment variable)`},
		{"password and oauth", mailbox + "    oauth: {provider: google, client_id: c}\n", `config.yaml:6:5: mailboxes.sales.oauth: the mailbox signs in by a password or by oauth, not by both (hint: keep one of them)`},
		{"oauth without client", "mailboxes: {sales: {address: a@example.com, host: h, oauth: {provider: google}}}\n", `config.yaml:1:54: mailboxes.sales.oauth.client_id: is missing (hint: what the provider calls the app that you registered there)`},
		{"oauth by device at Google", "mailboxes: {sales: {address: a@example.com, host: h, oauth: {provider: google, client_id: c, flow: device}}}\n", `config.yaml:1:94: mailboxes.sales.oauth.flow: Google lets nobody read mail by the flow device (hint: set it to code)`},
		{"oauth of an app without tenant", "mailboxes: {sales: {address: a@example.com, host: h, oauth: {provider: microsoft, client_id: c, client_secret: s, flow: app}}}\n", `config.yaml:1:54: mailboxes.sales.oauth.tenant: is missing (hint: the directory's id or domain: an app signs in to one)`},
		{"oauth at nobody's address", "mailboxes: {sales: {address: a@example.com, host: h, oauth: {provider: custom, client_id: c, auth_url: \"https://a.example\"}}}\n", `config.yaml:1:54: mailboxes.sales.oauth.token_url: is missing (hint: the provider's token endpoint)`},
		{"submission by an unknown mailbox", sub + "  oauth: sales\n", `config.yaml:5:3: submission.oauth: there is no such mailbox: "sales" (hint: the name of a mailbox with an oauth section)`},
		{"own mailbox's user in the company's", mailbox + "    user: kari@example.com\n", `config.yaml:6:5: mailboxes.sales.user: only a user's own mailbox has this (hint: set kind to own, or remove it)`},
		{"own mailbox of nobody", mailbox + "    kind: own\n", `config.yaml:2:3: mailboxes.sales.user: is missing (hint: the address that the user signs in to emne with)`},
		{"own mailbox that is moved", mailbox + "    kind: own\n    user: kari@example.com\n    backfill: all\n", `config.yaml:8:5: mailboxes.sales.backfill: a user's own mailbox is only read, from the day on that the user says when opening it (hint: remove it)`},
		{"folder twice", mailbox + "    folders: [A, INBOX]\n", `config.yaml:6:18: mailboxes.sales.folders[1]: the folder "INBOX" is read already (hint: remove it)`},
		{"folder moved to", mailbox + "    after: move\n    move_to: A\n    folders: [A]\n", `config.yaml:8:15: mailboxes.sales.folders[0]: the folder "A" is the one that mail is moved to (hint: give move_to another folder)`},
		{"missing public_url", "submission: {host: h, from: s@example.com}\n", `config.yaml:1:1: listen.public_url: is missing: the links in mails to customers begin with it (hint: such as https://sales.example.com)`},
		{"missing store.url", "store:\n  engine: postgres\n", `config.yaml:1:1: store.url: is missing (hint: such as postgres://emne@db.example/emne, or url_file)`},
		{"missing move_to", mailbox + "    after: move\n", `config.yaml:2:3: mailboxes.sales.move_to: is missing (hint: the folder that mail is moved to, such as Archive)`},
		{"access point nowhere", "access_point: {timeout: 1m}\n", `config.yaml:1:1: access_point.folder: is missing (hint: the folder that the access point reads, or url)`},
		{"access point twice", "access_point: {folder: out, url: \"https://a.example\"}\n", `config.yaml:1:29: access_point.url: e-invoices go to a folder or to an address, not to both (hint: keep one of them)`},
		{"access point in clear", "access_point: {url: \"http://a.example\"}\n", `config.yaml:1:16: access_point.url: not https: "http://a.example" (hint: write https://; a reverse proxy in front can do the TLS)`},
		{"access point by two secrets", "access_point: {folder: out, token: x, username: y, password: z}\n", `config.yaml:1:39: access_point.username: the access point is told a token or a name with a password, not both (hint: keep one of them)`},
		{"access point's password", "access_point: {folder: out, username: y}\n", `config.yaml:1:1: access_point.password: is missing (hint: give password_file, or password: ${NAME} for an environment variable)`},
		{"access point's name", "access_point: {folder: out, password: z}\n", `config.yaml:1:1: access_point.username: is missing (hint: the name that the password belongs to)`},
		{"access point's patience", "access_point: {folder: out, timeout: 1h}\n", `config.yaml:1:29: access_point.timeout: 1h0m0s is not between 1s and 4m`},
		{"missing username", sub + "  password: x\n", `config.yaml:2:1: submission.username: is missing (hint: the name that the password belongs to)`},
		{"missing submission password", sub + "  username: x\n", `config.yaml:2:1: submission.password: is missing (hint: give password_file, or password: ${NAME} for an environment variable)`},
		{"move_to without move", mailbox + "    move_to: Archive\n", `config.yaml:6:5: mailboxes.sales.move_to: nothing is moved: after is none (hint: set after to move, or remove it)`},
		{"folder twice in other letters", mailbox + "    folders: [A, Inbox]\n", `config.yaml:6:18: mailboxes.sales.folders[1]: the folder "Inbox" is read already (hint: remove it)`},
		{"move to itself in other letters", mailbox + "    after: move\n    move_to: inbox\n", `config.yaml:7:5: mailboxes.sales.move_to: the same folder as the one that is read (hint: give another folder)`},
		{"move to itself", mailbox + "    after: move\n    move_to: INBOX\n", `config.yaml:7:5: mailboxes.sales.move_to: the same folder as the one that is read (hint: give another folder)`},
		{"keyword", mailbox + "    keyword: a b\n", `config.yaml:6:5: mailboxes.sales.keyword: not an IMAP keyword: "a b" (hint: use letters, digits, - and _, at most 64 of them)`},
		{"url with sqlite", "store:\n  url: postgres://h/d\n", `config.yaml:2:3: store.url: SQLite has no URL: its file is in the data folder (hint: set store.engine to postgres, or remove it)`},
		{"out of bounds", "backup:\n  keep: 0\n", `config.yaml:2:3: backup.keep: 0 is not between 1 and 10000`},

		{"cron", mailbox + "    poll: 5 minutes\n", `config.yaml:6:5: mailboxes.sales.poll: bad cron expression "5 minutes": expected exactly 5 fields, found 2: [5 minutes]` + cronHint},
		{"cron, zone alone", "backup:\n  schedule: TZ=UTC\n", `config.yaml:2:3: backup.schedule: bad cron expression "TZ=UTC": nothing follows the time zone` + cronHint},
		{"cron, backwards", mailbox + "    poll: '@every -1m'\n", `config.yaml:6:5: mailboxes.sales.poll: bad cron expression "@every -1m": want a duration of at least 1s` + cronHint},
		{"cron, never", "backup:\n  schedule: 0 0 30 2 *\n", `config.yaml:2:3: backup.schedule: bad cron expression "0 0 30 2 *": never comes due` + cronHint},
		{"address", strings.Replace(mailbox, "sales@example.com", "Sales <sales@example.com>", 1), `config.yaml:3:5: mailboxes.sales.address: not a mail address: "Sales <sales@example.com>" (hint: only the address, such as sales@example.com)`},
		{"host with port", strings.Replace(mailbox, "imap.example.com", "imap.example.com:993", 1), `config.yaml:4:5: mailboxes.sales.host: not a host: "imap.example.com:993" (hint: only the name; the port has a key of its own)`},
		{"port", mailbox + "    port: 99999\n", `config.yaml:6:5: mailboxes.sales.port: 99999 is not between 1 and 65535`},
		{"hello", sub + "  hello: my host\n", `config.yaml:5:3: submission.hello: not a host name: "my host" (hint: such as mail.example.com)`},
		{"listen", "listen:\n  http: localhost\n", `config.yaml:2:3: listen.http: not an address with a port: "localhost" (hint: such as 127.0.0.1:8080, or :8080 for all addresses of the machine)`},
		{"listen, port", "listen:\n  metrics: :http\n", `config.yaml:2:3: listen.metrics: not a port: "http" (hint: such as 127.0.0.1:8080, or :8080 for all addresses of the machine)`},
		{"listen twice", "listen:\n  metrics: 127.0.0.1:8080\n", `config.yaml:2:3: listen.metrics: the same address as listen.http (hint: give another port, or remove it)`},
		{"public_url, not a URL", "listen:\n  public_url: sales.example.com\n", `config.yaml:2:3: listen.public_url: not a web address: "sales.example.com" (hint: such as https://www.example.com)`},
		{"public_url, http", "listen:\n  public_url: http://sales.example.com\n", `config.yaml:2:3: listen.public_url: not https: "http://sales.example.com" (hint: write https://; a reverse proxy in front can do the TLS)`},
		{"public_url, path", "listen:\n  public_url: https://sales.example.com/emne\n", `config.yaml:2:3: listen.public_url: want a base without path and query (hint: remove what follows the host)`},
		{"hosts", "listen:\n  hosts: [ok.example, 'https://x']\n", `config.yaml:2:23: listen.hosts[1]: not a host name: "https://x" (hint: only the name, such as emne.internal: no port, no https://)`},
		{"proxies", "listen:\n  trusted_proxies:\n  - 10.0.0.1\n  - proxy\n", `config.yaml:4:5: listen.trusted_proxies[1]: not an IP address or network: "proxy" (hint: write 10.0.0.7 or 10.0.0.0/8)`},
		{"origin", "sources:\n  web:\n    origins: [\"https://a.example/\"]\n", `config.yaml:3:15: sources.web.origins[0]: not an origin: "https://a.example/" (hint: scheme and host in small letters, such as https://www.example.com)`},
		{"thank_you_url", "sources:\n  web:\n    thank_you_url: /thanks\n", `config.yaml:3:5: sources.web.thank_you_url: not a web address: "/thanks" (hint: such as https://www.example.com)`},
		{"language", "sources:\n  web:\n    language: norsk bokmål\n", `config.yaml:3:5: sources.web.language: not a language tag (BCP 47): "norsk bokmål" (hint: such as nb or en)`},
		{"cap", "sources:\n  web:\n    max_per_address_per_hour: -1\n", `config.yaml:3:5: sources.web.max_per_address_per_hour: -1 is not between 0 and 1000000`},

		{"secret twice", mailbox + "    password_file: good\n", `config.yaml:6:5: mailboxes.sales.password_file: a secret given twice, by password and by password_file (hint: keep one of them)`},
		{"secret as number", "sources:\n  web:\n    token: 31415926\n", `config.yaml:3:5: sources.web.token: want a text, got a number (hint: put it in quotes)`},
		{"secret as list", "sources:\n  web:\n    token: [hunter2]\n", `config.yaml:3:5: sources.web.token: want a text, got a list (hint: write one text)`},
		{"secret empty", "sources:\n  web:\n    token: ''\n", `config.yaml:3:5: sources.web.token: is empty (hint: remove the key, or give a value)`},
		{"variable not set", "sources:\n  web:\n    token: ${NOT_THERE}\n", `config.yaml:3:5: sources.web.token: environment variable NOT_THERE is not set (hint: set it before emne starts, or use token_file)`},
		{"variable empty", "sources:\n  web:\n    token: ${EMPTY}\n", `config.yaml:3:5: sources.web.token: environment variable EMPTY is empty (hint: give it a value, or use token_file)`},
		{"token in URL", "sources:\n  web:\n    token: hunter2/2\n", `config.yaml:3:5: sources.web.token: a token stands in URLs: only letters, digits and . _ ~ - may be in it (hint: make one with: openssl rand -hex 24)`},
		{"short signing secret", "sources:\n  web:\n    secret: whsec_aHVudGVyMg==\n", `config.yaml:3:5: sources.web.secret: not a Standard Webhooks secret: want 24 to 64 bytes in base64 (hint: make one with: openssl rand -base64 32)`},
		{"signing secret from a file", "sources:\n  web:\n    secret_file: good\n", `config.yaml:3:5: sources.web.secret_file: not a Standard Webhooks secret: want 24 to 64 bytes in base64 (hint: make one with: openssl rand -base64 32)`},
		{"postgres URL", "store:\n  engine: postgres\n  url_file: badurl\n", `config.yaml:3:3: store.url_file: not a PostgreSQL URL (hint: such as postgres://user:password@host:5432/database)`},
		{"secret file missing", "sources:\n  web:\n    token_file: nowhere\n", `config.yaml:3:5: sources.web.token_file: nowhere: no such file or folder` + pathHint},
		{"secret file a folder", "sources:\n  web:\n    token_file: sub\n", `config.yaml:3:5: sources.web.token_file: sub is not a regular file (hint: give the path of a file)`},
		{"secret file for the world", "sources:\n  web:\n    token_file: world\n", `config.yaml:3:5: sources.web.token_file: world is open to others (mode 0644) (hint: chmod o=,g-w world)`},
		{"secret file for the group to write", "sources:\n  web:\n    token_file: writable\n", `config.yaml:3:5: sources.web.token_file: writable is open to others (mode 0660) (hint: chmod o=,g-w writable)`},
		{"secret file empty", "sources:\n  web:\n    token_file: empty\n", `config.yaml:3:5: sources.web.token_file: empty: is empty (hint: it must hold the secret alone, on one line, readable for the user that runs emne)`},
		{"secret file of two lines", "sources:\n  web:\n    token_file: two\n", `config.yaml:3:5: sources.web.token_file: two: more than one line (hint: it must hold the secret alone, on one line, readable for the user that runs emne)`},
		{"settings file missing", "settings_file: nowhere\n", `config.yaml:1:1: settings_file: nowhere: no such file or folder` + pathHint},
		{"templates missing", "templates: nowhere\n", `config.yaml:1:1: templates: nowhere: no such file or folder` + pathHint},
		{"data is a file", "data: good\n", `config.yaml:1:1: data: good is not a folder (hint: give the path of a folder)`},
		{"data below a file", "data: good/x\n", `config.yaml:1:1: data: good/x: not a directory` + pathHint},
		{"ca_file", mailbox + "    ca_file: good\n", `config.yaml:6:5: mailboxes.sales.ca_file: good has no certificate in PEM form (hint: it begins with -----BEGIN CERTIFICATE-----)`},

		{"tab", "log:\n\tlevel: info\n", `config.yaml:2:1: a tab in the indentation (hint: indent with spaces)`},
		{"tab later", "log:\n  level: info\n\tformat: json\n", `config.yaml:3:1: a tab in the indentation (hint: indent with spaces)`},
		{"unquoted @", mailbox + "    poll: @every 1m\n", `config.yaml:6:11: not YAML: a value that needs quotes (hint: put the value in quotes: "@every 1m")`},
		{"unquoted *", mailbox + "    poll: */5 * * * *\n", `config.yaml:6:15: not YAML: a value that needs quotes (hint: put the value in quotes: "@every 1m")`},
		{"open quote", "data: \"x\n", `config.yaml:1:7: not YAML: a quote is not closed (hint: end the value with the quote that it begins with)`},
		{"open bracket", "data: [x\n", `config.yaml:1:7: not YAML: a bracket is not closed (hint: close every [ and {)`},
		{"unknown alias", "data: *x\n", `config.yaml:1:1: data: unknown alias "*x" (hint: quote a value that begins with *)`},
		{"merge of a text", "log:\n  <<: x\n", `config.yaml:2:3: log: nothing to merge (hint: give << an alias of keys and values: <<: *name)`},
		{"second document", "data: x\n---\nlog: {}\n", `config.yaml:3:1: a second document (hint: put everything into one, without a line ---)`},
		{"NUL", "data: x\nlog: \x00\n", `config.yaml:2:6: a NUL byte (hint: save the file as UTF-8 text)`},
		{"Latin-1", "# ø\n# \xf8\n", `config.yaml:2:3: not UTF-8 (hint: save the file as UTF-8 text)`},
		{"too large", strings.Repeat("#", 1<<20+1), `config.yaml:1:1: larger than 1024 KiB (hint: is it the right file?)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(lines(t, folder, test.text), "\n")
			if got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestHintQuotesPathForShell(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "it's mine", "x", 0o604)
	got := lines(t, folder, "sources: {web: {token_file: it's mine}}\n")
	if want := `chmod o=,g-w '`; len(got) != 1 || !strings.Contains(got[0], want) || !strings.Contains(got[0], `it'\''s mine'`) {
		t.Errorf("got %q", got)
	}
}

func TestAllProblemsAtOnceInOrder(t *testing.T) {
	const text = `data: 7
store:
  engine: mysql
mailboxes:
  sales:
    address: nobody
    tls: ssl
    poll: sometimes
submission:
  host: smtp.example.com
  from: s@example.com
  timeot: 3s
log:
  level: loud
`
	got := lines(t, t.TempDir(), text)
	want := []string{
		`config.yaml:1:1: data: want a text`,
		`config.yaml:1:1: listen.public_url: is missing`,
		`config.yaml:3:3: store.engine: unknown value "mysql"`,
		`config.yaml:5:3: mailboxes.sales.host: is missing`,
		`config.yaml:5:3: mailboxes.sales.password: is missing`,
		`config.yaml:6:5: mailboxes.sales.address: not a mail address`,
		`config.yaml:7:5: mailboxes.sales.tls: unknown value "ssl"`,
		`config.yaml:8:5: mailboxes.sales.poll: bad cron expression`,
		`config.yaml:12:3: submission.timeot: unknown key (hint: did you mean "timeout"?)`,
		`config.yaml:14:3: log.level: unknown value "loud"`,
	}
	if len(got) != len(want) {
		t.Fatalf("%d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("problem %d\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	got := lines(t, t.TempDir(), strings.Repeat("nothing: 1\n", 300))
	if want := "config.yaml:100:1: 200 more problems are not listed (hint: mend these first)"; len(got) != 101 || got[100] != want {
		t.Errorf("%d lines, the last %s", len(got), got[len(got)-1])
	}
}
