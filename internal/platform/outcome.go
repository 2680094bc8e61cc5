// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ErrInvalid is wrapped by the error of a call whose input breaks the contract; nothing was sent.
var ErrInvalid = errors.New("platform: invalid input")

// Refused is the platform's final no: a 4xx status with an RFC 9457 problem. Only its status and code
// may be logged; the texts are the platform's and are for the people who handle the case.
type Refused struct {
	Status        int
	Code          string // the problem's "code" member when it is a plain token, else ""
	Type          string // the problem's type URI, "about:blank" when absent
	Title, Detail string // at most 500 characters, control characters removed
}

// Error implements error.
func (r *Refused) Error() string {
	if r.Code == "" {
		return fmt.Sprintf("platform refused: status %d", r.Status)
	}
	return fmt.Sprintf("platform refused: status %d, code %s", r.Status, r.Code)
}

// Why an outcome is unknown. Values are stable: delivery records store them.
const (
	WhyNotSent   = "not_sent"  // no byte reached the platform
	WhyNoAnswer  = "no_answer" // the request may have arrived, no whole answer came back
	WhyStatus    = "status"    // a status that is neither a measure nor a final no
	WhyBadAnswer = "bad_answer"
)

// Unknown means that the platform may or may not have acted: repeat the call with the same event.
type Unknown struct {
	Why        string
	Sent       bool          // whether bytes of the request may have arrived
	Status     int           // 0 without an answer
	RetryAfter time.Duration // what the platform asked for, 0 if nothing, at most one hour

	cause error
}

// Error implements error.
func (u *Unknown) Error() string {
	if u.Status == 0 {
		return "platform outcome unknown: " + u.Why
	}
	return fmt.Sprintf("platform outcome unknown: %s, status %d", u.Why, u.Status)
}

// Is lets errors.Is ask about the cause, whose text may hold an address and stays hidden.
func (u *Unknown) Is(target error) bool { return u.cause != nil && errors.Is(u.cause, target) }

func noAnswer(err error) error {
	u := &Unknown{Why: WhyNoAnswer, Sent: true, cause: err}
	// A transport that knows better says so; without a word from it, assume the request arrived.
	if known, ok := errors.AsType[interface {
		error
		RequestSent() bool
	}](err); ok && !known.RequestSent() {
		u.Why, u.Sent = WhyNotSent, false
	}
	return u
}

func badAnswer(status int) error { return &Unknown{Why: WhyBadAnswer, Sent: true, Status: status} }

// outcomeOf reads an answer that is not 200. A 4xx counts as the platform's own decision only when it
// carries a problem: a proxy in front of a platform that is down answers 404 in HTML, and that must
// not end an order's delivery. 408, 425 and 429 ask for another attempt by their definition.
func outcomeOf(resp *http.Response, body []byte, now time.Time) error {
	final := resp.StatusCode >= 400 && resp.StatusCode < 500
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		final = false
	}
	if final && mediaType(resp.Header) == "application/problem+json" {
		if refused, ok := parseProblem(resp.StatusCode, body); ok {
			return refused
		}
	}
	return &Unknown{
		Why: WhyStatus, Sent: true, Status: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now),
	}
}

// parseProblem is lenient as RFC 9457 §3.1 asks: a member of the wrong type is ignored.
func parseProblem(status int, body []byte) (*Refused, bool) {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil || members == nil {
		return nil, false
	}
	text := func(name string) string {
		s, _ := members[name].(string)
		return printable(s, 500)
	}
	r := &Refused{Status: status, Type: text("type"), Title: text("title"), Detail: text("detail")}
	if code, _ := members["code"].(string); isToken(code) {
		r.Code = code
	}
	if r.Type == "" {
		r.Type = "about:blank"
	}
	return r, true
}

func mediaType(h http.Header) string {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), time.Hour)
}

// isToken keeps free text, and with it addresses and names, out of what is logged.
func isToken(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// printable cuts a text at limit characters and drops control and formatting characters.
func printable(s string, limit int) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == ' ' {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(kept); len(runes) > limit {
		return string(runes[:limit])
	}
	return kept
}
