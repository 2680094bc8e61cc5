// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// RequestHeader carries the id of a request back to whoever made it, so that a report of trouble finds its
// lines.
const RequestHeader = "X-Request-Id"

// request is what the layers around one request tell each other.
type request struct {
	id    string
	route string
}

type requestKey struct{}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r.id
	}
	return ""
}

// Requests gives every request an id, a log line and its place in the figures, and turns a panic into a 500
// that shows nothing. It goes outermost. The id is always ours: one taken from the request could carry
// content.
func Requests(log *slog.Logger, metrics *Metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := &request{id: rand.Text()}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, info))
		w.Header().Set(RequestHeader, info.id)
		recorder := &recorder{ResponseWriter: w}
		done := metrics.begin()
		start := time.Now()
		defer func() {
			cause := recover()
			abort := cause == http.ErrAbortHandler
			if cause != nil && !abort {
				reportPanic(r.Context(), log, cause)
				abort = !recorder.fail()
			}
			done(routeOf(r, info), recorder.status(), time.Since(start))
			log.DebugContext(r.Context(), "request",
				"route", routeOf(r, info), "code", recorder.status(), "ms", time.Since(start).Milliseconds())
			if abort {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(recorder, r)
	})
}

// Route wraps a mux directly and remembers the pattern that it chose. Without it the pattern is lost whenever
// a layer between Requests and the mux copies the request, as session handling does.
func Route(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if info, ok := r.Context().Value(requestKey{}).(*request); ok {
			// Deferred: a handler that panics has a route too.
			defer func() { info.route = r.Pattern }()
		}
		mux.ServeHTTP(w, r)
	})
}

// routeOf names the pattern, never the path: paths hold ids and come without bound.
func routeOf(r *http.Request, info *request) string {
	switch {
	case info.route != "":
		return info.route
	case r.Pattern != "":
		return r.Pattern
	}
	return "none"
}

// reportPanic says where it happened and with what type of value. The value itself may hold content.
func reportPanic(ctx context.Context, log *slog.Logger, cause any) {
	kind := strings.TrimPrefix(fmt.Sprintf("%T", cause), "*")
	log.ErrorContext(ctx, "request panicked", "cause", kind, "at", panicSite())
}

// panicSite finds the innermost frame outside the runtime and this file.
func panicSite() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		panicking = panicking || inRuntime
		if panicking && !inRuntime {
			file := frame.File[strings.LastIndexByte(frame.File, '/')+1:]
			return file + ":" + strconv.Itoa(frame.Line)
		}
		if !more {
			return "unknown"
		}
	}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	code int
}

// readerLeft is what the framework of the API sets when a reader left half way: no status of the protocol, meant for logs.
const readerLeft = 499

func (w *recorder) WriteHeader(code int) {
	if w.code != 0 && code == readerLeft { // another one was sent long ago, and nobody reads any
		w.code = code
		return
	}
	if w.code == 0 && code >= http.StatusOK {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

// fail answers a panic with an RFC 9457 problem. It returns false when an answer had begun: then the
// connection must be cut, or half an answer would pass for a whole one.
func (w *recorder) fail() bool {
	if w.code != 0 {
		w.code = http.StatusInternalServerError
		return false
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write([]byte(`{"type":"about:blank","title":"Internal Server Error","status":500}` + "\n"))
	return true
}
