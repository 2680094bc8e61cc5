// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// EntryState is where an entry of a lexicon stands between the parties that share it.
type EntryState string

// The states of a shared entry; docs/lifecycle.md draws the machine.
const (
	EntryProposed  EntryState = "proposed"  // it lacks the approval of an authority, or of a party of another kind
	EntryApproved  EntryState = "approved"  // it has both, and this node does not read for it
	EntryInUse     EntryState = "in_use"    // this node reads for it
	EntryRetracted EntryState = "retracted" // an approval was taken back, and what is left does not suffice
)

// Events of a shared entry.
const (
	EventEntryAdded     EventKind = "entry.added"     // somebody here put it into the exchange
	EventEntryReceived  EventKind = "entry.received"  // another party sent it
	EventEntryApproved  EventKind = "entry.approved"  // by this party or another
	EventEntryRetracted EventKind = "entry.retracted" // a party took its approval back
	EventEntryShared    EventKind = "entry.shared"    // sent to a party, which is told what becomes of it from then on
	EventEntryAdopted   EventKind = "entry.adopted"   // this node reads for it
	EventEntryDropped   EventKind = "entry.dropped"   // this node reads for it no more
)

// EntryVoice is what kind of party speaks of an entry. Publication wants an authority and one of the others: no State
// puts words into others' lexicons alone.
type EntryVoice string

// The voices, as in a lexicon file.
const (
	VoiceAuthority    EntryVoice = "authority"
	VoiceCivilSociety EntryVoice = "civil_society"
	VoiceAcademia     EntryVoice = "academia"
)

// SharedEntry is an entry of a lexicon that parties propose to each other, approve and retract. What it says is sealed: a
// lexicon helps those who would evade it. Another version is another record, for it wants other approvals.
type SharedEntry struct {
	Root
	Status    EntryState      `json:"status"`
	Content   Digest          `json:"content"` // of the entry without its approvals and state
	Number    int64           `json:"number"`  // version of the entry
	From      PartyID         `json:"from,omitempty"`
	Approvals []EntryApproval `json:"approvals,omitempty"` // one a party
	Sharers   []PartyID       `json:"sharers,omitempty"`   // who are told what becomes of it
	AdoptedBy ActorID         `json:"adopted_by,omitempty"`
}

// EntryApproval is where a party stands to an entry.
type EntryApproval struct {
	Party       PartyID    `json:"party"`
	Voice       EntryVoice `json:"voice,omitempty"`
	At          time.Time  `json:"at,omitzero"` // when it approved last; zero when only its retraction arrived
	RetractedAt *time.Time `json:"retracted_at,omitempty"`
}

// Holds reports whether the party approves: what was said last counts, and of one moment the retraction.
func (a EntryApproval) Holds() bool {
	return !a.At.IsZero() && (a.RetractedAt == nil || a.At.After(*a.RetractedAt))
}

// Kind is [KindEntry].
func (e *SharedEntry) Kind() RecordKind { return KindEntry }

// State gives the status.
func (e *SharedEntry) State() string { return string(e.Status) }

// Due is never: nobody has to approve anything.
func (e *SharedEntry) Due() *time.Time { return nil }

// Tick gives no events.
func (e *SharedEntry) Tick(By, Periods) ([]Event, error) { return nil, nil }

// FacetSender counts shared entries by who sent them first.
const FacetSender = "sender/"

// Facets are by what shared entries are counted.
func (e *SharedEntry) Facets() []string {
	if e.From == "" {
		return nil
	}
	return []string{FacetSender + string(e.From)}
}

// Apply folds one event.
func (e *SharedEntry) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventEntryAdded, EventEntryReceived:
		if e.Content == "" {
			e.Content, e.Number, e.From = f.Digest, f.Number, f.Party
		}
		e.tells(f.Party)
	case EventEntryApproved:
		if f.When == nil {
			return malformedEvent(h)
		}
		a := e.of(f.Party)
		a.Voice, a.At = EntryVoice(f.Code), *f.When
	case EventEntryRetracted:
		if f.When == nil {
			return malformedEvent(h)
		}
		e.of(f.Party).RetractedAt = f.When
	case EventEntryShared:
		e.tells(f.Party)
	case EventEntryAdopted:
		e.AdoptedBy = h.Actor
	case EventEntryDropped:
		e.AdoptedBy = ""
	default:
		return unknownEvent(e, h)
	}
	e.stand()
	return nil
}

// stand derives the state. What lost an approval is read for no more, and a person adopts it anew if it is approved again.
func (e *SharedEntry) stand() {
	switch {
	case e.approved() && e.AdoptedBy != "":
		e.Status = EntryInUse
	case e.approved():
		e.Status = EntryApproved
	default:
		e.Status, e.AdoptedBy = EntryProposed, ""
		if slices.ContainsFunc(e.Approvals, func(a EntryApproval) bool { return !a.At.IsZero() && !a.Holds() }) {
			e.Status = EntryRetracted
		}
	}
}

