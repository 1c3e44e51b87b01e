package postoffice_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
)

func TestRestartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	for i := range 4 {
		s.send(t, "sales@demo.example", mailText(fmt.Sprint("m", i)))
	}
	c := s.login(t, "sales@demo.example", nil)
	if err := c.Create("Processed/2026", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	before := selectBox(t, c, "INBOX")
	store(t, c, imap.UIDSetNum(1, 2), imap.StoreFlagsAdd, imap.FlagSeen, "$Done")
	store(t, c, imap.UIDSetNum(2), imap.StoreFlagsDel, "$done")
	if _, err := c.Move(imap.UIDSetNum(3, 4), "Processed/2026").Wait(); err != nil {
		t.Fatal(err)
	}
	sent := time.Date(2025, 12, 31, 23, 0, 0, 0, time.FixedZone("", 3600))
	appended := appendMail(t, c, "Sent", mailText("out"), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: sent})
	want := fetchAll(t, c, everyUID())
	moved := selectBox(t, c, "Processed/2026")

	for restart := range 2 {
		s.stop()
		s = serve(t, dir)
		c = s.login(t, "sales@demo.example", nil)
		after := selectBox(t, c, "INBOX")
		if after.UIDValidity != before.UIDValidity || after.UIDNext != 5 {
			t.Fatalf("restart %d: INBOX was %+v, is %+v", restart, before, after)
		}
		got := fetchAll(t, c, everyUID())
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("restart %d:\nwas %+v\n is %+v", restart, want, got)
		}
		if !got[0].tags["$Done"] || got[1].tags["$Done"] || !got[1].tags[imap.FlagSeen] {
			t.Fatalf("flags %v %v", got[0].tags, got[1].tags)
		}
		again := selectBox(t, c, "Processed/2026")
		if again.NumMessages != 2 || again.UIDValidity != moved.UIDValidity || again.UIDNext != moved.UIDNext {
			t.Fatalf("restart %d: Processed was %+v, is %+v", restart, moved, again)
		}
		if data := selectBox(t, c, "Sent"); data.NumMessages != 1 || data.UIDValidity != appended.UIDValidity {
			t.Fatalf("restart %d: Sent is %+v", restart, data)
		}
		list, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{UID: true, Flags: true, InternalDate: true}).Collect()
		if err != nil || len(list) != 1 || list[0].UID != appended.UID || !list[0].InternalDate.Equal(sent) || len(list[0].Flags) != 1 {
			t.Fatalf("restart %d: Sent has %+v, %v", restart, list, err)
		}
	}
	s.send(t, "sales@demo.example", mailText("new"))
	if uid := s.Messages("sales@demo.example")[0].UID; uid != 5 {
		t.Fatalf("the next mail got UID %d", uid)
	}
}

func TestUIDsAreNeverUsedAgain(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	c := s.login(t, "sales@demo.example", nil)
	if err := c.Create("Work", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	appendMail(t, c, "Work", mailText("a"), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagDeleted}})
	first := selectBox(t, c, "Work")
	if _, err := c.Expunge().Collect(); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s = serve(t, dir)
	c = s.login(t, "sales@demo.example", nil)
	if data := appendMail(t, c, "Work", mailText("b"), nil); data.UID != 2 || data.UIDValidity != first.UIDValidity {
		t.Fatalf("after the expunge of UID 1: %+v", data)
	}
	if err := c.Delete("Work").Wait(); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s = serve(t, dir)
	c = s.login(t, "sales@demo.example", nil)
	if err := c.Create("Work", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if again := selectBox(t, c, "Work"); again.UIDValidity <= first.UIDValidity || again.NumMessages != 0 {
		t.Fatalf("deleted and made again: was %+v, is %+v", first, again)
	}
}

