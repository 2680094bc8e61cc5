// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package publog

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// answer is one resource, read in full.
type answer struct {
	body               []byte
	contentType, cache string
	compress           bool // entries are text; hashes and signatures do not get smaller
}

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", a.cache)
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.body
	if a.compress {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header) {
			h.Set("Content-Encoding", "gzip")
			body = compressed(body)
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader may leave; nobody is left to tell
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3) as far as gzip is named in it.
func acceptsGzip(h http.Header) bool {
	for list := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(list, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q, ok := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			value, err := strconv.ParseFloat(q, 64)
			return !ok || (err == nil && value > 0)
		}
	}
	return false
}

func compressed(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b) // a bytes.Buffer does not fail
	_ = z.Close()
	return buf.Bytes()
}

// refuse answers in plain text that says no more than the status does.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", cacheNothing)
	http.Error(w, http.StatusText(status), status)
}
