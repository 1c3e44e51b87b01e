package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // a format of pictures
	"image/png"
)

const (
	maxPixels = 16 << 20 // of a picture's file
	// perPoint is how many pixels of a picture are kept for a point: 300 to the inch.
	perPoint = 300.0 / 72
)

// picture is an image that a PDF/A-3 may hold: RGB of 8 bits without alpha, as
// PNG, no finer than print shows.
type picture struct {
	png  []byte
	w, h float64 // points
}

// readPicture reads a PNG or JPEG, lays it on white, and fits it into w × h
// points. It never makes a picture larger than its pixels at 72 to the inch.
func readPicture(b []byte, w, h float64) (*picture, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("not a PNG or JPEG: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("%d × %d pixels: at most %d in all", c.Width, c.Height, maxPixels)
	}
	src, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("read the %s: %w", format, err)
	}
	scale := min(w/float64(c.Width), h/float64(c.Height), 1)
	p := &picture{w: float64(c.Width) * scale, h: float64(c.Height) * scale}
	flat := flatten(src, min(c.Width, max(int(p.w*perPoint), 1)), min(c.Height, max(int(p.h*perPoint), 1)))
	var out bytes.Buffer
	if err := png.Encode(&out, flat); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	p.png = out.Bytes()
	return p, nil
}

// flatten is src on white in w × h pixels, each the mean of those that it
// stands for. It is opaque, so that its PNG has no alpha channel.
func flatten(src image.Image, w, h int) *image.RGBA {
	from := src.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		top, bottom := from.Min.Y+y*from.Dy()/h, from.Min.Y+(y+1)*from.Dy()/h
		for x := range w {
			left, right := from.Min.X+x*from.Dx()/w, from.Min.X+(x+1)*from.Dx()/w
			var r, g, b, n uint64
			for sy := top; sy < bottom; sy++ {
				for sx := left; sx < right; sx++ {
					cr, cg, cb, ca := src.At(sx, sy).RGBA() // premultiplied
					white := 0xFFFF - ca
					r, g, b, n = r+uint64(cr+white), g+uint64(cg+white), b+uint64(cb+white), n+1
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 0xFF})
		}
	}
	return out
}
