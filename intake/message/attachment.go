package message

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxNameBytes is the length of an attachment's name.
const maxNameBytes = 200

// attach adds a part to the attachments.
func (w *walker) attach(ctype, name string, h header, content []byte, large *part, at place, disposition string) {
	if ctype == "text/x-amp-html" {
		return // a copy of the text for programs that run it
	}
	a := Attachment{
		Name:        cleanName(name),
		ContentType: ctype,
		ContentID:   firstID(h.get("content-id")),
		Content:     content,
		large:       large,
		Inline:      at.parent == "multipart/related" && disposition != "attachment",
	}
	if large != nil {
		a.Content = nil
	}
	if a.ContentType == "" {
		a.ContentType = "application/octet-stream"
	}
	if ctype == "message/rfc822" || ctype == "message/global" {
		w.nestedMail = append(w.nestedMail, content)
		if a.Name == "" {
			ih, _ := splitHeader(content, true, &ledger{})
			a.Name = cleanName(strings.NewReplacer("/", "-", "\\", "-").Replace(oneLine(decodeWords(ih.get("subject"), &ledger{}))))
		}
		if a.Name != "" && !strings.HasSuffix(strings.ToLower(a.Name), ".eml") {
			a.Name += ".eml"
		}
	}
	if a.Name == "" {
		a.Name = defaultName(ctype)
	}
	w.b.attachments = append(w.b.attachments, a)
}

// markInline settles which attachments the HTML shows: those that it names by
// their Content-ID, and those of a multipart/related that has one. A part that
// is only marked "inline" is a file to a person: some programs mark all so.
func markInline(as []Attachment, html []byte) {
	if !slices.ContainsFunc(as, func(a Attachment) bool { return a.ContentID != "" }) {
		for i := range as {
			as[i].Inline = false
		}
		return
	}
	named := contentIDs(html)
	for i := range as {
		a := &as[i]
		a.Inline = a.ContentID != "" && (named[a.ContentID] || a.Inline && len(html) > 0)
	}
}

// contentIDs are the ids that HTML refers to as cid: (RFC 2392).
func contentIDs(html []byte) map[string]bool {
	ids := map[string]bool{}
	for len(ids) < MaxParts {
		i := bytes.Index(html, []byte("cid:"))
		if i < 0 {
			break
		}
		html = html[i+4:]
		j := bytes.IndexAny(html[:min(len(html), 300)], "\"')> \n")
		if j > 0 {
			ids[strings.ReplaceAll(string(html[:j]), "%40", "@")] = true
		}
	}
	return ids
}

// cleanName makes a name fit for display: no path, no control characters, no
// turned direction, not longer than maxNameBytes with its extension kept.
func cleanName(s string) string {
	s = oneLine(s)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Trim(s, " \"")
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	if strings.Trim(s, ". ") == "" {
		return ""
	}
	if len(s) <= maxNameBytes {
		return s
	}
	ext := ""
	if i := strings.LastIndexByte(s, '.'); i >= 0 && len(s)-i <= 10 {
		ext = s[i:]
	}
	s = s[:maxNameBytes-len(ext)]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + ext
}

// extensions are those of the types that come without a name.
var extensions = map[string]string{
	"application/pdf": ".pdf", "application/pgp-signature": ".asc", "application/pkcs7-signature": ".p7s",
	"application/x-pkcs7-signature": ".p7s", "application/zip": ".zip", "application/json": ".json",
	"image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/svg+xml": ".svg",
	"image/tiff": ".tif", "image/bmp": ".bmp", "image/webp": ".webp",
	"text/calendar": ".ics", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/directory": ".vcf",
	"text/csv": ".csv", "text/xml": ".xml", "application/xml": ".xml", "text/rtf": ".rtf", "application/rtf": ".rtf",
	"text/plain": ".txt", "text/html": ".html", "message/rfc822": ".eml", "message/global": ".eml",
	"audio/mpeg": ".mp3", "audio/wav": ".wav", "video/mp4": ".mp4",
}

// defaultName names a part by its type.
func defaultName(ctype string) string {
	major, _, _ := strings.Cut(ctype, "/")
	switch major {
	case "image", "audio", "video", "message":
	default:
		major = "attachment"
	}
	return major + extensions[ctype]
}
