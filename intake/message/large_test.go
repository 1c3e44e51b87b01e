package message

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake"
)

// inParts reads a mail as a spooled one is read, with every part left in place.
func inParts(raw []byte) *Message { return parse(raw, Options{Region: "NO", large: 1}) }

// checkSame compares the two ways in which a mail can be read.
func checkSame(t *testing.T, memory, spooled *Message) {
	t.Helper()
	for ; memory != nil && spooled != nil; memory, spooled = memory.Original, spooled.Original {
		if memory.ContentHash != spooled.ContentHash {
			t.Error("the content hashes differ")
		}
		if len(memory.Attachments) != len(spooled.Attachments) {
			t.Fatalf("%d attachments in memory, %d in the spool", len(memory.Attachments), len(spooled.Attachments))
		}
		for i, a := range memory.Attachments {
			b := spooled.Attachments[i]
			var content bytes.Buffer
			if b.large == nil {
				content.Write(b.Content)
			} else if n, err := b.large.WriteTo(&content); err != nil || n != b.large.size {
				t.Errorf("%d bytes of %d, %v", n, b.large.size, err)
			}
			if !bytes.Equal(a.Content, content.Bytes()) {
				t.Errorf("attachment %q: %d bytes in memory, %d others in the spool", a.Name, len(a.Content), content.Len())
			}
			if x, y := a.blob(), b.blob(); x.SHA256 != y.SHA256 || x.Size != y.Size {
				t.Errorf("attachment %q: hashes differ", a.Name)
			}
			a.Content, b.Content, b.large = nil, nil, nil
			if !reflect.DeepEqual(a, b) {
				t.Errorf("attachments %+v and %+v", a, b)
			}
		}
		x, y := *memory, *spooled
		x.Attachments, y.Attachments, x.Original, y.Original = nil, nil, nil, nil
		if !reflect.DeepEqual(x, y) {
			t.Errorf("in memory %+v\nin the spool %+v", x, y)
		}
	}
	if (memory == nil) != (spooled == nil) {
		t.Error("only one forwards a mail")
	}
}

func TestSpooledMailIsTheSame(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			checkSame(t, parseNO(raw), inParts(raw))
		})
	}
}

// TestLargeParts decodes parts of many windows in pieces and at once.
func TestLargeParts(t *testing.T) {
	random := rand.NewChaCha8([32]byte{3})
	noise := make([]byte, 400<<10)
	random.Read(noise)
	encoded := base64.StdEncoding.EncodeToString(noise)
	var lines, junk strings.Builder
	for i, line := range slices.Collect(slices.Chunk([]byte(encoded), 76)) {
		lines.Write(append(line, "\r\n"...))
		junk.Write(line[:len(line)/2])
		if i%7 == 0 {
			junk.WriteString("!*\x00 ")
		}
		junk.Write(append(line[len(line)/2:], "\n"...))
	}
	quoted := strings.Repeat("bl=C3=A5b=C3=A6r =\r\nog =   \r\nmer = =4\r\n", 9000)
	for _, c := range []struct{ name, encoding, text string }{
		{"lines", "base64", lines.String()},
		{"one line", "base64", encoded},
		{"junk", "base64", junk.String()},
		{"truncated", "base64", lines.String()[:300_001]},
		{"padding between", "base64", base64.StdEncoding.EncodeToString(noise[:100_000]) + "\r\n" + base64.StdEncoding.EncodeToString(noise[:100_001]) + "\r\n" + lines.String()},
		{"a footer", "base64", base64.StdEncoding.EncodeToString(noise[:200_000]) + "\r\n-- \r\nThis list, that list, and the list of all lists.\r\n" + strings.Repeat("Words, and more words. ", 9000)},
		{"no base64", "base64", strings.Repeat("Hello, you there! How (are) you?\r\n", 6000)},
		{"quoted", "quoted-printable", quoted},
		{"quoted, one line", "quoted-printable", strings.ReplaceAll(quoted, "\r\n", "")},
		{"quoted, no escape", "quoted-printable", strings.Repeat("a", 300_000)},
		{"quoted, ends in an escape", "quoted-printable", strings.Repeat("a\n", 100_000) + "=  "},
		{"as it is", "8bit", string(noise)},
		{"unknown", "x-odd", string(noise)},
		{"uuencode", "x-uuencode", "begin 644 x\n" + strings.Repeat("#0V%T\n", 50_000) + "`\nend\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := []byte("From: a@b.example\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=qq\r\n\r\n--qq\r\n\r\nHei\r\n--qq\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: " +
				c.encoding + "\r\n\r\n" + c.text + "\r\n--qq\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines.String() + "\r\n--qq--\r\n")
			spooled := inParts(raw)
			checkSame(t, parseNO(raw), spooled)
			if len(spooled.Attachments) != 2 || spooled.Attachments[0].large == nil || spooled.Attachments[0].Content != nil {
				t.Errorf("the parts are in memory: %+v", spooled.Attachments)
			}
		})
	}
}

// TestSpooledMail reads the same mail from memory and from a file.
func TestSpooledMail(t *testing.T) {
	spool, err := intake.OpenSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, intake.SpoolFrom)
	rand.NewChaCha8([32]byte{4}).Read(noise)
	raw := []byte("From: a@b.example\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=qq\r\n\r\n--qq\r\n\r\nHei\r\n--qq\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString(noise) + "\r\n--qq--\r\n")
	kept, err := spool.Keep(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	read := Parser(Options{Region: "NO"})
	at := intake.MailboxUID{}
	now := time.Now()
	x, y := read(intake.InMemory(raw), at, now), read(kept, at, now)
	if !kept.Spooled() || x.ContentHash != y.ContentHash || x.Raw.SHA256 != y.Raw.SHA256 || x.Raw.Size != y.Raw.Size || y.Raw.Data != nil {
		t.Errorf("in memory %s %+v, spooled %s %+v", x.ContentHash, x.Raw.SHA256, y.ContentHash, y.Raw.SHA256)
	}
	file := y.Inquiry.Attachments[0].Content
	for range 2 { // it can be read again
		var content bytes.Buffer
		if _, err := file.Source.WriteTo(&content); err != nil || !bytes.Equal(content.Bytes(), noise) || file.SHA256 != x.Inquiry.Attachments[0].Content.SHA256 {
			t.Errorf("the file has %d bytes, %v", content.Len(), err)
		}
	}
	if err := kept.Close(); err != nil {
		t.Error(err)
	}
	if _, err := file.Source.WriteTo(&bytes.Buffer{}); err == nil {
		t.Error("a file of a closed mail can be read")
	}
}
