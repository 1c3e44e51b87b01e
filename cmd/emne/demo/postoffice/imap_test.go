package postoffice_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

func store(t *testing.T, c *imapclient.Client, set imap.NumSet, op imap.StoreFlagsOp, flags ...imap.Flag) {
	t.Helper()
	if _, err := c.Store(set, &imap.StoreFlags{Op: op, Flags: flags}, nil).Collect(); err != nil {
		t.Fatal(err)
	}
}

func appendMail(t *testing.T, c *imapclient.Client, box, raw string, options *imap.AppendOptions) *imap.AppendData {
	t.Helper()
	cmd := c.Append(box, int64(len(raw)), options)
	if _, err := cmd.Write([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func code(err error) imap.ResponseCode {
	if e, ok := errors.AsType[*imap.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestSignIn(t *testing.T) {
	s := serve(t, "")
	dial := func() *imapclient.Client {
		c, err := imapclient.DialInsecure(s.imap, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	c := dial()
	for _, try := range [][2]string{{"new@x.example", "Demo"}, {"new@x.example", ""}, {"nobody", "demo"}} {
		if err := c.Login(try[0], try[1]).Wait(); code(err) != imap.ResponseCodeAuthenticationFailed {
			t.Fatalf("login as %v: %v", try, err)
		}
	}
	if err := c.Authenticate(sasl.NewPlainClient("", "New@X.example", "demo")); err != nil {
		t.Fatal(err)
	}
	if data := selectBox(t, c, "inbox"); data.NumMessages != 0 {
		t.Fatalf("INBOX %+v", data)
	}
	if boxes := s.Mailboxes(); len(boxes) != 0 {
		t.Fatalf("signing in made mailboxes %v", boxes)
	}
}

func TestFolders(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		s := serve(t, dir)
		c := s.login(t, "a@x.example", nil)
		list := func(pattern string) string {
			t.Helper()
			all, err := c.List("", pattern, nil).Collect()
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range all {
				names = append(names, d.Mailbox)
				if d.Mailbox == "Sent" && !slices.Contains(d.Attrs, imap.MailboxAttrSent) {
					t.Errorf("Sent has attributes %v", d.Attrs)
				}
			}
			return strings.Join(names, " ")
		}
		if got := list("*"); got != "INBOX Sent" {
			t.Fatalf("a new address has %s", got)
		}
		for _, name := range []string{"Arkiv/Små/Blå", "Work/"} {
			if err := c.Create(name, nil).Wait(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Create("Work", nil).Wait(); code(err) != imap.ResponseCodeAlreadyExists {
			t.Fatalf("Work twice: %v", err)
		}
		if err := c.Create("a//b", nil).Wait(); code(err) != imap.ResponseCodeCannot {
			t.Fatalf("an empty level: %v", err)
		}
		if got := list("%"); got != "Arkiv INBOX Sent Work" {
			t.Fatalf("top level is %s", got)
		}
		appendMail(t, c, "Arkiv/Små", mailText("kept"), nil)
		if err := c.Rename("Arkiv", "Archive", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if got := list("Arch*"); got != "Archive Archive/Små Archive/Små/Blå" {
			t.Fatalf("renamed to %s", got)
		}
		if data := selectBox(t, c, "Archive/Små"); data.NumMessages != 1 {
			t.Fatalf("the renamed folder is %+v", data)
		}
		if err := c.Delete("INBOX").Wait(); err == nil {
			t.Fatal("INBOX was deleted")
		}
		if err := c.Delete("Work").Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Select("Work", nil).Wait(); code(err) != imap.ResponseCodeNonExistent {
			t.Fatalf("deleted folder: %v", err)
		}
		if err := c.Append("Work", 0, nil).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Status("Work", &imap.StatusOptions{UIDNext: true}).Wait(); code(err) != imap.ResponseCodeNonExistent {
			t.Fatalf("after an APPEND to it: %v", err)
		}
	})
}

func TestStatusCopyMoveExpunge(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		s := serve(t, dir)
		for i := range 5 {
			if err := s.Deliver([]string{"a@x.example"}, []byte(mailText(fmt.Sprint("m", i)))); err != nil {
				t.Fatal(err)
			}
		}
		c, other := s.login(t, "a@x.example", nil), s.login(t, "a@x.example", nil)
		selectBox(t, c, "INBOX")
		selectBox(t, other, "INBOX")
		copied, err := c.Copy(imap.SeqSetNum(1, 2), "Sent").Wait()
		if err != nil || copied.SourceUIDs.String() != "1:2" || copied.DestUIDs.String() != "1:2" {
			t.Fatalf("copied %+v, %v", copied, err)
		}
		if _, err := c.Copy(imap.SeqSetNum(1), "None").Wait(); code(err) != imap.ResponseCodeTryCreate {
			t.Fatalf("copy to nowhere: %v", err)
		}
		moved, err := c.Move(imap.UIDSetNum(2, 4), "Sent").Wait()
		if err != nil || fmt.Sprint(moved.SourceUIDs) != "2,4" || fmt.Sprint(moved.DestUIDs) != "3:4" {
			t.Fatalf("moved %+v, %v", moved, err)
		}
		store(t, c, imap.SeqSetNum(1), imap.StoreFlagsAdd, imap.FlagDeleted, imap.FlagSeen)
		expunged, err := c.Expunge().Collect()
		if err != nil || fmt.Sprint(expunged) != "[1]" {
			t.Fatalf("expunged %v, %v", expunged, err)
		}

		// The other session still counts by its own numbers until it is told.
		if got := fetchAll(t, other, imap.SeqSetNum(3)); len(got) != 1 || got[0].uid != 3 {
			t.Fatalf("message 3 of the other session is %+v", got)
		}
		if err := other.Noop().Wait(); err != nil {
			t.Fatal(err)
		}
		for _, client := range []*imapclient.Client{c, other} {
			var all imap.SeqSet
			all.AddRange(1, 0)
			got := fetchAll(t, client, all)
			if len(got) != 2 || got[0].seq != 1 || got[0].uid != 3 || got[1].seq != 2 || got[1].uid != 5 {
				t.Fatalf("left are %+v", got)
			}
		}
		status, err := c.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true, UIDNext: true, UIDValidity: true, Size: true, NumDeleted: true}).Wait()
		if err != nil || *status.NumMessages != 2 || *status.NumUnseen != 2 || status.UIDNext != 6 || *status.NumDeleted != 0 ||
			*status.Size != int64(2*len(mailText("m0"))) {
			t.Fatalf("status %+v, %v", status, err)
		}
		if data := selectBox(t, c, "Sent"); data.NumMessages != 4 {
			t.Fatalf("Sent %+v", data)
		}
	})
}

func TestFlagsAreToldToOthers(t *testing.T) {
	s := serve(t, "")
	if err := s.Deliver([]string{"a@x.example"}, []byte(mailText("m"))); err != nil {
		t.Fatal(err)
	}
	c, other := s.login(t, "a@x.example", nil), s.login(t, "a@x.example", nil)
	selectBox(t, c, "INBOX")
	if _, err := other.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	whole := &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}
	if _, err := other.Fetch(imap.SeqSetNum(1), whole).Collect(); err != nil {
		t.Fatal(err)
	}
	if got := fetchAll(t, c, imap.SeqSetNum(1)); len(got[0].tags) != 0 {
		t.Fatalf("reading under EXAMINE set %v", got[0].tags)
	}
	if _, err := other.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Collect(); code(err) != imap.ResponseCodeNoPerm {
		t.Fatalf("STORE under EXAMINE: %v", err)
	}
	if _, err := c.Fetch(imap.SeqSetNum(1), whole).Collect(); err != nil {
		t.Fatal(err)
	}
	if got := fetchAll(t, other, imap.SeqSetNum(1)); !got[0].tags[imap.FlagSeen] {
		t.Fatalf("after reading: %v", got[0].tags)
	}
	store(t, c, imap.SeqSetNum(1), imap.StoreFlagsSet, "$Work", `\answered`, `\Recent`)
	if got := fetchAll(t, other, imap.SeqSetNum(1)); len(got[0].tags) != 2 || !got[0].tags["$Work"] || !got[0].tags[imap.FlagAnswered] {
		t.Fatalf("after FLAGS: %v", got[0].tags)
	}
}

const multipart = "From: =?utf-8?Q?K=C3=A5re?= <kare@x.example>\r\nTo: a@x.example\r\nSubject: =?utf-8?B?SMO4eXR0YWxlcg==?=\r\n" +
	"Date: Sun, 01 Mar 2026 23:30:00 +0100\r\nMessage-ID: <1@x.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nYmzDpWLDpnI=\r\n" +
	"--b\r\nContent-Type: application/pdf; name=q.pdf\r\nContent-Disposition: attachment; filename=q.pdf\r\n\r\n%PDF\r\n--b--\r\n"

func TestFetchItems(t *testing.T) {
	s := serve(t, t.TempDir())
	if err := s.Deliver([]string{"a@x.example"}, []byte(multipart)); err != nil {
		t.Fatal(err)
	}
	c := s.login(t, "a@x.example", nil)
	selectBox(t, c, "INBOX")
	sections := []struct {
		ask  *imap.FetchItemBodySection
		want string
	}{
		{&imap.FetchItemBodySection{Peek: true}, multipart},
		{&imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierHeader}, multipart[:strings.Index(multipart, "\r\n\r\n")+4]},
		{&imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierText}, multipart[strings.Index(multipart, "\r\n\r\n")+4:]},
		{&imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"message-id", "TO"}}, "To: a@x.example\r\nMessage-ID: <1@x.example>\r\n\r\n"},
		{&imap.FetchItemBodySection{Peek: true, Part: []int{1}}, "YmzDpWLDpnI="},
		{&imap.FetchItemBodySection{Peek: true, Part: []int{2}}, "%PDF"},
		{&imap.FetchItemBodySection{Peek: true, Part: []int{2}, Specifier: imap.PartSpecifierMIME}, "Content-Type: application/pdf; name=q.pdf\r\nContent-Disposition: attachment; filename=q.pdf\r\n\r\n"},
		{&imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 6, Size: 11}}, multipart[6:17]},
		{&imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 9999, Size: 11}}, ""},
		{&imap.FetchItemBodySection{Peek: true, Part: []int{7}}, ""},
	}
	for _, section := range sections {
		list, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section.ask}}).Collect()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(list[0].BodySection[0].Bytes); got != section.want {
			t.Errorf("%+v is %q, want %q", section.ask, got, section.want)
		}
	}
	list, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{
		UID: true, Envelope: true, RFC822Size: true, InternalDate: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
		BinarySection: []*imap.FetchItemBinarySection{{Part: []int{1}, Peek: true}},
	}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	m := list[0]
	if m.Envelope.Subject != "Høyttaler" || m.Envelope.From[0].Name != "Kåre" || m.Envelope.MessageID != "1@x.example" ||
		m.RFC822Size != int64(len(multipart)) || m.InternalDate.IsZero() || m.UID != 1 {
		t.Fatalf("%+v %+v", m, m.Envelope)
	}
	if got := string(m.BinarySection[0].Bytes); got != "blåbær" {
		t.Errorf("BINARY[1] is %q", got)
	}
	if mp, ok := m.BodyStructure.(*imap.BodyStructureMultiPart); !ok || len(mp.Children) != 2 || mp.Children[1].MediaType() != "application/pdf" {
		t.Fatalf("structure %+v", m.BodyStructure)
	}
}

