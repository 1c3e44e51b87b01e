package postoffice_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"
)

// places runs a test in memory and on disk.
func places(t *testing.T, test func(t *testing.T, dir string)) {
	t.Run("memory", func(t *testing.T) { test(t, "") })
	t.Run("disk", func(t *testing.T) { test(t, t.TempDir()) })
}

func TestMailIsPushedAndRead(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		s := serve(t, dir)
		told := make(chan uint32, 10)
		c := s.login(t, "SALES@demo.example", func(n uint32) { told <- n })
		data := selectBox(t, c, "INBOX")
		if data.NumMessages != 0 || data.UIDNext != 1 || data.UIDValidity == 0 {
			t.Fatalf("empty INBOX: %+v", data)
		}
		for i := range 20 { // enough for a lost wake-up to show
			idle, err := c.Idle()
			if err != nil {
				t.Fatal(err)
			}
			s.send(t, "Sales+Web@Demo.example", mailText(fmt.Sprint("m", i)))
			select {
			case n := <-told:
				if n != uint32(i+1) {
					t.Fatalf("told of %d messages, want %d", n, i+1)
				}
			case <-time.After(patience):
				t.Fatal("IDLE was not told of the mail")
			}
			if err := idle.Close(); err != nil {
				t.Fatal(err)
			}
			if err := idle.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		all := fetchAll(t, c, everyUID())
		if len(all) != 20 || all[19].uid != 20 {
			t.Fatalf("fetched %d messages, the last %+v", len(all), all[len(all)-1])
		}
		first := all[0].body
		if !strings.HasPrefix(first, "Return-Path: <kari@kunde.example>\r\nReceived: from ") ||
			!strings.Contains(first, "for <Sales+Web@Demo.example>;\r\n\tMon, 02 Mar 2026 09:00:00 +0000\r\n") ||
			!strings.HasSuffix(first, mailText("m0")) {
			t.Fatalf("delivered as %q", first)
		}
		if len(all[0].tags) != 0 {
			t.Fatalf("BODY.PEEK set flags: %v", all[0].tags)
		}

		boxes := s.Mailboxes()
		if len(boxes) != 1 || boxes[0].Address != "sales@demo.example" || boxes[0].Count != 20 || boxes[0].Latest.IsZero() {
			t.Fatalf("mailboxes %+v", boxes)
		}
		messages := s.Messages("sales@DEMO.example")
		raw, err := messages[0].Raw()
		if err != nil || len(messages) != 20 || messages[0].UID != 20 || string(raw) != all[19].body {
			t.Fatalf("page: %d messages, %v, newest %+v %q", len(messages), err, messages[0], raw)
		}
		if m, ok := s.Message("sales@demo.example", 3); !ok || m.UID != 3 {
			t.Fatalf("message 3: %+v %v", m, ok)
		}
	})
}

func TestRecipients(t *testing.T) {
	s := serve(t, t.TempDir())
	c := s.dialSMTP(t)
	if err := c.Hello("client.example"); err != nil {
		t.Fatal(err)
	}
	send := func(options *smtp.MailOptions, to ...string) error {
		if err := c.Reset(); err != nil {
			return err
		}
		if err := c.Mail("", options); err != nil {
			return err
		}
		for _, addr := range to {
			if err := c.Rcpt(addr, nil); err != nil {
				return err
			}
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(mailText("many"))); err != nil {
			return err
		}
		return w.Close()
	}
	if err := send(&smtp.MailOptions{UTF8: true}, "a@x.example", "A+tag@X.example", "ærlig@blåbær.example"); err != nil {
		t.Fatal(err)
	}
	for _, box := range []string{"a@x.example", "ærlig@blåbær.example"} {
		list := s.Messages(box)
		if len(list) != 1 {
			t.Fatalf("%s has %d mails, want 1", box, len(list))
		}
		raw, err := list[0].Raw()
		if err != nil || !strings.HasPrefix(string(raw), "Return-Path: <>\r\n") || strings.Contains(string(raw), "for <") {
			t.Fatalf("%v: %q", err, raw)
		}
	}
	var tooMany []string
	for i := range 101 {
		tooMany = append(tooMany, fmt.Sprintf("c%d@x.example", i))
	}
	if err := send(nil, tooMany...); err == nil {
		t.Fatal("101 recipients were taken")
	}
	if err := send(&smtp.MailOptions{Size: 51 << 20}, "a@x.example"); err == nil {
		t.Fatal("a mail of 51 MiB was announced and taken")
	}
	if err := s.Deliver([]string{"b@x.example"}, []byte(mailText("inside"))); err != nil {
		t.Fatal(err)
	}
	if raw, err := s.Messages("b@x.example")[0].Raw(); err != nil || string(raw) != mailText("inside") {
		t.Fatalf("delivered %q, %v", raw, err)
	}
	if err := s.Deliver([]string{"nobody"}, nil); err == nil {
		t.Fatal("a word was taken for an address")
	}
}

// TestManySendersOneReader files from many connections while a reader follows
// the mailbox by its highest UID, as the intake does.
func TestManySendersOneReader(t *testing.T) {
	places(t, func(t *testing.T, dir string) {
		const senders, each = 8, 50
		s := serve(t, dir)
		wake := make(chan struct{}, 1)
		c := s.login(t, "sales@demo.example", func(uint32) {
			select {
			case wake <- struct{}{}:
			default:
			}
		})
		selectBox(t, c, "INBOX")

		var wg sync.WaitGroup
		errs := make(chan error, senders)
		begin := time.Now()
		for i := range senders {
			wg.Go(func() {
				errs <- func() error {
					out, err := smtp.Dial(s.smtp)
					if err != nil {
						return err
					}
					defer out.Close()
					for k := range each {
						if err := out.SendMail("a@b.example", []string{"sales@demo.example"}, strings.NewReader(mailText(fmt.Sprintf("s%d-%d", i, k)))); err != nil {
							return err
						}
					}
					return out.Quit()
				}()
			})
		}
		seen := make(map[string]int)
		var last imap.UID
		for deadline := time.Now().Add(patience); len(seen) < senders*each; {
			if time.Now().After(deadline) {
				t.Fatalf("saw %d of %d mails", len(seen), senders*each)
			}
			var set imap.UIDSet
			set.AddRange(last+1, 0)
			news := 0
			for _, m := range fetchAll(t, c, set) {
				if m.uid <= last { // n:* names the last message when n is beyond it
					continue
				}
				last = m.uid
				news++
				_, subject, _ := strings.Cut(m.body, "Subject: ")
				subject, _, _ = strings.Cut(subject, "\r\n")
				seen[subject]++
			}
			if news > 0 {
				continue
			}
			idle, err := c.Idle()
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-wake:
			case <-time.After(patience):
				t.Fatalf("IDLE is silent after %d mails", len(seen))
			}
			if err := idle.Close(); err != nil {
				t.Fatal(err)
			}
			if err := idle.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		wg.Wait()
		t.Logf("%.0f mails/s", senders*each/time.Since(begin).Seconds())
		for range senders {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range slices.Collect(maps.Values(seen)) {
			if n != 1 {
				t.Fatalf("a mail was seen %d times", n)
			}
		}
		if last != senders*each {
			t.Fatalf("the last UID is %d", last)
		}
	})
}
