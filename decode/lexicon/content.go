// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package lexicon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Content is what parties approve: the lower-case hexadecimal SHA-256 of the entry's JSON without its approvals and its
// state, which may change without a new approval.
func (e *Entry) Content() (string, error) {
	bare := *e
	bare.Approvals, bare.Status = nil, ""
	text, err := json.Marshal(bare)
	if err != nil {
		return "", fmt.Errorf("lexicon: digest of %s: %w", e.ID, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Approved reports whether an authority and another party that is none are among those who approve: no single State
// puts words into the lexicons of others.
func Approved(approvals []Approval) bool {
	for _, a := range approvals {
		for _, b := range approvals {
			if a.Role == RoleAuthority && a.joinedBy(b) {
				return true
			}
		}
	}
	return false
}
