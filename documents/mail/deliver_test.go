package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
)

// arrived says what every mail to a customer must have.
type arrived struct {
	subject, inText []string
	file, content   string
	link, automatic bool
}

func (h *house) check(want arrived) *message.Message {
	h.t.Helper()
	m := h.read()
	for _, s := range want.subject {
		if !strings.Contains(m.Subject, s) {
			h.t.Errorf("subject %q has no %q", m.Subject, s)
		}
	}
	for _, s := range want.inText {
		if !strings.Contains(m.FullText, s) {
			h.t.Errorf("text has no %q:\n%s", s, m.FullText)
		}
		if !strings.Contains(strings.ReplaceAll(m.HTML, "&amp;", "&"), s) {
			h.t.Errorf("HTML has no %q", s)
		}
	}
	if want.link {
		_, rest, _ := strings.Cut(m.FullText, "https://emne.fjord.example/p/")
		token, _, _ := strings.Cut(rest, "\n")
		if len(token) != 32 || !strings.Contains(m.HTML, `href="https://emne.fjord.example/p/`+token+`"`) {
			h.t.Errorf("the link is not the same in both parts: %q", token)
		}
		if _, err := h.service.OpenLink(h.t.Context(), token); err != nil {
			h.t.Errorf("the link does not open: %v", err)
		}
	} else if strings.Contains(m.FullText+m.HTML, "/p/") {
		h.t.Error("there is a link to a customer's page")
	}
	switch {
	case want.file == "" && len(m.Attachments) > 0:
		h.t.Errorf("%d attachments", len(m.Attachments))
	case want.file != "" && (len(m.Attachments) != 1 || m.Attachments[0].Name != want.file || m.Attachments[0].ContentType != "application/pdf"):
		h.t.Errorf("attachments %+v", m.Attachments)
	case want.file != "" && !strings.Contains(string(m.Attachments[0].Content), want.content+"\n%\xe2\xe3\xcf\xd3\r.\r\n%%EOF\n"):
		h.t.Errorf("the PDF is %q", m.Attachments[0].Content)
	}
	if automatic := !m.Automation.IsZero(); automatic != want.automatic {
		h.t.Errorf("automatic: %+v", m.Automation)
	}
	if strings.ContainsAny(m.FullText, "{}") || strings.Contains(m.HTML, "http://") || strings.Contains(m.HTML, "src=") || strings.Contains(m.HTML, "url(") {
		h.t.Errorf("gaps or remote content:\n%s\n%s", m.FullText, m.HTML)
	}
	return m
}

