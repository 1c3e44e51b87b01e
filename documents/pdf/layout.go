package pdf

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/emne/emne/templates"
)

// layoutFile holds the Layout; a user's own replaces single settings of it.
const layoutFile = "documents/layout.yaml"

// Layout is what a company may choose of the looks without changing emne.
type Layout struct {
	// Accent is the one colour beside black and grey, as #rrggbb.
	Accent string `yaml:"accent"`
	// Fonts are TrueType files beside the layout; the built-in ones when empty.
	Fonts struct {
		Regular string `yaml:"regular"`
		Bold    string `yaml:"bold"`
	} `yaml:"fonts"`
	Logo LogoPlace `yaml:"logo"`
	// Columns are those between description and amount, from left to right.
	Columns []string `yaml:"columns"`
	Blocks  Blocks   `yaml:"blocks"`
}

// LogoPlace is a picture of the letterhead: at most Width × Height points.
type LogoPlace struct {
	File   string  `yaml:"file"`
	Width  float64 `yaml:"width"`
	Height float64 `yaml:"height"`
	Side   string  `yaml:"side"` // left or right
	// Name prints the company's name although the logo stands in its place.
	Name bool `yaml:"name"`
}

// Blocks are the parts that may be left out.
type Blocks struct {
	CompanyContact bool `yaml:"company_contact"`
	References     bool `yaml:"references"`
	VATBreakdown   bool `yaml:"vat_breakdown"`
	PaymentBox     bool `yaml:"payment_box"`
	Terms          bool `yaml:"terms"`
	Pictures       bool `yaml:"pictures"`
}

const (
	columnQuantity = "quantity"
	columnPrice    = "unit_price"
	columnDiscount = "discount"
	columnVAT      = "vat"
)

// readLayout reads the built-in layout and the user's over it. Errors name the
// file and the line or the setting.
func readLayout(set *templates.Set) (Layout, error) {
	var l Layout
	files, err := set.Layers(layoutFile)
	if err != nil {
		return l, err
	}
	for _, b := range files {
		if err := yaml.UnmarshalWithOptions(b, &l, yaml.Strict()); err != nil {
			var at yaml.Error
			if errors.As(err, &at) && at.GetToken() != nil {
				return l, fmt.Errorf("%s:%d: %s", layoutFile, at.GetToken().Position.Line, at.GetMessage())
			}
			return l, fmt.Errorf("%s:1: %w", layoutFile, err)
		}
	}
	return l, l.problems()
}

func (l Layout) problems() error {
	var faults []error
	bad := func(setting, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s: %s", layoutFile, setting, fmt.Sprintf(format, args...)))
	}
	if _, err := parseColour(l.Accent); err != nil {
		bad("accent", "%v", err)
	}
	every := []string{columnQuantity, columnPrice, columnDiscount, columnVAT}
	if sorted := slices.Sorted(slices.Values(l.Columns)); !slices.Equal(sorted, slices.Sorted(slices.Values(every))) {
		bad("columns", "each of %v once, in any order", every)
	}
	for _, side := range []struct {
		name     string
		is, most float64
	}{{"width", l.Logo.Width, midEdge - leftEdge - leading}, {"height", l.Logo.Height, 72}} {
		if side.is < 8 || side.is > side.most {
			bad("logo."+side.name, "between 8 and %g points", side.most)
		}
	}
	if l.Logo.Side != "left" && l.Logo.Side != "right" {
		bad("logo.side", "left or right, not %q", l.Logo.Side)
	}
	if l.Fonts.Regular == "" && l.Fonts.Bold != "" {
		bad("fonts.bold", "a bold font needs a regular one")
	}
	return errors.Join(faults...)
}

// look is a Layout with its files read.
type look struct {
	Layout
	fonts   *fonts
	palette palette
	logo    *picture
}

func newLook(set *templates.Set) (*look, error) {
	layout, err := readLayout(set)
	if err != nil {
		return nil, err
	}
	l := &look{Layout: layout}
	accent, err := parseColour(layout.Accent)
	if err != nil {
		return nil, err
	}
	l.palette = newPalette(accent)
	read := func(setting, name string) ([]byte, error) {
		b, err := set.ReadFile("documents/" + name)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: there is no file documents/%s in your templates folder", layoutFile, setting, name)
		}
		return b, nil
	}
	own := map[weight][]byte{}
	for w, name := range map[weight]string{regular: layout.Fonts.Regular, bold: layout.Fonts.Bold} {
		if name == "" {
			continue
		}
		if own[w], err = read("fonts", name); err != nil {
			return nil, err
		}
	}
	if own[regular] != nil && own[bold] == nil {
		own[bold] = own[regular]
	}
	if l.fonts, err = loadFonts(own[regular], own[bold]); err != nil {
		return nil, err
	}
	for _, text := range slices.Sorted(maps.Values(essential())) {
		if lacks := l.fonts.missing(text); len(lacks) > 0 {
			return nil, fmt.Errorf("%s: fonts: the font has no %q", layoutFile, string(lacks))
		}
	}
	if layout.Logo.File != "" {
		b, err := read("logo", layout.Logo.File)
		if err != nil {
			return nil, err
		}
		if l.logo, err = readPicture(b, layout.Logo.Width, layout.Logo.Height); err != nil {
			return nil, fmt.Errorf("%s: logo: documents/%s: %w", layoutFile, layout.Logo.File, err)
		}
	}
	return l, nil
}

// essential are the characters that documents are full of in any language.
func essential() map[string]string {
	return map[string]string{"figures": "0123456789%€", "letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		"accented": string([]rune{0xc5, 0xc4, 0xc6, 0xd6, 0xd8, 0xdc, 0xe5, 0xe4, 0xe6, 0xf6, 0xf8, 0xfc, 0xdf, 0xe9, 0xe8, 0xea, 0xe0, 0xe7})}
}
