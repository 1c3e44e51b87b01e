package process

import (
	"context"
	"fmt"
	"strings"
)

// InvoiceXML is an issued invoice or credit note as FormatCII or FormatUBL.
// Quotes and drafts have no e-invoice, and what lacks something that the format
// needs is refused with the list of it.
func (s *Service) InvoiceXML(ctx context.Context, a Actor, about Ref, format string) (File, error) {
	var snap Snapshot
	err := s.view(ctx, a, MayRead, func(u *unit) error {
		none, err := u.withoutXML(about)
		if err != nil {
			return err
		}
		if format != FormatCII && format != FormatUBL {
			return Invalid("einvoice.format", "there is no such format", Problem{Field: "format", Reason: "einvoice.format", Message: "cii or ubl"})
		}
		if none != nil {
			return none
		}
		if s.invoices == nil {
			return Conflict("einvoice.unavailable", "this installation writes no e-invoices: the PDF is there")
		}
		snap, err = u.Snapshot(about.ID)
		return err
	})
	if err != nil {
		return File{}, err
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

// withoutXML says why a document has no e-invoice, nil when it has one. The
// error is that there is no such document.
func (u *unit) withoutXML(about Ref) (*Error, error) {
	switch about.Type {
	case TypeQuote:
		if _, err := u.Quotes().Get(about.ID); err != nil {
			return nil, err
		}
		return Conflict("einvoice.quote", "a quote is no invoice: the PDF is there"), nil
	case TypeInvoice:
		i, err := u.Invoices().Get(about.ID)
		if err != nil {
			return nil, err
		}
		if i.State == "draft" {
			return Conflict("einvoice.draft", "the invoice is a draft: issue it first"), nil
		}
		return nil, nil
	case TypeCreditNote:
		_, err := u.CreditNotes().Get(about.ID)
		return nil, err
	}
	return nil, NotFound("document", about.ID)
}
