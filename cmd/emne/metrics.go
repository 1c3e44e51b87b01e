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
	for _, kind := range []string{process.SendDelivery{}.Kind(), process.FileSubmission{}.Kind()} {
		if n, err := g.s.h.store.CountJobs(ctx, kind); err == nil {
			gauge(jobs, float64(n), kind)
		}
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
