package postoffice_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
)

const patience = time.Minute

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

type served struct {
	*postoffice.Office
	smtp, imap string
	stop       func()
}

// serve opens an office and serves it until the test ends or stop is called.
func serve(t *testing.T, dir string) *served {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	office, err := postoffice.Open(postoffice.Options{Dir: dir, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s := &served{Office: office}
	ended := make(chan error, 2)
	listen := func(serve func(net.Listener) error) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { ended <- serve(l) }()
		return l.Addr().String()
	}
	s.smtp, s.imap = listen(office.ServeSMTP), listen(office.ServeIMAP)
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := office.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		for range 2 {
			if err := <-ended; err != nil {
				t.Errorf("serve: %v", err)
			}
		}
	}
	t.Cleanup(s.stop)
	return s
}

func (s *served) dialSMTP(t *testing.T) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(s.smtp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func (s *served) send(t *testing.T, to, raw string) {
	t.Helper()
	c := s.dialSMTP(t)
	if err := c.SendMail("kari@kunde.example", []string{to}, strings.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
}

func (s *served) login(t *testing.T, address string, told func(messages uint32)) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(s.imap, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil && told != nil {
				told(*d.NumMessages)
			}
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(address, "demo").Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func mailText(subject string) string {
	return fmt.Sprintf("From: Kari <kari@kunde.example>\r\nTo: sales@demo.example\r\nSubject: %s\r\nMessage-ID: <%s@kunde.example>\r\n\r\nHello.\r\n", subject, subject)
}

// content is what the tests compare of a message.
type content struct {
	seq  uint32
	uid  imap.UID
	body string
	tags map[imap.Flag]bool
}

func fetchAll(t *testing.T, c *imapclient.Client, set imap.NumSet) []content {
	t.Helper()
	list, err := c.Fetch(set, &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	var all []content
	for _, m := range list {
		tags := make(map[imap.Flag]bool)
		for _, flag := range m.Flags {
			tags[flag] = true
		}
		all = append(all, content{m.SeqNum, m.UID, string(m.FindBodySection(&imap.FetchItemBodySection{Peek: true})), tags})
	}
	return all
}

func everyUID() imap.UIDSet {
	var set imap.UIDSet
	set.AddRange(1, 0)
	return set
}

func selectBox(t *testing.T, c *imapclient.Client, name string) *imap.SelectData {
	t.Helper()
	data, err := c.Select(name, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
