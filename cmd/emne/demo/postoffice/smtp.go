package postoffice

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	serverName       = "mail.demo.example"
	maxRecipients    = 100
	maxLine          = 1 << 20         // octets; real mails break the limit of 1000 (RFC 5321 section 4.5.3.1.6)
	smtpReadTimeout  = 5 * time.Minute // for a command, and for a whole mail
	smtpWriteTimeout = time.Minute
)

func newSMTPServer(o *Office) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &smtpSession{office: o, helo: c.Hostname(), peer: c.Conn().RemoteAddr()}, nil
	}))
	s.Domain = serverName
	s.MaxRecipients = maxRecipients
	s.MaxMessageBytes = MaxMessage
	s.MaxLineLength = maxLine
	s.AllowInsecureAuth = true
	s.EnableSMTPUTF8 = true
	s.ReadTimeout = smtpReadTimeout
	s.WriteTimeout = smtpWriteTimeout
	s.ErrorLog = slog.NewLogLogger(o.log.Handler(), slog.LevelWarn)
	return s
}

// smtpSession is one connection. With BDAT its Data runs beside the reading of
// further commands, so the envelope is guarded.
type smtpSession struct {
	office *Office
	helo   string
	peer   net.Addr

	mu            sync.Mutex
	authenticated bool
	utf8          bool
	from          string
	to            []string // as given
	boxes         []string
}

var _ smtp.AuthSession = (*smtpSession)(nil)

func (s *smtpSession) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to, s.boxes, s.utf8 = "", nil, nil, false
}

func (s *smtpSession) Logout() error { return nil }

func (s *smtpSession) Mail(from string, options *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = from
	s.utf8 = options != nil && options.UTF8
	return nil
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	box, err := mailboxAddress(to)
	if err != nil {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 3}, Message: "Not a mail address"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to, s.boxes = append(s.to, to), append(s.boxes, box)
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	s.mu.Lock()
	head, boxes := s.traceFields(), s.boxes
	s.mu.Unlock()

	err := s.office.deliver(boxes, strings.NewReader(head), r)
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return refusal
	}
	s.office.log.Error("mail not stored", "error", err, "recipients", len(boxes))
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Mail could not be stored, try again later"}
}

// traceFields are the header fields that the final server adds in front (RFC
// 5321 section 4.4). The recipient is named only when there is one, because the
// others are nobody's business. s.mu is held.
func (s *smtpSession) traceFields() string {
	protocol := "ESMTP"
	if s.utf8 {
		protocol = "UTF8SMTP" // RFC 6531 section 4.3
	}
	if s.authenticated {
		protocol += "A" // RFC 3848
	}
	var head strings.Builder
	fmt.Fprintf(&head, "Return-Path: <%s>\r\n", printable(s.from))
	fmt.Fprintf(&head, "Received: from %s (%s)\r\n\tby %s with %s", printable(s.helo), printable(s.peer.String()), serverName, protocol)
	if len(s.to) == 1 {
		fmt.Fprintf(&head, "\r\n\tfor <%s>", printable(s.to[0]))
	}
	fmt.Fprintf(&head, ";\r\n\t%s\r\n", s.office.now().UTC().Format(time.RFC1123Z))
	return head.String()
}

// printable keeps a value of the envelope from starting a header field of its own.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

func (s *smtpSession) AuthMechanisms() []string {
	return []string{sasl.Plain, sasl.Login, "XOAUTH2"}
}

// Auth accepts everybody: the demo's mailboxes have no secrets.
func (s *smtpSession) Auth(mechanism string) (sasl.Server, error) {
	prompts := []string(nil)
	switch mechanism {
	case sasl.Plain, "XOAUTH2":
		prompts = []string{""}
	case sasl.Login:
		prompts = []string{"Username:", "Password:"}
	default:
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return &acceptAll{prompts: prompts, done: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.authenticated = true
	}}, nil
}

// acceptAll asks what the mechanism asks and agrees to every answer.
type acceptAll struct {
	prompts []string
	done    func()
}

func (a *acceptAll) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil && len(a.prompts) > 0 {
		a.prompts = a.prompts[1:]
	}
	if len(a.prompts) == 0 {
		a.done()
		return nil, true, nil
	}
	// An initial response answers the first prompt without its being asked.
	return []byte(a.prompts[0]), false, nil
}
