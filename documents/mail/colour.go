package mail

import (
	"fmt"
	htmltemplate "html/template"
	"math"

	"github.com/goccy/go-yaml"

	"github.com/emne/emne/templates"
)

// colours are what a mail is printed in beside black and grey: those of the
// accent that documents have, each light or dark enough to be read on its ground
// (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
type colours struct {
	// Go is the button and OnGo its text; Link stands on the white sheet.
	Go, OnGo, Link htmltemplate.CSS
	// The same in dark mode, on the dark sheet.
	DarkGo, DarkOnGo, DarkLink htmltemplate.CSS
}

type rgb struct{ r, g, b uint8 }

// The grounds that mail.html lays out, and the contrasts to reach.
var (
	white     = rgb{255, 255, 255}
	black     = rgb{}
	darkSheet = rgb{0x1d, 0x21, 0x25}
)

const (
	textContrast  = 4.5 // 1.4.3
	shapeContrast = 3.0 // 1.4.11
)

// coloursOf reads the accent of the documents' layout, the user's own over the
// built-in one.
func coloursOf(set *templates.Set) (colours, error) {
	const file = "documents/layout.yaml"
	layers, err := set.Layers(file)
	if err != nil {
		return colours{}, err
	}
	layout := struct {
		Accent string `yaml:"accent"`
	}{}
	for _, b := range layers {
		if err := yaml.Unmarshal(b, &layout); err != nil {
			return colours{}, fmt.Errorf("%s: %w", file, err)
		}
	}
	var accent rgb
	if n, err := fmt.Sscanf(layout.Accent, "#%02x%02x%02x", &accent.r, &accent.g, &accent.b); err != nil || n != 3 {
		return colours{}, fmt.Errorf("%s: accent: %q is no colour: write it as #1b4d5c", file, layout.Accent)
	}
	light := accent.until(black, white, shapeContrast)
	dark := accent.until(white, darkSheet, shapeContrast)
	return colours{
		Go: light.css(), OnGo: light.ink().css(), Link: accent.until(black, white, textContrast).css(),
		DarkGo: dark.css(), DarkOnGo: dark.ink().css(), DarkLink: accent.until(white, darkSheet, textContrast).css(),
	}, nil
}

// until mixes c with the other colour, no more than it takes to have a contrast
// with a ground.
func (c rgb) until(other, ground rgb, contrast float64) rgb {
	mixed := c
	for percent := 0; percent <= 100 && mixed.contrast(ground) < contrast; percent++ {
		mix := func(a, b uint8) uint8 { return uint8((int(a)*(100-percent) + int(b)*percent) / 100) }
		mixed = rgb{mix(c.r, other.r), mix(c.g, other.g), mix(c.b, other.b)}
	}
	return mixed
}

// ink is what is read best on c.
func (c rgb) ink() rgb {
	if c.contrast(white) >= c.contrast(black) {
		return white
	}
	return black
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func (c rgb) contrast(o rgb) float64 {
	a, b := c.luminance(), o.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is relative, from 0 to 1.
func (c rgb) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

func (c rgb) css() htmltemplate.CSS {
	return htmltemplate.CSS(fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b))
}
