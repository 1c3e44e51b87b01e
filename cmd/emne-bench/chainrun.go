package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// chainWay is something that clients do again and again.
type chainWay struct {
	name    string
	clients int
	do      func(ctx context.Context, n int64) error
}

// acts makes every act of this process another one.
var acts atomic.Int64

// takeTurn lets the clients of a way work for a while.
func takeTurn(ctx context.Context, turn time.Duration, w chainWay) (rate, error) {
	var done atomic.Int64
	var first error
	var once sync.Once
	var clients sync.WaitGroup
	began, cpu := time.Now(), processorTime()
	for range w.clients {
		clients.Go(func() {
			for time.Since(began) < turn && ctx.Err() == nil {
				if err := w.do(ctx, acts.Add(1)); err != nil {
					once.Do(func() { first = err })
					return
				}
				done.Add(1)
			}
		})
	}
	clients.Wait()
	n := float64(max(done.Load(), 1))
	return rate{n / time.Since(began).Seconds(), (processorTime() - cpu) / n}, first
}
