package documents

import (
	"fmt"

	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
)

// Renderer draws documents; pdf.Renderer is one.
type Renderer interface {
	// RenderWith makes the PDF with files attached.
	RenderWith(process.Snapshot, []pdf.Attachment) ([]byte, error)
	// Text is a text of the documents in a language.
	Text(language, key string) string
	// Gaps lists the texts with characters that cannot be drawn.
	Gaps(process.Snapshot) []pdf.Gap
}

// Documents implements process.Documents, process.EInvoices and process.Pictures.
type Documents struct {
	renderer Renderer
}

var (
	_ process.Documents = (*Documents)(nil)
	_ process.EInvoices = (*Documents)(nil)
	_ process.Pictures  = (*Documents)(nil)
)

// New checks by the rules of this package and draws with r.
func New(r Renderer) *Documents { return &Documents{renderer: r} }

// Picture makes the picture of a product that documents show.
func (d *Documents) Picture(b []byte) ([]byte, error) { return pdf.SmallPicture(b) }

// Render makes the PDF, of an invoice or a credit note with the e-invoice
// inside. What is not a draft needs its number by now (BR-02).
func (d *Documents) Render(s process.Snapshot) ([]byte, error) {
	if s.Number == "" && !s.Draft && s.Kind != process.KindStatement {
		return nil, fmt.Errorf("render %s: it has no number and is no draft (BR-02)", s.Kind)
	}
	attachments, err := d.hybrid(s)
	if err != nil {
		return nil, err
	}
	return d.renderer.RenderWith(d.lawful(s), attachments)
}
