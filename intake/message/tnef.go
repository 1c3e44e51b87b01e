package message

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// The attributes of a TNEF stream that are read (MS-OXTNEF section 2.1.3.3).
// The low half of an identifier is the name, the high half the type.
const (
	attTitle      = 0x8010 // file name, 8.3
	attData       = 0x800f // content
	attRenderData = 0x9002 // starts an attachment
	attAttachment = 0x9005 // MAPI properties of an attachment
	attSubject    = 0x8004
	attBody       = 0x800c
	attMessage    = 0x9003 // MAPI properties of the message
	attCodepage   = 0x9007
)

const (
	tnefSignature = 0x223e9f78
	// maxTNEFDepth is how deep messages may be nested inside one.
	maxTNEFDepth = 5
)

// tnef is what a winmail.dat holds: a message as Outlook sends it to Outlook.
type tnef struct {
	subject     string
	plain, html string
	files       []tnefFile
}

type tnefFile struct {
	name, contentType, contentID string
	content                      []byte
}

// isTNEF tells the type and the name that such a part goes by.
func isTNEF(ctype, name string) bool {
	switch ctype {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return true
	}
	return strings.EqualFold(name, "winmail.dat")
}

// readTNEF reads a stream (MS-OXTNEF section 2.1). ok is false when b is none
// at all; one that is cut or wrong gives what stands before that, and a defect.
func readTNEF(b []byte, depth int, l *ledger) (t tnef, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return t, false
	}
	r := tnefReader{l: l, depth: depth}
	b = b[6:]
	for len(b) > 0 {
		// level (1), name and type (2 + 2), length (4), data, checksum (2)
		if len(b) < 11 {
			l.defect(DefectTNEF)
			break
		}
		name, length := binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint32(b[5:])
		if uint64(length) > uint64(len(b)-11) {
			l.defect(DefectTNEF)
			break
		}
		data := b[9 : 9+length]
		if checksum(data) != binary.LittleEndian.Uint16(b[9+length:]) {
			l.defect(DefectTNEF) // the data may be good all the same
		}
		r.attribute(name, data)
		b = b[11+length:]
	}
	return r.finish(), true
}

// checksum is the sum of the bytes (MS-OXTNEF section 2.1.3.2).
func checksum(b []byte) uint16 {
	var sum uint16
	for _, c := range b {
		sum += uint16(c)
	}
	return sum
}

// tnefReader collects attributes; those of an attachment follow its render data.
type tnefReader struct {
	l        *ledger
	depth    int
	codepage string
	subject  []byte
	body     []byte
	message  mapi
	files    []tnefParts
}

type tnefParts struct {
	title, data []byte
	props       mapi
}

func (r *tnefReader) attribute(name uint16, data []byte) {
	var file *tnefParts
	if n := len(r.files); n > 0 {
		file = &r.files[n-1]
	}
	switch name {
	case attCodepage:
		if len(data) >= 4 {
			r.codepage = codepageLabel(binary.LittleEndian.Uint32(data))
		}
	case attSubject:
		r.subject = data
	case attBody:
		r.body = data
	case attMessage:
		r.message = readMAPI(data, r.l)
	case attRenderData:
		if len(r.files) < MaxParts {
			r.files = append(r.files, tnefParts{})
		} else {
			r.l.fail(ProblemTooManyParts)
		}
	case attTitle:
		if file != nil {
			file.title = data
		}
	case attData:
		if file != nil {
			file.data = data
		}
	case attAttachment:
		if file != nil {
			file.props = readMAPI(data, r.l)
		}
	}
}

func (r *tnefReader) finish() tnef {
	t := tnef{subject: oneLine(r.message.text(propSubject, r.codepage, r.l))}
	if t.subject == "" {
		t.subject = oneLine(r.text(r.subject))
	}
	t.plain = cleanText(r.message.text(propBody, r.codepage, r.l))
	if blank(t.plain) {
		t.plain = cleanText(r.text(r.body))
	}
	t.html = r.html()
	if packed, ok := r.message[propRTF]; ok && blank(t.html) {
		if rtf, ok := unpackRTF(packed.data, r.l); ok {
			plain, html := readRTF(rtf, r.l)
			t.html = html
			if blank(t.plain) {
				t.plain = plain
			}
		}
	}
	for _, f := range r.files {
		t.files = append(t.files, r.file(f)...)
	}
	return t
}

// html is the HTML body, whose charset is a property of its own.
func (r *tnefReader) html() string {
	p, ok := r.message[propHTML]
	if !ok {
		return ""
	}
	if p.kind == ptUnicode {
		return cleanText(decodeWide(p.data))
	}
	label := r.codepage
	if n, ok := r.message.number(propCodepage); ok {
		label = codepageLabel(n)
	}
	return cleanText(toUTF8(trimNUL(p.data), label, r.l))
}

