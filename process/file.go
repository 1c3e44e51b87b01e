package process

import (
	"context"
	"fmt"
)

// File is a document's bytes.
type File struct {
	Name   string
	Data   []byte
	SHA256 string
}

// FileName is what a document is called when it is saved: kind and number.
func (s Snapshot) FileName() string {
	number := s.Number
	if s.Revision > 0 {
		number = fmt.Sprintf("%s-r%d", number, s.Revision)
	}
	if s.Account != nil {
		number = string(s.Account.To)
	}
	if number == "" {
		number = "draft"
	}
	return string(s.Kind) + "-" + number + ".pdf"
}

// PDF is the document of a quote, invoice or credit note: the frozen bytes, or
// a preview marked as draft when it is not issued yet.
func (s *Service) PDF(ctx context.Context, a Actor, about Ref) (File, error) {
	var snap Snapshot
	hash := ""
	err := s.view(ctx, a, MayRead, func(u *unit) (err error) {
		switch about.Type {
		case TypeQuote:
			var q *Quote
			if q, err = u.Quotes().Get(about.ID); err != nil {
				return err
			}
			if hash = q.SHA256; hash == "" {
				snap, err = u.quoteSnapshot(q)
			}
		case TypeInvoice:
			var i *Invoice
			if i, err = u.Invoices().Get(about.ID); err != nil {
				return err
			}
			if hash = i.SHA256; hash == "" {
				snap, err = u.invoiceSnapshot(i)
			}
		case TypeOrder:
			var o *Order
			if o, err = u.Orders().Get(about.ID); err != nil {
				return err
			}
			if snap, err = u.orderSnapshot(o); err != nil {
				return err
			}
			hash = o.SHA256
			return nil
		case TypeCreditNote:
			var n *CreditNote
			if n, err = u.CreditNotes().Get(about.ID); err != nil {
				return err
			}
			hash = n.SHA256
		default:
			return NotFound("document", about.ID)
		}
		if err == nil && hash != "" {
			snap, err = u.Snapshot(about.ID)
		}
		return err
	})
	if err != nil {
		return File{}, err
	}
	if hash != "" {
		b, err := s.store.Blob(ctx, hash)
		return File{snap.FileName(), b, hash}, err
	}
	snap.Draft = true
	if err := s.illustrate(ctx, &snap); err != nil {
		return File{}, err
	}
	b, err := s.documents.Render(snap)
	if err != nil {
		return File{}, fmt.Errorf("rendering a preview: %w", err)
	}
	blob := NewBlob(b)
	return File{snap.FileName(), b, blob.SHA256}, nil
}
