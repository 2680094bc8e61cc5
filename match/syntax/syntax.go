// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package syntax says why a text is not a signal of its type. Every parser of tocsin/match answers with its
// Error, so that a list of signals can be read whole and each bad line be reported with its reason. It never
// quotes the text: what is refused may be anything. Start reading at Error.
package syntax

import "fmt"

// Reasons that several types share.
const (
	Empty     = "empty"     // nothing was given
	Length    = "length"    // too short or too long for the type
	Alphabet  = "alphabet"  // a character that the type does not use
	Checksum  = "checksum"  // the check digits do not fit
	Structure = "structure" // the parts are not those of the type
	Range     = "range"     // a number outside its range
	Sentinel  = "sentinel"  // a value that stands for "no hash"
)

// Error is why a text is not a signal.
type Error struct {
	Type   string // the name of the signal type, such as "pdq"
	Reason string // a code, one of the constants above or one of the type's own
	Detail string // a sentence for people, without the text that was refused
}

func (e *Error) Error() string { return e.Type + ": " + e.Detail }

// Errorf makes an Error whose detail is formatted. The arguments must not hold the refused text.
func Errorf(signalType, reason, format string, args ...any) *Error {
	return &Error{Type: signalType, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
