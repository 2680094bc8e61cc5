// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

import (
	"errors"
	"fmt"
)

// Why a blob is refused.
const (
	ReasonMagic     = "magic"     // not a blob of this package
	ReasonVersion   = "version"   // of a version this program does not know
	ReasonTruncated = "truncated" // it ends too early
	ReasonChecksum  = "checksum"  // bytes were changed
	ReasonMalformed = "malformed" // not what Writer writes
	ReasonLimit     = "limit"     // larger than the format allows
)

// Error is why a blob is refused.
type Error struct {
	Reason string // a code, one of the constants above
	Detail string // a sentence for people, without any text of the blob
}

func (e *Error) Error() string { return "batch: " + e.Detail }

// ErrFull is what Writer answers when a blob takes no more rows.
var ErrFull = errors.New("batch: a blob takes no more rows")

func refuse(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

func malformed(detail string) *Error { return refuse(ReasonMalformed, "%s", detail) }
