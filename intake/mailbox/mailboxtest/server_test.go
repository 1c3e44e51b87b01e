package mailboxtest_test

import (
	"crypto/tls"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"go.uber.org/goleak"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const user, password = "sales@firma.example", "hemmelig og lang"

func TestDovecotServesMail(t *testing.T) {
	server := mailboxtest.Dovecot(t)
	server.AddUser(user, password)
	for i := range 3 {
		server.Deliver(user, mail(i))
	}
	if n := server.Count(user, "INBOX"); n != 3 {
		t.Fatalf("%d mails lie in the inbox, want 3", n)
	}

	client := login(t, server, imapclient.DialStartTLS, server.Addr())
	before := subjects(t, client)
	if want := "1 mail 0, 2 mail 1, 3 mail 2"; before.list != want {
		t.Errorf("the inbox has %q, want %q", before.list, want)
	}
	if _, err := client.Move(imap.UIDSetNum(2), "Sent").Wait(); err != nil {
		t.Fatalf("move a mail: %v", err)
	}
	if inbox, sent := server.Count(user, "INBOX"), server.Count(user, "Sent"); inbox != 2 || sent != 1 {
		t.Errorf("after the move %d mails are in the inbox and %d in Sent, want 2 and 1", inbox, sent)
	}

	server.Restart()
	client = login(t, server, imapclient.DialTLS, server.TLSAddr())
	if after := subjects(t, client); after.list != "1 mail 0, 3 mail 2" || after.validity != before.validity {
		t.Errorf("after a restart the inbox has %+v, want UIDs 1 and 3 under UIDVALIDITY %d", after, before.validity)
	}

	server.ResetUIDValidity(user)
	client = login(t, server, imapclient.DialTLS, server.TLSAddr())
	if reset := subjects(t, client); reset.list != "1 mail 0, 2 mail 2" || reset.validity <= before.validity {
		t.Errorf("after the reset the inbox has %+v, want UIDs 1 and 2 above UIDVALIDITY %d", reset, before.validity)
	}
}

func TestDovecotTellsOfNewMailAndRefusesStrangers(t *testing.T) {
	server := mailboxtest.Dovecot(t)
	server.AddUser(user, password)
	told := make(chan uint32, 16)
	dial := func(address string, options *imapclient.Options) (*imapclient.Client, error) {
		options.UnilateralDataHandler = &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				told <- *data.NumMessages
			}
		}}
		return imapclient.DialTLS(address, options)
	}
	client := login(t, server, dial, server.TLSAddr())
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		t.Fatalf("select: %v", err)
	}
	idle, err := client.Idle()
	if err != nil {
		t.Fatalf("idle: %v", err)
	}
	server.Deliver(user, mail(1))
	select {
	case n := <-told:
		if n != 1 {
			t.Errorf("told of %d mails, want 1", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("not told of the new mail within 10 s")
	}
	if err := idle.Close(); err != nil {
		t.Errorf("end of idle: %v", err)
	}
	if err := idle.Wait(); err != nil {
		t.Errorf("end of idle: %v", err)
	}

	stranger, err := imapclient.DialTLS(server.TLSAddr(), options(server))
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer stranger.Close()
	if err := stranger.Login(user, "wrong").Wait(); err == nil {
		t.Error("a wrong password was taken")
	}
	server.AddUser(user, "a new one")
	if err := stranger.Login(user, "a new one").Wait(); err != nil {
		t.Errorf("the new password was refused: %v", err)
	}
	if pem, err := os.ReadFile(server.CAFile); err != nil || !strings.Contains(string(pem), "BEGIN CERTIFICATE") {
		t.Errorf("the authority's file: %v", err)
	}
}

func mail(i int) []byte {
	return fmt.Appendf(nil, "From: kunde@example.org\r\nTo: %s\r\nSubject: mail %d\r\n\r\nHei\r\n", user, i)
}

func options(server *mailboxtest.Server) *imapclient.Options {
	return &imapclient.Options{TLSConfig: &tls.Config{RootCAs: server.CA}}
}

type dialer func(address string, options *imapclient.Options) (*imapclient.Client, error)

func login(t *testing.T, server *mailboxtest.Server, dial dialer, address string) *imapclient.Client {
	t.Helper()
	client, err := dial(address, options(server))
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { client.Close() })
	if err := client.Login(user, password).Wait(); err != nil {
		t.Fatalf("log in: %v", err)
	}
	return client
}

type inbox struct {
	list     string // "UID subject" of each mail
	validity uint32
}

func subjects(t *testing.T, client *imapclient.Client) inbox {
	t.Helper()
	selected, err := client.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatalf("select: %v", err)
	}
	fetch := client.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	mails, err := fetch.Collect()
	if err != nil {
		t.Fatalf("fetch: %v", err)
	}
	var list []string
	for _, one := range mails {
		body := string(one.BodySection[0].Bytes)
		_, rest, _ := strings.Cut(body, "Subject: ")
		subject, _, _ := strings.Cut(rest, "\r\n")
		list = append(list, fmt.Sprintf("%d %s", one.UID, subject))
	}
	return inbox{strings.Join(list, ", "), selected.UIDValidity}
}
