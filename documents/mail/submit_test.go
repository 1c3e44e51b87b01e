package mail

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

var aMail = []byte("From: sales@fjord.example\r\nTo: kari@kunde.example\r\nSubject: hei\r\n\r\n.\r\n..\r\n.a line that begins with a dot\r\n\r\nthe end\r\n")

func TestSubmitFaults(t *testing.T) {
	type fault struct{ stage, says, state, reply string }
	tests := []fault{
		{"greeting", "421 not now", "retrying", "421 not now"},
		{"greeting", "554 5.3.2 closed", "retrying", "554 5.3.2 closed"},
		{"EHLO", "451 not now", "retrying", "451"},
		{"EHLO", "550 no", "retrying", "550"},
		{"AUTH", "454 4.7.0 later", "retrying", "signing in"},
		{"AUTH", "535 5.7.8 no", "retrying", "user name or the password"},
		{"EHLO", "250 mx", "retrying", "neither AUTH PLAIN nor LOGIN"},
		{"MAIL", "451 4.3.0 later", "retrying", "451 4.3.0 later"},
		{"MAIL", "550 5.7.1 not you", "failed", "550 5.7.1 not you"},
		{"MAIL", "530 5.7.0 sign in", "retrying", "530"},
		{"RCPT", "450 4.2.1 grey", "retrying", "450 4.2.1 grey"},
		{"RCPT", "550 5.1.1 no such user", "failed", "550 5.1.1 no such user"},
		{"DATA", "451 later", "retrying", "451 later"},
		{"DATA", "554 no", "failed", "554 no"},
		{"dot", "451 4.3.0 disk full", "retrying", "451 4.3.0 disk full"},
		{"dot", "421 shutting down", "retrying", "421 shutting down"},
		{"dot", "554 5.6.0 we dislike it", "failed", "554 5.6.0 we dislike it"},
		{"dot", "250 2.0.0 kept as 7", "accepted", "2.0.0 kept as 7"},
		{"dot", "251 forwarded", "accepted", "251 forwarded"},
		{"dot", "333 what?", "unknown", "333"},
		{"dot", "gibberish", "unknown", "no answer came"},
		{"dot", "550-one\r\n550 two \xff\x00", "failed", "one two ?"},
		{"QUIT", "500 what?", "accepted", "kept as 42"},
		{"dot", cut, "unknown", "no answer came"},
		{"QUIT", cut, "accepted", "kept as 42"},
	}
	for _, stage := range []string{"greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"} {
		tests = append(tests, fault{stage, cut, "retrying", ""})
	}
	for _, f := range tests {
		t.Run(f.stage+" "+f.says, func(t *testing.T) {
			t.Parallel()
			_, s := startScript(t, map[string]string{f.stage: f.says})
			got := s.Submit(t.Context(), "kari@kunde.example", aMail)
			if got.State != f.state || !strings.Contains(got.Reply, f.reply) || got.Reply == "" {
				t.Errorf("got %s %q, want %s with %q", got.State, got.Reply, f.state, f.reply)
			}
			if strings.ContainsAny(got.Reply, "\r\n\x00\xff") {
				t.Errorf("the reply is not one clean line: %q", got.Reply)
			}
		})
	}
}

// large is more text than the buffers between two programs hold.
var large = bytes.Repeat([]byte("0123456789\r\n"), 1<<20)

func TestSubmitCutInTheText(t *testing.T) {
	server, s := startScript(t, map[string]string{"text": cut})
	if got := s.Submit(t.Context(), "kari@kunde.example", append(bytes.Clone(aMail), large...)); got.State != "retrying" {
		t.Errorf("got %s %q", got.State, got.Reply)
	}
	if n := len(server.texted()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}

// A server that knows LOGIN alone (RFC 4954 leaves the choice to it).
func TestSubmitLogin(t *testing.T) {
	server, s := startScript(t, map[string]string{"EHLO": "250-mx\r\n250 AUTH LOGIN", "AUTH": "334 VXNlcm5hbWU6", "c2FsZXNAZmpvcmQuZXhhbXBsZQ==": "334 UGFzc3dvcmQ6", "YSBsb25nIHBhc3N3b3Jk": "235 hello"})
	if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "accepted" {
		t.Errorf("got %s %q", got.State, got.Reply)
	}
	if texts := server.texted(); len(texts) != 1 || texts[0] != string(aMail) {
		t.Errorf("the server has %q", texts)
	}
}

func TestSubmitBlackHoles(t *testing.T) {
	for stage, want := range map[string]string{"greeting": "retrying", "EHLO": "retrying", "AUTH": "retrying", "MAIL": "retrying", "RCPT": "retrying",
		"DATA": "retrying", "text": "retrying", "dot": "unknown", "QUIT": "accepted"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			_, s := startScript(t, map[string]string{stage: hole})
			s.dotTime = 150 * time.Millisecond
			if want == "retrying" { // else what comes before has time
				s.Timeout = 150 * time.Millisecond
			}
			raw := aMail
			if stage == "text" {
				raw = append(bytes.Clone(aMail), large...)
			}
			begin := time.Now()
			got := s.Submit(t.Context(), "kari@kunde.example", raw)
			if got.State != want {
				t.Errorf("got %s %q, want %s", got.State, got.Reply, want)
			}
			if took := time.Since(begin); took > 45*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// A server that says nothing must not hold STARTTLS or a TLS handshake longer
// than the account's own timeout.
func TestSubmitBlackHoleBelowTLS(t *testing.T) {
	for _, kind := range []string{"implicit", "starttls"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			says := map[string]string{"greeting": hole}
			if kind == "starttls" {
				says = map[string]string{"EHLO": "250-mx\r\n250 STARTTLS", "STARTTLS": "220 go"}
			}
			_, s := startScript(t, says)
			s.TLS, s.Timeout = kind, 150*time.Millisecond
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "retrying" {
				t.Errorf("got %s %q", got.State, got.Reply)
			}
		})
	}
}

func TestSubmitCancelled(t *testing.T) {
	for stage, want := range map[string]string{"greeting": "retrying", "RCPT": "retrying", "dot": "unknown"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			server, s := startScript(t, map[string]string{stage: hole})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				select {
				case <-server.fell:
					cancel()
				case <-ctx.Done():
				}
			}()
			if got := s.Submit(ctx, "kari@kunde.example", aMail); got.State != want {
				t.Errorf("got %s %q, want %s", got.State, got.Reply, want)
			}
		})
	}
}

