package message

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// What is in any charset becomes clean UTF-8, and ASCII stays what it is.
func FuzzCharset(f *testing.F) {
	for _, s := range [][2]string{{"bl\xe5b\xe6r", "utf-8"}, {"blåbær", "windows-1251"}, {"bl+AOU- +- +", "utf-7"}, {"\x1b$B$3$s\x1b(B", "iso-2022-jp"}, {"\xff\xfeH\x00e\x00", ""},
		{"\xcf\xf0\xe8\xe2\xe5\xf2, \xee\xf2\xef\xf0\xe0\xe2\xfc\xf2\xe5", ""}, {"~{VPND~}", "hz-gb-2312"}, {"x", "'ISO-8859-1*no'"}, {"\x00\x81\x8d", "klingon"}} {
		f.Add([]byte(s[0]), s[1])
	}
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		l := &ledger{}
		s, as := readCharset(b, label, l)
		if c := cleanText(s); !clean(c) {
			t.Errorf("%q as %s became %q", b, as, c)
		}
		if isASCII(b) && !shiftsASCII(charsetLabel(label)) && s != string(b) {
			t.Errorf("%q as %s became %q", b, as, s)
		}
		if len(s) > 4*len(b)+8 {
			t.Errorf("%d bytes as %s became %d", len(b), as, len(s))
		}
	})
}

// A transfer encoding never gives more than went in, nor changes what went in.
func FuzzTransfer(f *testing.F) {
	for _, s := range [][2]string{{"SGVpIGR1", "base64"}, {"SGVp!IGR1I=\r\nListe: se her", "BASE64"}, {"a = b=C3=A5=\r\nc=", "quoted-printable"}, {"begin 644 a\n#2&5I\n`\nend\n", "x-uuencode"}, {"begin 644 \n#2&5I", "uue"}, {"x", "x-weird; y (z)"}} {
		f.Add([]byte(s[0]), s[1])
	}
	f.Fuzz(func(t *testing.T, b []byte, encoding string) {
		before := string(b)
		d := decodeTransfer(encoding, b, &ledger{})
		if string(b) != before {
			t.Error("the bytes were changed")
		}
		if len(d) > len(b)+1 {
			t.Errorf("%d bytes became %d", len(b), len(d))
		}
		var whole strings.Builder
		p := readLarge(encoding, b, &ledger{})
		if _, err := p.decode(&whole, &ledger{}); err != nil || int64(whole.Len()) != p.size {
			t.Errorf("in pieces: %d bytes of %d, %v", whole.Len(), p.size, err)
		}
	})
}

// What a daemon writes is a report or none, and clean in any case.
func FuzzBounce(f *testing.F) {
	for _, s := range []string{
		"Hi. This is the qmail-send program\n\n<a@b.no>:\nSorry (#5.1.1)\n\n--- Below\n\nMessage-ID: <1@x>\n", "This message was created automatically by mail delivery software.\n\n  a@b.no\n    550 5.1.1 x\n",
		"This is the mail system at host x\n\n<a@b.no>: host y said: 550 5.1.1\n    unknown\n", "Your message wasn't delivered to a@b.no\n\nThe response was:\n550 5.1.1 x",
		"Delivery has failed to these recipients or groups:\n\na@b.no\n\n#550 5.2.2 full ##", "Levering mislyktes til disse mottakerne\na@b.no", "Final-Recipient: rfc822; a@b.no\nAction: failed\nStatus: 5.1.1\n\n", "Your message to İ a@b.no couldn't be delivered.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, from := range []string{"mailer-daemon@googlemail.com", "postmaster@x.example"} {
			m := parse(lines("From: "+from, "Return-Path: <>", "Content-Type: text/plain; charset=utf-8", "", s), Options{Region: "NO"})
			checkMessage(t, m)
			if m.Report != nil && (len(m.Report.Recipients) == 0 || len(m.Report.Recipients) > maxRecipients || m.Original != nil) {
				t.Errorf("the report is %+v", m.Report)
			}
		}
		if r := readStatus([]byte(s)); r != nil && (len(r.Recipients) == 0 || len(r.Recipients) > maxRecipients) {
			t.Errorf("the status is %+v", r)
		}
	})
}

// Base64 says the same in whole lines and character by character.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{"SGVpIGR1\r\nSGVpIGR1\r\nSGV", "SGVp!IGR1\nSGVp\rIGR1\n\n SGV\n", strings.Repeat("AAAA", 300) + "\nab-d\nabcd", "SGVpIGR\nx\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b, _, _ = bytes.Cut(b, []byte("=")) // what follows padding may be text
		var digits []byte
		foreign := false
		for _, c := range b {
			switch {
			case isBase64(c):
				digits = append(digits, c)
			case c != '\r' && c != '\n' && c != ' ' && c != '\t':
				foreign = true
			}
		}
		left := len(digits) % 4
		if left == 1 {
			digits = digits[:len(digits)-1]
		}
		want, err := base64.RawStdEncoding.DecodeString(string(digits))
		if err != nil {
			t.Fatal(err)
		}
		l := &ledger{}
		got, rest := base64Body(b, make([]byte, 0, len(b)/4*3+3), nil, l)
		if !bytes.Equal(got, want) || rest != nil {
			t.Errorf("%q became %q with %q left, want %q", b, got, rest, want)
		}
		if (len(l.defects) > 0) != (foreign || left > 0) {
			t.Errorf("%q has the defects %v", b, l.defects)
		}
	})
}

