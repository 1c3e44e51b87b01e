package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emne/emne/process"
)

// tool runs a program of Debian's poppler-utils or qpdf on a document and
// answers what it prints.
func tool(t *testing.T, input []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: apt-get install poppler-utils qpdf", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

func render(t *testing.T, r *Renderer, s process.Snapshot) []byte {
	t.Helper()
	b, err := r.Render(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// indirect is the object that "key n 0 R" names in b.
func indirect(t *testing.T, b []byte, key string) string {
	t.Helper()
	m := regexp.MustCompile(key + `\[?(\d+) 0 R`).FindSubmatch(b)
	if m == nil {
		t.Fatalf("no %s", key)
	}
	start := bytes.Index(b, []byte("\n"+string(m[1])+" 0 obj\n"))
	if start < 0 {
		t.Fatalf("no object %s for %s", m[1], key)
	}
	body := b[start+1:]
	return string(body[:bytes.Index(body, []byte("endobj"))])
}

func TestStructure(t *testing.T) {
	r := newRenderer(t)
	for name, s := range samples() {
		t.Run(name, func(t *testing.T) {
			b := render(t, r, s)
			if !bytes.HasPrefix(b, []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")) || !bytes.HasSuffix(b, []byte("\n%%EOF\n")) {
				t.Error("header or end is wrong")
			}
			if n := bytes.Count(b, []byte("%%EOF")); n != 1 {
				t.Errorf("%d ends", n)
			}
			catalog := indirect(t, b, "/Root ")
			for _, want := range []string{"/Type/Catalog", "/Pages 1 0 R", "/Metadata ", "/OutputIntents[", "/Lang(", "/DisplayDocTitle true"} {
				if !strings.Contains(catalog, want) {
					t.Errorf("the catalog has no %s", want)
				}
			}
			xmp := indirect(t, b, "/Metadata ")
			for _, want := range []string{"<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>",
				"<xmp:CreateDate>2026-11-23T08:30:00+00:00</xmp:CreateDate>", "<rdf:li>Fjellheim Snekkeri AS</rdf:li>"} {
				if !strings.Contains(xmp, want) {
					t.Errorf("the metadata has no %s", want)
				}
			}
			if intent := indirect(t, b, "/OutputIntents"); !strings.Contains(intent, "/S/GTS_PDFA1") || !strings.Contains(intent, "/DestOutputProfile") {
				t.Errorf("output intent %s", intent)
			}
			if info := indirect(t, b, "/Info "); !strings.Contains(info, "/CreationDate(D:20261123083000+00'00')") || !strings.Contains(info, "/Producer (emne)") {
				t.Errorf("information %s", info)
			}
			if !regexp.MustCompile(`/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]`).Match(b) {
				t.Error("no identifiers")
			}
			for _, never := range []string{"/Type1", "/JavaScript", "/DeviceCMYK", "/SMask", "/OpenAction", "/Encrypt"} {
				if bytes.Contains(b, []byte(never)) {
					t.Errorf("PDF/A has no %s", never)
				}
			}
			for l := range strings.Lines(tool(t, b, "pdffonts", "-")) {
				if f := strings.Fields(l); strings.Contains(l, "TrueType") && f[len(f)-5] != "yes" {
					t.Errorf("font not embedded: %s", l)
				}
			}
			qpdf(t, b)
		})
	}
}

func TestFontPaths(t *testing.T) {
	r := newRenderer(t)
	for name, want := range map[string]string{"invoice": "WinAnsi", "invoice-jpy": "Identity-H", "invoice-draft-unicode": "Identity-H", "credit-note": "WinAnsi"} {
		if fonts := tool(t, render(t, r, samples()[name]), "pdffonts", "-"); strings.Count(fonts, want) != 2 {
			t.Errorf("%s: fonts\n%swant two of %s", name, fonts, want)
		}
	}
}

func TestDeterminism(t *testing.T) {
	first, second := newRenderer(t), newRenderer(t)
	for name, s := range samples() {
		a := render(t, first, s)
		for range 3 {
			if !bytes.Equal(a, render(t, second, s)) {
				t.Errorf("%s differs from run to run", name)
				break
			}
		}
	}
}

func TestConcurrency(t *testing.T) {
	r := newRenderer(t)
	all := samples()
	want := map[string][32]byte{}
	for name, s := range all {
		want[name] = sha256.Sum256(render(t, r, s))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range slices.Sorted(maps.Keys(all)) {
				b, err := r.Render(all[name])
				if err != nil || sha256.Sum256(b) != want[name] {
					t.Errorf("%s beside others: other bytes, error %v", name, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestAttachments(t *testing.T) {
	r := newRenderer(t)
	xml := []byte(`<?xml version="1.0"?><Invoice>Åsgård</Invoice>`)
	files := []Attachment{{Name: "z.txt", MIME: "text/plain", Content: []byte("later")},
		{Name: "factur-x.xml", Description: "Faktura (XML) på norsk", MIME: "text/xml", Relationship: "Alternative", Content: xml}}
	b, err := r.RenderWith(samples()["invoice"], files)
	if err != nil {
		t.Fatal(err)
	}
	qpdf(t, b)
	catalog := indirect(t, b, "/Root ")
	if !regexp.MustCompile(`/AF\[\d+ 0 R \d+ 0 R \]/Names<</EmbeddedFiles<</Names\[\(factur-x.xml\) \d+ 0 R \(z.txt\) \d+ 0 R \]>>>>`).MatchString(catalog) {
		t.Errorf("catalog %s", catalog)
	}
	for _, want := range []string{"/AFRelationship/Alternative", "/AFRelationship/Unspecified", "/Subtype/text#2Fxml", fmt.Sprintf("/Size %d", len(xml)), "/ModDate(D:20261123083000+00'00')"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	path := t.TempDir() + "/a.pdf"
	write(t, path, b)
	if got := tool(t, nil, "qpdf", "--show-attachment=factur-x.xml", path); got != string(xml) {
		t.Errorf("attached %q", got)
	}
	if strings.Contains(indirect(t, b, "/Metadata "), "urn:factur-x") {
		t.Error("the metadata name an invoice that is none")
	}
	files[1].FacturX = "EN 16931"
	if b, err = r.RenderWith(samples()["invoice"], files); err != nil {
		t.Fatal(err)
	}
	xmp := indirect(t, b, "/Metadata ")
	for _, want := range []string{`xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"`, "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
		"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"} {
		if !strings.Contains(xmp, want) {
			t.Errorf("the metadata have no %s", want)
		}
	}
}

func TestProfile(t *testing.T) {
	p := sRGB()
	if int(binary.BigEndian.Uint32(p)) != len(p) || string(p[36:40]) != "acsp" || string(p[12:24]) != "mntrRGB XYZ " || len(p)%4 != 0 {
		t.Fatalf("header of %d bytes is wrong", len(p))
	}
	// Published colorants of sRGB, adapted to D50 by Bradford, in s15Fixed16.
	want := map[string][3]float64{"rXYZ": {0.4361, 0.2225, 0.0139}, "gXYZ": {0.3851, 0.7169, 0.0971}, "bXYZ": {0.1431, 0.0606, 0.7141}}
	found := 0
	for i := range int(u32(p, 128)) {
		entry := p[132+12*i:]
		at, size := int(u32(entry, 4)), int(u32(entry, 8))
		if at+size > len(p) || at%4 != 0 {
			t.Fatalf("tag %s lies outside", entry[:4])
		}
		w, ok := want[string(entry[:4])]
		for j := range w {
			if got := float64(int32(u32(p, at+8+4*j))) / 65536; ok && (got-w[j] > 0.0003 || w[j]-got > 0.0003) {
				t.Errorf("%s[%d] is %.4f, want %.4f", entry[:4], j, got, w[j])
			}
		}
		if ok {
			found++
		}
	}
	if found != 3 {
		t.Errorf("%d colorants", found)
	}
}

func TestArchiveRefusesOtherFiles(t *testing.T) {
	for _, in := range []string{"", "startxref\n", "startxref\n99\n%%EOF", "startxref\n0\nxref\n0 900\n", strings.Repeat("x", 50) + "xref\n0 5\n" + "startxref\n50\n%%EOF"} {
		if b, err := archive([]byte(in), archived{}); err == nil {
			t.Errorf("%q became %d bytes", in, len(b))
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r := newRenderer(b)
	all := samples()
	for _, name := range []string{"invoice", "invoice-60", "invoice-long", "invoice-jpy"} {
		s := all[name]
		c, err := compose(r.look, r.labels.Labels("documents", s.Language), s)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				out, err := r.Render(s)
				if err != nil {
					b.Fatal(err)
				}
				size = len(out)
			}
			b.ReportMetric(float64(b.N*len(c.pages))/b.Elapsed().Seconds(), "pages/s")
			b.ReportMetric(float64(size), "bytes/document")
		})
		b.Run(name+"-parallel", func(b *testing.B) {
			b.SetParallelism(runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := r.Render(s); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N*len(c.pages))/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
