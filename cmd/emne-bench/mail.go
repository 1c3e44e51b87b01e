package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
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

// The ways that emne goes.
const (
	wayBare, wayFetch, wayParse, wayWhole = "bare socket", "emne, fetch alone", "emne, fetch and parse", "emne, whole path"
	wayMbsync, wayFilled                  = "mbsync to a Maildir", "emne, full database"
	wayRows                               = "bare rows of SQLite"
)

// The bars: the whole path by the bare socket (the floor, and what is aimed
// at) and by mbsync, the memory, and what a mail may cost in a full database by
// what it costs in an empty one.
const (
	wantedSocket, aimedSocket = 0.1, 0.2
	wantedMbsync              = 5
	wantedMemoryMB            = 150
	wantedFilled              = 1.3
)

// measureMail reads one mailbox in every way, one after the other, several
// rounds, and prints the ratios of the medians.
func measureMail(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("mail", flag.ContinueOnError)
	mails := flags.Int("mails", 10_000, "how many mails the mailbox has")
	rounds := flags.Int("rounds", 3, "how often each way is gone")
	before := flags.Int("before", 500_000, "small mails in the full database; 0 leaves that way out")
	profile := flags.String("profile", "", "file for a CPU profile of the whole path")
	alone := flags.String("alone", "", "the one way to go beside the bare socket, by its name, to look at it closely")
	flush := flags.Duration("flush", 0, "what each flush of the disk takes longer, for emne and for mbsync alike: few disks are as fast as a server's cache (needs strace)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return withDovecot(func(s *mailboxtest.Server) error {
		size := 0
		mailboxtest.Letters(*mails, func(raw []byte) {
			size += len(raw)
			s.Deliver(user, raw)
		})
		fmt.Printf("mail: one Dovecot mailbox, %d mails, %d MB, %d rounds, seed 1\n", *mails, size>>20, *rounds)
		if _, err := bareFetch(ctx, s, *mails); err != nil { // the server makes its indexes
			return err
		}
		m := &measured{mails: *mails, took: map[string][]float64{}, reads: map[string][]readout{}}
		read := func(name string, what reading) way {
			what.Host, what.Port, what.Mails = s.Host, s.Port, *mails
			return way{name, func() (float64, error) {
				r, err := emne(withFlush(ctx, *flush), what)
				m.reads[name] = append(m.reads[name], r)
				return r.Seconds, err
			}}
		}
		ways := []way{
			{wayBare, func() (float64, error) { return bareFetch(ctx, s, *mails) }},
			read(wayFetch, reading{Extent: fetchOnly}),
			read(wayParse, reading{Extent: fetchParse}),
			read(wayWhole, reading{Extent: wholePath, Profile: *profile}),
			{wayRows, func() (float64, error) { return bareRows(ctx, *mails) }},
		}
		if *before > 0 {
			filled, err := filledDatabase(ctx, *before)
			if err != nil {
				return err
			}
			defer os.RemoveAll(filepath.Dir(filled))
			ways = append(ways, read(wayFilled, reading{Extent: wholePath, Original: filled}))
		}
		if _, err := exec.LookPath("mbsync"); err == nil {
			ways = append(ways, way{wayMbsync, func() (float64, error) { return mbsync(withFlush(ctx, *flush), s, *mails) }})
		} else {
			fmt.Println("  mbsync is not installed (on Debian: apt-get install isync): not measured")
		}
		if *flush > 0 {
			fmt.Printf("  each flush of the disk takes %s longer, but for bare rows\n", *flush)
		}
		if *alone != "" {
			ways = slices.DeleteFunc(ways, func(w way) bool { return w.name != wayBare && w.name != *alone })
		}
		for range *rounds {
			for _, w := range ways {
				seconds, err := w.run()
				if err != nil {
					return fmt.Errorf("%s: %w", w.name, err)
				}
				m.took[w.name] = append(m.took[w.name], seconds)
			}
		}
		m.print(ways)
		if *alone != "" {
			return nil
		}
		m.compare(*before)
		for _, r := range append(m.reads[wayWhole], m.reads[wayFilled]...) {
			if r.Leads != *mails {
				return fmt.Errorf("%d mails became %d leads", *mails, r.Leads)
			}
		}
		return m.missed()
	})
}

// measured are the seconds that each way took, and what the readers said.
type measured struct {
	mails int
	took  map[string][]float64
	reads map[string][]readout
}

// micros is the median of what a mail took, in µs.
func (m *measured) micros(way string) float64 { return median(m.took[way]) * 1e6 / float64(m.mails) }

// cpu is the median of the processor time of a mail, in µs.
func (m *measured) cpu(way string) float64 {
	var all []float64
	for _, r := range m.reads[way] {
		all = append(all, r.User+r.System)
	}
	return median(all) * 1e6 / float64(m.mails)
}

func (m *measured) memoryMB(way string) int64 {
	return slices.MaxFunc(m.reads[way], func(a, b readout) int { return cmp.Compare(a.MemoryKB, b.MemoryKB) }).MemoryKB >> 10
}