func (r *tnefReader) text(b []byte) string { return toUTF8(trimNUL(b), r.codepage, r.l) }

// file is one attachment; a message among them becomes its text and its files.
func (r *tnefReader) file(p tnefParts) []tnefFile {
	f := tnefFile{contentID: firstID(p.props.text(propContentID, r.codepage, r.l)), content: p.data}
	for _, prop := range []uint16{propLongName, propShortName} {
		if f.name == "" {
			f.name = p.props.text(prop, r.codepage, r.l)
		}
	}
	if f.name == "" {
		f.name = r.text(p.title)
	}
	if f.name == "" {
		f.name = p.props.text(propDisplayName, r.codepage, r.l)
	}
	if t := strings.ToLower(oneLine(p.props.text(propMIMEType, r.codepage, r.l))); strings.Count(t, "/") == 1 && isToken(strings.Replace(t, "/", "", 1)) {
		f.contentType = t
	}
	if object, ok := p.props[propData]; ok {
		if object.kind == ptObject && len(object.data) > 16 { // an interface's id before it
			if inner, ok := r.nested(object.data[16:]); ok {
				return inner.asFiles(f.name)
			}
		}
		if len(f.content) == 0 {
			f.content = object.data
		}
	}
	if len(f.content) == 0 && f.name == "" {
		return nil
	}
	return []tnefFile{f}
}

func (r *tnefReader) nested(b []byte) (tnef, bool) {
	if r.depth >= maxTNEFDepth {
		r.l.fail(ProblemTooDeep)
		return tnef{}, false
	}
	return readTNEF(b, r.depth+1, r.l)
}

// asFiles gives an inner message as its text, named by its subject, and its files.
func (t tnef) asFiles(name string) []tnefFile {
	if t.subject != "" {
		name = t.subject
	}
	name = strings.NewReplacer("/", "-", "\\", "-").Replace(name)
	if name == "" {
		name = "message"
	}
	var files []tnefFile
	switch {
	case !blank(t.html):
		files = append(files, tnefFile{name: name + ".html", contentType: "text/html", content: []byte(t.html)})
	case !blank(t.plain):
		files = append(files, tnefFile{name: name + ".txt", contentType: "text/plain", content: []byte(t.plain)})
	}
	return append(files, t.files...)
}

// codepageLabel is the charset of a Windows code page.
func codepageLabel(n uint32) string {
	switch {
	case n == 65001:
		return "utf-8"
	case n == 20127:
		return "us-ascii"
	case n == 1200:
		return "utf-16le"
	case n == 932:
		return "shift_jis"
	case n == 936, n == 54936:
		return "gb18030"
	case n == 949:
		return "euc-kr"
	case n == 950:
		return "big5"
	case n == 20866:
		return "koi8-r"
	case n == 50220:
		return "iso-2022-jp"
	case n >= 1250 && n <= 1258:
		return "windows-" + strconv.Itoa(int(n))
	case n >= 28591 && n <= 28606:
		return "iso-8859-" + strconv.Itoa(int(n-28590))
	}
	return ""
}

// tnefPart opens a part that goes by the name of a TNEF stream: its files become
// the mail's, its text is kept for the case that there is no other.
func (w *walker) tnefPart(content []byte) bool {
	t, ok := readTNEF(content, 0, w.l)
	if !ok {
		return false
	}
	for _, f := range t.files {
		if w.l.parts++; w.l.parts > MaxParts {
			w.l.fail(ProblemTooManyParts)
			break
		}
		if !w.l.spend(len(f.content)) {
			break
		}
		if f.contentType == "" {
			f.contentType = typeOfName(f.name)
		}
		w.attach(f.contentType, f.name, header{{"content-id", "<" + f.contentID + ">"}}, f.content, nil, place{}, "attachment")
	}
	if !blank(t.plain) || !blank(t.html) {
		w.fallback = append(w.fallback, segment{plain: t.plain, html: []byte(t.html)})
	}
	return true
}

// typeOfName is the type that goes by the extension of a name.
func typeOfName(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "application/octet-stream"
	}
	switch ext := strings.ToLower(name[i:]); ext {
	case ".jpg":
		return "image/jpeg"
	case ".vcf":
		return "text/vcard"
	case ".xml":
		return "application/xml"
	case ".rtf":
		return "application/rtf"
	case ".eml":
		return "message/rfc822"
	case ".asc", ".p7s": // several types go by these
	default:
		for ctype, e := range extensions {
			if e == ext {
				return ctype
			}
		}
	}
	return "application/octet-stream"
}
