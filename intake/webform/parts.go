package webform

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/emne/emne/intake"
)

// readMultipart reads multipart/form-data (RFC 7578). When it ends too early,
// what came is kept.
func readMultipart(boundary string, body []byte) (form, error) {
	if boundary == "" {
		line, _, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n"), []byte("\n"))
		boundary = strings.TrimPrefix(strings.TrimSpace(string(line)), "--")
	}
	if boundary == "" || len(boundary) > 200 {
		return form{}, errMultipart
	}
	f := form{raw: map[string]string{}}
	type part struct {
		name    string
		charset string
		value   []byte
	}
	var parts []part
	charset := ""
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFields + maxFiles {
		p, err := reader.NextPart()
		if err != nil {
			break
		}
		content, err := io.ReadAll(io.LimitReader(p, MaxMultipart))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && len(content) == 0 {
			break
		}
		name, file := names(p.Header)
		media, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch {
		case file != nil:
			if len(content) > 0 && len(f.files) < maxFiles {
				f.files = append(f.files, intake.File{Name: fileName(decode([]byte(*file), "")), ContentType: typeOf(media), Content: intake.NewBlob(bytes.Clone(content))})
			}
		case name == "_charset_":
			charset = string(content)
		default:
			parts = append(parts, part{name, params["charset"], content})
		}
		if err != nil {
			break
		}
	}
	for _, p := range parts {
		if p.charset == "" {
			p.charset = charset
		}
		f.pair(decode([]byte(p.name), p.charset), decode(p.value, p.charset))
	}
	if len(f.fields) == 0 && len(f.files) == 0 {
		return f, errMultipart
	}
	return f, nil
}

// names gives the field's name and, for a file, the file's.
func names(h textproto.MIMEHeader) (name string, file *string) {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil && len(params) == 0 {
		return "", nil
	}
	if v, is := params["filename"]; is {
		file = &v
	}
	return params["name"], file
}

func typeOf(media string) string {
	if media == "" || len(media) > 100 {
		return "application/octet-stream"
	}
	return media
}

// fileName is for display: without path and control characters, never empty.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	if s = oneLine(s, maxLabel); s == "" || s == "." || s == ".." {
		return "file"
	}
	return s
}
