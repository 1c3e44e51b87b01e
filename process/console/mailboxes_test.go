package console

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// someMailboxes are the company's, which fails, and two people's own.
type someMailboxes struct {
	woken  []string
	failed error
}

func (*someMailboxes) Mailboxes(context.Context) []Mailbox {
	return []Mailbox{
		{Name: "sales", Address: "sales@fjord.example", State: "failing", Reason: "password", Detail: "the server refuses the password", SignsIn: true,
			Done: 120, Total: 1000, Rate: 40, LastSuccess: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Lag: 1500 * time.Millisecond,
			Expires: "client_secret", ExpiresAt: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)},
		{Name: "sales", Folder: "Web", State: "ok", SignsIn: true, Lag: 3*time.Hour + 5*time.Minute},
		{Name: "kari", User: "kari@fjord.example", State: "off", Reason: "closed"},
		{Name: "per", User: "per@fjord.example", State: "ok", Lag: 150 * time.Second},
	}
}

func (s *someMailboxes) SignIn(_ context.Context, mailbox, _ string) (string, error) {
	return "https://provider.example/auth?of=" + mailbox, s.failed
}
func (s *someMailboxes) SignedIn(context.Context, string, string, string, string) error {
	return s.failed
}
func (s *someMailboxes) Wake(user string) { s.woken = append(s.woken, user) }
func (*someMailboxes) Address() string    { return "sales@fjord.example" }

func TestMailboxesPage(t *testing.T) {
	w := newWorld(t)
	boxes := &someMailboxes{}
	w.console.o.Mailboxes = boxes
	w.console.handler = w.console.routes()
	w.lang = "en"
	page := w.get("/mailboxes").Body.String()
	for _, want := range []string{"Does not work", "The server refuses the sign-in", "the server refuses the password", "Earlier mail: 120 of 1000, 40 a second", "after 1.5 s", "after 3.1 hours", "after 2.5 minutes",
		"secret expires on", `action="/mailboxes/sales/signin"`, "Its user has not opened it", "per@fjord.example", "Your own mailbox", "sales&#43;bcc-", `href="/mailboxes"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "/signin\""); n != 1 {
		t.Errorf("%d mailboxes can be signed in to", n)
	}
	if rec := w.post("/mailboxes/sales/signin"); rec.Code != 200 || !strings.Contains(rec.Body.String(), `href="https://provider.example/auth?of=sales"`) {
		t.Errorf("signing in answers %d", rec.Code)
	}
	if rec := w.post("/mailboxes/open", "from", "2999-01-01"); rec.Code != 422 || !strings.Contains(rec.Body.String(), "Choose a day that has begun.") {
		t.Errorf("a day to come answers %d", rec.Code)
	}
	if rec := w.post("/mailboxes/open", "from", ""); rec.Code != 303 || len(boxes.woken) != 1 || boxes.woken[0] != "kari@fjord.example" {
		t.Errorf("opening answers %d and wakes %q", rec.Code, boxes.woken)
	}
	if page := w.get("/mailboxes").Body.String(); !strings.Contains(page, "Open for mail since") || strings.Contains(page, "Its user has not opened it") {
		t.Error("the page does not say that it is open") // although the mailbox does not know yet
	}
	if rec := w.post("/mailboxes/close"); rec.Code != 303 {
		t.Errorf("closing answers %d", rec.Code)
	}
	boxes.failed = errors.New("was not begun here")
	for _, rec := range []int{w.post("/mailboxes/sales/signin").Code, w.get("/mailboxes/signed-in?state=x&code=y").Code} {
		if rec != 409 {
			t.Errorf("a sign-in that fails answers %d", rec)
		}
	}
	// Others see the company's and no sign-in, and nobody's own.
	w.actor.Role, w.actor.ID = process.RoleSales, "somebody"
	page = w.get("/mailboxes").Body.String()
	if strings.Contains(page, "@fjord.example</span>") || strings.Contains(page, "/signin\"") || !strings.Contains(page, "Does not work") {
		t.Error("others see too much, or too little")
	}
	if rec := w.post("/mailboxes/sales/signin"); rec.Code != 404 {
		t.Errorf("sales signs in to the company's: %d", rec.Code)
	}
}
