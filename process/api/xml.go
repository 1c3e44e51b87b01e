package api

import (
	"github.com/emne/emne/process"
)

// addXML adds the place of the e-invoice formats, which this version does not
// write yet: it says so instead of pretending that there is no such place.
func (s *server) addXML() {
	byName := map[string]collection{}
	for _, c := range collections() {
		byName[c.name] = c
	}
	for _, d := range printed {
		op := fileOperation(root+"/"+d.collection+"/{id}/xml", d.collection, "xml", "Read the e-invoice (EN 16931); not available in this version", "application/xml")
		op.Parameters = append(op.Parameters, queryParameter("format", "cii (the default) or ubl"))
		s.add(op, func(c *call) error {
			if _, err := byName[d.collection].get(c.ctx, c.service, c.actor, c.r.PathValue("id")); err != nil {
				return err
			}
			switch c.r.URL.Query().Get("format") {
			case "", "cii", "ubl":
				return process.Conflict("einvoice.unavailable", "e-invoice XML is not available in this version; the PDF is")
			}
			return process.Invalid("einvoice.format", "there is no such format",
				process.Problem{Field: "format", Reason: "einvoice.format", Message: "cii or ubl"})
		})
	}
}
