package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/emne/emne/documents"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// The ways to a one-page invoice.
const (
	wayHybrid, wayUnicode, wayGofpdf   = "emne, hybrid", "emne, Unicode fonts", "bare gofpdf, core fonts"
	wayWkhtml, wayWeasy, wayWeasyOne   = "wkhtmltopdf", "WeasyPrint", "WeasyPrint, one process"
	wayChromium, wayBrowser            = "Chromium, a start each", "Chromium, one browser"
	wantWkhtml, wantUnicode, wantLimit = 250.0, 50.0, 0.4
)

// paperWay makes n documents, and says how long that took and how many seconds
// of processor time.
type paperWay struct {
	name string
	n    int
	run  func(ctx context.Context, n int) (spent, error)
}

type spent struct{ wall, cpu float64 }

// measureDocuments makes one-page invoices in every way, in rounds that take
// turns: emne (model, XML and PDF/A-3 in one file), bare gofpdf drawing the
// same text in the same places, and the programs that print the same invoice
// from HTML, without XML and not as PDF/A. Ratios are told both by the clock, which
// is what a core makes a second of one after the other, and of processor time:
// wkhtmltopdf waits most of its half second.
func measureDocuments(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("documents", flag.ContinueOnError)
	n := flags.Int("documents", 1000, "how many documents emne and gofpdf make a round")
	peers := flags.Int("peers", 3, "how many documents the peers make a round")
	rounds := flags.Int("rounds", 5, "how often each way is gone")
	memory := flags.Int("memory", 10_000, "documents for the measurement of memory; 0 leaves it out")
	if err := flags.Parse(args); err != nil {
		return err
	}
	texts, err := templates.Open("")
	if err != nil {
		return err
	}
	renderer, err := pdf.New(texts, pdf.Options{})
	if err != nil {
		return err
	}
	d := documents.New(renderer)
	latin, err := invoiceSample()
	if err != nil {
		return err
	}
	html, err := invoiceHTML(latin)
	if err != nil {
		return err
	}
	drawn, err := d.Render(latin)
	if err != nil {
		return err
	}
	marks, err := drawnText(drawn)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "emne-bench-documents-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	page := filepath.Join(folder, "invoice.html")
	if err := os.WriteFile(page, html, 0o600); err != nil {
		return err
	}
	render := func(s process.Snapshot) func(context.Context, int) (spent, error) {
		return repeated(func() error { _, err := d.Render(s); return err })
	}
	ways := append([]paperWay{{wayHybrid, *n, render(latin)}, {wayUnicode, max(*n/4, 1), render(inUnicode(latin))},
		{wayGofpdf, *n, repeated(func() error { return bareGofpdf(marks) })}}, htmlWays(page, filepath.Join(folder, "out.pdf"), *peers)...)
	fmt.Printf("documents: a one-page invoice with %d pieces of text, %d KB with its XML; %d rounds\n", len(marks), len(drawn)>>10, *rounds)
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Printf("  load of the machine at the beginning: %s", load)
	}
	took := map[string][]spent{}
	for range *rounds {
		for _, w := range ways {
			s, err := w.run(ctx, w.n)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			took[w.name] = append(took[w.name], spent{s.wall / float64(w.n), s.cpu / float64(w.n)})
		}
	}
	printDocuments(ways, took)
	if *memory > 0 {
		return flatMemory(*memory, func() error { _, err := d.Render(latin); return err })
	}
	return nil
}

// repeated makes documents in this process.
func repeated(one func() error) func(context.Context, int) (spent, error) {
	return func(ctx context.Context, n int) (spent, error) {
		runtime.GC()
		cpu, begun := usage(syscall.RUSAGE_SELF), time.Now()
		for range n {
			if err := errors.Join(ctx.Err(), one()); err != nil {
				return spent{}, err
			}
		}
		return spent{time.Since(begun).Seconds(), usage(syscall.RUSAGE_SELF) - cpu}, nil
	}
}

