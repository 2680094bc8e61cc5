// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/wire"
)

// heard is an entry with what parties say of it, as it arrived.
type heard struct {
	entry     *lexicon.Entry
	ref       wire.EntryRef
	held      []lexicon.Approval // that the directory bears out
	retracted []*wire.Document
	by        tocsin.By
	from      tocsin.PartyID // who sent it, and is told nothing of it; empty where somebody here added it
}

// receiveEntry takes an entry that another party sends, with approvals and retractions of anybody: each is believed for
// its own signature, not for its sender. What is new goes on to everybody whom this node sent the entry to, so that a
// retraction reaches all that an approval reached.
func (u *unit) receiveEntry(doc *wire.Document, body *wire.LexiconEntry) error {
	if !u.f.ExchangesEntries() {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongAddressee, "This party shares no entries of lexicons.")
	}
	e, err := lexicon.ReadEntry(body.Entry)
	if err != nil {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The letter holds no entry of a lexicon.")
	}
	if faults := faultsOf(*e); len(faults) > 0 { // a refusal quotes nothing: the field is named, not what stands in it
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The entry has a fault: %s.", faults[0].Field)
	}
	h, err := u.hear(e, u.partyBy(doc.Issuer))
	if err != nil {
		return err
	}
	h.from, h.retracted = doc.Issuer, u.retractionsOf(h.ref, body.Retractions)
	if len(h.held) == 0 && len(h.retracted) == 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedIncomplete, "No approval of the entry holds.")
	}
	_, err = u.keepEntry(h)
	return err
}

func (u *unit) hear(e *lexicon.Entry, by tocsin.By) (heard, error) {
	ref, err := refOf(e)
	held, _ := CheckApprovals(e, u.verification())
	return heard{entry: e, ref: ref, held: held, by: by}, err
}

// keepEntry keeps an entry, or adds to the one that is kept what parties said of it since.
func (u *unit) keepEntry(h heard) (tocsin.RecordID, error) {
	e, file, events, err := u.sharedEntry(h)
	if err != nil {
		return "", err
	}
	said, err := u.said(e, file, h)
	if err != nil {
		return "", err
	}
	if len(events)+len(said) == 0 {
		return e.ID, nil
	}
	if len(said) > 0 {
		others := slices.DeleteFunc(slices.Clone(e.Sharers), func(p tocsin.PartyID) bool { return p == h.from })
		if err := u.tell(e, file, said, others...); err != nil {
			return "", err
		}
	}
	u.adoptedChanges()
	if err := u.stage(e, append(events, said...)); err != nil {
		return "", err
	}
	return e.ID, u.write(e, *file)
}

// sharedEntry finds the record of an entry, and notes who sent it, or opens one.
func (u *unit) sharedEntry(h heard) (e *tocsin.SharedEntry, file *EntryFile, events []tocsin.Event, err error) {
	e, file, err = u.entryByContent(h.ref.Content)
	switch {
	case err != nil:
		return nil, nil, nil, err
	case e != nil && h.from != "":
		events, err = e.ReceiveAgain(h.by, h.from)
		return e, file, events, err
	case e != nil:
		return e, file, nil, nil
	case h.from != "":
		if err := u.roomFor(h.from); err != nil {
			return nil, nil, nil, err
		}
		e, events, err = tocsin.ReceiveEntry(h.by, h.from, h.ref.Content, int64(h.ref.Version), nil)
	default:
		e, events, err = tocsin.AddEntry(h.by, h.ref.Content, int64(h.ref.Version), nil)
	}
	if err == nil {
		err = u.tx.Reserve(lookupEntry, u.f.Sealer.LookupKey(lookupEntry, string(h.ref.Content)), e.ID)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	u.findable(e.ID, e.ID.Short())
	file = &EntryFile{Entry: *h.entry}
	file.Entry.Approvals, file.Entry.Status = nil, lexicon.StatusDraft
	return e, file, events, nil
}

// roomFor refuses a party that sent more entries than people judge.
func (u *unit) roomFor(from tocsin.PartyID) error {
	n, err := u.tx.CountFacet(tocsin.FacetSender+string(from), nil, nil, MostWaiting, string(tocsin.EntryProposed),
		string(tocsin.EntryRetracted))
	if err == nil && n >= MostWaiting {
		err = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonTooMany, "%d entries that you sent wait here to be approved.", MostWaiting)
	}
	return err
}

// entryByContent finds the record of what an entry says; nil when there is none.
func (u *unit) entryByContent(content tocsin.Digest) (*tocsin.SharedEntry, *EntryFile, error) {
	id, err := u.tx.Lookup(lookupEntry, u.f.Sealer.LookupKey(lookupEntry, string(content)))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	e, err := load[*tocsin.SharedEntry](u, id)
	if err != nil {
		return nil, nil, err
	}
	file := &EntryFile{}
	return e, file, u.read(e, file)
}

