package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
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
	// Mails is how many there are, Before how many small ones are in the
	// database already.
	Mails, Before int
	Extent        string
	Profile       string // file for a CPU profile, "" for none
}

// readout is what the reader measured; it is its standard output.
type readout struct {
	Seconds float64
	// CPU is the seconds of processor time, its start included.
	CPU float64
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
	db, err := store.OpenSQLite(ctx, file, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	service := process.New(process.Options{Store: db, Key: make([]byte, 32)})
	parse := message.Parser(message.Options{Region: "NO"})
	if err := fill(ctx, service, parse, what.Before); err != nil {
		return err
	}
	runtime.GC()
	counted := &counter{MailRecorder: service, left: what.Mails, done: make(chan struct{})}
	if what.Extent != wholePath {
		counted.MailRecorder = &forgetful{}
	}
	if what.Extent == fetchOnly {
		parse = func(raw []byte, at intake.MailboxUID, received time.Time) intake.Mail {
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
	begun := time.Now()
	go func() { ended <- m.Run(ctx) }()
	select {
	case <-counted.done:
	case err := <-ended:
		return fmt.Errorf("the mailbox was left before its end: %v", err)
	}
	result := readout{Seconds: time.Since(begun).Seconds()}
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

func (c *counter) ReceiveMail(ctx context.Context, a intake.Actor, m intake.Mail) (intake.Receipt, error) {
	r, err := c.MailRecorder.ReceiveMail(ctx, a, m)
	if err != nil || r.Repeated {
		return r, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		close(c.done)
	}
	return r, nil
}

// forgetful records nothing.
type forgetful struct{}

func (*forgetful) StartMailbox(_ context.Context, _ intake.Actor, b intake.MailboxStart) (intake.MailboxStart, error) {
	return b, nil
}
func (*forgetful) ReceiveMail(context.Context, intake.Actor, intake.Mail) (intake.Receipt, error) {
	return intake.Receipt{}, nil
}
func (*forgetful) MoveCursor(context.Context, intake.Actor, intake.MailboxUID) error { return nil }

// fill records n small mails of as many senders.
func fill(ctx context.Context, service *process.Service, parse intake.Parser, n int) error {
	if n == 0 {
		return nil
	}
	work, failed := make(chan int), make(chan error, 1)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for i := range work {
				raw := fmt.Appendf(nil, "From: Ola <gammel%d@gammel%d.example>\r\nTo: sales@example.com\r\nSubject: Gammel %d\r\nMessage-ID: <%d@gammel.example>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\n\r\nHei, nummer %d.\r\n", i, i, i, i, i)
				mail := parse(raw, intake.MailboxUID{Mailbox: "gammel", UIDValidity: 1, UID: uint32(i + 1)}, time.Now())
				if _, err := service.ReceiveMail(ctx, intake.Recording("mail"), mail); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	all.Wait()
	select {
	case err := <-failed:
		return fmt.Errorf("filling the database: %w", err)
	default:
		return nil
	}
}

// leads counts those that came from the measured mailbox.
func leads(service *process.Service) (n int, err error) {
	for f := (process.Filter{Limit: process.MaxLimit}); ; {
		page, next, err := service.Leads().List(context.Background(), process.System(), f)
		if err != nil {
			return n, err
		}
		for _, l := range page {
			if l.Source == "mail:sales" {
				n++
			}
		}
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
