// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"tocsin"
	"tocsin/decode"
	"tocsin/decode/lexicon"
)

// EntrySince is what became of an entry after a text was read as it. The record of the reading stays as it was.
type EntrySince string

// What can become of an entry.
const (
	SinceGone       EntrySince = "gone"       // the lexicon has it no more, or nobody bears out its approvals
	SinceChallenged EntrySince = "challenged" // a challenge of this version was upheld
	SinceSuperseded EntrySince = "superseded" // there is another version of it
	SinceDemoted    EntrySince = "demoted"    // by the lexicon, or because people often found otherwise
	SinceSuspended  EntrySince = "suspended"
	SinceExpired    EntrySince = "expired"   // its time is over, or its review was due
	SinceWithdrawn  EntrySince = "withdrawn" // it is a draft again
)

// since compares the entry of a reading with the one that this node reads for now, and what people decided of its version.
func (u *unit) since(r *CaseReading, counted decode.Precision) (all []EntrySince, err error) {
	if u.f.Reader == nil {
		return []EntrySince{SinceGone}, nil
	}
	_, err = u.tx.Lookup(lookupHeldEntry, u.f.Sealer.LookupKey(lookupHeldEntry, EntryName(&r.Entry)))
	switch {
	case err == nil:
		all = append(all, SinceChallenged)
	case tocsin.CodeOf(err) != tocsin.CodeNotFound:
		return nil, err
	}
	now := u.f.Reader.Lexicon().Entry(r.Entry.ID)
	if now == nil {
		return append(all, SinceGone), nil
	}
	said := now.Status
	if now.Version != r.Entry.Version {
		all = append(all, SinceSuperseded)
	} else {
		said = counted.State(said) // of another version nothing was counted
	}
	if said.Read() && !now.Current(u.now.UTC()) {
		said = lexicon.StatusExpired
	}
	if said != r.State() {
		if what, told := sinceOf[said]; told {
			all = append(all, what)
		}
	}
	return all, nil
}

var sinceOf = map[lexicon.Status]EntrySince{lexicon.StatusDemoted: SinceDemoted, lexicon.StatusSuspended: SinceSuspended,
	lexicon.StatusExpired: SinceExpired, lexicon.StatusDraft: SinceWithdrawn}