// brokenConn breaks when the final dot is to be written.
type brokenConn struct{ net.Conn }

func (c brokenConn) Write(b []byte) (int, error) {
	if bytes.HasSuffix(b, []byte("\r\n.\r\n")) {
		n, _ := c.Conn.Write(b[:len(b)-3])
		c.Conn.Close()
		return n, errors.New("the line broke")
	}
	return c.Conn.Write(b)
}

func TestFinalDotNeverWritten(t *testing.T) {
	server, s := startScript(t, nil)
	conn, err := net.Dial("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.begin(t.Context(), brokenConn{conn})
	if err != nil {
		t.Fatal(err)
	}
	got := s.hand(c, envelope{from: s.From, to: "kari@kunde.example"}, aMail)
	c.end()
	if got.State != "retrying" || !strings.Contains(got.Reply, "the line broke") {
		t.Errorf("got %s %q: the server cannot have taken it", got.State, got.Reply)
	}
	if len(server.texted()) != 0 {
		t.Error("the server has the mail")
	}
}

func TestSubmitOverTLS(t *testing.T) {
	a := newAuthority(t, time.Now().Add(time.Hour))
	for _, kind := range []string{"implicit", "starttls", "none"} {
		t.Run(kind, func(t *testing.T) {
			office, s := startOffice(t, kind, a)
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "accepted" {
				t.Fatalf("got %s %q", got.State, got.Reply)
			}
			mails := office.taken()
			if len(mails) != 1 || !bytes.Equal(mails[0].raw, aMail) {
				t.Fatalf("the server has %d mails: %+v", len(mails), mails)
			}
			if m := mails[0]; m.from != s.From || m.to != "kari@kunde.example" || m.user != userName || m.utf8 {
				t.Errorf("the envelope is %+v", m)
			}
		})
	}
}

func TestSubmitRefusedByServer(t *testing.T) {
	office, s := startOffice(t, "starttls", newAuthority(t, time.Now().Add(time.Hour)))
	for code, want := range map[int]string{450: "retrying", 550: "failed"} {
		for _, stage := range []string{"MAIL", "RCPT", "DATA"} {
			office.fault = func(at string) error {
				if at == stage {
					return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "because"}
				}
				return nil
			}
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != want || !strings.Contains(got.Reply, ".1.1 because") {
				t.Errorf("%d at %s: got %s %q, want %s", code, stage, got.State, got.Reply, want)
			}
		}
	}
	if n := len(office.taken()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}

func TestAddressesBeyondASCII(t *testing.T) {
	office, s := startOffice(t, "implicit", newAuthority(t, time.Now().Add(time.Hour)))
	if got := s.Submit(t.Context(), "kari@blåbær.example", aMail); got.State != "accepted" {
		t.Fatalf("got %s %q", got.State, got.Reply)
	}
	if got := s.Submit(t.Context(), "kåre@kunde.example", aMail); got.State != "accepted" {
		t.Fatalf("got %s %q", got.State, got.Reply)
	}
	mails := office.taken()
	if m := mails[0]; m.to != "kari@xn--blbr-roah.example" || m.utf8 {
		t.Errorf("a domain: %+v", m)
	}
	if m := mails[1]; m.to != "kåre@kunde.example" || !m.utf8 {
		t.Errorf("a local part: %+v", m)
	}
	_, old := startScript(t, nil)
	if got := old.Submit(t.Context(), "kåre@kunde.example", aMail); got.State != "failed" || !strings.Contains(got.Reply, "SMTPUTF8") {
		t.Errorf("without SMTPUTF8: %s %q", got.State, got.Reply)
	}
}

func TestHostileAddresses(t *testing.T) {
	server, s := startScript(t, nil)
	for _, to := range []string{"", "kari", "a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>", strings.Repeat("a", 1000) + "@b"} {
		if got := s.Submit(t.Context(), to, aMail); got.State != "failed" {
			t.Errorf("%q: %s %q", to, got.State, got.Reply)
		}
	}
	if n := len(server.texted()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}

// farConn claims to lead out of this machine.
type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 25} }

