package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/emne/emne/process"
)

const (
	root = "/api/v1"
	// documentPath is where the OpenAPI document lies; it needs no token.
	documentPath = "/api/openapi.json"
	// requestTime bounds one request with all its waiting.
	requestTime = time.Minute
)

// Authenticator knows whom a bearer token lets in. The token is empty when the
// request has none. An error of CodeUnauthorized refuses the request.
type Authenticator interface {
	TokenActor(ctx context.Context, bearer string) (process.Actor, error)
}

// Options are what the API needs of the outside.
type Options struct {
	Service      *process.Service
	Authenticate Authenticator
	// Version of the program, for the OpenAPI document.
	Version string
	// Logger hears of internal errors; slog.Default when nil.
	Logger *slog.Logger
	// Sources tells of mailboxes and hooks; nil when there are none.
	Sources SourceLister
}

// server is the API over one Service.
type server struct {
	service *process.Service
	auth    Authenticator
	log     *slog.Logger
	sources SourceLister
	flights flights
	mux     *http.ServeMux
	// api and schemas make the OpenAPI document while the routes are added, and
	// go when it is written: they would hold some megabytes for nothing.
	api      huma.API
	schemas  schemas
	document []byte
}

// New is the handler of everything below /api/.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	s := &server{service: o.Service, auth: o.Authenticate, log: o.Logger, sources: o.Sources, mux: http.NewServeMux()}
	s.schemas = newSchemas()
	s.api = humago.New(s.mux, s.describe(o.Version))
	s.addRoutes()
	s.schemas.finish()
	document, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("api: the OpenAPI document cannot be written: %v", err))
	}
	s.document, s.api, s.schemas = document, nil, schemas{}
	return s
}

func (s *server) addRoutes() {
	for _, c := range collections() {
		s.addCollection(c)
	}
	for _, f := range process.Forms() {
		s.addForm(f)
	}
	for _, v := range process.Verbs() {
		s.addVerb(v)
	}
	s.addActivities()
	s.addSources()
	s.addSettings()
	s.addStatement()
	s.addTransitions()
	s.addTrial()
	s.addFiles()
	s.addBankFiles()
	s.addPictures()
	s.addXML()
	s.addCompare()
	s.addReports()
	s.addSheets()
	s.addRegister()
	s.addHours()
	s.mux.HandleFunc("GET "+documentPath, s.serveDocument)
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	r = r.WithContext(ctx)
	h := w.Header()
	h.Set(requestIDHeader, newRequestID())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	defer s.rescue(w, r)
	if !s.routed(r) {
		s.refuseRoute(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// rescue turns a panic into an answer; the connection of http.ErrAbortHandler
// is cut as its caller wants it.
func (s *server) rescue(w http.ResponseWriter, r *http.Request) {
	switch p := recover(); p {
	case nil:
	case http.ErrAbortHandler:
		panic(p)
	default:
		s.refuse(w, r, fmt.Errorf("panic: %v", p))
	}
}

// routed reports whether there is a route of exactly this path and method.
func (s *server) routed(r *http.Request) bool {
	if path.Clean(r.URL.Path) != r.URL.Path {
		return false
	}
	_, pattern := s.mux.Handler(r)
	return pattern != ""
}

// refuseRoute says that there is nothing here, or not with this method.
func (s *server) refuseRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		if other.Method = m; s.routed(other) {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) == 0 {
		s.refuse(w, r, &process.Error{Code: process.CodeNotFound, Reason: "path", Message: "there is nothing at this path; " + documentPath + " lists what there is"})
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeJSON(w, problemType, http.StatusMethodNotAllowed, encode(problemDetails{
		Type: "about:blank", Title: http.StatusText(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed,
		Detail: r.Method + " is not possible here; possible: " + strings.Join(allowed, ", "), Code: process.CodeInvalid, Reason: "method",
	}))
}

func (s *server) serveDocument(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, jsonType, http.StatusOK, s.document)
}

const requestIDHeader = "X-Request-Id"

func newRequestID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// call is one authenticated request.
type call struct {
	*server
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	actor process.Actor
}

// add gives an operation its place in the document and its route.
func (s *server) add(op *huma.Operation, serve func(*call) error) {
	s.api.OpenAPI().AddOperation(op)
	s.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) {
		c := &call{server: s, w: w, r: r, ctx: r.Context()}
		err := c.authenticate()
		if err == nil {
			err = serve(c)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// authenticate finds out who asks.
func (c *call) authenticate() error {
	scheme, bearer, _ := strings.Cut(strings.TrimSpace(c.r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		bearer = ""
	}
	bearer = strings.TrimSpace(bearer)
	actor, err := c.auth.TokenActor(c.ctx, bearer)
	if bearer == "" && process.CodeOf(err) == process.CodeUnauthorized {
		return tokenMissing()
	}
	if err != nil {
		return fmt.Errorf("finding out who asks: %w", err)
	}
	if actor.Kind == "" {
		return tokenMissing()
	}
	if actor.Channel == "" {
		actor.Channel = "api"
	}
	if actor.Address == "" {
		actor.Address = address(c.r.RemoteAddr)
	}
	if actor.UserAgent == "" {
		actor.UserAgent = cut(c.r.UserAgent(), 300)
	}
	c.actor = actor
	return nil
}

func tokenMissing() error {
	return &process.Error{Code: process.CodeUnauthorized, Reason: "token.missing", Message: "send a token: Authorization: Bearer TOKEN"}
}

// mayRead refuses actors who may not look, where no use case does it.
func (c *call) mayRead() error {
	if !c.actor.May(process.MayRead) {
		return process.Forbidden("the role %q does not allow this (%s)", c.actor.Role, process.MayRead)
	}
	return nil
}

// address is the network address without its port, empty on a socket of this
// machine. Behind a proxy, who stands before the API has put the client's there.
func address(remote string) string {
	if strings.HasPrefix(remote, "@") {
		return ""
	}
	if host, _, err := net.SplitHostPort(remote); err == nil {
		return host
	}
	return remote
}

// cut shortens foreign text to n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
