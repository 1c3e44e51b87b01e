package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
	// retryAfter is told to those who asked too often, in seconds.
	retryAfter = 30
)

// problemDetails is the body of every refusal (RFC 9457). Code is one of the
// few words that programs may rely on, Reason a finer stable key.
type problemDetails struct {
	Type     string            `json:"type"`
	Title    string            `json:"title"`
	Status   int               `json:"status"`
	Detail   string            `json:"detail"`
	Code     process.Code      `json:"code" enum:"invalid,not_found,conflict,unauthorized,forbidden,too_large,rate_limited,internal"`
	Reason   string            `json:"reason,omitempty" doc:"finer than the code, and as stable"`
	Problems []process.Problem `json:"problems,omitempty" doc:"the single fields to mend"`
}

// refusal is the answer to a request that failed. It holds neither a time nor
// a request id, so that it can be given again.
func refusal(err error) process.Answer {
	d := problemDetails{Type: "about:blank", Status: http.StatusInternalServerError, Code: process.CodeInternal,
		Detail: "something went wrong in emne itself; its log says what, under the id in this answer's header " + requestIDHeader}
	var e *process.Error
	if errors.As(err, &e) {
		if status := access.Status(e.Code); status != http.StatusInternalServerError {
			d.Status, d.Code, d.Detail, d.Reason, d.Problems = status, e.Code, e.Message, e.Reason, e.Problems
		}
	}
	d.Title = http.StatusText(d.Status)
	return process.Answer{Status: d.Status, Body: encode(d)}
}

// refuse answers with the refusal of err.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	a := refusal(err)
	if a.Status == http.StatusInternalServerError {
		level := slog.LevelError
		if errors.Is(err, context.Canceled) {
			level = slog.LevelDebug // the client went away
		}
		s.log.LogAttrs(r.Context(), level, "an API request failed", slog.String("request", w.Header().Get(requestIDHeader)),
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	writeRefusal(w, a)
}

func writeRefusal(w http.ResponseWriter, a process.Answer) {
	switch a.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="emne"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	writeJSON(w, problemType, a.Status, a.Body)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}
