package console

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Other mail says why it lies there; what could not be read can be downloaded
// as it came, and tried again.
func TestOtherMailPages(t *testing.T) {
	w := newWorld(t)
	w.lang = "en"
	st, version, err := w.s.Settings(t.Context(), w.actor)
	if err != nil {
		t.Fatal(err)
	}
	st.Mail.Spam = process.SpamRules{ScoreHeader: "X-Spam-Score", Words: []string{"guest posts"}, Blocked: []string{"blocked.example"}}
	must(t)(w.s.PutSettings(t.Context(), w.actor, version, st))
	receive := func(id string, change func(*process.IncomingMail)) process.Receipt {
		t.Helper()
		m := process.IncomingMail{MessageID: id + "@else.example", ContentHash: id, From: id + "@else.example", To: []string{"post@fjord.example"}, Raw: process.NewBlob([]byte("raw " + id)),
			Inquiry: process.Inquiry{Email: id + "@else.example", Subject: "About " + id, Text: "Hello"}}
		change(&m)
		r, err := w.s.ReceiveMail(t.Context(), process.System(), m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for id, c := range map[string]struct {
		change func(*process.IncomingMail)
		says   []string
	}{
		"score":   {func(m *process.IncomingMail) { m.Fields = map[string]string{"x-spam-score": "7.1"} }, []string{"Spam", "X-Spam-Score: 7.1"}},
		"word":    {func(m *process.IncomingMail) { m.Inquiry.Text = "We sell Guest Posts" }, []string{"Spam", "word: guest posts"}},
		"blocked": {func(m *process.IncomingMail) { m.From = "x@blocked.example" }, []string{"Spam", "blocked: blocked.example"}},
		"machine": {func(m *process.IncomingMail) { m.Automation = "List-Id" }, []string{"Automatic mail", "List-Id"}},
	} {
		r := receive(id, c.change)
		for _, at := range []string{"/messages?state=other", "/messages/" + r.Result.ID} {
			page := w.get(at).Body.String()
			for _, words := range append(c.says, "About "+id) {
				if !strings.Contains(page, words) {
					t.Errorf("%s: %s does not say %q", id, at, words)
				}
			}
		}
		if page := w.get("/messages/" + r.Result.ID).Body.String(); !strings.Contains(page, "/do/make_lead") {
			t.Errorf("%s: no lead can be made of it", id)
		}
	}
	q := receive("unread", func(m *process.IncomingMail) { m.Unreadable = "too_deep" }).Result
	page := w.get("/quarantine/" + q.ID).Body.String()
	if !strings.Contains(page, "too_deep") || !strings.Contains(page, "/quarantine/"+q.ID+"/files/0") || !strings.Contains(page, "/do/retry") {
		t.Error("the quarantine does not say why, or offers no way out")
	}
	raw := w.get("/quarantine/" + q.ID + "/files/0")
	if raw.Code != 200 || raw.Body.String() != "raw unread" || !strings.HasPrefix(raw.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the raw bytes are %d %v %q", raw.Code, raw.Header(), raw.Body)
	}
}
