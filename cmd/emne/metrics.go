package main

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/emne/emne/process"
)

// metricsHandler serves the server's own registry; all names begin with emne_.
func (s *server) metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	emne := prometheus.WrapRegistererWithPrefix("emne_", registry)
	emne.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), gauges{s})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: readyTime})
}

// gauges asks for the present when they are read.
type gauges struct{ s *server }

func (g gauges) descriptions() (build, ready, connected, success, jobs *prometheus.Desc) {
	return prometheus.NewDesc("build_info", "The version that runs.", []string{"version"}, nil),
		prometheus.NewDesc("ready", "1 when everything works.", nil, nil),
		prometheus.NewDesc("mailbox_connected", "1 when the mailbox's server answers.", []string{"mailbox"}, nil),
		prometheus.NewDesc("mailbox_last_success_timestamp_seconds", "When the mailbox was last read to its end.", []string{"mailbox"}, nil),
		prometheus.NewDesc("jobs_waiting", "Jobs that wait or run.", []string{"kind"}, nil)
}

// Describe implements prometheus.Collector.
func (g gauges) Describe(c chan<- *prometheus.Desc) { prometheus.DescribeByCollect(g, c) }

// Collect implements prometheus.Collector.
func (g gauges) Collect(c chan<- prometheus.Metric) {
	build, ready, connected, success, jobs := g.descriptions()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(build, 1, version)
	gauge(ready, number(g.s.ready.Load()))
	for _, m := range g.s.mailboxes {
		st := m.Status()
		gauge(connected, number(st.Connected), st.Name)
		if !st.LastSuccess.IsZero() {
			gauge(success, float64(st.LastSuccess.Unix()), st.Name)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyTime)
	defer cancel()
	g.progress(ctx, gauge)
	for _, kind := range []string{process.SendDelivery{}.Kind(), process.FileSubmission{}.Kind()} {
		if n, err := g.s.h.store.CountJobs(ctx, kind); err == nil {
			gauge(jobs, float64(n), kind)
		}
	}
}

// progress tells how far and how late the mailboxes are, and what of their
// sign-ins ends.
func (g gauges) progress(ctx context.Context, gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	lag := prometheus.NewDesc("mailbox_lag_seconds", "How long after its arrival the last mail was recorded.", []string{"mailbox"}, nil)
	done := prometheus.NewDesc("mailbox_backfill_done", "Mails of the first contact that are through.", []string{"mailbox"}, nil)
	total := prometheus.NewDesc("mailbox_backfill_total", "Mails of the first contact.", []string{"mailbox"}, nil)
	expiry := prometheus.NewDesc("mailbox_expiry_timestamp_seconds", "When a client_secret or a sign_in ends.", []string{"mailbox", "what"}, nil)
	for _, m := range g.s.mailboxes {
		st := m.Status()
		gauge(lag, st.Lag.Seconds(), st.Name)
		gauge(done, float64(st.Backfill.Done), st.Name)
		gauge(total, float64(st.Backfill.Total), st.Name)
	}
	for name, s := range g.s.o.signIns {
		ends, err := s.Expiries(ctx)
		if err != nil {
			continue // jobs_waiting is missing too, and /readyz tells
		}
		for _, e := range ends {
			gauge(expiry, float64(e.At.Unix()), name, e.What)
		}
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
