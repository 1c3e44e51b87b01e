package message

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// The properties that are read of a message and of its attachments (MS-OXPROPS).
const (
	propSubject     = 0x0037
	propBody        = 0x1000
	propRTF         = 0x1009
	propHTML        = 0x1013
	propCodepage    = 0x3fde
	propDisplayName = 0x3001
	propData        = 0x3701
	propShortName   = 0x3704
	propLongName    = 0x3707
	propMIMEType    = 0x370e
	propContentID   = 0x3712
)

// The types of properties (MS-OXCDATA section 2.11.1).
const (
	ptInt16    = 0x0002
	ptInt32    = 0x0003
	ptFloat    = 0x0004
	ptDouble   = 0x0005
	ptCurrency = 0x0006
	ptAppTime  = 0x0007
	ptError    = 0x000a
	ptBoolean  = 0x000b
	ptObject   = 0x000d
	ptInt64    = 0x0014
	ptString8  = 0x001e
	ptUnicode  = 0x001f
	ptTime     = 0x0040
	ptCLSID    = 0x0048
	ptBinary   = 0x0102

	ptMultiple = 0x1000 // a flag: several values
)

// maxProperties bounds the properties of one message or attachment, and the
// values of one property.
const maxProperties = 10_000

// mapi are properties by their identifier; of several values the first is kept.
type mapi map[uint16]property

type property struct {
	kind uint16
	data []byte
}

// readMAPI reads an encapsulated property list (MS-OXTNEF section 2.1.3.4). What
// stands behind the first mistake is not read.
func readMAPI(b []byte, l *ledger) mapi {
	r := mapiReader{b: b}
	m := mapi{}
	n := r.uint32()
	for i := uint32(0); i < n && !r.failed; i++ {
		if i >= maxProperties {
			r.failed = true
			break
		}
		kind, id := r.uint16(), r.uint16()
		if id >= 0x8000 {
			r.name()
		}
		p := r.value(kind)
		if _, known := m[id]; !known && !r.failed && id < 0x8000 {
			m[id] = p
		}
	}
	if r.failed {
		l.defect(DefectTNEF)
	}
	return m
}

// mapiReader reads little-endian numbers and values padded to four bytes.
type mapiReader struct {
	b      []byte
	failed bool
}

func (r *mapiReader) take(n uint32) []byte {
	if r.failed || uint64(n) > uint64(len(r.b)) {
		r.failed = true
		return nil
	}
	d := r.b[:n]
	r.b = r.b[n:]
	return d
}

// padded takes n bytes and the padding behind them, which the last value may lack.
func (r *mapiReader) padded(n uint32) []byte {
	d := r.take(n)
	if pad := (4 - n%4) % 4; !r.failed {
		r.b = r.b[min(int(pad), len(r.b)):]
	}
	return d
}

func (r *mapiReader) uint16() uint16 {
	if d := r.take(2); d != nil {
		return binary.LittleEndian.Uint16(d)
	}
	return 0
}

func (r *mapiReader) uint32() uint32 {
	if d := r.take(4); d != nil {
		return binary.LittleEndian.Uint32(d)
	}
	return 0
}

// name skips the name of a property outside the numbered ones.
func (r *mapiReader) name() {
	r.take(16) // the set it belongs to
	if r.uint32() == 0 {
		r.take(4)
		return
	}
	r.padded(r.uint32())
}

func (r *mapiReader) value(kind uint16) property {
	p := property{kind: kind &^ ptMultiple}
	var size uint32
	switch p.kind {
	case ptInt16, ptBoolean:
		size = 2
	case ptInt32, ptFloat, ptError:
		size = 4
	case ptDouble, ptCurrency, ptAppTime, ptInt64, ptTime:
		size = 8
	case ptCLSID:
		size = 16
	case ptString8, ptUnicode, ptBinary, ptObject:
	default:
		r.failed = true
		return p
	}
	count := uint32(1)
	if size == 0 || kind&ptMultiple != 0 {
		count = r.uint32()
	}
	if count > maxProperties {
		r.failed = true
	}
	for i := uint32(0); i < count && !r.failed; i++ {
		n := size
		if size == 0 {
			n = r.uint32()
		}
		if d := r.padded(n); i == 0 {
			p.data = d
		}
	}
	return p
}

// text is a property of text in UTF-8; codepage is that of text of bytes.
func (m mapi) text(id uint16, codepage string, l *ledger) string {
	switch p := m[id]; p.kind {
	case ptUnicode:
		return decodeWide(p.data)
	case ptString8, ptBinary:
		return toUTF8(trimNUL(p.data), codepage, l)
	}
	return ""
}

func (m mapi) number(id uint16) (uint32, bool) {
	p := m[id]
	if p.kind != ptInt32 || len(p.data) != 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(p.data), true
}

func trimNUL(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// decodeWide reads UTF-16 in little-endian order up to its NUL.
func decodeWide(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		u := binary.LittleEndian.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}
