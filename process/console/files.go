package console

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/emne/emne/process"
)

func leadFiles(v *visit, id string) ([]process.Attachment, error) {
	l, err := v.s.Leads().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	return l.Attachments, nil
}

func messageFiles(v *visit, id string) ([]process.Attachment, error) {
	m, err := v.s.Messages().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	return append(m.Attachments, process.Attachment{Name: "mail.eml", SHA256: m.SHA256, Size: m.Size}), nil
}

func quarantineFiles(v *visit, id string) ([]process.Attachment, error) {
	q, err := v.s.Quarantine().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	return []process.Attachment{{Name: q.Kind + ".bin", SHA256: q.SHA256, Size: q.Size}}, nil
}

func (v *visit) fileLink(k *kind, id string, n int, f process.Attachment) fileLink {
	return fileLink{Name: either(f.Name, v.t("unnamed")), Size: v.size(f.Size), Href: "/" + k.collection + "/" + id + "/files/" + strconv.Itoa(n)}
}

// file gives an attachment out for saving. What strangers sent never becomes a
// page of ours: it has no type that a browser would show.
func (v *visit) file(k *kind) error {
	files, err := k.files(v, v.id())
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.PathValue("file"))
	if v.r.PathValue("file") == "raw" {
		n, err = len(files)-1, nil
	}
	if err != nil || n < 0 || n >= len(files) {
		return process.NotFound("file", v.r.PathValue("file"))
	}
	f := files[n]
	b, err := v.s.OpenBlob(v.ctx(), v.actor, f.SHA256)
	if err != nil {
		return err
	}
	defer b.Close()
	header := v.w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Content-Disposition", disposition("attachment", either(f.Name, "file")))
	header.Set("Cache-Control", "private, no-store")
	http.ServeContent(v.w, v.r, "", time.Time{}, b)
	return nil
}

// disposition names a file (RFC 6266); mime quotes and encodes it.
func disposition(how, name string) string {
	if s := mime.FormatMediaType(how, map[string]string{"filename": name}); s != "" {
		return s
	}
	return how
}

// pdf shows a document: the frozen bytes, or a preview of a draft.
func (v *visit) pdf(k *kind) error {
	var f process.File
	var err error
	if k.typ == process.TypeQuote && v.r.URL.Query().Get("copy") == "accepted" {
		f, err = v.receipt()
	} else {
		f, err = v.s.PDF(v.ctx(), v.actor, process.Ref{Type: k.typ, ID: v.id()})
	}
	if err != nil {
		return err
	}
	return v.showPDF(f)
}

func (v *visit) showPDF(f process.File) error {
	header := v.w.Header()
	header.Set("Content-Type", "application/pdf")
	// The page's own policy would keep browsers' viewers from working.
	header.Set("Content-Security-Policy", "base-uri 'none'; frame-ancestors 'none'")
	header.Set("Content-Disposition", disposition("inline", f.Name))
	header.Set("Cache-Control", "private, no-store")
	if f.SHA256 != "" {
		header.Set("ETag", fmt.Sprintf("%q", f.SHA256))
	}
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(f.Data))
	return nil
}

// receipt is the copy of a quote with its acceptance.
func (v *visit) receipt() (process.File, error) {
	q, err := v.s.Quotes().Get(v.ctx(), v.actor, v.id())
	if err != nil {
		return process.File{}, err
	}
	if q.Acceptance == nil || q.Acceptance.ReceiptSHA256 == "" {
		return process.File{}, process.NotFound("document", q.ID)
	}
	b, err := v.s.Blob(v.ctx(), v.actor, q.Acceptance.ReceiptSHA256)
	return process.File{Name: "quote-" + q.Number + "-accepted.pdf", Data: b, SHA256: q.Acceptance.ReceiptSHA256}, err
}
