// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// MisuseState is where the conduct of one sender of notices stands.
type MisuseState string

// The states of a sender's conduct (Art. 23(2) DSA); docs/lifecycle.md draws the machine.
const (
	MisuseNone      MisuseState = "none"
	MisuseWarned    MisuseState = "warned"
	MisuseSuspended MisuseState = "suspended" // its notices are not handled until a time
)

// Events of a sender's conduct.
const (
	EventMisuseCounted   EventKind = "misuse.counted"
	EventMisuseUncounted EventKind = "misuse.uncounted" // one was not unfounded after all
	EventMisuseForgotten EventKind = "misuse.forgotten" // the counts are over with their time
	EventMisuseWarned    EventKind = "misuse.warned"
	EventMisuseSuspended EventKind = "misuse.suspended"
	EventMisuseContested EventKind = "misuse.contested"
	EventMisuseConfirmed EventKind = "misuse.confirmed" // by another person: the suspension stands
	EventMisuseLifted    EventKind = "misuse.lifted"    // by another person
	EventMisuseEnded     EventKind = "misuse.ended"     // by itself, at its time
)

// How much is misuse: both the number and the share count (Art. 23(3)(a) and (b) DSA). Below that nobody is warned
// or suspended, whatever a person thinks of one notice.
const (
	misuseLeast   = 5  // manifestly unfounded notices
	misusePercent = 50 // of all notices of the sender
	// SuspensionLimit is the longest that the notices of a sender stay unhandled.
	SuspensionLimit = 90 * 24 * time.Hour
	mostCounted     = 500 // of the notices themselves that are kept with the count
)

// Misuse counts what came of the notices of one sender, for a time, and forgets it. Which sender is sealed: a party, a
// key, or the platform's own opaque reference. It judges notices and no person: nothing of what they were
// about is in it, and it follows nobody from one way of sending to another.
type Misuse struct {
	Root
	Status      MisuseState `json:"status"`
	Submitted   int64       `json:"submitted"`           // notices since the counting began
	Unfounded   int64       `json:"unfounded"`           // those found manifestly unfounded by a person
	ForgetAt    *time.Time  `json:"forget_at,omitempty"` // when the counts are over
	Since       int64       `json:"since,omitempty"`     // unfounded ones since the warning
	WarnedBy    ActorID     `json:"warned_by,omitempty"`
	SuspendedBy ActorID     `json:"suspended_by,omitempty"`
	Until       *time.Time  `json:"until,omitempty"` // of the suspension
	ContestedAt *time.Time  `json:"contested_at,omitempty"`
	ConfirmedAt *time.Time  `json:"confirmed_at,omitempty"` // after the objection
	Notices     []RecordID  `json:"notices,omitempty"`      // the unfounded ones, oldest first
}

// Kind is [KindMisuse].
func (m *Misuse) Kind() RecordKind { return KindMisuse }

// State gives the status.
func (m *Misuse) State() string { return string(m.Status) }

// Due is when the counts or the suspension are over.
func (m *Misuse) Due() *time.Time { return earliest(m.ForgetAt, m.Until) }

// Suspended reports whether notices of the sender are not handled at a time.
func (m *Misuse) Suspended(at time.Time) bool {
	return m.Status == MisuseSuspended && (m.Until == nil || at.Before(*m.Until))
}

// Frequent reports whether so many of the sender's notices were manifestly unfounded, in number and in share, that
// a person may warn it.
func (m *Misuse) Frequent() bool {
	return m.Unfounded >= misuseLeast && m.Unfounded*100 >= m.Submitted*misusePercent
}

// Apply folds one event.
func (m *Misuse) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventMisuseCounted:
		if m.Status == "" {
			m.Status = MisuseNone
		}
		m.count(f)
	case EventMisuseUncounted:
		m.uncount(f.Record)
	case EventMisuseForgotten:
		m.Submitted, m.Unfounded, m.Since, m.ForgetAt, m.Notices = 0, 0, 0, nil, nil
		if m.Status == MisuseWarned {
			m.Status = MisuseNone
		}
	case EventMisuseWarned:
		m.Status, m.WarnedBy, m.Since = MisuseWarned, h.Actor, 0
	case EventMisuseSuspended:
		if f.Until == nil {
			return malformedEvent(h)
		}
		m.Status, m.SuspendedBy, m.Until, m.ContestedAt = MisuseSuspended, h.Actor, f.Until, nil
		m.ConfirmedAt = nil
	case EventMisuseContested:
		m.ContestedAt = &h.At
	case EventMisuseConfirmed:
		m.ConfirmedAt = &h.At
	case EventMisuseLifted, EventMisuseEnded:
		m.Status, m.Until, m.ContestedAt, m.ConfirmedAt = MisuseNone, nil, nil, nil
	default:
		return unknownEvent(m, h)
	}
	return nil
}

func (m *Misuse) count(f Facts) {
	m.ForgetAt = f.Until
	if f.Code != countedUnfounded {
		m.Submitted++
		return
	}
	m.Unfounded++
	if m.Status == MisuseWarned {
		m.Since++
	}
	if f.Record != "" {
		all := append(slices.Clone(m.Notices), f.Record)
		m.Notices = all[max(0, len(all)-mostCounted):]
	}
}

// uncount takes one notice out. It was counted after the warning when it stands among the last so many.
func (m *Misuse) uncount(notice RecordID) {
	at := slices.Index(m.Notices, notice)
	if at < 0 {
		return
	}
	if int64(len(m.Notices)-at) <= m.Since {
		m.Since--
	}
	m.Unfounded--
	m.Notices = slices.Delete(slices.Clone(m.Notices), at, at+1)
	if len(m.Notices) == 0 {
		m.Notices = nil
	}
}

