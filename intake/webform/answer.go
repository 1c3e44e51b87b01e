package webform

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/intake"
)

// problem is RFC 9457's.
type problem struct {
	Type   string      `json:"type"`
	Title  string      `json:"title"`
	Status int         `json:"status"`
	Code   intake.Code `json:"code"`
	Detail string      `json:"detail,omitempty"`
}

// codes are the machine's words for the statuses that hooks answer with.
var codes = map[int]intake.Code{
	http.StatusBadRequest:            intake.CodeInvalid,
	http.StatusUnauthorized:          intake.CodeUnauthorized,
	http.StatusNotFound:              intake.CodeNotFound,
	http.StatusMethodNotAllowed:      intake.CodeInvalid,
	http.StatusRequestEntityTooLarge: intake.CodeTooLarge,
	http.StatusUnprocessableEntity:   intake.CodeInvalid,
	http.StatusTooManyRequests:       intake.CodeRateLimited,
	http.StatusServiceUnavailable:    intake.CodeInternal,
}

func refuse(w http.ResponseWriter, status int, detail string) {
	write(w, status, "application/problem+json", problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: codes[status], Detail: detail})
}

// unauthorized is the same whatever was wrong.
func unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	refuse(w, http.StatusUnauthorized, "the token or the signature is missing or wrong")
}

func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

func write(w http.ResponseWriter, status int, contentType string, value any) {
	body, err := json.Marshal(value)
	if err != nil { // strings and numbers alone: it cannot be
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the sender may be gone
}

// answer is the same for the same submission.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, s *source, id string) {
	if to := h.thankYou(r, s); to != "" {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	write(w, http.StatusAccepted, "application/json", struct {
		ID string `json:"id"`
	}{id})
}

// thankYou is where a visitor's browser goes, "" for programs.
func (h *Handler) thankYou(r *http.Request, s *source) string {
	if s.Kind != KindHTML && !navigates(r) {
		return ""
	}
	if s.ThankYouURL != "" {
		return s.ThankYouURL
	}
	if h.page == nil {
		return ""
	}
	return "/hooks/" + s.name + "/thanks"
}

// navigates tells a browser that shows the answer from a script that reads it.
func navigates(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

func (h *Handler) thanks(w http.ResponseWriter, r *http.Request) {
	s := h.sources[r.PathValue("source")]
	if s == nil || h.page == nil {
		refuse(w, http.StatusNotFound, "there is no such page")
		return
	}
	language := s.Language
	if language == "" {
		language, _, _ = strings.Cut(bounded(r.Header.Get("Accept-Language"), 100), ",")
		language, _, _ = strings.Cut(language, ";")
	}
	var page bytes.Buffer
	if err := h.page.ThankYou(&page, strings.TrimSpace(language)); err != nil {
		h.log.Error("the thank-you page failed", "source", s.name, "error", err)
		refuse(w, http.StatusServiceUnavailable, "thank you: the submission was received")
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	_, _ = page.WriteTo(w) // the visitor may be gone
}
