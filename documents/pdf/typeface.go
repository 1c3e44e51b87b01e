package pdf

import (
	"encoding/binary"
	"fmt"
)

// typeface is a TrueType font (ISO/IEC 14496-22) that is read and never
// changed, so that many goroutines can share it.
type typeface struct {
	tables     map[string][]byte
	unitsPerEm int
	glyphs     int
	longLoca   bool
	cmap       []byte // a format 4 subtable
	metrics    int    // number of advances in hmtx
}

// neededTables are what a subset is made from.
var neededTables = []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}

func parseTypeface(b []byte) (*typeface, error) {
	if len(b) < 12 || binary.BigEndian.Uint32(b) != 0x00010000 {
		return nil, fmt.Errorf("not a TrueType font")
	}
	f := &typeface{tables: map[string][]byte{}}
	for i := range int(u16(b, 4)) {
		record := 12 + 16*i
		if record+16 > len(b) {
			return nil, fmt.Errorf("the table directory is cut off")
		}
		start, size := int(u32(b, record+8)), int(u32(b, record+12))
		if start < 0 || size < 0 || start+size > len(b) {
			return nil, fmt.Errorf("table %q is outside the font", b[record:record+4])
		}
		f.tables[string(b[record:record+4])] = b[start : start+size : start+size]
	}
	for _, name := range neededTables {
		if len(f.tables[name]) < 16 {
			return nil, fmt.Errorf("the font has no table %q", name)
		}
	}
	head := f.tables["head"]
	f.unitsPerEm = int(u16(head, 18))
	f.longLoca = u16(head, 50) == 1
	f.glyphs = int(u16(f.tables["maxp"], 4))
	f.metrics = int(u16(f.tables["hhea"], 34))
	return f, f.findCmap()
}

func (f *typeface) findCmap() error {
	table := f.tables["cmap"]
	for i := range int(u16(table, 2)) {
		record := table[4+8*i:]
		platform, encoding, offset := u16(record, 0), u16(record, 2), u32(record, 4)
		if platform == 3 && encoding == 1 && int(offset)+16 < len(table) && u16(table, int(offset)) == 4 {
			f.cmap = table[offset:]
			return nil
		}
	}
	return fmt.Errorf("the font maps no Unicode characters")
}

// glyph is the number of r's glyph, 0 when the font has none.
func (f *typeface) glyph(r rune) int {
	if r < 0 || r > 0xFFFF {
		return 0
	}
	segments := int(u16(f.cmap, 6)) / 2
	ends, starts := f.cmap[14:], f.cmap[16+2*segments:]
	deltas, offsets := f.cmap[16+4*segments:], f.cmap[16+6*segments:]
	lo, hi := 0, segments
	for lo < hi {
		mid := (lo + hi) / 2
		if rune(u16(ends, 2*mid)) < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == segments || rune(u16(starts, 2*lo)) > r {
		return 0
	}
	delta, offset := u16(deltas, 2*lo), u16(offsets, 2*lo)
	if offset == 0 {
		return int(uint16(r) + delta)
	}
	g := u16(offsets, 2*lo+int(offset)+2*int(r-rune(u16(starts, 2*lo))))
	if g == 0 {
		return 0
	}
	return int(g + delta)
}

// advance is a glyph's width in thousandths of the font size.
func (f *typeface) advance(glyph int) int {
	i := min(glyph, f.metrics-1)
	return (int(u16(f.tables["hmtx"], 4*i))*1000 + f.unitsPerEm/2) / f.unitsPerEm
}

// milli turns design units into thousandths of the font size.
func (f *typeface) milli(v int16) int { return int(v) * 1000 / f.unitsPerEm }

// capHeight is the height of capital letters in thousandths of the font size:
// as version 2 of OS/2 and later ones say it, else that of an H.
func (f *typeface) capHeight() int {
	if os2 := f.tables["OS/2"]; u16(os2, 0) >= 2 && len(os2) >= 90 {
		return f.milli(i16(os2, 88))
	}
	if h := f.outline(f.glyph('H')); len(h) >= 10 {
		return f.milli(i16(h, 8)) // yMax
	}
	return f.milli(i16(f.tables["hhea"], 4))
}

// outline is a glyph's record in glyf, empty for a blank one.
func (f *typeface) outline(glyph int) []byte {
	loca := f.tables["loca"]
	var start, end int
	if f.longLoca {
		start, end = int(u32(loca, 4*glyph)), int(u32(loca, 4*glyph+4))
	} else {
		start, end = 2*int(u16(loca, 2*glyph)), 2*int(u16(loca, 2*glyph+2))
	}
	return f.tables["glyf"][start:end]
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func i16(b []byte, at int) int16  { return int16(binary.BigEndian.Uint16(b[at:])) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
