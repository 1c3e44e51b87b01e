package process

import (
	"context"
	"fmt"
	"strings"
)

// InvoiceXML is an issued invoice or credit note as FormatCII or FormatUBL. A
// draft has no e-invoice, and what lacks something that the format needs is
// refused with the list of it.
func (s *Service) InvoiceXML(ctx context.Context, a Actor, about Ref, format string) (File, error) {
	var snap Snapshot
	err := s.view(ctx, a, MayRead, func(u *unit) error {
		switch about.Type {
		case TypeInvoice:
			i, err := u.Invoices().Get(about.ID)
			if err != nil {
				return err
			}
			if i.State == "draft" {
				return Conflict("einvoice.draft", "the invoice is a draft: issue it first")
			}
		case TypeCreditNote:
			if _, err := u.CreditNotes().Get(about.ID); err != nil {
				return err
			}
		default:
			return NotFound("e-invoice", about.ID)
		}
		var err error
		snap, err = u.Snapshot(about.ID)
		return err
	})
	if err != nil {
		return File{}, err
	}
	if format != FormatCII && format != FormatUBL {
		return File{}, Invalid("einvoice.format", "there is no such format", Problem{Field: "format", Reason: "einvoice.format", Message: "cii or ubl"})
	}
	if s.invoices == nil {
		return File{}, Conflict("einvoice.unavailable", "this installation writes no e-invoices: the PDF is there")
	}
	b, problems, err := s.invoices.XML(snap, format)
	if err != nil {
		return File{}, fmt.Errorf("writing %s as %s: %w", snap.Number, format, err)
	}
	if len(problems) > 0 {
		return File{}, &Error{Code: CodeConflict, Reason: "einvoice.incomplete", Message: "the document lacks what an e-invoice needs: the PDF is there", Problems: problems}
	}
	return File{Name: strings.TrimSuffix(snap.FileName(), ".pdf") + "-" + format + ".xml", Data: b, SHA256: NewBlob(b).SHA256}, nil
}
