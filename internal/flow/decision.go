// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"

	"tocsin"
)

// Why a restriction of a decision ended, besides its own date.
const (
	endedUndone     = "decision_undone"
	endedReversed   = "decision_reversed"
	endedUnratified = "not_ratified"
)

// DecisionView is a decision for someone who may read it.
type DecisionView struct {
	*tocsin.Decision
	File    DecisionFile
	History []Past
	Erased  bool
	Choices []Choice
	Beyond  bool // there may be more copies of what it is about than it covers
}

// Decision opens a decision.
func (f *Flow) Decision(ctx context.Context, actor Actor, id tocsin.RecordID) (DecisionView, error) {
	var v DecisionView
	err := f.view(ctx, func(u *unit) (err error) {
		if v, err = u.decisionView(actor, id); err == nil {
			v.Beyond, err = u.beyond(v.Decision)
		}
		return err
	})
	return v, err
}

func (u *unit) decisionView(actor Actor, id tocsin.RecordID) (v DecisionView, err error) {
	if v.Decision, err = authorised[*tocsin.Decision](u, actor, ActionDecisionRead, id); err != nil {
		return v, err
	}
	v.Erased, v.History, _, err = u.about(v.Decision, &v.File)
	v.Choices = u.f.decisionChoices(actor, v.Decision, u.now)
	return v, err
}

// UndoDecision takes a decision back within its window, on every item it covered, and opens their cases again.
func (f *Flow) UndoDecision(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.changeDecision(ctx, actor, ActionDecisionUndo, id, func(u *unit, d *tocsin.Decision) error {
		by := u.by(actor.ID)
		events, err := d.Undo(by)
		if err := u.did(d, events, err); err != nil {
			return err
		}
		return u.takenBack(by, d, endedUndone, tocsin.ReopenedUndone)
	})
}

// RatifyDecision confirms what a standing decision restricted.
func (f *Flow) RatifyDecision(ctx context.Context, actor Actor, id tocsin.RecordID) error {
	return f.changeDecision(ctx, actor, ActionCaseDecide, id, func(u *unit, d *tocsin.Decision) error {
		events, err := d.Ratify(u.by(actor.ID))
		return u.did(d, events, err)
	})
}

// ReverseDecision is a second look by another person than the decider, without a complaint.
func (f *Flow) ReverseDecision(ctx context.Context, actor Actor, id tocsin.RecordID, reasons string) error {
	return f.changeDecision(ctx, actor, ActionCaseDecide, id, func(u *unit, d *tocsin.Decision) error {
		return u.reverse(u.by(actor.ID), d, "", reasons)
	})
}

// changeDecision also changes what matching knows: a reversal puts an opinion on signals.
func (f *Flow) changeDecision(ctx context.Context, actor Actor, action Action, id tocsin.RecordID,
	do func(*unit, *tocsin.Decision) error) error {
	change := f.update
	if f.Matcher != nil {
		change = f.changeMatching
	}
	return change(ctx, func(u *unit) error {
		d, err := authorised[*tocsin.Decision](u, actor, action, id)
		if err != nil {
			return err
		}
		return do(u, d)
	})
}

// reverse finds a decision wrong: each restriction of it ends, and this party says of every signal that caused it
// that it disagrees. complaint is the complaint behind it; empty for a second look.
func (u *unit) reverse(by tocsin.By, d *tocsin.Decision, complaint tocsin.RecordID, reasons string) error {
	events, err := d.Reverse(by, complaint, reasons)
	return u.reversed(by, d, events, err)
}

// reversed takes back what a decision did that was just found wrong.
func (u *unit) reversed(by tocsin.By, d *tocsin.Decision, events []tocsin.Event, err error) error {
	if err := u.did(d, events, err); err != nil {
		return err
	}
	if d.Outcome == tocsin.OutcomeKeep {
		return u.takenBack(by, d, endedReversed, tocsin.ReopenedSecond)
	}
	if err := u.takenBack(by, d, endedReversed, ""); err != nil {
		return err
	}
	if err := u.noticesReversed(by, d); err != nil {
		return err
	}
	return u.dispute(by, d)
}

// takenBack ends what a decision did; reopen is why its cases are open again, or empty when they are not.
func (u *unit) takenBack(by tocsin.By, d *tocsin.Decision, why, reopen string) error {
	if err := u.unstand(d); err != nil {
		return err
	}
	if err := u.unsample(by, d); err != nil {
		return err
	}
	if err := u.unfollow(by, d, why); err != nil {
		return err
	}
	var without []tocsin.ActorID
	if reopen == tocsin.ReopenedSecond {
		without = d.Deciders()
	}
	for _, covered := range d.Items {
		if err := u.unrestrict(by, covered, why); err != nil {
			return err
		}
		c, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return err
		}
		if reopen == "" || c.LatestDecision() != d.ID {
			continue
		}
		events, err := c.Reopen(by, reopen, without, u.f.Settings.Periods)
		if err := u.did(c, events, err); err != nil {
			return err
		}
		if err := u.noticesUndecided(by, c, d); err != nil {
			return err
		}
	}
	return nil
}

// unrestrict ends the restriction of one item; the platform is told.
func (u *unit) unrestrict(by tocsin.By, covered tocsin.DecidedItem, why string) error {
	if covered.Restriction == "" {
		return nil
	}
	item, err := load[*tocsin.Item](u, covered.Item)
	if err != nil {
		return err
	}
	events, err := item.End(by, covered.Restriction, why)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return nil // by its own date
	}
	if err := u.did(item, events, err); err != nil {
		return err
	}
	u.enqueue(JobApply, events[0].ID, platformTarget, nil)
	return nil
}

// dispute records what this party thinks of the signals that led to a decision found wrong.
func (u *unit) dispute(by tocsin.By, d *tocsin.Decision) error {
	if u.f.Matcher == nil {
		return nil
	}
	return u.eachMatch(d, func(m CaseMatch) error { return u.disputeMatch(by, m) })
}

// eachMatch goes through the matches in the cases of a decision.
func (u *unit) eachMatch(d *tocsin.Decision, do func(CaseMatch) error) error {
	for _, covered := range d.Items {
		c, err := load[*tocsin.Case](u, covered.Case)
		if err != nil {
			return err
		}
		var file CaseFile
		err = u.read(c, &file)
		if tocsin.CodeOf(err) == tocsin.CodeErased {
			continue
		}
		if err != nil {
			return err
		}
		for _, m := range file.Matches {
			if err := do(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *unit) disputeMatch(by tocsin.By, m CaseMatch) error {
	bank, err := load[*tocsin.Bank](u, m.Bank)
	if err != nil {
		return err
	}
	s, _, err := u.findSignal(by, bank, m.Type, m.Value)
	if err != nil || s == nil { // nobody vouches for it any more
		return err
	}
	events, err := s.Opine(by, u.f.Identity.Party, tocsin.ViewNegative, "")
	return u.did(s, events, err)
}
