package api

import (
	"context"
	"net/http"

	"github.com/emne/emne/process"
)

// addForm adds the making, editing and deleting of one kind of record.
func (s *server) addForm(f process.Form) {
	input := s.schemas.input(f.Input)
	answer := s.schemas.merged(f.Record)
	s.add(createOperation(f.Collection, input, answer), func(c *call) error {
		return c.post(merged(http.StatusCreated), func(ctx context.Context, body []byte) (*process.Outcome, error) {
			return f.Create(c.service, ctx, c.actor, body)
		})
	})
	if f.Edit != nil {
		s.add(editOperation(f.Collection, s.schemas.partial(f.Input), answer), func(c *call) error {
			t, err := c.target()
			if err != nil {
				return err
			}
			body, err := c.body()
			if err != nil {
				return err
			}
			out, err := f.Edit(c.service, c.ctx, c.actor, t, body)
			if err != nil {
				return err
			}
			a, err := merged(http.StatusOK)(out)
			if err != nil {
				return err
			}
			return c.write(a)
		})
	}
	if f.Delete != nil {
		s.add(deleteOperation(f.Collection), func(c *call) error {
			t, err := c.target()
			if err != nil {
				return err
			}
			if _, err := f.Delete(c.service, c.ctx, c.actor, t); err != nil {
				return err
			}
			c.w.WriteHeader(http.StatusNoContent)
			return nil
		})
	}
}

// addVerb adds a transition.
func (s *server) addVerb(v process.Verb) {
	s.add(verbOperation(v, s.schemas.input(v.Input), s.schemas.outcome(v.Record)), func(c *call) error {
		t, err := c.target()
		if err != nil {
			return err
		}
		return c.post(transition, func(ctx context.Context, body []byte) (*process.Outcome, error) {
			return v.Run(c.service, ctx, c.actor, t, body)
		})
	})
}
