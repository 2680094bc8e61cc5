// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
)

// Kind says what stopped an exchange. Values are stable: delivery records store them.
type Kind string

// Kinds of failure, from the ones found before a packet leaves to the ones found in the answer.
const (
	KindInvalid     Kind = "invalid"      // the address is not one this class may name
	KindNotDeclared Kind = "not_declared" // nobody pinned that origin
	KindBlocked     Kind = "blocked"      // the dialled address is not global unicast
	KindUnreachable Kind = "unreachable"  // no such name, or nobody answers there
	KindTLS         Kind = "tls"          // certificate or handshake refused
	KindTimeout     Kind = "timeout"      // the total time is over
	KindCanceled    Kind = "canceled"     // the caller gave up
	KindRedirect    Kind = "redirect"     // redirected where it may not be, or too often
	KindEncoding    Kind = "encoding"     // a content coding nobody asked for
	KindTooLarge    Kind = "too_large"    // more body bytes than allowed
	KindBroken      Kind = "broken"       // the connection or the answer broke off
)

var errNotGlobal = errors.New("address is not global unicast")

// Error reports a failed exchange. Its text holds the kind and, for a declared endpoint, the host an
// administrator wrote; never a path, a query, a foreign host or a word of the cause.
type Error struct {
	Kind Kind
	Host string // declared endpoints only
	// Sent is true when bytes of the request may have reached the other side: the outcome is unknown.
	Sent bool

	cause error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Host == "" {
		return "outbound: " + string(e.Kind)
	}
	return "outbound: " + string(e.Kind) + " (" + e.Host + ")"
}

// RequestSent tells callers who do not import this package whether the outcome is unknown.
func (e *Error) RequestSent() bool { return e.Sent }

// Is lets errors.Is ask about the cause (context.DeadlineExceeded, syscall.ECONNREFUSED), which has
// no other way out: its text may hold an address.
func (e *Error) Is(target error) bool {
	return e.cause != nil && errors.Is(e.cause, target)
}

// KindOf returns the kind of a failed exchange, or "" when err is not one.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// kindOfCause names what a transport error means.
func kindOfCause(err error, sent bool) Kind {
	switch {
	case errors.Is(err, errNotGlobal):
		return KindBlocked
	case isTimeout(err):
		return KindTimeout
	case errors.Is(err, context.Canceled):
		return KindCanceled
	case isTLS(err):
		return KindTLS
	case sent:
		return KindBroken
	}
	return KindUnreachable
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	slow, ok := errors.AsType[net.Error](err)
	return ok && slow.Timeout()
}

func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error" // an alert sent by the other side
}
