// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/telemetry"
)

var (
	errSignIn      = tocsin.Errorf(tocsin.CodeUnauthenticated, "sign_in", "Sign in first.")
	errCrossOrigin = tocsin.Errorf(tocsin.CodeForbidden, "cross_origin", "This request came from another site.")
	errNoCeremony  = tocsin.Errorf(tocsin.CodeExpired, "ceremony_over", "This attempt is over. Start it again.")
	errNowhere     = tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "There is nothing here.")
)

// statuses translates the class of an error once, for pages and for scripts.
var statuses = map[tocsin.Code]int{
	tocsin.CodeInvalid:         http.StatusUnprocessableEntity,
	tocsin.CodeUnauthenticated: http.StatusUnauthorized,
	tocsin.CodeForbidden:       http.StatusForbidden,
	tocsin.CodeNotFound:        http.StatusNotFound,
	tocsin.CodeConflict:        http.StatusConflict,
	tocsin.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	tocsin.CodeUnsupported:     http.StatusUnsupportedMediaType,
	tocsin.CodeExpired:         http.StatusGone,
	tocsin.CodeBusy:            http.StatusTooManyRequests,
	tocsin.CodeErased:          http.StatusGone,
	tocsin.CodeInternal:        http.StatusInternalServerError,
}

// writeError answers what a handler could not do: a page for people, an RFC 9457 problem for scripts. Both
// say the same and neither says anything the error does not declare public.
func (c *Console) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := publicError(err)
	if e.Code == tocsin.CodeInternal {
		c.Log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "error", err)
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter.Seconds()+1)))
	}
	switch {
	case wantsJSON(r):
		c.writeProblem(w, r, e)
	case errors.Is(err, errSignIn) && r.Method == http.MethodGet:
		http.Redirect(
			w,
			r,
			"/sign-in?"+url.Values{"to": {localPath(r.URL.RequestURI())}}.Encode(),
			http.StatusSeeOther,
		)
	default:
		c.writeTrouble(w, r, e)
	}
}

// publicError is what may be told of an error.
func publicError(err error) *tocsin.Error {
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tocsin.Errorf(
			tocsin.CodeTooLarge,
			tocsin.RefusedTooLarge,
			"This is larger than any form of the console.",
		)
	}
	return &tocsin.Error{Code: tocsin.CodeInternal, Reason: "internal"}
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json") ||
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

func (c *Console) writeProblem(w http.ResponseWriter, r *http.Request, e *tocsin.Error) {
	ctx := r.Context()
	title := "console.error." + string(e.Code)
	body, err := json.Marshal(struct {
		Type   string        `json:"type"`
		Title  string        `json:"title"`
		Status int           `json:"status"`
		Detail string        `json:"detail"`
		Code   tocsin.Code   `json:"code"`
		Reason tocsin.Reason `json:"reason,omitempty"`
		Field  string        `json:"field,omitempty"`
		Rule   string        `json:"rule,omitempty"`
	}{"about:blank", page.T(ctx, title), statuses[e.Code], message(ctx, e), e.Code, e.Reason, e.Field, e.Rule})
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(statuses[e.Code])
	_, _ = w.Write(body)
}

func (c *Console) writeTrouble(w http.ResponseWriter, r *http.Request, e *tocsin.Error) {
	ctx := r.Context()
	trouble := page.Trouble{Title: page.T(ctx, "console.error."+string(e.Code)), Detail: message(ctx, e),
		Advice: page.T(ctx, "console.advice."+string(e.Code)), To: "/", Label: page.T(ctx, "console.error.home")}
	if e.Code == tocsin.CodeForbidden && personKnown(ctx) {
		trouble.Rule = e.Rule
		trouble.To, trouble.Label = "/policy", page.T(ctx, "console.policy.title")
		if e.Rule != "" {
			trouble.To += "#rule-" + e.Rule
		}
	}
	if e.Code == tocsin.CodeInternal {
		trouble.ID = telemetry.RequestID(ctx)
	}
	if errors.Is(e, errSignIn) {
		trouble.Kept = kept(r)
	}
	if e.Code == tocsin.CodeUnauthenticated {
		trouble.To, trouble.Label = "/sign-in", page.T(ctx, "console.sign_in.title")
	}
	if err := c.render(w, r, statuses[e.Code], page.Failed(trouble)); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// kept is what somebody wrote whose session was over when she sent it: she can still copy it.
func kept(r *http.Request) []string {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		return nil
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, text := range r.PostForm[name] {
			if strings.ContainsAny(strings.TrimSpace(text), " \n") && name != "password" && name != "again" {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// nowhere answers every address that is none.
func (c *Console) nowhere(http.ResponseWriter, *http.Request) error { return errNowhere }

// badForm tells a body that is too large from one that is no form.
func badForm(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "This is not what the page sends.")
}
