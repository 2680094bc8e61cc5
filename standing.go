// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Standing is a host's standing decision: what is byte-identical (SHA-256) to the items of the decision is
// restricted when it appears again, until a date, and a person ratifies each time. It is off unless a person
// switches it on for a decision of hers, never follows from an order, and ends with any complaint or reversal
// (design, refusal 2).
type Standing struct {
	By       ActorID    `json:"by"`
	From     time.Time  `json:"from"`
	Until    time.Time  `json:"until"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
	EndedWhy EndWhy     `json:"ended_why,omitempty"`
}

// EndWhy says why a standing decision ended.
type EndWhy string

// Why a standing decision ends.
const (
	EndExpired    EndWhy = "expired"
	EndEnded      EndWhy = "ended" // by a person
	EndUndone     EndWhy = "undone"
	EndReversed   EndWhy = "reversed"
	EndContested  EndWhy = "contested"
	EndUnratified EndWhy = "unratified" // what it restricted was not ratified in time
)

// LongestStanding bounds how far ahead a standing decision may end.
const LongestStanding = 180 * 24 * time.Hour

// Active reports whether it has not ended. Its own end is an event, too, so that it never works a moment longer.
func (s *Standing) Active() bool { return s != nil && s.EndedAt == nil }

// StandingLimits bound what a standing decision does on its own.
type StandingLimits struct {
	Enabled      bool // by the operator; off unless switched on
	LastHour     int  // items restricted by standing decisions in the last hour, this one included
	MaxPerHour   int
	RatifyWithin time.Duration
}

// MayFollow says whether the standing decision may restrict an identical item without waiting for a person.
func (d *Decision) MayFollow(at time.Time, l StandingLimits) bool {
	return l.Enabled && l.RatifyWithin > 0 && l.LastHour <= l.MaxPerHour &&
		d.Status == DecisionEffective && d.Standing.Active() && at.Before(d.Standing.Until)
}

// Stand makes a decision a standing one until a date. A person does, for a decision of the host's own to restrict.
func (d *Decision) Stand(by By, until time.Time) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case d.Status != DecisionEffective || d.Outcome != OutcomeRestrict || d.Automatic || d.Standing.Active() ||
		len(d.Complaints) > 0:
		return nil, wrongState(d, "made a standing one")
	case d.Basis != BasisHostTerms:
		return nil, Invalid(ReasonNoBasis, "basis", "Only what breaks the host's own terms can be decided to stand.")
	case !until.After(by.At) || until.Sub(by.At) > LongestStanding:
		return nil, Invalid(ReasonNoEnd, "until", "A standing decision ends, within 180 days.")
	}
	return happened(d, by.event(EventStandingStarted, Facts{Until: &until}, nil))
}

// EndStanding ends it; the restrictions it made stay until they are lifted or not ratified.
func (d *Decision) EndStanding(by By, why EndWhy) ([]Event, error) {
	if !d.Standing.Active() {
		return nil, wrongState(d, "ended as a standing decision")
	}
	return happened(d, d.standingEnds(by, why)...)
}

// standingEnds is the event that ends it, where it is one.
func (d *Decision) standingEnds(by By, why EndWhy) []Event {
	if !d.Standing.Active() {
		return nil
	}
	return []Event{by.event(EventStandingEnded, Facts{Code: string(why)}, nil)}
}

// FollowDecision is what a standing decision makes of an identical item: a decision of its own, automatic, that a
// person ratifies within a time.
func FollowDecision(by By, standing *Decision, l StandingLimits, window time.Duration,
	payload any) (*Decision, []Event, error) {
	if !standing.MayFollow(by.At, l) {
		return nil, nil, wrongState(standing, "followed")
	}
	d := &Decision{Root: Root{ID: NewRecordID(KindDecision)}}
	events, err := happened(d, by.event(EventDecisionTaken, Facts{Code: string(OutcomeRestrict),
		Basis: standing.Basis, Detection: DetectionMatch, Territory: standing.Territory, Until: standing.Until,
		When: in(by.At, window), Automatic: true, Record: standing.ID, Due: in(by.At, l.RatifyWithin)}, payload))
	return d, events, err
}

// TakeBack undoes what a standing decision made, because that was wrong itself and no person ratified this.
func (d *Decision) TakeBack(by By) ([]Event, error) {
	if !d.Automatic || d.RatifiedBy != "" || d.Status != DecisionEffective {
		return nil, wrongState(d, "taken back")
	}
	return happened(d, by.event(EventDecisionUndone, Facts{}, nil))
}

func (d *Decision) applyStanding(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventStandingStarted:
		if f.Until == nil {
			return malformedEvent(h)
		}
		d.Standing = &Standing{By: h.Actor, From: h.At, Until: *f.Until}
	case EventStandingEnded:
		if d.Standing == nil {
			return malformedEvent(h)
		}
		d.Standing.EndedAt, d.Standing.EndedWhy = &h.At, EndWhy(f.Code)
	default:
		return unknownEvent(d, h)
	}
	return nil
}
