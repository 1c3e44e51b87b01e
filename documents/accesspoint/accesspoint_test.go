package accesspoint

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func invoice() *process.Dispatch {
	return &process.Dispatch{Key: "01DOCUMENT", Name: "10001-01DOCUMENT.xml", Raw: []byte("<Invoice>" + strings.Repeat("x", 200_000) + "</Invoice>")}
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A file is in the folder whole, once, and never replaced by another.
func TestFolder(t *testing.T) {
	folder := t.TempDir()
	drop, d := Folder(folder), invoice()
	// An attempt that a crash cut off left a part behind.
	if err := os.WriteFile(filepath.Join(folder, "."+d.Name+".part"), []byte("<Inv"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it lies there already
		if sent := drop.Drop(t.Context(), d); sent.State != "accepted" {
			t.Fatalf("it is %+v", sent)
		}
		if b, err := os.ReadFile(filepath.Join(folder, d.Name)); err != nil || string(b) != string(d.Raw) {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		if names := files(t, folder); len(names) != 1 {
			t.Errorf("the folder holds %q", names)
		}
	}
	other := *d
	other.Raw = append([]byte{' '}, d.Raw...)
	if sent := drop.Drop(t.Context(), &other); sent.State != "failed" {
		t.Errorf("another document of the name is %+v", sent)
	}
	if b, err := os.ReadFile(filepath.Join(folder, d.Name)); err != nil || string(b) != string(d.Raw) {
		t.Error("the first document was replaced")
	}
	if err := drop.Check(t.Context()); err != nil || len(files(t, folder)) != 1 {
		t.Errorf("checking: %v, %q", err, files(t, folder))
	}
}

// A folder that is away comes back: the network drive, the disk that was full.
func TestFolderThatIsAway(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out")
	drop := Folder(folder)
	if sent := drop.Drop(t.Context(), invoice()); sent.State != "retrying" || !strings.Contains(sent.Reply, folder) {
		t.Errorf("it is %+v", sent)
	}
	if drop.Check(t.Context()) == nil {
		t.Error("the check finds nothing")
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if sent := drop.Drop(t.Context(), invoice()); sent.State != "accepted" {
		t.Errorf("it is %+v", sent)
	}
}

// server is an access point that answers as it is told.
func server(t *testing.T, answer http.HandlerFunc, mend func(*EndpointOptions)) *Endpoint {
	t.Helper()
	s := httptest.NewTLSServer(answer)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	o := EndpointOptions{URL: s.URL + "/outbox", Token: "secret-token", RootCAs: roots, Timeout: time.Minute}
	if mend != nil {
		mend(&o)
	}
	e := NewEndpoint(o)
	t.Cleanup(e.Close)
	return e
}

func TestEndpointAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		header string // Retry-After or Location
		want   process.Sent
	}{
		{200, `{"id":"7"}`, "", process.Sent{State: "accepted", Reply: `200 OK {"id":"7"}`}},
		{202, "", "", process.Sent{State: "accepted", Reply: "202 Accepted"}},
		{204, "", "", process.Sent{State: "accepted", Reply: "204 No Content"}},
		{307, "", "https://elsewhere.example/", process.Sent{State: "failed", Reply: "the access point has moved to https://elsewhere.example/: enter that address in config.yaml"}},
		{400, "BR-06\r\n\x00 broken", "", process.Sent{State: "failed", Reply: "400 Bad Request BR-06 broken"}},
		{401, "", "", process.Sent{State: "retrying", Reply: "401 Unauthorized"}},
		{403, "", "", process.Sent{State: "retrying", Reply: "403 Forbidden"}},
		{404, "", "", process.Sent{State: "failed", Reply: "404 Not Found"}},
		{409, "in flight", "", process.Sent{State: "retrying", Reply: "409 Conflict in flight"}},
		{422, "no such receiver", "", process.Sent{State: "failed", Reply: "422 Unprocessable Entity no such receiver"}},
		{429, "", "7200", process.Sent{State: "retrying", Reply: "429 Too Many Requests", RetryAfter: 2 * time.Hour}},
		{500, "", "", process.Sent{State: "retrying", Reply: "500 Internal Server Error"}},
		{503, "", "99999999", process.Sent{State: "retrying", Reply: "503 Service Unavailable", RetryAfter: maxWait}},
		{503, "", "Wed, 21 Oct 2026 07:28:00 GMT", process.Sent{State: "retrying", Reply: "503 Service Unavailable"}},
	} {
		e := server(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", c.header)
			w.Header().Set("Location", c.header)
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}, nil)
		if got := e.Drop(t.Context(), invoice()); got != c.want {
			t.Errorf("%d: %+v, want %+v", c.status, got, c.want)
		}
	}
	long := server(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("talk ", 50_000)) }, nil)
	if got := long.Drop(t.Context(), invoice()); got.State != "accepted" || len(got.Reply) > maxReply+20 {
		t.Errorf("a talkative server: %s, %d bytes", got.State, len(got.Reply))
	}
}

