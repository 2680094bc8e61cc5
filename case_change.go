// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Events of a case.
const (
	EventCaseOpened     EventKind = "case.opened"
	EventCaseMatched    EventKind = "case.matched"    // another signal was found to match the same item
	EventCaseReported   EventKind = "case.reported"   // a notice names the same item
	EventCaseOrdered    EventKind = "case.ordered"    // an order names the same item
	EventCaseIdentified EventKind = "case.identified" // the platform said which item it is
	EventCaseOverdue    EventKind = "case.overdue"    // a person should have looked
	EventCaseClaimed    EventKind = "case.claimed"    // taken, or held for longer
	EventCaseReleased   EventKind = "case.released"
	EventCaseClaimEnded EventKind = "case.claim_ended"
	EventCaseSkipped    EventKind = "case.skipped"
	EventCaseAssigned   EventKind = "case.assigned"
	EventCaseEscalated  EventKind = "case.escalated"
	EventCaseNoted      EventKind = "case.noted"
	EventCaseDecided    EventKind = "case.decided"
	EventCaseReopened   EventKind = "case.reopened"
	EventCaseClosed     EventKind = "case.closed"
)

// Reasons for which a command on a case is refused.
const (
	ReasonClaimed    Reason = "claimed"     // somebody else holds it
	ReasonNotClaimed Reason = "not_claimed" // the actor does not hold it, or no longer
	ReasonChanged    Reason = "changed"     // what points to the item is more than the actor saw
	ReasonNoItem     Reason = "no_item"     // the platform has not said yet which item it is
)

// ClaimPeriod is how long a claim holds; each extension gives as much again.
const ClaimPeriod = 15 * time.Minute

// Why a case is open again.
const (
	ReopenedUndone   = "undone"   // its decision was undone
	ReopenedReported = "reported" // a notice came, and nothing restricts the item
	ReopenedMatched  = "matched"  // it was closed, and something matches it again
	ReopenedSecond   = "second"   // another person looks at it again
	// ReopenedUnratified: what a standing decision restricted was not ratified in time, and is visible again.
	ReopenedUnratified = "unratified"
)

// OpenCase opens a case because something points to an item: source is the bank of a signal that matched, a
// notice, or a received order; empty when [Case.ReadAs] follows. payload says which item.
func OpenCase(by By, source RecordID, p Priority, periods Periods, payload any) (*Case, []Event, error) {
	c := &Case{Root: Root{ID: NewRecordID(KindCase)}}
	events, err := happened(c, by.event(EventCaseOpened, Facts{Record: source, Number: int64(p),
		Due: periods.look(by.At, p), Automatic: !by.Actor.isPerson()}, payload))
	return c, events, err
}

// look is when a person should have looked; nil where nobody has to be called.
func (p Periods) look(from time.Time, of Priority) *time.Time {
	if of < PriorityMatch {
		return nil
	}
	return in(from, p.answer(of))
}

// answer is in what time a person should look at a case (policy).
func (p Periods) answer(of Priority) time.Duration {
	switch of {
	case PriorityTrusted:
		return p.CaseTrusted
	case PriorityNotice:
		return p.CaseReported
	}
	return p.CaseMatched
}

// Match adds another match of the same item. A case that was closed because the platform did not know the item is
// open again: it may know it now.
func (c *Case) Match(by By, bank RecordID, periods Periods, payload any) ([]Event, error) {
	events := []Event{by.event(EventCaseMatched, Facts{Record: bank, Automatic: !by.Actor.isPerson(),
		Due: c.firstClock(by, PriorityMatch, periods)}, payload)}
	return happened(c, c.foundAgain(by, events, PriorityMatch, periods)...)
}

// firstClock is the clock that begins with what presses, where none runs because nothing did.
func (c *Case) firstClock(by By, p Priority, periods Periods) *time.Time {
	if c.Status != CaseOpen || c.Answer != nil {
		return nil
	}
	return periods.look(by.At, p)
}

// foundAgain opens a closed case again with what a machine found.
func (c *Case) foundAgain(by By, events []Event, p Priority, periods Periods) []Event {
	if c.Status != CaseClosed {
		return events
	}
	return append(events, by.event(EventCaseReopened,
		Facts{Code: ReopenedMatched, Due: periods.look(by.At, max(c.Priority, p))}, nil))
}

// Report adds a notice that names the item. Unless a decision restricts it now, the case is open again: each notice
// is decided (DSA Art. 16(6)).
func (c *Case) Report(by By, notice RecordID, p Priority, restricted bool, periods Periods) ([]Event, error) {
	if slices.Contains(c.Notices, notice) {
		return nil, wrongState(c, "reported twice by one notice")
	}
	due := in(by.At, periods.answer(p))
	events := []Event{by.event(EventCaseReported, Facts{Record: notice, Number: int64(p), Due: due}, nil)}
	if c.Status == CaseClosed || c.Status == CaseDecided && !restricted {
		events = append(events, by.event(EventCaseReopened, Facts{Code: ReopenedReported, Due: due}, nil))
	}
	return happened(c, events...)
}

// Order adds an order that names the item. The order's own clock runs on; the case is only where it is shown.
func (c *Case) Order(by By, order RecordID) ([]Event, error) {
	if slices.Contains(c.Orders, order) {
		return nil, wrongState(c, "ordered twice by one order")
	}
	return happened(c, by.event(EventCaseOrdered, Facts{Record: order}, nil))
}

