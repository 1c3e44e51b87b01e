package api

import (
	"github.com/emne/emne/process"
)

// addXML adds the reading of e-invoices. A quote has the place too, and says
// that it is none.
func (s *server) addXML() {
	for _, d := range printed {
		op := fileOperation(root+"/"+d.collection+"/{id}/xml", d.collection, "xml", "Read the e-invoice (EN 16931): Factur-X's CII, or UBL as Peppol and EHF have it", "application/xml")
		op.Parameters = append(op.Parameters, queryParameter("format", "cii (the default) or ubl"))
		s.add(op, func(c *call) error {
			format := c.r.URL.Query().Get("format")
			if format == "" {
				format = process.FormatCII
			}
			f, err := c.service.InvoiceXML(c.ctx, c.actor, process.Ref{Type: d.record, ID: c.r.PathValue("id")}, format)
			if err != nil {
				return err
			}
			c.sendFile("attachment", "application/xml", f)
			return nil
		})
	}
}
