// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Events of a lost key.
const (
	EventPersonRecoveryAsked     EventKind = "person.recovery_asked"
	EventPersonRecoveryAgreed    EventKind = "person.recovery_agreed"
	EventPersonRecoveryCancelled EventKind = "person.recovery_cancelled"
	EventPersonRecoveryOpened    EventKind = "person.recovery_opened" // a new enrolment link
)

// RecoveryDelay passes between the word of the second person and a new enrolment link: time for whoever did not lose
// her key to say so.
const RecoveryDelay = 24 * time.Hour

// Recovery is how a person who lost her passkey comes by another: two others vouch for her, and then she has a day to
// object.
type Recovery struct {
	AskedBy  ActorID    `json:"asked_by"`
	AgreedBy ActorID    `json:"agreed_by,omitempty"`
	Ready    *time.Time `json:"ready,omitempty"` // when a link may be made
}

// helps reports whether somebody is one of the two.
func (r *Recovery) helps(who ActorID) bool { return who == r.AskedBy || who == r.AgreedBy }

// applyRecovery folds what happens to a lost key.
func (p *Person) applyRecovery(h Header) error {
	f := h.Facts
	if h.Kind != EventPersonRecoveryAsked && p.Recovery == nil {
		return malformedEvent(h)
	}
	switch h.Kind {
	case EventPersonRecoveryAsked:
		p.Recovery = &Recovery{AskedBy: h.Actor}
	case EventPersonRecoveryAgreed:
		p.Recovery.AgreedBy, p.Recovery.Ready = h.Actor, f.Due
	case EventPersonRecoveryCancelled:
		p.Recovery, p.Invitation, p.InvitedTil = nil, "", nil
	case EventPersonRecoveryOpened:
		p.Invitation, p.InvitedTil = f.Digest, f.Until
	}
	return nil
}

// AskRecovery begins the recovery of a lost key. Nobody begins her own.
func (p *Person) AskRecovery(by By, reasons string) ([]Event, error) {
	if p.Status != PersonEnrolled || p.Recovery != nil {
		return nil, wrongState(p, "recovered")
	}
	if err := p.helper(by); err != nil {
		return nil, err
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(p, by.event(EventPersonRecoveryAsked, Facts{}, Text{reasons}))
}

// AgreeRecovery is the word of the second person; the delay starts. payload keeps what her passkey signed.
func (p *Person) AgreeRecovery(by By, payload any) ([]Event, error) {
	if p.Recovery == nil || p.Recovery.AgreedBy != "" {
		return nil, Errorf(CodeConflict, ReasonWrongState, "Nothing waits for a second person here.")
	}
	if err := p.helper(by); err != nil {
		return nil, err
	}
	if by.Actor == p.Recovery.AskedBy {
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "A second person agrees, not the one who began.")
	}
	return happened(p, by.event(EventPersonRecoveryAgreed, Facts{Due: in(by.At, RecoveryDelay)}, payload))
}

// CancelRecovery ends it, and makes a link that was not used worthless.
func (p *Person) CancelRecovery(by By) ([]Event, error) {
	if p.Recovery == nil {
		return nil, Errorf(CodeConflict, ReasonWrongState, "No key of this person is being recovered.")
	}
	return happened(p, by.event(EventPersonRecoveryCancelled, Facts{}, nil))
}

// OpenRecovery makes a new enrolment link once the delay has passed; one of the two hands it over. An earlier link is
// worth nothing then.
func (p *Person) OpenRecovery(by By, token Digest) ([]Event, error) {
	switch {
	case p.Status != PersonEnrolled || p.Recovery == nil || p.Recovery.Ready == nil:
		return nil, Errorf(CodeConflict, ReasonWrongState, "Two people vouch for this person first.")
	case by.At.Before(*p.Recovery.Ready):
		return nil, Errorf(CodeConflict, ReasonTooEarly, "The person may still object. Come back later.")
	case !p.Recovery.helps(by.Actor):
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "One of the two who vouched hands the link over.")
	}
	return happened(p, by.event(EventPersonRecoveryOpened, Facts{Digest: token, Until: in(by.At, InvitationPeriod)}, nil))
}

// helper refuses whoever cannot vouch for a person.
func (p *Person) helper(by By) error {
	if !by.Actor.isPerson() || by.Actor == p.Actor() {
		return Errorf(CodeForbidden, ReasonSamePerson, "Nobody helps herself to a new key: two others do.")
	}
	return nil
}
