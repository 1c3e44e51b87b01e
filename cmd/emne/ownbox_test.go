package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
	"github.com/emne/emne/intake/mailbox/oauth/oauthtest"
)

// person is a salesperson's browser.
type person struct {
	*world
	client http.Client
}

func (w *world) person(email, password string) *person {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &person{w, http.Client{Jar: jar, Timeout: slowest}}
	p.submit(200, "/signin", url.Values{"email": {email}, "password": {password}})
	return p
}

func (p *person) read(want int, answer *http.Response, err error) string {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		p.t.Fatalf("%s answers %d, want %d: %v\n%s", answer.Request.URL, answer.StatusCode, want, err, b)
	}
	return string(b)
}

func (p *person) see(want int, at string) string {
	p.t.Helper()
	answer, err := p.client.Get(at)
	return p.read(want, answer, err)
}

func (p *person) submit(want int, path string, form url.Values) string {
	p.t.Helper()
	answer, err := p.client.PostForm(p.base+path, form)
	return p.read(want, answer, err)
}

var (
	providerLink = regexp.MustCompile(`href="(http://[^"]+/auth\?[^"]+)"`)
	bccShown     = regexp.MustCompile(`sales\+bcc-[a-z0-9]+\.[a-z0-9]+@hansen\.example`)
)

