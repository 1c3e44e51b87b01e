package message

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// What a parser gave stays what it is, whatever its memory is used for next.
func TestParserKeepsItsMemoryToItself(t *testing.T) {
	var mails [][]byte
	mailboxtest.Letters(40, func(raw []byte) { mails = append(mails, raw) })
	names, err := filepath.Glob(filepath.Join("testdata", "*.eml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no mails: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, raw)
	}
	mails = append(mails, slices.Repeat(mails, 2)...)
	parse := Parser(Options{Region: "NO"})
	read := make([]intake.Mail, len(mails))
	before := make([][]byte, len(mails))
	for i, raw := range mails {
		before[i] = bytes.Clone(raw)
		read[i] = parse(intake.InMemory(raw), intake.MailboxUID{UID: uint32(i)}, time.Time{})
	}
	for i, raw := range before {
		if !bytes.Equal(raw, mails[i]) {
			t.Errorf("mail %d was changed", i)
		}
		want := Mail(parseNO(raw), intake.InMemory(raw), intake.MailboxUID{UID: uint32(i)}, time.Time{})
		if !reflect.DeepEqual(read[i], want) {
			t.Errorf("mail %d is %+v, read alone %+v", i, read[i], want)
		}
	}
}

// A text says the same whether it lies in the mail or in a buffer that was used before.
func FuzzTextPart(f *testing.F) {
	for _, s := range [][3]string{{"bl=C3=A5b=E6r=\r\n\r\nja", "utf-8", "quoted-printable"}, {"Ymzlduacme\r\n=\r\nx", "iso-8859-1", "base64"},
		{"bl\xc3\xa5\r\n\x00\x7f\f", "us-ascii", "8bit"}, {"begin 644 a\n#2&5I\n`\nend\n", "", "x-uuencode"}, {"=EF=BB=BFa=0D=C2=85=C2=A0", "", "q"}} {
		f.Add([]byte(s[0]), s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, b []byte, label, encoding string) {
		before := string(b)
		plain := &ledger{}
		content := decodeTransfer(encoding, b, plain)
		s, as := readCharset(content, label, plain)
		want := cleanText(s)
		used := &scratch{}
		used.putBack(bytes.Repeat([]byte("\r\nx"), 1000))
		l := &ledger{scratch: used}
		w := &walker{l: l, b: &body{}}
		d, fresh := decodeInto(used, encoding, b, l)
		if !bytes.Equal(d, content) {
			t.Fatalf("%q decoded to %q, into a used buffer %q", b, content, d)
		}
		if got := string(w.decode(d, label, fresh)); got != want {
			t.Errorf("%q became %q, want %q", b, got, want)
		}
		if len(w.b.charsets) > 0 != !blank(s) || len(w.b.charsets) > 0 && w.b.charsets[0] != as {
			t.Errorf("%q was read as %v, want %q", b, w.b.charsets, as)
		}
		if !slices.Equal(l.defects, plain.defects) {
			t.Errorf("defects %v, want %v", l.defects, plain.defects)
		}
		if string(b) != before {
			t.Error("the mail was changed")
		}
	})
}
