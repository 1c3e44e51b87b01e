package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is a connection that is greeted, encrypted and signed in.
type session struct {
	*smtp.Client
	wire *wire
	// release ends the watch over the context.
	release func() bool
}

// open reaches the server and signs in. The error says which step failed.
func (s Submission) open(ctx context.Context) (*session, error) {
	if s.Host == "" {
		return nil, errors.New("no submission server is configured")
	}
	d := net.Dialer{Timeout: s.timeout()}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, fmt.Errorf("reaching %s: %w", s.Host, err)
	}
	return s.begin(ctx, conn)
}

// begin takes the connection over, and closes it when it fails.
func (s Submission) begin(ctx context.Context, conn net.Conn) (_ *session, err error) {
	w := &wire{Conn: conn, limit: s.timeout()}
	c := &session{wire: w, release: context.AfterFunc(ctx, func() { conn.Close() })}
	defer func() {
		if err != nil {
			c.end()
		}
	}()
	if err := w.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("reaching %s: %w", s.Host, err)
	}
	if c.Client, err = s.encrypt(ctx, w); err != nil {
		return nil, err
	}
	c.CommandTimeout = s.timeout()
	if err := c.Hello(s.hello()); err != nil {
		return nil, fmt.Errorf("greeting %s: %w", s.Host, err)
	}
	if err := s.signIn(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

func (s Submission) encrypt(ctx context.Context, w *wire) (*smtp.Client, error) {
	cfg := &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
	switch s.TLS {
	case "implicit":
		t := tls.Client(w, cfg)
		if err := t.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("encrypting the connection to %s: %w", s.Host, err)
		}
		return smtp.NewClient(t), nil
	case "starttls":
		c, err := smtp.NewClientStartTLS(w, cfg)
		if err != nil {
			return nil, fmt.Errorf("STARTTLS with %s: %w", s.Host, err)
		}
		return c, nil
	case "none":
		return smtp.NewClient(w), nil
	}
	return nil, fmt.Errorf("%q is no kind of TLS: implicit, starttls or none", s.TLS)
}

func (s Submission) signIn(ctx context.Context, c *session) error {
	if s.Username == "" && s.Auth == nil {
		return nil
	}
	if _, encrypted := c.TLSConnectionState(); !encrypted && !loopback(c.wire.RemoteAddr()) {
		return fmt.Errorf("the password is not sent to %s without encryption: set tls to implicit or starttls", s.Host)
	}
	var client sasl.Client
	switch {
	case s.Auth != nil:
		var err error
		if client, err = s.Auth(ctx, c.SupportsAuth); err != nil {
			return fmt.Errorf("signing in to %s: %w", s.Host, err)
		}
	case c.SupportsAuth(sasl.Plain):
		client = sasl.NewPlainClient("", s.Username, s.Password)
	case c.SupportsAuth(sasl.Login):
		client = newLogin(s.Username, s.Password)
	default:
		return fmt.Errorf("%s offers neither AUTH PLAIN nor LOGIN", s.Host)
	}
	if err := c.Auth(client); err != nil {
		var refused *smtp.SMTPError
		if errors.As(err, &refused) && refused.Code/100 == 5 {
			if s.Auth != nil {
				return fmt.Errorf("%s refuses the sign-in, although the provider gave a token: is sending switched on for this account, and are the scopes right? %w", s.Host, err)
			}
			return fmt.Errorf("%s refuses the user name or the password: %w", s.Host, err)
		}
		return fmt.Errorf("signing in to %s: %w", s.Host, err)
	}
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// hello is the name that EHLO gives (RFC 5321 section 4.1.1.1).
func (s Submission) hello() string {
	if s.Hello != "" {
		return s.Hello
	}
	if name, err := os.Hostname(); err == nil && sound(name) {
		return name
	}
	return "localhost"
}

// byeTime bounds the wait for the answer to QUIT.
const byeTime = 2 * time.Second

// quit ends the session politely; whether that works changes nothing.
func (c *session) quit() {
	c.CommandTimeout = min(c.CommandTimeout, byeTime)
	_ = c.Quit()
	c.end()
}

// end closes the connection without another word.
func (c *session) end() {
	c.release()
	_ = c.wire.Close()
}
