package mail

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/emne/emne/process"
)

// Submission is where mails are handed in (RFC 6409).
type Submission struct {
	Host string
	Port int
	// TLS is implicit (RFC 8314), starttls or none. A password goes over an
	// unencrypted connection to loopback alone.
	TLS string
	// RootCAs are the authorities to trust, the system's when nil.
	RootCAs *x509.CertPool
	// Username and Password sign in; nobody signs in when Username is empty.
	Username string
	Password string
	// Auth gives the client of a SASL mechanism that the server offers, instead
	// of the password, such as one with an OAuth2 token.
	Auth func(ctx context.Context, offers func(mechanism string) bool) (sasl.Client, error)
	// From is the envelope's sender; bounces come back to it.
	From string
	// Hello is the name that EHLO gives; the machine's when empty.
	Hello string
	// Timeout bounds connecting, each command and each piece of the text that
	// is sent; a minute when zero.
	Timeout time.Duration

	// dotTime is for tests; dotTimeout when zero.
	dotTime time.Duration
}

// dotTimeout is how long the server may take to answer the final dot (RFC 5321
// section 4.5.3.2.6 asks for ten minutes; a job has less).
const dotTimeout = 4 * time.Minute

// Submit hands in one mail and says what became of it. It never returns an
// error: every way it can end is a state of the delivery. Of raw, a lone LF
// would become CRLF on the way; Compose writes none.
func (s Submission) Submit(ctx context.Context, to string, raw []byte) process.Sent {
	e, err := newEnvelope(s.From, to, raw)
	if err != nil {
		return failed(err)
	}
	c, err := s.open(ctx)
	if err != nil {
		return retrying(err)
	}
	defer c.end()
	return s.hand(c, e, raw)
}

// hand carries out one mail transaction (RFC 5321 section 3.3).
func (s Submission) hand(c *session, e envelope, raw []byte) process.Sent {
	if e.utf8 {
		if ok, _ := c.Extension("SMTPUTF8"); !ok {
			return failed(fmt.Errorf("%s cannot send to %s: it does not know SMTPUTF8", s.Host, e.to))
		}
	}
	if err := c.Mail(e.from, &smtp.MailOptions{Size: int64(len(raw)), UTF8: e.utf8}); err != nil {
		return refused(fmt.Errorf("MAIL FROM %s: %w", e.from, err))
	}
	if err := c.Rcpt(e.to, nil); err != nil {
		return refused(fmt.Errorf("RCPT TO %s: %w", e.to, err))
	}
	w, err := c.Data()
	if err != nil {
		return refused(fmt.Errorf("DATA: %w", err))
	}
	if _, err := w.Write(raw); err != nil {
		return retrying(fmt.Errorf("sending the text: %w", err))
	}
	c.wire.ending, c.SubmissionTimeout = true, s.dotTimeout()
	c.wire.limit = max(c.SubmissionTimeout, c.wire.limit)
	answer, err := w.CloseWithResponse()
	c.wire.limit = s.timeout()
	if err != nil {
		return afterDot(err, c.wire.cut)
	}
	c.quit()
	return process.Sent{State: "accepted", Reply: oneReply(answer.StatusText)}
}

// Check signs in and sends nothing: it begins a mail from the sender to itself,
// to hear whether that may be sent, and takes it back. The error says in words
// what is wrong and what to try.
func (s Submission) Check(ctx context.Context) error {
	c, err := s.open(ctx)
	if err != nil {
		return s.explain(err)
	}
	defer c.end()
	if err := c.Noop(); err != nil {
		return s.explain(fmt.Errorf("NOOP to %s: %w", s.Host, err))
	}
	e, err := newEnvelope(s.From, s.From, nil)
	if err != nil {
		return err
	}
	if err := c.Mail(e.from, &smtp.MailOptions{UTF8: e.utf8}); err != nil {
		return s.explain(fmt.Errorf("the server does not let %s send as %s: MAIL FROM: %w", cmp.Or(s.Username, "us"), s.From, err))
	}
	if err := c.Rcpt(e.to, nil); err != nil {
		return s.explain(fmt.Errorf("the server takes no mail of %s, not even to itself: RCPT TO: %w", s.From, err))
	}
	if err := c.Reset(); err != nil {
		return s.explain(fmt.Errorf("RSET to %s: %w", s.Host, err))
	}
	c.quit()
	return nil
}

func (s Submission) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return time.Minute
}

func (s Submission) dotTimeout() time.Duration {
	if s.dotTime > 0 {
		return s.dotTime
	}
	return dotTimeout
}

func failed(err error) process.Sent {
	return process.Sent{State: "failed", Reply: oneReply(words(err))}
}

func retrying(err error) process.Sent {
	return process.Sent{State: "retrying", Reply: oneReply(words(err))}
}

// refused is the outcome of an error at MAIL, RCPT or DATA: the server's 5xx to
// this very mail is final. That it wants to know us first (530, 535, 538: RFC
// 4954 section 6) is no fault of the mail.
func refused(err error) process.Sent {
	var e *smtp.SMTPError
	if !errors.As(err, &e) || e.Code/100 != 5 || e.Code == 530 || e.Code == 535 || e.Code == 538 {
		return retrying(err)
	}
	return failed(err)
}

// afterDot is the outcome when no 250 answered the final dot. cut says that
// the dot itself did not get out.
func afterDot(err error, cut bool) process.Sent {
	var e *smtp.SMTPError
	switch {
	case errors.As(err, &e) && e.Code/100 == 2:
		return process.Sent{State: "accepted", Reply: oneReply(words(e))}
	case errors.As(err, &e) && (e.Code/100 == 4 || e.Code/100 == 5):
		return refused(fmt.Errorf("the mail was not taken: %w", err))
	case cut:
		return retrying(fmt.Errorf("sending the text: %w", err))
	}
	return process.Sent{State: "unknown", Reply: oneReply("nobody knows whether the mail was taken, no answer came after its last line: " + words(err))}
}
