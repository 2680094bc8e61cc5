// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics holds a node's figures. Each node has a registry of its own, so that several can share a process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	blocked  prometheus.Counter
}

// NewMetrics returns a registry with the process's, the runtime's, the build's and the HTTP figures.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tocsin_http_requests_total", Help: "Requests answered, by route pattern and status code.",
		}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tocsin_http_request_seconds", Help: "Time to answer, by route pattern.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tocsin_http_in_flight", Help: "Requests being answered.",
		}),
		blocked: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tocsin_console_blocked_total",
			Help: "What the policy of a console page stopped, as browsers report it. More than none is to be looked into.",
		}),
	}
	build := ReadBuild()
	info := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tocsin_build_info", Help: "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{"version": build.Version, "revision": build.Revision, "go": build.Go},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, m.blocked, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registerer takes the figures of other rooms. Their labels must be codes from a closed list, never ids or
// text.
func (m *Metrics) Registerer() prometheus.Registerer { return m.registry }

// Handler serves the figures. It asks nobody who they are: it belongs on the metrics listener only.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Blocked counts one report of a browser that the policy of a page stopped something.
func (m *Metrics) Blocked() { m.blocked.Inc() }

// begin counts a request in; the function it returns counts it out.
func (m *Metrics) begin() func(route string, code int, took time.Duration) {
	m.inFlight.Inc()
	return func(route string, code int, took time.Duration) {
		m.inFlight.Dec()
		m.requests.WithLabelValues(route, codeLabel(code)).Inc()
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// codeLabel keeps the label within the codes that HTTP knows, whatever a handler writes.
func codeLabel(code int) string {
	if http.StatusText(code) == "" {
		return "other"
	}
	return strconv.Itoa(code)
}
