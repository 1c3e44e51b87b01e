package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// addRegister adds the question to the register of companies.
func (s *server) addRegister() {
	op := operation("GET", root+"/register", "register", "register_search", "Look for companies by name or organisation number")
	op.Description = "A register that is out of reach is a warning in the answer, never an error."
	op.Parameters = append(op.Parameters, queryParameter("q", "a name, or an organisation number"))
	answers(op, 200, "What the register knows", s.schemas.output(reflect.TypeFor[process.RegisterAnswer]()))
	s.add(op, func(c *call) error {
		answer, err := c.service.LookUp(c.ctx, c.actor, c.r.URL.Query().Get("q"))
		if err != nil {
			return err
		}
		return c.writeValue(answer)
	})
}
