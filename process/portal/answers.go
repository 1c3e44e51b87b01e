package portal

import (
	"errors"
	"net/http"
	"strings"

	"github.com/emne/emne/process"
)

// answered is a form that was sent and refused.
type answered struct {
	form    string // accept, choose, decline, question
	values  map[string]string
	wrong   map[string]string
	message string
	options []string
}

// sent reads a form that was posted; unknown fields are of no interest.
func (c *call) sent(form string, names ...string) (*answered, error) {
	if err := c.r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, &process.Error{Code: process.CodeTooLarge, Reason: "too_large", Message: "the request is too large"}
		}
		return nil, process.Invalid("body.invalid", "the form cannot be read")
	}
	a := &answered{form: form, values: map[string]string{}, wrong: map[string]string{}}
	for _, name := range names {
		a.values[name] = strings.TrimSpace(c.r.PostForm.Get(name))
	}
	return a, nil
}

// choose shows what the quote comes to with a choice of its options; nothing is
// kept of it.
func (c *call) choose() error {
	a, err := c.sent("choose", "name", "terms", "customer_reference")
	if err != nil {
		return err
	}
	a.options = append([]string{}, c.r.PostForm["option"]...)
	return c.page(http.StatusOK, a)
}

// accept is the customer's yes to the bytes whose hash the form carries.
func (c *call) accept() error {
	a, err := c.sent("accept", "name", "terms", "sha256", "customer_reference")
	if err != nil {
		return err
	}
	a.options = append([]string{}, c.r.PostForm["option"]...) // none is a choice too
	if a.values["terms"] != "1" && c.view.Quote != nil && c.view.Quote.State == "active" {
		a.wrong["terms"] = c.problem("terms", "")
		if a.values["name"] == "" {
			a.wrong["name"] = c.problem("accept.name", "")
		}
		a.message = c.labels.Say("error.form.invalid")
		return c.page(http.StatusUnprocessableEntity, a)
	}
	_, err = c.p.o.Service.AcceptQuote(c.r.Context(), c.actor, process.Target{ID: c.actor.Link.ID},
		process.AcceptInput{Name: a.values["name"], SHA256: a.values["sha256"], Options: a.options, CustomerReference: a.values["customer_reference"]})
	return c.answer(a, "accepted", err)
}

func (c *call) decline() error {
	a, err := c.sent("decline", "reason", "comment")
	if err != nil {
		return err
	}
	_, err = c.p.o.Service.DeclineQuote(c.r.Context(), c.actor, process.Target{ID: c.actor.Link.ID},
		process.DeclineInput{Reason: clip(a.values["reason"], 200), Comment: clip(a.values["comment"], 10_000)})
	return c.answer(a, "declined", err)
}

func (c *call) question() error {
	a, err := c.sent("question", "text")
	if err != nil {
		return err
	}
	_, err = c.p.o.Service.AskQuestion(c.r.Context(), c.actor, process.QuestionInput{Text: a.values["text"]})
	return c.answer(a, "asked", err)
}

// answer leads back to the page, or shows it with what stands in the way.
func (c *call) answer(a *answered, done string, err error) error {
	if err == nil {
		return c.redirect(c.here(done))
	}
	e := refusal(err)
	if e == nil || e.Code != process.CodeInvalid && e.Code != process.CodeConflict {
		return err
	}
	for _, p := range e.Problems {
		a.wrong[p.Field] = c.problem(p.Reason, p.Message)
	}
	if a.message = e.Message; c.labels.Has("error." + e.Reason) {
		a.message = c.labels.Say("error." + e.Reason)
	}
	// What stands in the way may have come about a moment ago.
	if err := c.read(); err != nil {
		return err
	}
	return c.page(status(e.Code), a)
}

func (c *call) problem(reason, message string) string {
	if key := "problem." + reason; message == "" || c.labels.Has(key) {
		return c.labels.Say(key)
	}
	return message
}
