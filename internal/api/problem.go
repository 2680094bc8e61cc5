// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tocsin"
	"tocsin/internal/keyring"
)

// Reasons that only this face has.
const (
	reasonUnknownPath   tocsin.Reason = "unknown_path"
	reasonMethod        tocsin.Reason = "method_not_allowed"
	reasonUnknownMember tocsin.Reason = "unknown_member"
	reasonMediaType     tocsin.Reason = "media_type"
)

const problemType = "application/problem+json"

// Problem is the one body of every answer that is not a success (RFC 9457).
type Problem struct {
	Type   string        `json:"type" required:"true" doc:"about:blank: code and reason say what it is"`
	Title  string        `json:"title" required:"true" doc:"the status in words"`
	Status int           `json:"status" required:"true"`
	Detail string        `json:"detail" required:"true" doc:"what to do; never text of the request"`
	Code   tocsin.Code   `json:"code" required:"true" doc:"the coarse class; stable"`
	Reason tocsin.Reason `json:"reason,omitempty" doc:"the precise cause; stable"`
	Rule   string        `json:"rule,omitempty" doc:"the written rule that forbids; see /policy"`
	Errors []Location    `json:"errors,omitempty" doc:"the members of the request that are wrong"`

	headers http.Header
}

// Location names one wrong member of a request.
type Location struct {
	Location string `json:"location" required:"true" doc:"such as body.annex_i.a.reference or query.limit"`
	Message  string `json:"message" required:"true"`
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that go with the status.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return problemType }

// statuses translate the classes of errors; what is not listed is ours.
var statuses = map[tocsin.Code]int{
	tocsin.CodeInvalid:         http.StatusUnprocessableEntity,
	tocsin.CodeUnauthenticated: http.StatusUnauthorized,
	tocsin.CodeForbidden:       http.StatusForbidden,
	tocsin.CodeNotFound:        http.StatusNotFound,
	tocsin.CodeConflict:        http.StatusConflict,
	tocsin.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	tocsin.CodeUnsupported:     http.StatusUnsupportedMediaType,
	tocsin.CodeExpired:         http.StatusGone,
	tocsin.CodeErased:          http.StatusGone,
	tocsin.CodeBusy:            http.StatusServiceUnavailable,
}

// statusOf is the status of an error; 0 where it is ours. Who asks too often is told so; else it is the node that is
// busy.
func statusOf(err error) int {
	if tocsin.ReasonOf(err) == keyring.ReasonServiceKeyRate {
		return http.StatusTooManyRequests
	}
	return statuses[tocsin.CodeOf(err)]
}

// newProblem is the one translation of an error. prefix is where in the request the error's field is.
func newProblem(err error, prefix string) *Problem {
	e, ok := errors.AsType[*tocsin.Error](err)
	status := statusOf(err)
	if !ok || status == 0 {
		status := http.StatusInternalServerError
		return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
			Code:   tocsin.CodeInternal,
			Detail: "The node could not do this. Its log says more under the id of this request."}
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: e.Code,
		Reason: e.Reason,
		Detail: e.Public, Rule: e.Rule}
	if e.Field != "" {
		p.Errors = []Location{{prefix + e.Field, e.Public}}
	}
	switch e.Code {
	case tocsin.CodeUnauthenticated:
		p.headers = http.Header{"Www-Authenticate": {"Bearer"}}
	case tocsin.CodeBusy:
		seconds := max(1, int64(math.Ceil(e.RetryAfter.Seconds())))
		p.headers = http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}}
	}
	return p
}

func methodNotAllowed() *Problem {
	const status = http.StatusMethodNotAllowed
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code:   tocsin.CodeUnsupported,
		Reason: reasonMethod, Detail: "This path takes other methods; Allow names them."}
}

// refuse answers a request that reached no operation.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.report(r.Context(), "", err)
	writeProblem(w, newProblem(err, ""))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may be gone
}

// describe turns what the framework found wrong with a request into a problem. Its own model would quote the
// request back.
func describe(_ huma.Context, _ string, body any) (any, error) {
	m, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(m.Status), Status: m.Status}
	p.Code, p.Reason, p.Detail = requestFault(m)
	for _, d := range m.Errors {
		if d != nil && m.Status != http.StatusUnsupportedMediaType && m.Status < http.StatusInternalServerError {
			p.Errors = append(p.Errors, Location{safeLocation(d.Location), d.Message})
		}
	}
	return p, nil
}

func requestFault(m *huma.ErrorModel) (tocsin.Code, tocsin.Reason, string) {
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		return tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "The body is larger than this operation takes."
	case http.StatusUnsupportedMediaType:
		return tocsin.CodeUnsupported, reasonMediaType, "Send application/json."
	case http.StatusRequestTimeout:
		return tocsin.CodeBusy, "too_slow", "The body did not arrive in time."
	case http.StatusBadRequest:
		return tocsin.CodeInvalid, tocsin.RefusedMalformed, "The body is missing or not strict JSON."
	case http.StatusUnprocessableEntity:
		return tocsin.CodeInvalid, memberFault(m.Errors), "The request does not fit its schema; see errors."
	}
	return tocsin.CodeInternal, "", "The request could not be read."
}

// memberFault is the reason of the first wrong member.
func memberFault(errs []*huma.ErrorDetail) tocsin.Reason {
	if len(errs) == 0 || errs[0] == nil {
		return tocsin.ReasonFormat
	}
	switch message := errs[0].Message; {
	case strings.Contains(message, "required"):
		return tocsin.ReasonMissing
	case strings.HasPrefix(message, "unexpected") || strings.HasPrefix(message, "unknown"):
		return reasonUnknownMember
	case strings.Contains(message, "one of"):
		return tocsin.ReasonUnknownValue
	}
	return tocsin.ReasonFormat
}

var locationForm = regexp.MustCompile(
	`^(?:body|query|path|header)(?:\.[A-Za-z0-9_-]{1,40}|\[[0-9]{1,6}\]){0,17}$`)

// safeLocation drops what no schema of ours could have named.
func safeLocation(location string) string {
	if locationForm.MatchString(location) {
		return location
	}
	place, _, _ := strings.Cut(location, ".")
	if locationForm.MatchString(place) {
		return place
	}
	return "request"
}
