// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Metrics holds a node's figures, in the text format of Prometheus. Each node has a set of its own, so that several can
// share a process. Labels are codes and route patterns from closed lists, never ids or text.
type Metrics struct {
	set      *metrics.Set
	inFlight *metrics.Gauge
	blocked  *metrics.Counter
}

// secondsBuckets are the upper bounds in which the time to answer is counted.
var secondsBuckets = []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics returns a set with the process's, the runtime's, the build's and the HTTP figures.
func NewMetrics() *Metrics {
	set := metrics.NewSet()
	build := ReadBuild()
	set.NewGauge(fmt.Sprintf(`tocsin_build_info{go=%q,revision=%q,version=%q}`, build.Go, build.Revision, build.Version),
		func() float64 { return 1 })
	return &Metrics{
		set:      set,
		inFlight: set.NewGauge("tocsin_http_in_flight", nil),
		// What the policy of a console page stopped, as browsers report it. More than none is to be looked into.
		blocked: set.NewCounter("tocsin_console_blocked_total"),
	}
}

// Handler serves the figures. It asks nobody who they are: it belongs on the metrics listener only.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
}

// Blocked counts one report of a browser that the policy of a page stopped something.
func (m *Metrics) Blocked() { m.blocked.Inc() }

// begin counts a request in; the function it returns counts it out.
func (m *Metrics) begin() func(route string, code int, took time.Duration) {
	m.inFlight.Inc()
	return func(route string, code int, took time.Duration) {
		m.inFlight.Dec()
		m.set.GetOrCreateCounter(fmt.Sprintf(`tocsin_http_requests_total{code=%q,route=%q}`, codeLabel(code), route)).Inc()
		m.set.GetOrCreatePrometheusHistogramExt(fmt.Sprintf(`tocsin_http_request_seconds{route=%q}`, route),
			secondsBuckets).Update(took.Seconds())
	}
}

// codeLabel keeps the label within the codes that HTTP knows, whatever a handler writes.
func codeLabel(code int) string {
	if http.StatusText(code) == "" {
		return "other"
	}
	return strconv.Itoa(code)
}
