package process

import (
	"context"
	"errors"
)

// Preview says what Create would make of a body, or Edit of the record with
// the id, and leaves nothing behind. What is derived of it is as it would be.
func (f Form) Preview(s *Service, ctx context.Context, a Actor, id string, body []byte) (*Outcome, error) {
	on := &Service{store: undone{s.store}, documents: s.documents, invoices: s.invoices, rules: s.rules, clock: s.clock, key: s.key, accessPoint: s.accessPoint}
	ctx = withoutOnce(ctx)
	if id == "" {
		return f.Create(on, ctx, a, body)
	}
	return f.Edit(on, ctx, a, Target{ID: id}, body)
}

// undone takes every transaction back.
type undone struct{ Store }

var errUndone = errors.New("taken back")

// InTx implements Store.
func (u undone) InTx(ctx context.Context, f func(tx Tx) error) error {
	err := u.Store.InTx(ctx, func(tx Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		return nil
	}
	return err
}