// missed names the bars that were missed.
func (m *measured) missed() error {
	var out []string
	bar := func(met bool, format string, args ...any) {
		if !met {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	whole := m.micros(wayWhole)
	bar(m.micros(wayBare)/whole >= wantedSocket, "%.3f of the bare socket", m.micros(wayBare)/whole)
	bar(m.memoryMB(wayWhole) < wantedMemoryMB, "%d MB resident", m.memoryMB(wayWhole))
	if len(m.took[wayMbsync]) > 0 {
		bar(m.micros(wayMbsync)/whole >= wantedMbsync, "%.1f times mbsync", m.micros(wayMbsync)/whole)
	}
	if len(m.took[wayFilled]) > 0 {
		bar(m.micros(wayFilled)/whole <= wantedFilled, "%.2f times the cost in a full database", m.micros(wayFilled)/whole)
	}
	if len(out) > 0 {
		return fmt.Errorf("mail, %w: %s", errBar, strings.Join(out, "; "))
	}
	return nil
}

// print tells what each way took.
func (m *measured) print(ways []way) {
	raw := m.micros(wayBare)
	for _, w := range ways {
		t := m.micros(w.name)
		fmt.Printf("  %-22s %7.2f s %8.0f mails/s %6.3f of the bare socket", w.name, t*float64(m.mails)/1e6, 1e6/t, raw/t)
		if rs := m.reads[w.name]; len(rs) > 0 {
			fmt.Printf(", %.0f µs of processor time a mail, %d MB resident at most", m.cpu(w.name), m.memoryMB(w.name))
		}
		fmt.Println()
	}
}

// compare tells where the time goes, and the ratios that have a bar.
func (m *measured) compare(before int) {
	raw := m.micros(wayBare)
	fmt.Printf("  where the time goes, a mail: fetch %.0f µs, parse %.0f µs, record and commit %.0f µs; of the processor: %.0f, %.0f and %.0f µs\n",
		m.micros(wayFetch), m.micros(wayParse)-m.micros(wayFetch), m.micros(wayWhole)-m.micros(wayParse),
		m.cpu(wayFetch), m.cpu(wayParse)-m.cpu(wayFetch), m.cpu(wayWhole)-m.cpu(wayParse))
	fmt.Printf("  whole path: %.3f of the bare socket (wanted: %.1f, aimed at: %.1f), %.2f of bare rows in the same engine\n",
		raw/m.micros(wayWhole), wantedSocket, aimedSocket, m.micros(wayRows)/m.micros(wayWhole))
	if len(m.took[wayMbsync]) > 0 {
		fmt.Printf("  %.1f times mbsync (wanted: %d)\n", m.micros(wayMbsync)/m.micros(wayWhole), wantedMbsync)
	}
	fmt.Printf("  the database has %.0f KB a mail\n", float64(m.reads[wayWhole][0].Database)/1024/float64(m.mails))
	if before > 0 {
		fmt.Printf("  with %d mails in the database a mail takes %.2f times as long, and %.2f times the processor time (wanted: %.1f)\n", before,
			m.micros(wayFilled)/m.micros(wayWhole), m.cpu(wayFilled)/m.cpu(wayWhole), wantedFilled)
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Printf("  load of the machine at the end: %s", load)
	}
}

// filledDatabase makes the database that the filler fills, in a folder of its own.
func filledDatabase(ctx context.Context, mails int) (file string, err error) {
	folder, err := os.MkdirTemp("", "emne-bench-")
	if err != nil {
		return "", err
	}
	file = filepath.Join(folder, "emne.db")
	begun := time.Now()
	if err := self(ctx, fillPart, filling{File: file, Mails: mails}, nil); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	fmt.Printf("  a database with %d small mails was made in %.0f s\n", mails, time.Since(begun).Seconds())
	return file, nil
}

// way is one way to read the mailbox; it says how many seconds it took.
type way struct {
	name string
	run  func() (float64, error)
}

// emne reads the mailbox in a process of its own.
func emne(ctx context.Context, what reading) (r readout, err error) {
	err = self(ctx, readerPart, what, &r)
	return r, err
}

// self runs a part of this program in a process of its own.
func self(ctx context.Context, part string, in, out any) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	what, err := json.Marshal(in)
	if err != nil {
		return err
	}
	cmd := flushing(ctx, program, part)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(what), os.Stderr
	said, err := cmd.Output()
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(said, out)
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
	cmd := flushing(ctx, "mbsync", "-q", "-c", config, "all")
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

type flushKey struct{}

// withFlush says what a flush of the disk takes longer in the programs of ctx.
func withFlush(ctx context.Context, longer time.Duration) context.Context {
	return context.WithValue(ctx, flushKey{}, longer)
}

// flushing is a program whose flushes of the disk take as much longer as ctx says.
func flushing(ctx context.Context, name string, args ...string) *exec.Cmd {
	longer, _ := ctx.Value(flushKey{}).(time.Duration)
	if longer <= 0 {
		return exec.CommandContext(ctx, name, args...)
	}
	calls := "fsync,fdatasync"
	return exec.CommandContext(ctx, "strace", append([]string{"-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "-e", "trace=" + calls,
		"-e", fmt.Sprintf("inject=%s:delay_exit=%d", calls, longer.Microseconds()), name}, args...)...)
}

// median is the middle of what was measured.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
