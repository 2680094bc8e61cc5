// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// ReviewState is where a blind review stands.
type ReviewState string

// The states of a blind review; docs/lifecycle.md draws the machine.
const (
	ReviewOpen     ReviewState = "open"     // nobody has looked yet
	ReviewAgreed   ReviewState = "agreed"   // the second person found what the first had
	ReviewDiffered ReviewState = "differed" // she found something else: a senior takes a second look
	ReviewResolved ReviewState = "resolved" // and did
	ReviewDropped  ReviewState = "dropped"  // its decision no longer stands
	ReviewLapsed   ReviewState = "lapsed"   // nobody looked in time
)

// Events of a blind review.
const (
	EventReviewOpened   EventKind = "review.opened"
	EventReviewFound    EventKind = "review.found"
	EventReviewResolved EventKind = "review.resolved"
	EventReviewDropped  EventKind = "review.dropped"
	EventReviewLapsed   EventKind = "review.lapsed"
)

// ReasonHadAHand means that a person took part in the decision that is looked at again.
const ReasonHadAHand Reason = "had_a_hand"

// Review puts a case that was decided before a second person who is not told the decision. It changes nothing by
// itself: where the two differ, a senior takes a second look. It measures how far the rules lead two people to the
// same finding, group by group, and never how good a person is.
type Review struct {
	Root
	Status    ReviewState `json:"status"`
	Case      RecordID    `json:"case"`
	Decision  RecordID    `json:"decision"`
	Outcome   Outcome     `json:"outcome"` // of the decision; kept from whoever reviews
	Basis     Basis       `json:"basis"`
	Detection Detection   `json:"detection"`
	Without   []ActorID   `json:"without"` // who had a hand in it, and is not asked
	OpenedAt  time.Time   `json:"opened_at"`
	LapsesAt  *time.Time  `json:"lapses_at,omitempty"`
	FoundAt   *time.Time  `json:"found_at,omitempty"`
	// Readings are what the second person answered about those of the case. Only the decision's answers count, so that a
	// case counts once.
	Readings []ReadingCode `json:"readings,omitempty"`
}

// Kind is [KindReview].
func (r *Review) Kind() RecordKind { return KindReview }

// State gives the status.
func (r *Review) State() string { return string(r.Status) }

// Due is when the review is over although nobody looked.
func (r *Review) Due() *time.Time { return r.LapsesAt }

// Deciders are who had a hand in the decision.
func (r *Review) Deciders() []ActorID { return r.Without }

// Settled reports whether a second person has said what she found.
func (r *Review) Settled() bool { return r.FoundAt != nil }

// Apply folds one event.
func (r *Review) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventReviewOpened:
		if len(f.Records) != 1 {
			return malformedEvent(h)
		}
		r.Status, r.Case, r.Decision, r.Outcome = ReviewOpen, f.Records[0], f.Record, Outcome(f.Code)
		r.Basis, r.Detection, r.OpenedAt, r.LapsesAt = f.Basis, f.Detection, h.At, f.Due
		for _, id := range f.Codes {
			r.Without = append(r.Without, ActorID(id))
		}
	case EventReviewFound:
		r.Status, r.LapsesAt, r.FoundAt = ReviewDiffered, nil, &h.At
		if Outcome(f.Code) == r.Outcome {
			r.Status = ReviewAgreed
		}
		for _, code := range f.Codes {
			r.Readings = append(r.Readings, ReadingCode(code))
		}
	case EventReviewResolved:
		r.Status = ReviewResolved
	case EventReviewDropped:
		r.Status, r.LapsesAt = ReviewDropped, nil
	case EventReviewLapsed:
		r.Status, r.LapsesAt = ReviewLapsed, nil
	default:
		return unknownEvent(r, h)
	}
	return nil
}

// OpenReview asks for a blind review of a decision on a case. without are the people who had a hand in it.
func OpenReview(by By, d *Decision, on RecordID, without []ActorID, p Periods) (*Review, []Event, error) {
	r := &Review{Root: Root{ID: NewRecordID(KindReview)}}
	if d.Automatic || !d.Covers(on) {
		return nil, nil, wrongState(r, "opened")
	}
	events, err := happened(r, by.event(EventReviewOpened, Facts{Record: d.ID, Records: []RecordID{on},
		Code: string(d.Outcome), Basis: d.Basis, Detection: d.Detection, Codes: codes(without),
		Due: in(by.At, p.Review)}, nil))
	return r, events, err
}

// Find records what a second person found, who was not told what the first did; said is [Case.Answered].
func (r *Review) Find(by By, outcome Outcome, reasons string, said ...ReadingCode) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case slices.Contains(r.Without, by.Actor):
		return nil, Errorf(CodeForbidden, ReasonHadAHand,
			"You had a hand in this decision: somebody else reviews it.")
	case r.Status != ReviewOpen:
		return nil, wrongState(r, "reviewed")
	case outcome != OutcomeRestrict && outcome != OutcomeKeep:
		return nil, Invalid(ReasonUnknownValue, "outcome", "A review finds that an item is restricted or kept.")
	}
	if err := checkText("reasons", reasons, 1, mostReasons); err != nil {
		return nil, err
	}
	return happened(r, by.event(EventReviewFound, Facts{Code: string(outcome), Codes: codes(said)}, nil))
}

// Resolve records that somebody looked at what two people found differently. Whether the decision stands is a matter
// of the decision.
func (r *Review) Resolve(by By) ([]Event, error) {
	if r.Status != ReviewDiffered {
		return nil, wrongState(r, "resolved")
	}
	return happened(r, by.event(EventReviewResolved, Facts{}, nil))
}

// Drop ends a review whose decision no longer stands: nobody needs to look any more.
func (r *Review) Drop(by By) ([]Event, error) {
	switch r.Status {
	case ReviewOpen:
		return happened(r, by.event(EventReviewDropped, Facts{}, nil))
	case ReviewDiffered:
		return r.Resolve(by)
	}
	return nil, wrongState(r, "dropped")
}

// Tick ends a review that nobody made in time.
func (r *Review) Tick(by By, _ Periods) ([]Event, error) {
	if !passed(r.LapsesAt, by.At) {
		return nil, nil
	}
	return happened(r, by.event(EventReviewLapsed, Facts{}, nil))
}
