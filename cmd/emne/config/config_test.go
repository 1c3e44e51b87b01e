package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/cmd/emne/config"
)

func parse(t *testing.T, folder, text string) *config.Config {
	t.Helper()
	c, err := config.Parse(filepath.Join(folder, "config.yaml"), []byte(text), variables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "comments": "# nothing\n", "null": "~\n", "mark": "\ufeff", "start": "---\n",
		"sections without keys": "store:\nlisten:\nmailboxes:\nsubmission:\nsources:\nbackup:\njobs:\nlog:\n",
	} {
		t.Run(name, func(t *testing.T) {
			want := &config.Config{
				File:        filepath.Join(folder, "config.yaml"),
				Data:        filepath.Join(folder, "data"),
				Store:       config.Store{Engine: config.EngineSQLite},
				Listen:      config.Listen{HTTP: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080"},
				Submission:  config.Submission{TLS: config.TLSImplicit, Timeout: 30 * time.Second},
				AccessPoint: config.AccessPoint{Timeout: 30 * time.Second},
				Backup:      config.Backup{Schedule: "15 3 * * *", Keep: 14},
				Register:    config.RegisterBrreg,
				Jobs:        config.Jobs{Workers: 16},
				Log:         config.Log{Level: config.LevelInfo, Format: config.FormatText},
			}
			got := parse(t, folder, text)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
			if got.Submission.Configured() {
				t.Error("submission is configured")
			}
		})
	}
}

func TestEntryDefaults(t *testing.T) {
	c := parse(t, t.TempDir(), mailbox+"sources:\n  web:\n")
	m := c.Mailboxes["sales"]
	if m.Password.Reveal() != "x" {
		t.Errorf("password %q", m.Password.Reveal())
	}
	m.Password = config.Secret{}
	want := config.Mailbox{Kind: config.MailboxCompany, Address: "sales@example.com", Host: "imap.example.com", Port: 993, TLS: config.TLSImplicit,
		Username: "sales@example.com", Folder: "INBOX", Poll: "@every 1m", Idle: true, After: config.AfterNone, Keyword: "emne"}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("\n got %+v\nwant %+v", m, want)
	}
	if s := c.Sources["web"]; s.Kind != config.KindGeneric || s.MaxPerAddressPerHour != 20 || !s.Open() {
		t.Errorf("source %+v", s)
	}
}

func TestValues(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "keys/token", "hunter2\r\n", 0o640)
	c := parse(t, folder, `
data: /srv/emne
store: {engine: postgres, url: "postgres://e:p@db/emne"}
listen: {public_url: "https://s.example/", trusted_proxies: [10.1.2.3/8, "::1"], hosts: [emne.internal]}
mailboxes:
  a: {address: a@example.com, host: 127.0.0.1, tls: starttls, password: "${PASSWORD}", backfill: 2026-01-31, idle: false, after: move, move_to: Done}
  b: {address: b@example.com, host: h, tls: none, port: 1143, password: "$${PASSWORD}", backfill: all}
submission: {host: h, tls: starttls, from: a@example.com, timeout: 1m30s}
sources: {web: {kind: html, token_file: keys/token, origins: ["https://www.example.com:8443"], language: nb}}
backup: {folder: ../backups}
access_point: {url: "https://ap.example/outbox", token_file: keys/token, timeout: 10s}
log: {level: warn}
`)
	a, b := c.Mailboxes["a"], c.Mailboxes["b"]
	check := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	check("data", c.Data, "/srv/emne")
	check("store.url", c.Store.URL.Reveal(), "postgres://e:p@db/emne")
	check("public_url", c.Listen.PublicURL, "https://s.example")
	check("trusted_proxies", c.Listen.TrustedProxies, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")})
	check("a.port", a.Port, 143)
	check("a.password", a.Password.Reveal(), "hunter2")
	check("a.backfill", a.Backfill, config.Backfill{Since: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)})
	check("a.backfill as text", a.Backfill.String(), "2026-01-31")
	check("a.idle", a.Idle, false)
	check("a.after", a.After, config.AfterMove)
	check("b.port", b.Port, 1143)
	check("b.password", b.Password.Reveal(), "$${PASSWORD}")
	check("b.backfill", b.Backfill.String(), "all")
	check("access_point.token", c.AccessPoint.Token.Reveal(), "hunter2")
	check("access_point.timeout", c.AccessPoint.Timeout, 10*time.Second)
	check("access_point", c.AccessPoint.Configured(), true)
	check("submission.port", c.Submission.Port, 587)
	check("submission.timeout", c.Submission.Timeout, 90*time.Second)
	check("token", c.Sources["web"].Token.Reveal(), "hunter2")
	check("token_file", c.Sources["web"].TokenFile, filepath.Join(folder, "keys/token"))
	check("open", c.Sources["web"].Open(), false)
	check("backup.folder", c.Backup.Folder, filepath.Join(filepath.Dir(folder), "backups"))
	check("log.level", c.Log.Level.Slog(), slog.LevelWarn)
}

