package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/message"
)

// world is a running demo as its users see it.
type world struct {
	t                      *testing.T
	base, smtp, imap, data string
	token                  string
	// met are the records that a test has seen.
	met map[string]bool
	// house is the still one that the world is, nil for a demo.
	house *house
}

const testToken = "walk-token"

// startDemo runs `emne demo` in this process on free ports until the test ends.
func startDemo(t *testing.T, extra ...string) *world {
	t.Helper()
	w := &world{t: t, token: testToken, data: t.TempDir()}
	w.start(extra...)
	return w
}

func (w *world) start(extra ...string) {
	t := w.t
	t.Helper()
	args := append([]string{"demo", "--listen", "127.0.0.1:0", "--imap", "127.0.0.1:0", "--smtp", "127.0.0.1:0",
		"--token", testToken, "--data", w.data, "--quiet"}, extra...)
	ctx, cancel := context.WithCancel(context.Background())
	out := &lockedBuffer{}
	done := make(chan error, 1)
	go func() {
		cmd := rootCommand()
		cmd.SetArgs(args)
		cmd.SetOut(out)
		done <- cmd.ExecuteContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the demo ended with: %v", err)
			}
		case <-time.After(40 * time.Second):
			t.Error("the demo did not end within 40 s")
		}
	})
	deadline := time.Now().Add(slowest)
	for !w.readAddresses(out.String()) {
		select {
		case err := <-done:
			done <- err
			t.Fatalf("the demo ended before it was ready: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("the demo printed no addresses in time: %q", out.String())
		}
	}
	if status, _ := w.request("GET", "/readyz", nil, nil); status != http.StatusOK {
		t.Fatalf("/readyz answers %d after the addresses were printed", status)
	}
}

var printed = regexp.MustCompile(`(?m)^(console|SMTP|IMAP)\s+(\S+)`)

func (w *world) readAddresses(out string) bool {
	found := 0
	for _, m := range printed.FindAllStringSubmatch(out, -1) {
		found++
		switch m[1] {
		case "console":
			w.base = strings.TrimRight(m[2], "/")
		case "SMTP":
			w.smtp = m[2]
		case "IMAP":
			w.imap = m[2]
		}
	}
	return found == 3 && strings.HasSuffix(out, "\n")
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// request sends one HTTP request; the token goes along.
func (w *world) request(method, path string, header http.Header, body []byte) (int, []byte) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.base+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	for k, vs := range header {
		r.Header[k] = vs
	}
	client := http.Client{Timeout: slowest, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, b
}

// api calls the JSON API and wants a 2xx.
func (w *world) api(method, path string, body any) map[string]any {
	w.t.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			w.t.Fatal(err)
		}
	}
	status, b := w.request(method, "/api/v1/"+path, http.Header{"Content-Type": {"application/json"}}, raw)
	if status/100 != 2 {
		w.t.Fatalf("%s %s answers %d: %s", method, path, status, b)
	}
	if len(b) == 0 {
		return nil
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		w.t.Fatalf("%s %s answers no JSON: %s", method, path, b)
	}
	return v
}

// shown is a record as the command line shows it.
func (w *world) shown(record, id string) map[string]any {
	w.t.Helper()
	var v map[string]any
	if out := w.cli(exitDone, record, "show", id, "--json"); json.Unmarshal([]byte(out), &v) != nil {
		w.t.Fatalf("emne %s show %s prints no JSON: %s", record, id, out)
	}
	return v
}

// items lists a collection.
func (w *world) items(path string) []map[string]any {
	w.t.Helper()
	list, _ := w.api("GET", path, nil)["items"].([]any)
	out := make([]map[string]any, len(list))
	for i := range list {
		out[i] = list[i].(map[string]any)
	}
	return out
}

// created is the id of the first record of a type that a transition made.
func created(t *testing.T, answer map[string]any, typ string) string {
	t.Helper()
	refs, _ := answer["created"].([]any)
	for _, r := range refs {
		if ref := r.(map[string]any); ref["type"] == typ {
			return ref["id"].(string)
		}
	}
	t.Fatalf("no %s was created: %v", typ, answer["created"])
	return ""
}

// send hands a mail to the demo's SMTP server.
func (w *world) send(from, to, raw string) {
	w.t.Helper()
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	if err := smtp.SendMail(w.smtp, nil, from, []string{to}, []byte(raw)); err != nil {
		w.t.Fatalf("sending a mail: %v", err)
	}
}

// inbox reads somebody's mailbox by IMAP.
func (w *world) inbox(address string) []*message.Message {
	w.t.Helper()
	conn, err := net.DialTimeout("tcp", w.imap, 5*time.Second)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		w.t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	if err := c.Login(address, "demo").Wait(); err != nil {
		w.t.Fatalf("signing in to the mailbox of %s: %v", address, err)
	}
	box, err := c.Select("INBOX", nil).Wait()
	if err != nil {
		w.t.Fatal(err)
	}
	if box.NumMessages == 0 {
		return nil
	}
	var all imap.SeqSet
	all.AddRange(1, box.NumMessages)
	got, err := c.Fetch(all, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		w.t.Fatal(err)
	}
	var mails []*message.Message
	for _, m := range got {
		mails = append(mails, message.Parse(m.BodySection[0].Bytes, message.Options{Region: "NO"}))
	}
	return mails
}

// mail waits for a mail with the words in its subject.
func (w *world) mail(address, subject string) *message.Message {
	w.t.Helper()
	var found *message.Message
	w.eventually(10*time.Second, fmt.Sprintf("a mail to %s about %q", address, subject), func() bool {
		for _, m := range w.inbox(address) {
			if strings.Contains(m.Subject, subject) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// freeAddress is one of this machine on which nobody listens, also after a restart.
func freeAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(mailboxtest.FreePort(t)))
}

// slowest is the least that a state is waited for: the machine may be busy.
const slowest = time.Minute

// eventually waits until f holds and fails the test when it does not in time.
func (w *world) eventually(within time.Duration, what string, f func() bool) {
	w.t.Helper()
	within = max(within, slowest)
	for deadline := time.Now().Add(within); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("within %v there was no %s", within, what)
		}
	}
}

// cli runs a command against the demo's data and wants an exit code.
func (w *world) cli(code int, args ...string) string {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := rootCommand()
	cmd.SetArgs(append(args, "--data", w.data))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	err := cmd.ExecuteContext(w.t.Context())
	if got := exitCode(err); got != code {
		w.t.Fatalf("emne %s ends with %d, want %d: %v\n%s%s", strings.Join(args, " "), got, code, err, out.String(), errs.String())
	}
	return out.String()
}
