package pdf

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Flags of a composite glyph's component (OpenType specification, glyf).
const (
	argsAreWords    = 0x0001
	haveScale       = 0x0008
	moreComponents  = 0x0020
	haveXYScale     = 0x0040
	haveTwoByTwo    = 0x0080
	haveInstruction = 0x0100
)

// subset is a font program with the glyphs of runes alone, without hints. The
// same runes make the same bytes.
func (f *typeface) subset(runes []rune) []byte {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	runes = slices.Compact(runes)

	old := []int{0} // old numbers by new number; .notdef stays first
	renumber := map[int]int{0: 0}
	add := func(glyph int) int {
		n, ok := renumber[glyph]
		if !ok {
			n = len(old)
			renumber[glyph] = n
			old = append(old, glyph)
		}
		return n
	}
	var mapped []rune
	var glyphs []int
	for _, r := range runes {
		if g := f.glyph(r); g != 0 && r < 0xFFFF {
			mapped = append(mapped, r)
			glyphs = append(glyphs, add(g))
		}
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(old); i++ { // components are appended on the way
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, unhinted(f.outline(old[i]), add)...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, f.metric(old[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))

	head := bytes.Clone(f.tables["head"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	hhea := bytes.Clone(f.tables["hhea"])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(old)))
	maxp := bytes.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(old)))
	post := bytes.Clone(f.tables["post"][:32])
	binary.BigEndian.PutUint32(post, 0x00030000)
	return assemble([]table{
		{"OS/2", f.tables["OS/2"]}, {"cmap", cmapTable(mapped, glyphs)}, {"glyf", glyf}, {"head", head},
		{"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"name", f.tables["name"]}, {"post", post},
	})
}

// metric is a glyph's advance and left side bearing.
func (f *typeface) metric(glyph int) []byte {
	hmtx := f.tables["hmtx"]
	if glyph < f.metrics {
		return hmtx[4*glyph : 4*glyph+4]
	}
	m := bytes.Clone(hmtx[4*(f.metrics-1) : 4*(f.metrics-1)+2])
	bearing := 4*f.metrics + 2*(glyph-f.metrics)
	return append(m, hmtx[bearing:bearing+2]...)
}

// unhinted copies an outline without its instructions; renumber gives the
// components of a composite glyph their new numbers.
func unhinted(outline []byte, renumber func(int) int) []byte {
	if len(outline) == 0 {
		return nil
	}
	contours := int(i16(outline, 0))
	if contours >= 0 {
		at := 10 + 2*contours
		length := int(u16(outline, at))
		out := append(bytes.Clone(outline[:at]), 0, 0)
		return append(out, outline[at+2+length:]...)
	}
	out := bytes.Clone(outline)
	at := 10
	for {
		flags := u16(out, at)
		binary.BigEndian.PutUint16(out[at:], flags&^haveInstruction)
		binary.BigEndian.PutUint16(out[at+2:], uint16(renumber(int(u16(out, at+2)))))
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&haveScale != 0:
			at += 2
		case flags&haveXYScale != 0:
			at += 4
		case flags&haveTwoByTwo != 0:
			at += 8
		}
		if flags&moreComponents == 0 {
			return out[:at]
		}
	}
}

// cmapTable maps runes, sorted, to glyphs: one format 4 subtable for platform 3
// encoding 1.
func cmapTable(runes []rune, glyphs []int) []byte {
	var starts, ends, deltas []uint16
	for i, r := range runes {
		delta := uint16(glyphs[i]) - uint16(r)
		if n := len(ends); n > 0 && rune(ends[n-1]) == r-1 && deltas[n-1] == delta {
			ends[n-1] = uint16(r)
			continue
		}
		starts, ends, deltas = append(starts, uint16(r)), append(ends, uint16(r)), append(deltas, delta)
	}
	starts, ends, deltas = append(starts, 0xFFFF), append(ends, 0xFFFF), append(deltas, 1)
	segments := len(starts)
	power, log := 1, 0
	for power*2 <= segments {
		power, log = power*2, log+1
	}
	fields := []uint16{0, 1, 3, 1, 0, 12, 4, uint16(16 + 8*segments), 0,
		uint16(2 * segments), uint16(2 * power), uint16(log), uint16(2*segments - 2*power)}
	fields = append(fields, ends...)
	fields = append(fields, 0)
	fields = append(fields, starts...)
	fields = append(fields, deltas...)
	fields = append(fields, make([]uint16, segments)...)
	var out []byte
	for _, v := range fields {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	return out
}

type table struct {
	name string
	data []byte
}

// assemble writes tables, sorted by name, with directory and checksums.
func assemble(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	offset := len(out) + 16*n
	var body []byte
	headAt := 0
	for _, t := range tables {
		if t.name == "head" {
			headAt = offset + len(body)
		}
		out = append(out, t.name...)
		out = binary.BigEndian.AppendUint32(out, checksum(t.data))
		out = binary.BigEndian.AppendUint32(out, uint32(offset+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += u32(b, 0)
		b = b[4:]
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += u32(last[:], 0)
	}
	return sum
}
