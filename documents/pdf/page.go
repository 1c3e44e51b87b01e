package pdf

import "fmt"

// The sheet and its typographic system, in points: A4, two sizes on a grid of
// six, two weights, one accent colour.
const (
	sheetWidth  = 595.28
	sheetHeight = 841.89

	leftEdge   = 70.87  // 25 mm: the address lies in the window of an envelope
	rightEdge  = 538.58 // 20 mm from the right
	midEdge    = 342    // where the right-hand column begins
	topEdge    = 60     // first baseline
	bodyBottom = 756    // no baseline of the body lies below

	textSize  = 9.0
	largeSize = 20.0
	leading   = 12.0
	measure   = rightEdge - leftEdge
)

// maxPages bounds a document.
const maxPages = 1500

type colour struct{ r, g, b uint8 }

// palette is what a document is printed in.
type palette struct{ ink, quiet, accent, hairline, tint, mark colour }

func newPalette(accent colour) palette {
	toWhite := func(v uint8) uint8 { return uint8(255 - (255-int(v))*8/100) }
	return palette{ink: colour{26, 28, 30}, quiet: colour{98, 104, 110}, accent: accent,
		hairline: colour{212, 216, 220}, tint: colour{toWhite(accent.r), toWhite(accent.g), toWhite(accent.b)},
		mark: colour{240, 240, 241}}
}

type markKind int

const (
	textMark markKind = iota
	lineMark
	boxMark
	pictureMark
)

// mark is one thing on a page. Text stands on the baseline (x, y); a line goes
// right for w; a box and a picture have their upper left corner at (x, y).
// A picture is the logo, or the illustration that its picture names.
type mark struct {
	kind       markKind
	x, y, w, h float64
	text       string
	size       float64
	weight     weight
	colour     colour
	angle      float64 // degrees, counterclockwise about (x, y)
	picture    string
}

type page struct{ marks []mark }

// sheets lays marks on pages, from top to bottom.
type sheets struct {
	fonts *fonts
	palette
	pages []*page
	y     float64 // baseline of the next line
	// onBreak draws what stands on top of each page but the first, and sets y.
	onBreak func()
}

func (s *sheets) newPage() {
	s.pages = append(s.pages, &page{})
	s.y = topEdge
	if len(s.pages) > 1 && s.onBreak != nil {
		s.onBreak()
	}
}

func (s *sheets) put(m mark) {
	p := s.pages[len(s.pages)-1]
	p.marks = append(p.marks, m)
}

// need begins a new page when height does not fit below y.
func (s *sheets) need(height float64) {
	if s.y+height > bodyBottom+leading {
		s.newPage()
	}
}

// style is how a piece of text looks.
type style struct {
	weight weight
	size   float64
	colour colour
}

func (s *sheets) body() style   { return style{regular, textSize, s.ink} }
func (s *sheets) strong() style { return style{bold, textSize, s.ink} }
func (s *sheets) label() style  { return style{regular, textSize, s.quiet} }
func (s *sheets) title() style  { return style{bold, largeSize, s.ink} }

// left sets text that begins at x, right one that ends there.
func (s *sheets) left(x, y float64, text string, st style) {
	if text = s.fonts.clean(text); text != "" {
		s.put(mark{kind: textMark, x: x, y: y, text: text, size: st.size, weight: st.weight, colour: st.colour})
	}
}

func (s *sheets) right(x, y float64, text string, st style) {
	text = s.fonts.clean(text)
	s.left(x-s.fonts.width(text, st.weight, st.size), y, text, st)
}

func (s *sheets) rule(x, y, w, thickness float64, c colour) {
	s.put(mark{kind: lineMark, x: x, y: y, w: w, h: thickness, colour: c})
}

func (s *sheets) box(x, y, w, h float64, c colour) {
	s.put(mark{kind: boxMark, x: x, y: y, w: w, h: h, colour: c})
}

// column sets lines of text below each other from y on and answers the
// baseline after the last.
func (s *sheets) column(x, y, width float64, text string, st style) float64 {
	for _, l := range s.fonts.wrap(text, st.weight, st.size, width) {
		s.left(x, y, l, st)
		y += leading
	}
	return y
}

// flow sets a text over the whole measure, over as many pages as it takes; a
// single line of it is neither left behind nor sent ahead.
func (s *sheets) flow(text string, st style) {
	lines := s.fonts.wrap(text, st.weight, st.size, measure)
	for i, l := range lines {
		height := float64(leading)
		if rest := len(lines) - i; i == 0 && rest > 1 || rest == 2 {
			height = 2 * leading
		}
		s.need(height)
		s.left(leftEdge, s.y, l, st)
		s.y += leading
	}
}

func parseColour(hex string) (colour, error) {
	var c colour
	if n, err := fmt.Sscanf(hex, "#%02x%02x%02x", &c.r, &c.g, &c.b); err != nil || n != 3 || len(hex) != 7 {
		return c, fmt.Errorf("%q is no colour: write it as #1b4d5c", hex)
	}
	return c, nil
}
