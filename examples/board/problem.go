// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"encoding/json"
	"errors"
	"net/http"
)

// problem is an RFC 9457 problem: the answer of the signed endpoints when they refuse. A problem carries
// nothing the caller sent, so that text and addresses never reach its logs.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// Error makes a problem usable as an error, so that it travels out of a transaction and rolls it back.
func (p *problem) Error() string { return p.Detail }

func problemOf(status int, code, detail string) *problem {
	return &problem{"urn:board:problem:" + code, http.StatusText(status), status, detail}
}

// writeProblem answers with err when it is a problem. Anything else is internal: it is logged and the node
// told to try again, which is safe because nothing was committed.
func (b *Board) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem
	if !errors.As(err, &p) {
		b.cfg.Log.ErrorContext(r.Context(), "board could not answer", "route", r.Pattern, "err", err)
		p = problemOf(http.StatusInternalServerError, "internal",
			"The board failed and changed nothing; try again.")
	}
	writeJSON(w, p.Status, "application/problem+json", p)
}

func writeJSON(w http.ResponseWriter, status int, mediaType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types are ours and always marshal
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // the client may be gone; there is nobody to tell
}