func (e *SharedEntry) approved() bool {
	holds := func(authority bool) bool {
		return slices.ContainsFunc(e.Approvals, func(a EntryApproval) bool {
			return a.Holds() && (a.Voice == VoiceAuthority) == authority
		})
	}
	return holds(true) && holds(false)
}

func (e *SharedEntry) of(p PartyID) *EntryApproval {
	i := slices.IndexFunc(e.Approvals, func(a EntryApproval) bool { return a.Party == p })
	if i < 0 {
		e.Approvals, i = append(e.Approvals, EntryApproval{Party: p}), len(e.Approvals)
	}
	return &e.Approvals[i]
}

// ApprovedBy reports whether a party's approval holds.
func (e *SharedEntry) ApprovedBy(p PartyID) bool {
	return slices.ContainsFunc(e.Approvals, func(a EntryApproval) bool { return a.Party == p && a.Holds() })
}

func (e *SharedEntry) tells(p PartyID) {
	if p != "" && !slices.Contains(e.Sharers, p) {
		e.Sharers = append(e.Sharers, p)
	}
}

// AddEntry puts an entry into the exchange; content is the digest of what it says, number its version.
func AddEntry(by By, content Digest, number int64, payload any) (*SharedEntry, []Event, error) {
	if !by.Actor.isPerson() {
		return nil, nil, personDecides()
	}
	return newEntry(by.event(EventEntryAdded, Facts{Digest: content, Number: number}, payload))
}

// ReceiveEntry records an entry that a party sent.
func ReceiveEntry(by By, from PartyID, content Digest, number int64, payload any) (*SharedEntry, []Event, error) {
	return newEntry(by.event(EventEntryReceived, Facts{Party: from, Digest: content, Number: number}, payload))
}

// ReceiveAgain records that a party sent what this node has: it is told from then on what becomes of it.
func (e *SharedEntry) ReceiveAgain(by By, from PartyID) ([]Event, error) {
	if slices.Contains(e.Sharers, from) {
		return nil, nil
	}
	return happened(e, by.event(EventEntryReceived, Facts{Party: from, Digest: e.Content, Number: e.Number}, nil))
}

func newEntry(first Event) (*SharedEntry, []Event, error) {
	e := &SharedEntry{Root: Root{ID: NewRecordID(KindEntry)}}
	if f := first.Facts; !f.Digest.Valid() || f.Number < 1 {
		return nil, nil, Invalid(ReasonMissing, "entry", "An entry has content and a version.")
	}
	events, err := happened(e, first)
	return e, events, err
}

// Approve records that a party approves, as the directory says of what kind it is. An approval that is known, or older
// than what the party said last, changes nothing and gives no event.
func (e *SharedEntry) Approve(by By, party PartyID, voice EntryVoice, at time.Time, payload any) ([]Event, error) {
	if !slices.Contains([]EntryVoice{VoiceAuthority, VoiceCivilSociety, VoiceAcademia}, voice) {
		return nil, Invalid(ReasonUnknownValue, "voice", "Say whether the party is an authority, civil society or academia.")
	}
	for _, a := range e.Approvals {
		if a.Party == party && (!at.After(a.At) || a.RetractedAt != nil && !at.After(*a.RetractedAt)) {
			return nil, nil
		}
	}
	return happened(e, by.event(EventEntryApproved, Facts{Party: party, Code: string(voice), When: &at}, payload))
}

// Retract records that a party takes its approval back. Nothing keeps a retraction from taking effect, not even an
// approval that never arrived; one that is known gives no event.
func (e *SharedEntry) Retract(by By, party PartyID, at time.Time, payload any) ([]Event, error) {
	for _, a := range e.Approvals {
		if a.Party == party && a.RetractedAt != nil && !at.After(*a.RetractedAt) {
			return nil, nil
		}
	}
	return happened(e, by.event(EventEntryRetracted, Facts{Party: party, When: &at}, payload))
}

// Share records that the entry goes to a party, which is told from then on what becomes of it. Only what somebody
// approves is shared.
func (e *SharedEntry) Share(by By, to PartyID, payload any) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if slices.Contains(e.Sharers, to) {
		return nil, Invalid(ReasonDuplicate, "party", "The party has it, and is told what becomes of it.")
	}
	if !slices.ContainsFunc(e.Approvals, EntryApproval.Holds) {
		return nil, wrongState(e, "shared")
	}
	return happened(e, by.event(EventEntryShared, Facts{Party: to}, payload))
}

// Adopt makes this node read for the entry: a person's word, however many parties approve.
func (e *SharedEntry) Adopt(by By) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if e.Status != EntryApproved {
		return nil, wrongState(e, "adopted")
	}
	return happened(e, by.event(EventEntryAdopted, Facts{}, nil))
}

// Drop makes this node read for the entry no more.
func (e *SharedEntry) Drop(by By) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	if e.Status != EntryInUse {
		return nil, wrongState(e, "dropped")
	}
	return happened(e, by.event(EventEntryDropped, Facts{}, nil))
}
