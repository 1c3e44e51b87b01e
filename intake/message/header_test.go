package message

import (
	netmail "net/mail"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDecodeWords(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Hei", "Hei"},
		{"Q", "=?iso-8859-1?Q?bl=E5_b=E6r?=", "blå bær"},
		{"B", "=?utf-8?B?YmzDpQ==?=", "blå"},
		{"B without padding", "=?utf-8?B?YmzDpQ?=", "blå"},
		{"white space between words goes", "=?utf-8?Q?a?=  =?utf-8?Q?b?=", "ab"},
		{"white space beside text stays", "a =?utf-8?Q?b?= c", "a b c"},
		{"no white space between word and text", "Re:=?utf-8?Q?b?=c", "Re:bc"},
		{"split inside a character", "=?utf-8?Q?bl=C3?= =?utf-8?Q?=A5?=", "blå"},
		{"split inside a base64 character", "=?utf-8?B?YmzD?= =?UTF-8?B?pQ==?=", "blå"},
		{"without an end", "=?utf-8?Q?bl=C3=A5", "blå"},
		{"space inside", "=?utf-8?Q?bl=C3=A5 b=C3=A6r?=", "blå bær"},
		{"question mark inside", "=?utf-8?Q?hva?=20er?=", "hva? er"},
		{"text that begins with an escape", "=?utf-8?Q?=C3=A5?=", "å"},
		{"language", "=?utf-8*no?Q?=C3=A5?=", "å"},
		{"unknown charset", "=?x-unknown?Q?bl=E5?=", "blå"},
		{"wrong charset", "=?utf-8?Q?bl=E5?=", "blå"},
		{"raw latin1", "bl\xe5", "blå"},
		{"raw UTF-8", "blå", "blå"},
		{"base64 with a space inside", "=?utf-8?B?w6Ug w6Y=?=", "å æ"},
		{"B that is no base64", "=?utf-8?B?Hei, du!?=", "Hei, du!"},
		{"B that is empty", "a=?utf-8?B??=b", "ab"},
		{"encoded twice", "=?utf-8?Q?=3D=3Futf-8=3FQ=3FH=C3=A5=3F=3D?=", "Hå"},
		{"charset in quotes", "=?\"utf-8\"?Q?=C3=A5?=", "å"},
		{"words of two charsets", "=?ISO-8859-1?Q?=E5?= =?utf-8?Q?=C3=A6?=", "åæ"},
		{"an end and a beginning at once", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
		{"encoding in lower case", "=?utf-8?q?=c3=a5?= =?utf-8?b?w6Y=?=", "åæ"},
		{"UTF-16", "=?utf-16?B?/v8ASABl?=", "He"},
		{"an encoding that there is none of", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"not a word", "a =?b c?= d", "a =?b c?= d"},
		{"iso-2022-jp in two words", "=?iso-2022-jp?B?GyRCJDMbKEI=?= =?iso-2022-jp?B?GyRCJHMbKEI=?=", "こん"},
		{"control characters", "a\x07b\x00", "ab"},
	}
	for _, tt := range tests {
		if got := decodeWords(tt.in, &ledger{}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFileNames(t *testing.T) {
	for in, want := range map[string]string{
		`attachment; filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf`: "blåbær.pdf", `attachment; filename*=bl%C3%A5.pdf`: "blå.pdf", `attachment; filename*1="b.pdf"; filename*0="a"`: "ab.pdf",
		`attachment; filename="fallback.pdf"; filename*=utf-8''b%C3%A5.pdf`: "bå.pdf", `attachment; filename*0*=utf-8''a%C3; filename*1*=%A5.pdf`: "aå.pdf", `attachment; filename*0*=iso-8859-1''%E5; filename*1=b.pdf`: "åb.pdf",
		`attachment; filename="a;b.pdf"`: "a;b.pdf", `attachment; filename='quoted.pdf'`: "quoted.pdf", `attachment; filename=a b c.pdf; size=3`: "a b c.pdf", `attachment; filename=a.pdf size=3`: "a.pdf",
		`attachment;filename="=?UTF-8?Q?bl=C3=A5?= =?UTF-8?Q?b=C3=A6r.pdf?="`: "blåbær.pdf", `attachment; filename*0="=?UTF-8?Q?bl=C3=A5"; filename*1="b=C3=A6r.pdf?="`: "blåbær.pdf",
		`attachment; filename*=utf-8'%C3%A5.pdf`: "å.pdf", `attachment; filename*=utf-8''a%ZZ%C3%A5.pdf`: "a%ZZå.pdf", `attachment; FILENAME="X.PDF"`: "X.PDF", `attachment; filename="unclosed.pdf`: "unclosed.pdf",
		`attachment; filename=tilbud.pdf;`: "tilbud.pdf", `attachment; filename=Budsjett 2026 (v=2).xlsx`: "Budsjett 2026 (v=2).xlsx", "attachment; filename=\"C:\\Users\\ola\\plan.dwg\"": "plan.dwg", "attachment; filename=\"bl\xe5.pdf\"": "blå.pdf",
		`attachment; filename=`: "attachment.pdf", `attachment; filename`: "attachment.pdf", `attachment; filename="..."`: "attachment.pdf",
	} {
		m := parseNO(lines("From: a@b.no", "Content-Type: application/pdf", "Content-Disposition: "+in, "", "x"))
		if len(m.Attachments) != 1 || m.Attachments[0].Name != want {
			t.Errorf("%s: %q, want %q", in, names(m), want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	tests := []struct {
		in   string
		want []Address
	}{
		{"ola@example.no", []Address{{"", "ola@example.no"}}},
		{"Ola Nordmann <ola@example.no>", []Address{{"Ola Nordmann", "ola@example.no"}}},
		{`"Nordmann, Ola" <ola@example.no>, kari@example.no`, []Address{{"Nordmann, Ola", "ola@example.no"}, {"", "kari@example.no"}}},
		{"Nordmann, Ola <ola@example.no>", []Address{{"Nordmann, Ola", "ola@example.no"}}},
		{"ola@example.no (Ola (den yngre))", []Address{{"Ola (den yngre)", "ola@example.no"}}},
		{"=?utf-8?Q?=C3=85se?= <ase@example.no>", []Address{{"Åse", "ase@example.no"}}},
		{`"=?utf-8?Q?=C3=85se?=" <ase@example.no>`, []Address{{"Åse", "ase@example.no"}}},
		{"=?utf-8?Q?=C3=85se_=3Case=40example.no=3E?=", []Address{{"Åse", "ase@example.no"}}},
		{"Åse <ase@example.no>", []Address{{"Åse", "ase@example.no"}}},
		{"\xc5se <ase@example.no>", []Address{{"Åse", "ase@example.no"}}},
		{"a@b.no; c@d.no", []Address{{"", "a@b.no"}, {"", "c@d.no"}}},
		{"Gruppe: a@b.no, Kari <c@d.no>;", []Address{{"", "a@b.no"}, {"Kari", "c@d.no"}}},
		{"undisclosed-recipients:;", nil},
		{"<<ola@example.no>>", []Address{{"", "ola@example.no"}}},
		{"Ola <ola@example.no", []Address{{"Ola", "ola@example.no"}}},
		{`"Ola <ola@example.no>`, []Address{{"Ola", "ola@example.no"}}},
		{"Ola <mailto:ola@example.no>", []Address{{"Ola", "ola@example.no"}}},
		{"Ola Nordmann ola@example.no", []Address{{"Ola Nordmann", "ola@example.no"}}},
		{"ola@example.no <ola@example.no>", []Address{{"", "ola@example.no"}}},
		{"ola@firma.no <kari@example.no>", []Address{{"ola@firma.no", "kari@example.no"}}},
		{"Ola <ola @ example.no>", []Address{{"Ola", "ola@example.no"}}},
		{"<@relay.no:ola@example.no>", []Address{{"", "ola@example.no"}}},
		{`"ola nordmann"@example.no`, []Address{{"", `"ola nordmann"@example.no`}}},
		{"MAILER-DAEMON", []Address{{"", "MAILER-DAEMON"}}},
		{"Ola <ola@example.no> <kari@example.no>", []Address{{"Ola", "ola@example.no"}, {"", "kari@example.no"}}},
		{"'Ola' <ola@example.no>", []Address{{"Ola", "ola@example.no"}}},
		{`Ola \"Sjef\" <ola@example.no>`, []Address{{`Ola "Sjef"`, "ola@example.no"}}},
		{"", nil},
	}
	for _, tt := range tests {
		if got := parseAddresses(tt.in, &ledger{}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestAddressesAsTheStandardHasThem holds the tolerant reader against net/mail
// on lists that are well-formed.
func TestAddressesAsTheStandardHasThem(t *testing.T) {
	for _, list := range []string{
		"a@b.no", "A B <a@b.no>", `"A, B" <a@b.no>, c@d.no`, `"A \"x\" B" <a@b.no>`, "G: a@b.no, c@d.no;, e@f.no",
		"a@b.no (c)", "=?utf-8?q?=C3=85?= <a@b.no>", "A =?utf-8?q?=C3=85?= <a@b.no>", `"a b"@c.no`, "a@[127.0.0.1]", "<a@b.no>",
	} {
		want, err := netmail.ParseAddressList(list)
		if err != nil {
			t.Fatalf("%q: %v", list, err)
		}
		got := parseAddresses(list, &ledger{})
		if len(got) != len(want) {
			t.Errorf("%q: %q, want %v", list, got, want)
			continue
		}
		for i := range want {
			local := strings.ReplaceAll(got[i].Address, `"`, "")
			if local != want[i].Address || want[i].Name != "" && got[i].Name != want[i].Name {
				t.Errorf("%q: %q, want %v", list, got[i], want[i])
			}
		}
	}
}

func TestParseDate(t *testing.T) {
	want := time.Date(2022, 1, 3, 9, 11, 12, 0, time.UTC)
	for _, v := range []string{
		"Mon, 3 Jan 2022 10:11:12 +0100", "3 Jan 2022 10:11:12 +0100 (CET)", "Mon, 03 Jan 22 10:11:12 +0100",
		"Mon 3 Jan 2022 10:11:12 +0100", "Mon, 3 Jan 2022 10.11.12 +0100", "Mon,  3 Jan 2022 09:11:12 GMT",
		"Mon, 3 Jan 2022 04:11:12 EST", "man, 3 jan 2022 10:11:12 +0100", "Mon Jan  3 09:11:12 2022", "2022-01-03 10:11:12 +0100",
		"2022-01-03T09:11:12Z", "Mon, 3-Jan-2022 10:11:12 +0100", "Mon, 3 Jan 2022 10:11:12 +0100 bogus words", "Mon, 3 Jan 2022 10:11:12 GMT+0100",
		"Mon, 3 Jan 2022 10:11:12 CET", "Mon, 3 January 2022 10:11:12 +0100",
	} {
		if got := parseDate(v, &ledger{}); !got.Equal(want) {
			t.Errorf("%q: %v", v, got)
		}
	}
	if got := parseDate("tir, 3 mai 2022 10:11:12 +0200", &ledger{}); got.Month() != time.May {
		t.Errorf("mai: %v", got)
	}
	for _, v := range []string{"", "yesterday", "Mon, 99 Foo 2022", "Mon, 3 Jan 9999 10:11:12 +0100"} {
		if got := parseDate(v, &ledger{}); !got.IsZero() {
			t.Errorf("%q: %v, want none", v, got)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"<a@b>", []string{"a@b"}},
		{"<a@b> <c@d>\t<e@f>", []string{"a@b", "c@d", "e@f"}},
		{"<a@\tb>", []string{"a@b"}},
		{"a@b", []string{"a@b"}},
		{"a@b, c@d", []string{"a@b", "c@d"}},
		{"Your message of Monday", nil},
		{"Message from ola@example.no of Monday <a@b>", []string{"a@b"}},
		{"<unclosed@x", []string{"unclosed@x"}},
		{"", nil},
	}
	for _, tt := range tests {
		if got := messageIDs(tt.in); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

// A field whose continuation lost its indentation is still whole.
func TestBrokenFields(t *testing.T) {
	m := parseNO(lines("From: ola@example.no", "Subject: Forespørsel om", "ti vinduer", "To: a@b.no,", "c@d.no", "Message-ID: <1@x>", "bogus", "Date: Mon, 3 Jan 2022 10:11:12 +0100", "", "Hei"))
	if m.Subject != "Forespørsel om ti vinduer" || len(m.To) != 2 || m.MessageID != "1@x" || m.Date.IsZero() || m.Text != "Hei" {
		t.Errorf("subject %q, to %v, id %q, date %v, text %q", m.Subject, m.To, m.MessageID, m.Date, m.Text)
	}
}

func TestHeaderFields(t *testing.T) {
	m := parseNO(lines("Return-Path: <>", "Delivered-To: sales@demo.example", "X-Original-To: <post@demo.example>",
		"Subject: =?utf-8?Q?Foresp=C3=B8rsel?=", "\tom  d=?utf-8?Q?=C3=B8?=rer", "From : Ola <ola@example.no>", "Reply-To: kari@example.no",
		"To: sales@demo.example", "To: post@demo.example", "Cc: x@example.no", "Date: Mon, 3 Jan 2022 10:11:12 +0100",
		"Message-ID: <1@x>", "In-Reply-To: <0@x>", "References: <a@x>", " <b@x>", "", "Hei"))
	if m.ReturnPath == nil || *m.ReturnPath != "" {
		t.Errorf("return path %v", m.ReturnPath)
	}
	if m.Subject != "Forespørsel om dører" {
		t.Errorf("subject %q", m.Subject)
	}
	if !reflect.DeepEqual(m.From, []Address{{"Ola", "ola@example.no"}}) || len(m.To) != 2 || len(m.Cc) != 1 || len(m.ReplyTo) != 1 {
		t.Errorf("from %v to %v cc %v reply-to %v", m.From, m.To, m.Cc, m.ReplyTo)
	}
	if m.MessageID != "1@x" || !reflect.DeepEqual(m.InReplyTo, []string{"0@x"}) || !reflect.DeepEqual(m.References, []string{"a@x", "b@x"}) {
		t.Errorf("ids %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if !reflect.DeepEqual(m.DeliveredTo, []string{"sales@demo.example"}) || !reflect.DeepEqual(m.OriginalTo, []string{"post@demo.example"}) {
		t.Errorf("delivered to %q, original to %q", m.DeliveredTo, m.OriginalTo)
	}
	if m := parseNO(plainMail("Hei")); m.ReturnPath != nil {
		t.Errorf("return path %q where there is none", *m.ReturnPath)
	}
}