func TestDebrisIsSwept(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	s.send(t, "sales@demo.example", mailText("a"))
	s.stop()
	boxes := filepath.Join(dir, "mailboxes")
	found, err := filepath.Glob(filepath.Join(boxes, "sales@demo.example", "inbox-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("folders %v, %v", found, err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(boxes, ".spool", "7"), "half a mail")
	write(filepath.Join(found[0], "state.json.part"), "{")
	write(filepath.Join(found[0], "flags.log"), "1\t$A\n99\t$Old\n1\t$B \\Seen\nrubbish\n1\t$C")
	write(filepath.Join(boxes, "sales@demo.example", "half-1", "flags.log"), "")
	write(filepath.Join(boxes, "other", "notes", "keep.txt"), "somebody's")

	s = serve(t, dir)
	c := s.login(t, "sales@demo.example", nil)
	selectBox(t, c, "INBOX")
	all := fetchAll(t, c, everyUID())
	if len(all) != 1 || len(all[0].tags) != 2 || !all[0].tags["$B"] || !all[0].tags[imap.FlagSeen] {
		t.Fatalf("messages %+v", all)
	}
	for path, stays := range map[string]bool{
		filepath.Join(boxes, ".spool", "7"):                                 false,
		filepath.Join(found[0], "state.json.part"):                          false,
		filepath.Join(boxes, "sales@demo.example", "half-1"):                false,
		filepath.Join(boxes, "other", "notes", "keep.txt"):                  true,
		filepath.Join(boxes, "sales@demo.example", filepath.Base(found[0])): true,
	} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: %v", path, err)
		}
	}
	if log, err := os.ReadFile(filepath.Join(found[0], "flags.log")); err != nil || string(log) != "1\t$B \\Seen\n" {
		t.Fatalf("flags.log is %q, %v", log, err)
	}
}

// childDir makes the test's own program serve an office until it is killed.
const childDir = "EMNE_POSTOFFICE_TEST_DIR"

func runChild(dir string) error {
	office, err := postoffice.Open(postoffice.Options{Dir: dir})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return office.ServeSMTP(l)
}

// TestKilledServerLosesNothing kills the process, by SIGKILL, while mail comes in.
func TestKilledServerLosesNothing(t *testing.T) {
	dir := t.TempDir()
	acknowledged := make(map[string]bool)
	validity := uint32(0)
	for round := range 3 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childDir+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var count atomic.Int32
		enough := make(chan struct{})
		for i := range 4 {
			wg.Go(func() {
				c, err := smtp.Dial(strings.TrimSpace(line))
				if err != nil {
					return
				}
				defer c.Close()
				for k := range 1000 { // until the server dies
					subject := fmt.Sprintf("r%d-s%d-%d", round, i, k)
					if c.SendMail("a@b.example", []string{"sales@demo.example"}, strings.NewReader(mailText(subject))) != nil {
						return
					}
					mu.Lock()
					acknowledged[subject] = true
					mu.Unlock()
					if count.Add(1) == 40 {
						close(enough)
					}
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(patience):
			t.Error("40 mails were not taken in time")
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // "signal: killed"
		wg.Wait()

		s := serve(t, dir)
		c := s.login(t, "sales@demo.example", nil)
		data := selectBox(t, c, "INBOX")
		if validity != 0 && data.UIDValidity != validity {
			t.Fatalf("UIDVALIDITY was %d, is %d", validity, data.UIDValidity)
		}
		validity = data.UIDValidity
		found := make(map[string]int)
		for _, m := range fetchAll(t, c, everyUID()) {
			if !strings.HasSuffix(m.body, "Hello.\r\n") {
				t.Fatalf("UID %d is cut off: %q", m.uid, m.body)
			}
			_, subject, _ := strings.Cut(m.body, "Subject: ")
			subject, _, _ = strings.Cut(subject, "\r\n")
			found[subject]++
		}
		for subject := range acknowledged {
			if found[subject] != 1 {
				t.Fatalf("round %d: %s, which was acknowledged, is there %d times", round, subject, found[subject])
			}
		}
		if extra := len(found) - len(acknowledged); extra > 4*(round+1) {
			t.Fatalf("round %d: %d mails more than were acknowledged", round, extra)
		}
		s.stop()
	}
}
