// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"net/http"
	"net/url"
	"strings"
)

// Handler answers every address of the board. The five below /tocsin/ and restricted.go are what joining a
// node took; the rest was there before.
func (b *Board) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tocsin/callback", b.serveCallback)
	mux.HandleFunc("POST /tocsin/resolve", b.serveResolve)
	mux.HandleFunc("GET /tocsin/measures", b.serveMeasures)
	mux.HandleFunc("GET /tocsin/media/{id}/{key}", b.serveMediaToNode)
	mux.HandleFunc("/tocsin/", b.serveNoSuchEndpoint)

	mux.HandleFunc("GET /{$}", b.serveList)
	mux.HandleFunc("GET /tag/{name}", b.serveList)
	mux.HandleFunc("GET /tag/{name}/{$}", redirectWithoutSlash)
	mux.HandleFunc("GET /post/{id}", b.servePost)
	mux.HandleFunc("GET /post/{id}/{$}", redirectWithoutSlash)
	mux.HandleFunc("GET /post/{id}/report", b.serveReport)
	mux.HandleFunc("POST /post/{id}/report", b.serveReport)
	mux.HandleFunc("GET /media/{file}", b.serveMedia)
	mux.HandleFunc("GET /new", b.serveNew)
	mux.HandleFunc("POST /new", b.createPost)
	mux.HandleFunc("GET /admin", b.serveAdmin)
	mux.HandleFunc("POST /admin", b.moderate)
	mux.HandleFunc("GET /style.css", serveStatic("page/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /icon.svg", serveStatic("page/icon.svg", "image/svg+xml"))
	mux.HandleFunc("/", b.serveNotFound)
	return guard(mux)
}

// guard sets what every answer carries and refuses forms sent from other sites.
func guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		// An author link holds a token: it must not leave in a Referer.
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// serveNoSuchEndpoint answers machines with a problem where the mux would answer with a line of text.
func (b *Board) serveNoSuchEndpoint(w http.ResponseWriter, r *http.Request) {
	allowed := map[string]string{
		"/tocsin/callback": "POST", "/tocsin/resolve": "POST", "/tocsin/measures": "GET, HEAD",
	}[r.URL.Path]
	if allowed == "" {
		b.writeProblem(w, r, problemOf(http.StatusNotFound, "no-such-endpoint", "There is no such endpoint."))
		return
	}
	w.Header().Set("Allow", allowed)
	b.writeProblem(w, r, problemOf(http.StatusMethodNotAllowed, "method", "The endpoint takes "+allowed+"."))
}

// redirectWithoutSlash sends /post/12/ to /post/12. Its two patterns fix the first segment, so that the
// target cannot begin with two slashes and lead to another host.
func redirectWithoutSlash(w http.ResponseWriter, r *http.Request) {
	target := url.URL{Path: strings.TrimSuffix(r.URL.Path, "/"), RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, target.String(), http.StatusPermanentRedirect)
}
