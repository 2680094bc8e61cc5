// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"

	"tocsin"
)

// The tokens of status pages begin so.
const (
	noticeTokenPrefix    = "nst"
	challengeTokenPrefix = "cst"
)

// tokenLookups are what leads from the token of a status page to its record, by the token's beginning.
var tokenLookups = map[string]string{noticeTokenPrefix: lookupNoticeToken, challengeTokenPrefix: lookupChallenge}

// opened finds the record of a status page. Who has the token may see it; there is no other question.
func (u *unit) opened(token string) (tocsin.RecordID, error) {
	prefix, _, _ := strings.Cut(token, "_")
	kind, known := tokenLookups[prefix]
	if !known {
		return "", unknownRecord()
	}
	id, err := u.tx.Lookup(kind, u.f.Sealer.LookupKey(kind, token))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return "", unknownRecord()
	}
	return id, err
}

// behindToken opens the record of a status page, and its document.
func behindToken[A tocsin.Aggregate](u *unit, token string, file any) (A, error) {
	var none A
	id, err := u.opened(token)
	if err != nil {
		return none, err
	}
	agg, err := load[A](u, id)
	if err != nil {
		return none, err
	}
	return agg, u.read(agg, file)
}
