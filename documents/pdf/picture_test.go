package pdf

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/emne/emne/process"
)

var update = flag.Bool("update", false, "write the pictures of testdata anew")

// TestPictures draws a document of each kind as people see it, and compares
// each page with the picture that somebody looked at. A missing picture fails;
// after a wanted change of the look: go test ./documents/pdf -run TestPictures
// -update, and look at what changed.
func TestPictures(t *testing.T) {
	r := newRenderer(t)
	all := samples()
	confirmation := document(process.KindOrderConfirmation, "en", "NOK", shortLines("NOK")...)
	confirmation.Number, confirmation.Buyer.Name = "O-1007", "Åsgård Hotell & Spa AS"
	all["order-confirmation"] = confirmation
	for _, name := range []string{"quote", "order-confirmation", "invoice", "invoice-60", "invoice-english-eur", "credit-note", "quote-accepted",
		"quote-illustrated", "invoice-adjusted", "invoice-with-vat", "invoice-deducting", "invoice-reverse", "payment-request", "reminder", "statement"} {
		t.Run(name, func(t *testing.T) {
			s, ok := all[name]
			if !ok {
				t.Fatal("there is no such sample")
			}
			pages := pictures(t, render(t, r, s))
			kept, err := filepath.Glob(filepath.Join("testdata", name+".*.png"))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				for _, file := range kept {
					if err := os.Remove(file); err != nil {
						t.Fatal(err)
					}
				}
			} else if len(kept) != len(pages) {
				t.Errorf("%d pages, and %d pictures of them in testdata (write them by -update)", len(pages), len(kept))
			}
			for i, page := range pages {
				file := filepath.Join("testdata", fmt.Sprintf("%s.%d.png", name, i+1))
				if *update {
					keepPicture(t, file, page)
				}
				if off := differs(page, keptPicture(t, file)); off > "" {
					t.Errorf("page %d is not %s: %s", i+1, file, off)
				}
			}
		})
	}
}

// dots is the resolution, in dots per inch: enough to see where things stand.
const dots = 48

// pictures are the pages in shades of grey.
func pictures(t *testing.T, file []byte) []*image.Gray {
	t.Helper()
	folder := t.TempDir()
	tool(t, file, "pdftoppm", "-gray", "-r", fmt.Sprint(dots), "-", filepath.Join(folder, "page"))
	names, err := filepath.Glob(filepath.Join(folder, "page*.pgm"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names) // as many digits in each
	var out []*image.Gray
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w, h, deepest int
		if n, err := fmt.Sscanf(string(b[:min(len(b), 40)]), "P5\n%d %d\n%d\n", &w, &h, &deepest); n != 3 || deepest != 255 || len(b) < w*h {
			t.Fatalf("%s is no picture: %v", name, err)
		}
		out = append(out, &image.Gray{Pix: b[len(b)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)})
	}
	if len(out) == 0 {
		t.Fatal("pdftoppm made no picture")
	}
	return out
}

func keepPicture(t *testing.T, file string, page *image.Gray) {
	t.Helper()
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, page)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(file), fs.FileMode(0o755))
	}
	if err == nil {
		err = os.WriteFile(file, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func keptPicture(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("the picture is missing (write it by -update): %v", err)
	}
	defer f.Close()
	p, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

// block is the side of the squares whose mean shades are compared: what
// another version of poppler smooths otherwise is no difference.
const block = 8

// differs says where two pictures are not the same to the eye, nothing when
// they are: no square's mean is further off than a word that moved makes it.
func differs(a, b image.Image) string {
	if a.Bounds() != b.Bounds() {
		return fmt.Sprintf("the page is %v and not %v", a.Bounds(), b.Bounds())
	}
	shade := func(p image.Image, x, y int) (sum int) {
		for dy := range block {
			for dx := range block {
				sum += int(color.GrayModel.Convert(p.At(min(x+dx, p.Bounds().Max.X-1), min(y+dy, p.Bounds().Max.Y-1))).(color.Gray).Y)
			}
		}
		return sum / (block * block)
	}
	for y := 0; y < a.Bounds().Max.Y; y += block {
		for x := 0; x < a.Bounds().Max.X; x += block {
			if p, q := shade(a, x, y), shade(b, x, y); p-q > 12 || q-p > 12 {
				return fmt.Sprintf("at %d mm from the left and %d mm from the top the shade is %d and not %d", x*254/10/dots, y*254/10/dots, p, q)
			}
		}
	}
	return ""
}

// TestPicturesTellThingsApart plants what the comparison must see: another
// amount, and a line that moved by two millimetres.
func TestPicturesTellThingsApart(t *testing.T) {
	r := newRenderer(t)
	s := samples()["invoice"]
	right := pictures(t, render(t, r, s))[0]
	if off := differs(right, pictures(t, render(t, r, s))[0]); off > "" {
		t.Errorf("a page differs from itself: %s", off)
	}
	s.Title = "Noe annet"
	if differs(right, pictures(t, render(t, r, s))[0]) == "" {
		t.Error("another title is not seen")
	}
	moved := image.NewGray(right.Rect)
	copy(moved.Pix[4*right.Stride:], right.Pix)
	if differs(right, moved) == "" {
		t.Error("a page that slipped is not seen")
	}
}
