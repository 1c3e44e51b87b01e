package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/emne/emne/process"
)

// maxKey bounds an idempotency key, in bytes.
const maxKey = 255

// encoder makes the answer to an outcome.
type encoder func(*process.Outcome) (process.Answer, error)

// post carries a POST out and answers; with an Idempotency-Key it happens once.
func (c *call) post(answer encoder, run func(ctx context.Context, body []byte) (*process.Outcome, error)) error {
	return c.postUpTo(maxBody, answer, run)
}

// postUpTo is post with another bound of the body.
func (c *call) postUpTo(most int64, answer encoder, run func(ctx context.Context, body []byte) (*process.Outcome, error)) error {
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > maxKey || !utf8.ValidString(key) {
		return process.Invalid("idempotency.key", "the idempotency key cannot be taken",
			process.Problem{Field: "Idempotency-Key", Reason: "idempotency.key", Message: fmt.Sprintf("at most %d bytes of text in UTF-8", maxKey)})
	}
	body, err := c.bodyUpTo(most)
	if err != nil {
		return err
	}
	if key == "" {
		out, err := run(c.ctx, body)
		if err != nil {
			return err
		}
		a, err := answer(out)
		if err != nil {
			return err
		}
		return c.write(a)
	}
	a, err := c.once(c.idempotencyKey(key, body), answer, func(ctx context.Context) (*process.Outcome, error) { return run(ctx, body) })
	if err != nil {
		return err
	}
	return c.write(a)
}

// idempotencyKey keeps tokens apart and tells requests apart by their method,
// path and body.
func (c *call) idempotencyKey(key string, body []byte) process.IdempotencyKey {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n", c.r.Method, c.r.URL.EscapedPath())
	h.Write(body)
	return process.IdempotencyKey{Scope: fmt.Sprintf("api/%s/%s", c.actor.Kind, c.actor.ID), Key: key, Request: hex.EncodeToString(h.Sum(nil))}
}

// once is the key's answer: the one it got before, or the one that commits
// with the change now. Of a refusal nothing commits, so it is stored after the
// fact, and an answer that another copy got in between is the one that holds.
func (c *call) once(key process.IdempotencyKey, answer encoder, run func(context.Context) (*process.Outcome, error)) (process.Answer, error) {
	leave, err := c.flights.enter(c.ctx, key.Scope+"\n"+key.Key)
	if err != nil {
		return process.Answer{}, err
	}
	defer leave()
	var given process.Answer
	_, err = run(process.WithOnce(c.ctx, process.Once{Key: key, Encode: func(o *process.Outcome) (process.Answer, error) {
		a, err := answer(o)
		given = a
		return a, err
	}}))
	var replayed *process.Replayed
	switch {
	case err == nil && given.Status == 0:
		return process.Answer{}, errors.New("the use case did not commit its answer")
	case err == nil:
		return given, nil
	case errors.As(err, &replayed):
		return replayed.Answer, nil
	case !lasting(err):
		return process.Answer{}, err
	}
	return c.service.Refuse(c.ctx, key, refusal(err))
}

// lasting reports whether a refusal is the key's answer for good: one that the
// request itself deserves, not one of who asks, when, or with another request's key.
func lasting(err error) bool {
	var e *process.Error
	if errors.As(err, &e) && e.Reason == "idempotency.mismatch" {
		return false
	}
	switch process.CodeOf(err) {
	case process.CodeInvalid, process.CodeNotFound, process.CodeConflict:
		return true
	}
	return false
}
