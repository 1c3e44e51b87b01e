package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eliasnaur.com/font/roboto/robotobold"

	"github.com/emne/emne/templates"
)

// lookOf is a renderer with a templates folder of the user's.
func lookOf(t *testing.T, files map[string][]byte) (*Renderer, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "documents"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, "documents", name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := templates.Open(dir)
	if err != nil {
		return nil, err
	}
	return New(set, Options{})
}

// logo is w × h pixels: half of it red, the rest nearly transparent.
func logo(t testing.TB, w, h int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{200, 30, 40, 255})
			if x >= w/2 {
				img.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 0})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLayoutProblems(t *testing.T) {
	face, err := parseTypeface(robotobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	bound := bytes.Clone(robotobold.TTF)
	f, err := parseTypeface(bound)
	if err != nil {
		t.Fatal(err)
	}
	f.tables["OS/2"][8], f.tables["OS/2"][9] = 0, restricted
	for layout, want := range map[string]string{
		"accent: petrol\n":                                  "accent",
		"accent: '#112233'\nacent: x\n":                     "layout.yaml:2:",
		"columns: [quantity, vat]\n":                        "columns",
		"columns: [quantity, vat, discount, amount]\n":      "columns",
		"logo: {width: 900}\n":                              "logo.width",
		"logo: {height: 0}\n":                               "logo.height",
		"logo: {side: middle}\n":                            "logo.side",
		"logo: {file: none.png}\n":                          "documents/none.png",
		"logo: {file: regular.ttf}\n":                       "not a PNG or JPEG",
		"fonts: {bold: regular.ttf}\n":                      "fonts.bold",
		"fonts: {regular: broken.ttf}\n":                    "font",
		"fonts: {regular: few.ttf}\n":                       "the font has no",
		"fonts: {regular: bound.ttf}\n":                     "licence",
		"blocks: {terms: perhaps}\n":                        "layout.yaml:1:",
		"accent: '#112233'\nblocks: {totals: false}\n":      "layout.yaml:2:",
		"columns: [vat, discount, unit_price, quantity]\n":  "",
		"logo: {file: logo.png, side: right, name: true}\n": "",
		"fonts: {regular: regular.ttf}\n":                   "",
	} {
		_, err := lookOf(t, map[string][]byte{"layout.yaml": []byte(layout), "regular.ttf": robotobold.TTF, "broken.ttf": robotobold.TTF[:9000],
			"few.ttf": face.subset([]rune("abc")), "bound.ttf": bound, "logo.png": logo(t, 40, 20)})
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", layout, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", layout, err, want)
		}
	}
	if _, err := lookOf(t, map[string][]byte{"logo.gif": nil}); err == nil {
		t.Error("a file that nothing can name is no error")
	}
}

// A logo is printed without alpha, at its side, and the text keeps clear of it.
func TestLogo(t *testing.T) {
	for _, c := range []struct {
		layout string
		x      float64
		named  bool
	}{{"logo: {file: logo.png}\n", leftEdge, false}, {"logo: {file: logo.png, name: true}\n", leftEdge, true}, {"logo: {file: logo.png, side: right}\n", midEdge, true}} {
		r, err := lookOf(t, map[string][]byte{"layout.yaml": []byte(c.layout), "logo.png": logo(t, 2000, 500)})
		if err != nil {
			t.Fatal(err)
		}
		s := samples()["invoice"]
		co, texts := pages(t, r, s)
		inside(t, co)
		m := co.pages[0].marks[0]
		if m.kind != pictureMark || m.x != c.x || m.w != 180 || m.h != 45 {
			t.Errorf("%s: the first mark is %+v", c.layout, m)
		}
		for _, o := range co.pages[0].marks[1:] {
			if o.kind == textMark && o.y-0.75*o.size < m.y+m.h && o.y > m.y && o.x < m.x+m.w && o.x+co.fonts.width(o.text, o.weight, o.size) > m.x {
				t.Errorf("%s: %q stands on the logo", c.layout, o.text)
			}
		}
		if first, _, _ := strings.Cut(texts[0], "\n"); (first == s.Seller.Name) != c.named {
			t.Errorf("%s: the first text is %q", c.layout, first)
		}
		b := render(t, r, s)
		qpdf(t, b)
		if !bytes.Contains(b, []byte("/Subtype /Image")) || bytes.Contains(b, []byte("/SMask")) {
			t.Errorf("%s: no picture, or one with alpha", c.layout)
		}
		if again := render(t, r, s); !bytes.Equal(b, again) {
			t.Errorf("%s: two renderings differ", c.layout)
		}
		if len(r.logo.png) > 60<<10 {
			t.Errorf("the logo takes %d bytes", len(r.logo.png))
		}
	}
}

