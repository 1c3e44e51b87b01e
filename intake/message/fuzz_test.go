package message

import (
	"net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// clean tells whether a string keeps the promise that Message makes of them all.
func clean(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}

func checkAddresses(t *testing.T, as []Address) {
	for _, a := range as {
		if a.Address == "" || !clean(a.Address) || !clean(a.Name) || strings.Contains(a.Name+a.Address, "\n") {
			t.Errorf("address %q", a)
		}
	}
	if len(as) > MaxAddresses {
		t.Errorf("%d addresses", len(as))
	}
}

// checkMessage holds a message against what the package promises of every one.
func checkMessage(t *testing.T, m *Message) {
	t.Helper()
	for name, s := range map[string]string{
		"MessageID": m.MessageID, "Subject": m.Subject, "Text": m.Text, "Quoted": m.Quoted, "Signature": m.Signature,
		"FullText": m.FullText, "HTML": m.HTML, "Automation.Header": m.Automation.Header,
		"Guess.Name": m.Guess.Name.Value, "Guess.Company": m.Guess.Company.Value, "Guess.Address": m.Guess.Address.Value,
	} {
		if !clean(s) {
			t.Errorf("%s is not clean: %q", name, s)
		}
	}
	if strings.ContainsAny(m.Subject, "\n\t") {
		t.Errorf("subject of several lines: %q", m.Subject)
	}
	for _, as := range [][]Address{m.From, m.ReplyTo, m.To, m.Cc} {
		checkAddresses(t, as)
	}
	for _, ids := range [][]string{{m.MessageID}, m.InReplyTo, m.References, m.DeliveredTo, m.OriginalTo} {
		for _, id := range ids {
			if !clean(id) || strings.ContainsAny(id, "\n") {
				t.Errorf("id %q", id)
			}
		}
	}
	for _, a := range m.Attachments {
		if a.Name == "" || !clean(a.Name) || strings.ContainsAny(a.Name, "/\\\n") || len(a.Name) > maxNameBytes+4 {
			t.Errorf("attachment name %q", a.Name)
		}
		if !clean(a.ContentID) || !clean(a.ContentType) {
			t.Errorf("attachment %q %q", a.ContentID, a.ContentType)
		}
	}
	if m.Report != nil {
		for _, r := range m.Report.Recipients {
			if !clean(r.Recipient + r.OriginalRecipient + r.Action + r.Status + r.Diagnostic) {
				t.Errorf("report %+v", r)
			}
		}
	}
	checkShares(t, m.FullText, m.Text, m.Quoted, m.Signature)
	if m.Original != nil {
		checkMessage(t, m.Original)
	}
}

// checkShares counts the lines with text: none is lost, none is there twice.
func checkShares(t *testing.T, full string, shares ...string) {
	t.Helper()
	count := map[string]int{}
	for _, l := range strings.Split(full, "\n") {
		count[strings.TrimSpace(l)]++
	}
	for _, s := range shares {
		for _, l := range strings.Split(s, "\n") {
			count[strings.TrimSpace(l)]--
		}
	}
	for l, n := range count {
		if n != 0 && l != "" {
			t.Errorf("line %q is %d times too few in the shares of %q", l, n, full)
		}
	}
}

func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range seeds {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := string(raw)
		m := parse(raw, Options{Region: "NO"})
		checkMessage(t, m)
		if string(raw) != before {
			t.Error("the raw bytes were changed")
		}
		if again := parse(raw, Options{Region: "NO"}); again.ContentHash != m.ContentHash || again.Text != m.Text {
			t.Error("the same bytes gave another message")
		}
		checkSame(t, m, inParts(raw))
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{
		"Hei\n\nMvh Ola\n\nDen 3. jan 2022 10:11 skrev Kari:\n> Hei\n> der", "Fra: a\nSendt: b\nTil: c\nx", "> a\nb\n> c\nd",
		"-- \nOla", "-----Original Message-----\nx", "---------- Forwarded message ---------\n> x", "Hei\n>From x\n\n\n> \n-- \nx", "Sendt fra min iPhone",
	} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, forward bool) {
		s = cleanText(s)
		full, lines := plainLines(s)
		r := fold(full, lines, forward)
		if again := fold("", lines, forward); again != r {
			t.Errorf("cut out %+v, joined %+v", r, again)
		}
		checkShares(t, r.full, r.own, r.quoted, r.signature)
		if !blank(s) && blank(r.own) {
			t.Errorf("nothing of one's own is left of %q", s)
		}
		checkShares(t, s, r.full)
	})
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<p>Hei <a href='http://x'>y</a></p>", "<div class=gmail_quote><blockquote>x</blockquote></div>y", "<ul><li>a<li>b</ul>", "<title>x",
		"<div style='display:none'>x</div>", "<pre>a\n b</pre>", "<img alt='x'>", "&aring;&#0;&#xd800;", "<a href=mailto:a@b.no>x", "<td>a<td>b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range htmlLines([]byte(s)) {
			if strings.Contains(l.text, "\n") || !clean(l.text) {
				t.Errorf("line %q", l.text)
			}
		}
	})
}

func FuzzHeaderValues(f *testing.F) {
	for _, s := range []string{
		"Ola <ola@example.no>, kari@example.no", `"Nordmann, Ola" <ola@example.no>`, "=?utf-8?Q?=C3=85se?= <a@b>", "G: a@b;", "<<a@b>>", "(a(b)c) a@b", `"\"`,
		"text/plain; charset=\"utf-8\"; name*0*=utf-8''a%C3; name*1*=%A5", "Mon, 3 Jan 2022 10:11:12 +0100", "Tue, 04 Jan 2022  1:11:12.5 +0000", "søn, blåbær ÿ ", "man 3-okt-22 10.11.12 GMT+2", "a\\", "a <b\\",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkAddresses(t, parseAddresses(s, &ledger{}))
		if w := oneLine(decodeWords(s, &ledger{})); !clean(w) || strings.Contains(w, "\n") {
			t.Errorf("words %q", w)
		}
		for k, v := range parseMediaType(s, &ledger{}).params {
			if !clean(v) && k != "boundary" {
				t.Errorf("parameter %q=%q", k, v)
			}
		}
		if d := parseDate(s, &ledger{}); !d.IsZero() && !plausible(d) {
			t.Errorf("date %v", d)
		}
		s = strings.TrimSpace(s)
		if d, err := time.Parse(dateLayout, s); err == nil {
			if same, err := mail.ParseDate(s); err != nil || !reflect.DeepEqual(d, same) {
				t.Errorf("%q is %v at once, and %v, %v", s, d, same, err)
			}
		}
		if isOneLine(s) {
			if joined := strings.Join(strings.Fields(cleanText(s)), " "); joined != s {
				t.Errorf("%q is not on one line: %q", s, joined)
			}
		}
		messageIDs(s)
		pathOf(s)
	})
}
