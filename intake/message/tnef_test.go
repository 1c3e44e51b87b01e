package message

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// attribute writes one attribute of a TNEF stream with its checksum.
func attribute(level byte, kind, name uint16, data []byte) []byte {
	b := []byte{level}
	b = binary.LittleEndian.AppendUint16(b, name)
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	b = append(b, data...)
	return binary.LittleEndian.AppendUint16(b, checksum(data))
}

func stream(attributes ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, tnefSignature)
	return append(append(b, 1, 0), bytes.Join(attributes, nil)...)
}

func pad(b []byte) []byte { return append(b, make([]byte, (4-len(b)%4)%4)...) }

// prop writes one property of variable length.
func prop(kind, id uint16, data []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return pad(append(b, data...))
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func number(id uint16, n uint32) []byte {
	b := binary.LittleEndian.AppendUint16(nil, ptInt32)
	b = binary.LittleEndian.AppendUint16(b, id)
	return binary.LittleEndian.AppendUint32(b, n)
}

// named is a property outside the numbered ones, which is to be passed over.
func named(s string) []byte {
	b := binary.LittleEndian.AppendUint16(nil, ptUnicode)
	b = binary.LittleEndian.AppendUint16(b, 0x8001)
	b = append(b, make([]byte, 16)...)
	b = binary.LittleEndian.AppendUint32(b, 1)
	w := wide("Keywords")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w)))
	b = pad(append(b, w...))
	return append(b, prop(ptUnicode, 0, wide(s))[4:]...)
}

func props(ps ...[]byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(ps))), bytes.Join(ps, nil)...)
}

func packed(rtf string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(rtf)+12))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rtf)))
	return append(append(b, "MELA\x00\x00\x00\x00"...), rtf...)
}

func codepage(n uint32) []byte {
	return attribute(1, 6, attCodepage, binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, n), 0))
}

const htmlRTF = `{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\generator x;}` +
	`{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Bl\'e5b\'e6r \u8364? & \{x\}{\*\htmltag148 <img src="cid:logo@x">}\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}}`

// withTNEF is a mail with a winmail.dat behind its text.
func withTNEF(text string, b []byte) []byte {
	return lines("From: ola@example.no", "Subject: s", `Content-Type: multipart/mixed; boundary="b"`, "", "--b", "Content-Type: text/plain; charset=utf-8", "", text,
		"--b", "Content-Type: application/ms-tnef; name=\"winmail.dat\"", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString(b), "--b--", "")
}

// sampleTNEF is a message with HTML in RTF, an image that it shows and a file.
func sampleTNEF() []byte {
	return stream(codepage(1252), attribute(1, 6, attMessage, props(number(propCodepage, 65001), named("x"), prop(ptUnicode, propSubject, wide("Tilbud")), prop(ptBinary, propRTF, packed(htmlRTF)))),
		attribute(2, 6, attRenderData, make([]byte, 14)), attribute(2, 1, attTitle, []byte("LOGO~1.PNG\x00")), attribute(2, 6, attData, []byte("\x89PNG")),
		attribute(2, 6, attAttachment, props(prop(ptUnicode, propLongName, wide("logo.png")), prop(ptString8, propContentID, []byte("logo@x\x00")))),
		attribute(2, 6, attRenderData, make([]byte, 14)), attribute(2, 1, attTitle, []byte("PRISLI~1.PDF\x00")), attribute(2, 6, attData, []byte("%PDF")),
		attribute(2, 6, attAttachment, props(prop(ptUnicode, propLongName, wide("Prisliste på dører.pdf")), prop(ptUnicode, propMIMEType, wide("application/pdf")))))
}

