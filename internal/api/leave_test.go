// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"tocsin/internal/api"
	"tocsin/internal/telemetry"
)

// leaver is a reader who leaves after so many bytes, whereupon the request is over.
type leaver struct {
	header  http.Header
	room    int
	leave   context.CancelFunc
	started int // how often an answer was begun
}

func (l *leaver) Header() http.Header { return l.header }
func (l *leaver) WriteHeader(int)     { l.started++ }

func (l *leaver) Write(b []byte) (int, error) {
	if l.room -= len(b); l.room < 0 {
		l.leave()
		return 0, errors.New("the reader left")
	}
	return len(b), nil
}

// TestAnswerToWhoLeftIsBegunOnce: a list that is sent as a whole and one that is sent as it is read break off, and no
// second status follows the first. The server would take it for a fault of ours, once for each reader who left.
func TestAnswerToWhoLeftIsBegunOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.fillCases(300)
	handler := telemetry.Requests(slog.New(slog.DiscardHandler), telemetry.NewMetrics(), l.handler)
	for _, path := range []string{"/cases", "/cases/export", "/cases/export?format=csv", "/decisions?format=csv", "/openapi.json"} {
		for _, room := range []int{0, 1, 40_000} {
			ctx, cancel := context.WithCancel(t.Context())
			to := &leaver{header: http.Header{}, room: room, leave: cancel}
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, api.Base+path, nil)
			r.Header.Set("Authorization", "Bearer "+l.token)
			func() {
				defer func() {
					if cause := recover(); cause != nil && cause != http.ErrAbortHandler {
						t.Errorf("%s, %d bytes: %v", path, room, cause)
					}
				}()
				handler.ServeHTTP(to, r)
			}()
			if to.started > 1 {
				t.Errorf("%s, %d bytes: the answer was begun %d times", path, room, to.started)
			}
			cancel()
		}
	}
}