func TestDocuments(t *testing.T) {
	for _, lang := range []string{"nb", "en"} {
		t.Run(lang, func(t *testing.T) {
			h := newHouse(t, lang, nil)
			amount := map[string]string{"nb": "15\u00a0625,00\u00a0NOK", "en": "NOK\u00a015,625.00"}[lang]

			quote, d := h.sentQuote(lang, "Fasadevask høsten 2026")
			h.deliver(d, 1)
			m := h.check(arrived{subject: []string{"T-1001", "Fjord & Fjell AS"}, inText: []string{"T-1001", "Fasadevask høsten 2026", amount},
				file: "quote-T-1001.pdf", content: "quote T-1001 accepted=false", link: true})
			if got := h.delivery(d); got.State != "accepted" || got.Reply != "2.0.0 kept" || got.AcceptedAt == nil || got.Subject != m.Subject || got.MessageID != m.MessageID || got.Attempts != 1 {
				t.Errorf("recorded: %+v", got)
			}
			if len(m.From) != 1 || m.From[0].Address != userName || m.From[0].Name != "Fjord & Fjell AS" || m.To[0].Address != "kari@kunde.example" {
				t.Errorf("from %v to %v", m.From, m.To)
			}
			if raw := string(h.till.raws[0]); !strings.Contains(raw, "Content-Language: "+lang+"\r\n") || !strings.Contains(raw, "Date: Mon, 23 Nov 2026 10:00:00 +0100\r\n") {
				t.Errorf("header:\n%.800s", raw)
			}

			must[*process.Outcome](h)(h.service.AcceptQuote(t.Context(), h.owner, process.Target{ID: quote}, process.AcceptInput{Name: "Kari Bær"}))
			h.deliver(h.find(kindAcceptance).ID, 1)
			h.check(arrived{subject: []string{"T-1001"}, inText: []string{"O-1001", "Kari Bær", amount}, file: "quote-T-1001.pdf", content: "quote T-1001 accepted=true", link: true, automatic: true})
			told := h.find(kindNotification)
			h.deliver(told.ID, 1)
			h.check(arrived{subject: []string{"T-1001", "O-1001"}, inText: []string{"Kari Bær", amount, "https://emne.fjord.example/orders/" + told.About.ID}, automatic: true})

			invoice, d := h.issuedInvoice(lang)
			h.deliver(d, 1)
			due := map[string]string{"nb": "07.12.2026", "en": "7 December 2026"}[lang]
			h.check(arrived{subject: []string{"10001"}, inText: []string{"10001", amount, due, "86011117947"}, file: "invoice-10001.pdf", content: "invoice 10001 accepted=false", link: true})

			o := must[*process.Outcome](h)(h.service.CreditInvoice(t.Context(), h.owner, process.Target{ID: invoice}, process.CreditInput{Reason: "Feil antall <timer>"}))
			h.deliver(created(h, o, process.TypeDelivery), 1)
			m = h.check(arrived{subject: []string{"K-1001", "10001"}, inText: []string{"K-1001", amount}, file: "credit_note-K-1001.pdf", content: "credit_note K-1001 accepted=false"})
			if !strings.Contains(m.HTML, "Feil antall &lt;timer&gt;") || !strings.Contains(m.FullText, "Feil antall <timer>") {
				t.Error("the reason is missing or not escaped")
			}
		})
	}
}

func TestAcknowledgement(t *testing.T) {
	for lang, subject := range map[string]string{"nb": "=?utf-8?q?Fasadevask_=F0=9F=A7=BD?=", "en": "Window cleaning"} {
		t.Run(lang, func(t *testing.T) {
			h := newHouse(t, "nb", nil)
			d := h.inquiry(lang, subject)
			h.deliver(d.ID, 1)
			m := h.check(arrived{subject: []string{map[string]string{"nb": "Fasadevask 🧽", "en": "Window cleaning"}[lang]}, inText: []string{"Ola Hansen", "Fjord & Fjell AS"}, automatic: true})
			if d.Language != lang {
				t.Errorf("written in %s", d.Language)
			}
			if len(m.InReplyTo) != 1 || m.InReplyTo[0] != "abc.1@hansen.example" || len(m.References) != 1 {
				t.Errorf("it answers %q, %q", m.InReplyTo, m.References)
			}
			raw := string(h.till.raws[0])
			if !strings.Contains(raw, "Auto-Submitted: auto-replied\r\n") || !strings.Contains(raw, "X-Auto-Response-Suppress: All\r\n") {
				t.Errorf("header:\n%.600s", raw)
			}
		})
	}
}

func TestDeclinedAndAsked(t *testing.T) {
	h := newHouse(t, "en", nil)
	quote, _ := h.sentQuote("en", "")
	customer := process.Actor{Kind: process.ActorCustomer, Channel: "portal", Link: process.Ref{Type: process.TypeQuote, ID: quote}}
	must[*process.Outcome](h)(h.service.AskQuestion(t.Context(), customer, process.QuestionInput{Text: "Does it include\r\n<b>the roof</b>?\n\n\nKari"}))
	h.deliver(h.find(kindNotification).ID, 1)
	m := h.check(arrived{subject: []string{"T-1001"}, inText: []string{"Does it include"}, automatic: true})
	if !strings.Contains(m.FullText, "> Does it include\n> <b>the roof</b>?\n>\n> Kari\n") || !strings.Contains(m.HTML, "&lt;b&gt;the roof") {
		t.Errorf("text:\n%s", m.FullText)
	}
	h.now = h.now.Add(time.Minute)
	must[*process.Outcome](h)(h.service.DeclineQuote(t.Context(), customer, process.Target{ID: quote}, process.DeclineInput{Reason: "price", Comment: "Too dear."}))
	h.deliver(h.find(kindNotification).ID, 1)
	h.check(arrived{subject: []string{"T-1001", "declined"}, inText: []string{"price", "Too dear."}, automatic: true})
}

