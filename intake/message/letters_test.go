package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"
)

// letters are inquiries as the benchmark of the whole way has them: 5 to 50 KB,
// text and HTML beside each other, and every fourth with a file.
func letters(n int) [][]byte {
	r := rand.New(rand.NewPCG(20, 26))
	out := make([][]byte, n)
	for i := range out {
		out[i] = letter(r, i, 5_000+r.IntN(45_000))
	}
	return out
}

func letter(r *rand.Rand, i, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <kunde%d@kunde%d.example>\r\nReceived: from mx.kunde%d.example (mx.kunde%d.example [192.0.2.7])\r\n\tby mail.example.com with ESMTPS id %08x\r\n\tfor <sales@example.com>; Fri, 2 Jan 2026 10:00:00 +0100\r\n", i, i, i, i, r.Uint32())
	fmt.Fprintf(&b, "From: Kari Nordmann <kunde%d@kunde%d.example>\r\nTo: sales@example.com\r\nSubject: =?UTF-8?Q?Foresp=C3=B8rsel_%d?=\r\nMessage-ID: <%d.%x@kunde%d.example>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n", i, i, i, i, r.Uint64(), i)
	file := i%4 == 0
	if file {
		b.WriteString("Content-Type: multipart/mixed; boundary=\"ytre\"\r\n\r\n--ytre\r\n")
	}
	b.WriteString("Content-Type: multipart/alternative; boundary=\"indre\"\r\n\r\n")
	text, html := (size-b.Len())/3, (size-b.Len())*2/3
	if file {
		text, html = text*3/8, html*3/8
	}
	b.WriteString("--indre\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quoted(&b, prose(r, text, "\r\n")+"\r\n-- \r\nKari Nordmann\r\nKunde AS\r\nTlf. 22 33 44 55\r\n")
	b.WriteString("\r\n--indre\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quoted(&b, `<html><body><p style="font-family:Arial">`+prose(r, html*4/5, "</p>\r\n<p style=\"font-family:Arial\">")+"</p></body></html>\r\n")
	b.WriteString("\r\n--indre--\r\n")
	if file {
		b.WriteString("--ytre\r\nContent-Type: application/pdf; name=\"tegning.pdf\"\r\nContent-Disposition: attachment; filename=\"tegning.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		raw := make([]byte, max(0, size-b.Len())*57/78)
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		for ; len(raw) > 0; raw = raw[min(57, len(raw)):] {
			b.WriteString(base64.StdEncoding.EncodeToString(raw[:min(57, len(raw))]) + "\r\n")
		}
		b.WriteString("--ytre--\r\n")
	}
	return b.Bytes()
}

func prose(r *rand.Rand, size int, paragraph string) string {
	words := strings.Fields("vi trenger et tilbud på nytt tak til hytta kan dere komme til befaring neste uke pris levering montering garasje betong vennlig hilsen takk for svar we need a quote by Friday")
	var b strings.Builder
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

func quoted(b *bytes.Buffer, text string) {
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(text)) // a buffer takes everything
	_ = w.Close()
}
