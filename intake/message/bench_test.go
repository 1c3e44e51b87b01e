package message

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// typicalMail is a mail of some 10 KB as an office program writes it: text and
// HTML with a quoted reply and a signature, and a small picture.
func typicalMail() []byte {
	text := strings.Repeat("Hei, vi ønsker et tilbud på ti vinduer og to dører til det nye bygget vårt.\n", 15) +
		"\nMed vennlig hilsen\nOla Nordmann\nFjordbygg AS, org.nr. 923 609 016\nMob: 412 34 567\nHavnegata 12, 5003 Bergen\n" +
		"\nFra: Kari <kari@demo.example>\nSendt: mandag 3. januar 2022 10:11\nTil: Ola\nEmne: Tilbud\n\n" + strings.Repeat("Her er tilbudet vi snakket om.\n", 20)
	html := "<html><body>" + strings.ReplaceAll("<p>"+text+"</p>", "\n", "<br>") + "</body></html>"
	header := strings.Repeat("Received: from mx1.example.no (mx1.example.no [192.0.2.1]) by mx2.example.no with ESMTPS id x; Mon, 3 Jan 2022 10:11:12 +0100\r\n", 8)
	return []byte(header + string(lines("From: =?utf-8?Q?Ola_Nordmann?= <ola@fjordbygg.example>", "To: sales@demo.example", "Subject: =?utf-8?Q?Foresp=C3=B8rsel?=",
		"Date: Mon, 3 Jan 2022 10:11:12 +0100", "Message-ID: <1@fjordbygg.example>", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="m"`, "",
		"--m", `Content-Type: multipart/alternative; boundary="a"`, "", "--a", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text,
		"--a", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", strings.ReplaceAll(html, "=", "=3D"), "--a--",
		"--m", `Content-Type: image/png; name="logo.png"`, "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString(make([]byte, 3000)), "--m--")))
}

func BenchmarkParse(b *testing.B) {
	htmlOnly := strings.ReplaceAll(string(typicalMail()), "text/plain", "text/x-other")
	for name, raw := range map[string][]byte{"alternative": typicalMail(), "html": []byte(htmlOnly)} {
		b.Run(name, func(b *testing.B) {
			if m := Parse(raw, Options{Region: "NO"}); m.Text == "" || m.Problem != "" {
				b.Fatalf("%+v", m)
			}
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(raw, Options{Region: "NO"})
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}

// BenchmarkParser reads one letter after the other, as a mailbox does.
func BenchmarkParser(b *testing.B) {
	var mails [][]byte
	mailboxtest.Letters(64, func(raw []byte) { mails = append(mails, raw) })
	size := 0
	for _, raw := range mails {
		size += len(raw)
	}
	parse := Parser(Options{Region: "NO"})
	b.SetBytes(int64(size / len(mails)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if m := parse(intake.InMemory(mails[i%len(mails)]), intake.MailboxUID{}, time.Time{}); m.Inquiry.Text == "" || m.Unreadable != "" {
			b.Fatalf("%+v", m)
		}
	}
}
