package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/message"
)

// outbox is a submission server that wants STARTTLS and AUTH, and keeps what
// it accepts.
type outbox struct {
	host   string
	port   int
	caFile string
	// holds tells the tokens that are good, when it takes those alone.
	holds func(token string) bool
	mu    sync.Mutex
	mails []*message.Message
}

const outboxPassword = "let-me-out"

func startOutbox(t *testing.T) *outbox {
	t.Helper()
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	certified.Close()
	o := &outbox{caFile: filepath.Join(t.TempDir(), "outbox.pem")}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw})
	if err := os.WriteFile(o.caFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(o)
	s.Domain, s.TLSConfig = "outbox.example", &tls.Config{Certificates: certified.TLS.Certificates}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.host, o.port = hostPort(l.Addr())
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-served; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("the outbox ended with: %v", err)
		}
	})
	return o
}

// NewSession implements smtp.Backend.
func (o *outbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &outboxSession{o: o}, nil }

type outboxSession struct {
	o      *outbox
	known  bool
	sender string
}

func (s *outboxSession) AuthMechanisms() []string {
	if s.o.holds != nil {
		return []string{sasl.OAuthBearer}
	}
	return []string{sasl.Plain}
}

func (s *outboxSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.OAuthBearer {
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if s.known = o.Username == "sales" && s.o.holds(o.Token); !s.known {
				return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			return nil
		}), nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "sales" || password != outboxPassword {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *outboxSession) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.sender = from
	return nil
}

func (s *outboxSession) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (s *outboxSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.o.mu.Lock()
	defer s.o.mu.Unlock()
	s.o.mails = append(s.o.mails, message.Parse(b, message.Options{Region: "NO"}))
	return nil
}

func (s *outboxSession) Reset()        {}
func (s *outboxSession) Logout() error { return nil }

func (o *outbox) mail(w *world, to, subject string) *message.Message {
	w.t.Helper()
	var found *message.Message
	w.eventually(10*time.Second, fmt.Sprintf("a mail to %s about %q in the outbox", to, subject), func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, m := range o.mails {
			if len(m.To) == 1 && m.To[0].Address == to && strings.Contains(m.Subject, subject) {
				found = m
			}
		}
		return found != nil
	})
	return found
}

// startServe writes a configuration for real servers and runs `emne serve`.
func startServe(t *testing.T, dovecot *mailboxtest.Server, out *outbox) *world {
	t.Helper()
	dir := t.TempDir()
	secret := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	listen := freeAddress(t)
	settings := secret("settings.yaml", `company: {name: Hansen Rør AS, organisation_number: "974760673", vat_number: NO974760673MVA, organisation_scheme: "0192",
  tax_registration: Foretaksregisteret, email: sales@hansen.example, bank_account: "97104133219",
  address: {street: Gata 1, postcode: "5003", city: Bergen, country: "NO"}}
mail: {acknowledge: true, acknowledge_per_hour: 100}
`)
	config := secret("config.yaml", fmt.Sprintf(`data: data
settings_file: %s
listen: {http: %s, public_url: "http://%s"}
mailboxes:
  sales: {address: sales@hansen.example, host: %s, port: %d, tls: starttls, ca_file: %s, username: sales, password_file: %s, after: flag}
submission: {host: %s, port: %d, tls: starttls, ca_file: %s, username: sales, password_file: %s, from: sales@hansen.example}
sources:
  website: {token_file: %s}
`, settings, listen, listen, dovecot.Host, dovecot.Port, dovecot.CAFile, secret("imap", "secret"), out.host, out.port, out.caFile, secret("smtp", outboxPassword), secret("hook", "hook-token")))
	w := &world{t: t, base: "http://" + listen}
	w.config(exitDone, config, nil, "check", "--online")
	w.config(exitDone, config, strings.NewReader("correct horse battery\n"), "user", "add", "kari@hansen.example", "--role", "owner", "--name", "Kari Hansen")
	w.token = strings.TrimSpace(w.config(exitDone, config, nil, "token", "create", "test", "--role", "owner"))
	w.serve(config)
	return w
}

