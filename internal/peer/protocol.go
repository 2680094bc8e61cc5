// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package peer

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/wire"
)

// Paths and media types of the peer protocol.
const (
	PathInbox     = "/peer/v1/inbox"
	PathWellKnown = "/.well-known/tocsin"

	HeaderProtocol = "Tocsin-Protocol"

	typeBundle   = "application/vnd.tocsin.bundle+json"
	typeDocument = "application/jose"
	typeProblem  = "application/problem+json"
)

// problem is an RFC 9457 body. Detail never quotes the request.
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Code     string `json:"code"`
	Versions []int  `json:"versions,omitempty"`
}

func newProblem(status int, code, detail string) problem {
	return problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail,
		Code: code}
}

// offered reads the protocol versions of a request; one that names none offers version 1.
func offered(h http.Header) []int {
	var versions []int
	for _, field := range strings.Split(h.Get(HeaderProtocol), ",") {
		if v, err := strconv.Atoi(strings.TrimSpace(field)); err == nil {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 && h.Get(HeaderProtocol) == "" {
		return []int{1}
	}
	return versions
}

func spoken() string {
	var s []string
	for _, v := range wire.Versions() {
		s = append(s, strconv.Itoa(v))
	}
	return strings.Join(s, ", ")
}

// WellKnown is the document at [PathWellKnown]. It helps people and tools; trust comes from the
// directory alone.
type WellKnown struct {
	Party    tocsin.PartyID `json:"party"`
	Versions []int          `json:"versions"`
	Inbox    string         `json:"inbox"`
	Log      string         `json:"log"`
	Keys     []tocsin.Key   `json:"keys"`
}

// WellKnownHandler serves the document.
func WellKnownHandler(current func() WellKnown) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "max-age=60")
		_ = json.NewEncoder(w).Encode(current()) // a reader that left is no concern of ours
	})
}
