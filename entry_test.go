// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"tocsin"
)

const (
	anAuthority  = tocsin.PartyID("fr-authority")
	aUniversity  = tocsin.PartyID("fr-university")
	theirAnswers = tocsin.Digest("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
)

func addedEntry(at time.Time) (*tocsin.SharedEntry, []tocsin.Event) {
	e, events, err := tocsin.AddEntry(officer(0, at), theirAnswers, 1, nil)
	return e, must(events, err)
}

func approves(e *tocsin.SharedEntry, p tocsin.PartyID, voice tocsin.EntryVoice, at time.Time) []tocsin.Event {
	return must(e.Approve(party(at), p, voice, at, nil))
}

func entryMachine() machine {
	type entry = *tocsin.SharedEntry
	_, added := addedEntry(noon)
	_, received, err := tocsin.ReceiveEntry(party(noon), anAuthority, theirAnswers, 1, nil)
	must(received, err)
	return machine{tocsin.KindEntry, [][]tocsin.Event{added, received}, []command{
		on(func(e entry, at time.Time) ([]tocsin.Event, error) {
			return e.Approve(party(at), anAuthority, tocsin.VoiceAuthority, at, nil)
		}),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) {
			return e.Approve(party(at), aUniversity, tocsin.VoiceAcademia, at, nil)
		}),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) { return e.ReceiveAgain(party(at), aUniversity) }),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) { return e.Retract(party(at), anAuthority, at, nil) }),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) { return e.Share(officer(0, at), aUniversity, nil) }),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) { return e.Adopt(officer(0, at)) }),
		on(func(e entry, at time.Time) ([]tocsin.Event, error) { return e.Drop(officer(0, at)) }),
	}}
}

// TestEntryStandsOnAnAuthorityAndAnotherParty goes through who approves, and what is left when one retracts.
func TestEntryStandsOnAnAuthorityAndAnotherParty(t *testing.T) {
	t.Parallel()
	later := noon.Add(time.Hour)
	for name, row := range map[string]struct {
		said func(*tocsin.SharedEntry)
		want tocsin.EntryState
	}{
		"nobody":              {func(*tocsin.SharedEntry) {}, tocsin.EntryProposed},
		"an authority":        {func(e *tocsin.SharedEntry) { approves(e, "a", tocsin.VoiceAuthority, noon) }, tocsin.EntryProposed},
		"two authorities":     {approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAuthority), tocsin.EntryProposed},
		"two of no State":     {approvals("a", tocsin.VoiceCivilSociety, "b", tocsin.VoiceAcademia), tocsin.EntryProposed},
		"both kinds":          {approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAcademia), tocsin.EntryApproved},
		"one party, by turns": {approvals("a", tocsin.VoiceAuthority, "a", tocsin.VoiceAcademia), tocsin.EntryProposed},
		"retracted": {func(e *tocsin.SharedEntry) {
			approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAcademia)(e)
			must(e.Retract(party(later), "b", later, nil))
		}, tocsin.EntryRetracted},
		"retracted, and approved anew": {func(e *tocsin.SharedEntry) {
			must(e.Retract(party(later), "b", later, nil))
			approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAcademia)(e)
			must(e.Approve(party(later), "b", tocsin.VoiceAcademia, later.Add(time.Second), nil))
		}, tocsin.EntryApproved},
		"retracted before its approval came": {func(e *tocsin.SharedEntry) {
			must(e.Retract(party(later), "b", later, nil))
			approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAcademia)(e)
		}, tocsin.EntryProposed},
		"retracted in the same moment": {func(e *tocsin.SharedEntry) {
			approvals("a", tocsin.VoiceAuthority, "b", tocsin.VoiceAcademia)(e)
			must(e.Retract(party(later), "b", noon, nil))
		}, tocsin.EntryRetracted},
	} {
		e, _ := addedEntry(noon)
		row.said(e)
		if e.Status != row.want {
			t.Errorf("%s: %q, want %q", name, e.Status, row.want)
		}
	}
}

// approvals are those of two parties, at noon.
func approvals(a tocsin.PartyID, is tocsin.EntryVoice, b tocsin.PartyID, other tocsin.EntryVoice) func(*tocsin.SharedEntry) {
	return func(e *tocsin.SharedEntry) {
		must(e.Approve(party(noon), a, is, noon, nil))
		must(e.Approve(party(noon), b, other, noon, nil))
	}
}

func TestEntryIsReadForOnlyOnAPersonsWordAndWhileItIsApproved(t *testing.T) {
	t.Parallel()
	e, _ := addedEntry(noon)
	refuse := func(want tocsin.Reason, try func() ([]tocsin.Event, error)) {
		t.Helper()
		before := encode(t, e)
		events, err := try()
		if tocsin.ReasonOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
		refused(t, e, before, events, err)
	}
	person := officer(0, noon)
	refuse(tocsin.ReasonWrongState, func() ([]tocsin.Event, error) { return e.Adopt(person) })
	refuse(tocsin.ReasonWrongState, func() ([]tocsin.Event, error) { return e.Share(person, aUniversity, nil) })
	approvals(anAuthority, tocsin.VoiceAuthority, aUniversity, tocsin.VoiceCivilSociety)(e)
	refuse(tocsin.ReasonRole, func() ([]tocsin.Event, error) { return e.Adopt(party(noon)) })
	refuse(tocsin.ReasonRole, func() ([]tocsin.Event, error) { return e.Share(party(noon), aUniversity, nil) })
	refuse(tocsin.ReasonUnknownValue, func() ([]tocsin.Event, error) { return e.Approve(person, "x", "king", noon, nil) })
	must(e.Adopt(person))
	refuse(tocsin.ReasonWrongState, func() ([]tocsin.Event, error) { return e.Adopt(person) })
	refuse(tocsin.ReasonRole, func() ([]tocsin.Event, error) { return e.Drop(party(noon)) })
	must(e.Share(person, aUniversity, nil))
	refuse(tocsin.ReasonDuplicate, func() ([]tocsin.Event, error) { return e.Share(person, aUniversity, nil) })
	must(e.Retract(party(noon), anAuthority, noon, nil))
	if e.Status != tocsin.EntryRetracted || e.AdoptedBy != "" {
		t.Errorf("after a retraction: %q, adopted by %q", e.Status, e.AdoptedBy)
	}
	if events, err := e.Retract(party(noon), anAuthority, noon, nil); err != nil || events != nil {
		t.Errorf("known retraction: %v, %v", events, err)
	}
	must(e.Approve(party(noon), anAuthority, tocsin.VoiceAuthority, noon.Add(time.Minute), nil))
	if e.Status != tocsin.EntryApproved {
		t.Errorf("approved anew it is %q, before anybody adopted it again", e.Status)
	}
	if _, _, err := tocsin.AddEntry(party(noon), theirAnswers, 1, nil); tocsin.ReasonOf(err) != tocsin.ReasonRole {
		t.Errorf("a machine adds: %v", err)
	}
	if _, _, err := tocsin.AddEntry(person, "text", 0, nil); tocsin.CodeOf(err) != tocsin.CodeInvalid {
		t.Errorf("without content: %v", err)
	}
}
