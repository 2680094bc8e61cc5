// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strings"

	"tocsin"
)

// EntryApproval is a party's statement that an entry of a lexicon may be read for, as it stands. It has no addressee: it
// travels inside the entry, and whoever imports the lexicon verifies it. Whether the party is an authority or civil
// society is the directory's word, not its own.
type EntryApproval struct {
	Entry   string        `json:"entry"`   // "lex:…"
	Version int           `json:"version"` //
	Content tocsin.Digest `json:"content"` // of the entry without its approvals and state
}

// Type is [TypeEntryApproval].
func (*EntryApproval) Type() Type { return TypeEntryApproval }

func (a *EntryApproval) check(_ Context, d *Document) error {
	if d.Audience != "" || !strings.HasPrefix(a.Entry, "lex:") || a.Version < 1 || !a.Content.Valid() {
		return refuse(tocsin.RefusedMalformed, "The approval of an entry is incomplete.")
	}
	return nil
}

// VerifyEntryApproval reads an approval of an entry by a party; its body is an *[EntryApproval]. Which entry it approves is
// for the caller to compare.
func VerifyEntryApproval(signed []byte, c Context, issuer tocsin.PartyID) (*Document, error) {
	d, err := verifyAny(signed, c)
	if err != nil {
		return nil, err
	}
	approval, ok := d.Body.(*EntryApproval)
	if !ok || d.Issuer != issuer {
		return nil, refuse(tocsin.RefusedMalformed, "This is not an approval by the party.")
	}
	if err := approval.check(c, d); err != nil {
		return nil, err
	}
	return d, nil
}
