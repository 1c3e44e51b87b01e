package process

import (
	"errors"
	"fmt"
	"strings"
)

// Code is the machine's word for what went wrong. Console, API and CLI map it
// to a page, an HTTP status and an exit code, each in one place.
type Code string

// The codes that outside programs may rely on.
const (
	CodeInvalid      Code = "invalid"
	CodeNotFound     Code = "not_found"
	CodeConflict     Code = "conflict"
	CodeUnauthorized Code = "unauthorized"
	CodeForbidden    Code = "forbidden"
	CodeTooLarge     Code = "too_large"
	CodeRateLimited  Code = "rate_limited"
	CodeInternal     Code = "internal"
)

// Error is a refusal that a person can act on.
type Error struct {
	Code Code
	// Reason is a stable key such as "quote.accept.expired"; pages translate it.
	Reason string
	// Message is the English sentence: what is wrong and what is possible now.
	Message string
	// Problems names the single fields to mend, if there are any.
	Problems []Problem
}

// Problem is one thing to mend in a record or an input.
type Problem struct {
	// Field is the path of what to mend, such as "lines[2].quantity" or "customer.address.postcode".
	Field string `json:"field"`
	// Rule names the source of the demand, such as "BR-06", when there is one.
	Rule string `json:"rule,omitempty"`
	// Reason is the stable key that pages translate.
	Reason string `json:"reason"`
	// Message says it in English.
	Message string `json:"message"`
	// Channel is empty when the document may not be issued at all, or names the
	// only channel that the problem closes, such as "peppol".
	Channel string `json:"channel,omitempty"`
}

func (e *Error) Error() string {
	if len(e.Problems) == 0 {
		return e.Message
	}
	var b strings.Builder
	b.WriteString(e.Message)
	for i, p := range e.Problems {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(p.Field)
		b.WriteString(": ")
		b.WriteString(p.Message)
	}
	return b.String()
}

// CodeOf is the code of err, CodeInternal for errors that are not refusals and
// the empty code for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Invalid refuses an input because of the named problems.
func Invalid(reason, message string, problems ...Problem) *Error {
	return &Error{Code: CodeInvalid, Reason: reason, Message: message, Problems: problems}
}

// NotFound says that there is no such record.
func NotFound(record, id string) *Error {
	return &Error{Code: CodeNotFound, Reason: "not_found", Message: fmt.Sprintf("there is no %s %q", record, id)}
}

// Conflict refuses what the state of a record does not allow; the message says
// what is possible now.
func Conflict(reason, format string, args ...any) *Error {
	return &Error{Code: CodeConflict, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Stale refuses a change that was made from an older version of a record.
func Stale(record, id string) *Error {
	return Conflict("stale", "the %s %s was changed by somebody else in the meantime: read it again and repeat the change", record, id)
}

// Forbidden refuses what the actor may not do.
func Forbidden(format string, args ...any) *Error {
	return &Error{Code: CodeForbidden, Reason: "forbidden", Message: fmt.Sprintf(format, args...)}
}
