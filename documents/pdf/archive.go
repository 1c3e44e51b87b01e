package pdf

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// archived is what makes a drawn document a PDF/A-3b.
type archived struct {
	title, author string
	lang          string
	madeAt        time.Time // UTC
	profile       []byte    // compressed ICC profile
	attachments   []Attachment
}

// archive rewrites what gofpdf wrote to PDF/A-3b (ISO 19005-3): header with
// version 1.7 and binary comment, information dictionary, metadata, output
// intent, attachments, catalog, one cross-reference table and a trailer with
// identifiers. The page objects stay as they are, deflated. An incremental update would
// not do: the old header and catalog would still be there.
func archive(in []byte, a archived) ([]byte, error) {
	offsets, err := objects(in)
	if err != nil {
		return nil, err
	}
	info := len(offsets) - 2 // gofpdf writes information and catalog last
	w := &objectWriter{}
	w.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	if err := w.copyObjects(in, offsets, info); err != nil {
		return nil, err
	}

	xmp, err := metadata(a)
	if err != nil {
		return nil, fmt.Errorf("write the metadata: %w", err)
	}
	infoID := w.object(fmt.Sprintf("<</Title %s/Author %s/Creator %s/Producer %s/CreationDate(%s)/ModDate(%s)>>",
		textString(a.title), textString(a.author), textString(software), textString(software), pdfTime(a.madeAt), pdfTime(a.madeAt)))
	metadataID := w.stream("/Type/Metadata/Subtype/XML", xmp) // not compressed, so that any tool can read it
	profileID := w.stream("/N 3/Filter/FlateDecode", a.profile)
	intentID := w.object(fmt.Sprintf("<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>", profileID))
	attached, err := w.attach(a)
	if err != nil {
		return nil, err
	}
	root := w.object(fmt.Sprintf("<</Type/Catalog/Pages 1 0 R/Lang%s/Metadata %d 0 R/OutputIntents[%d 0 R]/ViewerPreferences<</DisplayDocTitle true>>%s>>",
		textString(locale(a.lang)), metadataID, intentID, attached))
	return w.finish(root, infoID), nil
}

// locale is the tag of a language as documents are written in it.
func locale(lang string) string {
	if lang == "nb" || lang == "nn" {
		return lang + "-NO"
	}
	return lang
}

// objects reads the offsets of gofpdf's cross-reference table; index 0 is unused.
func objects(in []byte) ([]int, error) {
	broken := func(what string) error { return fmt.Errorf("read what was drawn: no %s", what) }
	at := bytes.LastIndex(in, []byte("startxref\n"))
	if at < 0 {
		return nil, broken("startxref")
	}
	start, _, _ := bytes.Cut(in[at+len("startxref\n"):], []byte("\n"))
	table, err := strconv.Atoi(string(start))
	if err != nil || table < 0 || table >= len(in) {
		return nil, broken("cross-reference table")
	}
	rest, ok := bytes.CutPrefix(in[table:], []byte("xref\n0 "))
	count, rest, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(count))
	if !ok || err != nil || n < 4 || len(rest) < 20*n {
		return nil, broken("object")
	}
	offsets := make([]int, n)
	for i := 1; i < n; i++ {
		if offsets[i], err = strconv.Atoi(string(rest[20*i : 20*i+10])); err != nil || offsets[i] >= table {
			return nil, broken("offset of object " + strconv.Itoa(i))
		}
	}
	return offsets, nil
}

// objectWriter appends numbered objects and keeps their offsets.
type objectWriter struct {
	bytes.Buffer
	offsets []int
}

func (w *objectWriter) object(body string) int {
	id := len(w.offsets)
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", id, body)
	return id
}

func (w *objectWriter) stream(entries string, data []byte) int {
	id := len(w.offsets)
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n<<%s/Length %d>>\nstream\n", id, entries, len(data))
	w.Write(data)
	w.WriteString("\nendstream\nendobj\n")
	return id
}

// attach embeds the attachments and answers the catalog's entries for them.
func (w *objectWriter) attach(a archived) (string, error) {
	if len(a.attachments) == 0 {
		return "", nil
	}
	var files, names strings.Builder
	attachments := slices.SortedFunc(slices.Values(a.attachments), func(a, b Attachment) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range attachments { // a name tree is sorted
		data, err := well.deflate(f.Content)
		if err != nil {
			return "", fmt.Errorf("attach %s: %w", f.Name, err)
		}
		relationship := f.Relationship
		if relationship == "" {
			relationship = "Unspecified"
		}
		embedded := w.stream(fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Filter/FlateDecode/Params<</ModDate(%s)/Size %d/CheckSum<%x>>>",
			nameObject(f.MIME), pdfTime(a.madeAt), len(f.Content), md5.Sum(f.Content)), data)
		spec := w.object(fmt.Sprintf("<</Type/Filespec/F%s/UF%s/AFRelationship/%s/Desc%s/EF<</F %d 0 R/UF %d 0 R>>>>",
			textString(f.Name), textString(f.Name), nameObject(relationship), textString(f.Description), embedded, embedded))
		fmt.Fprintf(&files, "%d 0 R ", spec)
		fmt.Fprintf(&names, "%s %d 0 R ", textString(f.Name), spec)
	}
	return fmt.Sprintf("/AF[%s]/Names<</EmbeddedFiles<</Names[%s]>>>>/PageMode/UseAttachments", files.String(), names.String()), nil
}

// finish writes cross-reference table and trailer. The identifier is a hash of
// the content, so that the same document has the same.
func (w *objectWriter) finish(root, info int) []byte {
	id := md5.Sum(w.Bytes())
	table := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, o := range w.offsets[1:] {
		fmt.Fprintf(w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(w, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets), root, info, id, id, table)
	return w.Bytes()
}

// textString is a text string of ISO 32000-1 7.9.2: ASCII as it is, else UTF-16.
func textString(s string) string {
	if plain(s) {
		return "(" + strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, "\n", " ").Replace(s) + ")"
	}
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return fmt.Sprintf("<%X>", b)
}

// nameObject is a name without its slash (ISO 32000-1 7.3.5).
func nameObject(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '+' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "#%02X", c)
		}
	}
	return b.String()
}
