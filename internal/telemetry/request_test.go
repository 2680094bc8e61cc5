// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// lines is a log that several goroutines may write to.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// garden is a listener as a node builds it: Requests, a layer that copies the request, Route, the mux.
func garden(t *testing.T) (*httptest.Server, *Metrics, *lines) {
	t.Helper()
	out := &lines{}
	log, err := NewLogger(out, "text", "debug")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bed/{name}", func(w http.ResponseWriter, r *http.Request) {
		log.InfoContext(r.Context(), "bed shown", "name", r.PathValue("name"))
		_, _ = io.WriteString(w, RequestID(r.Context()))
	})
	mux.HandleFunc("GET /gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("GET /odd", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })
	mux.HandleFunc("GET /panic/{name}", func(_ http.ResponseWriter, r *http.Request) {
		panic(errors.New("text " + r.PathValue("name")))
	})
	mux.HandleFunc("GET /flush", func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
	})
	type copied struct{}
	session := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), copied{}, 1)))
		})
	}
	metrics := NewMetrics()
	server := httptest.NewServer(Requests(log, metrics, session(Route(mux))))
	t.Cleanup(server.Close)
	return server, metrics, out
}

func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(RequestHeader, "canary-header")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestRequestHasAnIdOfOursInContextHeaderAndLog(t *testing.T) {
	t.Parallel()
	server, _, out := garden(t)
	answer, body := get(t, server.URL+"/bed/rose")
	id := answer.Header.Get(RequestHeader)
	if len(id) < 26 || body != id {
		t.Errorf("header %q, context %q", id, body)
	}
	if !strings.Contains(out.String(), "request="+id) {
		t.Errorf("the handler's line lacks the id: %s", out)
	}
	if again, _ := get(t, server.URL+"/bed/rose"); again.Header.Get(RequestHeader) == id {
		t.Error("two requests share an id")
	}
}

func TestCanaryNeverReachesFiguresOrRequestLines(t *testing.T) {
	t.Parallel()
	server, metrics, out := garden(t)
	for _, path := range []string{
		"/canary", "/gone?q=canary", "/panic/canary", "/bed/https%3A%2F%2Fboard.example%2Fcanary", "/odd#canary",
	} {
		get(t, server.URL+path)
	}
	scrape := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(scrape, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	figures := scrape.Body.String()
	for name, text := range map[string]string{"figures": figures, "log": out.String()} {
		if strings.Contains(text, "canary") {
			t.Errorf("came out in the %s:\n%s", name, text)
		}
	}
	for _, want := range []string{
		`tocsin_http_requests_total{code="404",route="none"} 1`,
		`tocsin_http_requests_total{code="410",route="GET /gone"} 1`,
		`tocsin_http_requests_total{code="500",route="GET /panic/{name}"} 1`,
		`tocsin_http_requests_total{code="200",route="GET /bed/{name}"} 1`,
		`tocsin_http_requests_total{code="other",route="GET /odd"} 1`,
		`tocsin_http_request_seconds_count{route="GET /gone"} 1`,
		`tocsin_http_in_flight 0`, `tocsin_build_info{`, `go_goroutines`,
	} {
		if !strings.Contains(figures, want) {
			t.Errorf("figures lack %s", want)
		}
	}
}

func TestPanicIsAnsweredWithAProblemAndItsPlaceLogged(t *testing.T) {
	t.Parallel()
	server, _, out := garden(t)
	answer, body := get(t, server.URL+"/panic/kettle")
	if answer.StatusCode != 500 || answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	if strings.Contains(body, "kettle") || strings.Contains(out.String(), "kettle") {
		t.Errorf("the panic's value came out: %s %s", body, out)
	}
	if !strings.Contains(out.String(), "at=request_test.go:") {
		t.Errorf("the place is not logged: %s", out)
	}
}

func TestFlushReachesTheConnection(t *testing.T) {
	t.Parallel()
	server, _, _ := garden(t)
	if answer, _ := get(t, server.URL+"/flush"); answer.StatusCode != 200 {
		t.Errorf("answered %d", answer.StatusCode)
	}
}

func TestAbortedAnswerStaysAborted(t *testing.T) {
	t.Parallel()
	handler := Requests(slog.New(slog.DiscardHandler), NewMetrics(), http.HandlerFunc(
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the abort was swallowed")
		}
	}()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

func TestPanicInTheMiddleOfAnAnswerCutsIt(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half an ")
		panic("late")
	}
	server := httptest.NewServer(Requests(slog.New(slog.DiscardHandler), NewMetrics(), http.HandlerFunc(handler)))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("half an answer passed for a whole one")
	}
}

func TestBuildIsKnown(t *testing.T) {
	t.Parallel()
	if b := ReadBuild(); b.Go == "unknown" || b.Version == "" || b.Revision == "" {
		t.Errorf("build %+v", b)
	}
}
