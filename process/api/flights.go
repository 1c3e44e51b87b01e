package api

import (
	"context"
	"sync"

	"github.com/emne/emne/process"
)

// flights lets one request of a key at a time through.
type flights struct {
	mu    sync.Mutex
	inAir map[string]*flight
}

type flight struct {
	// turn holds one token: who takes it flies.
	turn chan struct{}
	// users hold or wait for the token.
	users int
}

// enter waits for the key's turn until ctx ends; leave passes it on.
func (f *flights) enter(ctx context.Context, key string) (leave func(), err error) {
	f.mu.Lock()
	if f.inAir == nil {
		f.inAir = map[string]*flight{}
	}
	fl := f.inAir[key]
	if fl == nil {
		fl = &flight{turn: make(chan struct{}, 1)}
		fl.turn <- struct{}{}
		f.inAir[key] = fl
	}
	fl.users++
	f.mu.Unlock()
	select {
	case <-fl.turn:
		return func() {
			fl.turn <- struct{}{}
			f.drop(key, fl)
		}, nil
	case <-ctx.Done():
		f.drop(key, fl)
		return nil, process.Conflict("idempotency.in_flight", "the same request is still being worked on: send it again with the same key")
	}
}

func (f *flights) drop(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.users--; fl.users == 0 {
		delete(f.inAir, key)
	}
}
