package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/jung-kurt/gofpdf"
)

// pieceOfText is one that a page shows, in Windows-1252, where it stands.
type pieceOfText struct {
	x, y, size float64
	text       string
}

var (
	pageStream = regexp.MustCompile(`(?s)<</Filter /FlateDecode /Length (\d+)>>\nstream\n`)
	textShown  = regexp.MustCompile(`(?s)/F\w+ ([0-9.]+) Tf|BT ([0-9.-]+) ([0-9.-]+) Td \((.*?)\) Tj ET`)
)

// drawnText reads what a page of emne shows, so that gofpdf can draw just that.
func drawnText(file []byte) ([]pieceOfText, error) {
	var out []pieceOfText
	for _, at := range pageStream.FindAllIndex(file, -1) {
		r, err := zlib.NewReader(bytes.NewReader(file[at[1]:]))
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		size := 9.0
		for _, m := range textShown.FindAllSubmatch(content, -1) {
			if len(m[1]) > 0 {
				if size, err = strconv.ParseFloat(string(m[1]), 64); err != nil {
					return nil, err
				}
				continue
			}
			x, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				return nil, err
			}
			y, err := strconv.ParseFloat(string(m[3]), 64)
			if err != nil {
				return nil, err
			}
			out = append(out, pieceOfText{x, 841.89 - y, size, strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`).Replace(string(m[4]))})
		}
	}
	if len(out) < 20 {
		return nil, fmt.Errorf("only %d pieces of text were found on emne's page", len(out))
	}
	return out, nil
}

// bareGofpdf is the limit: the library that emne draws with, a font that needs
// no embedding, nothing but text.
func bareGofpdf(marks []pieceOfText) error {
	p := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: gofpdf.SizeType{Wd: 595.28, Ht: 841.89}})
	p.SetAutoPageBreak(false, 0)
	p.AddPage()
	for _, m := range marks {
		p.SetFont("Helvetica", "", m.size)
		p.Text(m.x, m.y, m.text)
	}
	return p.Output(io.Discard)
}

// weasyLoop prints the page several times and says what that took.
const weasyLoop = `import sys, time, weasyprint
page, out, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
weasyprint.HTML(page).write_pdf(out)
wall, cpu = time.perf_counter(), time.process_time()
for _ in range(n):
    weasyprint.HTML(page).write_pdf(out)
print(time.perf_counter() - wall, time.process_time() - cpu)
`

// weasyOne is WeasyPrint as a library, after one document to warm up.
func weasyOne(page, out string, n int) []paperWay {
	python := "/usr/bin/python3" // Debian's has the library, whatever else is called python3
	if exec.Command(python, "-c", "import weasyprint").Run() != nil {
		return nil
	}
	return []paperWay{{wayWeasyOne, n, func(ctx context.Context, n int) (s spent, err error) {
		cmd := exec.CommandContext(ctx, python, "-c", weasyLoop, page, out, strconv.Itoa(n))
		said, err := cmd.Output()
		if err != nil {
			return s, err
		}
		if _, err := fmt.Sscan(string(said), &s.wall, &s.cpu); err != nil {
			return s, fmt.Errorf("it said %q: %w", said, err)
		}
		return s, printed(out)
	}}}
}

// oneBrowser prints in one running browser. The clock begins after the first
// document; the processor time holds the browser's start, spread over n.
func oneBrowser(ctx context.Context, file string, n int) (spent, error) {
	before := usage(syscall.RUSAGE_CHILDREN)
	wall, err := func() (float64, error) {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))
		ctx, stop := chromedp.NewExecAllocator(ctx, options...)
		defer stop()
		ctx, end := chromedp.NewContext(ctx)
		defer end()
		one := func() error {
			if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
				return err
			}
			out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: new(true), PreferCSSPageSize: new(true)})
			if err == nil && !bytes.HasPrefix(out.Data, []byte("%PDF-")) {
				err = fmt.Errorf("%d bytes were printed, and no PDF", len(out.Data))
			}
			return err
		}
		if err := one(); err != nil {
			return 0, err
		}
		begun := time.Now()
		for range n {
			if err := one(); err != nil {
				return 0, err
			}
		}
		return time.Since(begun).Seconds(), chromedp.Cancel(ctx)
	}()
	return spent{wall, usage(syscall.RUSAGE_CHILDREN) - before}, err
}
