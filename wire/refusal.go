// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import "tocsin"

// refuse makes the error of a failure class. Public sentences hold nothing taken from the document.
func refuse(reason tocsin.Reason, format string, args ...any) *tocsin.Error {
	return tocsin.Errorf(codeOf(reason), reason, format, args...)
}

// because keeps the private cause beside the public sentence.
func because(err error, reason tocsin.Reason, format string, args ...any) *tocsin.Error {
	refusal := refuse(reason, format, args...)
	refusal.Err = err
	return refusal
}

func codeOf(reason tocsin.Reason) tocsin.Code {
	switch reason {
	case tocsin.RefusedMalformed, tocsin.RefusedIncomplete:
		return tocsin.CodeInvalid
	case tocsin.RefusedTooLarge:
		return tocsin.CodeTooLarge
	case tocsin.RefusedVersion:
		return tocsin.CodeUnsupported
	case tocsin.RefusedAlgorithm, tocsin.RefusedCriticalHeader, tocsin.RefusedUnknownIssuer,
		tocsin.RefusedWrongKey, tocsin.RefusedAltered:
		return tocsin.CodeUnauthenticated
	default:
		return tocsin.CodeForbidden
	}
}
