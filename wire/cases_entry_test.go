// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"strings"

	"tocsin"
	"tocsin/wire"
)

func entryRef() wire.EntryRef {
	return wire.EntryRef{Entry: "lex:zorvian", Version: 3, Content: tocsin.DigestOf([]byte("an entry"))}
}

// retractionOf takes an approval back; changes may spoil it.
func retractionOf(changes ...func(*wire.EntryRetraction)) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Kind = kindRetraction
		r := &wire.EntryRetraction{EntryRef: entryRef(), Reasons: "It is a soup."}
		for _, change := range changes {
			change(r)
		}
		return w.sign("fr-doc", "", r)
	}
}

// entryLetter hands an entry on. What stands in it is for its reader to judge.
func entryLetter(entry string, retractions ...string) func(*world, *vector) []byte {
	return letter("fr-doc", host, func(*world) wire.Body {
		return &wire.LexiconEntry{Entry: []byte(entry), Retractions: retractions}
	})
}

// approvalOf is an approval of an entry, signed by some key; changes may spoil it.
func approvalOf(key tocsin.KeyID, changes ...func(*wire.EntryApproval)) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Kind = kindEntry
		a := &wire.EntryApproval{EntryRef: entryRef()}
		for _, change := range changes {
			change(a)
		}
		return w.sign(key, "", a)
	}
}

// entryCases are approvals of entries of a lexicon.
func entryCases() []vectorCase {
	const g = "entry"
	return []vectorCase{
		good(g, "entry-approval", "an approval of an entry", approvalOf("fr-doc")),
		refused(g, "entry-approval-of-another-party", tocsin.RefusedMalformed, "another party's approval",
			approvalOf("be-doc")),
		refused(g, "entry-approval-key-use", tocsin.RefusedWrongKey, "signed with a key for officers", approvalOf("fr-officer")),
		refused(g, "entry-approval-revoked", tocsin.RefusedKeyRevoked, "signed with a key that was revoked",
			approvalOf("fr-revoked")),
		refused(g, "entry-approval-without-version", tocsin.RefusedMalformed, "versions count from 1",
			approvalOf("fr-doc", func(a *wire.EntryApproval) { a.Version = 0 })),
		refused(g, "entry-approval-without-entry", tocsin.RefusedMalformed, "no entry named",
			approvalOf("fr-doc", func(a *wire.EntryApproval) { a.Entry = "" })),
		refused(g, "entry-approval-altered", tocsin.RefusedAltered, "another version than was approved",
			func(w *world, v *vector) []byte {
				signed := strings.Split(string(approvalOf("fr-doc")(w, v)), ".")
				payload := strings.Replace(string(unb64([]byte(signed[1]))), `"version":3`, `"version":4`, 1)
				return []byte(signed[0] + "." + string(b64([]byte(payload))) + "." + signed[2])
			}),
		refused(g, "entry-approval-is-no-certificate", tocsin.RefusedMalformed, "an officer certificate instead",
			func(w *world, v *vector) []byte {
				v.Kind = kindEntry
				return w.certificate(w.newOrder().approvals[0].officer)
			}),
		good(g, "entry-retraction", "an approval taken back", retractionOf()),
		refused(g, "entry-retraction-without-reasons", tocsin.RefusedIncomplete, "no reasons",
			retractionOf(func(r *wire.EntryRetraction) { r.Reasons = " " })),
		refused(g, "entry-retraction-with-a-book", tocsin.RefusedTooLarge, "more reasons than fit",
			retractionOf(func(r *wire.EntryRetraction) { r.Reasons = strings.Repeat("a soup ", 600) })),
		refused(g, "entry-retraction-without-content", tocsin.RefusedMalformed, "it does not say what the entry says",
			retractionOf(func(r *wire.EntryRetraction) { r.Content = "" })),
		refused(g, "entry-retraction-is-no-approval", tocsin.RefusedMalformed, "an approval instead",
			func(w *world, v *vector) []byte {
				signed := approvalOf("fr-doc")(w, v)
				v.Kind = kindRetraction
				return signed
			}),
		good(g, "lexicon-entry", "an entry of a lexicon, handed to a party", entryLetter(`{"id":"lex:zorvian"}`, "a retraction")),
		refused(g, "lexicon-entry-of-text", tocsin.RefusedMalformed, "a text where the entry is due", entryLetter(`"lex:zorvian"`)),
		refused(g, "lexicon-entry-with-many-retractions", tocsin.RefusedTooLarge, "more retractions than a letter has",
			entryLetter(`{}`, strings.Split(strings.Repeat("x,", wire.MaxRetractions), ",")...)),
		refused(g, "entry-approval-as-a-letter", tocsin.RefusedWrongAddressee, "an approval is not a letter",
			func(w *world, v *vector) []byte {
				signed := approvalOf("fr-doc")(w, v)
				v.Kind = kindDocument
				return signed
			}),
	}
}
