package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"eliasnaur.com/font/roboto/robotobold"
	"eliasnaur.com/font/roboto/robotoregular"
	"golang.org/x/text/encoding/charmap"
)

// weight is one of the two weights that documents are set in.
type weight int

const (
	regular weight = iota
	bold
	weights
)

// fonts are the two typefaces with what is prepared once: the subset that holds
// everything Windows-1252 can write, and the widths of its characters.
type fonts struct {
	faces  [weights]*typeface
	simple [weights]simpleFont
	ascii  [weights][128]int // advances, in thousandths of the size
	spare  sync.Pool         // of *[weights]simpleFont
}

// simpleFont is a font as gofpdf takes one for 8-bit text: its definition and
// its compressed program.
type simpleFont struct{ definition, program []byte }

// loadFonts takes two TrueType fonts; the built-in ones stand in for nil.
func loadFonts(ownRegular, ownBold []byte) (f *fonts, err error) {
	files, names := [weights][]byte{robotoregular.TTF, robotobold.TTF}, [weights]string{"EMNEAA+Roboto-Regular", "EMNEAB+Roboto-Bold"}
	for w, own := range [weights][]byte{ownRegular, ownBold} {
		if own != nil {
			files[w], names[w] = own, [weights]string{"EMNEAA+Own-Regular", "EMNEAB+Own-Bold"}[w]
		}
	}
	defer func() { // the tables of a stranger's font may point anywhere
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("the font is broken: %v", p)
		}
	}()
	f = &fonts{}
	for w, b := range files {
		face, err := parseTypeface(b)
		if err == nil && u16(face.tables["OS/2"], 8)&0x000F == restricted {
			err = errRestricted
		}
		if err != nil {
			return nil, fmt.Errorf("read font %d: %w", w, err)
		}
		f.faces[w] = face
		for r := range rune(128) {
			f.ascii[w][r] = face.advance(face.glyph(r))
		}
		if f.simple[w], err = face.simple(names[w]); err != nil {
			return nil, fmt.Errorf("prepare font %d: %w", w, err)
		}
	}
	return f, nil
}

// borrow hands out a copy of the prepared fonts that nobody else uses: gofpdf
// writes into the slices that it is given. giveBack returns it.
func (f *fonts) borrow() *[weights]simpleFont {
	if c, ok := f.spare.Get().(*[weights]simpleFont); ok {
		return c
	}
	var c [weights]simpleFont
	for w, s := range f.simple {
		c[w] = simpleFont{bytes.Clone(s.definition), bytes.Clone(s.program)}
	}
	return &c
}

func (f *fonts) giveBack(c *[weights]simpleFont) { f.spare.Put(c) }

// advance is the width of r in thousandths of the size.
func (f *fonts) advance(r rune, w weight) int {
	if r >= 0 && r < 128 {
		return f.ascii[w][r]
	}
	return f.faces[w].advance(f.faces[w].glyph(r))
}

// width is the width of s in points.
func (f *fonts) width(s string, w weight, size float64) float64 {
	sum := 0
	for _, r := range s {
		sum += f.advance(r, w)
	}
	return float64(sum) * size / 1000
}

// has reports whether both weights can draw r.
func (f *fonts) has(r rune) bool {
	return f.faces[regular].glyph(r) != 0 && f.faces[bold].glyph(r) != 0
}

// definition is gofpdf's font definition file, of the fields that it reads.
type definition struct {
	Tp, Name     string
	Desc         descriptor
	Up, Ut       int
	Cw           []int
	Enc, File    string
	OriginalSize int
}

type descriptor struct {
	Ascent, Descent, CapHeight, Flags int
	FontBBox                          struct{ Xmin, Ymin, Xmax, Ymax int }
	ItalicAngle, StemV, MissingWidth  int
}

// restricted is the value of fsType that forbids embedding (OpenType, OS/2).
const restricted = 0x0002

var errRestricted = errors.New("its licence forbids embedding it in documents")

const nonsymbolic = 1 << 5 // ISO 32000-1 table 123

func (f *typeface) simple(name string) (simpleFont, error) {
	d := definition{Tp: "TrueType", Enc: "cp1252", Cw: make([]int, 256), Up: -73, Ut: 49}
	var runes []rune
	for i := range 256 {
		r := charmap.Windows1252.DecodeByte(byte(i))
		if i < 32 || f.glyph(r) == 0 {
			d.Cw[i] = f.advance(0)
			continue
		}
		runes = append(runes, r)
		d.Cw[i] = f.advance(f.glyph(r))
	}
	program := f.subset(runes)
	var z bytes.Buffer
	zw, err := zlib.NewWriterLevel(&z, zlib.BestCompression)
	if err != nil {
		return simpleFont{}, err
	}
	if _, err := zw.Write(program); err != nil {
		return simpleFont{}, err
	}
	if err := zw.Close(); err != nil {
		return simpleFont{}, err
	}
	d.OriginalSize = len(program)
	d.Name, d.File = name, name+".z"
	head, hhea, os2 := f.tables["head"], f.tables["hhea"], f.tables["OS/2"]
	d.Desc = descriptor{Ascent: f.milli(i16(hhea, 4)), Descent: f.milli(i16(hhea, 6)), CapHeight: f.capHeight(),
		Flags: nonsymbolic, StemV: 50 + int(u16(os2, 4))*int(u16(os2, 4))/4225, MissingWidth: f.advance(0)}
	box := &d.Desc.FontBBox
	box.Xmin, box.Ymin = f.milli(i16(head, 36)), f.milli(i16(head, 38))
	box.Xmax, box.Ymax = f.milli(i16(head, 40)), f.milli(i16(head, 42))
	def, err := json.Marshal(d)
	return simpleFont{definition: def, program: z.Bytes()}, err
}
