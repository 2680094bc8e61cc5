// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"

	"tocsin"
)

// Reasons why a file could not be examined. Each is an answer of its own, and none of them means "no match".
const (
	ReasonEmpty       tocsin.Reason = "media_empty"         // no bytes
	ReasonUnsupported tocsin.Reason = "media_unsupported"   // none of the formats that are decoded
	ReasonTooLarge    tocsin.Reason = "media_too_large"     // found before it was decoded
	ReasonDamaged     tocsin.Reason = "media_damaged"       // the decoder refuses it
	ReasonTimedOut    tocsin.Reason = "media_timed_out"     // it took longer than allowed
	ReasonMemory      tocsin.Reason = "media_out_of_memory" // decoding it took more memory than allowed
	ReasonCrashed     tocsin.Reason = "media_crashed"       // the decoder failed on it
	ReasonUnavailable tocsin.Reason = "media_unavailable"   // no child could be started; not the file's fault
)

// failure says what became of a file. f is empty when its format is not known.
func failure(reason tocsin.Reason, f Format, cause error) error {
	picture := "The picture"
	if f != "" {
		picture = "The " + f.Name() + " picture"
	}
	e := &tocsin.Error{Reason: reason, Err: cause}
	switch reason {
	case ReasonEmpty:
		e.Code, e.Public = tocsin.CodeInvalid, "The file is empty."
	case ReasonUnsupported:
		e.Code, e.Public = tocsin.CodeUnsupported, "The file is no JPEG, PNG, GIF or WebP picture."
	case ReasonTooLarge:
		e.Code = tocsin.CodeTooLarge
		e.Public = fmt.Sprintf("%s is too large: at most %d MiB, %d million pixels and %d MiB decoded.", picture,
			MaxBytes>>20, MaxPixels/1_000_000, maxDecoded>>20)
	case ReasonDamaged:
		e.Code, e.Public = tocsin.CodeInvalid, picture+" is damaged or uses a variant that is not decoded."
	case ReasonTimedOut:
		e.Code, e.Public = tocsin.CodeTooLarge, picture+" took too long to decode."
	case ReasonMemory:
		e.Code, e.Public = tocsin.CodeTooLarge, picture+" took too much memory to decode."
	case ReasonCrashed:
		e.Code, e.Public = tocsin.CodeInternal, picture+" could not be examined: the decoder failed on it."
	default:
		e.Code, e.Public = tocsin.CodeInternal, "No picture can be examined now."
	}
	return e
}
