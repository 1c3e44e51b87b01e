package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/emne/emne/process"
)

// Submission is where mails are handed in (RFC 6409).
type Submission struct {
	Host string
	Port int
	// TLS is implicit (RFC 8314), starttls or none (a test server on loopback).
	TLS      string
	RootCAs  *x509.CertPool
	Username string
	Password string
	// From is the envelope's sender; bounces come back to it.
	From string
	// Hello is the name that EHLO gives; localhost when empty.
	Hello string
	// Timeout bounds the connection and each command; a minute when zero.
	Timeout time.Duration
}

// dotTimeout is how long the server may take to answer the final dot (RFC 5321
// section 4.5.3.2.6 asks for ten minutes; a job has less).
const dotTimeout = 4 * time.Minute

// Submit hands in one mail and says what became of it. It never returns an
// error: every way it can end is a state of the delivery.
func (s Submission) Submit(ctx context.Context, to string, raw []byte) process.Sent {
	c, err := s.dial(ctx)
	if err != nil {
		return before(fmt.Errorf("reaching %s: %w", s.Host, err), false)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if err := s.greet(c); err != nil {
		return before(err, false)
	}
	if err := c.Mail(s.From, &smtp.MailOptions{Size: int64(len(raw))}); err != nil {
		return before(fmt.Errorf("the server refuses our address %s: %w", s.From, err), true)
	}
	if err := c.Rcpt(to, nil); err != nil {
		return before(fmt.Errorf("the server refuses %s: %w", to, err), true)
	}
	w, err := c.Data()
	if err != nil {
		return before(err, true)
	}
	if _, err := w.Write(raw); err != nil {
		return before(fmt.Errorf("sending the text: %w", err), true)
	}
	answer, err := w.CloseWithResponse()
	if err == nil {
		// The outcome is known; how the session ends does not matter.
		_ = c.Quit()
		return process.Sent{State: "accepted", Reply: answer.StatusText}
	}
	var refused *smtp.SMTPError
	if errors.As(err, &refused) {
		return before(err, true)
	}
	return process.Sent{State: "unknown", Reply: "the connection was lost after the mail was handed over: " + err.Error()}
}

// before is the outcome of an error ahead of the final dot, or of the server's
// no to it. Only a 5xx about this very mail is final.
func before(err error, aboutMail bool) process.Sent {
	var refused *smtp.SMTPError
	if errors.As(err, &refused) && !refused.Temporary() && aboutMail {
		return process.Sent{State: "failed", Reply: err.Error()}
	}
	return process.Sent{State: "retrying", Reply: err.Error()}
}

func (s Submission) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return time.Minute
}

func (s Submission) dial(ctx context.Context) (*smtp.Client, error) {
	d := net.Dialer{Timeout: s.timeout()}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, err
	}
	cfg := &tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}
	if err := conn.SetDeadline(time.Now().Add(s.timeout())); err != nil {
		conn.Close()
		return nil, err
	}
	var c *smtp.Client
	switch s.TLS {
	case "implicit":
		t := tls.Client(conn, cfg)
		if err := t.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		c = smtp.NewClient(t)
	case "starttls":
		if c, err = smtp.NewClientStartTLS(conn, cfg); err != nil {
			conn.Close()
			return nil, err
		}
	default:
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = s.timeout(), dotTimeout
	return c, nil
}

func (s Submission) greet(c *smtp.Client) error {
	hello := s.Hello
	if hello == "" {
		hello = "localhost"
	}
	if err := c.Hello(hello); err != nil {
		return fmt.Errorf("the server does not greet: %w", err)
	}
	if s.Username == "" {
		return nil
	}
	var client sasl.Client
	switch {
	case c.SupportsAuth(sasl.Plain):
		client = sasl.NewPlainClient("", s.Username, s.Password)
	case c.SupportsAuth(sasl.Login):
		client = sasl.NewLoginClient(s.Username, s.Password)
	default:
		return fmt.Errorf("%s offers neither AUTH PLAIN nor LOGIN", s.Host)
	}
	if err := c.Auth(client); err != nil {
		return fmt.Errorf("the server refuses the user name or password: %w", err)
	}
	return nil
}