func TestTNEF(t *testing.T) {
	text := func(s string) []byte { return stream(codepage(1252), attribute(1, 2, attBody, []byte(s))) }
	file := func(ps ...[]byte) []byte {
		return bytes.Join([][]byte{attribute(2, 6, attRenderData, make([]byte, 14)), attribute(2, 6, attAttachment, props(ps...))}, nil)
	}
	inner := stream(attribute(1, 6, attMessage, props(prop(ptUnicode, propSubject, wide("Om dører")), prop(ptUnicode, propBody, wide("Inni på bunnen")))), file(prop(ptUnicode, propLongName, wide("b.txt")), prop(ptBinary, propData, []byte("b"))))
	whole := sampleTNEF()
	tests := []struct {
		name, beside string
		raw          []byte
		text, names  string
		defect       bool
	}{
		{"text by its attribute", "", text("Hei p\xe5 deg\x00"), "Hei på deg", "", false},
		{"the mail's own text wins", "Hei", text("Noe annet"), "Hei", "", false},
		{"text by its property", "", stream(attribute(1, 6, attMessage, props(prop(ptUnicode, propBody, wide("Hei på deg 😀"))))), "Hei på deg 😀", "", false},
		{"HTML by its property", "", stream(codepage(1252), attribute(1, 6, attMessage, props(number(propCodepage, 65001), prop(ptBinary, propHTML, []byte("<p>Blåbær</p>"))))), "Blåbær", "", false},
		{"HTML in RTF, files by long names", "", whole, "Blåbær € & {x}", "[logo.png] Prisliste på dører.pdf", false},
		{"the HTML tells the images of a plain text", "Hei", whole, "Hei", "[logo.png] Prisliste på dører.pdf", false},
		{"RTF", "", stream(attribute(1, 6, attMessage, props(prop(ptBinary, propRTF, packed(`{\rtf1\ansi{\colortbl;\red0;}{\info{\title nei}}Hei\par du\u229\'e5 \'e5\emdash{\*\unknown nei}{\pict 00ff}}`))))), "Hei\nduå å—", "", false},
		{"a file with an old name alone", "Hei", stream(codepage(1252), attribute(2, 6, attRenderData, nil), attribute(2, 1, attTitle, []byte("BL\xc5.TXT\x00")), attribute(2, 6, attData, []byte("x"))), "Hei", "BLÅ.TXT", false},
		{"a file in a property", "Hei", stream(file(prop(ptString8, propShortName, []byte("a.csv\x00")), prop(ptBinary, propData, []byte("a;b")))), "Hei", "a.csv", false},
		{"a message inside", "Hei", stream(file(prop(ptObject, propData, append(make([]byte, 16), inner...)))), "Hei", "Om dører.txt b.txt", false},
		{"paths in names", "Hei", stream(file(prop(ptUnicode, propLongName, wide(`..\..\a.pdf`)), prop(ptBinary, propData, []byte("x")))), "Hei", "a.pdf", false},
		{"cut in an attribute", "Hei", whole[:len(whole)-20], "Hei", "[logo.png] PRISLI~1.PDF", true},
		{"a wrong checksum", "", append(text("Hei")[:len(text("Hei"))-1], 0xff), "Hei", "", true},
		{"a property of an unknown type", "Hei", stream(attribute(1, 6, attMessage, props(prop(0x0fff, 1, []byte("x"))))), "Hei", "", true},
		{"a count that lies", "Hei", stream(attribute(1, 6, attMessage, []byte("\xff\xff\xff\xff\x02\x01\x09\x10\xff\xff\xff\xff\xff\xff\xff\xff"))), "Hei", "", true},
		{"not TNEF at all", "Hei", []byte("Dette er ingen"), "Hei", "winmail.dat", false},
	}
	for _, tt := range tests {
		m := parseNO(withTNEF(tt.beside, tt.raw))
		if m.FullText != tt.text || names(m) != tt.names || has(m.Defects, DefectTNEF) != tt.defect || m.Problem != "" {
			t.Errorf("%s: text %q, attachments %q, defects %v, problem %q", tt.name, m.FullText, names(m), m.Defects, m.Problem)
		}
	}
	m := parseNO(withTNEF("", whole))
	if string(m.Attachments[1].Content) != "%PDF" || m.Attachments[1].ContentType != "application/pdf" || m.Attachments[0].ContentType != "image/png" || m.HTML != `<html><p>Blåbær € & {x}<img src="cid:logo@x"></p>` {
		t.Errorf("attachments %+v, HTML %q", m.Attachments, m.HTML)
	}
}

