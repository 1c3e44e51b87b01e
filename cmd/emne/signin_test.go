package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/mailbox/oauth/oauthtest"
)

var pageShown = regexp.MustCompile(`http://\S+/auth\?\S+`)

// TestSignInWalk signs in to a mailbox by the command line, before the server
// runs and while it does, and lets it read.
func TestSignInWalk(t *testing.T) {
	provider := oauthtest.New(t, "sales")
	dovecot := mailboxtest.Dovecot(t, mailboxtest.Introspection(provider.IntrospectURL()))
	dovecot.AddUser("sales", "secret")
	listen := freeAddress(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf(`data: data
listen: {http: %s}
mailboxes:
  sales: {address: sales@hansen.example, host: %s, port: %d, tls: none, username: sales, poll: "@every 1s", folders: [Sent],
    oauth: {provider: custom, client_id: %s, client_secret: "%s", scopes: [mail], auth_url: "%s/auth", token_url: "%s/token", device_url: "%s/device"}}
  other: {address: other@hansen.example, host: %s, port: %d, tls: none, password: x}
`, listen, dovecot.Host, dovecot.Port, oauthtest.Client, oauthtest.Secret, provider.URL, provider.URL, provider.URL, dovecot.Host, dovecot.Port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, base: "http://" + listen}
	w.config(exitUsage, config, nil, "mailbox", "login", "nobody")
	w.config(exitUsage, config, nil, "mailbox", "login", "other")
	w.mailboxLogin(config)
	if out := w.config(exitFailed, config, nil, "check", "--online"); !strings.Contains(out, "mailbox sales: works") || !strings.Contains(out, "mailbox other: the server refuses the password") {
		t.Errorf("check says %s", out)
	}
	database, err := os.ReadFile(filepath.Join(filepath.Dir(config), "data", databaseFile))
	if err != nil || bytes.Contains(database, []byte("refresh_token")) {
		t.Errorf("the tokens lie open in the database: %v", err)
	}

	w.token = strings.TrimSpace(w.config(exitDone, config, nil, "token", "create", "test", "--role", "owner"))
	w.serve(config)
	w.eventually(10*time.Second, "connected mailbox", func() bool { return w.mailState("sales") == "ok" })
	dovecot.Deliver("sales", []byte(strings.ReplaceAll(inquiry, "\n", "\r\n")))
	w.eventually(10*time.Second, "lead of the mail", func() bool { return len(w.items("leads")) == 1 })

	// A further folder is read too; the same mail there is no second lead.
	dovecot.DeliverTo("sales", "Sent", []byte(strings.ReplaceAll(inquiry, "\n", "\r\n")))
	dovecot.DeliverTo("sales", "Sent", []byte("From: Per <per@folder.example>\r\nTo: sales@hansen.example\r\nSubject: From a folder\r\n\r\nHei.\r\n"))
	w.eventually(10*time.Second, "lead of the folder", func() bool {
		for _, l := range w.items("leads") {
			if l["source"] == "mail:sales:Sent" {
				return true
			}
		}
		return false
	})
	if n := len(w.items("leads")); n != 2 {
		t.Errorf("there are %d leads", n)
	}

	// The tokens are worth nothing any more: a person signs in again while it runs.
	provider.Revoke()
	provider.Forget()
	before := provider.Count("refresh_token")
	if out := w.config(exitFailed, config, nil, "check", "--online"); !strings.Contains(out, "although the provider gave a token") {
		t.Errorf("check says %s", out)
	}
	w.mailboxLogin(config)
	if n := provider.Count("refresh_token") - before; n > 1 {
		t.Errorf("the provider was asked %d times in vain", n)
	}
	if out := w.config(exitFailed, config, nil, "check", "--online"); !strings.Contains(out, "mailbox sales: works") {
		t.Errorf("check says %s", out)
	}
}

// TestSignInOnAnotherDevice, or by the app itself, at the command line: it is
// tried on the mailbox, and serves the submission too.
func TestSignInOnAnotherDevice(t *testing.T) {
	provider, out := oauthtest.New(t, "sales"), startOutbox(t)
	out.holds = provider.Holds
	dovecot := mailboxtest.Dovecot(t, mailboxtest.Introspection(provider.IntrospectURL()))
	dovecot.AddUser("sales", "secret")
	for flow, words := range map[string]string{"device": "type the code ABCD-EFGH, and sign in as sales", "app": ""} {
		t.Run(flow, func(t *testing.T) {
			config := filepath.Join(t.TempDir(), "config.yaml")
			text := fmt.Sprintf(`data: data
listen: {http: "127.0.0.1:0", public_url: "http://localhost"}
mailboxes:
  sales: {address: sales@hansen.example, host: %s, port: %d, tls: none, username: sales,
    oauth: {provider: custom, flow: %s, client_id: %s, client_secret: "%s", scopes: [mail], token_url: "%s/token", device_url: "%s/device"}}
submission: {host: %s, port: %d, tls: starttls, ca_file: %q, username: sales, oauth: sales, from: sales@hansen.example}
`, dovecot.Host, dovecot.Port, flow, oauthtest.Client, oauthtest.Secret, provider.URL, provider.URL, out.host, out.port, out.caFile)
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if flow == "device" {
				if code, said := runs(t, "check", "--online", "--config", config); code != exitFailed || strings.Count(said, "run `emne mailbox login sales`") != 2 {
					t.Errorf("before: %d, %s", code, said)
				}
			}
			provider.Approve()
			if code, said := runs(t, "mailbox", "login", "sales", "--config", config); code != exitDone || !strings.Contains(said, words) || !strings.Contains(said, "mailbox sales: works") {
				t.Errorf("login: %d, %s", code, said)
			}
			if code, said := runs(t, "check", "--online", "--config", config); code != exitDone || !strings.Contains(said, "mailbox sales: works") || !strings.Contains(said, "submission: works") {
				t.Errorf("after: %d, %s", code, said)
			}
			provider.Forget()
			if code, said := runs(t, "check", "--online", "--config", config); flow == "device" && (code != exitFailed || strings.Count(said, "although the provider gave a token") != 1) {
				t.Errorf("a forgotten token: %d, %s", code, said)
			}
		})
	}
	if len(out.mails) != 0 {
		t.Errorf("%d mails were sent", len(out.mails))
	}
}

func (w *world) mailState(name string) any {
	for _, s := range w.items("sources?kind=mail") {
		if s["name"] == name {
			return s["state"]
		}
	}
	return nil
}

// mailboxLogin is a person at the command line and in the browser.
func (w *world) mailboxLogin(config string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*slowest)
	defer cancel()
	out := &lockedBuffer{}
	done := make(chan error, 1)
	go func() {
		cmd := rootCommand()
		cmd.SetArgs([]string{"mailbox", "login", "sales", "--config", config})
		cmd.SetOut(out)
		done <- cmd.ExecuteContext(ctx)
	}()
	page := ""
	w.eventually(20*time.Second, "page to sign in on", func() bool {
		page = pageShown.FindString(out.String())
		return page != ""
	})
	client := &http.Client{Timeout: slowest, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(page)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), "close this page") {
		w.t.Errorf("the browser sees %q, %v", body, err)
	}
	if err := <-done; err != nil || !strings.Contains(out.String(), "mailbox sales: works") {
		w.t.Fatalf("login ends with %v and says %s", err, out.String())
	}
}
