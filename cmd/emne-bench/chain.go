package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/emne/emne/process/store"
)

// The bars: chains per bare commit on SQLite, and what a chain may cost in a
// full house, by what it costs in an empty one.
const (
	wantedRatio = 0.02
	wantedCost  = 1.2
)

// measureChain runs the whole way from a lead to a payment, beside bare durable
// commits of the same database, in an empty house and in one that has many
// finished ones; in turns, several rounds, so that what else the machine does
// meets all of them.
func measureChain(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("chain", flag.ContinueOnError)
	o := chainOptions{}
	flags.DurationVar(&o.turn, "turn", 2*time.Second, "how long one measurement takes")
	flags.IntVar(&o.rounds, "rounds", 7, "how often each way is measured")
	flags.IntVar(&o.clients, "clients", 8, "how many clients work at once, beside one alone")
	flags.IntVar(&o.finished, "finished", 100_000, "finished chains in the full house; 0 for no such house")
	flags.StringVar(&o.profile, "profile", "", "file for a CPU profile of one client in the full house, or the empty one")
	flags.StringVar(&o.keep, "keep", "", "folder in which the full house of SQLite is kept, and found again")
	engines := flags.String("engines", "sqlite,postgres", "the databases")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var failed []error
	for e := range strings.SplitSeq(*engines, ",") {
		err := o.measure(ctx, store.Engine(e))
		if errors.Is(err, errBar) {
			failed = append(failed, err)
		} else if err != nil {
			return fmt.Errorf("%s: %w", e, err)
		}
	}
	return errors.Join(failed...)
}

// errBar says that a bar was missed.
var errBar = errors.New("below the bar")

type chainOptions struct {
	turn                      time.Duration
	rounds, clients, finished int
	profile, keep             string
}

// rate is what a turn did, by the wall's clock and by the processor's.
type rate struct{ perSecond, cpu float64 }

func (o chainOptions) measure(ctx context.Context, engine store.Engine) error {
	place, err := newPlace(engine)
	if err != nil {
		return err
	}
	defer place.close()
	empty, err := place.open(ctx, "empty")
	if err != nil {
		return err
	}
	defer empty.close()
	ways := []chainWay{}
	var bares []*bare
	for _, n := range []int{1, o.clients} {
		b, err := place.bare(ctx, n)
		if err != nil {
			return err
		}
		defer b.close()
		bares = append(bares, b)
		ways = append(ways,
			chainWay{fmt.Sprintf("bare commits, %d at once", n), n, bares[len(bares)-1].commit},
			chainWay{fmt.Sprintf("chains, %d at once", n), n, empty.chain})
	}
	profiled := empty
	if o.finished > 0 {
		full, err := place.full(ctx, o.finished, o.keep)
		if err != nil {
			return err
		}
		defer full.close()
		profiled = full
		ways = append(ways, chainWay{fmt.Sprintf("chains beside %d", o.finished), 1, full.chain})
	}
	measured := map[string][]rate{}
	for range o.rounds {
		for _, w := range ways {
			r, err := takeTurn(ctx, o.turn, w)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			measured[w.name] = append(measured[w.name], r)
		}
	}
	fmt.Printf("chain: %s, lead to payment (8 use cases), medians of %d turns of %s; load %s\n", place.describe, o.rounds, o.turn, load())
	middle := func(name string) rate {
		var by rate
		by.perSecond = medianBy(measured[name], func(r rate) float64 { return r.perSecond })
		by.cpu = medianBy(measured[name], func(r rate) float64 { return r.cpu })
		return by
	}
	for _, w := range ways {
		r := middle(w.name)
		fmt.Printf("  %-26s %8.1f /s %8.2f ms of processor time each\n", w.name, r.perSecond, r.cpu*1e3)
	}
	var missed []string
	for _, n := range []int{1, o.clients} {
		name := fmt.Sprintf("chains, %d at once", n)
		before := fmt.Sprintf("bare commits, %d at once", n)
		// Each turn against its neighbour, then the middle of the ratios.
		ratio := paired(measured[name], measured[before], func(a, b rate) float64 { return a.perSecond / b.perSecond })
		fmt.Printf("  %d at once: %.4f chains per bare commit", n, ratio)
		if engine == store.SQLite {
			fmt.Printf(" (wanted: %.2f)", wantedRatio)
			if ratio < wantedRatio {
				missed = append(missed, fmt.Sprintf("%.4f chains per commit with %d clients", ratio, n))
			}
		}
		fmt.Println()
	}
	if o.finished > 0 {
		name, alone := fmt.Sprintf("chains beside %d", o.finished), "chains, 1 at once"
		cost := paired(measured[name], measured[alone], func(a, b rate) float64 { return b.perSecond / a.perSecond })
		cpu := paired(measured[name], measured[alone], func(a, b rate) float64 { return a.cpu / b.cpu })
		fmt.Printf("  a chain beside %d finished ones costs %.2f times that of an empty house, %.2f times the processor time (wanted: %.1f)\n", o.finished, cost, cpu, wantedCost)
		if cost > wantedCost {
			missed = append(missed, fmt.Sprintf("%.2f times the cost beside %d chains", cost, o.finished))
		}
	}
	if o.profile != "" {
		if err := o.writeProfile(ctx, profiled); err != nil {
			return err
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("%s, %w: %s", engine, errBar, strings.Join(missed, "; "))
	}
	return nil
}

func (o chainOptions) writeProfile(ctx context.Context, h *chainHouse) error {
	f, err := os.Create(o.profile)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = takeTurn(ctx, 3*o.turn, chainWay{"profile", 1, h.chain})
	return err
}

// paired is the middle of what each turn is to its neighbour.
func paired(a, b []rate, of func(a, b rate) float64) float64 {
	var rs []float64
	for i := range a {
		rs = append(rs, of(a[i], b[i]))
	}
	return median(rs)
}

func medianBy(rs []rate, of func(rate) float64) float64 {
	var vs []float64
	for _, r := range rs {
		vs = append(vs, of(r))
	}
	return median(vs)
}

// processorTime is what the process has used, in seconds.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// load is what the machine has to do, the last minute's average first.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(slices.Collect(strings.FieldsSeq(string(b)))[:3], " ")
}