// The two examples of MS-OXRTFCP section 3: a reference, and one that overlaps
// what it writes.
func TestUnpackRTF(t *testing.T) {
	for in, want := range map[string]string{
		"2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0": "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
		"1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0":                                       "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
	} {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := unpackRTF(b, &ledger{}); !ok || string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
		for n := range b {
			if got, _ := unpackRTF(b[:n], &ledger{}); !strings.HasPrefix(want, string(got)) {
				t.Errorf("cut at %d: %q", n, got)
			}
		}
	}
}

// A stream can neither nest without end nor grow beyond the limits of a mail.
func TestTNEFLimits(t *testing.T) {
	deep := stream(attribute(1, 2, attBody, []byte("x")))
	for range maxTNEFDepth + 2 {
		deep = stream(attribute(2, 6, attRenderData, nil), attribute(2, 6, attAttachment, props(prop(ptObject, propData, append(make([]byte, 16), deep...)))))
	}
	if m := parseNO(withTNEF("Hei", deep)); m.Problem != ProblemTooDeep {
		t.Errorf("nested: %q", m.Problem)
	}
	many := stream(bytes.Repeat(attribute(2, 6, attRenderData, nil), MaxParts+1))
	if m := parseNO(withTNEF("Hei", many)); m.Problem != ProblemTooManyParts {
		t.Errorf("files: %q", m.Problem)
	}
	big := binary.LittleEndian.AppendUint32(nil, 0)
	big = binary.LittleEndian.AppendUint32(big, 0xffffffff)
	big = append(append(big, "LZFu\x00\x00\x00\x00"...), bytes.Repeat([]byte{0xff, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15, 0, 15}, MaxDecodedBytes/100)...)
	start := time.Now()
	if m := parseNO(withTNEF("Hei", stream(attribute(1, 6, attMessage, props(prop(ptBinary, propRTF, big)))))); m.Problem != ProblemDecodedTooLarge {
		t.Errorf("unpacked: %q", m.Problem)
	}
	for _, rtf := range []string{strings.Repeat("{", 1<<20), strings.Repeat(`\'e5\u1`, 1<<18), strings.Repeat(`{\*\htmltag <p>}`, 1<<16), strings.Repeat(`\par`, 1<<18)} {
		readRTF([]byte(rtf), &ledger{})
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(sampleTNEF())
	f.Add(stream(codepage(65001), attribute(1, 2, attBody, []byte("Hei")), attribute(2, 6, attRenderData, nil), attribute(2, 6, attAttachment, props(prop(ptObject, propData, append(make([]byte, 16), sampleTNEF()...))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		checkMessage(t, parse(withTNEF("", b), Options{Region: "NO"}))
	})
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(htmlRTF))
	f.Add([]byte(`{\rtf1\ansi\ansicpg932 \'82\'a0\uc2\u-10179\'3f\'3f\u-8704??\bin3 abc}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, html := readRTF(b, &ledger{})
		if !clean(plain) || !clean(html) || len(plain)+len(html) > 4*len(b)+4 {
			t.Errorf("%d bytes became %q %q", len(b), plain, html)
		}
		l := &ledger{}
		if out, ok := unpackRTF(append([]byte("\x00\x00\x00\x00\xff\xff\xff\x00LZFu\x00\x00\x00\x00"), b...), l); ok && len(out) > 9*len(b) {
			t.Errorf("%d bytes grew to %d", len(b), len(out))
		}
	})
}
