// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"errors"
	"net/http"
)

// Reason says why a message is not accepted. Values are stable and safe to show.
type Reason string

// Reasons, in the order in which a message is examined.
const (
	Unsigned             Reason = "unsigned"
	DuplicateHeader      Reason = "duplicate_header"
	Malformed            Reason = "malformed"
	MissingComponent     Reason = "missing_component"
	UnsupportedComponent Reason = "unsupported_component"
	MissingParameter     Reason = "missing_parameter"
	WrongAlgorithm       Reason = "algorithm_not_allowed"
	LifetimeTooLong      Reason = "lifetime_too_long"
	Expired              Reason = "expired"
	Future               Reason = "dated_in_the_future"
	WrongBinding         Reason = "answers_another_request" // responses only
	UnknownKey           Reason = "unknown_key"
	RevokedKey           Reason = "key_revoked"
	MissingDigest        Reason = "missing_digest"
	DigestMismatch       Reason = "digest_mismatch"
	BadSignature         Reason = "bad_signature"
	Replayed             Reason = "replayed" // requests only
)

// Errors a key lookup returns, wrapped or not. Any other error is ours, not the peer's.
var (
	ErrUnknownKey = errors.New("hopsig: unknown key")
	ErrRevokedKey = errors.New("hopsig: revoked key")
)

// Failure is the answer to a message that is not accepted. Errors that are not a *Failure (a nonce
// store or key lookup that does not work) say nothing about the message and call for another attempt.
type Failure struct {
	Reason Reason
}

// Error implements error.
func (f *Failure) Error() string { return "hop signature: " + string(f.Reason) }

// Status is the HTTP status of every failure: 401.
func (f *Failure) Status() int { return http.StatusUnauthorized }

// ReasonOf returns the reason of a failure, or "" when err is not one.
func ReasonOf(err error) Reason {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Reason
	}
	return ""
}

func fail(r Reason) error { return &Failure{Reason: r} }
