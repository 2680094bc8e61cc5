// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"strings"

	"tocsin"
	"tocsin/wire"
)

// approvalOf is an approval of an entry, signed by some key; changes may spoil it.
func approvalOf(key tocsin.KeyID, changes ...func(*wire.EntryApproval)) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Kind = kindEntry
		a := &wire.EntryApproval{Entry: "lex:zorvian", Version: 3, Content: tocsin.DigestOf([]byte("an entry"))}
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
		refused(g, "entry-approval-as-a-letter", tocsin.RefusedWrongAddressee, "an approval is not a letter",
			func(w *world, v *vector) []byte {
				signed := approvalOf("fr-doc")(w, v)
				v.Kind = kindDocument
				return signed
			}),
	}
}