// plainQuotedPrintable is RFC 2045 section 6.7, read character by character;
// what is not well-formed stays.
func plainQuotedPrintable(b []byte) (d []byte) {
	for len(b) > 0 {
		if b[0] != '=' {
			d, b = append(d, b[0]), b[1:]
			continue
		}
		if len(b) >= 3 && unhex(b[1]) >= 0 && unhex(b[2]) >= 0 {
			d, b = append(d, byte(unhex(b[1])<<4|unhex(b[2]))), b[3:]
			continue
		}
		rest := bytes.TrimLeft(b[1:], " \t")
		if after, ok := bytes.CutPrefix(rest, []byte("\r\n")); ok {
			b = after
		} else if after, ok := bytes.CutPrefix(rest, []byte("\n")); ok || len(rest) == 0 {
			b = after
		} else {
			d, b = append(d, '='), b[1:]
		}
	}
	return d
}

func FuzzQuotedPrintable(f *testing.F) {
	for _, s := range []string{"bl=C3=A5b=e6r=\r\n og tyttebær= \t\nja=", "a = b == =\rc =4", "<p style=3D\"font-family:Arial\">Hei</p>=20=\n\n=\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := string(b)
		want := plainQuotedPrintable(b)
		for n := range 4 {
			used := bytes.Repeat([]byte("="), n*len(b)+n)
			if got := appendQuotedPrintable(used[:n], b); !bytes.Equal(got[n:], want) || strings.Trim(string(got[:n]), "=") != "" {
				t.Errorf("%q became %q, want %q", b, got, want)
			}
		}
		if string(b) != before {
			t.Error("the bytes were changed")
		}
	})
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{5,14}$`)

// Each guess has the form that it promises, whatever the signature says.
func FuzzGuess(f *testing.F) {
	for _, s := range []string{
		"Ola Nordmann\nFjordbygg AS | Org.nr. 923 609 016 MVA\nMob: 412 34 567\nHavnegata 12, 5003 Bergen", "USt-IdNr.: DE136695976\nTel.: 030 / 123 45 67\nHauptstraße 5\nD-10115 Berlin", "12, rue de la Paix\n75002 Paris\nSIRET 732 829 320 00074",
		"10 Downing Street\nLondon SW1A 2AA\nVAT GB 980 7806 84", "NO 923 609 016 MVA", "Tlf (+47) 22 33 44 55  Postboks 1, 0101 Oslo", "0047\u00a041234567", "ℳ mva 123456789 mva",
	} {
		for i := range 5 {
			f.Add(s, uint8(i))
		}
	}
	senders := []string{"a@b.no", "a@b.se", "a@b.de", "a@b.fr", "Firma AS <a@b.co.uk>"}
	f.Fuzz(func(t *testing.T, signature string, from uint8) {
		m := parse(lines("From: "+senders[int(from)%len(senders)], "Content-Type: text/plain; charset=utf-8", "", "Hei\n\nMvh\n"+signature), Options{Region: "NO"})
		checkMessage(t, m)
		g := m.Guess
		if g.Phone.Value != "" && !e164.MatchString(g.Phone.Value) {
			t.Errorf("phone %q", g.Phone.Value)
		}
		for _, v := range []string{g.Name.Value, g.Company.Value, g.OrganisationNumber.Value, g.Address.Value} {
			if strings.Contains(v, "\n") || !utf8.ValidString(v) || len(v) > 400 {
				t.Errorf("guessed %q", v)
			}
		}
		in := inquiry(m)
		if g.Address.Value != "" && in.Address.IsZero() {
			t.Errorf("the address %q cannot be taken apart", g.Address.Value)
		}
	})
}

// A forward is read to its end, and its writer has an address.
func FuzzForward(f *testing.F) {
	for _, s := range []string{
		"FYI\n\n---------- Forwarded message ---------\nFra: Ola <ola@x.no>\nDate: man. 3. jan. 2022 kl. 10:11\nSubject: Stoler\nTo: <k@y.no>\n\nHei", "________________\nFrom: Ola <ola@x.no>\nSent: Monday, January 3, 2022 10:11 AM\nTo: Kari;\n Per\nSubject: FW: x\n\nFrom: A <a@b.no>\nSent: 1\nTo: c\n\nHei",
		"Begin forwarded message:\n\n> From: Ola <ola@x.no>\n> Date: 3 January 2022 at 10:11:00 CET\n> To: k@y.no\n> \n> Hei", "Fra: x\nSendt: y\nTil: z\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := parse(lines("From: a@b.no", "Subject: VS: x", "Content-Type: text/plain; charset=utf-8", "", s), Options{Region: "NO"})
		checkMessage(t, m)
		n := 0
		for o := m.Original; o != nil; o = o.Original {
			if n++; len(o.From) == 0 || n > maxForwards {
				t.Errorf("the original %d is %+v", n, o)
			}
		}
		if d := parseDate(localDate(oneLine(s)), &ledger{}); !d.IsZero() && (d.Before(time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)) || d.Year() > 2201) {
			t.Errorf("date %v", d)
		}
	})
}
