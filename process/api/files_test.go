package api

import (
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// receive lets a mail with an attachment come in.
func (s *site) receive(raw, unreadable string) process.Receipt {
	s.t.Helper()
	r, err := s.service.ReceiveMail(s.t.Context(), process.System(), process.IncomingMail{
		At:         process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: uint32(len(raw))},
		ReceivedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Raw:        process.NewBlob([]byte(raw)), MessageID: "1@fjord.example", ContentHash: raw, From: "kari@fjord.example", Unreadable: unreadable,
		Inquiry: process.Inquiry{Name: "Kari", Email: "kari@fjord.example", Subject: "Båt", Text: "Hei", Attachments: []process.IncomingFile{
			{Name: "../../båt \"1\"\r\n.pdf", ContentType: "text/html", Content: process.NewBlob([]byte("<script>"))}}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestForeignBytesAreOnlyDownloads(t *testing.T) {
	s := newSite(t)
	s.receive("From: Kari\r\n\r\nHei", "")
	q := s.receive("\x00\x01", "no header")
	messages := s.want(200, s.do("GET", "messages?state=filed", ""))
	id, sum := text(messages, "items", 0, "id"), text(messages, "items", 0, "attachments", 0, "sha256")
	for path, want := range map[string]struct{ body, name string }{
		"messages/" + id + "/raw":                {"From: Kari\r\n\r\nHei", "filename=" + id + ".eml"},
		"messages/" + id + "/attachments/" + sum: {"<script>", "filename*=utf-8''b%C3%A5t%20_1___.pdf"},
		"quarantine/" + q.Result.ID + "/raw":     {"\x00\x01", "filename=" + q.Result.ID + ".bin"},
	} {
		a := s.do("GET", path, "", "Accept", "application/json")
		h := a.header
		if a.status != 200 || string(a.body) != want.body || h.Get("Content-Type") != "application/octet-stream" ||
			h.Get("Content-Disposition") != "attachment; "+want.name || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %d %q %v", path, a.status, a.body, h)
		}
	}
	for _, path := range []string{
		"messages/" + id + "/attachments/" + process.NewBlob([]byte("From: Kari\r\n\r\nHei")).SHA256,
		"messages/" + id + "/attachments/x", "messages/x/raw", "quarantine/x/raw",
	} {
		if a := s.do("GET", path, ""); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := s.do("GET", "messages/"+id+"/raw", "", "Authorization", ""); a.status != 401 {
		t.Errorf("without a token: %d", a.status)
	}
	if a := s.do("GET", "quarantine/"+q.Result.ID, ""); a.status != 200 || !strings.Contains(string(a.body), "no header") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestDraftsPreview(t *testing.T) {
	s := newSite(t)
	quote := text(s.create("quotes", `{"customer":"`+s.customer()+`","lines":`+oneLine+`}`), "id")
	a := s.do("GET", "quotes/"+quote+"/pdf", "")
	if a.status != 200 || a.header.Get("Content-Disposition") != "inline; filename=quote-draft.pdf" || !strings.Contains(string(a.body), `"draft":true`) {
		t.Errorf("%d %v", a.status, a.header)
	}
	head := s.do("HEAD", "quotes/"+quote+"/pdf", "")
	if head.status != 200 || len(head.body) != 0 || head.header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "inline",
		"a/":                     "inline",
		`C:\tmp\a.pdf`:           "inline; filename=a.pdf",
		"a\r\nSet-Cookie: x":     `inline; filename="a__Set-Cookie: x"`,
		"\xff.pdf":               "inline; filename=.pdf",
		strings.Repeat("å", 300): "inline; filename*=utf-8''" + strings.Repeat("%C3%A5", 100),
	} {
		if got := dispositionOf("inline", name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
