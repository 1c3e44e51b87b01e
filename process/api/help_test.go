package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/bank"
	"github.com/emne/emne/process/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var _ Authenticator = (*access.Access)(nil)

// plainDocuments render a snapshot as text and miss nothing but a buyer's city.
type plainDocuments struct{}

func (plainDocuments) Check(s process.Snapshot) []process.Problem {
	if s.Buyer.Address.City == "" {
		return []process.Problem{{Field: "customer.address.city", Rule: "BR-10", Reason: "buyer.city", Message: "the buyer's address has no city"}}
	}
	return nil
}

func (plainDocuments) Render(s process.Snapshot) ([]byte, error) {
	return json.Marshal(s)
}

// roles let a role's name in as its own token; "cli" is the owner at a terminal.
type roles struct{}

func (roles) TokenActor(_ context.Context, bearer string) (process.Actor, error) {
	switch bearer {
	case "owner", "sales", "accounting", "reader":
		return process.Actor{Kind: process.ActorToken, ID: "token-" + bearer, Name: bearer, Role: process.Role(bearer)}, nil
	case "cli":
		return process.Actor{Kind: process.ActorUser, ID: "", Name: "cli", Role: process.RoleOwner, Channel: "cli"}, nil
	case "ghost":
		return process.Actor{}, nil
	case "broken":
		return process.Actor{}, fmt.Errorf("the disk said: %s", "secret path")
	}
	return process.Actor{}, &process.Error{Code: process.CodeUnauthorized, Reason: "token.refused", Message: "the token is unknown"}
}

type fixedSources []Source

func (f fixedSources) Sources(context.Context) ([]Source, error) { return f, nil }

// site is a running API over a real store.
type site struct {
	t       *testing.T
	url     string
	service *process.Service
	log     *safeBuffer
	client  *http.Client
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// ticking is a clock that moves a second at every look.
func ticking() func() time.Time {
	var mu sync.Mutex
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
}

func newSite(t *testing.T) *site {
	t.Helper()
	clock := ticking()
	log := &safeBuffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	db, err := store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	service := process.New(process.Options{Statements: bank.Reader{}, Store: db, Documents: plainDocuments{}, Clock: clock, Key: bytes.Repeat([]byte("k"), 32)})
	server := httptest.NewServer(New(Options{Service: service, Authenticate: roles{}, Version: "1.2.3", Logger: logger,
		Sources: fixedSources{{ID: "mail:sales", State: "ok", Kind: "mail", Name: "sales"}, {ID: "form:website", State: "failing", Kind: "form", Name: "website", Detail: "no token"}}}))
	s := &site{t: t, url: server.URL, service: service, log: log, client: server.Client()}
	s.client.Transport.(*http.Transport).ExpectContinueTimeout = time.Minute // none would send the body unasked
	t.Cleanup(func() {
		server.Close()
		s.client.CloseIdleConnections()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request as the owner; headers are name, value, name, value, …
func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *site) try(method, path, body string, headers ...string) (answer, error) {
	if !strings.HasPrefix(path, "/") {
		path = root + "/" + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer owner")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b}, err
}

// object is a JSON object.
type object map[string]any

// want decodes an answer that must have the status.
func (s *site) want(status int, a answer) object {
	s.t.Helper()
	if a.status != status {
		s.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	var o object
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &o); err != nil {
			s.t.Fatalf("%v: %s", err, a.body)
		}
	}
	return o
}

// create posts to a collection and gives the record.
func (s *site) create(collection, body string) object {
	s.t.Helper()
	return s.want(201, s.do("POST", collection, body))
}

// verb carries a transition out and gives the whole answer.
func (s *site) verb(path, body string) object {
	s.t.Helper()
	return s.want(200, s.do("POST", path, body))
}

// at follows names and indexes into a JSON value.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if o, isObject := v.(object); isObject {
				m, ok = o, true
			}
			if !ok {
				return nil
			}
			v = m[p]
		case int:
			list, ok := v.([]any)
			if !ok || p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

func text(v any, path ...any) string { return fmt.Sprint(at(v, path...)) }

// created is the id of what came into being with a transition.
func created(t *testing.T, o object, typ string) string {
	t.Helper()
	list, _ := o["created"].([]any)
	for _, r := range list {
		if at(r, "type") == typ {
			return text(r, "id")
		}
	}
	t.Fatalf("no %s was created: %v", typ, o["created"])
	return ""
}

// customer makes one whose invoices can be issued.
func (s *site) customer() string {
	s.t.Helper()
	return text(s.create("customers", `{"name":"Fjord AS","email":"post@fjord.example","organisation_number":"974760673","address":{"street":"Kaia 1","postcode":"5003","city":"Bergen","country":"NO"}}`), "id")
}

const oneLine = `[{"description":"Arbeid","quantity":"2.5","unit":"HUR","unit_price":"1200.00","vat":{"category":"S","rate":"25"}}]`

func newSiteLogger(b *safeBuffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// serve asks a handler without a network.
func serve(h http.Handler, method, path string) answer {
	req := httptest.NewRequest(method, path, nil)
	req.Header.Set("Authorization", "Bearer owner")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}
