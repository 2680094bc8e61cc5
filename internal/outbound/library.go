// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import "net/http"

// HTTP gives the one way out to a library that asks for a client of the standard library: pinned origins are reached as
// declared endpoints, every other address as a foreign one. It follows no redirect and keeps no cookie.
func (c *Client) HTTP() *http.Client {
	return &http.Client{Transport: either{c},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// either chooses the class of a destination by what the administrator pinned.
type either struct{ client *Client }

// RoundTrip sends a request and reads its answer into memory.
func (e either) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	if o, ok := OriginOf(req.URL); ok && e.client.IsDeclared(o) {
		return e.client.Declared().Do(req)
	}
	return e.client.Foreign().Do(req)
}
