// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"tocsin"
	"tocsin/decode"
	tier "tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/wire"
)

// EntryFile is the readable document of a shared entry.
type EntryFile struct {
	Entry       lexicon.Entry // with the last approval of each party that held when it arrived
	Retractions []Retracted   `json:",omitempty"` // the last of each party
}

// Retracted is an entry-retraction document, and whose it is.
type Retracted struct {
	Party  tocsin.PartyID
	Signed string
}

// lookupEntry leads from the digest of what an entry says to its record.
const lookupEntry = "entry"

// Limits of what is put into the exchange at once.
const (
	MaxEntriesText = 256 << 10 // bytes of a lexicon
	maxEntrySize   = 32 << 10  // bytes of one entry without its approvals
	mostApprovals  = 64        // of one entry
	mostAdded      = 50
	// MostWaiting is how many entries of one party wait to be approved; it sends more once people here judged some.
	MostWaiting    = 500
	mostRetracting = 1000 // characters of the reasons of a retraction
)

// ExchangesEntries reports whether this node shares entries of lexicons with other parties.
func (f *Flow) ExchangesEntries() bool { return f.Settings.ExchangesEntries }

// entryTables are those by which counter-examples are read. They are the same for every node of a release.
var entryTables = sync.OnceValue(tier.New)

// AddEntries puts the entries of a lexicon into the exchange: nobody is sent anything yet. What is there already gains the
// approvals that hold. Nothing is added where anything is wrong, and faults name all of it.
func (f *Flow) AddEntries(ctx context.Context, actor Actor, text []byte) (ids []tocsin.RecordID, faults []lexicon.Problem, err error) {
	if err := f.mayExchange(actor, ActionLexiconAdd); err != nil {
		return nil, nil, err
	}
	s, err := readEntries(text)
	if err != nil {
		return nil, nil, err
	}
	for i := range s.Entries {
		faults = append(faults, faultsOf(s.Entries[i])...)
	}
	if len(faults) > 0 {
		return nil, faults, tocsin.Invalid(tocsin.ReasonFormat, "entries", "The lexicon has %d faults.", len(faults))
	}
	err = f.update(ctx, func(u *unit) error {
		ids = nil
		for i := range s.Entries {
			id, err := u.addEntry(actor, &s.Entries[i])
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, nil, err
}

func (f *Flow) mayExchange(actor Actor, action Action) error {
	if err := f.Policy.Decide(actor, action, nil); err != nil {
		return err
	}
	if !f.ExchangesEntries() {
		return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "This node shares no entries of lexicons.")
	}
	return nil
}

func readEntries(text []byte) (*lexicon.Snapshot, error) {
	if len(text) > MaxEntriesText {
		return nil, tocsin.Invalid(tocsin.ReasonTooLong, "entries", "At most %d bytes at once.", MaxEntriesText)
	}
	s, err := lexicon.Read(bytes.NewReader(text))
	if err != nil {
		return nil, tocsin.Invalid(tocsin.ReasonFormat, "entries", "%s", decode.VisibleLine(err.Error()))
	}
	if len(s.Entries) == 0 || len(s.Entries) > mostAdded {
		return nil, tocsin.Invalid(tocsin.ReasonMissing, "entries", "1 to %d entries at once.", mostAdded)
	}
	return s, nil
}

// faultsOf finds what is wrong with an entry, its counter-examples included. Whether it is published is for its approvals
// to say, not for itself.
func faultsOf(e lexicon.Entry) []lexicon.Problem {
	e.Status = lexicon.StatusDraft
	faults := e.Lint()
	if len(e.Approvals) > mostApprovals {
		faults = append(faults, lexicon.Problem{Entry: e.ID, Field: "approvals", Text: "are too many"})
	}
	bare := e
	bare.Approvals = nil
	if text, err := json.Marshal(bare); err != nil || len(text) > maxEntrySize {
		faults = append(faults, lexicon.Problem{Entry: e.ID, Field: "entry", Text: fmt.Sprintf("is larger than %d bytes", maxEntrySize)})
	}
	if len(faults) > 0 {
		return faults
	}
	alone, err := lexicon.New([]lexicon.Entry{e})
	if err != nil {
		return []lexicon.Problem{{Entry: e.ID, Field: "entry", Text: err.Error()}}
	}
	return decode.Check(alone, entryTables())
}

func (u *unit) addEntry(actor Actor, e *lexicon.Entry) (tocsin.RecordID, error) {
	h, err := u.hear(e, u.by(actor.ID))
	if err != nil {
		return "", err
	}
	return u.keepEntry(h)
}

// SharedEntryView is a shared entry for somebody who may read it.
type SharedEntryView struct {
	tocsin.SharedEntry
	File        EntryFile
	Held        []lexicon.Approval // those that the directory bears out now
	Wrong       []lexicon.Problem  // and what is wrong with the others
	Retractions []EntryRetracted
	Contested   bool // a challenge was upheld against it here
	History     []Past
	Deliveries  []Delivery
	Choices     []Choice
	Erased      bool
}

// EntryRetracted is what a party said when it took its approval back.
type EntryRetracted struct {
	Party   tocsin.PartyID
	At      time.Time
	Reasons string
}

// SharedEntryFilter chooses shared entries.
type SharedEntryFilter struct {
	States []string
	After  string
	Limit  int
}

// SharedEntries lists shared entries, the last changed first.
func (f *Flow) SharedEntries(ctx context.Context, actor Actor, filter SharedEntryFilter) ([]SharedEntryView, string, error) {
	return pageOf(ctx, f, actor, ActionLexiconRead, Page{Kind: tocsin.KindEntry, Statuses: filter.States, After: filter.After,
		Limit: filter.Limit},
		func(u *unit, rec *record) (SharedEntryView, error) {
			v := SharedEntryView{SharedEntry: *rec.agg.(*tocsin.SharedEntry), Erased: rec.key == nil}
			if v.Erased {
				return v, nil
			}
			return v, u.read(rec.agg, &v.File)
		})
}

// SharedEntryOf opens a shared entry.
func (f *Flow) SharedEntryOf(ctx context.Context, actor Actor, id tocsin.RecordID) (SharedEntryView, error) {
	var v SharedEntryView
	err := f.view(ctx, func(u *unit) error {
		e, err := authorised[*tocsin.SharedEntry](u, actor, ActionLexiconRead, id)
		if err != nil {
			return err
		}
		v = SharedEntryView{SharedEntry: *e}
		if v.Erased, v.History, v.Deliveries, err = u.about(e, &v.File); err != nil || v.Erased {
			return err
		}
		v.Choices = u.entryChoices(actor, e)
		c := u.verification()
		v.Held, v.Wrong = CheckApprovals(&v.File.Entry, c)
		for _, r := range v.File.Retractions {
			if d, err := wire.VerifyEntryRetraction([]byte(r.Signed), c); err == nil {
				v.Retractions = append(v.Retractions, EntryRetracted{d.Issuer, d.IssuedAt, d.Body.(*wire.EntryRetraction).Reasons})
			}
		}
		v.Contested, err = u.heldAgainst(&v.File.Entry)
		return err
	})
	return v, err
}

// heldAgainst reports whether a challenge was upheld against an entry here, in this version.
func (u *unit) heldAgainst(e *lexicon.Entry) (bool, error) {
	_, err := u.tx.Lookup(lookupHeldEntry, u.f.Sealer.LookupKey(lookupHeldEntry, EntryName(e)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return false, nil
	}
	return err == nil, err
}

// verification is what signatures are verified with at the time of this use case.
func (u *unit) verification() wire.Context {
	c := u.f.verification()
	c.Now = u.now
	return c
}
