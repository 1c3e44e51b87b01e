package api

import (
	"context"
	"net/http"
	"reflect"

	"github.com/emne/emne/process"
)

// addTrial adds the dry run of the automations.
func (s *server) addTrial() {
	op := operation(http.MethodPost, root+"/process/test", "settings", "process_test", "Try the automations on what has happened")
	op.Description = "Nothing is changed. Records are judged as they are now. Without automations in the body, those of the settings are tried."
	op.Parameters = append(op.Parameters, idempotencyParameter())
	takes(op, s.schemas.input(reflect.TypeFor[process.TrialInput]()), false)
	answers(op, http.StatusOK, "What the rules would have done, newest first", s.schemas.output(reflect.TypeFor[process.TrialReport]()))
	s.add(op, func(c *call) error {
		answer := func(o *process.Outcome) (process.Answer, error) {
			b, err := marshal(o.Record)
			return process.Answer{Status: http.StatusOK, Body: b}, err
		}
		return c.post(answer, func(ctx context.Context, body []byte) (*process.Outcome, error) {
			var in process.TrialInput
			if err := process.Decode(body, &in); err != nil {
				return nil, err
			}
			return c.service.TryRules(ctx, c.actor, in)
		})
	})
}