// Identify records the item the platform says it is.
func (c *Case) Identify(by By, item RecordID) ([]Event, error) {
	if c.Item != "" {
		return nil, wrongState(c, "identified twice")
	}
	return happened(c, by.event(EventCaseIdentified, Facts{Record: item}, nil))
}

// Take claims the case for whoever acts, or extends her claim by [ClaimPeriod] from now.
func (c *Case) Take(by By) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case c.Status != CaseOpen:
		return nil, wrongState(c, "claimed")
	case c.Held(by.At) && c.Claim.Holder != by.Actor:
		return nil, Errorf(CodeConflict, ReasonClaimed, "Somebody else works on this case.")
	case slices.Contains(c.Excluded, by.Actor):
		return nil, Errorf(CodeForbidden, ReasonSamePerson, "Another person than the decider looks at this again.")
	}
	return happened(c, by.event(EventCaseClaimed, Facts{Due: in(by.At, ClaimPeriod)}, nil))
}

// holds refuses whoever's claim does not hold.
func (c *Case) holds(by By) error {
	if c.Held(by.At) && c.Claim.Holder != by.Actor {
		return Errorf(CodeConflict, ReasonClaimed, "Somebody else works on this case.")
	}
	if !c.HeldBy(by.Actor, by.At) {
		return Errorf(CodeConflict, ReasonNotClaimed, "You do not hold this case, or no longer. Claim it first.")
	}
	return nil
}

// Release gives the case back to the queue.
func (c *Case) Release(by By) ([]Event, error) {
	if err := c.holds(by); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventCaseReleased, Facts{}, nil))
}

// Decline gives the case back and keeps it from being offered to whoever acts again.
func (c *Case) Decline(by By) ([]Event, error) {
	if err := c.holds(by); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventCaseSkipped, Facts{}, nil))
}

// Assign gives the case to a person, or with an empty id to whoever comes.
func (c *Case) Assign(by By, to RecordID) ([]Event, error) {
	if c.Status != CaseOpen || ActorID(to) == c.Assigned {
		return nil, wrongState(c, "assigned")
	}
	if to != "" && !to.Is(KindPerson) {
		return nil, Invalid(ReasonUnknownValue, "to", "A case is assigned to a person.")
	}
	return happened(c, by.event(EventCaseAssigned, Facts{Record: to}, nil))
}

// Leave gives the case back to the queue when whoever has it may not work on it any more. It is no event where she has
// no part in it.
func (c *Case) Leave(by By, who ActorID) ([]Event, error) {
	var events []Event
	switch {
	case c.Status != CaseOpen:
	case c.Assigned == who: // which also ends a claim
		events = append(events, by.event(EventCaseAssigned, Facts{}, nil))
	case c.Claim != nil && c.Claim.Holder == who:
		events = append(events, by.event(EventCaseClaimEnded, Facts{}, nil))
	}
	return happened(c, events...)
}

// Escalate asks for somebody with more experience.
func (c *Case) Escalate(by By, reasons string) ([]Event, error) {
	if c.Status != CaseOpen || c.Escalated {
		return nil, wrongState(c, "escalated")
	}
	if c.Held(by.At) && c.Claim.Holder != by.Actor {
		return nil, Errorf(CodeConflict, ReasonClaimed, "Somebody else works on this case.")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventCaseEscalated, Facts{}, Text{reasons}))
}

// Note adds an internal note.
func (c *Case) Note(by By, note string) ([]Event, error) {
	if err := checkText("note", note, 1, 4000); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventCaseNoted, Facts{}, Text{note}))
}

// decide records the decision taken on the case. seen is the content the decider saw.
func (c *Case) decide(by By, d *Decision, seen int64) ([]Event, error) {
	if c.Status != CaseOpen {
		return nil, wrongState(c, "decided")
	}
	if err := c.unchanged(seen); err != nil {
		return nil, err
	}
	return happened(c, by.event(EventCaseDecided, Facts{Record: d.ID, Code: string(d.Outcome),
		Automatic: d.Automatic}, nil))
}

// unchanged refuses whoever has not seen all that points to the item.
func (c *Case) unchanged(seen int64) error {
	if c.Content != seen {
		return Errorf(CodeConflict, ReasonChanged,
			"Something was added to this case while you looked. Look again, then decide.")
	}
	return nil
}

// Reopen puts the case before people again; why is one of the Reopened codes. without are people who decided it and
// were found wrong.
func (c *Case) Reopen(by By, why string, without []ActorID, p Periods) ([]Event, error) {
	if c.Status == CaseOpen {
		return nil, wrongState(c, "reopened")
	}
	return happened(c, by.event(EventCaseReopened, Facts{Code: why, Codes: codes(without),
		Due: p.look(by.At, c.Priority)}, nil))
}

// Close ends a case about which there is nothing to decide: the platform knows no such item.
func (c *Case) Close(by By, why string) ([]Event, error) {
	if c.Status != CaseOpen {
		return nil, wrongState(c, "closed")
	}
	return happened(c, by.event(EventCaseClosed, Facts{Code: why}, nil))
}

// Tick ends a claim whose time is over, and says again and again that a person should have looked.
func (c *Case) Tick(by By, p Periods) ([]Event, error) {
	var events []Event
	if c.Claim != nil && passed(&c.Claim.Until, by.At) {
		events = append(events, by.event(EventCaseClaimEnded, Facts{}, nil))
	}
	if passed(c.Answer, by.At) {
		events = append(events, by.event(EventCaseOverdue, Facts{Due: in(by.At, p.answer(c.Priority))}, nil))
	}
	return happened(c, events...)
}
