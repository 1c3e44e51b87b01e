package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// readerPart is the argument by which the program starts itself to read a
// mailbox in a process of its own, whose memory is emne's alone.
const readerPart = "read-mailbox"

// How much of the way is gone.
const (
	fetchOnly  = "fetch"
	fetchParse = "parse"
	wholePath  = "whole"
)

// reading says what to read; it is the reader's standard input.
type reading struct {
	Host string
	Port int
	// Mails is how many there are.
	Mails   int
	Extent  string
	Profile string // file for a CPU profile, "" for none
	// Original is a database to begin with a copy of, "" for an empty one.
	Original string
}

// readout is what the reader measured; it is its standard output.
type readout struct {
	Seconds float64
	// User and System are the seconds of processor time for it.
	User, System float64
	// MemoryKB is the most that was resident.
	MemoryKB int64
	Leads    int
	// Database is its size in bytes.
	Database int64
}

// readMailbox reads a whole mailbox as emne serve does.
func readMailbox(ctx context.Context, in io.Reader, out io.Writer) error {
	var what reading
	if err := json.NewDecoder(in).Decode(&what); err != nil {
		return fmt.Errorf("reading what to do: %w", err)
	}
	folder, err := os.MkdirTemp("", "emne-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "emne.db")
	if what.Original != "" {
		if err := copyFile(file, what.Original); err != nil {
			return err
		}
	}
	db, err := store.OpenSQLite(ctx, file, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	service := process.New(process.Options{Store: db, Key: make([]byte, 32)})
	parse := message.Parser(message.Options{Region: "NO"})
	counted := &counter{MailRecorder: service, left: what.Mails, done: make(chan struct{})}
	if what.Extent != wholePath {
		counted.MailRecorder = &forgetful{}
	}
	if what.Extent == fetchOnly {
		parse = func(_ intake.Raw, at intake.MailboxUID, received time.Time) intake.Mail {
			return intake.Mail{At: at, ReceivedAt: received, From: strconv.Itoa(int(at.UID))}
		}
	}
	m, err := mailbox.New(mailbox.Options{Recorder: counted, Parse: parse, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Account: mailbox.Account{Name: "sales", Address: user, Host: what.Host, Port: what.Port, TLS: mailbox.TLSNone, Password: password, Backfill: mailbox.Backfill{All: true}}})
	if err != nil {
		return err
	}
	if what.Profile != "" {
		profile, err := os.Create(what.Profile)
		if err != nil {
			return err
		}
		defer profile.Close()
		if err := pprof.StartCPUProfile(profile); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	begun, before := time.Now(), syscall.Rusage{}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		return err
	}
	go func() { ended <- m.Run(ctx) }()
	select {
	case <-counted.done:
	case err := <-ended:
		return fmt.Errorf("the mailbox was left before its end: %v", err)
	}
	result, after := readout{Seconds: time.Since(begun).Seconds()}, syscall.Rusage{}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		return err
	}
	result.User = time.Duration(after.Utime.Nano() - before.Utime.Nano()).Seconds()
	result.System = time.Duration(after.Stime.Nano() - before.Stime.Nano()).Seconds()
	cancel()
	if err := <-ended; err != nil {
		return err
	}
	if result.MemoryKB, err = peakMemory(); err != nil {
		return err
	}
	if what.Extent == wholePath {
		if result.Leads, err = leads(service); err != nil {
			return err
		}
		if info, err := os.Stat(file); err == nil {
			result.Database = info.Size()
		}
	}
	return json.NewEncoder(out).Encode(result)
}

// counter says when all mails are committed.
type counter struct {
	intake.MailRecorder
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *counter) ReceiveMails(ctx context.Context, a intake.Actor, ms []intake.Mail) ([]intake.Receipt, error) {
	rs, err := c.MailRecorder.ReceiveMails(ctx, a, ms)
	if err != nil {
		return rs, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range rs {
		if r.Repeated {
			continue
		}
		if c.left--; c.left == 0 {
			close(c.done)
		}
	}
	return rs, nil
}

// forgetful records nothing.
type forgetful struct{}

func (*forgetful) StartMailbox(_ context.Context, _ intake.Actor, b intake.MailboxStart) (intake.MailboxStart, error) {
	return b, nil
}
func (*forgetful) PrepareMail(context.Context, intake.Actor, *intake.Mail) error { return nil }
func (*forgetful) ReceiveMails(_ context.Context, _ intake.Actor, ms []intake.Mail) ([]intake.Receipt, error) {
	return make([]intake.Receipt, len(ms)), nil
}
func (*forgetful) MoveCursor(context.Context, intake.Actor, intake.MailboxUID) error { return nil }
func (*forgetful) MailsToMark(context.Context, string, uint32) ([]uint32, error)     { return nil, nil }
func (*forgetful) MailsMarked(context.Context, intake.Actor, string, uint32, []uint32) error {
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// leads counts those that came from the measured mailbox.
func leads(service *process.Service) (n int, err error) {
	for f := (process.Filter{Limit: process.MaxLimit, Match: map[string]string{"source": "mail:sales"}}); ; {
		page, next, err := service.Leads().List(context.Background(), process.System(), f)
		if err != nil {
			return n, err
		}
		n += len(page)
		if f.Cursor = next; next == "" {
			return n, nil
		}
	}
}

// peakMemory is the most that this process had resident, in KiB.
func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		}
	}
	return 0, fmt.Errorf("the machine does not say how much memory was used")
}
