// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// AssignComplaint gives a complaint to a person who had no hand in the decision and may handle complaints.
func (f *Flow) AssignComplaint(ctx context.Context, actor Actor, id, to tocsin.RecordID) error {
	return f.update(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintHandle, id)
		if err != nil {
			return err
		}
		person, err := load[*tocsin.Person](u, to)
		if err != nil {
			return err
		}
		handler := Actor{ID: person.Actor(), Duties: person.Duties, Passkey: true}
		if person.Status != tocsin.PersonEnrolled || f.Policy.Decide(handler, ActionComplaintHandle, c) != nil {
			return tocsin.Invalid(tocsin.ReasonRole, "to", "This person may not handle this complaint.")
		}
		events, err := c.Assign(u.by(actor.ID), person.Actor())
		return u.did(c, events, err)
	})
}

// UpholdComplaint finds a decision wrong: for a content provider its effect ends at once, wherever it went; for a notifier
// the case is before people again.
func (f *Flow) UpholdComplaint(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.answerComplaint(ctx, actor, id, reasons, func(u *unit, c *tocsin.Complaint) error {
		events, err := c.Uphold(u.by(actor.ID), reasons, f.Settings.UndoWindow)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		if err := u.answeredByMail(c, events); err != nil {
			return err
		}
		d, err := load[*tocsin.Decision](u, c.Decision)
		if err != nil {
			return err
		}
		if d.Status != tocsin.DecisionEffective {
			return nil // another complaint reversed it
		}
		reversed, err := d.ReverseFor(u.by(actor.ID), c.ID, reasons, *c.UndoUntil)
		return u.reversed(u.by(actor.ID), d, reversed, err)
	})
}

// RejectComplaint finds that a decision stands, and says why.
func (f *Flow) RejectComplaint(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.answerComplaint(ctx, actor, id, reasons, func(u *unit, c *tocsin.Complaint) error {
		d, err := load[*tocsin.Decision](u, c.Decision)
		if err != nil {
			return err
		}
		if d.Status != tocsin.DecisionEffective {
			return fellAlready()
		}
		events, err := c.Reject(u.by(actor.ID), reasons, f.Settings.UndoWindow)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		return u.answeredByMail(c, events)
	})
}

// fellAlready is why a complaint cannot be rejected: what it is about does not stand any more.
func fellAlready() error {
	return tocsin.Errorf(tocsin.CodeConflict, ReasonDecisionFell,
		"This decision does not stand any more. Uphold the complaint: it was right.")
}

// ReasonDecisionFell means that a decision was undone or reversed meanwhile.
const ReasonDecisionFell tocsin.Reason = "decision_fell"

func (f *Flow) answerComplaint(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string,
	answer func(*unit, *tocsin.Complaint) error) error {
	return f.reversing(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Complaint](u, actor, ActionComplaintHandle, id)
		if err != nil {
			return err
		}
		var file ComplaintFile
		if err := u.read(c, &file); err != nil {
			return err
		}
		if err := answer(u, c); err != nil {
			return err
		}
		file.Reasons = reasons
		return u.write(c, file)
	})
}
