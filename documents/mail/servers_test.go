package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	userName = "sales@fjord.example"
	password = "a long password"
)

// authority is a CA of the test's own and a server certificate of it.
type authority struct {
	roots *x509.CertPool
	cert  tls.Certificate
}

func newAuthority(t *testing.T, until time.Time, names ...string) authority {
	t.Helper()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caKey := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	key := newKey(t)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: until, DNSNames: names, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if len(names) == 0 {
		leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	if der, err = x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), caKey); err != nil {
		t.Fatal(err)
	}
	a := authority{roots: x509.NewCertPool(), cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	a.roots.AddCert(root)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// postOffice is an SMTP server that keeps what it takes.
type postOffice struct {
	mu    sync.Mutex
	mails []received
	// fault is asked at MAIL, RCPT and DATA.
	fault func(stage string) error
}

type received struct {
	from, to, user string
	utf8           bool
	raw            []byte
}

func (p *postOffice) taken() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]received(nil), p.mails...)
}

type visitor struct {
	office *postOffice
	mail   received
}

func (v *visitor) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (v *visitor) Auth(mech string) (sasl.Server, error) {
	check := func(user, pass string) error {
		if user != userName || pass != password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "who are you?"}
		}
		v.mail.user = user
		return nil
	}
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, user, pass string) error { return check(user, pass) }), nil
	}
	return nil, errors.New("PLAIN only")
}

func (v *visitor) at(stage string) error {
	if v.office.fault == nil {
		return nil
	}
	return v.office.fault(stage)
}

func (v *visitor) Mail(from string, o *smtp.MailOptions) error {
	if v.mail.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}
	}
	v.mail.from, v.mail.utf8 = from, o.UTF8
	return v.at("MAIL")
}

func (v *visitor) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.mail.to = to
	return v.at("RCPT")
}

func (v *visitor) Data(r io.Reader) (err error) {
	if v.mail.raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := v.at("DATA"); err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.mails = append(v.office.mails, v.mail)
	return nil
}

func (v *visitor) Reset()        {}
func (v *visitor) Logout() error { return nil }

// startOffice runs an SMTP server and gives the account on it.
func startOffice(t *testing.T, kind string, a authority) (*postOffice, Submission) {
	t.Helper()
	p := &postOffice{}
	return p, startOfficeOf(t, kind, a, smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visitor{office: p}, nil }))
}

func startOfficeOf(t *testing.T, kind string, a authority, staff smtp.Backend) Submission {
	t.Helper()
	server := smtp.NewServer(staff)
	server.Domain, server.EnableSMTPUTF8, server.AllowInsecureAuth = "mx.example", true, kind == "none"
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	cfg := &tls.Config{Certificates: []tls.Certificate{a.cert}}
	switch kind {
	case "implicit":
		l = tls.NewListener(l, cfg)
	case "starttls":
		server.TLSConfig = cfg
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return Submission{Host: "127.0.0.1", Port: port, TLS: kind, RootCAs: a.roots, Username: userName, Password: password,
		From: userName, Hello: "emne.example", Timeout: time.Minute}
}

// What a scripted server does at a stage instead of answering.
const (
	cut  = "cut"  // closes the connection
	hole = "hole" // says nothing more
)

// script is a server that answers as it is told, by stage: greeting, EHLO,
// AUTH, MAIL, RCPT, DATA, text (while it comes), dot, QUIT.
type script struct {
	mu    sync.Mutex
	texts []string
	// fell has an entry when the server begins to say nothing more.
	fell chan struct{}
}

func (s *script) texted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.texts...)
}

func startScript(t *testing.T, says map[string]string) (*script, Submission) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{fell: make(chan struct{}, 1)}
	over := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				s.serve(conn, says, over)
			})
		}
	})
	t.Cleanup(func() {
		close(over)
		l.Close()
		running.Wait()
	})
	return s, Submission{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none", Username: userName, Password: password,
		From: userName, Hello: "emne.example", Timeout: time.Minute}
}

var usually = map[string]string{"greeting": "220 mx", "EHLO": "250-mx\r\n250 AUTH PLAIN", "AUTH": "235 hello", "MAIL": "250 ok", "RCPT": "250 ok",
	"DATA": "354 go on", "dot": "250 2.0.0 kept as 42", "NOOP": "250 ok", "QUIT": "221 bye", "*": "501 as you like"}

func (s *script) serve(conn net.Conn, says map[string]string, over <-chan struct{}) {
	say := func(stage string) bool {
		answer, ok := says[stage]
		if !ok {
			if answer, ok = usually[stage]; !ok {
				answer = hole
			}
		}
		switch answer {
		case cut:
			return false
		case hole:
			select {
			case s.fell <- struct{}{}:
			default:
			}
			<-over
			return false
		}
		_, err := fmt.Fprint(conn, answer+"\r\n")
		return err == nil
	}
	if !say("greeting") {
		return
	}
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		stage, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if !say(stage) {
			return
		}
		if stage == "DATA" && usuallyOr(says, "DATA")[0] == '3' && !s.take(r, says, say, over) {
			return
		}
	}
}

func usuallyOr(says map[string]string, stage string) string {
	if a, ok := says[stage]; ok {
		return a
	}
	return usually[stage]
}

func (s *script) take(r *bufio.Reader, says map[string]string, say func(string) bool, over <-chan struct{}) bool {
	if says["text"] != "" {
		r.ReadString('\n')
		return say("text")
	}
	var text strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	s.mu.Lock()
	s.texts = append(s.texts, text.String())
	s.mu.Unlock()
	return say("dot")
}
