package mailbox

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake"
)

func TestCheckSaysWhatIsWrong(t *testing.T) {
	s := server(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		name   string
		change func(*Account)
		reason string
		words  string
	}{
		{"all is well", func(*Account) {}, "", ""},
		{"wrong password", func(a *Account) { a.Password = "wrong" }, ReasonPassword, "refuses the password of sales"},
		{"no such folder", func(a *Account) { a.Folder = "Nowhere" }, ReasonFolder, `no folder "Nowhere"`},
		{"the folders that there are", func(a *Account) { a.Folder = "Nowhere" }, ReasonFolder, "; there are INBOX, Sent"},
		{"the folders to move to", func(a *Account) { a.After, a.MoveTo = AfterMove, "Nowhere" }, ReasonMoveTo, "; there are INBOX, Sent"},
		{"a keyword", func(a *Account) { a.After = AfterKeyword }, "", ""},
		{"no folder to move to", func(a *Account) { a.After, a.MoveTo = AfterMove, "Nowhere" }, ReasonMoveTo, `no folder "Nowhere"`},
		{"no host", func(a *Account) { a.Host = "imap.invalid" }, ReasonHost, "imap.invalid"},
		{"nothing listens", func(a *Account) { a.Port = closed.Addr().(*net.TCPAddr).Port }, ReasonUnreachable, "nothing listens"},
		{"no TLS on the port", func(a *Account) { a.TLS, a.RootCAs = TLSImplicit, s.CA }, ReasonTLS, "starttls"},
		{"unknown authority", func(a *Account) { a.TLS = TLSStartTLS }, ReasonCertificate, "ca_file"},
		{"unknown authority from the first byte", func(a *Account) { a.TLS, a.Port = TLSImplicit, s.TLSPort }, ReasonCertificate, "ca_file"},
		{"missing CA file", func(a *Account) { a.TLS, a.CAFile = TLSStartTLS, "nowhere.pem" }, ReasonSetup, "nowhere.pem"},
		{"a port with TLS, spoken to in clear", func(a *Account) { a.Port = s.TLSPort }, ReasonSilent, "tls"},
		{"bad schedule", func(a *Account) { a.Poll = "often" }, ReasonSetup, "often"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := check(t.Context(), account(s, c.change), time.Second)
			if c.reason == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if reasonOf(err) != c.reason || !strings.Contains(err.Error(), c.words) {
				t.Errorf("reason %q: %v; want %q with %q", reasonOf(err), err, c.reason, c.words)
			}
		})
	}
}

// script serves one answer a line to each connection, in order, and then stays
// silent; "%s" stands for the command's tag, "~" for no end of the line.
func script(t *testing.T, lines ...string) Account {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var conns []net.Conn
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns = append(conns, c)
			in := bufio.NewReader(c)
			for i, line := range lines {
				tag := ""
				if i > 0 {
					command, err := in.ReadString('\n')
					if err != nil {
						break
					}
					tag, _, _ = strings.Cut(command, " ")
				}
				line, half := strings.CutSuffix(strings.ReplaceAll(line, "%s", tag), "~")
				if !half {
					line += "\r\n"
				}
				fmt.Fprint(c, line)
			}
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range conns {
			c.Close()
		}
	})
	return Account{Name: "sales", Address: "sales", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: TLSNone, Password: "secret", Idle: true}
}

func TestBlackHole(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		tls   TLS
	}{
		{"no greeting", nil, TLSNone},
		{"no greeting before STARTTLS", nil, TLSStartTLS},
		{"no TLS", nil, TLSImplicit},
		{"no answer to the sign-in", []string{"* OK [CAPABILITY IMAP4rev1] hi"}, TLSNone},
		{"no answer to SELECT", []string{"* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1 IDLE] in"}, TLSNone},
		{"half a response", []string{"* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1 IDLE] in", "* 3 EXISTS\r\n* OK [UIDVALID~"}, TLSNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := script(t, c.lines...)
			a.TLS = c.tls
			begun := time.Now()
			err := check(t.Context(), a, 100*time.Millisecond)
			if reasonOf(err) != ReasonSilent || time.Since(begun) > patience {
				t.Errorf("after %s: %q: %v", time.Since(begun), reasonOf(err), err)
			}
			m, _ := run(t, newRecorder(t), a, func(o *Options) { o.Stall = 50 * time.Millisecond })
			waitStatus(t, m, "silent", func(st Status) bool { return st.Reason == ReasonSilent })
		})
	}
}

func TestNoDowngrade(t *testing.T) {
	for _, c := range []struct {
		name   string
		lines  []string
		tls    TLS
		reason string
	}{
		{"STARTTLS refused", []string{"* OK [CAPABILITY IMAP4rev1] hi", "%s BAD unknown"}, TLSStartTLS, ReasonStartTLS},
		{"no password in clear", []string{"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi"}, TLSNone, ReasonTLS},
		{"sent away", []string{"* BYE too many connections"}, TLSNone, ReasonRefused},
		{"no UIDVALIDITY", []string{"* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1] in", "* 0 EXISTS\r\n%s OK selected"}, TLSNone, ReasonUIDs},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := script(t, c.lines...)
			a.TLS = c.tls
			if err := check(t.Context(), a, 2*time.Second); reasonOf(err) != c.reason {
				t.Errorf("reason %q: %v", reasonOf(err), err)
			}
		})
	}
}

// farConn claims to lead out of this machine.
type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 143} }

func TestNoPasswordInClear(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	l := &link{account: Account{Host: "imap.far.example", TLS: TLSNone}, conn: &watched{Conn: farConn{here}}}
	if err := l.login(t.Context()); reasonOf(err) != ReasonTLS || !strings.Contains(err.Error(), "without encryption") {
		t.Errorf("reason %q: %v", reasonOf(err), err)
	}
}

