// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Events of a person.
const (
	EventPersonInvited    EventKind = "person.invited"
	EventPersonEnrolled   EventKind = "person.enrolled"
	EventPersonSuspended  EventKind = "person.suspended"
	EventPersonReinstated EventKind = "person.reinstated"
)

// The states of a person.
const (
	PersonInvited   = "invited"
	PersonEnrolled  = "enrolled"
	PersonSuspended = "suspended"
)

// InvitationPeriod is how long an enrolment link works.
const InvitationPeriod = 24 * time.Hour

// Person is someone who works at this node, under a pseudonym. Names and credentials are sealed.
type Person struct {
	Root
	Status     string     `json:"status"`
	Duties     []Duty     `json:"duties"`                // in effect
	Proposed   []Duty     `json:"proposed,omitempty"`    // all she is to have, once a second person confirms
	ProposedBy ActorID    `json:"proposed_by,omitempty"` // who never confirms them
	Invitation Digest     `json:"invitation,omitempty"`  // of the one-time token
	InvitedTil *time.Time `json:"invited_until,omitempty"`
	Credential Digest     `json:"credential,omitempty"` // of the credential id
	Way        Way        `json:"way,omitempty"`        // empty: a passkey
	Recovery   *Recovery  `json:"recovery,omitempty"`   // of a lost key, under way
}

// Kind is [KindPerson].
func (p *Person) Kind() RecordKind { return KindPerson }

// State gives the status.
func (p *Person) State() string { return p.Status }

// Due is never set: an invitation is judged when it is used.
func (p *Person) Due() *time.Time { return nil }

// Actor is the person's pseudonym.
func (p *Person) Actor() ActorID { return ActorID(p.ID) }

// Has reports whether the person is enrolled and has a duty.
func (p *Person) Has(d Duty) bool { return p.Status == PersonEnrolled && slices.Contains(p.Duties, d) }

// Strength is that of the duties she has and of those proposed for her: whoever may not act on an
// administrator may not act on one to be.
func (p *Person) Strength() int { return max(Strength(p.Duties...), Strength(p.Proposed...)) }

// Apply folds one event.
func (p *Person) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventPersonInvited:
		p.Status, p.Invitation, p.InvitedTil, p.Duties = PersonInvited, f.Digest, f.Until, dutiesOf(f)
	case EventPersonEnrolled:
		p.Status, p.Credential, p.Invitation, p.InvitedTil = PersonEnrolled, f.Digest, "", nil
		p.Recovery, p.Way = nil, Way(f.Code)
	case EventPersonPasskeyAdded:
		p.Credential, p.Way, p.Recovery, p.Invitation, p.InvitedTil = f.Digest, "", nil, "", nil
	case EventPersonDutiesProposed:
		p.Proposed, p.ProposedBy = dutiesOf(f), h.Actor
	case EventPersonDutiesChanged:
		p.Duties, p.Proposed, p.ProposedBy = dutiesOf(f), nil, ""
	case EventPersonDutiesDeclined:
		p.Proposed, p.ProposedBy = nil, ""
	case EventPersonSuspended:
		p.Status, p.Proposed, p.ProposedBy, p.Recovery = PersonSuspended, nil, "", nil
	case EventPersonReinstated:
		p.Status, p.Duties = PersonEnrolled, dutiesOf(f)
	case EventPersonRecoveryAsked, EventPersonRecoveryAgreed, EventPersonRecoveryCancelled,
		EventPersonRecoveryOpened:
		return p.applyRecovery(h)
	default:
		return unknownEvent(p, h)
	}
	return nil
}

func dutiesOf(f Facts) []Duty {
	var duties []Duty
	for _, c := range f.Codes {
		duties = append(duties, Duty(c))
	}
	return duties
}

// InvitePerson opens a person with a one-time token, kept only as its digest. Duties that are [Duty.Grave] wait for
// a second person.
func InvitePerson(by By, duties []Duty, token Digest, payload any) (*Person, []Event, error) {
	if err := checkDuties(duties); err != nil {
		return nil, nil, err
	}
	p := &Person{Root: Root{ID: NewRecordID(KindPerson)}}
	events, err := happened(p, p.invited(by, without(duties, isGrave), token, payload))
	if err != nil || !slices.ContainsFunc(duties, isGrave) {
		return p, events, err
	}
	proposed, err := happened(p, by.event(EventPersonDutiesProposed, Facts{Codes: codes(duties)}, nil))
	return p, append(events, proposed...), err
}

// InviteFounder opens a person whose duties take effect at once, whatever they are. It is for the first
// administrators, whom the operator of the machine names, and for demonstrations, in which nobody is real.
func InviteFounder(by By, duties []Duty, token Digest, payload any) (*Person, []Event, error) {
	if err := checkDuties(duties); err != nil {
		return nil, nil, err
	}
	p := &Person{Root: Root{ID: NewRecordID(KindPerson)}}
	events, err := happened(p, p.invited(by, duties, token, payload))
	return p, events, err
}

func (p *Person) invited(by By, duties []Duty, token Digest, payload any) Event {
	return by.event(EventPersonInvited, Facts{Codes: codes(duties), Digest: token,
		Until: in(by.At, InvitationPeriod)}, payload)
}

// Expected reports whether a one-time token lets this person enrol now: she was invited, or recovers a lost key.
func (p *Person) Expected(token Digest, at time.Time) bool {
	return (p.Status == PersonInvited || p.Status == PersonEnrolled && p.Recovery != nil) && token != "" &&
		p.Invitation == token && !passed(p.InvitedTil, at)
}

// Suspend ends a person's access.
func (p *Person) Suspend(by By, reasons string) ([]Event, error) {
	if p.Status == PersonSuspended {
		return nil, wrongState(p, "suspended")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(p, by.event(EventPersonSuspended, Facts{}, Text{reasons}))
}

// Reinstate lets a suspended person in again, as she signed in before. Grave duties come back only once a
// second person confirms them.
func (p *Person) Reinstate(by By, reasons string) ([]Event, error) {
	if p.Status != PersonSuspended || p.Credential == "" {
		return nil, wrongState(p, "reinstated")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	had := p.Duties
	if err := p.fits(had); err != nil {
		return nil, err
	}
	events, err := happened(p, by.event(EventPersonReinstated, Facts{Codes: codes(without(had, isGrave))}, Text{reasons}))
	if err != nil || !slices.ContainsFunc(had, isGrave) {
		return events, err
	}
	proposed, err := happened(p, by.event(EventPersonDutiesProposed, Facts{Codes: codes(had)}, nil))
	return append(events, proposed...), err
}

// Tick does nothing: a person has no clock.
func (p *Person) Tick(By, Periods) ([]Event, error) { return nil, nil }
