package pdf

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A product's picture is a small JPEG on white; what is none is refused.
func TestSmallPicture(t *testing.T) {
	b, err := SmallPicture(logo(t, 2000, 500))
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds() != image.Rect(0, 0, 320, 80) {
		t.Fatalf("%v, %v", err, img)
	}
	if r, g, b, _ := img.At(310, 40).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Errorf("what is transparent is %d %d %d", r>>8, g>>8, b>>8)
	}
	if again, err := SmallPicture(b); err != nil || len(again) > 40<<10 {
		t.Errorf("a picture made before: %d bytes, %v", len(again), err)
	}
	var tiny bytes.Buffer
	if err := png.Encode(&tiny, image.NewGray(image.Rect(0, 0, 3, 300))); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{"nothing": nil, "a text": []byte("no picture"), "a sliver": tiny.Bytes(), "half a picture": logo(t, 500, 500)[:200]} {
		if _, err := SmallPicture(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Pictures stand beside their products' lines on quotes, texts in a column of
// their own beside them; nothing overlaps, nothing leaves the page.
func TestIllustratedQuote(t *testing.T) {
	r := newRenderer(t)
	wide, err := SmallPicture(logo(t, 640, 160))
	if err != nil {
		t.Fatal(err)
	}
	high, err := SmallPicture(logo(t, 160, 640))
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 40; n++ {
		lines := manyLines("NOK", n)
		for i := range lines {
			lines[i].Product = []string{"A", "B", ""}[i%3]
		}
		lines[0].Description += "\n" + strings.Repeat("En lang tekst om skapet. ", 30)
		s := document(process.KindQuote, "nb", "NOK", lines...)
		s.Pictures = []process.ProductPicture{{Product: "A", SHA256: "a", Data: wide}, {Product: "B", SHA256: "b", Data: high}}
		c, texts := pages(t, r, s)
		inside(t, c)
		shown := 0
		for _, p := range c.pages {
			for i, m := range p.marks {
				if m.kind != pictureMark {
					continue
				}
				shown++
				if m.w > pictureSize+0.01 || m.h > pictureSize+0.01 || m.x < leftEdge {
					t.Errorf("%d lines: a picture of %g × %g at %g", n, m.w, m.h, m.x)
				}
				for j, o := range p.marks {
					if i != j && o.kind == textMark && o.x < m.x+m.w && o.x+c.fonts.width(o.text, o.weight, o.size) > m.x && o.y > m.y && o.y-0.7*o.size < m.y+m.h {
						t.Errorf("%d lines: %q stands on a picture", n, o.text)
					}
					if i != j && o.kind == lineMark && o.w == measure && o.y > m.y && o.y < m.y+m.h {
						t.Errorf("%d lines: a rule runs through a picture", n)
					}
				}
			}
		}
		if want := n - n/3; shown != want {
			t.Errorf("%d lines: %d pictures, want %d", n, shown, want)
		}
		if got := strings.Count(strings.Join(texts, ""), ", pos. "); got != n {
			t.Errorf("%d lines: %d rows", n, got)
		}
		if n == 7 {
			b := render(t, r, s)
			qpdf(t, b)
			if got := bytes.Count(b, []byte("/DCTDecode")); got != 2 {
				t.Errorf("%d pictures are in the file", got)
			}
			if again := render(t, r, s); !bytes.Equal(b, again) {
				t.Error("two renderings differ")
			}
		}
	}
	s := document(process.KindQuote, "nb", "NOK", shortLines("NOK")...)
	s.Lines[0].Product, s.Pictures = "A", []process.ProductPicture{{Product: "A", SHA256: "a", Data: wide}}
	off, err := lookOf(t, map[string][]byte{"layout.yaml": []byte("blocks: {pictures: false}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if b := render(t, off, s); bytes.Contains(b, []byte("/DCTDecode")) {
		t.Error("pictures that were left out are there")
	}
	s.Pictures[0].Data = []byte("broken")
	if _, err := r.Render(s); err == nil || !strings.Contains(err.Error(), "A") {
		t.Errorf("a broken picture: %v", err)
	}
}
