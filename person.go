// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Duty is what a person may do at this node.
type Duty string

// The duties of people.
const (
	DutyAdministrator Duty = "administrator"
	DutyOfficer       Duty = "officer"   // drafts and signs first
	DutyApprover      Duty = "approver"  // signs second
	DutyModerator     Duty = "moderator" // answers orders at a host
	DutyReviewer      Duty = "reviewer"  // sees everything, changes nothing
)

// Duties lists every duty.
func Duties() []Duty {
	return []Duty{DutyAdministrator, DutyOfficer, DutyApprover, DutyModerator, DutyReviewer}
}

// Events of a person.
const (
	EventPersonInvited   EventKind = "person.invited"
	EventPersonEnrolled  EventKind = "person.enrolled"
	EventPersonSuspended EventKind = "person.suspended"
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
	Duties     []Duty     `json:"duties"`
	Invitation Digest     `json:"invitation,omitempty"` // of the one-time token
	InvitedTil *time.Time `json:"invited_until,omitempty"`
	Credential Digest     `json:"credential,omitempty"` // of the credential id
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

// Apply folds one event.
func (p *Person) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventPersonInvited:
		p.Status, p.Invitation, p.InvitedTil, p.Duties = PersonInvited, f.Digest, f.Until, nil
		for _, c := range f.Codes {
			p.Duties = append(p.Duties, Duty(c))
		}
	case EventPersonEnrolled:
		p.Status, p.Credential, p.Invitation, p.InvitedTil = PersonEnrolled, f.Digest, "", nil
	case EventPersonSuspended:
		p.Status = PersonSuspended
	default:
		return unknownEvent(p, h)
	}
	return nil
}

// InvitePerson opens a person with a one-time token, kept only as its digest.
func InvitePerson(by By, duties []Duty, token Digest, payload any) (*Person, []Event, error) {
	if len(duties) == 0 {
		return nil, nil, Invalid(ReasonMissing, "duties", "Give the person at least one duty.")
	}
	for _, d := range duties {
		if !slices.Contains(Duties(), d) {
			return nil, nil, Invalid(ReasonUnknownValue, "duties", "There is no such duty.")
		}
	}
	p := &Person{Root: Root{ID: NewRecordID(KindPerson)}}
	events, err := happened(p, by.event(EventPersonInvited, Facts{Codes: codes(duties), Digest: token,
		Until: in(by.At, InvitationPeriod)}, payload))
	return p, events, err
}

// Enrol binds a passkey to an invited person; the invitation is spent.
func (p *Person) Enrol(by By, token, credential Digest, payload any) ([]Event, error) {
	if p.Status != PersonInvited || p.Invitation != token || passed(p.InvitedTil, by.At) {
		return nil, Errorf(CodeExpired, ReasonEnrolmentSpent,
			"This enrolment link was used or has expired. Ask an administrator for a new one.")
	}
	return happened(p, by.event(EventPersonEnrolled, Facts{Digest: credential}, payload))
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

// Tick does nothing: a person has no clock.
func (p *Person) Tick(By, Periods) ([]Event, error) { return nil, nil }
