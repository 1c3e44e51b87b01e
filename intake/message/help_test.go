package message

import "strings"

// lines joins lines with CRLF, as they come over the wire.
func lines(ls ...string) []byte { return []byte(strings.Join(ls, "\r\n")) }

// plainMail is a mail with that text.
func plainMail(text string, fields ...string) []byte {
	head := append([]string{
		"From: Ola Nordmann <ola@fjordbygg.example>", "To: sales@demo.example", "Subject: Test",
		"Date: Mon, 03 Jan 2022 10:11:12 +0100", "Message-ID: <1@fjordbygg.example>",
		"Content-Type: text/plain; charset=utf-8",
	}, fields...)
	return lines(append(head, "", text)...)
}

// htmlMail is a mail with that HTML and no text.
func htmlMail(html string) []byte {
	return lines("From: ola@fjordbygg.example", "Subject: Test", "Content-Type: text/html; charset=utf-8", "", html)
}

func parseNO(raw []byte) *Message { return parse(raw, Options{Region: "NO"}) }

// names are the names of the attachments, those of inline ones in brackets.
func names(m *Message) string {
	var ns []string
	for _, a := range m.Attachments {
		n := a.Name
		if a.Inline {
			n = "[" + n + "]"
		}
		ns = append(ns, n)
	}
	return strings.Join(ns, " ")
}

func has(list []string, code string) bool {
	for _, c := range list {
		if c == code {
			return true
		}
	}
	return false
}