// TestStrangeMailsAreServed fetches everything of mails that break the rules;
// the connection must live and the bytes must be the very ones.
func TestStrangeMailsAreServed(t *testing.T) {
	s := serve(t, t.TempDir())
	strange := []string{
		"",
		"\r\n",
		"no header at all",
		"broken line\r\nSubject: x\r\n\r\nbody\r\n",
		"Subject: bare\n\nbody\n",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\nno parts\r\n",
		"Content-Type: multipart\r\n\r\nx",
		"Content-Type: ;;;\r\nFrom: \xff\xfe <\xe5@x>\r\nSubject: \x80\r\n\r\nx",
		"Content-Type: message/rfc822\r\n\r\n",
		" folded before any field\r\nSubject: y\r\n\r\nbody",
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n", 600),
		strings.Repeat("X: y\r\n", 10000) + "\r\nbody",
	}
	c := s.login(t, "a@x.example", nil)
	selectBox(t, c, "INBOX")
	for i, raw := range strange {
		if err := s.Deliver([]string{"a@x.example"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		uid := imap.UIDSetNum(imap.UID(i + 1))
		list, err := c.Fetch(uid, &imap.FetchOptions{
			Envelope: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
			BodySection: []*imap.FetchItemBodySection{{Peek: true}, {Peek: true, Part: []int{1}}, {Peek: true, Specifier: imap.PartSpecifierText}},
		}).Collect()
		if err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		if len(list) != 1 || !bytes.Equal(list[0].BodySection[0].Bytes, []byte(raw)) {
			t.Fatalf("mail %d: %+v", i, list)
		}
		if _, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{uid}, Text: []string{"zzz"}}, nil).Wait(); err != nil {
			t.Fatalf("search mail %d: %v", i, err)
		}
	}
}

