package mail

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

var at = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// everything is a mail of a kind with all its parts.
func everything(kind, reason, lang string) *process.Mail {
	m := &process.Mail{Settings: fjord(lang), MessageID: "id.signature@fjord.example",
		Delivery: process.Delivery{Kind: kind, Reason: reason, Language: lang, To: "kari@kunde.example", ToName: "Kari Bær", About: process.Ref{Type: process.TypeQuote, ID: "q1"},
			InReplyTo: "abc@hansen.example", Data: map[string]string{"payment_link": "https://pay.example/100018?amount=1250.00", "number": "T-1001", "order": "O-1001", "invoice": "10001", "title": "Fasadevask", "name": "Kari Bær", "subject": "Vask",
				"text": "Tar dere taket?", "comment": "For dyrt.", "reason": "pris", "gross": "15625.00", "currency": "NOK",
				"open": "10625.00", "fees": "35.00", "interest": "12.50", "total": "10672.50", "days": "7", "pay_by": "2026-12-14"}}}
	if reason == reasonDigest {
		var tasks []string
		for _, r := range []string{"mail_reply", "mail_unsorted", "form_again", "invoice_problems", "quote_question", "e_invoice_blocked", "delivery_failed", "delivery_bounced", "delivery_unknown", "follow_up", "rule_failed", "rule_loop", "mailbox_secret", "mailbox_sign_in"} {
			tasks = append(tasks, `{"reason":"`+r+`","title":"Ring","due":"2026-11-20"}`)
		}
		m.Delivery.Data["tasks"] = "[" + strings.Join(tasks, ",") + "]"
	}
	if kind != kindAcknowledgement && kind != kindNotification && kind != kindRule && kind != kindQuoteExpired {
		m.PDF = []byte("%PDF-1.7")
		m.Snapshot = &process.Snapshot{Kind: process.DocumentKind(kind), Number: "T-1001", Title: "Fasadevask", Language: lang, DueDate: "2026-12-07", ValidUntil: "2026-12-23",
			Payable: process.Money{Minor: 1562500, Currency: "NOK"}, Payment: process.PaymentMeans{Account: "86011117947", Reference: "100015"}, Reason: "Feil antall"}
		nok := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }
		m.Snapshot.Account = &process.Account{To: "2026-11-23", Sections: []process.AccountSection{{Currency: "NOK", Closing: nok(127000), Overdue: nok(50000)}}}
	}
	return m
}

// Answers go to the plus-address where the mail has one.
func TestReplyAddress(t *testing.T) {
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	tag := "0123456789abcdefghjkmnpqrs.0123456789abcdef"
	for from, want := range map[string]string{"sales@fjord.example": "sales+" + tag + "@fjord.example", "sales+a@fjord.example": "", "a.very.long.name.of.a.mailbox@fjord.example": ""} {
		c, err := NewComposer(set, "https://emne.fjord.example", from)
		if err != nil {
			t.Fatal(err)
		}
		m := everything(kindQuote, "", "nb")
		m.ReplyTag = tag
		out, err := c.Compose(m, at)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if read := message.Parse(out.Raw, message.Options{}); len(read.ReplyTo) > 0 {
			got = read.ReplyTo[0].Address
		}
		if got != want {
			t.Errorf("answers to the mail of %s go to %q, want %q", from, got, want)
		}
	}
}

// notices are the reasons for which the process tells an owner.
func notices(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../process/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the process is not there: %v", err)
	}
	var reasons []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range regexp.MustCompile(`tellOwner\(([^,)]*), ("?[a-z_]*"?),`).FindAllSubmatch(b, -1) {
			if reason := string(call[2]); strings.HasPrefix(reason, `"`) {
				reasons = append(reasons, strings.Trim(reason, `"`))
			} else {
				t.Errorf("%s: the reason %s is no plain text, so that no test can know its words", f, reason)
			}
		}
	}
	if len(reasons) < 3 {
		t.Fatalf("only %q", reasons)
	}
	return reasons
}

