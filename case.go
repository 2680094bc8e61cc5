// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// CaseState is where a case stands.
type CaseState string

// The states of a case.
const (
	CaseOpen    CaseState = "open"    // a person should look
	CaseOverdue CaseState = "overdue" // and should have by now
	CaseClaimed CaseState = "claimed" // a person does
	CaseDecided CaseState = "decided" // a person found something, and nothing came up since
	CaseClosed  CaseState = "closed"  // there is nothing to decide: the platform knows no such item
)

// Case is what a person decides: one item with everything that points to it. Which item, and what matched, is
// sealed. A case restricts nothing; a [Decision] does. Orders keep their own track and clock.
type Case struct {
	Root
	Status    CaseState  `json:"status"` // open, decided or closed; [Case.State] tells more
	Matches   int64      `json:"matches"`
	Notices   []RecordID `json:"notices,omitempty"`
	Orders    []RecordID `json:"orders,omitempty"`
	Item      RecordID   `json:"item,omitempty"`  // once the platform said what it is
	Priority  Priority   `json:"priority"`        // the highest of what points to it
	Content   int64      `json:"content"`         // grows with all that a person must have seen to decide
	Outcome   Outcome    `json:"outcome"`         // of the decision that stands
	Decisions []RecordID `json:"decisions"`       // oldest first; undone and reversed ones too
	Claim     *Claim     `json:"claim,omitempty"` // who works on it now
	Assigned  ActorID    `json:"assigned,omitempty"`
	Escalated bool       `json:"escalated,omitempty"`
	Answer    *time.Time `json:"answer,omitempty"`   // when a person should have looked; then the next alarm
	Late      bool       `json:"late,omitempty"`     // the first of these passed
	Skipped   []ActorID  `json:"skipped,omitempty"`  // who would rather not; nobody counts it
	Excluded  []ActorID  `json:"excluded,omitempty"` // who decided it and was found wrong
	// Categories are what the item is said to be; nobody found it.
	Categories []Category `json:"categories,omitempty"`
	Views      int64      `json:"views,omitempty"` // of media, by whomever
	// Since is when it was opened, or open again.
	Since time.Time  `json:"since"`
	Banks []RecordID `json:"banks,omitempty"` // of signals that match
	// Readings are what texts of the item can be read as, each once.
	Readings []ReadingCode `json:"readings,omitempty"`
}

// Claim is a person's hold on a case, for a time.
type Claim struct {
	Holder ActorID   `json:"holder"`
	Until  time.Time `json:"until"`
}

// Priority orders a queue. It says nothing of the content.
type Priority int64

// The priorities.
const (
	PriorityReading Priority = -1 // only a reading that went far, or one of an entry that is often wrong: no clock runs
	PriorityMatch   Priority = 0  // a machine found something
	PriorityNotice  Priority = 1  // somebody gave notice
	PriorityTrusted Priority = 2  // a trusted flagger did, in its field (DSA Art. 22(1))
)

// Kind is [KindCase].
func (c *Case) Kind() RecordKind { return KindCase }

// State gives the status, and of an open case whether somebody works on it or should have.
func (c *Case) State() string {
	switch {
	case c.Status != CaseOpen:
		return string(c.Status)
	case c.Claim != nil:
		return string(CaseClaimed)
	case c.Late:
		return string(CaseOverdue)
	}
	return string(CaseOpen)
}

// Due is when a claim runs out, or when somebody should have looked.
func (c *Case) Due() *time.Time {
	if c.Claim != nil {
		return earliest(&c.Claim.Until, c.Answer)
	}
	return c.Answer
}

