package api

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/emne/emne/process"
)

// printed are the collections whose records have a PDF.
var printed = []struct{ collection, record string }{
	{"quotes", process.TypeQuote}, {"invoices", process.TypeInvoice}, {"credit-notes", process.TypeCreditNote}, {"orders", process.TypeOrder},
}

// addFiles adds the reading of PDFs, raw mails and attachments.
func (s *server) addFiles() {
	for _, d := range printed {
		op := fileOperation(root+"/"+d.collection+"/{id}/pdf", d.collection, "pdf", "Read the PDF: the frozen bytes, or a preview of a draft", "application/pdf")
		s.add(op, func(c *call) error {
			f, err := c.service.PDF(c.ctx, c.actor, process.Ref{Type: d.record, ID: c.r.PathValue("id")})
			if err != nil {
				return err
			}
			c.sendFile("inline", "application/pdf", f)
			return nil
		})
	}
	s.add(fileOperation(root+"/messages/{id}/raw", "messages", "raw", "Read a mail as it came", octets), func(c *call) error {
		m, err := c.service.Messages().Get(c.ctx, c.actor, c.r.PathValue("id"))
		if err != nil {
			return err
		}
		return c.sendBlob(m.ID+".eml", m.SHA256)
	})
	s.add(fileOperation(root+"/messages/{id}/attachments/{sha256}", "messages", "attachment", "Read a file that came with a mail", octets), (*call).sendAttachment)
	s.add(fileOperation(root+"/quarantine/{id}/raw", "quarantine", "raw", "Read what could not be read, as it came", octets), func(c *call) error {
		q, err := c.service.Quarantine().Get(c.ctx, c.actor, c.r.PathValue("id"))
		if err != nil {
			return err
		}
		return c.sendBlob(q.ID+".bin", q.SHA256)
	})
}

const octets = "application/octet-stream"

func (c *call) sendAttachment() error {
	m, err := c.service.Messages().Get(c.ctx, c.actor, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	hash := c.r.PathValue("sha256")
	i := slices.IndexFunc(m.Attachments, func(a process.Attachment) bool { return a.SHA256 == hash })
	if i < 0 {
		return process.NotFound("attachment", hash)
	}
	return c.sendBlob(m.Attachments[i].Name, hash)
}

// sendBlob sends foreign bytes so that no browser opens them as a page of ours.
func (c *call) sendBlob(name, sha256 string) error {
	b, err := c.service.OpenBlob(c.ctx, c.actor, sha256)
	if err != nil {
		return fmt.Errorf("reading the file %s: %w", name, err)
	}
	defer b.Close()
	c.w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	c.send("attachment", octets, process.File{Name: name, SHA256: sha256}, b)
	return nil
}

func (c *call) sendFile(disposition, contentType string, f process.File) {
	c.send(disposition, contentType, f, bytes.NewReader(f.Data))
}

// send answers conditional requests and ranges by the file's hash.
func (c *call) send(disposition, contentType string, f process.File, content io.ReadSeeker) {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", dispositionOf(disposition, f.Name))
	h.Set("ETag", `"`+f.SHA256+`"`)
	h.Set("Cache-Control", "private, no-cache")
	http.ServeContent(c.w, c.r, "", time.Time{}, content)
}

// dispositionOf names a file without path, control characters or quotes (RFC 6266).
func dispositionOf(disposition, name string) string {
	name = strings.ToValidUTF8(name[strings.LastIndexAny(name, `/\`)+1:], "")
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '"' {
			return '_'
		}
		return r
	}, name)
	if v := mime.FormatMediaType(disposition, map[string]string{"filename": cut(name, 200)}); v != "" && name != "" {
		return v
	}
	return disposition
}