func labels(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := texts(t).ReadFile("mails/" + lang + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := yaml.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTextsAreCompleteAndUsed(t *testing.T) {
	kinds := [][2]string{{kindQuote, ""}, {kindAcceptance, ""}, {kindInvoice, ""}, {kindCreditNote, ""}, {kindOrderConfirmation, ""}, {kindPaymentRequest, ""}, {kindStatement, ""}, {kindQuoteFollowUp, ""}, {kindQuoteExpired, ""}, {kindAcknowledgement, ""}, {kindRule, ""}, {kindNotification, reasonDigest},
		{kindReminder, "upcoming"}, {kindReminder, "reminder"}, {kindReminder, "notice"}, {kindInvoice, "deposit"}}
	for _, reason := range notices(t) {
		kinds = append(kinds, [2]string{kindNotification, reason})
	}
	c, err := NewComposer(texts(t), "https://emne.fjord.example", userName)
	if err != nil {
		t.Fatal(err)
	}
	unfilled := regexp.MustCompile(`\b(quote|acceptance|invoice|reminder|credit_note|acknowledgement|notification|fact|greeting|closing)(\.[a-z_]+)+\b|[{}]`)
	for _, lang := range process.Languages() {
		all, seen := labels(t, lang), ""
		for _, k := range kinds {
			for _, named := range []string{"Kari Bær", ""} {
				m := everything(k[0], k[1], lang)
				m.Delivery.ToName = named
				if named == "" {
					m.Delivery.Data["days"] = "1"
				}
				if k[1] == "deposit" {
					m.Snapshot.Deposit = true
				}
				composed, err := c.Compose(m, at)
				if err != nil {
					t.Fatal(err)
				}
				read := message.Parse(composed.Raw, message.Options{})
				if found := unfilled.FindString(read.Subject + read.FullText); found != "" {
					t.Errorf("%s, %q: %q stands in the mail", lang, k, found)
				}
				seen += "\n" + read.Subject + "\n" + read.FullText
			}
		}
		seen = strings.ReplaceAll(seen, "\u00a0", " ") // as it is in a subject that was read
		for key, text := range all {
			text = strings.ReplaceAll(text, "\u00a0", " ")
			parts := regexp.MustCompile(`\{[a-z_]+\}`).Split(text, -1)
			if longest := slices.MaxFunc(parts, func(a, b string) int { return len(a) - len(b) }); !strings.Contains(seen, strings.Trim(longest, " :")) {
				t.Errorf("%s: no mail says %s: %q", lang, key, text)
			}
		}
	}
	nb, en := labels(t, "nb"), labels(t, "en")
	for key, text := range en {
		if _, ok := nb[key]; !ok {
			t.Errorf("nb has no %s", key)
		}
		for _, p := range regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(text, -1) {
			if !strings.Contains(nb[key], p) {
				t.Errorf("nb: %s has no %s", key, p)
			}
		}
	}
	if len(nb) != len(en) {
		t.Errorf("nb has %d texts, en %d", len(nb), len(en))
	}
}

func compose(t *testing.T, m *process.Mail) (process.Composed, *message.Message) {
	t.Helper()
	c, err := NewComposer(texts(t), "https://emne.fjord.example", userName)
	if err != nil {
		t.Fatal(err)
	}
	composed, err := c.Compose(m, at)
	if err != nil {
		t.Fatal(err)
	}
	return composed, message.Parse(composed.Raw, message.Options{})
}

// What a recipient's program reads is what the template wrote.
func TestReadsAsWritten(t *testing.T) {
	for _, lang := range []string{"nb", "en"} {
		for _, kind := range []string{kindQuote, kindAcceptance, kindInvoice, kindCreditNote, kindAcknowledgement, kindNotification} {
			m := everything(kind, "quote_declined", lang)
			composed, read := compose(t, m)
			c, err := NewComposer(texts(t), "https://emne.fjord.example", userName)
			if err != nil {
				t.Fatal(err)
			}
			v := newView(c.set.Labels(templates.Mails, lang), m)
			v.Colours = c.colours
			if kind == kindNotification {
				v.URL = "https://emne.fjord.example/quotes/q1"
			} else if composed.LinkToken != "" {
				v.URL = "https://emne.fjord.example/p/" + composed.LinkToken
			}
			var text, html bytes.Buffer
			if err := errors.Join(c.text.Execute(&text, v), c.html.Execute(&html, v)); err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(read.FullText) != strings.TrimSpace(text.String()) {
				t.Errorf("%s %s: read\n%s\nwritten\n%s", kind, lang, read.FullText, text.String())
			}
			if strings.TrimSpace(strings.ReplaceAll(read.HTML, "\r\n", "\n")) != strings.TrimSpace(html.String()) {
				t.Errorf("%s %s: the HTML was read otherwise", kind, lang)
			}
		}
	}
}

func TestHeaderIsHarmless(t *testing.T) {
	evil := "Kari\r\nBcc: everybody@else.example\r\n\r\n<script>alert(1)</script>"
	m := everything(kindAcknowledgement, "", "en")
	m.Delivery.ToName, m.Delivery.Data["subject"], m.Settings.Company.Name, m.Delivery.InReplyTo = evil, evil, evil, "a@b>\r\nBcc: c@d"
	composed, read := compose(t, m)
	header, _, _ := strings.Cut(string(composed.Raw), "\r\n\r\n")
	if strings.Contains(strings.ToLower(header), "\nbcc:") || strings.Contains(header, "In-Reply-To") {
		t.Errorf("the header was broken into:\n%s", header)
	}
	if strings.Contains(read.HTML, "<script>") {
		t.Error("the HTML was broken into")
	}
	if strings.ContainsAny(read.Subject, "\r\n") || len(read.To) != 1 || read.To[0].Address != "kari@kunde.example" {
		t.Errorf("subject %q to %v", read.Subject, read.To)
	}
}

func TestHardSubjectsAndNames(t *testing.T) {
	for _, s := range []string{"Æøå ÆØÅ", "🚀🧽 vask", strings.Repeat("👩‍👩‍👧‍👦", 200), strings.Repeat("x", 5000), strings.Repeat("ordrik ", 900), "\xff\xfe", "=?utf-8?q?not_ours?=", ":::", "日本語の件名 مرحبا"} {
		m := everything(kindAcknowledgement, "", "nb")
		m.Delivery.Data["subject"], m.Delivery.ToName, m.Settings.Company.Name = s, s, s
		composed, read := compose(t, m)
		if err := fits(composed.Raw); err != nil {
			t.Error(err)
		}
		if len([]rune(composed.Subject)) > maxSubject || !strings.HasPrefix(composed.Subject, "Vi har mottatt") {
			t.Errorf("subject %q", composed.Subject)
		}
		if read.Subject != composed.Subject && !strings.Contains(s, "=?") {
			t.Errorf("%.30q: read as %q, composed as %q", s, read.Subject, composed.Subject)
		}
		if len(read.To) != 1 || len(read.Defects) > 0 {
			t.Errorf("%.30q: to %v, defects %v", s, read.To, read.Defects)
		}
	}
}

// fits says that bytes can go over SMTP as they are (RFC 5321 section 4.5.3.1.6).
func fits(raw []byte) error {
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		return fmt.Errorf("it does not end with CRLF")
	}
	for i, l := range bytes.Split(raw, []byte("\r\n")) {
		if len(l) > 998 || bytes.ContainsAny(l, "\r\n\x00") || !ascii(string(l)) {
			return fmt.Errorf("line %d: %.100q", i+1, l)
		}
	}
	return nil
}

func TestBytesFitSMTP(t *testing.T) {
	for _, kind := range []string{kindQuote, kindAcceptance, kindInvoice, kindCreditNote, kindAcknowledgement, kindNotification} {
		m := everything(kind, "quote_question", "nb")
		m.Delivery.Data["text"] = strings.Repeat("æ", 9000) + "\n.\r.\n..\n"
		composed, _ := compose(t, m)
		if err := fits(composed.Raw); err != nil {
			t.Error(err)
		}
		if bytes.Contains(composed.Raw, []byte("User-Agent")) || bytes.Contains(composed.Raw, []byte("X-Mailer")) {
			t.Error("the mail tells which program wrote it")
		}
	}
}

func TestGreeting(t *testing.T) {
	m := everything(kindQuote, "", "en")
	if _, read := compose(t, m); !strings.HasPrefix(read.FullText, "Hello Kari Bær,\n") {
		t.Errorf("%.40q", read.FullText)
	}
	m.Delivery.ToName, m.Snapshot.Buyer.ContactName = "", "Ola"
	if _, read := compose(t, m); !strings.HasPrefix(read.FullText, "Hello Ola,\n") {
		t.Errorf("%.40q", read.FullText)
	}
	m.Snapshot.Buyer.ContactName = ""
	if _, read := compose(t, m); !strings.HasPrefix(read.FullText, "Hello,\n") {
		t.Errorf("%.40q", read.FullText)
	}
}

func TestInvoiceWithoutReference(t *testing.T) {
	m := everything(kindInvoice, "", "en")
	m.Snapshot.Payment = process.PaymentMeans{IBAN: "NO9386011117947"}
	_, read := compose(t, m)
	if strings.Contains(read.FullText, "reference") || !strings.Contains(read.FullText, "Account: NO9386011117947") {
		t.Errorf("text:\n%s", read.FullText)
	}
}

func TestDocumentWithoutPDF(t *testing.T) {
	m := everything(kindQuote, "", "en")
	m.PDF = nil
	c, err := NewComposer(texts(t), "", userName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compose(m, at); err == nil {
		t.Error("a quote was sent without its document")
	}
}

func TestSender(t *testing.T) {
	m := everything(kindQuote, "", "en")
	m.Settings.Company.Email = "post@other.example"
	if _, read := compose(t, m); read.From[0].Address != userName {
		t.Errorf("from %v", read.From)
	}
	c, err := NewComposer(texts(t), "", "")
	if err != nil {
		t.Fatal(err)
	}
	composed, err := c.Compose(m, at)
	if err != nil {
		t.Fatal(err)
	}
	if read := message.Parse(composed.Raw, message.Options{}); read.From[0].Address != "post@other.example" {
		t.Errorf("from %v", read.From)
	}
}

// Outlook on Windows draws the button as a shape, all others as a link; both
// lead to the same page, in every language.
func TestButtonInOutlook(t *testing.T) {
	for _, lang := range process.Languages() {
		c, err := NewComposer(texts(t), "https://emne.fjord.example", userName)
		if err != nil {
			t.Fatal(err)
		}
		_, html, text, err := c.Preview(everything(kindInvoice, "", lang))
		if err != nil {
			t.Fatal(err)
		}
		links := regexp.MustCompile(`https://emne\.fjord\.example/p/[A-Za-z0-9_-]+`).FindAllString(html, -1)
		if len(links) != 2 || links[0] != links[1] || !strings.Contains(text, links[0]) {
			t.Errorf("%s: links %v", lang, links)
		}
		shape := regexp.MustCompile(`(?s)<!--\[if mso\]><v:roundrect [^>]*href="https://emne\.fjord\.example/p/.*?</v:roundrect><!\[endif\]-->\s*<!--\[if !mso\]><!--><a class="go"[^>]*>[^<]+</a><!--<!\[endif\]-->`)
		if !shape.MatchString(html) {
			t.Errorf("%s: no button for Outlook in\n%s", lang, html)
		}
	}
}
