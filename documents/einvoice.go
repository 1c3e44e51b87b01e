package documents

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emne/emne/documents/einvoice"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
)

// What Factur-X 1.0 calls the invoice inside the PDF, and its profile.
const (
	facturXName  = "factur-x.xml"
	facturXLevel = "EN 16931"
)

// XML writes an issued invoice or credit note as CII or UBL, or lists what the
// format misses. The CII is, byte for byte, what Render puts into the PDF.
func (d *Documents) XML(s process.Snapshot, format string, enclosed ...process.File) ([]byte, []process.Problem, error) {
	m, err := d.model(s)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range enclosed {
		m.Enclosed = append(m.Enclosed, einvoice.File{ID: s.Number, Description: d.renderer.Text(s.Language, "einvoice.pdf"), Name: f.Name, MIME: "application/pdf", Content: f.Data})
	}
	problems := einvoice.Check(m)
	write := einvoice.UBL
	switch format {
	case process.FormatUBL:
	case process.FormatCII:
		problems, write = einvoice.Standard(problems), einvoice.CII
	default:
		return nil, nil, fmt.Errorf("write %s %s: %q is no format of e-invoices", s.Kind, s.Number, format)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	b, err := write(m)
	return b, nil, err
}

// hybrid is the e-invoice of a document that has one. A draft has none, nor
// has what EN 16931 cannot write, such as dinars with three decimals.
func (d *Documents) hybrid(s process.Snapshot) ([]pdf.Attachment, error) {
	if !s.Kind.Accounted() || s.Draft {
		return nil, nil
	}
	b, problems, err := d.XML(s, process.FormatCII)
	if err != nil || len(problems) > 0 {
		return nil, err
	}
	return []pdf.Attachment{{Name: facturXName, Description: d.renderer.Text(s.Language, "einvoice.file"), MIME: "text/xml",
		Relationship: "Alternative", Content: b, FacturX: facturXLevel}}, nil
}

// checkEInvoice lists what only the e-invoice asks for, beyond the problems
// that were found already. A consumer has no address in Peppol: then nothing is
// missing there.
func (d *Documents) checkEInvoice(s process.Snapshot, found []process.Problem) []process.Problem {
	if !s.Kind.Accounted() || slices.ContainsFunc(found, func(p process.Problem) bool { return p.Reason == "amount.currency" || p.Reason == "currency.missing" }) {
		return nil
	}
	m, err := d.model(s)
	if err != nil {
		return []process.Problem{{Field: "currency", Rule: "BR-05", Reason: "amount.currency", Message: err.Error()}}
	}
	return slices.DeleteFunc(einvoice.Check(m), func(p process.Problem) bool {
		return s.Buyer.Kind == "consumer" && p.Channel != "" ||
			slices.ContainsFunc(found, func(f process.Problem) bool { return f.Field == p.Field && f.Reason == p.Reason })
	})
}

func (d *Documents) model(s process.Snapshot) (einvoice.Model, error) {
	texts := einvoice.Texts{Deposit: d.renderer.Text(s.Language, "deposit.of"), Deducted: d.renderer.Text(s.Language, "deposit.deducted"), Credited: d.renderer.Text(s.Language, "einvoice.credited"), Exemption: map[string]string{}, Mentions: d.mentions(s)}
	for _, category := range []string{"E", "AE", "K", "G", "O"} {
		texts.Exemption[category] = strings.TrimSpace(d.renderer.Text(s.Language, "vat.note."+category))
	}
	return einvoice.FromSnapshot(s, texts)
}
