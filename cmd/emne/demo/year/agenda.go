package year

import (
	"container/heap"
	"context"
	"time"
)

// act is something that happens at a moment.
type act struct {
	at  time.Time
	seq int // acts of one moment happen in the order in which they were planned
	do  func(context.Context) error
}

type acts []act

func (a acts) Len() int { return len(a) }
func (a acts) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].seq < a[j].seq
}
func (a acts) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *acts) Push(x any)   { *a = append(*a, x.(act)) }
func (a *acts) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// plan puts an act on the agenda; what lies after the year does not happen.
func (y *year) plan(at time.Time, do func(context.Context) error) {
	if at.After(y.o.Until) {
		return
	}
	y.planned++
	heap.Push(&y.agenda, act{at, y.planned, do})
}

// after plans an act between two numbers of days from now, in office hours.
func (y *year) after(from, to float64, do func(context.Context) error) {
	days := from + y.r.Float64()*(to-from)
	y.plan(y.office(y.at.Add(time.Duration(days*24*float64(time.Hour)))), do)
}

// office moves a moment into the office hours of a working day.
func (y *year) office(t time.Time) time.Time {
	t = t.In(y.zone)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	if h := t.Hour(); h < 8 || h >= 16 {
		t = time.Date(t.Year(), t.Month(), t.Day(), 8+h%8, t.Minute(), t.Second(), 0, y.zone)
	}
	if t.Before(y.at) {
		return y.at
	}
	return t
}

// days plans what happens every day at an hour.
func (y *year) days(begin time.Time, hour int, do func(context.Context, time.Time) error) {
	for d := begin.In(y.zone); ; d = d.AddDate(0, 0, 1) {
		at := time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, y.zone)
		if at.After(y.o.Until) {
			return
		}
		if at.After(begin) {
			y.plan(at, func(ctx context.Context) error { return do(ctx, at) })
		}
	}
}
