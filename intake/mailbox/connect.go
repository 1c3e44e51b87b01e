package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// link is one signed-in connection. Its methods are called by one goroutine;
// cut by any.
type link struct {
	account Account
	conn    *watched
	client  *imapclient.Client
	stall   time.Duration
	caps    imap.CapSet
	// wake has an entry when the server spoke of new mail.
	wake chan struct{}
}

// connect dials, protects and signs in. Every step ends after stall without
// progress, and at once when ctx ends.
func connect(ctx context.Context, a Account, stall time.Duration) (*link, error) {
	config, err := a.tls()
	if err != nil {
		return nil, trouble(ReasonSetup, err, "%v", err)
	}
	dialer := net.Dialer{Timeout: stall}
	raw, err := dialer.DialContext(ctx, "tcp", a.addr())
	if err != nil {
		return nil, a.dialTrouble(err)
	}
	l := &link{account: a, conn: &watched{Conn: raw, patience: stall}, stall: stall, wake: make(chan struct{}, 1)}
	release := context.AfterFunc(ctx, l.cut)
	defer release()
	if err := l.greet(ctx, config); err != nil {
		l.cut()
		return nil, err
	}
	if err := l.login(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// greet brings the connection up to where a password may be sent.
func (l *link) greet(ctx context.Context, config *tls.Config) error {
	options := &imapclient.Options{
		TLSConfig:             config,
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: l.told},
	}
	switch l.account.TLS {
	case TLSImplicit:
		secure := tls.Client(l.conn, config)
		shake, cancel := context.WithTimeout(ctx, l.stall)
		defer cancel()
		if err := secure.HandshakeContext(shake); err != nil {
			return l.account.tlsTrouble(err)
		}
		l.client = imapclient.New(secure, options)
	case TLSStartTLS:
		// It refuses a server that says PREAUTH instead, and never goes on in clear.
		client, err := imapclient.NewStartTLS(l.conn, options)
		if _, refused := errors.AsType[*imap.Error](err); refused {
			return trouble(ReasonStartTLS, err, "%s offers no STARTTLS: set tls to implicit, on its port", l.account.addr())
		}
		if err != nil {
			if l.conn.wasSilent() {
				return trouble(ReasonSilent, err, "%s took the connection and says nothing: look at host and port", l.account.addr())
			}
			return l.account.tlsTrouble(err)
		}
		l.client = client
	default:
		l.client = imapclient.New(l.conn, options)
	}
	if err := l.greeting(); err != nil {
		defer l.close()
		if l.conn.wasSilent() {
			return trouble(ReasonSilent, err, "%s took the connection and says nothing: look at host, port and tls", l.account.addr())
		}
		if bye, is := errors.AsType[*imap.Error](err); is {
			return trouble(ReasonRefused, err, "the server sends us away: %s", bye.Text)
		}
		return trouble(ReasonBroken, err, "%s does not speak IMAP as expected: look at host, port and tls", l.account.addr())
	}
	return nil
}

// greeting waits for the server's first line. After a BYE both the greeting
// and the end of the connection are there, and the library tells either.
func (l *link) greeting() error {
	err := l.client.WaitGreeting()
	for range 30 {
		if err == nil || isRefusal(err) {
			break
		}
		err = l.client.WaitGreeting()
	}
	return err
}

// login prefers AUTHENTICATE PLAIN (RFC 4616), which takes every character.
// Without TLS nothing secret leaves this machine.
func (l *link) login(ctx context.Context) error {
	if l.account.TLS == TLSNone && !loopback(l.conn.RemoteAddr()) {
		return trouble(ReasonTLS, nil, "the password is not sent to %s without encryption: set tls to implicit or starttls", l.account.Host)
	}
	var caps imap.CapSet
	err := l.do(func() error {
		caps = l.client.Caps()
		return nil
	})
	var client sasl.Client
	if l.account.Auth != nil && err == nil && l.client.State() != imap.ConnStateAuthenticated {
		// The provider may be slow; the mail server owes nothing meanwhile.
		if client, err = l.account.Auth(ctx, func(mechanism string) bool { return caps.Has(imap.AuthCap(mechanism)) }); err != nil {
			return l.account.tokenTrouble(err)
		}
	}
	err = l.do(func() error {
		if l.client.State() == imap.ConnStateAuthenticated {
			return nil // PREAUTH
		}
		if client != nil {
			return l.client.Authenticate(client)
		}
		if caps.Has(imap.AuthCap(sasl.Plain)) {
			return l.client.Authenticate(sasl.NewPlainClient("", l.account.Username, l.account.Password))
		}
		if caps.Has(imap.CapLoginDisabled) {
			return trouble(ReasonTLS, nil, "the server takes no password on this connection: set tls to implicit or starttls")
		}
		return l.client.Login(l.account.Username, l.account.Password).Wait()
	})
	if err != nil {
		return l.account.loginTrouble(err)
	}
	return l.do(func() error {
		if l.caps = l.client.Caps(); l.caps == nil {
			return trouble(ReasonBroken, nil, "the server does not say what it can do")
		}
		return nil
	})
}

func loopback(a net.Addr) bool {
	tcp, is := a.(*net.TCPAddr)
	return is && tcp.IP.IsLoopback()
}

// told is called by the library's reading goroutine.
func (l *link) told(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// do runs one command: the server owes us an answer until it returns.
func (l *link) do(command func() error) error {
	l.conn.expect(l.stall)
	err := command()
	l.conn.expect(0)
	return l.worded(err)
}

// worded tells refusals, which leave the connection as it is, from its end.
func (l *link) worded(err error) error {
	switch {
	case err == nil:
		return nil
	case l.conn.wasSilent():
		return trouble(ReasonSilent, err, "the server stopped answering for %s", l.stall)
	}
	if _, refused := errors.AsType[*imap.Error](err); refused {
		return err
	}
	if _, told := errors.AsType[*Trouble](err); told {
		return err
	}
	return trouble(ReasonBroken, err, "the connection to the server broke: %v", err)
}

// isRefusal reports whether a command was refused on a sound connection.
func isRefusal(err error) bool {
	_, refused := errors.AsType[*imap.Error](err)
	return refused
}

// cut breaks the connection at once, whatever it does.
func (l *link) cut() {
	_ = l.conn.Conn.Close() // nothing is left to lose
}

// close breaks the connection and waits for the library. No literal may be
// unread by then.
func (l *link) close() {
	l.cut()
	if l.client != nil {
		_ = l.client.Close()
	}
}