// TestOwnMailboxWalk signs in to the company's mailbox on the console, opens a
// salesperson's own, and follows a lead that is answered from there.
func TestOwnMailboxWalk(t *testing.T) {
	provider := oauthtest.New(t, "sales")
	dovecot := mailboxtest.Dovecot(t, mailboxtest.Introspection(provider.IntrospectURL()))
	dovecot.AddUser("sales", "secret")
	dovecot.AddUser("kari", "hers")
	listen := freeAddress(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	expires := time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	text := fmt.Sprintf(`data: data
listen: {http: %[1]s}
mailboxes:
  sales: {address: sales@hansen.example, host: %[2]s, port: %[3]d, tls: none, username: sales,
    oauth: {provider: custom, client_id: %[4]s, client_secret: "%[5]s", client_secret_expires: %[6]s, unused_days: 20, scopes: [mail], auth_url: "%[7]s/auth", token_url: "%[7]s/token"}}
  kari: {kind: own, user: kari@hansen.example, address: kari@hansen.example, host: %[2]s, port: %[3]d, tls: none, username: kari, password: hers}
`, listen, dovecot.Host, dovecot.Port, oauthtest.Client, oauthtest.Secret, expires, provider.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, base: "http://" + listen}
	if out := w.config(exitDone, config, nil, "check"); !strings.Contains(out, "warning: mailbox sales: the app's secret expires on "+expires) {
		t.Errorf("check says %s", out)
	}
	w.config(exitDone, config, strings.NewReader("correct horse battery\n"), "user", "add", "kari@hansen.example", "--name", "Kari", "--role", "owner", "--language", "en")
	w.token = strings.TrimSpace(w.config(exitDone, config, nil, "token", "create", "test", "--role", "owner"))
	w.serve(config)
	kari := w.person("kari@hansen.example", "correct horse battery")
	w.eventually(10*time.Second, "states", func() bool { return w.mailState("sales") == "failing" && w.mailState("kari") == "off" })
	page := kari.see(200, w.base+"/mailboxes")
	for _, words := range []string{"Somebody has to sign in", "secret expires on", "Its user has not opened it", "Your own mailbox"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	w.eventually(10*time.Second, "task about the secret", func() bool { return len(w.items("tasks?reason=mailbox_secret")) == 1 })
	kari.signsIn()
	kari.opens(dovecot)
	lead := kari.answersALead(dovecot)
	kari.copiesBlindly(dovecot, lead)
	if out := w.config(exitDone, config, nil, "mailbox", "status"); !strings.Contains(out, `"mail:kari:Sent"`) || !strings.Contains(out, `"kari@hansen.example"`) {
		t.Errorf("the status is %s", out)
	}
	w.config(exitDone, config, nil, "mailbox", "close", "kari@hansen.example")
	w.eventually(10*time.Second, "closed mailbox", func() bool { return w.mailState("kari") == "off" && w.mailState("kari:Sent") == "off" })
	w.config(exitDone, config, nil, "verify")
	for _, name := range []string{databaseFile, databaseFile + "-wal"} {
		kept, err := os.ReadFile(filepath.Join(filepath.Dir(config), "data", name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte("private.example")) {
			t.Errorf("%s holds something of the private mail", name)
		}
	}
}

// signsIn is a sign-in at the provider: it works once, and in this browser alone.
func (p *person) signsIn() {
	p.t.Helper()
	link := func() string {
		p.t.Helper()
		found := providerLink.FindStringSubmatch(p.submit(200, "/mailboxes/sales/signin", nil))
		if found == nil {
			p.t.Fatal("the page leads to no provider")
		}
		return html.UnescapeString(found[1])
	}
	back := ""
	outside := http.Client{Timeout: slowest, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, at := range []string{link(), link()} {
		answer, err := outside.Get(at)
		p.read(302, answer, err)
		back = answer.Header.Get("Location")
	}
	if answer, err := outside.Get(back); err != nil || answer.StatusCode != 303 || !strings.HasPrefix(answer.Header.Get("Location"), "/signin") {
		p.t.Errorf("another browser gets %v, %v", answer, err)
	}
	other := p.person("kari@hansen.example", "correct horse battery")
	if page := other.see(409, back); !strings.Contains(page, "was not begun here") {
		p.t.Error("another session ends the sign-in")
	}
	if page := p.see(200, back); !strings.Contains(page, "The mailbox connects now") {
		p.t.Error("the page does not say that it worked")
	}
	p.see(409, back)
	// It waited for half a minute at least, and connects at once.
	p.eventually(10*time.Second, "connected mailbox", func() bool { return p.mailState("sales") == "ok" })
	if page := p.see(200, p.base+"/mailboxes"); !strings.Contains(page, "secret expires on") {
		p.t.Error("the page forgot the secret")
	}
	p.submit(404, "/mailboxes/nobody/signin", nil)
}

// opens the own mailbox; what lies there already stays where it is.
func (p *person) opens(dovecot *mailboxtest.Server) {
	p.t.Helper()
	dovecot.Deliver("kari", letterTo("Friend <friend@private.example>", "kari@hansen.example", "Before", ""))
	p.submit(422, "/mailboxes/open", url.Values{"from": {"2999-01-01"}})
	if page := p.submit(200, "/mailboxes/open", url.Values{"from": {""}}); !strings.Contains(page, "Open for mail since") {
		p.t.Error("the page does not say that it is open")
	}
	p.eventually(10*time.Second, "open mailbox", func() bool { return p.mailState("kari") == "ok" && p.mailState("kari:Sent") == "ok" })
}

// answersALead from the phone: the answer is among the sent mails.
func (p *person) answersALead(dovecot *mailboxtest.Server) string {
	p.t.Helper()
	inquiry := letterTo("Ola <ola@bygg.example>", "sales@hansen.example", "A roof", "Message-ID: <one@bygg.example>\r\n")
	dovecot.Deliver("sales", inquiry)
	p.eventually(10*time.Second, "lead", func() bool { return len(p.items("leads")) == 1 })
	dovecot.Deliver("kari", inquiry) // she gets it too
	dovecot.Deliver("kari", letterTo("Friend <friend@private.example>", "kari@hansen.example", "Private", ""))
	dovecot.DeliverTo("kari", "Sent", letterTo("Kari <kari@hansen.example>", "friend@private.example", "Private too", ""))
	dovecot.DeliverTo("kari", "Sent", letterTo("Kari <kari@hansen.example>", "ola@bygg.example", "Re: A roof", "In-Reply-To: <one@bygg.example>\r\n"))
	var answer map[string]any
	p.eventually(20*time.Second, "answer on the timeline", func() bool {
		for _, m := range p.items("messages") {
			if m["subject"] == "Re: A roof" {
				answer = m
			}
		}
		return answer != nil
	})
	lead := p.items("leads")[0]
	if answer["direction"] != "out" || answer["author"] == "" || answer["decision"] != "own_mailbox" || answer["thread"] != lead["thread"] || lead["state"] != "contacted" {
		p.t.Errorf("the answer is %v on %v", answer, lead)
	}
	if page := p.see(200, p.base+"/leads/"+lead["id"].(string)); !strings.Contains(page, "Mail sent by Kari") {
		p.t.Error("the lead's page does not show the answer")
	}
	return lead["id"].(string)
}

// copiesBlindly sends a mail with her own address for it among the recipients.
func (p *person) copiesBlindly(dovecot *mailboxtest.Server, lead string) {
	p.t.Helper()
	bcc := bccShown.FindString(html.UnescapeString(p.see(200, p.base+"/mailboxes")))
	if out := p.config(exitDone, p.data, nil, "mailbox", "bcc", "kari@hansen.example"); bcc == "" || !strings.Contains(out, bcc) {
		p.t.Errorf("the command line gives %s, the console %q", out, bcc)
	}
	dovecot.Deliver("sales", letterTo("Kari <kari@hansen.example>", "ola@bygg.example", "Once more", "Delivered-To: "+bcc+"\r\n"))
	p.eventually(10*time.Second, "blind copy", func() bool {
		for _, m := range p.items("messages") {
			if m["subject"] == "Once more" {
				return m["decision"] == "bcc" && m["about"].(map[string]any)["id"] == lead
			}
		}
		return false
	})
	// Everything was read by now: nothing private came in, nothing came twice.
	seen := map[any]int{}
	for _, m := range p.items("messages") {
		seen[m["subject"]]++
	}
	if len(seen) != 3 || seen["A roof"] != 1 || seen["Re: A roof"] != 1 || len(p.items("leads")) != 1 {
		p.t.Errorf("the messages are %v", seen)
	}
}

func letterTo(from, to, subject, more string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\n%sDate: Fri, 2 Jan 2026 10:00:00 +0100\r\n\r\nHei.\r\n", from, to, subject, more)
}