func TestRetries(t *testing.T) {
	h := newHouse(t, "nb", nil)
	_, d := h.sentQuote("nb", "")
	for range len(waits) + 1 {
		h.till.answers = append(h.till.answers, process.Sent{State: "retrying", Reply: "450 grey"})
	}
	for i, wait := range waits {
		h.deliver(d, i+1)
		got := h.delivery(d)
		if got.State != "retrying" || got.Reply != "450 grey" || got.NextAt == nil || !got.NextAt.Equal(h.now.Add(wait)) || got.Attempts != i+1 {
			t.Fatalf("attempt %d: %+v", i+1, got)
		}
		h.now = *got.NextAt
	}
	h.deliver(d, len(waits)+1)
	if got := h.delivery(d); got.State != "failed" || !strings.Contains(got.Reply, "given up after 12 attempts: 450 grey") {
		t.Errorf("at the end: %+v", got)
	}
	for i, raw := range h.till.raws {
		if !bytes.Equal(raw, h.till.raws[0]) {
			t.Errorf("attempt %d had other bytes", i+1)
		}
	}
	if n := len(h.till.raws); n != len(waits)+1 {
		t.Errorf("%d attempts", n)
	}
	if span := h.now.Sub(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)); span < 48*time.Hour {
		t.Errorf("given up after %s", span)
	}
	// A person presses "send again": the same bytes.
	must[*process.Outcome](h)(h.service.RetryDelivery(t.Context(), h.owner, process.Target{ID: d}, struct{}{}))
	h.deliver(d, len(waits)+2)
	if got := h.delivery(d); got.State != "accepted" || !bytes.Equal(h.till.raws[len(waits)+1], h.till.raws[0]) {
		t.Errorf("sent again: %+v", got)
	}
}

func TestOutcomes(t *testing.T) {
	for _, state := range []string{"failed", "unknown"} {
		h := newHouse(t, "nb", nil)
		_, d := h.sentQuote("nb", "")
		h.till.answers = []process.Sent{{State: state, Reply: "because"}}
		h.deliver(d, 1)
		if got := h.delivery(d); got.State != state || got.Reply != "because" || got.NextAt != nil {
			t.Errorf("%+v", got)
		}
		h.deliver(d, 1)
		h.deliver(d, 2)
		if n := len(h.till.raws); n != 1 {
			t.Errorf("%s: sent %d times", state, n)
		}
		tasks, _, err := h.service.Tasks().List(t.Context(), h.owner, process.Filter{})
		if err != nil || len(tasks) != 1 || tasks[0].Reason != "delivery_"+state {
			t.Errorf("tasks %+v, %v", tasks, err)
		}
	}
}

func TestOvertakenJobs(t *testing.T) {
	h := newHouse(t, "nb", nil)
	_, d := h.sentQuote("nb", "")
	h.till.answers = []process.Sent{{State: "retrying", Reply: "later"}}
	h.deliver(d, 1)
	must[*process.Outcome](h)(h.service.RetryDelivery(t.Context(), h.owner, process.Target{ID: d}, struct{}{}))
	h.deliver(d, 2) // the scheduled attempt comes too late
	if n := len(h.till.raws); n != 1 {
		t.Fatalf("the overtaken job sent: %d", n)
	}
	h.deliver(d, 3)
	h.deliver(d, 3)
	if n := len(h.till.raws); n != 2 {
		t.Errorf("sent %d times", n)
	}
	if got := h.delivery(d); got.State != "accepted" || got.Attempts != 3 {
		t.Errorf("%+v", got)
	}
}

