package message

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// TestNasty holds one mail per kind of failure: what must come out of it.
func TestNasty(t *testing.T) {
	head := []string{"From: ola@example.no", "Subject: s", "MIME-Version: 1.0"}
	with := func(more ...string) []byte { return lines(append(append([]string{}, head...), more...)...) }
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG not really"))
	tests := []struct {
		name   string
		raw    []byte
		text   string // FullText
		names  string // attachments, inline ones in brackets
		defect string
	}{
		{"plain", with("", "Hei\r\nder"), "Hei\nder", "", ""},
		{"bare LF", bytes.ReplaceAll(with("", "Hei"), []byte("\r\n"), []byte("\n")), "Hei", "", ""},
		{"mbox From_ line", append([]byte("From ola@example.no Mon Jan  3 10:11:12 2022\n"), with("", "Hei")...), "Hei", "", ""},
		{"blank lines before the header", append([]byte("\r\n \r\n"), with("", "Hei")...), "Hei", "", ""},
		{"byte order mark before the header", append([]byte("\xef\xbb\xbf"), with("", "Hei")...), "Hei", "", ""},
		{"line without a colon in the header", with("this is no field", "X-A: b", "", "Hei"), "Hei", "", DefectHeader},
		{"blank line inside the header", lines("Received: by x", "", "From: ola@example.no", "Subject: s", "", "Hei"), "Hei", "", DefectHeader},
		{"no blank line before the body", with("Hei, dette er teksten.", "Mer tekst."), "Hei, dette er teksten.\nMer tekst.", "", DefectHeader},
		{"lines that lost their indentation", lines("Received: from a", "by b with ESMTP", "id c for <x@y.no>; Mon, 3 Jan 2022 10:11:12 +0100", "DKIM-Signature: v=1;", "d=y.no; s=1;", ":cc:to;", "b=gm7U", "From: ola@example.no", "Subject: s", "", "Hei"), "Hei", "", DefectHeader},
		{"bare carriage returns", []byte("From: ola@example.no\rSubject: s\r\rHei\rdu"), "Hei\ndu", "", ""},
		{"line of spaces ends the header", with("   ", "Hei"), "Hei", "", ""},
		{"unclosed boundary", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--b", "", "Hei"), "Hei", "", DefectUnclosed},
		{"wrong boundary", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--other", "Content-Type: text/plain", "", "Hei", "--other--"), "Hei", "", DefectBoundary},
		{"missing boundary", with(`Content-Type: multipart/mixed`, "", "--other", "Content-Type: text/plain", "", "Hei", "--other--"), "Hei", "", DefectBoundary},
		{"empty boundary", with(`Content-Type: multipart/mixed; boundary=""`, "", "--", "Content-Type: text/plain", "", "Hei", "----"), "Hei", "", ""},
		{"boundary with white space inside", with(`Content-Type: multipart/mixed; boundary="b  c  "`, "", "--b  c", "", "Hei", "--b  c  --", "x"), "Hei", "", ""},
		{"boundary like an encoded word", with(`Content-Type: multipart/mixed; boundary="=?utf-8?q?b?="`, "", "--=?utf-8?q?b?=", "", "Hei", "--=?utf-8?q?b?=--"), "Hei", "", ""},
		{"text before the parts alone", with(`Content-Type: multipart/mixed; boundary="b"`, "", "Hei", "", "--b", "Content-Type: application/pdf; name=a.pdf", "", "x", "--b--"), "Hei", "a.pdf", DefectBoundary},
		{"text behind the parts alone", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--b", "Content-Type: application/pdf; name=a.pdf", "", "x", "--b--", "Hei, bl\xe5"), "Hei, blå", "a.pdf", DefectBoundary},
		{"note for old programs alone", with(`Content-Type: multipart/mixed; boundary="b"`, "", "This is a multi-part message in MIME format.", "--b", "Content-Type: application/pdf; name=a.pdf", "", "x", "--b--"), "", "a.pdf", ""},
		{"two types, the second with parts", with("Content-Type: text/plain; charset=utf-8", `Content-Type: multipart/mixed; boundary="b"`, "", "Hei", "--b", "Content-Type: application/pdf; name=a.pdf", "", "x", "--b--"), "Hei", "a.pdf", DefectContentType},
		{"two types, the second without parts", with("Content-Type: text/plain; charset=iso-8859-1", `Content-Type: multipart/mixed; boundary="b"`, "", "bl\xe5"), "blå", "", ""},
		{"boundary with white space behind it", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--b  ", "", "Hei", "--b-- "), "Hei", "", ""},
		{"very long boundary", with(`Content-Type: multipart/mixed; boundary="`+strings.Repeat("x", 500)+`"`, "", "--"+strings.Repeat("x", 500), "", "Hei", "--"+strings.Repeat("x", 500)+"--"), "Hei", "", ""},
		{"multipart without any boundary in it", with(`Content-Type: multipart/mixed; boundary="b"`, "", "Hei"), "Hei", "", DefectBoundary},
		{"boundary is the start of another", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--b", "", "Hei", "--bb", "der", "--b--"), "Hei\n--bb\nder", "", ""},
		{"same boundary inside and outside", with(`Content-Type: multipart/mixed; boundary="b"`, "", "--b", `Content-Type: multipart/alternative; boundary="b"`, "", "--b", "Content-Type: text/plain", "", "Hei", "--b--", "--b", `Content-Type: application/pdf; name="a.pdf"`, "", "x", "--b--"), "Hei", "a.pdf", DefectBoundary},
		{"no Content-Type but parts", with("", "--b", "Content-Type: text/plain", "", "Hei", "--b", "Content-Type: image/png", "", "x", "--b--"), "Hei", "image.png", DefectContentType},
		{"parts in what says it is HTML", with(`Content-Type: text/html; boundary="b"`, "", "--b", "Content-Type: text/html", "", "<p>Hei</p>", "--b--"), "Hei", "", DefectContentType},
		{"multipart encoded as a whole", with(`Content-Type: multipart/mixed; boundary="b"`, "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString([]byte("--b\n\nHei\n--b--"))), "Hei", "", ""},
		{"Content-Type is nonsense", with("Content-Type: ;;;", "", "Hei"), "Hei", "", DefectContentType},
		{"Content-Type twice, the first broken", with("Content-Type: bogus", "Content-Type: text/html", "", "<p>Hei</p>"), "Hei", "", DefectContentType},
		{"HTML that names no type", with("", "<html><body><p>Hei <b>du</b></p></body></html>"), "Hei du", "", ""},
		{"HTML that says it is plain", with("Content-Type: text/plain", "", "<!DOCTYPE html>", "<html><body><p>Hei <b>du</b></p></body></html>"), "Hei du", "", ""},
		{"HTML cut at its start, of no type", with("Content-Type: <html>", "", "Hei<br>", "du<br>", "</body></html>"), "Hei\ndu", "", DefectContentType},
		{"unknown transfer encoding", with("Content-Transfer-Encoding: x-weird", "", "Hei"), "Hei", "", DefectTransferEncoding},
		{"base64 that is none", with("Content-Transfer-Encoding: base64", "", "Hei, dette er ren tekst, ikke base64!"), "Hei, dette er ren tekst, ikke base64!", "", DefectTransferEncoding},
		{"words that say base64", with("Content-Transfer-Encoding: base64", "", strings.TrimSuffix(strings.Repeat("bestilling stolsetene  oppussing kontorbygg\n", 9), "\n")), strings.TrimSuffix(strings.Repeat("bestilling stolsetene  oppussing kontorbygg\n", 9), "\n"), "", DefectTransferEncoding},
		{"base64 whose lines were joined by spaces", with("Content-Transfer-Encoding: base64", "", strings.Repeat("SGVpIGR1IGRlciBib3J0ZSBo ", 9)+"SGVp"), strings.Repeat("Hei du der borte h", 9) + "Hei", "", ""},
		{"truncated base64", with("Content-Transfer-Encoding: base64", "", "SGVpIGR1IGTDpXI"), "Hei du dår", "", ""},
		{"base64 cut inside a group", with("Content-Transfer-Encoding: base64", "", "SGVpIGR1I"), "Hei du", "", DefectBase64},
		{"base64 with junk inside", with("Content-Transfer-Encoding: base64", "", "SGVp!IGR1IGRlciBib3J0ZSBoZXI="), "Hei du der borte her", "", DefectBase64},
		{"base64 with the footer of a list", with("Content-Transfer-Encoding: base64", "", strings.Repeat("SGVpIGR1", 60), "SGVpIGR1Lg==", "_______________", "Liste: se her, eller der"), strings.Repeat("Hei du", 60) + "Hei du.\n_______________\nListe: se her, eller der", "", DefectBase64},
		{"quoted-printable with bare equal signs", with("Content-Transfer-Encoding: quoted-printable", "", "a = b=C3=A5=", "c =zz d="), "a = båc =zz d", "", ""},
		{"soft line break with spaces behind it", with("Content-Transfer-Encoding: quoted-printable", "", "Hei =  ", "du"), "Hei du", "", ""},
		{"latin1 that says UTF-8", with("Content-Type: text/plain; charset=utf-8", "", "bl\xe5b\xe6r"), "blåbær", "", DefectCharset},
		{"UTF-8 that says latin1", with("Content-Type: text/plain; charset=iso-8859-1", "", "blåbær"), "blåbær", "", DefectCharset},
		{"UTF-8 that says gb2312", with("Content-Type: text/plain; charset=gb2312", "", "你好，世界，你好"), "你好，世界，你好", "", DefectCharset},
		{"latin1 without a charset", with("", "bl\xe5b\xe6r"), "blåbær", "", DefectCharset},
		{"latin1 that says ASCII", with("Content-Type: text/plain; charset=us-ascii", "", "bl\xe5b\xe6r"), "blåbær", "", DefectCharset},
		{"windows-1252 quotes that say latin1", with("Content-Type: text/plain; charset=iso-8859-1", "", "\x93Hei\x94"), "“Hei”", "", ""},
		{"two letters of UTF-8 that say windows-1251", with("Content-Type: text/plain; charset=windows-1251", "", "blåbær"), "blåbær", "", DefectCharset},
		{"windows-1251 with one pair like UTF-8", with("Content-Type: text/plain; charset=windows-1251", "", "\xcd\xee\xe2\xee\xf1\xf2\xe8 \xc3\xb3"), "Новости Гі", "", ""},
		{"windows-1251 without a charset", with("", "\xcf\xf0\xe8\xe2\xe5\xf2, \xee\xf2\xef\xf0\xe0\xe2\xfc\xf2\xe5 \xf6\xe5\xed\xf3"), "Привет, отправьте цену", "", DefectCharset},
		{"koi8-r that says ASCII", with("Content-Type: text/plain; charset=us-ascii", "", "\xf0\xd2\xc9\xd7\xc5\xd4, \xcf\xd4\xd0\xd2\xc1\xd7\xd8\xd4\xc5 \xc3\xc5\xce\xd5"), "Привет, отправьте цену", "", DefectCharset},
		{"Big5 without a charset", with("", "\xa7\xda\xadn\xa4@\xad\xd3\xb3\xf8\xbb\xf9\xa1A\xc1\xc2\xc1\xc2\xa7A\xad\xcc"), "我要一個報價，謝謝你們", "", DefectCharset},
		{"GB without a charset", with("", "\xce\xd2\xd2\xaa\xd2\xbb\xb8\xf6\xb1\xa8\xbc\xdb\xa3\xac\xd0\xbb\xd0\xbb\xc4\xe3\xc3\xc7"), "我要一个报价，谢谢你们", "", DefectCharset},
		{"Shift_JIS without a charset", with("", "\x8c\xa9\x90\xcf\x82\xe8\x82\xf0\x82\xa8\x8a\xe8\x82\xa2\x82\xb5\x82\xdc\x82\xb7"), "見積りをお願いします", "", DefectCharset},
		{"Finnish capitals without a charset", with("", "\xc4\xc4\xc4 \xd6\xd6\xd6\xd6\xd6\xd6\xd6\xd6\xd6\xd6 \xc5"), "ÄÄÄ ÖÖÖÖÖÖÖÖÖÖ Å", "", DefectCharset},
		{"unknown charset", with("Content-Type: text/plain; charset=klingon", "", "bl\xe5"), "blå", "", DefectCharset},
		{"koi8-r", with("Content-Type: text/plain; charset=koi8-r", "", "\xf0\xd2\xc9\xd7\xc5\xd4"), "Привет", "", ""},
		{"iso-2022-jp", with("Content-Type: text/plain; charset=iso-2022-jp", "", "\x1b$B$3$s\x1b(B"), "こん", "", ""},
		{"UTF-7", with("Content-Type: text/plain; charset=utf-7", "", "bl+AOU- +- x"), "blå + x", "", ""},
		{"UTF-16 with a byte order mark", with("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString([]byte("\xff\xfeH\x00e\x00i\x00"))), "Hei", "", ""},
		{"NUL bytes", with("", "H\x00e\x00i"), "Hei", "", ""},
		{"charset with quotes and a language", with("Content-Type: text/plain; charset='ISO-8859-1*no'", "", "bl\xe5"), "blå", "", ""},
		{"charset in the HTML alone", with("Content-Type: text/html", "", "<meta charset=windows-1251><p>\xcf\xf0\xe8</p>"), "При", "", ""},
		{"nested alternatives", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", `Content-Type: multipart/alternative; boundary="a"`, "", "--a", "", "Hei", "--a", `Content-Type: multipart/related; boundary="r"`, "", "--r", "Content-Type: text/html", "", `<p>Hei</p><img src="cid:logo@x">`, "--r", "Content-Type: image/png; name=logo.png", "Content-ID: <logo@x>", "Content-Transfer-Encoding: base64", "", png, "--r--", "--a--", "--m", `Content-Type: application/pdf; name="a.pdf"`, "", "x", "--m--"), "Hei", "[logo.png] a.pdf", ""},
		{"inline image that the HTML does not show", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: text/html", "", "<p>Hei</p>", "--m", "Content-Type: image/jpeg; name=IMG_1.jpg", "Content-Disposition: inline; filename=IMG_1.jpg", "Content-ID: <x@y>", "", "x", "--m--"), "Hei", "IMG_1.jpg", ""},
		{"text between and after attachments", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "", "Hei", "--m", "Content-Type: image/jpeg; name=a.jpg", "", "x", "--m", "", "og", "--m--"), "Hei\n\nog", "a.jpg", ""},
		{"empty plain alternative", with(`Content-Type: multipart/alternative; boundary="a"`, "", "--a", "Content-Type: text/plain", "", "  ", "--a", "Content-Type: text/html", "", "<p>Hei</p>", "--a--"), "Hei", "", ""},
		{"plain alternative that only points to the HTML", with(`Content-Type: multipart/alternative; boundary="a"`, "", "--a", "Content-Type: text/plain", "", "Please use an HTML viewer.", "--a", "Content-Type: text/html", "", "<p>Hei, vi trenger et tilbud på tjue vinduer til det nye bygget vårt i Bergen sentrum</p>", "--a--"), "Hei, vi trenger et tilbud på tjue vinduer til det nye bygget vårt i Bergen sentrum", "", ""},
		{"message/rfc822", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "", "Se vedlagt", "--m", "Content-Type: message/rfc822", "", "From: kari@example.no", "Subject: =?utf-8?q?Tilbud_p=C3=A5_d=C3=B8rer?=", "", "inni", "--m--"), "Se vedlagt", "Tilbud på dører.eml", ""},
		{"nothing but an attached message", with("Content-Type: message/rfc822", "", "From: kari@example.no", "Subject: Inni", "", "inni"), "inni", "Inni.eml", DefectNestedOnly},
		{"text with a name, alone", with(`Content-Type: text/plain; name="brev.txt"`, "", "Hei"), "Hei", "", ""},
		{"text with a name, after text", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "", "Hei", "--m", `Content-Type: text/plain; name="brev.txt"`, "", "x", "--m--"), "Hei", "brev.txt", ""},
		{"calendar and card", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "", "Hei", "--m", "Content-Type: text/calendar", "", "x", "--m", "Content-Type: text/vcard", "", "x", "--m--"), "Hei", "attachment.ics attachment.vcf", ""},
		{"RFC 2231 name", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: application/pdf", "Content-Disposition: attachment; filename*0*=utf-8'no'bl%C3%A5; filename*1*=b%C3%A6r;", " filename*2=.pdf", "", "x", "--m--"), "", "blåbær.pdf", ""},
		{"RFC 2231 name in latin1", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: application/pdf", "Content-Disposition: attachment; filename*=iso-8859-1''bl%E5.pdf", "", "x", "--m--"), "", "blå.pdf", ""},
		{"RFC 2047 name", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", `Content-Type: application/pdf; name="=?iso-8859-1?q?bl=E5.pdf?="`, "", "x", "--m--"), "", "blå.pdf", ""},
		{"raw bytes in a name", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: application/pdf; name=\"bl\xe5.pdf\"", "", "x", "--m--"), "", "blå.pdf", ""},
		{"unquoted name with spaces", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: application/pdf; name=nytt tilbud 2.pdf", "", "x", "--m--"), "", "nytt tilbud 2.pdf", ""},
		{"paths in names", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", `Content-Type: application/pdf; name="../../etc/passwd"`, "", "x", "--m", `Content-Type: application/pdf; name="C:\Users\ola\a.pdf"`, "", "x", "--m", `Content-Type: application/pdf; name="..\..\"`, "", "x", "--m--"), "", "passwd a.pdf attachment.pdf", ""},
		{"control characters and turned direction in a name", with(`Content-Type: multipart/mixed; boundary="m"`, "", "--m", "Content-Type: application/pdf; name=\"a\x01\xe2\x80\xaefdp.exe\"", "", "x", "--m--"), "", "afdp.exe", ""},
		{"uuencoded file in the text", with("", "Se fil:", "begin 644 hei.txt", "#2&5I", "`", "end", "Slutt"), "Se fil:\nSlutt", "hei.txt", ""},
		{"uuencoded file without a name", with("", "Se fil:", "begin 644 ", "#2&5I", "`", "end", "Slutt"), "Se fil:\nSlutt", "attachment", ""},
		{"uuencoded part", with("Content-Type: application/octet-stream; name=hei.txt", "Content-Transfer-Encoding: x-uuencode", "", "begin 644 x", "#2&5I", "`", "end"), "", "hei.txt", ""},
		{"uuencoded file without an end", with("", "Se fil:", "begin 644 hei.txt", "#2&5I"), "Se fil:", "hei.txt", DefectUUEncode},
		{"begin that starts a sentence", with("", "begin 2022 with us", "Hei"), "begin 2022 with us\nHei", "", ""},
		{"format=flowed", with("Content-Type: text/plain; format=flowed", "", "Hei, dette er ", "en linje.", "> sitat ", "> videre", " >ikke sitat", "-- ", "Ola"), "Hei, dette er en linje.\n> sitat videre\n>ikke sitat\n-- \nOla", "", ""},
		{"format=flowed with delsp", with("Content-Type: text/plain; format=flowed; delsp=yes", "", "blå ", "bær"), "blåbær", "", ""},
		{"missing semicolons", with("Content-Type: text/plain charset=iso-8859-1", "", "bl\xe5"), "blå", "", ""},
		{"digest", with(`Content-Type: multipart/digest; boundary="m"`, "", "--m", "", "Subject: En", "", "1", "--m--"), "1", "En.eml", DefectNestedOnly},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := parseNO(tt.raw)
			if m.FullText != tt.text {
				t.Errorf("text %q, want %q", m.FullText, tt.text)
			}
			if got := names(m); got != tt.names {
				t.Errorf("attachments %q, want %q", got, tt.names)
			}
			if tt.defect != "" && !has(m.Defects, tt.defect) {
				t.Errorf("defects %v, want %s", m.Defects, tt.defect)
			}
			if m.Problem != "" {
				t.Errorf("problem %s", m.Problem)
			}
		})
	}
}

func TestAttachmentContent(t *testing.T) {
	want := []byte("\x00\x01PDF\xff")
	m := parseNO(lines("From: a@b.no", `Content-Type: multipart/mixed; boundary="m"`, "", "--m",
		"Content-Type: Application/PDF", "Content-Transfer-Encoding: base64", "Content-ID: <c@d>", "",
		base64.StdEncoding.EncodeToString(want), "--m--"))
	if len(m.Attachments) != 1 {
		t.Fatalf("%d attachments", len(m.Attachments))
	}
	a := m.Attachments[0]
	if !bytes.Equal(a.Content, want) || a.ContentType != "application/pdf" || a.ContentID != "c@d" || a.Inline {
		t.Errorf("got %+v", a)
	}
}

func TestLongAttachmentNameKeepsExtension(t *testing.T) {
	n := cleanName(strings.Repeat("å", 300) + ".pdf")
	if len(n) > maxNameBytes || !strings.HasSuffix(n, "å.pdf") {
		t.Errorf("got %q", n)
	}
}

func TestHTMLKeepsItsForm(t *testing.T) {
	m := parseNO(htmlMail(`<p onclick="x()">Hei</p><script>y</script>`))
	if m.HTML != `<p onclick="x()">Hei</p><script>y</script>` || m.FullText != "Hei" {
		t.Errorf("html %q, text %q", m.HTML, m.FullText)
	}
}
