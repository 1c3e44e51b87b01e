package pdf

import (
	"fmt"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Options are what a company may choose of the looks.
type Options struct {
	// Accent stands in for the layout's, as #rrggbb; empty keeps that.
	Accent string
}

// Attachment is a file inside a PDF/A-3, such as the invoice as XML.
type Attachment struct {
	Name        string // file name, ASCII
	Description string
	MIME        string // such as text/xml
	// Relationship is AFRelationship of ISO 32000-2 7.11.3: Alternative,
	// Data, Source, Supplement; Unspecified when it is empty.
	Relationship string
	Content      []byte
	// FacturX is the conformance level of a Factur-X or ZUGFeRD invoice, such as
	// EN 16931; the metadata then say so. Empty for any other file.
	FacturX string
}

// Renderer makes PDFs. It may be used by many goroutines.
type Renderer struct {
	*look
	labels  *templates.Set
	profile []byte // the compressed colour profile
}

// New reads the layout with its files, and prepares fonts and colour profile
// once; that takes some 10 ms. What is wrong with the layout is an error that
// names file and setting.
func New(labels *templates.Set, o Options) (*Renderer, error) {
	l, err := newLook(labels)
	if err != nil {
		return nil, err
	}
	if o.Accent != "" {
		accent, err := parseColour(o.Accent)
		if err != nil {
			return nil, fmt.Errorf("read the accent colour: %w", err)
		}
		l.palette = newPalette(accent)
	}
	profile, err := well.deflate(sRGB())
	if err != nil {
		return nil, fmt.Errorf("prepare the colour profile: %w", err)
	}
	return &Renderer{look: l, labels: labels, profile: profile}, nil
}

// Text is a text of the documents in a language, the key itself when there is
// none.
func (r *Renderer) Text(language, key string) string {
	return r.labels.Labels(templates.Documents, language).Text(key, nil)
}

// Render makes the PDF of a document. The same snapshot gives the same bytes.
func (r *Renderer) Render(snap process.Snapshot) ([]byte, error) {
	return r.RenderWith(snap, nil)
}

// RenderWith makes the PDF with files attached.
func (r *Renderer) RenderWith(snap process.Snapshot, attachments []Attachment) (b []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("render %s %s: the PDF writer failed: %v", snap.Kind, snap.Number, p)
		}
	}()
	switch snap.Kind {
	case process.KindQuote, process.KindInvoice, process.KindCreditNote, process.KindOrderConfirmation, process.KindPaymentRequest, process.KindStatement, process.KindReminder:
	default:
		return nil, fmt.Errorf("render: %q is no kind of document", snap.Kind)
	}
	c, err := compose(r.look, r.labels.Labels(templates.Documents, snap.Language), snap)
	if err != nil {
		return nil, fmt.Errorf("lay out %s %s: %w", snap.Kind, snap.Number, err)
	}
	drawn, err := c.draw()
	if err != nil {
		return nil, fmt.Errorf("draw %s %s: %w", snap.Kind, snap.Number, err)
	}
	b, err = archive(drawn, archived{title: c.heading(), author: snap.Seller.Name, lang: c.lang,
		madeAt: snap.MadeAt.UTC(), profile: r.profile, attachments: attachments})
	if err != nil {
		return nil, fmt.Errorf("make PDF/A of %s %s: %w", snap.Kind, snap.Number, err)
	}
	return b, nil
}
