// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"tocsin"
)

// Limits of a letter about an entry of a lexicon.
const (
	MaxEntry       = 128 << 10 // bytes of the entry, its approvals included
	MaxRetractions = 16
	MaxRetracting  = 4000 // bytes of the reasons of one, so that all that a node knows fits a letter
)

// EntryRef says which entry of a lexicon a party speaks of, and what the entry says.
type EntryRef struct {
	Entry   string        `json:"entry"`   // "lex:…"
	Version int           `json:"version"` //
	Content tocsin.Digest `json:"content"` // of the entry without its approvals and state
}

func (r EntryRef) complete() bool {
	return strings.HasPrefix(r.Entry, "lex:") && r.Version >= 1 && r.Content.Valid()
}

// EntryApproval is a party's statement that an entry of a lexicon may be read for, as it stands. It has no addressee: it
// travels inside the entry, and whoever imports the lexicon verifies it. Whether the party is an authority or civil
// society is the directory's word, not its own.
type EntryApproval struct {
	EntryRef
}

// Type is [TypeEntryApproval].
func (*EntryApproval) Type() Type { return TypeEntryApproval }

func (a *EntryApproval) check(_ Context, d *Document) error {
	if d.Audience != "" || !a.complete() {
		return refuse(tocsin.RefusedMalformed, "The approval of an entry is incomplete.")
	}
	return nil
}

// EntryRetraction takes the approvals back that a party gave to an entry before. It has no addressee: it travels with the
// entry, to everybody who has it.
type EntryRetraction struct {
	EntryRef
	Reasons string `json:"reasons"`
}

// Type is [TypeEntryRetraction].
func (*EntryRetraction) Type() Type { return TypeEntryRetraction }

func (r *EntryRetraction) check(_ Context, d *Document) error {
	if d.Audience != "" || !r.complete() {
		return refuse(tocsin.RefusedMalformed, "The retraction of an approval is incomplete.")
	}
	if len(r.Reasons) > MaxRetracting {
		return refuse(tocsin.RefusedTooLarge, "The reasons of a retraction have at most %d bytes.", MaxRetracting)
	}
	return required("reasons", r.Reasons)
}

// LexiconEntry hands an entry to a party: proposed by whoever approves it first, and again whenever somebody approves it
// or takes an approval back. What the entry says is for its reader to judge: it is the JSON of a lexicon file.
type LexiconEntry struct {
	Entry       jsontext.Value `json:"entry"`                 // with its approvals
	Retractions []string       `json:"retractions,omitempty"` // entry-retraction documents
}

// Type is [TypeLexiconEntry].
func (*LexiconEntry) Type() Type { return TypeLexiconEntry }

func (l *LexiconEntry) check(Context, *Document) error {
	if len(l.Entry) > MaxEntry || len(l.Retractions) > MaxRetractions {
		return refuse(tocsin.RefusedTooLarge, "An entry has at most %d bytes and %d retractions.", MaxEntry, MaxRetractions)
	}
	if l.Entry.Kind() != '{' {
		return refuse(tocsin.RefusedMalformed, "The letter holds no entry.")
	}
	return nil
}

// VerifyEntryApproval reads an approval of an entry by a party; its body is an *[EntryApproval]. Which entry it approves is
// for the caller to compare.
func VerifyEntryApproval(signed []byte, c Context, issuer tocsin.PartyID) (*Document, error) {
	d, err := verifyTravelling(signed, c, TypeEntryApproval)
	if err == nil && d.Issuer != issuer {
		return nil, refuse(tocsin.RefusedMalformed, "This is not an approval by the party.")
	}
	return d, err
}

// VerifyEntryRetraction reads a retraction, by whichever party signed it; its body is an *[EntryRetraction]. Which entry it
// is about is for the caller to compare.
func VerifyEntryRetraction(signed []byte, c Context) (*Document, error) {
	return verifyTravelling(signed, c, TypeEntryRetraction)
}

// verifyTravelling reads a document of a type that has no addressee.
func verifyTravelling(signed []byte, c Context, want Type) (*Document, error) {
	d, err := verifyAny(signed, c)
	if err != nil {
		return nil, err
	}
	if d.Type != want {
		return nil, refuse(tocsin.RefusedMalformed, "This is another document than one of the type %q.", string(want))
	}
	if err := d.Body.check(c, d); err != nil {
		return nil, err
	}
	return d, nil
}
