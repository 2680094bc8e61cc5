// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "slices"

// EventPersonPasskeyAdded means that somebody who signed in otherwise has a passkey now, and nothing else.
const EventPersonPasskeyAdded EventKind = "person.passkey_added"

// Way is how a person signs in. She has one at a time.
type Way string

// The ways.
const (
	WayPasskey  Way = "passkey"
	WayPassword Way = "password" // with a code from an app
	WayProvider Way = "provider" // an OpenID Connect provider of the operator's choice
)

// ReasonNeedsPasskey means that a duty is for people with a passkey only.
const ReasonNeedsPasskey Reason = "duty_needs_passkey"

// NeedsPasskey reports whether a duty is for people who sign in with a passkey only. A password and a code can be typed
// into a page that only looks like this one; a passkey cannot. So whoever signs, oversees, administers, answers for
// others or takes a second look has a passkey, and only who moderates, gives notice or keeps signals may do without.
func (d Duty) NeedsPasskey() bool { return strength(d) > strength(DutyModerator) }

// needsPasskey is [Duty.NeedsPasskey] of any of several.
func needsPasskey(duties ...Duty) bool { return slices.ContainsFunc(duties, Duty.NeedsPasskey) }

// SignsInBy is how an enrolled person signs in; people enrolled before there was a choice have a passkey.
func (p *Person) SignsInBy() Way {
	if p.Way == "" {
		return WayPasskey
	}
	return p.Way
}

// MayEnrolBy reports whether the duties a person has, and those proposed for her, let her sign in in some way.
func (p *Person) MayEnrolBy(w Way) bool {
	return w == WayPasskey || !needsPasskey(slices.Concat(p.Duties, p.Proposed)...)
}

// fits refuses duties that the way a person signs in does not reach to.
func (p *Person) fits(duties []Duty) error {
	if p.SignsInBy() == WayPasskey || !needsPasskey(duties...) {
		return nil
	}
	return Errorf(CodeConflict, ReasonNeedsPasskey, "This duty needs a passkey, and this person signs in without one. "+
		"Ask her to add a passkey under “How I sign in”, then give her the duty.")
}

// Enrol binds a way to sign in to a person who is expected; the invitation is spent, and a way she had is worth nothing.
// credential names it: the digest of a passkey's id, or of a random name.
func (p *Person) Enrol(by By, token Digest, way Way, credential Digest, payload any) ([]Event, error) {
	if !p.Expected(token, by.At) {
		return nil, Errorf(CodeExpired, ReasonEnrolmentSpent,
			"This enrolment link was used or has expired. Ask an administrator for a new one.")
	}
	facts := Facts{Digest: credential}
	switch way {
	case WayPasskey: // which an event without a code means
	case WayPassword, WayProvider:
		facts.Code = string(way)
	default:
		return nil, Invalid(ReasonUnknownValue, "way", "There is no such way to sign in.")
	}
	if !p.MayEnrolBy(way) {
		return nil, Errorf(CodeForbidden, ReasonNeedsPasskey, "Your duties need a passkey. Make one on this page.")
	}
	return happened(p, by.event(EventPersonEnrolled, facts, payload))
}

// AddPasskey gives a person who signed in otherwise a passkey. The other way is worth nothing from then on, for it would
// be the easier one to steal.
func (p *Person) AddPasskey(by By, credential Digest) ([]Event, error) {
	switch {
	case p.Status != PersonEnrolled || p.SignsInBy() == WayPasskey:
		return nil, wrongState(p, "given a passkey")
	case by.Actor != p.Actor():
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "A passkey is made by the person it is for.")
	}
	return happened(p, by.event(EventPersonPasskeyAdded, Facts{Digest: credential}, nil))
}
