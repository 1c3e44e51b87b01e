package webform

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// The limits of a body, in octets.
const (
	MaxBody      = 1 << 20
	MaxMultipart = 25 << 20
)

const (
	// drained is how much of a refused body is read, so that the sender comes
	// to read the answer, and drainTime how long.
	drained   = 64 << 20
	drainTime = 5 * time.Second
)

var errTooLarge = errors.New("the body is too large")

func limitOf(contentType string) int64 {
	if media, _, _ := mime.ParseMediaType(contentType); strings.HasPrefix(media, "multipart/") {
		return MaxMultipart
	}
	return MaxBody
}

// heldBy is how much memory a body will take at most.
func heldBy(r *http.Request, limit int64) int64 {
	if r.ContentLength >= 0 && r.ContentLength < limit {
		return r.ContentLength
	}
	return limit
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		drain(w, r)
		return nil, errTooLarge
	}
	deadline(w, bodyTime)
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	deadline(w, 0)
	if int64(len(body)) > limit {
		drain(w, r)
		return nil, errTooLarge
	}
	return body, nil
}

// drain reads a little of what is refused.
func drain(w http.ResponseWriter, r *http.Request) {
	deadline(w, drainTime)
	_, _ = io.CopyN(io.Discard, r.Body, drained) // how it ends makes no difference
	deadline(w, 0)
}

// deadline bounds reading from the sender; 0 lifts it. Recorders in tests have none.
func deadline(w http.ResponseWriter, wait time.Duration) {
	var at time.Time
	if wait > 0 {
		at = time.Now().Add(wait)
	}
	_ = http.NewResponseController(w).SetReadDeadline(at)
}

func (h *Handler) refuseBody(w http.ResponseWriter, err error, limit int64) {
	if errors.Is(err, errTooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d MiB", limit>>20))
		return
	}
	h.log.Info("a submission broke off", "error", err)
	refuse(w, http.StatusBadRequest, "the body ended too early")
}
