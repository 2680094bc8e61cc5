// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"tocsin"
)

// FaceBank is the name of the bank in whose sealed document the settings of the interface of
// hasher-matcher-actioner are kept. It holds no signals and takes part in no screening; each change of a
// setting is an event of it in the journal. Whoever closes it ends them all.
const FaceBank = "_HMA"

// Face are the settings of that interface.
type Face struct {
	// Asserted is the operator's word, by service key, that what it looks up is public or was reported.
	Asserted map[tocsin.ActorID]Assertion `json:",omitempty"`
	// Ratios are the shares of queries that types of signals take part in, parts per million; 0 is off.
	Ratios map[tocsin.SignalType]int64 `json:",omitempty"`
	// Credentials are those of kinds of sources. They are kept out of the journal.
	Credentials map[string]json.RawMessage `json:",omitempty"`
}

// Source is where a bank's signals are fetched from.
type Source struct {
	Kind    string          // such as local_file
	Enabled bool            // whether it is fetched
	Terms   json.RawMessage `json:",omitempty"` // what its kind wants to know
	Batch   tocsin.RecordID `json:",omitempty"` // the import of the latest fetch that changed something
	Digest  tocsin.Digest   `json:",omitempty"` // of what was fetched then
}

// Face gives the settings as they are now.
func (f *Flow) Face() Face {
	var face Face
	if b, ok := f.catalogue.bank(FaceBank); ok && b.File.Face != nil {
		face = *b.File.Face
	}
	return face
}

// Assert records for which service keys the operator asserts that what they look up is public or was
// reported. It takes the place of what was asserted before, and is recorded only when it differs.
func (f *Flow) Assert(ctx context.Context, actor Actor, asserted map[tocsin.ActorID]Assertion) error {
	if !actor.Operator {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole,
			"Only the operator of this node asserts this.")
	}
	for _, a := range asserted {
		if a != AssertedPublic && a != AssertedReported {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "assertion", "Assert public or reported.")
		}
	}
	if maps.Equal(f.Face().Asserted, asserted) {
		return nil
	}
	return f.changeFace(ctx, actor, func(face *Face) { face.Asserted = asserted })
}

// SetRatio gives a type of signal its share of queries, in parts per million.
func (f *Flow) SetRatio(ctx context.Context, actor Actor, t tocsin.SignalType, ratio int64) error {
	if ratio < 0 || ratio > tocsin.Whole {
		return tocsin.Invalid(tocsin.ReasonFormat, "enabled_ratio", "The enabled ratio lies between 0 and 1.")
	}
	return f.changeFace(ctx, actor, func(face *Face) { face.Ratios = with(face.Ratios, t, ratio) })
}

// SetCredentials keeps the credentials of a kind of source; none when empty. They are sealed and never shown.
func (f *Flow) SetCredentials(ctx context.Context, actor Actor, kind string,
	credentials json.RawMessage) error {
	return f.changeFace(ctx, actor, func(face *Face) {
		face.Credentials = with(face.Credentials, kind, credentials)
		if len(credentials) == 0 {
			delete(face.Credentials, kind)
		}
	})
}

// with is a copy of a map with one entry set: what the catalogue holds is shared.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[K]V{}
	}
	m[k] = v
	return m
}

func (f *Flow) changeFace(ctx context.Context, actor Actor, change func(*Face)) error {
	if f.Matcher == nil {
		return noMatcher()
	}
	return f.changeMatching(ctx, func(u *unit) error {
		if err := f.Policy.Decide(actor, ActionBankChange, nil); err != nil {
			return err
		}
		if err := actor.mayName(FaceBank); err != nil {
			return err // these settings count for everybody
		}
		id, err := u.tx.Lookup(lookupBank, f.Sealer.LookupKey(lookupBank, FaceBank))
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			return u.openFace(actor, change)
		}
		if err != nil {
			return err
		}
		bank, file, err := u.bank(actor, ActionBankChange, id)
		if err != nil {
			return err
		}
		if file.Face == nil {
			file.Face = &Face{}
		}
		change(file.Face)
		events, err := bank.Change(u.by(actor.ID), bank.BankTerms, file.told())
		if err := u.did(bank, events, err); err != nil {
			return err
		}
		return u.write(bank, file)
	})
}

