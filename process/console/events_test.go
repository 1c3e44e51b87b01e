package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// stream opens a stream of events and gives its lines.
func stream(t *testing.T, ctx context.Context, url string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close(); http.DefaultClient.CloseIdleConnections() })
	return res, bufio.NewScanner(res.Body)
}

func until(t *testing.T, lines *bufio.Scanner, prefix string) string {
	t.Helper()
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			return rest
		}
	}
	t.Fatalf("the stream ended without %q: %v", prefix, lines.Err())
	return ""
}

func TestEventsTellOfANewLead(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.console)
	defer server.Close()
	defer w.console.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	res, lines := stream(t, ctx, server.URL+"/events")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	before := until(t, lines, "data: ")
	w.newLead()
	after := until(t, lines, "data: ")
	if after == before {
		t.Errorf("%q, then %q", before, after)
	}
	if as, _, err := w.s.Timeline(t.Context(), w.actor, process.Filter{Limit: 1}); err != nil || as[0].ID != after {
		t.Errorf("told of %q: %v %v", after, as, err)
	}
	w.console.Close()
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the stream did not end with the server: %v", err)
	}
	if res, _ := stream(t, ctx, server.URL+"/events"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream after the end: %d", res.StatusCode)
	}
}

func TestEventsAreBounded(t *testing.T) {
	var asked atomic.Int64
	e := newEvents(func(context.Context) (string, error) { asked.Add(1); return "", errors.New("busy") }, time.Millisecond)
	defer e.close()
	var all []chan string
	for {
		ch := e.join()
		if ch == nil {
			break
		}
		all = append(all, ch)
	}
	if len(all) != maxClients {
		t.Errorf("%d clients", len(all))
	}
	for _, ch := range all {
		e.leave(ch)
	}
	e.running.Wait()
	if n := asked.Load(); n == 0 {
		t.Error("nobody asked while clients listened")
	} else if after := asked.Load(); after != n {
		t.Error("the watching goes on without clients")
	}
}

// TestEventsDropWhatIsOld: a client that does not read gets the newest alone.
func TestEventsDropWhatIsOld(t *testing.T) {
	e := newEvents(func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }, time.Hour)
	ch := e.join()
	for _, id := range []string{"1", "2", "2", "3"} {
		e.tell(id)
	}
	if got := <-ch; got != "3" {
		t.Errorf("got %q", got)
	}
	late := e.join()
	if got := <-late; got != "3" {
		t.Errorf("a late client got %q", got)
	}
	e.leave(ch)
	e.leave(late)
	e.close()
	if e.join() != nil {
		t.Error("a client joined after the end")
	}
}