// TestFolderWithoutKeywords reads a folder in which no keyword lasts.
func TestFolderWithoutKeywords(t *testing.T) {
	selected := "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 6] n\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] p\r\n%s OK selected"
	a := script(t, "* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1] in", selected, "* SEARCH 5\r\n%s OK counted",
		"* 1 FETCH (UID 5 RFC822.SIZE 10 INTERNALDATE \" 2-Jan-2026 10:00:00 +0000\")\r\n%s OK listed",
		"* 1 FETCH (UID 5 BODY[] {10}\r\nFrom: a\r\n\r\n)\r\n%s OK fetched", "%s OK none left")
	a.Backfill.All, a.Poll, a.After = true, "@every 1h", AfterKeyword
	if err := check(t.Context(), a, patience); reasonOf(err) != ReasonKeyword || !strings.Contains(err.Error(), "set after to flag") {
		t.Errorf("the check says %q: %v", reasonOf(err), err)
	}
	r := newRecorder(t)
	r.gaps = true
	m, _ := run(t, r, a, nil)
	r.waitMails(1)
	waitStatus(t, m, "read and troubled", func(st Status) bool { return !st.LastSuccess.IsZero() && st.Connected && st.Reason == ReasonKeyword })
}

func TestFrozenWhileIdle(t *testing.T) {
	s, r := server(t), newRecorder(t)
	p := newProxy(t, s.Addr())
	m, _ := run(t, r, account(s, func(a *Account) { a.Port = p.port() }), func(o *Options) { o.Stall, o.Idle = 300*time.Millisecond, 100*time.Millisecond })
	waitStatus(t, m, "idle", isIdle)
	p.set(func(p *proxy) { p.frozen = true })
	waitStatus(t, m, "silence noticed", func(st Status) bool { return st.Reason == ReasonSilent })
	s.Deliver("sales", letter(0))
	p.set(func(p *proxy) { p.frozen = false })
	r.waitMails(1)
	r.once(1)
}

func TestUnfetchableIsQuarantined(t *testing.T) {
	r := newRecorder(t)
	list := "* 1 FETCH (UID 5 RFC822.SIZE 10 INTERNALDATE \" 2-Jan-2026 10:00:00 +0000\")\r\n%s OK listed"
	a := script(t, "* OK [CAPABILITY IMAP4rev1] hi", "%s OK [CAPABILITY IMAP4rev1] in",
		"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 6] n\r\n%s OK selected", "* SEARCH 5\r\n%s OK counted",
		list, "%s NO I cannot", list, "%s NO I cannot", list, "%s NO I cannot", list, "%s OK none left")
	a.Backfill.All, a.Poll = true, "@every 1h"
	r.gaps = true
	m, stop := run(t, r, a, nil)
	r.waitMails(1)
	waitStatus(t, m, "caught up", func(st Status) bool { return !st.LastSuccess.IsZero() && st.Quarantined == 1 })
	stop()
	if got := r.mails[0]; got.Unreadable != unreadableFetch || got.At.UID != 5 || r.starts[7].UID != 5 || !strings.Contains(string(got.Raw.Data), "UID: 5") {
		t.Errorf("recorded %+v, cursor %d", got, r.starts[7].UID)
	}
}

func TestMailThatBreaksEveryConnection(t *testing.T) {
	s, r := server(t), newRecorder(t)
	for i := range 5 {
		s.Deliver("sales", letter(i))
	}
	p := newProxy(t, s.Addr())
	p.set(func(p *proxy) { p.poison, p.doses = []byte("Hei, nummer 1."), -1 })
	m, stop := run(t, r, account(s, func(a *Account) { a.Backfill.All, a.Port = true, p.port() }), func(o *Options) { o.RetryMin = time.Millisecond })
	r.waitMails(4) // the others do not wait for it
	if got := r.subjects(); slices.Contains(got, "") {
		t.Errorf("it was given up before the others came: %q", got)
	}
	s.Deliver("sales", letter(5))
	r.waitMails(6)
	waitStatus(t, m, "caught up", func(st Status) bool { return st.Idle && st.Quarantined == 1 })
	stop()
	got := r.subjects()
	slices.Sort(got)
	if want := []string{"", "mail 0000", "mail 0002", "mail 0003", "mail 0004", "mail 0005"}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if r.calls != 6 {
		t.Errorf("%d calls for 6 mails", r.calls)
	}
}

func TestStoreOutageLosesNothing(t *testing.T) {
	s, r := server(t), newRecorder(t)
	m, _ := run(t, r, account(s, nil), nil)
	waitStatus(t, m, "idle", isIdle)
	r.mu.Lock()
	r.down = true
	r.mu.Unlock()
	for i := range 10 {
		s.Deliver("sales", letter(i))
	}
	r.wait("failures", func() bool { return r.calls > 0 })
	waitStatus(t, m, "the store is to blame", func(st Status) bool { return st.Reason == ReasonStore })
	r.mu.Lock()
	r.down = false
	r.mu.Unlock()
	r.waitMails(10)
	r.once(10)
	for _, one := range r.mails {
		if one.Unreadable != "" {
			t.Errorf("an outage put %q to quarantine", one.Inquiry.Subject)
		}
	}
}

func TestStopsAtOnce(t *testing.T) {
	a := script(t)
	m, err := New(Options{Account: a, Recorder: newRecorder(t), Parse: func(intake.Raw, intake.MailboxUID, time.Time) intake.Mail { return intake.Mail{} }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := m.Run(ctx); err != nil || time.Since(begun) > patience {
		t.Errorf("Run ended after %s: %v", time.Since(begun), err)
	}
}
