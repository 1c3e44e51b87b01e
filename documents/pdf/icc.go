package pdf

import (
	"encoding/binary"
	"math"
)

// chromaticities of sRGB (IEC 61966-2-1): primaries and the white point D65.
var (
	red, green, blue = [2]float64{0.64, 0.33}, [2]float64{0.30, 0.60}, [2]float64{0.15, 0.06}
	whiteD65         = [2]float64{0.3127, 0.3290}
	// pcsWhite is D50 as the profile connection space has it (ICC.1:2010 7.2.16).
	pcsWhite = vector{0.9642, 1, 0.8249}
	bradford = matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
)

type vector [3]float64
type matrix [3]vector

// sRGB is an ICC profile (ICC.1:2010, version 4.2) of a display with the
// colours of sRGB, computed from the published primaries and transfer curve.
func sRGB() []byte {
	white := xyz(whiteD65)
	toPrimaries := columns(xyz(red), xyz(green), xyz(blue))
	scale := toPrimaries.inverse().apply(white)
	from, to := bradford.apply(white), bradford.apply(pcsWhite)
	gain := matrix{{to[0] / from[0]}, {0, to[1] / from[1]}, {0, 0, to[2] / from[2]}}
	adapt := bradford.inverse().times(gain).times(bradford)

	colorant := func(c [2]float64, s float64) []byte {
		v := adapt.apply(xyz(c))
		return xyzTag(vector{v[0] * s, v[1] * s, v[2] * s})
	}
	chad := append([]byte("sf32"), 0, 0, 0, 0)
	for _, row := range adapt {
		chad = append(chad, fixed(row[:]...)...)
	}
	curve := curveTag()
	tags := []table{
		{"desc", textTag("sRGB")},
		{"cprt", textTag("No copyright: computed from IEC 61966-2-1")},
		{"wtpt", xyzTag(pcsWhite)},
		{"chad", chad},
		{"rXYZ", colorant(red, scale[0])}, {"gXYZ", colorant(green, scale[1])}, {"bXYZ", colorant(blue, scale[2])},
		{"rTRC", curve}, {"gTRC", nil}, {"bTRC", nil}, // nil shares the one before
	}
	return profile(tags)
}

// profile puts header, tag table and tags together.
func profile(tags []table) []byte {
	offset := 128 + 4 + 12*len(tags)
	directory := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	at, size := 0, 0
	for _, t := range tags {
		if t.data != nil {
			at, size = offset+len(body), len(t.data)
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
		}
		directory = append(directory, t.name...)
		directory = binary.BigEndian.AppendUint32(directory, uint32(at))
		directory = binary.BigEndian.AppendUint32(directory, uint32(size))
	}
	h := make([]byte, 128)
	binary.BigEndian.PutUint32(h, uint32(offset+len(body)))
	binary.BigEndian.PutUint32(h[8:], 0x04200000)
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], fixed(pcsWhite[:]...))
	return append(append(h, directory...), body...)
}

// curveTag is the transfer curve as a parametric one of type 3:
// y = ((x + 0.055) / 1.055)^2.4 from 0.04045 on, x / 12.92 below.
func curveTag() []byte {
	b := append([]byte("para"), 0, 0, 0, 0, 0, 3, 0, 0)
	return append(b, fixed(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)...)
}

func xyzTag(v vector) []byte {
	return append(append([]byte("XYZ "), 0, 0, 0, 0), fixed(v[:]...)...)
}

// textTag is a multiLocalizedUnicode of one English text in ASCII.
func textTag(s string) []byte {
	b := append([]byte("mluc"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12)
	b = append(b, "enUS"...)
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(s)))
	b = binary.BigEndian.AppendUint32(b, 28)
	for _, c := range []byte(s) {
		b = append(b, 0, c)
	}
	return b
}

// fixed writes s15Fixed16Numbers.
func fixed(values ...float64) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

// xyz is the colour of a chromaticity with luminance 1.
func xyz(c [2]float64) vector { return vector{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]} }

func columns(a, b, c vector) matrix {
	return matrix{{a[0], b[0], c[0]}, {a[1], b[1], c[1]}, {a[2], b[2], c[2]}}
}

func (m matrix) apply(v vector) vector {
	var out vector
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

func (m matrix) times(o matrix) matrix {
	var out matrix
	for i := range 3 {
		for j := range 3 {
			out[i][j] = m[i][0]*o[0][j] + m[i][1]*o[1][j] + m[i][2]*o[2][j]
		}
	}
	return out
}

func (m matrix) inverse() matrix {
	var out matrix
	for i := range 3 {
		for j := range 3 {
			a, b, c, d := (j+1)%3, (j+2)%3, (i+1)%3, (i+2)%3
			out[i][j] = m[a][c]*m[b][d] - m[a][d]*m[b][c]
		}
	}
	det := m[0][0]*out[0][0] + m[0][1]*out[1][0] + m[0][2]*out[2][0]
	for i := range 3 {
		for j := range 3 {
			out[i][j] /= det
		}
	}
	return out
}