// Waits reports whether somebody has to look at a suspension: the sender objects, or what it rests on fell away.
func (m *Misuse) Waits() bool {
	return m.Status == MisuseSuspended && (m.ContestedAt != nil && m.ConfirmedAt == nil || m.ForgetAt != nil && !m.Frequent())
}

// What is counted.
const (
	countedSubmitted = "submitted"
	countedUnfounded = "unfounded"
)

// CountMisuse counts a notice of a sender, or that one, unfounded, was found manifestly so. m is nil for a sender
// of which nothing is counted yet; payload then says which it is.
func CountMisuse(by By, m *Misuse, unfounded RecordID, payload any, p Periods) (*Misuse, []Event, error) {
	facts := Facts{Code: countedSubmitted}
	if unfounded != "" {
		facts.Code, facts.Record = countedUnfounded, unfounded
	}
	if m == nil {
		m = &Misuse{Root: Root{ID: NewRecordID(KindMisuse)}}
	}
	if facts.Until = m.ForgetAt; facts.Until == nil {
		facts.Until = in(by.At, p.MisuseWindow)
	}
	events, err := happened(m, by.event(EventMisuseCounted, facts, payload))
	return m, events, err
}

// Uncount takes back that a notice was found manifestly unfounded, because what answered it fell. One whose count is
// over already, with its time, changes nothing.
func (m *Misuse) Uncount(by By, notice RecordID) ([]Event, error) {
	if !slices.Contains(m.Notices, notice) {
		return nil, nil
	}
	return happened(m, by.event(EventMisuseUncounted, Facts{Record: notice}, nil))
}

// Warn tells the sender that its notices will not be handled for a time if it goes on (Art. 23(2) DSA).
func (m *Misuse) Warn(by By, reasons string) ([]Event, error) {
	if err := m.person(by, reasons); err != nil {
		return nil, err
	}
	if m.Status != MisuseNone {
		return nil, wrongState(m, "warned")
	}
	if !m.Frequent() {
		return nil, notFrequent()
	}
	return happened(m, by.event(EventMisuseWarned, Facts{}, Text{reasons}))
}

// Reasons why a sender is not warned or suspended yet.
const (
	ReasonNotFrequent  Reason = "misuse_not_frequent"  // what was counted is not frequent misuse
	ReasonNothingSince Reason = "misuse_nothing_since" // the warning may have helped
)

func notFrequent() error {
	return Errorf(CodeConflict, ReasonNotFrequent, "Too few of the notices were manifestly unfounded, in number or in share.")
}

// Suspend stops the handling of the sender's notices until a time, after a warning that did not help.
func (m *Misuse) Suspend(by By, until time.Time, reasons string) ([]Event, error) {
	if err := m.person(by, reasons); err != nil {
		return nil, err
	}
	if m.Status != MisuseWarned {
		return nil, wrongState(m, "suspended")
	}
	if m.Since == 0 {
		return nil, Errorf(CodeConflict, ReasonNothingSince, "Nothing came since the warning that would warrant it.")
	}
	if !m.Frequent() {
		return nil, notFrequent()
	}
	if !until.After(by.At) || until.Sub(by.At) > SuspensionLimit {
		return nil, Invalid(ReasonNoEnd, "until", "A suspension ends within 90 days.")
	}
	return happened(m, by.event(EventMisuseSuspended, Facts{Until: &until}, Text{reasons}))
}

// Contest records that the sender says the suspension is wrong, once.
func (m *Misuse) Contest(by By, payload any) ([]Event, error) {
	if m.Status != MisuseSuspended || m.ContestedAt != nil {
		return nil, wrongState(m, "contested")
	}
	return happened(m, by.event(EventMisuseContested, Facts{}, payload))
}

// Lift ends a suspension before its time, which another person than the one who suspended does, or takes a warning back.
func (m *Misuse) Lift(by By, reasons string) ([]Event, error) {
	if err := m.person(by, reasons); err != nil {
		return nil, err
	}
	if m.Status != MisuseSuspended && m.Status != MisuseWarned {
		return nil, wrongState(m, "lifted")
	}
	if err := m.another(by); err != nil {
		return nil, err
	}
	return happened(m, by.event(EventMisuseLifted, Facts{}, Text{reasons}))
}

// Confirm answers the objection of a suspended sender: the suspension stands, for reasons.
func (m *Misuse) Confirm(by By, reasons string) ([]Event, error) {
	if err := m.person(by, reasons); err != nil {
		return nil, err
	}
	if m.Status != MisuseSuspended || m.ContestedAt == nil || m.ConfirmedAt != nil {
		return nil, wrongState(m, "confirmed")
	}
	if err := m.another(by); err != nil {
		return nil, err
	}
	return happened(m, by.event(EventMisuseConfirmed, Facts{}, Text{reasons}))
}

// another refuses whoever suspended: a second look is another person's.
func (m *Misuse) another(by By) error {
	if m.Status == MisuseSuspended && by.Actor == m.SuspendedBy {
		return Errorf(CodeForbidden, ReasonSamePerson, "Another person than the one who suspended looks at it.")
	}
	return nil
}

func (m *Misuse) person(by By, reasons string) error {
	if !by.Actor.isPerson() {
		return personDecides()
	}
	return checkText("reasons", reasons, 1, mostReasons)
}

// Tick forgets the counts and ends the suspension, each at its time.
func (m *Misuse) Tick(by By, _ Periods) ([]Event, error) {
	var events []Event
	if m.Status == MisuseSuspended && passed(m.Until, by.At) {
		events = append(events, by.event(EventMisuseEnded, Facts{}, nil))
	}
	if passed(m.ForgetAt, by.At) {
		events = append(events, by.event(EventMisuseForgotten, Facts{}, nil))
	}
	return happened(m, events...)
}
