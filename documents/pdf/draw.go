package pdf

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"maps"
	"slices"

	"github.com/jung-kurt/gofpdf"
)

const (
	family      = "emne"
	pictureName = "logo"
)

// draw writes the pages with gofpdf: with 8-bit fonts that were prepared once
// when Windows-1252 can write every text, otherwise with Unicode fonts that
// hold this document's characters.
func (c *composer) draw() ([]byte, error) {
	p := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: gofpdf.SizeType{Wd: sheetWidth, Ht: sheetHeight}})
	p.SetCompression(false) // archive does that
	p.SetCatalogSort(true)
	p.SetCreationDate(c.snap.MadeAt.UTC())
	p.SetModificationDate(c.snap.MadeAt.UTC())
	p.SetMargins(0, 0, 0)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(false, 0)

	encode := c.encodeSimple()
	if encode != nil {
		prepared := c.fonts.borrow()
		defer c.fonts.giveBack(prepared)
		for w, s := range prepared {
			p.AddFontFromBytes(family, styleOf(weight(w)), s.definition, s.program)
		}
	} else {
		encode = func(s string) string { return s }
		for w, runes := range c.runes() {
			p.AddUTF8FontFromBytes(family, styleOf(weight(w)), c.fonts.faces[w].subset(runes))
		}
	}
	if c.look.logo != nil {
		p.RegisterImageOptionsReader(pictureName, gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(c.look.logo.png))
	}
	for i, name := range slices.Sorted(maps.Keys(c.pictures)) {
		info := p.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(c.pictures[name].jpeg))
		if err := rank(info, i+1); err != nil {
			return nil, fmt.Errorf("place the picture %s: %w", name, err)
		}
	}
	for _, page := range c.pages {
		p.AddPage()
		drawPage(p, page, encode)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// rank gives a picture its place in the file. gofpdf sorts pictures by width and
// leaves those of one width as they come out of a map; a hair that the printed
// whole number of pixels does not show keeps them in order.
func rank(info *gofpdf.ImageInfoType, n int) error {
	b, err := info.GobEncode()
	if err != nil {
		return err
	}
	var (
		data, mask, palette        []byte
		object, bits               int
		width, height, scale, dots float64
		colours, filter, decoding  string
		transparent                []int
		fields                     = []any{&data, &mask, &object, &width, &height, &colours, &palette, &bits, &filter, &decoding, &transparent, &scale, &dots}
		out                        bytes.Buffer
		decoder, encoder           = gob.NewDecoder(bytes.NewReader(b)), gob.NewEncoder(&out)
	)
	for _, f := range fields {
		if err := decoder.Decode(f); err != nil {
			return err
		}
	}
	width += float64(n) * 1e-6
	for _, f := range fields {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return info.GobDecode(out.Bytes())
}

func styleOf(w weight) string {
	if w == bold {
		return "B"
	}
	return ""
}

// encodeSimple answers the way to Windows-1252, nil when a text has no way.
func (c *composer) encodeSimple() func(string) string {
	for _, p := range c.pages {
		for _, m := range p.marks {
			if _, ok := encode1252(m.text); !ok {
				return nil
			}
		}
	}
	return func(s string) string {
		e, _ := encode1252(s)
		return e
	}
}

// runes are the characters that the document uses, by weight.
func (c *composer) runes() [weights][]rune {
	var out [weights][]rune
	for _, p := range c.pages {
		for _, m := range p.marks {
			out[m.weight] = append(out[m.weight], []rune(m.text)...)
		}
	}
	for w := range out {
		out[w] = append(out[w], ' ')
	}
	return out
}

func drawPage(p *gofpdf.Fpdf, page *page, encode func(string) string) {
	for _, m := range page.marks {
		r, g, b := int(m.colour.r), int(m.colour.g), int(m.colour.b)
		switch m.kind {
		case lineMark:
			p.SetDrawColor(r, g, b)
			p.SetLineWidth(m.h)
			p.Line(m.x, m.y, m.x+m.w, m.y)
		case boxMark:
			p.SetFillColor(r, g, b)
			p.Rect(m.x, m.y, m.w, m.h, "F")
		case pictureMark:
			name, format := pictureName, "PNG"
			if m.picture != "" {
				name, format = m.picture, "JPG"
			}
			p.ImageOptions(name, m.x, m.y, m.w, m.h, false, gofpdf.ImageOptions{ImageType: format}, 0, "")
		case textMark:
			p.SetTextColor(r, g, b)
			p.SetFont(family, styleOf(m.weight), m.size)
			if m.angle != 0 {
				p.TransformBegin()
				p.TransformRotate(m.angle, m.x, m.y)
			}
			p.Text(m.x, m.y, encode(m.text))
			if m.angle != 0 {
				p.TransformEnd()
			}
		}
	}
}