func TestNoPasswordInTheClear(t *testing.T) {
	_, s := startScript(t, map[string]string{"AUTH": "235 thanks for the password"})
	conn, err := net.Dial("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.begin(t.Context(), farConn{conn}); err == nil || !strings.Contains(err.Error(), "without encryption") {
		if c != nil {
			c.end()
		}
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	good := newAuthority(t, time.Now().Add(time.Hour))
	change := func(a authority, kind string, f func(*Submission)) Submission {
		office, s := startOffice(t, kind, a)
		f(&s)
		office.fault = func(stage string) error {
			switch {
			case stage == "MAIL" && s.From == "boss@fjord.example":
				return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not owned by user"}
			case stage == "RCPT" && s.From == "relay@fjord.example":
				return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relaying denied"}
			case stage == "DATA":
				t.Error("a mail is sent")
			}
			return nil
		}
		return s
	}
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	deadPort := dead.Addr().(*net.TCPAddr).Port
	dead.Close()
	_, silent := startScript(t, map[string]string{"greeting": hole})
	silent.Timeout = 100 * time.Millisecond
	_, noop := startScript(t, map[string]string{"NOOP": "421 going down"})
	tests := map[string]struct {
		s    Submission
		want []string
	}{
		"nothing configured": {Submission{}, []string{"no submission server"}},
		"no such kind of TLS": {change(good, "none", func(s *Submission) { s.TLS = "ssl" }),
			[]string{`"ssl"`, "implicit, starttls or none"}},
		"wrong password": {change(good, "starttls", func(s *Submission) { s.Password = "guess" }),
			[]string{"refuses the user name or the password", "535 5.7.8 who are you?"}},
		"nobody listens": {Submission{Host: "127.0.0.1", Port: deadPort, TLS: "implicit", From: userName}, []string{"nothing listens on port"}},
		"silence":        {silent, []string{"no answer in time"}},
		"TLS too early":  {change(good, "starttls", func(s *Submission) { s.TLS = "implicit" }), []string{"try tls: starttls"}},
		"no STARTTLS":    {change(good, "none", func(s *Submission) { s.TLS = "starttls" }), []string{"try tls: implicit"}},
		"unknown authority": {change(good, "implicit", func(s *Submission) { s.RootCAs = newAuthority(t, time.Now().Add(time.Hour)).roots }),
			[]string{"authority", "ca_file"}},
		"another name":       {change(newAuthority(t, time.Now().Add(time.Hour), "mx.other.example"), "implicit", func(*Submission) {}), []string{"for another name"}},
		"run out":            {change(newAuthority(t, time.Now().Add(-time.Hour)), "starttls", func(*Submission) {}), []string{"expired on"}},
		"broken NOOP":        {noop, []string{"NOOP", "421 going down"}},
		"sender not allowed": {change(good, "implicit", func(s *Submission) { s.From = "boss@fjord.example" }), []string{"does not let " + userName + " send as boss@fjord.example", "553 5.7.1"}},
		"nothing relayed":    {change(good, "implicit", func(s *Submission) { s.From = "relay@fjord.example" }), []string{"takes no mail of relay@fjord.example", "554 5.7.1"}},
		"nobody signs in":    {change(good, "implicit", func(s *Submission) { s.Username = "" }), []string{"530 5.7.0", "give username and password"}},
		"no sound sender":    {change(good, "implicit", func(s *Submission) { s.From = "sales" }), []string{`"sales" is no address`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.s.Check(t.Context())
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// A good account is good, and hears of no mail.
func TestCheckSendsNothing(t *testing.T) {
	office, s := startOffice(t, "starttls", newAuthority(t, time.Now().Add(time.Hour)))
	if err := s.Check(t.Context()); err != nil || len(office.taken()) != 0 {
		t.Errorf("%v, %d mails", err, len(office.taken()))
	}
}

func TestKnownProvidersAreNamed(t *testing.T) {
	for host, want := range map[string]string{"smtp.office365.com": "this is Microsoft 365: it needs OAuth2", "SMTP.Gmail.com.": "this is Gmail: it needs OAuth2", "gmail.com": "or an app password",
		"notgmail.com": "some providers want an app password", "mail.example.com": "some providers want an app password"} {
		err := Submission{Host: host, Username: userName}.explain(&smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 139}, Message: "Authentication unsuccessful"})
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestTalkativeServer(t *testing.T) {
	_, s := startScript(t, map[string]string{"EHLO": strings.Repeat("250-mx\r\n", 200_000) + "250 AUTH PLAIN"})
	if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "retrying" || !strings.Contains(got.Reply, "too much") {
		t.Errorf("got %s %q", got.State, got.Reply)
	}
}