// serve runs `emne serve` until the test ends.
func (w *world) serve(config string) {
	t := w.t
	t.Helper()
	w.data = config
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		cmd := rootCommand()
		cmd.SetArgs([]string{"serve", "--config", config})
		done <- cmd.ExecuteContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("serve ended with: %v", err)
			}
		case <-time.After(40 * time.Second):
			t.Error("serve did not end within 40 s")
		}
	})
	w.eventually(20*time.Second, "readiness", func() bool {
		answer, err := http.Get(w.base + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// config runs a command with a configuration file.
func (w *world) config(code int, config string, in io.Reader, args ...string) string {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := rootCommand()
	cmd.SetArgs(append(args, "--config", config))
	cmd.SetIn(in)
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	if err := cmd.ExecuteContext(w.t.Context()); exitCode(err) != code {
		w.t.Fatalf("emne %s ends with %d, want %d: %v\n%s", strings.Join(args, " "), exitCode(err), code, err, out.String())
	}
	return out.String()
}

// The whole way against servers as users have them: Dovecot, and a submission
// server with STARTTLS and AUTH.
func TestServeWalk(t *testing.T) {
	dovecot, out := mailboxtest.Dovecot(t), startOutbox(t)
	dovecot.AddUser("sales", "secret")
	dovecot.Deliver("sales", []byte("From: Before <before@old.example>\r\nTo: sales@hansen.example\r\nSubject: Before emne came\r\n\r\nOld.\r\n"))
	w := startServe(t, dovecot, out)
	const customer = "ola@hansenbygg.example"
	w.eventually(10*time.Second, "connected mailbox", func() bool {
		return w.items("sources?kind=mail")[0]["state"] == "ok"
	})

	dovecot.Deliver("sales", []byte(strings.ReplaceAll(inquiry, "\n", "\r\n")))
	var lead map[string]any
	w.eventually(10*time.Second, "lead of the mail", func() bool {
		leads := w.items("leads")
		if len(leads) > 1 {
			t.Fatalf("mail from before the first contact became a lead: %v", leads)
		}
		if len(leads) == 1 {
			lead = leads[0]
		}
		return lead != nil
	})
	out.mail(w, customer, "Nettsted for byggefirma")

	qualified := w.api("POST", "leads/"+lead["id"].(string)+"/qualify", nil)
	w.api("PATCH", "customers/"+created(t, qualified, "customer"), map[string]any{"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})
	quote := w.api("POST", "quotes", map[string]any{"opportunity": created(t, qualified, "opportunity"),
		"lines": []any{map[string]any{"description": "Nettsted", "quantity": "1", "unit_price": "38000.00"}}})["record"].(map[string]any)
	sent := w.api("POST", "quotes/"+quote["id"].(string)+"/send", nil)["record"].(map[string]any)
	offer := out.mail(w, customer, sent["number"].(string))

	// The customer answers by mail first: that lands on the quote.
	dovecot.Deliver("sales", []byte("From: Ola Hansen <ola@hansenbygg.example>\r\nTo: sales@hansen.example\r\nSubject: Re: "+offer.Subject+"\r\nMessage-ID: <second@hansenbygg.example>\r\nIn-Reply-To: <"+offer.MessageID+">\r\n\r\nSer bra ut!\r\n"))
	w.eventually(10*time.Second, "reply on the quote", func() bool {
		for _, m := range w.items("messages") {
			if m["decision"] == "reply" && m["about"].(map[string]any)["id"] == quote["id"] {
				return true
			}
		}
		return false
	})

	form := url.Values{"name": {"Ola Hansen"}, "terms": {"1"}, "sha256": {sent["sha256"].(string)}}
	if status, b := w.post("/p/"+linkIn(t, offer)+"/accept", form); status/100 > 3 {
		t.Fatalf("accepting answers %d: %s", status, b)
	}
	out.mail(w, "kari@hansen.example", sent["number"].(string))
	order := w.items("orders")[0]["id"].(string)
	draft := created(t, w.api("POST", "orders/"+order+"/fulfil", nil), "invoice")
	invoice := w.api("POST", "invoices/"+draft+"/issue", nil)["record"].(map[string]any)
	if mail := out.mail(w, customer, invoice["number"].(string)); len(mail.Attachments) != 1 {
		t.Errorf("the invoice's mail has %d attachments", len(mail.Attachments))
	}
	w.api("POST", "payments", map[string]any{"invoice": draft, "amount": invoice["gross"]})
	if paid := w.api("GET", "invoices/"+draft, nil); paid["payment"] != "paid" {
		t.Errorf("the invoice is %v", paid["payment"])
	}
	w.signIn()
	if report := w.config(exitDone, w.data, nil, "verify"); !strings.Contains(report, "everything holds") {
		t.Errorf("verify says %s", report)
	}
}

// signIn wants the console closed to strangers and to wrong passwords, and open
// to the user.
func (w *world) signIn() {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	client := http.Client{Jar: jar, Timeout: slowest}
	get := func() string {
		answer, err := client.Get(w.base + "/leads")
		if err != nil {
			w.t.Fatal(err)
		}
		defer answer.Body.Close()
		b, err := io.ReadAll(answer.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(b)
	}
	if strings.Contains(get(), "Nettsted for byggefirma") {
		w.t.Fatal("the console shows its leads to strangers")
	}
	for _, try := range []struct {
		password string
		in       bool
	}{{"wrong", false}, {"correct horse battery", true}} {
		answer, err := client.PostForm(w.base+"/signin", url.Values{"email": {"kari@hansen.example"}, "password": {try.password}})
		if err != nil {
			w.t.Fatal(err)
		}
		answer.Body.Close()
		if in := strings.Contains(get(), "Nettsted for byggefirma"); in != try.in {
			w.t.Errorf("with the password %q the console is open: %v", try.password, in)
		}
	}
}