// usage are the seconds of processor time of this process or its children.
func usage(who int) float64 {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func printDocuments(ways []paperWay, took map[string][]spent) {
	middle := func(way string) (wall, cpu float64) {
		var walls, cpus []float64
		for _, s := range took[way] {
			walls, cpus = append(walls, s.wall), append(cpus, s.cpu)
		}
		return median(walls), median(cpus)
	}
	_, ours := middle(wayHybrid)
	for _, w := range ways {
		wall, cpu := middle(w.name)
		fmt.Printf("  %-24s %9.1f documents/s, %9.1f a second of one core (%.3f ms of processor time, %.3f ms by the clock), emne's hybrid is %.2f times as fast\n",
			w.name, 1/wall, 1/cpu, cpu*1000, wall*1000, cpu/ours)
	}
	target := func(what, way, peer string, want float64) {
		if len(took[way]) == 0 || len(took[peer]) == 0 {
			return
		}
		wall, cpu := middle(way)
		peerWall, peerCPU := middle(peer)
		word := func(times float64) string {
			if times < want {
				return "missed"
			}
			return "reached"
		}
		fmt.Printf("  %s, to reach %.1f: %.2f by the clock, one after the other: %s; %.2f of processor time: %s\n",
			what, want, peerWall/wall, word(peerWall/wall), peerCPU/cpu, word(peerCPU/cpu))
	}
	target("times wkhtmltopdf", wayHybrid, wayWkhtml, wantWkhtml)
	target("times wkhtmltopdf with Unicode fonts", wayUnicode, wayWkhtml, wantUnicode)
	target("of bare gofpdf", wayHybrid, wayGofpdf, wantLimit)
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Printf("  load of the machine at the end: %s", load)
	}
}

// flatMemory makes many documents and compares what is resident and what is
// live after a tenth of them with the end.
func flatMemory(n int, one func() error) error {
	look := func() (resident string, live uint64) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return "unknown", m.HeapAlloc
		}
		for line := range strings.Lines(string(status)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				resident = strings.TrimSpace(rest)
			}
		}
		return resident, m.HeapAlloc
	}
	var early string
	var before uint64
	for i := range n {
		if err := one(); err != nil {
			return err
		}
		if i+1 == max(n/10, 1) {
			early, before = look()
		}
	}
	late, after := look()
	fmt.Printf("  memory: resident %s and live %d KB after %d documents, %s and %d KB after %d\n", early, before>>10, max(n/10, 1), late, after>>10, n)
	return nil
}

// htmlWays are the peers that are installed; of the others it is said how to
// get them.
func htmlWays(page, out string, n int) []paperWay {
	var ways []paperWay
	command := func(name, program, debian string, args ...string) {
		if _, err := exec.LookPath(program); err != nil {
			fmt.Printf("  %s is not installed (on Debian: apt-get install %s): not measured\n", program, debian)
			return
		}
		ways = append(ways, paperWay{name, n, func(ctx context.Context, n int) (s spent, err error) {
			begun := time.Now()
			for range n {
				cmd := exec.CommandContext(ctx, program, args...)
				cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen")
				if said, err := cmd.CombinedOutput(); err != nil {
					return s, fmt.Errorf("%w: %s", err, said)
				}
				s.cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
			}
			s.wall = time.Since(begun).Seconds()
			return s, printed(out)
		}})
	}
	command(wayWkhtml, "wkhtmltopdf", "wkhtmltopdf", "--quiet", page, out)
	command(wayWeasy, "weasyprint", "weasyprint", "--quiet", page, out)
	ways = append(ways, weasyOne(page, out, n)...)
	command(wayChromium, "chromium", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+page)
	if _, err := exec.LookPath("chromium"); err == nil {
		ways = append(ways, paperWay{wayBrowser, 10 * n, func(ctx context.Context, n int) (spent, error) { return oneBrowser(ctx, page, n) }})
	}
	return ways
}

// printed refuses a peer's file that is no PDF, and takes it away.
func printed(out string) error {
	b, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(b), "%PDF-") {
		return fmt.Errorf("%d bytes were printed, and no PDF", len(b))
	}
	return os.Remove(out)
}