func TestCrashWhileSending(t *testing.T) {
	h := newHouse(t, "nb", nil)
	_, d := h.sentQuote("nb", "")
	job := process.SendDelivery{Delivery: d, Attempt: 1}
	m := must[*process.Mail](h)(h.service.MailOf(t.Context(), process.System(), d, "fjord.example"))
	composed := must[process.Composed](h)(h.sender.composer.Compose(m, h.now))
	first := must[[]byte](h)(h.service.FixMail(t.Context(), process.System(), d, composed))
	if started := must[bool](h)(h.service.StartSending(t.Context(), process.System(), job)); !started {
		t.Fatal("not started")
	}
	// Here the process dies; the job runs again, once.
	h.now = h.now.Add(time.Hour)
	h.deliver(d, 1)
	h.deliver(d, 1)
	if len(h.till.raws) != 1 || !bytes.Equal(h.till.raws[0], first) {
		t.Errorf("sent %d times, same bytes: %t", len(h.till.raws), len(h.till.raws) > 0 && bytes.Equal(h.till.raws[0], first))
	}
	seen := false
	as, _, err := h.service.Timeline(t.Context(), h.owner, process.Filter{Limit: 100})
	for _, a := range as {
		seen = seen || a.Type == "delivery.sending_after_crash"
	}
	if err != nil || !seen {
		t.Errorf("the timeline does not tell of the crash: %v", err)
	}
}

// forgetful fails to record outcomes a few times, as a busy database does.
type forgetful struct {
	*process.Service
	fails int
}

func (f *forgetful) FinishSending(ctx context.Context, a process.Actor, id string, r process.Sent) error {
	if ctx.Err() != nil {
		return fmt.Errorf("cancelled: %w", ctx.Err())
	}
	if f.fails--; f.fails >= 0 {
		return errors.New("database is busy")
	}
	return f.Service.FinishSending(ctx, a, id, r)
}

func TestOutcomeIsRecordedPatiently(t *testing.T) {
	h := newHouse(t, "nb", nil)
	_, d := h.sentQuote("nb", "")
	h.sender.office = &forgetful{h.service, 2}
	ctx, cancel := context.WithCancel(t.Context())
	h.sender.submit = submitFunc(func(to string, raw []byte) process.Sent { cancel(); return h.till.Submit(ctx, to, raw) }) // told to stop meanwhile
	if err := h.sender.Deliver(ctx, process.SendDelivery{Delivery: d, Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	if got := h.delivery(d); got.State != "accepted" || len(h.till.raws) != 1 {
		t.Errorf("%s after %d attempts", got.State, len(h.till.raws))
	}
}

type submitFunc func(to string, raw []byte) process.Sent

func (f submitFunc) Submit(_ context.Context, to string, raw []byte) process.Sent { return f(to, raw) }

func TestMailThatCannotBeWritten(t *testing.T) {
	h := newHouse(t, "nb", nil)
	_, d := h.sentQuote("nb", "")
	h.sender.composer.from = "nobody"
	h.deliver(d, 1)
	if got := h.delivery(d); got.State != "failed" || !strings.Contains(got.Reply, `"nobody" is no address`) || len(h.till.raws) != 0 {
		t.Fatalf("%+v", got)
	}
	h.sender.composer.from = userName
	must[*process.Outcome](h)(h.service.RetryDelivery(t.Context(), h.owner, process.Target{ID: d}, struct{}{}))
	h.deliver(d, 2)
	if got := h.delivery(d); got.State != "accepted" {
		t.Errorf("after it was mended: %+v", got)
	}
}

// The bytes on the server are the bytes in the store, through TLS and dots.
func TestStoredBytesArrive(t *testing.T) {
	office, s := startOffice(t, "starttls", newAuthority(t, time.Now().Add(time.Hour)))
	h := newHouse(t, "nb", s)
	_, d := h.sentQuote("nb", "Æ Ø Å 🚀 "+strings.Repeat("lang tittel ", 30))
	h.deliver(d, 1)
	stored := must[[]byte](h)(h.service.Blob(t.Context(), h.owner, h.delivery(d).SHA256))
	mails := office.taken()
	if len(mails) != 1 || !bytes.Equal(mails[0].raw, stored) {
		t.Fatalf("%d mails, %d bytes stored", len(mails), len(stored))
	}
	if mails[0].to != "kari@kunde.example" || mails[0].from != userName {
		t.Errorf("%+v", mails[0])
	}
}