// What is posted: the bytes, their type, the key, the name and the secret.
func TestEndpointRequest(t *testing.T) {
	for name, sign := range map[string]func(*EndpointOptions){
		"Bearer secret-token":        nil,
		"Basic bmF2bjpoZW1tZWxpZw==": func(o *EndpointOptions) { o.Token, o.Username, o.Password = "", "navn", "hemmelig" },
		"":                           func(o *EndpointOptions) { o.Token = "" },
	} {
		d := invoice()
		e := server(t, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != string(d.Raw) || r.Method != "POST" || r.URL.Path != "/outbox" || r.Header.Get("Authorization") != name ||
				r.Header.Get("Idempotency-Key") != d.Key || r.Header.Get("Content-Type") != "application/xml; charset=utf-8" ||
				r.Header.Get("Content-Disposition") != `attachment; filename=`+d.Name || r.ContentLength != int64(len(d.Raw)) {
				t.Errorf("%q: %d bytes, %v, %s %s, %v", name, len(body), err, r.Method, r.URL, r.Header)
			}
		}, sign)
		if got := e.Drop(t.Context(), d); got.State != "accepted" {
			t.Errorf("%q: %+v", name, got)
		}
	}
}

// A server that says nothing, hangs up in the middle, speaks no TLS of ours, or
// is not there is tried again.
func TestEndpointTrouble(t *testing.T) {
	release := make(chan struct{})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for name, e := range map[string]*Endpoint{
		"silent": server(t, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-release },
			func(o *EndpointOptions) { o.Timeout = 200 * time.Millisecond }),
		"hangs up at once":    server(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil),
		"hangs up afterwards": server(t, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); panic(http.ErrAbortHandler) }, nil),
		"hangs up in the answer": server(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, "the first half")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, nil),
		"stranger": server(t, func(http.ResponseWriter, *http.Request) { t.Error("a stranger got it") }, func(o *EndpointOptions) { o.RootCAs = x509.NewCertPool() }),
		"away":     server(t, nil, func(o *EndpointOptions) { o.URL = "https://" + closed.Addr().String() }),
	} {
		if got := e.Drop(t.Context(), invoice()); got.State != "retrying" || got.Reply == "" || strings.Contains(got.Reply, "secret-token") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	close(release)
	if got := (Nowhere{}).Drop(t.Context(), invoice()); got.State != "failed" {
		t.Errorf("nowhere: %+v", got)
	}
}

// office is a delivery that remembers what became of it.
type office struct {
	mu      sync.Mutex
	flaw    error
	refuse  int
	sent    []process.Sent
	started []int
}

func (o *office) DispatchOf(context.Context, process.Actor, string) (*process.Dispatch, error) {
	return invoice(), o.flaw
}

func (o *office) StartSending(_ context.Context, _ process.Actor, j process.SendDelivery) (bool, error) {
	o.started = append(o.started, j.Attempt)
	return j.Attempt > 0, nil
}

func (o *office) FinishSending(_ context.Context, _ process.Actor, _ string, r process.Sent) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse--; o.refuse >= 0 {
		return errors.New("the database is busy")
	}
	o.sent = append(o.sent, r)
	return nil
}

type answers []process.Sent

func (a *answers) Drop(context.Context, *process.Dispatch) process.Sent {
	sent := (*a)[0]
	*a = (*a)[1:]
	return sent
}

func TestSender(t *testing.T) {
	busy := process.Sent{State: "retrying", Reply: "503"}
	patient := process.Sent{State: "retrying", Reply: "429", RetryAfter: 3 * time.Hour}
	for _, c := range []struct {
		name    string
		attempt int
		answer  process.Sent
		flaw    error
		refuse  int
		want    process.Sent
		fails   bool
	}{
		{name: "accepted", attempt: 1, answer: process.Sent{State: "accepted"}, refuse: 2, want: process.Sent{State: "accepted"}},
		{name: "first wait", attempt: 1, answer: busy, want: process.Sent{State: "retrying", Reply: "503", RetryAfter: 10 * time.Second}},
		{name: "last wait", attempt: 11, answer: busy, want: process.Sent{State: "retrying", Reply: "503", RetryAfter: 24 * time.Hour}},
		{name: "given up", attempt: 12, answer: busy, want: process.Sent{State: "failed", Reply: "given up after 12 attempts: 503"}},
		{name: "the receiver's wish", attempt: 2, answer: patient, want: process.Sent{State: "retrying", Reply: "429", RetryAfter: 3 * time.Hour}},
		{name: "overtaken", attempt: 0},
		{name: "cannot be written", attempt: 1, flaw: process.Conflict("einvoice.incomplete", "it lacks a thing"),
			want: process.Sent{State: "failed", Reply: "the e-invoice could not be written: it lacks a thing"}},
		{name: "cannot be read", attempt: 1, flaw: errors.New("disk"), fails: true},
	} {
		o := &office{flaw: c.flaw, refuse: c.refuse}
		s := NewSender(o, &answers{c.answer}, quiet())
		err := s.Deliver(t.Context(), process.SendDelivery{Delivery: "d", Attempt: c.attempt})
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want.State == "" && len(o.sent) > 0 || c.want.State != "" && (len(o.sent) != 1 || o.sent[0] != c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, o.sent, c.want)
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
