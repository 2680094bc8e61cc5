// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"tocsin"
)

// refusal is an answer that is not a success, in HMA's one shape.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func refusef(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refusef(http.StatusBadRequest, format, args...)
}

// message is the body of every error.
type message struct {
	Message string `json:"message"`
}

// statuses translate the classes of errors; what is not listed is ours. A conflict is 403, as HMA has it.
var statuses = map[tocsin.Code]int{
	tocsin.CodeInvalid:         http.StatusBadRequest,
	tocsin.CodeUnauthenticated: http.StatusUnauthorized,
	tocsin.CodeForbidden:       http.StatusForbidden,
	tocsin.CodeNotFound:        http.StatusNotFound,
	tocsin.CodeConflict:        http.StatusForbidden,
	tocsin.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	tocsin.CodeUnsupported:     http.StatusBadRequest,
	tocsin.CodeExpired:         http.StatusForbidden,
	tocsin.CodeErased:          http.StatusNotFound,
	tocsin.CodeBusy:            http.StatusServiceUnavailable,
}

// refuse is the one translation of an error.
func (c *call) refuse(err error) {
	if r, ok := errors.AsType[*refusal](err); ok {
		c.answer(r.status, message{r.message})
		return
	}
	e, ok := errors.AsType[*tocsin.Error](err)
	status := statuses[tocsin.CodeOf(err)]
	if !ok || status == 0 {
		if c.r.Context().Err() == nil {
			c.s.Log.ErrorContext(c.r.Context(), "HMA request failed", "code", tocsin.CodeOf(err),
				"reason", tocsin.ReasonOf(err), "error", err)
		}
		c.answer(http.StatusInternalServerError,
			message{"The node could not do this. Its log says more under the id of this request."})
		return
	}
	switch e.Code {
	case tocsin.CodeUnauthenticated:
		c.w.Header().Set("Www-Authenticate", "Bearer")
	case tocsin.CodeBusy:
		seconds := max(1, int64(math.Ceil(e.RetryAfter.Seconds())))
		c.w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	c.answer(status, message{e.Public})
}

// answer writes JSON.
func (c *call) answer(status int, body any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		c.s.Log.ErrorContext(c.r.Context(), "HMA answer cannot be written", "error", err)
		status = http.StatusInternalServerError
		b.Reset()
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b.Bytes()) // the reader may be gone
}

func (c *call) ok(body any) error {
	c.answer(http.StatusOK, body)
	return nil
}

// text writes a plain body, as the health checks have it.
func (c *call) text(status int, body string) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	c.w.WriteHeader(status)
	_, _ = c.w.Write([]byte(body))
	return nil
}
