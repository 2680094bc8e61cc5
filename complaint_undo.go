// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// An answer to a complaint can be taken back as a decision can: within the same window, by whoever gave it or a senior,
// with all that it did. The complaint is open again, with the clocks it had.

// EventComplaintTakenBack says that the answer was taken back.
const EventComplaintTakenBack EventKind = "complaint.taken_back"

// EventDecisionRestored says that a decision stands again, because the answer that reversed it was taken back.
const EventDecisionRestored EventKind = "decision.restored"

// EventRestrictionResumed says that a restriction is in force again, as it was.
const EventRestrictionResumed EventKind = "restriction.resumed"

// Undoable reports whether there is an answer that can be taken back at a time. Once a body out of court has it, it stands.
func (c *Complaint) Undoable(at time.Time) bool {
	return c.Settlement == nil && c.UndoUntil != nil && at.Before(*c.UndoUntil)
}

// TakeBack takes the answer back. The caller takes back in the same transaction what it did.
func (c *Complaint) TakeBack(by By) ([]Event, error) {
	if err := c.handles(by.Actor); err != nil {
		return nil, err
	}
	if !c.Undoable(by.At) {
		return nil, Errorf(CodeConflict, ReasonWrongState, "The time to take this answer back is over.")
	}
	return happened(c, by.event(EventComplaintTakenBack, Facts{Record: c.Decision}, nil))
}

func (c *Complaint) takenBack(h Header) {
	c.Status = ComplaintReceived
	if c.Handler != "" {
		c.Status = ComplaintAssigned
	}
	c.AnsweredBy, c.AnsweredAt, c.InformedAt, c.UndoUntil, c.TakenBackAt = "", nil, nil, nil, &h.At
}

// ReverseFor is [Decision.Reverse] by the answer to a complaint, which can be taken back until a time.
func (d *Decision) ReverseFor(by By, complaint RecordID, reasons string, until time.Time) ([]Event, error) {
	if !complaint.Is(KindComplaint) {
		return nil, Errorf(CodeInvalid, ReasonMissing, "Say which complaint it is.")
	}
	return d.reverse(by, Facts{Record: complaint, When: &until}, reasons)
}

// Restore lets the decision stand again when the answer that reversed it is taken back. What a machine decided and
// nobody ratified does not come back: no restriction is without a person behind it.
func (d *Decision) Restore(by By, complaint RecordID) ([]Event, error) {
	switch {
	case !by.Actor.isPerson():
		return nil, personDecides()
	case d.Status != DecisionReversed || complaint == "" || d.ReversedFor != complaint:
		return nil, wrongState(d, "restored")
	case d.Automatic && d.RatifiedBy == "":
		return nil, Errorf(CodeConflict, ReasonWrongState,
			"A machine decided this and nobody ratified it: it does not come back. Decide its case anew.")
	}
	return happened(d, by.event(EventDecisionRestored, Facts{Record: complaint}, nil))
}

// Resume puts a restriction back in force that was ended for a reason, unless its own end has come.
func (i *Item) Resume(by By, id RestrictionID, why string) ([]Event, error) {
	for _, r := range i.Restrictions {
		if r.ID == id && r.EndedAt != nil && r.EndedWhy == why && !passed(r.Until, by.At) {
			return happened(i, by.event(EventRestrictionResumed, Facts{Restriction: id, Record: r.behind()}, nil))
		}
	}
	return nil, wrongState(i, "restricted again")
}
