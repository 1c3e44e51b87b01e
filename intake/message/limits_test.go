package message

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	deep := func(n int) []byte {
		var b bytes.Buffer
		b.WriteString("From: ola@example.no\n")
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i)
		}
		b.WriteString("\nHei")
		return b.Bytes()
	}
	many := func(n int) []byte {
		return []byte("From: ola@example.no\nContent-Type: multipart/mixed; boundary=b\n" + strings.Repeat("\n--b\nContent-Type: image/png\n\nx", n) + "\n--b--")
	}
	field := func(n int) []byte { return []byte("From: ola@example.no\nX: " + strings.Repeat("x", n) + "\n\nHei") }
	fields := func(n int) []byte { return []byte("From: ola@example.no\n" + strings.Repeat("X: x\n", n) + "\nHei") }
	tests := []struct {
		name    string
		raw     []byte
		problem string
		text    string
	}{
		{"no bytes", nil, ProblemEmpty, ""},
		{"white space", []byte(" \r\n\t\r\n"), ProblemEmpty, ""},
		{"no header", []byte("Hei\nder"), ProblemNoHeader, "Hei\nder"},
		{"binary", []byte("\x00\xff\xd8\xff\xe0\x10\x80"), ProblemNoHeader, "ÿØÿà€"},
		{"depth within", deep(MaxDepth - 1), "", "Hei"},
		{"depth beyond", deep(MaxDepth + 5), ProblemTooDeep, ""},
		{"parts within", many(MaxParts - 10), "", ""},
		{"parts beyond", many(MaxParts + 10), ProblemTooManyParts, ""},
		{"header bytes within", field(MaxHeaderBytes - 100), "", "Hei"},
		{"header bytes beyond", field(MaxHeaderBytes + 100), ProblemHeaderTooLarge, "Hei"},
		{"header lines within", fields(MaxHeaderLines - 10), "", "Hei"},
		{"header lines beyond", fields(MaxHeaderLines + 10), ProblemHeaderTooLarge, "Hei"},
		{"size beyond", append([]byte("From: ola@example.no\n\nHei"), bytes.Repeat([]byte("x"), MaxSize)...), ProblemTooLarge, ""},
	}
	for _, tt := range tests {
		m := Parse(tt.raw, Options{Region: "NO"})
		if m.Problem != tt.problem || m.FullText != tt.text {
			t.Errorf("%s: problem %q text %.40q", tt.name, m.Problem, m.FullText)
		}
		if tt.problem != "" && tt.problem != ProblemEmpty && tt.problem != ProblemNoHeader && len(m.From) != 1 {
			t.Errorf("%s: the sender is lost", tt.name)
		}
	}
	if m := Parse(many(MaxParts+10), Options{}); len(m.Attachments) < MaxParts-1 {
		t.Errorf("%d attachments kept of too many", len(m.Attachments))
	}
}

// A mail that takes too long has what was read until then.
func TestTimeLimit(t *testing.T) {
	m := parse(lines("From: ola@example.no", "Subject: x", `Content-Type: multipart/mixed; boundary="b"`, "", "--b", "", "Hei", "--b--"), Options{deadline: time.Now().Add(-time.Second)})
	if m.Problem != ProblemTooSlow || len(m.From) != 1 || m.Subject != "x" {
		t.Errorf("problem %q, from %v", m.Problem, m.From)
	}
}

func TestLongTextBecomesAttachment(t *testing.T) {
	text := strings.Repeat("Hei på deg.\n", MaxTextBytes/10)
	m := parseNO(plainMail(text))
	if m.FullText != "" || len(m.Attachments) != 1 || string(m.Attachments[0].Content) != text || !has(m.Defects, DefectTextTooLong) {
		t.Errorf("text of %d bytes, %d attachments, defects %v", len(m.FullText), len(m.Attachments), m.Defects)
	}
}

// hostile are mails that are made to be slow or to swell. Each is near the limits.
func hostile() map[string][]byte {
	const n = MaxHeaderBytes - 1000
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	inField := func(name, s string) []byte { return []byte(name + ": " + fill(s) + "\n\nHei") }
	inBody := func(ctype, s string) []byte {
		return []byte("From: ola@example.no\nContent-Type: " + ctype + "\n\n" + strings.Repeat(fill(s), 2))
	}
	return map[string][]byte{
		"encoded words without an end": inField("Subject", "=?utf-8?q?a"),
		"marks of encoded words":       inField("Subject", "=?"),
		"question marks":               inField("Subject", "=?a?q??=41"),
		"quotes":                       inField("To", `\"`),
		"open quotes":                  inField("To", `"`),
		"open brackets":                inField("To", "<"),
		"open brackets and commas":     inField("To", "<,"),
		"open comments":                inField("To", "("),
		"open literals":                inField("To", "["),
		"commas":                       inField("To", "a, "),
		"groups":                       inField("To", "a:"),
		"addresses":                    inField("To", "a@b.no,"),
		"ids":                          inField("References", "<"),
		"parameters":                   inField("Content-Type", "a=b;"),
		"sections":                     inField("Content-Disposition", "a*1=b;"),
		"dates":                        inField("Date", "Mon, "),
		"dashes":                       inBody("multipart/mixed; boundary=b", "\n--"),
		"empty boundary":               inBody(`multipart/mixed; boundary=""`, "\n--x"),
		"begin lines":                  inBody("text/plain", "begin 644 x\n"),
		"quoted lines":                 inBody("text/plain", "> \n"),
		"attributions":                 inBody("text/plain", "On 1 10:11 wrote:\n"),
		"header blocks":                inBody("text/plain", "From: x\n"),
		"closings":                     inBody("text/plain", "Mvh\n"),
		"blank lines":                  inBody("text/plain", "\n"),
		"digits":                       inBody("text/plain", "1 "),
		"open elements":                inBody("text/html", "<div>"),
		"open quotes in HTML":          inBody("text/html", "<blockquote type=cite>"),
		"closed elements":              inBody("text/html", "</p>"),
		"open links":                   inBody("text/html", "<a href=http://x>y"),
		"list items":                   inBody("text/html", "<ul><li>"),
		"open tags":                    inBody("text/html", "<"),
		"open comments in HTML":        inBody("text/html", "<!--"),
		"entities":                     inBody("text/html", "&"),
		"cid":                          inBody("text/html", "cid:"),
		"flowed":                       inBody("text/plain; format=flowed", "> a \n"),
		"base64 padding":               []byte("From: a@b.no\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("QUJD", 200) + fill("=A")),
		"equal signs":                  []byte("From: a@b.no\nContent-Transfer-Encoding: quoted-printable\n\n" + fill("= ")),
	}
}

// maxSwelling is how much memory, what was freed again included, the reading of
// a mail takes for each of its bytes.
const maxSwelling = 100

// TestHostileMailIsLinear reads mails that are made to be slow or to swell: a
// quadratic step would take minutes, or gigabytes.
func TestHostileMailIsLinear(t *testing.T) {
	for name, raw := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		parse(raw, Options{Region: "NO"})
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > maxSwelling*uint64(len(raw)) {
			t.Errorf("%s: %d bytes for a mail of %d", name, used, len(raw))
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: %v for %d bytes", name, d, len(raw))
		} else if d > 300*time.Millisecond {
			t.Logf("%s: %v", name, d)
		}
	}
}
