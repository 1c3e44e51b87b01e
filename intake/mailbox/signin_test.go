package mailbox

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/intake/mailbox/oauth/oauthtest"
)

// tokens is a source for the user of Dovecot and its provider.
func tokens(t *testing.T, provider *oauthtest.Server) *oauth.Source {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	source, err := oauth.New(oauth.Options{Settings: provider.Settings("sales", oauth.FlowApp), Vault: oauthtest.NewVault(), Key: bytes.Repeat([]byte{1}, 32), HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestSignInWithTokens(t *testing.T) {
	provider := oauthtest.New(t, "sales")
	s := mailboxtest.Dovecot(t, mailboxtest.Introspection(provider.IntrospectURL()))
	s.AddUser("sales", "secret")
	s.Deliver("sales", letter(0))
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		t.Run(mechanism, func(t *testing.T) {
			source := tokens(t, provider)
			a := account(s, func(a *Account) {
				a.Backfill.All, a.Password = true, ""
				a.Auth = func(ctx context.Context, offers func(string) bool) (sasl.Client, error) {
					return source.Client(ctx, func(m string) bool { return m == mechanism && offers(m) })
				}
			})
			if err := Check(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			r := newRecorder(t)
			m, stop := run(t, r, a, nil)
			r.waitMails(1)
			waitStatus(t, m, "idle", isIdle)
			stop()
			// A token that ends before its time is refused once, and replaced.
			provider.Forget()
			asked := provider.Count("client_credentials")
			if err := Check(t.Context(), a); reasonOf(err) != ReasonPassword || !strings.Contains(err.Error(), "although the provider gave a token") {
				t.Errorf("a forgotten token: %v", err)
			}
			if err := Check(t.Context(), a); err != nil || provider.Count("client_credentials") != asked+1 {
				t.Errorf("after %d more tokens: %v", provider.Count("client_credentials")-asked, err)
			}
		})
	}
}

func TestSignInAgainIsSaid(t *testing.T) {
	provider := oauthtest.New(t, "sales")
	s := mailboxtest.Dovecot(t, mailboxtest.Introspection(provider.IntrospectURL()))
	s.AddUser("sales", "secret")
	settings := provider.Settings("sales", oauth.FlowCode)
	source, err := oauth.New(oauth.Options{Settings: settings, Vault: oauthtest.NewVault(), Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := run(t, newRecorder(t), account(s, func(a *Account) { a.Auth = source.Client }), nil)
	waitStatus(t, m, "sign in", func(st Status) bool {
		return st.Reason == ReasonSignIn && strings.Contains(st.LastError, "run `emne mailbox login sales`")
	})
	if pause := (&retry{min: time.Second, max: 5 * time.Minute}).next(ReasonSignIn); pause < 30*time.Second {
		t.Errorf("it comes back after %s", pause)
	}
	_, err = source.Client(t.Context(), func(string) bool { return false })
	if err := (Account{}).tokenTrouble(err); reasonOf(err) != ReasonRefused {
		t.Errorf("no mechanism: %v", err)
	}
}

func TestKnownProvidersAreNamed(t *testing.T) {
	refused := &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeAuthenticationFailed, Text: "no"}
	for host, words := range map[string]string{
		"outlook.office365.com":  "this is Microsoft 365: it needs OAuth2",
		"imap.gmail.com":         "this is Gmail: it needs OAuth2",
		"Imap.Gmail.Com.":        "run `emne mailbox login sales`",
		"imap.example.com":       "many providers want an app password",
		"notgmail.com":           "many providers want an app password",
		"eu.outlook.example.com": "many providers want an app password",
	} {
		a := Account{Name: "sales:Inquiries", Host: host, Username: "sales@example.com"}
		if err := a.loginTrouble(refused); reasonOf(err) != ReasonPassword || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, busy := range []imap.Error{{Text: "[ALERT] Too many simultaneous connections. (Failure)"}, {Code: "THROTTLED", Text: "slow down"}, {Code: "OVERQUOTA", Text: "Account exceeded command or bandwidth limits."},
		{Code: imap.ResponseCodeUnavailable, Text: "Temporary authentication failure."}} {
		err := Account{Host: "imap.gmail.com", Username: "sales@example.com"}.loginTrouble(&busy)
		if reasonOf(err) != ReasonRefused || !strings.Contains(err.Error(), "takes no sign-in at present") {
			t.Errorf("%s: %q, %v", busy.Text, reasonOf(err), err)
		}
	}
	exchange := &imap.Error{Type: imap.StatusResponseTypeBad, Text: "User is authenticated but not connected."}
	if err := (Account{Host: "outlook.office365.com"}).loginTrouble(exchange); !strings.Contains(err.Error(), "there is no mailbox for it") {
		t.Errorf("no mailbox: %v", err)
	}
	if err := (Account{}).loginTrouble(errors.New("broken")); reasonOf(err) != "" {
		t.Errorf("a broken connection is %v", err)
	}
}

// TestOlderServers reads from servers that can do less.
func TestOlderServers(t *testing.T) {
	for _, c := range []struct {
		capabilities string
		after        After
		idles        bool
		reason       string
	}{
		{"IMAP4rev1", AfterKeyword, false, ""},
		{"IMAP4rev1 LITERAL+", AfterMove, false, ReasonMove},
		{"IMAP4rev1 UIDPLUS", AfterMove, false, ""},
		{"IMAP4rev1 IDLE MOVE", AfterMove, true, ""},
		{"IMAP4rev1 IDLE UIDPLUS", AfterMove, true, ""},
	} {
		t.Run(c.capabilities, func(t *testing.T) {
			s := mailboxtest.Dovecot(t, mailboxtest.Capabilities(c.capabilities))
			s.AddUser("sales", "secret")
			for i := range 20 {
				s.Deliver("sales", letter(i))
			}
			a := account(s, func(a *Account) { a.Backfill.All, a.After, a.MoveTo, a.Poll = true, c.after, "Sent", "@every 1s" })
			if err := Check(t.Context(), a); reasonOf(err) != c.reason {
				t.Errorf("the check says %v", err)
			}
			r := newRecorder(t)
			m, stop := run(t, r, a, nil)
			r.waitMails(20)
			s.Deliver("sales", letter(20)) // found on schedule, or told
			r.waitMails(21)
			waitStatus(t, m, "settled", func(st Status) bool { return st.Reason == c.reason && !st.LastSuccess.IsZero() && st.Idle == c.idles })
			if c.after == AfterMove && c.reason == "" {
				waitFolders(t, s, 0, 21)
			}
			if c.after == AfterKeyword {
				waitMarked(t, s, "emne", 21)
			}
			stop()
			r.once(21)
			if c.after == AfterKeyword || c.reason != "" {
				waitFolders(t, s, 21, 0)
			}
		})
	}
}
