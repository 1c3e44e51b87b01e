package webform

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is the test's time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) tell() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const (
	token  = "geheim-geheim-geheim"
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"
)

// house is a handler over the process and its store.
type house struct {
	t       *testing.T
	clock   *clock
	service *process.Service
	handler *Handler
	filer   *Filer
}

type page struct{}

func (page) ThankYou(w io.Writer, language string) error {
	_, err := io.WriteString(w, "<p lang="+language+">thanks</p>")
	return err
}

func sources() map[string]Source {
	return map[string]Source{
		"website": {Kind: KindGeneric, Token: token},
		"signed":  {Kind: KindJSON, Secret: secret},
		"either":  {Kind: KindGeneric, Token: token, Secret: secret},
		"signup":  {Kind: KindHTML, Language: "nb", MaxPerAddressPerHour: 5},
		"own":     {Kind: KindHTML, Origins: []string{"https://www.example.no"}, ThankYouURL: "https://www.example.no/takk"},
		"open":    {Kind: KindGeneric},
		"page":    {Kind: KindHTML, Token: token},
	}
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := store.OpenSQLite(context.Background(), filepath.Join(t.TempDir(), "emne.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, clock: &clock{now: time.Date(2026, 1, 2, 9, 38, 0, 0, time.UTC)}}
	h.service = process.New(process.Options{Store: db, Key: make([]byte, 32), Clock: h.clock.tell})
	h.handler = newHandler(t, h.service, h.clock)
	h.filer = NewFiler(h.service, sources())
	return h
}

func newHandler(t *testing.T, r intake.FormRecorder, c *clock) *Handler {
	t.Helper()
	h, err := New(Options{Sources: sources(), Recorder: r, Page: page{}, Clock: c.tell})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

const jsonBody = `{"name":"Kari Nordmann","email":"kari@example.no","message":"Hei"}`

// request builds a POST; headers are name: value lines.
func request(path, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return r
}

func (h *house) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func bearer() string { return "Authorization: Bearer " + token }

func idOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.ID == "" || w.Code != http.StatusAccepted {
		t.Fatalf("the answer is %d %s", w.Code, w.Body)
	}
	return answer.ID
}

func (h *house) submissions() []process.Submission {
	h.t.Helper()
	all, _, err := h.service.Submissions().List(h.t.Context(), process.System(), process.Filter{Limit: process.MaxLimit})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func (h *house) leads() []process.Lead {
	h.t.Helper()
	all, _, err := h.service.Leads().List(h.t.Context(), process.System(), process.Filter{Limit: process.MaxLimit})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// problemOf checks a problem document and gives its code.
func problemOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || p.Title == "" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("no problem document: %d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	return string(p.Code)
}
