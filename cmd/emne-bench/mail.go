package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// measureMail reads one mailbox in every way, one after the other, several
// rounds, and prints the ratios of the medians.
func measureMail(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("mail", flag.ContinueOnError)
	mails := flags.Int("mails", 10_000, "how many mails the mailbox has")
	rounds := flags.Int("rounds", 3, "how often each way is gone")
	before := flags.Int("before", 0, "small mails already in the database, for a further round (500000 takes minutes)")
	profile := flags.String("profile", "", "file for a CPU profile of the whole path")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return withDovecot(func(s *mailboxtest.Server) error {
		random, size := rand.New(rand.NewPCG(1, 0)), 0
		for i := range *mails {
			raw := letter(random, i, 5_000+random.IntN(45_000))
			size += len(raw)
			s.Deliver(user, raw)
		}
		fmt.Printf("mail: one Dovecot mailbox, %d mails, %d MB, %d rounds, seed 1\n", *mails, size>>20, *rounds)
		if _, err := bareFetch(ctx, s, *mails); err != nil { // the server makes its indexes
			return err
		}
		ways := []way{
			{"bare socket", func() (float64, error) { return bareFetch(ctx, s, *mails) }},
			{"emne, fetch alone", func() (float64, error) { return emne(ctx, s, *mails, 0, fetchOnly, "", nil) }},
			{"emne, fetch and parse", func() (float64, error) { return emne(ctx, s, *mails, 0, fetchParse, "", nil) }},
		}
		var whole readout
		ways = append(ways, way{"emne, whole path", func() (float64, error) { return emne(ctx, s, *mails, 0, wholePath, *profile, &whole) }})
		if _, err := exec.LookPath("mbsync"); err == nil {
			ways = append(ways, way{"mbsync to a Maildir", func() (float64, error) { return mbsync(ctx, s, *mails) }})
		} else {
			fmt.Println("  mbsync is not installed (on Debian: apt-get install isync): not measured")
		}
		took := make(map[string][]float64)
		for range *rounds {
			for _, w := range ways {
				seconds, err := w.run()
				if err != nil {
					return fmt.Errorf("%s: %w", w.name, err)
				}
				took[w.name] = append(took[w.name], seconds)
			}
		}
		raw := median(took["bare socket"])
		for _, w := range ways {
			t := median(took[w.name])
			fmt.Printf("  %-22s %7.2f s %8.0f mails/s %6.3f of the bare socket\n", w.name, t, float64(*mails)/t, raw/t)
		}
		fetch, parse, all := median(took["emne, fetch alone"]), median(took["emne, fetch and parse"]), median(took["emne, whole path"])
		fmt.Printf("  where the time goes, a mail: fetch %.0f µs, parse %.0f µs, record and commit %.0f µs\n",
			perMail(fetch, *mails), perMail(parse-fetch, *mails), perMail(all-parse, *mails))
		if t, is := took["mbsync to a Maildir"]; is {
			fmt.Printf("  %.1f times mbsync\n", median(t)/all)
		}
		fmt.Printf("  %d leads; %.0f µs of processor time a mail; %d MB resident at most; database %d MB\n", whole.Leads, perMail(whole.CPU, *mails), whole.MemoryKB>>10, whole.Database>>20)
		if whole.Leads != *mails {
			return fmt.Errorf("%d mails became %d leads", *mails, whole.Leads)
		}
		if *before == 0 {
			return nil
		}
		t, err := emne(ctx, s, *mails, *before, wholePath, "", &whole)
		if err != nil {
			return err
		}
		fmt.Printf("  with %d mails in the database: %.0f µs a mail, %.2f times that of an empty one; %d MB resident at most\n", *before, perMail(t, *mails), t/all, whole.MemoryKB>>10)
		return nil
	})
}

// way is one way to read the mailbox; it says how many seconds it took.
type way struct {
	name string
	run  func() (float64, error)
}

func perMail(seconds float64, mails int) float64 { return seconds * 1e6 / float64(mails) }

// emne reads the mailbox in a process of its own.
func emne(ctx context.Context, s *mailboxtest.Server, mails, before int, extent, profile string, result *readout) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	what, err := json.Marshal(reading{Host: s.Host, Port: s.Port, Mails: mails, Before: before, Extent: extent, Profile: profile})
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, readerPart)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(what), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	if result == nil {
		result = new(readout)
	}
	if err := json.Unmarshal(out, result); err != nil {
		return 0, err
	}
	result.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return result.Seconds, nil
}

// bareFetch asks for everything at once and throws it away.
func bareFetch(ctx context.Context, s *mailboxtest.Server, mails int) (float64, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	begun := time.Now()
	if _, err := fmt.Fprintf(c, "1 LOGIN %s %s\r\n2 EXAMINE INBOX\r\n3 UID FETCH 1:* BODY.PEEK[]\r\n", user, password); err != nil {
		return 0, err
	}
	in, n := bufio.NewReaderSize(c, 64<<10), 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		switch {
		case bytes.HasPrefix(line, []byte("3 ")):
			if n != mails {
				return 0, fmt.Errorf("%d mails came", n)
			}
			return time.Since(begun).Seconds(), nil
		case bytes.HasSuffix(line, []byte("}\r\n")):
			open := bytes.LastIndexByte(line, '{')
			size, err := strconv.Atoi(string(line[open+1 : len(line)-3]))
			if err != nil {
				return 0, err
			}
			if _, err := in.Discard(size); err != nil {
				return 0, err
			}
			n++
		}
	}
}

// mbsync writes the mailbox to a Maildir.
func mbsync(ctx context.Context, s *mailboxtest.Server, mails int) (float64, error) {
	folder, err := os.MkdirTemp("", "emne-bench-mbsync-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	config := filepath.Join(folder, "mbsyncrc")
	text := fmt.Sprintf("IMAPStore far\nHost %s\nPort %d\nUser %s\nPass %s\nSSLType None\nAuthMechs LOGIN\n\nMaildirStore near\nPath %s/\nInbox %s/INBOX\n\nChannel all\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\nSyncState *\n",
		s.Host, s.Port, user, password, folder, folder)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return 0, err
	}
	begun := time.Now()
	cmd := exec.CommandContext(ctx, "mbsync", "-q", "-c", config, "all")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	took := time.Since(begun).Seconds()
	n := 0
	for _, part := range []string{"cur", "new"} {
		d, err := os.Open(filepath.Join(folder, "INBOX", part))
		if err != nil {
			return 0, err
		}
		names, err := d.Readdirnames(-1)
		d.Close()
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		n += len(names)
	}
	if n != mails {
		return 0, fmt.Errorf("it wrote %d mails", n)
	}
	return took, nil
}

// median is the middle of what was measured.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