func TestFormsOfTheFile(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"mark":           "\ufefflog:\n  level: warn\n",
		"CRLF":           "# x\r\nlog:\r\n  level: warn\r\n",
		"mark and CRLF":  "\ufeff# x\r\n\r\nlog:\r\n  level: warn\r\n",
		"flow":           `{"log": {"level": "warn"}}`,
		"alias":          "jobs: &j {}\nlog: {level: &l warn}\ndata: *l\n",
		"merge":          mailbox + "    <<: {folder: &w warn}\nlog: {level: *w}\n",
		"question mark":  "? log\n: level: warn\n",
		"no end of line": "log: {level: warn}",
		"folded":         "log:\n  level: >-\n    warn\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, folder, text).Log.Level; got != config.LevelWarn {
				t.Errorf("level %q", got)
			}
		})
	}
	got := lines(t, folder, "\ufeff# ø\r\nlog:\r\n  level: loud\r\n")
	if len(got) != 1 || !strings.HasPrefix(got[0], "config.yaml:3:3: log.level:") {
		t.Errorf("position after mark and CRLF: %q", got)
	}
}

func TestMerge(t *testing.T) {
	c := parse(t, t.TempDir(), `
mailboxes:
  a: &base {address: a@example.com, host: imap.example.com, password: x, folder: Sales}
  b:
    address: b@example.com
    <<: [*base, {folder: Other, poll: "@daily"}]
`)
	b := c.Mailboxes["b"]
	if b.Address != "b@example.com" || b.Host != "imap.example.com" || b.Folder != "Sales" || b.Poll != "@daily" {
		t.Errorf("b is %+v", b)
	}
}

func TestLoad(t *testing.T) {
	folder := t.TempDir()
	load := func(name string) string {
		_, err := config.Load(filepath.Join(folder, name), variables)
		if err == nil {
			return ""
		}
		if problems := (config.Errors)(nil); !errors.As(err, &problems) {
			t.Errorf("error is %T", err)
		}
		return strings.ReplaceAll(err.Error(), folder+"/", "")
	}
	write(t, folder, "folder/file", "", 0o600)
	write(t, folder, "plain.yaml", "log: {level: warn}\n", 0o644)
	write(t, folder, "closed.yaml", mailbox, 0o640)
	write(t, folder, "open.yaml", mailbox, 0o644)
	write(t, folder, "variable.yaml", strings.Replace(mailbox, "password: x", "password: ${PASSWORD}", 1), 0o644)
	for name, want := range map[string]string{
		"plain.yaml":    "",
		"closed.yaml":   "",
		"variable.yaml": "",
		"open.yaml":     "open.yaml:5:5: mailboxes.sales.password: a secret in a file that is open to others (mode 0644) (hint: chmod o=,g-w open.yaml, or password_file)",
		"none.yaml":     "none.yaml: no such file or folder (hint: give the file with --config, or write a new one with emne init)",
		"folder":        "folder: is a folder (hint: give the file with --config, or write a new one with emne init)",
	} {
		if got := load(name); got != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	type outer struct {
		Shown  config.Secret
		hidden config.Secret
	}
	secret := config.NewSecret("hunter2")
	values := []any{secret, &secret, outer{secret, secret}, &outer{secret, secret},
		[]config.Secret{secret}, map[string]config.Secret{"k": secret}, map[config.Secret]int{secret: 1}}
	var all bytes.Buffer
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			fmt.Fprintf(&all, verb+"\n", value)
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
		slog.New(slog.NewJSONHandler(&all, nil)).Info("m", "k", value)
		slog.New(slog.NewTextHandler(&all, nil)).Info("m", "k", value)
	}
	if strings.Contains(all.String(), "hunter2") || strings.Contains(all.String(), "68756e746572") {
		t.Errorf("shown: %s", all.String())
	}
	if !strings.Contains(all.String(), `"[secret]"`) || secret.String() != "[secret]" || secret.GoString() != "[secret]" {
		t.Error("not shown as [secret]")
	}
	if secret.Reveal() != "hunter2" || !secret.IsSet() || config.NewSecret("").IsSet() {
		t.Error("Reveal or IsSet is wrong")
	}
}

func TestHintMakesTheFileFit(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "k", "hunter2", 0o666)
	path := filepath.Join(folder, "k")
	text := "sources: {web: {token_file: k}}\n"
	if got := lines(t, folder, text); len(got) != 1 || !strings.HasSuffix(got[0], "(hint: chmod o=,g-w k)") {
		t.Fatalf("got %q", got)
	}
	if err := os.Chmod(path, 0o640); err != nil { // what the hint does
		t.Fatal(err)
	}
	if got := lines(t, folder, text); got != nil {
		t.Errorf("after the hint: %q", got)
	}
}
