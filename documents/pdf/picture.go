package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

const (
	maxPixels = 16 << 20 // of a picture's file
	// perPoint is how many pixels of a picture are kept for a point: 300 to the inch.
	perPoint = 300.0 / 72
	// pictureSize is the side of the square that a product's picture fits into
	// beside its line, smallPixels that of the JPEG that is kept.
	pictureSize = 40.0
	smallPixels = 320
	smallest    = 8
)

// illustration is the JPEG of a product, as large as its line shows it.
type illustration struct {
	jpeg []byte
	w, h float64
}

// SmallPicture makes the picture of a product from a PNG or JPEG: on white, at
// most 320 pixels wide and high, as a JPEG. A picture of under 8 pixels is none.
func SmallPicture(b []byte) ([]byte, error) {
	src, w, h, err := decodePicture(b)
	if err != nil {
		return nil, err
	}
	if w < smallest || h < smallest {
		return nil, fmt.Errorf("%d × %d pixels: at least %d × %d", w, h, smallest, smallest)
	}
	scale := min(float64(smallPixels)/float64(w), float64(smallPixels)/float64(h), 1)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flatten(src, max(int(float64(w)*scale), 1), max(int(float64(h)*scale), 1)), &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return out.Bytes(), nil
}

// illustrate fits a JPEG of SmallPicture into its square.
func illustrate(b []byte) (illustration, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return illustration{}, fmt.Errorf("read the picture of a product: %w", err)
	}
	if c.Width < 1 || c.Height < 1 {
		return illustration{}, fmt.Errorf("the picture of a product has %d × %d pixels", c.Width, c.Height)
	}
	scale := pictureSize / float64(max(c.Width, c.Height))
	return illustration{b, float64(c.Width) * scale, float64(c.Height) * scale}, nil
}

// decodePicture reads a PNG or JPEG that is not too large.
func decodePicture(b []byte) (src image.Image, w, h int, err error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, fmt.Errorf("not a PNG or JPEG: %w", err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height {
		return nil, 0, 0, fmt.Errorf("%d × %d pixels: at most %d in all", c.Width, c.Height, maxPixels)
	}
	if src, _, err = image.Decode(bytes.NewReader(b)); err != nil {
		return nil, 0, 0, fmt.Errorf("read the %s: %w", format, err)
	}
	return src, c.Width, c.Height, nil
}

// picture is an image that a PDF/A-3 may hold: RGB of 8 bits without alpha, as
// PNG, no finer than print shows.
type picture struct {
	png  []byte
	w, h float64 // points
}

// readPicture reads a PNG or JPEG, lays it on white, and fits it into w × h
// points. It never makes a picture larger than its pixels at 72 to the inch.
func readPicture(b []byte, w, h float64) (*picture, error) {
	src, across, down, err := decodePicture(b)
	if err != nil {
		return nil, err
	}
	scale := min(w/float64(across), h/float64(down), 1)
	p := &picture{w: float64(across) * scale, h: float64(down) * scale}
	flat := flatten(src, min(across, max(int(p.w*perPoint), 1)), min(down, max(int(p.h*perPoint), 1)))
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
