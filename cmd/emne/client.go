package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/emne/emne/process"
)

// client speaks the API of an installation: over the socket of the server that
// runs on it, else in this process on the opened store.
type client struct {
	do    func(*http.Request) (*http.Response, error)
	close func()
}

// clientTimeout bounds one call.
const clientTimeout = 2 * time.Minute

func (p *place) client(ctx context.Context) (*client, error) {
	cfg, err := p.load()
	if err != nil {
		return nil, err
	}
	if c := socketClient(cfg.Data); c != nil {
		return c, nil
	}
	if _, err := os.Stat(cfg.Data); p.data != "" && err != nil {
		return nil, fmt.Errorf("there is no demo's data: %w", err)
	}
	h, err := openHouse(ctx, cfg, quietLogger())
	if err != nil {
		return nil, err
	}
	handler := h.localHandler()
	return &client{close: func() { h.close() }, do: func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Result(), nil
	}}, nil
}

// maxSocketPath is the room of sun_path (unix(7)), less its final zero.
const maxSocketPath = 107

// socketPath is where a server listens for the CLI. A path that is too long
// for a socket's address is reached through its folder's handle (proc(5)).
func socketPath(dir string) (path string, release func()) {
	path = filepath.Join(dir, socketFile)
	if len(path) <= maxSocketPath {
		return path, func() {}
	}
	f, err := os.Open(dir)
	if err != nil {
		return path, func() {}
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", f.Fd(), socketFile), func() { f.Close() }
}

// socketClient is nil when no server answers on the folder.
func socketClient(dir string) *client {
	path, release := socketPath(dir)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	probe, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := dial(probe, "", "")
	if err != nil {
		release()
		return nil
	}
	conn.Close()
	transport := &http.Transport{DialContext: dial}
	hc := &http.Client{Transport: transport, Timeout: clientTimeout}
	return &client{do: hc.Do, close: func() {
		transport.CloseIdleConnections()
		release()
	}}
}

// call sends a request and gives the answer's body; refusals come back as
// *process.Error.
func (c *client) call(ctx context.Context, method, path string, body []byte, version string) ([]byte, error) {
	return c.send(ctx, method, path, "application/json", body, version)
}

// send is call with a body of another type.
func (c *client) send(ctx context.Context, method, path, contentType string, body []byte, version string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://emne"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer cli")
	if len(body) > 0 {
		r.Header.Set("Content-Type", contentType)
	}
	if version != "" {
		r.Header.Set("If-Match", version)
	}
	return c.ask(r)
}

// create posts a record once: the same key and body again give the same answer.
func (c *client) create(ctx context.Context, path, key string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", "http://emne"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer cli")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	return c.ask(r)
}

func (c *client) ask(r *http.Request) ([]byte, error) {
	answer, err := c.do(r)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, 256<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the server's answer: %w", err)
	}
	if answer.StatusCode < 400 {
		return b, nil
	}
	return nil, refusal(answer.StatusCode, b)
}

// refusal reads problem details (RFC 9457) back into the error they came from.
func refusal(status int, body []byte) error {
	var p struct {
		Code     process.Code      `json:"code"`
		Detail   string            `json:"detail"`
		Problems []process.Problem `json:"problems"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.Code == "" {
		return fmt.Errorf("the server answered %d: %s", status, bytes.TrimSpace(body))
	}
	return &process.Error{Code: p.Code, Message: p.Detail, Problems: p.Problems}
}

// listenSocket opens the CLI's socket, for this user alone. A socket left by a
// process that was killed is taken over: the folder's lock says that it is dead.
func listenSocket(dir string) (net.Listener, error) {
	path, release := socketPath(dir)
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing the old socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listening for the command line: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("closing the socket to others: %w", err)
	}
	return l, nil
}
