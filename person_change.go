// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "slices"

// Events of a person's duties.
const (
	EventPersonDutiesProposed EventKind = "person.duties_proposed" // they wait for a second person
	EventPersonDutiesChanged  EventKind = "person.duties_changed"
	EventPersonDutiesDeclined EventKind = "person.duties_declined"
)

// ChangeDuties gives a person other duties. What she loses she loses at once, and so comes what is not
// [Duty.Grave]; grave duties she did not have wait for a second person.
func (p *Person) ChangeDuties(by By, duties []Duty, reasons string) ([]Event, error) {
	if p.Status == PersonSuspended {
		return nil, wrongState(p, "changed")
	}
	if err := checkDuties(duties); err != nil {
		return nil, err
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	if by.Actor == p.Actor() && p.Has(DutyAdministrator) && !slices.Contains(duties, DutyAdministrator) {
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "Nobody takes her own administration away.")
	}
	if err := p.fits(duties); err != nil {
		return nil, err
	}
	fresh := func(d Duty) bool { return d.Grave() && !slices.Contains(p.Duties, d) }
	now := without(duties, fresh)
	if sameDuties(duties, p.Duties) && p.Proposed == nil {
		return nil, Errorf(CodeConflict, ReasonDuplicate, "These are her duties already.")
	}
	payload := Text{reasons}
	var events []Event
	if !sameDuties(now, p.Duties) || sameDuties(now, duties) {
		changed, err := happened(p, by.event(EventPersonDutiesChanged, Facts{Codes: codes(now)}, payload))
		if err != nil || sameDuties(now, duties) {
			return changed, err
		}
		events = changed
	}
	proposed, err := happened(p, by.event(EventPersonDutiesProposed, Facts{Codes: codes(duties)}, payload))
	return append(events, proposed...), err
}

// ConfirmDuties makes proposed duties hold. It takes a person who neither proposed them nor gets them; payload keeps
// what her passkey signed.
func (p *Person) ConfirmDuties(by By, payload any) ([]Event, error) {
	if p.Proposed == nil {
		return nil, Errorf(CodeConflict, ReasonWrongState, "Nothing waits for a second person here.")
	}
	if !by.Actor.isPerson() || by.Actor == p.ProposedBy || by.Actor == p.Actor() {
		return nil, Errorf(CodeForbidden, ReasonSamePerson,
			"Two people give this duty: neither who proposed it nor who gets it confirms.")
	}
	if err := p.fits(p.Proposed); err != nil {
		return nil, err
	}
	return happened(p, by.event(EventPersonDutiesChanged, Facts{Codes: codes(p.Proposed)}, payload))
}

// DeclineDuties ends a proposal; whoever proposed it takes it back in the same way.
func (p *Person) DeclineDuties(by By, reasons string) ([]Event, error) {
	if p.Proposed == nil {
		return nil, Errorf(CodeConflict, ReasonWrongState, "Nothing waits for a second person here.")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(p, by.event(EventPersonDutiesDeclined, Facts{}, Text{reasons}))
}
