package api

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

const (
	// maxBody bounds a request's body, in bytes.
	maxBody = 1 << 20
	// drained is how much of a larger one is still read, so that the sender
	// comes to read the answer.
	drained = 64 << 20
)

// body reads the request's body.
func (c *call) body() ([]byte, error) { return c.bodyUpTo(maxBody) }

// bodyUpTo is body with another bound.
func (c *call) bodyUpTo(most int64) ([]byte, error) {
	tooLarge := &process.Error{Code: process.CodeTooLarge, Reason: "body.large", Message: fmt.Sprintf("a body has at most %d bytes", most)}
	if c.r.ContentLength > most && c.r.Header.Get("Expect") != "" {
		return nil, tooLarge // it asked first and has not sent anything yet
	}
	b, err := io.ReadAll(io.LimitReader(c.r.Body, most+1))
	if err != nil {
		return nil, process.Invalid("body.incomplete", "the body did not come to its end")
	}
	if int64(len(b)) > most {
		// An error here is the sender's going away.
		_, _ = io.CopyN(io.Discard, c.r.Body, drained)
		return nil, tooLarge
	}
	return b, nil
}

// target is the record that the path names, in the version of If-Match.
func (c *call) target() (process.Target, error) {
	t := process.Target{ID: c.r.PathValue("id")}
	version, err := ifMatch(c.r.Header)
	t.Version = version
	return t, err
}

// ifMatch takes a version as 3, "3" or W/"3"; nil when there is none or any
// will do (RFC 9110 section 13.1.1).
func ifMatch(h http.Header) (*int64, error) {
	given := strings.TrimSpace(h.Get("If-Match"))
	if given == "" || given == "*" {
		return nil, nil
	}
	v := strings.TrimPrefix(strings.TrimPrefix(given, "W/"), "w/")
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return nil, process.Invalid("if_match", "If-Match is the version that was read, such as 3",
			process.Problem{Field: "If-Match", Reason: "if_match", Message: "a whole number"})
	}
	return &n, nil
}