// Whose gives who holds the case and whom it is assigned to, each once, by id. A claim counts until its end was
// recorded.
func (c *Case) Whose() []ActorID {
	var people []ActorID
	if c.Claim != nil {
		people = append(people, c.Claim.Holder)
	}
	if c.Assigned != "" {
		people = append(people, c.Assigned)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// HeldBy reports whether a person's claim holds at a time.
func (c *Case) HeldBy(who ActorID, at time.Time) bool {
	return c.Claim != nil && c.Claim.Holder == who && at.Before(c.Claim.Until)
}

// Held reports whether anybody's claim holds at a time.
func (c *Case) Held(at time.Time) bool { return c.Claim != nil && at.Before(c.Claim.Until) }

// Apply folds one event.
func (c *Case) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventCaseOpened:
		c.Status, c.Answer, c.Since, c.Priority = CaseOpen, f.Due, h.At, Priority(f.Number)
		c.pointedTo(f)
	case EventCaseReadAs:
		c.readAs(f)
	case EventCaseMatched, EventCaseReported, EventCaseOrdered:
		c.pointedTo(f)
	case EventCaseIdentified:
		c.Item = f.Record
		c.Content++
	case EventCaseDecided:
		c.Status, c.Outcome, c.Claim, c.Escalated = CaseDecided, Outcome(f.Code), nil, false
		c.Answer, c.Late = nil, false
		if n := len(c.Decisions); n == 0 || c.Decisions[n-1] != f.Record { // else it stands again
			c.Decisions = append(c.Decisions, f.Record)
		}
		c.Content++
	case EventCaseReopened:
		c.Status, c.Outcome, c.Answer, c.Since = CaseOpen, "", f.Due, h.At
		for _, id := range f.Codes {
			c.Excluded = append(c.Excluded, ActorID(id))
		}
		c.Content++
	case EventCaseClosed:
		c.Status, c.Claim, c.Answer, c.Late = CaseClosed, nil, nil, false
	default:
		return c.applyWork(h)
	}
	return nil
}

// applyWork folds what tells of the work on a case and not of its subject.
func (c *Case) applyWork(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventCaseClaimed:
		if f.Due == nil {
			return malformedEvent(h)
		}
		c.Claim = &Claim{Holder: h.Actor, Until: *f.Due}
	case EventCaseReleased, EventCaseClaimEnded:
		c.Claim = nil
	case EventCaseSkipped:
		c.Claim = nil
		c.Skipped = append(c.Skipped, h.Actor)
		if c.Assigned == h.Actor {
			c.Assigned = ""
		}
	case EventCaseAssigned:
		c.Assigned, c.Claim = ActorID(f.Record), nil
	case EventCaseEscalated:
		c.Escalated, c.Claim, c.Assigned = true, nil, ""
	case EventCaseOverdue:
		c.Answer, c.Late = f.Due, true
	case EventCaseNoted:
	case EventCaseViewed:
		c.Views++
	case EventCaseCategorised:
		for _, code := range f.Codes {
			c.Categories = append(c.Categories, Category(code))
		}
	default:
		return unknownEvent(c, h)
	}
	return nil
}

// pointedTo adds what points to the item.
func (c *Case) pointedTo(f Facts) {
	switch {
	case f.Record.Is(KindNotice):
		c.Notices = append(c.Notices, f.Record)
	case f.Record.Is(KindReceivedOrder):
		c.Orders = append(c.Orders, f.Record)
	case f.Record.Is(KindDecision): // a copy of what was decided
	case f.Record == "": // a reading, which the next event tells
	default:
		c.Matches++
		if f.Record.Is(KindBank) && !slices.Contains(c.Banks, f.Record) {
			c.Banks = append(c.Banks, f.Record)
		}
	}
	c.presses(f)
}

// presses makes the case as urgent as what came is.
func (c *Case) presses(f Facts) {
	c.Priority = max(c.Priority, Priority(f.Number))
	if c.Status == CaseOpen && !c.Late {
		c.Answer = earliest(c.Answer, f.Due)
	}
	c.Content++
}

// LatestDecision is the decision that stands; empty when none does.
func (c *Case) LatestDecision() RecordID {
	if c.Status != CaseDecided || len(c.Decisions) == 0 {
		return ""
	}
	return c.Decisions[len(c.Decisions)-1]
}

// skippedBy reports whether a person would rather not have the case.
func (c *Case) skippedBy(who ActorID) bool { return slices.Contains(c.Skipped, who) }

// OfferedTo reports whether the queue may give the case to a person now: it is open, nobody holds it, it is
// assigned to nobody else, and she did not skip it. An escalated case goes to a senior.
func (c *Case) OfferedTo(who ActorID, senior bool, at time.Time) bool {
	return c.Status == CaseOpen && !c.Held(at) && (c.Assigned == "" || c.Assigned == who) &&
		!c.skippedBy(who) && !slices.Contains(c.Excluded, who) && (!c.Escalated || senior)
}
