// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package mediaproxy serves stills of media to the browsers of people who may see them, on an origin of its own: one
// address, good once and for a minute, for one person in one session. Whatever is wrong with it, the answer is the
// same: nothing is here.
//
// It must never read a cookie or set one, serve a byte before flow has journaled the view, serve a byte that came
// from outside, or answer anything that a browser could take for a page. Start reading at Handler.
package mediaproxy

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/telemetry"
)

// Views redeems the token of a view: when it returns a still, the view is journaled.
type Views interface {
	View(ctx context.Context, token string) (flow.Still, error)
}

// policy lets what is served do nothing at all, were it ever taken for a document.
const policy = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// Sharing says which pages may embed what is served (Cross-Origin-Resource-Policy).
type Sharing string

// The kinds of sharing. The address is the secret; this only narrows further who could use one.
const (
	SameSite    Sharing = "same-site" // where console and media share their host name
	CrossOrigin Sharing = "cross-origin"
)

// Handler serves GET /{token} and nothing else.
func Handler(v Views, sharing Sharing, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/{token}", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !forImage(r) {
			w.WriteHeader(http.StatusNotFound) // HEAD too: it would use up the address and show nothing
			return
		}
		serve(w, r, v, log)
	})
	routed := telemetry.Route(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", string(sharing))
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "none")
		routed.ServeHTTP(w, r)
	})
}

// forImage refuses whatever a browser says it does not ask for to put into a page as an image: a tab of its own, a
// frame, a script, something fetched ahead.
func forImage(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return (dest == "" || dest == "image") && r.Header.Get("Sec-Purpose") == ""
}

func serve(w http.ResponseWriter, r *http.Request, v Views, log *slog.Logger) {
	s, err := v.View(r.Context(), r.PathValue("token"))
	if err != nil {
		status := http.StatusNotFound
		switch tocsin.CodeOf(err) {
		case tocsin.CodeNotFound, tocsin.CodeForbidden, tocsin.CodeExpired, tocsin.CodeErased, tocsin.CodeConflict:
		default:
			status = http.StatusServiceUnavailable
			log.WarnContext(r.Context(), "no view shown", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
		}
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", s.Type)
	w.Header().Set("Content-Length", strconv.Itoa(len(s.Content)))
	_, _ = w.Write(s.Content)
}
