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

// receiveEntry takes an entry that another party sends, with approvals and retractions of anybody: each is believed for
// its own signature, not for its sender. What is new goes on to everybody whom this node sent the entry to, so that a
// retraction reaches all that an approval reached.
func (u *unit) receiveEntry(doc *wire.Document, body *wire.LexiconEntry) error {
	if !u.f.ExchangesEntries() {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongAddressee, "This party shares no entries of lexicons.")
	}
	e, err := lexicon.ReadEntry(body.Entry)
	if err == nil {
		if faults := faultsOf(*e); len(faults) > 0 {
			err = faults[0]
		}
	}
	if err != nil {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "The entry has a fault: %s", err)
	}
	_, err = u.keepEntry(e, body.Retractions, func(ref wire.EntryRef) (*tocsin.SharedEntry, []tocsin.Event, error) {
		return tocsin.ReceiveEntry(u.partyBy(doc.Issuer), doc.Issuer, ref.Content, int64(ref.Version), nil)
	}, u.partyBy(doc.Issuer), doc.Issuer)
	return err
}

// keepEntry keeps an entry, or adds to the one that is kept what parties said of it since. from is who sent it, and is told
// nothing of it.
func (u *unit) keepEntry(e *lexicon.Entry, retractions []string,
	open func(wire.EntryRef) (*tocsin.SharedEntry, []tocsin.Event, error), by tocsin.By, from tocsin.PartyID) (tocsin.RecordID, error) {
	ref, err := refOf(e)
	if err != nil {
		return "", err
	}
	held, wrong := CheckApprovals(e, u.verification())
	retracted := u.retractionsOf(ref, retractions)
	if from != "" && len(held) == 0 && len(retracted) == 0 {
		return "", nobodyApproves(wrong)
	}
	shared, file, err := u.entryByContent(ref.Content)
	if err != nil {
		return "", err
	}
	var events []tocsin.Event
	if shared == nil {
		if err := u.roomFor(from); err != nil {
			return "", err
		}
		if shared, events, err = open(ref); err != nil {
			return "", err
		}
		if err := u.tx.Reserve(lookupEntry, u.f.Sealer.LookupKey(lookupEntry, string(ref.Content)), shared.ID); err != nil {
			return "", err
		}
		file = &EntryFile{Entry: *e}
		file.Entry.Approvals, file.Entry.Status = nil, lexicon.StatusDraft
		u.findable(shared.ID, shared.ID.Short())
	} else if from != "" {
		if events, err = shared.ReceiveAgain(by, from); err != nil {
			return "", err
		}
	}
	said, err := u.said(shared, file, by, held, retracted)
	if err != nil {
		return "", err
	}
	if len(said) > 0 {
		others := slices.DeleteFunc(slices.Clone(shared.Sharers), func(p tocsin.PartyID) bool { return p == from })
		if err := u.tell(shared, file, said, others...); err != nil {
			return "", err
		}
	}
	if len(events)+len(said) == 0 {
		return shared.ID, nil
	}
	u.adoptedChanges()
	if err := u.stage(shared, append(events, said...)); err != nil {
		return "", err
	}
	return shared.ID, u.write(shared, *file)
}

// roomFor refuses a party that sent more entries than people judge.
func (u *unit) roomFor(from tocsin.PartyID) error {
	if from == "" {
		return nil
	}
	n, err := u.tx.CountFacet(tocsin.FacetSender+string(from), nil, nil, MostWaiting, string(tocsin.EntryProposed),
		string(tocsin.EntryRetracted))
	if err == nil && n >= MostWaiting {
		err = tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonTooMany, "%d entries that you sent wait here to be approved.", MostWaiting)
	}
	return err
}

// nobodyApproves refuses an entry that comes without a word that counts.
func nobodyApproves(wrong []lexicon.Problem) error {
	if len(wrong) == 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedIncomplete, "Nobody approves the entry or retracts an approval.")
	}
	return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedIncomplete, "No approval of the entry holds: %s", wrong[0].Text)
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
func (u *unit) said(e *tocsin.SharedEntry, file *EntryFile, by tocsin.By, held []lexicon.Approval,
	retracted []*wire.Document) (events []tocsin.Event, err error) {
	for _, a := range held {
		more, err := e.Approve(by, tocsin.PartyID(a.Party), tocsin.EntryVoice(a.Role), a.At, nil)
		if err != nil {
			return nil, err
		}
		if len(more) > 0 {
			file.approve(a)
		}
		events = append(events, more...)
	}
	for _, d := range retracted {
		more, err := e.Retract(by, d.Issuer, d.IssuedAt, nil)
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