func TestPicture(t *testing.T) {
	p, err := readPicture(logo(t, 2000, 500), 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(p.png))
	if err != nil {
		t.Fatal(err)
	}
	if at := img.At(img.Bounds().Dx()-1, 3); img.Bounds().Dx() != 416 || img.ColorModel() != color.RGBAModel || at != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("%v, %T %v", img.Bounds(), img.ColorModel(), at)
	}
	if p.w != 100 || p.h != 25 {
		t.Errorf("%g × %g points", p.w, p.h)
	}
	var cmyk bytes.Buffer
	if err := jpeg.Encode(&cmyk, image.NewGray(image.Rect(0, 0, 30, 30)), nil); err != nil {
		t.Fatal(err)
	}
	if p, err := readPicture(cmyk.Bytes(), 100, 100); err != nil || p.w != 30 {
		t.Errorf("a small grey JPEG: %+v, %v", p, err)
	}
	var huge bytes.Buffer
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, 20000, 900))); err != nil {
		t.Fatal(err)
	}
	if _, err := readPicture(huge.Bytes(), 100, 100); err == nil {
		t.Error("a picture of 18 million pixels is taken")
	}
}

func TestColumnsAndBlocks(t *testing.T) {
	r, err := lookOf(t, map[string][]byte{"layout.yaml": []byte("accent: '#aa0011'\ncolumns: [vat, unit_price, quantity, discount]\nblocks: {company_contact: false, references: false, vat_breakdown: false, payment_box: false, terms: false}\n")})
	if err != nil {
		t.Fatal(err)
	}
	s := samples()["invoice"]
	s.PaymentTerms = "Netto 14 dager."
	c, texts := pages(t, r, s)
	if heads := "Beskrivelse\nMva\nPris\nAntall\nRabatt\n"; !strings.Contains(texts[0], heads) {
		t.Errorf("no heads %q in\n%s", heads, texts[0])
	}
	for text, there := range map[string]bool{"post@fjellheim.example": false, "PO-88213": false, "Til konto": false, "Etter forfall": false, "Grunnlag": true, "Netto 14 dager.": true, "07.12.2026": true} {
		if strings.Contains(texts[0], text) != there {
			t.Errorf("%q is there: %v", text, !there)
		}
	}
	if c.accent != (colour{0xaa, 0, 0x11}) {
		t.Errorf("accent %v", c.accent)
	}
	if _, texts := pages(t, r, samples()["quote"]); strings.Contains(texts[0], "Grunnlag") {
		t.Error("a quote has the VAT breakdown that was left out")
	}
}

// A font of the user's draws the documents, and what it lacks is found before.
func TestOwnFont(t *testing.T) {
	face, err := parseTypeface(robotobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	latin := []rune{0x2013, 0x20ac, 0xab, 0xbb, 0xb7, 0xbf, 0x201c, 0x201d, 0xa0}
	for r := rune(' '); r <= 0xFF; r++ {
		latin = append(latin, r)
	}
	r, err := lookOf(t, map[string][]byte{"layout.yaml": []byte("fonts: {regular: own.ttf}\n"), "own.ttf": face.subset(latin)})
	if err != nil {
		t.Fatal(err)
	}
	s := samples()["invoice"]
	b := render(t, r, s)
	qpdf(t, b)
	if !bytes.Contains(b, []byte("Own-Regular")) || bytes.Contains(b, []byte("Roboto")) {
		t.Error("the document is not drawn with the user's font")
	}
	s.Buyer.Name = "\u041f\u0440\u0435\u0434\u043f\u0440\u0438\u044f\u0442\u0438\u0435"
	if gaps := r.Gaps(s); len(gaps) != 1 || gaps[0].Field != "buyer.name" {
		t.Errorf("gaps %v", gaps)
	}
	if gaps := newRenderer(t).Gaps(s); len(gaps) != 0 {
		t.Errorf("the built-in fonts have gaps %v", gaps)
	}
}

// A font from before OS/2 had a height of capitals is as good.
func TestOldFont(t *testing.T) {
	face, err := parseTypeface(robotobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	want := face.capHeight()
	face.tables["OS/2"] = append([]byte{0, 1}, face.tables["OS/2"][2:86]...)
	var all []rune
	for r := rune(' '); r <= 0x20AC; r++ {
		if r <= 0x17F || r > 0x2000 {
			all = append(all, r)
		}
	}
	r, err := lookOf(t, map[string][]byte{"layout.yaml": []byte("fonts: {regular: old.ttf}\n"), "old.ttf": face.subset(all)})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.fonts.faces[regular].capHeight(); got < want-20 || got > want+20 {
		t.Errorf("capitals are %d high, and were %d", got, want)
	}
	s := samples()["invoice"]
	qpdf(t, render(t, r, s))
	s.Title = "Łódź" // by the fonts for all of Unicode
	qpdf(t, render(t, r, s))
}

// FuzzFont reads fonts of strangers.
func FuzzFont(f *testing.F) {
	f.Add(robotobold.TTF[:4000])
	f.Add([]byte("\x00\x01\x00\x00\x00\x0a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if fonts, err := loadFonts(b, b); err == nil && fonts.width("A", regular, 9) < 0 {
			t.Error("a negative width")
		}
	})
}

// FuzzPicture reads pictures of strangers.
func FuzzPicture(f *testing.F) {
	f.Add(logo(f, 4, 4))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := readPicture(b, 50, 50); err == nil && (p.w > 50 || p.h > 50 || len(p.png) == 0) {
			t.Errorf("%g × %g points", p.w, p.h)
		}
	})
}