func (u *unit) openFace(actor Actor, change func(*Face)) error {
	file := BankFile{Name: FaceBank,
		Policy: "Settings of the HMA-compatible interface. This bank holds no signals.",
		Face:   &Face{}}
	change(file.Face)
	bank, events, err := tocsin.OpenBank(u.by(actor.ID),
		tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingRed}, file.told())
	if err := u.did(bank, events, err); err != nil {
		return err
	}
	if err := u.nameBank(bank, file.Name); err != nil {
		return err
	}
	return u.write(bank, file)
}

// told is what the journal keeps of the document for ever: no credentials.
func (b BankFile) told() BankFile {
	if b.Face != nil {
		face := *b.Face
		face.Credentials = nil
		b.Face = &face
	}
	return b
}

// ChangeSource changes where a bank's signals come from, unless change refuses.
func (f *Flow) ChangeSource(ctx context.Context, actor Actor, id tocsin.RecordID,
	change func(*Source) error) error {
	return f.changeMatching(ctx, func(u *unit) error {
		bank, file, err := u.bank(actor, ActionBankChange, id)
		if err != nil {
			return err
		}
		if file.Source == nil {
			return unknownRecord()
		}
		if err := change(file.Source); err != nil {
			return err
		}
		events, err := bank.Change(u.by(actor.ID), bank.BankTerms, file.told())
		if err := u.did(bank, events, err); err != nil {
			return err
		}
		return u.write(bank, file)
	})
}

// MatchingWhole says why screening would be refused now, if it would be.
func (f *Flow) MatchingWhole() error {
	if f.Matcher == nil {
		return noMatcher()
	}
	return f.catalogue.whole()
}

// Held is what there is of one type of signal in open banks. A signal that several imports brought counts
// for each.
type Held struct {
	Count  int64
	Newest time.Time // when somebody last vouched for one
}

// Held counts the signals that may match in banks an actor may read, by type.
func (f *Flow) Held(actor Actor) map[tocsin.SignalType]Held {
	c := f.catalogue
	c.RLock()
	defer c.RUnlock()
	all := map[tocsin.SignalType]Held{}
	opened := map[tocsin.RecordID]bool{}
	for id, b := range c.banks {
		opened[id] = b.Status == tocsin.BankOpen && f.mayRead(actor, b)
	}
	open := func(id tocsin.RecordID) bool { return opened[id] }
	add := func(t tocsin.SignalType, n int64, at time.Time) {
		h := all[t]
		h.Count += n
		if at.After(h.Newest) {
			h.Newest = at
		}
		all[t] = h
	}
	for _, b := range c.batches {
		if b.Status == tocsin.BatchActive && open(b.Bank) {
			for t, n := range b.File.Counts {
				add(tocsin.SignalType(t), n, b.Vouched)
			}
		}
	}
	for key, s := range c.signals {
		switch gone := s.Ended(); {
		case !open(key.bank):
		case s.File.Touched && gone && c.hasActive(&s.Signal):
			add(key.typ, -1, time.Time{})
		case !s.File.Touched && !gone:
			add(key.typ, 1, s.Vouchers[len(s.Vouchers)-1].At)
		}
	}
	for t, h := range all {
		if h.Count <= 0 {
			delete(all, t)
		}
	}
	return all
}

// hasActive reports whether an import that is active brings the signal. The caller holds the lock.
func (c *catalogue) hasActive(s *tocsin.Signal) bool {
	active := func(id tocsin.RecordID) bool {
		d, ok := c.batches[batchBase(id)]
		return ok && d.Status == tocsin.BatchActive
	}
	for _, w := range s.Withdrawals {
		if slices.ContainsFunc(w.Batches, active) {
			return true
		}
	}
	return slices.ContainsFunc(s.Vouchers, func(v tocsin.Voucher) bool { return v.Batch != "" && active(v.Batch) })
}

// Rows is how many signals an import brought; 0 for one that is not known or has ended.
func (f *Flow) Rows(id tocsin.RecordID) int64 {
	if d, ok := f.catalogue.batch(batchBase(id)); ok && d.ID == id && d.Status == tocsin.BatchActive {
		return d.Batch.Rows
	}
	return 0
}
