package mailboxtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
)

// Letters makes n inquiries of 5 to 50 KB, the same ones each time, for tests and
// measurements.
func Letters(n int, yield func(raw []byte)) {
	random := rand.New(rand.NewPCG(1, 0))
	for i := range n {
		yield(letter(random, i, 5_000+random.IntN(45_000)))
	}
}

// letter is the inquiry number i, of about size octets: text and HTML beside
// each other, and every fourth with a file.
func letter(r *rand.Rand, i, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <kunde%d@kunde%d.example>\r\nReceived: from mx.kunde%d.example (mx.kunde%d.example [192.0.2.7])\r\n\tby mail.example.com with ESMTPS id %08x\r\n\tfor <sales@example.com>; Fri, 2 Jan 2026 10:00:00 +0100\r\n", i, i, i, i, r.Uint32())
	fmt.Fprintf(&b, "From: Kari Nordmann <kunde%d@kunde%d.example>\r\nTo: sales@example.com\r\nSubject: =?UTF-8?Q?Foresp=C3=B8rsel_%d?=\r\nMessage-ID: <%d.%x@kunde%d.example>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n", i, i, i, i, r.Uint64(), i)
	file := i%4 == 0
	if file {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"ytre\"\r\n\r\n--ytre\r\n")
	}
	b.WriteString("Content-Type: multipart/alternative; boundary=\"indre\"\r\n\r\n--indre\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	left := size - b.Len()
	text, html := left/3, left-left/3
	if file {
		text, html = left/8, left/4
	}
	quote(&b, prose(r, text, "\r\n")+"\r\n-- \r\nKari Nordmann\r\nKunde AS\r\nTlf. 22 33 44 55\r\n")
	b.WriteString("\r\n--indre\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quote(&b, "<html><body><p style=\"font-family:Arial\">"+prose(r, html*4/5, "</p>\r\n<p style=\"font-family:Arial\">")+"</p></body></html>\r\n")
	b.WriteString("\r\n--indre--\r\n")
	if file {
		b.WriteString("\r\n--ytre\r\nContent-Type: application/pdf; name=\"tegning.pdf\"\r\nContent-Disposition: attachment; filename=\"tegning.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		raw := make([]byte, max(0, size-b.Len())*57/78)
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		for len(raw) > 0 {
			n := min(57, len(raw))
			b.WriteString(base64.StdEncoding.EncodeToString(raw[:n]) + "\r\n")
			raw = raw[n:]
		}
		b.WriteString("--ytre--\r\n")
	}
	return b.Bytes()
}

func prose(r *rand.Rand, size int, paragraph string) string {
	words := strings.Fields("vi trenger et tilbud nå nytt tak til hytta kan dere komme til befaring neste uke pris levering montering garasje betong vennlig hilsen takk for svar we need a quote by Friday")
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(words[r.IntN(len(words))])
		if r.IntN(40) == 0 {
			b.WriteString("." + paragraph)
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func quote(b *bytes.Buffer, text string) {
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(text)) // a buffer takes everything
	_ = w.Close()
}
