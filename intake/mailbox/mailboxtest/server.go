package mailboxtest

import (
	"bufio"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	startWait = 20 * time.Second
	stopWait  = 10 * time.Second
	// logTail is how much of its log, in bytes, a failed test shows.
	logTail = 4096
)

// Server is a running Dovecot. Its methods end the test when they fail, and
// are called from the test's own goroutine.
type Server struct {
	// Host is 127.0.0.1, for which the certificate is good, as for localhost.
	Host string
	// Port speaks plain IMAP and STARTTLS, TLSPort implicit TLS.
	Port, TLSPort int
	// CA trusts the server's certificate; CAFile is the same as a PEM file.
	CA     *x509.CertPool
	CAFile string

	t        testing.TB
	binary   string
	folder   string // of all its files
	owner    owner
	greeting string
	// introspection is where tokens are looked up, capability what is said to be
	// offered; see the options.
	introspection, capability string
	// mails and changes count deliveries and password files written.
	mails, changes int64

	command *exec.Cmd
	ended   chan struct{} // closed when command has ended
}

// Option changes how the server is.
type Option func(*Server)

// Introspection takes access tokens too (XOAUTH2, OAUTHBEARER): the server asks
// at the URL whose they are (RFC 7662); the answer's username says it.
func Introspection(url string) Option { return func(s *Server) { s.introspection = url } }

// Capabilities makes the server say that it can do these alone once somebody
// has signed in, as an older one does.
func Capabilities(of string) Option { return func(s *Server) { s.capability = of } }

// Dovecot starts a server that ends with the test.
func Dovecot(t testing.TB, options ...Option) *Server {
	t.Helper()
	binary, err := find("dovecot", "/usr/sbin/dovecot")
	if err != nil {
		t.Fatal("Dovecot is missing; get it by `make deps`, or as root: apt-get install -y --no-install-recommends dovecot-imapd")
	}
	// Not t.TempDir, which nobody may not enter.
	folder, err := os.MkdirTemp("", "emne-dovecot-")
	if err != nil {
		t.Fatalf("make the server's folder: %v", err)
	}
	s := &Server{t: t, binary: binary, folder: folder, Host: "127.0.0.1", greeting: "emne " + rand.Text()}
	for _, change := range options {
		change(s)
	}
	t.Cleanup(s.end)
	if s.owner, err = unprivileged(); err != nil {
		t.Fatalf("find a user for the server: %v", err)
	}
	for _, name := range []string{"", "run", "state", "mail", "users"} {
		s.makeFolder(name)
	}
	if err := os.Chmod(s.path("run"), 0o755); err != nil { // else it warns
		t.Fatalf("open the server's folder: %v", err)
	}
	if s.CA, err = s.certificate(); err != nil {
		t.Fatalf("make the server's certificate: %v", err)
	}
	s.CAFile = s.path("certificate.pem")

	if s.introspection != "" {
		s.write("oauth2.conf", "introspection_url = "+s.introspection+"\nintrospection_mode = post\nusername_attribute = username\nactive_attribute = active\nactive_value = true\nforce_introspection = yes\n")
	}
	// A free port may be taken by another test before the server has it.
	for try := range 5 {
		s.Port, s.TLSPort = FreePort(t), FreePort(t)
		s.write("dovecot.conf", s.configuration())
		if err = s.launch(); err == nil {
			return s
		}
		t.Logf("start %d of Dovecot: %v", try+1, err)
		s.halt()
	}
	t.Fatalf("Dovecot does not start: %v\n%s", err, s.logged())
	return nil
}

// Addr is host:port of the plain port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// TLSAddr is host:port of the port with implicit TLS.
func (s *Server) TLSAddr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.TLSPort)) }

// Stop ends the server and all its connections.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.halt(); err != nil {
		s.t.Fatalf("stop Dovecot: %v\n%s", err, s.logged())
	}
}

// Start starts a stopped server on the same ports with the same mail.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.launch(); err != nil {
		s.t.Fatalf("start Dovecot again: %v\n%s", err, s.logged())
	}
}

// Restart is Stop and Start.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

func (s *Server) launch() error {
	s.command = exec.Command(s.binary, "-F", "-c", s.path("dovecot.conf"))
	s.command.Dir = s.folder
	s.command.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	s.command.SysProcAttr = attributes(s.owner)
	output, err := os.OpenFile(s.path("output.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer output.Close()
	s.command.Stdout, s.command.Stderr = output, output
	if err := s.command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.ended = ended
	go func(command *exec.Cmd) {
		defer close(ended)
		_ = command.Wait() // how it ended stands in its log
	}(s.command)
	return s.ready()
}

// ready waits until the server greets.
func (s *Server) ready() error {
	deadline := time.NewTimer(startWait)
	defer deadline.Stop()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		err := s.greets()
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("it ended at once")
		case <-deadline.C:
			return fmt.Errorf("not ready after %s: %w", startWait, err)
		case <-retry.C:
		}
	}
}

func (s *Server) greets() error {
	connection, err := net.DialTimeout("tcp", s.Addr(), time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.Contains(line, s.greeting) {
		return fmt.Errorf("somebody else answers on the port: %q", line)
	}
	return nil
}

// halt stops the server when it runs.
func (s *Server) halt() error {
	if s.command == nil || s.command.Process == nil {
		return nil
	}
	// The master alone takes a second to see that its children are gone. An
	// error says that it has ended before.
	_ = syscall.Kill(-s.command.Process.Pid, syscall.SIGTERM)
	timeout := time.NewTimer(stopWait)
	defer timeout.Stop()
	var err error
	select {
	case <-s.ended:
	case <-timeout.C:
		err = fmt.Errorf("it had to be killed after %s", stopWait)
	}
	s.kill()
	return err
}

// kill ends what is left of the server's group.
func (s *Server) kill() {
	if s.command == nil || s.command.Process == nil {
		return
	}
	_ = syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
	<-s.ended
	s.command = nil
}

func (s *Server) end() {
	s.kill() // there is no mail left to keep
	if s.t.Failed() {
		s.t.Logf("the end of Dovecot's log:\n%s", s.logged())
	}
	if err := os.RemoveAll(s.folder); err != nil {
		s.t.Errorf("remove the server's folder: %v", err)
	}
}

// logged is the end of what the server wrote.
func (s *Server) logged() string {
	var all strings.Builder
	for _, name := range []string{"output.log", "dovecot.log"} {
		data, err := os.ReadFile(s.path(name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			fmt.Fprintln(&all, err)
		}
		all.Write(data[max(0, len(data)-logTail):])
	}
	return all.String()
}

func (s *Server) path(name string) string { return filepath.Join(s.folder, name) }

func find(names ...string) (string, error) {
	var err error
	for _, name := range names {
		var found string
		if found, err = exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", err
}