// retractionsOf gives those that verify and are about the entry. One whose key does not hold any more counts for as
// little as the approvals it takes back.
func (u *unit) retractionsOf(ref wire.EntryRef, signed []string) (all []*wire.Document) {
	for _, one := range signed {
		d, err := wire.VerifyEntryRetraction([]byte(one), u.verification())
		if err == nil && d.Body.(*wire.EntryRetraction).EntryRef == ref {
			all = append(all, d)
		}
	}
	return all
}

// said records what parties said that was not known.
func (u *unit) said(e *tocsin.SharedEntry, file *EntryFile, h heard) (events []tocsin.Event, err error) {
	for _, a := range h.held {
		more, err := e.Approve(h.by, tocsin.PartyID(a.Party), tocsin.EntryVoice(a.Role), a.At, nil)
		if err != nil {
			return nil, err
		}
		if len(more) > 0 {
			file.approve(a)
		}
		events = append(events, more...)
	}
	for _, d := range h.retracted {
		more, err := e.Retract(h.by, d.Issuer, d.IssuedAt, nil)
		if err != nil {
			return nil, err
		}
		if len(more) > 0 {
			file.retract(d)
		}
		events = append(events, more...)
	}
	return events, nil
}

func (file *EntryFile) approve(a lexicon.Approval) {
	file.Entry.Approvals = append(slices.DeleteFunc(file.Entry.Approvals, func(was lexicon.Approval) bool {
		return was.Party == a.Party
	}), a)
}

func (file *EntryFile) retract(d *wire.Document) {
	file.Retractions = append(slices.DeleteFunc(file.Retractions, func(was Retracted) bool { return was.Party == d.Issuer }),
		Retracted{d.Issuer, string(d.Signed)})
	if over := len(file.Retractions) - wire.MaxRetractions; over > 0 {
		file.Retractions = file.Retractions[over:]
	}
}

// tell makes the last of some events carry the entry as it stands to parties.
func (u *unit) tell(e *tocsin.SharedEntry, file *EntryFile, events []tocsin.Event, parties ...tocsin.PartyID) error {
	sent := &Sent{}
	for _, to := range parties {
		if _, err := u.f.Directory().Party(to); err != nil {
			continue // the directory lists it no more: there is nobody to tell
		}
		letter, err := u.entryLetter(e, file, to)
		if err != nil {
			return err
		}
		sent.Letters = append(sent.Letters, letter)
	}
	if len(sent.Letters) == 0 {
		return nil
	}
	last := &events[len(events)-1]
	last.Payload = sent
	u.post(last.ID, sent)
	return nil
}

// entryLetter holds the entry with the approvals that were not taken back, and all retractions.
func (u *unit) entryLetter(e *tocsin.SharedEntry, file *EntryFile, to tocsin.PartyID) (SentLetter, error) {
	now := file.Entry
	now.Approvals = slices.DeleteFunc(slices.Clone(now.Approvals), func(a lexicon.Approval) bool {
		return !e.ApprovedBy(tocsin.PartyID(a.Party))
	})
	text, err := json.Marshal(now)
	if err != nil {
		return SentLetter{}, fmt.Errorf("write %s: %w", now.ID, err)
	}
	body := &wire.LexiconEntry{Entry: text}
	for _, r := range file.Retractions {
		body.Retractions = append(body.Retractions, r.Signed)
	}
	signed, err := u.sign(to, body)
	return SentLetter{to, body.Type(), string(signed)}, err
}

// passable reports whether an entry may go to another party: who received it under a marking that keeps it does not pass
// it on (TLP 2.0); who added it says itself to whom it goes.
func passable(e *tocsin.SharedEntry, file *EntryFile) error {
	if e.From != "" && file.Entry.Marking != "green" && file.Entry.Marking != "clear" {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonMarking,
			"Its marking (TLP:%s) does not allow you to pass it on: only the party that proposed it does.", file.Entry.Marking)
	}
	return nil
}

// errAlready says that an approval changed nothing.
var errAlready = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonWrongState, "This party said so already.")

// retraction takes this party's approval back.
func (u *unit) retraction(file *EntryFile, reasons string) (*wire.Document, error) {
	ref, err := refOf(&file.Entry)
	if err != nil {
		return nil, err
	}
	at := u.now.UTC().Truncate(time.Second)
	signed, err := wire.Sign(u.f.Identity.Document, wire.Letter{ID: wire.NewDocumentID(), At: at},
		&wire.EntryRetraction{EntryRef: ref, Reasons: reasons})
	if err != nil {
		return nil, fmt.Errorf("retract %s: %w", file.Entry.ID, err)
	}
	d, err := wire.VerifyEntryRetraction(signed, u.verification())
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		return nil, e
	}
	return d, err
}
