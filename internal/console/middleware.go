// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
)

// maxBody is more than the longest order a form can hold: fifty addresses and every text at its limit.
const maxBody = 1 << 20

// pagePolicy is what a page may do. Nothing is loaded from elsewhere, nothing inline runs or styles,
// nothing frames it.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; report-uri " + blockedPath

// abilities are the browser features a page may use: passkeys, and no other.
const abilities = "publickey-credentials-create=(self), publickey-credentials-get=(self), " +
	"accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), " +
	"fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
	"picture-in-picture=(), serial=(), usb=(), web-share=(), xr-spatial-tracking=()"

// secured puts the headers on every answer that hold whatever a page contains.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Permissions-Policy", abilities)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what another site makes a browser send.
func (c *Console) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(c.Locale.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.writeError(w, r, errCrossOrigin)
	})))
	return protection.Handler(next)
}

func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most := int64(maxBody)
		if r.URL.Path == contentPath {
			most = maxFound
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}
