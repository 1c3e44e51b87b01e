package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// addCompare adds the comparison of two quotes.
func (s *server) addCompare() {
	op := operation("GET", root+"/quotes/{id}/compare", "quotes", "quotes_compare", "Compare a quote with the revision that it replaces, or with another one")
	op.Parameters = append(op.Parameters, pathParameter("id"), queryParameter("with", "id of the other quote; the previous revision when left out"))
	answers(op, 200, "What differs", s.schemas.output(reflect.TypeFor[process.Comparison]()))
	s.add(op, func(c *call) error {
		v, err := c.service.CompareQuotes(c.ctx, c.actor, c.r.PathValue("id"), c.r.URL.Query().Get("with"))
		if err != nil {
			return err
		}
		return c.writeValue(v)
	})
}
