// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Outcome is what a decision finds.
type Outcome string

// The outcomes.
const (
	OutcomeRestrict Outcome = "restrict"
	OutcomeKeep     Outcome = "keep"
)

// Detection is how the host came upon the content (DSA Art. 17(3)(b) and (c)).
type Detection string

// The ways of detection.
const (
	DetectionMatch  Detection = "match"          // a machine matched it with a signal
	DetectionNotice Detection = "notice"         // somebody gave notice
	DetectionOwn    Detection = "own_initiative" // a person of the host found it
)

// DecisionState is where a decision stands.
type DecisionState string

// The states of a decision.
const (
	DecisionEffective DecisionState = "effective"
	DecisionUndone    DecisionState = "undone"   // taken back within its window, or not ratified in time
	DecisionReversed  DecisionState = "reversed" // found wrong by somebody else
)

// Decision is a person's finding over one item and every byte-identical copy of it, under the host's own terms or
// a law; an order is none. Reasons, facts and the assessment of Art. 1(3) are sealed. A decision is automatic only
// where it follows a standing one.
type Decision struct {
	Root
	Status        DecisionState `json:"status"`
	Outcome       Outcome       `json:"outcome"`
	Basis         Basis         `json:"basis"`
	Detection     Detection     `json:"detection"`
	Territory     []Country     `json:"territory,omitempty"`
	Until         *time.Time    `json:"until,omitempty"` // of the restriction; nil: until it is lifted
	Items         []DecidedItem `json:"items"`
	DecidedBy     ActorID       `json:"decided_by"`
	DecidedAt     time.Time     `json:"decided_at"`
	UndoUntil     time.Time     `json:"undo_until"`
	InformedAt    *time.Time    `json:"informed_at,omitempty"`    // the first statement of reasons reached the platform
	ComplainUntil *time.Time    `json:"complain_until,omitempty"` // the last day anybody told of it may complain
	Complaints    []RecordID    `json:"complaints,omitempty"`
	ReversedFor   RecordID      `json:"reversed_for,omitempty"` // the complaint whose answer did, and can be taken back
	Standing      *Standing     `json:"standing,omitempty"`
	Follows       RecordID      `json:"follows,omitempty"` // the standing decision this one was made by
	Automatic     bool          `json:"automatic,omitempty"`
	RatifyBy      *time.Time    `json:"ratify_by,omitempty"`
	RatifiedBy    ActorID       `json:"ratified_by,omitempty"`
	Unratified    bool          `json:"unratified,omitempty"` // the time to ratify passed
	// Readings are those of the case that it says something of: with the decider's answer behind its code or, where she
	// gave none and nothing else pointed to the item, without ([Decision.Says]). A machine says nothing. Decisions before
	// anybody was asked have all readings of their case, without answers.
	Readings []ReadingCode `json:"readings,omitempty"`
}

// DecidedItem is one item a decision covers.
type DecidedItem struct {
	Case        RecordID      `json:"case"`
	Item        RecordID      `json:"item,omitempty"` // empty when it was decided to keep what no platform named
	Restriction RestrictionID `json:"restriction,omitempty"`
	InformedAt  *time.Time    `json:"informed_at,omitempty"` // its statement of reasons reached the platform
}

// ComplainUntil is the last day on which whoever was told of this item's restriction may complain; nil while nobody
// was. Each copy has its own content provider, told at her own time.
func (i DecidedItem) ComplainUntil() *time.Time {
	if i.InformedAt == nil {
		return nil
	}
	return in(*i.InformedAt, ComplaintPeriod)
}

// Events of a decision.
const (
	EventDecisionTaken            EventKind = "decision.taken"
	EventDecisionCovered          EventKind = "decision.covered" // one item, with its restriction
	EventDecisionInformed         EventKind = "decision.informed"
	EventDecisionUndone           EventKind = "decision.undone"
	EventDecisionContested        EventKind = "decision.contested"
	EventDecisionReversed         EventKind = "decision.reversed"
	EventDecisionRatified         EventKind = "decision.ratified"
	EventDecisionRatificationLate EventKind = "decision.ratification_overdue"
	EventStandingStarted          EventKind = "standing.started"
	EventStandingEnded            EventKind = "standing.ended"
)

// Kind is [KindDecision].
func (d *Decision) Kind() RecordKind { return KindDecision }

// State gives the status.
func (d *Decision) State() string { return string(d.Status) }

// Due is the next clock: ratification, or the end of a standing decision.
func (d *Decision) Due() *time.Time {
	due := d.RatifyBy
	if d.Standing.Active() {
		due = earliest(due, &d.Standing.Until)
	}
	return due
}

// Apply folds one event.
func (d *Decision) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventDecisionTaken:
		if f.When == nil {
			return malformedEvent(h)
		}
		d.Status, d.Outcome, d.Basis, d.Detection = DecisionEffective, Outcome(f.Code), f.Basis, f.Detection
		d.Territory, d.Until, d.DecidedBy, d.DecidedAt = f.Territory, f.Until, h.Actor, h.At
		d.UndoUntil, d.Automatic, d.Follows, d.RatifyBy = *f.When, f.Automatic, f.Record, f.Due
		for _, code := range f.Codes {
			d.Readings = append(d.Readings, ReadingCode(code))
		}
	case EventDecisionCovered:
		if len(f.Records) != 1 {
			return malformedEvent(h)
		}
		d.Items = append(d.Items, DecidedItem{Case: f.Records[0], Item: f.Record, Restriction: f.Restriction})
	case EventDecisionInformed:
		d.inform(f)
	case EventDecisionUndone:
		d.Status, d.RatifyBy = DecisionUndone, nil
	case EventDecisionContested:
		d.Complaints = append(d.Complaints, f.Record)
	case EventDecisionReversed:
		d.Status, d.RatifyBy = DecisionReversed, nil
		if f.When != nil {
			d.ReversedFor = f.Record
		}
	case EventDecisionRestored:
		d.Status, d.ReversedFor = DecisionEffective, ""
	case EventDecisionRatified:
		d.RatifiedBy, d.RatifyBy = h.Actor, nil
	case EventDecisionRatificationLate:
		d.Status, d.RatifyBy, d.Unratified = DecisionUndone, nil, true
	default:
		return d.applyStanding(h)
	}
	return nil
}

func (d *Decision) inform(f Facts) {
	for i := range d.Items {
		if d.Items[i].Item == f.Record {
			d.Items[i].InformedAt = f.When
		}
	}
	d.InformedAt = earliest(d.InformedAt, f.When)
	if d.ComplainUntil == nil || f.Due != nil && f.Due.After(*d.ComplainUntil) {
		d.ComplainUntil = f.Due
	}
}

// Covers reports whether the decision covers a case.
func (d *Decision) Covers(id RecordID) bool {
	return slices.ContainsFunc(d.Items, func(i DecidedItem) bool { return i.Case == id })
}

// Undoable reports whether the window to undo is open at a time.
func (d *Decision) Undoable(at time.Time) bool {
	return d.Status == DecisionEffective && at.Before(d.UndoUntil)
}
