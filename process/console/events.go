package console

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/emne/emne/process"
)

const (
	// maxClients bounds the open streams; more are told to come back later.
	maxClients = 200
	// streamTime is how long one stream lives; browsers open the next by themselves.
	streamTime = 10 * time.Minute
	// beat keeps proxies from closing a stream on which nothing happens.
	beat = 20 * time.Second
	// writeTime bounds the wait for a client that does not read.
	writeTime = 10 * time.Second
)

// events tells open pages that something happened. While anybody listens, one
// goroutine asks for the newest id of the timeline. Each stream begins with the
// present one, so that a page sees what happened before its stream was open.
type events struct {
	newest func(context.Context) (string, error)
	every  time.Duration

	mu      sync.Mutex
	clients map[chan string]bool
	stop    context.CancelFunc // of the watching goroutine, nil when none runs
	last    string             // the newest id that was seen
	closed  bool
	ended   chan struct{}
	running sync.WaitGroup
}

func newEvents(newest func(context.Context) (string, error), every time.Duration) *events {
	return &events{newest: newest, every: every, clients: map[chan string]bool{}, ended: make(chan struct{})}
}

// newest reads the id of the last activity.
func newest(s *process.Service) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		as, _, err := s.Timeline(ctx, process.System(), process.Filter{Limit: 1})
		if err != nil || len(as) == 0 {
			return "", err
		}
		return as[0].ID, nil
	}
}

// close ends all streams and the watching, and waits.
func (e *events) close() {
	e.mu.Lock()
	if !e.closed {
		e.closed = true
		close(e.ended)
	}
	e.mu.Unlock()
	e.running.Wait()
}

// join adds a client; nil when there is no place.
func (e *events) join() chan string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.clients) >= maxClients {
		return nil
	}
	ch := make(chan string, 1)
	if e.stop != nil && e.last != "" {
		ch <- e.last
	}
	e.clients[ch] = true
	e.running.Add(1)
	if e.stop == nil {
		ctx, cancel := context.WithCancel(context.Background())
		e.stop = cancel
		e.running.Add(1)
		go e.watch(ctx)
	}
	return ch
}

func (e *events) leave(ch chan string) {
	e.mu.Lock()
	delete(e.clients, ch)
	if len(e.clients) == 0 && e.stop != nil {
		e.stop()
		e.stop, e.last = nil, ""
	}
	e.mu.Unlock()
	e.running.Done()
}

func (e *events) watch(ctx context.Context) {
	defer e.running.Done()
	tick := time.NewTicker(e.every)
	defer tick.Stop()
	for {
		asking, cancel := context.WithTimeout(ctx, 5*time.Second)
		id, err := e.newest(asking)
		cancel()
		if err == nil {
			e.tell(id)
		}
		select {
		case <-ctx.Done():
			return
		case <-e.ended:
			return
		case <-tick.C:
		}
	}
}

// tell leaves a newer id with every client; one that is slow misses what came
// between.
func (e *events) tell(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if id == e.last {
		return
	}
	e.last = id
	for ch := range e.clients {
		select {
		case <-ch:
		default:
		}
		ch <- id
	}
}

// ServeHTTP is the stream (WHATWG HTML section 9.2).
func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ch := e.join()
	if ch == nil {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many streams", http.StatusServiceUnavailable)
		return
	}
	defer e.leave(ch)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	stream := http.NewResponseController(w)
	send := func(text string) bool {
		if err := stream.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
			return false
		}
		if _, err := w.Write([]byte(text)); err != nil {
			return false
		}
		return stream.Flush() == nil
	}
	end := time.NewTimer(streamTime)
	defer end.Stop()
	pulse := time.NewTicker(beat)
	defer pulse.Stop()
	for ok := send("retry: 2000\n: here\n\n"); ok; {
		select {
		case id := <-ch:
			ok = send("event: change\ndata: " + id + "\n\n")
		case <-pulse.C:
			ok = send(": still here\n\n")
		case <-end.C:
			return
		case <-e.ended:
			return
		case <-r.Context().Done():
			return
		}
	}
}
