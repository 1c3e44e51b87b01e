package webform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/emne/emne/intake"
)

// Kind is the form of the bodies that a source sends.
type Kind string

// The kinds. Only KindHTML makes a difference here: it is answered with a page.
const (
	KindGeneric Kind = "generic"
	KindJSON    Kind = "json"
	KindForm    Kind = "form"
	KindHTML    Kind = "html"
)

// Source is something that posts inquiries to /hooks/{its name}.
type Source struct {
	Kind Kind
	// Token authenticates as a Bearer token or the last part of the path.
	Token string
	// Secret signs requests (Standard Webhooks): base64, "whsec_" may stand before it.
	Secret string
	// Origins are those of the web pages that may post; empty: any.
	Origins []string
	// ThankYouURL is where a browser is sent; empty: a built-in page.
	ThankYouURL string
	// Language is the BCP 47 tag of the visitors, or empty.
	Language string
	// MaxPerAddressPerHour caps an open source; 0 is no cap.
	MaxPerAddressPerHour int
}

// Page renders the built-in page that thanks a visitor.
type Page interface {
	ThankYou(w io.Writer, language string) error
}

const (
	recordTime = 30 * time.Second
	bodyTime   = time.Minute
	// sameBody is how long the same body without an id counts as the same event.
	sameBody = 10 * time.Minute
	// bodyMemory bounds the bodies that are held at once, in octets.
	bodyMemory = 128 << 20
)

// Options are what a Handler needs of the outside.
type Options struct {
	Sources  map[string]Source
	Recorder intake.FormRecorder
	// Page is needed for sources that browsers post to without a ThankYouURL;
	// without one they get a 202 like programs.
	Page Page
	// Address gives the sender's network address; the connection's when nil.
	Address func(*http.Request) string
	// Clock tells the time; time.Now when nil.
	Clock func() time.Time
	// Logger is silent when nil.
	Logger *slog.Logger
}

// Handler answers /hooks/. It is used by many goroutines.
type Handler struct {
	sources  map[string]*source
	recorder intake.FormRecorder
	page     Page
	address  func(*http.Request) string
	clock    func() time.Time
	log      *slog.Logger
	caps     *caps
	memory   *semaphore.Weighted
	mux      *http.ServeMux
}

// New checks the sources.
func New(o Options) (*Handler, error) {
	h := &Handler{sources: map[string]*source{}, recorder: o.Recorder, page: o.Page, address: o.Address, clock: o.Clock, log: o.Logger,
		memory: semaphore.NewWeighted(bodyMemory), mux: http.NewServeMux()}
	if h.recorder == nil {
		return nil, errors.New("hooks need a recorder")
	}
	for name, s := range o.Sources {
		one, err := newSource(name, s)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", name, err)
		}
		h.sources[name] = one
	}
	if h.address == nil {
		h.address = remoteAddress
	}
	if h.clock == nil {
		h.clock = time.Now
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.caps = newCaps(h.clock)
	h.mux.HandleFunc("/hooks/{source}", h.receive)
	h.mux.HandleFunc("/hooks/{source}/{token}", h.receive)
	h.mux.HandleFunc("GET /hooks/{source}/thanks", h.thanks)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, http.StatusNotFound, "there is nothing here") })
	return h, nil
}

// ServeHTTP takes a submission, or shows the page that thanks for one.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func (h *Handler) receive(w http.ResponseWriter, r *http.Request) {
	s := h.sources[r.PathValue("source")]
	if s == nil {
		drain(w, r)
		refuse(w, http.StatusNotFound, "there is no such source")
		return
	}
	s.allowOrigin(w, r)
	switch r.Method {
	case http.MethodPost:
	case http.MethodOptions:
		preflight(w)
		return
	default:
		w.Header().Set("Allow", "POST, OPTIONS")
		refuse(w, http.StatusMethodNotAllowed, "post to this address")
		return
	}
	trusted := s.knows(r)
	if !trusted && !s.open() && s.secret == nil {
		drain(w, r)
		unauthorized(w)
		return
	}
	if s.open() {
		if wait := h.caps.take(s.name, h.address(r), s.MaxPerAddressPerHour); wait > 0 {
			drain(w, r)
			retryAfter(w, wait)
			refuse(w, http.StatusTooManyRequests, "too many submissions from this address: try again later")
			return
		}
	}
	limit := limitOf(r.Header.Get("Content-Type"))
	held := heldBy(r, limit)
	if !h.memory.TryAcquire(held) {
		drain(w, r)
		retryAfter(w, 5*time.Second)
		refuse(w, http.StatusServiceUnavailable, "too much is coming in at this moment: try again in a few seconds")
		return
	}
	defer h.memory.Release(held)
	body, err := readBody(w, r, limit)
	if err != nil {
		h.refuseBody(w, err, limit)
		return
	}
	if !trusted && !s.open() && !s.signed(r, body, h.clock()) {
		unauthorized(w)
		return
	}
	h.keep(w, r, s, body)
}

// keep commits the submission and answers.
func (h *Handler) keep(w http.ResponseWriter, r *http.Request, s *source, body []byte) {
	contentType := bounded(r.Header.Get("Content-Type"), 300)
	in := intake.Form{Source: s.name, ContentType: contentType, Headers: kept(r.Header), Address: bounded(h.address(r), 100), Body: intake.NewBlob(body)}
	in.EventID, in.Window = eventID(r.Header, contentType, body, in.Body.SHA256, h.clock())
	if s.open() || s.Kind == KindHTML { // a page shows its token to robots too
		if why := s.trapped(r, contentType, body, h.clock()); why != "" {
			in.Robot = true
			h.log.Info("a submission was kept as spam", "source", s.name, "why", why, "origin", in.Headers["Origin"])
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), recordTime)
	defer cancel()
	sub, err := h.record(ctx, in)
	switch {
	case err == nil:
		h.answer(w, r, s, sub.ID)
	case intake.CodeOf(err) == intake.CodeInvalid:
		refuse(w, http.StatusUnprocessableEntity, err.Error())
	case intake.CodeOf(err) == intake.CodeTooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, err.Error())
	default:
		h.log.Error("a submission could not be stored", "source", s.name, "error", err)
		retryAfter(w, 10*time.Second)
		refuse(w, http.StatusServiceUnavailable, "the submission could not be stored: send it again")
	}
}

// record tries again when a copy was stored in the same moment.
func (h *Handler) record(ctx context.Context, in intake.Form) (sub *intake.Submission, err error) {
	for range 3 {
		sub, _, err = h.recorder.ReceiveSubmission(ctx, intake.Recording("form"), in)
		if intake.CodeOf(err) != intake.CodeConflict {
			break
		}
	}
	return sub, err
}

func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
