// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"errors"
	"fmt"
	"time"
)

// Code is the coarse, wire-stable class of an error. Every face translates it once.
type Code string

// The classes an error can have.
const (
	CodeInvalid         Code = "invalid"         // the input breaks a rule; changing it may help
	CodeUnauthenticated Code = "unauthenticated" // who speaks is not established
	CodeForbidden       Code = "forbidden"       // known, but not allowed to do this
	CodeNotFound        Code = "not_found"       // absent, or not for this caller to know
	CodeConflict        Code = "conflict"        // true a moment ago, or done already
	CodeTooLarge        Code = "too_large"       // over a stated limit
	CodeUnsupported     Code = "unsupported"     // a version or media type we do not speak
	CodeExpired         Code = "expired"         // a period in which this was possible has ended
	CodeBusy            Code = "busy"            // try again after RetryAfter
	CodeErased          Code = "erased"          // the record's key was destroyed
	CodeInternal        Code = "internal"        // ours; details stay in the log
)

// Reason is the precise, wire-stable cause of an error or a refusal, in snake case.
// Values are never renamed or reused: they travel in Refusal documents and in the log.
type Reason string

// Error is the one error type that leaves this module's rooms.
// Public is safe to show to anyone: it holds no text, address or name taken from a document.
type Error struct {
	Code       Code
	Reason     Reason
	Field      string        // JSON path of the offending input, if one is
	Public     string        // a sentence that says what to do
	RetryAfter time.Duration // only with CodeBusy
	Rule       string        // only with CodeForbidden: the written rule that forbids, if one does
	Err        error         // private cause, never shown
}

// Error gives the public sentence, then the private cause.
func (e *Error) Error() string {
	text := e.Public
	if text == "" {
		text = string(e.Reason)
	}
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is(err, &Error{Code: …}) and errors.Is(err, &Error{Reason: …}) match by the fields that
// are set.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok {
		return false
	}
	return (t.Code == "" || t.Code == e.Code) && (t.Reason == "" || t.Reason == e.Reason) &&
		(t.Field == "" || t.Field == e.Field)
}

// Invalid reports a broken rule about one input field.
func Invalid(reason Reason, field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Reason: reason, Field: field, Public: fmt.Sprintf(format, args...)}
}

// Errorf makes an error of a class with a public sentence.
func Errorf(code Code, reason Reason, format string, args ...any) *Error {
	return &Error{Code: code, Reason: reason, Public: fmt.Sprintf(format, args...)}
}

// CodeOf gives the class of err; anything that is not an [Error] is internal.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// ReasonOf gives the precise cause of err, or "" when it has none.
func ReasonOf(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}