func TestSearch(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		s := serve(t, dir)
		c := s.login(t, "a@x.example", nil)
		day := func(d int) time.Time { return time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC) }
		appendMail(t, c, "INBOX", mailText("one"), &imap.AppendOptions{Time: day(1), Flags: []imap.Flag{imap.FlagSeen}})
		appendMail(t, c, "INBOX", multipart, &imap.AppendOptions{Time: day(2)})
		appendMail(t, c, "INBOX", mailText("three"), &imap.AppendOptions{Time: day(3), Flags: []imap.Flag{"$Work"}})
		selectBox(t, c, "INBOX")
		field := func(key, value string) *imap.SearchCriteria {
			return &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: value}}}
		}
		uids := func(start, stop imap.UID) imap.UIDSet {
			var set imap.UIDSet
			set.AddRange(start, stop)
			return set
		}
		tests := []struct {
			name string
			ask  *imap.SearchCriteria
			want string
		}{
			{"ALL", &imap.SearchCriteria{}, "1:3"},
			{"UNSEEN", &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, "2:3"},
			{"KEYWORD", &imap.SearchCriteria{Flag: []imap.Flag{"$work"}}, "3"},
			{"FROM", field("From", "kåre"), "2"},
			{"TO", field("To", "SALES@demo"), "1,3"},
			{"SUBJECT", field("Subject", "høyTTaler"), "2"},
			{"HEADER", field("Message-ID", "<one@kunde.example>"), "1"},
			{"HEADER there", field("MIME-Version", ""), "2"},
			{"SINCE", &imap.SearchCriteria{Since: day(3).Truncate(24 * time.Hour)}, "3"},
			{"BEFORE", &imap.SearchCriteria{Before: day(2).Truncate(24 * time.Hour)}, "1"},
			{"SENTSINCE", &imap.SearchCriteria{SentSince: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, "2"},
			{"UID n:*", &imap.SearchCriteria{UID: []imap.UIDSet{uids(2, 0)}}, "2:3"},
			{"UID beyond:*", &imap.SearchCriteria{UID: []imap.UIDSet{uids(9, 0)}}, "3"},
			{"BODY decoded", &imap.SearchCriteria{Body: []string{"BLÅBÆR"}}, "2"},
			{"TEXT", &imap.SearchCriteria{Text: []string{"three"}}, "3"},
			{"NOT", &imap.SearchCriteria{Not: []imap.SearchCriteria{*field("Subject", "one")}}, "2:3"},
			{"OR", &imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{*field("Subject", "one"), *field("Subject", "three")}}}, "1,3"},
			{"LARGER", &imap.SearchCriteria{Larger: int64(len(mailText("three")))}, "2"},
			{"none", field("Subject", "nothing"), ""},
		}
		for _, test := range tests {
			data, err := c.UIDSearch(test.ask, nil).Wait()
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if got := fmt.Sprint(data.All); got != test.want {
				t.Errorf("%s found %q, want %q", test.name, got, test.want)
			}
		}
	})
}
